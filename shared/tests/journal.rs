//! The journal's rules: what becomes of an upload, what its answer means, what a chain proves.

use ed25519_dalek::SigningKey;
use gatehouse::{
    hash::Hash,
    id::{CommunityId, EventId, GateId, IncarnationId, KioskId, PassId, UnitId, VisitorId},
    journal::{
        Act, AlertCode, AskClose, Cause, Chain, ChainError, Details, Effect, Event, ExportedEvent, Head,
        Recorded, Requested, SignedEvent, TimeMark, genesis,
        ingest::{AcceptedDetails, Held, Known, Plan, plan},
        outbox::{Life, LifeState, Outbox, Sent, rule},
        visit::{Answered, Own, fold, lay_over},
    },
    sync::{PROTOCOL, Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible},
    time::{HOUR, UnixMs},
    words::{Answer, Credential, Subject, VisitorStatus, VisitorType},
};
use proptest::prelude::*;
use uuid::Uuid;

const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));
const KIOSK: KioskId = KioskId(Uuid::from_u128(2));
const LIFE: IncarnationId = IncarnationId(Uuid::from_u128(3));
const VISIT: VisitorId = VisitorId(Uuid::from_u128(4));

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn start() -> Head {
    Head { incarnation: LIFE, seq: 0, hash: genesis(COMMUNITY, KIOSK, LIFE) }
}

