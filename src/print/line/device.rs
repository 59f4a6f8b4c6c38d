//! A receipt printer at a device file: USB's printer class (`/dev/usb/lp0`), or a serial line.
//!
//! Everything is opened without blocking and waited for with `poll`, because a printer that was
//! unplugged, or that has stopped the line and was then switched off, would hold a blocking write
//! for ever.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::termios::{
    ControlModes, InputModes, OptionalActions, QueueSelector, ioctl_tiocexcl, isatty, tcdrain, tcflush, tcgetattr,
    tcsetattr,
};

use super::Line;
use crate::address::Flow;

/// The most bytes given to the system in one go, so that a time that is up is noticed.
const PIECE: usize = 4096;

/// Opens a printer of USB's printer class.
pub(super) fn usb(path: &Path) -> io::Result<Box<dyn Line>> {
    Ok(Box::new(Device {
        file: device(path)?,
        serial: false,
    }))
}

/// Opens a serial line: eight bits, no parity, one stop bit, as receipt printers are set.
pub(super) fn serial(path: &Path, baud: u32, flow: Flow) -> io::Result<Box<dyn Line>> {
    let file = device(path)?;
    if !isatty(&file) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    ioctl_tiocexcl(&file)?;
    let mut settings = tcgetattr(&file)?;
    settings.make_raw();
    settings.set_speed(baud)?;
    settings.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    settings.control_modes -= ControlModes::CSTOPB | ControlModes::CRTSCTS;
    settings.input_modes -= InputModes::IXON | InputModes::IXOFF | InputModes::IXANY;
    match flow {
        Flow::Software => settings.input_modes |= InputModes::IXON,
        Flow::Hardware => settings.control_modes |= ControlModes::CRTSCTS,
        Flow::None => {}
    }
    tcsetattr(&file, OptionalActions::Now, &settings)?;
    // What came in before is no answer to what is asked now.
    tcflush(&file, QueueSelector::IFlush)?;
    Ok(Box::new(Device { file, serial: true }))
}

fn device(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = open(path, flags, Mode::empty())?;
    match FileType::from_raw_mode(fstat(&file)?.st_mode) {
        FileType::CharacterDevice => Ok(file),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

struct Device {
    file: OwnedFd,
    serial: bool,
}

impl Device {
    /// Waits until the device can be written to or has something to read.
    fn wait(&self, what: PollFlags, patience: Duration) -> io::Result<()> {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
            let mut device = [PollFd::new(&self.file, what)];
            match poll(&mut device, Some(&left)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) if device[0].revents().intersects(what) => return Ok(()),
                // Gone: unplugged, or the other end has closed.
                Ok(_) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Line for Device {
    fn send(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        let until = Instant::now() + patience;
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        loop {
            self.wait(PollFlags::OUT, until.saturating_duration_since(Instant::now()))?;
            match rustix::io::write(&self.file, piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(sent) => return Ok(sent),
                // Somebody else was quicker, or a signal came.
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8], patience: Duration) -> io::Result<usize> {
        let until = Instant::now() + patience;
        loop {
            self.wait(PollFlags::IN, until.saturating_duration_since(Instant::now()))?;
            match rustix::io::read(&self.file, &mut *buffer) {
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }

    /// USB's printer driver takes a write that does not block as done and drops it when the device
    /// is closed before the printer has taken it; it can be written to again when it has. A serial
    /// line waits by itself when it is closed, but for up to half a minute.
    fn finish(self: Box<Self>, deadline: Instant) -> io::Result<()> {
        let patience = deadline.saturating_duration_since(Instant::now());
        if !self.serial {
            return self.wait(PollFlags::OUT, patience);
        }
        let (done, drained) = mpsc::channel();
        let line = self.file.try_clone()?;
        let waiting = thread::Builder::new().name("drain".into()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = done.send(tcdrain(&line));
        })?;
        let result = drained
            .recv_timeout(patience)
            .unwrap_or(Err(rustix::io::Errno::TIMEDOUT));
        if result.is_err() {
            // Lets go of what is left, and of the thread that waits for it.
            tcflush(&self.file, QueueSelector::OFlush)?;
        }
        drop(waiting);
        Ok(result?)
    }
}
