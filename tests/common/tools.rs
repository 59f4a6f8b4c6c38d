//! The programs of others that look at paper.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::repository;

fn run(package: &str, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} can't be run ({error}): install the package {package}"))
}

/// Begins a command that is run beside real printers, in namespaces of its own; `room` gets their folders and logs. What
/// is run, and its arguments, are to be added.
pub fn beside_printers(room: &Path) -> Command {
    for (tool, package) in [
        ("ippeveprinter", "cups-ipp-utils"),
        ("avahi-daemon", "avahi-daemon"),
        ("unshare", "util-linux"),
    ] {
        let found = ["/usr/sbin", "/usr/bin"]
            .iter()
            .any(|folder| Path::new(folder).join(tool).exists());
        assert!(found, "{tool} is missing: install the package {package}");
    }
    let mut command = Command::new("unshare");
    if Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() != b"0" {
        command.arg("--map-root-user");
    }
    command
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(repository("src/print/tests/with_printer.sh"))
        .arg(room)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

/// Draws the pages of a PDF at 150 dpi, as a printer might; the pictures in page order.
pub fn pictures(pdf: &Path) -> Vec<PathBuf> {
    let folder = pdf.with_extension("pages");
    std::fs::create_dir(&folder).unwrap();
    let stem = folder.join("page");
    let drawn = run(
        "poppler-utils",
        "pdftoppm",
        &["-r", "150", "-png", pdf.to_str().unwrap(), stem.to_str().unwrap()],
    );
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pictures.sort();
    pictures
}

/// What zbarimg reads on a picture.
pub fn scanned(picture: &Path) -> String {
    let read = run(
        "zbar-tools",
        "zbarimg",
        // Interleaved 2 of 5 has no check digit, so that zbar finds one in the rows of a QR code now and then.
        &["--quiet", "--raw", "-Si25.disable", picture.to_str().unwrap()],
    );
    String::from_utf8(read.stdout)
        .unwrap()
        .trim_end_matches('\n')
        .to_owned()
}

/// Holds that a PDF is put together as its standard wants it.
pub fn is_sound(pdf: &Path) {
    let checked = run("qpdf", "qpdf", &["--check", pdf.to_str().unwrap()]);
    assert!(
        checked.status.success(),
        "{pdf:?}: {}",
        String::from_utf8_lossy(&checked.stdout)
    );
}

/// The words of a PDF, without any white space: where a line is broken says nothing about what it says.
pub fn words(pdf: &Path) -> String {
    let read = run("poppler-utils", "pdftotext", &["-raw", pdf.to_str().unwrap(), "-"]);
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    joined(&String::from_utf8(read.stdout).unwrap())
}

/// A text without its white space.
pub fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}
