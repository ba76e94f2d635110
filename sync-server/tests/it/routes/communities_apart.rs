//! Nobody of one community sees or changes anything of another: every route of the API's description is tried.

use std::{collections::BTreeMap, io::Cursor};

use gatehouse::{
    id::VisitorId,
    journal::{Act, AlertCode},
};
use gatehouse_server::{OsEntropy, fetch_one};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::{
        START, Served,
        people::{Community, Person, on_both},
    },
    sync::{
        kiosk::{TestKiosk, admitted, named},
        photos::{kiosk, unit},
    },
};

/// Ids of another community's things, by the name of the path parameter they fit.
struct Foreign(BTreeMap<&'static str, String>);

impl Foreign {
    async fn of(server: &Served, theirs: &Community, kiosk: &mut TestKiosk) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let card = theirs.pass(server, &json!({"name": "Their Guest"})).await;
        let visitor = theirs.delivery().await;
        let link = theirs.admin.post("/admins/invitations", &json!(null)).await.ok();
        let visit = VisitorId::new(START, &mut OsEntropy);
        let event = kiosk.journal.record(&admitted(visit, unit(theirs), None), Some(named("Their Visitor")));
        kiosk.journal.record(&Act::alert(AlertCode::Emergency), None);
        kiosk.send_from(0).await;
        let alerts = theirs.admin.get("/alerts").await.ok();
        Self(BTreeMap::from([
            ("unit_id", text(&theirs.unit["id"])),
            ("pass_id", text(&card["pass"]["id"])),
            ("visitor_id", text(&visitor["id"])),
            ("resident_id", theirs.resident.id().to_owned()),
            ("guard_id", theirs.guard.id().to_owned()),
            ("admin_id", theirs.admin.id().to_owned()),
            ("gate_id", text(&theirs.gate["id"])),
            ("link_id", text(&link["id"])),
            ("kiosk_id", kiosk.id.to_string()),
            ("event_id", event.to_string()),
            ("alert_id", text(&alerts["items"][0]["id"])),
        ]))
    }

    /// The path with another community's ids in it.
    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
            let name = &path[start + 1..end];
            let id = self.0.get(name).unwrap_or_else(|| panic!("{template}: nothing of theirs is a {name}"));
            path.replace_range(start..=end, id);
        }
        path
    }
}

/// A body that is acceptable in itself, naming another community's things.
fn body(path: &str, theirs: &Community, server: &Served) -> Value {
    match path {
        "/passes" => theirs.wanted(server, &json!({})),
        "/visitors/request-entry" => json!({"unit_ids": [theirs.unit["id"]], "visitor_type": "DELIVERY"}),
        "/kiosks/enrolments" => json!({"gate_id": theirs.gate["id"], "name": "Theirs"}),
        "/residents" => json!({"name": "Spy", "phone": "+919555500000", "email": "spy@example.com",
            "password": "a long enough one", "unit_ids": [theirs.unit["id"]]}),
        _ => json!({}),
    }
}

/// One that is taken where it may be put.
fn picture() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::new(64, 64).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// Everything of a community that its own people can see, as text.
async fn all_of(community: &Community) -> String {
    let mut all = String::new();
    for path in [
        "/units",
        "/residents",
        "/guards",
        "/gates",
        "/kiosks",
        "/passes",
        "/visitors",
        "/alerts",
        "/community",
        "/policy",
        "/links",
        "/audit",
        "/journal/events",
    ] {
        all.push_str(&community.admin.get(path).await.ok().to_string());
    }
    all
}

#[tokio::test]
async fn no_route_reaches_into_another_community() {
    on_both(async |server| {
        let ours = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let mut kiosk = kiosk(&server, &theirs).await;
        let foreign = Foreign::of(&server, &theirs, &mut kiosk).await;
        let before = all_of(&theirs).await;
        assert!(before.contains("Their Visitor"), "what may be forgotten is there");
        let api = Person::nobody(&server).get("/openapi.json").await.ok();
        let mut tried = 0;
        for (template, item) in api["paths"].as_object().unwrap() {
            // Sync routes take a kiosk's token, sign-in none: neither takes an id of another community.
            if template.starts_with("/auth") || template.starts_with("/sync") {
                continue;
            }
            for (method, operation) in item.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                if operation["security"].as_array().is_none_or(Vec::is_empty) {
                    continue;
                }
                let path = foreign.path(template);
                let named = foreign.0.values().any(|id| path.contains(id.as_str()));
                for person in [&ours.admin, &ours.resident, &ours.guard] {
                    let is_picture = method == Method::PUT && template.ends_with("/photo");
                    let body = (method != Method::GET).then(|| body(template, &theirs, &server));
                    let answer = if is_picture {
                        person.put_bytes(&path, "image/png", picture()).await
                    } else {
                        person.ask(method.clone(), &path, body.as_ref(), None).await
                    };
                    let said = answer.json.to_string();
                    let what = format!("{method} {template}: {} {said}", answer.status);
                    assert!(answer.status < 500, "{what}");
                    // Whoever may do it at home gets as far as looking for the thing.
                    assert!(![400, 415, 422].contains(&answer.status) || !named || !is_picture, "{what}");
                    for id in foreign.0.values() {
                        assert!(!said.contains(id.as_str()), "{what}");
                    }
                    // Forgetting what is still to come names an event that nobody has: whose it is, it does not ask.
                    let is_to_come = template == "/journal/{event_id}/details" && answer.status == 204;
                    if is_to_come {
                        continue;
                    }
                    if named || body.is_some_and(|body| body != json!({})) {
                        assert!((400..500).contains(&answer.status), "{what}");
                    }
                    tried += 1;
                }
            }
        }
        assert!(tried > 60, "{tried} requests");
        assert_eq!(all_of(&theirs).await, before, "nothing of theirs was changed");
        let mut tx = server.app.store.read().await.unwrap();
        let sql = "select count(*) from journal_events where community = $1 and details is not null";
        assert_eq!(fetch_one!(&mut tx, (i64,), sql, theirs.id).unwrap().0, 1, "nor what an event says");
    })
    .await;
}
