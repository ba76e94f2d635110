//! The program itself: what it does to files, and what it says.

mod master_key;
mod output;
mod settings;

use std::{
    io::Write,
    path::Path,
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

/// The program, with no setting from this process's environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GATEHOUSE_") {
            command.env_remove(name);
        }
    }
    command
}

/// Lets it make another community in the folder `data`: the least that makes a database and its secrets.
pub fn create(data: &Path) -> Output {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let (name, email) = (format!("Community {number}"), format!("admin{number}@example.org"));
    let phone = format!("+9198000{number:05}");
    let mut command = program();
    command.args(["admin", "create", "--password-stdin"]);
    command.args(["--community", &name, "--email", &email, "--phone", &phone]).arg("--data").arg(data);
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"correct horse battery").unwrap();
    drop(writer);
    command.stdin(reader).output().unwrap()
}

/// What it said on standard error of why it failed.
#[track_caller]
pub fn failure(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    said
}
