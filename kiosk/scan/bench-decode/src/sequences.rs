//! Ten successive frames of one camera: how many codes are read by the last of them, ours with what it
//! remembers, the peers frame by frame.

use gatehouse_frames::Difficulty;
use gatehouse_scan::{Budget, Frame, Scanner};

use crate::corpus;
use crate::decoders::Decoder;

const FRAMES: usize = 10;
const HARD: [Difficulty; 5] =
    [Difficulty::Glare, Difficulty::Motion, Difficulty::Defocus, Difficulty::LowLight, Difficulty::Combined];

/// Prints how many of `each` sequences of every hard kind were read.
pub fn measure(seed: u64, each: u64, decoders: &mut [Box<dyn Decoder>]) {
    println!("{FRAMES} successive frames, codes read by the last:");
    for difficulty in HARD {
        let mut ours = 0;
        let mut theirs = vec![0; decoders.len()];
        let mut wrong = 0;
        for i in 0..each {
            let seed = seed * 1000 + 500 + i;
            let text = corpus::text(seed);
            let Some(frames) = gatehouse_frames::sequence(&text, difficulty, seed, FRAMES) else { continue };
            let mut scanner = Scanner::new();
            let mut read = false;
            for picture in &frames {
                let Some(frame) = Frame::packed(&picture.luma, picture.width, picture.height) else {
                    continue;
                };
                for code in &scanner.scan(frame, &Budget::unlimited()).codes {
                    read |= code.text == text;
                    wrong += usize::from(code.text != text);
                }
            }
            ours += usize::from(read);
            for (count, decoder) in theirs.iter_mut().zip(decoders.iter_mut()) {
                let hit = frames.iter().any(|p| decoder.read(&p.luma, p.width, p.height).contains(&text));
                *count += usize::from(hit);
            }
        }
        print!(
            "  {:<14} of {each}: with memory {ours} (invented {wrong})",
            format!("{difficulty:?}").to_lowercase()
        );
        for (decoder, count) in decoders.iter().zip(&theirs) {
            print!(", {} frame by frame {count}", decoder.name());
        }
        println!();
    }
}
