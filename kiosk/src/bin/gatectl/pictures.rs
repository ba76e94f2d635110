//! Codes in picture files, by the scan room's own path.

use std::{ffi::OsStr, fs::File, io::Read, path::Path};

use gatehouse_kiosk::{camera, control::Ending, eye::A_LOOK, time::worked_micros};
use gatehouse_scan::{Budget, Frame, Scan, Scanner};
use image::DynamicImage;

use crate::owner::NoOwner;

/// Pixels of a camera's picture.
const CAMERAS_PIXELS: u64 = 1280 * 720;
/// Larger files are no pictures of codes.
const MOST_BYTES: u64 = 256 << 20;

/// A picture in grey.
pub struct Grey {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

/// What was read in one picture.
pub struct Reading {
    /// The codes' texts, best reading first.
    pub texts: Vec<String>,
    /// What it took, without opening the file.
    pub elapsed_us: u64,
}

/// The text of a code, or of the code in the picture that `shown` names.
///
/// # Errors
/// When the picture is none, is not there, or has no code in it.
pub fn text(shown: &str) -> Result<String, NoOwner> {
    let path = Path::new(shown);
    if !path.is_file() {
        return if names_picture(shown) {
            Err(NoOwner { words: format!("there is no picture {shown}"), ending: Ending::Gone })
        } else {
            Ok(shown.trim().to_owned())
        };
    }
    let grey = open(path)?;
    ours(read(&mut Scanner::new(), &grey).texts)
        .ok_or_else(|| NoOwner { words: "there is no code in the picture".into(), ending: Ending::NoCode })
}

/// Whether `shown` is meant as a picture's name rather than as a code's text: it ends like one, or begins as a path
/// does. A token of ours may have a slash in it, and so has a link, or a payment code.
fn names_picture(shown: &str) -> bool {
    let ending = Path::new(shown).extension().map(OsStr::to_ascii_lowercase);
    let is_image = ending.is_some_and(|ending| ["png", "jpg", "jpeg"].iter().any(|image| ending == *image));
    let is_path = ["/", "./", "../"].iter().any(|begin| shown.starts_with(begin));
    !is_ours(shown.trim()) && !shown.contains("://") && (is_image || is_path)
}

/// Opens a picture file.
///
/// # Errors
/// When it is not there, or is none.
pub fn open(path: &Path) -> Result<Grey, NoOwner> {
    let picture = on_white(decoded(path)?).into_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Ok(Grey { luma: picture.into_raw(), width, height })
}

/// A picture file as a small JPEG.
///
/// # Errors
/// As [`open`].
pub fn small(path: &Path) -> Result<Vec<u8>, NoOwner> {
    camera::small(&decoded(path)?).map_err(|error| no_picture(path, &error))
}

fn decoded(path: &Path) -> Result<DynamicImage, NoOwner> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| NoOwner::at(path, &error))?;
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| NoOwner::at(path, &error))?;
    image::load_from_memory(&bytes).map_err(|error| no_picture(path, &error))
}

/// What can be seen through is shown on white, as whatever shows pictures does.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut seen = picture.into_luma_alpha8();
    for pixel in seen.pixels_mut() {
        let [luma, alpha] = pixel.0.map(u32::from);
        let through = (luma * alpha + 255 * (255 - alpha)) / 255;
        pixel.0 = [u8::try_from(through).unwrap_or(u8::MAX), u8::MAX];
    }
    seen.into()
}

fn no_picture(path: &Path, error: &dyn std::fmt::Display) -> NoOwner {
    NoOwner { words: format!("{}: {error}", path.display()), ending: Ending::Failed }
}

/// Reads one picture by itself; of the scanner only the buffers are used.
pub fn read(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = grey.budget();
    let texts = grey.frame().map(|frame| texts(scanner.single(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
}

/// Reads a picture as a camera's next frame.
pub fn read_next(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = grey.budget();
    let texts = grey.frame().map(|frame| texts(scanner.scan(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
}

fn texts(scan: &Scan) -> Vec<String> {
    scan.codes.iter().map(|code| code.text.clone()).collect()
}

impl Grey {
    /// As long as the kiosk looks at one picture of its camera, and longer at a larger one. Time that the machine spends
    /// on others does not count.
    fn budget(&self) -> Budget<'static> {
        let pixels = (self.width * self.height) as u64;
        Budget::new(&worked_micros, A_LOOK * pixels.max(CAMERAS_PIXELS) / CAMERAS_PIXELS)
    }

    fn frame(&self) -> Option<Frame<'_>> {
        Frame::packed(&self.luma, self.width, self.height)
    }
}

/// Of the codes in a picture the one that counts: a pass where there is one.
pub fn ours(texts: Vec<String>) -> Option<String> {
    let pass = texts.iter().position(|text| is_ours(text));
    texts.into_iter().nth(pass.unwrap_or(0))
}

/// Whether a text is a pass or an invitation of some version of Gatehouse.
fn is_ours(text: &str) -> bool {
    text.strip_prefix("GH").is_some_and(|rest| rest.contains(':'))
}

#[cfg(test)]
mod tests {
    use image::{GrayAlphaImage, LumaA};

    use super::*;

    #[test]
    fn what_can_be_seen_through_is_white() {
        let mut drawn = GrayAlphaImage::from_pixel(2, 1, LumaA([0, 0]));
        drawn.put_pixel(1, 0, LumaA([0, 255]));
        assert_eq!(on_white(drawn.into()).into_luma8().into_raw(), [255, 0]);
    }

    #[test]
    fn a_picture_that_is_not_there_is_not_taken_for_a_code() {
        for missing in ["nosuch.png", "NOSUCH.JPG", "./passes/asha", "/tmp/nosuch.jpeg"] {
            assert!(matches!(text(missing), Err(NoOwner { ending: Ending::Gone, .. })), "{missing}");
        }
        for code in
            ["GH1:A/B.PNG", "GHR:123456:GH1:A/B", "GHE1:A/B", "upi://pay?pa=x", "https://x/y.png", "hello"]
        {
            assert_eq!(text(code).ok().as_deref(), Some(code));
        }
    }
}
