//! Codes in picture files, by the scan room's own path.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use gatehouse_kiosk::{camera, control::Ending, time::worked_micros};
use gatehouse_scan::{Budget, Frame, Scan, Scanner};

use crate::owner::NoOwner;

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
    let picture = decoded(path)?.into_luma8();
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

fn decoded(path: &Path) -> Result<image::DynamicImage, NoOwner> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| NoOwner::at(path, &error))?;
    BufReader::new(file).read_to_end(&mut bytes).map_err(|error| NoOwner::at(path, &error))?;
    image::load_from_memory(&bytes).map_err(|error| no_picture(path, &error))
}

fn no_picture(path: &Path, error: &dyn std::fmt::Display) -> NoOwner {
    NoOwner { words: format!("{}: {error}", path.display()), ending: Ending::Failed }
}

/// Reads one picture by itself; of the scanner only the buffers are used.
pub fn read(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = unhurried();
    let texts = grey.frame().map(|frame| texts(scanner.single(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
}

/// Reads a picture as a camera's next frame.
pub fn read_next(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = unhurried();
    let texts = grey.frame().map(|frame| texts(scanner.scan(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
}

/// Time that is counted and not limited: files are in no hurry, every step of the scan room ends by itself, and no
/// reading is to depend on the machine's load.
fn unhurried() -> Budget<'static> {
    Budget::new(&worked_micros, u64::MAX)
}

fn texts(scan: &Scan) -> Vec<String> {
    scan.codes.iter().map(|code| code.text.clone()).collect()
}

impl Grey {
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
    use super::*;

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
