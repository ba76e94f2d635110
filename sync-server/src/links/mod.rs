//! One-time links that an admin hands over: to a resident who forgot the password, to whoever is to be an admin too.
//!
//! The secret is 32 random bytes; only its digest is kept. A link is used by the transaction that does what it is for.

mod admin;
mod page;
mod password;
mod routes;
mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    api::{people::HandedLink, problem::Code},
    entropy::Entropy,
    hash::Hash,
    id::UserId,
    time::{DAY, UnixMs},
    words::LinkKind,
};

pub use routes::routes;
pub use store::{delete_of, forget_over, withdraw_all_of};

use crate::{
    app::App,
    auth::Caller,
    http::{Answer, Fault},
    store::Tx,
};

/// How long a link for a new password is good, in milliseconds.
const PASSWORD_LIFE: i64 = DAY;
/// How long an invitation is good, in milliseconds.
const INVITATION_LIFE: i64 = 3 * DAY;

/// Makes a link for `caller` to hand over. `server` is where it leads.
async fn make(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    server: &str,
    kind: LinkKind,
    user: Option<UserId>,
) -> Answer<HandedLink> {
    let now = app.now();
    let (page, life) = match kind {
        LinkKind::Password => ("password", PASSWORD_LIFE),
        _ => ("join", INVITATION_LIFE),
    };
    let secret = URL_SAFE_NO_PAD.encode(app.entropy().bytes::<32>());
    let id = gatehouse::id::uuid_v7(now, &mut app.entropy());
    let expires_at = now.plus(life);
    store::insert(tx, caller, id, digest(&secret), &kind, user, now, expires_at).await?;
    Ok(HandedLink { id, link: format!("{server}/links/{page}#{secret}"), secret, expires_at })
}

/// The link of a secret, if it is one of this kind and still good.
async fn find(tx: &mut Tx, secret: &str, kind: &LinkKind, now: UnixMs) -> Answer<store::Link> {
    let found = store::link(tx, digest(secret)).await?;
    found.filter(|link| link.kind == *kind && now < link.expires_at).ok_or_else(|| Fault::new(Code::LinkGone))
}

/// Uses a link up: of two who try it at the same time one does.
async fn take(tx: &mut Tx, link: &store::Link) -> Answer<()> {
    if store::delete(tx, link.community, link.id).await? { Ok(()) } else { Err(Code::LinkGone.into()) }
}

fn digest(secret: &str) -> [u8; 32] {
    Hash::of(&[b"link\0", secret.as_bytes()]).0
}
