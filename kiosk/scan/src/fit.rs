//! Where the code lies, exactly: known edges of its function patterns are looked for along their
//! normals in the grey picture, and the homography is moved to meet them (Gauss-Newton, as in the
//! model-based edge trackers since Harris and Stennett, 1990). All squares of the finders, the timing lines and the
//! alignment patterns give edges; those that are not there are left out.

use crate::homography::{Homography, solve};
use crate::layout::finder_centres;
use crate::pixels::grey;
use crate::{Frame, Point};

/// A known edge: a place in the code's plane and the direction from dark to light there.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    pub x: f32,
    pub y: f32,
    pub nx: f32,
    pub ny: f32,
}

/// Adds the four sides of a square of half side `half`, `samples` places on each. Light lies outside
/// when `outward`.
fn square(edges: &mut Vec<Edge>, cx: f32, cy: f32, half: f32, outward: bool, samples: usize) {
    let sign = if outward { 1.0 } else { -1.0 };
    for i in 0..samples {
        let t = ((i as f32 + 0.5) / samples as f32 * 2.0 - 1.0) * half * 0.8;
        for (nx, ny) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            edges.push(Edge {
                x: cx + nx * half + ny * t,
                y: cy + ny * half + nx * t,
                nx: nx * sign,
                ny: ny * sign,
            });
        }
    }
}

/// Edges of those finder patterns that were seen, of a code with `n` modules a side.
pub(crate) fn finder_edges(n: usize, seen: [bool; 3], edges: &mut Vec<Edge>) {
    for (cx, cy) in finder_centres(n, seen) {
        square(edges, cx, cy, 3.5, true, 3);
        square(edges, cx, cy, 2.5, false, 3);
        square(edges, cx, cy, 1.5, true, 2);
    }
}

/// Edges along the two timing lines, up to `extent` modules from either end.
pub(crate) fn timing_edges(n: usize, extent: usize, edges: &mut Vec<Edge>) {
    for i in (8..=n - 8).filter(|&i| i < extent || n - i < extent) {
        // Module `i` is dark when `i` is even: light lies before it.
        let sign = if i % 2 == 0 { -1.0 } else { 1.0 };
        edges.push(Edge { x: i as f32, y: 6.5, nx: sign, ny: 0.0 });
        edges.push(Edge { x: 6.5, y: i as f32, nx: 0.0, ny: sign });
    }
}

/// Edges of an alignment pattern whose centre module is (`x`, `y`); its outer side is not among
/// them, for what lies beyond is not known.
pub(crate) fn alignment_edges(x: usize, y: usize, edges: &mut Vec<Edge>) {
    let (cx, cy) = (x as f32 + 0.5, y as f32 + 0.5);
    square(edges, cx, cy, 1.5, false, 2);
    square(edges, cx, cy, 0.5, true, 2);
}

/// How a fit went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// Share of the edges that were found.
    pub found: f32,
    /// How far off the found ones were before the step, in modules, root of mean square.
    pub error: f32,
}

impl Fit {
    /// Whether a further step with the same edges would hardly move the plane.
    pub fn settled(self) -> bool {
        self.found > 0.9 && self.error < 0.08
    }
}

/// One step: finds the edges within `reach` modules and moves `h` to meet them. `contrast` is light
/// minus dark, negative in inverted codes; `anchors` are places known as points (an alignment centre).
pub(crate) fn step(
    frame: &Frame<'_>,
    h: &mut Homography,
    n: usize,
    edges: &[Edge],
    anchors: &[(Point, Point)],
    reach: f32,
    contrast: f32,
) -> Option<Fit> {
    let half = n as f32 / 2.0;
    let origin = h.project(half, half);
    let (ux, uy) = h.steps(half, half);
    let scale = half * ((ux.0 * uy.1 - ux.1 * uy.0).abs().sqrt()).max(1e-3);
    // Both planes are brought to the range of ±1 so that the equations are well conditioned.
    let mut a = [[0.0f32; 8]; 8];
    let mut b = [0.0f32; 8];
    let mut add = |x: f32, y: f32, p: Point, direction: Point, residual: f32, weight: f32| {
        let (u, v) = ((x - half) / half, (y - half) / half);
        let w = depth_ratio(h, x, y, half);
        let (px, py) = ((p.0 - origin.0) / scale, (p.1 - origin.1) / scale);
        let (dx, dy) = (direction.0 / w, direction.1 / w);
        let along = px * dx + py * dy;
        let j = [dx * u, dx * v, dx, dy * u, dy * v, dy, -along * u, -along * v];
        let r = residual / scale;
        for i in 0..8 {
            for k in 0..=i {
                a[i][k] += weight * j[i] * j[k];
            }
            b[i] += weight * j[i] * r;
        }
    };
    let (mut found, mut squares) = (0, 0.0);
    for e in edges {
        let (p, sx, sy) = h.ground(e.x, e.y);
        let across = (sx.0 * e.nx + sy.0 * e.ny, sx.1 * e.nx + sy.1 * e.ny);
        // The picture's normal of the edge: perpendicular to its tangent, not the image of its normal.
        let tangent = (sx.0 * -e.ny + sy.0 * e.nx, sx.1 * -e.ny + sy.1 * e.nx);
        let length = (tangent.0 * tangent.0 + tangent.1 * tangent.1).sqrt().max(1e-6);
        let mut normal = (tangent.1 / length, -tangent.0 / length);
        if normal.0 * across.0 + normal.1 * across.1 < 0.0 {
            normal = (-normal.0, -normal.1);
        }
        let module = normal.0 * across.0 + normal.1 * across.1;
        if module.is_nan() || module <= 0.4 {
            continue;
        }
        let Some(t) = find_edge(frame, p, normal, module * reach, contrast) else { continue };
        found += 1;
        let off = t / module;
        squares += off * off;
        add(e.x, e.y, p, normal, t, 1.0 / (1.0 + 6.0 * off.abs()));
    }
    for &((x, y), target) in anchors {
        let p = h.project(x, y);
        add(x, y, p, (1.0, 0.0), target.0 - p.0, 8.0);
        add(x, y, p, (0.0, 1.0), target.1 - p.1, 8.0);
    }
    let share = found as f32 / edges.len().max(1) as f32;
    if found < 16 {
        return None;
    }
    for (i, row) in a.iter_mut().enumerate() {
        row[i] += found as f32 * if i < 6 { 1e-5 } else { 2e-4 };
    }
    let d = solve(a, b)?;
    *h = moved(h, d, half, origin, scale);
    Some(Fit { found: share, error: (squares / found as f32).sqrt() })
}

