//! What a kiosk believes the time to be.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Anchor, counted::Counted};
use crate::{
    keys::fixed_bytes,
    time::{DAY, MINUTE, SECOND, UnixMs},
};

/// How far ahead of the last trusted time a wall clock is believed after a reboot, in milliseconds.
pub const PLAUSIBLE_MS: i64 = 14 * DAY;
/// A change of trusted time by more than this, in milliseconds, wants two anchors that agree.
pub const STEP_MS: i64 = 5 * MINUTE;
/// The slowest answer that makes an anchor, in milliseconds: half of it is uncertainty.
pub const MAX_RTT_MS: i64 = 30 * SECOND;

/// How far a wall clock that was believed after a reboot may be off at the least, in milliseconds.
const WALL_UNCERTAINTY_MS: i64 = 2 * SECOND;

fixed_bytes! {
    /// What a boot is known by (`/proc/sys/kernel/random/boot_id`): boot clocks of different boots do
    /// not compare.
    BootId = 16;
}

/// A reading of the boot clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootTime {
    /// Which boot.
    pub boot: BootId,
    /// Milliseconds since it began, suspend included.
    pub ms: i64,
}

/// What must survive a restart of the program or the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersistedTime {
    /// The last trusted time.
    #[n(0)]
    last: Option<UnixMs>,
    /// The server's time at the last anchor.
    #[n(1)]
    contact: Option<UnixMs>,
    /// What trusted time is counted from.
    #[n(2)]
    base: Option<Base>,
    /// What boot clocks counted.
    #[n(3)]
    counted: Option<Counted>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Base {
    #[n(0)]
    boot: BootId,
    #[n(1)]
    boot_ms: i64,
    #[n(2)]
    at: UnixMs,
    #[n(3)]
    uncertainty_ms: i64,
    #[n(4)]
    source: Source,
}

/// Where trusted time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
pub enum Source {
    /// The server's anchor in this boot.
    #[n(0)]
    Anchor,
    /// The wall clock, which was plausible after a reboot without contact.
    #[n(1)]
    Wall,
}

/// What the time is believed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Trusted.
    Sure {
        /// The time.
        at: UnixMs,
        /// How far it may be off, in milliseconds.
        uncertainty_ms: i64,
        /// Where it comes from.
        source: Source,
    },
    /// Not known: what depends on time steps up.
    Unsure {
        /// The best guess, for the journal alone: the last trusted time and what boot clocks counted since; the wall
        /// clock's word where no time was ever trusted.
        at: UnixMs,
    },
}

impl Reading {
    /// The best guess there is.
    pub fn at(&self) -> UnixMs {
        match self {
            Self::Sure { at, .. } | Self::Unsure { at } => *at,
        }
    }

    /// Whether the time is trusted.
    pub fn is_sure(&self) -> bool {
        matches!(self, Self::Sure { .. })
    }
}

/// What an anchor did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchoring {
    /// It is what trusted time is counted from now. A first anchor, or a change of no more than
    /// [`STEP_MS`].
    Taken,
    /// It agrees with trusted time, which was known better already.
    Confirmed,
    /// Trusted time was stepped by more than [`STEP_MS`]: to be journaled.
    Stepped {
        /// What it was.
        from: UnixMs,
        /// What it is.
        to: UnixMs,
    },
    /// It would step trusted time by more than [`STEP_MS`]: a second one that agrees is wanted.
    WantsSecond,
    /// The answer came too slowly, or the boot clock went backwards, to say anything.
    TooSlow,
}

/// Trusted time as a pure state: clock readings in, the time out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedClock {
    kept: PersistedTime,
    /// A first anchor that would be a step.
    suspect: Option<Base>,
}

impl TrustedClock {
    /// The clock as it was last persisted.
    pub fn restore(kept: PersistedTime) -> Self {
        Self { kept, suspect: None }
    }

    /// What to persist: after every anchoring, and every minute or so.
    pub fn persisted(&self) -> PersistedTime {
        self.kept
    }

    /// The server's time at the last anchor.
    pub fn last_contact(&self) -> Option<UnixMs> {
        self.kept.contact
    }

    /// How long ago the last anchor is at the least, in milliseconds: what boot clocks counted since, as far as they
    /// were read. No wall clock makes it longer or shorter.
    pub fn silent_ms(&self) -> Option<i64> {
        self.kept.contact?;
        self.kept.counted.map(|counted| counted.silent_ms)
    }

