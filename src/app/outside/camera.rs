//! The camera of a door: its frames are looked through for codes while the page that waits for one is open.
//!
//! [`Camera`] is what a system has to offer; on Linux it is the first video device that can capture (V4L2). Elsewhere
//! there is none, and the button for it is not there. Of the frames that are looked through none is kept or shown; only
//! [`photo`], for who takes a picture of a card, keeps the last that it saw. A code that stays in sight is handed on once,
//! so that the answer stands still until another one comes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anban_core::app::Incoming;
use anban_core::effect::FileTrouble;
use anban_core::{Command, checkpoint};
use image::{DynamicImage, GrayImage, RgbImage};

use super::pictures;
use crate::runtime::Inbox;

#[cfg(target_os = "linux")]
mod v4l;

/// A code that has been out of sight for so long is a new one when it comes back.
const OUT_OF_SIGHT: Duration = Duration::from_secs(2);
/// A larger frame is none of a camera's.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only V4L2 has frames"))]
const MOST_PIXELS: usize = 4096 * 4096;

/// Something that sees.
pub trait Camera {
    /// The next frame, in grey; `None` when one was spoilt on the way. Waits at most about a second.
    ///
    /// # Errors
    /// When the camera is gone.
    fn frame(&mut self) -> io::Result<Option<GrayImage>>;

    /// The next frame in its colours, as [`Camera::frame`].
    ///
    /// # Errors
    /// When the camera is gone.
    fn picture(&mut self) -> io::Result<Option<DynamicImage>>;
}

/// Whether this device has a camera.
#[must_use]
pub fn is_there() -> bool {
    #[cfg(target_os = "linux")]
    return v4l::is_there();
    #[cfg(not(target_os = "linux"))]
    false
}

/// Takes a photograph: after the time that a hand needs to hold a card still, and a camera to find its light.
///
/// # Errors
/// When there is no camera, or it brings nothing.
pub fn photo() -> Result<Vec<u8>, FileTrouble> {
    const SETTLES: Duration = Duration::from_secs(4);
    const GIVEN_UP: Duration = Duration::from_secs(10);
    let taken = || -> io::Result<Option<DynamicImage>> {
        let mut camera = open()?;
        let began = Instant::now();
        let mut last = None;
        // Frames are taken all the while, so that the one that is kept is not an old one.
        while began.elapsed() < SETTLES || (last.is_none() && began.elapsed() < GIVEN_UP) {
            last = camera.picture()?.or(last);
        }
        Ok(last)
    };
    let taken = std::panic::catch_unwind(taken).unwrap_or(Ok(None));
    let picture = taken.map_err(|error| {
        tracing::warn!(%error, "the camera can't be used");
        FileTrouble::Unreadable
    })?;
    super::photos::drawn(&picture.ok_or(FileTrouble::Unreadable)?)
}

fn open() -> io::Result<Box<dyn Camera>> {
    #[cfg(target_os = "linux")]
    return v4l::open();
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}

/// Looks for codes until it is stopped or dropped.
#[derive(Debug, Default)]
pub struct Lookout(Option<Arc<AtomicBool>>);

impl Lookout {
    /// Begins or ends to look. What is seen goes to `inbox`, and so does it when the camera can't be used.
    pub fn set(&mut self, on: bool, inbox: &Inbox) {
        if let Some(running) = self.0.take() {
            running.store(false, Ordering::Relaxed);
        }
        if !on {
            return;
        }
        let running = Arc::new(AtomicBool::new(true));
        self.0 = Some(running.clone());
        let inbox = inbox.clone();
        let work = move || {
            if let Err(error) = look(&running, &inbox) {
                tracing::warn!(%error, "the camera can't be used");
                inbox.bring(Incoming::Camera(false));
            }
        };
        if let Err(error) = std::thread::Builder::new().name("camera".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread for the camera");
        }
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        if let Some(running) = self.0.take() {
            running.store(false, Ordering::Relaxed);
        }
    }
}

fn look(running: &AtomicBool, inbox: &Inbox) -> io::Result<()> {
    let mut camera = open()?;
    let mut seen = Seen::default();
    while running.load(Ordering::Relaxed) {
        let Some(frame) = camera.frame()? else { continue };
        // A decoder that fails on a frame must not take the program along.
        let codes = std::panic::catch_unwind(|| pictures::qr_codes(&frame)).unwrap_or_default();
        let texts = codes.into_iter().map(|code| code.text);
        for text in seen.fresh(texts, Instant::now()) {
            inbox.send(Command::Checkpoint(checkpoint::Command::Scanned { text }));
        }
    }
    Ok(())
}

/// What is in sight.
#[derive(Default)]
struct Seen(Vec<(String, Instant)>);

impl Seen {
    /// The texts that were not in sight a moment ago.
    fn fresh(&mut self, texts: impl IntoIterator<Item = String>, now: Instant) -> Vec<String> {
        self.0
            .retain(|(_, last)| now.saturating_duration_since(*last) < OUT_OF_SIGHT);
        let mut new = Vec::new();
        for text in texts {
            match self.0.iter_mut().find(|(known, _)| *known == text) {
                Some((_, last)) => *last = now,
                None => {
                    self.0.push((text.clone(), now));
                    new.push(text);
                }
            }
        }
        new
    }
}

