//! Lines of bytes to receipt printers: TCP, USB, serial.
//!
//! A line does three things, each within a given time: send what the other end takes, receive what
//! has come, and finish. Finishing is where bytes get lost: closing a TCP connection with unread
//! bytes in it resets it and drops what is still on its way, and closing a USB or serial device
//! throws away what the system has not handed over yet. So a line is not closed before everything
//! has left this machine, or its time is up.

mod device;
mod tcp;

use std::io;
use std::time::{Duration, Instant};

use crate::address;

/// A line that is open.
pub(crate) trait Line {
    /// Sends as much as the other end takes now, waiting for it to take anything. At least one
    /// byte was sent unless it fails, with `TimedOut` where nothing was taken in time.
    fn send(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize>;

    /// Receives what has come, waiting for the first byte. `TimedOut` where none came in time, 0
    /// where none will come any more.
    fn receive(&mut self, buffer: &mut [u8], patience: Duration) -> io::Result<usize>;

    /// Waits until all that was sent has left this machine, and closes.
    fn finish(self: Box<Self>, deadline: Instant) -> io::Result<()>;
}

/// Opens the line to a printer.
pub(crate) fn open(place: &address::Line, deadline: Instant) -> io::Result<Box<dyn Line>> {
    match place {
        address::Line::Tcp { host, port } => tcp::open(host, *port, deadline),
        address::Line::Usb { path } => device::usb(path),
        address::Line::Serial { path, baud, flow } => device::serial(path, *baud, *flow),
    }
}

/// The time that a line needs for so many bytes, where it is slow: a serial line sends ten bits for
/// a byte, and a third is allowed for the printer's pauses.
pub(crate) fn time_for(place: &address::Line, bytes: usize) -> Duration {
    match place {
        address::Line::Tcp { .. } | address::Line::Usb { .. } => Duration::ZERO,
        address::Line::Serial { baud, .. } => {
            Duration::from_millis((bytes as u64).saturating_mul(13_300) / u64::from(*baud))
        }
    }
}
