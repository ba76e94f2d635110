//! The list of who is inside.

use gatehouse::{
    feed::row::{PassRow, VisitRow},
    id::VisitorId,
    time::{MINUTE, UnixMs},
    words::VisitorType,
};

use super::{Comer, Desk, DeskError, Known, State};
use crate::screen::{InsidePage, InsideRow, InsideTab};

const ROWS: usize = 7;

impl Desk {
    /// A page of the list, the last one where there are not so many. A search goes over everybody, whatever the tab.
    ///
    /// # Errors
    /// When a store fails.
    pub fn inside(&self, search: &str, tab: InsideTab, page: u32) -> Result<InsidePage, DeskError> {
        let state = self.state()?;
        let now = self.now();
        let wanted = plain(search);
        let mut visits: Vec<(VisitorId, &VisitRow)> = state
            .book
            .inside()
            .filter(|(_, row)| {
                if wanted.is_empty() {
                    is_on(tab, &state.known, row, now)
                } else {
                    holds(&state.known, row, &wanted)
                }
            })
            .collect();
        let longest_first = tab == InsideTab::Overstay && wanted.is_empty();
        visits.sort_by_key(|(visit, row)| (row.entered_at, *visit));
        if !longest_first {
            visits.reverse();
        }
        let total = visits.len();
        let pages = total.div_ceil(ROWS).max(1);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let page = page.min(count(pages) - 1);
        let first = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(ROWS);
        let rows = visits
            .into_iter()
            .skip(first)
            .take(ROWS)
            .map(|(visit, row)| self.row(&state, visit, row, now))
            .collect::<Result<_, _>>()?;
        Ok(InsidePage { rows, page, pages: count(pages), total: count(total) })
    }

    /// How many visits are inside.
    pub(super) fn inside_count(state: &State) -> u32 {
        u32::try_from(state.book.inside().count()).unwrap_or(u32::MAX)
    }

    fn row(
        &self,
        state: &State,
        visit: VisitorId,
        row: &VisitRow,
        now: UnixMs,
    ) -> Result<InsideRow, DeskError> {
        let pass = match row.pass {
            Some(pass) => self.cache.look_up::<PassRow>(pass.0)?.into_row(),
            None => None,
        };
        let other = row.entered_gate.filter(|gate| *gate != state.known.gate);
        Ok(InsideRow {
            visit,
            who: Comer::of_visit(row).shown(&state.known.units),
            entered: row.entered_at.unwrap_or(now),
            other_gate: other.and_then(|gate| state.known.gate_name(gate).map(str::to_owned)),
            overstay: is_overstay(&state.known, row, now),
            revoked: pass.is_some_and(|pass| pass.body.revoked_at.is_some()),
        })
    }
}

fn is_on(tab: InsideTab, known: &Known, row: &VisitRow, now: UnixMs) -> bool {
    match tab {
        InsideTab::Today => true,
        InsideTab::Delivery => row.visitor_type == VisitorType::Delivery,
        InsideTab::Overstay => is_overstay(known, row, now),
    }
}

fn is_overstay(known: &Known, row: &VisitRow, now: UnixMs) -> bool {
    let usual = i64::from(known.policy.of(&row.visitor_type).usual_stay_min) * MINUTE;
    row.entered_at.is_some_and(|entered| now.since(entered) > usual)
}

fn holds(known: &Known, row: &VisitRow, wanted: &str) -> bool {
    let units = row.units.iter().filter_map(|unit| known.units.get(*unit)).map(|unit| plain(&unit.label()));
    let said = [&row.name, &row.plate, &row.company].into_iter().flatten().map(|text| plain(text));
    units.chain(said).any(|text| text.contains(wanted))
}

/// Letters and digits of any script, case aside.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
