//! The desk's part of the screen.

use gatehouse::{
    admission::{KindPolicy, Staleness},
    clock::Reading,
    time::UnixMs,
    words::VisitorType,
};

use super::{Desk, DeskError, State};
use crate::screen::{
    self, Contact, Cue, Field, FormPolicy, Freshness, GateInfo, Link, Strip, StripKind, TimeTrust, TypePolicy,
};

const COMPANIES: usize = 8;

impl Desk {
    /// The desk as the window draws it, and the newest sound. What the desk does not know (the connection,
    /// whether a copy is being loaded, whether the disk is nearly full) it is told.
    ///
    /// # Errors
    /// When a store fails.
    pub fn draw(
        &self,
        contact: Contact,
        loading: bool,
        disk_low: bool,
    ) -> Result<(screen::Desk, Option<Cue>), DeskError> {
        let state = self.state()?;
        let reading = self.time.read();
        let known = &state.known;
        let desk = screen::Desk {
            gate: GateInfo {
                id: known.gate,
                name: known.gate_name.clone(),
                kind: known.gate_kind.clone(),
                community: known.community_name.clone(),
            },
            guard: state.shift.as_ref().map(super::Shift::shown),
            time: time_trust(&reading),
            link: self.link(contact)?,
            verdict: state.show.verdict.clone(),
            last: state.show.passed.first().cloned(),
            asks: Self::tray(&state, &reading),
            inside: Self::inside_count(&state),
            strips: strips(&state, &reading, loading, disk_low),
            alerts: state.show.alerts.clone(),
            codes_wait_until: self.codes_rest_until()?,
            forms: forms(&state),
            companies: known.companies.iter().take(COMPANIES).cloned().collect(),
        };
        Ok((desk, state.show.cue))
    }

    /// The connection in short.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn link(&self, contact: Contact) -> Result<Link, DeskError> {
        let reading = self.time.read();
        let whole_at = self.cache.whole_at();
        let age = whole_at.filter(|_| reading.is_sure()).map(|whole| reading.at().since(whole).max(0));
        let freshness = match Staleness::of(age) {
            Staleness::Fresh => Freshness::Fresh,
            Staleness::Aged => Freshness::Aged,
            Staleness::Stale => Freshness::Stale,
            Staleness::Expired => Freshness::Expired,
        };
        let waiting = self.journal.outbox()?.waiting() + self.journal.photos_waiting()?;
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        Ok(Link { contact, waiting, list_as_of: whole_at, freshness })
    }

    /// How sure the time is, as the window says it.
    pub fn time_trust(&self) -> TimeTrust {
        time_trust(&self.time.read())
    }

    /// What to add to UTC to get the community's local time, in minutes.
    ///
    /// # Errors
    /// When a store fails.
    pub fn utc_offset_min(&self, at: UnixMs) -> Result<i32, DeskError> {
        let local = self.known()?.zone.local(at);
        let midnight = i64::from(gatehouse::hours::day_number(local.date)) * gatehouse::time::DAY;
        let shown = midnight + i64::from(local.minute) * gatehouse::time::MINUTE;
        let minute = at.0.div_euclid(gatehouse::time::MINUTE) * gatehouse::time::MINUTE;
        Ok(i32::try_from((shown - minute) / gatehouse::time::MINUTE).unwrap_or(0))
    }
}

fn time_trust(reading: &Reading) -> TimeTrust {
    match reading {
        Reading::Sure { uncertainty_ms, .. } => {
            // Rounded to a second: the window is not pushed because a clock drifts.
            let within = (uncertainty_ms / 1000 + 1) * 1000;
            TimeTrust::Trusted { within_ms: u32::try_from(within).unwrap_or(u32::MAX) }
        }
        Reading::Unsure { .. } => TimeTrust::Unsure,
    }
}

fn strips(state: &State, reading: &Reading, loading: bool, disk_low: bool) -> Vec<Strip> {
    let at = reading.at();
    let lasting = |id: u32, kind: StripKind| Strip { id, at: UnixMs(0), clears_at: None, kind };
    let mut strips = Vec::new();
    if state.known.locked_down {
        strips.push(lasting(u32::MAX, StripKind::LockDown));
    }
    strips
        .extend(state.show.strips.iter().filter(|strip| strip.clears_at.is_none_or(|end| end > at)).cloned());
    if !reading.is_sure() {
        strips.push(lasting(u32::MAX - 1, StripKind::TimeUnsure));
    }
    if loading {
        strips.push(lasting(u32::MAX - 2, StripKind::Loading { percent: None }));
    }
    if disk_low {
        strips.push(lasting(u32::MAX - 4, StripKind::DiskLow));
    }
    if state.shift.is_none() {
        strips.push(lasting(u32::MAX - 3, StripKind::Unattended));
    }
    strips
}

fn forms(state: &State) -> FormPolicy {
    let types = VisitorType::ALL
        .iter()
        .map(|kind| {
            let policy = state.known.policy.of(kind);
            let required = required(policy);
            let optional = [Field::Name, Field::Phone, Field::Plate]
                .into_iter()
                .filter(|field| !required.contains(field));
            TypePolicy {
                kind: kind.clone(),
                optional: optional.collect(),
                override_allowed: policy.override_allowed,
                required,
            }
        })
        .collect();
    FormPolicy { types }
}

fn required(policy: &KindPolicy) -> Vec<Field> {
    [
        (policy.name_required, Field::Name),
        (policy.phone_required, Field::Phone),
        (policy.plate_required, Field::Plate),
    ]
    .into_iter()
    .filter_map(|(required, field)| required.then_some(field))
    .collect()
}
