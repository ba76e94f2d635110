//! What the desk has at hand of the copy: all but passes, uses and visits, read once and again when the copy
//! changed. With no copy at all the trust statement stands in.

use std::{collections::HashMap, sync::Arc};

use gatehouse::{
    admission::Policy,
    code::DayKey,
    feed::row::{CommunityRow, DayKeyRow, GateRow, GuardRow, KioskOrder, KioskRow, PassKeyRow, WatchRow},
    hash::Hash,
    hours::Zone,
    id::{CommunityId, GateId, KioskId, UserId},
    keys::{KeySet, PassKey, PublicKey, SealPublic},
    time::UnixMs,
    trust::TrustStatement,
    words::GateKind,
};

use super::units::Units;
use crate::{
    cache::{Cache, CacheError},
    enrol::Trusted,
    screen::TouchError,
};

/// What the desk has at hand.
pub struct Known {
    /// The community.
    pub community: CommunityId,
    /// Its name.
    pub community_name: String,
    /// This kiosk.
    pub kiosk: KioskId,
    /// Its short number, read out in a spoken approval.
    pub kiosk_number: u32,
    /// Whether the community still lets it work.
    pub active: bool,
    /// An order that ends it.
    pub order: Option<KioskOrder>,
    /// Where it stands.
    pub gate: GateId,
    /// That gate's name.
    pub gate_name: String,
    /// What that gate is for.
    pub gate_kind: GateKind,
    /// The zone's IANA name.
    pub zone_name: String,
    /// The community's zone.
    pub zone: Zone,
    /// What its gates may do.
    pub policy: Policy,
    /// Nobody comes in.
    pub locked_down: bool,
    /// Key of the digests by which phones and plates are looked up.
    pub lookup_key: Option<[u8; 32]>,
    /// Companies, most frequent first.
    pub companies: Vec<String>,
    /// Keys that passes are verified with.
    pub keys: KeySet,
    /// What is sealed to the server is sealed to this key.
    pub seal_key: SealPublic,
    /// Other gates' names.
    pub gates: HashMap<GateId, String>,
    /// Units.
    pub units: Units,
    /// Who may sign in.
    pub guards: Vec<Guard>,
    /// Who is not to come in unseen.
    pub watch: Vec<WatchRow>,
    days: HashMap<i32, Vec<DayKey>>,
}

/// A guard as the sign-in needs them.
#[derive(Clone)]
pub struct Guard {
    /// Their account.
    pub id: UserId,
    /// Name on the tile.
    pub name: String,
    /// What their PIN is checked against; nothing while only the trust statement is there.
    pub pin: Option<Pin>,
    /// The picture on their tile.
    pub photo: Option<Tile>,
}

/// A picture and its name.
#[derive(Clone)]
pub struct Tile {
    /// Digest of its bytes.
    pub name: Hash,
    /// A JPEG.
    pub jpeg: Arc<[u8]>,
}

impl Tile {
    fn of(jpeg: Vec<u8>) -> Self {
        Self { name: Hash::of(&[&jpeg]), jpeg: jpeg.into() }
    }
}

/// What a PIN is checked against.
#[derive(Clone)]
pub struct Pin {
    /// HMAC of the PIN's argon2id output under this kiosk's pepper.
    pub hash: Vec<u8>,
    /// The argon2id salt.
    pub salt: [u8; 16],
}

