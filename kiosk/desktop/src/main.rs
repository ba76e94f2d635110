//! The guard's window: a Tauri shell over `gatehouse-kiosk`.
//!
//! It hands the kiosk's screen to the web view and the guard's touches to the kiosk, shows the camera and
//! plays sounds. What belongs to the gate's work is decided in `gatehouse-kiosk`, how it looks in
//! `kiosk-ui`; nothing of either belongs here.

mod commands;
mod graphics;
mod options;
mod preview;
mod sounds;

use std::{error::Error, io::IsTerminal, process::ExitCode, sync::Arc};

use clap::Parser;
use gatehouse_kiosk::{
    folder::keep_private,
    kiosk::{Kiosk, Settings},
};
use tauri::{App, Emitter, Manager, WebviewUrl, WebviewWindowBuilder, async_runtime};
use tracing_subscriber::EnvFilter;

use crate::{graphics::Drawing, options::Options, sounds::Sounds};

fn main() -> ExitCode {
    keep_private();
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %chain(error.as_ref()), "the kiosk cannot run");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn Error>> {
    // Where there is none GTK ends the process without a word that helps.
    if ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none_or(|it| it.is_empty()))
    {
        return Err("there is no display: start it within a desktop's session, or name one (DISPLAY)".into());
    }
    let (windowed, drawing) = (options.windowed, options.drawing);
    let kiosk =
        Arc::new(Kiosk::open(Settings { data: options.data, camera: options.camera, keys: options.keys })?);
    let seen = Arc::clone(&kiosk);
    tauri::Builder::default()
        .manage(kiosk)
        .register_uri_scheme_protocol("camera", move |_, request| preview::answer(&seen, &request))
        .invoke_handler(tauri::generate_handler![commands::screen, commands::touch, commands::look])
        .setup(move |app| open_window(app, windowed, drawing))
        .run(tauri::generate_context!())?;
    Ok(())
}

fn open_window(app: &App, windowed: bool, drawing: Drawing) -> Result<(), Box<dyn Error>> {
    let window = WebviewWindowBuilder::new(app, "gate", WebviewUrl::App("index.html".into()))
        .title("Gatehouse")
        .inner_size(1280.0, 720.0)
        .fullscreen(!windowed)
        .decorations(windowed)
        .zoom_hotkeys_enabled(false)
        .build()?;
    graphics::suit(&window, drawing)?;
    let app = app.handle().clone();
    let sounds = Sounds::start();
    let mut watch = app.state::<Arc<Kiosk>>().watch();
    async_runtime::spawn(async move {
        while watch.changed().await.is_ok() {
            let screen = watch.borrow_and_update().clone();
            sounds.play(screen.cue, screen.alarm);
            if let Err(error) = app.emit("screen", &screen) {
                tracing::warn!(%error, "the window was not told");
            }
        }
    });
    Ok(())
}

/// An error with all that caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
