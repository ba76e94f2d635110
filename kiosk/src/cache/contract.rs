//! This cache against the contract that every copy of the feed keeps.

use std::rc::Rc;

use gatehouse::{
    feed::{RowId, RowKind},
    testing::{CacheStore, contract},
};
use tempfile::TempDir;

use super::*;

/// A cache in a folder of its own.
pub(crate) struct Stored {
    dir: Rc<TempDir>,
    cache: Cache,
}

impl Stored {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        Self::open(Rc::new(tempfile::tempdir().unwrap())).unwrap()
    }

    fn open(dir: Rc<TempDir>) -> Result<Self, CacheError> {
        let cache = Cache::open(&dir.path().join("cache.db"), &[3; 32], &[4; 32])?;
        Ok(Self { dir, cache })
    }

    /// A copy of the file.
    pub(crate) fn image(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let writer = self.cache.writer.lock().unwrap();
        writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
        std::fs::copy(self.dir.path().join("cache.db"), dir.path().join("cache.db")).unwrap();
        Self::open(Rc::new(dir)).unwrap()
    }
}

impl CacheStore for Stored {
    type Error = CacheError;

    fn carry_out(&mut self, op: &CacheOp) -> Result<Copy, CacheError> {
        self.cache.execute(op)
    }

    fn rows(&mut self) -> Result<Vec<Row>, CacheError> {
        let connection = self.cache.read();
        let mut statement =
            connection.prepare_cached("select kind, schema, id, seq, body from row order by kind, id")?;
        let rows = statement.query_map([], |row| {
            Ok(Row {
                kind: RowKind(row.get(0)?),
                schema: row.get(1)?,
                id: RowId(row.get(2)?),
                seq: row.get::<_, i64>(3)?.unsigned_abs(),
                body: Some(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn reopen(self) -> Result<Self, CacheError> {
        let Self { dir, cache } = self;
        drop(cache);
        Self::open(dir)
    }
}

#[test]
fn this_cache_keeps_the_contract() {
    contract::check_cache(Stored::empty);
}
