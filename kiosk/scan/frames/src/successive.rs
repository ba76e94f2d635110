//! One picture as a camera's successive frames: the hand drifts and trembles, glare spots wander over it, and
//! each frame has a blur and a noise of its own. All of it comes on top of what the picture suffers already.

use crate::canvas::{Canvas, Picture};
use crate::random::Random;

/// How much each frame is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A good camera, a calm hand, one weak spot.
    Mild,
    /// As a gate's camera mostly sees it: a spot that burns out, defocus, motion in four frames of ten.
    Fair,
    /// At night and in a hurry: several spots, coarse noise, most frames smeared.
    Strong,
}

impl Strength {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mild, Self::Fair, Self::Strong];

    fn limits(self) -> Limits {
        match self {
            Self::Mild => Limits {
                spots: 1,
                glare: (0.3, 0.9),
                defocus: 0.001,
                moved: 0.2,
                motion: 0.003,
                noise: (0.005, 0.02),
                shift: 0.005,
                turn: 0.008,
                zoom: 0.005,
            },
            Self::Fair => Limits {
                spots: 1,
                glare: (0.6, 1.6),
                defocus: 0.003,
                moved: 0.4,
                motion: 0.008,
                noise: (0.01, 0.05),
                shift: 0.01,
                turn: 0.015,
                zoom: 0.01,
            },
            Self::Strong => Limits {
                spots: 3,
                glare: (0.8, 2.2),
                defocus: 0.004,
                moved: 0.6,
                motion: 0.012,
                noise: (0.03, 0.08),
                shift: 0.015,
                turn: 0.03,
                zoom: 0.02,
            },
        }
    }
}

/// Lengths are shares of the picture's shorter side, light is 0 to 1.
struct Limits {
    spots: usize,
    glare: (f32, f32),
    /// Largest radius of the disc, beyond one pixel.
    defocus: f32,
    /// Share of the frames that are smeared.
    moved: f32,
    motion: f32,
    noise: (f32, f32),
    /// From frame to frame, along each axis.
    shift: f32,
    turn: f32,
    zoom: f32,
}

/// A glare spot: its middle as a share of the picture's size, its turn, and where it wanders.
struct Spot {
    x: f32,
    y: f32,
    turn: f32,
    drift: f32,
}

/// So many frames of what `picture` shows; the same seed gives the same ones.
pub fn successive(picture: &Picture, strength: Strength, seed: u64, count: usize) -> Vec<Picture> {
    let limits = strength.limits();
    let mut random = Random::new(seed);
    let size = picture.width.min(picture.height) as f32;
    let spots: Vec<Spot> = (0..limits.spots)
        .map(|_| Spot {
            x: random.between(0.2, 0.8),
            y: random.between(0.2, 0.8),
            turn: random.between(0.0, 3.1),
            drift: random.between(0.0, std::f32::consts::TAU),
        })
        .collect();
    let (mut x, mut y, mut turn, mut zoom) = (0.0, 0.0, 0.0f32, 1.0f32);
    (0..count)
        .map(|i| {
            let mut canvas = moved(picture, (x, y), turn, zoom);
            let along = i as f32 * 0.09 - 0.4;
            for spot in &spots {
                let at = (spot.x + along * spot.drift.cos(), spot.y + along * spot.drift.sin());
                let reach = (size * random.between(0.1, 0.22), size * random.between(0.06, 0.14));
                let at = (at.0 * picture.width as f32, at.1 * picture.height as f32);
                canvas.glare(at, reach, spot.turn, random.between(limits.glare.0, limits.glare.1));
            }
            canvas.defocus(random.between(0.4, 1.0 + size * limits.defocus));
            if random.chance(limits.moved) {
                canvas.motion(random.between(0.5, 1.0 + size * limits.motion), random.between(0.0, 3.1));
            }
            canvas.map(|_, _, v| v.clamp(0.0, 1.0));
            canvas.noise(random.between(limits.noise.0, limits.noise.1), &mut random);
            x += random.between(-limits.shift, limits.shift) * size;
            y += random.between(-limits.shift, limits.shift) * size;
            turn += random.between(-limits.turn, limits.turn);
            zoom *= 1.0 + random.between(-limits.zoom, limits.zoom);
            canvas.develop()
        })
        .collect()
}

/// The picture shifted, turned and enlarged about its middle; its border is drawn out where nothing was seen.
fn moved(picture: &Picture, (dx, dy): (f32, f32), turn: f32, zoom: f32) -> Canvas {
    let (sin, cos) = turn.sin_cos();
    let (sin, cos) = (sin / zoom, cos / zoom);
    let (cx, cy) = (picture.width as f32 / 2.0, picture.height as f32 / 2.0);
    let read = |x: isize, y: isize| {
        let x = x.clamp(0, picture.width as isize - 1) as usize;
        let y = y.clamp(0, picture.height as isize - 1) as usize;
        f32::from(picture.luma[y * picture.width + x]) / 255.0
    };
    let mut canvas = Canvas::new(picture.width, picture.height, 0.0);
    canvas.map(|x, y, _| {
        let (u, v) = (x - cx - dx, y - cy - dy);
        let (u, v) = (u * cos + v * sin + cx - 0.5, v * cos - u * sin + cy - 0.5);
        let (iu, iv) = (u.floor(), v.floor());
        let (fu, fv) = (u - iu, v - iv);
        let row = |j: isize| read(iu as isize, j) * (1.0 - fu) + read(iu as isize + 1, j) * fu;
        row(iv as isize) * (1.0 - fv) + row(iv as isize + 1) * fv
    });
    canvas
}
