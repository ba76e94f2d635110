//! The world: machines, the server, the network, and time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque},
};

use ed25519_dalek::SigningKey;

use super::{
    Broken, Disk, Law, Maker,
    machine::{Machine, Memory, OwnActs, ReadBefore},
    network::Weather,
};
use crate::{
    entropy::Entropy,
    feed::{
        Cursor, RowId, RowKind,
        row::{Body, PassRow, UnitRow, UseRow, VisitRow},
    },
    id::{CommunityId, EventId, GateId, KioskId, PassId, UnitId, VisitorId},
    journal::{
        Act, AskClose, Recorded,
        outbox::{LifeState, Outbox},
        visit::{self, Answered},
    },
    sync::{
        Beat, Failure, PROTOCOL, Pull,
        kiosk::{Answer, Input, JournalOp, Kiosk, Output, Request, RequestId, StreamId, StreamItem},
    },
    testing::{CacheStore, Chance, Home, JournalStore, ModelServer, ServerStore},
    time::{MINUTE, SECOND, UnixMs},
    words::{Answer as Said, Credential, PassMode, Subject, UnitState, VisitorStatus, VisitorType},
};

/// What a run did, for those who want to know that it did something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Steps of kiosks' cores.
    pub steps: u64,
    /// Events recorded.
    pub events: u64,
    /// Admissions among them.
    pub admissions: u64,
    /// Crashes.
    pub crashes: u64,
    /// Snapshots swapped in.
    pub swaps: u64,
    /// Times the server was put back to an old copy.
    pub restores: u64,
    /// Lives opened beyond each kiosk's first.
    pub lives: u64,
}

type Mark = (usize, u32);

enum Happening {
    /// A machine carries out its next output.
    Next(Mark),
    Tick(Mark, i64),
    Asked(Mark, RequestId, Box<Request>),
    Answered(Mark, RequestId, Box<Result<Answer, Failure>>),
    StreamAsked(Mark, StreamId, Cursor),
    Streamed(Mark, StreamId, Box<StreamItem>),
    FanOut,
    Beat,
    /// Somebody does something at a gate.
    Gate(usize),
    /// Somebody does something at the server.
    Office,
    Fault,
    Start(usize),
    LinkUp(usize),
    ServerUp,
    Heal,
}

struct Subscription {
    mark: Mark,
    id: StreamId,
    sent: Cursor,
    last_arrival: i64,
}

/// The world of one seed.
pub struct World<M: Maker> {
    seed: u64,
    maker: M,
    chance: Chance,
    weather: Weather,
    now: i64,
    count: u64,
    queue: BinaryHeap<Reverse<(i64, u64)>>,
    happenings: BTreeMap<u64, Happening>,
    machines: Vec<Machine<M>>,
    server: ModelServer,
    server_up: bool,
    backups: Vec<ModelServer>,
    subscriptions: Vec<Subscription>,
    units: Vec<UnitId>,
    passes: Vec<PassId>,
    acknowledged: BTreeSet<EventId>,
    /// Acknowledged by a server that was then put back to before.
    at_risk: BTreeSet<EventId>,
    restored: bool,
    healing: bool,
    report: Report,
    trace: VecDeque<String>,
    trace_length: usize,
}

/// The time at which every simulation begins.
const BEGIN: i64 = 1_800_000_000_000;
/// How long the faults last.
const STORM: i64 = 6 * MINUTE;
/// How long everybody then has to agree.
const CALM: i64 = 3 * MINUTE;

type Outcome = Result<(), Broken>;

impl<M: Maker> World<M> {
    /// The world of `seed`.
    pub fn new(seed: u64, maker: M) -> Self {
        let mut chance = Chance::new(seed);
        let community = CommunityId::new(UnixMs(BEGIN), &mut chance);
        let page = *chance.pick(&[2, 5, 20, 1_000]);
        let server = ModelServer::new(community, chance.fork(), page);
        let weather = Weather::drawn(&mut chance);
        let units: Vec<UnitId> = (0..4).map(|_| UnitId::new(UnixMs(BEGIN), &mut chance)).collect();
        let mut world = Self {
            seed,
            maker,
            weather,
            now: 0,
            count: 0,
            queue: BinaryHeap::new(),
            happenings: BTreeMap::new(),
            machines: Vec::new(),
            server,
            server_up: true,
            backups: Vec::new(),
            subscriptions: Vec::new(),
            units,
            passes: Vec::new(),
            acknowledged: BTreeSet::new(),
            at_risk: BTreeSet::new(),
            restored: false,
            healing: false,
            report: Report::default(),
            trace: VecDeque::new(),
            trace_length: 60,
            chance,
        };
        world.furnish(community);
        world
    }

