//! An invitation as it was scanned or typed.

use std::sync::Arc;

use gatehouse::{
    enrol::{AddressError, EnrolCodeError, Invitation, InvitationError, ServerAddress, TypedCode},
    hash::Hash,
};

use crate::net::{Trust, Vouched};

/// What a kiosk is invited by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Where the server is.
    pub server: ServerAddress,
    /// The one-time code, and what a typed one says of the server's key.
    pub code: TypedCode,
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
            code: TypedCode::new(invitation.code, None),
            gate: Some(invitation.gate),
            pin: invitation.pin,
            root: Some(invitation.root),
        })
    }

    /// By an address and a code. An address without a scheme is meant as `https`, on the machine itself as `http`: so a
    /// server there speaks unless it is told otherwise.
    pub fn typed(server: &str, code: &str) -> Result<Self, NotInvited> {
        let server = server.trim();
        let server = if server.contains("://") {
            server.parse()
        } else {
            // To another machine that is no address.
            format!("http://{server}").parse().or_else(|_| format!("https://{server}").parse())
        };
        Ok(Self { server: server?, code: code.parse()?, gate: None, pin: None, root: None })
    }

    /// By what the server must prove itself: by the key that is pinned, else by one that the typed code vouches
    /// for. Where nothing names a key, this machine's certificate authorities must vouch for the server.
    pub fn trust(&self) -> Trust {
        match self.pin {
            Some(pin) => Trust::Pinned(pin),
            None if self.code.names_key() => Trust::Vouched(Arc::new(Vouched::by(self.code.clone()))),
            None => Trust::Authorities,
        }
    }
}

#[cfg(test)]
mod tests {
    use gatehouse::enrol::EnrolCode;

    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn a_scanned_invitation_pins_the_server_and_a_typed_code_vouches_for_it_or_authorities_do() {
        let code = EnrolCode::draw(&mut SystemEntropy);
        let invitation = Invitation {
            server: "https://gate.example".parse().unwrap(),
            code: code.clone(),
            gate: "North".into(),
            pin: Some(Hash([1; 32])),
            root: Hash([2; 32]),
        };
        let scanned = Invited::scanned(&invitation.to_string()).unwrap();
        assert!(matches!(scanned.trust(), Trust::Pinned(Hash(pin)) if pin == [1; 32]));
        assert_eq!(scanned.root, Some(Hash([2; 32])));
        let unpinned = Invited::scanned(&Invitation { pin: None, ..invitation }.to_string()).unwrap();
        assert!(matches!(unpinned.trust(), Trust::Authorities), "behind a reverse proxy");
        assert_eq!(unpinned.root, Some(Hash([2; 32])), "which does not get to name another root");
        let typed = Invited::typed(" gate.example ", &code.to_string().to_lowercase()).unwrap();
        assert!(matches!(typed.trust(), Trust::Authorities));
        assert_eq!(typed.server, scanned.server);
        let here = Invited::typed("127.0.0.1:8080", &code.to_string()).unwrap();
        assert_eq!(here.server.to_string(), "http://127.0.0.1:8080", "as the server prints it");
        let vouching = TypedCode::new(code, Some(&Hash([1; 32]))).to_string();
        let typed = Invited::typed("gate.example", &vouching).unwrap();
        assert!(matches!(typed.trust(), Trust::Vouched(vouched) if vouched.pin().is_none()));
        let pinned = Invited { pin: Some(Hash([3; 32])), ..typed };
        assert!(matches!(pinned.trust(), Trust::Pinned(_)), "what is said outright comes first");
        assert!(matches!(Invited::typed("http://gate.example", "x"), Err(NotInvited::Address(_))));
        assert!(matches!(Invited::typed("gate.example", "x"), Err(NotInvited::Code(_))));
        assert!(matches!(Invited::scanned("upi://pay?pa=x"), Err(NotInvited::Text(_))));
    }
}
