//! Evidence gathered over successive frames: a glare spot moves, noise averages out, each frame's blur
//! is another. The soft modules of a code that could not be read are added to those of the frames
//! before, module by module, and the sum is read.

use crate::Point;
use crate::place::Located;

/// Frames after which what was gathered is too old to be the same code.
const PATIENCE: u32 = 15;

/// What successive frames said of unread codes. There is room for two, so that one frame in which the version
/// was taken for another does not undo what the others gathered.
#[derive(Default)]
pub(crate) struct Evidence {
    gathered: [Gathered; 2],
    now: u32,
}

/// What was said of one code.
#[derive(Default)]
struct Gathered {
    sum: Vec<f32>,
    /// Where it was last; none when nothing is gathered.
    place: Option<Located>,
    frames: u8,
    last: u32,
}

impl Evidence {
    /// Another frame begins.
    pub fn tick(&mut self) {
        self.now = self.now.wrapping_add(1);
        for gathered in &mut self.gathered {
            if self.now.wrapping_sub(gathered.last) > PATIENCE {
                gathered.place = None;
            }
        }
    }

    /// The code was read, or another one is there.
    pub fn forget(&mut self) {
        for gathered in &mut self.gathered {
            gathered.place = None;
        }
    }

    /// Where the code lay of which most was gathered, if the frame before saw it.
    pub fn latest(&self) -> Option<&Located> {
        let fresh = self.gathered.iter().filter(|g| self.now.wrapping_sub(g.last) <= 2);
        fresh.filter(|g| g.place.is_some()).max_by_key(|g| g.frames)?.place.as_ref()
    }

    /// Adds one frame's modules; gives the sum and the number of frames in it, once there are several.
    pub fn add(&mut self, place: &Located, soft: &[f32]) -> Option<(&[f32], u8)> {
        let same = self.gathered.iter().position(|g| g.is_of(place));
        let slot = same.unwrap_or_else(|| self.least());
        let gathered = &mut self.gathered[slot];
        if same.is_none() {
            gathered.sum.clear();
            gathered.sum.resize(soft.len(), 0.0);
            gathered.frames = 0;
        }
        for (sum, &v) in gathered.sum.iter_mut().zip(soft) {
            // Doubtful readings count for little.
            *sum += v.clamp(-1.0, 1.0) * v.abs().min(1.0);
        }
        gathered.place = Some(*place);
        gathered.frames = gathered.frames.saturating_add(1);
        gathered.last = self.now;
        (gathered.frames > 1).then_some((&gathered.sum[..], gathered.frames))
    }

    /// The one there is least to lose of.
    fn least(&self) -> usize {
        let worth = |g: &Gathered| if g.place.is_some() { g.frames } else { 0 };
        usize::from(worth(&self.gathered[1]) < worth(&self.gathered[0]))
    }
}

impl Gathered {
    fn is_of(&self, place: &Located) -> bool {
        self.place.is_some_and(|last| {
            let (centre, before) = (place.middle(), last.middle());
            let corner: Point = last.homography.project(0.0, 0.0);
            let reach = (corner.0 - before.0).hypot(corner.1 - before.1);
            last.version == place.version
                && (last.contrast < 0.0) == (place.contrast < 0.0)
                && (centre.0 - before.0).hypot(centre.1 - before.1) < reach
        })
    }
}
