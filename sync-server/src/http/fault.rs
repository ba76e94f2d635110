//! What a route answers when it does not succeed.

use std::{error::Error, sync::Arc};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use gatehouse::api::problem::{Code, FieldError, Problem};

use super::causes;
use crate::store::StoreError;

/// What a route answers: its success, or a [`Fault`].
pub type Answer<T> = Result<T, Fault>;

/// A failure on its way to the client: the problem it sees, and the cause that only the log sees.
#[derive(Debug, thiserror::Error)]
#[error("{}", problem.code)]
pub struct Fault {
    problem: Box<Problem>,
    retry_after: Option<u32>,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// The failure of this code.
    pub fn new(code: Code) -> Self {
        Self { problem: Box::new(Problem::new(code)), retry_after: None, cause: None }
    }

    /// A field whose value will not do.
    pub fn invalid(field: &str, reason: impl Into<String>) -> Self {
        Self::new(Code::Invalid).field(field, reason)
    }

    /// Several fields whose values will not do.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let mut fault = Self::new(Code::Invalid);
        fault.problem.errors = errors;
        fault
    }

    /// A failure of the server's own.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut fault = Self::new(Code::Internal);
        fault.cause = Some(cause.into());
        fault
    }

    /// Adds what was wrong with this request. Seen by the client: no secrets, nothing of other people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.problem.detail = Some(detail.into());
        self
    }

    /// Adds a field that is to blame.
    #[must_use]
    pub fn field(mut self, field: &str, reason: impl Into<String>) -> Self {
        self.problem.errors.push(FieldError { field: field.to_owned(), reason: reason.into() });
        self
    }

    /// Adds after how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The failure in words, for a command's standard error.
    pub fn explained(&self) -> String {
        let problem = &self.problem;
        let fields = problem.errors.iter().map(|error| format!("{}: {}", error.field, error.reason));
        let cause = self.cause.iter().map(ToString::to_string);
        let parts: Vec<_> = problem.detail.iter().cloned().chain(fields).chain(cause).collect();
        if parts.is_empty() { problem.title.clone() } else { parts.join("; ") }
    }

    /// What programs act on.
    pub fn code(&self) -> &Code {
        &self.problem.code
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// PostgreSQL's word for a text that it cannot store: one with a NUL in it.
const NOT_A_TEXT: &str = "22021";
/// PostgreSQL's word for two transactions that wait for each other; this is the one it ended.
const DEADLOCK: &str = "40P01";

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(ref database) if database.is_unique_violation() => {
                Self { cause: Some(Box::new(error)), ..Self::new(Code::AlreadyExists) }
            }
            other => Arc::new(other).into(),
        }
    }
}

/// What one transaction's failure is to each of the many whom it served: none of them asked for what exists already.
impl From<Arc<StoreError>> for Fault {
    fn from(error: Arc<StoreError>) -> Self {
        let fault = match *error {
            StoreError::PoolTimedOut | StoreError::PoolClosed | StoreError::Io(_) => {
                Self::new(Code::Unavailable).retry_after(5)
            }
            StoreError::Database(ref database) => match database.code().as_deref() {
                Some(NOT_A_TEXT) => {
                    Self::new(Code::Invalid).detail("a text holds a character that cannot be stored")
                }
                Some(DEADLOCK) => Self::new(Code::Busy).retry_after(1),
                _ => Self::new(Code::Internal),
            },
            _ => Self::new(Code::Internal),
        };
        Self { cause: Some(Box::new(error)), ..fault }
    }
}

impl From<crate::secrets::UnsealError> for Fault {
    fn from(error: crate::secrets::UnsealError) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(error = causes(&self), "a request failed");
        }
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
