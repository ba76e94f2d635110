//! A kiosk whose disk fails: what its screen says, and that it goes on once it can.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use gatehouse::{
    admission::Policy,
    clock::{Anchor, Nonce},
    enrol::EnrolCode,
    feed::row::KioskOrder,
    hash::Hash,
    id::{CommunityId, GateId, KioskId},
    journal::{Act, AlertCode, Cause, DetailsError, outbox::Acknowledge},
    keys::{KeySet, SealSecret, SigningKey},
    time::{DAY, HOUR, UnixMs},
    trust::{SignedTrust, TrustStatement},
    words::GateKind,
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::mpsc};
use uuid::Uuid;

use super::{enrolling::Enrolling, life::Taker, opening::Opening, *};
use crate::{
    camera::Condition,
    database::DatabaseError,
    enrol::{Membership, Trusted},
    entropy::SystemEntropy,
    journal::{Journal, JournalError, Ledger},
    keys::Holder,
    screen::{
        Alert, AlertKind, Digits, EmergencyKind, Enrolment, RungState, Sound, Stage, StripKind, Trouble,
    },
    time::fake::FakeClocks,
};

fn trusted() -> Trusted {
    trusted_by(&SigningKey::generate(&mut SystemEntropy))
}

fn trusted_by(root: &SigningKey) -> Trusted {
    let statement = TrustStatement {
        version: 1,
        issued_at: UnixMs(0),
        community: CommunityId(Uuid::from_u128(1)),
        kiosk: KioskId(Uuid::from_u128(2)),
        kiosk_number: 7,
        gate: GateId(Uuid::from_u128(3)),
        gate_name: "Gate 2".into(),
        gate_kind: GateKind::Both,
        zone: "Asia/Kolkata".into(),
        policy: Policy::default().to_bytes(),
        pass_keys: KeySet(vec![]),
        anchor_key: root.public(),
        seal_key: SealSecret::generate(&mut SystemEntropy).public(),
        guards: vec![],
    };
    Membership::enrolled(
        &"http://127.0.0.1:9".parse().unwrap(),
        None,
        Hash(root.public().fingerprint()),
        (statement.kiosk, "kiosk".into()),
        (statement.community, "Palm Grove".into()),
        &SignedTrust::sign(&statement, root),
    )
    .unwrap()
}

/// The folder of a kiosk that was at work before.
fn enrolled_before() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let ground = Ground::open(Folder::open(dir.path()).unwrap(), Arc::new(MachineClocks)).unwrap();
    let trusted = trusted();
    trusted.keep(&ground.folder).unwrap();
    drop(Gate::open(ground, trusted, Cause::Enrolled).unwrap());
    dir
}

/// A state without a kiosk's threads around it. What was declared last goes first.
struct House {
    state: State,
    clocks: Arc<FakeClocks>,
    _happenings: mpsc::UnboundedReceiver<Happened>,
    _runtime: Runtime,
    _dir: TempDir,
}

impl House {
    fn new() -> Self {
        Self::over(tempfile::tempdir().unwrap())
    }

    /// What starts over a folder.
    fn over(dir: TempDir) -> Self {
        let clocks = Arc::new(FakeClocks(AtomicI64::new(1_000)));
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let time = Arc::new(Timekeeper::open(Arc::clone(&clocks) as _, Arc::clone(&folder)));
        let wish = Wish::By(Holder::File);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (happened, happenings) = mpsc::unbounded_channel();
        let sight = Sight::of(&CameraSpec::Auto);
        let handle = runtime.handle().clone();
        let state = State::begin(folder, time, wish, Preferences::default(), sight, handle, happened);
        Self { state, clocks, _happenings: happenings, _runtime: runtime, _dir: dir }
    }

    /// Enrols with a ladder on the screen, as far as the disk lets it.
    fn enrol(&mut self) {
        let code = EnrolCode::draw(&mut SystemEntropy).to_string();
        let mut ladder = Enrolling::default();
        ladder.take(Invited::typed("gate.example", &code)).unwrap();
        self.state.open(Opening::enrolled(trusted(), ladder));
    }

    /// The gate at work.
    fn work(&self) -> &Gate {
        let Life::Open(work) = &self.state.life else { panic!("it is not at work") };
        &work.gate
    }

    /// Has the journal's disk take no event, or take them again.
    fn disk(&self, word: &str) {
        let ground = &self.work().ground;
        let journal = Journal::aside(&ground.folder.journal(), ground.keys.journal()).unwrap();
        journal.execute_batch(word).unwrap();
    }

