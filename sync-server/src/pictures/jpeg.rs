//! A picture as an answer.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};

/// A JPEG that only who may see it keeps, and that is nothing but a picture.
#[derive(Debug)]
pub struct Jpeg(pub Vec<u8>);

impl IntoResponse for Jpeg {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, HeaderValue); 3] = [
            (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
            (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, self.0).into_response()
    }
}
