//! JPEG in and out (ITU-T T.81).

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use crate::camera::{CameraError, Picture};

/// The most pixels of a picture that is decoded: what a 4K camera gives, with room.
const MOST_PIXELS: usize = 4096 * 2304;

/// Decodes the brightness of a JPEG into `into`, and keeps the JPEG itself. A picture that was cut off is
/// refused: the decoder would fill it up with grey.
pub(super) fn read(jpeg: &[u8], into: &mut Picture) -> Result<(), CameraError> {
    let end = jpeg.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if !jpeg[..end].ends_with(&[0xFF, 0xD9]) {
        return Err(CameraError::Picture("a JPEG without its end".into()));
    }
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(1 << 13)
        .set_max_height(1 << 13);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&jpeg[..end]), options);
    decoder.decode_headers().map_err(unreadable)?;
    let (Some(info), Some(size)) = (decoder.info(), decoder.output_buffer_size()) else {
        return Err(CameraError::Picture("a JPEG without a size".into()));
    };
    if size > MOST_PIXELS {
        return Err(CameraError::Picture("more pixels than any camera has".into()));
    }
    into.luma.resize(size, 0);
    decoder.decode_into(&mut into.luma).map_err(unreadable)?;
    (into.width, into.height) = (usize::from(info.width), usize::from(info.height));
    into.jpeg.clear();
    into.jpeg.extend_from_slice(&jpeg[..end]);
    Ok(())
}

/// The picture as JPEG: as it came, or in greys.
pub(super) fn write(picture: &Picture) -> Result<Vec<u8>, CameraError> {
    if !picture.jpeg.is_empty() {
        return Ok(picture.jpeg.clone());
    }
    let (Ok(width), Ok(height)) = (u32::try_from(picture.width), u32::try_from(picture.height)) else {
        return Err(CameraError::Picture("too large".into()));
    };
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 70)
        .encode(&picture.luma, width, height, image::ExtendedColorType::L8)
        .map_err(|error| CameraError::Picture(error.to_string()))?;
    Ok(out)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unreadable(error: zune_jpeg::errors::DecodeErrors) -> CameraError {
    CameraError::Picture(error.to_string())
}

/// Cuts a run of JPEGs, as an MJPEG film or stream holds them, into pictures.
#[derive(Default)]
pub(super) struct Splitter {
    pending: Vec<u8>,
}

impl Splitter {
    /// The most bytes of one picture; what is longer is no picture.
    const MOST_BYTES: usize = 8 << 20;

    /// Takes bytes as they come.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole JPEG, from its first marker to its last.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        let Some(start) = find(&self.pending, &[0xFF, 0xD8, 0xFF]) else {
            let keep = self.pending.len().min(2);
            self.pending.drain(..self.pending.len() - keep);
            return None;
        };
        self.pending.drain(..start);
        let Some(end) = find(&self.pending, &[0xFF, 0xD9]) else {
            if self.pending.len() > Self::MOST_BYTES {
                self.pending.clear();
            }
            return None;
        };
        Some(self.pending.drain(..end + 2).collect())
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(shade: u8) -> Picture {
        Picture { luma: vec![shade; 64 * 48], width: 64, height: 48, ..Picture::default() }
    }

    #[test]
    fn a_picture_comes_back() {
        let jpeg = write(&grey(90)).unwrap();
        let mut back = Picture::default();
        read(&jpeg, &mut back).unwrap();
        assert_eq!((back.width, back.height), (64, 48));
        assert!(back.luma.iter().all(|shade| shade.abs_diff(90) < 4));
    }

    #[test]
    fn a_cut_off_picture_is_refused() {
        let jpeg = write(&grey(90)).unwrap();
        assert!(read(&jpeg[..jpeg.len() / 2], &mut Picture::default()).is_err());
        assert!(read(b"not a picture", &mut Picture::default()).is_err());
        assert!(read(&[], &mut Picture::default()).is_err());
    }

    #[test]
    fn a_stream_is_cut_where_its_pictures_end_however_it_arrives() {
        let first = write(&grey(10)).unwrap();
        let second = write(&grey(200)).unwrap();
        let stream = [b"--edge\r\n\r\n", first.as_slice(), b"\r\n--edge\r\n", second.as_slice()].concat();
        for step in [1, 7, stream.len()] {
            let mut splitter = Splitter::default();
            let mut found = Vec::new();
            for chunk in stream.chunks(step) {
                splitter.feed(chunk);
                found.extend(std::iter::from_fn(|| splitter.next()));
            }
            assert_eq!(found, [first.clone(), second.clone()], "in steps of {step}");
        }
    }
}
