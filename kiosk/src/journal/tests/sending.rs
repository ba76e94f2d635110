//! What waits to be sent, is acknowledged, and goes in the end.

use super::*;

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
