//! Uploads that arrive while a transaction runs are taken in together by the next one: as many as wait share one
//! commit.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use gatehouse::{id::CommunityId, sync::UploadAnswer};
use tokio::sync::oneshot;

use super::{
    Arrival, Setting,
    remembered::Remembered,
    taken::{Settled, Taken, take_in_by},
};
use crate::{app::App, http::Fault, store::StoreError};

/// The most uploads that one transaction takes in.
const TOGETHER: usize = 32;
/// Behind so many events no further upload goes along.
const ENOUGH: usize = 500;

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<Result<UploadAnswer, Fault>>,
}

/// The uploads that wait, and what the tasks that take them in remember.
#[derive(Default)]
pub struct Queues {
    /// By community. One that is listed has a task that takes them in.
    waiting: Mutex<HashMap<CommunityId, Vec<Waiting>>>,
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
        queues.entry(community).or_default().push(waiting);
        nobody
    }

    /// The next uploads of a community; none, and nobody at it any more, when none wait.
    fn next(&self, community: CommunityId) -> Vec<Waiting> {
        let mut queues = self.lock();
        let Some(queue) = queues.get_mut(&community) else { return Vec::new() };
        let mut lives = HashSet::new();
        let mut next = Vec::new();
        let mut later = Vec::new();
        let mut events = 0;
        for waiting in queue.drain(..) {
            // A second upload of the same life is for the transaction after: its plan builds on this one's.
            let fits = next.len() < TOGETHER && events < ENOUGH && lives.insert(waiting.arrival.life());
            if fits {
                events += waiting.arrival.events();
                next.push(waiting);
            } else {
                later.push(waiting);
            }
        }
        *queue = later;
        if next.is_empty() {
            queues.remove(&community);
        }
        next
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CommunityId, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(app: App, community: CommunityId) {
    loop {
        let next = app.live.queues.next(community);
        if next.is_empty() {
            return;
        }
        let (arrivals, answers): (Vec<_>, Vec<_>) =
            next.into_iter().map(|waiting| (waiting.arrival, waiting.answer)).unzip();
        let taken = in_one_transaction(&app, community, arrivals).await;
        let mut taken = taken.map_err(Arc::new).map(Vec::into_iter);
        for answer in answers {
            let settled = match &mut taken {
                Ok(taken) => taken.next().ok_or_else(|| Fault::internal("an upload without an answer")),
                // The kiosks try again, each by itself.
                Err(error) => Err(Arc::clone(error).into()),
            };
            // A kiosk that went away asks again what is durable.
            drop(answer.send(settled.and_then(|settled| settled.map_err(Fault::from))));
        }
    }
}

async fn in_one_transaction(
    app: &App,
    community: CommunityId,
    arrivals: Vec<Arrival>,
) -> Result<Vec<Settled>, StoreError> {
    let remembered = &app.live.queues.remembered;
    let taken = committed(app, community, arrivals).await;
    let Taken { answers, turn, left } = taken.inspect_err(|_| remembered.forget(community))?;
    remembered.note(community, turn, left);
    Ok(answers)
}

async fn committed(app: &App, community: CommunityId, arrivals: Vec<Arrival>) -> Result<Taken, StoreError> {
    let setting = Setting { community, sealer: &app.sealer, now: app.now() };
    let remembered = &app.live.queues.remembered;
    let mut tx = app.store.write().await?;
    let taken = take_in_by(remembered, &mut tx, setting, arrivals, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(taken)
}
