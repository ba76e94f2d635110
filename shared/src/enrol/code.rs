//! The one-time code that enrols a kiosk.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use subtle::ConstantTimeEq as _;

use crate::{entropy::Entropy, hash::Hash};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM: usize = 9;
pub(super) const LEN: usize = RANDOM + 1;

/// Nine random characters of Crockford's base 32 (45 bits) and a check character (Luhn's, modulo 32,
/// which finds every wrong character and nearly every swap of two). It is written `XXXXX-XXXXX`, good
/// once, and a secret until then: hidden in debug output, stored as its digest.
#[derive(Clone)]
pub struct EnrolCode([u8; LEN]);

/// Why a text is no enrolment code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolCodeError {
    /// There are more or fewer characters than a code has.
    #[error("an enrolment code has ten or fifteen characters")]
    Length,
    /// A character that no code has.
    #[error("no enrolment code has the character {0:?}")]
    Character(char),
    /// Mistyped: the check character does not fit.
    #[error("the enrolment code is mistyped")]
    Check,
}

impl EnrolCode {
    /// A new code.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        let mut values = [0; LEN];
        for (value, random) in values.iter_mut().zip(entropy.bytes::<RANDOM>()) {
            *value = random % 32;
        }
        values[RANDOM] = check(&values[..RANDOM]);
        Self(values)
    }

    /// SHA-256 of the code's ten characters: how the server stores it.
    pub fn digest(&self) -> Hash {
        Hash::of(&[b"gatehouse/enrol/1", &self.characters()])
    }

    /// The values of ten characters, the last of which fits the others.
    pub(super) fn of_values(values: &[u8]) -> Result<Self, EnrolCodeError> {
        let values: [u8; LEN] = values.try_into().map_err(|_| EnrolCodeError::Length)?;
        if check(&values[..RANDOM]) == values[RANDOM] { Ok(Self(values)) } else { Err(EnrolCodeError::Check) }
    }

    pub(super) fn values(&self) -> &[u8; LEN] {
        &self.0
    }

    pub(super) fn characters(&self) -> [u8; LEN] {
        self.0.map(|value| ALPHABET[usize::from(value) % 32])
    }
}

/// The values of a text's characters, in either case; blanks and hyphens are passed over, O is 0, I and L are 1.
pub(super) fn read(text: &str) -> Result<Vec<u8>, EnrolCodeError> {
    let characters = text.chars().filter(|character| !matches!(character, ' ' | '-'));
    let value = |character: char| {
        let upper = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET.iter().position(|known| char::from(*known) == upper);
        value.and_then(|value| u8::try_from(value).ok()).ok_or(EnrolCodeError::Character(character))
    };
    characters.map(value).collect()
}

/// The character of a value below 32.
pub(super) fn character(value: u8) -> char {
    char::from(ALPHABET[usize::from(value) % 32])
}

/// Luhn modulo 32 over values, the last one doubled.
pub(super) fn check(values: &[u8]) -> u8 {
    let mut sum = 0;
    for (place, value) in values.iter().rev().enumerate() {
        let weighed = u32::from(*value) * if place % 2 == 0 { 2 } else { 1 };
        sum += weighed / 32 + weighed % 32;
    }
    u8::try_from((32 - sum % 32) % 32).unwrap_or(0)
}

impl FromStr for EnrolCode {
    type Err = EnrolCodeError;

    /// Reads a code of ten characters.
    fn from_str(text: &str) -> Result<Self, EnrolCodeError> {
        Self::of_values(&read(text)?)
    }
}

impl fmt::Display for EnrolCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, character) in self.characters().into_iter().enumerate() {
            if place == LEN / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(character))?;
        }
        Ok(())
    }
}

impl fmt::Debug for EnrolCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolCode(hidden)")
    }
}

impl PartialEq for EnrolCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for EnrolCode {}

impl<C> Encode<C> for EnrolCode {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for EnrolCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        d.str()?.parse().map_err(|_| decode::Error::message("an enrolment code").at(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Bytes(Vec<u8>);
    impl Entropy for Bytes {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0[..bytes.len()]);
        }
    }

    #[test]
    fn lower_case_blanks_and_look_alikes_are_forgiven() {
        let code = EnrolCode::draw(&mut Bytes(vec![0, 1, 2, 3, 4, 5, 6, 7, 8]));
        let text = code.to_string();
        assert_eq!(text.len(), 11);
        let sloppy = text.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert_eq!(sloppy.parse::<EnrolCode>(), Ok(code.clone()));
        assert_eq!("ABC".parse::<EnrolCode>(), Err(EnrolCodeError::Length));
        assert_eq!("U1234-56789".parse::<EnrolCode>(), Err(EnrolCodeError::Character('U')));
        assert!(!format!("{code:?}").contains(&text));
    }

    proptest! {
        #[test]
        fn a_code_reads_back_and_one_wrong_character_is_found(
            random in proptest::collection::vec(any::<u8>(), RANDOM),
            place in 0..LEN,
            other in 1u8..32,
        ) {
            let code = EnrolCode::draw(&mut Bytes(random));
            prop_assert_eq!(code.to_string().parse::<EnrolCode>(), Ok(code.clone()));
            let mut wrong = code.clone();
            wrong.0[place] = (wrong.0[place] + other) % 32;
            prop_assert_eq!(wrong.to_string().parse::<EnrolCode>(), Err(EnrolCodeError::Check));
            prop_assert_ne!(wrong.digest(), code.digest());
        }
    }
}
