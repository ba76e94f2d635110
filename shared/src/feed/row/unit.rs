//! A unit, as far as a gate needs it.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    words::UnitState,
};

/// Row id: the unit's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UnitRow {
    /// Tower, at most 10 characters.
    #[n(0)]
    pub tower: String,
    /// Floor, as it is spoken of; the ground floor is 0.
    #[n(1)]
    pub floor: i16,
    /// Apartment number, at most 10 characters.
    #[n(2)]
    pub number: String,
    /// Whether somebody is there to be asked.
    #[n(3)]
    pub state: UnitState,
    /// Goes up at every move-out, so that an old household's spoken answers die.
    #[n(4)]
    pub epoch: u32,
    /// What to dial on the intercom.
    #[n(5)]
    pub intercom: Option<String>,
}

impl UnitRow {
    /// Tower and number as a guard says them: `A-1203`.
    pub fn label(&self) -> String {
        if self.tower.is_empty() { self.number.clone() } else { format!("{}-{}", self.tower, self.number) }
    }
}

impl Body for UnitRow {
    const KIND: RowKind = RowKind(4);
}
