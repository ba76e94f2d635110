//! What the admin's QR says: `GHE1:` + base45 (RFC 9285) of canonical CBOR.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Encode};

use super::{AddressError, EnrolCode, ServerAddress};
use crate::{cbor, hash::Hash};

const PREFIX: &str = "GHE1:";

/// An invitation of one kiosk to one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Where the server is.
    pub server: ServerAddress,
    /// The one-time code.
    pub code: EnrolCode,
    /// The gate's name, so that the installer sees which one it is.
    pub gate: String,
    /// SHA-256 of the server's `SubjectPublicKeyInfo`; absent where the kiosk's certificate authorities vouch for the
    /// server, as for one behind a reverse proxy, or it is on the machine itself.
    pub pin: Option<Hash>,
    /// SHA-256 of the community root's public key.
    pub root: Hash,
}

/// Why a text is no invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// Something else altogether: a pass, a payment code.
    #[error("not an invitation")]
    NotAnInvitation,
    /// An invitation of a newer format than this version knows.
    #[error("an invitation of a newer version: this kiosk's software is too old")]
    Newer,
    /// It began like an invitation and cannot be read to its end.
    #[error("an invitation that cannot be read")]
    Unreadable,
    /// Its server's address is none that a kiosk may use.
    #[error("the invitation's server: {0}")]
    Address(#[from] AddressError),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    server: String,
    #[n(1)]
    code: EnrolCode,
    #[n(2)]
    gate: String,
    #[n(3)]
    pin: Option<Hash>,
    #[n(4)]
    root: Hash,
}

impl FromStr for Invitation {
    type Err = InvitationError;

    fn from_str(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim_matches(['\r', '\n', '\t']);
        let Some(base45) = text.strip_prefix(PREFIX) else {
            let version =
                text.strip_prefix("GHE").and_then(|rest| rest.split_once(':')).map(|(version, _)| version);
            return Err(match version {
                Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    InvitationError::Newer
                }
                _ => InvitationError::NotAnInvitation,
            });
        };
        let bytes = base45::decode(base45).map_err(|_| InvitationError::Unreadable)?;
        let wire: Wire = cbor::from_slice(&bytes).map_err(|_| InvitationError::Unreadable)?;
        let server: ServerAddress = wire.server.parse()?;
        Ok(Self { server, code: wire.code, gate: wire.gate, pin: wire.pin, root: wire.root })
    }
}

impl fmt::Display for Invitation {
    /// The QR code's text. It holds the one-time code: show it, never log it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire = Wire {
            server: self.server.to_string(),
            code: self.code.clone(),
            gate: self.gate.clone(),
            pin: self.pin,
            root: self.root,
        };
        write!(f, "{PREFIX}{}", base45::encode(cbor::to_vec(&wire)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn invitation(server: &str, pin: Option<Hash>) -> Invitation {
        Invitation {
            server: server.parse().unwrap(),
            code: EnrolCode::draw(&mut Sevens),
            gate: "Main gate / मुख्य द्वार".into(),
            pin,
            root: Hash([1; 32]),
        }
    }

    #[test]
    fn an_invitation_reads_back() {
        let pinned = invitation("https://gate.example.in:8443", Some(Hash([2; 32])));
        assert_eq!(pinned.to_string().parse(), Ok(pinned));
        for unpinned in ["http://127.0.0.1:8080", "https://gate.example.in"] {
            let unpinned = invitation(unpinned, None);
            assert_eq!(unpinned.to_string().parse(), Ok(unpinned));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let whole = invitation("http://127.0.0.1:1", None).to_string();
        assert_eq!(whole[..whole.len() - 3].parse::<Invitation>(), Err(InvitationError::Unreadable));
        for text in ["GH1:ABC", "upi://pay", "", "GHE:A", "GHEX:A"] {
            assert_eq!(text.parse::<Invitation>(), Err(InvitationError::NotAnInvitation), "{text}");
        }
        assert_eq!("GHE2:ABC".parse::<Invitation>(), Err(InvitationError::Newer));
        let wire = Wire {
            server: "http://gate.example".into(),
            code: EnrolCode::draw(&mut Sevens),
            gate: String::new(),
            pin: None,
            root: Hash([1; 32]),
        };
        let plain = format!("{PREFIX}{}", base45::encode(cbor::to_vec(&wire)));
        assert_eq!(plain.parse::<Invitation>(), Err(InvitationError::Address(AddressError::PlainHttp)));
    }
}