/// Grey from packed 4:2:2, where every other byte from the first is brightness (`YUYV`), or from grey itself (`GREY`).
/// `stride` is the length of a line in bytes.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only V4L2 has frames"))]
fn grey(bytes: &[u8], (width, height): (u32, u32), stride: usize, bytes_a_pixel: usize) -> Option<GrayImage> {
    let (columns, rows) = (width as usize, height as usize);
    let line = columns.checked_mul(bytes_a_pixel)?;
    if columns.checked_mul(rows)? > MOST_PIXELS || line == 0 || stride < line {
        return None;
    }
    let lines: Vec<u8> = bytes
        .chunks(stride)
        .take(rows)
        .filter_map(|row| row.get(..line))
        .flat_map(|row| row.iter().step_by(bytes_a_pixel).copied())
        .collect();
    // A frame that was cut short has fewer lines, and is none.
    GrayImage::from_raw(width, height, lines)
}

/// Colours from packed 4:2:2 (`YUYV`, ITU-R BT.601 in its narrow range); `stride` is the length of a line in bytes.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only V4L2 has frames"))]
fn colours(bytes: &[u8], (width, height): (u32, u32), stride: usize) -> Option<RgbImage> {
    let (columns, rows) = (width as usize, height as usize);
    let line = columns.checked_mul(2)?;
    if columns.checked_mul(rows)? > MOST_PIXELS || line == 0 || stride < line || !columns.is_multiple_of(2) {
        return None;
    }
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    for row in bytes.chunks(stride).take(rows).filter_map(|row| row.get(..line)) {
        for pair in row.chunks_exact(4) {
            let &[one, blue, two, red] = pair.first_chunk()?;
            let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
            for luma in [one, two] {
                let luma = 298 * (i32::from(luma) - 16);
                let colours = [luma + 409 * red, luma - 100 * blue - 208 * red, luma + 516 * blue];
                pixels
                    .extend(colours.map(|colour| u8::try_from(((colour + 128) >> 8).clamp(0, 255)).unwrap_or(u8::MAX)));
            }
        }
    }
    // A frame that was cut short has fewer lines, and is none.
    RgbImage::from_raw(width, height, pixels)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use anban_core::symbol::{self, Symbology};

    use super::*;

    /// A frame as a camera in `YUYV` hands it over, with lines that are a little longer than the picture.
    fn frame(text: &str) -> (Vec<u8>, (u32, u32), usize) {
        let modules = symbol::encode(Symbology::Qr, text).unwrap();
        let (scale, quiet) = (5, modules.quiet_zone);
        let side = (modules.width + 2 * quiet) * scale;
        let stride = side as usize * 2 + 16;
        let mut bytes = vec![128; stride * side as usize];
        for y in 0..side {
            for x in 0..side {
                let at = (x / scale).checked_sub(quiet).zip((y / scale).checked_sub(quiet));
                let at = at.filter(|&(x, y)| x < modules.width && y < modules.height);
                let dark = at.is_some_and(|(x, y)| modules.dark[(y * modules.width + x) as usize]);
                bytes[y as usize * stride + x as usize * 2] = if dark { 30 } else { 220 };
            }
        }
        (bytes, (side, side), stride)
    }

    #[test]
    fn a_code_is_read_from_a_frame_in_packed_colours() {
        let (bytes, size, stride) = frame("AB1:6BFOXN");
        let codes = pictures::qr_codes(&grey(&bytes, size, stride, 2).unwrap());
        assert_eq!(codes.first().map(|code| code.text.as_str()), Some("AB1:6BFOXN"));
    }

    #[test]
    fn a_frame_has_its_colours() {
        // Black, white, and the red of a pure red: BT.601 in its narrow range.
        let line = [16, 128, 235, 128, 81, 90, 81, 240, 0, 0];
        let frame = colours(&line.repeat(2), (4, 2), 10).unwrap();
        let [black, white, red, _] = [0, 1, 2, 3].map(|x| frame.get_pixel(x, 1).0);
        assert_eq!((black, white), ([0; 3], [255; 3]));
        assert!(red[0] > 250 && red[1] < 5 && red[2] < 5, "{red:?}");
        assert!(colours(&line, (4, 2), 10).is_none() && colours(&line, (u32::MAX, u32::MAX), 10).is_none());
    }

    #[test]
    fn a_frame_that_was_cut_short_or_lies_about_its_size_is_none() {
        let (bytes, size, stride) = frame("AB1:6BFOXN");
        assert!(grey(&bytes[..bytes.len() / 2], size, stride, 2).is_none());
        assert!(grey(&bytes, size, 10, 2).is_none());
        assert!(grey(&bytes, (u32::MAX, u32::MAX), stride, 2).is_none());
        assert!(grey(&[], (0, 0), 0, 2).is_none());
    }

    #[test]
    fn a_code_that_stays_in_sight_is_seen_once_and_again_when_it_comes_back() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let at = |tenths: u32| start + Duration::from_millis(100) * tenths;
        let one = || ["AB1:ONE".to_owned()];
        assert_eq!(seen.fresh(one(), at(0)), ["AB1:ONE"]);
        for tenths in 1..60 {
            assert!(seen.fresh(one(), at(tenths)).is_empty());
        }
        assert_eq!(seen.fresh(["AB1:TWO".to_owned()], at(60)), ["AB1:TWO"]);
        assert!(seen.fresh(one(), at(70)).is_empty(), "it was hidden for a moment");
        assert_eq!(seen.fresh(one(), at(100)), ["AB1:ONE"]);
    }
}
