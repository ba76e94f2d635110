//! What a database does without us: one row, one commit.
//!
//! The row is the least of what a check-in leaves behind: its event as it was signed, under its id. No other index, no
//! reference, nothing read, nothing else written; a transaction of its own, as durable as a check-in is.

use gatehouse::id::EventId;
use gatehouse_server::{OsEntropy, execute, store::Store};

use crate::support::START;

/// An event's size: that of an admission by the guard, without details.
const BYTES: [u8; 190] = [7; 190];

/// Makes the table that bare statements write to.
pub async fn prepare(store: &Store) {
    let mut tx = store.write().await.unwrap();
    execute!(
        &mut tx,
        "create table bare (id uuid not null primary key, seq bigint not null, hash bytea not null,
             bytes bytea not null, signature bytea not null)"
    )
    .unwrap();
    tx.commit().await.unwrap();
}

/// Writes `rows` rows in one transaction.
pub async fn insert(store: &Store, rows: u64) {
    let mut tx = store.write().await.unwrap();
    for row in 0..rows {
        execute!(
            &mut tx,
            "insert into bare (id, seq, hash, bytes, signature) values ($1, $2, $3, $4, $5)",
            EventId::new(START, &mut OsEntropy),
            row,
            [7; 32],
            BYTES,
            [7; 64]
        )
        .unwrap();
    }
    tx.commit().await.unwrap();
}
