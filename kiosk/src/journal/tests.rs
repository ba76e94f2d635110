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

/// Falsifies the event at `seq` and sets the file aside. Answers where it lies.
fn set_aside_damaged(bench: &Bench, journal: Journal, seq: i64) -> PathBuf {
    journal
        .maintain(|transaction| {
            transaction.execute("update event set signature = zeroblob(64) where seq = ?1", [seq])?;
            Ok(())
        })
        .unwrap();
    drop(journal);
    let aside = bench.path.with_extension("old");
    std::fs::rename(&bench.path, &aside).unwrap();
    let _ = std::fs::rename(bench.path.with_extension("db-wal"), bench.path.with_extension("old-wal"));
    aside
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
fn what_is_acknowledged_no_longer_waits_until_a_restored_server_takes_it_back() {
    let bench = Bench::new();
    let journal = bench.begun();
    let two = append(&journal, 2, &admitted(1));
    let three = append(&journal, 3, &admitted(2));
    let life = three.head.incarnation;
    assert_eq!(journal.outbox().unwrap().waiting(), 3);
    journal.acknowledge(&word(life, 3, &[(2, 10)], 12), UnixMs(5)).unwrap();
    let outbox = journal.outbox().unwrap();
    assert_eq!((outbox.waiting(), outbox.oldest_waiting), (0, None));
    journal.acknowledge(&word(life, 1, &[], 12), UnixMs(5)).unwrap();
    assert_eq!(journal.outbox().unwrap().waiting(), 0, "a late answer takes nothing back");
    journal.go_back(&GoBack { incarnation: life, to: 2 }).unwrap();
    let outbox = journal.outbox().unwrap();
    assert_eq!((outbox.waiting(), outbox.oldest_waiting), (1, Some(UnixMs(3))));
    let batch = journal.batch(life, 2, 10).unwrap();
    assert_eq!((batch.after, batch.events.len()), (two.head, 1));
}

#[test]
fn effects_stay_unseen_until_the_copy_was_whole_behind_them() {
    let bench = Bench::new();
    let journal = bench.begun();
    let head = append(&journal, 2, &admitted(1)).head;
    assert_eq!(journal.unseen(99).unwrap().len(), 2);
    journal.acknowledge(&word(head.incarnation, 2, &[(1, 0), (2, 10)], 12), UnixMs(3)).unwrap();
    assert_eq!(journal.unseen(9).unwrap().len(), 1);
    assert_eq!(journal.unseen(10).unwrap().len(), 0);
    journal.go_back(&GoBack { incarnation: head.incarnation, to: 1 }).unwrap();
    assert_eq!(journal.unseen(10).unwrap().len(), 1);
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
fn a_damaged_journal_is_salvaged_up_to_the_damage() {
    let bench = Bench::new();
    let journal = bench.begun();
    for at in 2..8 {
        append(&journal, at, &admitted(at.unsigned_abs().into()));
    }
    let aside = set_aside_damaged(&bench, journal, 5);
    let journal = bench.open();
    let saved = salvage(&aside, &[3; 32], &journal).unwrap();
    assert_eq!(saved.events, 4);
    let head = journal.begin(&stamp(9), Cause::Damaged, saved.head).unwrap();
    assert_ne!(Some(head.incarnation), saved.head.map(|head| head.incarnation));
    assert_eq!(journal.verify().unwrap().broken, None);
    assert_eq!(journal.uses(PassId(Uuid::from_u128(4))).unwrap().len(), 1);
    assert!(journal.uses(PassId(Uuid::from_u128(6))).unwrap().is_empty());
}

#[test]
fn what_the_server_had_before_a_damage_is_seen_sent_and_dropped_as_without_one() {
    let bench = Bench::new();
    let journal = bench.begun();
    let pictured = photo(&journal, 2, 7, b"one");
    for at in 3..8 {
        append(&journal, at, &admitted(at.unsigned_abs().into()));
    }
    let life = journal.head().unwrap().unwrap().incarnation;
    journal.acknowledge(&word(life, 4, &[(1, 0), (2, 11), (3, 12), (4, 12)], 12), UnixMs(10)).unwrap();
    let aside = set_aside_damaged(&bench, journal, 6);
    let journal = bench.open();
    let saved = salvage(&aside, &[3; 32], &journal).unwrap();
    journal.begin(&stamp(9), Cause::Damaged, saved.head).unwrap();
    assert_eq!(journal.outbox().unwrap().waiting(), 2, "the fifth, and the first of the new life");
    let unseen: Vec<_> = journal.unseen(12).unwrap().iter().map(|kept| kept.recorded.event.seq).collect();
    assert_eq!(unseen, [5, 1]);
    assert_eq!(journal.photo_to_send(0).unwrap().unwrap().photo.event, pictured);
    assert_eq!(journal.prune(UnixMs(15), 12).unwrap(), 4);
    assert_eq!(journal.verify().unwrap().broken, None);
}

/// The pages of a table of the journal, in the order of its rows.
fn pages(journal: &Journal, table: &str, kind: &str) -> Vec<u32> {
    let connection = journal.read();
    let mut statement = connection
        .prepare("select pageno from dbstat where name = ?1 and pagetype = ?2 order by path")
        .unwrap();
    statement.query_map([table, kind], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Sets the file aside with a page that can no longer be decrypted. Answers where it lies.
fn set_aside_torn(bench: &Bench, journal: Journal, page: u32) -> PathBuf {
    drop(journal);
    let mut bytes = std::fs::read(&bench.path).unwrap();
    let begins = usize::try_from(page - 1).unwrap() * 4096;
    bytes[begins + 1_000..begins + 1_064].fill(0xAA);
    let aside = bench.path.with_extension("old");
    std::fs::write(&aside, bytes).unwrap();
    std::fs::remove_file(&bench.path).unwrap();
    aside
}

#[test]
fn a_torn_page_of_a_photo_costs_that_photo_alone() {
    let bench = Bench::new();
    let journal = bench.begun();
    let jpegs = [1_u8, 2, 3].map(|n| vec![n; 20_000]);
    for (at, jpeg) in (2..).zip(&jpegs) {
        photo(&journal, at, 7, jpeg);
    }
    let details = Details { name: Some("Asha".into()), ..Details::default() };
    let named = journal.write(|writing| writing.append(&stamp(5), &admitted(1), Some(details))).unwrap();
    let page = pages(&journal, "photo", "overflow")[0];
    let aside = set_aside_torn(&bench, journal, page);
    let journal = bench.open();
    let saved = salvage(&aside, &[3; 32], &journal).unwrap();
    assert_eq!((saved.events, saved.head), (5, Some(named.head)));
    let kept = jpegs.map(|jpeg| journal.photo(&Hash::of(&[&jpeg])).unwrap().is_some());
    assert_eq!(kept, [false, true, true]);
    let kept = journal.event(named.id).unwrap().unwrap();
    assert_eq!(kept.recorded.details.unwrap().name.as_deref(), Some("Asha"));
}

#[test]
fn what_waits_is_saved_from_behind_a_torn_page_of_what_the_server_has_and_later_lives_too() {
    let bench = Bench::new();
    let journal = bench.begun();
    for at in 2..=60 {
        append(&journal, at, &admitted(at.unsigned_abs().into()));
    }
    let life = journal.head().unwrap().unwrap().incarnation;
    journal.acknowledge(&word(life, 40, &[], 12), UnixMs(70)).unwrap();
    let known = journal.hash_at(life, 40).unwrap().unwrap();
    let end = End {
        incarnation: life,
        state: LifeState::Closed,
        cause: Cause::Forked,
        alert: AlertCode::JournalForked,
    };
    journal.end(&end, &stamp(80)).unwrap();
    let before = journal.outbox().unwrap().waiting();
    let page = pages(&journal, "event", "leaf")[1];
    let aside = set_aside_torn(&bench, journal, page);
    let journal = bench.open();
    salvage(&aside, &[3; 32], &journal).unwrap();
    assert_eq!(journal.verify().unwrap().broken, None);
    let outbox = journal.outbox().unwrap();
    assert_eq!(outbox.waiting(), before, "twenty of the first life, and all of the second");
    let batch = journal.batch(life, outbox.lives[0].send_after(), 100).unwrap();
    assert_eq!(
        batch.after,
        Head { incarnation: life, seq: 40, hash: known },
        "it follows on what the server has"
    );
    assert!((2..=41).contains(&outbox.lives[0].oldest), "{}", outbox.lives[0].oldest);
}

#[test]
fn a_full_disk_records_nothing_by_halves() {
    let bench = Bench::new();
    let journal = bench.begun();
    journal.writer.lock().unwrap().connection.execute_batch("pragma max_page_count = 1").unwrap();
    let long = Details { note: Some("x".repeat(200_000)), ..Details::default() };
    let failed: Result<_, JournalError> = journal.write(|writing| {
        writing.append(&stamp(2), &Act::AlertRaised { alert: AlertCode::DiskFull }, Some(long))
    });
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

#[test]
fn a_batch_is_no_larger_than_the_server_takes_and_never_empty() {
    let bench = Bench::new();
    let journal = bench.begun();
    for (at, mib) in [(2, 3), (3, 2), (4, 5), (5, 0)] {
        let details = Details { note: Some("x".repeat(mib << 20)), ..Details::default() };
        journal.write(|writing| writing.append(&stamp(at), &admitted(1), Some(details))).unwrap();
    }
    let life = journal.head().unwrap().unwrap().incarnation;
    let sent = |after| journal.batch(life, after, 500).unwrap().events.len();
    assert_eq!([0, 2, 3, 4].map(sent), [2, 1, 1, 1]);
}

#[test]
fn what_is_held_back_is_not_sent_until_it_is_released() {
    let bench = Bench::new();
    let journal = bench.begun();
    let two = append(&journal, 2, &admitted(1)).head;
    journal.hold(2);
    append(&journal, 3, &admitted(2));
    let outbox = journal.outbox().unwrap();
    assert_eq!(outbox.waiting(), 1);
    assert_eq!(journal.batch(two.incarnation, 0, 10).unwrap().events.len(), 1);
    journal.release();
    assert_eq!(journal.outbox().unwrap().waiting(), 3);
    assert_eq!(journal.batch(two.incarnation, 0, 10).unwrap().events.len(), 3);
}

#[test]
fn a_journal_is_closed_as_sent_only_with_what_was_held_back_and_its_pictures() {
    let bench = Bench::new();
    let journal = bench.begun();
    let head = journal.head().unwrap().unwrap();
    journal.acknowledge(&word(head.incarnation, 1, &[], 9), UnixMs(2)).unwrap();
    journal.hold(2);
    append(&journal, 3, &admitted(1));
    assert_eq!(journal.outbox().unwrap().waiting(), 0, "what is held back is not sent yet");
    assert!(!journal.close_if_sent().unwrap());
    let pictured = photo(&journal, 4, 7, b"one");
    journal.acknowledge(&word(head.incarnation, 3, &[], 9), UnixMs(5)).unwrap();
    assert!(!journal.close_if_sent().unwrap(), "a picture waits");
    journal.photo_settled(pictured, UnixMs(6)).unwrap();
    assert!(journal.close_if_sent().unwrap());
    let late: Result<_, JournalError> =
        journal.write(|writing| writing.append(&stamp(7), &admitted(2), None));
    assert!(matches!(late, Err(JournalError::Closed)), "nothing comes behind what was looked at");
}

#[test]
fn a_photo_waits_for_its_event_and_is_sent_once_and_again_to_a_restored_server() {
    let bench = Bench::new();
    let journal = bench.begun();
    let first = photo(&journal, 2, 7, b"one");
    let second = photo(&journal, 3, 7, b"two");
    assert!(journal.photo_to_send(0).unwrap().is_none(), "its event goes first");
    let head = journal.head().unwrap().unwrap();
    let word = Acknowledge { incarnation: head.incarnation, upto: 2, visible: vec![], by: 9 };
    journal.acknowledge(&word, UnixMs(10)).unwrap();
    let waiting = journal.photo_to_send(0).unwrap().unwrap();
    assert_eq!((waiting.photo.event, waiting.photo.jpeg.as_slice()), (first, b"one".as_slice()));
    assert!(journal.photo_to_send(waiting.number).unwrap().is_none());
    journal.photo_settled(first, UnixMs(11)).unwrap();
    assert_eq!(journal.photos_waiting().unwrap(), 1);

    journal.acknowledge(&Acknowledge { upto: 3, ..word }, UnixMs(12)).unwrap();
    assert_eq!(journal.photo_to_send(0).unwrap().unwrap().photo.event, second);
    journal.photo_settled(second, UnixMs(13)).unwrap();
    journal.go_back(&GoBack { incarnation: head.incarnation, to: 2 }).unwrap();
    assert_eq!(journal.photos_waiting().unwrap(), 1, "the restored server lost the second");
    assert!(journal.photo_to_send(0).unwrap().is_none(), "whose event it does not have yet either");
}

#[test]
fn photos_go_when_their_time_is_over_and_with_their_visit() {
    let bench = Bench::new();
    let journal = bench.begun();
    let now = 100 * DAY;
    let old = photo(&journal, now - 31 * DAY, 1, b"old");
    let sent = photo(&journal, now - 4 * DAY, 2, b"sent");
    journal.photo_settled(sent, UnixMs(now - 4 * DAY)).unwrap();
    photo(&journal, now - 4 * DAY, 3, b"waits");
    assert_eq!(journal.prune_photos(UnixMs(now)).unwrap(), 2);
    assert_eq!(journal.photo(&Hash::of(&[b"old"])).unwrap(), None);
    assert_eq!(journal.photo(&Hash::of(&[b"waits"])).unwrap().as_deref(), Some(b"waits".as_slice()));
    assert!(!journal.forget_photos_of(VisitorId(Uuid::from_u128(1))).unwrap());
    assert!(journal.forget_photos_of(VisitorId(Uuid::from_u128(3))).unwrap());
    assert_eq!(journal.photos_of_visits().unwrap(), []);
    assert!(journal.event(old).unwrap().is_some(), "what happened stays");
    assert!(journal.verify().unwrap().broken.is_none());
}
