//! Kiosks: enrolment codes, the enrolment itself, and how they stand.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Nonce, SignedAnchor},
    id::{CommunityId, GateId, KioskId},
    keys::PublicKey,
    time::UnixMs,
};

/// A kiosk is to be enrolled.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewEnrolment {
    /// At which gate it will stand.
    pub gate_id: GateId,
    /// What to call it, 1 to 40 characters.
    pub name: String,
}

/// A one-time code for a kiosk.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    /// The code, to be typed together with the server's address. Where the server speaks TLS it vouches for the
    /// server's key: [`crate::enrol::TypedCode`].
    pub code: String,
    /// The server's address.
    pub server: String,
    /// The gate's name.
    pub gate: String,
    /// SHA-256 of the server's public key, in hex; absent where the server speaks plain HTTP: behind a reverse proxy
    /// the kiosk's certificate authorities vouch for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// SHA-256 of the community root's public key, in hex.
    pub root: String,
    /// Text of the QR: all of the above.
    pub text: String,
    /// The QR as SVG.
    pub qr_svg: String,
    /// The QR as PNG, base64.
    pub qr_png: String,
    /// When the code is over.
    pub expires_at: UnixMs,
}

/// A kiosk redeems its code. It needs no token: the code is the permission.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// The code; what it may say of the server's key does not count here.
    pub code: String,
    /// The public half of the key that the kiosk made for itself. Sent again with the same code and key, the
    /// request gets the same answer: the first one may have been lost.
    pub public_key: PublicKey,
    /// [`crate::enrol::prove`] by that key over the code as sent: the kiosk holds it.
    pub proof: crate::keys::Signature,
    /// What the server's time in the answer is bound to.
    pub nonce: Nonce,
    /// The kiosk's program version.
    pub version: String,
}

/// What a kiosk is from now on.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// Its id.
    pub kiosk_id: KioskId,
    /// Short number that a guard reads out.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The community.
    pub community_id: CommunityId,
    /// Its name.
    pub community: String,
    /// The gate.
    pub gate_id: GateId,
    /// The signed trust file, base64 (standard, padded).
    pub trust: String,
    /// The server's address for later.
    pub server: String,
    /// The server's time, bound to the kiosk's nonce.
    pub anchor: SignedAnchor,
}

/// A kiosk, as an admin sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kiosk {
    /// Its id.
    pub id: KioskId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub gate_id: GateId,
    /// Short number that a guard reads out.
    pub number: u32,
    /// ACTIVE, RETIRED or STOLEN.
    pub state: String,
    /// The program version it last told.
    pub version: Option<String>,
    /// Since when.
    pub enrolled_at: UnixMs,
    /// When it was last heard of.
    pub last_contact_at: Option<UnixMs>,
    /// How many events it had not yet sent then.
    pub waiting_events: Option<u64>,
    /// When the oldest of them was recorded, where it said so.
    pub oldest_waiting_at: Option<UnixMs>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMs>,
}

/// A kiosk is to be no more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// A misspelt field would let a thief's kiosk wait for its wiping.
#[serde(deny_unknown_fields)]
pub struct RevokeKiosk {
    /// True: destroy keys and cache at once. False: upload first, then wipe.
    #[serde(default)]
    pub stolen: bool,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
hidden!(Enrolment, Enrol, Enrolled);
