//! Transactions on either engine.

use gatehouse::id::CommunityId;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::broadcast;

use super::StoreError;

/// Which engine a transaction runs on; matched by [`on_either!`](crate::on_either) alone.
#[derive(Debug)]
pub enum Engine {
    /// The embedded default.
    Sqlite(Transaction<'static, Sqlite>),
    /// For more than one machine.
    Postgres(Transaction<'static, Postgres>),
}

/// An open transaction. Dropped without [`commit`](Self::commit), it is rolled back.
#[derive(Debug)]
pub struct Tx {
    engine: Engine,
    published: Vec<CommunityId>,
    wake: broadcast::Sender<CommunityId>,
}

impl Tx {
    pub(super) fn new(engine: Engine, wake: broadcast::Sender<CommunityId>) -> Self {
        Self { engine, published: Vec::new(), wake }
    }

    /// The engine's own transaction, for the query macros.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Notes that this transaction wrote to `community`'s feed, so that its readers are woken after the commit.
    pub fn note_published(&mut self, community: CommunityId) {
        self.published.push(community);
    }

    /// Makes the transaction's work durable, then wakes the readers of the feeds it wrote to.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
            Engine::Postgres(tx) => tx.commit().await?,
        }
        for community in self.published {
            // Nobody listening is fine: the poll each second finds the change.
            drop(self.wake.send(community));
        }
        Ok(())
    }

    /// Undoes the transaction's work now, instead of when it is dropped.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite(tx) => tx.rollback().await,
            Engine::Postgres(tx) => tx.rollback().await,
        }
    }
}
