//! A gate opens whatever became of its databases, and says what became of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use gatehouse::{
    admission::{Policy, Reason},
    clock::{Anchor, Nonce},
    hash::Hash,
    id::{CommunityId, GateId, KioskId, PassId, UnitId},
    journal::{Act, AlertCode, Cause, outbox::LifeState},
    keys::{KeySet, PassKey, SealSecret, SigningKey},
    pass::{PassClaims, PassTerms, Terms, UnitRef, sign},
    time::{Clock, DAY, UnixMs},
    trust::{SignedTrust, TrustStatement},
    words::{GateKind, PassMode, VisitorType},
};
use gatehouse_kiosk::{
    control::{Ending, Order, send},
    database::DatabaseError,
    desk::Outcome,
    enrol::Membership,
    entropy::SystemEntropy,
    folder::{Folder, FolderError, socket},
    journal::{Author, Journal, JournalError, Ledger, salvage},
    keys::{Holder, Wish},
    kiosk::{Damage, Gate, Ground, Kiosk, OpenError, Reading, Settings},
    time::MachineClocks,
};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

struct House {
    dir: TempDir,
    signer: SigningKey,
    began: UnixMs,
}

impl House {
    /// A folder that was enrolled, its time anchored.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let house =
            Self { dir, signer: SigningKey::generate(&mut SystemEntropy), began: MachineClocks.now() };
        let ground = house.ground();
        ground.time.anchor(
            Anchor { at: house.began, nonce: Nonce([0; 16]) },
            ground.time.boot(),
            ground.time.boot(),
        );
        let root = SigningKey::generate(&mut SystemEntropy);
        let statement = TrustStatement {
            version: 1,
            issued_at: house.began,
            community: CommunityId(Uuid::from_u128(1)),
            kiosk: KioskId(Uuid::from_u128(2)),
            kiosk_number: 7,
            gate: GateId(Uuid::from_u128(3)),
            gate_name: "Gate 2".into(),
            gate_kind: GateKind::Entry,
            zone: "Asia/Kolkata".into(),
            policy: Policy::default().to_bytes(),
            pass_keys: KeySet(vec![PassKey::new(
                house.signer.public(),
                house.began.plus(-DAY),
                house.began.plus(DAY),
            )]),
            anchor_key: house.signer.public(),
            seal_key: SealSecret::generate(&mut SystemEntropy).public(),
            guards: vec![],
        };
        Membership::enrolled(
            &"http://127.0.0.1:9".parse().unwrap(),
            None,
            Hash(root.public().fingerprint()),
            (statement.kiosk, "kiosk".into()),
            (statement.community, "Palm Grove".into()),
            &SignedTrust::sign(&statement, &root),
        )
        .unwrap()
        .keep(&ground.folder)
        .unwrap();
        house
    }

    fn ground(&self) -> Ground {
        Ground::open(Folder::open(self.dir.path()).unwrap(), Arc::new(MachineClocks)).unwrap()
    }

    fn open(&self, cause: Cause) -> Result<Gate, OpenError> {
        let ground = self.ground();
        let trusted = Membership::load(&ground.folder).unwrap().unwrap();
        Gate::open(ground, trusted, cause)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn token(&self, pass: u128) -> String {
        let claims = PassClaims {
            id: PassId(Uuid::from_u128(pass)),
            valid_from: self.began.plus(-DAY),
            valid_until: self.began.plus(DAY),
            terms: Terms::Known(PassTerms {
                visitor_type: VisitorType::Guest,
                unit: UnitRef::of("A-1203", UnitId(Uuid::from_u128(4))),
                uses: None,
                name: "Asha".into(),
                window: None,
                home_gate: None,
                mode: PassMode::Static,
                row_needed: false,
            }),
        };
        sign(&claims, CommunityId(Uuid::from_u128(1)), &self.signer).unwrap()
    }

    /// Opens, records some verdicts, closes.
    fn worked(&self) {
        let gate = self.open(Cause::Enrolled).unwrap();
        for pass in 0..200 {
            let outcome = gate.desk.scan(&self.token(pass)).unwrap();
            assert!(matches!(outcome, Outcome::Not { event: Some(_), .. }), "no list yet: it steps up");
        }
        assert!(!gate.journal_renewed);
    }
}

