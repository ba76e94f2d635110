//! Signing a pass and verifying one.

use coset::{CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{PassClaims, PassText};
use crate::{
    code::SixDigits,
    id::CommunityId,
    keys::{KeySet, Kid, PassKey, Signature, SigningKey},
};

/// The most bytes of a token: with the live form's prefix its text still fits a QR code of version 9 at
/// level M (262 alphanumeric characters).
pub const PASS_BYTES: usize = 164;

const AAD: &[u8] = b"gatehouse/pass/1";

/// A pass that does not fit into a token.
#[derive(Debug, thiserror::Error)]
pub enum SignPassError {
    /// The bytes are too many for the QR code.
    #[error("a token of {0} bytes; at most {PASS_BYTES} fit the QR code")]
    TooLong(usize),
    /// Terms of a newer format cannot be written.
    #[error("terms that this version does not know cannot be signed")]
    Newer,
    /// COSE could not be encoded.
    #[error("the token could not be encoded: {0}")]
    Encoding(String),
}

/// What is wrong with something held before the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassFlaw {
    /// No pass at all: a payment code, a web address. A strip on the screen, no refusal.
    #[n(0)]
    #[error("not a pass")]
    NotAPass,
    /// It began like a pass and cannot be read to its end.
    #[n(1)]
    #[error("a pass that cannot be read")]
    Unreadable,
    /// A pass of a newer format than this version knows: the gate steps up.
    #[n(2)]
    #[error("a pass of a newer format")]
    Newer,
    /// Signed by a key this kiosk does not know: the household is asked.
    #[n(3)]
    #[error("signed by a key that is not known here")]
    IssuerUnknown(#[n(0)] Kid),
    /// The named key did not sign this.
    #[n(4)]
    #[error("the named key did not sign this")]
    Forged(#[n(0)] Kid),
}

/// A token whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPass {
    /// What it claims.
    pub claims: PassClaims,
    /// The key that signed it; whether it was in use is for admission to weigh.
    pub key: PassKey,
    /// The live digits that were shown with it, unchecked.
    pub live: Option<SixDigits>,
}

/// Signs a pass and gives its text, `GH1:…`.
pub fn sign(claims: &PassClaims, community: CommunityId, key: &SigningKey) -> Result<String, SignPassError> {
    if claims.terms().is_none() {
        return Err(SignPassError::Newer);
    }
    let protected =
        HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key.kid().0.to_vec()).build();
    let cose = CoseSign1Builder::new()
        .protected(protected)
        .payload(claims.to_payload())
        .create_signature(&aad(community), |bytes| key.sign(b"", bytes).0.to_vec())
        .build()
        .to_vec()
        .map_err(|error| SignPassError::Encoding(error.to_string()))?;
    if cose.len() > PASS_BYTES {
        return Err(SignPassError::TooLong(cose.len()));
    }
    Ok(PassText { cose, live: None }.to_string())
}

impl PassText {
    /// Verifies the token against the community's keys.
    pub fn verify(&self, community: CommunityId, keys: &KeySet) -> Result<VerifiedPass, PassFlaw> {
        let cose = CoseSign1::from_slice(&self.cose).map_err(|_| PassFlaw::Unreadable)?;
        let header = &cose.protected.header;
        if header.alg != Some(iana::Algorithm::EdDSA.into()) || !header.crit.is_empty() {
            return Err(PassFlaw::Newer);
        }
        let kid = Kid(header.key_id.as_slice().try_into().map_err(|_| PassFlaw::Unreadable)?);
        let payload = cose.payload.as_deref().ok_or(PassFlaw::Unreadable)?;
        let mut named = keys.named(kid).peekable();
        if named.peek().is_none() {
            return Err(PassFlaw::IssuerUnknown(kid));
        }
        let signature = Signature(cose.signature.as_slice().try_into().map_err(|_| PassFlaw::Forged(kid))?);
        let signed = cose.tbs_data(&aad(community));
        let key = named
            .find(|key| key.public.verify(b"", &signed, &signature).is_ok())
            .ok_or(PassFlaw::Forged(kid))?;
        let claims = PassClaims::from_payload(payload).map_err(|_| PassFlaw::Unreadable)?;
        Ok(VerifiedPass { claims, key: key.clone(), live: self.live.clone() })
    }
}

