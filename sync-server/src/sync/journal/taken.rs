//! Taking in uploads: planned against what is held, appended, applied, published, all in one transaction.

use std::collections::{BTreeSet, HashSet};

use gatehouse::{
    api::problem::Code,
    entropy::Entropy,
    id::{CommunityId, EventId, IncarnationId, KioskId, PassId, VisitorId},
    journal::{
        Recorded,
        ingest::{Accepted, AcceptedDetails, Joined},
    },
    sync::{UploadAnswer, UploadOutcome, Visible},
    time::{DAY, UnixMs},
};

use super::{
    Arrival,
    arrival::{Extents, Planned},
    before::Before,
    effects::{self, Work, derived_id},
    known::Extent,
    reading::Reading,
    remembered::{Left, Remembered},
    room::Room,
    store::{
        cases::{self, NewAlert, NewDisagreement},
        events::{self, ExtentRecord, Moved, NewEvent},
    },
};
use crate::{
    feed,
    secrets::Sealer,
    store::{StoreError, Tx},
    sync::kiosk::Standing,
};

/// What uploads are taken in with.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Whose journals they are.
    pub community: CommunityId,
    /// Opens what kiosks sealed for the server.
    pub sealer: &'a Sealer,
    /// Now.
    pub now: UnixMs,
}

/// An upload's answer; a code where its sender may not deliver.
pub(super) type Settled = Result<UploadAnswer, Code>;

/// What becomes of uploads when the transaction is committed.
#[derive(Debug)]
pub(super) struct Taken {
    /// In the order of the arrivals.
    pub(super) answers: Vec<Settled>,
    /// The community's turn.
    pub(super) turn: u64,
    /// Where journals end then.
    pub(super) left: Vec<Left>,
}

/// Takes in uploads of one community, at most one of each life of a journal; the caller commits. The answers are in
/// the order of the arrivals.
pub async fn take_in(
    tx: &mut Tx,
    setting: Setting<'_>,
    arrivals: Vec<Arrival>,
    entropy: &mut impl Entropy,
) -> Result<Vec<Settled>, StoreError> {
    let turn = events::take_turn(tx, setting.community).await?;
    Ok(take_in_by(&Remembered::default(), tx, turn, setting, arrivals, entropy).await?.answers)
}

/// As [`take_in`], going by what is remembered of journals, in a transaction that has taken `turn`.
pub(super) async fn take_in_by(
    remembered: &Remembered,
    tx: &mut Tx,
    turn: u64,
    setting: Setting<'_>,
    arrivals: Vec<Arrival>,
    entropy: &mut impl Entropy,
) -> Result<Taken, StoreError> {
    let Setting { community, sealer, now } = setting;
    let stand = arrivals.iter().all(|arrival| remembered.stands(community, turn, arrival));
    let arrivals = if stand { arrivals } else { standing(tx, community, arrivals).await? };
    let readings: Vec<Vec<Reading>> = arrivals.iter().map(Reading::all).collect();
    let before = look(tx, community, &arrivals, &readings).await?;
    let mut appended = Appended { room: before.room(), ..Appended::default() };
    let mut settled = Vec::with_capacity(arrivals.len());
    for (arrival, readings) in arrivals.iter().zip(readings) {
        let refused = refused(&before, arrival);
        if refused.is_none() {
            appended.add(community, arrival, readings, &before, now);
        }
        settled.push(refused);
    }
    appended.write(tx, community, now, entropy).await?;
    let work = Work { community, sealer, now };
    let changes = effects::apply(tx, &work, &appended.readable, &before, entropy).await?;
    let head = feed::publish(tx, community, &changes, now, entropy).await?.head.seq;
    let Appended { readable, parked, left, .. } = appended;
    let answer = |arrival| answer(arrival, &readable, &parked, head);
    let answers = arrivals
        .into_iter()
        .zip(settled)
        .map(|(arrival, refused)| refused.map_or_else(|| Ok(answer(arrival)), Err));
    Ok(Taken { answers: answers.collect(), turn, left })
}

