//! A sync server's address.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// `https://host[:port]`, or `http://` to this machine itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress(Url);

/// Why a text is no address of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL with a host.
    #[error("not an address: it looks like https://gate.example.org")]
    Malformed,
    /// Plain HTTP to another machine: anybody on the way could read and change it.
    #[error("plain http is for this machine only: use https")]
    Plain,
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url: Url = text.parse().map_err(|_| AddressError::Malformed)?;
        let host = url.host().ok_or(AddressError::Malformed)?;
        let here = match host {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(ip) => ip.is_loopback(),
            url::Host::Ipv6(ip) => ip.is_loopback(),
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if here => Ok(Self(url)),
            "http" => Err(AddressError::Plain),
            _ => Err(AddressError::Malformed),
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl ServerAddress {
    /// The URL of a route, given from its leading slash.
    pub(super) fn route(&self, route: &str) -> String {
        format!("{self}{route}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_reaches_no_further_than_this_machine() {
        for here in
            ["http://127.0.0.1:80", "http://localhost:8080", "http://[::1]:1/", "https://gate.example.org"]
        {
            assert!(here.parse::<ServerAddress>().is_ok(), "{here}");
        }
        for away in ["http://gate.example.org", "http://10.0.0.1", "http://127.0.0.1.example.org"] {
            assert_eq!(away.parse::<ServerAddress>(), Err(AddressError::Plain), "{away}");
        }
        for nonsense in ["", "https://", "ftp://gate", "a b"] {
            assert_eq!(nonsense.parse::<ServerAddress>(), Err(AddressError::Malformed), "{nonsense}");
        }
    }

    #[test]
    fn routes_follow_the_address_however_it_ends() {
        let address: ServerAddress = "gate.example.org:8443/".parse().unwrap();
        assert_eq!(address.route("/sync/feed"), "https://gate.example.org:8443/sync/feed");
    }
}
