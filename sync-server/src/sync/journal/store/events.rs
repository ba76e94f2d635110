//! Journals and their events.

use std::ops::RangeInclusive;

use gatehouse::{
    cbor,
    hash::Hash,
    id::{CommunityId, EventId, IncarnationId, KioskId, PassId, VisitorId},
    journal::{
        Event, Head, Recorded, SignedEvent,
        ingest::{Accepted, Adrift, Held, Joined},
    },
    time::UnixMs,
};

use crate::{
    execute, fetch_all, fetch_in, fetch_one, fetch_optional, insert_all, record,
    store::{StoreError, Tx},
};

record! {
    /// How far a journal is held.
    pub(in super::super) struct JournalRecord {
        pub(in super::super) seq: u64,
        pub(in super::super) hash: [u8; 32],
        /// How many events are held beside the chain.
        pub(in super::super) beside: u64,
        /// When a later life of the kiosk was opened first.
        pub(in super::super) superseded_at: Option<UnixMs>,
    }

    /// What changes whenever a journal does.
    pub(in super::super) struct ExtentRecord {
        pub(in super::super) kiosk: KioskId,
        pub(in super::super) incarnation: IncarnationId,
        pub(in super::super) seq: u64,
        pub(in super::super) beside: u64,
        pub(in super::super) superseded_at: Option<UnixMs>,
    }

    struct TurnRecord {
        turn: u64,
    }

    struct HeldRecord {
        seq: u64,
        hash: [u8; 32],
        in_chain: bool,
        parked: bool,
        adrift: Option<EventId>,
        adrift_seq: Option<u64>,
    }

    struct FeedRecord {
        seq: u64,
    }

    /// An event as it is stored.
    pub(in super::super) struct StoredEvent {
        pub(in super::super) id: EventId,
        pub(in super::super) visit: Option<VisitorId>,
        pub(in super::super) pass: Option<PassId>,
        pub(in super::super) bytes: Vec<u8>,
        pub(in super::super) hash: [u8; 32],
        pub(in super::super) signature: [u8; 64],
        pub(in super::super) details: Option<Vec<u8>>,
    }

    struct EventRecord {
        event: EventId,
    }

    /// What is known of an event's time beside its own word.
    pub(in super::super) struct Receipt {
        /// When it came.
        pub(in super::super) received_at: UnixMs,
        /// Since when its kiosk is there.
        pub(in super::super) enrolled_at: UnixMs,
    }

    struct PassRecord {
        pass: PassId,
    }
}

impl StoredEvent {
    /// The event as it was read when it was taken in; nothing where it is parked.
    pub(in super::super) fn recorded(self) -> Option<Recorded> {
        let (signed, details) = self.signed();
        Recorded::read(signed.event().ok()?, details.as_deref()).ok()
    }

    /// The kiosk that recorded it.
    pub(in super::super) fn kiosk(&self) -> Option<KioskId> {
        cbor::from_slice::<Event>(&self.bytes).ok().map(|event| event.kiosk)
    }

    /// The event as it was signed.
    pub(in super::super) fn signed(self) -> (SignedEvent, Option<Vec<u8>>) {
        let signed = SignedEvent { bytes: self.bytes, hash: Hash(self.hash), signature: self.signature };
        (signed, self.details)
    }
}

/// Takes the community's turn, and says which it is: whoever takes the next waits for this transaction's end.
///
/// Who changes several visits in one transaction takes it first: two that held visits in different orders would wait
/// for each other for ever.
pub async fn take_turn(tx: &mut Tx, community: CommunityId) -> Result<u64, StoreError> {
    let taken = fetch_one!(
        tx,
        TurnRecord,
        "insert into ingest_turns (community, turn) values ($1, 1)
         on conflict (community) do update set turn = ingest_turns.turn + 1 returning turn",
        community
    )?;
    Ok(taken.turn)
}

/// When a later life of the kiosk of the journal `j` was opened first: one that follows it, or one that follows none and
/// came after it, by its own time and by the server's. A kiosk that lost its journal begins such a one, and the life
/// before goes on only on another disk. A kiosk's clock may be wrong when it begins anew: the server's time says, too,
/// which was first.
macro_rules! superseded_at {
    () => {
        "(select min(n.opened_at) from journals n
          where n.community = j.community and n.kiosk = j.kiosk and (n.follows = j.incarnation
              or (n.follows is null and n.opened_at > j.opened_at
                  and (select e.received_at from journal_events e where e.community = n.community
                      and e.kiosk = n.kiosk and e.incarnation = n.incarnation and e.seq = 1 and e.in_chain)
                  >= (select e.received_at from journal_events e where e.community = j.community
                      and e.kiosk = j.kiosk and e.incarnation = j.incarnation and e.seq = 1 and e.in_chain))))
          as superseded_at"
    };
}

