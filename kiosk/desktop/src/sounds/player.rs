//! The sound device.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use cpal::{
    FromSample, SampleFormat, SizedSample, Stream,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use super::tune::{Samples, Tune};

/// How many tunes pass in silence before a missing device is looked for again.
const REST: u8 = 20;

type Playing = Arc<Mutex<Option<Samples>>>;

/// Plays tunes on the machine's default output. Opened at the first tune, and again after it was lost.
#[derive(Default)]
pub struct Player {
    playing: Playing,
    output: Option<Output>,
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
    /// Plays `tune` in place of whatever plays.
    pub fn play(&mut self, tune: Tune) {
        if self.output.as_ref().is_none_or(|output| output.lost.load(Ordering::Relaxed)) {
            self.output = self.open();
        }
        if let Some(output) = &self.output {
            self.set(Some(Samples::new(tune, output.rate)));
        }
    }

    /// Stops whatever plays.
    pub fn silence(&mut self) {
        self.set(None);
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

    fn set(&self, samples: Option<Samples>) {
        *self.playing.lock().unwrap_or_else(PoisonError::into_inner) = samples;
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
            let mut samples = heard.lock().unwrap_or_else(PoisonError::into_inner);
            for frame in out.chunks_mut(channels) {
                let sample = samples.as_mut().and_then(Iterator::next).unwrap_or(0.0);
                frame.fill(T::from_sample(sample));
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
