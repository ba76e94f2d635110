//! Requests to the server, and its answers.

use std::{sync::Arc, time::Duration};

use gatehouse::{api::problem::Problem, cbor, enrol::ServerAddress, time::Clock};
use reqwest::{
    Response, StatusCode, Url,
    header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use rustls::ClientConfig;
use serde::{Serialize, de::DeserializeOwned};

use crate::net::{NetTrouble, Trust, client_config, tls::authorities, undated::undated_config};

const CBOR: &str = "application/cbor";
const TO_CONNECT: Duration = Duration::from_secs(5);
const TO_ANSWER: Duration = Duration::from_secs(30);
/// More than any answer of the server's: a page is at most 1 MiB of bodies.
const MOST_BYTES: usize = 16 << 20;

/// A client of one server.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Believes the server's certificate whatever its dates.
    undated: reqwest::Client,
    address: ServerAddress,
}

/// A server's answer of the kind `T`, or that what was asked from cannot be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<T> {
    /// The answer.
    Here(T),
    /// 410: start afresh.
    Gone,
}

impl Client {
    /// A client of the server at `address`, believed by `trust`, with dates judged by `clock`.
    pub fn new(address: ServerAddress, trust: Trust, clock: Arc<dyn Clock>) -> Result<Self, NetTrouble> {
        let undated = match &trust {
            // Of a key that is known the dates never count.
            Trust::Pinned(_) | Trust::Vouched(_) => None,
            // Where there are no authorities, none ever vouched.
            Trust::Authorities => Some(authorities()).filter(|roots| !roots.is_empty()).map(undated_config),
        };
        let dated = client_config(trust, clock).map_err(unusable)?;
        let undated = undated.transpose().map_err(unusable)?;
        Self::over(address, dated, undated)
    }

    fn over(
        address: ServerAddress,
        dated: ClientConfig,
        undated: Option<ClientConfig>,
    ) -> Result<Self, NetTrouble> {
        let http = connecting(dated)?;
        let undated = undated.map_or_else(|| Ok(http.clone()), connecting)?;
        Ok(Self { http, undated, address })
    }

    /// A client that believes what these authorities vouch for.
    #[cfg(test)]
    pub fn by_authorities(
        address: ServerAddress,
        roots: &rustls::RootCertStore,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let dated = crate::net::tls::by_authorities(roots.clone(), clock).unwrap();
        Self::over(address, dated, Some(undated_config(roots.clone()).unwrap())).unwrap()
    }

    /// The server's address.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// The URL of a route, given from its leading slash.
    fn route(&self, route: &str) -> String {
        format!("{}{route}", self.address)
    }

    /// Posts JSON and reads JSON.
    pub async fn json<T: DeserializeOwned>(
        &self,
        route: &str,
        token: Option<&str>,
        body: &impl Serialize,
    ) -> Result<T, NetTrouble> {
        let mut request = self.http.post(self.route(route)).timeout(TO_ANSWER).json(body);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        read_json(request.send().await.map_err(|error| NetTrouble::of(&error))?).await
    }

    /// Posts JSON and reads JSON, whatever the dates of the server's certificate. For what is no secret, and proves by
    /// itself whose it is and how old.
    pub async fn undated_json<T: DeserializeOwned>(
        &self,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T, NetTrouble> {
        let request = self.undated.post(self.route(route)).timeout(TO_ANSWER).json(body);
        read_json(request.send().await.map_err(|error| NetTrouble::of(&error))?).await
    }

    /// Posts CBOR and reads CBOR.
    pub async fn cbor<T: for<'b> minicbor::Decode<'b, ()>>(
        &self,
        route: &str,
        token: &str,
        body: Vec<u8>,
    ) -> Result<Reply<T>, NetTrouble> {
        let request = self
            .http
            .post(self.route(route))
            .timeout(TO_ANSWER)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, CBOR)
            .header(ACCEPT, CBOR)
            .header(ACCEPT_ENCODING, "zstd")
            .body(body);
        let response = request.send().await.map_err(|error| NetTrouble::of(&error))?;
        if response.status() == StatusCode::GONE {
            return Ok(Reply::Gone);
        }
        read_cbor(response).await.map(Reply::Here)
    }