    /// The time. In a new boot, the first plausible wall clock is believed and counted on from.
    pub fn read(&mut self, boot: BootTime, wall: UnixMs) -> Reading {
        if self.current(boot).is_none() {
            self.believe_wall(boot, wall);
        }
        let current = self.current(boot);
        let at = current.map_or_else(|| self.guess(boot, wall), |(_, at)| at);
        self.kept.counted = Some(Counted::go_on(self.kept.counted, boot, at));
        match current {
            Some((base, at)) => {
                self.kept.last = Some(at);
                Reading::Sure { at, uncertainty_ms: base.uncertainty_after(boot), source: base.source }
            }
            None => Reading::Unsure { at },
        }
    }

    /// What time it is at the least.
    fn guess(&self, boot: BootTime, wall: UnixMs) -> UnixMs {
        let Some(last) = self.kept.last else { return wall };
        let reached = self.kept.counted.map_or(last, |counted| counted.at.max(last));
        reached.plus(Counted::elapsed(self.kept.counted, boot))
    }

    /// Takes an anchor whose question went out at `asked` and whose answer came at `answered`.
    pub fn anchor(&mut self, anchor: Anchor, asked: BootTime, answered: BootTime) -> Anchoring {
        let rtt = answered.ms.saturating_sub(asked.ms);
        if asked.boot != answered.boot || !(0..=MAX_RTT_MS).contains(&rtt) {
            return Anchoring::TooSlow;
        }
        let half = (rtt + 1) / 2;
        let new = Base {
            boot: answered.boot,
            boot_ms: answered.ms,
            at: anchor.at.plus(half),
            uncertainty_ms: half,
            source: Source::Anchor,
        };
        let Some((old, now)) = self.current(answered) else {
            // There is no trusted time to step from: one anchor is the cure.
            self.take(new);
            return Anchoring::Taken;
        };
        let step = new.at.since(now);
        if step.saturating_abs() > STEP_MS {
            return self.step(new, now);
        }
        self.suspect = None;
        let doubt = old.uncertainty_after(answered);
        if old.source == Source::Anchor && doubt < half && step.abs() <= doubt + half {
            self.kept.contact = Some(new.at);
            self.kept.counted = Some(Counted::anchored(answered, now));
            return Anchoring::Confirmed;
        }
        self.take(new);
        Anchoring::Taken
    }

    fn step(&mut self, new: Base, now: UnixMs) -> Anchoring {
        let agrees = self.suspect.is_some_and(|first| {
            first.boot == new.boot && new.at.since(first.at_boot_ms(new.boot_ms)).saturating_abs() <= STEP_MS
        });
        if !agrees {
            self.suspect = Some(new);
            return Anchoring::WantsSecond;
        }
        self.take(new);
        Anchoring::Stepped { from: now, to: new.at }
    }

    fn take(&mut self, base: Base) {
        self.suspect = None;
        let boot = BootTime { boot: base.boot, ms: base.boot_ms };
        self.kept = PersistedTime {
            last: Some(base.at),
            contact: Some(base.at),
            base: Some(base),
            counted: Some(Counted::anchored(boot, base.at)),
        };
    }

    fn current(&self, boot: BootTime) -> Option<(Base, UnixMs)> {
        let base = self.kept.base.filter(|base| base.boot == boot.boot && base.boot_ms <= boot.ms)?;
        Some((base, base.at_boot_ms(boot.ms)))
    }

    fn believe_wall(&mut self, boot: BootTime, wall: UnixMs) {
        let Some(last) = self.kept.last else { return };
        let ahead = wall.since(last);
        if (0..=PLAUSIBLE_MS).contains(&ahead) {
            self.kept.base = Some(Base {
                boot: boot.boot,
                boot_ms: boot.ms,
                at: wall,
                uncertainty_ms: WALL_UNCERTAINTY_MS + drift(ahead),
                source: Source::Wall,
            });
        }
    }
}

impl Base {
    fn at_boot_ms(&self, boot_ms: i64) -> UnixMs {
        self.at.plus(boot_ms.saturating_sub(self.boot_ms))
    }

    fn uncertainty_after(&self, boot: BootTime) -> i64 {
        self.uncertainty_ms.saturating_add(drift(boot.ms.saturating_sub(self.boot_ms)))
    }
}

