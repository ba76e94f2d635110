//! What is done again and again while the server serves.

use std::time::Duration;

use gatehouse::{id::CommunityId, time::DAY};
use tokio::task::JoinSet;

use crate::{
    app::App,
    auth,
    communities::{day_keys, pass_keys, store as communities},
    http::Answer,
    links,
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
        if let Err(error) = round(&app).await {
            tracing::warn!(%error, "the daily work could not be done; it is tried again in a minute");
        }
    }
}

/// Everything that is due for every community. One community's failure does not keep the others waiting.
pub async fn round(app: &App) -> Answer<()> {
    let mut tx = app.store.read().await?;
    let all = communities::all(&mut tx).await?;
    drop(tx);
    let mut failed = Ok(());
    for community in all {
        if let Err(fault) = of_community(app, community).await {
            failed = Err(fault);
        }
    }
    let mut tx = app.store.write().await?;
    auth::forget_old(&mut tx, app.now().plus(-DAY)).await?;
    links::forget_over(&mut tx, app.now()).await?;
    notifications::forget_over(&mut tx, app.now()).await?;
    tx.commit().await?;
    failed
}

async fn of_community(app: &App, community: CommunityId) -> Answer<()> {
    day_keys::issue(app, community).await?;
    pass_keys::rotate(app, community).await?;
    while visitors::lapse::lapse(app, community).await? {}
    while passes::retire::retire(app, community).await? {}
    sync::upkeep::keep(app, community).await
}
