//! Path segments, query parameters and pages of lists.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use gatehouse::api::problem::Code;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{Fault, Fields};

/// Path segments; one that cannot be read names nothing, hence 404.
#[derive(Debug)]
pub struct Segment<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segment<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Code::NotFound.into()),
        }
    }
}

/// What can stand in a query.
pub trait Parameters: DeserializeOwned {
    /// Says which values will not do.
    fn check(&self, _: &mut Fields) {}
}

/// Query parameters, each of a value that will do.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: Parameters> FromRequestParts<S> for Params<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => {
                let mut fields = Fields::new();
                value.check(&mut fields);
                fields.finish()?;
                Ok(Self(value))
            }
            Err(rejection) => Err(Fault::new(Code::Malformed).detail(rejection.body_text())),
        }
    }
}

const DEFAULT_LIMIT: i32 = 50;
const MOST: i32 = 200;

/// Which piece of a list. Lists run by id, that is by age: the oldest first, where a route does not say otherwise.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// `next_cursor` of the piece before; absent for the first.
    pub cursor: Option<Uuid>,
    /// How many items at most: 1 to 200, 50 if absent.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i32>,
}

impl Parameters for Page {
    fn check(&self, fields: &mut Fields) {
        fields.require(self.limit.is_none_or(|limit| (1..=MOST).contains(&limit)), "limit", "1 to 200");
    }
}

impl Page {
    /// The id after which the piece begins.
    pub fn after(&self) -> Uuid {
        self.cursor.unwrap_or(Uuid::nil())
    }

    /// The id before which the piece begins, for a list that runs backwards.
    pub fn before(&self) -> Uuid {
        self.cursor.unwrap_or(Uuid::max())
    }

    /// How many items at most.
    pub fn limit(&self) -> usize {
        usize::try_from(self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST)).unwrap_or(1)
    }

    /// How many rows to read: one more than the limit tells whether there is a next piece.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit() + 1).unwrap_or(i64::MAX)
    }

    /// Cuts what was read with [`rows`](Self::rows) to the limit; answers the cursor of the next piece too.
    pub fn cut<T, C>(&self, mut items: Vec<T>, cursor: impl Fn(&T) -> C) -> (Vec<T>, Option<C>) {
        let more = items.len() > self.limit();
        items.truncate(self.limit());
        let next = if more { items.last().map(cursor) } else { None };
        (items, next)
    }
}
