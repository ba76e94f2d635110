//! Between the code's plane and the picture: a projective map from modules to pixels. (0, 0) is the
//! code's own top left corner, one unit is one module.

use crate::Point;

/// Row by row; the last element is kept at 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Homography(pub [f32; 9]);

impl Homography {
    /// Where a place in the code lies in the picture.
    pub fn project(&self, x: f32, y: f32) -> Point {
        let h = &self.0;
        let scale = 1.0 / (h[6] * x + h[7] * y + h[8]);
        ((h[0] * x + h[1] * y + h[2]) * scale, (h[3] * x + h[4] * y + h[5]) * scale)
    }

    /// Where a place in the code lies, and how the picture moves there with a step along the code's x and
    /// its y.
    pub fn ground(&self, x: f32, y: f32) -> (Point, Point, Point) {
        let h = &self.0;
        let scale = 1.0 / (h[6] * x + h[7] * y + h[8]);
        let (px, py) = ((h[0] * x + h[1] * y + h[2]) * scale, (h[3] * x + h[4] * y + h[5]) * scale);
        let along = ((h[0] - px * h[6]) * scale, (h[3] - py * h[6]) * scale);
        let down = ((h[1] - px * h[7]) * scale, (h[4] - py * h[7]) * scale);
        ((px, py), along, down)
    }

    /// How the picture moves with a step along the code's x and its y, at a place in the code.
    pub fn steps(&self, x: f32, y: f32) -> (Point, Point) {
        let (_, along, down) = self.ground(x, y);
        (along, down)
    }

    /// From three finder centres and how much larger the second and third appear than the first:
    /// sizes along a line shrink with the square of the distance, so their ratio gives the tilt.
    ///
    /// `n` is the distance between finder centres in modules.
    pub fn from_finders(at: [Point; 3], shrink: [f32; 2], n: f32) -> Self {
        let [o, r, d] = at;
        let (wr, wd) = (1.0 / shrink[0].sqrt(), 1.0 / shrink[1].sqrt());
        // In units a = (x − 3.5) / n, b = (y − 3.5) / n.
        let row = |o: f32, r: f32, d: f32| {
            let (ka, kb) = ((r - o) / n, (d - o) / n);
            [ka, kb, o - 3.5 * (ka + kb)]
        };
        let x = row(o.0, r.0 * wr, d.0 * wd);
        let y = row(o.1, r.1 * wr, d.1 * wd);
        let w = row(1.0, wr, wd);
        let scale = 1.0 / w[2];
        Self([x[0], x[1], x[2], y[0], y[1], y[2], w[0], w[1], w[2]].map(|v| v * scale))
    }

    /// From the four corners of a code with `n` modules a side (Heckbert, "Fundamentals of texture mapping", 1989).
    pub fn from_corners([a, b, c, d]: [Point; 4], n: f32) -> Self {
        let (u, v) = ((b.0 - c.0, b.1 - c.1), (d.0 - c.0, d.1 - c.1));
        let s = (a.0 - b.0 + c.0 - d.0, a.1 - b.1 + c.1 - d.1);
        let det = u.0 * v.1 - u.1 * v.0;
        let (g, h) = ((s.0 * v.1 - s.1 * v.0) / det, (u.0 * s.1 - u.1 * s.0) / det);
        Self([
            (b.0 - a.0 + g * b.0) / n,
            (d.0 - a.0 + h * d.0) / n,
            a.0,
            (b.1 - a.1 + g * b.1) / n,
            (d.1 - a.1 + h * d.1) / n,
            a.1,
            g / n,
            h / n,
            1.0,
        ])
    }

    /// The same plane read by its other diagonal: x and y change places.
    pub fn transposed(&self) -> Self {
        let h = self.0;
        Self([h[1], h[0], h[2], h[4], h[3], h[5], h[7], h[6], h[8]])
    }

    /// The picture's quadrilateral of a code with `n` modules a side.
    pub fn corners(&self, n: f32) -> [Point; 4] {
        [self.project(0.0, 0.0), self.project(n, 0.0), self.project(n, n), self.project(0.0, n)]
    }

    /// Whether the whole code lies on this side of the horizon, convex and turned one way.
    pub fn sane(&self, n: f32) -> bool {
        let depth = |x: f32, y: f32| self.0[6] * x + self.0[7] * y + self.0[8];
        let deep = [depth(0.0, 0.0), depth(n, 0.0), depth(n, n), depth(0.0, n)];
        if deep.iter().any(|w| !(0.05..20.0).contains(w)) {
            return false;
        }
        let c = self.corners(n);
        let turn = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - b.1) - (b.1 - a.1) * (c.0 - b.0);
        let turns =
            [turn(c[0], c[1], c[2]), turn(c[1], c[2], c[3]), turn(c[2], c[3], c[0]), turn(c[3], c[0], c[1])];
        turns.iter().all(|&t| t > 1.0) || turns.iter().all(|&t| t < -1.0)
    }
}

/// Solves the symmetric positive system of a least-squares step by Cholesky; `None` when it has no
/// unique solution.
pub(crate) fn solve<const N: usize>(mut a: [[f32; N]; N], mut b: [f32; N]) -> Option<[f32; N]> {
    for i in 0..N {
        for j in 0..=i {
            let mut sum = a[i][j];
            for (one, other) in a[i][..j].iter().zip(&a[j][..j]) {
                sum -= one * other;
            }
            if i == j {
                if sum.is_nan() || sum <= 1e-9 {
                    return None;
                }
                a[i][i] = sum.sqrt();
            } else {
                a[i][j] = sum / a[j][j];
            }
        }
    }
    for i in 0..N {
        for k in 0..i {
            b[i] -= a[i][k] * b[k];
        }
        b[i] /= a[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            b[i] -= a[k][i] * b[k];
        }
        b[i] /= a[i][i];
    }
    Some(b)
}
