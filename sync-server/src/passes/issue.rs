//! Making a pass: what may be asked, and the token that says it.

use gatehouse::{
    api::{passes::NewPass, problem::Code},
    cbor,
    feed::row::WeeklyWindow,
    id::{CommunityId, PassId, UnitId, UserId},
    pass::{self, GateTag, PassClaims, PassTerms, Terms, UnitRef, holder_name},
    presence::MOST_PEOPLE,
    time::{DAY, UnixMs},
    words::{PassMode, Role, VisitorType},
};

use super::{
    retire::KEPT,
    store::{self, PassRecord},
    window,
};
use crate::{
    accounts::{NAME, Phone},
    app::App,
    auth::Caller,
    gates::store as gates,
    http::{Answer, Fault, Fields},
    keyring::{self, Purpose},
    store::Tx,
    units::{self, UnitRecord},
};

/// How long a pass may hold, and how far ahead it may begin, in milliseconds.
const LONGEST: i64 = 366 * DAY;
/// How many passes of a unit may be open at a time: every kiosk holds them all.
const MOST_OPEN: i64 = 200;
/// How many may be held at a time with those that were revoked or are over: kiosks hold them until they leave the feed.
const MOST_HELD: i64 = 1_000;

/// What was asked, found to be acceptable.
pub struct Checked {
    new: NewPass,
    name: String,
    phone: Option<Phone>,
    plate: Option<String>,
    company: Option<String>,
    windows: Vec<WeeklyWindow>,
    valid_from: UnixMs,
    valid_until: UnixMs,
}

/// Checks what was asked.
pub fn check(new: NewPass, now: UnixMs) -> Answer<Checked> {
    let mut fields = Fields::new();
    let name = fields.text("name", &new.name, 1..=NAME);
    let phone = new.phone.as_ref().and_then(|phone| fields.parsed("phone", phone.parse()));
    let plate = fields.optional("vehicle_number", new.vehicle_number.as_deref(), 20);
    let company = fields.optional("company", new.company.as_deref(), 40);
    fields.require(new.visitor_type.is_known(), "visitor_type", &words(VisitorType::ALL));
    fields.require(new.mode.is_known(), "mode", &words(PassMode::ALL));
    fields.require((1..=MOST_PEOPLE).contains(&new.people), "people", "1 to 100");
    fields.require(new.uses.is_none_or(|uses| (1..=255).contains(&uses)), "uses", "1 to 255");
    // Tokens tell whole seconds, rows are to say the same.
    let whole = |at: UnixMs| UnixMs(at.0.div_euclid(1000) * 1000);
    let valid_from = whole(new.valid_from.unwrap_or(now));
    let valid_until = whole(new.valid_until);
    fields.require(valid_from.since(now) <= LONGEST, "valid_from", "at most a year ahead");
    fields.require(valid_until > valid_from.max(now), "valid_until", "after valid_from, and to come");
    fields.require(
        valid_until.since(valid_from) <= LONGEST,
        "valid_until",
        "at most a year after valid_from",
    );
    fields.require(new.windows.len() <= 14, "windows", "at most 14");
    let windows = new.windows.iter().filter_map(|one| fields.parsed("windows", window::read(one))).collect();
    fields.finish()?;
    Ok(Checked { new, name, phone, plate, company, windows, valid_from, valid_until })
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Signs a checked pass for `unit`; nothing is written yet.
pub async fn sign(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    maker: UserId,
    unit: &UnitRecord,
    checked: Checked,
) -> Answer<PassRecord> {
    let now = app.now();
    if let Some(gate) = checked.new.home_gate_id
        && gates::gate(tx, community, gate).await?.is_none()
    {
        return Err(Fault::invalid("home_gate_id", "no such gate"));
    }
    let id = PassId::new(now, &mut app.entropy());
    let claims = claims(id, unit, &checked);
    let signer = keyring::signing_key(tx, &app.sealer, community, Purpose::Pass, now).await?;
    let token = pass::sign(&claims, community, &signer).map_err(Fault::internal)?;
    Ok(PassRecord {
        id,
        unit: unit.id,
        created_by: maker,
        visitor_type: checked.new.visitor_type,
        mode: checked.new.mode,
        name: checked.name,
        phone: checked.phone.map(|phone| phone.as_str().to_owned()),
        plate: checked.plate,
        company: checked.company,
        people: checked.new.people,
        valid_from: checked.valid_from,
        valid_until: checked.valid_until,
        uses: checked.new.uses,
        windows: cbor::to_vec(&checked.windows),
        home_gate: checked.new.home_gate_id,
        token,
        revoked_at: None,
        created_at: now,
    })
}

fn claims(id: PassId, unit: &UnitRecord, checked: &Checked) -> PassClaims {
    PassClaims {
        id,
        valid_from: checked.valid_from,
        valid_until: checked.valid_until,
        terms: Terms::Known(PassTerms {
            visitor_type: checked.new.visitor_type.clone(),
            unit: UnitRef::of(&unit.label(), unit.id),
            uses: checked.new.uses,
            name: holder_name(&checked.name),
            window: checked.windows.first().copied().filter(|_| checked.windows.len() == 1),
            home_gate: checked.new.home_gate_id.map(GateTag::of),
            mode: checked.new.mode.clone(),
            row_needed: checked.windows.len() > 1,
        }),
    }
}

/// The unit a pass is to lead to: the one asked for, if the maker lives there, or the only one they live in. Admins
/// make passes for any unit.
pub async fn unit_of(tx: &mut Tx, caller: &Caller, asked: Option<UnitId>) -> Answer<UnitRecord> {
    let unit = match (asked, &caller.role, caller.units.as_slice()) {
        (Some(unit), Role::Admin, _) => unit,
        (Some(unit), Role::Resident, _) if caller.lives_in(unit) => unit,
        (None, Role::Resident, [only]) => *only,
        (None, Role::Resident | Role::Admin, _) => return Err(Fault::invalid("unit_id", "say which unit")),
        _ => return Err(Code::Forbidden.into()),
    };
    let found = units::store::unit(tx, caller.community, unit).await?;
    found.ok_or_else(|| Fault::invalid("unit_id", "no such unit"))
}

/// Whether a unit may have one more pass.
pub async fn has_room(tx: &mut Tx, community: CommunityId, unit: UnitId, now: UnixMs) -> Answer<()> {
    // Whoever makes another at the same time waits, and counts this one.
    units::store::hold(tx, community, unit).await?;
    let (open, held) = store::count_of_unit(tx, community, unit, now, now.plus(-KEPT)).await?;
    if open >= MOST_OPEN {
        let reason =
            format!("it has {MOST_OPEN} passes that are neither over nor revoked, and may have no more");
        return Err(Fault::invalid("unit_id", reason));
    }
    if held >= MOST_HELD {
        let reason = format!(
            "it has {MOST_HELD} passes that are not over for a month, and may have no more until some are"
        );
        return Err(Fault::invalid("unit_id", reason));
    }
    Ok(())
}
