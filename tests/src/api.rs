//! The server's HTTP API, as anybody outside meets it.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

fn client() -> Client {
    // Fails where another test of this process was here before.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        // A server that was killed leaves connections that nobody answers on: each call opens its own.
        .pool_max_idle_per_host(0)
        // The admin's own connection is not what is tested: the server makes its certificate itself.
        .danger_accept_invalid_certs(true)
        .build()
        .expect("an HTTP client")
}

/// Somebody signed in at a server.
#[derive(Clone, Debug)]
pub struct Session {
    client: Client,
    base: String,
    token: String,
    /// The `user` of the login's answer.
    pub user: Value,
}

impl Session {
    /// Signs in with an e-mail address.
    pub async fn login(base: &str, email: &str, password: &str) -> Self {
        let client = client();
        let answer = client
            .post(format!("{base}/auth/login"))
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .expect("the server answers");
        let status = answer.status();
        let body: Value = answer.json().await.expect("login answers JSON");
        assert_eq!(status, StatusCode::OK, "login of {email}: {body}");
        let token = body["access_token"].as_str().expect("an access token").to_owned();
        Self { client, base: base.to_owned(), token, user: body["user"].clone() }
    }

    /// One call; the answer's status and JSON body (null when empty).
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let mut request =
            self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the server answers");
        let status = answer.status();
        let text = answer.text().await.expect("the answer can be read");
        let value = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path} answers JSON, not: {text}"))
        };
        (status, value)
    }

    /// The picture at a path; nothing where there is none for this person.
    pub async fn picture(&self, path: &str) -> Option<Vec<u8>> {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let answer = request.send().await.expect("the server answers");
        let is_jpeg = answer.headers().get("content-type").is_some_and(|kind| kind == "image/jpeg");
        let bytes = answer.bytes().await.expect("the answer can be read");
        is_jpeg.then(|| bytes.to_vec())
    }

    /// GET that has to succeed.
    pub async fn get(&self, path: &str) -> Value {
        self.succeed(Method::GET, path, None).await
    }

    /// POST that has to succeed.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.succeed(Method::POST, path, Some(body)).await
    }

    /// PUT that has to succeed.
    pub async fn put(&self, path: &str, body: &Value) -> Value {
        self.succeed(Method::PUT, path, Some(body)).await
    }

    async fn succeed(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.call(method.clone(), path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }
}
