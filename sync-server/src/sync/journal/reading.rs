//! A new event, read as far as this version can.

use gatehouse::{
    id::{PassId, VisitorId},
    journal::{
        Recorded,
        ingest::{Accepted, AcceptedDetails},
    },
};

use super::{arrival::Arrival, effects::pass_of, store::events::NewEvent};

/// An event that is to be appended.
pub(super) struct Reading<'a> {
    pub(super) accepted: &'a Accepted,
    in_chain: bool,
    details: Option<&'a [u8]>,
    /// Nothing where it is to be parked.
    pub(super) recorded: Option<Recorded>,
    /// The pass by which it is to be found.
    pub(super) pass: Option<PassId>,
}

impl<'a> Reading<'a> {
    /// Reads what an upload brings.
    pub(super) fn all(arrival: &'a Arrival) -> Vec<Self> {
        arrival.accepted().map(|(accepted, in_chain)| Self::of(accepted, in_chain)).collect()
    }

    fn of(accepted: &'a Accepted, in_chain: bool) -> Self {
        let details = match &accepted.details {
            AcceptedDetails::Here(bytes) => Some(bytes.as_slice()),
            _ => None,
        };
        let recorded = Recorded::read(accepted.event.clone(), details).ok();
        let pass = recorded.as_ref().and_then(|recorded| pass_of(&recorded.act));
        Self { accepted, in_chain, details, recorded, pass }
    }

    /// The same without what it says of persons.
    pub(super) fn forgotten(self) -> Self {
        let recorded = Recorded::read(self.accepted.event.clone(), None).ok();
        Self { details: None, recorded, ..self }
    }

    /// The same, to be kept and never applied.
    pub(super) fn kept(self) -> Self {
        Self { recorded: None, pass: None, ..self }
    }

    /// The same, not to be found by its pass.
    pub(super) fn apart_from_pass(self) -> Self {
        Self { pass: None, ..self }
    }

    /// The visit it is about.
    pub(super) fn visit(&self) -> Option<VisitorId> {
        self.recorded.as_ref().and_then(Recorded::visit)
    }

    /// As it is to be stored.
    pub(super) fn to_store(&self) -> NewEvent<'a> {
        NewEvent {
            accepted: self.accepted,
            in_chain: self.in_chain,
            visit: self.visit(),
            pass: self.pass,
            details: self.details,
            parked: self.recorded.is_none(),
        }
    }
}
