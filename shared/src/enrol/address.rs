//! Where a sync server is.

use std::{fmt, net::IpAddr, str::FromStr};

/// A server's address: `https://host[:port]`, or `http://` on the machine itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    secure: bool,
    host: String,
    port: Option<u16>,
}

/// Why a text is no server's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins with neither `https://` nor `http://`.
    #[error("an address begins with https://")]
    Scheme,
    /// Plain HTTP to another machine.
    #[error("plain http is for the machine itself only")]
    PlainHttp,
    /// There is no host, or something besides host and port.
    #[error("an address is a host and a port, without anything behind")]
    Host,
}

impl ServerAddress {
    /// Whether the connection is encrypted.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host: a name or an IP address, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own where none was given.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let (secure, rest) = if let Some(rest) = lower.strip_prefix("https://") {
            (true, rest)
        } else if let Some(rest) = lower.strip_prefix("http://") {
            (false, rest)
        } else {
            return Err(AddressError::Scheme);
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split(rest)?;
        let address = Self { secure, host: host.to_owned(), port };
        if !secure && !address.is_loopback() {
            return Err(AddressError::PlainHttp);
        }
        Ok(address)
    }
}

fn split(rest: &str) -> Result<(&str, Option<u16>), AddressError> {
    let end_of_host = if rest.starts_with('[') {
        rest.find(']').map(|at| at + 1).ok_or(AddressError::Host)?
    } else {
        rest.find(':').unwrap_or(rest.len())
    };
    let (host, port) = rest.split_at(end_of_host);
    let port = match port.strip_prefix(':') {
        Some(port) => Some(port.parse().map_err(|_| AddressError::Host)?),
        None if port.is_empty() => None,
        None => return Err(AddressError::Host),
    };
    if is_host(host) { Ok((host, port)) } else { Err(AddressError::Host) }
}

fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inside.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_at_home() {
        for text in [
            "https://gate.example.in",
            "https://192.168.1.9:8443",
            "https://[fe80::1]:8443",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert_eq!(text.parse::<ServerAddress>().unwrap().to_string(), text);
        }
        assert_eq!(
            "HTTPS://Gate.Example/".parse::<ServerAddress>().unwrap().to_string(),
            "https://gate.example"
        );
        assert_eq!("https://a".parse::<ServerAddress>().unwrap().port(), 443);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for text in ["http://gate.example", "http://127.0.0.1.example.com", "http://10.0.0.1"] {
            assert_eq!(text.parse::<ServerAddress>(), Err(AddressError::PlainHttp), "{text}");
        }
        for text in ["gate.example", "ftp://gate", ""] {
            assert_eq!(text.parse::<ServerAddress>(), Err(AddressError::Scheme), "{text}");
        }
        for text in [
            "https://",
            "https://:1",
            "https://a:x",
            "https://a:70000",
            "https://u@a",
            "https://a/b",
            "https://a?b",
            "https://[::1",
            "https://[::1]x",
            "https://a b",
            "https://a..b",
        ] {
            assert_eq!(text.parse::<ServerAddress>(), Err(AddressError::Host), "{text}");
        }
    }
}
