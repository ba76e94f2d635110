//! The server weighs every decision again, under the same rules over the facts that came with it, and reports what
//! differs. An honest kiosk gives nothing to report, whatever it decides; a lying or broken one is found.

use gatehouse::{
    admission::{Facts, RowFacts, Verdict, decide},
    entropy::Entropy,
    feed::row::PassRow,
    id::{EventId, PassId, UnitId, VisitorId},
    journal::{Act, Details},
    time::MINUTE,
    words::Credential,
};
use gatehouse_server::{
    OsEntropy, execute,
    feed::{self, Change},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    kiosk::{TestKiosk, admitted},
    photos::{kiosk, unit},
};
use crate::support::{
    START, Served,
    people::{Community, on_both, resident},
};

/// Every kind of verdict: the golden vectors' facts.
fn cases() -> Vec<Facts> {
    let text = include_str!("../../../../shared/tests/vectors/facts.json");
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    let bytes = |case: &Value| unhex(case["expect"]["bytes"].as_str().unwrap());
    cases.iter().map(|case| Facts::read(&bytes(case)).unwrap()).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// What a kiosk records of a verdict.
fn said(verdict: &Verdict, facts: &Facts, unit: UnitId) -> Act {
    match verdict {
        Verdict::Admit { .. } => admitted(VisitorId::new(START, &mut OsEntropy), unit, facts.pass()),
        other => Act::Refused {
            pass: facts.pass(),
            units: vec![unit],
            verdict: other.word().into(),
            reason: other.reason().unwrap().as_str().into(),
            credential: Credential::Qr,
            rules: facts.rules,
        },
    }
}

fn with(facts: Vec<u8>) -> Details {
    Details { salt: OsEntropy.bytes(), facts: Some(facts), ..Details::default() }
}

/// What is reported: each event with what differs, what the kiosk said and what the server says.
async fn reported(community: &Community) -> Vec<(String, String, String, String)> {
    let found = community.admin.get("/journal/disagreements?limit=100").await.ok();
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let mut reported: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "event_id"), text(one, "found"), text(one, "theirs"), text(one, "ours")))
        .collect();
    reported.sort();
    reported
}

/// A pass's row in the feed, and its number.
async fn published(server: &Served, community: &Community, pass: PassId, row: &PassRow) -> u64 {
    let mut tx = server.app.store.write().await.unwrap();
    let change = Change::put(pass.0, row);
    let published = feed::publish(&mut tx, community.id, &[change], START, &mut OsEntropy).await.unwrap();
    tx.commit().await.unwrap();
    published.head.seq
}

#[tokio::test]
async fn an_honest_kiosk_gives_nothing_to_report_whatever_it_decides() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let mut words = Vec::new();
        for facts in cases() {
            let verdict = decide(&facts);
            words.push(verdict.word());
            kiosk.journal.record(&said(&verdict, &facts, unit(&community)), Some(with(facts.to_bytes())));
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words, ["ADMIT", "ASK_RESIDENT", "REFUSE", "STEP_UP"], "every kind of verdict");
        kiosk.send_from(0).await;
        let reported = reported(&community).await;
        assert!(reported.is_empty(), "{reported:?}");
    })
    .await;
}

#[tokio::test]
async fn a_kiosk_that_decides_otherwise_than_its_facts_call_for_is_reported() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let mut expected = Vec::new();
        for facts in cases() {
            let verdict = decide(&facts);
            // One who is let in against the rules, or kept out against them.
            let lie = match verdict {
                Verdict::Admit { .. } => {
                    Verdict::Refuse { reason: gatehouse::admission::Reason::Revoked, at: None }
                }
                _ => {
                    Verdict::Admit { pass: None, credential: Credential::Qr, live_step: None, notes: vec![] }
                }
            };
            let event =
                kiosk.journal.record(&said(&lie, &facts, unit(&community)), Some(with(facts.to_bytes())));
            let text = |verdict: &Verdict| match verdict.reason() {
                None => verdict.word().to_owned(),
                Some(reason) => format!("{} {reason}", verdict.word()),
            };
            expected.push((event.to_string(), "VERDICT".to_owned(), text(&lie), text(&verdict)));
        }
        kiosk.send_from(0).await;
        kiosk.send_from(0).await;
        expected.sort();
        assert_eq!(reported(&community).await, expected, "each once, however often it is sent");
    })
    .await;
}

