//! How far a kiosk has come, and what happens to it: enrolment, work, end.

use std::{sync::Arc, time::Duration};

use gatehouse::{feed::row::KioskOrder, journal::Cause, sync::Contact as Standing, time::UnixMs};
use gatehouse_scan::Guidance;
use tokio::{runtime::Handle, sync::mpsc};

use crate::{
    camera::Condition,
    courier::{Courier, News},
    desk::{Desk, DeskError},
    enrol::{self, EnrolError, Invited, Membership, NotInvited, Trusted},
    folder::{Folder, FolderError},
    keys::Wish,
    kiosk::{
        Asking, Damage, Ended, Gate, Ground, Left, LeftError, OpenError, Orders, enrolling::Enrolling,
        opening::Opening, preferences::Preferences, sight::Sight, soundness::Looking,
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

/// How long after the databases were begun to be read whole a failing store has them read again: reading them does not
/// make a failing disk better.
const LOOK_AGAIN_MS: i64 = 30_000;

/// How far the kiosk has come.
pub(super) enum Life {
    /// Not enrolled yet.
    Enrolling(Enrolling),
    /// Enrolled, and its gate does not open yet.
    Opening(Box<Opening>),
    /// At work.
    Open(Box<Work>),
    /// Its community ended it.
    Ended(Ended),
}

/// A gate at work, with what moves its news.
pub(super) struct Work {
    pub(super) gate: Gate,
    courier: Courier,
    pub(super) standing: Standing,
    /// Since when the server is heard, or is not.
    since: Option<UnixMs>,
    /// The ladder of this run's enrolment, until the community is loaded for the first time.
    pub(super) ladder: Option<Enrolling>,
    /// Whether the trust file is to be asked for.
    asking: Asking,
    orders: Orders,
    /// The databases are being read whole, or were.
    looking: Option<Looking>,
    /// When that was begun last because a store failed, by the boot clock.
    looked: Option<i64>,
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
    pub(super) ground: Ground,
    pub(super) preferences: Preferences,
    pub(super) sight: Sight,
    wish: Wish,
    runtime: Handle,
    happened: mpsc::UnboundedSender<Happened>,
}

impl State {
    pub(super) fn new(
        ground: Ground,
        wish: Wish,
        preferences: Preferences,
        sight: Sight,
        runtime: Handle,
        happened: mpsc::UnboundedSender<Happened>,
    ) -> Self {
        let life = Life::Enrolling(Enrolling::default());
        Self { life, ground, preferences, sight, wish, runtime, happened }
    }

    /// Goes on where the folder says this kiosk stands.
    pub(super) fn begin(&mut self) -> Result<(), OpenError> {
        if let Some(trusted) = Membership::load(&self.ground.folder)? {
            let gate = Gate::open(self.ground.clone(), trusted, Cause::Damaged)?;
            self.work(gate, None)?;
        }
        Ok(())
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
        gate.desk.show_renewed(gate.journal_renewed, gate.cache_renewed)?;
        let courier = Courier::start(&self.runtime, gate.parts()?, news)?;
        let since = self.ground.time.last_contact();
        let looking = if gate.is_read_whole { None } else { Some(self.read_whole(LOOK_AFTER)?) };
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
        }));
        Ok(())
    }

    fn read_whole(&self, after: Duration) -> Result<Looking, OpenError> {
        let happened = self.happened.clone();
        // Whoever listened has gone when sending fails: the kiosk is being closed.
        let found = move |damage| drop(happened.send(Happened::Damaged(damage)));
        Ok(Looking::start(self.ground.clone(), after, found)?)
    }

    /// Does with a database in use what the start does with a damaged one: the gate is opened anew over another.
    fn renew_stores(&mut self, damage: Damage) {
        let Life::Open(work) = &self.life else { return };
        tracing::error!(?damage, "a database in use is damaged");
        if damage.journal {
            // What somebody still does on the desk of before must not be recorded where nobody looks for it.
            work.gate.desk.journal().close();
        }
        let (trusted, alarms) = (work.gate.trusted(), work.gate.desk.alarms());
        self.open(Opening::damaged(trusted, damage, work.ladder.clone(), alarms));
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

    /// The desk of a gate at work, and what there is to say about it.
    pub(super) fn at_work(&self) -> Option<(Arc<Desk>, serde_json::Value)> {
        let Life::Open(work) = &self.life else { return None };
        let about = serde_json::json!({
            "server": work.gate.trusted().membership.server_text(),
            "window": true,
            "keys": self.ground.holder().as_str(),
            "contact": work.contact(),
            "cache_renewed": work.gate.cache_renewed,
            "journal_renewed": work.gate.journal_renewed,
        });
        Some((Arc::clone(&work.gate.desk), about))
    }

    /// Whether the server is heard.
    pub(super) fn is_online(&self) -> bool {
        matches!(&self.life, Life::Open(work) if work.standing.online)
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
        self.preferences.keep(&self.ground.folder).map_err(|error: FolderError| {
            tracing::error!(%error, "language and colours cannot be kept");
            TouchError::NotRecorded
        })
    }

    pub(super) fn guidance(&mut self, hint: Option<Guidance>) {
        self.sight.hint(hint);
    }

    pub(super) fn invited(&mut self, invited: Result<Invited, NotInvited>) -> Result<(), TouchError> {
        let Life::Enrolling(enrolling) = &mut self.life else { return Err(TouchError::NotNow) };
        if let Some(invited) = enrolling.take(invited) {
            self.enrol(invited);
        }
        Ok(())
    }

    pub(super) fn enrol_again(&mut self) -> Result<(), TouchError> {
        match &mut self.life {
            Life::Enrolling(enrolling) => {
                let invited = enrolling.retry().ok_or(TouchError::NotNow)?;
                self.enrol(invited);
                Ok(())
            }
            Life::Open(work) if work.is_loading_first() => {
                work.courier.try_now();
                Ok(())
            }
            Life::Opening(opening) if opening.is_first() => {
                self.open_now();
                Ok(())
            }
            Life::Open(_) | Life::Opening(_) | Life::Ended(_) => Err(TouchError::NotNow),
        }
    }

    pub(super) fn enrol_cancel(&mut self) -> Result<(), TouchError> {
        let Life::Enrolling(enrolling) = &mut self.life else { return Err(TouchError::NotNow) };
        enrolling.cancel();
        Ok(())
    }

    fn enrol(&self, invited: Invited) {
        let (ground, wish) = (self.ground.clone(), self.wish);
        let happened = self.happened.clone();
        self.runtime.spawn(async move {
            // Whoever listened has gone when sending fails: the kiosk is being closed.
            let passed = |check| drop(happened.send(Happened::Passed(check)));
            let enrolled = enrolled(&invited, ground, wish, passed).await;
            drop(happened.send(Happened::Enrolled(Box::new(enrolled))));
        });
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

    fn enrolled(&mut self, enrolled: Result<Trusted, EnrolError>) {
        let Life::Enrolling(enrolling) = &mut self.life else { return };
        let trusted = match enrolled {
            Ok(trusted) => trusted,
            Err(error) => {
                tracing::warn!(%error, "this kiosk was not enrolled");
                if let Some(invited) = enrolling.invited() {
                    let (check, trouble) = error.rung(invited);
                    enrolling.failed(check, &trouble);
                }
                return;
            }
        };
        let ladder = std::mem::take(enrolling);
        self.open(Opening::enrolled(trusted, ladder));
    }

    fn news(&mut self, news: News) {
        let now = self.ground.time.read().at();
        let Life::Open(work) = &mut self.life else { return };
        match news {
            News::Contact(standing) => {
                if standing.online != work.standing.online {
                    let silent = standing.heard.map_or(0, |heard| self.ground.time.boot().ms - heard);
                    work.since = Some(if standing.online { now } else { now.plus(-silent) });
                }
                work.standing = standing;
                if let Some(ladder) = &mut work.ladder {
                    ladder.loading(standing.trouble);
                }
                if standing.cursor.is_some() {
                    work.ladder = None;
                }
                if standing.online {
                    ask_trust(work);
                }
            }
            News::Copy => {
                let taken = work.gate.desk.refresh();
                ask_trust(work);
                if let Err(error) = taken {
                    tracing::error!(%error, "what changed cannot be taken in");
                    self.look_for_damage(&error);
                }
                self.heed_order();
            }
            News::Stepped { from, to } => {
                let recorded = work.gate.desk.clock_stepped(from, to);
                work.courier.recorded();
                if let Err(error) = recorded {
                    tracing::error!(%error, "a step of the clock cannot be recorded");
                    self.look_for_damage(&error);
                }
            }
            News::Revoked => work.courier.ask_order(),
            News::Order(order) => self.ordered(&order.into()),
            News::Trust(trust) => renew(work, trust.as_deref()),
            News::StoreFailed => self.look_now(),
        }
    }

    /// The desk failed: where a database may be bad, both are read.
    pub(super) fn look_for_damage(&mut self, error: &DeskError) {
        if error.may_be_damage() {
            self.look_now();
        }
    }

    /// A store failed: its database may be bad.
    fn look_now(&mut self) {
        let boot = self.ground.time.boot().ms;
        let Life::Open(work) = &self.life else { return };
        let is_looking = work.looking.as_ref().is_some_and(|looking| !looking.is_done());
        if is_looking || work.looked.is_some_and(|looked| boot - looked < LOOK_AGAIN_MS) {
            return;
        }
        let looking = self.read_whole(Duration::ZERO);
        let Life::Open(work) = &mut self.life else { return };
        work.looked = Some(boot);
        match looking {
            Ok(looking) => work.looking = Some(looking),
            Err(error) => tracing::error!(%error, "the databases cannot be read"),
        }
    }

    /// Heeds an order that came with the feed.
    fn heed_order(&mut self) {
        let Life::Open(work) = &self.life else { return };
        let order = work.gate.desk.known().ok().and_then(|known| known.order.clone());
        if let Some(order) = order {
            self.ordered(&order);
        }
    }

    fn ordered(&mut self, order: &KioskOrder) {
        let Life::Open(work) = &mut self.life else { return };
        if let Some(ended) = work.orders.hear(&work.gate, order) {
            self.end(ended);
        }
    }

    /// The kiosk has ended. What a stolen one left behind is handed in, if the server can still be reached.
    fn end(&mut self, ended: Ended) {
        self.life = Life::Ended(ended);
        if ended == Ended::Stolen {
            let (folder, time) = (Arc::clone(&self.ground.folder), Arc::clone(&self.ground.time));
            self.runtime.spawn(async move {
                if let Err(error) = hand_in(&folder, time).await {
                    tracing::warn!(%error, "what was not sent lies sealed and is still to be handed in");
                }
            });
        }
    }

    /// What passing time brings.
    pub(super) fn tick(&mut self, condition: Condition) {
        self.sight.condition(condition, self.ground.time.read().at());
        self.open_again();
        let Life::Open(work) = &self.life else { return };
        let ticked = work.gate.desk.tick();
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

/// Has the keys held, then tries the invitation with them.
async fn enrolled(
    invited: &Invited,
    ground: Ground,
    wish: Wish,
    passed: impl Fn(Check),
) -> Result<Trusted, EnrolError> {
    let (key, time) = (ground.device(), Arc::clone(&ground.time));
    let held = tokio::task::spawn_blocking(move || ground.hold(wish)).await;
    held.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    enrol::enrol(invited, &key, &time, passed).await
}

async fn hand_in(folder: &Folder, time: Arc<Timekeeper>) -> Result<(), LeftError> {
    match Left::load(folder)? {
        Some(left) => left.hand_in(folder, time).await,
        None => Ok(()),
    }
}

/// Asks for the trust file when the community's settings are others than those it came with.
fn ask_trust(work: &mut Work) {
    if work.standing.online && work.asking.is_due(work.gate.desk.cache().settings()) {
        work.courier.ask_trust();
    }
}

/// Takes the trust file that was asked for, if it came.
fn renew(work: &mut Work, trust: Option<&[u8]>) {
    match trust.map(|trust| work.gate.renew(trust)) {
        Some(Ok(_)) => work.asking.came(),
        Some(Err(error)) => {
            tracing::error!(%error, "a trust file was not taken");
            work.asking.missed();
        }
        None => work.asking.missed(),
    }
}
