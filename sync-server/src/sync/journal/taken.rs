//! Taking in uploads: planned against what is held, appended, applied, published, all in one transaction.

use std::collections::{HashMap, HashSet};

use gatehouse::{
    entropy::Entropy,
    id::{CommunityId, EventId, IncarnationId, KioskId},
    journal::{
        Act, Head, Recorded, genesis,
        ingest::{self, Accepted, AcceptedDetails, Known, Plan},
    },
    keys::PublicKey,
    sync::{Upload, UploadAnswer, UploadOutcome, Visible},
    time::UnixMs,
};

use super::{
    effects::{self, Work, derived_id, pass_of},
    known::{self, Found},
    store::{
        cases::{self, NewAlert, NewDisagreement},
        events::{self, Moved, NewEvent, Opening},
    },
};
use crate::{
    feed,
    secrets::Sealer,
    store::{StoreError, Tx},
    sync::kiosk::{self, Enrolled},
};

/// Signatures of so many events are checked where they arrived: handing them to another thread would cost more.
const FEW: usize = 4;

/// An upload that has arrived, with the plan made for it before the transaction that takes it in.
///
/// Checking signatures is the costly part; the plan stands if its journal has not changed since.
#[derive(Debug)]
pub struct Arrival {
    upload: Upload,
    public: PublicKey,
    planned: Planned,
}

#[derive(Debug)]
struct Planned {
    known: Known,
    beside: u64,
    parked: Vec<u64>,
    turn: Option<u64>,
    plan: Plan,
}

impl Planned {
    async fn make(
        tx: &mut Tx,
        community: CommunityId,
        public: PublicKey,
        upload: Upload,
    ) -> Result<(Upload, Self), StoreError> {
        let Found { known, beside, parked, turn } = known::find(tx, community, public, &upload).await?;
        let few = upload.events.len() <= FEW;
        let plan = move || {
            let plan = ingest::plan(&upload, &known);
            (upload, Self { known, beside, parked, turn, plan })
        };
        if few {
            return Ok(plan());
        }
        tokio::task::spawn_blocking(plan).await.map_err(|_| StoreError::WorkerCrashed)
    }
}

impl Arrival {
    /// Plans for what a kiosk sends of its own journal. `tx` only reads.
    pub async fn weigh_own(tx: &mut Tx, kiosk: &Enrolled, upload: Upload) -> Result<Self, StoreError> {
        let (upload, planned) = Planned::make(tx, kiosk.community, kiosk.public, upload).await?;
        Ok(Self { upload, public: kiosk.public, planned })
    }

    /// Plans for an upload; nothing when its kiosk is not of this community. `tx` only reads.
    pub async fn weigh(
        tx: &mut Tx,
        community: CommunityId,
        upload: Upload,
    ) -> Result<Option<Self>, StoreError> {
        let kiosk = kiosk::enrolled(tx, upload.kiosk).await?;
        let Some(kiosk) = kiosk.filter(|kiosk| kiosk.community == community) else { return Ok(None) };
        Self::weigh_own(tx, &kiosk, upload).await.map(Some)
    }

    /// Which life of a journal it is of. One transaction takes in one upload of each.
    pub(super) fn life(&self) -> IncarnationId {
        self.upload.after.incarnation
    }

    /// The plan again, if the journal has changed since it was made.
    async fn renew(
        self,
        tx: &mut Tx,
        community: CommunityId,
        extents: &HashMap<(KioskId, IncarnationId), (u64, u64)>,
    ) -> Result<Self, StoreError> {
        let Self { upload, public, planned } = self;
        let extent = extents.get(&(upload.kiosk, upload.after.incarnation)).copied().unwrap_or_default();
        if extent == (planned.known.head.seq, planned.beside) {
            return Ok(Self { upload, public, planned });
        }
        let (upload, planned) = Planned::make(tx, community, public, upload).await?;
        Ok(Self { upload, public, planned })
    }
}

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

/// What a transaction that took uploads in changed.
#[derive(Debug)]
pub struct Turn {
    number: u64,
    lives: HashSet<IncarnationId>,
}

