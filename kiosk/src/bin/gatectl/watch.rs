//! `gatectl watch`: the pictures of a folder as a camera's frames, one verdict for each code held up.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use gatehouse_kiosk::control::{Ending, Order};
use gatehouse_scan::Scanner;
use serde_json::{Value, json};

use crate::{
    owner::{NoOwner, Owner},
    pictures,
};

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// A code that was in none of so many successive pictures was put away.
const PUT_AWAY: usize = 3;

/// Watches the folder at `pictures`; ends after those there now where `once` is set.
pub fn run(
    owner: &mut Owner,
    pictures: &Path,
    once: bool,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, NoOwner> {
    files(pictures)?;
    owner.stay()?;
    let mut seen = Seen::default();
    let mut scanner = Scanner::new();
    let mut held: Vec<(String, usize)> = Vec::new();
    let mut failing: Option<String> = None;
    loop {
        for path in seen.fresh(files(pictures)?) {
            // A picture that is still being written is no picture yet: it is looked at again.
            let Ok(grey) = pictures::open(&path) else {
                seen.0.remove(&path);
                continue;
            };
            let texts = pictures::read_next(&mut scanner, &grey).texts;
            for code in fresh(&mut held, texts) {
                let file = path.display().to_string();
                owner.carry_out(&Order::Scan { text: code }, &mut |mut said| {
                    if let Value::Object(fields) = &mut said {
                        fields.insert("file".into(), file.clone().into());
                    }
                    say(said);
                })?;
            }
        }
        if once {
            return Ok(Ending::Done);
        }
        match owner.tick() {
            Ok(Some(ended)) => {
                say(json!({ "ended": ended.word() }));
                return Ok(Ending::NotNow);
            }
            Ok(None) => failing = None,
            // As with a scan that fails: it is said, once as long as it is so, and the next may do better.
            Err(NoOwner { words, .. }) => {
                if failing.as_ref() != Some(&words) {
                    say(json!({ "error": words }));
                    failing = Some(words);
                }
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// When a picture was written last, and how long it is.
type Mark = (SystemTime, u64);

/// The pictures of the folder that were looked at, as they were.
#[derive(Default)]
struct Seen(BTreeMap<PathBuf, Mark>);

impl Seen {
    /// Of the pictures there now those that are new, or others under a name that was there before.
    fn fresh(&mut self, now: BTreeMap<PathBuf, Mark>) -> Vec<PathBuf> {
        let before = std::mem::replace(&mut self.0, now);
        self.0
            .iter()
            .filter(|(path, mark)| before.get(*path) != Some(mark))
            .map(|(path, _)| path.clone())
            .collect()
    }
}

fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Mark>, NoOwner> {
    let mut files = BTreeMap::new();
    for entry in folder.read_dir().map_err(|error| NoOwner::at(folder, &error))? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        // One that is gone again is no picture.
        if matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg"))
            && let Ok(about) = path.metadata()
            && let Ok(written) = about.modified()
        {
            files.insert(path, (written, about.len()));
        }
    }
    Ok(files)
}

/// Of the codes in the next picture those that were not held up in the ones before.
fn fresh(held: &mut Vec<(String, usize)>, texts: Vec<String>) -> Vec<String> {
    for (_, missed) in held.iter_mut() {
        *missed += 1;
    }
    let mut fresh = Vec::new();
    for text in texts {
        if let Some((known, missed)) = held.iter_mut().find(|(known, _)| lasting(known) == lasting(&text)) {
            *missed = 0;
            *known = text;
        } else {
            held.push((text.clone(), 0));
            fresh.push(text);
        }
    }
    held.retain(|(_, missed)| *missed < PUT_AWAY);
    if fresh.iter().any(|text| text.starts_with("GH")) {
        fresh.retain(|text| text.starts_with("GH"));
    }
    fresh
}

/// What stays the same while a live pass counts its digits.
fn lasting(text: &str) -> &str {
    text.strip_prefix("GHR:").and_then(|rest| rest.split_once(':')).map_or(text, |(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_looked_at_once_and_again_when_another_has_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let picture = dir.path().join("1.png");
        let mut seen = Seen::default();
        let mut fresh = || seen.fresh(files(dir.path()).unwrap_or_default());
        std::fs::write(&picture, b"one").unwrap();
        assert_eq!(fresh(), std::slice::from_ref(&picture));
        assert!(fresh().is_empty());
        std::fs::write(&picture, b"another").unwrap();
        assert_eq!(fresh(), std::slice::from_ref(&picture));
        std::fs::remove_file(&picture).unwrap();
        assert!(fresh().is_empty());
        assert!(seen.0.is_empty(), "what is gone is not remembered");
    }

    #[test]
    fn one_code_held_up_is_one_verdict_until_it_was_put_away() {
        let mut held = Vec::new();
        let mut look = |texts: &[&str]| fresh(&mut held, texts.iter().map(|&text| text.into()).collect());
        assert_eq!(look(&["GH1:A", "upi://x"]), ["GH1:A"]);
        assert!(look(&["GH1:A"]).is_empty());
        assert!(look(&[]).is_empty());
        assert!(look(&["GHR:123456:GH1:A"]).is_empty());
        assert!(look(&[]).is_empty() && look(&[]).is_empty() && look(&[]).is_empty());
        assert_eq!(look(&["GH1:A"]), ["GH1:A"]);
    }
}
