//! However much is told of one visit or one pass, taking in what follows stays cheap, and nothing of it is lost.

use gatehouse::{
    journal::Act,
    words::{Direction, VisitorStatus},
};
use gatehouse_server::{fetch_all, fetch_one, sync::upkeep};

use super::{
    house::House,
    journal::{row, visit},
    kiosk::{TestKiosk, admitted},
};
use crate::support::ENGINES;

/// Sends what is new in pieces as large as may be.
async fn send_all(kiosk: &TestKiosk, from: usize) -> u64 {
    let mut durable = from;
    while durable < kiosk.journal.events.len() {
        durable = usize::try_from(kiosk.send_from(durable).await.durable).unwrap();
    }
    durable as u64
}

#[tokio::test]
async fn of_a_visit_with_very_many_events_the_further_ones_are_kept_and_change_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, None), None);
        for people in 2..=700 {
            kiosk.journal.record(&Act::PeopleCounted { visit: someone, people }, None);
        }
        let other = visit();
        kiosk.journal.record(&admitted(other, house.unit, None), None);
        assert_eq!(send_all(&kiosk, 0).await, 702, "{engine:?}");
        upkeep::keep(&house.server.app, house.community).await.unwrap();
        assert_eq!(row(&house, someone).await.unwrap().people, 500);
        assert_eq!(row(&house, other).await.unwrap().status, VisitorStatus::Inside);
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select found from disagreements where community = $1";
        let found = fetch_all!(&mut tx, (String,), sql, house.community).unwrap();
        assert_eq!(found.len(), 200);
        assert!(found.iter().all(|(found,)| found == "VISIT_FULL"));
    }
}

#[tokio::test]
async fn of_a_pass_with_very_many_events_the_further_ones_are_applied_and_not_looked_through_again() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let pass = house.pass(None).await;
        for _ in 0..2_000 {
            kiosk.journal.record(&Act::DirectionChosen { pass, direction: Direction::Entry }, None);
        }
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, Some(pass)), None);
        assert_eq!(send_all(&kiosk, 0).await, 2_002, "{engine:?}");
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside);
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select count(*) from journal_events where community = $1 and pass = $2";
        assert_eq!(fetch_one!(&mut tx, (i64,), sql, house.community, pass).unwrap().0, 2_000);
    }
}
