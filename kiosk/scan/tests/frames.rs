//! Frames as a gate's camera sees them: each difficulty is read, a held code is followed, several codes
//! are all read, and successive frames say together what none says alone.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

use gatehouse_frames::{Difficulty, Level, Picture, Random, Strength, Symbol, render, sequence, successive};
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
fn a_code_with_a_thumb_or_a_reflection_on_a_finder_is_read() {
    for seed in 10..16 {
        let text = text(seed);
        let picture = render(&text, Difficulty::Covered, seed).expect("the text fits");
        let codes = decode(frame(&picture));
        assert_eq!(codes.len(), 1, "{seed}");
        assert_eq!(codes[0].text, text);
    }
}

/// A disc of more than a module turns the timing lines inside out and leaves finders no edges.
#[test]
fn a_code_far_out_of_focus_is_read_alone() {
    let mut read = 0;
    for seed in 0..6 {
        let text = text(seed);
        let picture = render(&text, Difficulty::Unfocused, seed).expect("the text fits");
        let codes = decode(frame(&picture));
        assert!(codes.iter().all(|code| code.text == text), "{seed}: {codes:?}");
        read += codes.len();
    }
    assert!(read >= 2, "{read}");
}

fn one_of_them_is_read(frames: &[Picture], text: &str) -> bool {
    let mut scanner = Scanner::new();
    frames.iter().any(|picture| {
        scanner.scan(frame(picture), &Budget::unlimited()).codes.iter().any(|code| code.text == text)
    })
}

#[test]
fn ten_frames_of_a_hard_sequence_are_read() {
    for difficulty in [Difficulty::Glare, Difficulty::Motion, Difficulty::Defocus, Difficulty::Combined] {
        let text = text(100);
        let frames = sequence(&text, difficulty, 100, 10).expect("the text fits");
        assert!(one_of_them_is_read(&frames, &text), "{difficulty:?}");
    }
}

#[test]
fn a_small_code_is_read_from_ten_frames_under_moving_glare_noise_and_blur() {
    for seed in 0..4 {
        let text = text(seed);
        let frames = successive(&row(&[&text], 5), Strength::Fair, seed, 10);
        assert!(one_of_them_is_read(&frames, &text), "{seed}");
    }
}

/// Blur that is wider than a module is in the picture already, and more comes with each frame: no finder is ever
/// seen, and the code is found by its outline.
#[test]
fn codes_whose_finders_are_blurred_away_are_read_from_ten_frames() {
    for (difficulty, seed) in [(Difficulty::Defocus, 2), (Difficulty::Motion, 5), (Difficulty::Motion, 7)] {
        let text = text(seed);
        let blurred = render(&text, difficulty, seed).expect("the text fits");
        let frames = successive(&blurred, Strength::Fair, seed, 10);
        assert!(one_of_them_is_read(&frames, &text), "{difficulty:?} {seed}");
    }
}

/// A picture under a blown-out bar that covers three tenths of the code, at another place in each frame. No frame
/// can be read alone; what they leave each other can.
#[test]
fn frames_say_together_what_none_of_them_says() {
    for seed in 0..3 {
        let text = text(seed);
        let clean = row(&[&text], 8);
        let side = clean.width / 8 - 12;
        let mut random = Random::new(seed);
        let mut scanner = Scanner::new();
        let mut read = None;
        for count in 0..10 {
            let mut picture = clean.clone();
            // Across the data, below the upper finders and beside the lower one; what leaves below comes in above.
            let (span, bar) = (side - 9, side * 3 / 10);
            for (at, v) in picture.luma.iter_mut().enumerate() {
                let (x, y) = (at % clean.width / 8, at / clean.width / 8);
                let noise = random.below(17) as u8;
                let data = (6 + 9..6 + side).contains(&y) && x > 6 + 7;
                let blown = data && (y - 6 - 9 + count * 5) % span < bar;
                *v = if blown { 255 } else { *v - 8 + noise };
            }
            assert_eq!(decode(frame(&picture)), [], "{text}: frame {count} is read alone");
            let scan = scanner.scan(frame(&picture), &Budget::unlimited());
            if let Some(code) = scan.codes.first() {
                assert_eq!(code.text, text);
                assert!(code.quality.frames > 1);
                read = Some(count);
                break;
            }
        }
        assert!(read.is_some(), "{text}");
    }
}

