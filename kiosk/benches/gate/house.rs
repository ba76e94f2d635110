//! A kiosk's folder as it stands in a large community, made without a server.

use std::{error::Error, path::Path, sync::Arc};

use gatehouse::{
    admission::Policy,
    clock::{Anchor, Nonce},
    code::{EpochRoot, SixDigits},
    feed::{
        Cursor, Page, Row, RowId, SnapshotPage, SnapshotPlace,
        copy::Loading,
        row::{Body, CommunityRow, DayKeyRow, GateRow, KioskRow, PassKeyRow, PassRow, UnitRow},
    },
    hash::Hash,
    hours::{Zone, day_number},
    id::{CommunityId, FeedEpochId, GateId, KioskId, PassId, UnitId, VisitorId},
    journal::{Act, Cause, outbox::Acknowledge},
    keys::{KeySet, PassKey, SealSecret, SigningKey},
    pass::{PassClaims, PassTerms, Terms, UnitRef, sign},
    sync::{Visible, kiosk::CacheOp},
    time::{Clock, DAY, UnixMs},
    trust::{SignedTrust, TrustStatement},
    words::{Credential, GateKind, PassMode, Subject, UnitState, VisitorType},
};
use gatehouse_kiosk::{
    desk::Desk,
    enrol::Membership,
    entropy::SystemEntropy,
    folder::Folder,
    journal::{JournalError, Stamp},
    kiosk::{Gate, Ground},
    time::{Clocks, MachineClocks},
};
use uuid::Uuid;

use crate::measure::progress;

const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));
const KIOSK: KioskId = KioskId(Uuid::from_u128(2));
const GATE: GateId = GateId(Uuid::from_u128(3));
const ZONE: &str = "Asia/Kolkata";
/// Passes of one unit.
const OF_A_UNIT: usize = 20;
/// Rows of a piece, events of a transaction.
const TOGETHER: usize = 1_000;
const EVENTS_TOGETHER: usize = 10_000;

/// The community, and the folder of one kiosk in it.
pub struct House {
    data: std::path::PathBuf,
    passes: usize,
    signer: SigningKey,
    root: EpochRoot,
    began: UnixMs,
}

