//! Cameras on Linux: Video4Linux2.
//!
//! The first device that captures pictures in a form that can be read: `YUYV` or `GREY` as they are, `MJPG` by
//! decoding. A camera is asked for 1280×720; what it makes of that is taken.

use std::io;
use std::time::{Duration, Instant};

use image::{DynamicImage, GrayImage};
use linuxvideo::format::{PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, CapabilityFlags, Device};

use super::{Camera, colours, grey};

/// Those that can be read, the best first.
const FORMATS: [PixelFormat; 4] = [
    PixelFormat::from_fourcc(*b"GREY"),
    PixelFormat::from_fourcc(*b"YUYV"),
    PixelFormat::from_fourcc(*b"MJPG"),
    PixelFormat::from_fourcc(*b"JPEG"),
];
const WISHED: (u32, u32) = (1280, 720);
/// A camera that brings nothing for so long is asked again later, so that the lookout can be stopped.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(15);

/// The devices that capture pictures, each with the form that it is asked for.
fn devices() -> impl Iterator<Item = (Device, PixelFormat)> {
    linuxvideo::list()
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|device| {
            let able = device.capabilities().ok()?.device_capabilities();
            if !able.contains(CapabilityFlags::VIDEO_CAPTURE) {
                return None;
            }
            let offered: Vec<PixelFormat> = device
                .formats(BufType::VIDEO_CAPTURE)
                .filter_map(Result::ok)
                .map(|format| format.pixel_format())
                .collect();
            let format = FORMATS.into_iter().find(|format| offered.contains(format))?;
            Some((device, format))
        })
}

pub(super) fn is_there() -> bool {
    devices().next().is_some()
}

pub(super) fn open() -> io::Result<Box<dyn Camera>> {
    let (device, wished) = devices().next().ok_or(io::ErrorKind::NotFound)?;
    let capture = device.video_capture(PixFormat::new(WISHED.0, WISHED.1, wished))?;
    let made = capture.format();
    let (size, stride, format) = (
        (made.width(), made.height()),
        made.bytes_per_line() as usize,
        made.pixel_format(),
    );
    Ok(Box::new(V4l {
        stream: capture.into_stream()?,
        format,
        size,
        stride,
    }))
}

/// A camera that is open.
struct V4l {
    stream: ReadStream,
    format: PixelFormat,
    size: (u32, u32),
    stride: usize,
}

impl V4l {
    /// Waits for a frame and makes something of it.
    fn next<T>(&mut self, made: impl FnOnce(&[u8], &[u8; 4]) -> Option<T>) -> io::Result<Option<T>> {
        let begun = Instant::now();
        while self.stream.will_block()? {
            if begun.elapsed() > LONGEST_WAIT {
                return Ok(None);
            }
            std::thread::sleep(PAUSE);
        }
        let format = self.format.as_fourcc();
        self.stream.dequeue(|frame| {
            if frame.is_error() {
                return Ok(None);
            }
            Ok(made(&frame, &format))
        })
    }
}

impl Camera for V4l {
    fn frame(&mut self) -> io::Result<Option<GrayImage>> {
        let (size, stride) = (self.size, self.stride);
        self.next(|frame, format| match format {
            b"GREY" => grey(frame, size, stride, 1),
            b"YUYV" => grey(frame, size, stride, 2),
            _ => crate::outside::pictures::grey(frame).ok(),
        })
    }

    fn picture(&mut self) -> io::Result<Option<DynamicImage>> {
        let (size, stride) = (self.size, self.stride);
        self.next(|frame, format| match format {
            b"GREY" => grey(frame, size, stride, 1).map(DynamicImage::from),
            b"YUYV" => colours(frame, size, stride).map(DynamicImage::from),
            _ => crate::outside::pictures::decode(frame).ok(),
        })
    }
}
