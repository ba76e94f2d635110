//! Wrong tries and challenges: counters are read out of the events themselves, so that no restart clears
//! them and no second book can disagree.

use gatehouse::{
    id::UserId,
    journal::{Act, Event},
    time::UnixMs,
};
use rusqlite::Connection;
use uuid::Uuid;

use super::JournalError;

/// When acts of `kind` about `subject` were recorded since `from`.
pub(super) fn about(
    connection: &Connection,
    kind: u16,
    subject: Uuid,
    from: UnixMs,
) -> Result<Vec<UnixMs>, JournalError> {
    let mut statement = connection
        .prepare_cached("select at from event where kind = ?1 and subject = ?2 and at >= ?3 order by at")?;
    let rows = statement.query_map((kind, subject.as_bytes(), from.0), |row| row.get(0).map(UnixMs))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When acts of `kind` were recorded since `from`.
pub(super) fn at_kiosk(
    connection: &Connection,
    kind: u16,
    from: UnixMs,
) -> Result<Vec<UnixMs>, JournalError> {
    let mut statement =
        connection.prepare_cached("select at from event where kind = ?1 and at >= ?2 order by at")?;
    let rows = statement.query_map((kind, from.0), |row| row.get(0).map(UnixMs))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Wrong PINs of `guard` since the last right one.
pub(super) fn wrong_pins(connection: &Connection, guard: UserId) -> Result<Vec<UnixMs>, JournalError> {
    let mut statement = connection.prepare_cached(
        "select at from event where kind = ?1 and subject = ?2 and ordinal > coalesce(
             (select max(ordinal) from event where kind = ?3 and subject = ?2), 0) order by ordinal",
    )?;
    let (wrong, right) = (Act::PinWrong { guard }.kind(), Act::SignedIn { guard }.kind());
    let rows = statement.query_map((wrong, guard.0.as_bytes(), right), |row| row.get(0).map(UnixMs))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Challenges shown to `unit` since `from`.
pub(super) fn challenges(
    connection: &Connection,
    unit: Uuid,
    from: UnixMs,
) -> Result<Vec<(u16, UnixMs)>, JournalError> {
    let mut statement = connection
        .prepare_cached("select bytes from event where kind = 9 and subject = ?1 and at >= ?2 order by at")?;
    let rows = statement.query_map((unit.as_bytes(), from.0), |row| row.get::<_, Vec<u8>>(0))?;
    let mut shown = Vec::new();
    for bytes in rows {
        let event: Event = gatehouse::cbor::from_slice(&bytes?)?;
        if let Act::ChallengeShown { challenge, .. } = Act::read(event.kind, &event.body)? {
            shown.push((challenge, event.at));
        }
    }
    Ok(shown)
}
