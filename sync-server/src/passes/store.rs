//! The passes' table.

use gatehouse::{
    cbor,
    feed::row::{PassRow, RowKind, WeeklyWindow},
    id::{CommunityId, GateId, PassId, UnitId, UserId},
    pass::holder_name,
    time::UnixMs,
    words::{PassMode, VisitorType},
};
use uuid::Uuid;

use crate::{
    accounts::store::lived_there,
    execute,
    feed::Change,
    fetch_all, fetch_one, fetch_optional,
    http::{Answer, Fault},
    record,
    store::{StoreError, Tx},
};

record! {
    /// A pass.
    #[derive(Clone)]
    pub struct PassRecord {
        /// Its id.
        pub id: PassId,
        /// Where it leads.
        pub unit: UnitId,
        /// Who made it.
        pub created_by: UserId,
        /// Why its holder comes.
        pub visitor_type: VisitorType,
        /// What it needs shown.
        pub mode: PassMode,
        /// Its holder, uncut.
        pub name: String,
        /// The holder's phone, in E.164.
        pub phone: Option<String>,
        /// Number plate.
        pub plate: Option<String>,
        /// The company that sends the holder.
        pub company: Option<String>,
        /// How many people it is for.
        pub people: u16,
        /// Holds from.
        pub valid_from: UnixMs,
        /// Holds until, exclusive.
        pub valid_until: UnixMs,
        /// How many entries it is good for; absent for any number.
        pub uses: Option<u32>,
        /// Canonical CBOR of the weekly hours.
        pub windows: Vec<u8>,
        /// The only gate it is good for.
        pub home_gate: Option<GateId>,
        /// The token as text.
        pub token: String,
        /// When it was revoked.
        pub revoked_at: Option<UnixMs>,
        /// When it was made.
        pub created_at: UnixMs,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, unit, created_by, visitor_type, mode, name, phone, plate, company, people, valid_from,
                    valid_until, uses, windows, home_gate, token, revoked_at, created_at from passes ",
            $rest
        )
    };
}

impl PassRecord {
    /// The weekly hours; empty for always.
    pub fn weekly(&self) -> Answer<Vec<WeeklyWindow>> {
        cbor::from_slice(&self.windows).map_err(Fault::internal)
    }

    /// What is to be published when the pass has changed.
    pub fn change(&self) -> Answer<Change> {
        let row = PassRow {
            unit: self.unit,
            visitor_type: self.visitor_type.clone(),
            mode: self.mode.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            uses: self.uses,
            windows: self.weekly()?,
            revoked_at: self.revoked_at,
            name: holder_name(&self.name),
            home_gate: self.home_gate,
            plate4: self.plate.as_deref().and_then(last_four_digits),
            company: self.company.clone(),
            people: self.people,
        };
        Ok(Change::put(self.id.0, &row))
    }
}

/// The last four digits of a number plate, if it has so many.
fn last_four_digits(plate: &str) -> Option<String> {
    let digits: Vec<char> = plate.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().checked_sub(4)?;
    Some(digits[start..].iter().collect())
}

/// Makes a pass.
pub async fn insert(tx: &mut Tx, community: CommunityId, pass: &PassRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into passes (community, id, unit, created_by, visitor_type, mode, name, phone, plate, company,
             people, valid_from, valid_until, uses, windows, home_gate, token, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        community,
        pass.id,
        pass.unit,
        pass.created_by,
        pass.visitor_type,
        pass.mode,
        pass.name,
        pass.phone,
        pass.plate,
        pass.company,
        pass.people,
        pass.valid_from,
        pass.valid_until,
        pass.uses,
        pass.windows,
        pass.home_gate,
        pass.token,
        pass.created_at
    )?;
    Ok(())
}

/// Revokes a pass; the first revocation's time stands.
pub async fn revoke(tx: &mut Tx, community: CommunityId, id: PassId, now: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "update passes set revoked_at = $3 where community = $1 and id = $2 and revoked_at is null",
        community,
        id,
        now
    )?;
    Ok(())
}

/// The pass of an id.
pub async fn pass(tx: &mut Tx, community: CommunityId, id: PassId) -> Result<Option<PassRecord>, StoreError> {
    fetch_optional!(tx, PassRecord, select!("where community = $1 and id = $2"), community, id)
}