impl Turn {
    /// Whether what `arrival` was planned against stands at the turn `taken`: nobody had one in between, or only this
    /// one, with other lives.
    fn lets_stand(before: Option<&Self>, arrival: &Arrival, taken: u64) -> bool {
        let since = arrival.planned.turn.map(|seen| taken.saturating_sub(seen));
        match (since, before) {
            (Some(1), _) => true,
            (Some(2), Some(before)) => before.number + 1 == taken && !before.lives.contains(&arrival.life()),
            _ => false,
        }
    }
}

/// Takes in uploads of one community, at most one of each life of a journal; the caller commits. The answers are in
/// the order of the arrivals.
pub async fn take_in(
    tx: &mut Tx,
    setting: Setting<'_>,
    arrivals: Vec<Arrival>,
    entropy: &mut impl Entropy,
) -> Result<Vec<UploadAnswer>, StoreError> {
    let (answers, _) = take_in_after(tx, setting, arrivals, None, entropy).await?;
    Ok(answers)
}

/// As [`take_in`], knowing what the caller's transaction before did if it was committed; tells the same of this one.
pub(super) async fn take_in_after(
    tx: &mut Tx,
    setting: Setting<'_>,
    arrivals: Vec<Arrival>,
    before: Option<&Turn>,
    entropy: &mut impl Entropy,
) -> Result<(Vec<UploadAnswer>, Turn), StoreError> {
    let Setting { community, sealer, now } = setting;
    let number = events::take_turn(tx, community).await?;
    let stand = arrivals.iter().all(|arrival| Turn::lets_stand(before, arrival, number));
    let arrivals = if stand { arrivals } else { standing(tx, community, arrivals).await? };
    let turn = Turn { number, lives: arrivals.iter().map(Arrival::life).collect() };
    let appended = append(tx, community, &arrivals, now).await?;
    let work = Work { community, sealer, now };
    let changes = effects::apply(tx, &work, &appended.readable, entropy).await?;
    let published = feed::publish(tx, community, &changes, now, entropy).await?;
    let head = published.head.seq;
    let answers = arrivals.into_iter().map(|arrival| appended.answer(arrival, head)).collect();
    Ok((answers, turn))
}

/// The arrivals with plans that fit what is held now that nobody else can change it.
async fn standing(
    tx: &mut Tx,
    community: CommunityId,
    arrivals: Vec<Arrival>,
) -> Result<Vec<Arrival>, StoreError> {
    let lives: Vec<IncarnationId> = arrivals.iter().map(Arrival::life).collect();
    let extents = events::extents(tx, community, &lives).await?;
    let extents: HashMap<_, _> = extents
        .into_iter()
        .map(|extent| ((extent.kiosk, extent.incarnation), (extent.seq, extent.beside)))
        .collect();
    let mut standing = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        standing.push(arrival.renew(tx, community, &extents).await?);
    }
    Ok(standing)
}

/// Events that were appended, their effects still to come.
#[derive(Default)]
struct Appended {
    readable: Vec<Recorded>,
    /// Kiosk, life and seq of those that cannot be read by this version.
    parked: HashSet<(KioskId, IncarnationId, u64)>,
}

impl Appended {
    fn answer(&self, arrival: Arrival, head: u64) -> UploadAnswer {
        let (kiosk, life) = (arrival.upload.kiosk, arrival.life());
        let Planned { plan, parked, .. } = arrival.planned;
        let of_this =
            |recorded: &&Recorded| (recorded.event.kiosk, recorded.event.incarnation) == (kiosk, life);
        let applied = self.readable.iter().filter(of_this).map(|recorded| Visible {
            event: recorded.event.seq,
            feed: if effects::is_seen(recorded) { head } else { 0 },
        });
        let mut answer = plan.answer(applied, head);
        // What a parked event changes is not in the feed yet: its kiosk goes on laying it over.
        let is_parked = |seq| parked.contains(&seq) || self.parked.contains(&(kiosk, life, seq));
        answer.visible.retain(|visible| !is_parked(visible.event));
        answer
    }
}

/// An upload's new events, with whether each is in the chain.
fn accepted(arrival: &Arrival) -> impl Iterator<Item = (&Accepted, bool)> {
    let plan = &arrival.planned.plan;
    plan.append.iter().map(|one| (one, true)).chain(plan.beside.iter().map(|one| (one, false)))
}

