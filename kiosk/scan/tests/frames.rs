//! Frames as a gate's camera sees them: each difficulty is read, a held code is followed, several codes
//! are all read, and successive frames say together what none says alone.
#![expect(
    clippy::cast_possible_wrap,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

use gatehouse_frames::{Difficulty, Level, Picture, Symbol, render, sequence};
use gatehouse_scan::{Budget, Frame, Guidance, Scanner, decode};

fn frame(picture: &Picture) -> Frame<'_> {
    Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture")
}

fn text(seed: u64) -> String {
    format!("GH1:6BF-ZJ9S2:8WVH/{seed:08}/T0Q4G0VD3L+YD CKK9B-7T2:5E7L0/B5X:M*A9I45R")
}

/// A floor under what is read in single frames, below what was measured but above the best peer.
#[test]
fn most_frames_of_every_difficulty_are_read_alone() {
    let each = 2_usize;
    let mut read = 0;
    for difficulty in Difficulty::ALL {
        for seed in 0..each {
            let text = text(seed as u64);
            let picture = render(&text, difficulty, seed as u64).expect("the text fits");
            let codes = decode(frame(&picture));
            assert!(codes.iter().all(|code| code.text == text), "{difficulty:?} {seed}: {codes:?}");
            read += usize::from(!codes.is_empty());
        }
    }
    let all = Difficulty::ALL.len() * each;
    assert!(read * 100 >= all * 94, "{read} of {all}");
}

#[test]
fn ten_frames_of_a_hard_sequence_are_read() {
    for difficulty in [Difficulty::Glare, Difficulty::Motion, Difficulty::Defocus, Difficulty::Combined] {
        for seed in 100..101 {
            let text = text(seed);
            let mut scanner = Scanner::new();
            let frames = sequence(&text, difficulty, seed, 10).expect("the text fits");
            let read = frames.iter().any(|picture| {
                scanner.scan(frame(picture), &Budget::unlimited()).codes.iter().any(|code| code.text == text)
            });
            assert!(read, "{difficulty:?} {seed}");
        }
    }
}

#[test]
fn a_held_code_is_read_in_every_frame_and_where_it_is() {
    let text = text(3);
    let frames = sequence(&text, Difficulty::Clean, 3, 8).expect("the text fits");
    let mut scanner = Scanner::new();
    for picture in &frames {
        let followed = &scanner.scan(frame(picture), &Budget::unlimited()).codes;
        let alone = decode(frame(picture));
        assert_eq!(followed.len(), 1);
        assert_eq!(followed[0].text, text);
        for (a, b) in followed[0].corners.iter().zip(&alone[0].corners) {
            assert!((a.0 - b.0).hypot(a.1 - b.1) < 2.0, "{a:?} {b:?}");
        }
    }
}

/// Lays upright symbols side by side.
fn row(texts: &[&str], module: usize) -> Picture {
    let symbols: Vec<Symbol> =
        texts.iter().map(|t| Symbol::of(t, Level::M).expect("the text fits")).collect();
    let cell = symbols.iter().map(Symbol::side).max().unwrap_or(0) + 12;
    let (width, height) = (cell * module * texts.len(), cell * module);
    let luma = (0..width * height)
        .map(|i| (i % width / module, i / width / module))
        .map(|(x, y)| symbols[x / cell].dark((x % cell) as isize - 6, y as isize - 6))
        .map(|dark| if dark { 40 } else { 210 })
        .collect();
    Picture { luma, width, height }
}

#[test]
fn several_codes_in_view_are_all_read() {
    let texts = ["upi://pay?pa=gate@bank", "GH1:A PASS", "https://example.org/menu", "GH1:ANOTHER"];
    let picture = row(&texts, 6);
    let mut found: Vec<String> = decode(frame(&picture)).into_iter().map(|code| code.text).collect();
    found.sort();
    let mut expected = texts.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_code_too_smeared_to_read_asks_to_hold_still_and_nothing_asks_for_nothing() {
    let mut picture = row(&["GH1:SMEARED BEYOND WHAT CORRECTION CAN DO"], 6);
    let clean = picture.clone();
    // Data is wiped out between the patterns, which stay.
    for y in 0..picture.height {
        for x in 0..picture.width {
            let (mx, my) = (x / 6, y / 6);
            if (16..34).contains(&mx) && (16..34).contains(&my) {
                picture.luma[y * picture.width + x] = if (mx * 7 + my * 5) % 3 == 0 { 40 } else { 210 };
            }
        }
    }
    let mut scanner = Scanner::new();
    let spoilt = scanner.scan(frame(&picture), &Budget::unlimited());
    assert_eq!(spoilt.codes, []);
    assert_eq!(spoilt.guidance, Some(Guidance::HoldStill));
    assert_eq!(Scanner::new().scan(frame(&clean), &Budget::unlimited()).guidance, None);
    let nothing = gatehouse_frames::empty(5);
    assert_eq!(Scanner::new().scan(frame(&nothing), &Budget::unlimited()).guidance, None);
}
