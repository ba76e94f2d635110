//! What newly taken events change: visits, uses, alerts, and the feed.

use std::collections::{BTreeSet, HashMap, HashSet};

use gatehouse::{
    entropy::Entropy,
    feed::row::{Body, PassRow, UseRow},
    hash::Hash,
    id::{CommunityId, EventId, KioskId, PassId, VisitorId},
    journal::{Act, AlertCode, Effect, Recorded},
    keys::SealSecret,
    spoken::{Challenge, SpokenAnswer},
    time::UnixMs,
};
use uuid::Uuid;

use super::{
    before::Before,
    disagreement::{self, Rows},
    revoked,
    store::{
        cases::{self, NewAlert, NewDoubleUse},
        events,
        undone::{self, Undone},
        uses::{self, NewUse, Pass},
    },
    telling,
};
use crate::{
    feed::Change,
    keyring,
    secrets::Sealer,
    store::{StoreError, Tx},
    sync::feed,
};

/// What a transaction that takes in events works with.
pub(super) struct Work<'a> {
    pub(super) community: CommunityId,
    pub(super) sealer: &'a Sealer,
    pub(super) now: UnixMs,
}

/// Applies what `taken` events, which came upon `before`, change, all but the feed's rows: those are returned, to be
/// published last.
pub(super) async fn apply(
    tx: &mut Tx,
    work: &Work<'_>,
    taken: &[Recorded],
    before: &Before,
    entropy: &mut impl Entropy,
) -> Result<Vec<Change>, StoreError> {
    let mut told = Gathered::of(taken);
    let mut changes = take_back(tx, work, &mut told).await?;
    let early = taken.iter().map(|recorded| &recorded.event).filter(|event| before.is_undone(event));
    let undone: HashSet<EventId> =
        told.undone.iter().map(|undone| undone.event).chain(early.map(|event| event.id)).collect();
    let passes = passes(tx, work, taken).await?;
    changes.extend(use_passes(tx, work, &told, &passes, &undone, entropy).await?);
    let counting: Vec<&Recorded> =
        taken.iter().filter(|recorded| !undone.contains(&recorded.event.id)).collect();
    let retold = telling::tell(tx, work, &told.visits, &told.unpaired, &counting, &passes, before).await?;
    changes.extend(retold.changes);
    told.alerts.extend(retold.twice);
    told.alerts.extend(duress(tx, work, taken).await?);
    let revoked = counting.iter().filter_map(|recorded| revoked::admitted(recorded, &passes));
    let (alerts, mut differing): (Vec<_>, Vec<_>) = revoked.unzip();
    told.alerts.extend(alerts);
    cases::raise(tx, work.community, &told.alerts, work.now, entropy).await?;
    let rows = pass_rows(tx, work, taken).await?;
    differing.extend(taken.iter().flat_map(|recorded| disagreement::weigh(recorded, &rows)));
    cases::insert_disagreements(tx, work.community, &differing, work.now).await?;
    Ok(changes)
}

/// Whether an event changes a row that kiosks see.
pub(super) fn is_seen(recorded: &Recorded) -> bool {
    recorded.effects().iter().any(|effect| !matches!(effect, Effect::Alert(_)))
}

/// The effects of several events, by what they touch.
#[derive(Default)]
struct Gathered {
    visits: BTreeSet<VisitorId>,
    /// Passes on which somebody went out whose entry was not known, or of which something was taken back.
    unpaired: BTreeSet<PassId>,
    uses: Vec<NewUse>,
    undone: Vec<Undone>,
    alerts: Vec<NewAlert>,
}

impl Gathered {
    fn of(taken: &[Recorded]) -> Self {
        let mut gathered = Self::default();
        for recorded in taken {
            for effect in recorded.effects() {
                gathered.add(recorded, effect);
            }
        }
        gathered
    }

