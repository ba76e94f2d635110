//! Signing in: a nonce, an assertion over it (RFC 7523), an access token. The server's time comes along.

use gatehouse::{
    api::{
        problem::Code,
        sync::{NonceAnswer, TimeRequest, TokenAnswer, TokenRequest},
    },
    clock::{Anchoring, Nonce},
    sync::assert,
};
use tokio::sync::Mutex;

use crate::{
    courier::{Identity, News},
    entropy::SystemEntropy,
    net::{Client, NetTrouble},
    time::Timekeeper,
};

/// How long before its end a token is renewed, in milliseconds.
const EARLY: i64 = 60_000;
/// How often the time is asked for before a token is, at the most: a large step wants two anchors that agree.
const QUESTIONS: usize = 3;

/// The kiosk's access token, renewed as needed.
#[derive(Default)]
pub(super) struct Tokens {
    held: Mutex<Option<Held>>,
}

struct Held {
    token: String,
    /// By the boot clock, in milliseconds.
    renew_at: i64,
}

/// A token, and what signing in brought to light.
pub(super) struct SignedIn {
    pub(super) token: String,
    pub(super) news: Option<News>,
}

impl Tokens {
    /// A token that is not `refused`, the one the server did not take, if there was one.
    pub(super) async fn get(
        &self,
        client: &Client,
        who: &Identity,
        time: &Timekeeper,
        refused: Option<&str>,
    ) -> Result<SignedIn, NetTrouble> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held
            && held.renew_at > time.boot().ms
            && refused != Some(held.token.as_str())
        {
            return Ok(SignedIn { token: held.token.clone(), news: None });
        }
        *held = None;
        let (answer, news) = sign_in(client, who, time).await?;
        let life = i64::from(answer.expires_in) * 1000;
        let renew_at = time.boot().ms + (life - EARLY).max(life / 2);
        let token = answer.access_token;
        *held = Some(Held { token: token.clone(), renew_at });
        Ok(SignedIn { token, news })
    }
}

async fn sign_in(
    client: &Client,
    who: &Identity,
    time: &Timekeeper,
) -> Result<(TokenAnswer, Option<News>), NetTrouble> {
    let mut nonce = None;
    let mut news = None;
    for _ in 0..QUESTIONS {
        let request = TimeRequest {
            kiosk: who.kiosk,
            nonce: Nonce::draw(&mut SystemEntropy),
            anchor_key: Some(who.anchor_key.kid()),
        };
        let asked = time.boot();
        let answer: NonceAnswer = client.json("/sync/nonce", None, &request).await?;
        let answered = time.boot();
        let anchor = answer
            .anchor
            .verify(who.community, &request.nonce, &who.anchor_key)
            .map_err(|error| NetTrouble::Answer(error.to_string()))?;
        nonce = Some((answer.nonce, anchor.at));
        let anchoring = time.anchor(anchor, asked, answered);
        if anchoring != Anchoring::WantsSecond {
            news = News::of(anchoring);
            break;
        }
    }
    let (nonce, at) = nonce.ok_or(NetTrouble::Timeout)?;
    let request = TokenRequest { assertion: assert(who.kiosk, nonce, at, &who.key) };
    let answer = client.json("/sync/token", None, &request).await?;
    Ok((answer, news))
}

/// Whether the server did not take the token, so that another one may help.
pub(super) fn is_stale(trouble: &NetTrouble) -> bool {
    matches!(trouble, NetTrouble::Refused { code: Code::Unauthenticated | Code::TokenExpired, .. })
}

/// Whether the server has shut this kiosk out.
pub(super) fn is_revoked(trouble: &NetTrouble) -> bool {
    matches!(trouble, NetTrouble::Refused { code: Code::KioskRevoked, .. })
}
