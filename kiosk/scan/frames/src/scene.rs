//! Who holds what before the camera, and under which difficulty.

use crate::canvas::{Canvas, Picture};
use crate::random::Random;
use crate::symbol::{Level, Symbol};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

/// What makes a frame hard to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Difficulty {
    Clean,
    Small,
    Rotation,
    Perspective,
    Defocus,
    Motion,
    LowLight,
    Glare,
    Moire,
    Compression,
    LowContrast,
    Inverted,
    QuietZone,
    Stylised,
    Mirrored,
    Curved,
    Combined,
    /// A thumb, or a reflection, over one of the three finders.
    Covered,
    /// Out of focus by a disc so wide that dark and light of the finest patterns change places.
    Unfocused,
}

impl Difficulty {
    /// Those under which a single frame is to be read.
    pub const ALL: [Self; 18] = [
        Self::Clean,
        Self::Small,
        Self::Rotation,
        Self::Perspective,
        Self::Defocus,
        Self::Motion,
        Self::LowLight,
        Self::Glare,
        Self::Moire,
        Self::Compression,
        Self::LowContrast,
        Self::Inverted,
        Self::QuietZone,
        Self::Stylised,
        Self::Mirrored,
        Self::Curved,
        Self::Combined,
        Self::Covered,
    ];
}

/// How a phone is held: where its middle lies, how large a module is, and how it is turned.
#[derive(Clone, Copy)]
struct Pose {
    x: f32,
    y: f32,
    module: f32,
    roll: f32,
    pitch: f32,
    yaw: f32,
}

impl Pose {
    fn steady(random: &mut Random, side: f32, difficulty: Difficulty) -> Self {
        let largest = 470.0 / (side + 8.0);
        let module = match difficulty {
            Difficulty::Small => random.between(2.3, 3.2),
            _ => random.between(0.55, 1.0) * largest,
        };
        let reach = module * (side + 12.0) / 2.0;
        let tilt = if difficulty == Difficulty::Perspective { 0.85 } else { 0.15 };
        let roll = if difficulty == Difficulty::Rotation { 3.15 } else { 0.25 };
        let within = |random: &mut Random, size: f32| {
            random.between(reach.min(size / 2.0), (size - reach).max(size / 2.0))
        };
        Self {
            x: within(random, WIDTH as f32),
            y: within(random, HEIGHT as f32),
            module,
            roll: random.between(-roll, roll),
            pitch: random.between(-tilt, tilt),
            yaw: random.between(-tilt, tilt),
        }
    }

    /// The inverse of a pinhole camera: from a pixel to the phone's plane, in modules from its middle.
    fn unproject(&self, side: f32) -> impl Fn(f32, f32) -> (f32, f32) {
        let ((sr, cr), (sp, cp), (sy, cy)) = (self.roll.sin_cos(), self.pitch.sin_cos(), self.yaw.sin_cos());
        // Columns of the rotation: where the plane's x and y axes point.
        let (a, b) = ([cr * cy, sr * cy, -sy], [cr * sy * sp - sr * cp, sr * sy * sp + cr * cp, cy * sp]);
        let distance = side * 2.4;
        let pose = *self;
        move |px, py| {
            let (u, v) = ((px - pose.x) / pose.module / distance, (py - pose.y) / pose.module / distance);
            // a·s + b·t + (0, 0, distance) on the ray (u, v, 1).
            let (m00, m01) = (a[0] - u * a[2], b[0] - u * b[2]);
            let (m10, m11) = (a[1] - v * a[2], b[1] - v * b[2]);
            let det = m00 * m11 - m01 * m10;
            let (r0, r1) = (u * distance, v * distance);
            ((r0 * m11 - r1 * m01) / det, (r1 * m00 - r0 * m10) / det)
        }
    }
}

/// One frame: a text under a difficulty. `None` when no code holds the text.
pub fn render(text: &str, difficulty: Difficulty, seed: u64) -> Option<Picture> {
    sequence(text, difficulty, seed, 1)?.pop()
}

