//! What the window draws and what it asks, put together from the desk and what is known beside it.

use gatehouse::time::UnixMs;

use crate::{
    desk::DeskError,
    kiosk::life::{Life, State, Work},
    screen::{Look, Screen, Seen, Stage, SyncPage, TouchError, Trouble},
};

/// With less room than this the disk is nearly full, in mebibytes.
const DISK_LOW_MIB: u32 = 256;

impl State {
    /// The whole screen.
    pub(super) fn screen(&self) -> Screen {
        let now = self.time.read().at();
        let alarms = self.alarms.shown();
        let rings = !alarms.is_empty();
        let (stage, cue, utc_offset_min) = match &self.life {
            Life::Enrolling(enrolling) => (Stage::Enrol(enrolling.shown()), None, 0),
            Life::Opening(opening) => (opening.shown(alarms), None, 0),
            Life::Ended(_) => (Stage::Retired, None, 0),
            Life::Open(work) => {
                let offset = work.gate.desk.utc_offset_min(now).unwrap_or(0);
                if let Some(ladder) = &work.ladder {
                    (Stage::Enrol(ladder.shown()), None, offset)
                } else {
                    match work.gate.desk.draw(
                        work.contact(),
                        work.standing.loading,
                        self.folder.free_mib() < DISK_LOW_MIB,
                    ) {
                        Ok((mut desk, cue)) => {
                            desk.alerts.splice(0..0, alarms);
                            (Stage::Desk(Box::new(desk)), cue, offset)
                        }
                        Err(error) => {
                            tracing::error!(%error, "the desk cannot be drawn");
                            (Stage::Starting { trouble: Some(Trouble::Disk), alarms }, None, offset)
                        }
                    }
                }
            }
        };
        Screen {
            push: 0,
            now,
            utc_offset_min,
            language: self.preferences.language,
            theme: self.preferences.theme,
            camera: self.sight.shown(),
            cue,
            // It rings where it can be stopped.
            alarm: rings && matches!(stage, Stage::Starting { .. } | Stage::Desk(_)),
            stage,
        }
    }

    /// Answers a question.
    pub(super) fn look(&self, look: &Look) -> Result<Seen, TouchError> {
        let Life::Open(work) = &self.life else { return Err(TouchError::NotNow) };
        let desk = &work.gate.desk;
        let units = || desk.known().map_err(DeskError::into_touch);
        Ok(match look {
            Look::Towers => Seen::Names { names: units()?.units.towers() },
            Look::Floors { tower } => Seen::Names { names: units()?.units.floors(tower) },
            Look::Flats { tower, floor } => Seen::Units { units: units()?.units.flats(tower, floor) },
            Look::FindUnits { text } => Seen::Units { units: units()?.units.find(text) },
            Look::Inside { search, tab, page } => {
                Seen::Inside(desk.inside(search, *tab, *page).map_err(DeskError::into_touch)?)
            }
            Look::Guards => Seen::Guards { guards: desk.guards().map_err(DeskError::into_touch)? },
            // The camera is not the state's to ask.
            Look::TakePhoto => return Err(TouchError::NotNow),
            Look::Sync => Seen::Sync(Box::new(self.sync_page(work)?)),
        })
    }

    fn sync_page(&self, work: &Work) -> Result<SyncPage, TouchError> {
        let (desk, trusted) = (&work.gate.desk, work.gate.trusted());
        let link = desk.link(work.contact()).map_err(DeskError::into_touch)?;
        let outbox = desk.journal().outbox().map_err(|error| DeskError::from(error).into_touch())?;
        let sent: u64 = outbox.lives.iter().map(|life| life.acknowledged).sum();
        Ok(SyncPage {
            link,
            sent: u32::try_from(sent).unwrap_or(u32::MAX),
            oldest_waiting: outbox.oldest_waiting,
            last_contact: self.heard_at(work),
            time: desk.time_trust(),
            camera: self.sight.shown(),
            disk_free_mib: self.folder.free_mib(),
            keys: work.gate.ground.holder().into(),
            server: trusted.membership.server_text().to_owned(),
            kiosk_number: trusted.statement.kiosk_number.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// When the server was last heard: in this run by the boot clock, before it as it was kept.
    fn heard_at(&self, work: &Work) -> Option<UnixMs> {
        let now = self.time.read().at();
        let silent = work.standing.heard.map(|heard| self.time.boot().ms - heard);
        silent.map(|silent| now.plus(-silent)).or_else(|| self.time.last_contact())
    }
}
