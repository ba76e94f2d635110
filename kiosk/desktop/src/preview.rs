//! The camera's newest picture, at `camera://localhost/newest`.

use gatehouse_kiosk::kiosk::Kiosk;
use tauri::http::{Response, StatusCode, header};

/// Answers a request for the newest picture: a JPEG, or 503 while there is none.
pub fn answer(kiosk: &Kiosk) -> Response<Vec<u8>> {
    let (status, picture) = match kiosk.preview() {
        Some(jpeg) => (StatusCode::OK, jpeg.to_vec()),
        None => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
    };
    let mut response = Response::new(picture);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
