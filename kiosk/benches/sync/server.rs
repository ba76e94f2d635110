//! The server that kiosks are measured against: another program, spoken to as everybody speaks to it.

use std::{
    error::Error,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use gatehouse_kiosk::{
    net::{Client, Trust},
    time::MachineClocks,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Ends with the standard input that it holds.
pub struct Server {
    child: Child,
    url: String,
    token: String,
    gate: Value,
}

impl Server {
    /// Starts one with a community of so many passes, and a gate.
    pub fn start(runtime: &Runtime, passes: usize) -> Result<Self, Box<dyn Error>> {
        let program = std::env::var_os("LARGE_COMMUNITY").map_or_else(built, PathBuf::from);
        let mut child = Command::new(&program)
            .arg(passes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        let url = format!("http://{}", address.trim());
        let mut server = Self { child, url, token: String::new(), gate: Value::Null };
        let login = json!({ "email": "admin@example.com", "password": "a long enough one" });
        let session = server.post(runtime, "/auth/login", &login)?;
        session["access_token"].as_str().ok_or("no token")?.clone_into(&mut server.token);
        server.gate = server.post(runtime, "/gates", &json!({ "name": "Gate 1", "kind": "BOTH" }))?;
        Ok(server)
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A new enrolment code.
    pub fn code(&self, runtime: &Runtime) -> Result<String, Box<dyn Error>> {
        let wanted = json!({ "gate_id": self.gate["id"], "name": "Kiosk" });
        let made = self.post(runtime, "/kiosks/enrolments", &wanted)?;
        Ok(made["code"].as_str().ok_or("no code")?.to_owned())
    }

    fn post(&self, runtime: &Runtime, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        let client = Client::new(self.url.parse()?, Trust::Authorities, Arc::new(MachineClocks))?;
        let token = Some(self.token.as_str()).filter(|token| !token.is_empty());
        Ok(runtime.block_on(client.json(path, token, body))?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It has nothing to keep: how it ends does not matter.
        drop(self.child.wait());
    }
}

fn built() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/release/examples/large_community")
}
