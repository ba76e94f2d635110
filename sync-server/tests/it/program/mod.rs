//! The program itself: what it does to files, and what it says.

mod master_key;
mod output;
mod settings;

use std::{
    path::Path,
    process::{Command, Output},
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

/// Lets it begin new feeds of no community in the folder `data`: the least that opens a database and its secrets.
pub fn restore(data: &Path) -> Output {
    program().arg("restore").arg("--data").arg(data).output().unwrap()
}

/// What it said on standard error of why it failed.
#[track_caller]
pub fn failure(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    said
}
