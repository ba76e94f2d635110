use std::sync::atomic::{AtomicI64, Ordering};

use gatehouse::{
    admission::{self, Policy, Reason, Verdict},
    clock::{Anchor, Nonce},
    code::{DayKey, EpochRoot, SixDigits},
    feed::{
        Cursor, Page, Row, RowId, SnapshotPage,
        copy::Loading,
        row::{
            Body, CommunityRow, DayKeyRow, ErasureRow, GateRow, GuardRow, KioskRow, PassKeyRow, PassRow,
            UnitRow, UseRow, VisitRow, WatchRow,
        },
    },
    hash::Hash,
    id::{CommunityId, FeedEpochId, GateId, KioskId, PassId, UnitId, UserId, VisitorId},
    journal::{Cause, visit},
    keys::{KeySet, PassKey, SealSecret, SigningKey},
    pass::{PassClaims, PassTerms, Terms, UnitRef, live_text, sign},
    spoken::{Challenge, SpokenAnswer},
    sync::kiosk::CacheOp,
    time::{DAY, HOUR, MINUTE, SECOND},
    trust::{SignedTrust, TrustStatement},
    words::{Answer, GateKind, PassMode, UnitState, VisitorStatus, VisitorType},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::{
    entropy::SystemEntropy,
    folder::Folder,
    journal::Author,
    screen::{self, AskState, InsideTab, OverrideReason, TouchError, Walkin},
    time::{Clocks, fake::FakeClocks},
};

mod alarms;
mod asks;
mod book;
mod clock;
mod codes;
mod guards;
mod keeping;
mod leaving;
mod passes;
mod photos;
mod requested;
mod spoken;
mod strips;

const T: UnixMs = UnixMs(1_795_000_000_000);
const PEPPER: [u8; 32] = [4; 32];

/// For [`Gate::disk`].
const FAILS: &str = "create trigger fails before insert on event begin select raise(abort, 'failed'); end";
/// For [`Gate::disk`].
const WORKS: &str = "drop trigger fails";

/// A gate with one unit, its keys, and whatever passes a test gives it.
struct Gate {
    _dir: TempDir,
    folder: Arc<Folder>,
    clocks: Arc<FakeClocks>,
    time: Arc<Timekeeper>,
    desk: Desk,
    signer: SigningKey,
    root: EpochRoot,
    seal: SealSecret,
    seq: u64,
}

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

const COMMUNITY: u128 = 1;
const KIOSK: u128 = 2;
const GATE: u128 = 3;
const UNIT: u128 = 4;
const GUARD: u128 = 5;

fn row<B: Body>(of: u128, seq: u64, body: &B) -> Row {
    Row {
        kind: B::KIND,
        schema: B::SCHEMA,
        id: RowId(Uuid::from_u128(of).into_bytes()),
        seq,
        body: Some(body.to_body()),
    }
}

fn cursor(seq: u64) -> Cursor {
    Cursor { epoch: id::<FeedEpochId>(9), seq, mark: seq.to_be_bytes() }
}

fn pass_row() -> PassRow {
    PassRow {
        unit: id(UNIT),
        visitor_type: VisitorType::Guest,
        mode: PassMode::Static,
        valid_from: T.plus(-DAY),
        valid_until: T.plus(DAY),
        uses: None,
        windows: vec![],
        revoked_at: None,
        name: "Asha".into(),
        home_gate: None,
        plate4: None,
        company: None,
        people: 2,
    }
}

fn trusted(signer: &SigningKey, seal: &SealSecret) -> Trusted {
    let root = SigningKey::generate(&mut SystemEntropy);
    let statement = TrustStatement {
        version: 1,
        issued_at: T,
        community: id(COMMUNITY),
        kiosk: id(KIOSK),
        kiosk_number: 7,
        gate: id(GATE),
        gate_name: "Gate 2".into(),
        gate_kind: GateKind::Both,
        zone: "Asia/Kolkata".into(),
        policy: Policy::default().to_bytes(),
        pass_keys: KeySet(vec![PassKey::new(signer.public(), T.plus(-DAY), T.plus(30 * DAY))]),
        anchor_key: signer.public(),
        seal_key: seal.public(),
        guards: vec![],
    };
    let signed = SignedTrust::sign(&statement, &root);
    crate::enrol::Membership::enrolled(
        &"http://127.0.0.1:1".parse().unwrap(),
        None,
        Hash(root.public().fingerprint()),
        (id(KIOSK), "kiosk".into()),
        (id(COMMUNITY), "Palm Grove".into()),
        &signed,
    )
    .unwrap()
}

/// The same clocks in another boot of the machine.
struct OtherBoot(Arc<FakeClocks>, [u8; 16]);

impl Clocks for OtherBoot {
    fn wall(&self) -> UnixMs {
        self.0.wall()
    }
    fn boot(&self) -> i64 {
        self.0.boot()
    }
    fn boot_id(&self) -> [u8; 16] {
        self.1
    }
}

impl Gate {
    fn new() -> Self {
        Self::with(GateKind::Both, vec![])
    }

    fn with(kind: GateKind, rows: Vec<Row>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let clocks = Arc::new(FakeClocks(AtomicI64::new(1_000)));
        let time = Arc::new(Timekeeper::open(Arc::clone(&clocks) as Arc<dyn Clocks>, Arc::clone(&folder)));
        time.anchor(Anchor { at: T, nonce: Nonce([0; 16]) }, time.boot(), time.boot());
        let (signer, seal) =
            (SigningKey::generate(&mut SystemEntropy), SealSecret::generate(&mut SystemEntropy));
        let root = EpochRoot::generate(&mut SystemEntropy);
        let desk = open(&folder, &time, trusted(&signer, &seal));
        let stamp = desk.stamp();
        desk.journal.begin(&stamp, Cause::Enrolled, None).unwrap();
        let mut gate = Self { _dir: dir, folder, clocks, time, desk, signer, root, seal, seq: 0 };
        gate.load(kind, rows);
        gate
    }

    /// Loads a snapshot of the community and `rows`.
    fn load(&mut self, kind: GateKind, rows: Vec<Row>) {
        let zone = gatehouse::hours::Zone::named("Asia/Kolkata").unwrap();
        let community = CommunityRow {
            name: "Palm Grove".into(),
            zone: "Asia/Kolkata".into(),
            policy: Policy::default().to_bytes(),
            locked_down: false,
            lookup_key: [7; 32],
            key_epoch: 1,
            companies: vec!["Zomato".into()],
        };
        let unit = UnitRow {
            tower: "A".into(),
            floor: 12,
            number: "1203".into(),
            state: UnitState::Occupied,
            epoch: 3,
            intercom: Some("1203".into()),
        };
        let key = PassKeyRow { public: self.signer.public().0, not_before: T.plus(-DAY), not_after: None };
        let own = KioskRow { gate: id(GATE), public: [0; 32], number: 7, active: true, order: None };
        let mut all = vec![
            row(COMMUNITY, 1, &community),
            row(90, 2, &key),
            row(GATE, 3, &GateRow { name: "Gate 2".into(), kind }),
            row(UNIT, 4, &unit),
            row(KIOSK, 5, &own),
        ];
        for day in -1..=1 {
            let date = zone.local(T.plus(day * DAY)).date;
            let key = self.day_key(date);
            let body = DayKeyRow { date: gatehouse::hours::day_number(date), epoch: 1, key: *key.bytes() };
            all.push(Row { id: body.row_id(), ..row(0, 6, &body) });
        }
        all.extend(rows);
        self.seq = 100;
        let page = SnapshotPage { start: cursor(100), rows: all, next: None, head: cursor(100) };
        self.desk
            .cache
            .execute(&CacheOp::Begin(page, Loading::Changes { cursor: cursor(100), seen: cursor(100) }))
            .unwrap();
        let end = Page { from: cursor(100), to: cursor(100), head: 100, rows: vec![] };
        self.desk.cache.execute(&CacheOp::Swap(end)).unwrap();
        self.desk.cache.set_whole_at(self.desk.now()).unwrap();
    }

    fn day_key(&self, date: jiff::civil::Date) -> DayKey {
        self.root.day_key(id(COMMUNITY), date)
    }

    /// Applies a row as the next change of the feed.
    fn change(&mut self, mut row: Row) {
        let from = cursor(self.seq);
        self.seq += 1;
        row.seq = self.seq;
        let page = Page { from, to: cursor(self.seq), head: self.seq, rows: vec![row] };
        self.desk.cache.execute(&CacheOp::Apply(page)).unwrap();
    }

    fn later(&self, ms: i64) {
        self.clocks.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// The server's time turns out to be another than was believed.
    fn corrected(&self, by: i64) {
        let anchor = Anchor { at: self.desk.now().plus(by), nonce: Nonce([0; 16]) };
        for _ in 0..2 {
            self.time.anchor(anchor, self.time.boot(), self.time.boot());
        }
        assert_eq!(self.desk.now(), anchor.at, "two that agree are believed");
    }

    fn token(&self, pass: u128, row: &PassRow) -> String {
        let claims = PassClaims {
            id: id(pass),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            terms: Terms::Known(PassTerms {
                visitor_type: row.visitor_type.clone(),
                unit: UnitRef::of("A-1203", id(UNIT)),
                uses: row.uses,
                name: row.name.clone(),
                window: row.windows.first().copied(),
                home_gate: None,
                mode: row.mode.clone(),
                row_needed: false,
            }),
        };
        sign(&claims, id(COMMUNITY), &self.signer).unwrap()
    }

    fn today(&self) -> DayKey {
        let zone = gatehouse::hours::Zone::named("Asia/Kolkata").unwrap();
        self.day_key(zone.local(self.desk.now()).date)
    }

    fn entry(&self, text: &str) -> Outcome {
        self.desk.pass(text, Some(&gatehouse::words::Direction::Entry)).unwrap()
    }

    /// Has the journal's disk take no event, or take them again.
    fn disk(&self, word: &str) {
        Journal::aside(&self.folder.journal(), &[2; 32]).unwrap().execute_batch(word).unwrap();
    }

    /// The machine starts anew and its clock is dead.
    fn power_cut(self) -> Self {
        self.clocks.0.store(1_000, Ordering::Relaxed);
        let boot = [self.time.boot().boot.0[0] + 1; 16];
        let clocks = Arc::new(OtherBoot(Arc::clone(&self.clocks), boot));
        let time = Arc::new(Timekeeper::open(clocks as Arc<dyn Clocks>, Arc::clone(&self.folder)));
        Self { time, ..self }.restart()
    }

    /// The process ends and another begins.
    fn restart(self) -> Self {
        let Self { _dir: dir, folder, clocks, time, desk, signer, root, seal, seq } = self;
        let trusted = desk.lock().trusted.clone();
        drop(desk);
        let desk = open(&folder, &time, trusted);
        Self { _dir: dir, folder, clocks, time, desk, signer, root, seal, seq }
    }
}

fn open(folder: &Folder, time: &Arc<Timekeeper>, trusted: Trusted) -> Desk {
    let cache = Arc::new(Cache::open(&folder.cache(), &[1; 32], &PEPPER).unwrap());
    let author = Author {
        community: id::<CommunityId>(COMMUNITY),
        kiosk: id::<KioskId>(KIOSK),
        key: ed25519_dalek::SigningKey::from_bytes(&[5; 32]),
    };
    let journal =
        Arc::new(Journal::open(&folder.journal(), &[2; 32], author, Box::new(SystemEntropy)).unwrap());
    Desk::open(cache, journal, Arc::clone(time), trusted, &PEPPER).unwrap()
}

fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Not { judged, .. } => judged.verdict.reason(),
        _ => None,
    }
}

fn walkin() -> Walkin {
    Walkin {
        photo: None,
        kind: VisitorType::Delivery,
        company: Some("Zomato".into()),
        units: vec![id(UNIT)],
        name: None,
        phone: None,
        plate: None,
        people: 1,
    }
}

/// What stands on the screen.
fn shown(gate: &Gate) -> screen::ShownVerdict {
    gate.desk.lock().show.verdict.clone().unwrap()
}

fn touch<T: std::fmt::Debug>(result: Result<T, DeskError>) -> TouchError {
    result.unwrap_err().into_touch()
}

fn guard_row(pin: &str) -> GuardRow {
    let mut hash = [0; 32];
    let params = argon2::Params::new(19_456, 2, 1, Some(32)).unwrap();
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), &[8; 16], &mut hash)
        .unwrap();
    GuardRow { name: "Ramesh".into(), pin_hash: hash.to_vec(), pin_salt: [8; 16], photo: None, active: true }
}
