//! Luma frame in, QR codes out: the kiosk's scan pipeline. [`Scanner::scan`] follows one camera's
//! frames, [`Scanner::single`] and [`decode`] look at a frame by itself.
//!
//! A frame's way through, each step in the file of its name:
//!
//! 1. `threshold`: the picture is halved, and what is darker than its surroundings becomes dark; eight
//!    pixels at a time, into packed `bits`.
//! 2. `finders`: rows are walked from edge to edge for 1:1:3:1:1 in either polarity, checked along the
//!    column and the diagonals.
//! 3. `triples`: which three finders make a code, ranked by how well both legs count the same modules; those
//!    that only chance brought together end here. `pairs`: two finders of a code whose third is covered. Where blur or
//!    stripes leave no finder, `likeness` finds what is like one in grey, and `threes` which of that makes a code.
//! 4. `attempt` tries the best: `homography` from the three centres, `fit` to the edges that every code
//!    has (edges that lie anywhere end it here), `alignment` patterns, timing lines, then the version
//!    whose timing agrees.
//! 5. `sampling`: one soft number a module, set against the contrast just there.
//!    Too far out of focus for edges and timing lines, a code is placed and read by its `disc`: `unfocused`.
//! 6. `reading`: format, codewords, blocks. `correction` of a block with more and more erasures (`solomon`), until
//!    what comes out is to be believed (`belief`); `rqrr` reads the corrected grid's bits and `segments` makes a
//!    text of them.
//!
//! ```text
//!  frame ─ quarter ─ threshold ─ finders ─ triples ─ fit ─ sample ─ read ──▶ codes
//!            │                                               │       │ failed
//!            ├─ half size, where there is texture            └─ equalise (undoes blur), read
//!            ├─ full size, where there is texture                    │ failed
//!            ├─ tight windows: finders that blur has closed          ├─ interference (more blur), read
//!            ├─ likeness, threes: finders that nothing brings out    │ failed
//!            └─ unfocused: disc ─ registration ─ relaxation ─ read    └─ evidence ─▶ next frame
//!
//!  a finder, cut along a row:     what is known of any code, and where `fit` looks for it:
//!    ■■■■■■■                        ■■■■■■■ · · · · ■■■■■■■
//!    ■     ■                        ■ ■■■ ■         ■ ■■■ ■     finders: three squares each
//!    ■ ■■■ ■  ◀─ 1:1:3:1:1          ■■■■■■■ ■ ■ ■ ■ ■■■■■■■     timing: every second module
//!    ■ ■■■ ■                              ■       ■■■
//!    ■ ■■■ ■                              ·       ■ ■           alignment: far from all finders
//!    ■     ■                        ■■■■■■■       ■■■
//!    ■■■■■■■                        ■ ■■■ ■
//! ```
//!
//! `level` takes one picture of the pyramid through steps 1 to 6; `look` holds the order of the pyramid, from
//! cheap to dear, stops when nothing is left unread, and between steps when the budget is spent. `plain` reads
//! a picture that is nothing but a code. `scanner` adds what lasts from frame to frame: the region of the last
//! sighting, `stillness` (outlines are not looked for again where nothing moved), turns for the dear steps once many
//! looks were in vain, `guidance` and `evidence`: of a code that was not read the last frames' `view`s are kept, it is
//! looked for where it was (`following`) or, when no finder is seen, by its `outline` and `corners`, and all views are
//! read `together`. What is dear in that is done for one code a frame, so that a frame without a budget ends, too.
//! `layout` is what ISO/IEC 18004 fixes.
//!
//! `rxing` is no last resort here: on the given photographs and kiosk frames it read none that this does not,
//! and an empty frame cost it two to seven milliseconds.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

mod alignment;
mod attempt;
mod belief;
mod bits;
mod code;
mod corners;
mod correction;
mod disc;
mod equalise;
mod evidence;
mod finders;
mod fit;
mod following;
mod frame;
mod guidance;
mod homography;
mod interference;
mod layout;
mod level;
mod likeness;
mod look;
mod outline;
mod pairs;
mod pixels;
mod place;
mod plain;
mod reading;
mod registration;
mod relaxation;
mod sampling;
mod scanner;
mod segments;
mod solomon;
mod stillness;
mod threes;
mod threshold;
mod together;
mod triples;
mod unfocused;
mod view;

pub use code::{Code, Guidance, Point, Quality, Scan};
pub use frame::{Budget, Frame};
pub use scanner::{Scanner, decode, decode_within};

/// Like [`decode`], but a panic is a panic.
#[cfg(feature = "fuzzing")]
pub fn look_uncontained(frame: Frame<'_>, budget: &Budget<'_>) -> Vec<Code> {
    let mut codes = Vec::new();
    if let Some(frame) = frame.checked() {
        look::Look::default().run(&frame, budget, look::Share::All, None, &mut codes);
    }
    codes
}

/// Reads a grid of soft modules, row by row, +1 dark and −1 light, as the pipeline does.
#[cfg(feature = "fuzzing")]
pub fn read_grid(version: usize, soft: &[f32]) -> Option<String> {
    reading::Reader::default().read(version, soft).map(|reading| reading.text)
}
