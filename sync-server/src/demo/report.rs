//! What the demo says of itself.

use std::fmt::Write as _;

use gatehouse::id::{CommunityId, PassId};
use serde::Serialize;

/// The demo community, with everything needed to try it. Its passwords are no secrets.
#[derive(Clone, Debug, Serialize)]
pub struct Demo {
    /// Its id.
    pub community_id: CommunityId,
    /// Its name.
    pub community: String,
    /// The admin's login.
    pub admin: DemoLogin,
    /// Residents' logins.
    pub residents: Vec<DemoLogin>,
    /// Guards and their PINs.
    pub guards: Vec<DemoGuard>,
    /// Names of the gates; the enrolment code is for the first.
    pub gates: Vec<String>,
    /// How many units there are.
    pub units: usize,
    /// A fresh code to enrol a kiosk with, good for fifteen minutes.
    pub enrolment_code: String,
    /// Its passes.
    pub passes: Vec<DemoPass>,
    /// All of this for a person to read.
    pub text: String,
}

/// A login.
#[derive(Clone, Debug, Serialize)]
pub struct DemoLogin {
    /// Full name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Password.
    pub password: String,
    /// Where they live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A guard.
#[derive(Clone, Debug, Serialize)]
pub struct DemoGuard {
    /// Name on the tile.
    pub name: String,
    /// Six digits.
    pub pin: String,
}

/// A pass.
#[derive(Clone, Debug, Serialize)]
pub struct DemoPass {
    /// What it shows, in one word: also its picture's name.
    pub slot: String,
    /// Its id.
    pub id: PassId,
    /// Where it leads.
    pub unit: String,
    /// Its holder.
    pub name: String,
    /// What a gate makes of it.
    pub expected: String,
    /// Its code of today, where it has one.
    pub day_code: Option<String>,
    /// Its token as text.
    pub token: String,
    /// Its picture, where a folder was given.
    pub picture: Option<String>,
}

/// All of it for a person to read.
pub(super) fn text(demo: &Demo) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {} units, gates {}", demo.community, demo.units, demo.gates.join(" and "));
    let _ = writeln!(out, "  admin     {:<26} {}", demo.admin.email, demo.admin.password);
    for one in &demo.residents {
        let unit = one.unit.as_deref().unwrap_or_default();
        let _ = writeln!(out, "  resident  {:<26} {}   ({}, {unit})", one.email, one.password, one.name);
    }
    for guard in &demo.guards {
        let _ = writeln!(out, "  guard     {:<26} PIN {}", guard.name, guard.pin);
    }
    let _ = writeln!(out, "  enrol     {} (for {}, 15 minutes)", demo.enrolment_code, demo.gates[0]);
    let _ = writeln!(out, "  passes");
    for pass in &demo.passes {
        let code = pass.day_code.as_ref().map(|code| format!("code {code}")).unwrap_or_default();
        let _ = writeln!(out, "    {:<14} {:<8} {:<12} {}", pass.slot, pass.unit, code, pass.expected);
    }
    out
}
