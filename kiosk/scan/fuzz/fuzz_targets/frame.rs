//! A picture of any size: the first byte is its width in fours, the second how much each further byte is
//! repeated along a row.
#![no_main]

use gatehouse_scan::{Budget, Frame, look_uncontained};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [width, repeat, cells @ ..] = data else { return };
    let (width, repeat) = (usize::from(*width) * 4 + 1, usize::from(*repeat % 8) + 1);
    let luma: Vec<u8> = cells.iter().flat_map(|v| std::iter::repeat_n(*v, repeat)).collect();
    let rows: Vec<u8> = luma
        .chunks_exact(width)
        .flat_map(|row| std::iter::repeat_n(row, repeat))
        .flatten()
        .copied()
        .collect();
    if let Some(frame) = Frame::packed(&rows, width, rows.len() / width) {
        look_uncontained(frame, &Budget::unlimited());
    }
});
