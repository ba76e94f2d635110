//! `Idempotency-Key`: a POST that creates, sent again with the same key, gets the first answer again.
//!
//! The answer is kept in the transaction that did the work, so there is no moment in which the work is done and the
//! key unknown. It is kept sealed: answers hold tokens.

mod store;

use axum::{extract::FromRequestParts, http::request::Parts};
use gatehouse::{
    api::problem::Code,
    hash::Hash,
    time::{DAY, UnixMs},
};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

use crate::{
    app::App,
    auth::Caller,
    http::{Answer, Fault},
    secrets::Place,
    store::{StoreError, Tx},
};

const HEADER: &str = "idempotency-key";
const MOST: usize = 100;
/// How long an answer is kept, in milliseconds.
const KEPT: i64 = DAY;

/// The request's key, if it has one: 1 to 100 visible ASCII characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if (1..=MOST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(Self(Some(key.to_owned())))
            }
            _ => {
                Err(Fault::new(Code::Malformed).detail("Idempotency-Key: 1 to 100 visible ASCII characters"))
            }
        }
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MOST));
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "1 to 100 visible ASCII characters, new for each thing to be made. The same request, sent again with \
                 the same key within a day, makes nothing more and gets the first answer again; another request with it \
                 is an `idempotency_mismatch`.",
            ))
            .schema(Some(text));
        vec![key.build()]
    }
}

impl IdempotencyKey {
    /// The answer that the same request got before. If it is the first one, the key is its own from now on: whoever comes
    /// with it at the same time waits for what becomes of this transaction.
    pub async fn replay<T: DeserializeOwned>(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        request: Hash,
    ) -> Answer<Option<T>> {
        let Some(key) = &self.0 else { return Ok(None) };
        let now = app.now();
        let (community, user) = (caller.community, caller.user);
        store::forget(tx, community, user, now.plus(-KEPT)).await?;
        if store::take(tx, community, user, key, request.0, now).await? {
            return Ok(None);
        }
        let kept = store::answer(tx, community, user, key).await?.ok_or(Code::Busy)?;
        if kept.request != request.0 {
            return Err(Code::IdempotencyMismatch.into());
        }
        let bytes = app.sealer.open(&place(caller, key), &kept.sealed)?;
        serde_json::from_slice(&bytes).map(Some).map_err(Fault::internal)
    }

    /// Keeps the answer to the request that [`replay`](Self::replay) took the key for, to be given again.
    pub async fn keep<T: Serialize>(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        answer: &T,
    ) -> Answer<()> {
        let Some(key) = &self.0 else { return Ok(()) };
        let bytes = serde_json::to_vec(answer).map_err(Fault::internal)?;
        let sealed = app.sealer.seal(&place(caller, key), &bytes, &mut app.entropy());
        store::keep(tx, caller.community, caller.user, key, &sealed).await?;
        Ok(())
    }
}

/// Forgets answers that nobody may ask for again.
pub async fn forget_over(tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
    store::forget_all(tx, now.plus(-KEPT)).await
}

fn place<'a>(caller: &Caller, key: &'a str) -> Place<'a> {
    Place {
        table: "idempotent_answers",
        column: "sealed",
        community: caller.community.0,
        row: key.as_bytes(),
    }
}
