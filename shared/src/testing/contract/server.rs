//! The contract of a server's feed and of its intake of journals.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;

use crate::{
    feed::{Cursor, Page, Row, RowId, RowKind, serve::Gone},
    id::{EventId, FeedEpochId},
    journal::{Act, Cause, Event, Head, SignedEvent, TimeMark, genesis},
    sync::{PROTOCOL, Pull, SnapshotPull, SnapshotResume, Upload, UploadEvent, UploadOutcome},
    testing::{Home, ServerStore},
    time::UnixMs,
};

/// Checks a server. `open` makes one with an empty feed in which the kiosk of the home is enrolled; the feed
/// may hold rows of its own from the start.
pub fn check_server<S: ServerStore>(mut open: impl FnMut() -> (S, Home)) {
    pages_lead_to_the_head(&mut open);
    what_cannot_be_continued_is_gone(&mut open);
    a_snapshot_and_the_changes_since_are_the_state(&mut open);
    an_upload_is_taken_once(&mut open);
    a_gap_is_not_taken(&mut open);
    who_has_what_came_before_is_asked_for_it(&mut open);
    a_fork_is_kept_beside(&mut open);
    what_is_not_the_kiosks_is_rejected(&mut open);
}

/// A kind that no version knows.
const KIND: RowKind = RowKind(60_000);

fn id(number: u16) -> RowId {
    RowId(uuid::Uuid::from_u128(u128::from(number)).into_bytes())
}

fn put(number: u16, body: u8) -> (RowKind, RowId, Option<Vec<u8>>) {
    (KIND, id(number), Some(vec![body]))
}

fn pull<S: ServerStore>(server: &mut S, cursor: Cursor, seen: Option<Cursor>) -> Result<Page, Gone> {
    let pull = Pull { protocol: PROTOCOL, cursor, waiting: 0, oldest: None, version: "1".into(), seen };
    server.pull(&pull).expect("the store answers")
}

type State = BTreeMap<(RowKind, RowId), Row>;

fn apply(state: &mut State, rows: &[Row]) {
    for row in rows {
        match row.body {
            Some(_) => state.insert((row.kind, row.id), row.clone()),
            None => state.remove(&(row.kind, row.id)),
        };
    }
}

/// Follows the feed from `cursor` to its head.
fn follow<S: ServerStore>(server: &mut S, state: &mut State, mut cursor: Cursor) -> Cursor {
    loop {
        let page = pull(server, cursor, None).expect("the cursor can be continued");
        assert_eq!(page.from, cursor);
        assert!(page.rows.len() <= Page::MAX_ROWS);
        let mut last = page.from.seq;
        for row in &page.rows {
            assert!(row.seq > last && row.seq <= page.to.seq, "rows in order, in the page's range");
            last = row.seq;
        }
        apply(state, &page.rows);
        cursor = page.to;
        if page.is_whole() {
            return cursor;
        }
    }
}

fn is_state<S: ServerStore>(server: &mut S, state: &State) {
    let rows = server.rows().expect("rows are read");
    assert!(rows.iter().eq(state.values()), "the copy equals the state at the head");
}

/// Loads a snapshot, with `between` happening after each piece.
fn load<S: ServerStore>(server: &mut S, mut between: impl FnMut(&mut S)) -> (State, Cursor, Cursor) {
    let mut state = State::new();
    let mut resume = None;
    loop {
        let pull = SnapshotPull { protocol: PROTOCOL, resume };
        let piece = server.snapshot(&pull).expect("the store answers").expect("the place can be continued");
        assert!(piece.rows.iter().all(|row| row.body.is_some()), "a snapshot holds no tombstones");
        apply(&mut state, &piece.rows);
        between(server);
        match piece.next {
            Some(after) => resume = Some(SnapshotResume { start: piece.start, after, seen: piece.head }),
            None => return (state, piece.start, piece.head),
        }
    }
}

