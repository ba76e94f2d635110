//! `gatectl watch`: the pictures of a folder as a camera's frames, one verdict for each code held up.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use gatehouse_kiosk::{
    control::{Ending, Order},
    eye::Memory,
};
use gatehouse_scan::Scanner;
use serde_json::{Value, json};

use crate::{
    clocks::clocks,
    owner::{NoOwner, Owner},
    pictures,
};

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// By how much more time each picture counts than has passed since the one before, in milliseconds: what is in none of
/// three is put away however quickly they come.
const A_PICTURE: i64 = 1_000;

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
    let memory = Memory::default();
    let clocks = clocks()?;
    let mut ahead = 0;
    let mut failing: Option<String> = None;
    loop {
        for path in seen.fresh(files(pictures)?) {
            let grey = match pictures::open(&path) {
                Ok(grey) => grey,
                Err(error) => {
                    if once || !seen.look_again(&path) {
                        say(json!({ "file": path.display().to_string(), "error": error.words }));
                    }
                    continue;
                }
            };
            let texts = pictures::read_next(&mut scanner, &grey).texts;
            ahead += A_PICTURE;
            let taken_at = clocks.boot() + ahead;
            let Some(code) = to_decide(owner, &memory, taken_at, &texts)? else { continue };
            let file = path.display().to_string();
            owner.carry_out(&Order::Scan { text: code }, &mut |mut said| {
                if let Value::Object(fields) = &mut said {
                    fields.insert("file".into(), file.clone().into());
                }
                say(said);
            })?;
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

/// A file that is no picture may still be being written: it is looked at so often again.
const PATIENCE: u32 = 30;

/// The pictures of the folder that were looked at, as they were.
#[derive(Default)]
struct Seen {
    looked_at: BTreeMap<PathBuf, Mark>,
    /// Those that were no pictures, and how often they were looked at.
    no_pictures: BTreeMap<PathBuf, (Mark, u32)>,
}

impl Seen {
    /// Of the pictures there now those that are new, or others under a name that was there before.
    fn fresh(&mut self, now: BTreeMap<PathBuf, Mark>) -> Vec<PathBuf> {
        let before = std::mem::replace(&mut self.looked_at, now);
        self.no_pictures.retain(|path, _| self.looked_at.contains_key(path));
        self.looked_at
            .iter()
            .filter(|(path, mark)| before.get(*path) != Some(mark))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// One was no picture. Answers whether it is looked at again, which it is until it has been the same for long enough.
    fn look_again(&mut self, path: &Path) -> bool {
        let Some(mark) = self.looked_at.get(path) else { return false };
        let (before, times) = self.no_pictures.entry(path.to_owned()).or_insert((*mark, 0));
        *times = if before == mark { *times + 1 } else { 1 };
        *before = *mark;
        let again = *times < PATIENCE;
        if again {
            self.looked_at.remove(path);
        }
        again
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

/// Of the codes in the next picture the one to decide, as a kiosk's camera has it: the gravest of those that are new
/// in view, while none that was decided is beside them.
fn to_decide(
    owner: &mut Owner,
    memory: &Memory,
    taken_at: i64,
    texts: &[String],
) -> Result<Option<String>, NoOwner> {
    let mut codes = memory.fresh(taken_at, texts.iter().map(String::as_str));
    let decided = if codes.is_empty() || memory.is_decided_beside(taken_at, &codes) {
        None
    } else {
        let place = gravest(owner, &codes)?;
        Some(codes.remove(place))
    };
    memory.forget(&codes);
    if let Some(code) = &decided {
        memory.decided(code);
    }
    Ok(decided)
}

fn gravest(owner: &mut Owner, codes: &[String]) -> Result<usize, NoOwner> {
    if codes.len() < 2 {
        return Ok(0);
    }
    let mut place = None;
    owner.carry_out(&Order::Gravest { texts: codes.to_vec() }, &mut |said| {
        place = said["place"].as_u64().and_then(|place| usize::try_from(place).ok());
    })?;
    // Whoever owns the folder may be of another version.
    Ok(place.filter(|place| *place < codes.len()).unwrap_or(0))
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
        assert!(seen.looked_at.is_empty(), "what is gone is not remembered");
    }

    #[test]
    fn what_is_no_picture_is_given_up_once_it_no_longer_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1.png");
        let mut seen = Seen::default();
        for bytes in [b"half".as_slice(), b"half of it", b"half of it, and no more"] {
            std::fs::write(&path, bytes).unwrap();
            for _ in 1..PATIENCE {
                assert_eq!(seen.fresh(files(dir.path()).unwrap_or_default()), std::slice::from_ref(&path));
                assert!(seen.look_again(&path));
            }
        }
        seen.fresh(files(dir.path()).unwrap_or_default());
        assert!(!seen.look_again(&path));
        assert!(seen.fresh(files(dir.path()).unwrap_or_default()).is_empty());
    }
}
