//! How far a kiosk has come, and what happens to it: enrolment, work, end.

use std::{sync::Arc, time::Duration};

use gatehouse::{sync::Contact as Standing, time::UnixMs};
use gatehouse_scan::Guidance;
use tokio::{runtime::Handle, sync::mpsc};

use crate::{
    camera::Condition,
    control,
    courier::{Courier, News},
    desk::Desk,
    enrol::{EnrolError, Trusted},
    folder::{Folder, FolderError},
    keys::{KeysError, Wish},
    kiosk::{
        Asking, Damage, Ended, Gate, Ground, Left, LeftError, OpenError, Orders, alarms::Alarms,
        enrolling::Enrolling, opening::Opening, preferences::Preferences, sight::Sight, soundness::Looking,
    },
    screen::{Check, Contact, TouchError},
    time::Timekeeper,
};

/// Something that happened beside the desk.
#[derive(Debug)]
pub(super) enum Happened {
    /// A rung of the ladder held.
    Passed(Check),
    /// The code was redeemed, or was not.
    Enrolled(Box<Result<Trusted, EnrolError>>),
    /// The courier has something to tell.
    News(News),
    /// A database in use is bad.
    Damaged(Damage),
}

/// How long after the start the databases are read whole: cameras and the window come first.
const LOOK_AFTER: Duration = Duration::from_secs(10);

/// How far the kiosk has come.
pub(super) enum Life {
    /// Not enrolled yet.
    Enrolling(Enrolling),
    /// Its gate does not open yet.
    Opening(Box<Opening>),
    /// At work.
    Open(Box<Work>),
    /// Its community ended it.
    Ended(Ended),
}

/// A gate at work, with what moves its news.
pub(super) struct Work {
    pub(super) gate: Gate,
    pub(super) courier: Courier,
    pub(super) standing: Standing,
    /// Since when the server is heard, or is not.
    pub(super) since: Option<UnixMs>,
    /// The ladder of this run's enrolment, until the community is loaded for the first time.
    pub(super) ladder: Option<Enrolling>,
    /// Whether the trust file is to be asked for.
    pub(super) asking: Asking,
    pub(super) orders: Orders,
    /// The databases are being read whole, or were.
    pub(super) looking: Option<Looking>,
    /// When that was begun last because a store failed, by the boot clock.
    pub(super) looked: Option<i64>,
    /// When journals that were set aside were looked through last, by the boot clock.
    pub(super) tidied: i64,
}

impl Work {
    /// Whether the community is being loaded for the first time, on the screen of enrolment.
    pub(super) fn is_loading_first(&self) -> bool {
        self.ladder.is_some()
    }

    pub(super) fn contact(&self) -> Contact {
        match (self.standing.online, self.since) {
            (true, Some(since)) => Contact::Online { since },
            (_, since) => Contact::Offline { since },
        }
    }
}

/// Whose a code is that is held up.
pub(super) enum Taker {
    /// An invitation is waited for.
    Enrolment,
    /// A pass, for the desk.
    Desk(Arc<Desk>),
    /// Nobody looks at it.
    Nobody,
}

/// All that changes.
pub(super) struct State {
    pub(super) life: Life,
    pub(super) folder: Arc<Folder>,
    pub(super) time: Arc<Timekeeper>,
    /// With the keys in it, from when they were to be had.
    ground: Option<Ground>,
    pub(super) preferences: Preferences,
    pub(super) alarms: Alarms,
    pub(super) sight: Sight,
    pub(super) wish: Wish,
    pub(super) runtime: Handle,
    pub(super) happened: mpsc::UnboundedSender<Happened>,
}

impl State {
    /// Goes on where the folder says this kiosk stands, as soon as what it needs is to be had.
    pub(super) fn begin(
        folder: Arc<Folder>,
        time: Arc<Timekeeper>,
        wish: Wish,
        preferences: Preferences,
        sight: Sight,
        runtime: Handle,
        happened: mpsc::UnboundedSender<Happened>,
    ) -> Self {
        let life = Life::Opening(Box::new(Opening::start()));
        let alarms = Alarms::load(Arc::clone(&folder));
        let mut state =
            Self { life, folder, time, ground: None, preferences, alarms, sight, wish, runtime, happened };
        state.open_now();
        state
    }

    /// What this kiosk stands on: taken up once.
    pub(super) fn ground(&mut self) -> Result<Ground, KeysError> {
        let ground = match self.ground.take() {
            Some(ground) => ground,
            None => Ground::over(Arc::clone(&self.folder), Arc::clone(&self.time))?,
        };
        self.ground = Some(ground.clone());
        Ok(ground)
    }

