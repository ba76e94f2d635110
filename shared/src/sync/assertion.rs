//! Who a kiosk says it is: a JSON web token (RFC 7519) with the claims of RFC 7523 §3, signed by the kiosk's own
//! Ed25519 key (RFC 8037) over a nonce that the server gave out and takes back once.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    id::KioskId,
    keys::{PublicKey, Signature, SigningKey, fixed_bytes},
    time::{MINUTE, UnixMs},
};

fixed_bytes! {
    /// What the server gives out for one token request.
    TokenNonce = 48;
}

/// Whom assertions are addressed to.
const AUDIENCE: &str = "gatehouse:sync";
/// How long an assertion is good for, in milliseconds.
const LIFE: i64 = MINUTE;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: KioskId,
    sub: KioskId,
    aud: String,
    jti: TokenNonce,
    /// Seconds since 1970, as RFC 7519 has it.
    exp: i64,
}

/// Why an assertion is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Not a token of this form, or not addressed to the server.
    #[error("not an assertion")]
    Malformed,
    /// Not signed by the kiosk it names.
    #[error("the assertion's signature is not the kiosk's")]
    Signature,
    /// Over.
    #[error("the assertion has expired")]
    Expired,
}

/// The assertion of `kiosk` over `nonce`. `now` is the time that came with the nonce: the kiosk's own may be wrong.
pub fn assert(kiosk: KioskId, nonce: TokenNonce, now: UnixMs, key: &SigningKey) -> String {
    let header = Header { alg: "EdDSA".to_owned(), typ: "JWT".to_owned() };
    let exp = now.plus(LIFE).0 / 1000;
    let claims = Claims { iss: kiosk, sub: kiosk, aud: AUDIENCE.to_owned(), jti: nonce, exp };
    let signed = format!("{}.{}", segment(&header), segment(&claims));
    let signature = key.sign(b"", signed.as_bytes());
    format!("{signed}.{signature}")
}

/// An assertion that was read, not yet believed.
#[derive(Debug)]
pub struct Assertion<'a> {
    /// Who it says it is from.
    pub kiosk: KioskId,
    /// What it is signed over.
    pub nonce: TokenNonce,
    expires: i64,
    signed: &'a str,
    signature: Signature,
}

impl<'a> Assertion<'a> {
    /// Reads an assertion without believing it.
    pub fn read(token: &'a str) -> Result<Self, AssertionError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(AssertionError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AssertionError::Malformed)?;
        let header: Header = read_segment(header)?;
        let claims: Claims = read_segment(claims)?;
        if header.alg != "EdDSA" || claims.aud != AUDIENCE || claims.iss != claims.sub {
            return Err(AssertionError::Malformed);
        }
        let signature = signature.parse().map_err(|_| AssertionError::Malformed)?;
        Ok(Self { kiosk: claims.sub, nonce: claims.jti, expires: claims.exp, signed, signature })
    }

    /// Believes it if `key`, the one enrolled for [`Self::kiosk`], signed it and it is not over at `now`.
    /// That the nonce was given out and not used before is for the caller to see to.
    pub fn verify(&self, key: &PublicKey, now: UnixMs) -> Result<(), AssertionError> {
        key.verify(b"", self.signed.as_bytes(), &self.signature).map_err(|_| AssertionError::Signature)?;
        if now.0 / 1000 >= self.expires { Err(AssertionError::Expired) } else { Ok(()) }
    }
}

fn segment<T: Serialize>(value: &T) -> String {
    match serde_json::to_vec(value) {
        Ok(json) => URL_SAFE_NO_PAD.encode(json),
        Err(error) => unreachable!("strings and numbers always serialise: {error}"),
    }
}

fn read_segment<T: DeserializeOwned>(segment: &str) -> Result<T, AssertionError> {
    let json = URL_SAFE_NO_PAD.decode(segment).map_err(|_| AssertionError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| AssertionError::Malformed)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::SECOND;

    const NOW: UnixMs = UnixMs(1_700_000_000_000);

    #[test]
    fn an_assertion_holds_for_its_own_key_until_it_is_over() {
        let key = SigningKey::from_seed(&[3; 32]);
        let kiosk = KioskId(Uuid::from_u128(5));
        let nonce = TokenNonce([9; 48]);
        let token = assert(kiosk, nonce, NOW, &key);
        let read = Assertion::read(&token).unwrap();
        assert_eq!((read.kiosk, read.nonce), (kiosk, nonce));
        assert_eq!(read.verify(&key.public(), NOW.plus(LIFE - SECOND)), Ok(()));
        assert_eq!(read.verify(&key.public(), NOW.plus(LIFE)), Err(AssertionError::Expired));
        let other = SigningKey::from_seed(&[4; 32]).public();
        assert_eq!(read.verify(&other, NOW), Err(AssertionError::Signature));
    }

    #[test]
    fn what_is_changed_or_addressed_elsewhere_is_not_an_assertion() {
        let key = SigningKey::from_seed(&[3; 32]);
        let token = assert(KioskId(Uuid::from_u128(5)), TokenNonce([9; 48]), NOW, &key);
        let other = assert(KioskId(Uuid::from_u128(6)), TokenNonce([9; 48]), NOW, &key);
        let (head, signature) = token.rsplit_once('.').unwrap();
        let (other_head, _) = other.rsplit_once('.').unwrap();
        assert_ne!(head, other_head);
        let swapped = format!("{other_head}.{signature}");
        let read = Assertion::read(&swapped).unwrap();
        assert_eq!(read.verify(&key.public(), NOW), Err(AssertionError::Signature));

        let none = segment(&Header { alg: "none".into(), typ: "JWT".into() });
        let (_, claims) = head.split_once('.').unwrap();
        assert_eq!(
            Assertion::read(&format!("{none}.{claims}.{signature}")).err(),
            Some(AssertionError::Malformed)
        );
        for broken in ["", "a.b", "a.b.c", ".."] {
            assert_eq!(Assertion::read(broken).err(), Some(AssertionError::Malformed), "{broken}");
        }
    }
}
