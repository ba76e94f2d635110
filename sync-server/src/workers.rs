//! What is done again and again while the server serves.

use std::time::Duration;

use gatehouse::{id::CommunityId, time::DAY};
use tokio::task::JoinSet;

use crate::{
    app::App,
    auth,
    communities::{day_keys, pass_keys, store as communities},
    http::{Answer, causes},
    idempotency, links,
    notifications::{self, Webhook},
    passes, sync, visitors,
};

/// How often it is looked whether a day has begun somewhere.
const ROUND: Duration = Duration::from_mins(1);

/// Starts the workers. They end when the set is dropped. Residents are told by `webhook`, where there is one.
pub fn start(app: &App, webhook: Option<Webhook>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(sync::keep_contacts(app.clone()));
    workers.spawn(keep_house(app.clone()));
    if let Some(webhook) = webhook {
        workers.spawn(notifications::deliver(app.clone(), webhook));
    }
    workers
}

async fn keep_house(app: App) {
    let mut turn = tokio::time::interval(ROUND);
    loop {
        turn.tick().await;
        // What failed is in the log already; it is tried again with the next turn.
        drop(round(&app).await);
    }
}

/// Everything that is due for every community. One community's failure does not keep the others waiting.
pub async fn round(app: &App) -> Answer<()> {
    let all = told(None, "listing communities", communities_of(app).await)?;
    let mut failed = Ok(());
    for community in all {
        if let Err(fault) = of_community(app, community).await {
            failed = Err(fault);
        }
    }
    told(None, "forgetting what is over", forget(app).await)?;
    failed
}

async fn communities_of(app: &App) -> Answer<Vec<CommunityId>> {
    let mut tx = app.store.read().await?;
    Ok(communities::all(&mut tx).await?)
}

async fn of_community(app: &App, community: CommunityId) -> Answer<()> {
    let here = Some(community);
    told(here, "issuing day keys", day_keys::issue(app, community).await)?;
    told(here, "rotating the pass key", pass_keys::rotate(app, community).await)?;
    while told(here, "lapsing questions", visitors::lapse::lapse(app, community).await)? {}
    while told(here, "retiring passes", passes::retire::retire(app, community).await)? {}
    told(here, "keeping the feed", sync::upkeep::keep(app, community).await)
}

async fn forget(app: &App) -> Answer<()> {
    let mut tx = app.store.write().await?;
    auth::forget_old(&mut tx, app.now().plus(-DAY)).await?;
    links::forget_over(&mut tx, app.now()).await?;
    notifications::forget_over(&mut tx, app.now()).await?;
    idempotency::forget_over(&mut tx, app.now()).await?;
    sync::forget_codes(&mut tx, app.now().plus(-DAY)).await?;
    tx.commit().await?;
    Ok(())
}

/// What became of a step; where it failed, the log says why.
fn told<T>(community: Option<CommunityId>, step: &str, done: Answer<T>) -> Answer<T> {
    done.inspect_err(|fault| {
        let community = community.map(tracing::field::display);
        tracing::warn!(community, step, error = causes(fault), "a step of the daily work failed");
    })
}
