//! The journal's rules.

mod chains;
mod visits;

use gatehouse::{
    hash::Hash,
    id::{EventId, GateId, IncarnationId, KioskId},
    journal::{Event, TimeMark},
    time::UnixMs,
};
use uuid::Uuid;

const KIOSK: KioskId = KioskId(Uuid::from_u128(2));
const LIFE: IncarnationId = IncarnationId(Uuid::from_u128(3));

fn event(seq: u64, at: i64, kind: u16, body: Vec<u8>, details: Option<Hash>) -> Event {
    Event {
        format: Event::FORMAT,
        kiosk: KIOSK,
        incarnation: LIFE,
        seq,
        id: EventId(Uuid::from_u128(1_000 + u128::from(seq))),
        at: UnixMs(at),
        time: TimeMark::Wall,
        gate: GateId(Uuid::from_u128(5)),
        guard: None,
        kind,
        body,
        details,
    }
}
