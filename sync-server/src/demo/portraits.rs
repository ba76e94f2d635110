//! Drawn faces for the demo's guards: nobody's own.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::http::{Answer, Fault};

/// Pixels of a side.
const SIDE: u16 = 240;
/// Each pixel is the mean of so many points a side.
const POINTS: u16 = 3;

type Colour = [u8; 3];

/// What tells one drawn guard from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    pub skin: Colour,
    pub hair: Colour,
    pub uniform: Colour,
    /// Peaked cap and moustache, or long hair parted in the middle.
    pub cap: bool,
}

impl Face {
    /// The face as a PNG.
    pub(super) fn png(self) -> Answer<Vec<u8>> {
        let side = u32::from(SIDE);
        let picture = RgbImage::from_fn(side, side, |x, y| self.pixel(x, y));
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).map_err(Fault::internal)?;
        Ok(png.into_inner())
    }

    fn pixel(self, x: u32, y: u32) -> Rgb<u8> {
        let place = |pixel: u32, point: u16| {
            let at = f64::from(pixel) + (f64::from(point) + 0.5) / f64::from(POINTS);
            at / f64::from(SIDE) * 2.0 - 1.0
        };
        let mut sums = [0u32; 3];
        for (down, right) in (0..POINTS).flat_map(|down| (0..POINTS).map(move |right| (down, right))) {
            let colour = self.colour(place(x, right), place(y, down));
            for (sum, part) in sums.iter_mut().zip(colour) {
                *sum += u32::from(part);
            }
        }
        Rgb(sums.map(|sum| u8::try_from(sum / u32::from(POINTS * POINTS)).unwrap_or(u8::MAX)))
    }

    /// The colour at a point; the picture reaches from -1 to 1, right and down.
    fn colour(self, x: f64, y: f64) -> Colour {
        let within =
            |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        let both = |cx: f64, cy: f64, rx: f64, ry: f64| within(cx, cy, rx, ry) || within(-cx, cy, rx, ry);
        let dark = [28, 26, 28];
        let layers = [
            (both(0.16, -0.06, 0.045, 0.06), dark),
            (both(0.17, -0.2, 0.1, 0.025), self.hair),
            (self.cap && within(0.0, -0.38, 0.5, 0.09), dark),
            (self.cap && within(0.0, -0.5, 0.53, 0.16), darker(self.uniform)),
            (self.cap && within(0.0, -0.62, 0.62, 0.24), self.uniform),
            (self.cap && within(0.0, 0.16, 0.2, 0.05), self.hair),
            (within(0.0, 0.24, 0.14, 0.06) && !within(0.0, 0.2, 0.16, 0.06), [120, 50, 46]),
            (within(0.0, 0.06, 0.04, 0.07), darker(self.skin)),
            (!self.cap && within(0.0, -0.52, 0.5, 0.3) && !both(0.24, -0.16, 0.3, 0.28), self.hair),
            (within(0.0, -0.05, 0.43, 0.53), self.skin),
            (self.cap && both(0.43, -0.02, 0.08, 0.12), darker(self.skin)),
            (y > 0.6 && x.abs() < (0.95 - y) * 0.6, [236, 238, 240]),
            (x.abs() < 0.19 && (0.2..0.72).contains(&y), darker(self.skin)),
            (!self.cap && y < 0.5 && within(0.0, -0.02, 0.55, 0.8), self.hair),
            (both(0.62, 0.74, 0.2, 0.05), [214, 178, 84]),
            (within(0.0, 1.2, 0.95, 0.66), self.uniform),
        ];
        layers.iter().find(|(inside, _)| *inside).map_or([205, 219, 228], |(_, colour)| *colour)
    }
}

fn darker(colour: Colour) -> Colour {
    colour.map(|part| part - part / 5)
}