impl House {
    /// Lets a database say that more migrations ran on it than are known.
    fn made_by_a_later_version(&self, name: &str, key: impl Fn(&Ground) -> [u8; 32]) {
        use std::fmt::Write as _;
        let key = key(&self.ground()).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let connection = Connection::open(self.path(name)).unwrap();
        connection.pragma_update(None, "key", format!("x'{key}'")).unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
    }
}

/// Overwrites some bytes in the middle of a file.
fn tear(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xAA);
    fs::write(path, bytes).unwrap();
}

fn alerts(gate: &Gate) -> usize {
    let alert = Act::alert(AlertCode::JournalDamaged);
    let latest = gate.desk.journal().latest(alert.kind(), 10).unwrap();
    latest.iter().filter(|kept| kept.recorded.act == alert).count()
}

#[test]
fn a_damaged_cache_is_dropped_and_the_gate_verifies_passes_all_the_same() {
    let house = House::new();
    house.worked();
    fs::write(house.path("cache.db"), vec![42; 65_536]).unwrap();
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.cache_renewed && !gate.journal_renewed);
    let judged = gate.desk.check(&house.token(1)).unwrap();
    assert_eq!(judged.verdict.reason(), Some(Reason::Stale), "the signature holds, only the list is missing");
    let stranger = House::new();
    assert_eq!(gate.desk.check(&stranger.token(1)).unwrap().verdict.reason(), Some(Reason::IssuerUnknown));
}

#[test]
fn a_torn_journal_is_set_aside_salvaged_and_followed_by_a_new_life() {
    let house = House::new();
    house.worked();
    tear(&house.path("journal.db"));
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.journal_renewed);
    assert_eq!(alerts(&gate), 1);
    let verified = gate.desk.journal().verify().unwrap();
    assert_eq!(verified.broken, None);
    let outbox = gate.desk.journal().outbox().unwrap();
    assert_eq!(outbox.waiting(), verified.events, "what was saved is still sent");
    let aside = fs::read_dir(house.dir.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("journal.db.damaged-")
    });
    assert!(aside.count() >= 1);
    drop(gate);
    assert!(!house.open(Cause::Damaged).unwrap().journal_renewed, "said once");
}

#[test]
fn a_salvage_after_which_no_life_began_is_finished_by_the_next_start() {
    let house = House::new();
    house.worked();
    let ground = house.ground();
    let saved_from = house.path("journal.db");
    let aside = ground.folder.set_aside(&saved_from, "1").unwrap();
    let membership = Membership::load(&ground.folder).unwrap().unwrap().membership;
    let author =
        Author { community: membership.community, kiosk: membership.kiosk, key: ground.keys.device() };
    let journal = Journal::open(&saved_from, ground.keys.journal(), author, Box::new(SystemEntropy)).unwrap();
    let saved = salvage(&aside, ground.keys.journal(), &journal).unwrap();
    assert!(saved.events > 0 && !journal.is_begun().unwrap());
    drop((journal, ground));
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.journal_renewed);
    let lives = gate.desk.journal().outbox().unwrap().lives;
    assert_eq!(lives.iter().map(|life| life.state).collect::<Vec<_>>(), [LifeState::Closed, LifeState::Open]);
    assert_eq!(alerts(&gate), 1);
    drop(gate);
    assert!(!house.open(Cause::Damaged).unwrap().journal_renewed, "it was begun once");
}

#[test]
fn damage_that_comes_while_the_gate_works_is_found_by_reading_all_and_met_as_at_the_start() {
    let house = House::new();
    house.worked();
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.is_read_whole && !gate.journal_renewed, "a small database is read before the gate opens");
    assert_eq!(Gate::look(&gate.ground, |_| {}), Damage::default());
    tear(&house.path("journal.db"));
    let damage = Gate::look(&gate.ground, |_| {});
    assert_eq!(damage, Damage { cache: false, journal: true });
    gate.desk.journal().close();
    assert!(gate.desk.scan(&house.token(1)).is_err(), "nothing is recorded where nobody looks for it");
    let (ground, trusted) = (gate.ground.clone(), gate.trusted());
    drop(gate);
    let gate = Gate::open_read(ground, trusted, Cause::Damaged, Reading::Found(damage)).unwrap();
    assert!(gate.journal_renewed && !gate.cache_renewed);
    assert_eq!(alerts(&gate), 1);
    assert!(gate.desk.scan(&house.token(1)).is_ok());
}

