//! The sound device.

use std::{
    any::Any,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use cpal::{
    FromSample, SampleFormat, SizedSample,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use super::{heard::Heard, tune::Tune};

/// How many tunes pass in silence before a missing device is looked for again.
const REST: u8 = 20;
/// How often an alarm that nobody hears looks for a device, in microseconds.
pub(super) const LOOK_EVERY_US: u64 = 2_000_000;

type Playing = Arc<Mutex<Heard>>;
type Opening = fn(&Playing) -> Result<Output, cpal::Error>;

/// Plays tunes on the machine's default output. Opened at the first tune, and again after it was lost.
pub struct Player {
    open: Opening,
    playing: Playing,
    output: Option<Output>,
    /// Whether the alarm rings.
    rings: bool,
    /// Tunes to let pass before the device is tried again.
    resting: u8,
    /// When the alarm looked for a device last, in microseconds.
    looked: u64,
}

/// A device that was opened.
pub(super) struct Output {
    rate: f32,
    lost: Arc<AtomicBool>,
    /// Plays as long as it is held.
    _stream: Box<dyn Any>,
}

impl Output {
    /// A device at `rate` samples a second; `lost` says when it is no longer there, `stream` plays as long as it is
    /// held.
    pub(super) fn new(rate: f32, lost: Arc<AtomicBool>, stream: impl Any) -> Self {
        Self { rate, lost, _stream: Box::new(stream) }
    }
}

impl Default for Player {
    fn default() -> Self {
        Self::over(open)
    }
}

impl Player {
    /// One whose device is opened so.
    pub(super) fn over(open: Opening) -> Self {
        Self { open, playing: Playing::default(), output: None, rings: false, resting: 0, looked: 0 }
    }

    /// Plays `tune` in place of the one that plays.
    pub fn play(&mut self, tune: Tune) {
        self.have_device();
        if let Some(output) = &self.output {
            self.heard().play(tune, output.rate);
        }
    }

    /// Lets the alarm ring, or stops it. While it rings this is to be said again and again, with the microseconds now:
    /// where it has no device, or lost it, another look is taken.
    pub fn ring(&mut self, rings: bool, now: u64) {
        let changes = rings != self.rings;
        self.rings = rings;
        if rings && (changes || now.saturating_sub(self.looked) >= LOOK_EVERY_US) {
            self.looked = now;
            self.resting = 0;
            self.have_device();
        }
        if !changes {
            return;
        }
        self.heard().ring(self.output.as_ref().filter(|_| rings).map(|output| output.rate));
    }

    fn have_device(&mut self) {
        if self.output.as_ref().is_some_and(|output| !output.lost.load(Ordering::Relaxed)) {
            return;
        }
        // Some devices are opened by one at a time, also where they were lost.
        self.output = None;
        self.output = self.open();
        // Another device may have another rate.
        self.heard().ring(self.output.as_ref().filter(|_| self.rings).map(|output| output.rate));
    }

    /// Opens the device. A machine that has none is not asked again for every tune.
    fn open(&mut self) -> Option<Output> {
        if self.resting > 0 {
            self.resting -= 1;
            return None;
        }
        (self.open)(&self.playing)
            .inspect_err(|error| {
                tracing::info!(%error, "no sound device: the kiosk is silent");
                self.resting = REST;
            })
            .ok()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(playing: &Playing) -> Result<Output, cpal::Error> {
    let device = cpal::default_host()
        .default_output_device()
        .ok_or_else(|| cpal::Error::from(cpal::ErrorKind::DeviceNotAvailable))?;
    let config = device.default_output_config()?;
    match config.sample_format() {
        SampleFormat::I16 => open_as::<i16>(&device, config.into(), playing),
        SampleFormat::I32 => open_as::<i32>(&device, config.into(), playing),
        SampleFormat::U8 => open_as::<u8>(&device, config.into(), playing),
        SampleFormat::U16 => open_as::<u16>(&device, config.into(), playing),
        _ => open_as::<f32>(&device, config.into(), playing),
    }
}

/// Whether a stream plays on after it said this: a gap on a busy machine, another loudspeaker, a thread that is not
/// preferred.
fn goes_on(kind: cpal::ErrorKind) -> bool {
    use cpal::ErrorKind::{DeviceChanged, RealtimeDenied, Xrun};
    matches!(kind, Xrun | DeviceChanged | RealtimeDenied)
}

fn open_as<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: cpal::StreamConfig,
    playing: &Playing,
) -> Result<Output, cpal::Error> {
    let channels = usize::from(config.channels);
    #[expect(clippy::cast_precision_loss, reason = "sample rates are far below 2^24")]
    let rate = config.sample_rate as f32;
    let lost = Arc::new(AtomicBool::new(false));
    let losing = Arc::clone(&lost);
    let heard = Arc::clone(playing);
    let stream = device.build_output_stream(
        config,
        move |out: &mut [T], _: &cpal::OutputCallbackInfo| {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            for frame in out.chunks_mut(channels) {
                frame.fill(T::from_sample(heard.sample()));
            }
        },
        move |error| {
            if goes_on(error.kind()) {
                tracing::debug!(%error, "the sound stumbled and goes on");
            } else {
                tracing::debug!(%error, "the sound device was lost");
                losing.store(true, Ordering::Relaxed);
            }
        },
        None,
    )?;
    stream.play()?;
    Ok(Output::new(rate, lost, stream))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU8;

    use super::*;
    use crate::sounds::tune;
    use gatehouse_kiosk::screen::Sound;

    /// How many outputs are held, and how often one was opened.
    static HELD: AtomicU8 = AtomicU8::new(0);
    static OPENED: AtomicU8 = AtomicU8::new(0);

    struct Stream;

    impl Drop for Stream {
        fn drop(&mut self) {
            HELD.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// A device that one at a time may open and that is lost at once.
    fn open_once(_: &Playing) -> Result<Output, cpal::Error> {
        if HELD.fetch_add(1, Ordering::Relaxed) > 0 {
            HELD.fetch_sub(1, Ordering::Relaxed);
            return Err(cpal::ErrorKind::DeviceBusy.into());
        }
        OPENED.fetch_add(1, Ordering::Relaxed);
        Ok(Output::new(48_000.0, Arc::new(AtomicBool::new(true)), Stream))
    }

    #[test]
    fn what_is_left_of_a_lost_device_is_given_up_before_it_is_opened_again() {
        let mut player = Player::over(open_once);
        player.play(tune::of(Sound::Admit));
        player.play(tune::of(Sound::Admit));
        assert_eq!(OPENED.load(Ordering::Relaxed), 2);
        assert!(player.output.is_some());
    }

    #[test]
    fn a_stream_that_stumbles_is_not_lost() {
        use cpal::ErrorKind::{
            BackendError, DeviceChanged, DeviceNotAvailable, Other, RealtimeDenied, StreamInvalidated, Xrun,
        };
        assert!([Xrun, DeviceChanged, RealtimeDenied].into_iter().all(goes_on));
        assert!(![DeviceNotAvailable, StreamInvalidated, BackendError, Other].into_iter().any(goes_on));
    }
}
