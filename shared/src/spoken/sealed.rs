//! The full answer on its way to the server, unreadable at the gate.

use super::{Challenge, SpokenAnswer};
use crate::{
    entropy::Entropy,
    id::{KioskId, UnitId},
    journal::Sealed,
    keys::{SealError, SealPublic, SealSecret, seal},
};

const CONTEXT: &[u8] = b"gatehouse/answer/1";

impl SpokenAnswer {
    /// Seals the answer to the server: one byte ([`Self::number`]), bound to
    /// `"gatehouse/answer/1" ‖ kiosk id (16) ‖ unit id (16) ‖ challenge (u16 BE)`, so that it is good for
    /// no other.
    pub fn seal(
        self,
        to: &SealPublic,
        kiosk: KioskId,
        unit: UnitId,
        challenge: Challenge,
        entropy: &mut impl Entropy,
    ) -> Result<Sealed, SealError> {
        seal(to, &[self.number()], &bound_to(kiosk, unit, challenge), entropy).map(Sealed)
    }

    /// Opens what was sealed for this kiosk, unit and challenge.
    pub fn open(
        sealed: &Sealed,
        secret: &SealSecret,
        kiosk: KioskId,
        unit: UnitId,
        challenge: Challenge,
    ) -> Result<Self, SealError> {
        let opened = secret.open(&sealed.0, &bound_to(kiosk, unit, challenge))?;
        match opened.as_slice() {
            [number] => Self::from_number(*number).ok_or(SealError),
            _ => Err(SealError),
        }
    }
}

fn bound_to(kiosk: KioskId, unit: UnitId, challenge: Challenge) -> Vec<u8> {
    [CONTEXT, kiosk.0.as_bytes(), unit.0.as_bytes(), &challenge.number().to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    #[test]
    fn only_the_server_reads_it_and_only_for_its_own_challenge() {
        let server = SealSecret::from_bytes(&[9; 32]);
        let (kiosk, unit) = (KioskId(Uuid::from_u128(1)), UnitId(Uuid::from_u128(2)));
        let challenge = Challenge::new(1234).unwrap();
        let duress = SpokenAnswer::Duress.seal(&server.public(), kiosk, unit, challenge, &mut Ones).unwrap();
        let plain = SpokenAnswer::Approve.seal(&server.public(), kiosk, unit, challenge, &mut Ones).unwrap();
        assert_eq!(duress.0.len(), plain.0.len(), "the length must not tell");
        let opened = SpokenAnswer::open(&duress, &server, kiosk, unit, challenge).unwrap();
        assert_eq!(opened.number(), SpokenAnswer::Duress.number());
        let other = Challenge::new(1235).unwrap();
        assert!(SpokenAnswer::open(&duress, &server, kiosk, unit, other).is_err());
        let stranger = SealSecret::from_bytes(&[8; 32]);
        assert!(SpokenAnswer::open(&duress, &stranger, kiosk, unit, challenge).is_err());
    }
}
