//! Plays what the kiosk cues. A machine without a sound device stays silent, and nothing fails.

mod heard;
mod player;
mod tune;

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use gatehouse_kiosk::{screen::Cue, time::micros};

use self::player::{LOOK_EVERY_US, Player};

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
        let playing =
            thread::Builder::new().name("sounds".into()).spawn(move || listen(&heard, Player::default()));
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

/// Has heard what is told, until nobody tells any more.
fn listen(heard: &Receiver<Told>, mut player: Player) {
    let (mut rings, mut last) = (false, None);
    loop {
        let told = if rings {
            heard.recv_timeout(Duration::from_micros(LOOK_EVERY_US))
        } else {
            heard.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match told {
            Ok(Told { cue, alarm }) => {
                rings = alarm;
                player.ring(rings, micros());
                if let Some(cue) = cue.filter(|cue| last != Some(*cue)) {
                    last = Some(cue);
                    player.play(tune::of(cue.sound));
                }
            }
            Err(RecvTimeoutError::Timeout) => player.ring(rings, micros()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    };

    use super::{player::Output, *};

    /// How often a device was asked for.
    static ASKED: AtomicU8 = AtomicU8::new(0);

    /// None at first, then one that is lost at once, then one that stays.
    fn unsteady(_: &Arc<std::sync::Mutex<heard::Heard>>) -> Result<Output, cpal::Error> {
        match ASKED.fetch_add(1, Ordering::Relaxed) {
            0 => Err(cpal::ErrorKind::DeviceNotAvailable.into()),
            asked => Ok(Output::new(48_000.0, Arc::new(AtomicBool::new(asked == 1)), ())),
        }
    }

    #[test]
    fn an_alarm_looks_for_a_device_until_it_is_heard() {
        let (told, heard) = channel::<Told>();
        let listening = thread::spawn(move || listen(&heard, Player::over(unsteady)));
        told.send(Told { cue: None, alarm: true }).unwrap();
        // Three looks, two pauses: nobody says anything meanwhile.
        thread::park_timeout(Duration::from_micros(LOOK_EVERY_US * 7 / 2));
        drop(told);
        listening.join().unwrap();
        assert_eq!(ASKED.load(Ordering::Relaxed), 3);
    }
}
