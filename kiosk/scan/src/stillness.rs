//! Whether anything in the picture changed: a coarse net of means, compared with the frame before.

use crate::Frame;

const ACROSS: usize = 48;
const DOWN: usize = 27;
/// Pixels of a cell along each axis.
const CELL: usize = 8;
/// Grey levels, in the sum over a cell, that are more than a quiet sensor's noise.
const QUIET: u16 = 3 * (CELL * CELL) as u16;

/// The net of the frame before.
#[derive(Default)]
pub(crate) struct Stillness {
    net: Vec<u16>,
    changes: Vec<u16>,
    frames: u32,
}

impl Stillness {
    /// Takes the next frame's net; says for how many frames nothing has changed.
    pub fn update(&mut self, frame: &Frame<'_>) -> u32 {
        if frame.width < ACROSS * CELL || frame.height < DOWN * CELL {
            return 0;
        }
        let fresh = self.net.is_empty();
        self.net.resize(ACROSS * DOWN, 0);
        self.changes.clear();
        for (i, old) in self.net.iter_mut().enumerate() {
            let (x, y) = (i % ACROSS * frame.width / ACROSS, i / ACROSS * frame.height / DOWN);
            let (x, y) = (x.min(frame.width - CELL), y.min(frame.height - CELL));
            let sum: u16 =
                (0..CELL).flat_map(|r| &frame.row(y + r)[x..x + CELL]).map(|&v| u16::from(v)).sum();
            self.changes.push(sum.abs_diff(*old));
            *old = sum;
        }
        // At night the sensor's noise moves every cell a little; what comes into view moves some by far more.
        let (_, usual, _) = self.changes.select_nth_unstable(ACROSS * DOWN / 2);
        let least = usual.saturating_mul(7).max(QUIET);
        let still = *usual < QUIET && self.changes.iter().all(|&change| change <= least);
        self.frames = if still && !fresh { self.frames.saturating_add(1) } else { 0 };
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(luma: &[u8]) -> Frame<'_> {
        Frame::packed(luma, 640, 360).expect("a whole picture")
    }

    /// A wall under a sensor's noise of so many levels to each side.
    fn wall(seed: u64, noise: i64) -> Vec<u8> {
        let mut random = gatehouse_frames::Random::new(seed);
        let mut level = || 120 + i64::try_from(random.bits() % 1024).unwrap_or(0) % (2 * noise + 1) - noise;
        (0..640 * 360).map(|_| u8::try_from(level()).unwrap_or(255)).collect()
    }

    #[test]
    fn noise_is_still_by_day_and_night_and_a_phone_is_not() {
        for noise in [2, 25] {
            let mut stillness = Stillness::default();
            assert_eq!(stillness.update(&frame(&wall(1, noise))), 0, "nothing to compare with");
            for seed in 2..6 {
                assert!(stillness.update(&frame(&wall(seed, noise))) > 0, "noise {noise}");
            }
            let mut phone = wall(9, noise);
            for row in phone.chunks_mut(640).skip(100).take(120) {
                row[200..260].fill(230);
            }
            assert_eq!(stillness.update(&frame(&phone)), 0, "noise {noise}");
        }
    }

    #[test]
    fn a_first_frame_may_be_as_bright_as_can_be() {
        assert_eq!(Stillness::default().update(&frame(&vec![255; 640 * 360])), 0);
    }

    #[test]
    fn a_lamp_switched_on_is_a_change() {
        let mut stillness = Stillness::default();
        stillness.update(&frame(&wall(1, 2)));
        let lit: Vec<u8> = wall(2, 2).iter().map(|v| v + 30).collect();
        assert_eq!(stillness.update(&frame(&lit)), 0);
    }
}
