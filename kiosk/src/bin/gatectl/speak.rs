//! Answers on standard output: JSON lines, or the same for people.

use std::io::{self, Write};

use serde_json::Value;

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
        // Whoever read this has stopped: there is nobody to tell.
        drop(io::stdout().lock().write_all(text.as_bytes()));
    }

    /// Says what went wrong: on standard error, and as an object where those are wanted.
    pub fn fail(self, error: &str) {
        if self.json {
            self.say(&serde_json::json!({ "error": error }));
        }
        drop(writeln!(io::stderr().lock(), "gatectl: {error}"));
    }
}

/// An object's fields, one a line.
fn words(said: &Value) -> String {
    use std::fmt::Write as _;
    let Value::Object(fields) = said else { return format!("{said}\n") };
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in fields {
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
