//! A film of raw pictures in YUV4MPEG2, shown over and over.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use crate::camera::{CameraError, FrameSource, Picture};

const BETWEEN_FRAMES: Duration = Duration::from_millis(66);

/// An open YUV4MPEG2 film.
pub(super) struct Y4mFile {
    file: BufReader<File>,
    path: PathBuf,
    width: usize,
    height: usize,
    /// Bytes of colour behind each picture's brightness.
    colour: usize,
    gave: bool,
}

impl Y4mFile {
    /// Opens the film at `path` and reads its head.
    pub(super) fn open(path: &Path) -> Result<Self, CameraError> {
        let failed = |cause| CameraError::File { path: path.to_owned(), cause };
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let mut head = String::new();
        file.by_ref().take(1024).read_line(&mut head).map_err(failed)?;
        let no_film = || CameraError::Picture("not a YUV4MPEG2 film of 8 bits".into());
        let mut words = head.split_whitespace();
        if words.next() != Some("YUV4MPEG2") {
            return Err(no_film());
        }
        let (mut width, mut height, mut sampling) = (0, 0, "420");
        for word in words {
            match word.split_at_checked(1) {
                Some(("W", text)) => width = text.parse().map_err(|_| no_film())?,
                Some(("H", text)) => height = text.parse().map_err(|_| no_film())?,
                Some(("C", text)) => sampling = text,
                _ => {}
            }
        }
        if !(1..=8192).contains(&width) || !(1..=8192).contains(&height) {
            return Err(no_film());
        }
        let halves = |length: usize| length.div_ceil(2);
        let colour = match sampling {
            "mono" => 0,
            "444" => 2 * width * height,
            "422" => 2 * halves(width) * height,
            "420" | "420jpeg" | "420mpeg2" | "420paldv" => 2 * halves(width) * halves(height),
            _ => return Err(no_film()),
        };
        Ok(Self { file, path: path.to_owned(), width, height, colour, gave: false })
    }
}

impl FrameSource for Y4mFile {
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError> {
        thread::sleep(BETWEEN_FRAMES);
        let path = self.path.clone();
        let failed = |cause| CameraError::File { path: path.clone(), cause };
        let mut line = String::new();
        if self.file.by_ref().take(256).read_line(&mut line).map_err(failed)? == 0 {
            if !self.gave {
                return Err(CameraError::Empty(self.path.clone()));
            }
            *self = Self::open(&self.path)?;
            line.clear();
            self.file.by_ref().take(256).read_line(&mut line).map_err(failed)?;
        }
        if !line.starts_with("FRAME") {
            return Err(CameraError::Picture("a film without a frame where one should be".into()));
        }
        into.luma.resize(self.width * self.height, 0);
        self.file.read_exact(&mut into.luma).map_err(failed)?;
        std::io::copy(&mut self.file.by_ref().take(self.colour as u64), &mut std::io::sink())
            .map_err(failed)?;
        into.jpeg.clear();
        (into.width, into.height) = (self.width, self.height);
        self.gave = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_starts_again_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.y4m");
        let mut film = b"YUV4MPEG2 W3 H3 F15:1 C420\n".to_vec();
        for shade in [10, 20] {
            film.extend(b"FRAME\n");
            film.extend([shade; 9]);
            film.extend([128; 8]);
        }
        std::fs::write(&path, film).unwrap();
        let mut source = Y4mFile::open(&path).unwrap();
        let mut picture = Picture::default();
        let shades = [(); 3].map(|()| {
            source.next(&mut picture).unwrap();
            picture.luma[8]
        });
        assert_eq!(shades, [10, 20, 10]);
    }
}
