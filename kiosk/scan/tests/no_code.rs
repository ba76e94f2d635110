//! Where nothing is, nothing is read, and no picture whatever brings the scanner down.
#![expect(
    clippy::cast_possible_truncation,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

use gatehouse_frames::{Random, empty};
use gatehouse_scan::{Budget, Frame, Scanner, decode};

#[test]
fn nothing_is_read_in_scenes_without_a_code() {
    for seed in 0..24 {
        let picture = empty(seed);
        let frame = Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture");
        assert_eq!(decode(frame), [], "seed {seed}");
    }
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
