//! A film of JPEGs one behind the other, shown over and over.

use std::{fs::File, io::Read, path::Path, thread, time::Duration};

use crate::camera::{CameraError, FrameSource, Picture, jpeg};

const BETWEEN_FRAMES: Duration = Duration::from_millis(66);

/// An open MJPEG film.
pub(super) struct MjpegFile {
    file: File,
    path: std::path::PathBuf,
    splitter: jpeg::Splitter,
    /// Whether this round through the film gave a picture: a film without one is an error, not a loop.
    gave: bool,
}

impl MjpegFile {
    /// Opens the film at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, CameraError> {
        let file = File::open(path).map_err(|cause| CameraError::File { path: path.to_owned(), cause })?;
        Ok(Self { file, path: path.to_owned(), splitter: jpeg::Splitter::default(), gave: false })
    }
}

impl FrameSource for MjpegFile {
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError> {
        thread::sleep(BETWEEN_FRAMES);
        let mut chunk = vec![0; 64 << 10];
        loop {
            if let Some(picture) = self.splitter.next() {
                self.gave = true;
                return jpeg::read(&picture, into);
            }
            let failed = |cause| CameraError::File { path: self.path.clone(), cause };
            match self.file.read(&mut chunk).map_err(failed)? {
                0 if !self.gave => return Err(CameraError::Empty(self.path.clone())),
                0 => *self = Self::open(&self.path)?,
                length => self.splitter.feed(&chunk[..length]),
            }
        }
    }
}