/// The pass of an id, kept from being changed by others until this transaction ends.
pub async fn hold(tx: &mut Tx, community: CommunityId, id: PassId) -> Result<Option<PassRecord>, StoreError> {
    execute!(tx, "update passes set id = id where community = $1 and id = $2", community, id)?;
    pass(tx, community, id).await
}

/// A piece of a unit's passes in order of id.
pub async fn list_of_unit(
    tx: &mut Tx,
    community: CommunityId,
    unit: UnitId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<PassRecord>, StoreError> {
    fetch_all!(
        tx,
        PassRecord,
        select!("where community = $1 and unit = $2 and id > $3 order by id limit $4"),
        community,
        unit,
        after,
        rows
    )
}

/// A piece of the community's passes in order of id.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<PassRecord>, StoreError> {
    fetch_all!(
        tx,
        PassRecord,
        select!("where community = $1 and id > $2 order by id limit $3"),
        community,
        after,
        rows
    )
}

/// That a pass is of a unit of membership $2, and no older than its holder's life there.
macro_rules! of_membership {
    () => {
        lived_there!("$2", "passes.unit", "passes.created_at")
    };
}

/// A piece of the passes of the units of a membership since its holder lives there, in order of id.
pub async fn list_of_membership(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    after: Uuid,
    rows: i64,
) -> Result<Vec<PassRecord>, StoreError> {
    fetch_all!(
        tx,
        PassRecord,
        concat!(select!("where community = $1 and id > $3 and "), of_membership!(), " order by id limit $4"),
        community,
        membership,
        after,
        rows
    )
}

/// Whether a pass is of the units of a membership, and no older than its holder's life there.
pub async fn is_of_membership(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    id: PassId,
) -> Result<bool, StoreError> {
    let found = fetch_optional!(
        tx,
        Id,
        concat!("select id from passes where community = $1 and id = $3 and ", of_membership!()),
        community,
        membership,
        id
    )?;
    Ok(found.is_some())
}

/// The passes for a unit, of one maker or of all, that are neither revoked nor over.
pub async fn valid_of_unit(
    tx: &mut Tx,
    community: CommunityId,
    unit: UnitId,
    maker: Option<UserId>,
    now: UnixMs,
) -> Result<Vec<PassRecord>, StoreError> {
    fetch_all!(
        tx,
        PassRecord,
        select!(
            "where community = $1 and unit = $2 and created_by = coalesce($3, created_by) and revoked_at is null
                 and valid_until > $4
             order by id"
        ),
        community,
        unit,
        maker,
        now
    )
}

/// How many passes of a unit are neither over nor revoked, and how many there are that ended after `kept` or are to.
pub async fn count_of_unit(
    tx: &mut Tx,
    community: CommunityId,
    unit: UnitId,
    now: UnixMs,
    kept: UnixMs,
) -> Result<(i64, i64), StoreError> {
    fetch_one!(
        tx,
        (i64, i64),
        "select count(case when revoked_at is null and valid_until > $3 then 1 end), count(*) from passes
         where community = $1 and unit = $2 and valid_until > $4",
        community,
        unit,
        now,
        kept
    )
}

record! {
    struct Id {
        id: PassId,
    }
}

/// Passes of the feed that ended at or before an instant.
pub async fn in_feed_ended_by(
    tx: &mut Tx,
    community: CommunityId,
    kind: RowKind,
    end: UnixMs,
    most: i64,
) -> Result<Vec<PassId>, StoreError> {
    let rows = fetch_all!(
        tx,
        Id,
        "select p.id from passes p join feed_rows f on f.community = p.community and f.kind = $2 and f.id = p.id
         where p.community = $1 and p.valid_until <= $3 and f.body is not null order by p.id limit $4",
        community,
        kind.0,
        end,
        most
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

record! {
    struct LastEnd {
        last: Option<UnixMs>,
    }
}

/// When the last of the passes that were made from `from` on and before `until` ends, if any was.
pub async fn last_end(
    tx: &mut Tx,
    community: CommunityId,
    from: UnixMs,
    until: UnixMs,
) -> Result<Option<UnixMs>, StoreError> {
    let found = fetch_one!(
        tx,
        LastEnd,
        "select max(valid_until) as last from passes where community = $1 and created_at >= $2 and created_at < $3",
        community,
        from,
        until
    )?;
    Ok(found.last)
}
