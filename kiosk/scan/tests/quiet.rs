//! What a camera's frames cost where little happens, counted in work and not in time.

use gatehouse_frames::{Difficulty, Picture, empty, sequence};
use gatehouse_scan::{Budget, Frame, Scanner};

const FRAMES: u64 = 60;

fn frame(picture: &Picture) -> Frame<'_> {
    Frame::packed(&picture.luma, picture.width, picture.height).expect("a whole picture")
}

/// Work a frame while nothing moves, over that of looking at the picture by itself.
fn share(picture: &Picture) -> f64 {
    let mut scanner = Scanner::new();
    let alone = scanner.single(frame(picture), &Budget::unlimited()).work;
    let mut scanner = Scanner::new();
    let mut work = 0;
    for count in 0..FRAMES {
        let did = scanner.scan(frame(picture), &Budget::unlimited()).work;
        // Half a second to get used to it.
        work += if count < FRAMES / 2 { 0 } else { did };
    }
    u32::try_from(work * 2 / FRAMES).map_or(f64::MAX, f64::from) / u32::try_from(alone).map_or(1.0, f64::from)
}

/// At thirty frames a second and 20 ms for the dearest look, a quarter of a core is 40 % of a look a frame.
#[test]
fn a_quiet_scene_costs_a_quarter_of_looking_at_each_frame() {
    for seed in 0..5 {
        let share = share(&empty(seed));
        assert!(share <= 0.25, "scene {seed}: {share}");
    }
}

#[test]
fn an_unreadable_code_that_hangs_there_costs_no_more() {
    let text = "A PAYMENT CODE WHOSE MIDDLE HAS BEEN TORN AWAY LONG AGO";
    let mut poster =
        sequence(text, Difficulty::Clean, 8, 1).and_then(|mut f| f.pop()).expect("the text fits");
    let mut scanner = Scanner::new();
    let corners = scanner.single(frame(&poster), &Budget::unlimited()).codes[0].corners;
    let middle = |axis: fn(&(f32, f32)) -> f32| corners.iter().map(axis).sum::<f32>() / 4.0;
    let side = (corners[1].0 - corners[0].0).hypot(corners[1].1 - corners[0].1);
    let (x, y) = (middle(|c| c.0), middle(|c| c.1));
    for (at, v) in poster.luma.iter_mut().enumerate() {
        let inside = |at: usize, middle: f32| {
            u16::try_from(at).is_ok_and(|at| (f32::from(at) - middle).abs() < side * 0.28)
        };
        if inside(at % poster.width, x) && inside(at / poster.width, y) {
            *v = 128;
        }
    }
    let scan = scanner.single(frame(&poster), &Budget::unlimited());
    assert_eq!(scan.codes, []);
    assert!(scan.guidance.is_some(), "it is seen");
    assert!(share(&poster) <= 0.25);
}

/// What shows no finder is looked for by its outline, which is dear, in the first frame; while nothing moves, that would
/// find nothing else in the next ones.
#[test]
fn outlines_are_not_looked_for_again_where_nothing_moved() {
    for seed in 0..5 {
        let scene = empty(seed);
        let mut scanner = Scanner::new();
        let first = scanner.scan(frame(&scene), &Budget::unlimited()).work;
        let pixels = u64::try_from(scene.luma.len()).expect("a picture fits");
        for count in 1..8 {
            let work = scanner.scan(frame(&scene), &Budget::unlimited()).work;
            assert!(work + pixels <= first, "scene {seed}, frame {count}: {work} after {first}");
        }
    }
}

/// The dear steps have their turns: a frame among others costs less than one alone.
#[test]
fn dear_steps_are_spread_over_successive_frames() {
    let (mut together, mut alone) = (0, 0);
    for seed in 0..6 {
        let scenes = [empty(seed), empty(seed + 100)];
        let mut scanner = Scanner::new();
        for (count, scene) in scenes.iter().cycle().take(28).enumerate() {
            // What comes into view is looked at in full at first.
            if count < 20 {
                scanner.scan(frame(scene), &Budget::unlimited());
                continue;
            }
            together += scanner.scan(frame(scene), &Budget::unlimited()).work;
            alone += Scanner::new().single(frame(scene), &Budget::unlimited()).work;
        }
    }
    assert!(together < alone, "{together} against {alone}");
}
