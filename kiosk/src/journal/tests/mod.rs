//! The journal by itself: what it records, and that it is whole.

mod damage;
mod sending;

use std::path::PathBuf;

use gatehouse::{
    hash::Hash,
    id::{EventId, IncarnationId, PassId, UnitId, VisitorId},
    journal::{
        Act, AlertCode, Details,
        outbox::{Acknowledge, End, GoBack, LifeState},
    },
    sync::Visible,
    time::DAY,
    words::{Credential, Subject, VisitorType},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::entropy::SystemEntropy;

struct Bench {
    _dir: TempDir,
    path: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        Self { _dir: dir, path }
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path, &[3; 32], author(), Box::new(SystemEntropy)).unwrap()
    }

    fn begun(&self) -> Journal {
        let journal = self.open();
        journal.begin(&stamp(1), Cause::Enrolled, None).unwrap();
        journal
    }
}

fn author() -> Author {
    Author {
        community: CommunityId(Uuid::from_u128(1)),
        kiosk: KioskId(Uuid::from_u128(2)),
        key: SigningKey::from_bytes(&[9; 32]),
    }
}

fn stamp(at: i64) -> Stamp {
    Stamp { at: UnixMs(at), time: TimeMark::Anchored(5), gate: GateId(Uuid::from_u128(3)), guard: None }
}

fn admitted(pass: u128) -> Act {
    Act::Admitted {
        visit: VisitorId(Uuid::from_u128(pass + 1000)),
        pass: Some(PassId(Uuid::from_u128(pass))),
        units: vec![],
        visitor_type: VisitorType::Guest,
        credential: Credential::Qr,
        people: 1,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}

#[test]
fn whoever_carries_it_is_told_of_each_write_that_added_something() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let journal = Bench::new().open();
    let told = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&told);
    journal.tell_of_writes(move || {
        hears.fetch_add(1, Ordering::Relaxed);
    });
    let head = journal.begin(&stamp(1), Cause::Enrolled, None).unwrap();
    journal.write(|writing| writing.append(&stamp(2), &admitted(1), None)).unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 2);
    journal.write(|writing| Ok::<_, JournalError>(writing.head())).unwrap();
    let failed = journal.write(|writing| {
        writing.append(&stamp(3), &admitted(2), None)?;
        Err::<(), _>(JournalError::NotOurs)
    });
    assert!(failed.is_err());
    assert_eq!(told.load(Ordering::Relaxed), 2, "nothing was added");
    let end = End {
        incarnation: head.incarnation,
        state: LifeState::Closed,
        cause: Cause::Forked,
        alert: AlertCode::JournalForked,
    };
    journal.end(&end, &stamp(4)).unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 3);
}

fn photo(journal: &Journal, at: i64, visit: u128, jpeg: &[u8]) -> EventId {
    let visit = VisitorId(Uuid::from_u128(visit));
    let digest = Hash::of(&[jpeg]);
    journal
        .write(|writing| {
            let event = writing.append(&stamp(at), &Act::PhotoTaken { visit, digest }, None)?.id;
            writing.keep_photo(&Photo { event, visit, digest, at: UnixMs(at), jpeg: jpeg.to_vec() })?;
            Ok::<_, JournalError>(event)
        })
        .unwrap()
}

fn append(journal: &Journal, at: i64, act: &Act) -> Recorded {
    journal.write(|writing| writing.append(&stamp(at), act, None)).unwrap()
}

#[test]
fn events_follow_each_other_without_gaps_and_verify() {
    let bench = Bench::new();
    let journal = bench.begun();
    let two = append(&journal, 2, &admitted(1));
    let details = Details { name: Some("Asha".into()), ..Details::default() };
    let three = journal.write(|writing| writing.append(&stamp(3), &admitted(2), Some(details))).unwrap();
    assert_eq!((two.head.seq, three.head.seq), (2, 3));
    let verified = journal.verify().unwrap();
    assert_eq!((verified.events, verified.broken), (3, None));
    assert_eq!(verified.head, Some(three.head));
    let kept = journal.event(three.id).unwrap().unwrap();
    assert_eq!(kept.recorded.details.unwrap().name.as_deref(), Some("Asha"));
}

