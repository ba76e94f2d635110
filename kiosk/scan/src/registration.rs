//! Where a blurred code lies, to a small part of a module: it has no edges to be fitted to, but slopes. What is read
//! less what should be read there, over how the picture slopes, is how far the plane is off (Lucas and Kanade, "An
//! iterative image registration technique", 1981); its four corners are moved by what suits all readings best.

use crate::Point;
use crate::homography::{Homography, solve};
use crate::interference::PHASES;

/// How much must be known around a module for it to say where it is.
const LITTLE: f32 = 0.2;
/// Furthest that a corner is moved in a step, in modules.
const FURTHEST: f32 = 0.7;

/// The plane moved to where the readings suit what should be read. `fine` are readings at two places a module along
/// each axis, `rest` what of each module's readings is not accounted for, and `known` how much is known of the modules around it, 0 to 1.
pub(crate) fn step(
    h: &Homography,
    fine: &[f32],
    rest: &[[f32; PHASES]],
    known: impl Fn(usize) -> f32,
    n: usize,
) -> Option<Homography> {
    let (side, mut a, mut b, mut total) = (2 * n, [[0.0f32; 8]; 8], [0.0f32; 8], 0.0);
    for (i, rest) in rest.iter().enumerate() {
        let trust = ((known(i) - LITTLE) / (1.0 - LITTLE)).max(0.0).powi(2);
        if trust <= 0.0 {
            continue;
        }
        for (phase, rest) in rest.iter().enumerate() {
            let (x, y) = (2 * (i % n) + phase % 2, 2 * (i / n) + phase / 2);
            if x == 0 || y == 0 || x + 1 == side || y + 1 == side {
                continue;
            }
            let at = y * side + x;
            let (sx, sy) = (fine[at + 1] - fine[at - 1], fine[at + side] - fine[at - side]);
            let (u, v) = ((x as f32 + 0.5) / side as f32, (y as f32 + 0.5) / side as f32);
            let corners = [(1.0 - u) * (1.0 - v), u * (1.0 - v), u * v, (1.0 - u) * v];
            let slopes: [f32; 8] = std::array::from_fn(|k| corners[k / 2] * if k % 2 == 0 { sx } else { sy });
            // What is off by much is not off for its place.
            let weight = trust / (1.0 + rest * rest * 16.0);
            total += weight * (sx * sx + sy * sy);
            for j in 0..8 {
                for k in 0..=j {
                    a[j][k] += weight * slopes[j] * slopes[k];
                }
                b[j] -= weight * slopes[j] * rest;
            }
        }
    }
    for (j, row) in a.iter_mut().enumerate() {
        row[j] += total * 1e-3 + 1e-6;
    }
    let moves = solve(a, b)?.map(|v| v.clamp(-FURTHEST, FURTHEST));
    let far = n as f32;
    let corners: [Point; 4] = std::array::from_fn(|i| {
        let (x, y) = [(0.0, 0.0), (far, 0.0), (far, far), (0.0, far)][i];
        h.project(x + moves[2 * i], y + moves[2 * i + 1])
    });
    let moved = Homography::from_corners(corners, far);
    moved.sane(far).then_some(moved)
}
