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
            UnitRow, UseRow, VisitRow,
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
    screen::{AskState, InsideTab, OverrideReason, TouchError, Walkin},
    time::Clocks,
};

const T: UnixMs = UnixMs(1_795_000_000_000);
const PEPPER: [u8; 32] = [4; 32];

struct FakeClocks(AtomicI64);

impl Clocks for FakeClocks {
    fn wall(&self) -> UnixMs {
        UnixMs(0)
    }
    fn boot(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
    fn boot_id(&self) -> [u8; 16] {
        [1; 16]
    }
}

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

fn touch<T: std::fmt::Debug>(result: Result<T, DeskError>) -> TouchError {
    result.unwrap_err().into_touch()
}

#[test]
fn a_pass_lets_in_once_recorded_and_a_second_look_says_already_in() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let text = gate.token(50, &pass_row());
    let Outcome::In { judged, visit, .. } = gate.desk.scan(&text).unwrap() else { panic!("not let in") };
    assert_eq!(judged.comer.people, 2);
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, 2);
    gate.later(MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::AlreadyIn { .. }));
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, 2, "no event for a look");
    gate.later(2 * MINUTE);
    let Outcome::Out { entered, .. } = gate.desk.scan(&text).unwrap() else { panic!("not let out") };
    assert!(entered.is_some());
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().status, VisitorStatus::Exited);
    assert_eq!(gate.desk.journal.verify().unwrap().broken, None);
}

#[test]
fn a_single_use_is_spent_by_the_first_of_many_at_once() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let text = gate.token(50, &once);
    let admitted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| gate.entry(&text))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).filter(|o| matches!(o, Outcome::In { .. })).count()
    });
    assert_eq!(admitted, 1);
    let gate = gate.restart();
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::UsedUp));
}

#[test]
fn a_use_at_another_gate_counts_and_an_undone_one_does_not() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let text = gate.token(50, &once);
    let Outcome::In { event, .. } = gate.entry(&text) else { panic!("not let in") };
    gate.desk.undo(event).unwrap();
    assert!(matches!(gate.entry(&text), Outcome::In { .. }));
    let other = PassRow { uses: Some(1), ..pass_row() };
    gate.change(row(51, 0, &other));
    gate.change(row(77, 0, &UseRow { pass: id(51), at: T, kiosk: id(99) }));
    assert_eq!(reason(&gate.entry(&gate.token(51, &other))), Some(Reason::UsedUp));
}

#[test]
fn an_undo_comes_in_time_or_not_at_all() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, visit, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.later(MINUTE);
    assert_eq!(touch(gate.desk.undo(event)), TouchError::TooLate);
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().status, VisitorStatus::Inside);
}

#[test]
fn a_revoked_pass_is_refused_once_its_revocation_is_here_and_still_leads_out() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let text = gate.token(50, &pass_row());
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    gate.change(row(50, 0, &PassRow { revoked_at: Some(T), ..pass_row() }));
    assert_eq!(gate.desk.check(&text).unwrap().verdict.reason(), Some(Reason::Revoked));
    assert!(gate.desk.inside("", InsideTab::Today, 0).unwrap().rows[0].revoked);
    gate.later(3 * MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Out { .. }), "whoever leaves leaves");
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::Revoked));
}

#[test]
fn what_is_no_pass_leaves_no_event_and_what_is_a_bad_one_does() {
    let gate = Gate::new();
    let before = gate.desk.journal.head().unwrap();
    assert_eq!(reason(&gate.desk.scan("upi://pay?pa=shop").unwrap()), Some(Reason::NotAPass));
    assert_eq!(gate.desk.journal.head().unwrap(), before);
    let stranger = Gate::new();
    let foreign = stranger.token(50, &pass_row());
    assert_eq!(reason(&gate.desk.scan(&foreign).unwrap()), Some(Reason::IssuerUnknown));
    assert_eq!(reason(&gate.desk.scan("GH1:ABC").unwrap()), Some(Reason::Unreadable));
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, before.unwrap().seq + 2);
}

#[test]
fn a_kiosk_that_never_heard_of_a_pass_verifies_it_with_every_database_gone() {
    let gate = Gate::new();
    let text = gate.token(50, &pass_row());
    assert!(gate.desk.check(&text).unwrap().verdict.admits());
    let Gate { folder, time, desk, .. } = &gate;
    let empty = tempfile::tempdir().unwrap();
    let other = Arc::new(Folder::open(empty.path()).unwrap());
    let bare = open(&other, time, desk.lock().trusted.clone());
    let judged = bare.check(&text).unwrap();
    assert!(folder.cache().exists());
    assert!(
        matches!(judged.verdict, Verdict::StepUp { reason: Reason::Stale, .. }),
        "a good pass, and no list at all: {:?}",
        judged.verdict
    );
}

