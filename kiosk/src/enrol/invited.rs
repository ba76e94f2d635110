//! An invitation as it was scanned or typed.

use gatehouse::{
    enrol::{AddressError, EnrolCode, EnrolCodeError, Invitation, InvitationError, ServerAddress},
    hash::Hash,
};

use crate::net::Trust;

/// What a kiosk is invited by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Where the server is.
    pub server: ServerAddress,
    /// The one-time code.
    pub code: EnrolCode,
    /// The gate's name, where the invitation was scanned.
    pub gate: Option<String>,
    /// What the server's key must be.
    pub pin: Option<Hash>,
    /// What the community root must be; without it, the root that the server names is taken.
    pub root: Option<Hash>,
}

/// Why something is no invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotInvited {
    /// The QR's text.
    #[error(transparent)]
    Text(#[from] InvitationError),
    /// The typed address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The typed code.
    #[error(transparent)]
    Code(#[from] EnrolCodeError),
}

impl Invited {
    /// By the admin's QR.
    pub fn scanned(text: &str) -> Result<Self, NotInvited> {
        let invitation: Invitation = text.parse()?;
        Ok(Self {
            server: invitation.server,
            code: invitation.code,
            gate: Some(invitation.gate),
            pin: invitation.pin,
            root: Some(invitation.root),
        })
    }

    /// By an address and a code. An address without a scheme is meant as `https`.
    pub fn typed(server: &str, code: &str) -> Result<Self, NotInvited> {
        let server = server.trim();
        let server = if server.contains("://") { server.to_owned() } else { format!("https://{server}") };
        Ok(Self { server: server.parse()?, code: code.parse()?, gate: None, pin: None, root: None })
    }

    /// By what the server must prove itself. A typed invitation names no key: then this machine's
    /// certificate authorities must vouch for the server.
    pub fn trust(&self) -> Trust {
        self.pin.map_or(Trust::Authorities, Trust::Pinned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn a_scanned_invitation_pins_the_server_and_a_typed_one_wants_authorities() {
        let code = EnrolCode::draw(&mut SystemEntropy);
        let invitation = Invitation {
            server: "https://gate.example".parse().unwrap(),
            code: code.clone(),
            gate: "North".into(),
            pin: Some(Hash([1; 32])),
            root: Hash([2; 32]),
        };
        let scanned = Invited::scanned(&invitation.to_string()).unwrap();
        assert_eq!(scanned.trust(), Trust::Pinned(Hash([1; 32])));
        assert_eq!(scanned.root, Some(Hash([2; 32])));
        let typed = Invited::typed(" gate.example ", &code.to_string().to_lowercase()).unwrap();
        assert_eq!((typed.trust(), typed.server), (Trust::Authorities, scanned.server));
        assert!(matches!(Invited::typed("http://gate.example", "x"), Err(NotInvited::Address(_))));
        assert!(matches!(Invited::typed("gate.example", "x"), Err(NotInvited::Code(_))));
        assert!(matches!(Invited::scanned("upi://pay?pa=x"), Err(NotInvited::Text(_))));
    }
}
