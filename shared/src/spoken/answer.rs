//! What a household answers, and how its digits are made and read.

use std::fmt;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Challenge;
use crate::{
    code::{DayKey, SixDigits, expand},
    id::UnitId,
    words::Answer,
};

/// A household's spoken answer. At the gate duress must look like approval: what a gate shows, sounds,
/// prints or stores in the clear is [`Self::seen`], never this.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SpokenAnswer {
    /// Let them in.
    Approve,
    /// Send them away.
    Deny,
    /// Let them in because somebody forces me to say so.
    Duress,
}

impl SpokenAnswer {
    const ALL: [Self; 3] = [Self::Approve, Self::Deny, Self::Duress];

    /// What the gate does and shows.
    pub fn seen(self) -> Answer {
        match self {
            Self::Approve | Self::Duress => Answer::Approve,
            Self::Deny => Answer::Deny,
        }
    }

    /// The one byte that is sealed to the server, and that stands in the HMAC's input.
    pub fn number(self) -> u8 {
        match self {
            Self::Approve => 1,
            Self::Deny => 2,
            Self::Duress => 3,
        }
    }

    /// The answer of a byte that the server opened.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.number() == number)
    }
}

impl fmt::Debug for SpokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpokenAnswer({})", self.seen())
    }
}

/// What the spoken answers of one household on one day are made from. The residents' app fetches it ahead.
pub struct SpokenSecret(Zeroizing<[u8; 32]>);

impl SpokenSecret {
    /// A secret that was fetched ahead.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret's bytes, for the household's app.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The six digits of an answer to the challenge of the kiosk with that short number.
    pub fn digits(&self, kiosk: u32, challenge: Challenge, answer: SpokenAnswer) -> SixDigits {
        let [approve, deny, duress] = self.all(kiosk, challenge);
        match answer {
            SpokenAnswer::Approve => approve,
            SpokenAnswer::Deny => deny,
            SpokenAnswer::Duress => duress,
        }
    }

    /// The answer that was spoken, or that the digits are none. All three are compared, whichever it is.
    pub fn read(&self, kiosk: u32, challenge: Challenge, spoken: &SixDigits) -> Option<SpokenAnswer> {
        let mut found = None;
        for (answer, digits) in SpokenAnswer::ALL.into_iter().zip(self.all(kiosk, challenge)) {
            if digits == *spoken {
                found = Some(answer);
            }
        }
        found
    }

    fn all(&self, kiosk: u32, challenge: Challenge) -> [SixDigits; 3] {
        let approve = self.round(kiosk, challenge, SpokenAnswer::Approve, 0);
        let deny = self.differing(kiosk, challenge, SpokenAnswer::Deny, &[&approve]);
        let duress = self.differing(kiosk, challenge, SpokenAnswer::Duress, &[&approve, &deny]);
        [approve, deny, duress]
    }

    fn differing(
        &self,
        kiosk: u32,
        challenge: Challenge,
        answer: SpokenAnswer,
        taken: &[&SixDigits],
    ) -> SixDigits {
        let mut digits = self.round(kiosk, challenge, answer, 0);
        for round in 1..=u8::MAX {
            if !taken.contains(&&digits) {
                break;
            }
            digits = self.round(kiosk, challenge, answer, round);
        }
        digits
    }

    fn round(&self, kiosk: u32, challenge: Challenge, answer: SpokenAnswer, round: u8) -> SixDigits {
        let mut mac = match Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            Ok(mac) => mac,
            Err(error) => unreachable!("HMAC takes keys of any length: {error}"),
        };
        mac.update(&kiosk.to_be_bytes());
        mac.update(challenge.to_string().as_bytes());
        mac.update(&[answer.number(), round]);
        let tag = mac.finalize().into_bytes();
        let at = usize::from(tag[31] & 0x0f);
        let word = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
        SixDigits::of(word % 1_000_000)
    }
}

impl DayKey {
    /// What a unit's spoken answers of that day are made from. The unit's epoch goes up when a household
    /// moves out, so that what it fetched is worth nothing.
    pub fn spoken_secret(&self, unit: UnitId, unit_epoch: u32) -> SpokenSecret {
        let mut secret = Zeroizing::new([0; 32]);
        let info: [&[u8]; 3] = [b"gatehouse/spoken/1", unit.0.as_bytes(), &unit_epoch.to_be_bytes()];
        expand(self.bytes(), &info, secret.as_mut());
        SpokenSecret(secret)
    }
}

impl fmt::Debug for SpokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpokenSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day() -> DayKey {
        DayKey::from_bytes([8; 32])
    }

    fn secret() -> SpokenSecret {
        day().spoken_secret(UnitId(Uuid::from_u128(1)), 3)
    }

    #[test]
    fn a_household_that_moved_out_cannot_answer_any_more() {
        let challenge = Challenge::new(1234).unwrap();
        let old = secret().digits(2, challenge, SpokenAnswer::Approve);
        let now = day().spoken_secret(UnitId(Uuid::from_u128(1)), 4);
        assert_eq!(now.read(2, challenge, &old), None);
    }

    #[test]
    fn duress_is_seen_as_approval_even_in_debug_output() {
        assert_eq!(SpokenAnswer::Duress.seen(), Answer::Approve);
        assert_eq!(format!("{:?}", SpokenAnswer::Duress), format!("{:?}", SpokenAnswer::Approve));
        for answer in SpokenAnswer::ALL {
            assert_eq!(SpokenAnswer::from_number(answer.number()), Some(answer));
        }
        assert_eq!(SpokenAnswer::from_number(0), None);
    }

    proptest! {
        #[test]
        fn the_three_answers_differ_and_each_is_read_as_itself(
            key: [u8; 32],
            kiosk: u32,
            challenge in 0u16..10_000,
        ) {
            let secret = SpokenSecret::from_bytes(key);
            let challenge = Challenge::new(challenge).unwrap();
            let digits = SpokenAnswer::ALL.map(|answer| secret.digits(kiosk, challenge, answer));
            prop_assert!(digits[0] != digits[1] && digits[0] != digits[2] && digits[1] != digits[2]);
            for (answer, digits) in SpokenAnswer::ALL.into_iter().zip(&digits) {
                prop_assert_eq!(secret.read(kiosk, challenge, digits), Some(answer));
            }
        }
    }

    #[test]
    fn equal_digits_are_forced_apart() {
        let secret = secret();
        let challenge = Challenge::new(1).unwrap();
        let first = secret.round(2, challenge, SpokenAnswer::Deny, 0);
        let second = secret.round(2, challenge, SpokenAnswer::Deny, 1);
        assert_ne!(first, second);
        assert_eq!(secret.differing(2, challenge, SpokenAnswer::Deny, &[&first]), second);
    }

    #[test]
    fn an_answer_is_good_for_its_kiosk_and_challenge_only() {
        let secret = secret();
        let digits = secret.digits(2, Challenge::new(1234).unwrap(), SpokenAnswer::Approve);
        assert_eq!(secret.read(3, Challenge::new(1234).unwrap(), &digits), None);
        assert_eq!(secret.read(2, Challenge::new(1235).unwrap(), &digits), None);
    }
}
