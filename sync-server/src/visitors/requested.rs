//! How what was asked over the API stands in the visitors' table.

use gatehouse::{cbor, journal::Requested};

use crate::store::{Column, StoreError};

impl Column for Requested {
    type Sql = Vec<u8>;

    fn to_sql(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    fn from_sql(sql: Vec<u8>) -> Result<Self, StoreError> {
        cbor::from_slice(&sql).map_err(|error| StoreError::Decode(Box::new(error)))
    }
}