    /// The process ends; the folder stays.
    fn close(self) -> TempDir {
        let Self { state, _dir: dir, .. } = self;
        drop(state);
        dir
    }

    /// The emergencies on the screen.
    fn alarms(&self) -> Vec<Alert> {
        let Stage::Desk(desk) = self.state.screen().stage else { panic!("it is not at work") };
        desk.alerts.into_iter().filter(|alert| alert.alarm).collect()
    }

    /// What was recorded of emergencies, newest first.
    fn emergencies(&self) -> Vec<String> {
        let raised = Act::alert(AlertCode::Emergency);
        let kept = self.work().desk.journal().latest(raised.kind(), 100).unwrap().into_iter();
        let emergencies = kept.filter(|kept| kept.recorded.act == raised);
        emergencies.filter_map(|kept| kept.recorded.details?.note).collect()
    }

    /// What the screen of a kiosk says that does not start.
    fn trouble(&self) -> Option<Trouble> {
        let Stage::Starting { trouble, .. } = self.state.screen().stage else { panic!("it has started") };
        trouble
    }

    /// Five seconds go by.
    fn wait(&mut self) {
        self.clocks.0.fetch_add(5_000, Ordering::Relaxed);
        self.state.open_again();
    }
}

#[test]
fn a_kiosk_that_is_enrolled_and_cannot_open_says_so_on_its_ladder_and_tries_again() {
    let mut house = House::new();
    // Where a folder lies no database can be made.
    let journal = house.state.folder.journal();
    fs::create_dir(&journal).unwrap();
    house.enrol();
    let Stage::Enrol(Enrolment::Checking { ladder, .. }) = house.state.screen().stage else { panic!() };
    assert_eq!(ladder[4].state, RungState::Passed, "the code is redeemed");
    assert_eq!(ladder[5].state, RungState::Failed { trouble: Trouble::Disk });
    assert_eq!(house.state.enrol_cancel(), Err(TouchError::NotNow));
    fs::remove_dir(&journal).unwrap();
    house.state.open_again();
    assert!(matches!(house.state.life, Life::Opening(_)), "its time has not come");
    house.wait();
    assert!(matches!(house.state.life, Life::Open(_)));
    assert!(Membership::load(&house.state.folder).unwrap().is_some());
}

#[test]
fn a_gate_that_does_not_open_again_is_no_kiosk_without_a_community_and_rings_on_once_it_does() {
    let mut house = House::over(enrolled_before());
    house.state.emergency(EmergencyKind::Fire).unwrap();
    let cache = house.state.folder.cache();
    fs::remove_file(&cache).unwrap();
    fs::create_dir(&cache).unwrap();
    house.state.happened(Happened::Damaged(Damage { cache: true, journal: false }));
    assert!(matches!(house.state.life, Life::Opening(_)));
    assert!(matches!(house.state.taker(), Taker::Nobody), "a code is no invitation");
    house.wait();
    assert!(matches!(house.state.life, Life::Opening(_)), "it still does not");
    fs::remove_dir(&cache).unwrap();
    house.wait();
    assert!(matches!(house.state.life, Life::Open(_)));
    assert!(house.state.screen().alarm, "nobody saw the alarm");
}

#[test]
fn a_journal_that_was_set_aside_is_not_set_aside_again_while_the_gate_does_not_open() {
    let mut house = House::new();
    house.enrol();
    let (cache, journal) = (house.state.folder.cache(), house.state.folder.journal());
    let aside = || {
        let names = fs::read_dir(journal.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name());
        names.filter(|name| name.to_str().unwrap().contains(".damaged-")).count()
    };
    fs::remove_file(&cache).unwrap();
    fs::create_dir(&cache).unwrap();
    house.state.happened(Happened::Damaged(Damage { cache: true, journal: true }));
    assert!(matches!(house.state.life, Life::Opening(_)));
    assert_eq!(aside(), 1);
    house.wait();
    assert!(matches!(house.state.life, Life::Opening(_)), "it still does not");
    assert_eq!(aside(), 1, "what was begun in its place is sound");
    fs::remove_dir(&cache).unwrap();
    house.wait();
    let Life::Open(work) = &house.state.life else { panic!() };
    assert!(work.gate.journal_renewed && work.gate.cache_renewed);
    assert!(work.gate.desk.journal().is_begun().unwrap());
    assert_eq!(aside(), 1);
}