/// How far a clock may drift in `elapsed` milliseconds: 100 ppm, rounded up.
fn drift(elapsed: i64) -> i64 {
    elapsed.max(0).saturating_add(9_999) / 10_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{clock::Nonce, time::HOUR};

    const T: UnixMs = UnixMs(1_795_000_000_000);

    fn boot(id: u8, ms: i64) -> BootTime {
        BootTime { boot: BootId([id; 16]), ms }
    }

    fn anchor(at: UnixMs) -> Anchor {
        Anchor { at, nonce: Nonce([0; 16]) }
    }

    fn anchored() -> TrustedClock {
        let mut clock = TrustedClock::default();
        assert_eq!(clock.anchor(anchor(T), boot(1, 900), boot(1, 1_000)), Anchoring::Taken);
        clock
    }

    #[test]
    fn within_a_boot_the_wall_clock_is_not_asked() {
        let mut clock = anchored();
        for wall in [UnixMs(0), T, UnixMs(i64::MAX)] {
            let reading = clock.read(boot(1, 1_000 + HOUR), wall);
            let Reading::Sure { at, uncertainty_ms, source } = reading else { panic!("{reading:?}") };
            assert_eq!(at, T.plus(50 + HOUR));
            assert_eq!(uncertainty_ms, 50 + 360, "half the round trip and 100 ppm of an hour");
            assert_eq!(source, Source::Anchor);
        }
    }

    #[test]
    fn after_a_reboot_a_wall_clock_within_fourteen_days_is_believed_and_no_other() {
        let kept = anchored().persisted();
        let last = T.plus(50);
        let cases = [
            (last.plus(-1), false),
            (last, true),
            (last.plus(PLAUSIBLE_MS), true),
            (last.plus(PLAUSIBLE_MS + 1), false),
        ];
        for (wall, sure) in cases {
            let mut clock = TrustedClock::restore(kept);
            assert_eq!(clock.read(boot(2, 10), wall).is_sure(), sure, "{wall}");
        }
        let mut new = TrustedClock::default();
        assert_eq!(new.read(boot(1, 0), T), Reading::Unsure { at: T }, "nothing to compare with");
    }

    #[test]
    fn while_nobody_knows_the_time_it_goes_on_from_the_last_that_was_trusted_over_any_boot() {
        let last = T.plus(50);
        for wall in [UnixMs(0), last.plus(-1), last.plus(PLAUSIBLE_MS + HOUR), UnixMs(i64::MAX)] {
            let mut clock = TrustedClock::restore(anchored().persisted());
            assert_eq!(clock.read(boot(2, 10), wall), Reading::Unsure { at: last.plus(10) });
            clock.read(boot(2, HOUR), wall);
            let mut clock = TrustedClock::restore(clock.persisted());
            assert_eq!(clock.read(boot(2, 2 * HOUR), wall), Reading::Unsure { at: last.plus(2 * HOUR) });
            let mut clock = TrustedClock::restore(clock.persisted());
            assert_eq!(clock.read(boot(3, 10), wall), Reading::Unsure { at: last.plus(2 * HOUR + 10) });
        }
        let mut clock = TrustedClock::restore(anchored().persisted());
        clock.read(boot(2, DAY), UnixMs(0));
        assert!(clock.read(boot(2, DAY), last.plus(1)).is_sure(), "the last trusted time is what it was");
    }

    #[test]
    fn how_long_the_server_is_silent_is_counted_while_the_machine_runs_whatever_its_wall_clock_says() {
        let mut clock = TrustedClock::restore(anchored().persisted());
        assert!(clock.read(boot(2, 0), T.plus(13 * DAY)).is_sure());
        clock.read(boot(2, DAY), UnixMs(0));
        assert_eq!(clock.silent_ms(), Some(DAY), "a clock that is ahead makes it no longer");
        let mut clock = TrustedClock::restore(clock.persisted());
        for day in 1..=13 {
            assert!(!clock.read(boot(3, day * DAY), UnixMs(0)).is_sure());
        }
        assert_eq!(clock.silent_ms(), Some(14 * DAY), "and one that is dead no shorter");
        clock.anchor(anchor(T.plus(20 * DAY)), boot(3, 14 * DAY), boot(3, 14 * DAY));
        assert_eq!(clock.silent_ms(), Some(0));
        assert_eq!(TrustedClock::default().silent_ms(), None, "it was never heard");
    }

    #[test]
    fn a_wall_clock_that_was_believed_is_not_asked_again() {
        let mut clock = TrustedClock::restore(anchored().persisted());
        let first = clock.read(boot(2, 0), T.plus(HOUR));
        let then = clock.read(boot(2, 1_000), T.plus(10 * DAY));
        assert_eq!(then.at(), first.at().plus(1_000));
        assert!(matches!(then, Reading::Sure { source: Source::Wall, .. }));
    }

    #[test]
    fn a_restart_of_the_program_alone_keeps_the_anchor() {
        let mut clock = TrustedClock::restore(anchored().persisted());
        let reading = clock.read(boot(1, 2_000), UnixMs(0));
        assert!(matches!(reading, Reading::Sure { source: Source::Anchor, .. }));
        assert_eq!(reading.at(), T.plus(1_050));
    }

    #[test]
    fn a_dead_clock_is_cured_by_the_first_anchor() {
        let mut clock = TrustedClock::restore(anchored().persisted());
        assert!(!clock.read(boot(2, 0), UnixMs(0)).is_sure());
        let later = T.plus(3 * DAY);
        assert_eq!(clock.anchor(anchor(later), boot(2, 5), boot(2, 5)), Anchoring::Taken);
        assert_eq!(clock.read(boot(2, 5), UnixMs(0)).at(), later);
    }

    #[test]
    fn a_step_of_more_than_five_minutes_wants_two_anchors_that_agree_downwards_too() {
        for step in [-STEP_MS - 1, STEP_MS + 1, 3 * DAY, -3 * DAY] {
            let mut clock = anchored();
            let was = T.plus(50);
            let to = was.plus(step);
            assert_eq!(clock.anchor(anchor(to), boot(1, 1_000), boot(1, 1_000)), Anchoring::WantsSecond);
            assert_eq!(clock.read(boot(1, 1_000), T).at(), was, "one anchor alone steps nothing");
            let third = clock.clone().anchor(anchor(to.plus(DAY)), boot(1, 2_000), boot(1, 2_000));
            assert_eq!(third, Anchoring::WantsSecond, "two that differ do not agree");
            let second = clock.anchor(anchor(to.plus(1_000)), boot(1, 2_000), boot(1, 2_000));
            assert_eq!(second, Anchoring::Stepped { from: was.plus(1_000), to: to.plus(1_000) });
            assert_eq!(clock.read(boot(1, 2_000), T).at(), to.plus(1_000));
        }
    }

    #[test]
    fn an_anchor_that_confirms_clears_a_suspect_one() {
        let mut clock = anchored();
        let wrong = T.plus(DAY);
        assert_eq!(clock.anchor(anchor(wrong), boot(1, 1_000), boot(1, 1_000)), Anchoring::WantsSecond);
        assert_eq!(clock.anchor(anchor(T.plus(50)), boot(1, 1_000), boot(1, 1_000)), Anchoring::Taken);
        assert_eq!(clock.anchor(anchor(wrong), boot(1, 1_000), boot(1, 1_000)), Anchoring::WantsSecond);
    }

    #[test]
    fn a_slow_answer_does_not_blur_a_time_that_is_known_better() {
        let mut clock = anchored();
        let slow = clock.anchor(anchor(T.plus(1_000)), boot(1, 1_000), boot(1, 5_000));
        assert_eq!(slow, Anchoring::Confirmed);
        let Reading::Sure { uncertainty_ms, .. } = clock.read(boot(1, 5_000), T) else { panic!() };
        assert_eq!(uncertainty_ms, 51);
        assert_eq!(clock.last_contact(), Some(T.plus(3_000)));
        assert_eq!(clock.anchor(anchor(T), boot(1, 0), boot(1, MAX_RTT_MS + 1)), Anchoring::TooSlow);
        assert_eq!(clock.anchor(anchor(T), boot(1, 0), boot(2, 1)), Anchoring::TooSlow, "another boot");
    }

    #[test]
    fn what_is_persisted_survives_its_bytes() {
        let kept = anchored().persisted();
        let bytes = crate::cbor::to_vec(&kept);
        assert_eq!(crate::cbor::from_canonical::<PersistedTime>(&bytes).unwrap(), kept);
    }

    proptest! {
        #[test]
        fn trusted_time_never_goes_back_within_a_boot_without_an_anchor(
            steps in proptest::collection::vec((0i64..DAY, any::<i64>()), 1..40),
        ) {
            let mut clock = anchored();
            let (mut ms, mut before) = (1_000, T);
            for (elapsed, wall) in steps {
                ms += elapsed;
                let at = clock.read(boot(1, ms), UnixMs(wall)).at();
                prop_assert!(at >= before);
                before = at;
            }
        }

        #[test]
        fn the_servers_time_lies_within_the_uncertainty(rtt in 0i64..MAX_RTT_MS, there in 0.0f64..=1.0) {
            // The server answered somewhere within the round trip.
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a share of a test's span")]
            let on_the_way = (rtt as f64 * there) as i64;
            let mut clock = TrustedClock::default();
            clock.anchor(anchor(T.plus(on_the_way)), boot(1, 0), boot(1, rtt));
            let Reading::Sure { at, uncertainty_ms, .. } = clock.read(boot(1, rtt), T) else { panic!() };
            prop_assert!(at.since(T.plus(rtt)).abs() <= uncertainty_ms);
        }
    }
}
