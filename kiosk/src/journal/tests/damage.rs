//! A journal whose file was damaged: what can be had is had.

use super::*;

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
