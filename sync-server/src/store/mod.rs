//! The database: one of two engines behind one set of SQL texts.
//!
//! Every query is written once, in SQL that SQLite and PostgreSQL both understand (`$1` placeholders, ids as
//! `BLOB`/`uuid`, instants as `i64` milliseconds, words as `TEXT`), and the [`fetch_all!`](crate::fetch_all)
//! family of macros runs it on whichever engine the [`Tx`] belongs to. Where the engines truly differ (opening,
//! beginning a transaction), the difference is in `open` and `tx`; how the feed is written is the one query that has a
//! text for each.
//!
//! Only files named `store` hold SQL. Nothing here waits for anything but the database: no network call and no
//! password hash belongs inside a transaction.

mod column;
pub mod gathered;
pub mod many;
mod open;
mod query;
mod tx;

pub use column::Column;
pub use open::{OpenError, Store};
pub use tx::{Engine, Link, Tx};

/// A failure of the database itself; never "not found".
pub type StoreError = sqlx::Error;
