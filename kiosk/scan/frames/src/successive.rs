//! One picture as a camera's successive frames: the hand drifts, a glare spot wanders over it, and each frame
//! has a blur and a noise of its own.

use crate::canvas::{Canvas, Picture};
use crate::random::Random;

/// So many frames of what `picture` shows; the same seed gives the same ones.
pub fn successive(picture: &Picture, seed: u64, count: usize) -> Vec<Picture> {
    let mut random = Random::new(seed);
    let size = picture.width.min(picture.height) as f32;
    let (mut x, mut y, mut turn) = (0.0, 0.0, 0.0f32);
    let spot = (random.between(0.2, 0.8), random.between(0.2, 0.8), random.between(0.0, 3.1));
    let drift = random.between(0.0, std::f32::consts::TAU);
    (0..count)
        .map(|i| {
            let mut canvas = moved(picture, (x, y), turn);
            let along = i as f32 * 0.09 - 0.4;
            let at = (spot.0 + along * drift.cos(), spot.1 + along * drift.sin());
            let reach = (size * random.between(0.1, 0.22), size * random.between(0.06, 0.14));
            let at = (at.0 * picture.width as f32, at.1 * picture.height as f32);
            canvas.glare(at, reach, spot.2, random.between(0.6, 1.6));
            canvas.defocus(random.between(0.4, 1.0 + size * 0.003));
            if random.chance(0.4) {
                canvas.motion(random.between(0.5, 1.0 + size * 0.008), random.between(0.0, 3.1));
            }
            canvas.map(|_, _, v| v.clamp(0.0, 1.0));
            canvas.noise(random.between(0.01, 0.05), &mut random);
            x += random.between(-0.01, 0.01) * size;
            y += random.between(-0.01, 0.01) * size;
            turn += random.between(-0.015, 0.015);
            canvas.develop()
        })
        .collect()
}

/// The picture shifted and turned about its middle; its border is drawn out where nothing was seen.
fn moved(picture: &Picture, (dx, dy): (f32, f32), turn: f32) -> Canvas {
    let (sin, cos) = turn.sin_cos();
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
