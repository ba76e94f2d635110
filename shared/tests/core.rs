//! The kiosk's core, told what happens one input at a time: what it does with silence, failure and time.

use gatehouse::{
    feed::{
        Cursor, Page, Row, RowId, RowKind,
        copy::{Copy, Loading},
    },
    hash::Hash,
    id::{FeedEpochId, IncarnationId, KioskId},
    journal::{
        Head,
        outbox::{Life, LifeState, Outbox},
    },
    sync::{
        Beat, Contact, Failure,
        kiosk::{
            Answer, CacheOp, Input, JournalOp, Kiosk, Output, REQUEST_TIMEOUT, Request, RequestId, StreamId,
            StreamItem,
        },
    },
    testing::Chance,
    time::{MINUTE, SECOND},
};
use uuid::Uuid;

fn at(seq: u64) -> Cursor {
    Cursor { epoch: FeedEpochId(Uuid::from_u128(1)), seq, mark: seq.to_be_bytes() }
}

fn page(from: u64, to: u64, head: u64) -> Page {
    let row = |seq: u64| Row {
        kind: RowKind(60_000),
        schema: 1,
        id: RowId(Uuid::from_u128(u128::from(seq)).into_bytes()),
        seq,
        body: Some(vec![1]),
    };
    Page { from: at(from), to: at(to), head, rows: (from + 1..=to).map(row).collect() }
}

fn life(head: u64, acknowledged: u64) -> Life {
    let incarnation = IncarnationId(Uuid::from_u128(7));
    let head = Head { incarnation, seq: head, hash: Hash::of(&[&head.to_be_bytes()]) };
    Life { head, acknowledged, oldest: 1, state: LifeState::Open }
}

/// A core, what it last said of its contact, and when it wants to be woken.
struct Bench {
    core: Kiosk,
    chance: Chance,
    now: i64,
    wake: i64,
    contact: Contact,
    copy: Copy,
}

impl Bench {
    /// A kiosk that has just started, with a copy at 10 and nothing to send.
    fn started() -> (Self, Vec<Output>) {
        let core = Kiosk::new(KioskId(Uuid::from_u128(2)), "1.0");
        let copy = Copy { cursor: Some(at(10)), whole: 10, loading: None };
        let mut bench = Self {
            core,
            chance: Chance::new(1),
            now: 1_000,
            wake: i64::MAX,
            contact: Contact::default(),
            copy,
        };
        let out = bench.step(Input::Tick);
        assert!(out.iter().any(|output| matches!(output, Output::Journal(JournalOp::Read))));
        assert!(out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Read))));
        let outbox = Outbox { lives: vec![life(3, 3)], oldest_waiting: None };
        let mut out = bench.step(Input::Outbox(outbox));
        out.extend(bench.step(Input::Copy(copy)));
        (bench, out)
    }

    /// The same, up to date and with an open stream.
    fn live() -> (Self, StreamId) {
        let (mut bench, out) = Self::started();
        let (pull, _) = pull_of(&out).expect("it pulls at the start");
        let out = bench.step(Input::Answered(pull, Ok(Answer::Page(page(10, 10, 10)))));
        let stream = stream_of(&out).expect("it opens the stream once it is up to date");
        bench.step(Input::Streamed(stream, StreamItem::Opened));
        assert!(bench.contact.live && bench.contact.online);
        (bench, stream)
    }

    fn step(&mut self, input: Input) -> Vec<Output> {
        let out = self.core.step(self.now, &mut self.chance, input);
        for output in &out {
            match output {
                Output::WakeAt(at) => self.wake = *at,
                Output::Contact(contact) => self.contact = *contact,
                _ => {}
            }
        }
        out
    }

    /// Lets time pass until the core asked to be woken, and wakes it.
    fn wake(&mut self) -> Vec<Output> {
        assert!(self.wake > self.now && self.wake < i64::MAX, "it wants to be woken, later");
        self.now = self.wake;
        self.step(Input::Tick)
    }

    /// Lets the cache do what it was told.
    fn stored(&mut self, out: &[Output]) -> Vec<Output> {
        for output in out {
            match output {
                Output::Cache(CacheOp::Apply(page) | CacheOp::Swap(page)) => {
                    self.copy.cursor = Some(page.to);
                    self.copy.loading = None;
                }
                Output::Cache(
                    CacheOp::Begin(_, next) | CacheOp::Load(_, next) | CacheOp::Change(_, next),
                ) => self.copy.loading = Some(*next),
                Output::Cache(CacheOp::Drop) => self.copy.loading = None,
                _ => continue,
            }
            return self.step(Input::Copy(self.copy));
        }
        panic!("the cache was told nothing: {out:?}");
    }
}

