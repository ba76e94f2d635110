//! How far the copy has come: the tables `place` and `loading`.

use gatehouse::{
    feed::{
        Cursor, Page, RowId, RowKind, SnapshotPlace,
        copy::{Copy, Loading},
    },
    id::FeedEpochId,
    time::UnixMs,
};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::CacheError;

fn cursor(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    Ok(Cursor {
        epoch: FeedEpochId(Uuid::from_bytes(row.get(0)?)),
        seq: row.get::<_, i64>(1)?.unsigned_abs(),
        mark: row.get(2)?,
    })
}

/// Where the copy stands.
pub(super) fn copy(connection: &Connection) -> Result<Copy, CacheError> {
    let in_use = connection
        .prepare_cached("select epoch, seq, mark, whole from place where one = 1")?
        .query_row([], |row| Ok((cursor(row)?, row.get::<_, i64>(3)?.unsigned_abs())))
        .optional()?;
    let (in_use, whole) = in_use.map_or((None, 0), |(cursor, whole)| (Some(cursor), whole));
    let loading = connection
        .prepare_cached(
            "select epoch, seq, mark, after_kind, after_id, seen_seq, seen_mark from loading where one = 1",
        )?
        .query_row([], |row| {
            let start = cursor(row)?;
            let seen = Cursor { seq: row.get::<_, i64>(5)?.unsigned_abs(), mark: row.get(6)?, ..start };
            let after = (row.get::<_, Option<u16>>(3)?, row.get::<_, Option<[u8; 16]>>(4)?);
            Ok(match after {
                (Some(kind), Some(id)) => Loading::Pieces {
                    start,
                    after: SnapshotPlace { kind: RowKind(kind), id: RowId(id) },
                    seen,
                },
                _ => Loading::Changes { cursor: start, seen },
            })
        })
        .optional()?;
    Ok(Copy { cursor: in_use, whole, loading })
}

/// Moves the cursor of the rows in use to the end of a page.
pub(super) fn reach(connection: &Connection, page: &Page) -> Result<(), CacheError> {
    let to = &page.to;
    let whole = page.is_whole().then_some(to.seq.cast_signed());
    connection
        .prepare_cached(
            "insert into place(one, epoch, seq, mark, whole) values (1, ?1, ?2, ?3, coalesce(?4, 0))
             on conflict(one) do update
             set epoch = ?1, seq = ?2, mark = ?3, whole = coalesce(?4, place.whole)",
        )?
        .execute((to.epoch.0.as_bytes(), to.seq.cast_signed(), &to.mark, whole))?;
    Ok(())
}

/// Notes where loading stands, or that nothing is being loaded.
pub(super) fn set_loading(connection: &Connection, to: Option<&Loading>) -> Result<(), CacheError> {
    let (at, after, seen) = match to {
        None => {
            connection.execute("delete from loading", [])?;
            return Ok(());
        }
        Some(Loading::Pieces { start, after, seen }) => (start, Some(after), seen),
        Some(Loading::Changes { cursor, seen }) => (cursor, None, seen),
    };
    connection
        .prepare_cached(
            "insert into loading(one, epoch, seq, mark, after_kind, after_id, seen_seq, seen_mark)
             values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
             on conflict(one) do update
             set epoch = ?1, seq = ?2, mark = ?3, after_kind = ?4, after_id = ?5, seen_seq = ?6, seen_mark = ?7",
        )?
        .execute((
            at.epoch.0.as_bytes(),
            at.seq.cast_signed(),
            &at.mark,
            after.map(|after| after.kind.0),
            after.map(|after| after.id.0),
            seen.seq.cast_signed(),
            &seen.mark,
        ))?;
    Ok(())
}

/// When the copy was last known to be whole.
pub(super) fn whole_at(connection: &Connection) -> Result<Option<UnixMs>, CacheError> {
    let at = connection
        .prepare_cached("select whole_at from place where one = 1")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    Ok(at.flatten().map(UnixMs))
}

/// Notes when the copy was known to be whole.
pub(super) fn set_whole_at(connection: &Connection, at: UnixMs) -> Result<(), CacheError> {
    let noted = connection.prepare_cached("update place set whole_at = ?1 where one = 1")?.execute([at.0])?;
    if noted == 1 { Ok(()) } else { Err(CacheError::NoCopy) }
}