fn pages_lead_to_the_head<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, _) = open();
    let (mut state, start, _) = load(&mut server, |_| {});
    let many: Vec<_> = (0..2_500).map(|number| put(number, 1)).collect();
    server.publish(&many).expect("rows are published");
    server.publish(&[put(3, 2), (KIND, id(4), None)]).expect("rows are published");
    let head = server.publish(&[put(2_499, 3)]).expect("rows are published");
    let reached = follow(&mut server, &mut state, start);
    assert_eq!(reached, head);
    is_state(&mut server, &state);
    let page = pull(&mut server, head, None).expect("the head can be continued");
    assert_eq!((page.from, page.to, page.head, page.rows.len()), (head, head, head.seq, 0));
    let half = pull(&mut server, start, None).expect("the start can be continued");
    assert!(!half.is_whole());
    let marked = Cursor { mark: [0xee; 8], ..half.to };
    assert_eq!(pull(&mut server, marked, None), Err(Gone::Mark), "in the middle of a commit, too");
}

fn what_cannot_be_continued_is_gone<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, _) = open();
    let first = server.publish(&[put(1, 1), put(2, 1)]).expect("rows are published");
    let head = server.publish(&[put(3, 1), (KIND, id(1), None)]).expect("rows are published");
    let other = FeedEpochId(uuid::Uuid::from_u128(77));
    let cases = [
        (Cursor { epoch: other, ..first }, Gone::Epoch(other)),
        (Cursor { mark: [0xee; 8], ..first }, Gone::Mark),
        (Cursor { seq: head.seq + 1, ..head }, Gone::Ahead),
    ];
    for (cursor, gone) in cases {
        assert_eq!(pull(&mut server, cursor, None), Err(gone));
        assert_eq!(pull(&mut server, first, Some(cursor)), Err(gone), "a place seen must be known as well");
        let after = crate::feed::SnapshotPlace { kind: KIND, id: id(1) };
        for (start, seen) in [(cursor, head), (first, cursor)] {
            let resume = Some(SnapshotResume { start, after, seen });
            let answer = server.snapshot(&SnapshotPull { protocol: PROTOCOL, resume });
            assert_eq!(answer.expect("the store answers").map(drop), Err(gone));
        }
    }
    server.forget_tombstones(head.seq).expect("tombstones are forgotten");
    assert_eq!(pull(&mut server, first, None), Err(Gone::Floor));
    assert!(pull(&mut server, head, None).is_ok(), "the floor itself can be continued");
}

fn a_snapshot_and_the_changes_since_are_the_state<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, _) = open();
    let many: Vec<_> = (0..2_500).map(|number| put(number, 1)).collect();
    server.publish(&many).expect("rows are published");
    let mut step = 0;
    let (mut state, start, seen) = load(&mut server, |server| {
        step += 1;
        // One that was read, one that was not yet, a new one in front, and one that goes.
        let changes = [put(step, 9), put(2_400 + step, 9), put(3_000 + step, 9), (KIND, id(10 + step), None)];
        server.publish(&changes).expect("rows are published");
    });
    assert!(step >= 3, "2,500 rows take three pieces at least");
    assert!(seen.seq >= start.seq);
    follow(&mut server, &mut state, start);
    is_state(&mut server, &state);
}

struct Book {
    home: Home,
    head: Head,
    held: Vec<UploadEvent>,
}

impl Book {
    fn new(home: &Home, incarnation: u128) -> Self {
        let incarnation = uuid::Uuid::from_u128(incarnation).into();
        let hash = genesis(home.community, home.kiosk, incarnation);
        let mut book =
            Self { home: home.clone(), head: Head { incarnation, seq: 0, hash }, held: Vec::new() };
        book.write(&Act::Opened { follows: None, cause: Cause::Enrolled }, 0);
        book
    }

