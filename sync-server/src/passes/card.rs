//! A pass as its holder needs it: token, QR, codes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::passes::{DayCode, Pass, PassCard},
    code::{EpochRoot, LIVE_STEP_MS},
    feed::row::WeeklyWindow,
    hours::{Zone, date_of_day, day_number},
    id::CommunityId,
    pass::live_text,
    time::UnixMs,
    words::PassMode,
};
use jiff::civil::Date;

use super::{photos, store::PassRecord, window};
use crate::{
    app::App,
    communities::{day_keys, store as communities},
    http::{Answer, Fault},
    qr::Picture,
    store::Tx,
    units::store as units,
};

/// How many days' codes a card shows at most.
const MOST_CODES: usize = 14;

/// The pass as it is listed.
pub async fn show(tx: &mut Tx, community: CommunityId, pass: PassRecord) -> Answer<Pass> {
    let unit = units::unit(tx, community, pass.unit).await?;
    let unit = unit.ok_or_else(|| Fault::internal("a pass leads to no unit"))?;
    let windows = pass.weekly()?.iter().map(window::show).collect();
    Ok(Pass {
        id: pass.id,
        unit_id: pass.unit,
        unit: unit.label(),
        created_by: pass.created_by,
        visitor_type: pass.visitor_type,
        mode: pass.mode,
        name: pass.name,
        phone: pass.phone,
        vehicle_number: pass.plate,
        company: pass.company,
        people: pass.people,
        valid_from: pass.valid_from,
        valid_until: pass.valid_until,
        uses: pass.uses,
        windows,
        home_gate_id: pass.home_gate,
        revoked_at: pass.revoked_at,
        has_photo: photos::store::photo(tx, community, pass.id).await?.is_some(),
        created_at: pass.created_at,
    })
}

/// The pass with its token, its QR and its codes, as they are at this moment.
pub async fn card(app: &App, tx: &mut Tx, community: CommunityId, pass: PassRecord) -> Answer<PassCard> {
    let now = app.now();
    let community = communities::community(tx, community).await?;
    let zone = day_keys::zone(&community)?;
    let root = day_keys::root(tx, &app.sealer, &community, now).await?;
    let windows = pass.weekly()?;
    let live = (pass.mode != PassMode::Static).then(|| {
        let date = code_date(&windows, &zone, now);
        root.day_key(community.id, date).pass_secret(pass.id).live_code(now)
    });
    let day_codes = match live {
        Some(_) => Vec::new(),
        None => day_codes(&pass, &windows, &zone, &root, community.id, now),
    };
    let qr_text = live.as_ref().map_or_else(|| pass.token.clone(), |digits| live_text(&pass.token, digits));
    let picture = Picture::of(&qr_text)?;
    Ok(PassCard {
        token: pass.token.clone(),
        qr_svg: picture.svg(),
        qr_png: STANDARD.encode(picture.png()?),
        qr_text,
        day_code: day_codes.first().map(|day| day.code.clone()),
        day_codes,
        live_until: live.as_ref().map(|_| UnixMs((now.0.div_euclid(LIVE_STEP_MS) + 1) * LIVE_STEP_MS)),
        live_code: live.map(|digits| digits.as_str().to_owned()),
        pass: show(tx, community.id, pass).await?,
    })
}

/// The day whose key the codes of this moment are made from: the one on which the open window began.
fn code_date(windows: &[WeeklyWindow], zone: &Zone, now: UnixMs) -> Date {
    let dates = gatehouse::hours::code_dates(windows, zone, now, 0);
    dates.first().copied().unwrap_or(zone.local(now).date)
}

/// The codes of the coming days on which the pass holds, and of the day before where its window is still open.
fn day_codes(
    pass: &PassRecord,
    windows: &[WeeklyWindow],
    zone: &Zone,
    root: &EpochRoot,
    community: CommunityId,
    now: UnixMs,
) -> Vec<DayCode> {
    let first = day_number(code_date(windows, zone, now.max(pass.valid_from)));
    let last = day_number(zone.local(pass.valid_until.plus(-1)).date);
    (first..=last)
        .take(7 * MOST_CODES)
        .filter_map(date_of_day)
        .filter(|date| begins_on(windows, *date))
        .take(MOST_CODES)
        .map(|date| DayCode {
            date: date.to_string(),
            code: root.day_key(community, date).pass_secret(pass.id).day_code().as_str().to_owned(),
        })
        .collect()
}

fn begins_on(windows: &[WeeklyWindow], date: Date) -> bool {
    let bit = date.weekday().to_monday_zero_offset();
    windows.is_empty() || windows.iter().any(|window| window.weekdays >> bit & 1 == 1)
}