#[test]
fn a_journal_that_was_set_aside_goes_once_all_that_was_saved_of_it_is_sent_or_a_month_has_passed() {
    for is_sent in [true, false] {
        let mut house = House::new();
        let time = Arc::clone(&house.state.time);
        time.anchor(Anchor { at: UnixMs(1), nonce: Nonce([0; 16]) }, time.boot(), time.boot());
        house.enrol();
        house.state.happened(Happened::Damaged(Damage { cache: false, journal: true }));
        let folder = Arc::clone(&house.state.folder);
        let aside = || folder.set_aside_of(&folder.journal()).unwrap().len();
        let tidy_after = |house: &mut House, ms: i64| {
            house.clocks.0.fetch_add(ms, Ordering::Relaxed);
            house.state.tidy();
        };
        tidy_after(&mut house, HOUR);
        assert_eq!(aside(), 1);
        if is_sent {
            let desk = house.state.desk().unwrap();
            let saved = desk.journal().outbox().unwrap().lives[0].head;
            let word =
                Acknowledge { incarnation: saved.incarnation, upto: saved.seq, visible: vec![], by: 9 };
            desk.journal().acknowledge(&word, UnixMs(1)).unwrap();
            tidy_after(&mut house, HOUR);
        } else {
            tidy_after(&mut house, 29 * DAY);
            assert_eq!(aside(), 1, "it may still be needed");
            tidy_after(&mut house, DAY);
        }
        assert_eq!(aside(), 0);
    }
}

#[test]
fn a_start_over_a_disk_that_fails_draws_a_screen_that_says_so_and_opens_the_same_gate_later() {
    let dir = enrolled_before();
    let journal = dir.path().join("journal.db");
    let aside = dir.path().join("aside.db");
    fs::rename(&journal, &aside).unwrap();
    fs::create_dir(&journal).unwrap();
    let mut house = House::over(dir);
    assert_eq!(house.trouble(), Some(Trouble::Disk));
    assert!(matches!(house.state.taker(), Taker::Nobody), "a code is no invitation");
    fs::remove_dir(&journal).unwrap();
    fs::rename(&aside, &journal).unwrap();
    house.wait();
    let Life::Open(work) = &house.state.life else { panic!() };
    assert!(!work.gate.journal_renewed, "nothing of it was lost");
}

#[test]
fn a_start_without_its_keys_waits_for_them() {
    let dir = enrolled_before();
    let note = dir.path().join("keys");
    let keys = fs::read(&note).unwrap();
    fs::write(&note, b"rubbish").unwrap();
    let mut house = House::over(dir);
    assert_eq!(house.trouble(), Some(Trouble::NoKeys));
    fs::write(&note, keys).unwrap();
    house.wait();
    let Life::Open(work) = &house.state.life else { panic!() };
    assert!(!work.gate.journal_renewed && !work.gate.cache_renewed, "they were not made anew");
}

#[test]
fn a_wipe_that_was_cut_off_behind_the_keys_is_finished_by_the_next_start() {
    let dir = enrolled_before();
    fs::remove_file(dir.path().join("keys")).unwrap();
    fs::write(dir.path().join("wiping"), b"").unwrap();
    let house = House::over(dir);
    assert!(matches!(house.state.life, Life::Enrolling(_)), "it does not come back with other keys");
    let folder = &house.state.folder;
    assert!(Membership::load(folder).unwrap().is_none());
    assert!(!folder.cache().exists() && !folder.journal().exists());
    assert_eq!(folder.read("wiping").unwrap(), None);
}

#[test]
fn a_kiosk_that_retires_is_wiped_once_all_is_sent_and_not_before() {
    let root = SigningKey::generate(&mut SystemEntropy);
    let mut house = House::new();
    house.state.open(Opening::enrolled(trusted_by(&root), Enrolling::default()));
    let Life::Open(work) = &mut house.state.life else { panic!() };
    let kiosk = KioskId(Uuid::from_u128(2));
    let order = KioskOrder::sign(false, kiosk, &work.gate.ground.device().public(), &root);
    assert_eq!(work.orders.hear(&work.gate, &order), None, "its first event waits");
    let journal = work.gate.desk.journal();
    let head = journal.head().unwrap().unwrap();
    let word = Acknowledge { incarnation: head.incarnation, upto: head.seq, visible: vec![], by: 9 };
    journal.acknowledge(&word, UnixMs(1)).unwrap();
    assert_eq!(work.orders.look(&work.gate), Some(Ended::Retired));
    let folder = &house.state.folder;
    assert!(Membership::load(folder).unwrap().is_none() && !folder.journal().exists());
    assert_eq!((folder.read("keys").unwrap(), folder.read("wiping").unwrap()), (None, None));
}