#[test]
fn a_live_pass_dies_with_its_half_minute_and_is_burnt_by_use() {
    let live = PassRow { mode: PassMode::Live, ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &live)]);
    let token = gate.token(50, &live);
    assert_eq!(reason(&gate.entry(&token)), Some(Reason::LiveNeeded));
    let code = gate.today().pass_secret(id(50)).live_code(gate.desk.now());
    let text = live_text(&token, &code);
    assert!(matches!(gate.entry(&text), Outcome::In { .. }));
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::LiveSpent));
    gate.later(5 * MINUTE);
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::LiveWrong));
}

#[test]
fn a_day_code_lets_in_and_five_wrong_ones_step_up_over_a_restart() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let code = gate.today().pass_secret(id(50)).day_code();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
    let number: u32 = code.as_str().parse().unwrap();
    for wrong in 1..=5u32 {
        let digits: SixDigits = format!("{:06}", (number + wrong) % 1_000_000).parse().unwrap();
        assert_eq!(reason(&gate.desk.code(id(UNIT), &digits).unwrap()), Some(Reason::WrongCode));
    }
    let gate = gate.restart();
    assert_eq!(reason(&gate.desk.code(id(UNIT), &code).unwrap()), Some(Reason::TooManyTries));
    gate.later(16 * MINUTE);
    gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
}

#[test]
fn the_keypad_slows_and_never_locks_the_gate() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let mut waited = false;
    for wrong in 0..10 {
        match gate.desk.code(id(UNIT), &format!("{wrong:06}").parse().unwrap()) {
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error.into_touch(), TouchError::Wait { .. }));
                waited = true;
            }
        }
    }
    let again = gate.desk.code(id(UNIT), &"999999".parse().unwrap());
    waited |= matches!(again.map_err(DeskError::into_touch), Err(TouchError::Wait { .. }));
    assert!(waited);
    assert!(matches!(gate.desk.scan(&gate.token(50, &pass_row())).unwrap(), Outcome::In { .. }));
    gate.later(31 * SECOND);
    assert!(gate.desk.code(id(UNIT), &"999999".parse().unwrap()).is_ok());
}

#[test]
fn without_a_fresh_list_an_unknown_code_asks_the_resident() {
    let gate = Gate::new();
    gate.later(HOUR);
    let outcome = gate.desk.code(id(UNIT), &"123456".parse().unwrap()).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::UnknownPass));
}

#[test]
fn an_ask_survives_a_restart_is_answered_and_let_in() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 1, "nobody is asked while it can be undone");
    gate.later(4 * SECOND);
    assert!(gate.desk.tick().unwrap());
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 2);
    let mut gate = gate.restart();
    let card = |gate: &Gate| Desk::tray(&gate.desk.lock(), gate.desk.now()).remove(0);
    assert!(matches!(card(&gate).state, AskState::Waiting { .. }));
    assert_eq!(touch(gate.desk.let_in(ask)), TouchError::NotNow);
    gate.later(MINUTE);
    assert!(matches!(card(&gate).state, AskState::Unanswered { .. }));

    let own = gate.desk.journal.unseen(0).unwrap();
    let events: Vec<_> = own.iter().map(|kept| &kept.recorded).collect();
    let answered = visit::Answered { answer: Answer::Approve, at: gate.desk.now() };
    let body: VisitRow = visit::fold(events, Some(&answered)).unwrap();
    gate.change(row(ask.0.as_u128(), 0, &body));
    gate.desk.refresh().unwrap();
    assert!(matches!(card(&gate).state, AskState::Approved { .. }));
    assert!(card(&gate).sent);
    gate.desk.let_in(ask).unwrap();
    assert!(Desk::tray(&gate.desk.lock(), gate.desk.now()).is_empty());
    assert_eq!(gate.desk.inside("zomato", InsideTab::Today, 0).unwrap().total, 1);
    assert_eq!(gate.desk.inside("a1203", InsideTab::Delivery, 0).unwrap().total, 1);
}

#[test]
fn an_ask_is_taken_back_within_three_seconds_and_lapses_after_ten_minutes() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.desk.undo_walk_in(ask).unwrap();
    assert_eq!(touch(gate.desk.left(ask)), TouchError::Gone);
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(3 * SECOND);
    assert_eq!(touch(gate.desk.undo_walk_in(ask)), TouchError::TooLate);
    gate.later(10 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.left(ask)), TouchError::Gone);
    assert_eq!(gate.desk.lock().book.get(ask).unwrap().status, VisitorStatus::Lapsed);
}

