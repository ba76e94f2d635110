//! The world: machines, the server, the network, and time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque},
};

use ed25519_dalek::SigningKey;

use super::{
    Broken, Disk, Law, Maker,
    ends::Left,
    machine::{Machine, Memory, ReadBefore},
    network::Weather,
};
use crate::{
    entropy::Entropy,
    feed::{
        Cursor,
        row::{Body, KioskOrder, UnitRow},
    },
    id::{CommunityId, EventId, GateId, KioskId, PassId, UnitId},
    keys::SigningKey as KeyPair,
    sync::{
        Beat, Failure,
        kiosk::{Answer, Input, Request, RequestId, StreamId, StreamItem},
    },
    testing::{Chance, Home, ModelServer},
    time::{MINUTE, SECOND, UnixMs},
    words::UnitState,
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
    /// Exits without a known entry.
    pub unpaired: u64,
    /// Events whose details were erased.
    pub erasures: u64,
    /// Events and rows of unknown kinds.
    pub unknown: u64,
    /// Kiosks that were retired or stolen.
    pub ends: u64,
    /// Entries asked over the API.
    pub requests: u64,
}

/// A machine, and which of its runs.
pub(super) type Mark = (usize, u32);

pub(super) enum Happening {
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
    /// A kiosk hears something that looks like an order to end it.
    Ordered(Mark, KioskOrder),
    /// What a stolen kiosk left is handed in.
    HandIn(usize),
    ServerUp,
    Heal,
}

pub(super) struct Subscription {
    pub mark: Mark,
    pub id: StreamId,
    pub sent: Cursor,
    pub last_arrival: i64,
}

/// The world of one seed.
pub struct World<M: Maker> {
    pub(super) seed: u64,
    pub(super) maker: M,
    pub(super) chance: Chance,
    pub(super) weather: Weather,
    pub(super) now: i64,
    pub(super) count: u64,
    pub(super) queue: BinaryHeap<Reverse<(i64, u64)>>,
    pub(super) happenings: BTreeMap<u64, Happening>,
    pub(super) machines: Vec<Machine<M>>,
    pub(super) server: ModelServer,
    pub(super) server_up: bool,
    pub(super) backups: Vec<ModelServer>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) units: Vec<UnitId>,
    pub(super) passes: Vec<PassId>,
    /// The community's root, and whom it has ended: true for stolen ones.
    pub(super) root: KeyPair,
    pub(super) ordered: BTreeSet<(KioskId, bool)>,
    pub(super) left: Vec<Left>,
    pub(super) acknowledged: BTreeSet<EventId>,
    /// Durable at a server that was then put back to before, be its word still on the way: what a kiosk no longer
    /// has of these, nobody has.
    pub(super) put_back: BTreeSet<EventId>,
    pub(super) restored: bool,
    pub(super) healing: bool,
    pub(super) report: Report,
    pub(super) trace: VecDeque<String>,
    pub(super) trace_length: usize,
}

/// The time at which every simulation begins.
pub(super) const BEGIN: i64 = 1_800_000_000_000;
/// How long the faults last.
const STORM: i64 = 6 * MINUTE;
/// How long everybody then has to agree.
const CALM: i64 = 3 * MINUTE;
/// How often a stream shows a sign of life.
const BEAT: i64 = Beat::EVERY;

pub(super) type Outcome = Result<(), Broken>;

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
            root: KeyPair::from_seed(&chance.bytes()),
            ordered: BTreeSet::new(),
            left: Vec::new(),
            acknowledged: BTreeSet::new(),
            put_back: BTreeSet::new(),
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

    pub(super) fn add_machine(&mut self, home: Home, disk: Disk<M::Journal, M::Cache>, memory: Memory) {
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
            retiring: false,
            ended: None,
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

    pub(super) fn at(&mut self, at: i64, happening: Happening) {
        self.count += 1;
        self.happenings.insert(self.count, happening);
        self.queue.push(Reverse((at.max(self.now), self.count)));
    }

    pub(super) fn soon(&mut self, happening: Happening, within: i64) {
        let at = self.now + self.chance.between(1, within.max(2));
        self.at(at, happening);
    }

    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        if self.trace.len() == self.trace_length {
            self.trace.pop_front();
        }
        let line = format!("{:>7} {}", self.now, line());
        self.trace.push_back(line);
    }

    pub(super) fn broken(&self, law: Law, how: impl Into<String>) -> Broken {
        Broken { seed: self.seed, law, how: how.into(), trace: self.trace.iter().cloned().collect() }
    }

    pub(super) fn alive(&self, (index, run): Mark) -> bool {
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
                    if matches!(*answer, Err(Failure::Refused)) {
                        self.ask_order(mark);
                    }
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
            Happening::Ordered(mark, order) if self.alive(mark) => self.ordered(mark.0, &order)?,
            Happening::HandIn(number) => self.hand_in(number),
            Happening::Heal => self.heal(),
            _ => {}
        }
        Ok(())
    }
}
