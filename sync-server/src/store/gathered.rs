//! Rows that nobody waits for: on PostgreSQL those of several tables go together, in one statement.
//!
//! What costs most there is the way to the database and back. [`insert_all!`](crate::insert_all) only gathers; what
//! was gathered is written before the next statement that asks for something, and before the commit. The order of
//! statements stays what it was, for whoever writes and asks; an error is told by the statement that follows.
//!
//! They go as the parts of one `WITH`, which do not see each other's rows: a table is named in one of them only.
//! Foreign keys are checked when all of them are done.

use sqlx::{FromRow, Postgres, QueryBuilder, postgres::PgRow};

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
        let place = self.parts.len();
        self.begin(into).push("part").push(place).push(" as (").push(into)
    }

    /// The same, under a name by which the parts behind it and [`fetch_one`](Self::fetch_one) can ask what it returns.
    pub fn named(&mut self, name: &'static str, into: &'static str) -> &mut QueryBuilder<Postgres> {
        self.begin(into).push(name).push(" as (").push(into)
    }

    fn begin(&mut self, into: &'static str) -> &mut QueryBuilder<Postgres> {
        let statement = self.statement.get_or_insert_with(|| QueryBuilder::new("with "));
        if !self.parts.is_empty() {
            statement.push("), ");
        }
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

    /// Writes all of it, and answers the one row that `select` then asks for.
    pub async fn fetch_one<R>(
        &mut self,
        connection: &mut Link<Postgres>,
        select: &'static str,
    ) -> Result<R, StoreError>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut statement = self.statement.take().unwrap_or_default();
        self.parts.clear();
        statement.push(") ").push(select).build_query_as().fetch_one(&mut **connection).await
    }
}
