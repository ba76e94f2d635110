//! What is heard: an alarm rings until it is stopped, and every other sound is heard over it.

use super::tune::{ALARM, Samples, Tune};

/// What the device plays, sample by sample.
#[derive(Debug, Default)]
pub struct Heard {
    tune: Option<Samples>,
    alarm: Option<Samples>,
}

impl Heard {
    /// Plays `tune` at `rate` samples a second in place of the one before. An alarm goes on behind it.
    pub fn play(&mut self, tune: Tune, rate: f32) {
        self.tune = Some(Samples::new(tune, rate));
    }

    /// Rings the alarm at `rate` samples a second from now on, or no more without one.
    pub fn ring(&mut self, rate: Option<f32>) {
        self.alarm = rate.map(|rate| Samples::new(ALARM, rate));
    }

    /// The next sample; 0 where there is nothing to hear.
    pub fn sample(&mut self) -> f32 {
        if let Some(sample) = self.tune.as_mut().and_then(Iterator::next) {
            return sample;
        }
        self.tune = None;
        self.alarm.as_mut().and_then(Iterator::next).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_kiosk::screen::Sound;

    use super::{super::tune, *};

    const RATE: f32 = 48_000.0;

    /// Whether anything is heard in the next half second.
    fn is_heard(heard: &mut Heard) -> bool {
        (0..24_000).fold(false, |any, _| any | (heard.sample() != 0.0))
    }

    #[test]
    fn a_beep_interrupts_an_alarm_and_does_not_end_it() {
        let mut heard = Heard::default();
        heard.ring(Some(RATE));
        assert!(is_heard(&mut heard));
        heard.play(tune::of(Sound::Admit), RATE);
        let beep: Vec<f32> = Samples::new(tune::of(Sound::Admit), RATE).collect();
        let as_it_is = |sample: &f32| (sample - heard.sample()).abs() < f32::EPSILON;
        assert!(beep.iter().all(as_it_is), "the beep is heard alone");
        for _ in 0..100 {
            assert!(is_heard(&mut heard), "the alarm was silenced by a beep");
        }
        heard.ring(None);
        assert!(!is_heard(&mut heard));
    }

    #[test]
    fn without_an_alarm_a_tune_is_followed_by_silence() {
        let mut heard = Heard::default();
        heard.play(tune::of(Sound::Admit), RATE);
        assert!(is_heard(&mut heard));
        assert!(!is_heard(&mut heard));
    }
}