/// Successive frames of one camera: the hand drifts, glare wanders, noise and blur are new each time.
pub fn sequence(text: &str, difficulty: Difficulty, seed: u64, count: usize) -> Option<Vec<Picture>> {
    let mut random = Random::new(seed);
    let symbol = Symbol::of(text, if random.chance(0.7) { Level::M } else { Level::Q })?;
    let mut pose = Pose::steady(&mut random, symbol.side() as f32, difficulty);
    let backdrop = random.bits();
    let paint = random.bits();
    let glare = (random.between(-0.5, 0.5), random.between(-0.5, 0.5), random.between(0.0, 3.1));
    let mut frames = Vec::with_capacity(count);
    for i in 0..count {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, 0.5);
        canvas.background(&mut Random::new(backdrop));
        draw(&mut canvas, &symbol, pose, difficulty, &mut Random::new(paint));
        let drift = i as f32 * 0.13;
        spoil(
            &mut canvas,
            &symbol,
            pose,
            difficulty,
            (glare.0 + drift.sin(), glare.1 - drift * 0.5, glare.2),
            &mut random,
        );
        frames.push(canvas.develop());
        pose.x += random.between(-4.0, 4.0);
        pose.y += random.between(-4.0, 4.0);
        pose.roll += random.between(-0.01, 0.01);
        pose.module *= random.between(0.99, 1.01);
    }
    Some(frames)
}

/// A scene in which there is no code: background, and perhaps a phone or a paper with other things.
pub fn empty(seed: u64) -> Picture {
    let mut random = Random::new(seed);
    let mut canvas = Canvas::new(WIDTH, HEIGHT, 0.5);
    canvas.background(&mut random);
    if random.chance(0.3) {
        canvas.dim(0.0, random.between(0.15, 0.5));
    }
    canvas.noise(random.between(0.004, 0.03), &mut random);
    canvas.develop()
}

/// A pass upright on a phone in good light, as a demonstration shows it.
pub fn pass(text: &str) -> Option<Picture> {
    let symbol = Symbol::of(text, Level::M)?;
    let mut canvas = Canvas::new(WIDTH, HEIGHT, 0.5);
    canvas.background(&mut Random::new(1));
    let module = (440.0 / (symbol.side() as f32 + 8.0)).floor().max(3.0);
    let pose = Pose { x: 640.0, y: 360.0, module, roll: 0.03, pitch: 0.05, yaw: -0.08 };
    draw(&mut canvas, &symbol, pose, Difficulty::Clean, &mut Random::new(1));
    canvas.defocus(1.0);
    canvas.noise(0.008, &mut Random::new(2));
    Some(canvas.develop())
}

/// What lies over a part of the code: a disc in its plane, skin or blown out.
#[derive(Clone, Copy)]
struct Cover {
    x: f32,
    y: f32,
    radius: f32,
    tone: f32,
}

impl Cover {
    fn over_a_finder(random: &mut Random, side: f32) -> Self {
        let far = side - 3.5;
        let (x, y) = [(3.5, 3.5), (far, 3.5), (3.5, far)][random.below(3)];
        let (dx, dy) = (random.between(-1.5, 1.5), random.between(-1.5, 1.5));
        let tone = if random.chance(0.5) { 1.2 } else { random.between(0.3, 0.6) };
        Self { x: x + dx, y: y + dy, radius: random.between(3.5, 6.0), tone }
    }

    fn tone(&self, x: f32, y: f32) -> Option<f32> {
        ((x - self.x).hypot(y - self.y) < self.radius).then_some(self.tone)
    }
}

