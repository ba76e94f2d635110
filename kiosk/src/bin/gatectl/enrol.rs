//! `gatectl enrol`: redeem the code, keep what comes of it, load the community.

use std::path::Path;

use gatehouse::journal::Cause;
use gatehouse_kiosk::{
    control::{Ending, Order},
    enrol::{Invited, Membership, NotInvited, enrol},
    kiosk::{Gate, Ground},
    screen::Trouble,
};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::{
    args::EnrolArgs,
    clocks::clocks,
    owner::{Here, NoOwner, Owner},
    pictures,
    place::Place,
};

/// Enrols the kiosk of the folder at `data`.
pub fn run(data: &Path, args: &EnrolArgs, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
    let invited = invited(args)?;
    let folder = Place::take(data, "already: enrol in its window")?;
    let ground = Ground::open(folder, clocks()?)?;
    if Membership::load(&ground.folder)?.is_some() {
        return Err(NoOwner { words: "this kiosk is enrolled already".into(), ending: Ending::NotNow });
    }
    ground.hold(args.keys)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let trusted = match runtime.block_on(enrol(&invited, &ground.device(), &ground.time, |_| {})) {
        Ok(trusted) => trusted,
        Err(error) => {
            let (check, trouble) = error.rung(&invited);
            say(json!({ "enrolled": false, "check": check, "trouble": trouble, "error": error.to_string() }));
            return Ok(ending(&trouble));
        }
    };
    trusted.keep(&ground.folder)?;
    let gate = Gate::open(ground, trusted.clone(), Cause::Enrolled)?;
    let keys = gate.ground.holder();
    let mut synced = Value::Null;
    let mut owner = Owner::Here(Box::new(Here::new(gate)));
    let ending = owner.carry_out(&Order::Sync, &mut |said| synced = said)?;
    let statement = &trusted.statement;
    say(json!({
        "enrolled": true,
        "loaded": ending == Ending::Done,
        "keys": keys.as_str(),
        "keys_warning": keys.warning(),
        "kiosk_id": statement.kiosk,
        "kiosk_number": statement.kiosk_number,
        "gate_id": statement.gate,
        "gate": statement.gate_name,
        "community_id": statement.community,
        "community": trusted.membership.community_name,
        "rows": synced["rows"],
        "error": synced["error"],
    }));
    Ok(ending)
}

fn invited(args: &EnrolArgs) -> Result<Invited, NoOwner> {
    if let Some(invitation) = &args.invitation {
        return Ok(Invited::scanned(&pictures::text(invitation)?)?);
    }
    let (server, code) =
        (args.server.as_deref().unwrap_or_default(), args.code.as_deref().unwrap_or_default());
    let invited = Invited::typed(server, code).map_err(|error| match error {
        NotInvited::Code(_) => NoOwner { words: error.to_string(), ending: Ending::CodeRefused },
        _ => error.into(),
    })?;
    Ok(Invited { pin: args.pin.or(invited.pin), root: args.root.or(invited.root), ..invited })
}

/// How an enrolment ends that did not come about.
const fn ending(trouble: &Trouble) -> Ending {
    match trouble {
        Trouble::CodeWrong | Trouble::CodeUsed | Trouble::CodeExpired => Ending::CodeRefused,
        Trouble::TooManyTries
        | Trouble::VersionMismatch
        | Trouble::Disk
        | Trouble::RecordsNewer
        | Trouble::NoKeys
        | Trouble::GateForgotten => Ending::Failed,
        _ => Ending::Offline,
    }
}
