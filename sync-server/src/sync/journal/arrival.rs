//! An upload that has arrived, with the plan made for it before the transaction that takes it in.

use std::collections::HashMap;

use ed25519_dalek::VerifyingKey;
use gatehouse::{
    id::{CommunityId, GateId, IncarnationId, KioskId},
    journal::{
        Act, Head, genesis,
        ingest::{self, Accepted, Known, Plan},
    },
    sync::Upload,
};

use super::{
    known::{self, Found},
    store::events::{Moved, Opening},
};
use crate::{
    store::{StoreError, Tx},
    sync::kiosk::{self, Enrolled},
};

/// Signatures of so many events are checked where they arrived: handing them to another thread would cost more.
const FEW: usize = 4;

/// An upload that has arrived, with the plan made for it.
///
/// Checking signatures is the costly part; the plan stands if its journal has not changed since.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub(super) upload: Upload,
    /// Who sends it, where that is a kiosk whose standing is to be asked when it is taken in.
    pub(super) sender: Option<KioskId>,
    /// The gate of the stolen kiosk of which it was handed in, sealed.
    pub(super) handed_in: Option<GateId>,
    pub(super) planned: Planned,
}

/// A plan, and what it was made against.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) known: Known,
    pub(super) beside: u64,
    pub(super) parked: Vec<u64>,
    pub(super) plan: Plan,
}

/// How far a journal is held: a plan stands as long as this is the same.
pub(super) type Extents = HashMap<(KioskId, IncarnationId), known::Extent>;

impl Planned {
    async fn make(found: Found, upload: Upload) -> Result<(Upload, Self), StoreError> {
        let Found { known, beside, parked } = found;
        let few = upload.events.len() <= FEW;
        let plan = move || {
            let plan = ingest::plan(&upload, &known);
            (upload, Self { known, beside, parked, plan })
        };
        if few {
            return Ok(plan());
        }
        tokio::task::spawn_blocking(plan).await.map_err(|_| StoreError::WorkerCrashed)
    }
}

impl Arrival {
    /// Plans for what a kiosk sends of its own journal. `tx` only reads.
    pub async fn weigh_own(tx: &mut Tx, kiosk: &Enrolled, upload: Upload) -> Result<Self, StoreError> {
        let key = VerifyingKey::from_bytes(&kiosk.public.0)
            .map_err(|_| StoreError::Decode("an enrolled kiosk's key is no key".into()))?;
        let found = known::find(tx, kiosk.community, key, &upload).await?;
        let (upload, planned) = Planned::make(found, upload).await?;
        Ok(Self { upload, sender: None, handed_in: None, planned })
    }

    /// Plans for an upload; nothing when its kiosk is not of this community. `tx` only reads.
    pub async fn weigh(
        tx: &mut Tx,
        community: CommunityId,
        upload: Upload,
    ) -> Result<Option<Self>, StoreError> {
        let kiosk = kiosk::enrolled(tx, upload.kiosk).await?;
        let Some(kiosk) = kiosk.filter(|kiosk| kiosk.community == community) else { return Ok(None) };
        Self::weigh_own(tx, &kiosk, upload).await.map(Some)
    }

    /// Plans for an upload that goes on where its journal ends, as `known` has it.
    pub(super) async fn weigh_next(known: Known, upload: Upload) -> Result<Self, StoreError> {
        let (upload, planned) = Planned::make(Found { known, beside: 0, parked: Vec::new() }, upload).await?;
        Ok(Self { upload, sender: None, handed_in: None, planned })
    }

    /// The same, from a kiosk whose standing is to be asked when it is taken in.
    #[must_use]
    pub(super) fn sent_by(self, sender: KioskId) -> Self {
        Self { sender: Some(sender), ..self }
    }

    /// The same, handed in of a stolen kiosk that stood at `gate`: admins are told where it brings anything.
    #[must_use]
    pub(super) fn handed_in_of(self, gate: GateId) -> Self {
        Self { handed_in: Some(gate), ..self }
    }

    /// Which life of a journal it is of. One transaction takes in one upload of each.
    pub(super) fn life(&self) -> IncarnationId {
        self.upload.after.incarnation
    }

    /// How many events it brings.
    pub(super) fn events(&self) -> usize {
        self.upload.events.len()
    }

    /// The plan again, if the journal has changed since it was made.
    pub(super) async fn renew(
        self,
        tx: &mut Tx,
        community: CommunityId,
        extents: &Extents,
    ) -> Result<Self, StoreError> {
        let Self { upload, sender, handed_in, planned } = self;
        let now = extents.get(&(upload.kiosk, upload.after.incarnation)).copied().unwrap_or_default();
        if now == known::Extent::of(&planned.known, planned.beside) {
            return Ok(Self { upload, sender, handed_in, planned });
        }
        let found = known::find(tx, community, planned.known.key, &upload).await?;
        let (upload, planned) = Planned::make(found, upload).await?;
        Ok(Self { upload, sender, handed_in, planned })
    }

    /// The new events, with whether each is in the chain.
    pub(super) fn accepted(&self) -> impl Iterator<Item = (&Accepted, bool)> {
        let plan = &self.planned.plan;
        plan.append.iter().map(|one| (one, true)).chain(plan.beside.iter().map(|one| (one, false)))
    }

    /// Where the chain ends once this is taken in; nothing when it brings nothing new. Events beside a chain need the
    /// journal to be there as well.
    pub(super) fn moved(&self, community: CommunityId) -> Option<Moved> {
        let Self { upload, planned: Planned { known, plan, .. }, .. } = self;
        if plan.append.is_empty() && plan.beside.is_empty() {
            return None;
        }
        let incarnation = upload.after.incarnation;
        let head = match plan.append.last() {
            Some(last) => Head { incarnation, seq: last.event.seq, hash: last.signed.hash },
            None if known.head.seq > 0 => known.head,
            None => Head { incarnation, seq: 0, hash: genesis(community, upload.kiosk, incarnation) },
        };
        let opening = plan.append.first().map_or_else(Opening::default, opening);
        Some(Moved { kiosk: upload.kiosk, head, beside: plan.beside.len() as u64, opening })
    }
}

fn opening(first: &Accepted) -> Opening {
    match Act::read(first.event.kind, &first.event.body) {
        Ok(Act::Opened { follows, .. }) if first.event.seq == 1 => {
            Opening { follows: follows.map(|head| head.incarnation), at: Some(first.event.at) }
        }
        _ => Opening::default(),
    }
}
