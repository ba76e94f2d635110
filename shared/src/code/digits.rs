//! Six digits, as they are typed, spoken or sent by SMS.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq as _;

/// Six decimal digits. Compared in constant time and hidden in debug output: they are secrets for as
/// long as they are good.
#[derive(Clone)]
pub struct SixDigits([u8; 6]);

/// Not six decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("six digits are wanted")]
pub struct NotSixDigits;

impl SixDigits {
    /// The digits of a number below a million.
    pub(crate) fn of(number: u32) -> Self {
        let mut rest = number;
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        Self(digits)
    }

    /// The digits, to be shown or sent to the one they are for.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for SixDigits {
    type Err = NotSixDigits;

    /// Reads exactly six ASCII digits; blanks and hyphens between them are passed over.
    fn from_str(text: &str) -> Result<Self, NotSixDigits> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
        let digits: [u8; 6] = digits.try_into().map_err(|_| NotSixDigits)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(NotSixDigits) }
    }
}

impl PartialEq for SixDigits {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for SixDigits {}

impl fmt::Debug for SixDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SixDigits(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_count_and_nothing_but_six_digits_passes() {
        assert_eq!(SixDigits::of(42).as_str(), "000042");
        assert_eq!("000 042".parse(), Ok(SixDigits::of(42)));
        for text in ["12345", "1234567", "12345a", "+12345", "", "१२३४५६"] {
            assert_eq!(text.parse::<SixDigits>(), Err(NotSixDigits), "{text}");
        }
        assert!(!format!("{:?}", SixDigits::of(42)).contains("42"));
    }
}
