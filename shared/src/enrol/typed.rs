//! The one-time code as it is read out and typed, which vouches for the server's key as the QR's pin does.
//!
//! Ten characters are the code. Where the server speaks TLS, five more follow: 20 bits of
//! `SHA-256("gatehouse/enrol-key/1" ‖ the ten characters ‖ pin)` in four characters, and Luhn's check character
//! over all fourteen. Whoever stands between must show a key before having heard the code, and the code is sent
//! to none that it does not vouch for: an impostor's key passes once in 2²⁰ codes, however much they compute.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq as _;

use super::{
    EnrolCode, EnrolCodeError,
    code::{self, LEN},
};
use crate::hash::Hash;

const CONTEXT: &[u8] = b"gatehouse/enrol-key/1";
const WITNESS: usize = 4;
const WHOLE: usize = LEN + WITNESS + 1;

/// `XXXXX-XXXXX`, or `XXXXX-XXXXX-XXXXX` where it vouches for the server's key. Hidden in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode {
    /// What is redeemed.
    pub code: EnrolCode,
    witness: Option<[u8; WITNESS]>,
}

impl TypedCode {
    /// The code for a server whose key is known by `pin`; none for one that speaks plain HTTP.
    pub fn new(code: EnrolCode, pin: Option<&Hash>) -> Self {
        let witness = pin.map(|pin| witness(&code, pin));
        Self { code, witness }
    }

    /// Whether it says what the server's key is.
    pub fn names_key(&self) -> bool {
        self.witness.is_some()
    }

    /// Whether it vouches for the key known by `pin`.
    pub fn vouches_for(&self, pin: &Hash) -> bool {
        self.witness.is_some_and(|said| said.ct_eq(&witness(&self.code, pin)).into())
    }

    fn values(&self) -> Vec<u8> {
        let mut values = self.code.values().to_vec();
        if let Some(witness) = self.witness {
            values.extend(witness);
            values.push(code::check(&values));
        }
        values
    }
}

fn witness(code: &EnrolCode, pin: &Hash) -> [u8; WITNESS] {
    let Hash([first, second, third, ..]) = Hash::of(&[CONTEXT, &code.characters(), &pin.0]);
    [first >> 3, (first & 7) << 2 | second >> 6, second >> 1 & 31, (second & 1) << 4 | third >> 4]
}

impl FromStr for TypedCode {
    type Err = EnrolCodeError;

    /// Reads a code in either case; blanks and hyphens are passed over, O is 0, I and L are 1.
    fn from_str(text: &str) -> Result<Self, EnrolCodeError> {
        let values = code::read(text)?;
        let witness = match values.len() {
            LEN => None,
            WHOLE if code::check(&values[..WHOLE - 1]) == values[WHOLE - 1] => {
                values[LEN..WHOLE - 1].try_into().ok()
            }
            WHOLE => return Err(EnrolCodeError::Check),
            _ => return Err(EnrolCodeError::Length),
        };
        Ok(Self { code: EnrolCode::of_values(&values[..LEN])?, witness })
    }
}

impl fmt::Display for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, value) in self.values().into_iter().enumerate() {
            if place > 0 && place % (LEN / 2) == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", code::character(value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::Entropy;

    struct Bytes([u8; 9]);
    impl Entropy for Bytes {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0[..bytes.len()]);
        }
    }

    #[test]
    fn a_code_without_a_key_is_the_code_alone() {
        let code = EnrolCode::draw(&mut Bytes([7; 9]));
        let typed = TypedCode::new(code.clone(), None);
        assert_eq!(typed.to_string(), code.to_string());
        assert_eq!(code.to_string().parse(), Ok(typed.clone()));
        assert!(!typed.names_key() && !typed.vouches_for(&Hash([0; 32])));
        assert!(!format!("{typed:?}").contains(&code.to_string()));
    }

    proptest! {
        #[test]
        fn a_code_vouches_for_its_servers_key_and_one_wrong_character_is_found(
            random: [u8; 9],
            pin: [u8; 32],
            place in 0..WHOLE,
            other in 1u8..32,
        ) {
            let typed = TypedCode::new(EnrolCode::draw(&mut Bytes(random)), Some(&Hash(pin)));
            let text = typed.to_string();
            prop_assert_eq!(text.len(), 17);
            prop_assert_eq!(text.to_lowercase().parse::<TypedCode>(), Ok(typed.clone()));
            prop_assert!(typed.vouches_for(&Hash(pin)));
            let mut mistyped: Vec<char> = text.chars().filter(|character| *character != '-').collect();
            let value = code::read(&mistyped[place].to_string()).unwrap()[0];
            mistyped[place] = code::character((value + other) % 32);
            let mistyped: String = mistyped.into_iter().collect();
            prop_assert_eq!(mistyped.parse::<TypedCode>(), Err(EnrolCodeError::Check));
        }
    }

    #[test]
    fn a_key_vouched_for_by_one_code_is_nothing_to_another() {
        let pin = Hash([9; 32]);
        let typed = TypedCode::new(EnrolCode::draw(&mut Bytes([1; 9])), Some(&pin));
        let others = (2..200).map(|byte| TypedCode::new(EnrolCode::draw(&mut Bytes([byte; 9])), Some(&pin)));
        assert!(others.into_iter().all(|other| other.code == typed.code || other.witness != typed.witness));
        assert!((0..200).all(|byte| byte == 9 || !typed.vouches_for(&Hash([byte; 32]))));
    }
}
