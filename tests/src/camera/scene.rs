//! A grey frame with a phone in it, held at some angle, a little out of level, on a noisy sensor.

use image::GrayImage;
use image::imageops::{self, FilterType};
use qrcode::{EcLevel, QrCode};

/// Width of a phone's screen, in its own pixels.
const SCREEN_WIDTH: u32 = 540;
/// Height of a phone's screen, in its own pixels.
const SCREEN_HEIGHT: u32 = 1080;
/// White around a QR code, in its modules.
const QUIET_ZONE: u32 = 4;
/// Frame around the screen, in the phone's pixels.
const BEZEL: u32 = 24;

/// How a phone is held before the camera.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// Turned by this many degrees in the picture's plane.
    pub turned: f32,
    /// Tipped away at its top: 0 is flat, 0.3 is strong.
    pub tipped: f32,
    /// The phone's height, as a part of the frame's.
    pub size: f32,
}

impl Default for Scene {
    fn default() -> Self {
        Self { width: 1280, height: 720, turned: 6.0, tipped: 0.08, size: 1.2 }
    }
}

impl Scene {
    /// What the camera sees with nobody there.
    pub fn empty(&self) -> GrayImage {
        let mut frame = GrayImage::from_fn(self.width, self.height, |x, y| {
            let shade = 70 + (y * 60 / self.height) + (x * 20 / self.width);
            image::Luma([u8::try_from(shade).unwrap_or(u8::MAX)])
        });
        roughen(&mut frame);
        frame
    }

    /// What the camera sees when a phone shows `screen`.
    #[expect(clippy::cast_precision_loss, reason = "pixel counts are far below 2^24")]
    pub fn phone_showing(&self, screen: &GrayImage) -> GrayImage {
        let phone = phone(screen);
        let mut frame = self.empty();
        let scale = phone.height() as f32 / (self.height as f32 * self.size);
        let (sin, cos) = self.turned.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        for (x, y, pixel) in frame.enumerate_pixels_mut() {
            let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
            let (turned_x, turned_y) = (dx * cos + dy * sin, dy * cos - dx * sin);
            // Further up is further away, so a step there spans more of the phone.
            let depth = 1.0 - self.tipped * (turned_y / middle_y);
            let u = turned_x * scale * depth + phone.width() as f32 / 2.0;
            let v = turned_y * scale * depth + phone.height() as f32 / 2.0;
            if let Some(seen) = imageops::interpolate_bilinear(&phone, u, v) {
                pixel.0[0] = seen.0[0];
            }
        }
        roughen(&mut frame);
        frame
    }
}

/// A phone's screen with `text` as a QR code, as big as the screen is wide.
pub fn qr_screen(text: &str) -> GrayImage {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("a text that fits a QR code");
    let modules = u32::try_from(code.width()).expect("at most 177 modules");
    let colors = code.to_colors();
    let scale = SCREEN_WIDTH / (modules + 2 * QUIET_ZONE);
    GrayImage::from_fn(scale * (modules + 2 * QUIET_ZONE), scale * (modules + 2 * QUIET_ZONE), |x, y| {
        let (column, row) = (x / scale, y / scale);
        let inside = |at: u32| (QUIET_ZONE..modules + QUIET_ZONE).contains(&at);
        let dark = inside(column)
            && inside(row)
            && colors[((row - QUIET_ZONE) * modules + column - QUIET_ZONE) as usize] == qrcode::Color::Dark;
        image::Luma([if dark { 0 } else { 255 }])
    })
}

/// The picture fitted onto a white screen inside a dark frame.
fn phone(picture: &GrayImage) -> GrayImage {
    let fitted = imageops::resize(
        picture,
        SCREEN_WIDTH,
        picture.height() * SCREEN_WIDTH / picture.width(),
        FilterType::Nearest,
    );
    let mut phone =
        GrayImage::from_pixel(SCREEN_WIDTH + 2 * BEZEL, SCREEN_HEIGHT + 2 * BEZEL, image::Luma([18]));
    let white = GrayImage::from_pixel(SCREEN_WIDTH, SCREEN_HEIGHT, image::Luma([236]));
    imageops::replace(&mut phone, &white, i64::from(BEZEL), i64::from(BEZEL));
    let top = i64::from(BEZEL) + (i64::from(SCREEN_HEIGHT) - i64::from(fitted.height())) / 2;
    imageops::replace(&mut phone, &fitted, i64::from(BEZEL), top);
    phone
}

/// A sensor's noise, the same each time.
fn roughen(frame: &mut GrayImage) {
    let mut state = 0x9E37_79B9_u32;
    for pixel in frame.pixels_mut() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let noise = i16::from(u8::try_from(state % 13).unwrap_or(0)) - 6;
        pixel.0[0] = u8::try_from((i16::from(pixel.0[0]) + noise).clamp(0, 255)).unwrap_or(u8::MAX);
    }
}