/// The phone with the code on it.
fn draw(canvas: &mut Canvas, symbol: &Symbol, pose: Pose, difficulty: Difficulty, random: &mut Random) {
    let side = symbol.side() as f32;
    let unproject = pose.unproject(side);
    let quiet = if difficulty == Difficulty::QuietZone { random.between(0.3, 1.2) } else { 4.0 };
    let (screen, body, ink) =
        (random.between(0.82, 0.97), random.between(0.05, 0.25), random.between(0.03, 0.12));
    let around = if difficulty == Difficulty::QuietZone { random.between(0.1, 0.5) } else { screen };
    let inverted =
        difficulty == Difficulty::Inverted || (difficulty == Difficulty::Combined && random.chance(0.3));
    let round = difficulty == Difficulty::Stylised;
    let bend = if difficulty == Difficulty::Curved { random.between(0.05, 0.12) } else { 0.0 };
    let (half_x, half_y) = (side / 2.0 + 6.0, side * 0.9);
    let cover = (difficulty == Difficulty::Covered).then(|| Cover::over_a_finder(random, side));
    let colour = |px: f32, py: f32| -> Option<f32> {
        let (mut u, v) = unproject(px, py);
        if u.abs() > half_x || v.abs() > half_y {
            return None;
        }
        if u.abs() > half_x - 1.6 || v.abs() > half_y - 1.6 {
            return Some(body);
        }
        // A cylinder seen from the front: what lies to the side is foreshortened.
        let t = u / (side / 2.0);
        u *= 1.0 + bend * t * t;
        let (x, y) = (u + side / 2.0, v + side / 2.0);
        if let Some(tone) = cover.and_then(|cover| cover.tone(x, y)) {
            return Some(tone);
        }
        let x = if difficulty == Difficulty::Mirrored { side - x } else { x };
        if x < -quiet || y < -quiet || x > side + quiet || y > side + quiet {
            return Some(if inverted { ink } else { around });
        }
        let (mx, my) = (x.floor(), y.floor());
        let mut dark = symbol.dark(mx as isize, my as isize);
        let finder = (mx < 7.0 || mx >= side - 7.0) && my < 7.0 || mx < 7.0 && my >= side - 7.0;
        if round && dark && !finder {
            dark = (x - mx - 0.5).hypot(y - my - 0.5) < 0.46;
        }
        Some(if dark == inverted { screen } else { ink })
    };
    let reach = pose.module * side * 1.9;
    canvas.map(|x, y, v| {
        if (x - pose.x).abs() > reach || (y - pose.y).abs() > reach {
            return v;
        }
        let quarter = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)];
        quarter.iter().map(|(dx, dy)| colour(x + dx, y + dy).unwrap_or(v)).sum::<f32>() / 4.0
    });
}

/// What the camera and the light do to it.
fn spoil(
    canvas: &mut Canvas,
    symbol: &Symbol,
    pose: Pose,
    difficulty: Difficulty,
    glare: (f32, f32, f32),
    random: &mut Random,
) {
    let reach = pose.module * symbol.side() as f32 / 2.0;
    let combined = difficulty == Difficulty::Combined;
    let turn = random.between(0.0, 3.1);
    if difficulty == Difficulty::Moire {
        canvas.moire(random.between(3.0, 9.0), turn, random.between(0.1, 0.3));
    }
    if difficulty == Difficulty::Glare || (combined && random.chance(0.4)) {
        let at = (pose.x + glare.0 * reach, pose.y + glare.1 * reach);
        let size = (reach * random.between(0.3, 0.8), reach * random.between(0.12, 0.3));
        canvas.glare(at, size, glare.2, random.between(0.8, 2.2));
    }
    canvas.defocus(match difficulty {
        Difficulty::Defocus => pose.module * random.between(0.5, 1.05),
        Difficulty::Unfocused => pose.module * random.between(1.1, 1.5),
        Difficulty::Combined => pose.module * random.between(0.1, 0.6),
        _ => 1.0,
    });
    if difficulty == Difficulty::Motion || (combined && random.chance(0.4)) {
        canvas.motion(pose.module * random.between(0.8, if combined { 1.2 } else { 2.2 }), turn);
    }
    match difficulty {
        Difficulty::LowLight => canvas.dim(0.02, random.between(0.16, 0.35)),
        Difficulty::LowContrast => {
            let low = random.between(0.1, 0.5);
            canvas.dim(low, low + random.between(0.12, 0.3));
        }
        Difficulty::Combined => canvas.dim(0.02, random.between(0.3, 1.0)),
        _ => {}
    }
    canvas.map(|_, _, v| v.clamp(0.0, 1.0));
    canvas.noise(
        match difficulty {
            Difficulty::LowLight => random.between(0.03, 0.07),
            Difficulty::Combined => random.between(0.01, 0.03),
            _ => random.between(0.003, 0.012),
        },
        random,
    );
    if difficulty == Difficulty::Compression {
        canvas.compress(random.between(0.06, 0.14));
    }
}
