//! The enrolment itself: the way is tried, the code redeemed, the answer checked.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::kiosks::{Enrol, Enrolled},
    clock::Nonce,
    enrol::prove,
    hash::Hash,
    keys::SigningKey,
    time::Clock,
    trust::{SignedTrust, TrustError},
};

use crate::{
    enrol::{Invited, Membership, MembershipError, Trusted, trouble_of},
    entropy::SystemEntropy,
    keys::KeysError,
    net::{Client, NetTrouble, Trust},
    screen::{Check, Trouble},
    time::Timekeeper,
};

/// Why a kiosk was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The server was not reached, or refused.
    #[error(transparent)]
    Net(#[from] NetTrouble),
    /// The answer is not signed as the invitation says: somebody stands between, or it is another community's.
    #[error("the answer is not the invited community's: {0}")]
    Answer(String),
    /// What came of it does not hold, or cannot be kept.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// Nobody holds the keys it would be enrolled with.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl EnrolError {
    /// The rung that failed, and why.
    pub fn rung(&self, invited: &Invited) -> (Check, Trouble) {
        match self {
            Self::Net(trouble) => trouble_of(trouble, !invited.server.is_secure()),
            Self::Membership(MembershipError::Trust(TrustError::Cbor(_))) => {
                (Check::Code, Trouble::VersionMismatch)
            }
            Self::Answer(_) | Self::Membership(MembershipError::Trust(_)) => {
                (Check::Secure, Trouble::Intercepted)
            }
            Self::Membership(_) | Self::Keys(_) => (Check::Code, Trouble::Disk),
        }
    }
}

/// Tries the way to the server, redeems the code for `key`, sets trusted time, and gives what this kiosk is.
/// `passed` hears of each rung that held. Asked again with the same code and key, the server gives the same
/// answer, so a lost answer costs nothing.
pub async fn enrol(
    invited: &Invited,
    key: &SigningKey,
    time: &Arc<Timekeeper>,
    passed: impl Fn(Check),
) -> Result<Trusted, EnrolError> {
    let clock: Arc<dyn Clock> = Arc::clone(time) as _;
    let trust = invited.trust();
    let client = Client::new(invited.server.clone(), trust.clone(), clock)?;
    if let Err(trouble) = client.health().await {
        let portal = !matches!(trouble, NetTrouble::CaptivePortal) && client.is_behind_portal().await;
        return Err(if portal { NetTrouble::CaptivePortal } else { trouble }.into());
    }
    let pin = match &trust {
        Trust::Pinned(pin) => Some(*pin),
        Trust::Vouched(vouched) => vouched.pin(),
        Trust::Authorities => None,
    };
    [Check::Network, Check::Name, Check::Secure].into_iter().for_each(&passed);
    let code = invited.code.code.to_string();
    let request = Enrol {
        proof: prove(&code, key),
        code,
        public_key: key.public(),
        nonce: Nonce::draw(&mut SystemEntropy),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    let asked = time.boot();
    let answer: Enrolled = client.json("/kiosks/enrol", None, &request).await?;
    let answered = time.boot();
    let trust = STANDARD.decode(&answer.trust).map_err(|error| EnrolError::Answer(error.to_string()))?;
    let trust = SignedTrust::read(&trust).map_err(MembershipError::from)?;
    let root = invited.root.unwrap_or_else(|| Hash(trust.root().fingerprint()));
    let trusted = Membership::enrolled(
        &invited.server,
        pin,
        root,
        (answer.kiosk_id, answer.name),
        (answer.community_id, answer.community),
        &trust,
    )?;
    let anchor = answer
        .anchor
        .verify(answer.community_id, &request.nonce, &trusted.statement.anchor_key)
        .map_err(|error| EnrolError::Answer(error.to_string()))?;
    time.anchor(anchor, asked, answered);
    [Check::Clock, Check::Code].into_iter().for_each(&passed);
    Ok(trusted)
}
