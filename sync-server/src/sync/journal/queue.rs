//! Uploads that arrive while a transaction runs are taken in together by the next one: as many as wait share one
//! commit.
//!
//! Under load the next one is begun at once, but waits a moment before it goes to work, as by PostgreSQL's
//! `commit_delay`: who was just answered often sends the next upload at once, and would else always miss the
//! transaction that the others share.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gatehouse::{id::CommunityId, sync::UploadAnswer};
use tokio::{sync::oneshot, time::timeout};

use super::{
    Arrival, Setting,
    remembered::Remembered,
    store::events,
    taken::{Settled, Taken, take_in_by},
};
use crate::{
    app::App,
    http::Fault,
    store::{StoreError, Tx},
};

/// The most uploads that one transaction takes in.
const TOGETHER: usize = 32;
/// Behind so many events no further upload goes along.
const ENOUGH: usize = 500;
/// How long the next transaction waits for those that were just answered.
const PATIENCE: Duration = Duration::from_millis(2);

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<Result<UploadAnswer, Fault>>,
}

/// The uploads of one community that wait.
#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Who is to hear of it when so many wait.
    gathering: Option<(usize, oneshot::Sender<()>)>,
}

/// The uploads that wait, and what the tasks that take them in remember.
#[derive(Default)]
pub struct Queues {
    /// By community. One that is listed has a task that takes them in.
    waiting: Mutex<HashMap<CommunityId, Queue>>,
    pub(super) remembered: Remembered,
}

impl std::fmt::Debug for Queues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queues")
    }
}

impl Queues {
    /// Takes in an upload; answers once it is durable.
    ///
    /// Goes on when the caller goes away: what was begun for others is not to end with one connection.
    pub(super) async fn take_in(
        app: &App,
        community: CommunityId,
        arrival: Arrival,
    ) -> Result<UploadAnswer, Fault> {
        let (answer, answered) = oneshot::channel();
        if app.live.queues.push(community, Waiting { arrival, answer }) {
            tokio::spawn(work(app.clone(), community));
        }
        answered.await.map_err(|_| Fault::internal("the task that takes in uploads ended"))?
    }

    /// Adds to a community's queue; true when nobody is at it.
    fn push(&self, community: CommunityId, waiting: Waiting) -> bool {
        let mut queues = self.lock();
        let nobody = !queues.contains_key(&community);
        let queue = queues.entry(community).or_default();
        queue.waiting.push(waiting);
        if let Some((_, gathered)) = queue.gathering.take_if(|(wanted, _)| queue.waiting.len() >= *wanted) {
            // Whoever gathered them may have lost patience.
            let _: Result<(), ()> = gathered.send(());
        }
        nobody
    }

    /// Where more uploads are likely to come, says how to hear of it when there are as many as were just `answered`.
    fn expect(&self, community: CommunityId, answered: usize) -> Option<oneshot::Receiver<()>> {
        let mut queues = self.lock();
        let queue = queues.get_mut(&community)?;
        let wanted = (queue.waiting.len() + answered).min(TOGETHER);
        // One kiosk that sends now and then does not wait for itself.
        (wanted > 1).then(|| {
            let (tell, gathered) = oneshot::channel();
            queue.gathering = Some((wanted, tell));
            gathered
        })
    }

    /// The next uploads of a community; none, and nobody at it any more, when none wait.
    fn next(&self, community: CommunityId) -> Vec<Waiting> {
        let mut queues = self.lock();
        let Some(queue) = queues.get_mut(&community) else { return Vec::new() };
        let mut lives = HashSet::new();
        let mut next = Vec::new();
        let mut later = Vec::new();
        let mut events = 0;
        for waiting in queue.waiting.drain(..) {
            // A second upload of the same life is for the transaction after: its plan builds on this one's.
            let fits = next.len() < TOGETHER && events < ENOUGH && lives.insert(waiting.arrival.life());
            if fits {
                events += waiting.arrival.events();
                next.push(waiting);
            } else {
                later.push(waiting);
            }
        }
        queue.waiting = later;
        if next.is_empty() {
            queues.remove(&community);
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CommunityId, Queue>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a community's queue when the task at it panics: who waits hears of it, and the next upload begins another.
struct AtWork<'a> {
    queues: &'a Queues,
    community: CommunityId,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.queues.lock().remove(&self.community);
        }
    }
}

async fn work(app: App, community: CommunityId) {
    let queues = &app.live.queues;
    let _at_work = AtWork { queues, community };
    let mut begun = None;
    loop {
        let next = queues.next(community);
        if next.is_empty() {
            return;
        }
        let answered = next.len();
        let (arrivals, answers): (Vec<_>, Vec<_>) =
            next.into_iter().map(|waiting| (waiting.arrival, waiting.answer)).unzip();
        let settled = settle(&app, community, begun.take(), arrivals).await;
        for (answer, settled) in answers.into_iter().zip(settled) {
            // A kiosk that went away asks again what is durable.
            drop(answer.send(settled));
        }
        if let Some(gathered) = queues.expect(community, answered) {
            let (_, next) = tokio::join!(timeout(PATIENCE, gathered), Begun::begin(&app, community));
            // What is wrong with the database, those hear of who need it.
            begun = next.ok();
        }
    }
}

/// A transaction that has the community's turn.
struct Begun {
    tx: Tx,
    turn: u64,
}

impl Begun {
    async fn begin(app: &App, community: CommunityId) -> Result<Self, StoreError> {
        let mut tx = app.store.write().await?;
        let turn = events::take_turn(&mut tx, community).await?;
        Ok(Self { tx, turn })
    }
}

/// Takes uploads in together; where the database refuses what they bring, each by itself, so that none fails for
/// another's sake.
async fn settle(
    app: &App,
    community: CommunityId,
    begun: Option<Begun>,
    arrivals: Vec<Arrival>,
) -> Vec<Result<UploadAnswer, Fault>> {
    let count = arrivals.len();
    let each = if count > 1 { arrivals.clone() } else { Vec::new() };
    match in_one_transaction(app, community, begun, arrivals).await {
        Ok(settled) => settled.into_iter().map(|settled| settled.map_err(Fault::from)).collect(),
        Err(StoreError::Database(_)) if count > 1 => {
            let mut all = Vec::with_capacity(count);
            for one in each {
                all.extend(Box::pin(settle(app, community, None, vec![one])).await);
            }
            all
        }
        // The kiosks try again, each by itself.
        Err(error) => {
            let error = Arc::new(error);
            (0..count).map(|_| Err(Arc::clone(&error).into())).collect()
        }
    }
}

async fn in_one_transaction(
    app: &App,
    community: CommunityId,
    begun: Option<Begun>,
    arrivals: Vec<Arrival>,
) -> Result<Vec<Settled>, StoreError> {
    let remembered = &app.live.queues.remembered;
    let taken = committed(app, community, begun, arrivals).await;
    let Taken { answers, turn, left } = taken.inspect_err(|_| remembered.forget(community))?;
    remembered.note(community, turn, left);
    Ok(answers)
}

async fn committed(
    app: &App,
    community: CommunityId,
    begun: Option<Begun>,
    arrivals: Vec<Arrival>,
) -> Result<Taken, StoreError> {
    let setting = Setting { community, sealer: &app.sealer, now: app.now() };
    let remembered = &app.live.queues.remembered;
    let Begun { mut tx, turn } = match begun {
        Some(begun) => begun,
        None => Begun::begin(app, community).await?,
    };
    let taken = take_in_by(remembered, &mut tx, turn, setting, arrivals, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(taken)
}
