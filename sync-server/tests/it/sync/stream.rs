//! The live stream: what changes is there, and a revoked kiosk is not.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    cbor,
    feed::{
        Cursor, Page,
        row::{Body, DayKeyRow, PassRow, RowId, VisitRow},
    },
    id::VisitorId,
    sync::Beat,
    time::MINUTE,
    words::{Answer, VisitorStatus},
};
use gatehouse_server::{OsEntropy, fetch_all, sync::feed as reading};
use reqwest::Response;
use serde_json::json;

use super::{
    house::House,
    kiosk::{asked, named},
    photos,
};
use crate::support::{
    ENGINES, Engine, START,
    people::{Community, on_both},
};

/// How long a test waits for what must come: far longer than it takes.
const BOUND: Duration = Duration::from_secs(20);

#[derive(Debug, PartialEq)]
enum Heard {
    Page(Page),
    Beat(Cursor),
    Gone,
    Revoked,
    End,
}

struct Listener {
    answer: Response,
    buffer: Vec<u8>,
}

impl Listener {
    fn on(answer: Response) -> Self {
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, buffer: Vec::new() }
    }

    /// The next event; the stream's end is one.
    async fn next(&mut self) -> Heard {
        tokio::time::timeout(BOUND, self.read()).await.expect("nothing was heard")
    }

    async fn read(&mut self) -> Heard {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return parse(std::str::from_utf8(&event).unwrap());
            }
            match self.answer.chunk().await {
                Ok(Some(bytes)) => self.buffer.extend(bytes),
                Ok(None) | Err(_) => return Heard::End,
            }
        }
    }

    /// The next event that is no beat.
    async fn next_word(&mut self) -> Heard {
        loop {
            let heard = self.next().await;
            if !matches!(heard, Heard::Beat(_)) {
                return heard;
            }
        }
    }

    async fn next_page(&mut self) -> Page {
        match self.next_word().await {
            Heard::Page(page) => page,
            other => panic!("{other:?} in place of a page"),
        }
    }
}

fn parse(event: &str) -> Heard {
    let mut lines = event.lines();
    let name = lines.next().unwrap().strip_prefix("event: ").unwrap();
    let data = lines.next().unwrap().strip_prefix("data:").unwrap().trim();
    match name {
        "page" => Heard::Page(cbor::from_slice(&URL_SAFE_NO_PAD.decode(data).unwrap()).unwrap()),
        "beat" => Heard::Beat(cbor::from_slice::<Beat>(&URL_SAFE_NO_PAD.decode(data).unwrap()).unwrap().head),
        "gone" => Heard::Gone,
        "revoked" => Heard::Revoked,
        other => panic!("{other}"),
    }
}

fn approved(row: VisitRow) -> VisitRow {
    VisitRow { status: VisitorStatus::Approved, answer: Some(Answer::Approve), ..row }
}

#[tokio::test]
async fn an_approval_is_heard_at_every_kiosk_and_follows_the_cursor() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let other = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let mut here = Listener::on(kiosk.stream(start).await);
        let mut there = Listener::on(other.stream(start).await);

        let someone = VisitorId::new(START, &mut OsEntropy);
        kiosk.journal.record(&asked(someone, house.unit), Some(named("Meera")));
        kiosk.send_from(0).await;
        let first = here.next_page().await;
        assert_eq!(first.from, start, "{engine:?}");
        assert_eq!(there.next_page().await, first);
        let row = VisitRow::from_body(first.rows[0].body.as_ref().unwrap()).unwrap();
        assert_eq!(row.status, VisitorStatus::Pending);

        house.publish_visit(someone.0, &approved(row)).await;
        for listener in [&mut here, &mut there] {
            let page = listener.next_page().await;
            assert_eq!(page.from, first.to);
            let told = VisitRow::from_body(page.rows[0].body.as_ref().unwrap()).unwrap();
            assert_eq!((told.status, told.answer), (VisitorStatus::Approved, Some(Answer::Approve)));
        }
    }
}

#[tokio::test]
async fn a_stream_begins_with_what_was_missed() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let pass = house.pass(None).await;
        let mut listener = Listener::on(kiosk.stream(start).await);
        let page = listener.next_page().await;
        assert_eq!((page.from, page.to.seq), (start, page.head), "{engine:?}");
        assert_eq!((page.rows[0].kind, page.rows[0].id), (PassRow::KIND, RowId::from(pass.0)));
        let late = house.pass(None).await;
        let next = listener.next_page().await;
        assert_eq!((next.from, next.rows[0].id), (page.to, RowId::from(late.0)));
    }
}

