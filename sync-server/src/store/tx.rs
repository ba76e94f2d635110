//! Transactions on either engine.

use std::ops::{Deref, DerefMut};

use gatehouse::id::CommunityId;
use sqlx::{Database, Postgres, Sqlite, Transaction, pool::PoolConnection};
use tokio::sync::broadcast;

use super::{StoreError, gathered::Gathered};

/// Which engine a transaction runs on; matched by the query macros alone.
#[derive(Debug)]
pub enum Engine {
    /// The embedded default.
    Sqlite(Link<Sqlite>),
    /// For more than one machine.
    Postgres(Link<Postgres>),
}

/// A connection at work.
#[derive(Debug)]
pub enum Link<DB: Database> {
    /// Within a transaction.
    Within(Transaction<'static, DB>),
    /// One statement at a time, each by itself.
    Each(PoolConnection<DB>),
}

impl<DB: Database> Link<DB> {
    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Within(tx) => tx.commit().await,
            Self::Each(_) => Ok(()),
        }
    }

    async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Within(tx) => tx.rollback().await,
            Self::Each(_) => Ok(()),
        }
    }
}

impl<DB: Database> Deref for Link<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self {
            Self::Within(tx) => tx,
            Self::Each(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Link<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Self::Within(tx) => tx,
            Self::Each(connection) => connection,
        }
    }
}

/// An open transaction. Dropped without [`commit`](Self::commit), it is rolled back.
#[derive(Debug)]
pub struct Tx {
    engine: Engine,
    gathered: Gathered,
    published: Vec<CommunityId>,
    wake: broadcast::Sender<CommunityId>,
}

impl Tx {
    pub(super) fn new(engine: Engine, wake: broadcast::Sender<CommunityId>) -> Self {
        Self { engine, gathered: Gathered::default(), published: Vec::new(), wake }
    }

    /// The engine's own transaction, for the query macros. What was gathered is written first.
    pub async fn engine(&mut self) -> Result<&mut Engine, StoreError> {
        self.write_gathered().await?;
        Ok(&mut self.engine)
    }

    /// The engine's own transaction, and what is gathered to be written to `into` and elsewhere: for
    /// [`insert_all!`](crate::insert_all), which gathers more on PostgreSQL.
    pub async fn gathering(
        &mut self,
        into: &'static str,
    ) -> Result<(&mut Engine, &mut Gathered), StoreError> {
        if self.gathered.is_for(into) {
            self.write_gathered().await?;
        }
        Ok((&mut self.engine, &mut self.gathered))
    }

    async fn write_gathered(&mut self) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Postgres(connection) => self.gathered.write(connection).await,
            Engine::Sqlite(_) => Ok(()),
        }
    }

    /// Notes that this transaction wrote to `community`'s feed, so that its readers are woken after the commit.
    pub fn note_published(&mut self, community: CommunityId) {
        self.published.push(community);
    }

    /// Makes the transaction's work durable, then wakes the readers of the feeds it wrote to.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_gathered().await?;
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
