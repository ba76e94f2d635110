//! What nothing can be made of is kept, and keeps nothing else from being taken in.

use gatehouse::{
    id::VisitorId,
    journal::Act,
    sync::UploadOutcome,
    words::{Credential, VisitorStatus},
};
use gatehouse_server::{OsEntropy, fetch_all};

use super::{
    house::House,
    kiosk::{asked, named},
};
use crate::support::{ENGINES, START};

#[tokio::test]
async fn a_text_that_no_database_keeps_stops_no_journal() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let visit = || VisitorId::new(START, &mut OsEntropy);
        for name in ["Me\0era".to_owned(), "Me\u{7}era".to_owned(), "Meera".repeat(1000)] {
            kiosk.journal.record(&asked(visit(), house.unit), Some(named(&name)));
        }
        let refused = Act::Refused {
            pass: None,
            units: Vec::new(),
            verdict: "REF\0USE".into(),
            reason: "FORGED".into(),
            credential: Credential::Qr,
            rules: 1,
        };
        kiosk.journal.record(&refused, None);
        let good = visit();
        kiosk.journal.record(&asked(good, house.unit), Some(named("Meera\nIyer")));
        let answer = kiosk.send_from(0).await;
        assert_eq!((answer.outcome, answer.durable), (UploadOutcome::Appended, 6), "{engine:?}");
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select id, status from visitors where community = $1";
        let visits = fetch_all!(&mut tx, (uuid::Uuid, String), sql, house.community).unwrap();
        assert_eq!(visits, [(good.0, VisitorStatus::Pending.to_string())]);
        let sql = "select seq from journal_events where community = $1 and parked order by seq";
        let parked = fetch_all!(&mut tx, (i64,), sql, house.community).unwrap();
        assert_eq!(parked, [(2,), (3,), (4,), (5,)]);
    }
}
