//! Request bodies.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{Method, StatusCode, Uri, header, request::Parts},
};
use gatehouse::{api::problem::Code, hash::Hash};
use serde::de::DeserializeOwned;

use super::Fault;

/// A JSON body, with the digest of the request for [idempotency](crate::idempotency).
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// Digest of method, path and body.
    pub request: Hash,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        expect_type(&request, "application/json")?;
        let line = line(request.method(), request.uri());
        let bytes = read(request, state).await?;
        Ok(Self { value: parse(&bytes)?, request: Hash::of(&[line.as_bytes(), &bytes]) })
    }
}

/// A JSON body that may be left out, or be `null`.
#[derive(Debug)]
pub struct MaybeBody<T>(pub Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for MaybeBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let typed = expect_type(&request, "application/json");
        let bytes = read(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        typed?;
        parse(&bytes).map(Self)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Fault::new(Code::Invalid).detail(error.to_string()),
        _ => Fault::new(Code::Malformed).detail("the body is not JSON"),
    })
}

/// A request that says all by its method and path: the digest of these.
#[derive(Clone, Copy, Debug)]
pub struct Bodiless(pub Hash);

impl<S: Send + Sync> FromRequestParts<S> for Bodiless {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Hash::of(&[line(&parts.method, &parts.uri).as_bytes()])))
    }
}

fn line(method: &Method, uri: &Uri) -> String {
    format!("{method} {}\n", uri.path())
}

/// A body of bytes, of the one media type that kiosks and server speak: `application/cbor`.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        expect_type(&request, "application/cbor")?;
        read(request, state).await.map(Self)
    }
}

fn expect_type(request: &Request, expected: &str) -> Result<(), Fault> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|value| value.split(';').next()).map(str::trim);
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case(expected) => Ok(()),
        _ => Err(Fault::new(Code::UnsupportedMediaType).detail(format!("send {expected}"))),
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Fault> {
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Code::TooLarge.into()
        } else {
            Fault::new(Code::Malformed).detail("the body broke off")
        }
    })
}
