//! How the domain's types stand in columns.

use gatehouse::{
    id::{
        CommunityId, EventId, FeedEpochId, GateId, IncarnationId, KioskId, NotificationId, PassId, UnitId,
        UserId, VisitorId,
    },
    time::UnixMs,
    words::{
        Answer, Credential, Deed, Direction, GateKind, LinkKind, PassMode, Role, Subject, UnitState,
        VisitorStatus, VisitorType,
    },
};
use uuid::Uuid;

use super::StoreError;

/// A type that is bound to and read from one column, on both engines.
pub trait Column: Sized {
    /// What the driver binds and reads.
    type Sql;

    /// The value to bind.
    fn to_sql(&self) -> Self::Sql;

    /// The value read; an error when the column holds what this type cannot.
    fn from_sql(sql: Self::Sql) -> Result<Self, StoreError>;
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Column for $type {
            type Sql = Self;
            fn to_sql(&self) -> Self {
                self.clone()
            }
            fn from_sql(sql: Self) -> Result<Self, StoreError> {
                Ok(sql)
            }
        }
    )*};
}
plain!(i64, bool, String, Vec<u8>, Uuid);

impl Column for &str {
    type Sql = String;
    fn to_sql(&self) -> String {
        (*self).to_owned()
    }
    fn from_sql(_: String) -> Result<Self, StoreError> {
        Err(StoreError::Decode("a borrowed text is bound, never read".into()))
    }
}

impl Column for &[u8] {
    type Sql = Vec<u8>;
    fn to_sql(&self) -> Vec<u8> {
        self.to_vec()
    }
    fn from_sql(_: Vec<u8>) -> Result<Self, StoreError> {
        Err(StoreError::Decode("borrowed bytes are bound, never read".into()))
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Column for $type {
            type Sql = i64;
            fn to_sql(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
            fn from_sql(sql: i64) -> Result<Self, StoreError> {
                Self::try_from(sql).map_err(|error| StoreError::Decode(Box::new(error)))
            }
        }
    )*};
}
integers!(u8, u16, u32, u64);

impl Column for UnixMs {
    type Sql = i64;
    fn to_sql(&self) -> i64 {
        self.0
    }
    fn from_sql(sql: i64) -> Result<Self, StoreError> {
        Ok(Self(sql))
    }
}

macro_rules! ids {
    ($($type:ty),*) => {$(
        impl Column for $type {
            type Sql = Uuid;
            fn to_sql(&self) -> Uuid {
                self.0
            }
            fn from_sql(sql: Uuid) -> Result<Self, StoreError> {
                Ok(Self(sql))
            }
        }
    )*};
}
ids!(
    CommunityId,
    UnitId,
    UserId,
    GateId,
    KioskId,
    PassId,
    VisitorId,
    IncarnationId,
    EventId,
    NotificationId,
    FeedEpochId
);

/// Makes types that have `as_str` and an infallible `FromStr` columns of TEXT.
macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::store::Column for $type {
            type Sql = String;
            fn to_sql(&self) -> String {
                self.as_str().to_owned()
            }
            fn from_sql(sql: String) -> Result<Self, $crate::store::StoreError> {
                sql.parse().map_err(|error| $crate::store::StoreError::Decode(Box::new(error)))
            }
        }
    )*};
}
words!(
    Role,
    VisitorType,
    VisitorStatus,
    PassMode,
    GateKind,
    Direction,
    Subject,
    Credential,
    Answer,
    UnitState,
    Deed,
    LinkKind
);

impl<const N: usize> Column for [u8; N] {
    type Sql = Vec<u8>;
    fn to_sql(&self) -> Vec<u8> {
        self.as_slice().to_vec()
    }
    fn from_sql(sql: Vec<u8>) -> Result<Self, StoreError> {
        Self::try_from(sql).map_err(|_| StoreError::Decode(format!("a column of {N} bytes").into()))
    }
}

impl<T: Column> Column for Option<T> {
    type Sql = Option<T::Sql>;
    fn to_sql(&self) -> Option<T::Sql> {
        self.as_ref().map(Column::to_sql)
    }
    fn from_sql(sql: Option<T::Sql>) -> Result<Self, StoreError> {
        sql.map(T::from_sql).transpose()
    }
}
