//! The sound device.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use cpal::{
    FromSample, SampleFormat, SizedSample, Stream,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use super::{heard::Heard, tune::Tune};

/// How many tunes pass in silence before a missing device is looked for again.
const REST: u8 = 20;

type Playing = Arc<Mutex<Heard>>;

/// Plays tunes on the machine's default output. Opened at the first tune, and again after it was lost.
#[derive(Default)]
pub struct Player {
    playing: Playing,
    output: Option<Output>,
    /// Whether the alarm rings.
    rings: bool,
    /// Tunes to let pass before the device is tried again.
    resting: u8,
}

struct Output {
    rate: f32,
    lost: Arc<AtomicBool>,
    /// Plays as long as it is held.
    _stream: Stream,
}

impl Player {
    /// Plays `tune` in place of the one that plays.
    pub fn play(&mut self, tune: Tune) {
        self.have_device();
        if let Some(output) = &self.output {
            self.heard().play(tune, output.rate);
        }
    }

    /// Lets the alarm ring, or stops it.
    pub fn ring(&mut self, rings: bool) {
        if rings == self.rings {
            return;
        }
        self.rings = rings;
        if rings {
            // An alarm is worth another look for a device.
            self.resting = 0;
            self.have_device();
        }
        self.heard().ring(self.output.as_ref().filter(|_| rings).map(|output| output.rate));
    }

    fn have_device(&mut self) {
        if self.output.as_ref().is_some_and(|output| !output.lost.load(Ordering::Relaxed)) {
            return;
        }
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
        open(&self.playing)
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
            tracing::debug!(%error, "the sound device was lost");
            losing.store(true, Ordering::Relaxed);
        },
        None,
    )?;
    stream.play()?;
    Ok(Output { rate, lost, _stream: stream })
}