#[tokio::test]
async fn facts_that_are_not_what_the_server_had_sent_are_reported() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (facts, row, pass) = cases()
            .into_iter()
            .find_map(|facts| Some((facts.clone(), facts.row.clone()?, facts.pass()?)))
            .unwrap();
        let real = PassRow {
            unit: unit(&community),
            visitor_type: row.visitor_type.clone(),
            mode: row.mode.clone(),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            uses: row.uses,
            windows: row.windows.clone(),
            revoked_at: row.revoked_at,
            name: "Priya".into(),
            home_gate: row.home_gate,
            plate4: None,
            company: None,
            people: 1,
        };
        let seq = published(&server, &community, pass, &real).await;
        let tell = |kiosk: &mut TestKiosk, row: RowFacts| -> EventId {
            let facts = Facts { row: Some(row), ..facts.clone() };
            kiosk
                .journal
                .record(&said(&decide(&facts), &facts, unit(&community)), Some(with(facts.to_bytes())))
        };
        tell(&mut kiosk, RowFacts { seq, ..row.clone() });
        tell(&mut kiosk, RowFacts { seq: seq - 1, valid_until: START, ..row.clone() });
        let lie = tell(&mut kiosk, RowFacts { seq, uses: Some(200), revoked_at: None, ..row.clone() });
        let unreadable =
            kiosk.journal.record(&said(&decide(&facts), &facts, unit(&community)), Some(with(vec![0xff])));
        let swapped = kiosk
            .journal
            .record(&said(&decide(&facts), &facts, unit(&community)), Some(with(facts.to_bytes())));
        let mut upload = kiosk.journal.upload(0, 100);
        upload.events.last_mut().unwrap().details = Some(with(facts.to_bytes()).seal().0);
        kiosk.send(&upload).await;

        let mut expected = [(lie, "FACTS"), (unreadable, "UNREADABLE"), (swapped, "DETAILS")]
            .map(|(event, found)| (event.to_string(), found.to_owned()));
        expected.sort();
        let found: Vec<_> =
            reported(&community).await.into_iter().map(|(event, found, ..)| (event, found)).collect();
        assert_eq!(found, expected);
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_under_other_rules_is_not_weighed_by_these() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        for facts in cases() {
            let facts = Facts { rules: facts.rules + 1, ..facts };
            let lie = admitted(VisitorId::new(START, &mut OsEntropy), unit(&community), facts.pass());
            kiosk.journal.record(&lie, Some(with(facts.to_bytes())));
        }
        kiosk.send_from(0).await;
        let reported = reported(&community).await;
        assert!(reported.is_empty(), "{reported:?}");
    })
    .await;
}

#[tokio::test]
async fn a_piece_of_the_list_holds_all_that_was_found_of_its_events() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let events = [1, 2].map(|number| EventId(Uuid::from_u128(number)));
        let mut tx = server.app.store.write().await.unwrap();
        for event in events {
            for found in ["FACTS", "VERDICT"] {
                let sql = "insert into disagreements (community, event, kiosk, found, theirs, ours, at)
                    values ($1, $2, $2, $3, '', '', 0)";
                execute!(&mut tx, sql, community.id, event, found).unwrap();
            }
        }
        tx.commit().await.unwrap();
        let first = community.admin.get("/journal/disagreements?limit=1").await.ok();
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("/journal/disagreements?limit=1&cursor={cursor}");
        let second = community.admin.get(&path).await.ok();
        assert_eq!(second["next_cursor"], Value::Null);
        for (piece, event) in [&first, &second].into_iter().zip(events) {
            let items = piece["items"].as_array().unwrap();
            assert_eq!(items.len(), 2, "{piece}");
            assert!(items.iter().all(|one| one["event_id"] == event.to_string()), "{piece}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_household_s_piece_of_the_double_uses_is_cut_from_its_own() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let neighbour = resident(&server, &community.admin, &community.other_unit, "ravi", 77).await;
        let mut kiosk = kiosk(&server, &community).await;
        let there = json!({"unit_id": community.other_unit["id"], "uses": 1});
        let theirs = neighbour.post("/passes", &community.wanted(&server, &there)).await.ok();
        let ours = community.pass(&server, &json!({"uses": 1})).await;
        for pass in [&theirs, &ours] {
            let id: PassId = pass["pass"]["id"].as_str().unwrap().parse().unwrap();
            for _ in 0..2 {
                let visit = VisitorId::new(START, &mut OsEntropy);
                kiosk.journal.record(&admitted(visit, unit(&community), Some(id)), None);
            }
            kiosk.send_from(0).await;
        }
        let all = community.admin.get("/journal/double-uses").await.ok();
        assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
        for (person, pass) in [(&neighbour, &theirs), (&community.resident, &ours)] {
            let seen = person.get("/journal/double-uses?limit=1").await.ok();
            assert_eq!(seen["items"][0]["pass_id"], pass["pass"]["id"], "{seen}");
            assert_eq!(seen["next_cursor"], Value::Null);
        }
        server.clock.advance(1);
        let newcomer = resident(&server, &community.admin, &community.unit, "farah", 78).await;
        let seen = newcomer.get("/journal/double-uses").await.ok();
        assert_eq!(seen["items"], json!([]), "what was before they moved in is not theirs");
    })
    .await;
}

#[tokio::test]
async fn an_entry_by_a_pass_that_was_revoked_by_then_is_told_to_admins() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let pass = community.pass(&server, &json!({})).await;
        let id: PassId = pass["pass"]["id"].as_str().unwrap().parse().unwrap();
        let entry = |kiosk: &mut TestKiosk, by: Credential| {
            let mut act = admitted(VisitorId::new(START, &mut OsEntropy), unit(&community), Some(id));
            if let Act::Admitted { credential, .. } = &mut act {
                *credential = by;
            }
            kiosk.journal.record(&act, None)
        };
        entry(&mut kiosk, Credential::Qr);
        server.clock.advance(MINUTE);
        let path = format!("/passes/{id}/revoke");
        community.resident.post(&path, &json!(null)).await.ok();
        kiosk.journal.now = server.app.now();
        let after = entry(&mut kiosk, Credential::DayCode);
        entry(&mut kiosk, Credential::Answer);
        let slip = entry(&mut kiosk, Credential::Qr);
        kiosk.journal.record(&Act::Undone { event: slip }, None);
        kiosk.send_from(0).await;
        let alerts = community.admin.get("/alerts").await.ok();
        let alerts: Vec<_> = alerts["items"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
        assert_eq!(alerts, ["REVOKED_ADMITTED"], "before, by the household and by a slip is none");
        let noted: Vec<_> =
            reported(&community).await.into_iter().map(|(event, found, ..)| (event, found)).collect();
        assert_eq!(noted, [(after.to_string(), "REVOKED_ADMITTED".to_owned())]);
    })
    .await;
}
