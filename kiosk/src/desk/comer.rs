//! Who stands at the gate, as far as token, row or guard tell.

use gatehouse::{
    feed::row::{PassRow, VisitRow},
    hash::Hash,
    id::{PassId, UnitId},
    journal::Details,
    pass::PassClaims,
    words::{Subject, VisitorType},
};

use super::units::Units;
use crate::screen::{UnitRef, Who};

/// Who stands at the gate.
#[derive(Clone, PartialEq, Eq)]
pub struct Comer {
    /// Why they come.
    pub visitor_type: VisitorType,
    /// Who or what.
    pub subject: Subject,
    /// Their name.
    pub name: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// Their number plate, or its end.
    pub plate: Option<String>,
    /// Their phone.
    pub phone: Option<String>,
    /// Where they go; the first is asked first.
    pub units: Vec<UnitId>,
    /// Where they go by a token's word alone.
    pub unit_named: Option<UnitRef>,
    /// How many people.
    pub people: u16,
    /// The pass that was shown.
    pub pass: Option<PassId>,
    /// The photo there is of them.
    pub photo: Option<Hash>,
}

impl Comer {
    /// Somebody of whom nothing is known but why they come.
    pub fn new(visitor_type: VisitorType) -> Self {
        Self {
            visitor_type,
            subject: Subject::Visitor,
            name: None,
            company: None,
            plate: None,
            phone: None,
            units: Vec::new(),
            unit_named: None,
            people: 1,
            pass: None,
            photo: None,
        }
    }

    /// The holder of a pass: the row's word where there is one, else the token's.
    pub fn of_pass(id: PassId, claims: Option<&PassClaims>, row: Option<&PassRow>, units: &Units) -> Self {
        let terms = claims.and_then(PassClaims::terms);
        let visitor_type = row
            .map(|row| row.visitor_type.clone())
            .or_else(|| terms.map(|terms| terms.visitor_type.clone()))
            .unwrap_or(VisitorType::Guest);
        let mut comer = Self { pass: Some(id), ..Self::new(visitor_type) };
        if let Some(terms) = terms {
            comer.name = Some(terms.name.clone());
            comer.units.extend(units.named(&terms.unit));
            comer.unit_named = Units::shown_as(&terms.unit);
        }
        if let Some(row) = row {
            comer.name = Some(row.name.clone());
            comer.company.clone_from(&row.company);
            comer.plate.clone_from(&row.plate4);
            comer.units = vec![row.unit];
            comer.people = row.people.max(1);
        }
        comer.name = comer.name.filter(|name| !name.is_empty());
        comer
    }

    /// The visitor of a visit.
    pub fn of_visit(row: &VisitRow) -> Self {
        Self {
            visitor_type: row.visitor_type.clone(),
            subject: row.subject.clone(),
            name: row.name.clone(),
            company: row.company.clone(),
            plate: row.plate.clone(),
            phone: row.phone4.clone(),
            units: row.units.clone(),
            unit_named: None,
            people: row.people.max(1),
            pass: row.pass,
            photo: None,
        }
    }

    /// What an event's erasable details say of them.
    pub fn details(&self, facts: Option<Vec<u8>>) -> Details {
        Details {
            salt: [0; 16],
            name: self.name.clone(),
            phone: self.phone.clone(),
            plate: self.plate.clone(),
            company: self.company.clone(),
            note: None,
            facts,
        }
    }

    /// As the window shows them.
    pub fn shown(&self, units: &Units) -> Who {
        let mut shown: Vec<UnitRef> = self.units.iter().map(|unit| units.shown(*unit)).collect();
        if shown.is_empty() {
            shown.extend(self.unit_named.clone());
        }
        Who {
            kind: self.visitor_type.clone(),
            subject: self.subject.clone(),
            name: self.name.clone(),
            company: self.company.clone(),
            plate: self.plate.clone(),
            phone_end: self.phone.as_deref().map(end),
            units: shown,
            people: self.people,
            photo: self.photo,
        }
    }
}

impl std::fmt::Debug for Comer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comer").field("visitor_type", &self.visitor_type).finish_non_exhaustive()
    }
}

/// The last four digits of a phone number.
fn end(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}
