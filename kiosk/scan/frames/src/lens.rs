//! What lens, sensor and light do to a picture.

use crate::canvas::Canvas;
use crate::random::Random;

impl Canvas {
    /// Mean over the given offsets: any blur.
    fn spread(&mut self, offsets: &[(isize, isize)]) {
        let (width, height) = (self.width as isize, self.height as isize);
        let mut out = vec![0.0; self.light.len()];
        for y in 0..height {
            for &(dx, dy) in offsets {
                let row = ((y + dy).clamp(0, height - 1) * width) as usize;
                let line = &mut out[(y * width) as usize..][..width as usize];
                for (x, v) in line.iter_mut().enumerate() {
                    *v += self.light[row + (x as isize + dx).clamp(0, width - 1) as usize];
                }
            }
        }
        let share = 1.0 / offsets.len() as f32;
        self.light = out.into_iter().map(|v| v * share).collect();
    }

    /// Out of focus by a disc of this radius in pixels.
    pub fn defocus(&mut self, radius: f32) {
        let r = radius.ceil() as isize;
        let disc: Vec<_> = (-r..=r)
            .flat_map(|y| (-r..=r).map(move |x| (x, y)))
            .filter(|(x, y)| ((x * x + y * y) as f32) <= radius * radius + 0.3)
            .collect();
        self.spread(&disc);
    }

    /// Moved by so many pixels along a direction while exposed.
    pub fn motion(&mut self, length: f32, turn: f32) {
        let steps = length.ceil().max(1.0) as isize;
        let path: Vec<_> = (0..=steps)
            .map(|i| {
                let t = (i as f32 / steps as f32 - 0.5) * length;
                ((t * turn.cos()).round() as isize, (t * turn.sin()).round() as isize)
            })
            .collect();
        self.spread(&path);
    }

    /// A bright spot that burns out at its middle.
    pub fn glare(&mut self, (cx, cy): (f32, f32), (rx, ry): (f32, f32), turn: f32, strength: f32) {
        let (sin, cos) = turn.sin_cos();
        self.map(|x, y, v| {
            let (u, w) = ((x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin);
            v + strength * (-((u / rx).powi(2) + (w / ry).powi(2))).exp()
        });
    }

    /// Interference of a screen's pixels with the sensor's.
    pub fn moire(&mut self, pitch: f32, turn: f32, strength: f32) {
        let (sin, cos) = turn.sin_cos();
        self.map(|x, y, v| {
            let t = (x * cos + y * sin) * std::f32::consts::TAU / pitch;
            v * (1.0 + strength * (t + 0.4 * (y * 0.013).sin()).sin())
        });
    }

    /// Fewer levels between black and white: `low` to `high`.
    pub fn dim(&mut self, low: f32, high: f32) {
        self.map(|_, _, v| low + (high - low) * v.clamp(0.0, 1.0));
    }

    /// Noise of the sensor.
    pub fn noise(&mut self, deviation: f32, random: &mut Random) {
        self.map(|_, _, v| v + deviation * random.normal());
    }

    /// What strong JPEG compression leaves: 8×8 blocks of a few cosines (ITU-T T.81).
    pub fn compress(&mut self, step: f32) {
        let basis: [[f32; 8]; 8] = std::array::from_fn(|k| {
            let scale = if k == 0 { (1.0f32 / 8.0).sqrt() } else { 0.5 };
            std::array::from_fn(|x| {
                scale * ((2 * x + 1) as f32 * k as f32 * std::f32::consts::PI / 16.0).cos()
            })
        });
        for by in (0..self.height.saturating_sub(7)).step_by(8) {
            for bx in (0..self.width.saturating_sub(7)).step_by(8) {
                let block: [[f32; 8]; 8] = std::array::from_fn(|y| {
                    std::array::from_fn(|x| self.light[(by + y) * self.width + bx + x])
                });
                let rows: [[f32; 8]; 8] = std::array::from_fn(|y| {
                    std::array::from_fn(|k| (0..8).map(|x| block[y][x] * basis[k][x]).sum())
                });
                let coefficients: [[f32; 8]; 8] = std::array::from_fn(|j| {
                    std::array::from_fn(|k| {
                        let c: f32 = (0..8).map(|y| rows[y][k] * basis[j][y]).sum();
                        let q = step * (1.0 + (j + k) as f32);
                        (c / q).round() * q
                    })
                });
                let columns: [[f32; 8]; 8] = std::array::from_fn(|y| {
                    std::array::from_fn(|k| (0..8).map(|j| coefficients[j][k] * basis[j][y]).sum())
                });
                for (y, row) in columns.iter().enumerate() {
                    let line = &mut self.light[(by + y) * self.width + bx..][..8];
                    for (x, v) in line.iter_mut().enumerate() {
                        *v = row.iter().zip(&basis).map(|(c, wave)| c * wave[x]).sum();
                    }
                }
            }
        }
    }
}
