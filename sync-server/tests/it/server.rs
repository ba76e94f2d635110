//! What every route shares: problems, limits, the API's description.

use serde_json::{Value, json};

use crate::support::{Served, people::Community};

#[tokio::test]
async fn the_server_says_that_it_can_serve() {
    let server = Served::fresh().await;
    let answer = server.http.get(server.url("/health")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn what_no_route_answers_is_a_problem_with_a_code() {
    let server = Served::fresh().await;
    for (method, path, status, code) in
        [("GET", "/no/such/route", 404, "not_found"), ("DELETE", "/health", 405, "method_not_allowed")]
    {
        let request = server.http.request(method.parse().unwrap(), server.url(path));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_of_another_type_or_unreadable_is_each_its_own_problem() {
    let server = Served::fresh().await;
    let login = || server.http.post(server.url("/auth/login"));
    let json = "application/json";
    for (request, status, code) in [
        (login().header("content-type", json).body(" ".repeat(2 << 20)), 413, "too_large"),
        (login().header("content-type", "text/plain").body("{}"), 415, "unsupported_media_type"),
        (login().body("{}"), 415, "unsupported_media_type"),
        (login().header("content-type", json).body("{"), 400, "malformed"),
        (login().header("content-type", "application/json; charset=utf-8").body("{}"), 422, "invalid"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["type"], format!("urn:gatehouse:problem:{code}"));
    }
}

#[tokio::test]
async fn the_api_describes_itself() {
    let server = Served::fresh().await;
    let api: Value = server.http.get(server.url("/openapi.json")).send().await.unwrap().json().await.unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(api["paths"]["/health"]["get"].is_object());
    let docs = server.http.get(server.url("/docs")).send().await.unwrap().text().await.unwrap();
    assert!(docs.contains("/health"));
}

#[tokio::test]
async fn the_sqlite_linked_has_the_fix_for_the_wal_reset_corruption() {
    let (store, _folder) = crate::support::fresh_store(crate::support::Engine::Sqlite).await;
    let mut tx = store.read().await.unwrap();
    let (version,) = gatehouse_server::fetch_one!(&mut tx, (String,), "select sqlite_version()").unwrap();
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}

#[tokio::test]
async fn a_server_on_every_address_hands_on_the_one_it_was_asked_at_and_never_every() {
    let fresh = Served::fresh().await;
    let server = fresh.reached_at("https://0.0.0.0:8443").await;
    let community = Community::found(&server, 1).await;
    let address = format!("https://{}", server.address);
    let kiosk = json!({"gate_id": community.gate["id"], "name": "Booth"});
    let password = format!("/residents/{}/password-link", community.resident.id());
    let made = [
        ("/kiosks/enrolments", "server", &kiosk),
        ("/admins/invitations", "link", &Value::Null),
        (password.as_str(), "link", &Value::Null),
    ];
    for (path, field, body) in made {
        let handed = community.admin.post(path, body).await.ok();
        assert!(handed[field].as_str().unwrap().starts_with(&address), "{path}: {}", handed[field]);
        let token = community.admin.token.as_ref().unwrap();
        let request = server.http.post(server.url(path)).bearer_auth(token).json(body);
        let answer = request.header("host", "0.0.0.0:8443").send().await.unwrap();
        assert_eq!(answer.status(), 503, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().unwrap().contains("public_url"), "{problem}");
    }
}
