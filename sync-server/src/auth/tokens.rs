//! Access tokens: JSON web tokens signed with Ed25519 (RFC 7519, RFC 8037), good for ten minutes.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use gatehouse::{
    api::problem::Code,
    entropy::Entropy,
    id::{CommunityId, UserId},
    time::{MINUTE, UnixMs},
    words::Role,
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, dangerous::insecure_decode_claims,
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::proven::Proven;
use crate::{
    http::Fault,
    secrets::Sealer,
    server_keys::{self, KeyError, ServerKey},
    store::Store,
};

/// How long an access token is good, in milliseconds.
pub const TOKEN_LIFE: i64 = 10 * MINUTE;

/// What a person's access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The account.
    pub sub: UserId,
    /// The session: it must not have ended.
    pub sid: Uuid,
    /// The community of the membership that the token names.
    pub com: CommunityId,
    /// The membership's role.
    pub role: Role,
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    /// Seconds since 1970.
    exp: i64,
    #[serde(flatten)]
    claims: T,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not ours, or not for this audience.
    #[error("not a token of this server for this use")]
    Foreign,
    /// Over.
    #[error("the token has expired")]
    Expired,
}

impl From<TokenError> for Fault {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Foreign => Code::Unauthenticated.into(),
            TokenError::Expired => Code::TokenExpired.into(),
        }
    }
}

/// The server's key for access tokens; every server on the same database has the same.
pub struct TokenKeys {
    sign: EncodingKey,
    verify: DecodingKey,
    proven: Proven,
}

impl TokenKeys {
    /// Reads the key from the database, or makes and stores one.
    pub async fn load_or_make(
        store: &Store,
        sealer: &Sealer,
        entropy: &mut (impl Entropy + Send),
    ) -> Result<Self, KeyError> {
        let key = ServerKey::AccessToken;
        let new = Zeroizing::new(entropy.bytes::<32>());
        let seed = server_keys::load_or_keep(store, sealer, key, new.as_slice(), entropy).await?;
        Self::from_seed(seed.as_slice().try_into().map_err(|_| KeyError::format(key))?)
    }

    fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let der = key.to_pkcs8_der().map_err(|_| KeyError::format(ServerKey::AccessToken))?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        Ok(Self {
            sign: EncodingKey::from_ed_der(der.as_bytes()),
            verify: DecodingKey::from_ed_components(&public)
                .map_err(|_| KeyError::format(ServerKey::AccessToken))?,
            proven: Proven::default(),
        })
    }

    /// A token with `claims` for `audience`, from `now` for `life` milliseconds.
    pub fn sign<T: Serialize>(
        &self,
        audience: &str,
        claims: T,
        now: UnixMs,
        life: i64,
    ) -> Result<String, Fault> {
        let envelope =
            Envelope { aud: audience.to_owned(), iat: now.0 / 1000, exp: now.plus(life).0 / 1000, claims };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &envelope, &self.sign).map_err(Fault::internal)
    }

    /// The claims of a token that this server signed for `audience` and that is not over at `now`.
    pub fn read<T: DeserializeOwned>(
        &self,
        audience: &str,
        token: &str,
        now: UnixMs,
    ) -> Result<T, TokenError> {
        self.proven.check(token, || self.prove(token))?;
        let claims: Envelope<T> = insecure_decode_claims(token).map_err(|_| TokenError::Foreign)?;
        if claims.aud != audience {
            return Err(TokenError::Foreign);
        }
        if now.0 / 1000 >= claims.exp { Err(TokenError::Expired) } else { Ok(claims.claims) }
    }

    /// Whether this server signed a token, whatever it says.
    fn prove(&self, token: &str) -> Result<(), TokenError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["aud", "exp"]);
        // Whom it is for and until when is compared where it is read: the library would ask the machine's clock.
        validation.validate_aud = false;
        validation.validate_exp = false;
        jsonwebtoken::decode::<IgnoredAny>(token, &self.verify, &validation)
            .map(drop)
            .map_err(|_| TokenError::Foreign)
    }
}

/// The bearer token of a request (RFC 6750), if it has one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use gatehouse::time::SECOND;

    use super::*;

    #[test]
    fn a_token_is_read_for_its_audience_until_it_is_over() {
        let keys = TokenKeys::from_seed(&[1; 32]).unwrap();
        let now = UnixMs(1_700_000_000_000);
        let claims = AccessClaims {
            sub: UserId(Uuid::from_u128(1)),
            sid: Uuid::from_u128(2),
            com: CommunityId(Uuid::from_u128(3)),
            role: Role::Admin,
        };
        let token = keys.sign("people", claims, now, TOKEN_LIFE).unwrap();
        let read: AccessClaims = keys.read("people", &token, now.plus(TOKEN_LIFE - SECOND)).unwrap();
        assert_eq!(read.sid, Uuid::from_u128(2));
        let late = keys.read::<AccessClaims>("people", &token, now.plus(TOKEN_LIFE));
        assert_eq!(late.unwrap_err(), TokenError::Expired);
        let other = keys.read::<AccessClaims>("kiosks", &token, now);
        assert_eq!(other.unwrap_err(), TokenError::Foreign);
        let foreign = TokenKeys::from_seed(&[2; 32]).unwrap().read::<AccessClaims>("people", &token, now);
        assert_eq!(foreign.unwrap_err(), TokenError::Foreign);
    }
}
