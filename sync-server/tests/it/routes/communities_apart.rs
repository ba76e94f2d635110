//! Nobody of one community sees or changes anything of another: every route of the API's description is tried.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Served,
    people::{Community, Person, on_both},
};

/// Ids of another community's things, by the name of the path parameter they fit.
struct Foreign(BTreeMap<&'static str, String>);

impl Foreign {
    async fn of(server: &Served, theirs: &Community) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let card = theirs.pass(server, &json!({"name": "Their Guest"})).await;
        let visitor = theirs.delivery().await;
        let link = theirs.admin.post("/admins/invitations", &json!(null)).await.ok();
        Self(BTreeMap::from([
            ("unit_id", text(&theirs.unit["id"])),
            ("pass_id", text(&card["pass"]["id"])),
            ("visitor_id", text(&visitor["id"])),
            ("resident_id", theirs.resident.id().to_owned()),
            ("guard_id", theirs.guard.id().to_owned()),
            ("admin_id", theirs.admin.id().to_owned()),
            ("gate_id", text(&theirs.gate["id"])),
            ("link_id", text(&link["id"])),
        ]))
    }

    /// The path with another community's ids in it; any UUID where there is no thing of that name.
    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
            let name = &path[start + 1..end];
            let id = self.0.get(name).cloned().unwrap_or_else(|| uuid::Uuid::from_u128(9).to_string());
            path.replace_range(start..=end, &id);
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
        let foreign = Foreign::of(&server, &theirs).await;
        let before = all_of(&theirs).await;
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
                    let body = (method != Method::GET).then(|| body(template, &theirs, &server));
                    let answer = person.ask(method.clone(), &path, body.as_ref(), None).await;
                    let said = answer.json.to_string();
                    let what = format!("{method} {template}: {} {said}", answer.status);
                    assert!(answer.status < 500, "{what}");
                    for id in foreign.0.values() {
                        assert!(!said.contains(id.as_str()), "{what}");
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
    })
    .await;
}
