//! Taking in uploads: planned against what is held, appended, applied, published, all in one transaction.

use std::collections::HashSet;

use gatehouse::{
    entropy::Entropy,
    id::{CommunityId, EventId},
    journal::{
        Act, Head, Recorded, genesis,
        ingest::{self, Accepted, AcceptedDetails, Known, Plan},
    },
    sync::{Upload, UploadAnswer, UploadOutcome, Visible},
    time::UnixMs,
};

use super::{
    effects::{self, Work, derived_id, pass_of},
    known,
    store::{
        cases::{self, NewAlert, NewDisagreement},
        events::{self, NewEvent, Opening},
    },
};
use crate::{
    feed,
    secrets::Sealer,
    store::{StoreError, Tx},
};

/// An upload that has arrived, with the plan made for it before the transaction that takes it in.
///
/// Checking signatures is the costly part; the plan stands if what is held has not changed since.
#[derive(Debug)]
pub struct Arrival {
    upload: Upload,
    known: Known,
    plan: Plan,
}

impl Arrival {
    /// Plans for an upload; nothing when its kiosk is not of this community. `tx` only reads.
    pub async fn weigh(
        tx: &mut Tx,
        community: CommunityId,
        upload: Upload,
    ) -> Result<Option<Self>, StoreError> {
        let Some((known, _)) = known::known(tx, community, &upload).await? else { return Ok(None) };
        let planned = tokio::task::spawn_blocking(move || {
            let plan = ingest::plan(&upload, &known);
            Self { upload, known, plan }
        });
        planned.await.map(Some).map_err(|_| StoreError::WorkerCrashed)
    }

    fn stands(&self, now_known: &Known) -> bool {
        let known = &self.known;
        known.head == now_known.head
            && known.superseded_at == now_known.superseded_at
            && known.held.len() == now_known.held.len()
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

/// Takes in uploads of one community, in order; the caller commits. The answers are in the order of the arrivals.
pub async fn take_in(
    tx: &mut Tx,
    setting: Setting<'_>,
    arrivals: Vec<Arrival>,
    entropy: &mut impl Entropy,
) -> Result<Vec<UploadAnswer>, StoreError> {
    let Setting { community, sealer, now } = setting;
    events::take_turn(tx, community).await?;
    let mut settled = Vec::with_capacity(arrivals.len());
    let mut taken = Vec::new();
    for arrival in arrivals {
        let one = append(tx, community, arrival, now).await?;
        taken.extend(one.readable.iter().cloned());
        settled.push(one);
    }
    let work = Work { community, sealer, now };
    let changes = effects::apply(tx, &work, &taken, entropy).await?;
    let published = feed::publish(tx, community, &changes, now, entropy).await?;
    let head = published.head.seq;
    Ok(settled.into_iter().map(|one| one.answer(head)).collect())
}

/// An upload that was appended, its effects still to come.
struct Appended {
    plan: Plan,
    readable: Vec<Recorded>,
    parked: HashSet<u64>,
}

impl Appended {
    fn answer(self, head: u64) -> UploadAnswer {
        let Self { plan, readable, parked } = self;
        let applied = readable.iter().map(|recorded| Visible {
            event: recorded.event.seq,
            feed: if effects::is_seen(recorded) { head } else { 0 },
        });
        let mut answer = plan.answer(applied, head);
        // What a parked event changes is not in the feed yet: its kiosk goes on laying it over.
        answer.visible.retain(|visible| !parked.contains(&visible.event));
        answer
    }
}

async fn append(
    tx: &mut Tx,
    community: CommunityId,
    arrival: Arrival,
    now: UnixMs,
) -> Result<Appended, StoreError> {
    let Some((known, parked)) = known::known(tx, community, &arrival.upload).await? else {
        return Err(StoreError::RowNotFound);
    };
    let plan = if arrival.stands(&known) { arrival.plan } else { ingest::plan(&arrival.upload, &known) };
    let mut appended = Appended { readable: Vec::new(), parked: parked.into_iter().collect(), plan };
    let plan = &appended.plan;
    if plan.append.is_empty() && plan.beside.is_empty() {
        return Ok(appended);
    }
    move_head(tx, community, &arrival.upload, &known, plan, now).await?;
    let erased = erased(tx, community, plan).await?;
    let mut new = Vec::with_capacity(plan.append.len() + plan.beside.len());
    let mut wrong = Vec::new();
    for (accepted, in_chain) in
        plan.append.iter().map(|one| (one, true)).chain(plan.beside.iter().map(|one| (one, false)))
    {
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
        match recorded {
            Ok(recorded) => appended.readable.push(recorded),
            Err(_) => {
                appended.parked.insert(accepted.event.seq);
            }
        }
    }
    events::insert(tx, community, &new, now).await?;
    cases::insert_disagreements(tx, community, &wrong, now).await?;
    cases::raise(tx, community, &suspicions(&arrival.upload, plan, now)).await?;
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

async fn erased(tx: &mut Tx, community: CommunityId, plan: &Plan) -> Result<HashSet<EventId>, StoreError> {
    let with_details: Vec<EventId> = plan
        .append
        .iter()
        .chain(&plan.beside)
        .filter(|accepted| matches!(accepted.details, AcceptedDetails::Here(_)))
        .map(|accepted| accepted.event.id)
        .collect();
    Ok(events::erased(tx, community, &with_details).await?.into_iter().collect())
}

/// Notes where the chain ends once the plan is carried out. Events beside it need the journal to be there as well.
async fn move_head(
    tx: &mut Tx,
    community: CommunityId,
    upload: &Upload,
    known: &Known,
    plan: &Plan,
    now: UnixMs,
) -> Result<(), StoreError> {
    let incarnation = upload.after.incarnation;
    let head = match plan.append.last() {
        Some(last) => Head { incarnation, seq: last.event.seq, hash: last.signed.hash },
        None if known.head.seq > 0 => known.head,
        None => Head { incarnation, seq: 0, hash: genesis(community, upload.kiosk, incarnation) },
    };
    let opening = plan.append.first().map_or_else(Opening::default, opening);
    events::move_head(tx, community, upload.kiosk, &head, opening, now).await
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
fn suspicions(upload: &Upload, plan: &Plan, now: UnixMs) -> Vec<NewAlert> {
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
