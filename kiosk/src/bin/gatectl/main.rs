//! `gatectl`: a gate without its window, for whoever installs or repairs a kiosk. It shares the kiosk's data
//! folder and every line of its logic; here are the command line and the way answers are printed.

mod args;
mod carrier;
mod clocks;
mod enrol;
mod export;
mod hand_in;
mod keys;
mod owner;
mod pictures;
mod place;
mod speak;
mod watch;

use std::{io::IsTerminal, path::Path, process::ExitCode};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Parser;
use gatehouse_kiosk::{
    control::{Ending, Order},
    folder::keep_private,
};
use gatehouse_scan::Scanner;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use args::{Gatectl, JournalTask, Task};
use owner::{NoOwner, Owner};
use pictures::text;
use speak::Voice;

fn main() -> ExitCode {
    keep_private();
    let args = Gatectl::try_parse().unwrap_or_else(|error| unreadable(&error));
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty()),
        )
        .with_writer(std::io::stderr)
        .init();
    // Another provider cannot have been installed before: this is the first line that could.
    drop(rustls::crypto::ring::default_provider().install_default());
    let voice = Voice::new(args.json);
    let ending = run(&args, voice).unwrap_or_else(|error| {
        voice.fail(&error.words);
        error.ending
    });
    let ending = if speak::all_said() { ending } else { Ending::Failed };
    ExitCode::from(ending.code())
}

/// Says what is wrong with the command line, or the help that was asked for, and ends.
fn unreadable(error: &clap::Error) -> ! {
    if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") {
        Voice::new(true).say(&json!({ "error": error.render().to_string().trim_end(), "code": "usage" }));
        std::process::exit(error.exit_code());
    }
    error.exit()
}

fn run(args: &Gatectl, voice: Voice) -> Result<Ending, NoOwner> {
    let mut say = |said: Value| voice.say(&said);
    let data = args.data.as_path();
    match &args.task {
        Task::Decode { sequence, files } => Ok(decode(files, *sequence, voice)),
        Task::Enrol(how) => enrol::run(data, how, &mut say),
        Task::Status => status(data, &mut say),
        Task::Watch { pictures, once } => watch::run(&mut Owner::of(data)?, pictures, *once, &mut say),
        Task::Check(shown) => {
            Owner::of(data)?.carry_out(&Order::Check { text: text(&shown.shown)? }, &mut say)
        }
        Task::Asks => Owner::of(data)?.carry_out(&Order::Asks, &mut say),
        Task::Admit { visit: Some(visit), .. } => {
            Owner::of(data)?.carry_out(&Order::LetIn { visit: *visit }, &mut say)
        }
        Task::Admit { shown, .. } => {
            let text = text(shown.as_deref().unwrap_or_default())?;
            Owner::of(data)?.carry_out(&Order::Admit { text }, &mut say)
        }
        Task::Exit { visit: Some(visit), .. } => {
            Owner::of(data)?.carry_out(&Order::Leave { visit: *visit }, &mut say)
        }
        Task::Exit { shown, .. } => {
            let text = text(shown.as_deref().unwrap_or_default())?;
            Owner::of(data)?.carry_out(&Order::Exit { text }, &mut say)
        }
        Task::Code { unit, digits, admit } => {
            let digits = digits.as_str().to_owned();
            let order = Order::Code { unit: unit.clone(), digits, admit: *admit };
            Owner::of(data)?.carry_out(&order, &mut say)
        }
        Task::Keys { to } => keys::run(data, *to, &mut say),
        Task::Photo { visit, picture } => {
            let jpeg = pictures::small(picture)?;
            Owner::of(data)?.carry_out(&Order::Photo { visit: *visit, jpeg: STANDARD.encode(jpeg) }, &mut say)
        }
        Task::Sync => Owner::of(data)?.carry_out(&Order::Sync, &mut say),
        Task::Journal(JournalTask::Verify) => Owner::of(data)?.carry_out(&Order::JournalVerify, &mut say),
        Task::Journal(JournalTask::HandIn) => hand_in::run(data, &mut say),
        Task::Journal(JournalTask::Export { out: None }) => {
            let lines = Voice::new(true);
            Owner::of(data)?.carry_out(&Order::JournalExport, &mut |said| lines.say(&said))
        }
        Task::Journal(JournalTask::Export { out: Some(out) }) => export::run(data, out, &mut say),
    }
}

/// How the kiosk stands, also while it is not enrolled.
fn status(data: &Path, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
    match Owner::of(data) {
        Err(NoOwner { ending: Ending::NotNow, .. }) => {
            say(json!({ "enrolled": false, "version": env!("CARGO_PKG_VERSION") }));
            Ok(Ending::NotNow)
        }
        owner => owner?.carry_out(&Order::Status, say),
    }
}

fn decode(files: &[std::path::PathBuf], sequence: bool, voice: Voice) -> Ending {
    let mut scanner = Scanner::new();
    let mut ending = Ending::Done;
    for path in files {
        let file = path.display().to_string();
        let line = match pictures::open(path) {
            Ok(grey) => {
                let read = if sequence {
                    pictures::read_next(&mut scanner, &grey)
                } else {
                    pictures::read(&mut scanner, &grey)
                };
                json!({ "file": file, "texts": read.texts, "elapsed_us": read.elapsed_us })
            }
            Err(error) => {
                ending = error.ending;
                json!({ "file": file, "texts": [], "elapsed_us": 0, "error": error.words })
            }
        };
        voice.say(&line);
    }
    ending
}
