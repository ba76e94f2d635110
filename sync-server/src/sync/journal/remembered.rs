//! Where journals end, known without asking: as this server left them when it last took something in.
//!
//! Whoever changes a journal takes its community's turn, and turns are numbered. While every turn since was this
//! server's own, what it remembers is what the database holds. Where that cannot be said, a plan that was made by
//! memory is compared with the database like any other.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use gatehouse::{
    id::{CommunityId, IncarnationId, KioskId},
    journal::ingest::Known,
    sync::Upload,
};

use super::{arrival::Arrival, known::Extent, store::events::Moved};

/// The most lives of journals that are remembered of a community.
const LIVES: usize = 512;

/// What is remembered, by community.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<HashMap<CommunityId, Turns>>);

/// The turns of one community that were this server's, without another's in between.
#[derive(Debug, Default)]
struct Turns {
    first: u64,
    last: u64,
    lives: HashMap<IncarnationId, Life>,
}

#[derive(Debug)]
struct Life {
    kiosk: KioskId,
    known: Known,
    /// The turn by which this was so.
    turn: u64,
}

/// Where an arrival leaves its journal.
#[derive(Debug)]
pub(super) struct Left {
    kiosk: KioskId,
    /// Nothing where there is more to know than can be remembered.
    known: Option<Known>,
    life: IncarnationId,
    opens: bool,
}

impl Left {
    /// Where `arrival`, taken in as `moved` says, leaves its journal.
    pub(super) fn by(arrival: &Arrival, moved: Option<&Moved>) -> Self {
        let before = &arrival.planned.known;
        let head = moved.map_or(before.head, |moved| moved.head);
        let beside = arrival.planned.beside + moved.map_or(0, |moved| moved.beside);
        let plain = head.seq > 0 && beside == 0;
        Self {
            kiosk: arrival.upload.kiosk,
            known: plain.then(|| Known { head, held: Vec::new(), ..before.clone() }),
            life: arrival.life(),
            opens: moved.is_some_and(|moved| moved.opening.at.is_some()),
        }
    }
}

impl Remembered {
    /// What an upload is weighed against, where it goes on at the end that is remembered.
    pub(super) fn known(&self, community: CommunityId, upload: &Upload) -> Option<Known> {
        let communities = self.lock();
        let life = communities.get(&community)?.lives.get(&upload.after.incarnation)?;
        (life.kiosk == upload.kiosk && life.known.head == upload.after).then(|| life.known.clone())
    }

    /// Whether the plan of `arrival` is known to stand at the turn `taken`, which its transaction holds.
    pub(super) fn stands(&self, community: CommunityId, taken: u64, arrival: &Arrival) -> bool {
        let communities = self.lock();
        let Some(turns) = communities.get(&community) else { return false };
        let Some(life) = turns.lives.get(&arrival.life()) else { return false };
        let planned = &arrival.planned;
        turns.last + 1 == taken
            && life.turn + 1 >= turns.first
            && life.kiosk == arrival.upload.kiosk
            && life.known.head == planned.known.head
            && Extent::of(&life.known, 0) == Extent::of(&planned.known, planned.beside)
    }

    /// Remembers where the turn `taken`, which is committed, left journals.
    pub(super) fn note(&self, community: CommunityId, taken: u64, left: Vec<Left>) {
        let mut communities = self.lock();
        let turns = communities.entry(community).or_default();
        if turns.last + 1 != taken {
            turns.first = taken;
        }
        turns.last = taken;
        if turns.lives.len() + left.len() > LIVES {
            turns.lives.clear();
        }
        let opening: HashSet<_> = left.iter().filter(|left| left.opens).map(|left| left.kiosk).collect();
        for Left { kiosk, known, life, .. } in left {
            turns.lives.remove(&life);
            turns.lives.extend(known.map(|known| (life, Life { kiosk, known, turn: taken })));
        }
        // That a kiosk begins anew is something new to know of all its lives.
        turns.lives.retain(|_, life| !opening.contains(&life.kiosk));
    }

    /// Forgets a community: what became of a transaction is not known.
    pub(super) fn forget(&self, community: CommunityId) {
        self.lock().remove(&community);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CommunityId, Turns>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
