//! Phone numbers in the one form in which they are stored, compared and looked up.

use std::{fmt, str::FromStr};

/// The country of a number that is given without one: India's.
const HOME: &str = "91";
const NATIONAL_DIGITS: usize = 10;

/// A phone number in E.164: `+`, country, number, 8 to 15 digits in all.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// Not a phone number.
#[derive(Debug, thiserror::Error)]
#[error("a phone number with its country, like +919900000001")]
pub struct NotAPhone;

impl FromStr for Phone {
    type Err = NotAPhone;

    /// Reads a number; blanks, hyphens, dots and brackets are passed over.
    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let (digits, international) = match bare.strip_prefix('+') {
            Some(digits) => (digits, true),
            None => (bare.as_str(), false),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.starts_with('0') {
            return Err(NotAPhone);
        }
        let digits = match (international, digits.len()) {
            (false, NATIONAL_DIGITS) => format!("{HOME}{digits}"),
            (_, 8..=15) => digits.to_owned(),
            _ => return Err(NotAPhone),
        };
        Ok(Self(format!("+{digits}")))
    }
}

impl Phone {
    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone")
    }
}

/// The last four digits of a number, however it is written: all that a kiosk is told of it.
pub fn last_four(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_number_the_last_four_digits_are_told() {
        for (phone, four) in [("+919900000123", "0123"), ("99000 001-23", "0123"), ("12", "12"), ("", "")] {
            assert_eq!(last_four(phone), four, "{phone}");
        }
    }

    #[test]
    fn one_number_has_one_form() {
        for text in ["+91 99000-00001", "9900000001", "(99000) 00001", "+919900000001", "919900000001"] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), "+919900000001", "{text}");
        }
        for text in ["", "12345", "0990000000", "+1234567890123456", "99000x0001"] {
            assert!(text.parse::<Phone>().is_err(), "{text}");
        }
    }
}
