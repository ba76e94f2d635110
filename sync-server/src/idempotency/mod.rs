//! `Idempotency-Key`: a POST that creates, sent again with the same key, gets the first answer again.
//!
//! The answer is kept in the transaction that did the work, so there is no moment in which the work is done and the
//! key unknown. It is kept sealed: answers hold tokens.

mod store;

use axum::{extract::FromRequestParts, http::request::Parts};
use gatehouse::{api::problem::Code, hash::Hash, time::DAY};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    app::App,
    auth::Caller,
    http::{Answer, Fault},
    secrets::Place,
    store::Tx,
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

impl IdempotencyKey {
    /// The answer that the same request got before.
    pub async fn replay<T: DeserializeOwned>(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        request: Hash,
    ) -> Answer<Option<T>> {
        let Some(key) = &self.0 else { return Ok(None) };
        let since = app.now().plus(-KEPT);
        let Some(kept) = store::answer(tx, caller.community, caller.user, key, since).await? else {
            return Ok(None);
        };
        if kept.request != request.0 {
            return Err(Code::IdempotencyMismatch.into());
        }
        let bytes = app.sealer.open(&place(caller, key), &kept.sealed)?;
        serde_json::from_slice(&bytes).map(Some).map_err(Fault::internal)
    }

    /// Keeps the answer, to be given again.
    pub async fn keep<T: Serialize>(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        request: Hash,
        answer: &T,
    ) -> Answer<()> {
        let Some(key) = &self.0 else { return Ok(()) };
        let bytes = serde_json::to_vec(answer).map_err(Fault::internal)?;
        let sealed = app.sealer.seal(&place(caller, key), &bytes, &mut app.entropy());
        let now = app.now();
        store::forget(tx, caller.community, caller.user, now.plus(-KEPT)).await?;
        let kept = store::keep(tx, caller.community, caller.user, key, request.0, &sealed, now).await?;
        // Another request with this key came in between: its answer is there when the caller tries again.
        if kept { Ok(()) } else { Err(Fault::new(Code::Busy).retry_after(1)) }
    }
}

fn place<'a>(caller: &Caller, key: &'a str) -> Place<'a> {
    Place {
        table: "idempotent_answers",
        column: "sealed",
        community: caller.community.0,
        row: key.as_bytes(),
    }
}
