//! A request whose head is there and whose body is held back: what its caller may do is asked again when it is done.

use std::time::Duration;

use gatehouse::time::MINUTE;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Served,
    people::{Community, Person, on_both},
};

const PATIENCE: Duration = Duration::from_mins(1);

/// A POST of which the server has the head and wants the body.
struct HeldBack {
    stream: TcpStream,
    body: String,
}

impl HeldBack {
    async fn begin(server: &Served, person: &Person, path: &str, body: &Value) -> Self {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nexpect: 100-continue\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            server.address,
            person.token.as_deref().unwrap(),
            body.len()
        );
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server asks for the body once it has let the caller in.
        let mut said = Vec::new();
        while !said.ends_with(b"\r\n\r\n") {
            said.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        assert!(said.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&said));
        Self { stream, body }
    }

    /// Sends the body; answers the problem that comes of it.
    async fn problem(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, self.stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let json = body.find('{').and_then(|start| Some(&body[start..=body.rfind('}')?])).unwrap_or_default();
        let problem: Value = serde_json::from_str(json).unwrap_or_default();
        problem["code"].as_str().unwrap_or(&answer).to_owned()
    }
}

#[tokio::test]
async fn who_moved_out_meanwhile_makes_no_pass() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let wanted = community.wanted(&server, &json!({}));
        let late = HeldBack::begin(&server, &community.resident, "/passes", &wanted).await;
        let path = format!("/residents/{}/move-out", community.resident.id());
        community.admin.post(&path, &json!(null)).await.ok();
        assert_eq!(late.problem().await, "unauthenticated");
        assert_eq!(community.admin.get("/passes").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_signed_out_meanwhile_or_whose_token_is_over_writes_nothing() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let gate = json!({"name": "Gate 2"});
        let late = HeldBack::begin(&server, &community.admin, "/gates", &gate).await;
        community.admin.post("/auth/logout", &json!(null)).await;
        assert_eq!(late.problem().await, "unauthenticated");

        let admin = Person::sign_in(&server, "admin1@example.com").await;
        let late = HeldBack::begin(&server, &admin, "/gates", &gate).await;
        server.clock.advance(10 * MINUTE);
        assert_eq!(late.problem().await, "token_expired");
        let admin = Person::sign_in(&server, "admin1@example.com").await;
        assert_eq!(admin.get("/gates").await.ok()["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_guard_who_was_switched_off_meanwhile_asks_nobody() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let asked = json!({"unit_ids": [community.unit["id"]], "visitor_type": "DELIVERY"});
        let late = HeldBack::begin(&server, &community.guard, "/visitors/request-entry", &asked).await;
        let path = format!("/guards/{}", community.guard.id());
        community.admin.patch(&path, &json!({"active": false})).await.ok();
        assert_eq!(late.problem().await, "unauthenticated");
        assert_eq!(community.admin.get("/visitors").await.ok()["items"], json!([]));
    })
    .await;
}
