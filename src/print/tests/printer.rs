//! Printing on a printer that others wrote: `ippeveprinter`, the IPP Everywhere reference printer.
//!
//! The test starts itself again inside namespaces of its own (see `with_printer.sh`), so that the
//! printer's announcements stay there. It needs root or unprivileged user namespaces.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anban_print::{Document, JobState, Need, PrintError, Printer, Takes};

const DIRECTORY: &str = "ANBAN_PRINT_TEST_DIRECTORY";

#[test]
fn a_real_printer_gets_every_byte_and_says_what_it_lacks() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return beside_the_printers(Path::new(&directory));
    }
    for (program, package) in [
        ("ippeveprinter", "cups-ipp-utils"),
        ("avahi-daemon", "avahi-daemon"),
        ("dbus-daemon", "dbus"),
        ("ip", "iproute2"),
        ("unshare", "util-linux"),
    ] {
        let found = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
            .iter()
            .any(|directory| Path::new(directory).join(program).exists());
        assert!(found, "{program} is missing: install the package {package}");
    }
    let directory = tempfile::tempdir().unwrap();
    let mut unshare = Command::new("unshare");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/with_printer.sh");
    if !is_root() {
        unshare.arg("--map-root-user");
    }
    let out = unshare
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(script)
        .arg(directory.path())
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_real_printer_gets_every_byte_and_says_what_it_lacks",
            "--nocapture",
        ])
        .env(DIRECTORY, directory.path())
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .unwrap();
    let log = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap_or_default();
    assert!(
        out.status.success(),
        "{}{}\n{}\n{}\n{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr),
        log("dbus.log"),
        log("avahi.log"),
        log("keeps.log"),
    );
}

fn is_root() -> bool {
    let out = Command::new("id").arg("-u").output().unwrap();
    out.stdout.trim_ascii() == b"0"
}

/// A printer once it answers.
fn up(port: u16) -> Printer {
    let printer = Printer::parse(&format!("ipp://localhost:{port}/ipp/print")).unwrap();
    until(|| printer.status().is_ok());
    printer
}

fn until(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn beside_the_printers(directory: &Path) {
    let pdf = anban_print::pdf(&[common::chinese()], common::made_at()).unwrap();

    let printer = up(18631);
    let status = printer.status().unwrap();
    assert!(status.known);
    assert_eq!((status.takes, status.needs), (Takes::Pdf, None));
    let report = printer.print("健康码", Document::Pdf(&pdf)).unwrap();
    until(|| printer.job(report.id.unwrap()).unwrap().state == JobState::Completed);
    let spooled: Vec<_> = std::fs::read_dir(directory.join("spool"))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(spooled == [pdf.clone()], "{} files", spooled.len());

    // At rest it says "-report", the mildest degree, whatever is wrong. The job is taken and waits,
    // and the person is told for what. Errors, which keep a job from being sent, are tried in
    // `network.rs`.
    let grumbling = up(18632);
    let first = grumbling.print("健康码", Document::Pdf(&pdf)).unwrap();
    until(|| grumbling.job(first.id.unwrap()).unwrap().state == JobState::Completed);
    until(|| grumbling.status().unwrap().needs.is_some());
    assert_eq!(grumbling.status().unwrap().needs, Some(Need::Paper));
    let second = grumbling.print("健康码", Document::Pdf(&pdf)).unwrap();
    assert_eq!(second.needs, Some(Need::Paper));
    std::thread::sleep(Duration::from_secs(1));
    let later = grumbling.job(second.id.unwrap()).unwrap();
    assert_ne!(later.state, JobState::Completed);
    assert_eq!(later.needs, Some(Need::Paper));
    let unknown = grumbling.job(second.id.unwrap() + 1);
    assert!(
        matches!(unknown, Err(PrintError::RefusedJob { status: 0x0406 })),
        "{unknown:?}"
    );

    let raster = up(18633);
    assert!(matches!(
        raster.print("健康码", Document::Pdf(&pdf)),
        Err(PrintError::FormatNotSupported)
    ));

    let pid = std::env::var("ANBAN_PRINTER_PID").unwrap();
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    let start = Instant::now();
    until(|| {
        matches!(
            printer.print("健康码", Document::Pdf(&pdf)),
            Err(PrintError::Unreachable)
        )
    });
    assert!(start.elapsed() < Duration::from_secs(6));
}
