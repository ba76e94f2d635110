//! The server's ordered changes, of which every kiosk holds a copy.
//!
//! Here stand the rows, cursors and pages both sides agree on, and the rules by which a server serves them
//! ([`serve`]) and a kiosk takes them in ([`apply`], [`copy`]). Rows are stored and sent raw: a kiosk keeps
//! what it cannot read yet and reads it after an upgrade.

pub mod apply;
pub mod copy;
mod cursor;
mod page;
pub mod row;
pub mod serve;

pub use cursor::Cursor;
pub use page::{Page, SnapshotPage, SnapshotPlace};
pub use row::{Row, RowId, RowKind};
