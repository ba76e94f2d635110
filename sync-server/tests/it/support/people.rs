//! A community and its people, made over the API.

use reqwest::Method;
use serde_json::{Value, json};

use gatehouse_server::setup::{self, FirstAdmin};

use super::{ENGINES, Served};

pub const PASSWORD: &str = "a long enough one";

/// Runs a test on both engines, each on a server of its own.
pub async fn on_both(test: impl AsyncFn(Served)) {
    for engine in ENGINES {
        eprintln!("on {engine:?}");
        test(Served::on(engine).await).await;
    }
}

/// An answer: status and JSON (null where there is no body).
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.json);
        self.json
    }

    /// Asserts a problem of this status and code.
    #[track_caller]
    pub fn is(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.json);
    }
}

/// Somebody who calls the API, signed in or not.
#[derive(Clone, Debug)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    pub token: Option<String>,
    pub session: Value,
}

impl Person {
    /// Nobody in particular.
    pub fn nobody(server: &Served) -> Self {
        Self { http: server.http.clone(), base: server.url(""), token: None, session: Value::Null }
    }

    /// Signs in by e-mail.
    pub async fn sign_in(server: &Served, email: &str) -> Self {
        let nobody = Self::nobody(server);
        let session = nobody.post("/auth/login", &json!({"email": email, "password": PASSWORD})).await.ok();
        nobody.with(session)
    }

    /// The same client under another session.
    pub fn with(&self, session: Value) -> Self {
        let token = session["access_token"].as_str().map(str::to_owned);
        Self { token, session, ..self.clone() }
    }

    pub fn id(&self) -> &str {
        self.session["user"]["id"].as_str().unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body), None).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body), None).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body), None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None, None).await
    }

    pub async fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body), Some(key)).await
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>, key: Option<&str>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let json = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
        Answer { status, json }
    }

    /// Puts bytes of a media type.
    pub async fn put_bytes(&self, path: &str, media_type: &str, bytes: Vec<u8>) -> Answer {
        let mut request = self.http.put(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.header("content-type", media_type).body(bytes).send().await.unwrap();
        let status = answer.status().as_u16();
        let json = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
        Answer { status, json }
    }

    /// The picture at a path; nothing where there is none for this person.
    pub async fn picture(&self, path: &str) -> Option<Vec<u8>> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let is_jpeg = answer.headers()["content-type"] == "image/jpeg";
        let bytes = answer.bytes().await.unwrap().to_vec();
        is_jpeg.then_some(bytes)
    }
}

/// A community with a gate, two units, a resident in the first, a guard who may use the API.
#[derive(Debug)]
pub struct Community {
    pub id: gatehouse::id::CommunityId,
    pub admin: Person,
    pub resident: Person,
    pub guard: Person,
    pub gate: Value,
    pub unit: Value,
    pub other_unit: Value,
}

impl Community {
    /// Makes one; `number` tells its people from those of others.
    pub async fn found(server: &Served, number: u32) -> Self {
        let admin_email = format!("admin{number}@example.com");
        let first = FirstAdmin {
            community: format!("Community {number}"),
            zone: None,
            name: "Anita Admin".into(),
            email: admin_email.clone(),
            phone: format!("+9198000{number:02}001"),
            password: PASSWORD.into(),
        };
        let made = setup::first_admin(&server.app, first).await.unwrap();
        let admin = Person::sign_in(server, &admin_email).await;
        let gate = admin.post("/gates", &json!({"name": "Gate 1", "kind": "BOTH"})).await.ok();
        let unit = admin.post("/units", &json!({"tower": "A", "floor": 12, "number": "1203"})).await.ok();
        let other_unit = admin.post("/units", &json!({"tower": "B", "floor": 7, "number": "704"})).await.ok();
        let resident = resident(server, &admin, &unit, &format!("asha{number}"), number * 10 + 1).await;
        let guard_email = format!("guard{number}@example.com");
        let guard = json!({"name": "Ramesh", "phone": format!("+9198000{number:02}003"), "pin": "246810",
            "email": guard_email, "password": PASSWORD});
        admin.post("/guards", &guard).await.ok();
        let guard = Person::sign_in(server, &guard_email).await;
        Self { id: made.community, admin, resident, guard, gate, unit, other_unit }
    }

    /// What a guard asks for at the gate: a delivery to the resident's unit.
    pub async fn delivery(&self) -> Value {
        let asked = json!({"unit_ids": [self.unit["id"]], "visitor_type": "DELIVERY", "company": "Zomato",
            "gate_id": self.gate["id"]});
        self.guard.post("/visitors/request-entry", &asked).await.ok()
    }

    /// A guest pass of the resident's, good for a day, `more` over that.
    pub async fn pass(&self, server: &Served, more: &Value) -> Value {
        self.resident.post("/passes", &self.wanted(server, more)).await.ok()
    }

    /// What [`pass`](Self::pass) asks for.
    pub fn wanted(&self, server: &Served, more: &Value) -> Value {
        let mut wanted = json!({"unit_id": self.unit["id"], "visitor_type": "GUEST", "name": "Meera",
            "valid_until": server.app.now().plus(gatehouse::time::DAY)});
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wanted
    }
}

/// A resident of `unit`, made by its admin, signed in.
pub async fn resident(server: &Served, admin: &Person, unit: &Value, name: &str, number: u32) -> Person {
    let email = format!("{name}@example.com");
    let new = json!({"name": name, "phone": format!("+9197{number:08}"), "email": email,
        "password": PASSWORD, "unit_ids": [unit["id"]]});
    admin.post("/residents", &new).await.ok();
    Person::sign_in(server, &email).await
}