fn pull_of(out: &[Output]) -> Option<(RequestId, Cursor)> {
    out.iter().find_map(|output| match output {
        Output::Send(id, Request::Pull(pull)) => Some((*id, pull.cursor)),
        _ => None,
    })
}

fn snapshot_of(out: &[Output]) -> Option<RequestId> {
    out.iter().find_map(|output| match output {
        Output::Send(id, Request::Snapshot(_)) => Some(*id),
        _ => None,
    })
}

fn stream_of(out: &[Output]) -> Option<StreamId> {
    out.iter().find_map(|output| match output {
        Output::OpenStream(id, _) => Some(*id),
        _ => None,
    })
}

#[test]
fn pages_of_the_stream_are_applied_as_they_come() {
    let (mut bench, stream) = Bench::live();
    let out = bench.step(Input::Streamed(stream, StreamItem::Page(page(10, 12, 12))));
    assert!(out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Apply(_)))));
    let meanwhile = bench.step(Input::Streamed(stream, StreamItem::Page(page(12, 13, 13))));
    assert!(!meanwhile.iter().any(|output| matches!(output, Output::Cache(_))), "one after the other");
    let out = bench.stored(&out);
    assert!(out.iter().any(|output| matches!(output, Output::Whole)));
    let out = bench.stored(&out);
    assert_eq!(bench.contact.cursor, Some(at(13)));
    assert!(pull_of(&out).is_none(), "nothing to pull");
}

#[test]
fn a_page_that_does_not_go_on_at_the_cursor_is_asked_for_anew() {
    let (mut bench, stream) = Bench::live();
    // It overlaps: from a server that was since put back it could hold what never was.
    let out = bench.step(Input::Streamed(stream, StreamItem::Page(page(9, 12, 12))));
    assert!(!out.iter().any(|output| matches!(output, Output::Cache(_))));
    assert_eq!(pull_of(&out).map(|(_, cursor)| cursor), Some(at(10)));
}

#[test]
fn twelve_silent_seconds_are_offline_and_polling_goes_on() {
    let (mut bench, _) = Bench::live();
    let heard = bench.now;
    let mut polled = 0;
    while bench.contact.online {
        polled += usize::from(pull_of(&bench.wake()).is_some());
        assert!(bench.now <= heard + Beat::SILENCE, "offline after 12 seconds");
    }
    assert_eq!(bench.now, heard + Beat::SILENCE);
    assert!(!bench.contact.live, "the silent stream was given up");
    while bench.now < heard + REQUEST_TIMEOUT + Beat::SILENCE {
        polled += usize::from(pull_of(&bench.wake()).is_some());
    }
    assert!(polled > 0, "it tries again by itself");
}

#[test]
fn beats_keep_it_online_and_find_what_the_stream_lost() {
    let (mut bench, stream) = Bench::live();
    for _ in 0..5 {
        bench.now += 5 * SECOND;
        let out = bench.step(Input::Streamed(stream, StreamItem::Beat(Beat { head: at(10) })));
        assert!(bench.contact.online);
        assert!(out.iter().any(|output| matches!(output, Output::Whole)), "known to be whole as of now");
    }
    let out = bench.step(Input::Streamed(stream, StreamItem::Beat(Beat { head: at(11) })));
    assert_eq!(pull_of(&out).map(|(_, cursor)| cursor), Some(at(10)), "a page is missing: pull");
}

