//! Ours and the peers, each behind the same call.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gatehouse_scan::{Budget, Frame, Scanner};
use rustix::time::{ClockId, clock_gettime};

use crate::corpus::Shot;

/// Something that reads texts from a grey picture.
pub trait Decoder {
    fn name(&self) -> &'static str;
    fn read(&mut self, luma: &[u8], width: usize, height: usize) -> Vec<String>;
}

/// What became of a frame.
pub struct Outcome {
    /// Everything in it was read, or nothing was there and nothing was read.
    pub right: bool,
    /// Something was read that is not there.
    pub invented: bool,
    pub ms: f64,
    pub note: String,
}

/// Every decoder, ours first.
pub fn all() -> Vec<Box<dyn Decoder>> {
    vec![Box::<Gatehouse>::default(), Box::new(Rqrr), Box::new(Rxing), Box::new(ZxingCpp)]
}

/// The peer that reads most.
pub fn best() -> Box<dyn Decoder> {
    Box::new(ZxingCpp)
}

/// What this thread has worked, in milliseconds.
pub fn thread_ms() -> f64 {
    let t = clock_gettime(ClockId::ThreadCPUTime);
    t.tv_sec as f64 * 1e3 + t.tv_nsec as f64 / 1e6
}

/// Runs a decoder over all frames. Every frame is read twice and the faster one counts.
pub fn measure(decoder: &mut dyn Decoder, shots: &[Shot]) -> Vec<Outcome> {
    std::panic::set_hook(Box::new(|_| {}));
    shots
        .iter()
        .map(|shot| {
            let best = Cell::new(f64::MAX);
            let mut note = String::new();
            let mut texts = Vec::new();
            for _ in 0..2 {
                let before = thread_ms();
                let read =
                    catch_unwind(AssertUnwindSafe(|| decoder.read(&shot.luma, shot.width, shot.height)));
                best.set(best.get().min(thread_ms() - before));
                match read {
                    Ok(read) => texts = read,
                    Err(_) => note = "panicked".into(),
                }
            }
            let right = if shot.texts.is_empty() {
                texts.is_empty() && note.is_empty()
            } else {
                shot.texts.iter().all(|text| texts.contains(text))
            };
            let invented = texts.iter().any(|text| !shot.texts.contains(text));
            if invented {
                note = format!("read {texts:?} for {:?}", shot.texts);
            }
            Outcome { right, invented, ms: best.get(), note }
        })
        .collect()
}

#[derive(Default)]
struct Gatehouse {
    scanner: Scanner,
}

impl Decoder for Gatehouse {
    fn name(&self) -> &'static str {
        "gatehouse"
    }

    fn read(&mut self, luma: &[u8], width: usize, height: usize) -> Vec<String> {
        Frame::packed(luma, width, height)
            .map(|frame| self.scanner.single(frame, &Budget::unlimited()).codes.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|code| code.text.clone())
            .collect()
    }
}

struct Rqrr;

impl Decoder for Rqrr {
    fn name(&self) -> &'static str {
        "rqrr"
    }

    fn read(&mut self, luma: &[u8], width: usize, height: usize) -> Vec<String> {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| luma[y * width + x]);
        image.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }
}

struct Rxing;

impl Decoder for Rxing {
    fn name(&self) -> &'static str {
        "rxing"
    }

    fn read(&mut self, luma: &[u8], width: usize, height: usize) -> Vec<String> {
        let mut hints =
            rxing::DecodeHints { TryHarder: Some(true), AlsoInverted: Some(true), ..Default::default() };
        let code = Some(rxing::BarcodeFormat::QR_CODE);
        rxing::helpers::detect_in_luma_slice_with_hints(luma, width as u32, height as u32, code, &mut hints)
            .map(|result| vec![result.getText().to_owned()])
            .unwrap_or_default()
    }
}

struct ZxingCpp;

impl Decoder for ZxingCpp {
    fn name(&self) -> &'static str {
        "zxing-cpp"
    }

    fn read(&mut self, luma: &[u8], width: usize, height: usize) -> Vec<String> {
        let reader = zxingcpp::read()
            .formats([zxingcpp::BarcodeFormat::QRCode])
            .text_mode(zxingcpp::TextMode::Plain)
            .try_harder(true)
            .try_rotate(true)
            .try_invert(true)
            .try_downscale(true);
        let Ok(view) =
            zxingcpp::ImageView::from_slice(luma, width as u32, height as u32, zxingcpp::ImageFormat::Lum)
        else {
            return Vec::new();
        };
        reader.from(view).map(|codes| codes.iter().map(|code| code.text()).collect()).unwrap_or_default()
    }
}
