//! What the half of the core that keeps the copy is at.

use crate::sync::{
    Failure, SnapshotResume,
    kiosk::{Answer, RequestId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Idle,
    /// The cache works; when it is done, the copy equals the head or not.
    Storing {
        then_whole: bool,
    },
    /// Changes behind the copy's cursor were asked for.
    Pulling {
        request: RequestId,
        deadline: i64,
    },
    /// Changes behind what is being loaded were asked for.
    Changing {
        request: RequestId,
        deadline: i64,
    },
    /// A piece of a snapshot was asked for.
    Loading {
        request: RequestId,
        resume: Option<SnapshotResume>,
        deadline: i64,
    },
}

/// The next piece of a snapshot, asked for while the cache still stores the one before.
#[derive(Debug)]
pub(super) struct Ahead {
    pub request: RequestId,
    pub resume: SnapshotResume,
    pub deadline: i64,
    pub answer: Option<Result<Answer, Failure>>,
}
