//! `anban-hub`.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::common::hub::Hub;
use crate::common::{Home, program};
use crate::hub;

#[test]
fn it_says_one_line_serves_and_ends_well_when_told_to() {
    let data = Home::new();
    let mut child = Command::new(program("anban-hub"))
        .args(["--listen", "127.0.0.1:0", "--demo", "--data"])
        .arg(data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"\n") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        said.extend(byte);
    }
    let said = String::from_utf8(said).unwrap();
    let url = said.trim_end().strip_prefix("listening on ").unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{said}");
    assert_eq!(ureq::get(&format!("{url}/health")).call().unwrap().status(), 200);
    let kill = format!("kill -TERM {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "nothing else is said on stdout");
}

#[test]
fn what_it_cannot_use_it_refuses_in_one_line() {
    let (data, other) = (Home::new(), Home::new());
    let running = Hub::start(data.path());
    let folder = other.path().to_str().unwrap();
    let file = other.file("file", "");
    for arguments in [
        &["--no-such-option"][..],
        &["--listen", "nowhere", "--data", folder],
        &["--listen", running.address(), "--data", folder],
        &["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()],
        &["--listen", "127.0.0.1:0", "--data", file.to_str().unwrap()],
        &[
            "--listen",
            "127.0.0.1:0",
            "--root-key",
            file.to_str().unwrap(),
            "--data",
            folder,
        ],
        &["--data", folder, "--database", "postgres://nobody@127.0.0.1:1/x"],
    ] {
        let ran = hub(arguments);
        ran.could_not();
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}
