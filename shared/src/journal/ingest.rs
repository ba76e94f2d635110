//! What becomes of an upload: the plan that whoever takes in a journal carries out in one transaction.
//!
//! First [`reach`] says which seqs to look up, then [`plan`] weighs the upload against what was found, then
//! the caller appends, applies the effects and answers ([`Plan::answer`]).
//! Nothing is refused for what it means: an event of unknown kind is appended like any other.

use std::ops::RangeInclusive;

use ed25519_dalek::VerifyingKey;

use crate::{
    hash::Hash,
    id::{CommunityId, EventId},
    journal::{Act, Event, Head, SignedEvent, genesis},
    sync::{Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible},
    time::{MINUTE, UnixMs},
};

/// What is held of the journal an upload belongs to.
#[derive(Clone, Debug)]
pub struct Known {
    /// The kiosk's community.
    pub community: CommunityId,
    /// The kiosk's public key.
    pub key: VerifyingKey,
    /// Where the chain of the upload's incarnation ends; seq 0 and the genesis hash when nothing of it is
    /// held.
    pub head: Head,
    /// Every event held of that incarnation at the seqs of [`reach`], in the chain or beside it.
    pub held: Vec<Held>,
    /// When a later life of the same kiosk was opened, by its first event's time: one that follows this one, or one
    /// that follows none, as a kiosk begins that lost its journal.
    pub superseded_at: Option<UnixMs>,
}

/// An event that is held already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its seq.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// True in the chain, false in a fork beside it.
    pub in_chain: bool,
    /// From which feed seq on its effect is visible; 0 when there is nothing to see.
    pub feed: u64,
    /// The run it belongs to, where that hangs in the air.
    pub adrift: Option<Adrift>,
}

/// A run of events beside the chain of which nothing is held that came right before: its kiosk no longer had
/// it. Another disk of the same life may have, and is then asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adrift {
    /// The run's first event.
    pub first: EventId,
    /// Its seq.
    pub seq: u64,
}

/// What came before a run turned out to be held, or came: all its events belong to where that belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The run's first event.
    pub run: EventId,
    /// The run that it continues, where that hangs in the air too.
    pub to: Option<Adrift>,
}

/// The seqs to look up for [`Known::held`].
pub fn reach(upload: &Upload) -> RangeInclusive<u64> {
    upload.after.seq..=upload.after.seq.saturating_add(upload.events.len() as u64)
}

/// An event whose place, hash and signature were checked.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// As it came.
    pub signed: SignedEvent,
    /// Its content.
    pub event: Event,
    /// Its details.
    pub details: AcceptedDetails,
    /// The run it belongs to, where that hangs in the air.
    pub adrift: Option<Adrift>,
}

/// What came of an event's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedDetails {
    /// The event has none.
    None,
    /// Canonical CBOR that matches the event's digest.
    Here(Vec<u8>),
    /// Erased before they were sent.
    Erased,
    /// They do not match the event's digest: dropped.
    Wrong,
}

/// What to do with an upload.
#[derive(Clone, Debug)]
pub struct Plan {
    /// To append to the chain, in order.
    pub append: Vec<Accepted>,
    /// To keep beside the chain, in order. Their effects count as well: they happened.
    pub beside: Vec<Accepted>,
    /// Runs that hang in the air no longer, or begin further back than before; in this order, and before anything
    /// is added.
    pub joined: Vec<Joined>,
    /// Where the uploader's chain ends once this is done.
    pub durable: Head,
    /// What to tell the uploader.
    pub outcome: UploadOutcome,
    /// When the effects of those events are visible that were held already.
    pub visible: Vec<Visible>,
    /// True when the life goes on although a later one was opened: two disks hold the same key.
    pub two_lives: bool,
}

/// How long after its successor was opened a life's events may still be dated.
const OVERLAP: i64 = 5 * MINUTE;

/// Weighs an upload against what is held.
pub fn plan(upload: &Upload, known: &Known) -> Plan {
    let mut plan = Plan {
        append: Vec::new(),
        beside: Vec::new(),
        joined: Vec::new(),
        durable: known.head,
        outcome: UploadOutcome::Appended,
        visible: Vec::new(),
        two_lives: false,
    };
    let root = root(upload, known);
    match root {
        Root::Unknown => {
            plan.outcome = UploadOutcome::Gap;
            return plan;
        }
        Root::Foreign => {
            plan.outcome = UploadOutcome::Rejected(upload.after.seq + 1);
            return plan;
        }
        Root::Chain => {}
        Root::Beside(_) | Root::Nowhere => plan.outcome = UploadOutcome::Fork(upload.after.seq + 1),
    }
    let forked = walk(&mut plan, &root, upload, known);
    if !forked && plan.append.is_empty() {
        plan.durable = known.head;
    }
    let late = |accepted: &Accepted| {
        known.superseded_at.is_some_and(|opened| accepted.event.at.since(opened) > OVERLAP)
    };
    plan.two_lives = plan.append.iter().chain(&plan.beside).any(late);
    plan
}

/// Where an upload begins.
enum Root {
    /// In the chain.
    Chain,
    /// In a fork.
    Beside(Option<Adrift>),
    /// Behind what is held, where nothing before can be had any more.
    Nowhere,
    /// Behind what is held, or in a run that hangs in the air and of which the uploader has more.
    Unknown,
    /// At a genesis that is not this journal's.
    Foreign,
}

