//! How the server is reached from outside.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, uri::Authority},
};
use gatehouse::{api::problem::Code, hash::Hash};

use crate::{app::App, http::Fault};

/// The server's address as kiosks are to use it, and the key they are to expect there.
#[derive(Clone, Debug)]
pub struct Origin {
    /// `https://host:port` without a slash at the end.
    pub url: String,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`; absent where the server speaks plain HTTP.
    pub pin: Option<Hash>,
}

impl Origin {
    /// The address to tell others. A server that listens on every address of its machine does not know by which of
    /// them it is reached: it takes the one it was asked at, if that is one.
    fn as_asked(&self, asked_at: Option<&Authority>) -> Option<String> {
        let Some((scheme, authority)) = self.url.split_once("://") else { return Some(self.url.clone()) };
        if !authority.parse::<Authority>().is_ok_and(|authority| is_everywhere(&authority)) {
            return Some(self.url.clone());
        }
        let asked_at = asked_at.filter(|asked_at| !is_everywhere(asked_at))?;
        let port = asked_at.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{scheme}://{}{port}", asked_at.host()))
    }
}

/// Whether a host is `0.0.0.0` or `[::]`, where whoever asks finds itself.
fn is_everywhere(authority: &Authority) -> bool {
    let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_unspecified())
}

/// The host and port that a request is for: HTTP/2 has them in its target, HTTP/1.1 in a header.
fn asked_at(parts: &Parts) -> Option<Authority> {
    let named = || parts.headers.get(header::HOST)?.to_str().ok()?.parse().ok();
    parts.uri.authority().cloned().or_else(named)
}

/// The server's own address, as the caller may hand it on.
#[derive(Debug)]
pub struct OwnAddress(pub String);

impl FromRequestParts<App> for OwnAddress {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let address = app.origin.as_asked(asked_at(parts).as_ref());
        address.map(Self).ok_or_else(|| {
            Fault::new(Code::Unavailable).detail("the server's address is not known: set public_url")
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn told(url: &str, asked_at: Option<&str>) -> Option<String> {
        let origin = Origin { url: url.to_owned(), pin: None };
        origin.as_asked(asked_at.map(|text| text.parse().unwrap()).as_ref())
    }

    #[test]
    fn a_server_on_every_address_takes_the_one_it_was_asked_at() {
        let tell = |url, asked_at, address: &str| assert_eq!(told(url, asked_at).as_deref(), Some(address));
        tell("https://0.0.0.0:8443", Some("10.0.0.5:8443"), "https://10.0.0.5:8443");
        tell("https://[::]:8443", Some("[fe80::1]:8443"), "https://[fe80::1]:8443");
        tell("https://0.0.0.0:443", Some("gate.example"), "https://gate.example");
        tell("https://gate.example", Some("evil.example"), "https://gate.example");
        tell("http://127.0.0.1:80", None, "http://127.0.0.1:80");
    }

    #[test]
    fn an_address_that_leads_nowhere_is_not_handed_on() {
        for url in ["https://0.0.0.0:8443", "https://0.0.0.0", "https://[::]:8443"] {
            for asked_at in [None, Some("0.0.0.0:8443"), Some("[::]:8443")] {
                assert_eq!(told(url, asked_at), None, "{url} {asked_at:?}");
            }
        }
    }

    #[test]
    fn http_2_names_the_host_in_its_target_and_http_1_in_a_header() {
        let at = |request: axum::http::request::Builder| {
            let (parts, ()) = request.body(()).unwrap().into_parts();
            asked_at(&parts).map(|authority| authority.to_string())
        };
        assert_eq!(at(Request::get("https://10.0.0.5:8443/links")).as_deref(), Some("10.0.0.5:8443"));
        assert_eq!(at(Request::get("/links").header("host", "10.0.0.5")).as_deref(), Some("10.0.0.5"));
        assert_eq!(at(Request::get("/links").header("host", "no host")), None);
        assert_eq!(at(Request::get("/links")), None);
    }
}
