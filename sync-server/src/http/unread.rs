//! Requests that are answered before their body was read.
//!
//! What is left of a body stands before the next request on its connection. A rest that is not too long is read and dropped, and
//! the connection goes on. Over a longer one the connection ends, and its client is told so beforehand (RFC 9112 §9.3, §9.6):
//! otherwise a client that keeps connections finds its next request lost.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};
use http_body::{Frame, SizeHint};

/// The most bytes that are read for the connection's sake, and for clients that read no answer before they have sent all:
/// over a longer rest these see their connection break instead of what was wrong with it.
const MOST: u64 = 32 << 20;
/// How long they may take: the answer waits for them.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers as `next` does; leaves nothing of the request on its connection, or says that the connection ends.
pub(super) async fn settle(request: Request, next: Next) -> Response {
    // HTTP/2 gives a stream up without its connection (RFC 9113 §8.1).
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    // To read would be to ask for a body that its client holds back.
    let held_back = request.headers().contains_key(header::EXPECT);
    let rest = Arc::new(Mutex::new(Rest::Wanted));
    let watched = |body| Body::new(Watched { body, rest: Arc::clone(&rest) });
    let mut answer = next.run(request.map(watched)).await;
    let rest = mem::replace(&mut *rest.lock().unwrap_or_else(PoisonError::into_inner), Rest::Wanted);
    let gone = match rest {
        Rest::None => true,
        Rest::Wanted => false,
        Rest::Left(body) => !held_back && drained(body).await,
    };
    if !gone {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// What became of a body.
enum Rest {
    /// Somebody may still read it.
    Wanted,
    /// It was read to its end.
    None,
    /// It was dropped before.
    Left(Body),
}

/// A body that tells what became of it.
struct Watched {
    body: Body,
    rest: Arc<Mutex<Rest>>,
}

impl Watched {
    fn tell(&self, what: Rest) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.tell(Rest::None);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let body = mem::take(&mut self.body);
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*rest, Rest::Wanted) {
            *rest = Rest::Left(body);
        }
    }
}

/// Reads what is left of a body, if it is short and comes soon; whether its end was reached.
async fn drained(mut body: Body) -> bool {
    if body.size_hint().lower() > MOST {
        return false;
    }
    let mut seen = 0;
    let reading = async {
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(frame) = frame else { return false };
            seen += frame.data_ref().map_or(0, |data| data.len() as u64);
            if seen > MOST {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false)
}
