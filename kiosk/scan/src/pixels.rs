//! Grey between pixels: bilinear, clamped at the picture's border.

use crate::{Frame, Point};

/// The grey level at a place of the picture; pixel centres lie at halves.
pub(crate) fn grey(frame: &Frame<'_>, (x, y): Point) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let limit_x = (frame.width - 1) as f32;
    let limit_y = (frame.height - 1) as f32;
    let (x, y) = (x.clamp(0.0, limit_x), y.clamp(0.0, limit_y));
    let (ix, iy) =
        ((x as usize).min(frame.width.saturating_sub(2)), (y as usize).min(frame.height.saturating_sub(2)));
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    let (right, below) = (usize::from(frame.width > 1), if frame.height > 1 { frame.stride } else { 0 });
    let at = iy * frame.stride + ix;
    let read = |i: usize| f32::from(frame.luma[i]);
    let top = read(at) + (read(at + right) - read(at)) * fx;
    let bottom = read(at + below) + (read(at + below + right) - read(at + below)) * fx;
    top + (bottom - top) * fy
}