pub(in super::super) async fn journal(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: KioskId,
    incarnation: IncarnationId,
) -> Result<Option<JournalRecord>, StoreError> {
    fetch_optional!(
        tx,
        JournalRecord,
        concat!(
            "select j.seq, j.hash, j.beside, ",
            superseded_at!(),
            " from journals j where j.community = $1 and j.kiosk = $2 and j.incarnation = $3"
        ),
        community,
        kiosk,
        incarnation
    )
}

/// How far these lives are held; those of which nothing is held are not among the answers.
pub(in super::super) async fn extents(
    tx: &mut Tx,
    community: CommunityId,
    lives: &[IncarnationId],
) -> Result<Vec<ExtentRecord>, StoreError> {
    fetch_in!(
        tx,
        ExtentRecord,
        concat!(
            "select j.kiosk, j.incarnation, j.seq, j.beside, ",
            superseded_at!(),
            " from journals j where j.community = "
        ),
        community,
        " and j.incarnation",
        lives
    )
}

/// The events held in a reach of seqs, visible by the feed's present head, and which of them are parked.
pub(in super::super) async fn held(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: KioskId,
    incarnation: IncarnationId,
    reach: &RangeInclusive<u64>,
) -> Result<(Vec<Held>, Vec<u64>), StoreError> {
    let found = fetch_all!(
        tx,
        HeldRecord,
        "select seq, hash, in_chain, parked, adrift, adrift_seq from journal_events
         where community = $1 and kiosk = $2 and incarnation = $3 and seq between $4 and $5",
        community,
        kiosk,
        incarnation,
        *reach.start(),
        *reach.end()
    )?;
    if found.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    // What was committed before is in the feed as it stands: its head is a bound that is never too low.
    let feed = fetch_one!(tx, FeedRecord, "select seq from feed_heads where community = $1", community)?.seq;
    let parked = found.iter().filter(|record| record.parked).map(|record| record.seq).collect();
    let held = found.into_iter().map(|record| Held {
        seq: record.seq,
        hash: Hash(record.hash),
        in_chain: record.in_chain,
        feed,
        adrift: record.adrift.zip(record.adrift_seq).map(|(first, seq)| Adrift { first, seq }),
    });
    Ok((held.collect(), parked))
}

/// What a journal's first event says of it.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Opening {
    pub(in super::super) follows: Option<IncarnationId>,
    pub(in super::super) at: Option<UnixMs>,
}

/// Where a journal's chain ends now.
pub(in super::super) struct Moved {
    pub(in super::super) kiosk: KioskId,
    pub(in super::super) head: Head,
    /// How many more events are held beside it.
    pub(in super::super) beside: u64,
    pub(in super::super) opening: Opening,
}

/// Notes where journals' chains end now; each journal at most once.
pub(in super::super) async fn move_heads(
    tx: &mut Tx,
    community: CommunityId,
    moved: &[Moved],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into journals (community, kiosk, incarnation, seq, hash, beside, follows, opened_at, last_at) ",
        moved,
        |new| [
            community,
            new.kiosk,
            new.head.incarnation,
            new.head.seq,
            new.head.hash.0,
            new.beside,
            new.opening.follows,
            new.opening.at,
            now
        ],
        " on conflict (community, kiosk, incarnation) do update set seq = excluded.seq, hash = excluded.hash,
             beside = journals.beside + excluded.beside, follows = coalesce(journals.follows, excluded.follows),
             opened_at = coalesce(journals.opened_at, excluded.opened_at), last_at = excluded.last_at"
    )
}

/// An event to be stored.
pub(in super::super) struct NewEvent<'a> {
    pub(in super::super) accepted: &'a Accepted,
    pub(in super::super) in_chain: bool,
    pub(in super::super) visit: Option<VisitorId>,
    pub(in super::super) pass: Option<PassId>,
    pub(in super::super) details: Option<&'a [u8]>,
    pub(in super::super) parked: bool,
}

pub(in super::super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    events: &[NewEvent<'_>],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into journal_events (community, kiosk, incarnation, seq, hash, in_chain, id, at, kind, visit, pass,
             bytes, signature, details, parked, adrift, adrift_seq, received_at) ",
        events,
        |new| [
            community,
            new.accepted.event.kiosk,
            new.accepted.event.incarnation,
            new.accepted.event.seq,
            new.accepted.signed.hash.0,
            new.in_chain,
            new.accepted.event.id,
            new.accepted.event.at,
            new.accepted.event.kind,
            new.visit,
            new.pass,
            new.accepted.signed.bytes,
            new.accepted.signed.signature,
            new.details,
            new.parked,
            new.accepted.adrift.map(|run| run.first),
            new.accepted.adrift.map(|run| run.seq),
            now
        ]
    )
}

