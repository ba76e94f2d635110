//! From whatever file was sent to a small square JPEG of what it shows.

use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
};

use axum::body::Bytes;
use gatehouse::api::problem::Code;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::jpeg::JpegEncoder, imageops::FilterType,
};
use tokio::{
    sync::{AcquireError, Semaphore},
    task::{self, JoinError},
};

use super::PICTURE_LIMIT;
use crate::http::Fault;

/// The most pixels of a picture that is read.
const MOST_PIXELS: u64 = 32_000_000;
/// The most bytes its decoder may take.
const MOST_MEMORY: u64 = 192 << 20;
/// The fewest pixels of a side: of less there is nothing to see.
const LEAST_SIDE: u32 = 16;
/// The qualities that are tried until the bytes suffice.
const QUALITIES: [u8; 6] = [85, 75, 65, 55, 45, 35];

/// Each may take [`MOST_MEMORY`].
static AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A square picture to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Square {
    /// Pixels of a side.
    pub side: u32,
    /// The most bytes of its JPEG.
    pub most_bytes: usize,
}

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file is too large to be looked at.
    #[error("a picture of at most {} MiB", PICTURE_LIMIT >> 20)]
    TooManyBytes,
    /// Neither PNG nor JPEG.
    #[error("neither PNG nor JPEG")]
    NotAPicture,
    /// More pixels than are read.
    #[error("{width}×{height} pixels are more than {} million", MOST_PIXELS / 1_000_000)]
    TooManyPixels {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Nothing could be seen on it.
    #[error("{width}×{height} pixels show nothing")]
    TooSmall {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Broken off, or not what its beginning says.
    #[error("the picture is damaged")]
    Damaged(#[source] Option<ImageError>),
    /// The new picture cannot be written.
    #[error("the picture cannot be written")]
    Unwritable(#[source] ImageError),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Closed(#[from] AcquireError),
}

impl From<PictureError> for Fault {
    fn from(error: PictureError) -> Self {
        let code = match &error {
            PictureError::TooManyBytes => Code::TooLarge,
            PictureError::NotAPicture => Code::NotAPicture,
            PictureError::TooManyPixels { .. } => Code::PictureTooLarge,
            PictureError::TooSmall { .. } | PictureError::Damaged(_) => Code::PictureDamaged,
            PictureError::Unwritable(_) | PictureError::Closed(_) => return Self::internal(error),
        };
        Self::new(code).detail(error.to_string())
    }
}

/// Draws what `sent` shows as a square JPEG without anything beside the picture. On a thread of its own: it takes
/// a while.
pub async fn redraw(sent: impl Into<Bytes>, square: Square) -> Result<Vec<u8>, PictureError> {
    let sent = sent.into();
    let drawn = in_turn(&AT_ONCE, move || draw(&sent, square)).await?;
    // A decoder that panics has met a file that is none.
    drawn.unwrap_or(Err(PictureError::Damaged(None)))
}

/// Does `work` on a thread of its own, in its turn. The work holds the turn until it is done, though nobody waits for it
/// any more: it takes as much memory all the same.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Result<T, JoinError>, AcquireError> {
    let turn = Arc::clone(turns).acquire_owned().await?;
    let done = task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    Ok(done.await)
}

fn draw(sent: &[u8], square: Square) -> Result<Vec<u8>, PictureError> {
    let picture = read(sent)?;
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let cut = on_white(&picture.crop_imm(left, top, side, side));
    let mut side = square.side;
    loop {
        let drawn = image::imageops::resize(&cut, side, side, FilterType::Triangle);
        for quality in QUALITIES {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality)
                .encode_image(&drawn)
                .map_err(PictureError::Unwritable)?;
            if jpeg.len() <= square.most_bytes || side <= LEAST_SIDE {
                return Ok(jpeg);
            }
        }
        side /= 2;
    }
}

/// Reads a PNG or JPEG, upright.
fn read(sent: &[u8]) -> Result<DynamicImage, PictureError> {
    if sent.len() > PICTURE_LIMIT {
        return Err(PictureError::TooManyBytes);
    }
    let mut reader = ImageReader::new(Cursor::new(sent))
        .with_guessed_format()
        .map_err(|error| PictureError::Damaged(Some(error.into())))?;
    match reader.format() {
        Some(ImageFormat::Png) => {}
        Some(ImageFormat::Jpeg) if has_end(sent) => {}
        Some(ImageFormat::Jpeg) => return Err(PictureError::Damaged(None)),
        _ => return Err(PictureError::NotAPicture),
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let damaged = |error| PictureError::Damaged(Some(error));
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    if width.min(height) < LEAST_SIDE {
        return Err(PictureError::TooSmall { width, height });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether a JPEG's last scan ends (ITU-T T.81 §B.1.1.3): a decoder fills what was broken off with grey.
fn has_end(jpeg: &[u8]) -> bool {
    let last = |marker: u8| jpeg.windows(2).rposition(|pair| pair == [0xff, marker]);
    last(0xda).zip(last(0xd9)).is_some_and(|(scan, end)| scan < end)
}

/// What is transparent becomes white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut white = RgbImage::new(picture.width(), picture.height());
    for (onto, from) in white.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        for (onto, from) in onto.0.iter_mut().zip([red, green, blue]) {
            let mixed = (from * alpha + 255 * (255 - alpha)) / 255;
            *onto = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
    white
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILE: Square = Square { side: 64, most_bytes: 4 << 10 };

    fn photo(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]))
            .into()
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[tokio::test]
    async fn who_hangs_up_frees_no_turn_before_the_work_is_done() {
        let turns = Arc::new(Semaphore::new(1));
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (finish, may_finish) = std::sync::mpsc::channel::<()>();
        let asked = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { in_turn(&turns, move || (begun.send(()), may_finish.recv())).await }
        });
        has_begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert!(turns.try_acquire().is_err(), "the work goes on");
        finish.send(()).unwrap();
        let free = turns.acquire();
        drop(tokio::time::timeout(std::time::Duration::from_secs(20), free).await.unwrap().unwrap());
    }

    #[test]
    fn either_kind_becomes_a_small_square_jpeg() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let jpeg = draw(&written(&photo(300, 200), format), TILE).unwrap();
            let back = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
            assert_eq!((back.width(), back.height()), (64, 64));
            assert!(jpeg.len() <= TILE.most_bytes);
        }
    }

    #[test]
    fn noise_is_made_to_fit_as_well() {
        let mut state = 1u32;
        let noise = RgbImage::from_fn(400, 400, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb([state.to_be_bytes()[0], state.to_be_bytes()[1], state.to_be_bytes()[2]])
        });
        let square = Square { side: 256, most_bytes: 2_000 };
        assert!(draw(&written(&noise.into(), ImageFormat::Png), square).unwrap().len() <= 2_000);
    }

    #[test]
    fn metadata_stays_with_the_sender_and_the_picture_stands_upright() {
        let mut jpeg = written(&photo(200, 100), ImageFormat::Jpeg);
        // Exif (CIPA DC-008): the camera was turned by 90° (orientation 6), and it knew a name.
        let exif = [
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".as_slice(),
            b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0",
            b"\x01\x3b\0\x02\0\0\0\x0b\0\0\0\x26",
            b"\0\0\0\0Asha at home\0",
        ]
        .concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        jpeg.splice(2..2, [&[0xff, 0xe1], length.as_slice(), &exif].concat());
        assert_eq!(read(&jpeg).unwrap().width(), 100, "it was laid on its side");
        let drawn = draw(&jpeg, TILE).unwrap();
        assert!(!drawn.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"Asha"));
    }

    #[test]
    fn what_is_transparent_is_white() {
        let clear = image::RgbaImage::from_pixel(64, 64, image::Rgba([0, 0, 0, 0]));
        assert!(on_white(&clear.into()).pixels().all(|pixel| pixel.0 == [255; 3]));
    }

    #[test]
    fn what_is_no_picture_is_told_apart_and_never_panics() {
        assert!(matches!(draw(b"", TILE), Err(PictureError::NotAPicture)));
        assert!(matches!(draw(b"GIF89a", TILE), Err(PictureError::NotAPicture)));
        assert!(matches!(draw(b"<svg/>", TILE), Err(PictureError::NotAPicture)));
        let small = written(&photo(8, 200), ImageFormat::Png);
        assert!(matches!(draw(&small, TILE), Err(PictureError::TooSmall { width: 8, height: 200 })));
        assert!(matches!(draw(&vec![0; PICTURE_LIMIT + 1], TILE), Err(PictureError::TooManyBytes)));
    }

    #[test]
    fn a_picture_that_breaks_off_is_refused_wherever_it_does() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let whole = written(&photo(120, 90), format);
            for end in (4..whole.len() - 2).step_by(whole.len() / 40 + 1) {
                assert!(draw(&whole[..end], TILE).is_err(), "{format:?} of {end} bytes");
            }
        }
    }

    #[test]
    fn changed_bytes_give_a_picture_or_an_error() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let whole = written(&photo(40, 30), format);
            for at in (0..whole.len()).step_by(whole.len() / 150 + 1) {
                for to in [0x00, 0x7f, 0xff] {
                    let mut changed = whole.clone();
                    changed[at] = to;
                    drop(draw(&changed, TILE));
                }
            }
        }
    }

    #[test]
    fn a_giant_is_refused_by_its_header_alone() {
        let mut png = written(&photo(20, 20), ImageFormat::Png);
        // Width and height of the IHDR chunk (W3C PNG §11.2.1), and its checksum.
        png[16..24].copy_from_slice(&[0, 0, 0x60, 0, 0, 0, 0x60, 0]);
        let sum = crc(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
        let refused = draw(&png, TILE);
        assert!(matches!(refused, Err(PictureError::TooManyPixels { width: 24_576, .. })), "{refused:?}");
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |sum, byte| {
            (0..8)
                .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        })
    }
}