/// A finder of the code under a blown-out disc in every frame: what the two others and the alignment pattern say of
/// its place suffices, and the disc wanders over what it hides.
#[test]
fn a_code_with_a_finder_blown_out_in_every_frame_is_read() {
    for (seed, corner) in [(0, (0.0, 0.0)), (1, (1.0, 0.0)), (2, (0.0, 1.0))] {
        let text = text(seed);
        let clean = row(&[&text], 6);
        let side = (clean.width / 6 - 12) as f32;
        let mut random = Random::new(seed);
        let frames: Vec<Picture> = (0..10)
            .map(|_| {
                let mut picture = clean.clone();
                let at = |share: f32| 6.0 + 4.0 + share * (side - 8.0);
                let (x, y) =
                    (at(corner.0) + random.between(-2.0, 2.0), at(corner.1) + random.between(-2.0, 2.0));
                for (at, v) in picture.luma.iter_mut().enumerate() {
                    let (dx, dy) = ((at % clean.width) as f32 / 6.0 - x, (at / clean.width) as f32 / 6.0 - y);
                    *v = if dx.hypot(dy) < side * 0.2 { 255 } else { *v - 8 + random.below(17) as u8 };
                }
                picture
            })
            .collect();
        assert!(one_of_them_is_read(&frames, &text), "{corner:?}");
    }
}

/// Two passes of one size are shown after each other at the same place, neither readable in any frame: whatever
/// is read is one of them, and never made of both.
#[test]
fn of_two_codes_after_each_other_nothing_is_made() {
    for seed in 0..6 {
        let texts = [text(seed), text(seed + 50)];
        let mut scanner = Scanner::new();
        let mut random = Random::new(seed);
        let mut read = Vec::new();
        for count in 0..16 {
            let mut picture = row(&[&texts[count / 4 % 2]], 5);
            // Half of the data is torn out of each frame, in blocks.
            let data = picture.width / 5 - 12 - 12;
            let torn: Vec<(usize, usize)> =
                (0..60).map(|_| (15 + random.below(data), 15 + random.below(data))).collect();
            for (mx, my) in torn.into_iter().flat_map(|(x, y)| (0..9).map(move |i| (x + i % 3, y + i / 3))) {
                let ink = if random.chance(0.5) { 210 } else { 40 };
                for y in my * 5..(my * 5 + 5).min(picture.height) {
                    let at = y * picture.width;
                    picture.luma[at..at + picture.width][mx * 5..(mx * 5 + 5).min(picture.width)].fill(ink);
                }
            }
            let codes = &scanner.scan(frame(&picture), &Budget::unlimited()).codes;
            read.extend(codes.iter().map(|code| code.text.clone()));
        }
        assert!(read.iter().all(|read| texts.contains(read)), "{seed}: {read:?}");
    }
}

/// With the dear steps, what lasts and what is skipped, frames after each other give no less than each by itself.
#[test]
fn a_sequence_reads_what_any_of_its_frames_reads_alone() {
    for (seed, difficulty) in [(1, Difficulty::Combined), (2, Difficulty::LowLight), (3, Difficulty::Small)] {
        let text = text(seed);
        let one = render(&text, difficulty, seed).expect("the text fits");
        // What is hardly to be told from the frame before is looked at all the same.
        let mut frames = vec![gatehouse_frames::empty(seed); 3];
        frames.push(one);
        let alone = frames.iter().any(|picture| !decode(frame(picture)).is_empty());
        assert!(!alone || one_of_them_is_read(&frames, &text), "{difficulty:?}");
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
