//! The contract of a kiosk's journal.

use crate::{
    hash::Hash,
    id::{CommunityId, GateId, KioskId, UnitId, VisitorId},
    journal::{
        Act, AlertCode, Cause, Chain, Details,
        outbox::{Acknowledge, Batch, End, GoBack, Life, LifeState, Outbox},
    },
    sync::{
        Visible,
        kiosk::{Input, JournalOp},
    },
    testing::{Chance, Home, JournalStore},
    time::UnixMs,
    words::{Subject, VisitorType},
};

/// Checks a journal. `open` makes a fresh one, whose first life is open and holds its `Opened` alone.
pub fn check_journal<J: JournalStore>(mut open: impl FnMut(&Home) -> J) {
    events_follow_each_other(&mut open);
    runs_are_limited_and_lives_are_known(&mut open);
    acknowledgements_only_grow(&mut open);
    a_restored_server_takes_them_back(&mut open);
    an_ended_life_is_followed(&mut open);
    a_life_set_aside_no_longer_waits(&mut open);
    a_power_cut_loses_nothing(&mut open);
}

fn home() -> Home {
    let mut chance = Chance::new(1);
    let at = UnixMs(1_800_000_000_000);
    Home {
        community: CommunityId::new(at, &mut chance),
        kiosk: KioskId::new(at, &mut chance),
        gate: GateId::new(at, &mut chance),
        key: ed25519_dalek::SigningKey::from_bytes(&[7; 32]),
    }
}

fn asked(number: u128) -> Act {
    Act::Asked {
        visit: VisitorId(uuid::Uuid::from_u128(number)),
        units: vec![UnitId(uuid::Uuid::from_u128(1))],
        visitor_type: VisitorType::Delivery,
        people: 1,
        subject: Subject::Visitor,
        pass: None,
    }
}

fn details(number: u8) -> Details {
    Details { salt: [number; 16], name: Some(format!("visitor {number}")), ..Details::default() }
}

/// Records `count` asks, every other with details, at instants 1, 2, 3 …
fn fill<J: JournalStore>(journal: &mut J, count: u8) {
    for number in 1..=count {
        let details = (number % 2 == 0).then(|| details(number));
        journal
            .record(UnixMs(i64::from(number)), &asked(u128::from(number)), details.as_ref())
            .expect("an act is recorded");
    }
}

fn outbox<J: JournalStore>(journal: &mut J, op: &JournalOp) -> Outbox {
    match journal.carry_out(op).expect("the operation is carried out") {
        Input::Outbox(outbox) => outbox,
        other => panic!("{op:?} gave {other:?}"),
    }
}

fn batch<J: JournalStore>(journal: &mut J, life: &Life, after: u64, limit: usize) -> Batch {
    let op = JournalOp::Batch { incarnation: life.incarnation(), after, limit };
    match journal.carry_out(&op).expect("the operation is carried out") {
        Input::Batch(Some(batch)) => batch,
        other => panic!("{op:?} gave {other:?}"),
    }
}

fn open_life(outbox: &Outbox) -> Life {
    *outbox.lives.last().expect("there is a life")
}

fn acknowledge(life: &Life, upto: u64, visible: &[(u64, u64)], by: u64) -> JournalOp {
    let visible = visible.iter().map(|(event, feed)| Visible { event: *event, feed: *feed }).collect();
    JournalOp::Acknowledge(Acknowledge { incarnation: life.incarnation(), upto, visible, by })
}

fn visible<J: JournalStore>(journal: &mut J) -> Vec<Option<u64>> {
    journal.events().expect("events are read").iter().map(|own| own.visible).collect()
}

