//! `gatectl keys`: the keys go to another holder.

use std::{path::Path, sync::Arc};

use gatehouse_kiosk::{
    control::Ending,
    folder::{Folder, FolderError},
    keys::{Holder, Keeping},
};
use serde_json::{Value, json};

use crate::owner::NoOwner;

/// Moves the keys of the folder at `data` to `to`.
pub fn run(data: &Path, to: Holder, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
    let folder = match Folder::open(data) {
        Err(FolderError::InUse) => {
            return Err(NoOwner {
                words: "another process owns the data folder: close its window first".into(),
                ending: Ending::InUse,
            });
        }
        opened => Arc::new(opened?),
    };
    let (keeping, held) = Keeping::open(folder)?;
    if held.is_none() {
        return Err(NoOwner::not_enrolled());
    }
    let moved = keeping.move_to(to)?;
    say(json!({
        "from": moved.from.as_str(),
        "keys": moved.to.as_str(),
        "keys_warning": moved.to.warning(),
        "left_behind": moved.left_behind,
    }));
    Ok(Ending::Done)
}
