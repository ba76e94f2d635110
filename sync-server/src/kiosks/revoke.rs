//! A kiosk's end: an order signed by the community root, and a new epoch of day keys for all others.

use gatehouse::{
    api::problem::Code,
    feed::row::{KioskOrder, KioskRow},
    id::KioskId,
    keys::PublicKey,
    words::Deed,
};

use super::store::{self, KioskRecord};
use crate::{
    app::App,
    audit,
    auth::Caller,
    communities::{create, day_keys, store as communities},
    feed::Change,
    http::Answer,
    keyring::{self, Purpose},
    store::Tx,
};

/// Ends a kiosk. The epoch of the day keys goes up, so that what the kiosk still holds opens nothing new; answers
/// what is to be published.
pub(super) async fn revoke(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    id: KioskId,
    stolen: bool,
) -> Answer<(KioskRecord, Vec<Change>)> {
    let now = app.now();
    communities::hold(tx, caller.community).await?;
    let kiosk = store::kiosk(tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let root = keyring::signing_key(tx, &app.sealer, caller.community, Purpose::Root, now).await?;
    let order = KioskOrder::sign(stolen, id, &PublicKey(kiosk.public), &root);
    let state = if stolen { "STOLEN" } else { "RETIRED" };
    if !store::revoke(tx, caller.community, id, state, order.signature, now).await? {
        return if kiosk.state == state { Ok((kiosk, Vec::new())) } else { Err(Code::WrongState.into()) };
    }
    let row = KioskRow {
        gate: kiosk.gate,
        public: kiosk.public,
        number: kiosk.number,
        active: false,
        order: Some(order),
    };
    let mut changes = vec![Change::put(id.0, &row)];
    let mut community = communities::community(tx, caller.community).await?;
    community.key_epoch += 1;
    let epoch = Purpose::Epoch(community.key_epoch);
    keyring::make(tx, &app.sealer, community.id, epoch, now, &mut app.entropy()).await?;
    communities::update(tx, &community).await?;
    changes.push(create::change(tx, &app.sealer, &community, now).await?);
    changes.extend(day_keys::due(tx, &app.sealer, &community, now).await?);
    audit::record_of(app, tx, community.id, Some(caller.user), &Deed::KioskRevoked, audit::Thing::Kiosk(id))
        .await?;
    let kiosk = store::kiosk(tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    Ok((kiosk, changes))
}
