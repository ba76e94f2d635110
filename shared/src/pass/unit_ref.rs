//! Where a pass leads, in at most eight bytes.

use minicbor::{Decode, Decoder, Encode, Encoder, data::Type, decode, encode};
use serde::{Deserialize, Serialize};

use crate::id::UnitId;

/// A unit as a token names it: by its label where that is short enough to be read without any list, else
/// by the last eight bytes of its id, which are random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRef {
    /// Tower and number as a guard says them: `A-1203`. A text string in CBOR.
    Label(String),
    /// The tail of the unit's id. A byte string in CBOR.
    Tail([u8; 8]),
}

impl UnitRef {
    /// The most bytes of a label.
    pub const LABEL_BYTES: usize = 8;

    /// How a token names the unit.
    pub fn of(label: &str, id: UnitId) -> Self {
        if !label.is_empty() && label.len() <= Self::LABEL_BYTES {
            Self::Label(label.to_owned())
        } else {
            Self::Tail(tail(id))
        }
    }

    /// Whether this names the unit of that label and id.
    pub fn names(&self, label: &str, id: UnitId) -> bool {
        match self {
            Self::Label(own) => own == label,
            Self::Tail(own) => *own == tail(id),
        }
    }

    /// The label, where the token holds it.
    pub fn label(&self) -> Option<&str> {
        match self {
            Self::Label(label) => Some(label),
            Self::Tail(_) => None,
        }
    }
}

fn tail(id: UnitId) -> [u8; 8] {
    let mut tail = [0; 8];
    tail.copy_from_slice(&id.0.as_bytes()[8..]);
    tail
}

impl<C> Encode<C> for UnitRef {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Label(label) => e.str(label)?.ok(),
            Self::Tail(tail) => e.bytes(tail)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for UnitRef {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        match d.datatype()? {
            Type::String => {
                let label = d.str()?;
                if label.len() > Self::LABEL_BYTES {
                    return Err(decode::Error::message("a unit's label of at most 8 bytes").at(at));
                }
                Ok(Self::Label(label.to_owned()))
            }
            _ => d
                .bytes()?
                .try_into()
                .map(Self::Tail)
                .map_err(|_| decode::Error::message("8 bytes of a unit's id").at(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_short_label_is_kept_and_a_long_one_gives_way_to_the_id() {
        let id = UnitId(Uuid::from_u128(0x0123_4567_89ab_7cde_8f01_2345_6789_abcd));
        let other = UnitId(Uuid::from_u128(0x0123_4567_89ab_7cde_8f01_2345_6789_abce));
        let short = UnitRef::of("A-1203", id);
        assert_eq!(short, UnitRef::Label("A-1203".into()));
        assert!(short.names("A-1203", id) && !short.names("A-1204", id));
        let long = UnitRef::of("Jasmine-1203", id);
        assert_eq!(long, UnitRef::Tail([0x8f, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd]));
        assert!(long.names("Jasmine-1203", id) && !long.names("Jasmine-1203", other));
        for unit in [short, long] {
            let bytes = minicbor::to_vec(&unit).unwrap();
            assert!(bytes.len() <= 9);
            assert_eq!(minicbor::decode::<UnitRef>(&bytes).unwrap(), unit);
        }
    }
}
