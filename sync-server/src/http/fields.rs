//! Checking the fields of a request, so that all that will not do is told at once.

use std::{fmt::Display, ops::RangeInclusive};

use gatehouse::api::problem::FieldError;

use super::Fault;

/// Joins letters, or keeps them apart, as Hindi and other scripts need it; seen by that alone.
const fn is_joiner(one: char) -> bool {
    matches!(one, '\u{200C}' | '\u{200D}')
}

/// Control characters, blanks without width, and what turns the direction of text that follows: a name with these is
/// seen as another (Unicode Technical Report 36, section 2).
fn is_unseen(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200B}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}')
}

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

    /// A text, trimmed, of so many characters, without such as control what stands beside them or are not seen.
    pub fn text(&mut self, field: &str, text: &str, length: RangeInclusive<usize>) -> String {
        let text = text.trim();
        let is_seen = text.is_empty() || text.chars().any(|one| !one.is_whitespace() && !is_joiner(one));
        if !length.contains(&text.chars().count()) || text.chars().any(is_unseen) || !is_seen {
            let (least, most) = (length.start(), length.end());
            self.wrong(field, format!("{least} to {most} characters, all of them to be seen"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_seen_as_none_or_as_another_will_not_do() {
        let fits = |name: &str| {
            let mut fields = Fields::new();
            fields.text("name", name, 1..=40);
            fields.finish().is_ok()
        };
        for name in ["Asha", "रमेश कुमार", "क्‍ष", "محمد", "O'Neil-Łukasz", "李"]
        {
            assert!(fits(name), "{name}");
        }
        for name in
            ["", "\u{200B}", "\u{200D}", "Asha\u{202E}nimdA", "Asha\u{2066}", "As\nha", "\u{FEFF}\u{200C}"]
        {
            assert!(!fits(name), "{name:?}");
        }
    }
}
