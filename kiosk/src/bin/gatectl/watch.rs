//! `gatectl watch`: the pictures of a folder as a camera's frames, one verdict for each code held up.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    thread,
    time::Duration,
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
    owner.stay()?;
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut scanner = Scanner::new();
    let mut held: Vec<(String, usize)> = Vec::new();
    let mut failing: Option<String> = None;
    loop {
        for path in files(pictures)? {
            if !seen.insert(path.clone()) {
                continue;
            }
            // A picture that is still being written is no picture yet: it is looked at again.
            let Ok(grey) = pictures::open(&path) else {
                if !once {
                    seen.remove(&path);
                }
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

fn files(folder: &Path) -> Result<Vec<PathBuf>, NoOwner> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        if matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg")) {
            files.push(path);
        }
    }
    files.sort();
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
