//! The next pass key, in time: published fourteen days before it signs anything.

use gatehouse::{
    id::CommunityId,
    time::{DAY, UnixMs},
};

use super::{create, store};
use crate::{
    app::App,
    feed,
    http::Answer,
    keyring::{self, PublicPassKey, Purpose},
};

/// How long before its first use a key is published, in milliseconds.
const PUBLISHED_BEFORE: i64 = 14 * DAY;
/// How long a key signs before the next one takes its place, in milliseconds.
const SIGNS: i64 = 90 * DAY;

/// When the key after the newest one of `keys` is to come into force, if it is to be made at `now`.
fn next(keys: &[PublicPassKey], now: UnixMs) -> Option<UnixMs> {
    let newest = keys.iter().map(|key| key.not_before).max()?;
    let turn = newest.plus(SIGNS);
    (now >= turn.plus(-PUBLISHED_BEFORE)).then(|| turn.max(now.plus(PUBLISHED_BEFORE)))
}

/// Makes and publishes the next pass key, when it is time.
pub async fn rotate(app: &App, community: CommunityId) -> Answer<()> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    store::hold(&mut tx, community).await?;
    let keys = keyring::pass_keys(&mut tx, community).await?;
    let Some(not_before) = next(&keys, now) else { return Ok(()) };
    let id =
        keyring::make(&mut tx, &app.sealer, community, Purpose::Pass, not_before, &mut app.entropy()).await?;
    let keys = keyring::pass_keys(&mut tx, community).await?;
    let changes: Vec<_> = keys.iter().filter(|key| key.id == id).map(create::pass_key_change).collect();
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(())
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
}
