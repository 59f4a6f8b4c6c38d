//! A room to listen in: a sound server of its own with a loudspeaker that leads nowhere and a
//! microphone in front of it, if wanted a speech service, and the example program `say` as the
//! one who speaks. Everything lives in a temporary directory and ends with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Samples a second in recordings.
const RATE: usize = 16_000;

/// A child process that ends with the test, also when it fails.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn started(mut command: Command, package: &str) -> Kept {
    let program = command.get_program().to_owned();
    Kept(
        command
            .spawn()
            .unwrap_or_else(|error| panic!("{program:?} does not start ({error}): install the package {package}")),
    )
}

/// Waits until `there` says yes.
fn await_that(what: &str, there: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !there() {
        assert!(Instant::now() < deadline, "{what} is not there after 10 s");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The place and what is in it.
pub struct Room {
    service: Option<Kept>,
    sound: Option<Kept>,
    dir: tempfile::TempDir,
}

impl Room {
    /// Without sound and without a speech service.
    pub fn silent() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("run")).unwrap();
        Self {
            service: None,
            sound: None,
            dir,
        }
    }

    /// With a loudspeaker.
    pub fn with_sound() -> Self {
        let mut room = Self::silent();
        let mut pulse = room.command("pulseaudio");
        pulse.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "-L"]);
        pulse.arg("module-native-protocol-unix");
        pulse.args(["-L", "module-null-sink sink_name=room"]);
        room.sound = Some(started(pulse, "pulseaudio"));
        let socket = room.dir.path().join("run/pulse/native");
        await_that("the sound server", || socket.exists());
        room
    }

    /// With a loudspeaker and speech-dispatcher, whose sound goes to `loudspeaker`'s room.
    pub fn with_service(loudspeaker: Option<&Self>) -> Self {
        let mut room = Self::with_sound();
        // Only here: where it is missing, clients cannot start a service of their own either.
        std::fs::create_dir(room.dir.path().join("service")).unwrap();
        let mut service = room.command("speech-dispatcher");
        service.args(["--run-single", "--timeout", "0"]);
        service.args(["--communication-method", "unix_socket"]);
        service.arg("--socket-path").arg(room.service_socket());
        let sound = loudspeaker.unwrap_or(&room).dir.path().join("run");
        service.env("XDG_RUNTIME_DIR", sound);
        room.service = Some(started(service, "speech-dispatcher (and speech-dispatcher-espeak-ng)"));
        let socket = room.service_socket();
        await_that("the speech service", || socket.exists());
        room
    }

    /// Takes the loudspeaker away.
    pub fn cut_sound(&mut self) {
        self.sound = None;
    }

    /// `program` as it runs in this room and sees nothing outside of it.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let dir = self.dir.path();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", dir)
            .env("XDG_RUNTIME_DIR", dir.join("run"))
            .env(
                "SPEECHD_ADDRESS",
                format!("unix_socket:{}", self.service_socket().display()),
            )
            // A card of this machine must not be heard: the room has a sound server or nothing.
            .env("ALSA_CONFIG_PATH", dir.join("no-alsa.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn service_socket(&self) -> PathBuf {
        self.dir.path().join("service/speechd.sock")
    }

    /// Puts up a microphone.
    pub fn microphone(&self) -> Microphone {
        let mut parec = self.command("parec");
        parec.args(["-d", "room.monitor", "--raw", "--format=s16le", "--channels=1"]);
        parec.args([&format!("--rate={RATE}"), "--latency-msec=20"]);
        parec.stdout(Stdio::piped());
        let mut recorder = started(parec, "pulseaudio-utils");
        let mut pipe = recorder.0.stdout.take().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let writing = Arc::clone(&heard);
        thread::spawn(move || {
            let mut pair = [0; 2];
            while pipe.read_exact(&mut pair).is_ok() {
                writing.lock().unwrap().push(i16::from_le_bytes(pair));
            }
        });
        let microphone = Microphone {
            heard,
            _recorder: recorder,
        };
        await_that("the recorder", || !microphone.heard.lock().unwrap().is_empty());
        microphone
    }

    /// Lets somebody in who speaks; without `with_espeak`, the program espeak-ng is not found.
    pub fn speaker(&self, with_espeak: bool) -> Speaker {
        let mut command = self.command(example());
        command
            .env("RUST_LOG", "anban_voice=info")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !with_espeak {
            command.env("PATH", self.dir.path());
        }
        let mut child = started(command, "anban-voice");
        let (said, lines) = channel();
        let stdout = child.0.stdout.take().unwrap();
        let stderr = child.0.stderr.take().unwrap();
        for pipe in [Box::new(stdout) as Box<dyn Read + Send>, Box::new(stderr)] {
            let said = said.clone();
            thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let _ = said.send(line);
                }
            });
        }
        Speaker {
            orders: child.0.stdin.take(),
            lines,
            printed: Vec::new(),
            child,
        }
    }
}

/// The example program `say`, which `cargo test` builds along; `cargo test --test` does not.
fn example() -> PathBuf {
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let test = std::env::current_exe().unwrap();
    let say = test.ancestors().nth(2).unwrap().join("examples/say");
    let sources = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let newest = sources
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| changed(&path))
        .max();
    assert!(
        changed(&say) >= newest,
        "the example `say` is missing or old: cargo build -p anban-voice --examples"
    );
    say
}

/// Records what the loudspeaker plays.
pub struct Microphone {
    heard: Arc<Mutex<Vec<i16>>>,
    _recorder: Kept,
}

impl Microphone {
    /// The present moment of the recording.
    pub fn now(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// How many seconds since `from` were not silent.
    pub fn sounding(&self, from: usize) -> f32 {
        let window = RATE / 20;
        let heard = self.heard.lock().unwrap();
        let loud = heard[from..].chunks(window).filter(|w| rms(w) > 0.005);
        loud.count() as f32 / 20.0
    }

    /// How loud it was since `from`: root mean square, 1 is full.
    pub fn level(&self, from: usize) -> f32 {
        rms(&self.heard.lock().unwrap()[from..])
    }
}

fn rms(samples: &[i16]) -> f32 {
    let sum: f64 = samples.iter().map(|s| (f64::from(*s) / 32_768.0).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt() as f32
}

/// The program that speaks.
pub struct Speaker {
    orders: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Everything it printed so far.
    pub printed: Vec<String>,
    child: Kept,
}

impl Speaker {
    /// Gives it a line.
    pub fn order(&mut self, line: &str) {
        let orders = self.orders.as_mut().unwrap();
        writeln!(orders, "{line}").unwrap();
    }

    /// Waits until it prints a line that contains `wanted`, and returns how long that took.
    pub fn awaits(&mut self, wanted: &str, within: f32) -> f32 {
        let begun = Instant::now();
        let deadline = begun + Duration::from_secs_f32(within);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    let found = line.contains(wanted);
                    self.printed.push(line);
                    if found {
                        return begun.elapsed().as_secs_f32();
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no {wanted:?} within {within} s, but {:#?}", self.printed)
                }
            }
        }
    }

    /// Closes its input and expects it to end by itself in time.
    pub fn leaves(mut self, within: f32) -> Vec<String> {
        self.orders = None;
        let deadline = Instant::now() + Duration::from_secs_f32(within);
        let status = loop {
            if let Some(status) = self.child.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "still there: {:#?}", self.printed);
            thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "{status}: {:#?}", self.printed);
        let rest: Vec<_> = self.lines.try_iter().collect();
        self.printed.extend(rest);
        self.printed
    }
}