async fn append(
    tx: &mut Tx,
    community: CommunityId,
    arrivals: &[Arrival],
    now: UnixMs,
) -> Result<Appended, StoreError> {
    let mut appended = Appended::default();
    let erased = erased(tx, community, arrivals).await?;
    let mut new = Vec::new();
    let mut wrong = Vec::new();
    for (accepted, in_chain) in arrivals.iter().flat_map(accepted) {
        let details = match &accepted.details {
            AcceptedDetails::Here(bytes) if !erased.contains(&accepted.event.id) => Some(bytes.as_slice()),
            AcceptedDetails::Wrong => {
                wrong.push(wrong_details(accepted));
                None
            }
            _ => None,
        };
        let recorded = Recorded::read(accepted.event.clone(), details);
        let (visit, pass) = recorded.as_ref().map_or((None, None), |read| (read.visit(), pass_of(&read.act)));
        new.push(NewEvent { accepted, in_chain, visit, pass, details, parked: recorded.is_err() });
        let Ok(recorded) = recorded else {
            let event = &accepted.event;
            appended.parked.insert((event.kiosk, event.incarnation, event.seq));
            continue;
        };
        appended.readable.push(recorded);
    }
    let moved: Vec<Moved> = arrivals.iter().filter_map(|arrival| moved(community, arrival)).collect();
    events::move_heads(tx, community, &moved, now).await?;
    for Arrival { upload, planned, .. } in arrivals {
        for joined in &planned.plan.joined {
            events::join(tx, community, upload.kiosk, upload.after.incarnation, joined).await?;
        }
    }
    events::insert(tx, community, &new, now).await?;
    cases::insert_disagreements(tx, community, &wrong, now).await?;
    let suspicions: Vec<NewAlert> = arrivals.iter().flat_map(|arrival| suspicions(arrival, now)).collect();
    cases::raise(tx, community, &suspicions).await?;
    Ok(appended)
}

fn wrong_details(accepted: &Accepted) -> NewDisagreement {
    NewDisagreement {
        event: accepted.event.id,
        kiosk: accepted.event.kiosk,
        found: "DETAILS",
        theirs: "details that do not match their digest".to_owned(),
        ours: "dropped".to_owned(),
    }
}

async fn erased(
    tx: &mut Tx,
    community: CommunityId,
    arrivals: &[Arrival],
) -> Result<HashSet<EventId>, StoreError> {
    let with_details: Vec<EventId> = arrivals
        .iter()
        .flat_map(accepted)
        .filter(|(accepted, _)| matches!(accepted.details, AcceptedDetails::Here(_)))
        .map(|(accepted, _)| accepted.event.id)
        .collect();
    Ok(events::erased(tx, community, &with_details).await?.into_iter().collect())
}

/// Where a chain ends once its upload is taken in; nothing when that brings nothing new. Events beside a chain need
/// the journal to be there as well.
fn moved(community: CommunityId, arrival: &Arrival) -> Option<Moved> {
    let Arrival { upload, planned: Planned { known, plan, .. }, .. } = arrival;
    if plan.append.is_empty() && plan.beside.is_empty() {
        return None;
    }
    let incarnation = upload.after.incarnation;
    let head = match plan.append.last() {
        Some(last) => Head { incarnation, seq: last.event.seq, hash: last.signed.hash },
        None if known.head.seq > 0 => known.head,
        None => Head { incarnation, seq: 0, hash: genesis(community, upload.kiosk, incarnation) },
    };
    let opening = plan.append.first().map_or_else(Opening::default, opening);
    Some(Moved { kiosk: upload.kiosk, head, beside: plan.beside.len() as u64, opening })
}

fn opening(first: &Accepted) -> Opening {
    match Act::read(first.event.kind, &first.event.body) {
        Ok(Act::Opened { follows, .. }) if first.event.seq == 1 => {
            Opening { follows: follows.map(|head| head.incarnation), at: Some(first.event.at) }
        }
        _ => Opening::default(),
    }
}

/// What an upload gives admins to look at: a fork, two lives of one key.
fn suspicions(arrival: &Arrival, now: UnixMs) -> Vec<NewAlert> {
    let Arrival { upload, planned: Planned { plan, .. }, .. } = arrival;
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
    alerts
}
