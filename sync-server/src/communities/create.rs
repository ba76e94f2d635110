//! Making a community: its keys, its feed, its first rows.

use gatehouse::{
    admission::Policy, entropy::Entropy, feed::row::PassKeyRow, hours::Zone, id::CommunityId, time::UnixMs,
};

use super::{Community, day_keys, store};
use crate::{
    feed::{self, Change},
    http::{Answer, Fault},
    keyring::{self, PublicPassKey},
    secrets::Sealer,
    store::Tx,
};

/// Where communities are unless they say otherwise.
pub const DEFAULT_ZONE: &str = "Asia/Kolkata";

const COMPANIES: [&str; 8] =
    ["Swiggy", "Zomato", "Amazon", "Flipkart", "Blinkit", "BigBasket", "Zepto", "India Post"];

/// Makes a community with keys of its own and an empty feed. The changes returned are to be published with those of
/// whatever else is made in the same transaction.
pub async fn create(
    tx: &mut Tx,
    sealer: &Sealer,
    name: &str,
    zone: &str,
    now: UnixMs,
    entropy: &mut (impl Entropy + Send),
) -> Answer<(Community, Vec<Change>)> {
    Zone::named(zone).map_err(|error| Fault::invalid("zone", error.to_string()))?;
    let community = Community {
        id: CommunityId::new(now, entropy),
        name: name.to_owned(),
        zone: zone.to_owned(),
        policy: Policy::default().to_bytes(),
        locked_down: false,
        key_epoch: 1,
        companies: COMPANIES.join("\n"),
    };
    let id = community.id;
    store::insert(tx, &community, now).await?;
    keyring::begin(tx, sealer, id, community.key_epoch, now, entropy).await?;
    feed::begin(tx, id, now, entropy).await?;
    let mut changes = vec![change(tx, sealer, &community, now).await?];
    for key in keyring::pass_keys(tx, id).await? {
        changes.push(pass_key_change(&key));
    }
    changes.extend(day_keys::due(tx, sealer, &community, now).await?);
    Ok((community, changes))
}

/// The community's own row, as it is now.
pub async fn change(tx: &mut Tx, sealer: &Sealer, community: &Community, now: UnixMs) -> Answer<Change> {
    let lookup = keyring::lookup_key(tx, sealer, community.id, now).await?;
    Ok(Change::put(community.id.0, &community.row(*lookup)))
}

/// A pass key's row.
pub fn pass_key_change(key: &PublicPassKey) -> Change {
    let row = PassKeyRow { public: key.public.0, not_before: key.not_before, not_after: key.not_after };
    Change::put(key.id, &row)
}