impl Known {
    /// Reads what is at hand. `trusted` stands in for what the copy does not hold.
    ///
    /// # Errors
    /// When the cache fails.
    pub fn load(cache: &Cache, trusted: &Trusted) -> Result<Self, CacheError> {
        let trust = &trusted.statement;
        let community = cache.get::<CommunityRow>(trust.community.0)?.map(|row| row.body);
        let own = cache.get::<KioskRow>(trust.kiosk.0)?.map(|row| row.body);
        let gate = own.as_ref().map_or(trust.gate, |own| own.gate);
        let gates: Vec<_> = cache.all::<GateRow>()?;
        let gate_row = gates.iter().find(|row| row.id == gate.0).map(|row| &row.body);
        let zone_name = community.as_ref().map_or(&trust.zone, |row| &row.zone).clone();
        let mut keys: Vec<PassKey> =
            cache.all::<PassKeyRow>()?.iter().map(|row| pass_key(&row.body)).collect();
        keys.extend(
            trust
                .pass_keys
                .0
                .iter()
                .filter(|key| !keys.iter().any(|known| known.public == key.public))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let policy = community.as_ref().map_or(&trust.policy, |row| &row.policy);
        let mut days: HashMap<i32, Vec<(u32, DayKey)>> = HashMap::new();
        for row in cache.all::<DayKeyRow>()? {
            days.entry(row.body.date).or_default().push((row.body.epoch, DayKey::from_bytes(row.body.key)));
        }
        Ok(Self {
            community: trust.community,
            community_name: community
                .as_ref()
                .map_or_else(|| trusted.membership.community_name.clone(), |row| row.name.clone()),
            kiosk: trust.kiosk,
            kiosk_number: own.as_ref().map_or(trust.kiosk_number, |own| own.number),
            active: own.as_ref().is_none_or(|own| own.active),
            order: own.and_then(|own| own.order),
            gate,
            gate_name: gate_row.map_or_else(|| trust.gate_name.clone(), |row| row.name.clone()),
            gate_kind: gate_row.map_or_else(|| trust.gate_kind.clone(), |row| row.kind.clone()),
            zone: Zone::named(&zone_name).unwrap_or_else(|error| {
                tracing::error!(%error, "the community's time zone is not known here: times are shown in UTC");
                utc()
            }),
            zone_name,
            policy: Policy::read(policy).unwrap_or_else(|error| {
                tracing::error!(%error, "the community's policy cannot be read: the strictest is gone by");
                Policy::strictest()
            }),
            locked_down: community.as_ref().is_some_and(|row| row.locked_down),
            lookup_key: community.as_ref().map(|row| row.lookup_key),
            companies: community.map_or_else(Vec::new, |row| row.companies),
            keys: keys.into_iter().collect(),
            seal_key: trust.seal_key,
            gates: gates.into_iter().map(|row| (GateId(row.id), row.body.name)).collect(),
            units: Units::load(cache)?,
            guards: guards(cache, trust)?,
            watch: cache.all::<WatchRow>()?.into_iter().map(|row| row.body).collect(),
            days: days
                .into_iter()
                .map(|(date, mut keys)| {
                    keys.sort_by_key(|(epoch, _)| std::cmp::Reverse(*epoch));
                    (date, keys.into_iter().map(|(_, key)| key).collect())
                })
                .collect(),
        })
    }

    /// Nobody comes in at a gate for leaving, on whosever word.
    ///
    /// # Errors
    /// [`TouchError::ExitOnly`] at such a gate.
    pub fn may_enter(&self) -> Result<(), TouchError> {
        if self.gate_kind == GateKind::Exit { Err(TouchError::ExitOnly) } else { Ok(()) }
    }

    /// The keys of a local date that are here, the newest epoch's first.
    pub fn day_keys(&self, date: jiff::civil::Date) -> &[DayKey] {
        self.days.get(&gatehouse::hours::day_number(date)).map_or(&[], Vec::as_slice)
    }

    /// A gate's name, where it is known.
    pub fn gate_name(&self, gate: GateId) -> Option<&str> {
        self.gates.get(&gate).map(String::as_str)
    }
}

fn utc() -> Zone {
    match Zone::named("UTC") {
        Ok(zone) => zone,
        Err(error) => unreachable!("the bundled zone database has UTC: {error}"),
    }
}

fn pass_key(row: &PassKeyRow) -> PassKey {
    PassKey::new(PublicKey(row.public), row.not_before, row.not_after.unwrap_or(UnixMs(i64::MAX)))
}

fn guards(cache: &Cache, trust: &TrustStatement) -> Result<Vec<Guard>, CacheError> {
    let rows = cache.all::<GuardRow>()?;
    let mut guards: Vec<Guard> = if rows.is_empty() {
        trust
            .guards
            .iter()
            .map(|guard| Guard { id: guard.guard, name: guard.name.clone(), pin: None, photo: None })
            .collect()
    } else {
        rows.into_iter()
            .filter(|row| row.body.active)
            .map(|row| Guard {
                id: UserId(row.id),
                name: row.body.name,
                pin: Some(Pin { hash: row.body.pin_hash, salt: row.body.pin_salt }),
                photo: row.body.photo.map(Tile::of),
            })
            .collect()
    };
    guards.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(guards)
}
