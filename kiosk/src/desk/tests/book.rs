//! The book, read while the copy changes.

use std::sync::atomic::AtomicBool;

use gatehouse::{
    journal::outbox::Acknowledge,
    sync::Visible,
    words::{Credential, Subject},
};

use super::*;

const VISITS: u64 = 150;

fn visit(number: u64) -> VisitorId {
    id(1_000 + u128::from(number))
}

/// This kiosk lets somebody in, and the feed brings it back.
fn lets_in(gate: &Gate, number: u64, recorded: &AtomicI64) {
    let act = Act::Admitted {
        visit: visit(number),
        pass: None,
        units: vec![id(UNIT)],
        visitor_type: VisitorType::Service,
        credential: Credential::Answer,
        people: 1,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    };
    let stamp = gate.desk.stamp();
    let head = gate.desk.journal.write(|writing| writing.append(&stamp, &act, None)).unwrap().head;
    recorded.fetch_add(1, Ordering::SeqCst);
    let seq = 101 + number;
    let seen = vec![Visible { event: head.seq, feed: seq }];
    let word = Acknowledge { incarnation: head.incarnation, upto: head.seq, visible: seen, by: seq };
    gate.desk.journal.acknowledge(&word, T).unwrap();
    let came = VisitRow { kiosk: Some(id(KIOSK)), ..leaving::elsewhere() };
    let rows = vec![row(visit(number).0.as_u128(), seq, &came)];
    let page = Page { from: cursor(seq - 1), to: cursor(seq), head: seq, rows };
    gate.desk.cache.execute(&CacheOp::Apply(page)).unwrap();
}

#[test]
fn whom_this_kiosk_let_in_is_in_every_book_whatever_comes_while_it_is_read() {
    let gate = Gate::new();
    let (recorded, is_over) = (AtomicI64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (0..VISITS).for_each(|number| lets_in(&gate, number, &recorded));
            is_over.store(true, Ordering::SeqCst);
        });
        while !is_over.load(Ordering::SeqCst) {
            let known = recorded.load(Ordering::SeqCst).unsigned_abs();
            let book = Book::load(&gate.desk.cache, &gate.desk.journal).unwrap();
            for number in 0..known {
                let inside = book.get(visit(number)).is_some_and(|row| row.status == VisitorStatus::Inside);
                assert!(inside, "{number} of {known}");
            }
        }
    });
}