    /// Sets an open gate to work.
    pub(super) fn work(&mut self, gate: Gate, ladder: Option<Enrolling>) -> Result<(), OpenError> {
        let (news, mut told) = mpsc::unbounded_channel();
        let happened = self.happened.clone();
        self.runtime.spawn(async move {
            while let Some(news) = told.recv().await {
                if happened.send(Happened::News(news)).is_err() {
                    return;
                }
            }
        });
        if let Some(warning) = gate.ground.holder().warning() {
            tracing::warn!("{warning}");
        }
        gate.desk.show_renewed(gate.journal_renewed, gate.cache_renewed)?;
        let courier = Courier::start(&self.runtime, gate.parts()?, news)?;
        let since = self.time.last_contact();
        let looking =
            if gate.is_read_whole { None } else { Some(self.read_whole(&gate.ground, LOOK_AFTER)?) };
        self.life = Life::Open(Box::new(Work {
            gate,
            courier,
            standing: Standing::default(),
            since,
            ladder,
            asking: Asking::default(),
            orders: Orders::default(),
            looking,
            looked: None,
            tidied: self.time.boot().ms,
        }));
        Ok(())
    }

    pub(super) fn desk(&self) -> Option<Arc<Desk>> {
        match &self.life {
            Life::Open(work) => Some(Arc::clone(&work.gate.desk)),
            Life::Enrolling(_) | Life::Opening(_) | Life::Ended(_) => None,
        }
    }

    /// Whose a code is that is held up now.
    pub(super) fn taker(&self) -> Taker {
        match &self.life {
            Life::Enrolling(_) => Taker::Enrolment,
            Life::Open(work) if !work.is_loading_first() => Taker::Desk(Arc::clone(&work.gate.desk)),
            Life::Open(_) | Life::Opening(_) | Life::Ended(_) => Taker::Nobody,
        }
    }

    /// What there is to say about a gate at work; nothing of any other.
    pub(super) fn about(&self) -> serde_json::Value {
        let Life::Open(work) = &self.life else { return serde_json::Value::Null };
        let mut about = work.gate.about(true);
        about["contact"] = serde_json::json!(work.contact());
        about
    }

    /// Whether a sync that has taken `waited` microseconds is to be given up.
    pub(super) fn is_out_of_reach(&self, waited: u64) -> bool {
        let standing = match &self.life {
            Life::Open(work) => work.standing,
            Life::Enrolling(_) | Life::Opening(_) | Life::Ended(_) => Standing::default(),
        };
        control::is_out_of_reach(waited, &standing)
    }

    /// How the kiosk was ended, if it was.
    pub(super) fn ended(&self) -> Option<Ended> {
        if let Life::Ended(ended) = &self.life { Some(*ended) } else { None }
    }

    /// The desk recorded something.
    pub(super) fn recorded(&self) {
        if let Life::Open(work) = &self.life {
            work.courier.recorded();
        }
    }

    pub(super) fn try_now(&self) -> Result<(), TouchError> {
        let Life::Open(work) = &self.life else { return Err(TouchError::NotNow) };
        work.courier.try_now();
        Ok(())
    }

    pub(super) fn prefer(&mut self, choose: impl FnOnce(&mut Preferences)) -> Result<(), TouchError> {
        choose(&mut self.preferences);
        self.preferences.keep(&self.folder).map_err(|error: FolderError| {
            tracing::error!(%error, "language and colours cannot be kept");
            TouchError::NotRecorded
        })
    }

    pub(super) fn guidance(&mut self, hint: Option<Guidance>) {
        self.sight.hint(hint);
    }

    pub(super) fn happened(&mut self, happened: Happened) {
        match happened {
            Happened::Passed(check) => {
                if let Life::Enrolling(enrolling) = &mut self.life {
                    enrolling.passed(check);
                }
            }
            Happened::Enrolled(enrolled) => self.enrolled(*enrolled),
            Happened::News(news) => self.news(news),
            Happened::Damaged(damage) => self.renew_stores(damage),
        }
    }

    /// The kiosk has ended. What a stolen one left behind is handed in, if the server can still be reached.
    pub(super) fn end(&mut self, ended: Ended) {
        self.life = Life::Ended(ended);
        self.alarms.end();
        if ended == Ended::Stolen {
            let (folder, time) = (Arc::clone(&self.folder), Arc::clone(&self.time));
            self.runtime.spawn(async move {
                if let Err(error) = hand_in(&folder, time).await {
                    tracing::warn!(%error, "what was not sent lies sealed and is still to be handed in");
                }
            });
        }
    }

    /// What passing time brings.
    pub(super) fn tick(&mut self, condition: Condition) {
        self.sight.condition(condition, self.time.read().at());
        self.open_again();
        self.tidy();
        let Life::Open(work) = &self.life else { return };
        let desk = &work.gate.desk;
        let ticked = desk.tick().and_then(|news| Ok(self.alarms.record(desk)? || news));
        if matches!(ticked, Ok(true)) {
            work.courier.recorded();
        }
        if let Some(ended) = work.orders.look(&work.gate) {
            self.end(ended);
        } else if let Err(error) = ticked {
            tracing::error!(%error, "what has ended cannot be recorded");
            self.look_for_damage(&error);
        }
    }
}

async fn hand_in(folder: &Folder, time: Arc<Timekeeper>) -> Result<(), LeftError> {
    match Left::load(folder)? {
        Some(left) => left.hand_in(folder, time).await,
        None => Ok(()),
    }
}
