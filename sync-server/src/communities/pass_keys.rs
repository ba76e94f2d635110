//! The life of pass keys: published fourteen days before their first signature, followed by the next, told their end
//! when they sign no more, and dropped thirty days after their last pass.

use gatehouse::{
    feed::row::PassKeyRow,
    id::CommunityId,
    time::{DAY, HOUR, UnixMs},
};

use super::{create, store};
use crate::{
    app::App,
    feed::{self, Change},
    http::Answer,
    keyring::{self, PublicPassKey},
    passes::store as passes,
    store::Tx,
};

/// How long before its first use a key is published, in milliseconds.
const PUBLISHED_BEFORE: i64 = 14 * DAY;
/// How long a key signs before the next one takes its place, in milliseconds.
const SIGNS: i64 = 90 * DAY;
/// How long after its last turn a key's passes are surely all written down, in milliseconds.
const SETTLED: i64 = HOUR;
/// How long after its last pass a key is kept, as that pass is, in milliseconds.
const KEPT: i64 = 30 * DAY;

/// When the key after the newest one of `keys` is to come into force, if it is to be made at `now`.
fn next(keys: &[PublicPassKey], now: UnixMs) -> Option<UnixMs> {
    let newest = keys.iter().map(|key| key.not_before).max()?;
    let turn = newest.plus(SIGNS);
    (now >= turn.plus(-PUBLISHED_BEFORE)).then(|| turn.max(now.plus(PUBLISHED_BEFORE)))
}

/// The keys that sign no more at `now` and whose end is still to be told, each with when the next one took over.
fn followed(keys: &[PublicPassKey], now: UnixMs) -> Vec<(PublicPassKey, UnixMs)> {
    let by = |key: &PublicPassKey| {
        keys.iter().map(|other| other.not_before).filter(|turn| *turn > key.not_before).min()
    };
    let open = keys.iter().filter(|key| key.not_after.is_none());
    open.filter_map(|key| Some((*key, by(key)?))).filter(|(_, turn)| now >= turn.plus(SETTLED)).collect()
}

/// Does what is due for the community's pass keys.
pub async fn rotate(app: &App, community: CommunityId) -> Answer<()> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    store::hold(&mut tx, community).await?;
    let keys = keyring::pass_keys(&mut tx, community).await?;
    let mut changes = Vec::new();
    if let Some(not_before) = next(&keys, now) {
        changes.push(made(app, &mut tx, community, not_before).await?.1);
    }
    for (key, turn) in followed(&keys, now) {
        let last = passes::last_end(&mut tx, community, key.not_before, turn).await?;
        let not_after = last.map_or(turn, |last| last.max(turn));
        keyring::end_pass_key(&mut tx, community, key.id, not_after).await?;
        changes.push(create::pass_key_change(&PublicPassKey { not_after: Some(not_after), ..key }));
    }
    for key in keys.iter().filter(|key| key.not_after.is_some_and(|end| now >= end.plus(KEPT))) {
        keyring::drop_pass_key(&mut tx, community, key.id).await?;
        changes.push(Change::delete::<PassKeyRow>(key.id));
    }
    if changes.is_empty() {
        return Ok(());
    }
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the next pass key before its time, unless one is on its way already; with it what is to be published.
pub async fn hasten(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
) -> Answer<Option<(PublicPassKey, Change)>> {
    let now = app.now();
    let keys = keyring::pass_keys(tx, community).await?;
    if keys.iter().any(|key| key.not_before > now) {
        return Ok(None);
    }
    made(app, tx, community, now.plus(PUBLISHED_BEFORE)).await.map(Some)
}

async fn made(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    not_before: UnixMs,
) -> Answer<(PublicPassKey, Change)> {
    let key = keyring::make_pass_key(tx, &app.sealer, community, not_before, &mut app.entropy()).await?;
    Ok((key, create::pass_key_change(&key)))
}

#[cfg(test)]
mod tests {
    use gatehouse::keys::PublicKey;
    use uuid::Uuid;

    use super::*;

    fn key(not_before: i64) -> PublicPassKey {
        PublicPassKey {
            id: Uuid::nil(),
            public: PublicKey([0; 32]),
            not_before: UnixMs(not_before),
            not_after: None,
        }
    }

    #[test]
    fn a_key_is_published_two_weeks_before_it_signs_even_when_it_is_late() {
        let keys = [key(0)];
        assert_eq!(next(&keys, UnixMs(75 * DAY)), None);
        assert_eq!(next(&keys, UnixMs(76 * DAY)), Some(UnixMs(90 * DAY)));
        assert_eq!(next(&keys, UnixMs(200 * DAY)), Some(UnixMs(214 * DAY)), "the server was off for months");
        assert_eq!(next(&[key(0), key(90 * DAY)], UnixMs(80 * DAY)), None);
        assert_eq!(next(&[], UnixMs(0)), None);
    }

    #[test]
    fn a_key_is_followed_when_the_next_one_has_signed_for_a_while() {
        let keys = [key(0), key(90 * DAY), key(180 * DAY)];
        assert_eq!(followed(&keys, UnixMs(90 * DAY)), []);
        assert_eq!(followed(&keys, UnixMs(91 * DAY)), [(keys[0], UnixMs(90 * DAY))]);
        let ended = PublicPassKey { not_after: Some(UnixMs(100 * DAY)), ..keys[0] };
        let keys = [ended, keys[1], keys[2]];
        assert_eq!(followed(&keys, UnixMs(200 * DAY)), [(keys[1], UnixMs(180 * DAY))]);
    }
}
