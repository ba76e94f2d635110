//! Who a request comes from: the connection's other end, or, where that is a proxy the owner trusts, whom the proxy
//! names.
//!
//! Anybody can write a header. It is read only off a connection from a trusted proxy, only the one header that the
//! owner says these proxies set, and from its end: what stands before the first stranger is that stranger's word.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header::FORWARDED, request::Parts},
};
use serde::{Deserialize, Serialize};

use super::{Fault, network::Network};
use crate::app::App;

/// In which header trusted proxies name whom they speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, as most proxies do.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies whose word is taken for whom they speak.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    header: ForwardedHeader,
}

impl TrustedProxies {
    /// Proxies in `networks`, which name their clients in `header`.
    pub fn new(networks: Vec<Network>, header: ForwardedHeader) -> Self {
        Self { networks, header }
    }

    /// Who sent a request with these headers over a connection from `peer`.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let named = match self.header {
            ForwardedHeader::XForwardedFor => x_forwarded_for(headers),
            ForwardedHeader::Forwarded => forwarded(headers),
        };
        for named in named.into_iter().rev() {
            // Behind a name that cannot be read nobody is known any more.
            let Some(named) = named else { break };
            client = named;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(ip))
    }
}

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let ConnectInfo(peer) = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .ok_or_else(|| Fault::internal("a connection without an address"))?;
        Ok(Self(app.proxies.client(peer.ip(), &parts.headers)))
    }
}

/// The addresses of `X-Forwarded-For`, nearest last; `None` for what is none.
fn x_forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all("x-forwarded-for").into_iter();
    lines.flat_map(|line| line.to_str().unwrap_or("?").split(',').map(address)).collect()
}

/// The addresses of `Forwarded`, nearest last; `None` where an element names none.
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(FORWARDED).into_iter();
    let elements = lines.flat_map(|line| split(line.to_str().unwrap_or("?"), ','));
    elements
        .map(|element| {
            let named = split(element, ';').into_iter().find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case("for").then_some(value)
            });
            address(named?.trim().trim_matches('"'))
        })
        .collect()
}

/// The pieces of `text` between `by`, where that stands outside quotes.
fn split(text: &str, by: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |at: char| {
        quoted ^= at == '"';
        at == by && !quoted
    })
    .collect()
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))?;
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(header: ForwardedHeader) -> TrustedProxies {
        let networks = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
        TrustedProxies::new(networks.into(), header)
    }

    fn client(proxies: &TrustedProxies, peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_s_header_is_not_read() {
        let proxies = proxies(ForwardedHeader::XForwardedFor);
        let claimed = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client(&proxies, "198.51.100.7", &claimed), "198.51.100.7");
        assert_eq!(client(&TrustedProxies::default(), "127.0.0.1", &claimed), "127.0.0.1");
    }

    #[test]
    fn a_proxy_is_believed_about_whom_it_saw_and_nothing_before() {
        let proxies = proxies(ForwardedHeader::XForwardedFor);
        let of = |value| client(&proxies, "127.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(
            of("192.0.2.1, 203.0.113.9"),
            "203.0.113.9",
            "what the client wrote itself is passed over"
        );
        assert_eq!(of("192.0.2.1, 203.0.113.9, 10.1.2.3"), "203.0.113.9", "a chain of proxies");
        assert_eq!(
            of("203.0.113.9, unknown, 10.1.2.3"),
            "10.1.2.3",
            "nobody is known behind what is no address"
        );
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        let two = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client(&proxies, "::ffff:10.0.0.1", &two), "203.0.113.9", "lines are one list");
        assert_eq!(
            client(&proxies, "127.0.0.1", &[]),
            "127.0.0.1",
            "a proxy that names nobody is the client"
        );
    }

    #[test]
    fn only_the_header_that_the_proxies_set_counts() {
        let both = [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client(&proxies(ForwardedHeader::XForwardedFor), "127.0.0.1", &both), "203.0.113.9");
        assert_eq!(client(&proxies(ForwardedHeader::Forwarded), "127.0.0.1", &both), "192.0.2.1");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let proxies = proxies(ForwardedHeader::Forwarded);
        let of = |value| client(&proxies, "fd00::1", &[("forwarded", value)]);
        assert_eq!(of("for=192.0.2.43, for=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
        assert_eq!(of("proto=https;By=203.0.113.43;FOR=192.0.2.60:1234"), "192.0.2.60");
        assert_eq!(of("for=192.0.2.60, for=_hidden"), "fd00::1");
        assert_eq!(of("for=\"192.0.2.1, for=198.51.100.1\""), "fd00::1", "quotes hold together");
    }
}
