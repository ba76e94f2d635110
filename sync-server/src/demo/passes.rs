//! The demo's passes: one for everything a gate can make of a pass.

use std::path::Path;

use gatehouse::{
    api::passes::{NewPass, Window},
    id::CommunityId,
    time::{DAY, HOUR, UnixMs},
    words::{PassMode, VisitorType},
};

use super::{pictures, portraits::Face, report::DemoPass};
use crate::{
    accounts::store as accounts,
    app::App,
    communities::{day_keys, store as communities},
    feed,
    http::{Answer, Fault},
    passes::{PassRecord, card, issue, photos, store},
    pictures::redraw,
    store::Tx,
    units::{UnitRecord, store as units},
};

/// One pass to be there.
struct Slot {
    name: &'static str,
    expected: &'static str,
    unit: (&'static str, &'static str),
    maker: &'static str,
    revoked: bool,
    /// The holder's photo.
    face: Option<Vec<u8>>,
    new: NewPass,
}

const ASHA: &str = "asha@greenpark.example";
const RAVI: &str = "ravi@greenpark.example";
const HELPER: &str = "helper";
const LAKSHMI: Face = Face { skin: [168, 112, 78], hair: [30, 24, 24], uniform: [142, 52, 84], cap: false };
const EVERY_DAY: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

fn pass(visitor_type: VisitorType, name: &str, from: UnixMs, until: UnixMs) -> NewPass {
    NewPass {
        unit_id: None,
        visitor_type,
        name: name.to_owned(),
        phone: None,
        vehicle_number: None,
        company: None,
        people: 1,
        valid_from: Some(from),
        valid_until: until,
        uses: None,
        windows: Vec::new(),
        mode: PassMode::Static,
        home_gate_id: None,
    }
}

fn window(days: &[&str], from: &str, to: &str) -> Window {
    let weekdays = days.iter().map(|day| (*day).to_owned()).collect();
    Window { weekdays, from: from.to_owned(), to: to.to_owned() }
}

/// Every slot as it is to be at `now`; `today` counts weekdays from Monday, 0 to 6.
fn slots(now: UnixMs, today: usize) -> Vec<Slot> {
    let ago = |ms: i64| now.plus(-ms);
    let slot = |name, expected, new| Slot {
        name,
        expected,
        unit: ("A", "1203"),
        maker: ASHA,
        revoked: false,
        face: None,
        new,
    };
    let month = pass(VisitorType::Guest, "Meera Iyer", ago(HOUR), now.plus(30 * DAY));
    let weekday = EVERY_DAY[(today + 3) % 7];
    vec![
        slot("guest", "let in", NewPass { people: 2, phone: Some("+919700000001".into()), ..month.clone() }),
        Slot {
            unit: ("B", "704"),
            maker: RAVI,
            ..slot(
                "delivery",
                "let in",
                NewPass {
                    company: Some("Swiggy".into()),
                    ..pass(VisitorType::Delivery, "Imran", ago(HOUR), now.plus(7 * DAY))
                },
            )
        },
        slot(
            HELPER,
            "let in, every day from 05:00 to 23:30",
            NewPass {
                windows: vec![window(&EVERY_DAY, "05:00", "23:30")],
                ..pass(VisitorType::Service, "Lakshmi", ago(DAY), now.plus(180 * DAY))
            },
        ),
        slot(
            "cab",
            "let in",
            NewPass {
                vehicle_number: Some("KA 01 AB 4321".into()),
                company: Some("Ola".into()),
                ..pass(VisitorType::Taxi, "Suresh", ago(HOUR), now.plus(2 * DAY))
            },
        ),
        slot(
            "single-use",
            "let in once, then used up",
            NewPass { uses: Some(1), name: "Kabir Once".into(), ..month.clone() },
        ),
        slot(
            "live",
            "let in within its half minute; this picture is soon too old",
            NewPass { mode: PassMode::Live, name: "Arjun Live".into(), ..month.clone() },
        ),
        slot("expired", "refused: expired", pass(VisitorType::Guest, "Old Guest", ago(8 * DAY), ago(DAY))),
        slot(
            "not-yet",
            "refused: not yet valid",
            pass(VisitorType::Guest, "Early Guest", now.plus(7 * DAY), now.plus(9 * DAY)),
        ),
        slot(
            "wrong-day",
            "refused: not on this day",
            NewPass {
                windows: vec![window(&[weekday], "08:00", "18:00")],
                ..pass(VisitorType::Service, "Gardener", ago(DAY), now.plus(180 * DAY))
            },
        ),
        Slot {
            revoked: true,
            ..slot("revoked", "refused: revoked", NewPass { name: "Gone Guest".into(), ..month })
        },
    ]
}

