//! A picture as a request's body.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use gatehouse::api::problem::Code;

use super::{PictureError, Square, redraw};
use crate::http::Fault;

/// The most bytes of a picture that is sent: what a phone's camera makes.
pub const PICTURE_LIMIT: usize = 8 << 20;

/// The bytes of a picture, not looked at yet. `Content-Type` has to be `image/png` or `image/jpeg`; the route's body
/// limit is to be [`PICTURE_LIMIT`].
#[derive(Debug)]
pub struct Sent(Bytes);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = given.and_then(|value| value.split(';').next()).map_or("", str::trim);
        if !["image/png", "image/jpeg"].iter().any(|taken| essence.eq_ignore_ascii_case(taken)) {
            return Err(Fault::new(Code::UnsupportedMediaType).detail("send image/png or image/jpeg"));
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(PictureError::TooManyBytes.into())
            }
            Err(_) => Err(Fault::new(Code::Malformed).detail("the body broke off")),
        }
    }
}

impl Sent {
    /// The picture, drawn anew.
    pub async fn redrawn(self, square: Square) -> Result<Vec<u8>, Fault> {
        Ok(redraw(self.0, square).await?)
    }
}
