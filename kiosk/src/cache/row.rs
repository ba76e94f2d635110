//! Rows as they are kept: raw, with what they are found by read out of the bodies this version knows.

use gatehouse::{
    feed::{
        Row, RowKind,
        row::{Body, DayKeyRow, ErasureRow, GuardRow, PassPhotoRow, PassRow, UseRow, VisitRow, WatchRow},
    },
    words::VisitorStatus,
};
use hmac::{Hmac, Mac};
use rusqlite::Connection;
use sha2::Sha256;

use super::CacheError;

/// A table of rows, by its statements.
pub(super) struct Table {
    put: &'static str,
    delete: &'static str,
}

/// The rows that decisions are made from.
pub(super) const IN_USE: &Table = &Table {
    put: "insert into row(kind, id, seq, schema, body, unit, pass, open, plate4)
          values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
          on conflict(kind, id) do update set seq = ?3, schema = ?4, body = ?5, unit = ?6, pass = ?7,
          open = ?8, plate4 = ?9 where excluded.seq >= row.seq",
    delete: "delete from row where kind = ?1 and id = ?2 and seq <= ?3",
};

/// The rows of a snapshot on its way in.
pub(super) const LOADING: &Table = &Table {
    put: "insert into row_loading(kind, id, seq, schema, body, unit, pass, open, plate4)
          values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
          on conflict(kind, id) do update set seq = ?3, schema = ?4, body = ?5, unit = ?6, pass = ?7,
          open = ?8, plate4 = ?9 where excluded.seq >= row_loading.seq",
    delete: "delete from row_loading where kind = ?1 and id = ?2 and seq <= ?3",
};

/// What a row is found by, besides its id.
#[derive(Default)]
struct Finding {
    unit: Option<[u8; 16]>,
    pass: Option<[u8; 16]>,
    open: Option<bool>,
    plate4: Option<String>,
}

/// Writes a row, or removes it where it is a tombstone. A guard's PIN hash is put under the kiosk's pepper
/// on the way: the server's own never lies on this disk.
pub(super) fn put(
    connection: &Connection,
    table: &Table,
    row: &Row,
    pepper: &[u8; 32],
) -> Result<(), CacheError> {
    let Some(body) = &row.body else {
        let mut statement = connection.prepare_cached(table.delete)?;
        statement.execute((row.kind.0, &row.id.0, row.seq.cast_signed()))?;
        return Ok(());
    };
    let peppered = (row.kind == GuardRow::KIND).then(|| pepper_guard(body, pepper));
    let body = peppered.as_ref().unwrap_or(body);
    let finding = Finding::of(row, body);
    connection.prepare_cached(table.put)?.execute((
        row.kind.0,
        &row.id.0,
        row.seq.cast_signed(),
        row.schema,
        body,
        finding.unit,
        finding.pass,
        finding.open,
        finding.plate4,
    ))?;
    Ok(())
}

impl Finding {
    /// A body of a newer schema, or one that cannot be read, is kept all the same: it is read again after an
    /// upgrade, and found by its id until then.
    fn of(row: &Row, body: &[u8]) -> Self {
        match row.kind {
            PassRow::KIND => PassRow::from_body(body).map_or_else(
                |_| Self::default(),
                |pass| Self { unit: Some(pass.unit.0.into_bytes()), plate4: pass.plate4, ..Self::default() },
            ),
            UseRow::KIND => UseRow::from_body(body).map_or_else(
                |_| Self::default(),
                |used| Self { pass: Some(used.pass.0.into_bytes()), ..Self::default() },
            ),
            VisitRow::KIND => VisitRow::from_body(body).map_or_else(
                |_| Self::default(),
                |visit| Self {
                    pass: visit.pass.map(|pass| pass.0.into_bytes()),
                    open: is_open(&visit).then_some(true),
                    ..Self::default()
                },
            ),
            _ => Self::default(),
        }
    }
}

/// Kinds of rows that tell of persons, or make their codes.
pub(super) const OF_PERSONS: [RowKind; 7] = [
    GuardRow::KIND,
    PassRow::KIND,
    PassPhotoRow::KIND,
    DayKeyRow::KIND,
    UseRow::KIND,
    VisitRow::KIND,
    WatchRow::KIND,
];

/// Whether rows of a kind change seldom: all but passes, their photos and uses, visits and erasures.
pub(super) fn is_setting(kind: RowKind) -> bool {
    ![PassRow::KIND, PassPhotoRow::KIND, UseRow::KIND, VisitRow::KIND, ErasureRow::KIND].contains(&kind)
}

/// Whether a visit is not over: somebody asks, may come in, or is inside.
fn is_open(visit: &VisitRow) -> bool {
    let over = matches!(visit.status, VisitorStatus::Exited | VisitorStatus::Lapsed)
        || (visit.status == VisitorStatus::Denied && visit.entered_at.is_none() && visit.asked_at.is_none());
    !over
}

/// A guard's row as it is kept; of one that this version cannot read nothing but that it is there, since where its PIN's
/// hash stands is not known.
fn pepper_guard(body: &[u8], pepper: &[u8; 32]) -> Vec<u8> {
    match GuardRow::from_body(body) {
        Ok(guard) => GuardRow { pin_hash: peppered(&guard.pin_hash, pepper).to_vec(), ..guard }.to_body(),
        Err(error) => {
            tracing::error!(%error, "a guard's row cannot be read, and is kept empty");
            Vec::new()
        }
    }
}

/// What a kiosk keeps of a PIN's argon2id output.
pub fn peppered(pin_hash: &[u8], pepper: &[u8; 32]) -> [u8; 32] {
    // HMAC pads a key with zeros to its hash's block (RFC 2104): done here, no key is of a wrong length.
    let mut block = [0; 64];
    block[..32].copy_from_slice(pepper);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(pin_hash);
    mac.finalize().into_bytes().into()
}
