//! What a camera costs while nothing happens before it.

use gatehouse_frames::{Picture, empty};
use gatehouse_scan::{Budget, Frame, Scanner};

use crate::decoders::thread_ms;

const SCENES: u64 = 6;
const FRAMES: u32 = 150;
const A_SECOND: f64 = 30.0;

/// Prints the share of a core that scenes without a code take at thirty frames a second.
pub fn measure(seed: u64) {
    let (mut sum, mut worst) = (0.0, 0.0f64);
    for scene in 0..SCENES {
        let share = share(&empty(seed * 1000 + scene));
        sum += share;
        worst = worst.max(share);
    }
    println!(
        "a quiet scene at {A_SECOND} frames a second: {:.1} % of a core, the dearest {:.1} %",
        sum * 100.0 / f64::from(u32::try_from(SCENES).unwrap_or(1)),
        worst * 100.0
    );
}

fn share(scene: &Picture) -> f64 {
    let mut scanner = Scanner::new();
    let before = thread_ms();
    for _ in 0..FRAMES {
        if let Some(frame) = Frame::packed(&scene.luma, scene.width, scene.height) {
            scanner.scan(frame, &Budget::unlimited());
        }
    }
    (thread_ms() - before) / f64::from(FRAMES) * A_SECOND / 1000.0
}
