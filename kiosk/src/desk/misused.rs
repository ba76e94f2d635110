//! Passes that turn out to be worth less than they seemed while their holders are inside: revoked since, or
//! used at another gate that could not be known of. Nobody is turned away afterwards: they stay on the list,
//! and the gate that let them in shows an alert. Of the other use it is told nothing: the household and the
//! admins see the case, a guard needs to know at whose door to look.

use std::collections::BTreeSet;

use gatehouse::{
    feed::row::PassRow,
    id::VisitorId,
    journal::{Act, AlertCode},
};

use super::{Comer, Desk, DeskError, State};
use crate::{
    journal::Ledger,
    screen::{Alert, AlertKind},
};

/// Who is inside on such a pass, of those this kiosk let in.
#[derive(Default)]
pub(super) struct Misused {
    revoked: BTreeSet<VisitorId>,
    doubled: BTreeSet<VisitorId>,
}

impl Desk {
    /// Shows alerts for what was not so, or not known, when it was looked at last.
    pub(super) fn alert_misused(&self, state: &mut State) -> Result<(), DeskError> {
        let found = self.misused(state)?;
        let at = self.now();
        for visit in found.revoked.difference(&state.misused.revoked).copied().collect::<Vec<_>>() {
            let Some(row) = state.book.get(visit) else { continue };
            let who = Comer::of_visit(row).shown(&state.known.units);
            let act =
                Act::AlertRaised { alert: AlertCode::RevokedInside, visit: Some(visit), pass: row.pass };
            let id = self.record(state, vec![(act, None)])?.first().copied();
            if let Some(id) = id {
                state.show.alert(Alert { id, at, alarm: false, kind: AlertKind::RevokedInside { who } });
            }
        }
        // The server found this case itself and told the admins: no event of ours is needed.
        for visit in found.doubled.difference(&state.misused.doubled).copied().collect::<Vec<_>>() {
            let Some(row) = state.book.get(visit) else { continue };
            let who = Comer::of_visit(row).shown(&state.known.units);
            let Some(pass) = row.pass else { continue };
            if let Some((id, _)) = self.journal.uses(pass)?.into_iter().max_by_key(|(_, at)| *at) {
                state.show.alert(Alert { id, at, alarm: false, kind: AlertKind::DoubleUse { who } });
            }
        }
        state.misused = found;
        Ok(())
    }

    /// Who is inside on a pass that was revoked, or used more often than it is good for.
    pub(super) fn misused(&self, state: &State) -> Result<Misused, DeskError> {
        let mut misused = Misused::default();
        let judge = self.judge(&state.known, &state.book, &*self.journal, self.time.read());
        for (visit, row) in state.book.inside().filter(|(_, row)| row.kiosk == Some(state.known.kiosk)) {
            let Some(id) = row.pass else { continue };
            let Some(pass) = self.cache.look_up::<PassRow>(id.0)?.into_row() else { continue };
            if pass.body.revoked_at.is_some() {
                misused.revoked.insert(visit);
            }
            if let Some(most) = pass.body.uses
                && judge.uses(id)?.len() > usize::try_from(most).unwrap_or(usize::MAX)
            {
                misused.doubled.insert(visit);
            }
        }
        Ok(misused)
    }
}