#[test]
fn a_start_whose_membership_is_damaged_says_so() {
    let dir = enrolled_before();
    for copy in ["membership", "membership.2"] {
        fs::write(dir.path().join(copy), b"rubbish").unwrap();
    }
    assert_eq!(House::over(dir).trouble(), Some(Trouble::GateForgotten));
}

#[test]
fn records_of_a_newer_program_have_words_of_their_own() {
    let newer = DatabaseError::Newer { found: 9, known: 1 };
    assert_eq!(OpenError::Journal(JournalError::Database(newer)).trouble(), Trouble::RecordsNewer);
}

#[test]
fn a_read_that_fails_as_the_gate_opens_has_all_of_it_read_and_a_full_disk_has_not() {
    let failed = |error: DatabaseError| OpenError::Journal(JournalError::Database(error)).may_be_damage();
    assert!(failed(DatabaseError::Sql(rusqlite::Error::QueryReturnedNoRows)));
    assert!(!failed(DatabaseError::Full(rusqlite::Error::QueryReturnedNoRows)));
    assert!(OpenError::Journal(JournalError::Details(DetailsError::Digest)).may_be_damage());
}

#[test]
fn an_order_beside_a_window_whose_gate_does_not_open_has_failed() {
    let ordered = |dir: &TempDir| kiosk(dir).shared.carry_out(&Order::Status, &mut |_| {});
    let dir = enrolled_before();
    fs::remove_file(dir.path().join("journal.db")).unwrap();
    fs::create_dir(dir.path().join("journal.db")).unwrap();
    assert_eq!(ordered(&dir), Ending::Failed);
    assert_eq!(ordered(&tempfile::tempdir().unwrap()), Ending::NotNow, "not enrolled is another thing");
}

#[test]
fn a_kiosk_that_cannot_listen_for_gatectl_has_its_window_all_the_same() {
    let dir = enrolled_before();
    fs::create_dir(dir.path().join("gatectl.sock")).unwrap();
    assert!(matches!(kiosk(&dir).screen().stage, Stage::Desk(_)));
}

/// A kiosk over a folder, with nothing before its camera.
fn kiosk(dir: &TempDir) -> Kiosk {
    Kiosk::open(settings(dir)).unwrap()
}

fn settings(dir: &TempDir) -> Settings {
    let camera = dir.path().join("nothing-to-see.png").to_str().unwrap().parse().unwrap();
    Settings { data: dir.path().to_owned(), camera, keys: Wish::By(Holder::File) }
}

#[test]
fn what_is_held_up_and_cannot_be_recorded_is_seen_and_heard() {
    let dir = enrolled_before();
    let kiosk = kiosk(&dir);
    kiosk.shared.lock().desk().unwrap().journal().close();
    kiosk.shared.glance(Glance::Codes(vec!["GH1:NCFOXN".into()]));
    let screen = kiosk.screen();
    let Stage::Desk(desk) = screen.stage else { panic!() };
    assert!(desk.strips.iter().any(|strip| strip.kind == StripKind::NotRecorded));
    assert_eq!(screen.cue.unwrap().sound, Sound::Refuse);
}

#[test]
fn a_hand_scanner_is_heard_before_enrolment_too() {
    let dir = tempfile::tempdir().unwrap();
    let kiosk = kiosk(&dir);
    kiosk.touch(&Touch::Scanned { text: Digits("upi://pay".into()) }).unwrap();
    let waiting = Enrolment::Waiting { trouble: Some(Trouble::NotAnInvitation) };
    assert_eq!(kiosk.screen().stage, Stage::Enrol(waiting));
}

#[test]
fn a_pass_that_a_hand_scanner_reads_twice_at_once_is_held_up_once() {
    let dir = enrolled_before();
    let clocks = Arc::new(FakeClocks(AtomicI64::new(1_000)));
    let kiosk = Kiosk::open_with(settings(&dir), Arc::clone(&clocks) as _).unwrap();
    let strips = || {
        let Stage::Desk(desk) = kiosk.screen().stage else { panic!() };
        let shown = desk.strips.iter().filter(|strip| matches!(strip.kind, StripKind::NotAPass { .. }));
        shown.map(|strip| strip.id).collect::<Vec<_>>()
    };
    let read = || kiosk.touch(&Touch::Scanned { text: Digits("upi://pay".into()) }).unwrap();
    read();
    let first = strips();
    assert_eq!(first.len(), 1);
    clocks.0.fetch_add(1_000, Ordering::Relaxed);
    read();
    assert_eq!(strips(), first, "the trigger bounced");
    clocks.0.fetch_add(2_500, Ordering::Relaxed);
    read();
    assert_ne!(strips(), first, "it was put away meanwhile");
    clocks.0.fetch_add(1_000, Ordering::Relaxed);
    let seen = kiosk.shared.memory.fresh(clocks.boot(), ["upi://pay"]);
    assert!(seen.is_empty(), "the camera sees what was read just now");
}

