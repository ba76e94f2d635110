//! Plays what the kiosk cues. A machine without a sound device stays silent, and nothing fails.

mod heard;
mod player;
mod tune;

use std::{
    sync::mpsc::{Sender, channel},
    thread,
};

use gatehouse_kiosk::screen::Cue;

use self::player::Player;

/// The sounds' thread, until this is dropped.
#[derive(Debug)]
pub struct Sounds {
    told: Sender<Told>,
}

/// What is to be heard.
#[derive(Clone, Copy, Debug)]
struct Told {
    cue: Option<Cue>,
    alarm: bool,
}

impl Sounds {
    /// Starts the thread. The device is opened at the first sound.
    pub fn start() -> Self {
        let (told, heard) = channel::<Told>();
        let playing = thread::Builder::new().name("sounds".into()).spawn(move || {
            let mut player = Player::default();
            let mut last = None;
            while let Ok(Told { cue, alarm }) = heard.recv() {
                player.ring(alarm);
                if let Some(cue) = cue.filter(|cue| last != Some(*cue)) {
                    last = Some(cue);
                    player.play(tune::of(cue.sound));
                }
            }
        });
        if let Err(error) = playing {
            tracing::warn!(%error, "there will be no sounds");
        }
        Self { told }
    }

    /// Plays a cue, unless it is the one that was played last. The alarm rings as long as it is told to.
    pub fn play(&self, cue: Option<Cue>, alarm: bool) {
        if self.told.send(Told { cue, alarm }).is_err() {
            tracing::debug!("no sounds on this machine");
        }
    }
}
