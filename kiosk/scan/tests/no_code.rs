//! Where nothing is, nothing is read, and no picture whatever brings the scanner down.
#![expect(
    clippy::cast_possible_truncation,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

use gatehouse_frames::{Picture, Random, Strength, empty, successive};
use gatehouse_scan::{Budget, Frame, Scanner, decode};

#[test]
fn nothing_is_read_in_scenes_without_a_code() {
    for seed in 0..24 {
        let picture = empty(seed);
        let frame = Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture");
        assert_eq!(decode(frame), [], "seed {seed}");
    }
}

/// What successive frames say together is no text either where there is no code: scenes under moving glare, and
/// squares of random modules with an even margin, whose outline is a code's.
#[test]
fn nothing_is_read_in_ten_frames_without_a_code() {
    let scenes = (0..3).map(|seed| (seed, empty(seed)));
    let squares = (3..9).map(|seed| (seed, square(seed)));
    for (seed, picture) in scenes.chain(squares) {
        let mut scanner = Scanner::new();
        for picture in successive(&picture, Strength::Fair, seed, 10) {
            let frame = Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture");
            assert_eq!(scanner.scan(frame, &Budget::unlimited()).codes, [], "seed {seed}");
        }
    }
}

/// A square of random modules.
fn square(seed: u64) -> Picture {
    let mut random = Random::new(seed);
    let (side, module, margin) = (21 + 4 * random.below(8), 8, 8);
    let dark: Vec<bool> = (0..side * side).map(|_| random.chance(0.5)).collect();
    let size = (side + 2 * margin) * module;
    let luma = (0..size * size)
        .map(|i| (i % size / module, i / size / module))
        .map(|(x, y)| {
            let inside = |v: usize| v.checked_sub(margin).filter(|&v| v < side);
            inside(x).zip(inside(y)).is_some_and(|(x, y)| dark[y * side + x])
        })
        .map(|dark| if dark { 40 } else { 210 })
        .collect();
    Picture { luma, width: size, height: size }
}

#[test]
fn noise_of_any_size_neither_reads_nor_panics() {
    let mut random = Random::new(7);
    for round in 0..60 {
        let (width, height) = (1 + random.below(400), 1 + random.below(300));
        let coarse = 1 + random.below(9);
        let across = width / coarse + 1;
        let cells: Vec<u8> = (0..across * (height / coarse + 1)).map(|_| random.below(256) as u8).collect();
        let binary = round % 2 == 0;
        let luma: Vec<u8> = (0..width * height)
            .map(|i| cells[i / width / coarse * across + i % width / coarse])
            .map(|v| if binary { if v < 128 { 20 } else { 230 } } else { v })
            .collect();
        let frame = Frame::packed(&luma, width, height).expect("a whole picture");
        assert_eq!(decode(frame), [], "round {round}: {width}×{height} cells of {coarse}");
    }
}

#[test]
fn a_frame_shorter_than_it_says_is_no_frame() {
    assert!(Frame::packed(&[0; 99], 10, 10).is_none());
    assert!(Frame::packed(&[], 0, 0).is_none());
    let lying = Frame { luma: &[0; 50], width: 10, height: 10, stride: 10 };
    assert_eq!(decode(lying), []);
    let endless = Frame { luma: &[0; 50], width: 10, height: usize::MAX, stride: usize::MAX };
    assert_eq!(decode(endless), []);
}

#[test]
fn a_spent_budget_ends_the_look_before_it_reads() {
    let picture = gatehouse_frames::pass("GH1:LATE").expect("a short text fits");
    let frame = Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture");
    let ticks = std::cell::Cell::new(0);
    let now = || {
        ticks.set(ticks.get() + 1);
        ticks.get()
    };
    let mut scanner = Scanner::new();
    let scan = scanner.scan(frame, &Budget::new(&now, 0));
    assert_eq!(scan.codes, []);
    assert!(scan.elapsed_us > 0);
    assert_eq!(decode(frame)[0].text, "GH1:LATE");
}