/// Joins a run of a life that hung in the air to what comes before it.
pub(in super::super) async fn join(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: KioskId,
    incarnation: IncarnationId,
    joined: &Joined,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update journal_events set adrift = $5, adrift_seq = $6
         where community = $1 and kiosk = $2 and incarnation = $3 and adrift = $4",
        community,
        kiosk,
        incarnation,
        joined.run,
        joined.to.map(|run| run.first),
        joined.to.map(|run| run.seq)
    )?;
    Ok(())
}

/// Which of these events' details were ordered to be forgotten.
pub(in super::super) async fn erased(
    tx: &mut Tx,
    community: CommunityId,
    events: &[EventId],
) -> Result<Vec<EventId>, StoreError> {
    let erased = fetch_in!(
        tx,
        EventRecord,
        "select event from erasures where community = ",
        community,
        " and event",
        events
    )?;
    Ok(erased.into_iter().map(|record| record.event).collect())
}

/// The events of these ids, in the chain or beside it; of several with one id that which is applied comes first.
pub(in super::super) async fn of_ids(
    tx: &mut Tx,
    community: CommunityId,
    ids: &[EventId],
) -> Result<Vec<StoredEvent>, StoreError> {
    fetch_in!(
        tx,
        StoredEvent,
        "select id, visit, pass, bytes, hash, signature, details from journal_events where community = ",
        community,
        " and id",
        ids,
        " order by parked, received_at"
    )
}

/// The receipt of the first of the events that [`of_ids`] finds by an id.
pub(in super::super) async fn receipt(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
) -> Result<Option<Receipt>, StoreError> {
    fetch_optional!(
        tx,
        Receipt,
        "select e.received_at, k.enrolled_at from journal_events e
         join kiosks k on k.community = e.community and k.id = e.kiosk
         where e.community = $1 and e.id = $2 order by e.parked, e.received_at limit 1",
        community,
        event
    )
}

/// The events whose effects count, not parked and not taken back, of which `about` says more.
macro_rules! counted {
    ($tx:expr, $community:expr, $about:literal, $ids:expr) => {
        fetch_in!(
            $tx,
            StoredEvent,
            "select e.id, e.visit, e.pass, e.bytes, e.hash, e.signature, e.details from journal_events e
             where not e.parked
                 and not exists (select 1 from undone_events u where u.community = e.community and u.event = e.id
                     and coalesce(u.kiosk, e.kiosk) = e.kiosk)
                 and e.community = ",
            $community,
            $about,
            $ids
        )
    };
}

/// The events about these visits whose effects count.
pub(in super::super) async fn of_visits(
    tx: &mut Tx,
    community: CommunityId,
    visits: &[VisitorId],
) -> Result<Vec<StoredEvent>, StoreError> {
    counted!(tx, community, " and e.visit", visits)
}

/// The events about a visit, those that were taken back among them.
pub(in super::super) async fn ids_of_visit(
    tx: &mut Tx,
    community: CommunityId,
    visit: VisitorId,
) -> Result<Vec<EventId>, StoreError> {
    let ids = fetch_all!(
        tx,
        EventRecord,
        "select distinct id as event from journal_events where community = $1 and visit = $2",
        community,
        visit
    )?;
    Ok(ids.into_iter().map(|record| record.event).collect())
}

/// Which of these passes somebody went out on whose entry was not known at that gate: acts of kind 7.
pub(in super::super) async fn passes_unpaired(
    tx: &mut Tx,
    community: CommunityId,
    passes: &[PassId],
) -> Result<Vec<PassId>, StoreError> {
    let unpaired = fetch_in!(
        tx,
        PassRecord,
        "select distinct pass from journal_events where kind = 7 and not parked and community = ",
        community,
        " and pass",
        passes
    )?;
    Ok(unpaired.into_iter().map(|record| record.pass).collect())
}

/// The events that name these passes and whose effects count.
pub(in super::super) async fn of_passes(
    tx: &mut Tx,
    community: CommunityId,
    passes: &[PassId],
) -> Result<Vec<StoredEvent>, StoreError> {
    counted!(tx, community, " and e.pass", passes)
}

/// Orders an event's details to be forgotten, here and wherever they may still come from; false where that was
/// ordered before.
pub(in super::super) async fn erase(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let ordered = execute!(
        tx,
        "insert into erasures (community, event, at) values ($1, $2, $3)
         on conflict (community, event) do nothing",
        community,
        event,
        now
    )?;
    execute!(
        tx,
        "update journal_events set details = null where community = $1 and id = $2",
        community,
        event
    )?;
    Ok(ordered == 1)
}
