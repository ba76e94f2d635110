//! Uses of passes, as this journal knows them.

use gatehouse::{
    id::{EventId, PassId},
    time::UnixMs,
};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::JournalError;

/// The kind of admissions.
pub(super) const ADMITTED: u16 = 2;

/// Admissions on `pass` that were not taken back.
pub(super) fn of_pass(connection: &Connection, pass: PassId) -> Result<Vec<(EventId, UnixMs)>, JournalError> {
    let mut statement = connection.prepare_cached(
        "select id, at from event where pass = ?1 and kind = ?2 and undone = 0 order by ordinal",
    )?;
    let rows = statement.query_map((pass.0.as_bytes(), ADMITTED), |row| {
        Ok((EventId(Uuid::from_bytes(row.get(0)?)), UnixMs(row.get(1)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Live steps of `pass` burnt at or after `from`.
pub(super) fn burnt(connection: &Connection, pass: PassId, from: u64) -> Result<Vec<u64>, JournalError> {
    let mut statement =
        connection.prepare_cached("select live_step from event where pass = ?1 and live_step >= ?2")?;
    let rows = statement
        .query_map((pass.0.as_bytes(), from.cast_signed()), |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether an event was taken back.
pub(super) fn is_undone(connection: &Connection, id: EventId) -> Result<bool, JournalError> {
    let mut statement = connection.prepare_cached("select undone from event where id = ?1")?;
    Ok(statement.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?.unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use gatehouse::{
        id::VisitorId,
        words::{Credential, Subject, VisitorType},
    };

    use gatehouse::journal::Act;

    use super::*;

    #[test]
    fn the_kind_of_admissions_is_the_wires() {
        let act = Act::Admitted {
            visit: VisitorId(Uuid::nil()),
            pass: None,
            units: vec![],
            visitor_type: VisitorType::Guest,
            credential: Credential::Qr,
            people: 1,
            subject: Subject::Visitor,
            live_step: None,
            rules: 1,
        };
        assert_eq!(act.kind(), ADMITTED);
    }
}
