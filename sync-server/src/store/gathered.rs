//! Rows that nobody waits for: on PostgreSQL those of several tables go together, in one statement.
//!
//! What costs most there is the way to the database and back. [`insert_all!`](crate::insert_all) only gathers; what
//! was gathered is written before the next statement that asks for something, and before the commit. The order of
//! statements stays what it was, for whoever writes and asks; an error is told by the statement that follows.
//!
//! They go as the parts of one `WITH`, which do not see each other's rows: a table is named in one of them only.
//! Foreign keys are checked when all of them are done.

use sqlx::{Postgres, QueryBuilder};

use super::{StoreError, tx::Link};

/// What is to be written.
#[derive(Default)]
pub struct Gathered {
    statement: Option<QueryBuilder<Postgres>>,
    /// How each part begins.
    parts: Vec<&'static str>,
}

impl std::fmt::Debug for Gathered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Gathered").field(&self.parts).finish()
    }
}

impl Gathered {
    /// Whether rows of the same table are gathered.
    pub(super) fn is_for(&self, into: &str) -> bool {
        self.parts.contains(&into)
    }

    /// Begins one more part with `into`; its end is for the caller to push.
    pub fn part(&mut self, into: &'static str) -> &mut QueryBuilder<Postgres> {
        let statement = self.statement.get_or_insert_with(|| QueryBuilder::new("with "));
        if !self.parts.is_empty() {
            statement.push("), ");
        }
        statement.push("part").push(self.parts.len()).push(" as (").push(into);
        self.parts.push(into);
        statement
    }

    /// Writes all of it.
    pub(super) async fn write(&mut self, connection: &mut Link<Postgres>) -> Result<(), StoreError> {
        let Some(mut statement) = self.statement.take() else { return Ok(()) };
        self.parts.clear();
        statement.push(") select 1").build().execute(&mut **connection).await?;
        Ok(())
    }
}
