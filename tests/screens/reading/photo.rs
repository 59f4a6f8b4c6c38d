//! A camera's picture of a screen, and what makes it worse.
//!
//! Everything is drawn at random from a [`Chance`] that begins with a number, so the same number gives the same picture,
//! on any machine and for ever.

use anban_core::symbol::Modules;

/// How light it is beside a screen, of 255: its rim, and a sleeve or a table in a room.
const AROUND: f32 = 50.0;

/// How a picture is taken.
#[derive(Clone, Copy)]
pub struct Sight {
    /// Out of focus: the deviation of a Gaussian, in modules of the code.
    pub blur: f32,
    /// Grain: its deviation at every pixel by itself, of 255.
    pub noise: f32,
    /// The part of white that is left; below 1 it falls to half of that from one side to the other.
    pub light: f32,
    /// How far the telephone is tilted away about an axis in its plane, in degrees.
    pub tilt: f32,
    /// How far it is turned in its plane, in degrees.
    pub turn: f32,
    /// Every side, as a part of what it would be with one pixel of the camera for each of the screen's.
    pub size: f32,
}

impl Sight {
    /// Something between the two in each respect.
    pub fn between(from: &Self, to: &Self, chance: &mut Chance) -> Self {
        Self {
            blur: chance.between(from.blur, to.blur),
            noise: chance.between(from.noise, to.noise),
            light: chance.between(from.light, to.light),
            tilt: chance.between(from.tilt, to.tilt),
            turn: chance.between(from.turn, to.turn),
            size: chance.between(from.size, to.size),
        }
    }
}

/// A grey picture.
#[derive(Clone)]
pub struct Photo {
    width: usize,
    height: usize,
    /// Row by row, 0 is black and 255 white; kept fine until it is written.
    luma: Vec<f32>,
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly from 0 up to 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.unit()
    }

    /// Around 0 with deviation 1: the sum of twelve even ones is close enough to a bell (Irwin and Hall).
    fn bell(&mut self) -> f32 {
        let (first, second) = (self.next(), self.next());
        let bits = |word: u64| (0..6).map(|part| ((word >> (10 * part)) & 0x3ff) as u32).sum::<u32>();
        (bits(first) + bits(second)) as f32 / 1023.0 - 6.0
    }
}

impl Photo {
    /// A screen on which every pixel that was drawn is a square of `density` × `density`.
    pub fn of_screen(drawn_width: usize, drawn: &[u8], density: usize) -> Self {
        let row = |row: &[u8]| -> Vec<f32> {
            row.iter()
                .flat_map(|&light| std::iter::repeat_n(f32::from(light), density))
                .collect()
        };
        let rows = drawn.chunks_exact(drawn_width).map(row);
        Self {
            width: drawn_width * density,
            height: drawn.len() / drawn_width * density,
            luma: rows
                .flat_map(|row| std::iter::repeat_n(row, density).flatten())
                .collect(),
        }
    }

    /// The part that a camera sees which is held on the middle of something: a square of this side. Around the screen
    /// it is dark.
    pub fn framed(&self, middle: (f32, f32), side: usize) -> Self {
        let corner = [middle.0, middle.1].map(|at| (at - side as f32 / 2.0).round());
        self.warped(side, side, |x, y| (x + corner[0], y + corner[1]))
    }

    /// A code alone, with its quiet zone and so many pixels a module.
    pub fn of_modules(modules: &Modules, density: usize) -> Self {
        let quiet = modules.quiet_zone as usize;
        let (across, down) = (modules.width as usize, modules.height as usize);
        let width = across + 2 * quiet;
        let mut drawn = vec![255; width * (down + 2 * quiet)];
        for (at, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            drawn[(at / across + quiet) * width + at % across + quiet] = 0;
        }
        Self::of_screen(width, &drawn, density)
    }

    /// What a camera makes of it; `module` is the side of the code's modules, in pixels. Light goes through the air, the
    /// lens and onto the sensor, and what goes wrong comes in that order.
    pub fn seen(&self, sight: &Sight, module: f32, chance: &mut Chance) -> Self {
        let mut photo = None;
        if sight.turn != 0.0 || sight.tilt != 0.0 {
            photo = Some(self.held(sight.turn, sight.tilt, chance));
        }
        if sight.size != 1.0 {
            photo = Some(photo.as_ref().unwrap_or(self).smaller(sight.size, chance));
        }
        let mut photo = photo.as_ref().unwrap_or(self).blurred(sight.blur * module * sight.size);
        if sight.light < 1.0 {
            photo.dim(sight.light, chance);
        }
        photo.grain(sight.noise, chance);
        photo
    }

