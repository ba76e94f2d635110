//! The demo community that `make run` starts with, on a real server.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::api::Session;
use crate::programs;
use crate::server::Server;

/// The demo on a running server.
#[derive(Debug)]
pub struct Demo {
    /// Holds every data folder of the test.
    pub folder: TempDir,
    /// What `gatehouse-server demo --json` says.
    pub about: Value,
}

impl Demo {
    /// Makes the demo and starts a server with it.
    pub async fn start() -> (Self, Server) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let data = folder.path().join("server");
        let about = about(&data).await;
        let server = Server::start(&data).await;
        (Self { folder, about }, server)
    }

    /// The admin, signed in.
    pub async fn admin(&self, server: &Server) -> Session {
        login(server, &self.about["admin"]).await
    }

    /// The first resident, signed in: Asha Rao of A-1203.
    pub async fn resident(&self, server: &Server) -> Session {
        login(server, &self.about["residents"][0]).await
    }

    /// A pass by its slot.
    pub fn pass(&self, slot: &str) -> &Value {
        let passes = self.about["passes"].as_array().expect("the demo has passes");
        passes.iter().find(|pass| pass["slot"] == slot).unwrap_or_else(|| panic!("a pass named {slot}"))
    }

    /// A pass's token.
    pub fn token(&self, slot: &str) -> &str {
        self.pass(slot)["token"].as_str().expect("a pass has a token")
    }
}

async fn login(server: &Server, person: &Value) -> Session {
    let said = |field: &str| person[field].as_str().expect("a login has e-mail and password").to_owned();
    Session::login(&server.url(), &said("email"), &said("password")).await
}

async fn about(data: &Path) -> Value {
    let made = Command::new(programs::server())
        .args(["demo", "--json", "--data"])
        .arg(data)
        .output()
        .await
        .expect("the server can be run");
    assert!(made.status.success(), "demo: {}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).expect("the demo tells of itself in JSON")
}
