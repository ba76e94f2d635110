//! A gate that this kiosk is to have and has not, at its start or later: what opens it failed, such as on a full disk,
//! and is tried again.

use gatehouse::journal::Cause;

use crate::{
    enrol::{Membership, Trusted},
    kiosk::{
        Damage, Gate, OpenError, Reading,
        enrolling::Enrolling,
        life::{Life, State},
    },
    screen::{Alert, Check, Stage, Trouble},
};

/// How often it is tried, in milliseconds.
const AGAIN_MS: i64 = 5_000;

/// Why the gate is opened.
#[derive(Clone)]
enum Why {
    /// The program starts: the folder says what this kiosk is.
    Start,
    /// It was just enrolled.
    Enrolled(Trusted),
    /// Databases were found bad while it was at work. What is to be known of them before they are opened: at first only
    /// what was found. Once that was tried, new ones may lie there, and everything is read.
    Damaged(Trusted, Damage, Reading),
}

/// What the gate is opened with.
#[derive(Clone)]
pub(super) struct Opening {
    why: Why,
    /// What keeps it from opening.
    trouble: Option<Trouble>,
    /// The ladder of this run's enrolment.
    ladder: Option<Enrolling>,
    /// When it is tried again, by the boot clock.
    again: i64,
}

impl Opening {
    /// That of a program that starts.
    pub(super) fn start() -> Self {
        Self::of(Why::Start)
    }

    /// That of a kiosk that was just enrolled.
    pub(super) fn enrolled(trusted: Trusted, ladder: Enrolling) -> Self {
        Self { ladder: Some(ladder), ..Self::of(Why::Enrolled(trusted)) }
    }

    /// That of one whose databases went bad while it was at work.
    pub(super) fn damaged(trusted: Trusted, damage: Damage, ladder: Option<Enrolling>) -> Self {
        Self { ladder, ..Self::of(Why::Damaged(trusted, damage, Reading::Found(damage))) }
    }

    fn of(why: Why) -> Self {
        Self { why, trouble: None, ladder: None, again: 0 }
    }

    /// What the window draws, with the alarms that ring.
    pub(super) fn shown(&self, alarms: Vec<Alert>) -> Stage {
        match &self.ladder {
            Some(ladder) => Stage::Enrol(ladder.shown()),
            None => Stage::Starting { trouble: self.trouble.clone(), alarms },
        }
    }

    /// Whether enrolment's screen is still shown.
    pub(super) fn is_first(&self) -> bool {
        self.ladder.is_some()
    }

    fn failed(&mut self, trouble: Trouble, boot: i64) {
        self.again = boot + AGAIN_MS;
        if let Why::Damaged(_, _, reading) = &mut self.why {
            *reading = Reading::Whole;
        }
        if let Some(ladder) = &mut self.ladder {
            ladder.failed(Check::Loading, &trouble);
        }
        self.trouble = Some(trouble);
    }
}

impl State {
    /// Opens the gate of a kiosk that has none open.
    pub(super) fn open(&mut self, opening: Opening) {
        // Whatever was at work before lets go of the databases first.
        self.life = Life::Opening(Box::new(opening));
        self.open_now();
    }

    /// Tries what failed once more, when its time has come.
    pub(super) fn open_again(&mut self) {
        let boot = self.time.boot().ms;
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
            let boot = self.time.boot().ms;
            if let Life::Opening(opening) = &mut self.life {
                opening.failed(error.trouble(), boot);
            }
        }
    }

    fn opened(&mut self, opening: Opening) -> Result<(), OpenError> {
        let Opening { why, mut ladder, .. } = opening;
        let ground = self.ground()?;
        let gate = match why {
            Why::Start => {
                let Some(trusted) = Membership::load(&ground.folder)? else {
                    self.life = Life::Enrolling(Enrolling::default());
                    return Ok(());
                };
                Gate::open(ground, trusted, Cause::Damaged)?
            }
            Why::Enrolled(trusted) => {
                trusted.keep(&ground.folder)?;
                Gate::open(ground, trusted, Cause::Enrolled)?
            }
            Why::Damaged(trusted, damage, reading) => {
                let mut gate = Gate::open_read(ground, trusted, Cause::Damaged, reading)?;
                gate.cache_renewed |= damage.cache;
                gate.journal_renewed |= damage.journal;
                gate
            }
        };
        if let Some(ladder) = &mut ladder {
            ladder.passed(Check::Code);
        }
        self.work(gate, ladder)
    }
}
