//! How the server is reached from outside.

use std::net::SocketAddr;

use gatehouse::hash::Hash;

/// The server's address as kiosks are to use it, and the key they are to expect there.
#[derive(Clone, Debug)]
pub struct Origin {
    /// `https://host:port` without a slash at the end.
    pub url: String,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`; absent where the server speaks plain HTTP.
    pub pin: Option<Hash>,
}

impl Origin {
    /// The address to tell a kiosk. A server that listens on every address of its machine does not know by which of
    /// them it is reached: it takes the one by which the admin reached it, their request's `Host`.
    pub fn as_asked(&self, host: Option<&str>) -> String {
        let Some((scheme, authority)) = self.url.split_once("://") else { return self.url.clone() };
        let everywhere = authority.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_unspecified());
        match host {
            Some(host) if everywhere => format!("{scheme}://{host}"),
            _ => self.url.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_address_takes_the_one_it_was_asked_at() {
        let origin = |url: &str| Origin { url: url.to_owned(), pin: None };
        assert_eq!(origin("https://0.0.0.0:8443").as_asked(Some("10.0.0.5:8443")), "https://10.0.0.5:8443");
        assert_eq!(origin("https://gate.example").as_asked(Some("evil.example")), "https://gate.example");
        assert_eq!(origin("http://127.0.0.1:80").as_asked(None), "http://127.0.0.1:80");
    }
}