    fn furnish(&mut self, community: CommunityId) {
        for index in 0..self.units.len() {
            let row = UnitRow {
                tower: "A".into(),
                floor: 1,
                number: format!("{index}"),
                state: UnitState::Occupied,
                epoch: 1,
                intercom: None,
            };
            self.publish(UnitRow::KIND, self.units[index].0.into(), Some(row.to_body()));
        }
        for _ in 0..=self.chance.below(6) {
            self.new_pass();
        }
        for _ in 0..=self.chance.below(4) {
            let home = Home {
                community,
                kiosk: KioskId::new(UnixMs(BEGIN), &mut self.chance),
                gate: GateId::new(UnixMs(BEGIN), &mut self.chance),
                key: SigningKey::from_bytes(&self.chance.bytes()),
            };
            self.server.enrol(home.kiosk, home.key.verifying_key());
            let chance = self.chance.fork();
            let journal = self.maker.journal(&home, UnixMs(BEGIN), chance);
            let disk = Disk { journal, cache: self.maker.cache() };
            self.add_machine(home, disk, Memory::default());
        }
        self.at(BEAT, Happening::Beat);
        self.at(SECOND, Happening::FanOut);
        self.soon(Happening::Office, 4_000);
        self.soon(Happening::Fault, 20_000);
        self.at(STORM, Happening::Heal);
    }

    fn add_machine(&mut self, home: Home, disk: Disk<M::Journal, M::Cache>, memory: Memory) {
        let index = self.machines.len();
        self.machines.push(Machine {
            home,
            disk,
            core: None,
            run: 0,
            todo: VecDeque::new(),
            timer: None,
            booted: self.now,
            wall: 0,
            link: true,
            asleep_until: 0,
            memory,
            read_before: ReadBefore::default(),
        });
        self.soon(Happening::Start(index), 2_000);
        self.soon(Happening::Gate(index), 5_000);
    }

    /// Keeps so many lines of what happened, for [`Broken::trace`]; 60 where nobody says.
    #[must_use]
    pub const fn tracing(mut self, lines: usize) -> Self {
        self.trace_length = lines;
        self
    }

    /// Runs to the end.
    pub fn run(mut self) -> Result<Report, Broken> {
        while let Some(Reverse((at, number))) = self.queue.pop() {
            if at > STORM + CALM {
                break;
            }
            self.now = at;
            if let Some(happening) = self.happenings.remove(&number) {
                self.happen(happening)?;
            }
        }
        self.judge()?;
        Ok(self.report)
    }

    fn at(&mut self, at: i64, happening: Happening) {
        self.count += 1;
        self.happenings.insert(self.count, happening);
        self.queue.push(Reverse((at.max(self.now), self.count)));
    }

    fn soon(&mut self, happening: Happening, within: i64) {
        let at = self.now + self.chance.between(1, within.max(2));
        self.at(at, happening);
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if self.trace.len() == self.trace_length {
            self.trace.pop_front();
        }
        let line = format!("{:>7} {}", self.now, line());
        self.trace.push_back(line);
    }

    fn broken(&self, law: Law, how: impl Into<String>) -> Broken {
        Broken { seed: self.seed, law, how: how.into(), trace: self.trace.iter().cloned().collect() }
    }

    fn alive(&self, (index, run): Mark) -> bool {
        self.machines[index].run == run && self.machines[index].core.is_some()
    }

    fn happen(&mut self, happening: Happening) -> Outcome {
        match happening {
            Happening::Next(mark) if self.alive(mark) => self.next_output(mark)?,
            Happening::Tick(mark, at) if self.alive(mark) && self.machines[mark.0].timer == Some(at) => {
                self.machines[mark.0].timer = None;
                self.step(mark, Input::Tick);
            }
            Happening::Asked(mark, id, request) => self.asked(mark, id, &request),
            Happening::Answered(mark, id, answer) if self.alive(mark) => {
                if self.machines[mark.0].link {
                    self.step(mark, Input::Answered(id, *answer));
                } else if self.chance.in_thousand(500) {
                    self.step(mark, Input::Answered(id, Err(Failure::Unreachable)));
                }
            }
            Happening::StreamAsked(mark, id, cursor) => self.stream_asked(mark, id, cursor),
            Happening::Streamed(mark, id, item) if self.alive(mark) && self.machines[mark.0].link => {
                self.step(mark, Input::Streamed(id, *item));
            }
            Happening::FanOut => {
                self.fan_out();
                self.at(self.now + SECOND, Happening::FanOut);
            }
            Happening::Beat => {
                self.fan_out();
                let head = self.server.head();
                for index in 0..self.subscriptions.len() {
                    self.give(index, StreamItem::Beat(Beat { head }));
                }
                self.at(self.now + BEAT, Happening::Beat);
            }
            Happening::Gate(index) => self.gate(index)?,
            Happening::Office if !self.healing => {
                self.office();
                self.soon(Happening::Office, 8_000);
            }
            Happening::Fault if !self.healing => {
                self.fault()?;
                self.soon(Happening::Fault, 30_000);
            }
            Happening::Start(index) => self.start(index),
            Happening::LinkUp(index) => self.machines[index].link = true,
            Happening::ServerUp => self.server_up = true,
            Happening::Heal => self.heal(),
            _ => {}
        }
        Ok(())
    }

