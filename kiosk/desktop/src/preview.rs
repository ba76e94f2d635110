//! Pictures for the window: the camera's newest at `camera://localhost/newest`, a kept one at
//! `camera://localhost/photo/NAME`.

use gatehouse_kiosk::kiosk::Kiosk;
use tauri::http::{Request, Response, StatusCode, header};

/// Answers a request for a picture: a JPEG, 404 for one that is not kept, 503 while the camera has none.
pub fn answer(kiosk: &Kiosk, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, caching, picture) = match request.uri().path().strip_prefix("/photo/") {
        None => match kiosk.preview() {
            Some(jpeg) => (StatusCode::OK, "no-store", jpeg.to_vec()),
            None => (StatusCode::SERVICE_UNAVAILABLE, "no-store", Vec::new()),
        },
        // A photo's name is the digest of its bytes: what was shown once is the same for ever.
        Some(name) => match kiosk.photo(name) {
            Some(jpeg) => (StatusCode::OK, "max-age=600", jpeg.to_vec()),
            None => (StatusCode::NOT_FOUND, "no-store", Vec::new()),
        },
    };
    let mut response = Response::new(picture);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(caching));
    response
}
