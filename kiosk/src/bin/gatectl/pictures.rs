//! Codes in picture files, by the scan room's own path.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use gatehouse_kiosk::{camera, time::worked_micros};
use gatehouse_scan::{Budget, Frame, Scan, Scanner};

/// How long one picture may be worked on, in microseconds.
const A_LOOK: u64 = 150_000;

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

/// Whether `shown` names a picture rather than being a code's text.
pub fn is_picture(shown: &str) -> bool {
    Path::new(shown).is_file()
}

/// Opens a picture file.
///
/// # Errors
/// When it is none.
pub fn open(path: &Path) -> Result<Grey, String> {
    let picture = decoded(path)?.into_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Ok(Grey { luma: picture.into_raw(), width, height })
}

/// A picture file as a small JPEG.
///
/// # Errors
/// When it is none.
pub fn small(path: &Path) -> Result<Vec<u8>, String> {
    camera::small(&decoded(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn decoded(path: &Path) -> Result<image::DynamicImage, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    BufReader::new(file).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    image::load_from_memory(&bytes).map_err(|error| failed(&error))
}

/// Reads one picture by itself; of the scanner only the buffers are used.
pub fn read(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = Budget::new(&worked_micros, A_LOOK);
    let texts = grey.frame().map(|frame| texts(scanner.single(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
}

/// Reads a picture as a camera's next frame.
pub fn read_next(scanner: &mut Scanner, grey: &Grey) -> Reading {
    let budget = Budget::new(&worked_micros, A_LOOK);
    let texts = grey.frame().map(|frame| texts(scanner.scan(frame, &budget))).unwrap_or_default();
    Reading { texts, elapsed_us: budget.elapsed_us() }
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
    let pass = texts.iter().position(|text| text.starts_with("GH"));
    texts.into_iter().nth(pass.unwrap_or(0))
}