/// The `number`-th of something, its id spread over the range of ids as random ones are.
fn id(kind: u64, number: usize) -> Uuid {
    let digest = Hash::of(&[&kind.to_be_bytes(), &number.to_be_bytes()]).0;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

fn unit_of(pass: usize) -> UnitId {
    UnitId(id(1, pass / OF_A_UNIT))
}

fn pass_id(number: usize) -> PassId {
    PassId(id(2, number))
}

fn row<B: Body>(id: Uuid, seq: usize, body: &B) -> Row {
    Row {
        kind: B::KIND,
        schema: B::SCHEMA,
        id: RowId(id.into_bytes()),
        seq: seq as u64,
        body: Some(body.to_body()),
    }
}

/// Six digits that somebody says at the gate.
pub struct Coded {
    /// The unit they say.
    pub unit: UnitId,
    /// The day code of one of its passes.
    pub code: SixDigits,
    /// One that is wrong.
    pub other: SixDigits,
}

impl House {
    /// Makes the folder: keys, membership, and the copy of the feed.
    pub fn build(folder: &Path, passes: usize) -> Result<Self, Box<dyn Error>> {
        let data = folder.join("kiosk");
        let pictures = folder.join("pictures");
        std::fs::create_dir_all(&pictures)?;
        image::GrayImage::from_pixel(64, 64, image::Luma([200])).save(pictures.join("empty.png"))?;
        let ground = Ground::open(Folder::open(&data)?, Arc::new(MachineClocks))?;
        let boot = ground.time.boot();
        ground.time.anchor(Anchor { at: MachineClocks.wall(), nonce: Nonce([0; 16]) }, boot, boot);
        let signer = SigningKey::generate(&mut SystemEntropy);
        let began = ground.time.now();
        let house = Self { data, passes, signer, root: EpochRoot::generate(&mut SystemEntropy), began };
        house.trusted()?.keep(&ground.folder)?;
        let gate = Gate::open(ground.clone(), Self::membership(&ground)?, Cause::Enrolled)?;
        house.load(&gate)?;
        Ok(house)
    }

    /// Opens the gate.
    pub fn open(&self) -> Result<Gate, Box<dyn Error>> {
        let ground = Ground::open(given_back(&self.data)?, Arc::new(MachineClocks))?;
        let trusted = Self::membership(&ground)?;
        Ok(Gate::open(ground, trusted, Cause::Damaged)?)
    }

    fn membership(ground: &Ground) -> Result<gatehouse_kiosk::enrol::Trusted, Box<dyn Error>> {
        Membership::load(&ground.folder)?.ok_or_else(|| "the folder is not enrolled".into())
    }

    fn trusted(&self) -> Result<gatehouse_kiosk::enrol::Trusted, Box<dyn Error>> {
        let root = SigningKey::generate(&mut SystemEntropy);
        let statement = TrustStatement {
            version: 1,
            issued_at: self.began,
            community: COMMUNITY,
            kiosk: KIOSK,
            kiosk_number: 7,
            gate: GATE,
            gate_name: "Gate 2".into(),
            gate_kind: GateKind::Both,
            zone: ZONE.into(),
            policy: Policy::default().to_bytes(),
            pass_keys: KeySet(vec![self.pass_key()]),
            anchor_key: self.signer.public(),
            seal_key: SealSecret::generate(&mut SystemEntropy).public(),
            guards: vec![],
        };
        Ok(Membership::enrolled(
            &"http://127.0.0.1:1".parse()?,
            None,
            Hash(root.public().fingerprint()),
            (KIOSK, "Kiosk".into()),
            (COMMUNITY, "Palm Grove".into()),
            &SignedTrust::sign(&statement, &root),
        )?)
    }

    fn pass_key(&self) -> PassKey {
        PassKey::new(self.signer.public(), self.began.plus(-DAY), self.began.plus(300 * DAY))
    }

    fn pass(&self, number: usize) -> PassRow {
        PassRow {
            unit: unit_of(number),
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: self.began.plus(-DAY),
            valid_until: self.began.plus(DAY),
            uses: number.is_multiple_of(2).then_some(10_000),
            windows: vec![],
            revoked_at: None,
            name: format!("Visitor {number}"),
            home_gate: None,
            plate4: None,
            company: None,
            people: 1,
        }
    }

    /// Loads the copy of the feed as a snapshot.
    fn load(&self, gate: &Gate) -> Result<(), Box<dyn Error>> {
        let mut rows = self.settings()?;
        for number in 0..self.passes.div_ceil(OF_A_UNIT) {
            let unit = UnitRow {
                tower: format!("T{}", number / 500),
                floor: i16::try_from(number % 500 / 10)?,
                number: format!("{number}"),
                state: UnitState::Occupied,
                epoch: 1,
                intercom: None,
            };
            rows.push(row(unit_of(number * OF_A_UNIT).0, rows.len(), &unit));
        }
        rows.extend((0..self.passes).map(|number| row(pass_id(number).0, number, &self.pass(number))));
        rows.sort_by_key(|row| (row.kind, row.id));
        let head = Cursor { epoch: FeedEpochId(id(3, 0)), seq: rows.len() as u64 + 1, mark: [1; 8] };
        let cache = gate.desk.cache();
        for (number, piece) in rows.chunks(TOGETHER).enumerate() {
            let Some(last) = piece.last() else { continue };
            let after = SnapshotPlace { kind: last.kind, id: last.id };
            let next = Loading::Pieces { start: head, after, seen: head };
            let page = SnapshotPage { start: head, rows: piece.to_vec(), next: Some(after), head };
            cache.execute(&match number {
                0 => CacheOp::Begin(page, next),
                _ => CacheOp::Load(page, next),
            })?;
        }
        let none = SnapshotPage { start: head, rows: vec![], next: None, head };
        cache.execute(&CacheOp::Load(none, Loading::Changes { cursor: head, seen: head }))?;
        cache.execute(&CacheOp::Swap(Page { from: head, to: head, head: head.seq, rows: vec![] }))?;
        cache.set_whole_at(gate.ground.time.now())?;
        Ok(())
    }

    fn settings(&self) -> Result<Vec<Row>, Box<dyn Error>> {
        let community = CommunityRow {
            name: "Palm Grove".into(),
            zone: ZONE.into(),
            policy: Policy::default().to_bytes(),
            locked_down: false,
            lookup_key: [7; 32],
            key_epoch: 1,
            companies: vec![],
        };
        let key =
            PassKeyRow { public: self.signer.public().0, not_before: self.began.plus(-DAY), not_after: None };
        let own = KioskRow { gate: GATE, public: [0; 32], number: 7, active: true, order: None };
        let mut rows = vec![
            row(COMMUNITY.0, 1, &community),
            row(id(4, 0), 2, &key),
            row(GATE.0, 3, &GateRow { name: "Gate 2".into(), kind: GateKind::Both }),
            row(KIOSK.0, 4, &own),
        ];
        let zone = Zone::named(ZONE)?;
        for day in -1..=14 {
            let date = zone.local(self.began.plus(day * DAY)).date;
            let key = self.root.day_key(COMMUNITY, date);
            let body = DayKeyRow { date: day_number(date), epoch: 1, key: *key.bytes() };
            rows.push(Row { id: body.row_id(), ..row(Uuid::nil(), 5, &body) });
        }
        Ok(rows)
    }

    /// Records `events` entries of the last days and lets them be acknowledged.
    pub fn fill(&self, desk: &Desk, events: usize) -> Result<(), Box<dyn Error>> {
        let journal = desk.journal();
        let stamp = desk.stamp();
        let mut recorded = 0;
        while recorded < events {
            let some = EVENTS_TOGETHER.min(events - recorded);
            let head = journal.write(|writing| {
                for number in recorded..recorded + some {
                    let back = i64::try_from((events - number) * 2_000).unwrap_or(0);
                    let at = stamp.at.plus(-back);
                    writing.append(&Stamp { at, ..stamp }, &self.entry(number, at), None)?;
                }
                Ok::<_, JournalError>(writing.head())
            })?;
            let head = head.ok_or("the journal has no life")?;
            let first = head.seq + 1 - some as u64;
            let visible = (first..=head.seq).map(|event| Visible { event, feed: 1 }).collect();
            let word = Acknowledge { incarnation: head.incarnation, upto: head.seq, by: 1, visible };
            journal.acknowledge(&word, stamp.at)?;
            recorded += some;
            if recorded.is_multiple_of(100_000) {
                progress(&format!("{recorded} events recorded"));
            }
        }
        Ok(())
    }

    fn entry(&self, number: usize, at: UnixMs) -> Act {
        let pass = number % self.passes;
        Act::Admitted {
            visit: VisitorId::new(at, &mut SystemEntropy),
            pass: Some(pass_id(pass)),
            units: vec![unit_of(pass)],
            visitor_type: VisitorType::Guest,
            credential: Credential::Qr,
            people: 1,
            subject: Subject::Visitor,
            live_step: None,
            rules: 1,
        }
    }

    /// What the holders of `count` passes show, all of different ones.
    pub fn tokens(&self, count: usize) -> Result<Vec<String>, Box<dyn Error>> {
        let chosen = (0..count).map(|number| number * 7_919 % self.passes);
        chosen.map(|number| self.token(number)).collect()
    }

    fn token(&self, number: usize) -> Result<String, Box<dyn Error>> {
        let pass = self.pass(number);
        let terms = PassTerms {
            visitor_type: pass.visitor_type.clone(),
            unit: UnitRef::of(&format!("T{}-{}", number / 500, number / OF_A_UNIT), pass.unit),
            uses: pass.uses,
            name: pass.name.clone(),
            window: None,
            home_gate: None,
            mode: pass.mode.clone(),
            row_needed: false,
        };
        let claims = PassClaims {
            id: pass_id(number),
            valid_from: pass.valid_from,
            valid_until: pass.valid_until,
            terms: Terms::Known(terms),
        };
        Ok(sign(&claims, COMMUNITY, &self.signer)?)
    }

    /// Day codes of passes.
    pub fn codes(&self, count: usize) -> Result<Vec<Coded>, Box<dyn Error>> {
        let today = self.root.day_key(COMMUNITY, Zone::named(ZONE)?.local(self.began).date);
        let chosen = (0..count).map(|number| number * 7_919 % self.passes);
        let of = |number| -> Result<_, Box<dyn Error>> {
            let code = today.pass_secret(pass_id(number)).day_code();
            let other = format!("{:06}", (code.as_str().parse::<u32>()? + 1) % 1_000_000).parse()?;
            Ok(Coded { unit: unit_of(number), code, other })
        };
        chosen.map(of).collect()
    }
}

/// The folder once its last owner has let go of it.
pub fn given_back(data: &Path) -> Result<Folder, Box<dyn Error>> {
    for _ in 0..10_000 {
        match Folder::open(data) {
            Ok(folder) => return Ok(folder),
            Err(gatehouse_kiosk::folder::FolderError::InUse) => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err("the folder is not given back".into())
}
