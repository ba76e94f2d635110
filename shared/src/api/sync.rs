//! What a kiosk sends and gets as JSON before it speaks CBOR: nonce, token, time, orders.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Nonce, SignedAnchor},
    id::KioskId,
    keys::{Kid, Signature},
    sync::TokenNonce,
};

/// A kiosk asks what time it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeRequest {
    /// The kiosk.
    pub kiosk: KioskId,
    /// Its own nonce, which the answer is bound to.
    pub nonce: Nonce,
    /// The anchor key it knows. One that was away while the server's key was replaced is answered under this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_key: Option<Kid>,
}

/// A nonce for one token request, and the time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NonceAnswer {
    /// To be signed over ([`crate::sync::assert`]) within a minute.
    pub nonce: TokenNonce,
    /// The server's time, bound to the kiosk's nonce.
    pub anchor: SignedAnchor,
}

/// A kiosk asks for an access token (RFC 7523 §2.1).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRequest {
    /// What [`crate::sync::assert`] makes.
    pub assertion: String,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenRequest")
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenScope {
    /// Feed, stream and journal.
    All,
    /// The journal alone: the kiosk is retired.
    Journal,
}

/// A kiosk's access token.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// To be sent as `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it is over.
    pub expires_in: u32,
    /// What it is good for.
    pub scope: TokenScope,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenAnswer").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// The order that ends a kiosk, signed by the community root: [`crate::feed::row::KioskOrder`] as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderAnswer {
    /// True: destroy keys and cache at once. False: upload first, then wipe.
    pub stolen: bool,
    /// The root's signature.
    pub signature: Signature,
}
