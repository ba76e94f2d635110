//! Bodies of the sync routes: canonical CBOR, compressed with zstd (RFC 8878) where the other side takes it.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use gatehouse::{api::problem::Code, cbor};
use minicbor::{Decode, Encode};

use crate::http::{Fault, RawBody};

/// The most bytes of a request's body, before and after decompression.
pub const MOST: usize = 8 << 20;

/// Below this many bytes compressing costs more than it saves.
const WORTHWHILE: usize = 1 << 10;
const LEVEL: i32 = 1;
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/cbor");
const ZSTD: HeaderValue = HeaderValue::from_static("zstd");

/// A request's CBOR body.
#[derive(Debug)]
pub struct Cbor<T>(pub T);

impl<S: Send + Sync, T: for<'b> Decode<'b, ()>> FromRequest<S> for Cbor<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let encoding = request.headers().get(header::CONTENT_ENCODING).cloned();
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        let bytes = match encoding {
            None => bytes,
            Some(encoding) if encoding == "zstd" => decompress(&bytes)?,
            Some(_) => {
                return Err(Fault::new(Code::UnsupportedMediaType).detail("content encoding: zstd or none"));
            }
        };
        let value = cbor::from_slice(&bytes)
            .map_err(|error| Fault::new(Code::Malformed).detail(error.to_string()))?;
        Ok(Self(value))
    }
}

fn decompress(bytes: &[u8]) -> Result<Bytes, Fault> {
    use std::io::Read as _;

    let broken = |_| Fault::new(Code::Malformed).detail("the body is not zstd");
    let mut out = Vec::new();
    let reader = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
    reader.take(MOST as u64 + 1).read_to_end(&mut out).map_err(broken)?;
    if out.len() > MOST { Err(Code::TooLarge.into()) } else { Ok(out.into()) }
}

/// Whether the client takes zstd.
#[derive(Clone, Copy, Debug)]
pub struct TakesZstd(bool);

impl TakesZstd {
    fn of(headers: &HeaderMap) -> Self {
        let takes = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|coding| {
                coding.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("zstd"))
            });
        Self(takes)
    }

    /// An answer of `value`, compressed where the client takes it and it is worth it.
    pub fn answer<T: Encode<()>>(self, value: &T) -> Response {
        let plain = cbor::to_vec(value);
        let compressed =
            if self.0 && plain.len() >= WORTHWHILE { zstd::bulk::compress(&plain, LEVEL).ok() } else { None };
        let encoded = compressed.is_some();
        let mut response = (StatusCode::OK, compressed.unwrap_or(plain)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if encoded {
            headers.insert(header::CONTENT_ENCODING, ZSTD);
        }
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TakesZstd {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Ok(Self::of(&parts.headers))
    }
}
