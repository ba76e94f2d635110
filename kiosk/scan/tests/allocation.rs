//! After warm-up nothing is allocated on the common path: an empty frame, a quiet scene, a code held up.

use gatehouse_frames::{Difficulty, Picture, empty, sequence};
use gatehouse_scan::{Budget, Frame, Scanner};

/// Allocations while a warm scanner looks at a camera's frames; how many codes it read on the way.
fn asked(scanner: &mut Scanner, frames: &[Picture]) -> (u64, usize) {
    let mut codes = 0;
    let counted = allocation_counter::measure(|| {
        for picture in frames {
            if let Some(frame) = Frame::packed(&picture.luma, picture.width, picture.height) {
                codes += scanner.scan(frame, &Budget::unlimited()).codes.len();
            }
        }
    });
    (counted.count_total, codes)
}

#[test]
fn a_warm_scanner_allocates_nothing_where_there_is_no_code() {
    // Different scenes one after the other: something changes in each.
    let scenes: Vec<Picture> = (0..6).map(empty).collect();
    let mut scanner = Scanner::new();
    for _ in 0..4 {
        asked(&mut scanner, &scenes);
    }
    assert_eq!(asked(&mut scanner, &scenes), (0, 0));
}

#[test]
fn a_warm_scanner_allocates_nothing_before_a_quiet_scene() {
    let quiet = vec![empty(3); 12];
    let mut scanner = Scanner::new();
    asked(&mut scanner, &quiet);
    assert_eq!(asked(&mut scanner, &quiet), (0, 0));
}

#[test]
fn a_warm_scanner_allocates_nothing_while_a_code_is_held_up() {
    let text = "GH1:6BF-ZJ9S2:8WVH/00000004/T0Q4G0VD3L+YD CKK9B-7T2:5E7L0/B5X:M*A9I45R";
    let frames = sequence(text, Difficulty::Clean, 4, 6).expect("the text fits");
    let mut scanner = Scanner::new();
    asked(&mut scanner, &frames);
    asked(&mut scanner, &frames);
    assert_eq!(asked(&mut scanner, &frames), (0, frames.len()));
}