fn events_follow_each_other<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let home = home();
    let mut journal = open(&home);
    fill(&mut journal, 6);
    let all = outbox(&mut journal, &JournalOp::Read);
    let life = open_life(&all);
    assert_eq!((life.head.seq, life.acknowledged, life.oldest), (7, 0, 1), "seven events, none acknowledged");
    assert_eq!(life.state, LifeState::Open);
    assert_eq!(all.waiting(), 7);
    let run = batch(&mut journal, &life, 0, 100);
    assert_eq!((run.life, run.events.len()), (life, 7));
    let mut chain = Chain::begin(home.community, home.kiosk, life.incarnation(), home.key.verifying_key());
    assert_eq!(run.after, chain.head(), "a run from the beginning starts at the genesis hash");
    for (number, sent) in (0_u8..).zip(&run.events) {
        let event = chain.push(&sent.event).expect("the chain holds");
        let act = Act::read(event.kind, &event.body).expect("a known act");
        match number {
            0 => assert!(matches!(act, Act::Opened { .. }), "a life begins with Opened"),
            _ => assert_eq!((act, event.at), (asked(u128::from(number)), UnixMs(i64::from(number)))),
        }
        assert_eq!(sent.details.is_some(), event.details.is_some(), "details go with their event");
        let said = sent.details.as_deref().zip(event.details.as_ref());
        let said = said.map(|(bytes, digest)| Details::open(bytes, digest).expect("the digest matches"));
        let has = number > 0 && number % 2 == 0;
        // The salt is the store's to draw.
        assert_eq!(said.and_then(|said| said.name), has.then(|| details(number).name).flatten());
    }
    assert_eq!(chain.head(), life.head);
    let own: Vec<Hash> =
        journal.events().expect("events are read").iter().map(|own| own.signed.hash).collect();
    assert!(own.iter().eq(run.events.iter().map(|sent| &sent.event.hash)), "all events, in order");
}

fn runs_are_limited_and_lives_are_known<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let mut journal = open(&home());
    fill(&mut journal, 5);
    let life = open_life(&outbox(&mut journal, &JournalOp::Read));
    let whole = batch(&mut journal, &life, 0, 100);
    let part = batch(&mut journal, &life, 2, 3);
    assert_eq!(part.after.seq, 2);
    assert_eq!(part.after.hash, whole.events[1].event.hash, "a run starts at the hash of the event before");
    assert_eq!(part.events, whole.events[2..5]);
    let none = batch(&mut journal, &life, life.head.seq, 100);
    assert!(none.events.is_empty());
    assert_eq!(none.after, life.head);
    let nobodys = JournalOp::Batch { incarnation: uuid::Uuid::from_u128(9).into(), after: 0, limit: 1 };
    assert!(matches!(journal.carry_out(&nobodys), Ok(Input::Batch(None))), "a life that is not there");
}

fn acknowledgements_only_grow<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let mut journal = open(&home());
    fill(&mut journal, 4);
    let life = open_life(&outbox(&mut journal, &JournalOp::Read));
    assert_eq!(visible(&mut journal), [None; 5]);
    // Event 3 is parked on the other side: nobody can say when it is visible.
    let op = acknowledge(&life, 4, &[(1, 0), (2, 11), (4, 13)], 13);
    let after = outbox(&mut journal, &op);
    assert_eq!((open_life(&after).acknowledged, after.waiting()), (4, 1));
    assert_eq!(after.oldest_waiting, Some(UnixMs(4)), "the fifth event was the fourth ask");
    assert_eq!(visible(&mut journal), [Some(0), Some(11), None, Some(13), None]);
    let after = outbox(&mut journal, &acknowledge(&life, 2, &[], 12));
    assert_eq!(open_life(&after).acknowledged, 4, "a late answer takes nothing back");
    assert_eq!(visible(&mut journal), [Some(0), Some(11), None, Some(13), None]);
    outbox(&mut journal, &acknowledge(&life, 5, &[(5, 20)], 12));
    assert_eq!(
        visible(&mut journal),
        [Some(0), Some(11), None, Some(12), Some(12)],
        "nothing durable is visible later than the head"
    );
    let after = outbox(&mut journal, &JournalOp::Read);
    assert_eq!((after.waiting(), after.oldest_waiting), (0, None));
}

