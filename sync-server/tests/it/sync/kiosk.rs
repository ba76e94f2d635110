//! A kiosk as the server sees it: a key, a token, a journal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    api::{
        kiosks::{Enrol, Enrolled},
        sync::{NonceAnswer, TimeRequest, TokenAnswer, TokenRequest},
    },
    cbor,
    clock::Nonce,
    enrol::prove,
    entropy::Entropy,
    feed::{Cursor, Page, SnapshotPage},
    id::{CommunityId, EventId, GateId, IncarnationId, KioskId, UnitId, VisitorId},
    journal::{Act, Cause, Details, Event, Head, SignedEvent, TimeMark, genesis},
    keys::SigningKey,
    sync::{PROTOCOL, Pull, SnapshotPull, SnapshotResume, Upload, UploadAnswer, UploadEvent, assert},
    time::UnixMs,
    words::{Credential, Subject, VisitorType},
};
use gatehouse_server::OsEntropy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

use super::house::House;
use crate::support::Served;

pub struct TestKiosk {
    pub id: KioskId,
    pub key: SigningKey,
    pub enrolled: Enrolled,
    pub token: String,
    pub journal: Journal,
    pub http: Client,
    pub base: String,
}

/// A kiosk's journal in memory.
#[derive(Clone)]
pub struct Journal {
    pub kiosk: KioskId,
    pub gate: GateId,
    pub key: SigningKey,
    pub heads: Vec<Head>,
    pub events: Vec<UploadEvent>,
    pub now: UnixMs,
    pub time: TimeMark,
}

impl Journal {
    pub fn begin(
        community: CommunityId,
        kiosk: KioskId,
        gate: GateId,
        key: &SigningKey,
        now: UnixMs,
    ) -> Self {
        let incarnation = IncarnationId::new(now, &mut OsEntropy);
        let head = Head { incarnation, seq: 0, hash: genesis(community, kiosk, incarnation) };
        let time = TimeMark::Anchored(5);
        let (key, heads) = (key.clone(), vec![head]);
        let mut journal = Self { kiosk, gate, key, heads, events: Vec::new(), now, time };
        journal.record(&Act::Opened { follows: None, cause: Cause::Enrolled }, None);
        journal
    }

    /// Records an act; answers the event's id.
    pub fn record(&mut self, act: &Act, details: Option<Details>) -> EventId {
        self.record_raw(act.kind(), act.body(), details)
    }

    pub fn record_raw(&mut self, kind: u16, body: Vec<u8>, details: Option<Details>) -> EventId {
        let id = EventId::new(self.now.plus(1), &mut OsEntropy);
        self.record_with(id, kind, body, details)
    }

    /// Records under an id that another event has.
    pub fn record_as(&mut self, id: EventId, act: &Act) -> EventId {
        self.record_with(id, act.kind(), act.body(), None)
    }

    fn record_with(&mut self, id: EventId, kind: u16, body: Vec<u8>, details: Option<Details>) -> EventId {
        let before = *self.heads.last().unwrap();
        self.now = self.now.plus(1);
        let sealed = details.map(|details| details.seal());
        let event = Event {
            format: Event::FORMAT,
            kiosk: self.kiosk,
            incarnation: before.incarnation,
            seq: before.seq + 1,
            id,
            at: self.now,
            time: self.time,
            gate: self.gate,
            guard: None,
            kind,
            body,
            details: sealed.as_ref().map(|(_, digest)| *digest),
        };
        let key = ed25519_dalek::SigningKey::from_bytes(&self.key.seed());
        let signed = SignedEvent::seal(&event, &before.hash, &key);
        self.heads.push(Head { seq: event.seq, hash: signed.hash, ..before });
        self.events.push(UploadEvent { event: signed, details: sealed.map(|(bytes, _)| bytes) });
        event.id
    }

    /// The upload of the events behind `seq`, at most `limit`.
    pub fn upload(&self, seq: usize, limit: usize) -> Upload {
        let end = self.events.len().min(seq + limit);
        Upload {
            protocol: PROTOCOL,
            kiosk: self.kiosk,
            after: self.heads[seq],
            events: self.events[seq..end].to_vec(),
            waiting: (self.events.len() - end) as u64,
            oldest: 1,
        }
    }
}

pub fn asked(visit: VisitorId, unit: UnitId) -> Act {
    Act::Asked {
        visit,
        units: vec![unit],
        visitor_type: VisitorType::Delivery,
        people: 1,
        subject: Subject::Visitor,
        pass: None,
    }
}

