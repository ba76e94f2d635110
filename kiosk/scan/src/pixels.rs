//! Grey at any place of the picture: bilinear between pixels, or just the nearest one; clamped at the border.

use crate::{Frame, Point};

/// The grey level at a place of the picture; pixel centres lie at halves.
#[inline]
pub(crate) fn grey(frame: &Frame<'_>, (x, y): Point) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let (ix, iy) = (x as i32, y as i32);
    // Nearly every place lies inside, with a pixel to its right and one below.
    if x >= 0.0 && y >= 0.0 && (ix as usize) + 1 < frame.width && (iy as usize) + 1 < frame.height {
        let at = iy as usize * frame.stride + ix as usize;
        let (fx, fy) = (x - ix as f32, y - iy as f32);
        if let (Some(&[a, b]), Some(&[c, d])) =
            (frame.luma[at..].first_chunk(), frame.luma[at + frame.stride..].first_chunk())
        {
            return between([a, b, c, d], fx, fy);
        }
    }
    border(frame, x, y)
}

/// The grey level of the pixel that a place lies in.
#[inline]
pub(crate) fn nearest(frame: &Frame<'_>, (x, y): Point) -> f32 {
    let inside = |v: f32, size: usize| (v.max(0.0) as usize).min(size - 1);
    f32::from(frame.luma[inside(y, frame.height) * frame.stride + inside(x, frame.width)])
}

fn between(four: [u8; 4], fx: f32, fy: f32) -> f32 {
    let [a, b, c, d] = four.map(f32::from);
    let (top, bottom) = (a + (b - a) * fx, c + (d - c) * fx);
    top + (bottom - top) * fy
}

#[cold]
fn border(frame: &Frame<'_>, x: f32, y: f32) -> f32 {
    let (right, low) = (frame.width - 1, frame.height - 1);
    let (x, y) = (x.clamp(0.0, right as f32), y.clamp(0.0, low as f32));
    let (ix, iy) = ((x as usize).min(right), (y as usize).min(low));
    let read = |x: usize, y: usize| frame.luma[y.min(low) * frame.stride + x.min(right)];
    let four = [read(ix, iy), read(ix + 1, iy), read(ix, iy + 1), read(ix + 1, iy + 1)];
    between(four, x - ix as f32, y - iy as f32)
}