#[tokio::test]
async fn changes_of_another_server_on_the_same_database_are_found_without_being_woken() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let mut listener = Listener::on(kiosk.stream(start).await);
        assert_eq!(listener.next().await, Heard::Beat(start));
        // Another process's commit wakes nobody here: so it is with one that does not say what it published.
        let mut tx = house.server.app.store.write().await.unwrap();
        let sql = "update feed_heads set seq = seq + 1, mark = $2 where community = $1";
        gatehouse_server::execute!(&mut tx, sql, house.community, [9_u8; 8]).unwrap();
        let sql = "insert into feed_marks (community, seq, mark, at)
            select community, seq, mark, 0 from feed_heads where community = $1";
        gatehouse_server::execute!(&mut tx, sql, house.community).unwrap();
        tx.commit().await.unwrap();
        let page = listener.next_page().await;
        assert_eq!((page.from, page.to.mark), (start, [9; 8]), "{engine:?}");
    }
}

#[tokio::test]
async fn the_stream_of_a_revoked_kiosk_ends_and_no_other_does() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let other = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let mut ended = Listener::on(kiosk.stream(start).await);
        let mut goes_on = Listener::on(other.stream(start).await);
        assert_eq!(ended.next().await, Heard::Beat(start));
        assert_eq!(goes_on.next().await, Heard::Beat(start));
        house.revoke(&kiosk, "STOLEN").await;
        assert_eq!(ended.next_word().await, Heard::Revoked, "{engine:?}");
        assert_eq!(ended.next().await, Heard::End);
        house.pass(None).await;
        goes_on.next_page().await;
        assert_eq!(kiosk.stream(start).await.status(), 403);
    }
}

#[tokio::test]
async fn a_revoked_kiosk_is_sent_none_of_the_keys_that_the_others_get_for_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let stolen = photos::kiosk(&server, &community).await;
        let other = photos::kiosk(&server, &community).await;
        let (start, _) = other.snapshot().await;
        let mut ended = Listener::on(stolen.stream(start).await);
        let mut goes_on = Listener::on(other.stream(start).await);
        assert_eq!(ended.next().await, Heard::Beat(start));
        assert_eq!(goes_on.next().await, Heard::Beat(start));
        let path = format!("/kiosks/{}/revoke", stolen.id);
        community.admin.post(&path, &json!({"stolen": true})).await.ok();
        assert_eq!(ended.next_word().await, Heard::Revoked);
        assert_eq!(ended.next().await, Heard::End);
        let page = goes_on.next_page().await;
        assert!(page.rows.iter().any(|row| row.kind == DayKeyRow::KIND), "the new epoch's keys");
    })
    .await;
}

#[tokio::test]
async fn no_stream_says_that_its_kiosk_has_everything_while_nobody_can_look() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let mut listener = Listener::on(kiosk.stream(start).await);
        assert_eq!(listener.next().await, Heard::Beat(start));
        rename(&house, "alter table feed_heads rename to away").await;
        // The next beat would come after five seconds.
        let said = tokio::time::timeout(Duration::from_secs(7), listener.read()).await;
        // Whoever was about to read for itself ends, and its kiosk comes again.
        assert!(matches!(said, Err(_) | Ok(Heard::End)), "{engine:?}: {said:?}");
        rename(&house, "alter table away rename to feed_heads").await;
        if said.is_ok() {
            listener = Listener::on(kiosk.stream(start).await);
        }
        assert_eq!(listener.next().await, Heard::Beat(start));
    }
}

/// Gives a table another name: whoever looks for it fails.
async fn rename(house: &House, sql: &'static str) {
    let mut tx = house.server.app.store.write().await.unwrap();
    gatehouse_server::execute!(&mut tx, sql).unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_sent_to_a_kiosk_is_no_word_from_it() {
    let house = House::on(Engine::chosen()).await;
    let kiosk = house.kiosk().await;
    let (start, _) = kiosk.snapshot().await;
    let app = &house.server.app;
    let heard = async || -> Option<i64> {
        app.live.write_contacts(&app.store).await.unwrap();
        let mut tx = app.store.read().await.unwrap();
        let sql = "select last_contact_at from kiosks where community = $1";
        fetch_all!(&mut tx, (Option<i64>,), sql, house.community).unwrap()[0].0
    };
    let opened = house.now();
    let mut listener = Listener::on(kiosk.stream(start).await);
    assert_eq!(listener.next().await, Heard::Beat(start));
    house.server.clock.advance(MINUTE);
    assert_eq!(listener.next().await, Heard::Beat(start));
    assert_eq!(heard().await, Some(opened.0));
}

#[tokio::test]
async fn a_restored_server_ends_streams_with_gone() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let mut listener = Listener::on(kiosk.stream(start).await);
        assert_eq!(listener.next().await, Heard::Beat(start));
        let mut tx = house.server.app.store.write().await.unwrap();
        reading::renew(&mut tx, house.community, house.now(), &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(listener.next_word().await, Heard::Gone, "{engine:?}");
        assert_eq!(listener.next().await, Heard::End);
        assert_eq!(kiosk.stream(start).await.status(), 410);
    }
}
