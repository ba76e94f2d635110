//! What events that are being taken in come upon: said once, for all of them, under the community's turn.

use std::collections::{HashMap, HashSet};

use gatehouse::{
    id::{CommunityId, EventId, KioskId, PassId, VisitorId},
    journal::{Event, Recorded},
    time::UnixMs,
};

use super::{
    effects::pass_of,
    room::Room,
    store::before::{self, Found},
};
use crate::{
    store::{StoreError, Tx},
    sync::kiosk::Standing,
};

/// What events come upon.
#[derive(Debug, Default)]
pub(super) struct Before {
    standing: HashMap<KioskId, Standing>,
    /// Since when kiosks are stolen.
    stolen: HashMap<KioskId, UnixMs>,
    erased: HashSet<EventId>,
    /// By which kiosk, where that is known.
    undone: HashMap<EventId, Option<KioskId>>,
    held: HashSet<EventId>,
    /// Visits that were asked about and are not there. Nobody else makes them while the turn is taken.
    new: HashSet<VisitorId>,
    room: Room,
}

impl Before {
    /// Asks where `kiosks` stand, what was ordered of `events`, which of `visits` are there, and how much room they and
    /// `passes` have.
    pub(super) async fn look(
        tx: &mut Tx,
        community: CommunityId,
        kiosks: &[KioskId],
        events: &[EventId],
        visits: &[VisitorId],
        passes: &[PassId],
    ) -> Result<Self, StoreError> {
        let mut before = Self { new: visits.iter().copied().collect(), ..Self::default() };
        for found in before::look(tx, community, kiosks, events, visits, passes).await? {
            match found {
                Found::Kiosk(kiosk, standing, revoked_at) => {
                    before.standing.insert(kiosk, standing);
                    let stolen = revoked_at.filter(|_| standing == Standing::Stolen);
                    before.stolen.extend(stolen.map(|at| (kiosk, at)));
                }
                Found::Erased(event) => before.erased.extend([event]),
                Found::Undone(event, by) => {
                    before.undone.insert(event, by);
                }
                Found::Held(event) => {
                    before.held.insert(event);
                }
                Found::Visit(visit) => {
                    before.new.remove(&visit);
                }
                Found::OfVisit(visit, applied) => before.room.of_visit(visit, applied),
                Found::OfPass(pass, applied) => before.room.of_pass(pass, applied),
            }
        }
        Ok(before)
    }

    /// The same for events that were read.
    pub(super) async fn of(
        tx: &mut Tx,
        community: CommunityId,
        events: &[&Recorded],
    ) -> Result<Self, StoreError> {
        let ids: Vec<EventId> = events.iter().map(|recorded| recorded.event.id).collect();
        let visits: Vec<VisitorId> = events.iter().filter_map(|recorded| recorded.visit()).collect();
        let passes: Vec<PassId> = events.iter().filter_map(|recorded| pass_of(&recorded.act)).collect();
        let kiosks: HashSet<KioskId> = events.iter().map(|recorded| recorded.event.kiosk).collect();
        let kiosks: Vec<KioskId> = kiosks.into_iter().collect();
        Self::look(tx, community, &kiosks, &ids, &visits, &passes).await
    }

    /// Where a kiosk stands; nothing when the community has none of that id.
    pub(super) fn standing(&self, kiosk: KioskId) -> Option<Standing> {
        self.standing.get(&kiosk).copied()
    }

    /// Whether what an event says of persons is to be forgotten.
    pub(super) fn is_erased(&self, event: EventId) -> bool {
        self.erased.contains(&event)
    }

    /// Whether an event was taken back before it came, by its own kiosk.
    pub(super) fn is_undone(&self, event: &Event) -> bool {
        let by = self.undone.get(&event.id);
        by.is_some_and(|by| by.is_none_or(|by| by == event.kiosk))
    }

    /// Whether an event of this id is held.
    pub(super) fn is_held(&self, event: EventId) -> bool {
        self.held.contains(&event)
    }

    /// Whether a kiosk is in other hands.
    pub(super) fn is_stolen(&self, kiosk: KioskId) -> bool {
        self.stolen.contains_key(&kiosk)
    }

    /// Whether an event is told by a kiosk of a time when it was in other hands.
    pub(super) fn is_of_thief(&self, event: &Event) -> bool {
        self.stolen.get(&event.kiosk).is_some_and(|since| event.at > *since)
    }

    /// How much room there is for further events.
    pub(super) fn room(&self) -> Room {
        self.room.clone()
    }

    /// Whether a visit is known not to be there.
    pub(super) fn is_new(&self, visit: VisitorId) -> bool {
        self.new.contains(&visit)
    }
}