#[test]
fn policy_says_what_a_walk_in_must_give_and_a_closed_unit_is_not_asked() {
    let mut gate = Gate::new();
    let cab = Walkin { kind: VisitorType::Taxi, ..walkin() };
    assert_eq!(touch(gate.desk.walk_in(&cab)), TouchError::Incomplete);
    let cab = Walkin { plate: Some("ka 01 ab 1234".into()), ..cab };
    assert!(gate.desk.walk_in(&cab).is_ok());
    let barred = UnitRow {
        tower: "A".into(),
        floor: 12,
        number: "1203".into(),
        state: UnitState::Barred,
        epoch: 3,
        intercom: None,
    };
    gate.change(row(UNIT, 0, &barred));
    assert_eq!(touch(gate.desk.walk_in(&walkin())), TouchError::UnitClosed);
}

#[test]
fn a_guards_own_word_needs_a_guard_and_names_them() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    assert_eq!(touch(gate.desk.override_ask(ask, OverrideReason::KnownToGuard)), TouchError::SignInFirst);
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let gate = gate.restart();
    let event = gate.desk.override_ask(ask, OverrideReason::KnownToGuard).unwrap();
    let kept = gate.desk.journal.event(event).unwrap().unwrap().recorded;
    assert_eq!(kept.event.guard, Some(id::<UserId>(GUARD)));
    assert_eq!(kept.details.unwrap().note.as_deref(), Some("KNOWN_TO_GUARD"));
}

fn guard_row(pin: &str) -> GuardRow {
    let mut hash = [0; 32];
    let params = argon2::Params::new(19_456, 2, 1, Some(32)).unwrap();
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), &[8; 16], &mut hash)
        .unwrap();
    GuardRow { name: "Ramesh".into(), pin_hash: hash.to_vec(), pin_salt: [8; 16], photo: None, active: true }
}

#[test]
fn five_wrong_pins_lock_one_guard_and_the_gate_goes_on() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    for left in (1..=4).rev() {
        let wrong = touch(gate.desk.sign_in(id(GUARD), "000000"));
        assert_eq!(wrong, TouchError::WrongPin { tries_left: left });
    }
    assert!(matches!(touch(gate.desk.sign_in(id(GUARD), "000000")), TouchError::GuardLocked { .. }));
    assert!(matches!(touch(gate.desk.sign_in(id(GUARD), "246810")), TouchError::GuardLocked { .. }));
    assert!(gate.desk.guards().unwrap()[0].locked_until.is_some());
    assert!(matches!(gate.desk.scan(&gate.token(50, &pass_row())).unwrap(), Outcome::In { .. }));
    gate.later(15 * MINUTE);
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
}

#[test]
fn a_spoken_answer_approves_with_no_network_and_duress_shows_nowhere() {
    for (spoken, seen) in [
        (SpokenAnswer::Approve, Answer::Approve),
        (SpokenAnswer::Deny, Answer::Deny),
        (SpokenAnswer::Duress, Answer::Approve),
    ] {
        let gate = Gate::new();
        let ask = gate.desk.walk_in(&walkin()).unwrap();
        let shown = gate.desk.spoken_start(ask).unwrap();
        let challenge: Challenge = shown.challenge.parse().unwrap();
        let secret = gate.today().spoken_secret(id(UNIT), 3);
        let wrong = secret.digits(8, challenge, SpokenAnswer::Approve);
        assert_eq!(touch(gate.desk.spoken_answer(ask, &wrong)), TouchError::WrongAnswer { tries_left: 2 });
        let digits = secret.digits(7, challenge, spoken);
        assert_eq!(gate.desk.spoken_answer(ask, &digits).unwrap(), seen);
        let kept = gate.desk.journal.latest(10, 1).unwrap().remove(0).recorded;
        let Act::SpokenAnswered { approved, sealed, .. } = kept.act else { panic!("another act") };
        assert_eq!(approved, seen == Answer::Approve);
        let opened = SpokenAnswer::open(&sealed, &gate.seal, id(KIOSK), id(UNIT), challenge);
        assert_eq!(opened.unwrap(), spoken);
        assert_eq!(gate.desk.let_in(ask).is_ok(), seen == Answer::Approve);
    }
}

