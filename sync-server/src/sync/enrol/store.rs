//! Enrolment codes, and the kiosks they make.

use gatehouse::{
    hash::Hash,
    id::{CommunityId, GateId, KioskId, UserId},
    keys::PublicKey,
    time::UnixMs,
    words::GateKind,
};

use crate::{
    execute, fetch_all, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A code that was given out.
    pub(super) struct Code {
        pub(super) community: CommunityId,
        pub(super) gate: GateId,
        pub(super) kiosk_name: String,
        pub(super) expires_at: UnixMs,
        pub(super) kiosk: Option<KioskId>,
    }

    /// Where a kiosk stands.
    pub(super) struct Place {
        pub(super) number: u32,
        pub(super) name: String,
        pub(super) public: [u8; 32],
        pub(super) gate: GateId,
        pub(super) gate_name: String,
        pub(super) gate_kind: GateKind,
    }

    /// A guard who may be on shift.
    pub(super) struct Guard {
        pub(super) user_id: UserId,
        pub(super) name: String,
    }

    struct Number {
        number: u32,
    }
}

/// The code of a digest, held so that nobody else redeems it while this transaction lasts.
pub(super) async fn hold_code(tx: &mut Tx, digest: Hash) -> Result<Option<Code>, StoreError> {
    fetch_optional!(
        tx,
        Code,
        "update enrolment_codes set hash = hash where hash = $1
         returning community, gate, kiosk_name, expires_at, kiosk",
        digest.0
    )
}

/// Deletes codes that were over by `by`.
pub async fn forget_over(tx: &mut Tx, by: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from enrolment_codes where expires_at <= $1", by)?;
    Ok(())
}

pub(super) async fn use_code(
    tx: &mut Tx,
    digest: Hash,
    kiosk: KioskId,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update enrolment_codes set used_at = $2, kiosk = $3 where hash = $1",
        digest.0,
        now,
        kiosk
    )?;
    Ok(())
}

/// A number that no kiosk of the community had yet. Others who want one wait for this transaction's end.
pub(super) async fn next_number(tx: &mut Tx, community: CommunityId) -> Result<u32, StoreError> {
    execute!(tx, "update communities set id = id where id = $1", community)?;
    let next = fetch_one!(
        tx,
        Number,
        "select coalesce(max(number), 0) + 1 as number from kiosks where community = $1",
        community
    )?;
    Ok(next.number)
}

/// A kiosk to be enrolled.
pub(super) struct NewKiosk<'a> {
    pub(super) id: KioskId,
    pub(super) gate: GateId,
    pub(super) name: &'a str,
    pub(super) number: u32,
    pub(super) public: PublicKey,
    pub(super) version: &'a str,
}

pub(super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: &NewKiosk<'_>,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into kiosks (community, id, gate, name, number, public, state, version, enrolled_at)
         values ($1, $2, $3, $4, $5, $6, 'ACTIVE', $7, $8)",
        community,
        kiosk.id,
        kiosk.gate,
        kiosk.name,
        kiosk.number,
        kiosk.public.0,
        kiosk.version,
        now
    )?;
    Ok(())
}

pub(super) async fn place(tx: &mut Tx, community: CommunityId, kiosk: KioskId) -> Result<Place, StoreError> {
    fetch_one!(
        tx,
        Place,
        "select k.number, k.name, k.public, k.gate, g.name as gate_name, g.kind as gate_kind from kiosks k
         join gates g on g.community = k.community and g.id = k.gate where k.community = $1 and k.id = $2",
        community,
        kiosk
    )
}

pub(super) async fn guards(tx: &mut Tx, community: CommunityId) -> Result<Vec<Guard>, StoreError> {
    fetch_all!(
        tx,
        Guard,
        "select g.user_id, u.name from guards g join users u on u.id = g.user_id
         where g.community = $1 and g.active order by u.name, g.user_id",
        community
    )
}