    fn add(&mut self, recorded: &Recorded, effect: Effect) {
        let event = &recorded.event;
        match effect {
            Effect::Visit(visit) => {
                self.visits.insert(visit);
            }
            Effect::Use(row) => self.uses.extend(recorded.visit().map(|visit| NewUse {
                event: event.id,
                pass: row.pass,
                kiosk: row.kiosk,
                gate: event.gate,
                visit,
                at: row.at,
                undone: false,
            })),
            Effect::Unpaired(pass) => {
                self.unpaired.insert(pass);
            }
            Effect::Undo(undone) => self.undone.push(Undone { event: undone, by: event.kiosk }),
            // Of its own, since a kiosk chooses its events' ids: none of them is to take the place of an alert about it.
            Effect::Alert(code) => {
                self.alerts.push(alert(recorded, derived_id(b"raised", event.id.0), word(code)));
            }
        }
    }
}

pub(super) fn alert(recorded: &Recorded, id: Uuid, kind: String) -> NewAlert {
    let event = &recorded.event;
    NewAlert {
        id,
        kind,
        at: event.at,
        kiosk: event.kiosk,
        gate: Some(event.gate),
        unit: None,
        pass: pass_of(&recorded.act),
        visitor: recorded.visit(),
    }
}

fn word(code: AlertCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("an alert's code is written as a word"),
    }
}

/// Takes back the events that others of the same kiosk undo: their uses vanish, their visits are told anew.
async fn take_back(tx: &mut Tx, work: &Work<'_>, told: &mut Gathered) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    if told.undone.is_empty() {
        return Ok(changes);
    }
    let ids: Vec<EventId> = told.undone.iter().map(|undone| undone.event).collect();
    let held = events::of_ids(tx, work.community, &ids).await?;
    let mut kiosks: HashMap<EventId, KioskId> = HashMap::new();
    for event in &held {
        if let Some(kiosk) = event.kiosk() {
            kiosks.entry(event.id).or_insert(kiosk);
        }
    }
    told.undone.retain(|undone| kiosks.get(&undone.event).is_none_or(|kiosk| *kiosk == undone.by));
    told.undone.sort_by_key(|undone| undone.event);
    told.undone.dedup_by_key(|undone| undone.event);
    undone::note(tx, work.community, &told.undone).await?;
    let own: HashSet<EventId> = told.undone.iter().map(|undone| undone.event).collect();
    for event in held.into_iter().filter(|event| own.contains(&event.id)) {
        told.visits.extend(event.visit);
        told.unpaired.extend(event.pass);
        if uses::take_back(tx, work.community, event.id).await? {
            changes.push(Change::delete::<UseRow>(event.id.0));
        }
    }
    Ok(changes)
}

async fn passes(
    tx: &mut Tx,
    work: &Work<'_>,
    taken: &[Recorded],
) -> Result<HashMap<PassId, Pass>, StoreError> {
    let named: BTreeSet<PassId> = taken.iter().filter_map(|recorded| pass_of(&recorded.act)).collect();
    let named: Vec<PassId> = named.into_iter().collect();
    let found = uses::passes(tx, work.community, &named).await?;
    Ok(found.into_iter().map(|pass| (pass.id, pass)).collect())
}

/// The pass that an act names.
pub(super) const fn pass_of(act: &Act) -> Option<PassId> {
    match act {
        Act::Admitted { pass, .. }
        | Act::Refused { pass, .. }
        | Act::Asked { pass, .. }
        | Act::Exited { pass, .. }
        | Act::ExitUnpaired { pass, .. }
        | Act::AlertRaised { pass, .. } => *pass,
        Act::DirectionChosen { pass, .. } => Some(*pass),
        _ => None,
    }
}

/// Stores uses; those of passes that have a number of them reach the feed, and any one too many is a case.
async fn use_passes(
    tx: &mut Tx,
    work: &Work<'_>,
    told: &Gathered,
    passes: &HashMap<PassId, Pass>,
    undone: &HashSet<EventId>,
    entropy: &mut impl Entropy,
) -> Result<Vec<Change>, StoreError> {
    if told.uses.is_empty() {
        return Ok(Vec::new());
    }
    let mut stored = HashMap::new();
    for used in &told.uses {
        let used = NewUse { undone: undone.contains(&used.event), ..*used };
        stored.insert(used.event, used);
    }
    let stored: Vec<NewUse> = stored.into_values().collect();
    uses::insert(tx, work.community, &stored).await?;
    // A pass that this copy of the database never had may be one of few uses.
    let is_counted = |pass: &PassId| passes.get(pass).is_none_or(|pass| pass.uses.is_some());
    let counted = stored.iter().filter(|used| !used.undone && is_counted(&used.pass));
    let changes: Vec<Change> = counted
        .map(|used| Change::put(used.event.0, &UseRow { pass: used.pass, at: used.at, kiosk: used.kiosk }))
        .collect();
    double_uses(tx, work, &stored, passes, entropy).await?;
    Ok(changes)
}