    // ── machines ──────────────────────────────────────────────────────────────────────────────────────

    fn start(&mut self, index: usize) {
        if self.machines[index].core.is_some() {
            return;
        }
        let machine = &mut self.machines[index];
        machine.core = Some(Kiosk::new(machine.home.kiosk, "simulated"));
        machine.run += 1;
        let mark = (index, machine.run);
        self.note(|| format!("kiosk {index} starts"));
        self.step(mark, Input::Tick);
    }

    /// A power cut, or the program's end.
    fn crash(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} crashes"));
        self.report.crashes += 1;
        let machine = &mut self.machines[index];
        machine.core = None;
        machine.todo.clear();
        machine.timer = None;
        let run = machine.run;
        self.subscriptions.retain(|subscription| subscription.mark != (index, run));
        if self.chance.in_thousand(300) {
            self.machines[index].booted = self.now;
        }
        self.soon(Happening::Start(index), 20_000);
    }

    fn step(&mut self, mark: Mark, input: Input) {
        let machine = &mut self.machines[mark.0];
        if machine.asleep_until > self.now {
            // A machine that sleeps learns of it when it wakes.
            let happening = match input {
                Input::Answered(id, answer) => Happening::Answered(mark, id, Box::new(answer)),
                Input::Streamed(id, item) => Happening::Streamed(mark, id, Box::new(item)),
                _ => {
                    machine.timer = Some(machine.asleep_until);
                    Happening::Tick(mark, machine.asleep_until)
                }
            };
            let at = machine.asleep_until;
            self.at(at, happening);
            return;
        }
        self.report.steps += 1;
        let boot = self.now - machine.booted;
        let Some(core) = &mut machine.core else { return };
        let idle = machine.todo.is_empty();
        machine.todo.extend(core.step(boot, &mut self.chance, input));
        if idle && !machine.todo.is_empty() {
            self.soon(Happening::Next(mark), 4);
        }
    }

    fn next_output(&mut self, mark: Mark) -> Outcome {
        let index = mark.0;
        if self.machines[index].asleep_until > self.now {
            self.at(self.machines[index].asleep_until, Happening::Next(mark));
            return Ok(());
        }
        if self.chance.in_thousand(self.weather.crash) {
            self.crash(index);
            return Ok(());
        }
        let Some(output) = self.machines[index].todo.pop_front() else { return Ok(()) };
        if !self.machines[index].todo.is_empty() {
            self.soon(Happening::Next(mark), 4);
        }
        match output {
            Output::Journal(op) => self.journal(mark, &op)?,
            Output::Cache(op) => self.cache(mark, &op)?,
            Output::Send(id, request) => self.send(mark, id, &request),
            Output::OpenStream(id, cursor) => {
                if self.machines[index].link {
                    let delay = self.chance.between(1, 150);
                    self.at(self.now + delay, Happening::StreamAsked(mark, id, cursor));
                }
            }
            Output::CloseStream(id) => self.subscriptions.retain(|sub| sub.mark != mark || sub.id != id),
            Output::WakeAt(at) => {
                let at = at + self.machines[index].booted;
                self.machines[index].timer = Some(at);
                self.at(at, Happening::Tick(mark, at));
            }
            Output::Whole | Output::Contact(_) | Output::Cancel(_) => {}
        }
        Ok(())
    }

    fn journal(&mut self, mark: Mark, op: &JournalOp) -> Outcome {
        if self.chance.in_thousand(self.weather.store) {
            self.step(mark, Input::JournalFailed);
            return Ok(());
        }
        self.note(|| format!("kiosk {} {op:?}", mark.0));
        let answer = self.machines[mark.0].disk.journal.carry_out(op);
        let answer = answer.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        match op {
            JournalOp::Acknowledge(acknowledge) => {
                let own = self.own(mark.0)?;
                let ids = own.recorded().filter(|(_, recorded)| {
                    recorded.event.incarnation == acknowledge.incarnation
                        && recorded.event.seq <= acknowledge.upto
                });
                self.acknowledged.extend(ids.map(|(_, recorded)| recorded.event.id));
            }
            JournalOp::End(end) => {
                self.report.lives += 1;
                if end.state == LifeState::Aside {
                    return Err(self.broken(Law::NothingSetAside, format!("kiosk {}: {end:?}", mark.0)));
                }
            }
            _ => {}
        }
        self.step(mark, answer);
        Ok(())
    }

    fn cache(&mut self, mark: Mark, op: &crate::sync::kiosk::CacheOp) -> Outcome {
        use crate::sync::kiosk::CacheOp;
        let index = mark.0;
        if self.chance.in_thousand(self.weather.store) {
            self.step(mark, Input::CacheFailed);
            return Ok(());
        }
        let copy = self.machines[index].disk.cache.carry_out(op);
        let copy = copy.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        self.note(|| match op {
            CacheOp::Apply(page) => format!("kiosk {index} applies {}..{}", page.from.seq, page.to.seq),
            CacheOp::Swap(page) => format!("kiosk {index} swaps in, at {}", page.to.seq),
            CacheOp::Change(page, _) => format!("kiosk {index} loads changes up to {}", page.to.seq),
            CacheOp::Begin(..) => format!("kiosk {index} begins to load"),
            CacheOp::Load(..) => format!("kiosk {index} loads on"),
            CacheOp::Drop => format!("kiosk {index} drops what it loaded"),
            CacheOp::Read => format!("kiosk {index} looks at its copy"),
        });
        if let CacheOp::Swap(_) = op {
            self.report.swaps += 1;
            // It may come from a restored server, to which what was revoked is not.
            let server = &self.server;
            self.machines[index].memory.revoked.retain(|pass| is_revoked(server, *pass));
        }
        if let CacheOp::Swap(_) | CacheOp::Apply(_) = op {
            self.look(index, copy.cursor)?;
        }
        self.step(mark, Input::Copy(copy));
        Ok(())
    }

    /// Checks what must hold of a copy whenever it changed.
    fn look(&mut self, index: usize, cursor: Option<Cursor>) -> Outcome {
        let rows = self.machines[index].disk.cache.rows();
        let rows = rows.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        if cursor == Some(self.server.head()) && !rows.iter().eq(self.server.live_rows()) {
            return Err(self.broken(Law::CopyEqualsHead, format!("kiosk {index} at {cursor:?}")));
        }
        for row in rows.iter().filter(|row| row.kind == PassRow::KIND) {
            let pass = row.body.as_deref().and_then(|body| PassRow::from_body(body).ok());
            if pass.is_some_and(|pass| pass.revoked_at.is_some()) {
                self.machines[index].memory.revoked.insert(PassId(row.id.into()));
            }
        }
        self.own_acts_stay(index)
    }

    /// Every entry that this machine recorded shows in what its guard sees. A restored server forgets what it
    /// acknowledged, and until the kiosk learns of that, so may the copy; what waits to be sent always shows.
    fn own_acts_stay(&mut self, index: usize) -> Outcome {
        let outbox = self.outbox(index)?;
        let visits = self.machines[index].visits();
        let own = self.own(index)?;
        for (_, recorded) in own.recorded() {
            let Act::Admitted { visit, .. } = recorded.act else { continue };
            let life = outbox.life(recorded.event.incarnation);
            let waits = life.is_none_or(|life| recorded.event.seq > life.acknowledged);
            if self.restored && !waits {
                continue;
            }
            let shown = visits.get(&visit).is_some_and(|row| row.entered_at.is_some());
            let excused = own.is_undone(recorded.event.id)
                || self.server.is_undone(recorded.event.id)
                || self.server.is_forgotten(visit);
            if !shown && !excused {
                return Err(self.broken(Law::OwnActsStay, format!("kiosk {index} forgot {visit}")));
            }
        }
        Ok(())
    }

    fn outbox(&mut self, index: usize) -> Result<Outbox, Broken> {
        match self.machines[index].disk.journal.carry_out(&JournalOp::Read) {
            Ok(Input::Outbox(outbox)) => Ok(outbox),
            other => Err(self.broken(Law::StoreWorks, format!("{other:?}"))),
        }
    }

    fn own(&mut self, index: usize) -> Result<OwnActs, Broken> {
        let machine = &mut self.machines[index];
        let own = OwnActs::read(&mut machine.disk.journal, &mut machine.read_before);
        own.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))
    }

    // ── messages ──────────────────────────────────────────────────────────────────────────────────────

    fn send(&mut self, mark: Mark, id: RequestId, request: &Request) {
        if !self.machines[mark.0].link {
            if self.chance.in_thousand(500) {
                let answer = Box::new(Err(Failure::Unreachable));
                self.soon(Happening::Answered(mark, id, answer), 50);
            }
            return;
        }
        for delay in self.weather.delays(&mut self.chance) {
            self.at(self.now + delay, Happening::Asked(mark, id, Box::new(request.clone())));
        }
    }

    fn asked(&mut self, mark: Mark, id: RequestId, request: &Request) {
        if !self.server_up {
            if self.chance.in_thousand(500) {
                self.soon(Happening::Answered(mark, id, Box::new(Err(Failure::Unreachable))), 50);
            }
            return;
        }
        let answer = match request {
            Request::Pull(pull) => match self.server.pull(pull) {
                Ok(Ok(page)) => Answer::Page(page),
                Ok(Err(_)) => Answer::Gone,
            },
            Request::Snapshot(pull) => match self.server.snapshot(pull) {
                Ok(Ok(piece)) => Answer::Piece(piece),
                Ok(Err(_)) => Answer::Gone,
            },
            Request::Upload(upload) => {
                let Ok(answer) = self.server.upload(upload);
                self.note(|| {
                    let (from, count) = (upload.after.seq, upload.events.len());
                    format!(
                        "server takes {from}+{count} of kiosk {}: {:?} {}",
                        mark.0, answer.outcome, answer.durable
                    )
                });
                Answer::Upload(answer)
            }
        };
        if self.chance.in_thousand(500) {
            self.fan_out();
        }
        for delay in self.weather.delays(&mut self.chance) {
            self.at(self.now + delay, Happening::Answered(mark, id, Box::new(Ok(answer.clone()))));
        }
    }

    fn stream_asked(&mut self, mark: Mark, id: StreamId, cursor: Cursor) {
        if !self.server_up || !self.alive(mark) {
            return;
        }
        self.subscriptions.push(Subscription { mark, id, sent: cursor, last_arrival: self.now });
        self.give(self.subscriptions.len() - 1, StreamItem::Opened);
        self.fan_out();
    }

    /// Sends every stream what it has not sent yet.
    fn fan_out(&mut self) {
        if !self.server_up {
            return;
        }
        let mut ended = Vec::new();
        for index in 0..self.subscriptions.len() {
            while self.subscriptions[index].sent != self.server.head() {
                let cursor = self.subscriptions[index].sent;
                let pull = Pull {
                    protocol: PROTOCOL,
                    cursor,
                    waiting: 0,
                    oldest: None,
                    version: String::new(),
                    seen: None,
                };
                let Ok(Ok(page)) = self.server.pull(&pull) else {
                    self.give(index, StreamItem::Gone);
                    ended.push((self.subscriptions[index].mark, self.subscriptions[index].id));
                    break;
                };
                self.subscriptions[index].sent = page.to;
                self.give(index, StreamItem::Page(page));
            }
        }
        let dead = |sub: &Subscription| ended.contains(&(sub.mark, sub.id));
        self.subscriptions.retain(|sub| !dead(sub));
        let lost = self.weather.lost / 4;
        let mut cut = Vec::new();
        for index in 0..self.subscriptions.len() {
            if self.chance.in_thousand(lost) {
                cut.push((self.subscriptions[index].mark, self.subscriptions[index].id));
                if self.chance.in_thousand(500) {
                    self.give(index, StreamItem::Closed(Failure::Unreachable));
                }
            }
        }
        self.subscriptions.retain(|sub| !cut.contains(&(sub.mark, sub.id)));
    }

    /// A stream's items arrive in order, if at all.
    fn give(&mut self, index: usize, item: StreamItem) {
        let delay = self.chance.between(1, 200);
        let subscription = &mut self.subscriptions[index];
        let at = subscription.last_arrival.max(self.now) + delay;
        subscription.last_arrival = at;
        let (mark, id) = (subscription.mark, subscription.id);
        self.at(at, Happening::Streamed(mark, id, Box::new(item)));
    }

    // ── people ────────────────────────────────────────────────────────────────────────────────────────

    fn publish(&mut self, kind: RowKind, id: RowId, body: Option<Vec<u8>>) {
        let Ok(_) = self.server.publish(&[(kind, id, body)]);
    }

    fn new_pass(&mut self) {
        let pass = PassId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        self.passes.push(pass);
        let row = self.pass_row(None);
        self.publish(PassRow::KIND, pass.0.into(), Some(row.to_body()));
    }

    fn pass_row(&mut self, revoked_at: Option<UnixMs>) -> PassRow {
        PassRow {
            unit: *self.chance.pick(&self.units),
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: UnixMs(BEGIN),
            valid_until: UnixMs(BEGIN + 1_000 * MINUTE),
            uses: Some(1),
            windows: Vec::new(),
            revoked_at,
            name: "Asha".into(),
            home_gate: None,
            plate4: None,
            company: None,
            people: 1,
        }
    }

    fn record(&mut self, index: usize, act: &Act) -> Result<EventId, Broken> {
        let at = UnixMs(BEGIN + self.now + self.machines[index].wall);
        let id = self.machines[index].disk.journal.record(at, act, None);
        let id = id.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        self.note(|| format!("kiosk {index} records {act:?}"));
        self.report.events += 1;
        self.own_acts_stay(index)?;
        let mark = (index, self.machines[index].run);
        // The courier may be dead while the desk works.
        if self.alive(mark) && !self.chance.in_thousand(50) {
            self.step(mark, Input::Recorded);
        }
        Ok(id)
    }

    fn gate(&mut self, index: usize) -> Outcome {
        if self.healing {
            return Ok(());
        }
        self.soon(Happening::Gate(index), 12_000);
        if self.machines[index].asleep_until > self.now || self.machines[index].core.is_none() {
            return Ok(());
        }
        match self.chance.below(10) {
            0..5 => self.scan(index),
            5 => self.ask(index),
            6 => self.let_in(index),
            7 => self.let_out(index),
            8 => self.undo(index),
            _ => {
                let unit = *self.chance.pick(&self.units);
                self.record(index, &Act::WrongCode { unit }).map(drop)
            }
        }
    }

    /// A single-use pass is held before the camera.
    fn scan(&mut self, index: usize) -> Outcome {
        let pass = *self.chance.pick(&self.passes);
        let machine = &mut self.machines[index];
        let revoked = machine.pass(pass).is_some_and(|row| row.revoked_at.is_some());
        if revoked || machine.uses(pass) > 0 {
            return Ok(());
        }
        let before = machine.memory.admitted.values().any(|admitted| *admitted == pass);
        let seen = machine.memory.revoked.contains(&pass);
        let visit = VisitorId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        let unit = *self.chance.pick(&self.units);
        let act = admitted(visit, Some(pass), unit, Credential::Qr);
        let event = self.record(index, &act)?;
        self.report.admissions += 1;
        if before {
            return Err(self.broken(Law::SingleUse, format!("kiosk {index} admits {pass} again")));
        }
        if seen {
            return Err(
                self.broken(Law::Revoked, format!("kiosk {index} admits {pass}, which it saw revoked"))
            );
        }
        self.machines[index].memory.admitted.insert(event, pass);
        Ok(())
    }

    fn ask(&mut self, index: usize) -> Outcome {
        let visit = VisitorId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        let act = Act::Asked {
            visit,
            units: vec![*self.chance.pick(&self.units)],
            visitor_type: VisitorType::Delivery,
            people: 1,
            subject: Subject::Visitor,
            pass: None,
        };
        self.record(index, &act).map(drop)
    }

    /// One whose household answered, or did not.
    fn let_in(&mut self, index: usize) -> Outcome {
        let visits = self.machines[index].visits();
        let open = |row: &VisitRow| matches!(row.status, VisitorStatus::Approved | VisitorStatus::Pending);
        let open: Vec<_> = visits.iter().filter(|(_, row)| open(row)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let (visit, row) = *self.chance.pick(&open);
        let act = if row.status == VisitorStatus::Approved {
            let unit = row.units.first().copied().unwrap_or(self.units[0]);
            admitted(*visit, None, unit, Credential::Answer)
        } else {
            Act::AskClosed { visit: *visit, outcome: AskClose::Lapsed }
        };
        self.record(index, &act).map(drop)
    }

    fn let_out(&mut self, index: usize) -> Outcome {
        let visits = self.machines[index].visits();
        let inside: Vec<_> = visits.iter().filter(|(_, row)| row.status == VisitorStatus::Inside).collect();
        if inside.is_empty() {
            return Ok(());
        }
        let (visit, row) = *self.chance.pick(&inside);
        let act = Act::Exited { visit: *visit, pass: row.pass, credential: Credential::List, assumed: false };
        self.record(index, &act).map(drop)
    }

    fn undo(&mut self, index: usize) -> Outcome {
        let own = self.own(index)?;
        let last = own.recorded().last().map(|(_, recorded)| recorded.clone());
        let Some(Recorded { event, act: Act::Admitted { .. } | Act::Exited { .. }, .. }) = last else {
            return Ok(());
        };
        self.machines[index].memory.admitted.remove(&event.id);
        self.record(index, &Act::Undone { event: event.id }).map(drop)
    }

    fn office(&mut self) {
        match self.chance.below(8) {
            0..2 => self.new_pass(),
            2..4 => {
                let pass = *self.chance.pick(&self.passes);
                let row = self.pass_row(Some(UnixMs(BEGIN + self.now)));
                self.note(|| format!("office revokes {pass}"));
                self.publish(PassRow::KIND, pass.0.into(), Some(row.to_body()));
            }
            4..6 => {
                let visits = self.visits_at_server(&VisitorStatus::Pending);
                if !visits.is_empty() {
                    let visit = *self.chance.pick(&visits);
                    let answer = if self.chance.in_thousand(800) { Said::Approve } else { Said::Deny };
                    self.server.answer(visit, Answered { answer, at: UnixMs(BEGIN + self.now) });
                }
            }
            6 => {
                let visits = self.visits_at_server(&VisitorStatus::Exited);
                if !visits.is_empty() {
                    let visit = *self.chance.pick(&visits);
                    self.server.forget_visit(visit);
                }
            }
            _ => {
                let floor = self.server.head().seq.saturating_sub(self.chance.next() % 30);
                let Ok(()) = self.server.forget_tombstones(floor);
            }
        }
        if self.chance.in_thousand(600) {
            self.fan_out();
        }
    }

    fn visits_at_server(&self, status: &VisitorStatus) -> Vec<VisitorId> {
        self.server
            .live_rows()
            .filter(|row| row.kind == VisitRow::KIND)
            .filter(|row| {
                let visit = row.body.as_deref().and_then(|body| VisitRow::from_body(body).ok());
                visit.is_some_and(|visit| visit.status == *status)
            })
            .map(|row| VisitorId(row.id.into()))
            .collect()
    }

    // ── faults ────────────────────────────────────────────────────────────────────────────────────────

    fn fault(&mut self) -> Outcome {
        let index = self.chance.below(self.machines.len());
        match self.chance.below(20) {
            0..4 => {
                self.note(|| format!("kiosk {index} is cut off"));
                self.machines[index].link = false;
                self.soon(Happening::LinkUp(index), 90_000);
            }
            4..6 => self.crash(index),
            6..8 => {
                let wall = self.chance.between(-90 * MINUTE, 90 * MINUTE);
                self.note(|| format!("kiosk {index}'s clock is set by {wall} ms"));
                self.machines[index].wall = wall;
            }
            8 => {
                let until = self.now + self.chance.between(1_000, 60_000);
                self.note(|| format!("kiosk {index} sleeps until {until}"));
                self.machines[index].asleep_until = until;
            }
            9..11 => self.server_goes(),
            11..13 => self.backups.push(self.server.clone()),
            13 => self.restore(),
            14 => self.lose_cache(index),
            15 => self.lose_journal(index),
            16 if self.machines.len() < 8 => self.clone_disk(index),
            17 => self.put_back(index)?,
            18 => self.forget(index)?,
            _ => self.weather = Weather::drawn(&mut self.chance),
        }
        Ok(())
    }

    fn server_goes(&mut self) {
        self.note(|| "server goes down".into());
        self.server_up = false;
        for index in 0..self.subscriptions.len() {
            if self.chance.in_thousand(500) {
                self.give(index, StreamItem::Closed(Failure::Unreachable));
            }
        }
        self.subscriptions.clear();
        self.soon(Happening::ServerUp, 20_000);
    }

    fn restore(&mut self) {
        if self.backups.is_empty() {
            return;
        }
        self.server_goes();
        let mut old = self.chance.pick(&self.backups).clone();
        old.diverge(self.chance.fork());
        for machine in &self.machines {
            old.enrol(machine.home.kiosk, machine.home.key.verifying_key());
        }
        let properly = self.chance.in_thousand(500);
        if properly {
            old.begin_epoch();
        }
        self.note(|| format!("server is restored to {} (new epoch: {properly})", old.head().seq));
        let held = old.held();
        self.at_risk.extend(self.acknowledged.iter().filter(|event| !held.contains_key(event)));
        self.server = old;
        self.restored = true;
        self.report.restores += 1;
    }

    fn lose_cache(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} loses its cache"));
        self.machines[index].disk.cache = self.maker.cache();
        self.machines[index].memory.revoked.clear();
        self.crash(index);
    }

    fn lose_journal(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} loses its journal"));
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let at = UnixMs(BEGIN + self.now + machine.wall);
        machine.disk.journal = self.maker.lost_journal(&machine.home, at, chance);
        machine.memory.admitted.clear();
        self.report.lives += 1;
        self.crash(index);
    }

    fn clone_disk(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} is cloned"));
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let image = self.maker.image(&mut machine.disk, chance);
        let (home, memory) = (machine.home.clone(), machine.memory.clone());
        self.add_machine(home, image, memory);
    }

    /// A machine's disk is put back to how it is now, later.
    fn put_back(&mut self, index: usize) -> Outcome {
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let image = self.maker.image(&mut machine.disk, chance);
        let memory = machine.memory.clone();
        for _ in 0..self.chance.below(8) {
            self.scan(index)?;
            self.ask(index)?;
        }
        self.note(|| format!("kiosk {index} is put back to an image"));
        let machine = &mut self.machines[index];
        machine.disk = image;
        machine.memory = memory;
        self.crash(index);
        Ok(())
    }

    fn forget(&mut self, index: usize) -> Outcome {
        let read = self.machines[index].disk.cache.carry_out(&crate::sync::kiosk::CacheOp::Read);
        let copy = read.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        let machine = &mut self.machines[index];
        let forgotten = self.maker.forget(&mut machine.disk.journal, copy.whole);
        for event in &forgotten {
            machine.memory.admitted.remove(event);
        }
        let count = forgotten.len();
        self.note(|| format!("kiosk {index} drops {count} old events"));
        Ok(())
    }

    fn heal(&mut self) {
        self.note(|| "all is healed".into());
        self.healing = true;
        self.weather = Weather::FAIR;
        self.server_up = true;
        for machine in &mut self.machines {
            machine.link = true;
            machine.asleep_until = 0;
        }
    }

    // ── the end ───────────────────────────────────────────────────────────────────────────────────────

    fn judge(&mut self) -> Outcome {
        self.server.verify().map_err(|error| self.broken(Law::Chained, error.to_string()))?;
        let held = self.server.held();
        if let Some((event, times)) = held.iter().find(|(_, times)| **times != 1) {
            return Err(self.broken(Law::HeldOnce, format!("{event} is held {times} times")));
        }
        let mut on_disk = BTreeSet::new();
        for index in 0..self.machines.len() {
            self.agrees(index)?;
            let own = self.own(index)?;
            on_disk.extend(own.recorded().map(|(_, recorded)| recorded.event.id));
        }
        let missing = on_disk.iter().find(|event| !held.contains_key(event));
        if let Some(event) = missing {
            return Err(self.broken(Law::Converges, format!("{event} never reached the server")));
        }
        let lost = |event: &&EventId| !held.contains_key(event) && !self.at_risk.contains(event);
        if let Some(event) = self.acknowledged.iter().find(lost) {
            return Err(self.broken(Law::AcknowledgedIsKept, format!("{event} is lost")));
        }
        self.folds()
    }

    fn agrees(&mut self, index: usize) -> Outcome {
        let read = self.machines[index].disk.cache.carry_out(&crate::sync::kiosk::CacheOp::Read);
        let copy = read.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        if copy.cursor != Some(self.server.head()) || copy.loading.is_some() {
            let head = self.server.head();
            return Err(
                self.broken(Law::Converges, format!("kiosk {index} stands at {copy:?}, not {head:?}"))
            );
        }
        self.look(index, copy.cursor)?;
        let outbox = self.outbox(index)?;
        if outbox.waiting() > 0 {
            return Err(self.broken(Law::Converges, format!("kiosk {index} still has {outbox:?}")));
        }
        let own = self.own(index)?;
        let beside = self.server.beside();
        let open = own.recorded().last().map(|(_, recorded)| recorded.event.incarnation);
        let mut in_open = own.recorded().filter(|(_, recorded)| Some(recorded.event.incarnation) == open);
        if in_open.any(|(_, recorded)| beside.contains(&recorded.event.id)) {
            return Err(self.broken(Law::ForkEndsLife, format!("kiosk {index} goes on in {open:?}")));
        }
        let head = self.server.head().seq;
        let unseen = own.events.iter().find(|(own, _)| own.visible.is_none_or(|visible| visible > head));
        if let Some((own, _)) = unseen {
            return Err(
                self.broken(Law::Converges, format!("kiosk {index}: {own:?} is not visible at {head}"))
            );
        }
        Ok(())
    }

    /// The server's rows are the fold of the events it holds, in whatever order.
    fn folds(&mut self) -> Outcome {
        let mut visits: BTreeMap<VisitorId, Vec<&Recorded>> = BTreeMap::new();
        let mut uses = BTreeSet::new();
        for recorded in self.server.recorded() {
            let event = recorded.event.id;
            if let Some(visit) = recorded.visit() {
                visits.entry(visit).or_default().push(recorded);
            }
            if matches!(recorded.act, Act::Admitted { pass: Some(_), .. }) && !self.server.is_undone(event) {
                uses.insert(event);
            }
        }
        let shown: BTreeSet<EventId> = self
            .server
            .live_rows()
            .filter(|row| row.kind == UseRow::KIND)
            .map(|row| EventId(row.id.into()))
            .collect();
        if shown != uses {
            return Err(self.broken(Law::Converges, format!("uses shown {shown:?}, recorded {uses:?}")));
        }
        for (visit, mut events) in visits {
            events.retain(|recorded| !self.server.is_undone(recorded.event.id));
            if self.chance.in_thousand(500) {
                events.reverse();
            }
            let turn = self.chance.below(events.len().max(1));
            events.rotate_left(turn);
            let folded = visit::fold(events, self.server.answered(visit));
            let folded = folded.filter(|_| !self.server.is_forgotten(visit)).map(|row| row.to_body());
            let shown = self.server.row(VisitRow::KIND, visit.0.into()).and_then(|row| row.body.clone());
            if folded != shown {
                return Err(
                    self.broken(Law::Converges, format!("visit {visit} is not the fold of its events"))
                );
            }
        }
        Ok(())
    }
}

fn is_revoked(server: &ModelServer, pass: PassId) -> bool {
    let row = server.row(PassRow::KIND, pass.0.into()).and_then(|row| row.body.as_deref());
    row.and_then(|body| PassRow::from_body(body).ok()).is_some_and(|row| row.revoked_at.is_some())
}

const BEAT: i64 = Beat::EVERY;

fn admitted(visit: VisitorId, pass: Option<PassId>, unit: UnitId, credential: Credential) -> Act {
    Act::Admitted {
        visit,
        pass,
        units: vec![unit],
        visitor_type: VisitorType::Guest,
        credential,
        people: 1,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}