/// Makes the passes that are missing or no longer show what they are to show.
pub(super) async fn renew(app: &App, community: CommunityId, folder: Option<&Path>) -> Answer<Vec<DemoPass>> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let zone = day_keys::zone(&communities::community(&mut tx, community).await?)?;
    drop(tx);
    let weekday = zone.local(now).date.weekday().to_monday_zero_offset();
    let today = usize::try_from(weekday).unwrap_or(0);
    let face = redraw(LAKSHMI.png()?, photos::HOLDER).await?;
    let mut tx = app.store.write().await?;
    let mut shown = Vec::new();
    let mut changes = Vec::new();
    for mut slot in slots(now, today) {
        slot.face = (slot.name == HELPER).then(|| face.clone());
        let unit = units::unit_labelled(&mut tx, community, slot.unit.0, slot.unit.1).await?;
        let unit = unit.ok_or_else(|| Fault::internal("the demo lacks a unit"))?;
        let held = store::list_of_unit(&mut tx, community, unit.id, uuid::Uuid::nil(), i64::MAX).await?;
        let current =
            held.into_iter().rev().find(|pass| pass.name == slot.new.name && still(pass, &slot, now));
        let pass = if let Some(pass) = current {
            pass
        } else {
            let pass = make(app, &mut tx, community, &slot, &unit).await?;
            changes.push(pass.change()?);
            if let Some(face) = &slot.face {
                changes.push(photos::store::put(&mut tx, community, pass.id, face.clone()).await?);
            }
            pass
        };
        shown.push((slot, unit, pass));
    }
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;

    let mut tx = app.store.read().await?;
    let mut passes = Vec::new();
    for (slot, unit, pass) in shown {
        let card = card::card(app, &mut tx, community, pass).await?;
        let picture = match folder {
            Some(folder) => Some(pictures::write(folder, slot.name, &card.qr_text)?),
            None => None,
        };
        passes.push(DemoPass {
            slot: slot.name.to_owned(),
            id: card.pass.id,
            unit: unit.label(),
            name: card.pass.name,
            expected: slot.expected.to_owned(),
            day_code: card.day_code,
            token: card.token,
            picture,
        });
    }
    if let Some(folder) = folder {
        pictures::write_foreign(folder, &passes)?;
    }
    Ok(passes)
}

/// Whether a pass still shows what its slot is to show.
fn still(pass: &PassRecord, slot: &Slot, now: UnixMs) -> bool {
    let ends_later = slot.new.valid_until > now;
    let begins_later = slot.new.valid_from.is_some_and(|from| from > now);
    let windows = pass.weekly().unwrap_or_default();
    let as_wanted: Vec<_> = windows.iter().map(crate::passes::window::show).collect();
    (pass.valid_until > now.plus(HOUR)) == ends_later
        && (pass.valid_from > now.plus(HOUR)) == begins_later
        && pass.revoked_at.is_some() == slot.revoked
        && as_wanted == slot.new.windows
}

async fn make(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    slot: &Slot,
    unit: &UnitRecord,
) -> Answer<PassRecord> {
    let maker = accounts::account_of_contact(tx, slot.maker).await?;
    let maker = maker.ok_or_else(|| Fault::internal("the demo lacks a resident"))?;
    // As if made when it began: nobody makes a pass that is over, and one is to be shown.
    let made_at = slot.new.valid_from.map_or(app.now(), |from| from.min(app.now()));
    let checked = issue::check(slot.new.clone(), made_at)?;
    let mut pass = issue::sign(app, tx, community, maker.id, unit, checked).await?;
    store::insert(tx, community, &pass).await?;
    if slot.revoked {
        pass.revoked_at = Some(app.now());
        store::revoke(tx, community, pass.id, app.now()).await?;
    }
    Ok(pass)
}
