//! Picture files held before the kiosk as a person would hold a phone: one for a while, then none.

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use image::{GrayImage, imageops};

use crate::camera::{CameraError, FrameSource, Picture};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
/// The grey of an empty scene.
const SCENE: u8 = 96;
/// White at both sides of the picture, and the phone's dark frame beside it, in pixels.
const MARGIN: u32 = 24;
const BEZEL: u32 = 20;
const WHITE: u8 = 236;
const DARK: u8 = 18;
const BETWEEN_FRAMES: Duration = Duration::from_millis(100);
/// Frames that a picture of a folder is shown, and that nothing is shown behind it.
const SHOWN: u64 = 40;
const EMPTY: u64 = 30;

/// A picture, shown for good and read again when the file changes; or a folder's pictures in turn.
pub(super) struct Pictures {
    path: PathBuf,
    frame: u64,
    /// The picture last read, so that it is read again only when it is another.
    held: Option<(PathBuf, SystemTime, GrayImage)>,
}

impl Pictures {
    /// Opens a picture or a folder with at least one.
    pub(super) fn open(path: &Path) -> Result<Self, CameraError> {
        let pictures = Self { path: path.to_owned(), frame: 0, held: None };
        pictures.files()?;
        Ok(pictures)
    }

    /// The pictures in order of name, looked up each time: files may come and go.
    fn files(&self) -> Result<Vec<PathBuf>, CameraError> {
        let failed = |cause| CameraError::File { path: self.path.clone(), cause };
        if self.path.metadata().map_err(failed)?.is_file() {
            return Ok(vec![self.path.clone()]);
        }
        let mut files = Vec::new();
        for entry in self.path.read_dir().map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
            if matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg")) {
                files.push(path);
            }
        }
        files.sort();
        if files.is_empty() { Err(CameraError::Empty(self.path.clone())) } else { Ok(files) }
    }

    fn hold(&mut self, path: &Path) -> Result<&GrayImage, CameraError> {
        let failed = |cause| CameraError::File { path: path.to_owned(), cause };
        let changed = path.metadata().and_then(|data| data.modified()).map_err(failed)?;
        let current = matches!(&self.held, Some((held, at, _)) if held == path && *at == changed);
        if !current {
            let picture = image::open(path)
                .map_err(|error| CameraError::Picture(format!("{}: {error}", path.display())))?;
            self.held = Some((path.to_owned(), changed, scene(&picture.into_luma8())));
        }
        match &self.held {
            Some((_, _, scene)) => Ok(scene),
            None => Err(CameraError::Empty(path.to_owned())),
        }
    }
}

/// The picture on a phone held close to the kiosk: as large as three quarters of the frame allow, on a white
/// screen in a dark frame that both reach beyond the picture's edges.
fn scene(picture: &GrayImage) -> GrayImage {
    if picture.dimensions() == (WIDTH, HEIGHT) {
        return picture.clone();
    }
    let (most_wide, most_high) = (WIDTH * 3 / 4, HEIGHT * 3 / 4);
    let (wide, high) = (picture.width().max(1), picture.height().max(1));
    let (width, height) = if wide * most_high > high * most_wide {
        (most_wide, (high * most_wide / wide).max(1))
    } else {
        ((wide * most_high / high).max(1), most_high)
    };
    let held = imageops::resize(picture, width, height, imageops::FilterType::Triangle);
    let mut scene = GrayImage::from_pixel(WIDTH, HEIGHT, image::Luma([SCENE]));
    for (beside, shade) in [(MARGIN + BEZEL, DARK), (MARGIN, WHITE)] {
        let band = GrayImage::from_pixel(width + 2 * beside, HEIGHT, image::Luma([shade]));
        imageops::overlay(&mut scene, &band, i64::from((WIDTH - band.width()) / 2), 0);
    }
    imageops::overlay(&mut scene, &held, i64::from((WIDTH - width) / 2), i64::from((HEIGHT - height) / 2));
    scene
}

impl FrameSource for Pictures {
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError> {
        thread::sleep(BETWEEN_FRAMES);
        let files = self.files()?;
        let turn = SHOWN + EMPTY;
        let place = self.frame / turn % files.len() as u64;
        let alone = !self.path.is_dir();
        let shown = alone || self.frame % turn < SHOWN;
        self.frame += 1;
        into.jpeg.clear();
        (into.width, into.height) = (WIDTH as usize, HEIGHT as usize);
        into.luma.clear();
        match files.get(usize::try_from(place).unwrap_or(0)) {
            Some(file) if shown => into.luma.extend_from_slice(self.hold(file)?.as_raw()),
            _ => into.luma.resize((WIDTH * HEIGHT) as usize, SCENE),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_shows_each_picture_and_nothing_between_them() {
        let folder = tempfile::tempdir().unwrap();
        for (name, shade) in [("1.png", 0), ("2.png", 255)] {
            GrayImage::from_pixel(40, 40, image::Luma([shade])).save(folder.path().join(name)).unwrap();
        }
        let mut pictures = Pictures::open(folder.path()).unwrap();
        let mut middles = Vec::new();
        for frame in [0, SHOWN, SHOWN + EMPTY, 2 * SHOWN + EMPTY, 2 * (SHOWN + EMPTY)] {
            pictures.frame = frame;
            let mut picture = Picture::default();
            pictures.next(&mut picture).unwrap();
            middles.push(picture.luma[(HEIGHT / 2 * WIDTH + WIDTH / 2) as usize]);
        }
        assert_eq!(middles, [0, SCENE, 255, SCENE, 0]);
    }

    #[test]
    fn a_wide_and_a_high_picture_both_fit() {
        for (width, height) in [(4000, 10), (10, 4000), (1, 1), (1280, 720)] {
            assert_eq!(scene(&GrayImage::new(width, height)).dimensions(), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn an_empty_folder_is_said_to_be_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pictures::open(folder.path()), Err(CameraError::Empty(_))));
        assert!(matches!(Pictures::open(&folder.path().join("none")), Err(CameraError::File { .. })));
    }
}
