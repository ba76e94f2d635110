//! Emergencies that nobody has seen yet. They ring whatever becomes of the gate: over a restart, and while its records
//! do not open. One that could not be recorded when it was raised is recorded as soon as it can be.

use std::sync::Arc;

use gatehouse::{id::EventId, time::UnixMs};
use serde::{Deserialize, Serialize};

use crate::{
    desk::{Desk, DeskError},
    entropy::SystemEntropy,
    folder::Folder,
    kiosk::life::{Life, State},
    screen::{Alert, AlertKind, EmergencyKind, TouchError},
};

/// Beside the databases, which may be what does not open.
pub(super) const FILE: &str = "alarms.json";

/// Emergencies that were not seen, or not recorded, newest first.
pub(super) struct Alarms {
    folder: Arc<Folder>,
    alarms: Vec<Alarm>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Alarm {
    id: EventId,
    at: UnixMs,
    kind: EmergencyKind,
    recorded: bool,
    seen: bool,
}

impl Alarms {
    /// Those of before the start.
    pub(super) fn load(folder: Arc<Folder>) -> Self {
        let alarms = folder.read_json(FILE).unwrap_or_else(|error| {
            tracing::error!(%error, "alarms of before cannot be read");
            Vec::new()
        });
        Self { folder, alarms }
    }

    /// Those that ring.
    pub(super) fn shown(&self) -> Vec<Alert> {
        let unseen = self.alarms.iter().filter(|alarm| !alarm.seen);
        unseen
            .map(|alarm| Alert {
                id: alarm.id,
                at: alarm.at,
                alarm: true,
                kind: AlertKind::Emergency { kind: alarm.kind },
            })
            .collect()
    }

    fn raise(&mut self, at: UnixMs, kind: EmergencyKind) {
        let id = EventId::new(at, &mut SystemEntropy);
        self.alarms.insert(0, Alarm { id, at, kind, recorded: false, seen: false });
        self.keep();
    }

    /// One was seen. Answers whether it is one of these.
    fn see(&mut self, alert: EventId) -> bool {
        let Some(alarm) = self.alarms.iter_mut().find(|alarm| alarm.id == alert && !alarm.seen) else {
            return false;
        };
        alarm.seen = true;
        self.keep();
        true
    }

    /// Records those that were not. Answers whether there were any.
    ///
    /// A power cut between the record and the note of it has it recorded again: told twice is better than not told.
    pub(super) fn record(&mut self, desk: &Desk) -> Result<bool, DeskError> {
        let mut recorded = false;
        for alarm in self.alarms.iter_mut().rev().filter(|alarm| !alarm.recorded) {
            desk.emergency(alarm.kind, alarm.at)?;
            (alarm.recorded, recorded) = (true, true);
        }
        if recorded {
            self.keep();
        }
        Ok(recorded)
    }

    /// The kiosk has ended: nothing of it rings on.
    pub(super) fn end(&mut self) {
        self.alarms.clear();
    }

    fn keep(&mut self) {
        self.alarms.retain(|alarm| !(alarm.recorded && alarm.seen));
        let json = serde_json::to_vec(&self.alarms).unwrap_or_default();
        if let Err(error) = self.folder.replace(FILE, &json) {
            // They ring in this run all the same.
            tracing::error!(%error, "alarms cannot be kept for the next start");
        }
    }
}

impl State {
    /// Raises an emergency. It rings whether or not it can be recorded now.
    pub(super) fn emergency(&mut self, kind: EmergencyKind) -> Result<(), TouchError> {
        if !matches!(self.life, Life::Opening(_) | Life::Open(_)) {
            return Err(TouchError::NotNow);
        }
        self.alarms.raise(self.time.read().at(), kind);
        let Life::Open(work) = &self.life else { return Ok(()) };
        let recorded = self.alarms.record(&work.gate.desk);
        work.courier.recorded();
        recorded.map(drop).map_err(|error| {
            self.look_for_damage(&error);
            error.into_touch()
        })
    }

    /// An alarm was seen. Answers whether there was one of that name.
    pub(super) fn alarm_seen(&mut self, alert: EventId) -> bool {
        self.alarms.see(alert)
    }
}