#[test]
fn a_kiosk_that_hears_nothing_but_beats_asks_each_minute_all_the_same() {
    let (mut bench, stream) = Bench::live();
    let began = bench.now;
    let mut beat_at = began;
    let mut pulls = 0;
    while bench.now < began + 3 * MINUTE {
        // Whatever comes first: the next beat, or what it wanted to be woken for.
        bench.now = bench.wake.min(beat_at);
        let input = if bench.now == beat_at {
            beat_at += Beat::EVERY;
            Input::Streamed(stream, StreamItem::Beat(Beat { head: at(10) }))
        } else {
            Input::Tick
        };
        let mut out = bench.step(input);
        while let Some((pull, _)) = pull_of(&out) {
            pulls += 1;
            out = bench.step(Input::Answered(pull, Ok(Answer::Page(page(10, 10, 10)))));
        }
    }
    assert!(bench.contact.live, "the stream stays open");
    assert!((2..=4).contains(&pulls), "{pulls} in three minutes");
}

#[test]
fn without_a_stream_it_polls_often_enough_for_a_revocation() {
    let (mut bench, out) = Bench::started();
    let (mut pull, _) = pull_of(&out).expect("it pulls at the start");
    let mut last = bench.now;
    for _ in 0..20 {
        let mut out = bench.step(Input::Answered(pull, Ok(Answer::Page(page(10, 10, 10)))));
        loop {
            if let Some(stream) = stream_of(&out) {
                out = bench.step(Input::Streamed(stream, StreamItem::Closed(Failure::Fault)));
            }
            if let Some((next, _)) = pull_of(&out) {
                pull = next;
                break;
            }
            out = bench.wake();
        }
        assert!(bench.now - last < 2 * SECOND, "{} ms between polls", bench.now - last);
        last = bench.now;
    }
    assert!(bench.contact.online && !bench.contact.live);
}

#[test]
fn failures_are_met_with_growing_pauses_and_try_now_ends_them() {
    let (mut bench, mut out) = Bench::started();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let (pull, _) = pull_of(&out).expect("it pulls");
        let asked = bench.now;
        bench.step(Input::Answered(pull, Err(Failure::Unreachable)));
        out = bench.wake();
        while pull_of(&out).is_none() {
            out = bench.wake();
        }
        pauses.push(bench.now - asked);
    }
    assert!(pauses[0] <= SECOND && pauses[7] >= 15 * SECOND, "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= 30 * SECOND), "{pauses:?}");
    assert_eq!(bench.contact.trouble, Some(Failure::Unreachable));
    let (pull, _) = pull_of(&out).expect("it pulls");
    bench.step(Input::Answered(pull, Err(Failure::Unreachable)));
    assert!(pull_of(&bench.step(Input::TryNow)).is_some());
}

#[test]
fn uploading_does_not_wait_for_pulling_nor_pulling_for_uploading() {
    let (mut bench, out) = Bench::started();
    assert!(pull_of(&out).is_some(), "a pull is under way");
    // Its answer never comes. Meanwhile an event is recorded.
    bench.step(Input::Recorded);
    let waits = Outbox { lives: vec![life(4, 3)], oldest_waiting: None };
    let out = bench.step(Input::Outbox(waits));
    assert_eq!(bench.contact.waiting, 1, "the screen learns of it at once");
    let reads = |output: &Output| matches!(output, Output::Journal(JournalOp::Batch { after: 3, .. }));
    let asked = out.iter().any(reads);
    // The question asked at the start is under way, or the event is read now.
    assert!(asked || out.iter().all(|output| !matches!(output, Output::Cache(_))));
    bench.now += REQUEST_TIMEOUT;
    let out = bench.step(Input::Tick);
    assert!(out.iter().any(|output| matches!(output, Output::Cancel(_))), "nobody waits for ever");
}

#[test]
fn a_journal_that_contradicts_itself_is_not_asked_in_a_loop() {
    let (mut bench, _) = Bench::started();
    let waits = Outbox { lives: vec![life(4, 3)], oldest_waiting: None };
    let mut reads = 0;
    let mut out = bench.step(Input::Batch(None));
    while bench.now < 60 * SECOND {
        let op = |wanted: fn(&JournalOp) -> bool| {
            out.iter().any(|output| matches!(output, Output::Journal(op) if wanted(op)))
        };
        if op(|op| matches!(op, JournalOp::Batch { .. })) {
            reads += 1;
            out = bench.step(Input::Batch(None));
        } else if op(|op| matches!(op, JournalOp::Read)) {
            out = bench.step(Input::Outbox(waits.clone()));
        } else {
            out = bench.wake();
        }
    }
    assert!((3..20).contains(&reads), "{reads} reads in a minute");
}

