//! A copy of the feed in memory.

use std::{collections::BTreeMap, convert::Infallible};

use super::CacheStore;
use crate::{
    feed::{
        Cursor, Page, Row, RowId, RowKind,
        copy::{Copy, Loading},
    },
    sync::kiosk::CacheOp,
};

type Rows = BTreeMap<(RowKind, RowId), Row>;

/// A copy of the feed in memory, to test others against.
#[derive(Clone, Debug, Default)]
pub struct ModelCache {
    rows: Rows,
    cursor: Option<Cursor>,
    whole: u64,
    loading: Option<(Loading, Rows)>,
}

impl ModelCache {
    /// How the copy stands.
    pub fn copy(&self) -> Copy {
        Copy {
            cursor: self.cursor,
            whole: self.whole,
            loading: self.loading.as_ref().map(|(loading, _)| *loading),
        }
    }

    fn reach(&mut self, page: &Page) {
        self.cursor = Some(page.to);
        if page.is_whole() {
            self.whole = page.to.seq;
        }
    }

    /// A row in use.
    pub fn row(&self, kind: RowKind, id: RowId) -> Option<&Row> {
        self.rows.get(&(kind, id))
    }

    /// The rows in use, by kind and id.
    pub fn in_use(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }
}

fn write(rows: &mut Rows, new: &[Row]) {
    for row in new {
        let place = (row.kind, row.id);
        if row.body.is_some() {
            rows.insert(place, row.clone());
        } else {
            rows.remove(&place);
        }
    }
}

impl CacheStore for ModelCache {
    type Error = Infallible;

    fn carry_out(&mut self, op: &CacheOp) -> Result<Copy, Infallible> {
        match op {
            CacheOp::Read => {}
            CacheOp::Apply(page) => {
                write(&mut self.rows, &page.rows);
                self.reach(page);
            }
            CacheOp::Begin(piece, next) => {
                let mut rows = Rows::new();
                write(&mut rows, &piece.rows);
                self.loading = Some((*next, rows));
            }
            CacheOp::Load(piece, next) => {
                if let Some((loading, rows)) = &mut self.loading {
                    write(rows, &piece.rows);
                    *loading = *next;
                }
            }
            CacheOp::Change(page, next) => {
                if let Some((loading, rows)) = &mut self.loading {
                    write(rows, &page.rows);
                    *loading = *next;
                }
            }
            CacheOp::Swap(page) => {
                if let Some((_, mut rows)) = self.loading.take() {
                    write(&mut rows, &page.rows);
                    self.rows = rows;
                    self.reach(page);
                }
            }
            CacheOp::Drop => self.loading = None,
        }
        Ok(self.copy())
    }

    fn rows(&mut self) -> Result<Vec<Row>, Infallible> {
        Ok(self.rows.values().cloned().collect())
    }

    fn reopen(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}
