//! A grey picture while it is drawn, and what may stand behind a code.

use crate::random::Random;

/// A grey picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Grey bytes, row after row; 0 is black.
    pub luma: Vec<u8>,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Light, 0 to 1, a pixel at a time.
pub(crate) struct Canvas {
    pub light: Vec<f32>,
    pub width: usize,
    pub height: usize,
}

impl Canvas {
    pub fn new(width: usize, height: usize, light: f32) -> Self {
        Self { light: vec![light; width * height], width, height }
    }

    /// Rounds to bytes.
    pub fn develop(&self) -> Picture {
        let luma = self.light.iter().map(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
        Picture { luma, width: self.width, height: self.height }
    }

    /// Every pixel by a function of its place and light.
    pub fn map(&mut self, mut f: impl FnMut(f32, f32, f32) -> f32) {
        for (i, v) in self.light.iter_mut().enumerate() {
            *v = f((i % self.width) as f32 + 0.5, (i / self.width) as f32 + 0.5, *v);
        }
    }

    /// Clouds, discs, boxes, stripes and checks, as far as not code-like.
    pub fn background(&mut self, random: &mut Random) {
        let (base, swing) = (random.between(0.25, 0.7), random.between(0.1, 0.35));
        let waves: Vec<[f32; 4]> = (0..7)
            .map(|i| {
                let pitch = random.between(0.004, 0.02) * (1.0 + i as f32 * 0.5);
                let turn = random.between(0.0, std::f32::consts::TAU);
                [
                    pitch * turn.cos(),
                    pitch * turn.sin(),
                    random.between(0.0, 6.3),
                    1.0 / (1.0 + i as f32 * 0.6),
                ]
            })
            .collect();
        self.map(|x, y, _| {
            let sum: f32 = waves.iter().map(|w| (w[0] * x + w[1] * y + w[2]).sin() * w[3]).sum();
            base + swing * sum * 0.4
        });
        for _ in 0..random.below(14) + 4 {
            self.thing(random);
        }
    }

    fn thing(&mut self, random: &mut Random) {
        let kind = random.below(5);
        let (cx, cy) = (random.between(0.0, self.width as f32), random.between(0.0, self.height as f32));
        let (rx, ry) = (random.between(8.0, 110.0), random.between(8.0, 110.0));
        let turn = random.between(0.0, 3.2);
        let (sin, cos) = turn.sin_cos();
        let (ink, other) = (random.between(0.05, 0.95), random.between(0.05, 0.95));
        let pitch = random.between(5.0, 24.0);
        self.map(|x, y, v| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, w) = (dx * cos + dy * sin, dy * cos - dx * sin);
            if u.abs() > rx || w.abs() > ry {
                return v;
            }
            let odd = |t: f32| (t / pitch).floor().rem_euclid(2.0) > 0.5;
            match kind {
                0 if (u / rx).powi(2) + (w / ry).powi(2) > 1.0 => v,
                2 => {
                    if odd(u) {
                        ink
                    } else {
                        v
                    }
                }
                3 => {
                    if odd(u) == odd(w) {
                        ink
                    } else {
                        other
                    }
                }
                4 if w.abs() > 3.0 => v,
                _ => ink,
            }
        });
    }
}