fn aad(community: CommunityId) -> Vec<u8> {
    [AAD, community.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        feed::row::WeeklyWindow,
        id::PassId,
        pass::{GateTag, PassTerms, Terms, UnitRef, live_text},
        time::UnixMs,
        words::{PassMode, VisitorType},
    };

    const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));

    fn key() -> SigningKey {
        SigningKey::from_seed(&[3; 32])
    }

    fn keys(key: &SigningKey) -> KeySet {
        [PassKey::new(key.public(), UnixMs(0), UnixMs(i64::MAX))].into_iter().collect()
    }

    fn largest() -> PassClaims {
        PassClaims {
            id: PassId(Uuid::from_u128(u128::MAX)),
            valid_from: UnixMs(4_294_967_000_000),
            valid_until: UnixMs(4_294_967_295_000),
            terms: Terms::Known(PassTerms {
                visitor_type: VisitorType::Service,
                unit: UnitRef::Label("AB-12034".into()),
                uses: Some(255),
                name: "Venkatanarasimharaju".into(),
                window: Some(WeeklyWindow { weekdays: 127, from: 1439, to: 1439 }),
                home_gate: Some(GateTag(u16::MAX)),
                mode: PassMode::Live,
                row_needed: true,
            }),
        }
    }

    fn verify(text: &str, keys: &KeySet) -> Result<VerifiedPass, PassFlaw> {
        text.parse::<PassText>()?.verify(COMMUNITY, keys)
    }

    #[test]
    fn the_largest_pass_fits_a_qr_code_of_version_9_at_level_m_live_form_included() {
        let text = sign(&largest(), COMMUNITY, &key()).unwrap();
        let cose = text.parse::<PassText>().unwrap().cose;
        assert!(cose.len() <= PASS_BYTES, "{} bytes", cose.len());
        let live = live_text(&text, &"123456".parse().unwrap());
        let qr = qrcode::QrCode::with_error_correction_level(&live, qrcode::EcLevel::M).unwrap();
        let qrcode::Version::Normal(version) = qr.version() else { panic!("a micro QR") };
        assert!(version <= 9, "version {version}");
    }

    #[test]
    fn a_pass_verifies_with_the_public_keys_alone() {
        let text = sign(&largest(), COMMUNITY, &key()).unwrap();
        let pass = verify(&text, &keys(&key())).unwrap();
        assert_eq!(pass.claims, largest());
        assert_eq!(pass.live, None);
        let live = verify(&live_text(&text, &"012345".parse().unwrap()), &keys(&key())).unwrap();
        assert_eq!(live.live, Some("012345".parse().unwrap()));
        assert_eq!(live.claims, largest());
    }

    #[test]
    fn what_is_no_pass_is_told_from_what_is_a_broken_one() {
        let keys = keys(&key());
        for text in ["upi://pay?pa=shop@bank", "https://example.com/GH1:", "", "GH", "HC1:6BF", "12345678"] {
            assert_eq!(verify(text, &keys), Err(PassFlaw::NotAPass), "{text}");
        }
        let text = sign(&largest(), COMMUNITY, &key()).unwrap();
        for broken in ["GH1:", "GH1:a", "GHR:12345:GH1:", "GHR:12345a:GH1:", "GHR:", &text[..text.len() - 4]]
        {
            assert_eq!(verify(broken, &keys), Err(PassFlaw::Unreadable), "{broken}");
        }
        for newer in ["GH2:6BF", "GH17:X"] {
            assert_eq!(verify(newer, &keys), Err(PassFlaw::Newer), "{newer}");
        }
    }

    #[test]
    fn an_unknown_key_is_not_a_forgery_and_a_forgery_is_not_an_unknown_key() {
        let text = sign(&largest(), COMMUNITY, &key()).unwrap();
        let other = SigningKey::from_seed(&[4; 32]);
        assert_eq!(verify(&text, &keys(&other)), Err(PassFlaw::IssuerUnknown(key().kid())));
        let mut liar = PassKey::new(other.public(), UnixMs(0), UnixMs(1));
        liar.kid = key().kid();
        assert_eq!(
            verify(&text, &[liar.clone()].into_iter().collect()),
            Err(PassFlaw::Forged(key().kid())),
            "another key of the same name"
        );
        let both = [liar, PassKey::new(key().public(), UnixMs(0), UnixMs(1))].into_iter().collect();
        assert!(verify(&text, &both).is_ok(), "names may collide");
        let elsewhere =
            text.parse::<PassText>().unwrap().verify(CommunityId(Uuid::from_u128(2)), &keys(&key()));
        assert_eq!(elsewhere, Err(PassFlaw::Forged(key().kid())), "a pass of another community");
    }

    fn signed_payload(payload: Vec<u8>) -> String {
        let protected =
            HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key().kid().0.to_vec()).build();
        let cose = CoseSign1Builder::new()
            .protected(protected)
            .payload(payload)
            .create_signature(&aad(COMMUNITY), |bytes| key().sign(b"", bytes).0.to_vec())
            .build()
            .to_vec()
            .unwrap();
        PassText { cose, live: None }.to_string()
    }

    #[test]
    fn terms_of_a_newer_format_keep_pass_and_validity_readable() {
        let mut newer = largest();
        newer.terms = Terms::Newer;
        let pass = verify(&signed_payload(newer.to_payload()), &keys(&key())).unwrap();
        assert_eq!(pass.claims, newer);

        let mut claims = largest().to_payload();
        let flags = claims.len() - 1;
        claims[flags] |= 4;
        let pass = verify(&signed_payload(claims), &keys(&key())).unwrap();
        assert_eq!(pass.claims.terms, Terms::Newer, "a flag not known here is a restriction not known here");

        let mut extra = largest().to_payload();
        extra[0] += 1;
        extra.extend([0x08, 0x01]);
        let pass = verify(&signed_payload(extra), &keys(&key())).unwrap();
        assert_eq!(pass.claims.terms, Terms::Newer, "a claim not known here may restrict");
        assert!(matches!(sign(&newer, COMMUNITY, &key()), Err(SignPassError::Newer)));
    }

    #[test]
    fn what_does_not_fit_is_not_signed() {
        let mut claims = largest();
        if let Terms::Known(terms) = &mut claims.terms {
            terms.uses = Some(u32::MAX);
        }
        assert!(matches!(sign(&claims, COMMUNITY, &key()), Err(SignPassError::TooLong(_))));
    }

    proptest! {
        #[test]
        fn any_pass_comes_back_as_it_was_signed(
            id: u128,
            from in 0i64..4_000_000_000,
            lasts in 1i64..100_000_000,
            visitor_type in 0usize..VisitorType::ALL.len(),
            label in "[A-Z]-[0-9]{1,4}",
            uses in proptest::option::of(1u32..256),
            name in "[a-zA-Z ]{0,20}",
            window in proptest::option::of((0u8..128, 0u16..1440, 0u16..1440)),
            gate in proptest::option::of(any::<u16>()),
            live: bool,
            row_needed: bool,
        ) {
            let claims = PassClaims {
                id: PassId(Uuid::from_u128(id)),
                valid_from: UnixMs(from * 1_000),
                valid_until: UnixMs((from + lasts) * 1_000),
                terms: Terms::Known(PassTerms {
                    visitor_type: VisitorType::ALL[visitor_type].clone(),
                    unit: UnitRef::Label(label),
                    uses,
                    name,
                    window: window.map(|(weekdays, from, to)| WeeklyWindow { weekdays, from, to }),
                    home_gate: gate.map(GateTag),
                    mode: if live { PassMode::Live } else { PassMode::Static },
                    row_needed,
                }),
            };
            let text = sign(&claims, COMMUNITY, &key()).unwrap();
            prop_assert_eq!(verify(&text, &keys(&key())).unwrap().claims, claims);
        }

        #[test]
        fn no_changed_byte_verifies(at: prop::sample::Index, bit in 0u8..8) {
            let mut text: PassText = sign(&largest(), COMMUNITY, &key()).unwrap().parse().unwrap();
            let at = at.index(text.cose.len());
            text.cose[at] ^= 1 << bit;
            prop_assert!(text.verify(COMMUNITY, &keys(&key())).is_err());
        }

        #[test]
        fn no_text_panics(text in "(GH1:|GHR:[0-9]{6}:GH1:|GH)?[0-9A-Z $%*+./:-]{0,200}") {
            let _ = verify(&text, &keys(&key()));
            prop_assert!(verify(&text, &KeySet::default()).is_err());
        }
    }
}