fn root(upload: &Upload, known: &Known) -> Root {
    let after = &upload.after;
    if after.incarnation != known.head.incarnation {
        return Root::Foreign;
    }
    if after.seq == 0 {
        let ours = genesis(known.community, upload.kiosk, after.incarnation) == after.hash;
        return if ours { Root::Chain } else { Root::Foreign };
    }
    if *after == known.head {
        return Root::Chain;
    }
    match known.held.iter().find(|held| held.seq == after.seq && held.hash == after.hash) {
        Some(held) if held.in_chain => Root::Chain,
        Some(held) if held.adrift.is_some_and(|adrift| upload.oldest < adrift.seq) => Root::Unknown,
        Some(held) => Root::Beside(held.adrift),
        None if after.seq.checked_add(1) == Some(upload.oldest) => Root::Nowhere,
        None => Root::Unknown,
    }
}

/// The run that an upload's events are found to belong to, one after the other.
struct Run {
    /// Nothing before the first event is held.
    from_nowhere: bool,
    adrift: Option<Adrift>,
}

impl Run {
    const fn from(root: &Root) -> Self {
        match root {
            Root::Beside(adrift) => Self { from_nowhere: false, adrift: *adrift },
            Root::Nowhere => Self { from_nowhere: true, adrift: None },
            Root::Chain | Root::Unknown | Root::Foreign => Self { from_nowhere: false, adrift: None },
        }
    }

    /// Goes on over an event that is held; says if the run that it was in was joined to this one by that.
    fn over(&mut self, held: &Held) -> Option<Joined> {
        let begins = std::mem::take(&mut self.from_nowhere);
        let before = if begins { held.adrift } else { self.adrift };
        self.adrift = before;
        let run = held.adrift.filter(|_| held.adrift != before)?;
        Some(Joined { run: run.first, to: before })
    }

    /// Goes on over a new event, and says which run it belongs to.
    fn onto(&mut self, event: &Event) -> Option<Adrift> {
        if std::mem::take(&mut self.from_nowhere) {
            self.adrift = Some(Adrift { first: event.id, seq: event.seq });
        }
        self.adrift
    }
}

/// Goes through the upload's events; true when the uploader's chain ends beside ours.
fn walk(plan: &mut Plan, root: &Root, upload: &Upload, known: &Known) -> bool {
    let mut forked = plan.outcome != UploadOutcome::Appended;
    let mut run = Run::from(root);
    let mut head = upload.after;
    for sent in &upload.events {
        let Some(seq) = head.seq.checked_add(1) else { break };
        let held = known.held.iter().find(|held| held.seq == seq && held.hash == sent.event.hash);
        if let Some(held) = held {
            if !held.in_chain && !forked {
                forked = true;
                plan.outcome = UploadOutcome::Fork(seq);
            }
            let joined = run.over(held).filter(|joined| !plan.joined.contains(joined));
            plan.joined.extend(joined);
            plan.visible.push(Visible { event: seq, feed: held.feed });
            head = Head { seq, hash: held.hash, ..head };
            continue;
        }
        let Some((accepted, next)) = accept(sent, &head, upload, known) else {
            plan.outcome = UploadOutcome::Rejected(seq);
            break;
        };
        let accepted = Accepted { adrift: run.onto(&accepted.event), ..accepted };
        if !forked && head.seq < known.head.seq {
            forked = true;
            plan.outcome = UploadOutcome::Fork(seq);
        }
        if forked {
            plan.beside.push(accepted);
        } else {
            plan.append.push(accepted);
        }
        head = next;
    }
    plan.durable = head;
    forked
}

fn accept(sent: &UploadEvent, head: &Head, upload: &Upload, known: &Known) -> Option<(Accepted, Head)> {
    let (event, next) = sent.event.verify(head, upload.kiosk, &known.key).ok()?;
    let begins = matches!(Act::read(event.kind, &event.body), Ok(Act::Opened { .. }));
    if event.format != Event::FORMAT || (event.seq == 1) != begins {
        return None;
    }
    let details = match (&sent.details, &event.details) {
        (None, None) => AcceptedDetails::None,
        (None, Some(_)) => AcceptedDetails::Erased,
        (Some(bytes), Some(digest)) if Hash::of(&[bytes]) == *digest => AcceptedDetails::Here(bytes.clone()),
        (Some(_), _) => AcceptedDetails::Wrong,
    };
    Some((Accepted { signed: sent.event.clone(), event, details, adrift: None }, next))
}

impl Plan {
    /// The answer, once the plan was carried out: `applied` says when the effects of the new events are
    /// visible, `feed_head` is the seq of the feed's head by then.
    pub fn answer(mut self, applied: impl IntoIterator<Item = Visible>, feed_head: u64) -> UploadAnswer {
        self.visible.extend(applied);
        self.visible.sort_unstable_by_key(|visible| visible.event);
        UploadAnswer {
            incarnation: self.durable.incarnation,
            durable: self.durable.seq,
            hash: self.durable.hash,
            visible: self.visible,
            outcome: self.outcome,
            head: feed_head,
        }
    }
}