async fn double_uses(
    tx: &mut Tx,
    work: &Work<'_>,
    stored: &[NewUse],
    passes: &HashMap<PassId, Pass>,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    let limited: BTreeSet<PassId> = stored
        .iter()
        .map(|used| used.pass)
        .filter(|pass| passes.get(pass).is_some_and(|pass| pass.uses.is_some()))
        .collect();
    let limited: Vec<PassId> = limited.into_iter().collect();
    let all = uses::of_passes(tx, work.community, &limited).await?;
    let mut cases = Vec::new();
    let mut alerts = Vec::new();
    for of_one in all.chunk_by(|one, next| one.pass == next.pass) {
        let most = of_one.first().and_then(|used| passes.get(&used.pass)?.uses).unwrap_or(u32::MAX);
        for used in of_one.iter().skip(usize::try_from(most).unwrap_or(usize::MAX)) {
            cases.push(NewDoubleUse {
                id: gatehouse::id::uuid_v7(work.now, entropy),
                pass: used.pass,
                event: used.event,
                at: used.at,
            });
            alerts.push(NewAlert {
                id: derived_id(b"double use", used.event.0),
                kind: "DOUBLE_USE".to_owned(),
                at: used.at,
                kiosk: used.kiosk,
                gate: Some(used.gate),
                unit: None,
                pass: Some(used.pass),
                visitor: Some(used.visit),
            });
        }
    }
    cases::insert_double_uses(tx, work.community, &cases, work.now).await?;
    cases::raise(tx, work.community, &alerts, work.now, entropy).await
}

/// An id that the same cause always gets, so that it is raised once.
pub(super) fn derived_id(what: &[u8], of: Uuid) -> Uuid {
    let digest = Hash::of(&[b"gatehouse/alert/1", what, of.as_bytes()]).0;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Alarms for spoken approvals under duress: nothing else tells them from plain ones.
async fn duress(tx: &mut Tx, work: &Work<'_>, taken: &[Recorded]) -> Result<Vec<NewAlert>, StoreError> {
    let mut alarms = Vec::new();
    let mut secrets: Vec<SealSecret> = Vec::new();
    for recorded in taken {
        let Act::SpokenAnswered { unit, challenge, sealed, .. } = &recorded.act else { continue };
        if secrets.is_empty() {
            let opened = keyring::seal_keys(tx, work.sealer, work.community).await;
            secrets = opened.map_err(|error| StoreError::Decode(Box::new(error)))?;
        }
        let Ok(challenge) = Challenge::new(*challenge) else { continue };
        let open = |secret| SpokenAnswer::open(sealed, secret, recorded.event.kiosk, *unit, challenge).ok();
        let kind = match secrets.iter().find_map(open) {
            Some(SpokenAnswer::Duress) => "DURESS",
            Some(SpokenAnswer::Approve | SpokenAnswer::Deny) => continue,
            // What cannot be opened might have been one.
            None => "SEALED_ANSWER_UNREADABLE",
        };
        let id = derived_id(b"spoken", recorded.event.id.0);
        alarms.push(NewAlert { unit: Some(*unit), ..alert(recorded, id, kind.to_owned()) });
    }
    Ok(alarms)
}

/// The feed's rows of the passes that facts speak of.
async fn pass_rows(tx: &mut Tx, work: &Work<'_>, taken: &[Recorded]) -> Result<Rows, StoreError> {
    let named: BTreeSet<PassId> = taken.iter().filter_map(disagreement::pass_of).collect();
    let named: Vec<PassId> = named.into_iter().collect();
    let rows = feed::pass_rows(tx, work.community, &named).await?;
    let read = rows.into_iter().filter_map(|row| {
        let body = PassRow::from_body(row.body.as_deref()?).ok()?;
        Some((PassId(row.id.into()), (row.seq, body)))
    });
    Ok(read.collect())
}
