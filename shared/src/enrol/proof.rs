//! A kiosk's word that the key it enrols with is in its hands.

use crate::keys::{PublicKey, Signature, SignatureError, SigningKey};

const CONTEXT: &[u8] = b"gatehouse/enrol/1";

/// What a kiosk sends beside its public key: Ed25519 over `"gatehouse/enrol/1" ‖ code`, the code's text as it
/// stands in the request.
pub fn prove(code: &str, key: &SigningKey) -> Signature {
    key.sign(CONTEXT, code.as_bytes())
}

/// Whether the holder of `key` proved it with `code`.
pub fn check_proof(code: &str, key: &PublicKey, proof: &Signature) -> Result<(), SignatureError> {
    key.verify(CONTEXT, code.as_bytes(), proof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_good_for_its_code_and_its_key() {
        let key = SigningKey::from_seed(&[3; 32]);
        let proof = prove("ABCDE-FGHJK", &key);
        assert_eq!(check_proof("ABCDE-FGHJK", &key.public(), &proof), Ok(()));
        assert_eq!(check_proof("ABCDE-FGHJM", &key.public(), &proof), Err(SignatureError));
        let other = SigningKey::from_seed(&[4; 32]).public();
        assert_eq!(check_proof("ABCDE-FGHJK", &other, &proof), Err(SignatureError));
    }
}