fn a_restored_server_takes_them_back<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let mut journal = open(&home());
    fill(&mut journal, 4);
    let life = open_life(&outbox(&mut journal, &JournalOp::Read));
    outbox(&mut journal, &acknowledge(&life, 5, &[(1, 0), (2, 11), (3, 12), (4, 13), (5, 14)], 14));
    let back = JournalOp::GoBack(GoBack { incarnation: life.incarnation(), to: 2 });
    let after = outbox(&mut journal, &back);
    assert_eq!((open_life(&after).acknowledged, after.waiting()), (2, 3));
    assert_eq!(visible(&mut journal), [Some(0), Some(11), None, None, None]);
    assert_eq!(batch(&mut journal, &life, 2, 100).events.len(), 3, "they are sent again");
}

fn an_ended_life_is_followed<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let home = home();
    let mut journal = open(&home);
    fill(&mut journal, 2);
    let old = open_life(&outbox(&mut journal, &JournalOp::Read));
    let end = End {
        incarnation: old.incarnation(),
        state: LifeState::Closed,
        cause: Cause::Forked,
        alert: AlertCode::JournalForked,
    };
    let after = outbox(&mut journal, &JournalOp::End(end));
    assert_eq!(after.lives.len(), 2);
    assert_eq!(after.lives[0], Life { state: LifeState::Closed, ..old }, "the ended life stays as it was");
    let new = open_life(&after);
    assert_eq!((new.state, new.head.seq, new.acknowledged), (LifeState::Open, 2, 0));
    assert_eq!(after.next().map(Life::incarnation), Some(old.incarnation()), "what waits goes first");
    let mut chain = Chain::begin(home.community, home.kiosk, new.incarnation(), home.key.verifying_key());
    let acts: Vec<Act> = batch(&mut journal, &new, 0, 100)
        .events
        .iter()
        .map(|sent| chain.push(&sent.event).expect("the new chain holds"))
        .map(|event| Act::read(event.kind, &event.body).expect("a known act"))
        .collect();
    let opened = Act::Opened { follows: Some(old.head), cause: Cause::Forked };
    assert_eq!(acts, [opened, Act::alert(AlertCode::JournalForked)]);
    fill(&mut journal, 1);
    let after = outbox(&mut journal, &JournalOp::Read);
    assert_eq!(open_life(&after).head.seq, 3, "recording goes on in the new life");
}

fn a_life_set_aside_no_longer_waits<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let mut journal = open(&home());
    fill(&mut journal, 2);
    let old = open_life(&outbox(&mut journal, &JournalOp::Read));
    let end = |incarnation, state| {
        let (cause, alert) = (Cause::Damaged, AlertCode::JournalDamaged);
        JournalOp::End(End { incarnation, state, cause, alert })
    };
    outbox(&mut journal, &end(old.incarnation(), LifeState::Closed));
    let after = outbox(&mut journal, &end(old.incarnation(), LifeState::Aside));
    assert_eq!(after.lives.len(), 2, "a life that was closed already is followed already");
    assert_eq!(after.lives[0].state, LifeState::Aside);
    assert_eq!(after.waiting(), 3, "only the new life's: opened, and an alert for each end");
    assert_eq!(journal.events().expect("events are read").len(), 6, "nothing is lost");
}

fn a_power_cut_loses_nothing<J: JournalStore>(open: &mut impl FnMut(&Home) -> J) {
    let mut journal = open(&home());
    fill(&mut journal, 3);
    let life = open_life(&outbox(&mut journal, &JournalOp::Read));
    outbox(&mut journal, &acknowledge(&life, 2, &[(1, 0), (2, 9)], 9));
    let before = (outbox(&mut journal, &JournalOp::Read), journal.events().expect("events are read"));
    let mut journal = journal.reopen().expect("the journal opens again");
    let after = (outbox(&mut journal, &JournalOp::Read), journal.events().expect("events are read"));
    assert_eq!(before, after);
    fill(&mut journal, 1);
    assert_eq!(open_life(&outbox(&mut journal, &JournalOp::Read)).head.seq, 5, "and goes on");
}
