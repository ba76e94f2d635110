//! The server's ordered changes, of which every kiosk holds a copy.
//!
//! Here stand the rows, cursors and pages both sides agree on. Rows are stored and sent raw: a kiosk keeps
//! what it cannot read yet and reads it after an upgrade.

mod cursor;
mod page;
pub mod row;

pub use cursor::Cursor;
pub use page::{Page, SnapshotPage, SnapshotPlace};
pub use row::{Row, RowId, RowKind};
