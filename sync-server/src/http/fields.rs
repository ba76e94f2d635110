//! Checking the fields of a request, so that all that will not do is told at once.

use std::{fmt::Display, ops::RangeInclusive};

use gatehouse::api::problem::FieldError;

use super::Fault;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing is wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `field` will not do.
    pub fn wrong(&mut self, field: &str, reason: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), reason: reason.into() });
    }

    /// `field` will not do unless `holds`.
    pub fn require(&mut self, holds: bool, field: &str, reason: &str) {
        if !holds {
            self.wrong(field, reason);
        }
    }

    /// `field` will not do unless it is absent or one of the words `all`.
    pub fn one_of<T: Display>(&mut self, field: &str, word: Option<&str>, all: &[T]) {
        let all: Vec<_> = all.iter().map(ToString::to_string).collect();
        let known = word.is_none_or(|word| all.iter().any(|known| known == word));
        self.require(known, field, &all.join(", "));
    }

    /// A text, trimmed, of so many characters, without control characters.
    pub fn text(&mut self, field: &str, text: &str, length: RangeInclusive<usize>) -> String {
        let text = text.trim();
        let fits = length.contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if !fits {
            self.wrong(field, format!("{} to {} characters", length.start(), length.end()));
        }
        text.to_owned()
    }

    /// A text that may be absent; an empty one is.
    pub fn optional(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = self.text(field, text?, 0..=most);
        (!text.is_empty()).then_some(text)
    }

    /// What `parsed` holds; its error is the field's reason.
    pub fn parsed<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.wrong(field, error.to_string())).ok()
    }

    /// The fault, if anything was wrong.
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::invalid_fields(self.0)) }
    }
}