#[test]
fn of_passes_in_one_picture_each_has_its_verdict_on_the_screen() {
    let dir = enrolled_before();
    let clocks = Arc::new(FakeClocks(AtomicI64::new(1_000)));
    let kiosk = Kiosk::open_with(settings(&dir), Arc::clone(&clocks) as _).unwrap();
    let verdict = |later: i64, codes: &[&str]| {
        clocks.0.fetch_add(later, Ordering::Relaxed);
        kiosk.shared.lock().tick(kiosk.shared.camera.condition());
        let fresh = kiosk.shared.memory.fresh(clocks.boot(), codes.iter().copied());
        if !fresh.is_empty() {
            kiosk.shared.glance(Glance::Codes(fresh));
        }
        kiosk.shared.push();
        let Stage::Desk(desk) = kiosk.screen().stage else { panic!() };
        desk.verdict.unwrap().id
    };
    let both = ["GH1:NCFOXN", "GH1:FOXNNC"];
    let first = verdict(0, &both);
    for _ in 1..100 {
        assert_eq!(verdict(100, &both), first, "the other one waits");
    }
    let second = verdict(100, &both);
    assert_ne!(second, first);
    assert_eq!(verdict(600, &both), second, "each had its own");
    assert_ne!(verdict(600, &["GH1:XNNCFO"]), second, "who comes next waits for nobody who has gone");
}

#[test]
fn an_alarm_rings_through_other_sounds_and_a_restart_until_it_was_seen() {
    let mut house = House::over(enrolled_before());
    assert!(!house.state.screen().alarm);
    house.state.emergency(EmergencyKind::Fire).unwrap();
    house.state.emergency(EmergencyKind::Medical).unwrap();
    house.work().desk.scan("GH1:NCFOXN").unwrap();
    assert!(house.state.screen().alarm, "somebody refused is not somebody who saw it");
    let mut house = House::over(house.close());
    assert!(house.state.screen().alarm, "no restart silences it");
    for rings in [true, false] {
        let alarm = house.alarms().remove(0).id;
        assert!(house.state.alarm_seen(alarm));
        assert_eq!(house.state.screen().alarm, rings, "each is seen by itself");
    }
    house.state.tick(Condition::Starting);
    let house = House::over(house.close());
    assert!(!house.state.screen().alarm);
    assert_eq!(house.emergencies().len(), 2, "each is told of once");
}

#[test]
fn an_alarm_that_cannot_be_recorded_rings_and_is_recorded_once_it_can_be() {
    let mut house = House::over(enrolled_before());
    house.disk("create trigger fails before insert on event begin select raise(abort, 'failed'); end");
    assert_eq!(house.state.emergency(EmergencyKind::Threat), Err(TouchError::NotRecorded));
    assert!(house.state.screen().alarm);
    house.disk("drop trigger fails");
    house.state.tick(Condition::Starting);
    assert_eq!(house.emergencies(), ["THREAT"]);
}

#[test]
fn an_emergency_while_the_records_do_not_open_rings_and_is_recorded_when_they_do() {
    let dir = enrolled_before();
    let (journal, aside) = (dir.path().join("journal.db"), dir.path().join("aside.db"));
    fs::rename(&journal, &aside).unwrap();
    fs::create_dir(&journal).unwrap();
    let mut house = House::over(dir);
    let boot = house.state.time.boot();
    house.state.time.anchor(Anchor { at: UnixMs(0), nonce: Nonce([0; 16]) }, boot, boot);
    house.state.emergency(EmergencyKind::Threat).unwrap();
    let Stage::Starting { alarms, .. } = house.state.screen().stage else { panic!() };
    assert_eq!(alarms[0].kind, AlertKind::Emergency { kind: EmergencyKind::Threat });
    assert!(house.state.screen().alarm);
    assert!(house.state.alarm_seen(alarms[0].id), "it can be stopped there");
    assert!(!house.state.screen().alarm);
    fs::remove_dir(&journal).unwrap();
    fs::rename(&aside, &journal).unwrap();
    house.wait();
    house.state.tick(Condition::Starting);
    house.state.tick(Condition::Starting);
    let told = house.emergencies();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("THREAT "), "and says when it was raised: {told:?}");
    assert!(!house.state.screen().alarm);
}
