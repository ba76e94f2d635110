//! What the community root says to one kiosk.

use minicbor::{Decode, Encode};

use crate::{
    id::{CommunityId, GateId, KioskId, UserId},
    keys::{KeySet, PublicKey, SealPublic},
    time::UnixMs,
    words::GateKind,
};

/// What the community root says to one kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TrustStatement {
    /// Goes up with every statement to this kiosk; an older one is never taken again.
    #[n(0)]
    pub version: u64,
    /// When it was signed, by the server's clock.
    #[n(1)]
    pub issued_at: UnixMs,
    /// The community.
    #[n(2)]
    pub community: CommunityId,
    /// The kiosk it is for.
    #[n(3)]
    pub kiosk: KioskId,
    /// The kiosk's short number.
    #[n(4)]
    pub kiosk_number: u32,
    /// Its gate.
    #[n(5)]
    pub gate: GateId,
    /// The gate's name.
    #[n(6)]
    pub gate_name: String,
    /// What the gate is for.
    #[n(7)]
    pub gate_kind: GateKind,
    /// The community's zone, an IANA name.
    #[n(8)]
    pub zone: String,
    /// Canonical CBOR of the [`crate::admission::Policy`], raw so that a newer one survives.
    #[cbor(n(9), with = "minicbor::bytes")]
    pub policy: Vec<u8>,
    /// The keys that passes are verified with.
    #[n(10)]
    pub pass_keys: KeySet,
    /// The key that signs the server's time.
    #[n(11)]
    pub anchor_key: PublicKey,
    /// The key that things for the server alone are sealed to.
    #[n(12)]
    pub seal_key: SealPublic,
    /// Who may be on shift. PINs are not here: a kiosk keeps them under its own pepper.
    #[n(13)]
    pub guards: Vec<TrustGuard>,
}

/// A guard who may be on shift.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TrustGuard {
    /// Who.
    #[n(0)]
    pub guard: UserId,
    /// Name on the tile.
    #[n(1)]
    pub name: String,
}

impl std::fmt::Debug for TrustGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrustGuard({})", self.guard)
    }
}
