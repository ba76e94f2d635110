//! The kiosks' table, as far as contact goes.

use gatehouse::id::{CommunityId, KioskId};

use super::Contact;
use crate::{
    execute,
    store::{StoreError, Tx},
};

pub(super) async fn write(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: KioskId,
    contact: &Contact,
) -> Result<(), StoreError> {
    match &contact.said {
        None => execute!(
            tx,
            "update kiosks set last_contact_at = $3 where community = $1 and id = $2",
            community,
            kiosk,
            contact.at
        )?,
        Some(said) => execute!(
            tx,
            "update kiosks set last_contact_at = $3, waiting = $4,
                 oldest_waiting_at = case when $4 = 0 then null else coalesce($5, oldest_waiting_at) end,
                 version = coalesce($6, version)
             where community = $1 and id = $2",
            community,
            kiosk,
            contact.at,
            said.waiting,
            said.oldest,
            said.version
        )?,
    };
    Ok(())
}
