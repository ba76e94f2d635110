//! Replacing a community's keys before their time. Kiosks that are online follow within seconds, those that are away when
//! they are back: what they hold until then stays good.

use gatehouse::{
    api::{
        community::{RotateKeys, RotatedKeys},
        problem::Code,
    },
    id::{CommunityId, UserId},
    words::Deed,
};

use super::{create, pass_keys, store};
use crate::{
    app::App,
    audit, feed,
    http::{Answer, Fault},
    keyring::{self, Purpose},
    store::Tx,
};

/// Replaces the keys asked for and commits. `by` is the admin who asked; nobody where the server's owner did.
pub async fn rotate(
    app: &App,
    mut tx: Tx,
    community: CommunityId,
    by: Option<UserId>,
    asked: RotateKeys,
) -> Answer<RotatedKeys> {
    if !(asked.pass || asked.anchor || asked.seal) {
        return Err(Fault::invalid("pass", "one of pass, anchor and seal"));
    }
    let now = app.now();
    store::hold(&mut tx, community).await?;
    let mut changes = Vec::new();
    let mut pass_from = None;
    if asked.pass {
        let next = pass_keys::hasten(app, &mut tx, community).await?;
        let (key, change) = next.ok_or_else(|| {
            Fault::new(Code::WrongState).detail("the next pass key is published already and not yet in use")
        })?;
        pass_from = Some(key.not_before);
        changes.push(change);
        audit::record(app, &mut tx, community, by, &Deed::PassKeyRotated, None).await?;
    }
    for (wanted, purpose, deed) in [
        (asked.anchor, Purpose::Anchor, Deed::AnchorKeyRotated),
        (asked.seal, Purpose::Seal, Deed::SealKeyRotated),
    ] {
        if wanted {
            keyring::make(&mut tx, &app.sealer, community, purpose, now, &mut app.entropy()).await?;
            audit::record(app, &mut tx, community, by, &deed, None).await?;
        }
    }
    // The community's own row again: kiosks then ask for their trust file, which the root has signed anew.
    let home = store::community(&mut tx, community).await?;
    changes.push(create::change(&mut tx, &app.sealer, &home, now).await?);
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(RotatedKeys { pass_from })
}
