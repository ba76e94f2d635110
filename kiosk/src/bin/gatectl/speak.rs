//! Answers on standard output: JSON lines, or the same for people. What went wrong is said on standard error, too, and
//! so is a warning.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::Value;

/// Whether something that was to be said could not be written, as on a full disk.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether all that was said went out, or nobody wanted it.
pub fn all_said() -> bool {
    !LOST.load(Ordering::Relaxed)
}

/// How answers are given.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    json: bool,
}

impl Voice {
    /// JSON lines, or words.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Says one object.
    pub fn say(self, said: &Value) {
        let text = if self.json { format!("{said}\n") } else { words(said) };
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        // Where whoever read this has stopped there is nobody to tell.
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
            && !LOST.swap(true, Ordering::Relaxed)
        {
            drop(writeln!(io::stderr().lock(), "gatectl: standard output: {error}"));
        }
        for (_, words) in alarming(said) {
            drop(writeln!(io::stderr().lock(), "gatectl: {words}"));
        }
    }

    /// Says what went wrong.
    pub fn fail(self, error: &str) {
        self.say(&serde_json::json!({ "error": error }));
    }
}

/// The fields that are for standard error, and what is said there.
fn alarming(said: &Value) -> impl Iterator<Item = (&'static str, String)> {
    [("error", ""), ("keys_warning", "warning: ")].into_iter().filter_map(|(field, before)| {
        let words = said.get(field)?.as_str()?;
        Some((field, format!("{before}{words}")))
    })
}

/// An object's fields, one a line, but for those that a person reads on standard error.
fn words(said: &Value) -> String {
    use std::fmt::Write as _;
    let Value::Object(fields) = said else { return format!("{said}\n") };
    let elsewhere: Vec<_> = alarming(said).map(|(field, _)| field).collect();
    let here = || fields.iter().filter(|(name, _)| !elsewhere.contains(&name.as_str()));
    let width = here().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in here() {
        let value = match value {
            Value::String(plain) => plain.clone(),
            Value::Null => "–".to_owned(),
            other => other.to_string(),
        };
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{name:width$}  {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_went_wrong_and_what_is_warned_of_goes_to_standard_error() {
        let said = json!({ "file": "a.png", "error": "a.png: broken", "keys_warning": "a plain file" });
        let aside: Vec<_> = alarming(&said).map(|(_, words)| words).collect();
        assert_eq!(aside, ["a.png: broken", "warning: a plain file"]);
        assert_eq!(words(&said), "file  a.png\n");
        let fine = json!({ "error": null, "keys_warning": null });
        assert_eq!(alarming(&fine).count(), 0);
    }
}