#[test]
fn what_is_read_of_a_large_journal_before_the_gate_opens_is_its_end() {
    let house = House::new();
    house.worked();
    let ground = house.ground();
    let trusted = Membership::load(&ground.folder).unwrap().unwrap();
    let quick = Reading::Found(Damage::default());
    let gate = Gate::open_read(ground, trusted, Cause::Damaged, quick).unwrap();
    assert!(!gate.is_read_whole && !gate.journal_renewed);
    let journal = gate.desk.journal();
    journal.check_end().unwrap();
    let newest = journal.head().unwrap().unwrap().seq;
    let connection = Journal::aside(&house.path("journal.db"), gate.ground.keys.journal()).unwrap();
    connection
        .execute("update event set hash = zeroblob(32) where seq = ?1", [newest.cast_signed()])
        .unwrap();
    assert!(journal.check_end().unwrap_err().is_damage());
}

#[test]
fn a_journal_that_is_gone_begins_anew_and_says_so() {
    let house = House::new();
    house.worked();
    for name in ["journal.db", "journal.db-wal", "journal.db-shm", "cache.db", "cache.db-wal", "cache.db-shm"]
    {
        let _ = fs::remove_file(house.path(name));
    }
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.journal_renewed);
    assert_eq!(alerts(&gate), 1);
    let life = gate.desk.journal().head().unwrap().unwrap();
    let first = gate.desk.journal().batch(life.incarnation, 0, 1).unwrap().events[0].event.event().unwrap();
    assert!(matches!(Act::read(first.kind, &first.body).unwrap(), Act::Opened { cause: Cause::Damaged, .. }));
    assert!(gate.desk.scan(&house.token(1)).is_ok(), "the gate works throughout");
}

#[test]
fn a_journal_of_a_later_version_is_left_alone() {
    let house = House::new();
    house.worked();
    house.made_by_a_later_version("journal.db", |ground| *ground.keys.journal());
    let refused = house.open(Cause::Damaged);
    assert!(matches!(
        refused,
        Err(OpenError::Journal(JournalError::Database(DatabaseError::Newer { found: 999, .. })))
    ));
    assert!(house.path("journal.db").exists());
}

#[test]
fn a_cache_of_a_later_version_is_fetched_anew() {
    let house = House::new();
    house.worked();
    house.made_by_a_later_version("cache.db", |ground| *ground.keys.cache());
    let gate = house.open(Cause::Damaged).unwrap();
    assert!(gate.cache_renewed && !gate.journal_renewed);
    assert!(gate.desk.scan(&house.token(1)).is_ok());
}

#[test]
fn a_window_owns_the_folder_and_answers_for_it() {
    let house = House::new();
    house.worked();
    let camera = house.path("nothing-to-see.png").to_str().unwrap().parse().unwrap();
    let kiosk =
        Kiosk::open(Settings { data: house.dir.path().to_owned(), camera, keys: Wish::By(Holder::File) })
            .unwrap();
    assert!(matches!(Folder::open(house.dir.path()), Err(FolderError::InUse)));
    let mut said = Vec::new();
    let order = Order::Check { text: house.token(5) };
    let ending = send(&socket(house.dir.path()), &order, &mut |line| said.push(line)).unwrap();
    assert_eq!(ending, Ending::StepUp);
    assert_eq!(said[0]["reason"], "STALE");
    let mut said = Vec::new();
    let verify = send(&socket(house.dir.path()), &Order::JournalVerify, &mut |line| said.push(line)).unwrap();
    assert_eq!((verify, &said[0]["events"]), (Ending::Done, &201.into()));
    drop(kiosk);
    Folder::open(house.dir.path()).unwrap();
}
