//! Visits as an order-free fold over the passages that are known.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    id::{EventId, PassId, VisitorId},
    journal::{Act, Event},
    time::UnixMs,
};

/// What one event says of somebody going in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The event.
    pub event: EventId,
    /// When it was.
    pub at: UnixMs,
    /// What it says.
    pub kind: PassageKind,
}

/// What one event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassageKind {
    /// Somebody came in.
    Entry {
        /// The visit that began.
        visit: VisitorId,
        /// The pass that was used.
        pass: Option<PassId>,
    },
    /// Somebody went out whose entry was known.
    Exit {
        /// The visit that ended.
        visit: VisitorId,
        /// True when nobody saw it.
        assumed: bool,
    },
    /// Somebody went out whose entry was not known at that gate.
    ExitUnpaired {
        /// The pass that was shown.
        pass: Option<PassId>,
    },
    /// An earlier event was a slip.
    Undo {
        /// The event that is taken back.
        of: EventId,
    },
}

impl Passage {
    /// What a journal event says of somebody going in or out, if anything.
    pub fn of(event: &Event, act: &Act) -> Option<Self> {
        let kind = match act {
            Act::Admitted { visit, pass, .. } => PassageKind::Entry { visit: *visit, pass: *pass },
            Act::Exited { visit, assumed, .. } => PassageKind::Exit { visit: *visit, assumed: *assumed },
            Act::ExitUnpaired { pass, .. } => PassageKind::ExitUnpaired { pass: *pass },
            Act::Undone { event } => PassageKind::Undo { of: *event },
            _ => return None,
        };
        Some(Self { event: event.id, at: event.at, kind })
    }
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The event that says so.
    pub event: EventId,
    /// When.
    pub at: UnixMs,
    /// False when nobody saw it and an overlong stay was closed.
    pub seen: bool,
}

/// One visit: who is inside is whoever has entered and not left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The visit; absent for an exit whose entry nobody knows.
    pub visit: Option<VisitorId>,
    /// The pass that was used.
    pub pass: Option<PassId>,
    /// The entry: its event and when.
    pub entered: Option<(EventId, UnixMs)>,
    /// The exit.
    pub left: Option<Left>,
}

impl Visit {
    /// Whether the visitor is inside.
    pub fn is_inside(&self) -> bool {
        self.entered.is_some() && self.left.is_none()
    }
}

/// Whether an exit without a known entry, at `exit`, may end a stay: one that began before it and was not seen
/// to end, nor taken to be over by then. Of several such stays it ends the one that began last.
pub fn may_end(entered: UnixMs, left: Option<(UnixMs, bool)>, exit: UnixMs) -> bool {
    entered <= exit && left.is_none_or(|(at, seen)| !seen && at >= exit)
}

/// The visits that the given passages make. The same set gives the same visits whatever its order, and a
/// passage given twice counts once.
///
/// An undo takes its event back wherever it stands; an undo of an undo does nothing. An exit ends the
/// visit that it names, also when its entry comes to be known later; of several exits a seen one wins
/// over an assumed one, then the earliest. An unpaired exit ends the visit of the same pass that was
/// entered last before it and not left by then, and stands alone where there is none. Visits come in
/// order of entry, then lone exits.
pub fn visits<'a>(passages: impl IntoIterator<Item = &'a Passage>) -> Vec<Visit> {
    let all: BTreeMap<EventId, &Passage> = passages.into_iter().map(|one| (one.event, one)).collect();
    let undone: BTreeSet<EventId> = all
        .values()
        .filter_map(|one| match one.kind {
            PassageKind::Undo { of } => Some(of),
            _ => None,
        })
        .collect();
    let mut standing: Vec<&Passage> =
        all.into_values().filter(|passage| !undone.contains(&passage.event)).collect();
    standing.sort_by_key(|passage| (passage.at, passage.event));

    let mut open = enter(&standing);
    exit(&mut open, &standing);
    let lone = exit_unpaired(&mut open, &standing);
    open.extend(lone);
    open
}

