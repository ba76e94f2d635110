//! What must hold whatever happens.

use std::fmt;

/// Something that must hold whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// No event that was acknowledged is lost, but by a restored server when its kiosk no longer has it.
    AcknowledgedIsKept,
    /// No event is held twice.
    HeldOnce,
    /// Every chain on the server verifies from its beginning without a gap.
    Chained,
    /// A kiosk whose cursor is the head holds exactly the rows at the head.
    CopyEqualsHead,
    /// No kiosk admits twice on a single-use pass.
    SingleUse,
    /// No kiosk admits on a pass whose revocation it has seen.
    Revoked,
    /// What a kiosk did itself it never forgets.
    OwnActsStay,
    /// When all is healed, everybody agrees: nothing waits, cursors are the head, the server's rows are the
    /// fold of all events.
    Converges,
    /// A kiosk whose journal forked goes on in a new life of it.
    ForkEndsLife,
    /// A kiosk ends when the root ordered that kiosk's end, that way, and never else.
    EndsByOrder,
    /// A kiosk whose end was ordered ends.
    OrdersAreHeeded,
    /// Nothing that a kiosk held when it ended is lost: it had sent it, or left it sealed.
    EndLosesNothing,
    /// What was erased is nowhere: not at the server, not in a journal, however it arrives.
    ErasedStaysErased,
    /// An exit without a known entry ends the visit it belongs to, and no other one.
    UnpairedExits,
    /// An entry asked over the API is waited for until a gate tells how it ended, and no longer.
    Awaited,
    /// As many came in as were counted last.
    People,
    /// An event of an unknown kind is kept and delivered, and counts as not seen by anybody yet.
    UnknownIsParked,
    /// The protocol never sets aside a sound journal.
    NothingSetAside,
    /// A store did what it was told.
    StoreWorks,
}

/// A law that was broken.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The seed that does it again.
    pub seed: u64,
    /// Which law.
    pub law: Law,
    /// How.
    pub how: String,
    /// What happened before, the latest last.
    pub trace: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "seed {} breaks {:?}: {}", self.seed, self.law, self.how)?;
        write!(f, "replay: GATEHOUSE_SEED={} cargo test -p gatehouse --test simulation", self.seed)
    }
}

impl std::error::Error for Broken {}
