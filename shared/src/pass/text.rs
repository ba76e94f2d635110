//! A pass as text: what the QR code holds.

use std::{fmt, str::FromStr};

use super::PassFlaw;
use crate::code::SixDigits;

const STATIC: &str = "GH1:";
const LIVE: &str = "GHR:";

/// A text that looks like a pass: the token's COSE bytes and the live digits shown with it.
#[derive(Clone, PartialEq, Eq)]
pub struct PassText {
    pub(super) cose: Vec<u8>,
    pub(super) live: Option<SixDigits>,
}

/// The live form of a token's text, for the digits of one half minute.
pub fn live_text(text: &str, digits: &SixDigits) -> String {
    format!("{LIVE}{}:{text}", digits.as_str())
}

impl FromStr for PassText {
    type Err = PassFlaw;

    /// Reads what was scanned. Line ends that a handheld scanner adds are passed over.
    fn from_str(text: &str) -> Result<Self, PassFlaw> {
        let text = text.trim_matches(['\r', '\n', '\t']);
        if let Some(rest) = text.strip_prefix(LIVE) {
            let (digits, token) = rest.split_once(':').ok_or(PassFlaw::Unreadable)?;
            let digits = digits.parse().map_err(|_| PassFlaw::Unreadable)?;
            return Ok(Self { cose: cose(token)?, live: Some(digits) });
        }
        Ok(Self { cose: cose(text)?, live: None })
    }
}

fn cose(text: &str) -> Result<Vec<u8>, PassFlaw> {
    if let Some(base45) = text.strip_prefix(STATIC) {
        return base45::decode(base45).map_err(|_| PassFlaw::Unreadable);
    }
    let format = text.strip_prefix("GH").and_then(|rest| rest.split_once(':')).map(|(format, _)| format);
    match format {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Err(PassFlaw::Newer)
        }
        _ => Err(PassFlaw::NotAPass),
    }
}

impl fmt::Display for PassText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(digits) = &self.live {
            write!(f, "{LIVE}{}:", digits.as_str())?;
        }
        write!(f, "{STATIC}{}", base45::encode(&self.cose))
    }
}

impl fmt::Debug for PassText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PassText({} bytes, live: {})", self.cose.len(), self.live.is_some())
    }
}