#[test]
fn a_transaction_that_is_given_up_leaves_nothing_and_the_chain_goes_on() {
    let bench = Bench::new();
    let journal = bench.begun();
    let given_up: Result<(), JournalError> = journal.write(|writing| {
        writing.append(&stamp(2), &admitted(1), None)?;
        Err(JournalError::NoLife)
    });
    assert!(given_up.is_err());
    drop(journal);
    let journal = bench.open();
    assert_eq!(append(&journal, 3, &admitted(2)).head.seq, 2);
    assert!(journal.uses(PassId(Uuid::from_u128(1))).unwrap().is_empty());
    assert_eq!(journal.verify().unwrap().broken, None);
}

#[test]
fn nothing_is_recorded_before_the_first_life() {
    let journal = Bench::new().open();
    let refused: Result<_, JournalError> =
        journal.write(|writing| writing.append(&stamp(1), &admitted(1), None));
    assert!(matches!(refused, Err(JournalError::NoLife)));
}

#[test]
fn a_use_is_counted_in_the_transaction_that_adds_the_next_and_gone_when_taken_back() {
    let bench = Bench::new();
    let journal = bench.begun();
    let pass = PassId(Uuid::from_u128(1));
    let used = append(&journal, 2, &admitted(1));
    let seen = journal.write(|writing| writing.uses(pass)).unwrap();
    assert_eq!(seen, vec![(used.id, UnixMs(2))]);
    append(&journal, 3, &Act::Undone { event: used.id });
    assert!(journal.uses(pass).unwrap().is_empty());
}

#[test]
fn erased_details_leave_a_chain_that_verifies() {
    let bench = Bench::new();
    let journal = bench.begun();
    let details = Details { name: Some("Asha".into()), ..Details::default() };
    let event = journal.write(|writing| writing.append(&stamp(2), &admitted(1), Some(details))).unwrap().id;
    assert_eq!(journal.erase(&[event]).unwrap(), 1);
    assert!(journal.event(event).unwrap().unwrap().recorded.details.is_none());
    assert_eq!(journal.verify().unwrap().broken, None);
    let batch = journal.batch(journal.head().unwrap().unwrap().incarnation, 1, 10).unwrap();
    assert_eq!(batch.events[0].details, None);
}

#[test]
fn a_changed_byte_is_found() {
    let bench = Bench::new();
    let journal = bench.begun();
    append(&journal, 2, &admitted(1));
    journal
        .maintain(|transaction| {
            transaction.execute("update event set bytes = cast(bytes || x'00' as blob) where seq = 1", [])?;
            Ok(())
        })
        .unwrap();
    assert!(journal.verify().unwrap().broken.is_some());
}

fn word(incarnation: IncarnationId, upto: u64, visible: &[(u64, u64)], by: u64) -> Acknowledge {
    let visible = visible.iter().map(|&(event, feed)| Visible { event, feed }).collect();
    Acknowledge { incarnation, upto, visible, by }
}

#[test]
fn what_was_acknowledged_long_ago_goes_and_the_rest_still_verifies_and_exports() {
    let bench = Bench::new();
    let journal = bench.begun();
    for at in 2..6 {
        append(&journal, at, &admitted(at.unsigned_abs().into()));
    }
    let life = journal.head().unwrap().unwrap().incarnation;
    journal.acknowledge(&word(life, 3, &[(1, 0), (2, 11), (3, 12)], 12), UnixMs(10)).unwrap();
    journal.acknowledge(&word(life, 5, &[(4, 12), (5, 12)], 12), UnixMs(20)).unwrap();
    assert_eq!(journal.prune(UnixMs(15), 12).unwrap(), 3);
    let verified = journal.verify().unwrap();
    assert_eq!((verified.events, verified.broken), (2, None));
    assert_eq!(journal.outbox().unwrap().lives[0].oldest, 4);
    let mut lines = Vec::new();
    let count = journal
        .export(|piece| {
            lines.push(piece);
            Ok::<_, JournalError>(())
        })
        .unwrap();
    assert_eq!(count, 2);
    let Exporting::Life(header) = &lines[0] else { panic!("a life begins with its header") };
    let Exporting::Event(next) = &lines[1] else { panic!("then its events come") };
    let before = Head { incarnation: life, seq: header.after, hash: header.hash };
    next.verify(&before, author().kiosk, &author().public()).unwrap();
}

