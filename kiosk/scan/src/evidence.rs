//! Evidence gathered over successive frames: a glare spot moves, noise averages out, each frame's blur
//! is another. The soft modules of a code that could not be read are added to those of the frames
//! before, module by module, and the sum is read.

use crate::Point;
use crate::attempt::Located;

/// Frames after which what was gathered is too old to be the same code.
const PATIENCE: u32 = 15;

/// What successive frames said of one unread code.
#[derive(Default)]
pub(crate) struct Evidence {
    sum: Vec<f32>,
    version: usize,
    inverted: bool,
    centre: Point,
    reach: f32,
    frames: u8,
    idle: u32,
}

impl Evidence {
    /// Another frame begins.
    pub fn tick(&mut self) {
        self.idle += 1;
        if self.idle > PATIENCE {
            self.forget();
        }
    }

    /// The code was read, or another one is there.
    pub fn forget(&mut self) {
        self.frames = 0;
        self.idle = 0;
    }

    /// Adds one frame's modules; gives the sum and the number of frames in it, once there are several.
    pub fn add(&mut self, place: &Located, soft: &[f32]) -> Option<(&[f32], u8)> {
        let centre = place.middle();
        let corner = place.homography.project(0.0, 0.0);
        let reach = (corner.0 - centre.0).hypot(corner.1 - centre.1);
        let same = self.frames > 0
            && self.version == place.version
            && self.inverted == (place.contrast < 0.0)
            && (self.centre.0 - centre.0).hypot(self.centre.1 - centre.1) < self.reach;
        if !same {
            self.sum.clear();
            self.sum.resize(soft.len(), 0.0);
            self.frames = 0;
        }
        for (sum, &v) in self.sum.iter_mut().zip(soft) {
            *sum += v.clamp(-1.0, 1.0) * v.abs().min(1.0);
        }
        (self.version, self.inverted, self.centre, self.reach) =
            (place.version, place.contrast < 0.0, centre, reach);
        self.frames = self.frames.saturating_add(1);
        self.idle = 0;
        (self.frames > 1).then_some((&self.sum[..], self.frames))
    }
}
