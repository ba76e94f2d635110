//! Newer words of the community root: asked for whenever the community's settings are others than before, until they
//! came.

use gatehouse::trust::SignedTrust;

use crate::{
    enrol::MembershipError,
    kiosk::{Gate, OpenError},
};

/// Whether the trust file is to be asked for.
#[derive(Debug, Default)]
pub struct Asking {
    /// The copy's settings when it was asked for and has not come yet.
    asked: Option<u64>,
    /// The copy's settings that the file in use belongs to.
    came: Option<u64>,
}

impl Asking {
    /// Whether to ask now, with the copy at `settings`. Who is told so asks, and says what came of it.
    pub fn is_due(&mut self, settings: u64) -> bool {
        let is_due = self.asked.is_none() && self.came != Some(settings);
        if is_due {
            self.asked = Some(settings);
        }
        is_due
    }

    /// The file came and was looked at: there is nothing to ask for until the settings change.
    pub fn came(&mut self) {
        self.came = self.asked.take().or(self.came);
    }

    /// It did not come, or could not be kept: it is asked for again.
    pub fn missed(&mut self) {
        self.asked = None;
    }
}

impl Gate {
    /// Takes a trust file that came, if the community root signed it and says something newer in it; false where it
    /// does not.
    pub fn renew(&self, trust: &[u8]) -> Result<bool, OpenError> {
        let trust = SignedTrust::read(trust).map_err(MembershipError::from)?;
        let mut trusted = self.trusted();
        let is_newer = trusted.renew(&trust).map_err(MembershipError::from)?;
        if is_newer {
            trusted.keep(&self.ground.folder)?;
            self.desk.renew(trusted)?;
        }
        Ok(is_newer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_missed_is_asked_for_again_and_one_that_came_is_not() {
        let mut asking = Asking::default();
        assert!(asking.is_due(1));
        assert!(!asking.is_due(1), "it is on its way");
        asking.missed();
        assert!(asking.is_due(1));
        asking.came();
        assert!(!asking.is_due(1));
        assert!(asking.is_due(2), "the settings changed");
        assert!(!asking.is_due(3), "one at a time");
        asking.came();
        assert!(asking.is_due(3), "they changed while it was on its way");
    }
}