#[test]
fn a_household_that_said_no_is_not_overridden() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    let shown = gate.desk.spoken_start(ask).unwrap();
    let secret = gate.today().spoken_secret(id(UNIT), 3);
    let no = secret.digits(7, shown.challenge.parse().unwrap(), SpokenAnswer::Deny);
    gate.desk.spoken_answer(ask, &no).unwrap();
    assert_eq!(touch(gate.desk.override_ask(ask, OverrideReason::KnownToGuard)), TouchError::NotAllowed);
    assert!(!Desk::tray(&gate.desk.lock(), gate.desk.now())[0].override_allowed);
}

#[test]
fn challenges_for_a_unit_are_five_an_hour_and_three_wrong_answers_end_one() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.desk.spoken_start(ask).unwrap();
    for left in [2, 1, 0] {
        let wrong = touch(gate.desk.spoken_answer(ask, &"000000".parse().unwrap()));
        assert_eq!(wrong, TouchError::WrongAnswer { tries_left: left });
    }
    assert_eq!(touch(gate.desk.spoken_answer(ask, &"000000".parse().unwrap())), TouchError::Gone);
    for _ in 0..4 {
        gate.desk.spoken_start(ask).unwrap();
    }
    assert_eq!(touch(gate.desk.spoken_start(ask)), TouchError::SpokenUnavailable);
}

/// Somebody who came in at another gate.
fn elsewhere() -> VisitRow {
    VisitRow {
        units: vec![id(UNIT)],
        visitor_type: VisitorType::Service,
        status: VisitorStatus::Inside,
        subject: gatehouse::words::Subject::Visitor,
        people: 1,
        name: Some("Ravi".into()),
        company: None,
        plate: None,
        phone4: None,
        pass: None,
        asked_at: None,
        kiosk: Some(id(99)),
        answer: None,
        answered_at: None,
        entered_at: Some(T),
        entered_gate: Some(id::<GateId>(98)),
        exited_at: None,
        exit_assumed: None,
    }
}

#[test]
fn somebody_on_the_list_leaves_once_and_those_of_other_gates_too() {
    let mut gate = Gate::with(GateKind::Both, vec![]);
    gate.change(row(70, 0, &elsewhere()));
    assert_eq!(gate.desk.inside("ravi", InsideTab::Today, 0).unwrap().total, 1);
    gate.desk.out(id::<VisitorId>(70)).unwrap();
    assert_eq!(touch(gate.desk.leave(id(70))), TouchError::Gone);
    let gate = gate.restart();
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 0);
}

#[test]
fn an_entry_that_is_told_after_the_exit_leaves_nobody_inside() {
    let mut gate = Gate::with(GateKind::Exit, vec![row(50, 10, &pass_row())]);
    gate.later(MINUTE);
    let out = gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    let Outcome::Out { event, entered: None, .. } = out else { panic!("no exit without an entry: {out:?}") };
    let came = VisitRow { pass: Some(id(50)), ..elsewhere() };
    gate.change(row(70, 0, &came));
    gate.change(row(71, 0, &VisitRow { entered_at: Some(T.plus(HOUR)), ..came }));
    let mut gate = gate.restart();
    let inside = |gate: &Gate| {
        let page = gate.desk.inside("ravi", InsideTab::Today, 0).unwrap();
        page.rows.iter().map(|row| row.visit).collect::<Vec<_>>()
    };
    assert_eq!(inside(&gate), [id(71)], "who came in again later stays");
    gate.desk.undo(event).unwrap();
    assert_eq!(inside(&gate).len(), 2);
    gate = gate.restart();
    assert_eq!(inside(&gate).len(), 2);
}

#[test]
fn a_long_stay_is_asked_about_and_the_answer_recorded() {
    let gate = Gate::with(
        GateKind::Both,
        vec![row(50, 10, &PassRow { valid_until: T.plus(9 * DAY), ..pass_row() })],
    );
    let text = gate.token(50, &PassRow { valid_until: T.plus(9 * DAY), ..pass_row() });
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    gate.later(13 * HOUR);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Unclear { .. }));
    let shown = gate.desk.lock().show.verdict.clone().unwrap();
    let out = gate.desk.in_or_out(shown.id, &gatehouse::words::Direction::Exit).unwrap();
    assert!(matches!(out, Outcome::Out { .. }));
    assert_eq!(touch(gate.desk.in_or_out(shown.id, &gatehouse::words::Direction::Exit)), TouchError::Gone);
}

#[test]
fn details_are_forgotten_when_the_feed_says_so() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    assert!(gate.desk.journal.event(event).unwrap().unwrap().recorded.details.is_some());
    gate.change(row(event.0.as_u128(), 0, &ErasureRow { at: T }));
    gate.desk.refresh().unwrap();
    assert!(gate.desk.journal.event(event).unwrap().unwrap().recorded.details.is_none());
    assert_eq!(gate.desk.journal.verify().unwrap().broken, None);
}