/// The arrivals with plans that fit what is held now that nobody else can change it.
async fn standing(
    tx: &mut Tx,
    community: CommunityId,
    arrivals: Vec<Arrival>,
) -> Result<Vec<Arrival>, StoreError> {
    let lives: Vec<IncarnationId> = arrivals.iter().map(Arrival::life).collect();
    let extents = events::extents(tx, community, &lives).await?.into_iter().map(|record| {
        let ExtentRecord { kiosk, incarnation, seq, beside, superseded_at } = record;
        ((kiosk, incarnation), Extent { seq, beside, superseded_at })
    });
    let extents: Extents = extents.collect();
    let mut standing = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        standing.push(arrival.renew(tx, community, &extents).await?);
    }
    Ok(standing)
}

async fn look(
    tx: &mut Tx,
    community: CommunityId,
    arrivals: &[Arrival],
    readings: &[Vec<Reading<'_>>],
) -> Result<Before, StoreError> {
    let senders = arrivals.iter().filter_map(|arrival| arrival.sender);
    let kiosks: BTreeSet<KioskId> = senders.chain(arrivals.iter().map(|one| one.upload.kiosk)).collect();
    let kiosks: Vec<KioskId> = kiosks.into_iter().collect();
    let readings = || readings.iter().flatten();
    let events: Vec<EventId> = readings().map(|reading| reading.accepted.event.id).collect();
    let visits: Vec<VisitorId> = readings().filter_map(Reading::visit).collect();
    let passes: Vec<PassId> = readings().filter_map(|reading| reading.pass).collect();
    Before::look(tx, community, &kiosks, &events, &visits, &passes).await
}

/// Why nothing is taken from who sends this: asked with each upload, so that revoking a kiosk takes effect at once.
fn refused(before: &Before, arrival: &Arrival) -> Option<Code> {
    let standing = before.standing(arrival.sender?);
    standing.map_or(Err(Code::Unauthenticated), Standing::delivers).err()
}

/// What is to be appended, its effects still to come.
#[derive(Default)]
struct Appended<'a> {
    moved: Vec<Moved>,
    joined: Vec<((KioskId, IncarnationId), Joined)>,
    left: Vec<Left>,
    new: Vec<NewEvent<'a>>,
    wrong: Vec<NewDisagreement>,
    suspicions: Vec<NewAlert>,
    readable: Vec<Recorded>,
    ids: HashSet<EventId>,
    room: Room,
    /// Kiosk, life and seq of those that cannot be read by this version.
    parked: HashSet<Place>,
}

type Place = (KioskId, IncarnationId, u64);

impl<'a> Appended<'a> {
    fn add(
        &mut self,
        community: CommunityId,
        arrival: &Arrival,
        readings: Vec<Reading<'a>>,
        before: &Before,
        now: UnixMs,
    ) {
        let moved = arrival.moved(community);
        self.left.push(Left::by(arrival, moved.as_ref()));
        self.moved.extend(moved);
        let life = (arrival.upload.kiosk, arrival.life());
        self.joined.extend(arrival.planned.plan.joined.iter().map(|joined| (life, *joined)));
        self.suspicions.extend(suspicions(arrival, now));
        for reading in readings {
            let event = &reading.accepted.event;
            let reading = if before.is_erased(event.id) { reading.forgotten() } else { reading };
            let reading = if before.is_of_thief(event) { reading.kept() } else { reading };
            // Uses and undoing go by an event's id, and no other event is to be mistaken for it.
            let is_taken = before.is_held(event.id) || !self.ids.insert(event.id);
            let reading = if is_taken { reading.kept() } else { reading };
            if is_taken {
                let (theirs, ours) = ("an id that another event has", "kept, and not applied");
                self.wrong.push(differs(reading.accepted, "EVENT_ID", theirs, ours));
            }
            let is_full = reading.visit().is_some_and(|visit| !self.room.for_visit(visit));
            let reading = if is_full { reading.kept() } else { reading };
            if is_full {
                let (theirs, ours) =
                    ("one more event about a visit that has very many", "kept, and not applied");
                self.wrong.push(differs(reading.accepted, "VISIT_FULL", theirs, ours));
            }
            let is_full = reading.pass.is_some_and(|pass| !self.room.for_pass(pass));
            let reading = if is_full { reading.apart_from_pass() } else { reading };
            if reading.accepted.details == AcceptedDetails::Wrong {
                let theirs = "details that do not match their digest";
                self.wrong.push(differs(reading.accepted, "DETAILS", theirs, "dropped"));
            }
            self.new.push(reading.to_store());
            match reading.recorded {
                Some(recorded) => self.readable.push(recorded),
                None => self.parked.extend([(event.kiosk, event.incarnation, event.seq)]),
            }
        }
    }

