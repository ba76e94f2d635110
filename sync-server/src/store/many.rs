//! Many rows in one statement: what keeps an upload of hundreds of events at a handful of round trips.
//!
//! SQLite is given a placeholder for each value. PostgreSQL is given each column as one array: the same text for any
//! number of rows is planned once, and what is inserted is gathered with what follows ([`super::gathered`]).

use sqlx::{QueryBuilder, Sqlite};

/// The most rows or keys that one of SQLite's statements carries: far below its limit of bound values.
pub const CHUNK: usize = 500;
/// Uploads that are taken in together seldom bring more rows than this: statements over fewer come again.
const FEW: usize = 32;

/// A statement of SQLite's under construction.
pub fn statement(begin: &'static str) -> QueryBuilder<Sqlite> {
    QueryBuilder::new(begin)
}

/// Whether a statement over so many rows is likely to come again, and its plan worth keeping.
pub const fn recurs(rows: usize) -> bool {
    rows <= FEW || rows == CHUNK
}

/// `keys` and its last one again, up to a number that comes again: a key that is named twice is found once.
pub fn filled<T>(keys: &[T]) -> impl Iterator<Item = &T> {
    let wanted = keys.len().next_power_of_two().min(CHUNK.max(keys.len()));
    keys.iter().chain(std::iter::repeat_n(keys, wanted - keys.len()).filter_map(|keys| keys.last()))
}

/// Inserts one row for each of a slice.
///
/// `insert_all!(tx, "insert into t (a, b) ", rows, |row| [row.a, row.b], " on conflict do nothing")`
#[macro_export]
macro_rules! insert_all {
    ($tx:expr, $into:literal, $rows:expr, |$row:ident| [$($bind:expr),+ $(,)?] $(, $end:literal)?) => {
        async {
            let rows = &$rows[..];
            if rows.is_empty() {
                return Ok(());
            }
            match $tx.gathering($into).await? {
                ($crate::store::Engine::Sqlite(connection), _) => {
                    for chunk in rows.chunks($crate::store::many::CHUNK) {
                        let mut query = $crate::store::many::statement($into);
                        query.push_values(chunk, |mut values, $row| {
                            $(values.push_bind($crate::store::Column::to_sql(&$bind));)+
                        });
                        $(query.push($end);)?
                        let query = query.build().persistent($crate::store::many::recurs(chunk.len()));
                        query.execute(&mut **connection).await?;
                    }
                }
                ($crate::store::Engine::Postgres(_), gathered) => {
                    let query = gathered.part($into).push("select * from unnest(");
                    let mut columns = query.separated(", ");
                    $(
                        // A column may be the same in all rows.
                        #[allow(unused_variables)]
                        let column = rows.iter().map(|$row| $crate::store::Column::to_sql(&$bind));
                        columns.push_bind(column.collect::<Vec<_>>());
                    )+
                    query.push(")");
                    $(query.push($end);)?
                }
            }
            Ok::<(), $crate::store::StoreError>(())
        }.await
    };
}

/// All rows whose key is among a slice of keys.
///
/// `fetch_in!(tx, Row, "select a from t where community = ", community, " and id", ids, " order by a")`
#[macro_export]
macro_rules! fetch_in {
    ($tx:expr, $row:ty, $begin:expr, $bind:expr, $middle:literal, $keys:expr $(, $end:literal)?) => {
        async {
            let keys = &$keys[..];
            let mut rows: Vec<$row> = Vec::new();
            if keys.is_empty() {
                return Ok(rows);
            }
            match $tx.engine().await? {
                $crate::store::Engine::Sqlite(connection) => {
                    for chunk in keys.chunks($crate::store::many::CHUNK) {
                        let mut query = $crate::store::many::statement($begin);
                        query.push_bind($crate::store::Column::to_sql(&$bind)).push($middle).push(" in (");
                        let mut listed = query.separated(", ");
                        for key in $crate::store::many::filled(chunk) {
                            listed.push_bind($crate::store::Column::to_sql(key));
                        }
                        query.push(")");
                        $(query.push($end);)?
                        rows.extend(query.build_query_as::<$row>().fetch_all(&mut **connection).await?);
                    }
                }
                $crate::store::Engine::Postgres(connection) => {
                    let keys: Vec<_> = keys.iter().map($crate::store::Column::to_sql).collect();
                    let query = sqlx::query_as::<_, $row>(
                        concat!($begin, "$1", $middle, " = any($2)" $(, $end)?),
                    );
                    let query = query.bind($crate::store::Column::to_sql(&$bind)).bind(keys);
                    rows = query.fetch_all(&mut **connection).await?;
                }
            }
            Ok::<Vec<$row>, $crate::store::StoreError>(rows)
        }.await
    };
}

/// The rows of several queries over keys, in one statement. There are few keys: they are not sent in pieces.
///
/// `fetch_united!(tx, Row, community, "select a from t where community = ", " and id" in ids;
///     "select …", " and b" in bs, " group by b")`
#[macro_export]
macro_rules! fetch_united {
    ($tx:expr, $row:ty, $bind:expr, $($begin:literal, $middle:literal in $keys:expr $(, $end:literal)?);+) => {
        async {
            let most = 0_usize$(.max($keys.len()))+;
            if most == 0 {
                return Ok(Vec::new());
            }
            match $tx.engine().await? {
                $crate::store::Engine::Sqlite(connection) => {
                    let mut query = $crate::store::many::statement("");
                    let mut union = "";
                    $(if !$keys.is_empty() {
                        query.push(union).push($begin).push_bind($crate::store::Column::to_sql(&$bind));
                        let mut listed = query.push($middle).push(" in (").separated(", ");
                        for key in $crate::store::many::filled(&$keys[..]) {
                            listed.push_bind($crate::store::Column::to_sql(key));
                        }
                        query.push(")");
                        $(query.push($end);)?
                        union = " union all ";
                    })+
                    let _ = union;
                    let query = query.build_query_as::<$row>().persistent($crate::store::many::recurs(most));
                    query.fetch_all(&mut **connection).await
                }
                $crate::store::Engine::Postgres(connection) => {
                    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new("");
                    let mut union = "";
                    $(
                        let keys: Vec<_> = $keys.iter().map($crate::store::Column::to_sql).collect();
                        query.push(union).push($begin).push_bind($crate::store::Column::to_sql(&$bind));
                        query.push($middle).push(" = any(").push_bind(keys).push(")");
                        $(query.push($end);)?
                        union = " union all ";
                    )+
                    let _ = union;
                    query.build_query_as::<$row>().fetch_all(&mut **connection).await
                }
            }
        }.await
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_filled_up_to_numbers_that_come_again() {
        let filled_up = |count: usize| filled(&vec![7; count]).count();
        assert_eq!([1, 2, 3, 5, 8, 9, 257, 500].map(filled_up), [1, 2, 4, 8, 8, 16, 500, 500]);
        assert_eq!(filled(&[1, 2, 3]).collect::<Vec<_>>(), [&1, &2, &3, &3]);
    }
}
