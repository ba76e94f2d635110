//! The end of a kiosk, on its community root's order.

use gatehouse::{cbor, id::IncarnationId, journal::outbox::Outbox, keys::seal, sync::Upload};

use crate::{
    enrol::Membership,
    entropy::SystemEntropy,
    journal::Journal,
    kiosk::{Gate, OpenError},
};

const SEALED: &str = "journal.sealed";

/// Destroys keys and cache at once. What was not sent yet stays, sealed to the server's key.
pub(super) fn stolen(gate: &Gate) -> Result<(), OpenError> {
    let membership = &gate.trusted.membership;
    let mut unsent = Vec::new();
    for life in gate.desk.journal().outbox()?.lives {
        if life.waiting() > 0 {
            unsent.extend(uploads(gate, life.incarnation(), life.acknowledged)?);
        }
    }
    let sealed = seal(
        &gate.trusted.statement.seal_key,
        &cbor::to_vec(&unsent),
        membership.kiosk.0.as_bytes(),
        &mut SystemEntropy,
    );
    if let Ok(sealed) = sealed {
        gate.ground.folder.replace(SEALED, &sealed)?;
    }
    gate.ground.keeping.destroy()?;
    gate.ground.folder.delete(&gate.ground.folder.cache())?;
    Membership::forget(&gate.ground.folder)?;
    Ok(())
}

fn uploads(gate: &Gate, life: IncarnationId, after: u64) -> Result<Vec<Upload>, OpenError> {
    let journal: &Journal = gate.desk.journal();
    let mut uploads = Vec::new();
    let mut after = after;
    loop {
        let batch = journal.batch(life, after, Outbox::BATCH)?;
        if batch.events.is_empty() {
            return Ok(uploads);
        }
        after += batch.events.len() as u64;
        uploads.push(batch.upload(gate.trusted.membership.kiosk, 0));
    }
}

/// Whether all was sent, so that a retired kiosk may go.
pub(super) fn is_sent(gate: &Gate) -> Result<bool, OpenError> {
    Ok(gate.desk.journal().outbox()?.waiting() == 0)
}

/// Wipes everything.
pub(super) fn retired(gate: &Gate) -> Result<(), OpenError> {
    let folder = &gate.ground.folder;
    gate.ground.keeping.destroy()?;
    folder.delete(&folder.cache())?;
    folder.delete(&folder.journal())?;
    Membership::forget(folder)?;
    Ok(())
}
