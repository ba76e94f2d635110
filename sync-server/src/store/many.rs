//! Many rows in one statement: what keeps an upload of hundreds of events at a handful of round trips.

use sqlx::{Database, QueryBuilder};

use super::tx::Link;

/// The most rows one statement carries: far below either engine's limit of bound values.
pub const CHUNK: usize = 500;
/// Uploads that are taken in together seldom bring more rows than this: statements over fewer come again.
const FEW: usize = 32;

/// A statement under construction for the engine of `link`.
pub fn statement<DB: Database>(_: &Link<DB>, begin: &'static str) -> QueryBuilder<DB> {
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

/// Inserts one row for each of a slice, some hundred a statement; answers how many were touched.
///
/// `insert_all!(tx, "insert into t (a, b) ", rows, |row| [row.a, row.b], " on conflict do nothing")`
#[macro_export]
macro_rules! insert_all {
    ($tx:expr, $into:literal, $rows:expr, |$row:ident| [$($bind:expr),+ $(,)?] $(, $end:literal)?) => {
        $crate::on_either!($tx, connection => async {
            let mut touched = 0;
            for chunk in $rows.chunks($crate::store::many::CHUNK) {
                let mut query = $crate::store::many::statement(connection, $into);
                query.push_values(chunk, |mut values, $row| {
                    $(values.push_bind($crate::store::Column::to_sql(&$bind));)+
                });
                $(query.push($end);)?
                let query = query.build().persistent($crate::store::many::recurs(chunk.len()));
                touched += query.execute(&mut **connection).await?.rows_affected();
            }
            Ok::<u64, $crate::store::StoreError>(touched)
        }.await)
    };
}

/// All rows whose key is among a slice of keys, some hundred a statement.
///
/// `fetch_in!(tx, Row, "select a from t where community = ", community, " and id in (", ids, ")")`
#[macro_export]
macro_rules! fetch_in {
    ($tx:expr, $row:ty, $begin:literal, $bind:expr, $middle:literal, $keys:expr, $end:literal) => {
        $crate::on_either!($tx, connection => async {
            let mut rows: Vec<$row> = Vec::new();
            for chunk in $keys.chunks($crate::store::many::CHUNK) {
                let mut query = $crate::store::many::statement(connection, $begin);
                query.push_bind($crate::store::Column::to_sql(&$bind));
                query.push($middle);
                let mut keys = query.separated(", ");
                for key in $crate::store::many::filled(chunk) {
                    keys.push_bind($crate::store::Column::to_sql(key));
                }
                query.push($end);
                let query = query.build_query_as::<$row>();
                rows.extend(query.fetch_all(&mut **connection).await?);
            }
            Ok::<Vec<$row>, $crate::store::StoreError>(rows)
        }.await)
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