#[test]
fn an_export_gives_out_all_of_a_long_life_in_order() {
    let bench = Bench::new();
    let journal = bench.begun();
    for at in 2..=450 {
        append(&journal, at, &admitted(1));
    }
    let mut seqs = Vec::new();
    let count = journal
        .export(|piece| {
            if let Exporting::Event(signed) = piece {
                seqs.push(signed.event()?.seq);
            }
            Ok::<_, JournalError>(())
        })
        .unwrap();
    assert_eq!((count, seqs), (450, (1..=450).collect()));
}

#[test]
fn a_forked_journal_goes_on_in_a_new_life_and_tells_admins() {
    let bench = Bench::new();
    let journal = bench.begun();
    let old = append(&journal, 2, &admitted(1)).head;
    let end = End {
        incarnation: old.incarnation,
        state: LifeState::Closed,
        cause: Cause::Forked,
        alert: AlertCode::JournalForked,
    };
    journal.end(&end, &stamp(3)).unwrap();
    let new = journal.head().unwrap().unwrap();
    assert_eq!(new.seq, 2);
    assert_ne!(new.incarnation, old.incarnation);
    let first = journal.batch(new.incarnation, 0, 1).unwrap().events[0].event.event().unwrap();
    let said = Act::read(first.kind, &first.body).unwrap();
    assert_eq!(said, Act::Opened { follows: Some(old), cause: Cause::Forked });
    assert_eq!(append(&journal, 4, &admitted(2)).head.seq, 3);
    let verified = journal.verify().unwrap();
    assert_eq!((verified.events, verified.broken), (5, None));
    assert_eq!(journal.uses(PassId(Uuid::from_u128(1))).unwrap().len(), 1);
    assert_eq!(journal.outbox().unwrap().next().unwrap().incarnation(), old.incarnation);
}

#[test]
fn a_full_disk_records_nothing_by_halves() {
    let bench = Bench::new();
    let journal = bench.begun();
    journal.writer.lock().unwrap().connection.execute_batch("pragma max_page_count = 1").unwrap();
    let long = Details { note: Some("x".repeat(200_000)), ..Details::default() };
    let failed: Result<_, JournalError> =
        journal.write(|writing| writing.append(&stamp(2), &Act::alert(AlertCode::DiskFull), Some(long)));
    assert!(matches!(failed, Err(JournalError::Database(DatabaseError::Full(_)))), "{failed:?}");
    journal.writer.lock().unwrap().connection.execute_batch("pragma max_page_count = 100000").unwrap();
    assert_eq!(append(&journal, 3, &admitted(1)).head.seq, 2);
    assert_eq!(journal.verify().unwrap().broken, None);
}

#[test]
fn tries_are_counted_from_the_events_and_a_right_pin_forgives() {
    let bench = Bench::new();
    let journal = bench.begun();
    let unit = UnitId(Uuid::from_u128(50));
    let guard = UserId(Uuid::from_u128(60));
    let wrong = Act::WrongCode { unit };
    for at in [1_000, 2_000, 3_000] {
        append(&journal, at, &wrong);
        append(&journal, at, &Act::PinWrong { guard });
    }
    drop(journal);
    let journal = bench.open();
    assert_eq!(journal.tries(wrong.kind(), unit.0, UnixMs(2_000)).unwrap().len(), 2);
    assert_eq!(journal.tries_at_kiosk(wrong.kind(), UnixMs(1_000)).unwrap().len(), 3);
    assert_eq!(journal.wrong_pins(guard).unwrap().len(), 3);
    append(&journal, 4_000, &Act::SignedIn { guard });
    assert!(journal.wrong_pins(guard).unwrap().is_empty());
}