    /// Posts CBOR to a route that is open to all, and reads CBOR.
    pub async fn open_cbor<T: for<'b> minicbor::Decode<'b, ()>>(
        &self,
        route: &str,
        body: Vec<u8>,
    ) -> Result<T, NetTrouble> {
        let request = self.http.post(self.route(route)).timeout(TO_ANSWER);
        let request = request.header(CONTENT_TYPE, CBOR).header(ACCEPT, CBOR).body(body);
        read_cbor(request.send().await.map_err(|error| NetTrouble::of(&error))?).await
    }

    /// Puts a JPEG.
    pub async fn put_jpeg(&self, route: &str, token: &str, jpeg: Vec<u8>) -> Result<(), NetTrouble> {
        let request = self.http.put(self.route(route)).timeout(TO_ANSWER);
        let request =
            request.header(AUTHORIZATION, format!("Bearer {token}")).header(CONTENT_TYPE, "image/jpeg");
        let response = request.body(jpeg).send().await.map_err(|error| NetTrouble::of(&error))?;
        accepted(response, "").await.map(drop)
    }

    /// Gets CBOR's bytes, unread.
    pub async fn get_cbor(&self, route: &str, token: &str) -> Result<Vec<u8>, NetTrouble> {
        let request = self.http.get(self.route(route)).timeout(TO_ANSWER);
        let request = request.header(AUTHORIZATION, format!("Bearer {token}")).header(ACCEPT, CBOR);
        let response = request.send().await.map_err(|error| NetTrouble::of(&error))?;
        whole(accepted(response, CBOR).await?).await
    }

    /// Gets JSON that is open to all.
    pub async fn get_json<T: DeserializeOwned>(&self, route: &str) -> Result<T, NetTrouble> {
        let request = self.http.get(self.route(route)).timeout(TO_ANSWER);
        read_json(request.send().await.map_err(|error| NetTrouble::of(&error))?).await
    }

    /// Opens a stream of server-sent events (WHATWG HTML §9.2) and gives its bytes as they come.
    pub async fn events(&self, route_and_query: &str, token: &str) -> Result<Reply<Response>, NetTrouble> {
        let request = self
            .http
            .get(self.route(route_and_query))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(ACCEPT, "text/event-stream");
        let response = request.send().await.map_err(|error| NetTrouble::of(&error))?;
        if response.status() == StatusCode::GONE {
            return Ok(Reply::Gone);
        }
        accepted(response, "text/event-stream").await.map(Reply::Here)
    }

    /// Whether plain HTTP to the server's host is led away to another host: a hotspot that wants a log-in,
    /// which behind TLS looks like a server out of reach or an impostor.
    pub async fn is_behind_portal(&self) -> bool {
        let plain = format!("http://{}/", self.address.host());
        let Ok(response) = self.http.get(plain).timeout(TO_CONNECT).send().await else { return false };
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let led_to = location.and_then(|location| Url::parse(location).ok());
        led_to.is_some_and(|url| url.host_str().is_some_and(|host| host != self.address.host()))
    }

    /// Asks for `/health`: whether the way to the server is free.
    pub async fn health(&self) -> Result<(), NetTrouble> {
        let request = self.http.get(self.route("/health")).timeout(TO_CONNECT);
        let response = request.send().await.map_err(|error| NetTrouble::of(&error))?;
        accepted(response, "").await.map(|_| ())
    }
}

