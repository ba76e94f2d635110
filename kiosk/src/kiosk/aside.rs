//! Damaged journals that were set aside. They tell of persons, so they are kept as long as what was saved of them may
//! still be lost, and no longer.

use gatehouse::{
    journal::outbox::LifeState,
    time::{DAY, HOUR, UnixMs},
};

use crate::kiosk::{
    Gate, OpenError,
    life::{Life, State},
};

/// How often is looked for those that need not be kept, in milliseconds.
const LOOK_EVERY_MS: i64 = HOUR;
/// How long one is kept at the most, in milliseconds.
const KEPT_MS: i64 = 30 * DAY;

impl Gate {
    /// Deletes those whose saved lives the server has, and those of long ago.
    pub(super) fn drop_set_aside(&self) -> Result<(), OpenError> {
        let folder = &self.ground.folder;
        let lives = self.desk.journal().outbox()?.lives;
        let mut saved = lives.iter().filter(|life| life.state == LifeState::Closed).peekable();
        let is_sent = saved.peek().is_some() && saved.all(|life| life.waiting() == 0);
        let reading = self.ground.time.read();
        for (label, journal) in folder.set_aside_of(&folder.journal())? {
            let set_aside_at = label.parse().map(UnixMs);
            let is_old = reading.is_sure() && set_aside_at.is_ok_and(|at| reading.at().since(at) >= KEPT_MS);
            if is_sent || is_old {
                folder.delete(&journal)?;
                tracing::warn!(%label, "a damaged journal that was set aside is deleted");
            }
        }
        Ok(())
    }
}

impl State {
    /// Looks for those that need not be kept, when its time has come.
    pub(super) fn tidy(&mut self) {
        let boot = self.time.boot().ms;
        let Life::Open(work) = &mut self.life else { return };
        if boot - work.tidied < LOOK_EVERY_MS {
            return;
        }
        work.tidied = boot;
        if let Err(error) = work.gate.drop_set_aside() {
            tracing::error!(%error, "damaged journals that were set aside cannot be looked through");
        }
    }
}