/// Depth at a place over depth at the middle.
fn depth_ratio(h: &Homography, x: f32, y: f32, half: f32) -> f32 {
    let m = &h.0;
    (m[6] * x + m[7] * y + m[8]) / (m[6] * half + m[7] * half + m[8])
}

/// The homography after a step `d` that was computed in the normalised planes.
fn moved(h: &Homography, d: [f32; 8], half: f32, origin: Point, scale: f32) -> Homography {
    let m = &h.0;
    // Module plane to ±1: x = half + half u.
    let mut g = [0.0; 9];
    for row in 0..3 {
        let [a, b, c] = [m[row * 3], m[row * 3 + 1], m[row * 3 + 2]];
        g[row * 3] = a * half;
        g[row * 3 + 1] = b * half;
        g[row * 3 + 2] = (a + b) * half + c;
    }
    // Picture plane to ±1.
    for col in 0..3 {
        g[col] = (g[col] - origin.0 * g[6 + col]) / scale;
        g[3 + col] = (g[3 + col] - origin.1 * g[6 + col]) / scale;
    }
    let middle = g[8];
    for v in &mut g {
        *v /= middle;
    }
    for (v, step) in g.iter_mut().zip(d) {
        *v += step;
    }
    for col in 0..3 {
        g[col] = g[col] * scale + origin.0 * g[6 + col];
        g[3 + col] = g[3 + col] * scale + origin.1 * g[6 + col];
    }
    for row in 0..3 {
        let [a, b, c] = [g[row * 3], g[row * 3 + 1], g[row * 3 + 2]];
        g[row * 3] = a / half;
        g[row * 3 + 1] = b / half;
        g[row * 3 + 2] = c - a - b;
    }
    let last = g[8];
    Homography(g.map(|v| v / last))
}

/// Where, within `reach` pixels along `normal`, grey rises most by the sign of `contrast`; `None`
/// where it hardly rises.
fn find_edge(frame: &Frame<'_>, p: Point, normal: Point, reach: f32, contrast: f32) -> Option<f32> {
    const STEPS: usize = 8;
    let pitch = 2.0 * reach / STEPS as f32;
    let mut rise = [0.0; STEPS];
    let place = |i: usize| {
        let t = i as f32 * pitch - reach;
        (p.0 + normal.0 * t, p.1 + normal.1 * t)
    };
    let mut before = grey(frame, place(0));
    for (i, r) in rise.iter_mut().enumerate() {
        let after = grey(frame, place(i + 1));
        *r = (after - before) * contrast.signum();
        before = after;
    }
    let mut best = (0, 0.0);
    for i in 0..STEPS {
        let near = if i > 0 { rise[i - 1] } else { 0.0 } + if i + 1 < STEPS { rise[i + 1] } else { 0.0 };
        let here = rise[i] + 0.5 * near;
        if here > best.1 {
            best = (i, here);
        }
    }
    if best.1 < contrast.abs() * 0.15 {
        return None;
    }
    let (from, to) = (best.0.saturating_sub(2), (best.0 + 2).min(STEPS - 1));
    let (mut weight, mut moment) = (0.0, 0.0);
    for (i, &r) in rise.iter().enumerate().take(to + 1).skip(from) {
        let r = r.max(0.0);
        weight += r;
        moment += r * (i as f32 + 0.5);
    }
    Some(moment / weight * pitch - reach)
}
