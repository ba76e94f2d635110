//! The file that `v4l-shim` makes a camera of.

use std::io::Write;
use std::path::{Path, PathBuf};

use image::GrayImage;

/// A camera's picture on disk, as YUYV. Replaced by rename, so the camera sees the old or the new one whole.
#[derive(Debug)]
pub struct CameraFile {
    path: PathBuf,
}

impl CameraFile {
    /// A camera at `path` that sees `frame`.
    pub fn plug_in(path: &Path, frame: &GrayImage) -> std::io::Result<Self> {
        let file = Self { path: path.to_owned() };
        file.show(frame)?;
        Ok(file)
    }

    /// Where the picture lies: the value of `GATE_TESTS_CAMERA`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the picture. The size has to stay while a program is looking.
    pub fn show(&self, frame: &GrayImage) -> std::io::Result<()> {
        self.replace(|file| {
            writeln!(file, "YUYV {} {}", frame.width(), frame.height())?;
            let grey: Vec<u8> = frame.as_raw().iter().flat_map(|&luma| [luma, 128]).collect();
            file.write_all(&grey)
        })
    }

    /// No frame comes any more, and no error either.
    pub fn stall(&self) -> std::io::Result<()> {
        self.replace(|_| Ok(()))
    }

    /// Pulls the plug. [`Self::show`] plugs it in again.
    pub fn unplug(&self) -> std::io::Result<()> {
        std::fs::remove_file(&self.path)
    }

    fn replace(&self, fill: impl FnOnce(&mut std::fs::File) -> std::io::Result<()>) -> std::io::Result<()> {
        let beside = self.path.with_extension("next");
        let mut file = std::fs::File::create(&beside)?;
        fill(&mut file)?;
        std::fs::rename(&beside, &self.path)
    }
}
