//! Which way somebody goes through a gate.

use serde::{Deserialize, Serialize};

use crate::{
    admission::KindPolicy,
    time::{MINUTE, UnixMs},
    words::GateKind,
};

/// How long after an entry the same pass means "already in", in milliseconds.
pub const ALREADY_IN_MS: i64 = 2 * MINUTE;

/// A stay that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// When it began.
    pub since: UnixMs,
}

/// Which way somebody goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Way {
    /// In: admission decides.
    Entry,
    /// Out: nothing decides, whoever leaves leaves.
    Exit,
    /// They came in a moment ago: no event.
    AlreadyIn,
    /// In or out? One touch of the guard's.
    Unclear,
}

/// The way, from what the gate is for and from the stay that is known, if any.
///
/// A gate for one way leaves no choice, but that a pass held too long before an entry gate's camera is
/// "already in" there too. At a gate for both: not inside → entry; inside for under two minutes →
/// already in; within the usual stay of the kind → exit; longer → unclear. Beyond the longest stay the
/// exit is assumed, which is an entry again. A gate of a kind not known here is one for both.
pub fn way(gate: &GateKind, inside: Option<Inside>, now: UnixMs, policy: &KindPolicy) -> Way {
    if *gate == GateKind::Exit {
        return Way::Exit;
    }
    let Some(inside) = inside else { return Way::Entry };
    if (0..ALREADY_IN_MS).contains(&now.since(inside.since)) {
        return Way::AlreadyIn;
    }
    if *gate == GateKind::Entry || assumed_exit(inside, now, policy).is_some() {
        return Way::Entry;
    }
    // A stay that began in the future is a clock's fault, and nobody can say how long it is.
    match now.since(inside.since) {
        stay if stay < 0 => Way::Unclear,
        stay if stay <= minutes(policy.usual_stay_min) => Way::Exit,
        _ => Way::Unclear,
    }
}

/// When a stay counts as over though nobody saw it end; absent while it does not.
pub fn assumed_exit(inside: Inside, now: UnixMs, policy: &KindPolicy) -> Option<UnixMs> {
    let end = inside.since.plus(minutes(policy.longest_stay_min.max(policy.usual_stay_min)));
    (now >= end).then_some(end)
}

fn minutes(count: u32) -> i64 {
    i64::from(count) * MINUTE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const T: UnixMs = UnixMs(1_795_000_000_000);

    fn policy() -> KindPolicy {
        KindPolicy { usual_stay_min: 60, longest_stay_min: 180, ..KindPolicy::default() }
    }

    fn after(gate: &GateKind, ms: i64) -> Way {
        way(gate, Some(Inside { since: T }), T.plus(ms), &policy())
    }

    #[test]
    fn at_a_gate_for_both_the_length_of_the_stay_tells() {
        let both = GateKind::Both;
        assert_eq!(way(&both, None, T, &policy()), Way::Entry);
        assert_eq!(after(&both, 0), Way::AlreadyIn);
        assert_eq!(after(&both, ALREADY_IN_MS - 1), Way::AlreadyIn);
        assert_eq!(after(&both, ALREADY_IN_MS), Way::Exit);
        assert_eq!(after(&both, 60 * MINUTE), Way::Exit);
        assert_eq!(after(&both, 60 * MINUTE + 1), Way::Unclear);
        assert_eq!(after(&both, 180 * MINUTE - 1), Way::Unclear);
        assert_eq!(after(&both, 180 * MINUTE), Way::Entry, "the exit is assumed");
        assert_eq!(after(&both, -1), Way::Unclear);
    }

    #[test]
    fn a_gate_for_one_way_leaves_no_choice() {
        for ms in [0, ALREADY_IN_MS, 60 * MINUTE, 600 * MINUTE] {
            assert_eq!(after(&GateKind::Exit, ms), Way::Exit);
        }
        assert_eq!(way(&GateKind::Exit, None, T, &policy()), Way::Exit);
        assert_eq!(after(&GateKind::Entry, 1), Way::AlreadyIn);
        assert_eq!(after(&GateKind::Entry, ALREADY_IN_MS), Way::Entry);
        let newer = GateKind::Unknown("BOOM".into());
        assert_eq!(after(&newer, 30 * MINUTE), Way::Exit);
    }

    proptest! {
        #[test]
        fn an_assumed_exit_is_never_in_the_future(stay in 0i64..10_000_000_000, usual: u32, longest: u32) {
            let policy = KindPolicy { usual_stay_min: usual, longest_stay_min: longest, ..policy() };
            if let Some(end) = assumed_exit(Inside { since: T }, T.plus(stay), &policy) {
                prop_assert!(end <= T.plus(stay) && end >= T);
            }
        }
    }
}