pub fn admitted(visit: VisitorId, unit: UnitId, pass: Option<gatehouse::id::PassId>) -> Act {
    Act::Admitted {
        visit,
        pass,
        units: vec![unit],
        visitor_type: VisitorType::Guest,
        credential: Credential::Qr,
        people: 2,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}

pub fn exited(visit: VisitorId) -> Act {
    Act::Exited { visit, pass: None, credential: Credential::List, assumed: false }
}

pub fn named(name: &str) -> Details {
    let salt = OsEntropy.bytes();
    Details { salt, name: Some(name.into()), phone: Some("+919812345678".into()), ..Details::default() }
}

/// The request for what follows `cursor`, of a kiosk where three events wait.
pub fn pulled(cursor: Cursor) -> Pull {
    Pull { protocol: PROTOCOL, cursor, waiting: 3, oldest: None, version: "0.1.1".into(), seen: None }
}

/// The request by which `key` redeems `code`.
pub fn redeem(code: &str, key: &SigningKey) -> Enrol {
    Enrol {
        code: code.to_owned(),
        public_key: key.public(),
        proof: prove(code, key),
        nonce: Nonce::draw(&mut OsEntropy),
        version: "0.1.0".into(),
    }
}

impl TestKiosk {
    pub async fn enrol(house: &House) -> Self {
        Self::redeem(&house.server, &house.code().await.to_string()).await
    }

    pub async fn redeem(server: &Served, code: &str) -> Self {
        let key = SigningKey::generate(&mut OsEntropy);
        let http = server.http.clone();
        let request = redeem(code, &key);
        let answer = http.post(server.url("/kiosks/enrol")).json(&request).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let enrolled: Enrolled = answer.json().await.unwrap();
        let id = enrolled.kiosk_id;
        let now = server.app.now();
        let journal = Journal::begin(enrolled.community_id, id, enrolled.gate_id, &key, now);
        Self { id, key, enrolled, token: String::new(), journal, http, base: server.url("") }
    }

    pub async fn nonce(&self) -> NonceAnswer {
        let request = TimeRequest { kiosk: self.id, nonce: Nonce::draw(&mut OsEntropy), anchor_key: None };
        let answer = self.http.post(format!("{}/sync/nonce", self.base)).json(&request).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub async fn ask_token(&self, assertion: String) -> Response {
        let request = TokenRequest { assertion };
        self.http.post(format!("{}/sync/token", self.base)).json(&request).send().await.unwrap()
    }

    pub async fn sign_in(&mut self) -> TokenAnswer {
        let nonce = self.nonce().await;
        let answer = self.ask_token(assert(self.id, nonce.nonce, nonce.anchor.at, &self.key)).await;
        assert_eq!(answer.status(), 200);
        let token: TokenAnswer = answer.json().await.unwrap();
        self.token.clone_from(&token.access_token);
        token
    }

    pub fn post(&self, path: &str, body: Vec<u8>) -> RequestBuilder {
        self.http
            .post(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .header("content-type", "application/cbor")
            .body(body)
    }

    pub fn put(&self, path: &str, jpeg: Vec<u8>) -> RequestBuilder {
        let request = self.http.put(format!("{}{path}", self.base)).bearer_auth(&self.token);
        request.header("content-type", "image/jpeg").body(jpeg)
    }

    pub async fn send(&self, upload: &Upload) -> UploadAnswer {
        let answer = self.post("/sync/journal", cbor::to_vec(upload)).send().await.unwrap();
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
        cbor::from_slice(&bytes).unwrap()
    }

    /// Sends all of the journal behind `seq`, in one upload.
    pub async fn send_from(&self, seq: usize) -> UploadAnswer {
        self.send(&self.journal.upload(seq, Upload::MAX_EVENTS)).await
    }

    pub async fn try_pull(&self, cursor: Cursor) -> Result<Page, (u16, Value)> {
        self.ask_for(&pulled(cursor)).await
    }

    pub async fn ask_for(&self, pull: &Pull) -> Result<Page, (u16, Value)> {
        read(self.post("/sync/feed", cbor::to_vec(pull)).send().await.unwrap()).await
    }

    pub async fn pull(&self, cursor: Cursor) -> Page {
        self.try_pull(cursor).await.unwrap()
    }

    pub async fn try_snapshot(&self, resume: Option<SnapshotResume>) -> Result<SnapshotPage, (u16, Value)> {
        let pull = SnapshotPull { protocol: PROTOCOL, resume };
        read(self.post("/sync/snapshot", cbor::to_vec(&pull)).send().await.unwrap()).await
    }

    /// A whole snapshot, and the cursor it begins at.
    pub async fn snapshot(&self) -> (Cursor, Vec<gatehouse::feed::Row>) {
        let mut piece = self.try_snapshot(None).await.unwrap();
        let start = piece.start;
        let mut rows = std::mem::take(&mut piece.rows);
        while let Some(after) = piece.next {
            piece = self.try_snapshot(Some(SnapshotResume { start, after, seen: piece.head })).await.unwrap();
            assert_eq!(piece.start, start);
            rows.append(&mut piece.rows);
        }
        (start, rows)
    }

    pub async fn stream(&self, cursor: Cursor) -> Response {
        let at = URL_SAFE_NO_PAD.encode(cbor::to_vec(&cursor));
        let url = format!("{}/sync/stream?cursor={at}&protocol={PROTOCOL}", self.base);
        self.http.get(url).bearer_auth(&self.token).send().await.unwrap()
    }
}

async fn read<T: for<'b> minicbor::Decode<'b, ()>>(answer: Response) -> Result<T, (u16, Value)> {
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.unwrap();
    if status == 200 {
        Ok(cbor::from_slice(&bytes).unwrap())
    } else {
        Err((status, serde_json::from_slice(&bytes).unwrap()))
    }
}