fn event(seq: u64, at: i64, kind: u16, body: Vec<u8>, details: Option<Hash>) -> Event {
    Event {
        format: Event::FORMAT,
        kiosk: KIOSK,
        incarnation: LIFE,
        seq,
        id: EventId(Uuid::from_u128(1_000 + u128::from(seq))),
        at: UnixMs(at),
        time: TimeMark::Wall,
        gate: GateId(Uuid::from_u128(5)),
        guard: None,
        kind,
        body,
        details,
    }
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

fn recorded(number: u64, at: i64, act: Act) -> Recorded {
    Recorded { event: event(number, at, act.kind(), act.body(), None), act, details: None }
}

fn asked() -> Act {
    Act::Asked {
        visit: VISIT,
        units: vec![UnitId(Uuid::from_u128(8))],
        visitor_type: VisitorType::Delivery,
        people: 1,
        subject: Subject::Visitor,
        pass: None,
    }
}

fn admitted(people: u16) -> Act {
    Act::Admitted {
        visit: VISIT,
        pass: Some(PassId(Uuid::from_u128(6))),
        units: vec![UnitId(Uuid::from_u128(9))],
        visitor_type: VisitorType::Guest,
        credential: Credential::Answer,
        people,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}

fn exited(assumed: bool) -> Act {
    Act::Exited { visit: VISIT, pass: None, credential: Credential::List, assumed }
}

fn story() -> Vec<Recorded> {
    vec![
        recorded(1, 10, asked()),
        recorded(
            2,
            20,
            Act::SpokenAnswered {
                unit: UnitId(Uuid::from_u128(8)),
                challenge: 1,
                visit: Some(VISIT),
                approved: true,
                sealed: gatehouse::journal::Sealed(vec![0; 4]),
            },
        ),
        recorded(3, 30, Act::AskClosed { visit: VISIT, outcome: AskClose::Lapsed }),
        recorded(4, 40, admitted(2)),
        recorded(5, 45, admitted(3)),
        recorded(6, 60, exited(true)),
        recorded(7, 70, exited(false)),
        recorded(8, 80, exited(false)),
    ]
}

#[test]
fn a_visit_stands_where_the_gate_says_then_the_ask_then_the_household() {
    let denied = Answered { answer: Answer::Deny, at: UnixMs(90) };
    let at = |count: usize, answered: Option<&Answered>| {
        fold(&story()[..count], None, answered).map(|row| row.status).expect("there is a visit")
    };
    assert_eq!(at(1, None), VisitorStatus::Pending);
    assert_eq!(at(1, Some(&denied)), VisitorStatus::Denied);
    assert_eq!(at(2, Some(&denied)), VisitorStatus::Approved, "the first answer stands");
    assert_eq!(at(3, Some(&denied)), VisitorStatus::Lapsed, "a late answer changes nothing");
    assert_eq!(at(4, Some(&denied)), VisitorStatus::Inside);
    assert_eq!(at(8, None), VisitorStatus::Exited);
    let row = fold(&story(), None, None).expect("there is a visit");
    assert_eq!((row.asked_at, row.entered_at, row.people), (Some(UnixMs(10)), Some(UnixMs(40)), 2));
    assert_eq!((row.exited_at, row.exit_assumed), (Some(UnixMs(70)), None), "the first exit that was seen");
    assert_eq!(fold(&[], None, Some(&denied)), None);
}

fn requested() -> Requested {
    Requested {
        at: UnixMs(5),
        gate: Some(GateId(Uuid::from_u128(77))),
        units: vec![UnitId(Uuid::from_u128(8))],
        visitor_type: VisitorType::Service,
        subject: Subject::Visitor,
        people: 4,
    }
}

/// Of [`story`] what can be told of a visit that no kiosk asked about.
fn told_at_gates() -> Vec<Recorded> {
    let mut story = story();
    story.remove(0);
    story
}

#[test]
fn what_was_asked_over_the_api_is_the_visit_until_a_gate_tells_more() {
    let requested = requested();
    let row = |events: &[Recorded]| fold(events, Some(&requested), None).expect("it was asked");
    let asked = row(&[]);
    assert_eq!(
        (&asked.status, asked.asked_at, asked.kiosk),
        (&VisitorStatus::Pending, Some(UnixMs(5)), None)
    );
    assert_eq!((asked.awaited, asked.people), (Some(requested.awaited()), 4));
    let approved = Answered { answer: Answer::Approve, at: UnixMs(9) };
    let answered = fold(&[], Some(&requested), Some(&approved)).expect("it was asked");
    assert_eq!((answered.status, answered.awaited), (VisitorStatus::Approved, asked.awaited));

    let photo = recorded(9, 15, Act::PhotoTaken { visit: VISIT, digest: Hash([0; 32]) });
    assert_eq!(row(std::slice::from_ref(&photo)), asked, "a photo changes nothing");
    let story = told_at_gates();
    let spoken = row(&[photo, story[0].clone()]);
    assert_eq!((&spoken.status, spoken.awaited), (&VisitorStatus::Approved, asked.awaited));
    assert_eq!(spoken.units, requested.units);
    let entry = &story[2];
    let inside = row(&[story[0].clone(), entry.clone()]);
    assert_eq!((inside.status, inside.awaited), (VisitorStatus::Inside, None));
    assert_eq!((inside.kiosk, inside.asked_at), (Some(entry.event.kiosk), Some(UnixMs(5))));
}

#[test]
fn an_entry_asked_over_the_api_is_over_for_every_gate_once_one_says_so() {
    let requested = requested();
    for (outcome, status) in [
        (AskClose::Left, VisitorStatus::Lapsed),
        (AskClose::Lapsed, VisitorStatus::Lapsed),
        (AskClose::Denied, VisitorStatus::Denied),
    ] {
        let denied = Answered { answer: Answer::Deny, at: UnixMs(9) };
        let open = fold(&[], Some(&requested), Some(&denied));
        assert!(open.as_ref().is_some_and(|row| row.awaited.is_some()), "until a guard has sent them away");
        let closed = recorded(9, 15, Act::AskClosed { visit: VISIT, outcome });
        let row = fold([&closed], Some(&requested), Some(&denied)).expect("it was asked");
        assert_eq!((row.status, row.awaited), (status, None));
        let laid = lay_over(open, [Own { recorded: &closed, undone: false }]).expect("it was asked");
        assert_eq!(laid.awaited, None);
    }
}

#[test]
fn an_entry_has_a_use_and_an_alert_is_told() {
    let entry = recorded(4, 40, admitted(2));
    assert!(matches!(entry.effects()[..], [Effect::Visit(VISIT), Effect::Use(_)]));
    let alert = recorded(5, 50, Act::AlertRaised { alert: AlertCode::Emergency });
    assert_eq!(alert.effects(), [Effect::Alert(AlertCode::Emergency)]);
    let undo = recorded(6, 60, Act::Undone { event: entry.event.id });
    assert_eq!((undo.effects(), undo.undoes()), (vec![Effect::Undo(entry.event.id)], Some(entry.event.id)));
}

proptest! {
    /// The order in which events arrive, and how often, does not matter.
    #[test]
    fn a_visit_is_the_same_in_whatever_order_it_is_told(
        story in Just(story()).prop_shuffle(), count in 0..9_usize, twice in 0..8_usize,
    ) {
        let mut told: Vec<Recorded> = story[..count].to_vec();
        let once = fold(&told, None, None);
        told.extend(story[..count].iter().rev().take(twice).cloned());
        prop_assert_eq!(fold(&told, None, None), once);
    }

    /// What a kiosk sees with its own acts laid over the feed is what the feed will say once it has them.
    #[test]
    fn what_is_laid_over_is_what_the_feed_will_say(held in prop::collection::vec(any::<bool>(), 8)) {
        let story = story();
        let (feed, own): (Vec<_>, Vec<_>) = story.iter().zip(&held).partition(|(_, held)| **held);
        let base = fold(feed.into_iter().map(|(recorded, _)| recorded), None, None);
        let own = own.into_iter().map(|(recorded, _)| Own { recorded, undone: false });
        prop_assert_eq!(lay_over(base, own), fold(&story, None, None));
    }

    /// The same of a visit that was asked about over the API.
    #[test]
    fn what_is_laid_over_an_entry_asked_for_is_what_the_feed_will_say(
        held in prop::collection::vec(any::<bool>(), 7), told in 0..8_usize,
    ) {
        let (requested, story) = (requested(), told_at_gates());
        let story = &story[..told];
        let (feed, own): (Vec<_>, Vec<_>) = story.iter().zip(&held).partition(|(_, held)| **held);
        let base = fold(feed.into_iter().map(|(recorded, _)| recorded), Some(&requested), None);
        let own = own.into_iter().map(|(recorded, _)| Own { recorded, undone: false });
        prop_assert_eq!(lay_over(base, own), fold(story, Some(&requested), None));
    }
}

#[test]
fn an_entry_taken_back_that_the_feed_still_shows_is_gone_at_this_gate() {
    let story = story();
    let shown = fold(&story[..4], None, None);
    let laid = lay_over(shown, [Own { recorded: &story[3], undone: true }]).expect("they were asked");
    let without = fold(&story[..3], None, None).expect("they were asked");
    assert_eq!((laid.entered_at, laid.entered_gate), (None, None));
    assert_eq!((laid.asked_at, laid.answer), (without.asked_at, without.answer));
}

#[test]
fn an_entry_taken_back_leaves_nothing_where_nobody_was_asked() {
    let entry = recorded(4, 40, admitted(2));
    let shown = fold([&entry], None, None);
    assert!(shown.is_some());
    assert_eq!(lay_over(shown, [Own { recorded: &entry, undone: true }]), None);
    assert_eq!(lay_over(None, [Own { recorded: &entry, undone: true }]), None);
}
