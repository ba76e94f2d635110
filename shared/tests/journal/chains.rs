//! What becomes of an upload, what its answer means, what a chain proves.

use ed25519_dalek::SigningKey;
use gatehouse::{
    hash::Hash,
    id::{CommunityId, KioskId, UnitId},
    journal::{
        Act, AlertCode, Cause, Chain, ChainError, Details, ExportedEvent, Head, Recorded, SignedEvent,
        genesis,
        ingest::{AcceptedDetails, Held, Known, Plan, plan},
        outbox::{Life, LifeState, Outbox, Sent, rule},
    },
    sync::{PROTOCOL, Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible},
    time::{HOUR, UnixMs},
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{KIOSK, LIFE, event};

const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn start() -> Head {
    Head { incarnation: LIFE, seq: 0, hash: genesis(COMMUNITY, KIOSK, LIFE) }
}

/// A chain of `count` events behind its `Opened`; `salt` makes those behind seq `same` differ.
fn chain(count: u64, same: u64, salt: u64) -> Vec<UploadEvent> {
    let mut head = start();
    let mut events = Vec::new();
    for seq in 1..=count + 1 {
        let act = match seq {
            1 => Act::Opened { follows: None, cause: Cause::Enrolled },
            _ => Act::WrongCode {
                unit: UnitId(Uuid::from_u128(u128::from(if seq > same { salt } else { 0 }))),
            },
        };
        let at = i64::try_from(seq).expect("small");
        let signed = SignedEvent::seal(&event(seq, at, act.kind(), act.body(), None), &head.hash, &key());
        head = Head { seq, hash: signed.hash, ..head };
        events.push(UploadEvent { event: signed, details: None });
    }
    events
}

fn head_of(events: &[UploadEvent], seq: u64) -> Head {
    match usize::try_from(seq).expect("small").checked_sub(1) {
        None => start(),
        Some(index) => Head { seq, hash: events[index].event.hash, ..start() },
    }
}

fn upload(events: &[UploadEvent], after: u64, upto: u64) -> Upload {
    let range = usize::try_from(after).expect("small")..usize::try_from(upto).expect("small");
    Upload {
        protocol: PROTOCOL,
        kiosk: KIOSK,
        after: head_of(events, after),
        events: events[range].to_vec(),
        waiting: 0,
        oldest: 1,
    }
}

/// What is held when `held` events of `events` are in the chain.
fn known(events: &[UploadEvent], held: u64) -> Known {
    let all = (1..).zip(events).take(usize::try_from(held).expect("small"));
    let held_of = |(seq, sent): (u64, &UploadEvent)| Held {
        seq,
        hash: sent.event.hash,
        in_chain: true,
        feed: seq * 10,
        adrift: None,
    };
    Known {
        community: COMMUNITY,
        key: key().verifying_key(),
        head: head_of(events, held),
        held: all.map(held_of).collect(),
        superseded_at: None,
    }
}

fn seqs(plan: &Plan) -> (Vec<u64>, Vec<u64>) {
    let of = |accepted: &[gatehouse::journal::ingest::Accepted]| {
        accepted.iter().map(|one| one.event.seq).collect()
    };
    (of(&plan.append), of(&plan.beside))
}

proptest! {
    /// Whatever part of a chain is sent on top of whatever part is held: what is new is appended, what is
    /// held is not touched, and what would leave a gap is not taken.
    #[test]
    fn any_run_on_any_holding_is_appended_once(held in 0..8_u64, after in 0..8_u64, more in 0..8_u64) {
        let events = chain(7, 9, 0);
        let upto = (after + more).min(8);
        let planned = plan(&upload(&events, after, upto), &known(&events, held));
        if after > held {
            prop_assert_eq!(planned.outcome, UploadOutcome::Gap);
            prop_assert_eq!(seqs(&planned), (vec![], vec![]));
            prop_assert_eq!(planned.durable, head_of(&events, held));
        } else {
            prop_assert_eq!(planned.outcome, UploadOutcome::Appended);
            prop_assert_eq!(seqs(&planned), ((held.max(after) + 1..=upto).collect(), vec![]));
            prop_assert_eq!(planned.durable, head_of(&events, held.max(upto)));
            let seen: Vec<u64> = planned.visible.iter().map(|visible| visible.event).collect();
            prop_assert_eq!(seen, (after + 1..=held.min(upto)).collect::<Vec<u64>>());
        }
    }

    /// Where two histories part, the other one is kept beside from there on, and never in the chain.
    #[test]
    fn any_fork_is_found_where_it_begins(same in 1..6_u64, held in 6..9_u64, sent in 7..9_u64, after in 0..6_u64) {
        let (ours, theirs) = (chain(8, same, 1), chain(8, same, 2));
        let after = after.min(same);
        let planned = plan(&upload(&theirs, after, sent), &known(&ours, held));
        prop_assert_eq!(planned.outcome, UploadOutcome::Fork(same + 1));
        prop_assert_eq!(seqs(&planned), (vec![], (same + 1..=sent).collect()));
        prop_assert_eq!(planned.durable, head_of(&theirs, sent));
    }
}

#[test]
fn a_fork_behind_its_beginning_is_asked_for_from_before() {
    let (ours, theirs) = (chain(8, 3, 1), chain(8, 3, 2));
    let planned = plan(&upload(&theirs, 6, 8), &known(&ours, 8));
    assert_eq!(planned.outcome, UploadOutcome::Gap, "what stands at 6 is not what they say");
    assert_eq!(planned.durable, head_of(&ours, 8));
}

#[test]
fn a_tampered_event_is_rejected_and_those_before_it_are_kept() {
    let events = chain(5, 9, 0);
    let with = |change: fn(&mut Vec<UploadEvent>)| {
        let mut upload = upload(&events, 0, 6);
        change(&mut upload.events);
        let planned = plan(&upload, &known(&events, 0));
        (planned.outcome, seqs(&planned).0)
    };
    assert_eq!(with(|events| events[3].event.signature[0] ^= 1), (UploadOutcome::Rejected(4), vec![1, 2, 3]));
    assert_eq!(with(|events| events[3].event.bytes[40] ^= 1), (UploadOutcome::Rejected(4), vec![1, 2, 3]));
    assert_eq!(with(|events| drop(events.remove(3))), (UploadOutcome::Rejected(4), vec![1, 2, 3]));
    assert_eq!(with(|events| events.swap(1, 2)), (UploadOutcome::Rejected(2), vec![1]));
    assert_eq!(with(|events| drop(events.remove(0))), (UploadOutcome::Rejected(1), vec![]));
}

#[test]
fn an_event_of_unknown_kind_is_appended_and_wrong_details_are_dropped() {
    let opened = chain(0, 9, 0);
    let (bytes, digest) = Details { salt: [1; 16], name: Some("Asha".into()), ..Details::default() }.seal();
    let sent = |details: Option<Vec<u8>>| {
        let event = event(2, 5, 60_000, vec![0xa0], Some(digest));
        assert!(Recorded::read(event.clone(), None).is_err(), "its effect is parked");
        let signed = SignedEvent::seal(&event, &opened[0].event.hash, &key());
        let events = [opened[0].clone(), UploadEvent { event: signed, details }];
        let planned = plan(&upload(&events, 0, 2), &known(&events, 0));
        assert_eq!(planned.outcome, UploadOutcome::Appended);
        planned.append[1].details.clone()
    };
    assert_eq!(sent(Some(bytes.clone())), AcceptedDetails::Here(bytes));
    assert_eq!(sent(None), AcceptedDetails::Erased);
    assert_eq!(sent(Some(vec![0xa0])), AcceptedDetails::Wrong);
}

#[test]
fn a_life_that_goes_on_behind_its_successor_is_told_of() {
    let events = chain(3, 9, 0);
    let two_lives = |opened: i64| {
        let known = Known { superseded_at: Some(UnixMs(opened)), ..known(&events, 2) };
        plan(&upload(&events, 2, 4), &known).two_lives
    };
    assert!(two_lives(-HOUR), "recorded an hour after the successor was opened");
    assert!(!two_lives(1), "what was still waiting when it was opened");
}

fn life(head: u64, acknowledged: u64, oldest: u64) -> Life {
    let events = chain(9, 99, 0);
    Life { head: head_of(&events, head), acknowledged, oldest, state: LifeState::Open }
}

fn answer(durable: u64, outcome: UploadOutcome) -> UploadAnswer {
    let visible = vec![Visible { event: 3, feed: 30 }, Visible { event: 9, feed: 90 }];
    UploadAnswer { incarnation: LIFE, durable, hash: Hash::default(), visible, outcome, head: 100 }
}

#[test]
fn an_answer_acknowledges_what_was_sent_and_no_more() {
    let events = chain(9, 99, 0);
    let sent = Sent::of(&upload(&events, 2, 5));
    let ruling = rule(&life(9, 2, 1), &sent, &answer(9, UploadOutcome::Appended));
    let acknowledge = ruling.acknowledge.expect("it acknowledges");
    assert_eq!((acknowledge.upto, acknowledge.by), (5, 100));
    assert_eq!(acknowledge.visible, [Visible { event: 3, feed: 30 }]);
    assert_eq!((ruling.go_back, ruling.end), (None, None));
}

#[test]
fn a_server_that_knows_more_than_was_ever_recorded_ends_the_life() {
    let events = chain(9, 99, 0);
    let sent = Sent::of(&upload(&events, 5, 5));
    let ruling = rule(&life(5, 5, 1), &sent, &answer(8, UploadOutcome::Appended));
    let end = ruling.end.expect("this disk went back in time");
    assert_eq!((end.state, end.cause), (LifeState::Closed, Cause::Forked));
    assert_eq!(end.alert, AlertCode::JournalForked);
    let closed = Life { state: LifeState::Closed, ..life(5, 5, 1) };
    assert_eq!(rule(&closed, &sent, &answer(8, UploadOutcome::Appended)).end, None, "once");
}

#[test]
fn a_gap_goes_back_to_what_the_server_holds_or_to_the_oldest_there_is() {
    let events = chain(9, 99, 0);
    let to = |after: u64, durable: u64, oldest: u64| {
        let sent = Sent::of(&upload(&events, after, 9));
        let ruling = rule(&life(9, after, oldest), &sent, &answer(durable, UploadOutcome::Gap));
        assert_eq!(ruling.acknowledge, None);
        ruling.go_back.map(|back| back.to)
    };
    assert_eq!(to(7, 4, 1), Some(4));
    assert_eq!(to(7, 2, 5), Some(4), "older ones are no longer kept");
    assert_eq!(to(4, 4, 1), Some(0), "the server holds another event there");
    assert_eq!(to(4, 9, 1), Some(0), "and more of them");
    let sent = Sent::of(&upload(&events, 4, 9));
    let ruling = rule(&life(9, 4, 5), &sent, &answer(2, UploadOutcome::Gap));
    assert_eq!(ruling.end.map(|end| end.state), Some(LifeState::Aside), "there is nowhere to go back to");
}

#[test]
fn what_is_no_longer_held_is_not_waited_for() {
    let back = Life { acknowledged: 2, ..life(9, 2, 6) };
    assert_eq!((back.send_after(), back.waiting()), (5, 4));
    assert_eq!(life(9, 7, 6).send_after(), 7);
}

#[test]
fn what_the_server_rejects_is_set_aside_and_the_gate_goes_on() {
    let events = chain(9, 99, 0);
    let sent = Sent::of(&upload(&events, 2, 9));
    let ruling = rule(&life(9, 2, 1), &sent, &answer(5, UploadOutcome::Rejected(6)));
    assert_eq!(ruling.acknowledge.map(|acknowledge| acknowledge.upto), Some(5));
    assert_eq!(ruling.end.map(|end| (end.state, end.cause)), Some((LifeState::Aside, Cause::Damaged)));
    let aside = Life { state: LifeState::Aside, ..life(9, 5, 1) };
    let outbox = Outbox { lives: vec![aside, life(3, 1, 1)], oldest_waiting: None };
    assert_eq!((outbox.waiting(), outbox.next().map(|life| life.head.seq)), (2, Some(3)));
}

#[test]
fn a_chain_proves_every_event_and_an_export_carries_it() {
    let events = chain(6, 9, 0);
    let mut whole = Chain::begin(COMMUNITY, KIOSK, LIFE, key().verifying_key());
    for sent in &events {
        let line = serde_json::to_string(&ExportedEvent::of(&sent.event).expect("readable")).expect("JSON");
        let read: ExportedEvent = serde_json::from_str(&line).expect("the line again");
        whole.push(&read.signed().expect("an event")).expect("the next one");
    }
    assert_eq!((whole.events(), whole.head()), (7, head_of(&events, 7)));
    let mut rest = Chain::resume(head_of(&events, 4), KIOSK, key().verifying_key());
    assert!(matches!(rest.push(&events[5].event), Err(ChainError::Seq { expected: 5, found: 6 })));
    assert!(rest.push(&events[4].event).is_ok(), "and it stays where it was");
    let mut other = Chain::begin(COMMUNITY, KioskId(Uuid::from_u128(9)), LIFE, key().verifying_key());
    assert!(matches!(other.push(&events[0].event), Err(ChainError::Foreign(1))));
}
