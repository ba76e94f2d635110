//! Residents are told of who waits at the gate, by a web hook.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use gatehouse::time::{MINUTE, SECOND};
use gatehouse_server::notifications::{self, Webhook};
use serde_json::{Value, json};

use crate::support::{
    Served,
    people::{Community, on_both, resident},
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The other side of a web hook.
#[derive(Clone)]
struct Receiver {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    got: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            status: Arc::new(AtomicU16::new(204)),
            got: Arc::default(),
        };
        let hook = |State(receiver): State<Self>, headers: HeaderMap, body: String| async move {
            receiver.take(&headers, &body)
        };
        let router = Router::new().route("/hook", post(hook)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn take(&self, headers: &HeaderMap, body: &str) -> StatusCode {
        let id = headers["webhook-id"].to_str().unwrap().to_owned();
        assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
        self.got.lock().unwrap().push((id, serde_json::from_str(body).unwrap()));
        StatusCode::from_u16(self.status.load(Ordering::SeqCst)).unwrap()
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn webhook(&self) -> Webhook {
        Webhook::new(&format!("http://{}/hook", self.address), SECRET).unwrap()
    }

    /// What came since this was asked last.
    fn got(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

async fn round(server: &Served, receiver: &Receiver) -> usize {
    notifications::round(&server.app, &receiver.webhook()).await.unwrap()
}

#[tokio::test]
async fn a_household_is_told_of_who_waits_until_it_arrived_and_once() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        resident(&server, &community.admin, &community.other_unit, "elsewhere", 5).await;
        let receiver = Receiver::start().await;
        assert_eq!(round(&server, &receiver).await, 0);
        let visitor = community.delivery().await;

        receiver.answers(500);
        assert_eq!(round(&server, &receiver).await, 1);
        assert_eq!(round(&server, &receiver).await, 0, "not again at once");
        receiver.answers(204);
        server.clock.advance(SECOND);
        assert_eq!(round(&server, &receiver).await, 1);
        let got = receiver.got();
        assert_eq!(got.len(), 2);
        assert_eq!(got[0], got[1], "the same id and words each time");
        let (id, told) = &got[0];
        assert_eq!(
            (id.as_str(), &told["type"]),
            (visitor["id"].as_str().unwrap(), &json!("visitor.pending"))
        );
        assert_eq!(
            told["resident_ids"],
            json!([community.resident.id()]),
            "the household's, and nobody else"
        );
        assert_eq!(told["unit_ids"], json!([community.unit["id"]]));
        assert!(told.get("name").is_none() && told.get("phone").is_none());

        server.clock.advance(MINUTE);
        assert_eq!(round(&server, &receiver).await, 0, "it arrived");
    })
    .await;
}

#[tokio::test]
async fn what_was_answered_or_lapsed_rings_nobody() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let receiver = Receiver::start().await;
        let answered = community.delivery().await;
        let path = format!("/visitors/{}/approve", answered["id"].as_str().unwrap());
        community.resident.put(&path, &json!(null)).await.ok();
        round(&server, &receiver).await;
        community.delivery().await;
        server.clock.advance(10 * MINUTE);
        assert_eq!(round(&server, &receiver).await, 0, "lapsed");
        assert_eq!(receiver.got(), []);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_died_in_the_middle_is_followed_by_another() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let receiver = Receiver::start().await;
        community.delivery().await;
        // Nobody listens there: the try neither arrives nor is it told what became of it in time.
        let nowhere = Webhook::new("http://127.0.0.1:9/hook", SECRET).unwrap();
        assert_eq!(notifications::round(&server.app, &nowhere).await.unwrap(), 1);
        server.clock.advance(30 * SECOND);
        assert_eq!(round(&server, &receiver).await, 1);
        assert_eq!(receiver.got().len(), 1);
    })
    .await;
}
