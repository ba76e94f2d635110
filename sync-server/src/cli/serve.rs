//! `gatehouse-server serve`.

use std::{
    error::Error,
    io::{IsTerminal, stderr},
    sync::Arc,
};

use axum_server::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::print::print;
use crate::{
    api,
    app::App,
    clock::WallClock,
    http::{
        serve::{Certificate, Listening, stop},
        tls::Own,
    },
    settings::Settings,
    workers,
};

/// Serves until SIGINT or SIGTERM.
pub(super) async fn serve(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let log =
        tracing_subscriber::fmt().with_writer(stderr).with_env_filter(EnvFilter::try_new(&settings.log)?);
    if stderr().is_terminal() {
        log.init();
    } else {
        log.with_ansi(false).init();
    }
    settings.make_data_folder()?;
    let store = settings.open_store().await?;
    let sealer = settings.sealer(&store).await?;
    let certificate = match settings.tls_files() {
        Some((certificate, key)) => Certificate::Files { certificate, key },
        None => Certificate::Own(Own { data: &settings.data, store: &store, sealer: &sealer }),
    };
    let listening = Listening::bind(settings.listen, settings.tls_mode(), certificate).await?;
    let origin = listening.origin(settings.public_url.as_deref());
    let app = App::over(store.clone(), sealer, Arc::new(WallClock), origin).await?;
    let app = app.behind(settings.proxies());
    let _workers = workers::start(&app, settings.webhook()?);
    let handle = Handle::new();
    stop_on_signal(handle.clone())?;
    print(&format!("{}\n", listening.address()))?;
    tracing::info!(address = %listening.address(), url = app.origin.url, "serving");
    listening.serve(api::router(app), handle).await?;
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn stop_on_signal(handle: Handle<std::net::SocketAddr>) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop(&handle);
    });
    Ok(())
}