    async fn write(
        &self,
        tx: &mut Tx,
        community: CommunityId,
        now: UnixMs,
        entropy: &mut impl Entropy,
    ) -> Result<(), StoreError> {
        events::move_heads(tx, community, &self.moved, now).await?;
        for ((kiosk, incarnation), joined) in &self.joined {
            events::join(tx, community, *kiosk, *incarnation, joined).await?;
        }
        events::insert(tx, community, &self.new, now).await?;
        cases::insert_disagreements(tx, community, &self.wrong, now).await?;
        cases::raise(tx, community, &self.suspicions, now, entropy).await
    }
}

fn answer(arrival: Arrival, readable: &[Recorded], unread: &HashSet<Place>, head: u64) -> UploadAnswer {
    let (kiosk, life) = (arrival.upload.kiosk, arrival.life());
    let Planned { plan, parked, .. } = arrival.planned;
    let of_this = |recorded: &&Recorded| (recorded.event.kiosk, recorded.event.incarnation) == (kiosk, life);
    let applied = readable.iter().filter(of_this).map(|recorded| Visible {
        event: recorded.event.seq,
        feed: if effects::is_seen(recorded) { head } else { 0 },
    });
    let mut answer = plan.answer(applied, head);
    // What a parked event changes is not in the feed yet: its kiosk goes on laying it over.
    let is_parked = |seq| parked.contains(&seq) || unread.contains(&(kiosk, life, seq));
    answer.visible.retain(|visible| !is_parked(visible.event));
    answer
}

/// What admins are told of an event that is not taken as it came.
fn differs(accepted: &Accepted, found: &'static str, theirs: &str, ours: &str) -> NewDisagreement {
    NewDisagreement {
        event: accepted.event.id,
        kiosk: accepted.event.kiosk,
        found,
        theirs: theirs.to_owned(),
        ours: ours.to_owned(),
    }
}

/// What tells admins that something of a stolen kiosk came in: its key was in other hands.
const HANDED_IN: &str = "SEALED_JOURNAL";

/// What an upload gives admins to look at: a fork, two lives of one key, something of a stolen kiosk (once a day).
fn suspicions(arrival: &Arrival, now: UnixMs) -> Vec<NewAlert> {
    let Arrival { upload, planned: Planned { plan, .. }, handed_in, .. } = arrival;
    let raise = |what: &[u8], kind: &str| NewAlert {
        id: derived_id(what, upload.after.incarnation.0),
        kind: kind.to_owned(),
        at: now,
        kiosk: upload.kiosk,
        gate: None,
        unit: None,
        pass: None,
        visitor: None,
    };
    let mut alerts = Vec::new();
    if matches!(plan.outcome, UploadOutcome::Fork(_)) && !plan.beside.is_empty() {
        alerts.push(raise(b"fork", "JOURNAL_FORKED"));
    }
    if plan.two_lives {
        alerts.push(raise(b"two lives", "JOURNAL_TWO_LIVES"));
    }
    if handed_in.is_some() && arrival.accepted().next().is_some() {
        let what = format!("{HANDED_IN} {}", now.0.div_euclid(DAY));
        let id = derived_id(what.as_bytes(), upload.kiosk.0);
        alerts.push(NewAlert { id, gate: *handed_in, ..raise(&[], HANDED_IN) });
    }
    alerts
}
