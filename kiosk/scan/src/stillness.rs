//! Whether anything in the picture changed: a coarse net of means, compared with the frame before.

use crate::Frame;

const ACROSS: usize = 48;
const DOWN: usize = 27;

/// The net of the frame before.
#[derive(Default)]
pub(crate) struct Stillness {
    net: Vec<u16>,
}

impl Stillness {
    /// Takes the next frame's net; says whether it is as the last one was.
    pub fn update(&mut self, frame: &Frame<'_>) -> bool {
        if frame.width < ACROSS * 8 || frame.height < DOWN * 8 {
            return false;
        }
        let fresh = self.net.is_empty();
        self.net.resize(ACROSS * DOWN, 0);
        let mut changed = 0;
        for (i, old) in self.net.iter_mut().enumerate() {
            let (x, y) = (i % ACROSS * frame.width / ACROSS, i / ACROSS * frame.height / DOWN);
            let sum: u16 = (0..8).flat_map(|r| &frame.row(y + r)[x..x + 8]).map(|&v| u16::from(v)).sum();
            // Three grey levels in the mean of 64 pixels are more than noise.
            if sum.abs_diff(*old) > 3 * 64 {
                changed += 1;
            }
            *old = sum;
        }
        !fresh && changed == 0
    }
}
