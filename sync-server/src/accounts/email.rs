//! E-mail addresses in the one form in which they are stored and compared.

use std::{fmt, str::FromStr};

/// An e-mail address, in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// Not an e-mail address.
#[derive(Debug, thiserror::Error)]
#[error("an e-mail address")]
pub struct NotAnEmail;

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let plain = text.len() <= 255 && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if plain && !local.is_empty() && !domain.is_empty() && !domain.starts_with('.') {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(NotAnEmail)
        }
    }
}

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_lower_case() {
        assert_eq!(" Asha@Example.COM ".parse::<Email>().unwrap().as_str(), "asha@example.com");
        for text in ["", "asha", "@example.com", "asha@", "as ha@example.com"] {
            assert!(text.parse::<Email>().is_err(), "{text}");
        }
    }
}
