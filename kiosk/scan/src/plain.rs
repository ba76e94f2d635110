//! A picture that is nothing but a code: upright, every module so many pixels, as a program saves it. With one
//! pixel a module and no quiet zone there is no contrast between pixels for finders to be told by; but then the
//! code's corners are the corners of what is dark (the idea of the "pure" detectors in `ZXing`).

use crate::Frame;
use crate::homography::Homography;
use crate::layout;

/// The plane of a code that fills the dark part of a picture, and its version; `None` where the picture is not
/// of that kind, which costs little to see.
pub(crate) fn locate(frame: &Frame<'_>) -> Option<(Homography, usize)> {
    let dark = |x: usize, y: usize| frame.luma[y * frame.stride + x] < 128;
    let row = |y: &usize| frame.row(*y).iter().any(|&v| v < 128);
    let top = (0..frame.height).find(row)?;
    let bottom = (top..frame.height).rev().find(row)?;
    let column = |x: &usize| (top..=bottom).any(|y| dark(*x, y));
    let left = (0..frame.width).find(column)?;
    let right = (left..frame.width).rev().find(column)?;
    let (width, height) = (right + 1 - left, bottom + 1 - top);
    if width.abs_diff(height) * 50 > width || width < layout::side(1) {
        return None;
    }
    // Along the first finder's upper border lie seven dark modules; the ring below it is light.
    let border = (left..=right).take_while(|&x| dark(x, top)).count();
    let modules = (width as f32 * 7.0 / border.max(1) as f32).round();
    // A border's length is off by a pixel at most: the nearest size that a version has.
    let version = ((modules - 17.0) / 4.0).round();
    let side = 4.0 * version + 17.0;
    let module = width as f32 / side;
    if !(1.0..=40.0).contains(&version) || (module * 7.0 - border as f32).abs() > 1.0 {
        return None;
    }
    let (x, y) = (left as f32, top as f32);
    let plane = Homography([module, 0.0, x, 0.0, height as f32 / side, y, 0.0, 0.0, 1.0]);
    Some((plane, version as usize))
}
