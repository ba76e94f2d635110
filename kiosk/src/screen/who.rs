//! Whom a verdict, a card or a row is about.

use gatehouse::{
    hash::Hash,
    id::UnitId,
    words::{Subject, VisitorType},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A unit as a guard knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitRef {
    /// Its id.
    pub id: UnitId,
    /// As it is spoken of: "A-1203".
    pub label: String,
    /// The tower's name: "A".
    pub tower: String,
    /// The floor's name: "12".
    pub floor: String,
    /// The flat's name on its floor: "03".
    pub flat: String,
    /// What to dial on the intercom, where there is one.
    pub intercom: Option<String>,
}

/// A visitor, as far as the gate knows them.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
pub struct Who {
    /// Why they come.
    pub kind: VisitorType,
    /// Who or what goes through.
    pub subject: Subject,
    /// Their name.
    pub name: Option<String>,
    /// The company a delivery, a cab or a service comes from.
    pub company: Option<String>,
    /// The vehicle's number plate.
    pub plate: Option<String>,
    /// The last four digits of their phone.
    pub phone_end: Option<String>,
    /// Where they go; the first is the one to ask.
    pub units: Vec<UnitRef>,
    /// How many people.
    pub people: u16,
    /// Their photo's name.
    #[ts(type = "string | null")]
    pub photo: Option<Hash>,
}

impl std::fmt::Debug for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Who").field("kind", &self.kind).field("people", &self.people).finish_non_exhaustive()
    }
}
