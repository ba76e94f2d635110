//! Becoming a member of a community in a role, for the first time or again.

use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UserId},
    words::Role,
};
use uuid::Uuid;

use super::store;
use crate::{
    app::App,
    http::{Answer, Fault},
    store::Tx,
};

/// Makes somebody a member, PENDING or ACTIVE; answers the membership. One that ended, or that waits for an admin, is taken
/// up again and counts from now; one that is active stays, and is a fault.
pub async fn join(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    role: &Role,
    status: &str,
) -> Answer<Uuid> {
    let now = app.now();
    match store::hold_membership(tx, community, user, role).await? {
        None => {
            let id = UserId::new(now, &mut app.entropy()).0;
            store::insert_membership(tx, community, id, user, role, status, now).await?;
            Ok(id)
        }
        Some(held) if held.status == "ACTIVE" => {
            Err(Fault::new(Code::AlreadyExists)
                .detail("the account is that of a member in this role already"))
        }
        Some(held) => {
            store::renew_membership(tx, community, held.id, status, now).await?;
            store::leave_units(tx, community, held.id).await?;
            Ok(held.id)
        }
    }
}
