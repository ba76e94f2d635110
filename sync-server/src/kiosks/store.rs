//! The tables of kiosks and enrolment codes, the admins' side.

use gatehouse::{
    api::kiosks::Kiosk,
    hash::Hash,
    id::{CommunityId, GateId, KioskId, UserId},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A kiosk.
    #[derive(Clone, Debug)]
    pub struct KioskRecord {
        /// Its id.
        pub id: KioskId,
        /// Its name.
        pub name: String,
        /// Where it stands.
        pub gate: GateId,
        /// Short number that a guard reads out.
        pub number: u32,
        /// Ed25519 public key.
        pub public: [u8; 32],
        /// ACTIVE, RETIRED or STOLEN.
        pub state: String,
        /// The program version it last told.
        pub version: Option<String>,
        /// Since when.
        pub enrolled_at: UnixMs,
        /// When it was last heard of.
        pub last_contact_at: Option<UnixMs>,
        /// How many events it had not yet sent then.
        pub waiting: Option<u64>,
        /// When the oldest of them was recorded.
        pub oldest_waiting_at: Option<UnixMs>,
        /// When it was revoked.
        pub revoked_at: Option<UnixMs>,
    }
}

impl From<KioskRecord> for Kiosk {
    fn from(kiosk: KioskRecord) -> Self {
        Self {
            id: kiosk.id,
            name: kiosk.name,
            gate_id: kiosk.gate,
            number: kiosk.number,
            state: kiosk.state,
            version: kiosk.version,
            enrolled_at: kiosk.enrolled_at,
            last_contact_at: kiosk.last_contact_at,
            waiting_events: kiosk.waiting,
            oldest_waiting_at: kiosk.oldest_waiting_at,
            revoked_at: kiosk.revoked_at,
        }
    }
}

/// A code that is given out.
pub struct NewCode<'a> {
    /// Digest of the code.
    pub digest: Hash,
    /// At which gate the kiosk will stand.
    pub gate: GateId,
    /// What it will be called.
    pub kiosk_name: &'a str,
    /// Who asked for it.
    pub created_by: UserId,
    /// When it is over.
    pub expires_at: UnixMs,
}

/// Keeps a code's digest.
pub async fn insert_code(
    tx: &mut Tx,
    community: CommunityId,
    code: &NewCode<'_>,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into enrolment_codes (hash, community, gate, kiosk_name, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        code.digest.0,
        community,
        code.gate,
        code.kiosk_name,
        code.created_by,
        now,
        code.expires_at
    )?;
    Ok(())
}

/// The kiosk of an id.
pub async fn kiosk(
    tx: &mut Tx,
    community: CommunityId,
    id: KioskId,
) -> Result<Option<KioskRecord>, StoreError> {
    fetch_optional!(
        tx,
        KioskRecord,
        "select id, name, gate, number, public, state, version, enrolled_at, last_contact_at, waiting,
             oldest_waiting_at, revoked_at
         from kiosks where community = $1 and id = $2",
        community,
        id
    )
}

/// A piece of the kiosks in order of id.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<KioskRecord>, StoreError> {
    fetch_all!(
        tx,
        KioskRecord,
        "select id, name, gate, number, public, state, version, enrolled_at, last_contact_at, waiting,
             oldest_waiting_at, revoked_at
         from kiosks where community = $1 and id > $2 order by id limit $3",
        community,
        after,
        rows
    )
}

/// Ends an active kiosk, or turns one that was retired into a stolen one, from now on: what its guards told of before that
/// stands. False if neither was the case.
pub async fn revoke(
    tx: &mut Tx,
    community: CommunityId,
    id: KioskId,
    state: &str,
    signature: [u8; 64],
    now: UnixMs,
) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "update kiosks set state = $3, order_signature = $4, revoked_at = $5
         where community = $1 and id = $2 and (state = 'ACTIVE' or (state = 'RETIRED' and $3 = 'STOLEN'))",
        community,
        id,
        state,
        signature,
        now
    )?;
    Ok(changed == 1)
}

/// Deletes the codes that an admin gave out and no kiosk has used.
pub async fn withdraw_codes_of(tx: &mut Tx, community: CommunityId, admin: UserId) -> Result<(), StoreError> {
    execute!(
        tx,
        "delete from enrolment_codes where community = $1 and created_by = $2 and used_at is null",
        community,
        admin
    )?;
    Ok(())
}
