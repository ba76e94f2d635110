//! What each sound is made of.

use std::{f32::consts::TAU, slice::Iter};

use gatehouse_kiosk::screen::Sound;

/// How a tone begins and ends, so that it does not click (ms).
const EDGE_MS: f32 = 8.0;

/// A tone or, at 0 Hz, a rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Frequency in hertz.
    pub hz: f32,
    /// Length in milliseconds.
    pub ms: f32,
}

/// Tones one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tune {
    /// The tones.
    pub tones: &'static [Tone],
    /// Whether it begins anew at its end.
    pub repeats: bool,
}

const fn tone(hz: f32, ms: f32) -> Tone {
    Tone { hz, ms }
}

const ADMIT: &[Tone] = &[tone(660.0, 90.0), tone(880.0, 90.0)];
const EXIT: &[Tone] = &[tone(880.0, 90.0), tone(660.0, 90.0)];
const REFUSE: &[Tone] =
    &[tone(220.0, 160.0), tone(0.0, 90.0), tone(220.0, 160.0), tone(0.0, 90.0), tone(220.0, 240.0)];
const QUESTION: &[Tone] = &[tone(520.0, 110.0), tone(0.0, 70.0), tone(520.0, 110.0)];
const CHIME: &[Tone] = &[tone(1047.0, 120.0), tone(1319.0, 120.0), tone(1568.0, 260.0)];

/// What rings while an alarm does.
pub const ALARM: Tune = Tune { tones: &[tone(960.0, 300.0), tone(720.0, 300.0)], repeats: true };

/// The tune of a sound.
pub const fn of(sound: Sound) -> Tune {
    let tones = match sound {
        Sound::Admit => ADMIT,
        Sound::Exit => EXIT,
        Sound::Refuse => REFUSE,
        Sound::Question => QUESTION,
        Sound::Chime => CHIME,
    };
    Tune { tones, repeats: false }
}

/// A tune as samples between -1 and 1.
#[derive(Debug)]
pub struct Samples {
    tune: Tune,
    rest: Iter<'static, Tone>,
    now: Option<Tone>,
    /// Samples of the tone now that were given.
    given: u32,
    rate: f32,
}

impl Samples {
    /// A tune at `rate` samples a second.
    pub fn new(tune: Tune, rate: f32) -> Self {
        let mut rest = tune.tones.iter();
        let now = rest.next().copied();
        Self { tune, rest, now, given: 0, rate }
    }

    fn length(&self, tone: Tone) -> f32 {
        tone.ms * self.rate / 1000.0
    }
}

impl Iterator for Samples {
    type Item = f32;

    #[expect(clippy::cast_precision_loss, reason = "a tone has far fewer than 2^24 samples")]
    fn next(&mut self) -> Option<f32> {
        let mut tone = self.now?;
        if self.given as f32 >= self.length(tone) {
            let mut following = self.rest.next().copied();
            if following.is_none() && self.tune.repeats {
                self.rest = self.tune.tones.iter();
                following = self.rest.next().copied();
            }
            self.now = following;
            self.given = 0;
            tone = following?;
        }
        let at = self.given as f32;
        self.given += 1;
        let edge = EDGE_MS * self.rate / 1000.0;
        let loud = (at / edge).min((self.length(tone) - at) / edge).clamp(0.0, 1.0);
        Some(loud * (TAU * tone.hz * at / self.rate).sin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;
    const SOUNDS: [Sound; 5] = [Sound::Admit, Sound::Exit, Sound::Refuse, Sound::Question, Sound::Chime];

    fn crossings(samples: &[f32]) -> usize {
        samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count()
    }

    #[test]
    fn admit_rises_from_660_to_880_hertz_in_180_ms() {
        let samples: Vec<f32> = Samples::new(of(Sound::Admit), RATE).collect();
        assert_eq!(samples.len(), 8_640);
        let (low, high) = samples.split_at(4_320);
        assert!((58..=60).contains(&crossings(low)), "{} waves of 660 Hz in 90 ms", crossings(low));
        assert!((78..=80).contains(&crossings(high)), "{} waves of 880 Hz in 90 ms", crossings(high));
    }

    #[test]
    fn refuse_sounds_three_times_at_220_hertz() {
        let tones = of(Sound::Refuse).tones;
        assert_eq!(tones.iter().filter(|tone| (tone.hz - 220.0).abs() < f32::EPSILON).count(), 3);
        assert!(tones.iter().all(|tone| tone.hz == 0.0 || (tone.hz - 220.0).abs() < f32::EPSILON));
    }

    #[test]
    fn an_alarm_does_not_end_by_itself_and_the_others_do() {
        assert_eq!(Samples::new(ALARM, RATE).take(1_000_000).count(), 1_000_000);
        for sound in SOUNDS {
            assert!(Samples::new(of(sound), RATE).take(1_000_000).count() < 96_000, "{sound:?} goes on");
        }
    }

    #[test]
    fn nothing_is_louder_than_the_device_can_be() {
        for tune in SOUNDS.map(of).into_iter().chain([ALARM]) {
            assert!(Samples::new(tune, RATE).take(96_000).all(|sample| sample.abs() <= 1.0));
        }
    }
}
