//! How soon Anban shows its first frame and how much memory it takes, beside the smallest window of GTK 4.
//!
//! Both are started in turn on the same screen, and seen in the same way (`screen.rs`), so that whatever else the
//! machine is doing touches both. Resident memory is the kernel's own count, taken when the frame is there and again
//! two seconds later, when a program has loaded what it loads behind its first frame.
//!
//! Ends with an error where a goal is missed: no later than GTK 4, by its faster way of drawing, and under 60 MB.

mod screen;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use screen::{Running, Screen};

/// How often each program is started; the first start of each only warms the disk's cache and is not counted.
const RUNS: usize = 16;
/// What a program may load after its first frame before its memory is looked at again.
const SETTLED: Duration = Duration::from_secs(2);
/// The most that Anban may take, in bytes.
const MOST_MEMORY: u64 = 60_000_000;

/// One way to start one program, and what was measured of it.
struct Contender {
    name: &'static str,
    program: PathBuf,
    /// Options, and what stands in the environment, beside what all have.
    options: Vec<String>,
    environment: &'static [(&'static str, &'static str)],
    /// Whether every start finds an empty home.
    forgets: bool,
    starts: Vec<Start>,
}

/// What was measured of one start.
struct Start {
    first_frame: Duration,
    at_frame: Memory,
    settled: Memory,
}

/// What a program takes, in bytes.
struct Memory {
    /// All pages that it has in memory.
    resident: u64,
    /// The same, pages that it shares counted by its share.
    proportional: u64,
}

fn main() -> Result<()> {
    let anban = beside_this("anban")?;
    ensure!(
        anban.exists(),
        "{} is not built: cargo build --release --package anban",
        anban.display()
    );
    let work = tempfile::tempdir()?;
    let gtk4 = build_gtk4_hello(work.path())?;
    let screen = Screen::start()?;

    let profile = |name: &str| vec!["--profile".to_owned(), work.path().join(name).display().to_string()];
    let contender = |name, program: &Path, options, environment, forgets| Contender {
        name,
        program: program.to_owned(),
        options,
        environment,
        forgets,
        starts: Vec::new(),
    };
    let mut contenders = [
        contender("Anban, first start", &anban, profile("home/first"), &[], true),
        contender("Anban, later starts", &anban, profile("later"), &[], false),
        contender("GTK 4", &gtk4, Vec::new(), &[], true),
        contender("GTK 4, cairo", &gtk4, Vec::new(), &[("GSK_RENDERER", "cairo")], true),
    ];
    for run in 0..RUNS {
        for contender in &mut contenders {
            let start = contender.start(&screen, &work.path().join("home"))?;
            if run > 0 {
                contender.starts.push(start);
            }
        }
    }
    report(&contenders)
}

/// A program that was built in the same way as this one.
fn beside_this(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this
        .parent()
        .and_then(Path::parent)
        .context("a benchmark lies in the folder deps")?;
    Ok(folder.join(name))
}

fn build_gtk4_hello(work: &Path) -> Result<PathBuf> {
    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", "gtk4"])
        .output()?;
    ensure!(
        flags.status.success(),
        "GTK 4 is not here to measure against; .ci/install bench brings it"
    );
    let program = work.join("gtk4_hello");
    let built = Command::new("gcc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/startup/gtk4_hello.c"))
        .args(String::from_utf8(flags.stdout)?.split_whitespace())
        .status()?;
    ensure!(built.success(), "the GTK 4 window could not be built");
    Ok(program)
}

impl Contender {
    /// Starts the program in that home, which nothing else uses, and ends it when it has been measured.
    fn start(&self, screen: &Screen, home: &Path) -> Result<Start> {
        if self.forgets && home.exists() {
            fs::remove_dir_all(home)?;
        }
        fs::create_dir_all(home)?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.options)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("DISPLAY", &screen.display)
            // There is no session bus; without this one would be started, once, during somebody's measurement.
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .envs(self.environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (program, first_frame) = screen.first_frame(&mut command)?;
        let at_frame = memory(&program)?;
        thread::sleep(SETTLED);
        Ok(Start {
            first_frame,
            at_frame,
            settled: memory(&program)?,
        })
    }

    /// The middle one of what was measured.
    fn median<T: Ord + Copy>(&self, measure: impl Fn(&Start) -> T) -> Result<T> {
        let mut all: Vec<T> = self.starts.iter().map(measure).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().context("nothing was measured")
    }

    fn row(&self) -> Result<String> {
        let times = self.starts.iter().map(|start| start.first_frame);
        let (least, most) = (times.clone().min().unwrap_or_default(), times.max().unwrap_or_default());
        Ok(format!(
            "{:<20} {:>4} {:>9.1} {:>15} {:>9.1} {:>9.1} {:>9.1} {:>9.1}",
            self.name,
            self.starts.len(),
            milliseconds(self.median(|start| start.first_frame)?),
            format!("{:.1}–{:.1}", milliseconds(least), milliseconds(most)),
            megabytes(self.median(|start| start.at_frame.resident)?),
            megabytes(self.median(|start| start.at_frame.proportional)?),
            megabytes(self.median(|start| start.settled.resident)?),
            megabytes(self.median(|start| start.settled.proportional)?),
        ))
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss, reason = "a program's memory is far below 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What the kernel says that the program takes now.
fn memory(program: &Running) -> Result<Memory> {
    let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", program.0.id()))?;
    let bytes = |name: &str| -> Result<u64> {
        let line = rollup
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .context("the kernel counts memory")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    };
    Ok(Memory {
        resident: bytes("Rss:")?,
        proportional: bytes("Pss:")?,
    })
}

fn report(contenders: &[Contender]) -> Result<()> {
    println!(
        "From exec to the first frame; memory in MB (10^6 bytes) then, and {} s later.",
        SETTLED.as_secs()
    );
    println!("Medians. RSS is all that a program has in memory, PSS the same with shared pages by its share.");
    println!(
        "{:<20} {:>4} {:>9} {:>15} {:>9} {:>9} {:>9} {:>9}",
        "", "n", "frame ms", "least–most", "RSS", "PSS", "RSS later", "PSS later"
    );
    for contender in contenders {
        println!("{}", contender.row()?);
    }
    let (ours, theirs): (Vec<_>, Vec<_>) = contenders
        .iter()
        .partition(|contender| contender.name.starts_with("Anban"));
    let mut to_beat = Duration::MAX;
    for contender in theirs {
        to_beat = to_beat.min(contender.median(|start| start.first_frame)?);
    }
    let mut missed = Vec::new();
    for contender in ours {
        if contender.median(|start| start.first_frame)? > to_beat {
            missed.push(format!("{}: its frame comes later than GTK 4's", contender.name));
        }
        if contender.median(|start| start.settled.resident)? >= MOST_MEMORY {
            missed.push(format!(
                "{}: it takes more than {} MB",
                contender.name,
                megabytes(MOST_MEMORY)
            ));
        }
    }
    if !missed.is_empty() {
        bail!("a goal is missed\n{}", missed.join("\n"));
    }
    println!(
        "Both goals are met: no later than GTK 4, and under {} MB.",
        megabytes(MOST_MEMORY)
    );
    Ok(())
}