    fn write(&mut self, act: &Act, salt: u128) {
        let seq = self.head.seq + 1;
        let number = self.head.incarnation.0.as_u128() << 64 | salt << 32 | u128::from(seq);
        let event = Event {
            format: Event::FORMAT,
            kiosk: self.home.kiosk,
            incarnation: self.head.incarnation,
            seq,
            id: EventId(uuid::Uuid::from_u128(number)),
            at: UnixMs(1_800_000_000_000 + i64::try_from(seq).expect("a small number")),
            time: TimeMark::Wall,
            gate: self.home.gate,
            guard: None,
            kind: act.kind(),
            body: act.body(),
            details: None,
        };
        let signed = SignedEvent::seal(&event, &self.head.hash, &self.home.key);
        self.head = Head { seq, hash: signed.hash, ..self.head };
        self.held.push(UploadEvent { event: signed, details: None });
    }

    fn fill(&mut self, count: usize, salt: u128) {
        for _ in 0..count {
            self.write(&Act::WrongCode { unit: uuid::Uuid::from_u128(1).into() }, salt);
        }
    }

    /// The upload of the events behind `after`, up to `upto`.
    fn upload(&self, after: usize, upto: usize) -> Upload {
        let incarnation = self.head.incarnation;
        let hash = match after {
            0 => genesis(self.home.community, self.home.kiosk, incarnation),
            seq => self.held[seq - 1].event.hash,
        };
        Upload {
            protocol: PROTOCOL,
            kiosk: self.home.kiosk,
            after: Head { incarnation, seq: after as u64, hash },
            events: self.held[after..upto].to_vec(),
            waiting: 0,
            oldest: 1,
        }
    }
}

/// Uploads and gives outcome, durable seq, and the events said to be visible.
fn send<S: ServerStore>(server: &mut S, upload: &Upload) -> (UploadOutcome, u64, Vec<u64>) {
    let answer = server.upload(upload).expect("the store answers");
    assert_eq!(answer.incarnation, upload.after.incarnation);
    assert!(answer.visible.iter().all(|visible| visible.feed <= answer.head));
    (answer.outcome, answer.durable, answer.visible.iter().map(|visible| visible.event).collect())
}

fn an_upload_is_taken_once<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, home) = open();
    let mut book = Book::new(&home, 21);
    book.fill(9, 0);
    let appended = |durable, visible: std::ops::RangeInclusive<u64>| {
        (UploadOutcome::Appended, durable, visible.collect::<Vec<u64>>())
    };
    assert_eq!(send(&mut server, &book.upload(0, 0)), (UploadOutcome::Appended, 0, vec![]));
    assert_eq!(send(&mut server, &book.upload(0, 4)), appended(4, 1..=4));
    assert_eq!(send(&mut server, &book.upload(0, 4)), appended(4, 1..=4), "the same again");
    assert_eq!(send(&mut server, &book.upload(2, 7)), appended(7, 3..=7), "an overlapping one");
    assert_eq!(send(&mut server, &book.upload(1, 3)), appended(7, 2..=3), "an old one says how far it got");
    assert_eq!(send(&mut server, &book.upload(7, 7)), (UploadOutcome::Appended, 7, vec![]), "a question");
    assert_eq!(send(&mut server, &book.upload(7, 10)), appended(10, 8..=10));
}

fn a_gap_is_not_taken<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, home) = open();
    let mut book = Book::new(&home, 22);
    book.fill(9, 0);
    send(&mut server, &book.upload(0, 3));
    assert_eq!(send(&mut server, &book.upload(5, 8)), (UploadOutcome::Gap, 3, vec![]));
    assert_eq!(send(&mut server, &book.upload(3, 3)), (UploadOutcome::Appended, 3, vec![]));
    let oldest = Upload { oldest: 6, ..book.upload(5, 8) };
    let beside = (UploadOutcome::Fork(6), 8, vec![6, 7, 8]);
    assert_eq!(send(&mut server, &oldest), beside, "kept beside where nothing before can be had any more");
    assert_eq!(send(&mut server, &oldest), beside, "once");
}

