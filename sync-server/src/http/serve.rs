//! Listening and serving. Bound first, served then: who knows the address can connect at once.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
};
use axum_server::{Handle, accept::NoDelayAcceptor, tls_rustls::RustlsAcceptor, tls_rustls::RustlsConfig};
use gatehouse::api::problem::Code;
use hyper_util::rt::TokioTimer;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::RequestBodyTimeoutLayer,
    trace::TraceLayer,
};

use super::{
    Fault,
    first_word::FirstWord,
    tls::{Own, Tls, TlsError},
    unread,
};
use crate::{origin::Origin, randomness::OsEntropy};

/// The most bytes of a request's body, where a route does not say otherwise.
pub const BODY_LIMIT: usize = 1 << 20;
/// How long requests in progress may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long nothing may come of a request's body before it is given up, and how long its head may take. A long body that
/// keeps coming may take its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether to speak TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// On every address but loopback.
    Outside,
    /// On loopback as well.
    Always,
}

/// Which certificate to speak TLS with, where it is spoken.
#[derive(Clone, Copy, Debug)]
pub enum Certificate<'a> {
    /// The server's own.
    Own(Own<'a>),
    /// One of the owner's: files of a chain and its key, both PEM.
    Files {
        /// The chain.
        certificate: &'a Path,
        /// The key.
        key: &'a Path,
    },
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address cannot be bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// TLS is needed there and there is none.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A bound address.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl Listening {
    /// Binds `address` (port 0 for any free one); TLS is spoken there as `mode` says.
    pub async fn bind(
        address: SocketAddr,
        mode: TlsMode,
        certificate: Certificate<'_>,
    ) -> Result<Self, ListenError> {
        let bind = |source| ListenError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let bound = listener.local_addr().map_err(bind)?;
        let spoken = mode == TlsMode::Always || !is_loopback(bound.ip());
        let tls = match certificate {
            // Read where it is not used, too: what is wrong with it is said before it is needed.
            Certificate::Files { certificate, key } => {
                let read = Tls::read(certificate, key)?;
                if !spoken {
                    tracing::warn!(
                        "plain HTTP on loopback: the certificate is not used (--tls uses it there)"
                    );
                }
                spoken.then_some(read)
            }
            Certificate::Own(_) if !spoken => None,
            Certificate::Own(own) => Some(Tls::own(own, names(bound.ip()), &mut OsEntropy).await?),
        };
        Ok(Self { listener, address: bound, tls })
    }

    /// The address bound, its port the real one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How the server is reached: by `public_url` if the owner says so, else by the address bound.
    pub fn origin(&self, public_url: Option<&str>) -> Origin {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let url = match public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{}", self.address),
        };
        Origin { url, pin: self.tls.as_ref().map(|tls| tls.pin) }
    }

    /// Serves until `handle` is told to stop and the requests in progress are done, at most five seconds later.
    pub async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> io::Result<()> {
        self.serve_within(router, handle, PATIENCE).await
    }

    async fn serve_within(
        self,
        router: Router,
        handle: Handle<SocketAddr>,
        patience: Duration,
    ) -> io::Result<()> {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = axum_server::from_tcp(self.listener)?.handle(handle);
        let http = server.http_builder();
        http.http1().timer(TokioTimer::new()).header_read_timeout(patience);
        http.http2().timer(TokioTimer::new()).keep_alive_interval(patience).keep_alive_timeout(patience);
        match self.tls {
            None => {
                server.acceptor(FirstWord { inner: NoDelayAcceptor::new(), patience }).serve(service).await
            }
            Some(tls) => {
                let inner = RustlsAcceptor::new(RustlsConfig::from_config(tls.config))
                    .acceptor(NoDelayAcceptor::new());
                server.acceptor(FirstWord { inner, patience }).serve(service).await
            }
        }
    }
}

/// Tells the server behind `handle` to stop.
pub fn stop(handle: &Handle<SocketAddr>) {
    handle.graceful_shutdown(Some(GRACE));
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn names(ip: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "gatehouse.local".to_owned()];
    if !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    names
}

/// What is common to all routes: problems for what no route answers, limits, compression, a log line.
pub fn layered(router: Router) -> Router {
    layered_within(router, PATIENCE)
}

fn layered_within(router: Router, patience: Duration) -> Router {
    router
        .fallback(|| async { Fault::new(Code::NotFound) })
        .method_not_allowed_fallback(|| async { Fault::new(Code::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(patience))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| -> Response {
            Fault::internal("a handler panicked").into_response()
        }))
        .layer(axum::middleware::from_fn(unread::settle))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request, routing::get};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tower::ServiceExt;

    use super::*;
    use crate::{
        secrets::{MasterKey, Sealer},
        store::Store,
    };

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        async fn take(_: crate::http::Body<u32>) {}
        let router = layered_within(Router::new().route("/", axum::routing::post(take)), Duration::ZERO);
        let never = Body::from_stream(tokio_stream::pending::<Result<Vec<u8>, std::convert::Infallible>>());
        let request = Request::post("/").header("content-type", "application/json").body(never).unwrap();
        let answer = tokio::time::timeout(PATIENCE, router.oneshot(request)).await;
        assert_eq!(answer.unwrap().unwrap().status(), 400);
    }

    #[tokio::test]
    async fn a_connection_that_never_comes_to_a_request_is_given_up() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let loopback = "127.0.0.1:0".parse().unwrap();
        let store = Store::open_sqlite(&folder.path().join("test.db")).await.unwrap();
        let sealer = Sealer::new(&MasterKey::new([1; 32]));
        let own = Certificate::Own(Own { data: folder.path(), store: &store, sealer: &sealer });
        let listening = Listening::bind(loopback, TlsMode::Outside, own).await.unwrap();
        let address = listening.address();
        let router = layered(Router::new().route("/", get(|| async { "here" })));
        let patience = Duration::from_millis(200);
        let handle = Handle::new();
        let serving = tokio::spawn(listening.serve_within(router, handle.clone(), patience));
        let whole = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";
        // Silent, in the middle of what HTTP/2 begins with, in the middle of a head, idle after an answer.
        for said in ["", "PRI * HTTP", "GET / HTTP/1.1\r\nhost: here\r\nx", whole] {
            let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
            connection.write_all(said.as_bytes()).await.unwrap();
            let mut heard = Vec::new();
            let until_it_ends = connection.read_to_end(&mut heard);
            tokio::time::timeout(Duration::from_secs(20), until_it_ends).await.expect(said).unwrap();
            assert_eq!(heard.starts_with(b"HTTP/1.1 200"), said == whole, "{said}");
        }
        stop(&handle);
        serving.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_like_any_other() {
        async fn broken() -> &'static str {
            panic!("on purpose")
        }
        let router = layered(Router::new().route("/broken", get(broken)));
        let request = Request::get("/broken").body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        let problem: gatehouse::api::problem::Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!((problem.code, problem.detail), (Code::Internal, None), "nothing of the cause is told");
    }
}
