//! A screen of its own (Xvfb) and the moment when a program has drawn its first frame on it.
//!
//! Every program is seen in the same way: by an X client that waits for a window to be mapped and then, each time the
//! server says that the window was drawn on, fetches its picture, until the picture is of more than one colour. An
//! empty window, which the server fills with its background alone, does not count.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// How long a program may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pause between looks for news of the server: what a moment is known to.
const PAUSE: Duration = Duration::from_micros(200);
/// Smaller windows are a toolkit's own, for messages between programs.
const SMALLEST: u16 = 100;

/// A running program that ends with its owner.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen that nothing else draws on.
pub struct Screen {
    /// What programs need as `DISPLAY`.
    pub display: String,
    connection: RustConnection,
    _server: Running,
}

impl Screen {
    /// Starts the server on a free display and waits until it answers.
    pub fn start() -> Result<Self> {
        let server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x1024x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb could not be started; .ci/install bench brings it")?;
        let mut server = Running(server);
        let mut number = String::new();
        let output = server.0.stdout.as_mut().context("the server's output was not kept")?;
        BufReader::new(output).read_line(&mut number)?;
        let display = format!(":{}", number.trim());
        let (connection, _) = x11rb::connect(Some(&display))?;
        connection.damage_query_version(1, 1)?.reply()?;
        let root = connection
            .setup()
            .roots
            .first()
            .context("the server has a screen")?
            .root;
        let news = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        connection.change_window_attributes(root, &news)?.check()?;
        Ok(Self {
            display,
            connection,
            _server: server,
        })
    }

    /// Starts a program and waits for its first frame. Returns the program, still running, and the time from just
    /// before it was started to when its frame was seen.
    pub fn first_frame(&self, command: &mut Command) -> Result<(Running, Duration)> {
        // News of the program before.
        while self.connection.poll_for_event()?.is_some() {}
        let began = Instant::now();
        let mut program = Running(
            command
                .spawn()
                .with_context(|| format!("{command:?} could not be started"))?,
        );
        while began.elapsed() < PATIENCE {
            let window = match self.connection.poll_for_event()? {
                Some(Event::MapNotify(news)) => {
                    self.watch(news.window)?;
                    news.window
                }
                Some(Event::DamageNotify(news)) => {
                    // Only when that is settled does the server tell of the next drawing.
                    self.connection.damage_subtract(news.damage, x11rb::NONE, x11rb::NONE)?;
                    news.drawable
                }
                Some(_) => continue,
                None => {
                    if let Some(status) = program.0.try_wait()? {
                        bail!("{command:?} ended without a window: {status}");
                    }
                    thread::sleep(PAUSE);
                    continue;
                }
            };
            if self.is_drawn(window)? {
                return Ok((program, began.elapsed()));
            }
        }
        bail!("{command:?} drew nothing within {PATIENCE:?}")
    }

    /// Asks the server to tell when the window is drawn on.
    fn watch(&self, window: Window) -> Result<()> {
        let damage = self.connection.generate_id()?;
        self.connection.damage_create(damage, window, ReportLevel::NON_EMPTY)?;
        self.connection.flush()?;
        Ok(())
    }

    /// Whether the window shows more than one colour now.
    fn is_drawn(&self, window: Window) -> Result<bool> {
        // A window may be gone again before it is asked for.
        let Ok(place) = self.connection.get_geometry(window)?.reply() else {
            return Ok(false);
        };
        if place.width < SMALLEST || place.height < SMALLEST {
            return Ok(false);
        }
        let (width, height) = (place.width, place.height);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, u32::MAX)?;
        let Ok(image) = image.reply() else { return Ok(false) };
        let mut pixels = image.data.chunks_exact(4).map(|pixel| &pixel[..3]);
        let first = pixels.next();
        Ok(pixels.any(|pixel| Some(pixel) != first))
    }
}