#[test]
fn the_facts_of_an_admission_stand_in_its_details_and_decide_the_same_again() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    let details = gate.desk.journal.event(event).unwrap().unwrap().recorded.details.unwrap();
    let facts = admission::Facts::read(&details.facts.unwrap()).unwrap();
    assert!(admission::decide(&facts).admits());
    assert_eq!(facts.pass(), Some(id::<PassId>(50)));
    assert_eq!(facts.unit.unwrap().unit, id::<UnitId>(UNIT));
}

#[test]
fn the_count_of_people_can_be_put_right_afterwards() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, visit, .. } = gate.desk.scan(&gate.token(50, &pass_row())).unwrap() else {
        panic!()
    };
    gate.desk.people(event, 4).unwrap();
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().people, 4);
    assert_eq!(touch(gate.desk.people(event, 0)), TouchError::Incomplete);
    gate.desk.undo(event).unwrap();
    assert!(gate.desk.lock().book.get(visit).is_none(), "a count does not keep an undone entry alive");
}

#[test]
fn a_guest_of_a_cab_pass_is_known_by_four_digits() {
    let cab =
        PassRow { visitor_type: VisitorType::Taxi, plate4: Some("4321".into()), uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &cab)]);
    assert_eq!(touch(gate.desk.cab("1111")), TouchError::NoCabExpected);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
    assert_eq!(reason(&gate.desk.cab("4321").unwrap()), Some(Reason::UsedUp));
}

#[test]
fn a_pass_revoked_while_its_holder_is_inside_leaves_them_listed_with_an_alert() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    assert!(matches!(gate.entry(&gate.token(50, &pass_row())), Outcome::In { .. }));
    gate.change(row(50, 0, &PassRow { revoked_at: Some(T), ..pass_row() }));
    gate.desk.refresh().unwrap();
    gate.desk.refresh().unwrap();
    let alerts = gate.desk.lock().show.alerts.clone();
    assert_eq!(alerts.len(), 1, "told once");
    assert!(matches!(alerts[0].kind, crate::screen::AlertKind::RevokedInside { .. }));
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
    let gate = gate.restart();
    assert!(gate.desk.lock().show.alerts.is_empty(), "a restart does not tell it again");
}

#[test]
fn a_single_use_pass_used_at_another_gate_too_leaves_its_holder_listed_with_an_alert() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &once)) else { panic!() };
    let used = |kiosk| UseRow { pass: id(50), at: T.plus(-MINUTE), kiosk: id(kiosk) };
    gate.change(row(event.0.as_u128(), 0, &used(KIOSK)));
    gate.desk.refresh().unwrap();
    assert!(gate.desk.lock().show.alerts.is_empty(), "its own use, come back, is no second one");
    gate.change(row(60, 0, &used(99)));
    gate.desk.refresh().unwrap();
    gate.desk.refresh().unwrap();
    let alerts = gate.desk.lock().show.alerts.clone();
    assert_eq!(alerts.len(), 1, "told once");
    assert!(matches!(alerts[0].kind, crate::screen::AlertKind::DoubleUse { .. }));
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
    assert_eq!(reason(&gate.entry(&gate.token(50, &once))), Some(Reason::UsedUp));
}

#[test]
fn an_overlong_stay_is_closed_as_assumed_never_as_seen() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { visit, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.later(8 * DAY);
    gate.desk.tick().unwrap();
    let row = gate.desk.lock().book.get(visit).unwrap().clone();
    assert_eq!((row.status, row.exit_assumed), (VisitorStatus::Exited, Some(true)));
}

#[test]
fn after_fourteen_days_without_contact_persons_and_keys_are_forgotten() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.later(13 * DAY);
    gate.desk.tick().unwrap();
    assert!(gate.desk.cache.get::<PassRow>(Uuid::from_u128(50)).unwrap().is_some());
    gate.later(DAY);
    gate.desk.tick().unwrap();
    assert!(gate.desk.cache.get::<PassRow>(Uuid::from_u128(50)).unwrap().is_none());
    assert!(gate.desk.cache.all::<DayKeyRow>().unwrap().is_empty());
    assert!(gate.desk.guards().unwrap().is_empty());
    assert!(gate.desk.cache.copy().unwrap().cursor.is_none(), "the next contact loads everything anew");
}

#[test]
fn a_guard_who_left_the_list_is_signed_out() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    gate.change(row(GUARD, 0, &GuardRow { active: false, ..guard_row("246810") }));
    assert!(gate.desk.on_shift().unwrap().is_none());
}

mod photos;
