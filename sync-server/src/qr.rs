//! QR codes as pictures.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode, render::svg, types::QrError};

use crate::http::Fault;

/// White modules around the code (ISO/IEC 18004 wants four).
const QUIET: u32 = 4;
/// Pixels a module: a version 9 code is then 488 pixels wide.
const SCALE: u32 = 8;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The text does not fit.
    #[error("the text does not fit a QR code")]
    Code(#[from] QrError),
    /// The picture cannot be written.
    #[error("the picture cannot be encoded")]
    Png(#[from] image::ImageError),
}

impl From<PictureError> for Fault {
    fn from(error: PictureError) -> Self {
        Self::internal(error)
    }
}

/// A text's QR code, at error correction level M.
pub struct Picture(QrCode);

impl Picture {
    /// The code of `text`.
    pub fn of(text: &str) -> Result<Self, PictureError> {
        Ok(Self(QrCode::with_error_correction_level(text, EcLevel::M)?))
    }

    /// The code as SVG.
    pub fn svg(&self) -> String {
        self.0.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build()
    }

    /// The code as a PNG of grey bytes.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        let modules = u32::try_from(self.0.width()).unwrap_or(0);
        let colors = self.0.to_colors();
        let side = (modules + 2 * QUIET) * SCALE;
        let image = GrayImage::from_fn(side, side, |x, y| {
            let (column, row) = ((x / SCALE).wrapping_sub(QUIET), (y / SCALE).wrapping_sub(QUIET));
            let inside = column < modules && row < modules;
            let dark = inside && colors[(row * modules + column) as usize] == Color::Dark;
            Luma([if dark { 0 } else { 255 }])
        });
        let mut png = Vec::new();
        image.write_to(&mut Cursor::new(&mut png), ImageFormat::Png)?;
        Ok(png)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_quiet_zone_and_its_finder() {
        let png = Picture::of("GH1:TEST").unwrap().png().unwrap();
        let image = image::load_from_memory(&png).unwrap().to_luma8();
        let edge = QUIET * SCALE;
        assert_eq!(image.get_pixel(edge - 1, edge - 1).0, [255]);
        assert_eq!(image.get_pixel(edge, edge).0, [0], "the finder's corner");
        assert!(Picture::of("GH1:TEST").unwrap().svg().contains("<svg"));
    }
}
