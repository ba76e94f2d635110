//! Any code decodes back: every version from 1 to 20, every level, both polarities, mirrored or not, at
//! any rotation and some tilt.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

use gatehouse_frames::{Level, Random, Symbol};
use gatehouse_scan::{Budget, Frame, Scanner, decode};
use proptest::prelude::*;

/// How a symbol is laid into a picture.
#[derive(Clone, Copy, Debug)]
struct Laid {
    module: f32,
    turn: f32,
    tilt: f32,
    inverted: bool,
    mirrored: bool,
}

/// The symbol in the middle of a picture just large enough.
fn paint(symbol: &Symbol, laid: Laid) -> (Vec<u8>, usize) {
    let side = symbol.side() as f32;
    let size = ((side + 10.0) * laid.module * 1.5).ceil() as usize;
    let (sin, cos) = laid.turn.sin_cos();
    let middle = size as f32 / 2.0;
    let dark = |px: f32, py: f32| {
        let (u, v) = ((px - middle) / laid.module, (py - middle) / laid.module);
        let (u, v) = (u * cos + v * sin, v * cos - u * sin);
        let depth = 1.0 + laid.tilt * u / side;
        let (x, y) = (u * depth + side / 2.0, v * depth + side / 2.0);
        let x = if laid.mirrored { side - x } else { x };
        symbol.dark(x.floor() as isize, y.floor() as isize) != laid.inverted
    };
    let mut luma = Vec::with_capacity(size * size);
    for y in 0..size {
        for x in 0..size {
            let hits = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
                .iter()
                .filter(|(dx, dy)| dark(x as f32 + dx, y as f32 + dy))
                .count();
            luma.push((230 - hits * 50) as u8);
        }
    }
    (luma, size)
}

fn text(seed: u64, length: usize) -> String {
    let mut random = Random::new(seed);
    (0..length).map(|_| char::from(b' ' + random.below(95) as u8)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_version_level_polarity_and_pose_is_read(
        version in 1..=20i16,
        level in prop::sample::select(vec![Level::L, Level::M, Level::Q, Level::H]),
        module in 3.5..7.0f32,
        turn in 0.0..std::f32::consts::TAU,
        tilt in -0.12..0.12f32,
        inverted: bool,
        mirrored: bool,
        seed: u64,
    ) {
        let text = text(seed, 7);
        let symbol = Symbol::of_version(&text, level, version).expect("seven characters fit every symbol");
        let laid = Laid { module, turn, tilt, inverted, mirrored };
        let (luma, size) = paint(&symbol, laid);
        let frame = Frame::packed(&luma, size, size).expect("the picture is as large as it says");
        let codes = decode(frame);
        prop_assert_eq!(codes.len(), 1);
        prop_assert_eq!(&codes[0].text, &text);
        prop_assert_eq!(i16::from(codes[0].version), version);
        prop_assert_eq!(codes[0].quality.inverted, inverted);
        prop_assert_eq!(codes[0].quality.mirrored, mirrored);
    }
}

/// The code's own top left corner is reported where it was painted.
#[test]
fn corners_are_where_the_code_is() {
    let symbol = Symbol::of("corners", Level::M).expect("a short text fits");
    let (luma, size) =
        paint(&symbol, Laid { module: 6.0, turn: 0.0, tilt: 0.0, inverted: false, mirrored: false });
    let codes = decode(Frame::packed(&luma, size, size).expect("the picture is as large as it says"));
    let reach = symbol.side() as f32 * 3.0;
    let middle = size as f32 / 2.0;
    let expected = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
        .map(|(x, y)| (middle + reach * x, middle + reach * y));
    for (found, expected) in codes[0].corners.iter().zip(expected) {
        assert!((found.0 - expected.0).hypot(found.1 - expected.1) < 2.0, "{found:?} is not {expected:?}");
    }
}

/// As programs save them: a pixel a module, nothing around it.
#[test]
fn a_picture_that_is_nothing_but_a_code_is_read() {
    for (version, module) in [(1, 1), (2, 3), (7, 1), (25, 2), (40, 1)] {
        let symbol = Symbol::of_version("PLAIN", Level::L, version).expect("a short text fits");
        let size = symbol.side() * module;
        let luma: Vec<u8> = (0..size * size)
            .map(|at| symbol.dark((at % size / module) as isize, (at / size / module) as isize))
            .map(|dark| if dark { 0 } else { 255 })
            .collect();
        let codes = decode(Frame::packed(&luma, size, size).expect("the picture is as large as it says"));
        assert_eq!(codes.len(), 1, "version {version}");
        assert_eq!(codes[0].text, "PLAIN");
    }
}

/// Large versions too, at a cost that is bounded.
#[test]
fn large_versions_are_read_within_bounds() {
    for (version, level, turn, inverted) in
        [(21_i16, Level::L, 0.3, false), (27, Level::M, 2.0, true), (33, Level::Q, 4.1, false)]
    {
        let text = text(u64::from(version.unsigned_abs()), 40);
        let symbol = Symbol::of_version(&text, level, version).expect("forty characters fit");
        let laid = Laid { module: 4.0, turn, tilt: 0.05, inverted, mirrored: false };
        let (luma, size) = paint(&symbol, laid);
        let mut scanner = Scanner::new();
        let frame = Frame::packed(&luma, size, size).expect("the picture is as large as it says");
        let scan = scanner.single(frame, &Budget::unlimited());
        assert_eq!(scan.codes.len(), 1, "version {version}");
        assert_eq!(scan.codes[0].text, text, "version {version}");
        assert!(scan.work < 4_000_000, "version {version}: {}", scan.work);
    }
}
