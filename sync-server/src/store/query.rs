//! One query text, two engines.

/// Runs the same body with `$connection` being whichever engine's connection `$tx` holds.
#[macro_export]
macro_rules! on_either {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx.engine().await {
            Ok($crate::store::Engine::Sqlite($connection)) => $body,
            Ok($crate::store::Engine::Postgres($connection)) => $body,
            Err(error) => Err(error),
        }
    };
}

/// Runs a statement; answers how many rows it touched.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::on_either!($tx, connection =>
            sqlx::query($sql)$(.bind($crate::store::Column::to_sql(&$bind)))*
                .execute(&mut **connection).await.map(|done| done.rows_affected()))
    };
}

/// The one row of a query as a [`record!`](crate::record) or a tuple of plain columns.
#[macro_export]
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::on_either!($tx, connection =>
            sqlx::query_as::<_, $row>($sql)$(.bind($crate::store::Column::to_sql(&$bind)))*
                .fetch_one(&mut **connection).await)
    };
}

/// The row of a query, if there is one.
#[macro_export]
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::on_either!($tx, connection =>
            sqlx::query_as::<_, $row>($sql)$(.bind($crate::store::Column::to_sql(&$bind)))*
                .fetch_optional(&mut **connection).await)
    };
}

/// All rows of a query.
#[macro_export]
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::on_either!($tx, connection =>
            sqlx::query_as::<_, $row>($sql)$(.bind($crate::store::Column::to_sql(&$bind)))*
                .fetch_all(&mut **connection).await)
    };
}

/// A struct that is read from rows of either engine, column by column of the same name.
#[macro_export]
macro_rules! record {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        $crate::record!(@from_row $name sqlx::sqlite::SqliteRow { $($field: $type,)* });
        $crate::record!(@from_row $name sqlx::postgres::PgRow { $($field: $type,)* });
    )*};
    (@from_row $name:ident $row:ty { $($field:ident: $type:ty,)* }) => {
        impl<'r> sqlx::FromRow<'r, $row> for $name {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($field: <$type as $crate::store::Column>::from_sql(
                        sqlx::Row::try_get::<<$type as $crate::store::Column>::Sql, _>(row, stringify!($field))?,
                    )?,)*
                })
            }
        }
    };
}
