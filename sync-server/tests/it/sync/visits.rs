//! Visits and uses, as the events of all gates tell them.

use gatehouse::{
    feed::row::{Body, RowId, UseRow},
    journal::{Act, AskClose},
    time::{HOUR, MINUTE},
    words::{Credential, VisitorStatus},
};
use gatehouse_server::{execute, fetch_all};

use super::{
    house::House,
    journal::{row, visit},
    kiosk::{admitted, asked, exited, named},
};
use crate::support::ENGINES;

#[tokio::test]
async fn a_visit_is_told_by_its_events_in_whatever_order_they_come() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut entry = house.kiosk().await;
        let mut exit = house.kiosk().await;
        let someone = visit();
        exit.journal.now = entry.journal.now.plus(HOUR);
        exit.journal.record(&exited(someone), None);
        exit.send_from(0).await;
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Exited, "{engine:?}");

        entry.journal.record(&asked(someone, house.unit), Some(named("Meera")));
        entry.journal.record(&admitted(someone, house.unit, None), None);
        let answer = entry.send_from(0).await;
        let told = row(&house, someone).await.unwrap();
        assert_eq!(told.status, VisitorStatus::Exited);
        assert_eq!((told.name.as_deref(), told.phone4.as_deref()), (Some("Meera"), Some("5678")));
        assert_eq!((told.entered_gate, told.units.as_slice()), (Some(house.gate), &[house.unit][..]));
        assert!(told.entered_at.unwrap() < told.exited_at.unwrap());
        // What the answer says is visible is in the feed by then.
        let last = answer.visible.last().unwrap();
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select status, phone, check_in_gate is not null from visitors where community = $1";
        let stored = fetch_all!(&mut tx, (String, String, bool), sql, house.community).unwrap();
        assert_eq!(stored, [("EXITED".into(), "+919812345678".into(), true)]);
        assert!((1..=answer.head).contains(&last.feed));
    }
}

#[tokio::test]
async fn the_gates_outcome_and_the_households_answer_are_both_kept() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let someone = visit();
        kiosk.journal.record(&asked(someone, house.unit), None);
        kiosk.send_from(0).await;
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Pending);

        let mut tx = house.server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "update visitors set answer = 'APPROVE', answered_at = $3, status = 'APPROVED'
             where community = $1 and id = $2",
            house.community,
            someone,
            house.now()
        )
        .unwrap();
        tx.commit().await.unwrap();
        kiosk.journal.record(&Act::AskClosed { visit: someone, outcome: AskClose::Left }, None);
        kiosk.send_from(2).await;
        let told = row(&house, someone).await.unwrap();
        assert_eq!(told.status, VisitorStatus::Lapsed, "{engine:?}");
        assert_eq!(told.answered_at, Some(house.now()));
    }
}

#[tokio::test]
async fn an_undone_entry_takes_its_use_and_its_visit_back() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let pass = house.pass(Some(1)).await;
        let someone = visit();
        let event = kiosk.journal.record(&admitted(someone, house.unit, Some(pass)), None);
        kiosk.send_from(0).await;
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside);
        assert_eq!(row(&house, someone).await.unwrap().name.as_deref(), Some("Ravi"), "from the pass");
        let (_, rows) = kiosk.snapshot().await;
        let is_use = |row: &gatehouse::feed::Row| row.kind == UseRow::KIND && row.id == RowId::from(event.0);
        assert!(rows.iter().any(is_use), "{engine:?}");

        kiosk.journal.record(&Act::Undone { event }, None);
        kiosk.send_from(2).await;
        assert!(row(&house, someone).await.is_none());
        let (_, rows) = kiosk.snapshot().await;
        assert!(!rows.iter().any(is_use));

        kiosk.journal.record(&admitted(visit(), house.unit, Some(pass)), None);
        kiosk.send_from(3).await;
        assert_eq!(house.alerts().await, Vec::<String>::new(), "the use that was taken back does not count");
    }
}

#[tokio::test]
async fn a_single_use_pass_used_at_two_gates_is_a_case_and_both_stay_inside() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let pass = house.pass(Some(1)).await;
        let mut one = house.kiosk().await;
        let mut other = house.kiosk().await;
        let (early, late) = (visit(), visit());
        one.journal.record(&admitted(early, house.unit, Some(pass)), None);
        other.journal.now = one.journal.now.plus(MINUTE);
        let second = other.journal.record(&admitted(late, house.unit, Some(pass)), None);
        other.send_from(0).await;
        assert_eq!(house.alerts().await, Vec::<String>::new(), "{engine:?}");
        one.send_from(0).await;
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select pass, event from double_uses where community = $1";
        let cases = fetch_all!(&mut tx, (uuid::Uuid, uuid::Uuid), sql, house.community).unwrap();
        assert_eq!(cases, [(pass.0, second.0)], "the later one, though it came first");
        for visit in [early, late] {
            assert_eq!(row(&house, visit).await.unwrap().status, VisitorStatus::Inside);
        }
        drop(tx);
        one.send_from(0).await;
        assert_eq!(house.alerts().await, ["DOUBLE_USE"]);
    }
}

#[tokio::test]
async fn an_exit_at_a_gate_that_knew_of_no_entry_ends_the_visit_of_its_pass() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let pass = house.pass(None).await;
        let mut entry = house.kiosk().await;
        let mut exit = house.kiosk().await;
        let someone = visit();
        entry.journal.record(&admitted(someone, house.unit, Some(pass)), None);
        exit.journal.now = entry.journal.now.plus(HOUR);
        let left =
            exit.journal.record(&Act::ExitUnpaired { pass: Some(pass), credential: Credential::Qr }, None);
        let at = exit.journal.now;
        exit.send_from(0).await;
        assert!(row(&house, someone).await.is_none(), "{engine:?}");
        entry.send_from(0).await;
        let told = row(&house, someone).await.unwrap();
        assert_eq!((told.status, told.exited_at), (VisitorStatus::Exited, Some(at)), "{engine:?}");

        exit.journal.record(&Act::Undone { event: left }, None);
        exit.send_from(2).await;
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside, "{engine:?}");
        exit.journal.record(&Act::ExitUnpaired { pass: Some(pass), credential: Credential::Qr }, None);
        exit.send_from(3).await;
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Exited, "{engine:?}");
    }
}
