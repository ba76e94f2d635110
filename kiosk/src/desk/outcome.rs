//! What came of somebody at the gate.

use gatehouse::{
    id::{EventId, VisitorId},
    time::UnixMs,
};

use super::{Comer, Judged};

/// What came of somebody at the gate. Where an event is named it is durable.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Let in, and recorded.
    In {
        /// The entry's event.
        event: EventId,
        /// The visit that began.
        visit: VisitorId,
        /// How it was judged.
        judged: Box<Judged>,
    },
    /// Gone out, and recorded.
    Out {
        /// The exit's event.
        event: EventId,
        /// Who.
        comer: Comer,
        /// When they came in; nothing when no entry is known.
        entered: Option<UnixMs>,
    },
    /// Came in a moment ago; nothing was recorded.
    AlreadyIn {
        /// Who.
        comer: Comer,
        /// When they came in.
        entered: UnixMs,
    },
    /// In for longer than usual: the guard says which way. Nothing was recorded.
    Unclear {
        /// The visit that is open.
        visit: VisitorId,
        /// Who.
        comer: Comer,
        /// When they came in.
        entered: UnixMs,
        /// How they were judged, should they want in.
        judged: Box<Judged>,
    },
    /// Not let in as it stands: ask, step up or refuse. Recorded, but for what is no pass at all.
    Not {
        /// The event, where it was recorded.
        event: Option<EventId>,
        /// How it was judged.
        judged: Box<Judged>,
    },
}