#[test]
fn gone_loads_a_snapshot_while_the_old_rows_stay() {
    let (mut bench, out) = Bench::started();
    let (pull, _) = pull_of(&out).expect("it pulls at the start");
    let out = bench.step(Input::Answered(pull, Ok(Answer::Gone)));
    let request = snapshot_of(&out).expect("it asks for a snapshot");
    assert!(bench.contact.loading);
    assert_eq!(bench.contact.cursor, Some(at(10)), "the desk goes on with what it has");
    let piece =
        gatehouse::feed::SnapshotPage { start: at(3), rows: page(0, 3, 3).rows, next: None, head: at(4) };
    let out = bench.step(Input::Answered(request, Ok(Answer::Piece(piece))));
    let out = bench.stored(&out);
    let changes = out.iter().find_map(|output| match output {
        Output::Send(id, Request::Pull(pull)) => Some((*id, pull.cursor, pull.seen)),
        _ => None,
    });
    let (pull, cursor, seen) = changes.expect("it asks for the changes since");
    assert_eq!((cursor, seen), (at(3), Some(at(4))), "and proves what it has seen");
    let out = bench.step(Input::Answered(pull, Ok(Answer::Page(page(3, 5, 6)))));
    assert!(out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Change(..)))), "not whole yet");
    let out = bench.stored(&out);
    let (pull, cursor) = pull_of(&out).expect("it asks for the rest");
    assert_eq!(cursor, at(5));
    let out = bench.step(Input::Answered(pull, Ok(Answer::Page(page(5, 6, 6)))));
    assert!(out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Swap(_)))));
    bench.stored(&out);
    assert_eq!((bench.contact.cursor, bench.contact.loading), (Some(at(6)), false));
}

#[test]
fn a_snapshot_that_cannot_be_continued_is_begun_again() {
    let (mut bench, _) = Bench::started();
    let cursor = at(3);
    bench.copy = Copy { cursor: None, whole: 0, loading: Some(Loading::Changes { cursor, seen: cursor }) };
    bench.core = Kiosk::new(KioskId(Uuid::from_u128(2)), "1.0");
    bench.step(Input::Tick);
    let out = bench.step(Input::Copy(bench.copy));
    let (pull, _) = pull_of(&out).expect("loading goes on after a restart");
    let out = bench.step(Input::Answered(pull, Ok(Answer::Gone)));
    assert!(out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Drop))));
    let mut out = bench.stored(&out);
    while snapshot_of(&out).is_none() {
        out = bench.wake();
    }
    assert!(bench.contact.loading);
}

#[test]
fn answers_that_nobody_waits_for_change_nothing() {
    let (mut bench, _) = Bench::live();
    let before = bench.contact;
    bench.step(Input::Answered(RequestId(9_999), Ok(Answer::Gone)));
    bench.step(Input::Streamed(StreamId(9_999), StreamItem::Page(page(10, 12, 12))));
    bench.step(Input::Batch(None));
    bench.step(Input::Copy(Copy::default()));
    assert_eq!(bench.contact, before);
}

#[test]
fn a_failing_store_is_tried_again_and_never_in_a_loop() {
    let (mut bench, stream) = Bench::live();
    bench.step(Input::Streamed(stream, StreamItem::Page(page(10, 12, 12))));
    let mut out = bench.step(Input::CacheFailed);
    let mut tries = 0;
    while bench.now < 60 * SECOND {
        if out.iter().any(|output| matches!(output, Output::Cache(CacheOp::Read))) {
            tries += 1;
            out = bench.step(Input::CacheFailed);
        } else {
            out = bench.wake();
        }
    }
    assert!((3..20).contains(&tries), "{tries} tries in a minute");
}
