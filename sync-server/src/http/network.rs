//! A network of IP addresses.

use std::{net::IpAddr, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, SeqAccess, Visitor},
};

/// One address, or all that begin like it: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    first: IpAddr,
    length: u8,
}

/// No network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address, or an address and a length: 10.0.0.0/8")]
pub struct NoNetwork;

impl Network {
    /// Whether `ip` is in it.
    pub fn holds(&self, ip: IpAddr) -> bool {
        let (own, others) = (bits(self.first), bits(ip.to_canonical()));
        own.1 == others.1 && (own.0 ^ others.0).checked_shr(u32::from(own.1 - self.length)).unwrap_or(0) == 0
    }

    /// The network of the first `length` bits of `ip`; all of them where it has fewer.
    pub fn of(ip: IpAddr, length: u8) -> Self {
        let ip = ip.to_canonical();
        let (bits, width) = bits(ip);
        let length = length.min(width);
        let cut = u32::from(width - length);
        let first = bits.checked_shr(cut).and_then(|kept| kept.checked_shl(cut)).unwrap_or(0);
        let first = match ip {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(first).unwrap_or(0).into()),
            IpAddr::V6(_) => IpAddr::V6(first.into()),
        };
        Self { first, length }
    }
}

/// An address as a number, and how many bits that has.
fn bits(ip: IpAddr) -> (u128, u8) {
    match ip {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)), 32),
        IpAddr::V6(ip) => (u128::from(ip), 128),
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (first, length) = match text.split_once('/') {
            Some((first, length)) => (first, Some(length)),
            None => (text, None),
        };
        let first: IpAddr = first.trim().parse().map_err(|_| NoNetwork)?;
        let width = bits(first).1;
        let length = length.map_or(Ok(width), |length| length.trim().parse().map_err(|_| NoNetwork))?;
        if length > width { Err(NoNetwork) } else { Ok(Self { first, length }) }
    }
}

/// Reads networks as a list, or as one text with commas between them, as they stand in the environment.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
    struct Networks;

    impl<'de> Visitor<'de> for Networks {
        type Value = Vec<Network>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("addresses and networks, with commas between them")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.split(',').map(|one| one.trim().parse().map_err(E::custom)).collect()
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut networks = Vec::new();
            while let Some(network) = seq.next_element()? {
                networks.push(network);
            }
            Ok(networks)
        }
    }

    deserializer.deserialize_any(Networks)
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

impl TryFrom<String> for Network {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Self, NoNetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_what_begins_like_it() {
        let holds = |network: &str, ip: &str| network.parse::<Network>().unwrap().holds(ip.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "203.0.113.9") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1"), "IPv4 in IPv6's clothes");
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "fe80::1") && holds("::/0", "::1"));
        for none in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "host"] {
            assert_eq!(none.parse::<Network>(), Err(NoNetwork), "{none}");
        }
    }

    #[test]
    fn addresses_of_one_household_s_line_are_one_network() {
        let of = |ip: &str| Network::of(ip.parse().unwrap(), 64).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("203.0.113.9"), "203.0.113.9/32");
    }
}
