//! Passes that were revoked, and let their holders in after that at a gate that was cut off.

use std::collections::HashMap;

use gatehouse::{
    id::PassId,
    journal::{Act, Recorded},
    time::SECOND,
    words::Credential,
};

use super::{
    effects::{alert, derived_id},
    store::{
        cases::{NewAlert, NewDisagreement},
        uses::Pass,
    },
};

/// What such an entry is called, as an alert and among what server and kiosk differ in.
const REVOKED_ADMITTED: &str = "REVOKED_ADMITTED";

/// What admins are told of an entry by a pass that was revoked by then; nothing where anybody but the pass let them in.
pub(super) fn admitted(
    recorded: &Recorded,
    passes: &HashMap<PassId, Pass>,
) -> Option<(NewAlert, NewDisagreement)> {
    let Act::Admitted { pass: Some(pass), credential, .. } = &recorded.act else { return None };
    let by_pass = matches!(
        credential,
        Credential::Qr | Credential::LiveQr | Credential::DayCode | Credential::LiveCode
    );
    let revoked_at = passes.get(pass)?.revoked_at.filter(|at| by_pass && *at <= recorded.event.at)?;
    let id = derived_id(b"revoked admitted", recorded.event.id.0);
    let raised = alert(recorded, id, REVOKED_ADMITTED.to_owned());
    let differs = NewDisagreement {
        event: recorded.event.id,
        kiosk: recorded.event.kiosk,
        found: REVOKED_ADMITTED,
        theirs: "ADMIT".to_owned(),
        ours: format!("revoked {} s before", recorded.event.at.since(revoked_at) / SECOND),
    };
    Some((raised, differs))
}