fn connecting(tls: ClientConfig) -> Result<reqwest::Client, NetTrouble> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(TO_CONNECT)
        .tcp_keepalive(Duration::from_secs(10))
        .redirect(Policy::none())
        .user_agent(concat!("gatehouse-kiosk/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(unusable)
}

fn unusable(error: impl std::error::Error) -> NetTrouble {
    NetTrouble::Answer(error.to_string())
}

/// The response, if it is the server's own and of the wanted type.
async fn accepted(response: Response, wanted: &str) -> Result<Response, NetTrouble> {
    let status = response.status();
    let kind = |response: &Response| {
        let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        header.unwrap_or_default().to_owned()
    };
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(NetTrouble::Proxy);
    }
    if status.is_redirection() || kind(&response).starts_with("text/html") {
        return Err(NetTrouble::CaptivePortal);
    }
    if status.is_success() {
        let found = kind(&response);
        return if found.starts_with(wanted) {
            Ok(response)
        } else {
            Err(NetTrouble::Answer(format!("{found:?} where {wanted} should be")))
        };
    }
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let problem: Option<Problem> = if kind(&response).starts_with("application/problem+json") {
        serde_json::from_slice(&whole(response).await?).ok()
    } else {
        None
    };
    Err(match problem {
        Some(problem) => NetTrouble::Refused {
            status: status.as_u16(),
            code: problem.code,
            retry_after: retry_after.map(Duration::from_secs),
        },
        None if status.is_server_error() => NetTrouble::Server(status.as_u16()),
        None => NetTrouble::Answer(format!("status {status} without a word why")),
    })
}

/// An answer in JSON.
async fn read_json<T: DeserializeOwned>(response: Response) -> Result<T, NetTrouble> {
    let bytes = whole(accepted(response, "application/json").await?).await?;
    serde_json::from_slice(&bytes).map_err(unusable)
}

/// An answer in CBOR, compressed or not.
async fn read_cbor<T: for<'b> minicbor::Decode<'b, ()>>(response: Response) -> Result<T, NetTrouble> {
    let response = accepted(response, CBOR).await?;
    let packed = response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "zstd");
    let mut bytes = whole(response).await?;
    if packed {
        bytes = zstd::bulk::decompress(&bytes, MOST_BYTES)
            .map_err(|error| NetTrouble::Answer(error.to_string()))?;
    }
    cbor::from_slice(&bytes).map_err(|error| NetTrouble::Answer(error.to_string()))
}

/// The whole body, unless it is larger than any body should be.
async fn whole(mut response: Response) -> Result<Vec<u8>, NetTrouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| NetTrouble::of(&error))? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(NetTrouble::Answer("more bytes than any answer has".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use gatehouse::{api::problem::Code, time::UnixMs};

    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> UnixMs {
            UnixMs(1_790_000_000_000)
        }
    }

    /// What a client makes of a server that answers every request with `answer`.
    async fn against(answer: &'static str) -> Result<serde_json::Value, NetTrouble> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            assert!(peer.read(&mut request).unwrap() > 0);
            peer.write_all(answer.as_bytes()).unwrap();
        });
        let client = Client::new(address.parse().unwrap(), Trust::Authorities, Arc::new(Still)).unwrap();
        client.json("/auth", None, &serde_json::json!({})).await
    }

    #[tokio::test]
    async fn a_hotspot_s_log_in_page_is_not_taken_for_the_server() {
        let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p/>";
        assert!(matches!(against(page).await, Err(NetTrouble::CaptivePortal)));
        let redirect = "HTTP/1.1 302 Found\r\nlocation: http://login\r\ncontent-length: 0\r\n\r\n";
        assert!(matches!(against(redirect).await, Err(NetTrouble::CaptivePortal)));
        let proxy = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        assert!(matches!(against(proxy).await, Err(NetTrouble::Proxy)));
    }

    #[tokio::test]
    async fn a_problem_is_known_by_its_code() {
        let problem = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\n\
                       content-type: application/problem+json\r\ncontent-length: 73\r\n\r\n\
                       {\"type\":\"urn:x\",\"title\":\"Too many\",\"status\":429,\"code\":\"rate_limited\"   }";
        match against(problem).await {
            Err(NetTrouble::Refused { status: 429, code, retry_after }) => {
                assert_eq!((code, retry_after), (Code::RateLimited, Some(Duration::from_secs(7))));
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_a_server_out_of_reach() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = Client::new(address.parse().unwrap(), Trust::Authorities, Arc::new(Still)).unwrap();
        assert!(matches!(client.health().await, Err(NetTrouble::Unreachable)));
    }
}