    /// The light at a place between the pixels; dark outside.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let pixel = |x: f32, y: f32| {
            let inside = x >= 0.0 && y >= 0.0 && (x as usize) < self.width && (y as usize) < self.height;
            if inside {
                self.luma[y as usize * self.width + x as usize]
            } else {
                AROUND
            }
        };
        let (across, down) = (x - left, y - top);
        let above = pixel(left, top) * (1.0 - across) + pixel(left + 1.0, top) * across;
        let below = pixel(left, top + 1.0) * (1.0 - across) + pixel(left + 1.0, top + 1.0) * across;
        above * (1.0 - down) + below * down
    }

    /// Each pixel from the place of the old picture that `from` names.
    fn warped(&self, width: usize, height: usize, from: impl Fn(f32, f32) -> (f32, f32)) -> Self {
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (x, y) = from(x as f32, y as f32);
                luma.push(self.at(x, y));
            }
        }
        Self { width, height, luma }
    }

    /// Out of focus: a Gaussian of deviation `sigma` in pixels.
    fn blurred(&self, sigma: f32) -> Self {
        if sigma <= 0.0 {
            return self.clone();
        }
        let reach = (3.0 * sigma).ceil() as usize;
        let weights: Vec<f32> = (0..=2 * reach)
            .map(|at| (-((at as f32 - reach as f32).powi(2)) / (2.0 * sigma * sigma)).exp())
            .collect();
        let whole: f32 = weights.iter().sum();
        let weights: Vec<f32> = weights.iter().map(|weight| weight / whole).collect();
        let along = |line: &[f32]| -> Vec<f32> {
            let (first, last) = (line[0], line[line.len() - 1]);
            let mut wide = vec![first; reach];
            wide.extend_from_slice(line);
            wide.resize(line.len() + 2 * reach, last);
            wide.windows(weights.len())
                .map(|near| near.iter().zip(&weights).map(|(light, weight)| light * weight).sum())
                .collect()
        };
        let rows: Vec<f32> = self.luma.chunks_exact(self.width).flat_map(along).collect();
        self.turned(&rows, |columns| {
            columns.chunks_exact(self.height).flat_map(along).collect()
        })
    }

    /// Carries `work` out on the columns of `rows`, laid out as rows.
    fn turned(&self, rows: &[f32], work: impl FnOnce(&[f32]) -> Vec<f32>) -> Self {
        let (width, height) = (self.width, self.height);
        let mut columns = vec![0.0; rows.len()];
        for (at, light) in rows.iter().enumerate() {
            columns[(at % width) * height + at / width] = *light;
        }
        let worked = work(&columns);
        let mut luma = vec![0.0; rows.len()];
        for (at, light) in worked.iter().enumerate() {
            luma[(at % height) * width + at / height] = *light;
        }
        Self { width, height, luma }
    }

    /// Grain of deviation `sigma`, in steps of the 256.
    fn grain(&mut self, sigma: f32, chance: &mut Chance) {
        for light in &mut self.luma {
            *light += sigma * chance.bell();
        }
    }

    /// With only this part of the light at the brighter side, and half of that at the other.
    fn dim(&mut self, part: f32, chance: &mut Chance) {
        let brighter_left = chance.unit() < 0.5;
        for (at, light) in self.luma.iter_mut().enumerate() {
            let across = (at % self.width) as f32 / self.width as f32;
            let falls = 1.0 - 0.5 * if brighter_left { across } else { 1.0 - across };
            // Black glows a little on every screen.
            *light = (4.0 + *light * part) * falls;
        }
    }

    /// Seen with the telephone turned in its plane, and tilted away about any axis through its middle, from a distance
    /// of three times the picture's height.
    fn held(&self, turn: f32, tilt: f32, chance: &mut Chance) -> Self {
        let axis = chance.between(0.0, std::f32::consts::TAU);
        let (axis_x, axis_y) = (axis.cos(), axis.sin());
        let (sine, cosine) = tilt.to_radians().sin_cos();
        let (turn_sine, turn_cosine) = turn.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let distance = 3.0 * self.height as f32;
        self.warped(self.width, self.height, |x, y| {
            let (x, y) = (x - middle_x, y - middle_y);
            let (x, y) = (x * turn_cosine + y * turn_sine, y * turn_cosine - x * turn_sine);
            // The place on the tilted plane that the ray through this pixel meets: the part along the axis is only
            // nearer or further, the part across it is turned as well.
            let (along, across) = (x * axis_x + y * axis_y, y * axis_x - x * axis_y);
            let reached = distance * across / (distance * cosine - across * sine);
            let along = along * (distance + reached * sine) / distance;
            (
                middle_x + along * axis_x - reached * axis_y,
                middle_y + along * axis_y + reached * axis_x,
            )
        })
    }

    /// From further away: every side `part` of what it was, pixels placed as chance has it.
    fn smaller(&self, part: f32, chance: &mut Chance) -> Self {
        let offset = (chance.unit(), chance.unit());
        // What falls on one pixel of a sensor is the light of all its area.
        let soft = self.blurred(0.35 / part);
        let (width, height) = (self.width as f32 * part, self.height as f32 * part);
        soft.warped(width as usize, height as usize, |x, y| {
            ((x + offset.0) / part, (y + offset.1) / part)
        })
    }

    /// As a file in the form PGM, which every reader takes and which costs no time.
    pub fn pgm(&self) -> Vec<u8> {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend(self.luma.iter().map(|light| light.round().clamp(0.0, 255.0) as u8));
        bytes
    }
}
