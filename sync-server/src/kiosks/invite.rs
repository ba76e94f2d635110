//! Enrolment codes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::{
        kiosks::{Enrolment, NewEnrolment},
        problem::Code,
    },
    enrol::{EnrolCode, Invitation, ServerAddress, TypedCode},
    hash::Hash,
    id::{CommunityId, GateId, UserId},
    time::{MINUTE, UnixMs},
};

use super::store::{self, NewCode};
use crate::{
    app::App,
    gates::store as gates,
    http::{Answer, Fault, Fields},
    keyring::{self, Purpose},
    qr::Picture,
    store::Tx,
};

/// How long a code is good, in milliseconds.
pub const CODE_LIFE: i64 = 15 * MINUTE;

/// Draws a one-time code for a kiosk that is to be called `new.name` at `new.gate_id`. `server` is where the kiosk
/// will find the server.
pub async fn invite(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    by: UserId,
    new: &NewEnrolment,
    server: &str,
) -> Answer<Enrolment> {
    let mut fields = Fields::new();
    let name = fields.text("name", &new.name, 1..=40);
    let gate = gates::gate(tx, community, new.gate_id).await?;
    fields.require(gate.is_some(), "gate_id", "no such gate");
    fields.finish()?;
    let gate = gate.ok_or(Code::Invalid)?;
    let address: ServerAddress = server.parse().map_err(|_| {
        Fault::new(Code::Unavailable).detail("the server's address is not known: set public_url")
    })?;

    let root = keyring::signing_key(tx, &app.sealer, community, Purpose::Root, app.now()).await?;
    let (code, expires_at) = draw(app, tx, community, by, gate.id, &name).await?;
    let invitation = Invitation {
        server: address,
        code: code.clone(),
        gate: gate.name,
        pin: app.origin.pin,
        root: Hash(root.public().fingerprint()),
    };
    let text = invitation.to_string();
    let picture = Picture::of(&text)?;
    Ok(Enrolment {
        code: TypedCode::new(code, app.origin.pin.as_ref()).to_string(),
        server: server.to_owned(),
        gate: invitation.gate,
        pin: invitation.pin.map(|pin| pin.to_string()),
        root: invitation.root.to_string(),
        qr_svg: picture.svg(),
        qr_png: STANDARD.encode(picture.png()?),
        text,
        expires_at,
    })
}

/// Draws a code and keeps its digest; answers it and when it is over.
pub async fn draw(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    by: UserId,
    gate: GateId,
    kiosk_name: &str,
) -> Answer<(EnrolCode, UnixMs)> {
    let now = app.now();
    let code = EnrolCode::draw(&mut app.entropy());
    let expires_at = now.plus(CODE_LIFE);
    let kept = NewCode { digest: code.digest(), gate, kiosk_name, created_by: by, expires_at };
    store::insert_code(tx, community, &kept, now).await?;
    Ok((code, expires_at))
}