fn who_has_what_came_before_is_asked_for_it<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, home) = open();
    let mut book = Book::new(&home, 26);
    book.fill(11, 0);
    let pruned = |after, upto, oldest| Upload { oldest, ..book.upload(after, upto) };
    send(&mut server, &book.upload(0, 3));
    assert_eq!(
        send(&mut server, &pruned(7, 9, 8)),
        (UploadOutcome::Fork(8), 9, vec![8, 9]),
        "8 hangs in the air"
    );
    assert_eq!(
        send(&mut server, &pruned(9, 10, 8)),
        (UploadOutcome::Fork(10), 10, vec![10]),
        "it grows there"
    );
    assert_eq!(
        send(&mut server, &pruned(9, 10, 6)),
        (UploadOutcome::Gap, 3, vec![]),
        "6 and 7 are to be had"
    );
    let seen = vec![6, 7, 8, 9, 10];
    assert_eq!(
        send(&mut server, &pruned(5, 10, 6)),
        (UploadOutcome::Fork(6), 10, seen),
        "so 6 hangs in the air"
    );
    assert_eq!(send(&mut server, &pruned(10, 11, 6)), (UploadOutcome::Fork(11), 11, vec![11]));
    assert_eq!(
        send(&mut server, &book.upload(10, 12)),
        (UploadOutcome::Gap, 3, vec![]),
        "4 and 5 are to be had"
    );
    assert_eq!(
        send(&mut server, &book.upload(3, 12)),
        (UploadOutcome::Fork(6), 12, (4..=12).collect::<Vec<u64>>()),
        "those go on in the chain, and nothing hangs in the air"
    );
    assert_eq!(
        send(&mut server, &book.upload(12, 12)),
        (UploadOutcome::Fork(13), 12, vec![]),
        "nor is asked for"
    );
}

fn a_fork_is_kept_beside<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, home) = open();
    let (mut one, mut other) = (Book::new(&home, 23), Book::new(&home, 23));
    one.fill(3, 0);
    other.fill(3, 0);
    one.fill(4, 1);
    other.fill(5, 2);
    send(&mut server, &one.upload(0, 8));
    let forked = (UploadOutcome::Fork(5), 7, vec![3, 4, 5, 6, 7]);
    assert_eq!(send(&mut server, &other.upload(2, 7)), forked);
    assert_eq!(send(&mut server, &other.upload(2, 7)), forked, "once");
    assert_eq!(send(&mut server, &other.upload(7, 9)), (UploadOutcome::Fork(8), 9, vec![8, 9]), "it grows");
    assert_eq!(send(&mut server, &one.upload(8, 8)), (UploadOutcome::Appended, 8, vec![]));
    one.fill(1, 1);
    assert_eq!(
        send(&mut server, &one.upload(8, 9)),
        (UploadOutcome::Appended, 9, vec![9]),
        "and so does the chain"
    );
}

fn what_is_not_the_kiosks_is_rejected<S: ServerStore>(open: &mut impl FnMut() -> (S, Home)) {
    let (mut server, home) = open();
    let mut book = Book::new(&home, 24);
    book.fill(5, 0);
    let mut broken = book.upload(0, 6);
    broken.events[3].event.signature[5] ^= 1;
    assert_eq!(send(&mut server, &broken), (UploadOutcome::Rejected(4), 3, vec![1, 2, 3]));
    let mut skipped = book.upload(3, 6);
    skipped.events.remove(0);
    assert_eq!(send(&mut server, &skipped).0, UploadOutcome::Rejected(4));
    let strange = Home { key: SigningKey::from_bytes(&[99; 32]), ..home.clone() };
    let forged = Book::new(&strange, 25).upload(0, 1);
    assert_eq!(send(&mut server, &forged), (UploadOutcome::Rejected(1), 0, vec![]));
    assert_eq!(send(&mut server, &book.upload(3, 6)).0, UploadOutcome::Appended, "the sound ones are taken");
}
