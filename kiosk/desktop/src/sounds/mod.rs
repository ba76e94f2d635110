//! Plays what the kiosk cues. A machine without a sound device stays silent, and nothing fails.

mod player;
mod tune;

use std::{
    sync::mpsc::{Sender, channel},
    thread,
};

use gatehouse_kiosk::screen::{Cue, Sound};

use self::player::Player;

/// The sounds' thread, until this is dropped.
#[derive(Debug)]
pub struct Sounds {
    cues: Sender<Cue>,
}

impl Sounds {
    /// Starts the thread. The device is opened at the first sound.
    pub fn start() -> Self {
        let (cues, heard) = channel::<Cue>();
        let playing = thread::Builder::new().name("sounds".into()).spawn(move || {
            let mut player = Player::default();
            let mut last = None;
            while let Ok(cue) = heard.recv() {
                if last == Some(cue.id) {
                    continue;
                }
                last = Some(cue.id);
                match cue.sound {
                    Sound::Silence => player.silence(),
                    sound => player.play(tune::of(sound)),
                }
            }
        });
        if let Err(error) = playing {
            tracing::warn!(%error, "there will be no sounds");
        }
        Self { cues }
    }

    /// Plays a cue, unless it is the one that was played last.
    pub fn play(&self, cue: Cue) {
        if self.cues.send(cue).is_err() {
            tracing::debug!("no sounds on this machine");
        }
    }
}
