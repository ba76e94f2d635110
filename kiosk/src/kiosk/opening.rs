//! A gate that this kiosk is to have and has not: what opens it failed, such as on a full disk, and is tried again.

use gatehouse::journal::Cause;

use crate::{
    enrol::Trusted,
    kiosk::{
        Damage, Gate, OpenError, Reading,
        enrolling::Enrolling,
        life::{Life, State},
    },
    screen::{Alert, Check, Stage, Trouble},
};

/// How often it is tried, in milliseconds.
const AGAIN_MS: i64 = 5_000;

/// What the gate is opened with.
#[derive(Clone)]
pub(super) struct Opening {
    trusted: Trusted,
    /// What was found bad in it while it was open; nothing of one that is opened for the first time.
    damage: Option<Damage>,
    /// The ladder of this run's enrolment.
    ladder: Option<Enrolling>,
    /// What rang at the desk before.
    alarms: Vec<Alert>,
    /// When it is tried again, by the boot clock.
    again: i64,
}

impl Opening {
    /// That of a kiosk that was just enrolled.
    pub(super) fn enrolled(trusted: Trusted, ladder: Enrolling) -> Self {
        Self { trusted, damage: None, ladder: Some(ladder), alarms: Vec::new(), again: 0 }
    }

    /// That of one whose databases went bad while it was at work.
    pub(super) fn damaged(
        trusted: Trusted,
        damage: Damage,
        ladder: Option<Enrolling>,
        alarms: Vec<Alert>,
    ) -> Self {
        Self { trusted, damage: Some(damage), ladder, alarms, again: 0 }
    }

    /// What the window draws.
    pub(super) fn shown(&self) -> Stage {
        match &self.ladder {
            Some(ladder) => Stage::Enrol(ladder.shown()),
            None => Stage::Starting { trouble: Some(Trouble::Disk) },
        }
    }

    /// Whether enrolment's screen is still shown.
    pub(super) fn is_first(&self) -> bool {
        self.ladder.is_some()
    }

    fn failed(&mut self, boot: i64) {
        self.again = boot + AGAIN_MS;
        if let Some(ladder) = &mut self.ladder {
            ladder.failed(Check::Loading, &Trouble::Disk);
        }
    }
}

impl State {
    /// Opens the gate of a kiosk that is enrolled and has none open.
    pub(super) fn open(&mut self, opening: Opening) {
        // Whatever was at work before lets go of the databases first.
        self.life = Life::Opening(Box::new(opening));
        self.open_now();
    }

    /// Tries what failed once more, when its time has come.
    pub(super) fn open_again(&mut self) {
        let boot = self.ground.time.boot().ms;
        if matches!(&self.life, Life::Opening(opening) if opening.again <= boot) {
            self.open_now();
        }
    }

    /// Tries what failed once more, now.
    pub(super) fn open_now(&mut self) {
        let Life::Opening(opening) = &self.life else { return };
        let opening = opening.as_ref().clone();
        if let Err(error) = self.opened(opening) {
            tracing::error!(%error, "the gate does not open; it is tried again");
            let boot = self.ground.time.boot().ms;
            if let Life::Opening(opening) = &mut self.life {
                opening.failed(boot);
            }
        }
    }

    fn opened(&mut self, opening: Opening) -> Result<(), OpenError> {
        let Opening { trusted, damage, mut ladder, alarms, .. } = opening;
        let ground = self.ground.clone();
        let gate = if let Some(damage) = damage {
            Gate::open_read(ground, trusted, Cause::Damaged, Reading::Found(damage))?
        } else {
            trusted.keep(&ground.folder)?;
            Gate::open(ground, trusted, Cause::Enrolled)?
        };
        gate.desk.go_on_with(alarms);
        if let Some(ladder) = &mut ladder {
            ladder.passed(Check::Code);
        }
        self.work(gate, ladder)
    }
}
