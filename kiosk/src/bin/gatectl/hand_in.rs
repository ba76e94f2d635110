//! `gatectl journal hand-in`: what a stolen kiosk left behind goes to its server.

use std::{path::Path, sync::Arc};

use gatehouse_kiosk::{
    control::Ending,
    kiosk::{Left, LeftError},
    time::Timekeeper,
};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::{clocks::clocks, owner::NoOwner, place::Place};

/// Hands in what lies sealed in the folder at `data`.
pub fn run(data: &Path, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
    let folder = Arc::new(Place::take(data, "and is no stolen kiosk's")?);
    let Some(left) = Left::load(&folder)? else {
        return Err(NoOwner { words: "nothing sealed lies here".into(), ending: Ending::Gone });
    };
    let time = Arc::new(Timekeeper::open(clocks()?, Arc::clone(&folder)));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handed_in = runtime.block_on(left.hand_in(&folder, time));
    let words = handed_in.as_ref().err().map(ToString::to_string);
    say(json!({ "handed_in": handed_in.is_ok(), "events": left.events, "error": words }));
    Ok(match handed_in {
        Ok(()) => Ending::Done,
        Err(LeftError::Net(_)) => Ending::Offline,
        Err(_) => Ending::Failed,
    })
}
