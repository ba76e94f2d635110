//! Who is forgotten stays so, whatever comes in later.

use gatehouse::{
    feed::row::{Body, VisitRow},
    id::{EventId, VisitorId},
    journal::Act,
    words::Credential,
};
use gatehouse_server::{
    OsEntropy, feed, fetch_all, fetch_one,
    sync::journal::{Setting, erase},
};

use super::{
    house::House,
    kiosk::{admitted, named},
};
use crate::support::{ENGINES, START};

async fn forget(house: &House, event: EventId) {
    let app = &house.server.app;
    let mut tx = app.store.write().await.unwrap();
    let setting = Setting { community: house.community, sealer: &app.sealer, now: house.now() };
    let changes = erase::erase(&mut tx, setting, event).await.unwrap().unwrap();
    feed::publish(&mut tx, house.community, &changes, setting.now, &mut OsEntropy).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the tables and the feed call the visitor.
async fn names(house: &House, visit: VisitorId) -> [Option<String>; 3] {
    let mut tx = house.server.app.store.read().await.unwrap();
    let sql = "select name, phone from visitors where id = $1";
    let (name, phone) = fetch_one!(&mut tx, (Option<String>, Option<String>), sql, visit).unwrap();
    let sql = "select body from feed_rows where kind = $1 and id = $2";
    let rows = fetch_all!(&mut tx, (Vec<u8>,), sql, VisitRow::KIND.0, visit).unwrap();
    [name, phone, VisitRow::from_body(&rows[0].0).unwrap().name]
}

#[tokio::test]
async fn a_pass_does_not_bring_back_whom_it_was_ordered_to_forget() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let pass = house.pass(None).await;
        let visit = || VisitorId::new(START, &mut OsEntropy);
        let (inside, still_to_come, plain) = (visit(), visit(), visit());
        let event = kiosk.journal.record(&admitted(inside, house.unit, Some(pass)), Some(named("Meera")));
        kiosk.journal.record(&admitted(plain, house.unit, Some(pass)), None);
        kiosk.send_from(0).await;
        forget(&house, event).await;
        let later =
            kiosk.journal.record(&admitted(still_to_come, house.unit, Some(pass)), Some(named("Anil")));
        forget(&house, later).await;
        for visit in [inside, still_to_come, plain] {
            let left = Act::Exited { visit, pass: Some(pass), credential: Credential::Qr, assumed: false };
            kiosk.journal.record(&left, None);
        }
        kiosk.send_from(3).await;
        for forgotten in [inside, still_to_come] {
            assert_eq!(names(&house, forgotten).await, [None, None, None], "{engine:?}");
        }
        let told = names(&house, plain).await;
        assert_eq!(told[0].as_deref(), Some("Ravi"), "nobody ordered anything of this one");
    }
}
