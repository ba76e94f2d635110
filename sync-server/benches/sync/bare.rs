//! What a database does without us: one row, one commit.

use gatehouse::id::EventId;
use gatehouse_server::{OsEntropy, execute, store::Store};

use crate::support::START;

/// Makes the table that bare statements write to.
pub async fn prepare(store: &Store) {
    let mut tx = store.write().await.unwrap();
    execute!(&mut tx, "create table bare (seq bigint not null, hash text not null)").unwrap();
    tx.commit().await.unwrap();
}

/// Writes `rows` rows in one transaction.
pub async fn insert(store: &Store, rows: u64) {
    let mut tx = store.write().await.unwrap();
    for row in 0..rows {
        let id = EventId::new(START, &mut OsEntropy).to_string();
        execute!(&mut tx, "insert into bare (seq, hash) values ($1, $2)", row, id).unwrap();
    }
    tx.commit().await.unwrap();
}