fn enter(standing: &[&Passage]) -> Vec<Visit> {
    let mut seen = BTreeSet::new();
    let mut visits = Vec::new();
    for passage in standing {
        let PassageKind::Entry { visit, pass } = passage.kind else { continue };
        if seen.insert(visit) {
            let entered = Some((passage.event, passage.at));
            visits.push(Visit { visit: Some(visit), pass, entered, left: None });
        }
    }
    visits
}

fn exit(visits: &mut Vec<Visit>, standing: &[&Passage]) {
    let mut place: BTreeMap<VisitorId, usize> =
        visits.iter().enumerate().filter_map(|(index, one)| Some((one.visit?, index))).collect();
    for passage in standing {
        let PassageKind::Exit { visit, assumed } = passage.kind else { continue };
        let left = Left { event: passage.event, at: passage.at, seen: !assumed };
        let index = *place.entry(visit).or_insert_with(|| {
            visits.push(Visit { visit: Some(visit), pass: None, entered: None, left: None });
            visits.len() - 1
        });
        let known = &mut visits[index].left;
        if known.is_none_or(|known| left.seen && !known.seen) {
            *known = Some(left);
        }
    }
}

fn exit_unpaired(visits: &mut [Visit], standing: &[&Passage]) -> Vec<Visit> {
    let mut by_pass: BTreeMap<PassId, Vec<usize>> = BTreeMap::new();
    for (index, one) in visits.iter().enumerate() {
        if let (Some(pass), Some(_)) = (one.pass, one.entered) {
            by_pass.entry(pass).or_default().push(index);
        }
    }
    let mut lone = Vec::new();
    for passage in standing {
        let PassageKind::ExitUnpaired { pass } = passage.kind else { continue };
        let left = Left { event: passage.event, at: passage.at, seen: true };
        let candidates = pass.and_then(|pass| by_pass.get(&pass)).map_or(&[][..], Vec::as_slice);
        let entered_last = candidates.iter().rev().copied().find(|index| {
            let left = visits[*index].left.map(|left| (left.at, left.seen));
            visits[*index].entered.is_some_and(|(_, at)| may_end(at, left, passage.at))
        });
        match entered_last {
            Some(index) => visits[index].left = Some(left),
            None => lone.push(Visit { visit: None, pass, entered: None, left: Some(left) }),
        }
    }
    lone
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn event(number: u128) -> EventId {
        EventId(Uuid::from_u128(number))
    }

    fn visit(number: u128) -> VisitorId {
        VisitorId(Uuid::from_u128(number))
    }

    fn pass(number: u128) -> PassId {
        PassId(Uuid::from_u128(number))
    }

    fn passage(number: u128, at: i64, kind: PassageKind) -> Passage {
        Passage { event: event(number), at: UnixMs(at), kind }
    }

    fn entry(number: u128, at: i64, of: u128, by: Option<u128>) -> Passage {
        passage(number, at, PassageKind::Entry { visit: visit(of), pass: by.map(pass) })
    }

    #[test]
    fn an_exit_that_arrives_before_its_entry_is_fine() {
        let exit = passage(1, 20, PassageKind::Exit { visit: visit(7), assumed: false });
        let alone = visits([&exit]);
        assert!(alone.len() == 1 && !alone[0].is_inside());
        let both = visits([&exit, &entry(2, 10, 7, None)]);
        assert_eq!(both.len(), 1);
        assert_eq!(both[0].entered, Some((event(2), UnixMs(10))));
        assert_eq!(both[0].left.map(|left| left.at), Some(UnixMs(20)));
    }

    #[test]
    fn an_undone_entry_never_was_and_an_undone_exit_leaves_them_inside() {
        let came = entry(1, 10, 7, None);
        let went = passage(2, 20, PassageKind::Exit { visit: visit(7), assumed: false });
        let undo_exit = passage(3, 30, PassageKind::Undo { of: event(2) });
        let undo_entry = passage(4, 40, PassageKind::Undo { of: event(1) });
        assert!(visits([&came, &went, &undo_exit])[0].is_inside());
        assert!(visits([&came, &undo_entry]).is_empty());
    }

    #[test]
    fn an_unpaired_exit_finds_the_entry_that_another_gate_reports_later() {
        let out = passage(9, 50, PassageKind::ExitUnpaired { pass: Some(pass(3)) });
        let lone = visits([&out]);
        assert_eq!((lone[0].visit, lone[0].left.map(|left| left.seen)), (None, Some(true)));
        let first = entry(1, 10, 7, Some(3));
        let gone = passage(2, 20, PassageKind::Exit { visit: visit(7), assumed: false });
        let second = entry(3, 30, 8, Some(3));
        let later = entry(4, 60, 9, Some(3));
        let all = visits([&out, &later, &first, &gone, &second]);
        let left: Vec<_> = all.iter().map(|one| one.left.map(|left| left.at.0)).collect();
        assert_eq!(left, [Some(20), Some(50), None]);
    }

    #[test]
    fn a_seen_exit_wins_over_an_assumed_one() {
        let came = entry(1, 10, 7, Some(3));
        let assumed = passage(2, 90, PassageKind::Exit { visit: visit(7), assumed: true });
        let seen = passage(3, 95, PassageKind::Exit { visit: visit(7), assumed: false });
        assert_eq!(visits([&came, &assumed, &seen])[0].left.map(|left| left.event), Some(event(3)));
        let unpaired = passage(4, 50, PassageKind::ExitUnpaired { pass: Some(pass(3)) });
        let all = visits([&came, &assumed, &unpaired]);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].left.map(|left| (left.at.0, left.seen)), Some((50, true)));
    }

    fn any_passage() -> impl Strategy<Value = Passage> {
        let kind = prop_oneof![
            (0u128..4, proptest::option::of(0u128..3))
                .prop_map(|(of, by)| PassageKind::Entry { visit: visit(of), pass: by.map(pass) }),
            (0u128..4, any::<bool>())
                .prop_map(|(of, assumed)| PassageKind::Exit { visit: visit(of), assumed }),
            proptest::option::of(0u128..3).prop_map(|by| PassageKind::ExitUnpaired { pass: by.map(pass) }),
            (0u128..12).prop_map(|of| PassageKind::Undo { of: event(of) }),
        ];
        (0i64..20, kind).prop_map(|(at, kind)| passage(0, at, kind))
    }

    proptest! {
        #[test]
        fn the_order_of_events_does_not_matter_and_doubles_do_not_count(
            passages in proptest::collection::vec(any_passage(), 0..12),
            shuffle in any::<u64>(),
            doubled in any::<prop::sample::Index>(),
        ) {
            let passages: Vec<_> =
                passages.into_iter().zip(0u128..).map(|(one, n)| Passage { event: event(n), ..one }).collect();
            let expected = visits(&passages);
            let mut mixed = passages.clone();
            mixed.sort_by_key(|one| one.event.0.as_u128().wrapping_mul(u128::from(shuffle) | 1) % 10_007);
            if !passages.is_empty() {
                mixed.push(passages[doubled.index(passages.len())].clone());
            }
            prop_assert_eq!(visits(&mixed), expected);
        }

        #[test]
        fn every_standing_entry_is_one_visit_and_every_exit_ends_at_most_one(
            passages in proptest::collection::vec(any_passage(), 0..12),
        ) {
            let passages: Vec<_> =
                passages.into_iter().zip(0u128..).map(|(one, n)| Passage { event: event(n), ..one }).collect();
            let all = visits(&passages);
            let mut ids: Vec<_> = all.iter().filter_map(|one| one.visit).collect();
            let mut exits: Vec<_> = all.iter().filter_map(|one| one.left.map(|left| left.event)).collect();
            let (visits, left) = (ids.len(), exits.len());
            ids.sort_unstable();
            ids.dedup();
            exits.sort_unstable();
            exits.dedup();
            prop_assert_eq!((ids.len(), exits.len()), (visits, left));
        }
    }
}
