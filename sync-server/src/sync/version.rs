//! What a kiosk says of its program's version.

use crate::http::Fault;

/// Refuses what is no version: it is kept with the kiosk and shown to admins.
pub(super) fn check(version: &str) -> Result<(), Fault> {
    if version.chars().count() <= 40 && !version.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(Fault::invalid("version", "at most 40 characters, no control characters"))
    }
}
