//! `tests/tools/main-job`, which `make run` calls where there is no display.

use std::process::Command;

use crate::common::hub::Hub;
use crate::common::tools::{pictures, scanned, words};
use crate::common::{Home, Ran, program, repository};

fn main_job(home: &Home, hub: &str, out: &str) -> Ran {
    let mut command = Command::new(repository("tests/tools/main-job"));
    command
        .arg(program("anban").parent().unwrap())
        .arg(hub)
        .arg(home.path().join(out));
    command
        .env("HOME", home.path())
        .env_remove("XDG_DATA_HOME")
        .env_remove("ANBAN_LOG");
    Ran::from(command.output().unwrap())
}

#[test]
fn it_does_the_whole_job_and_says_where_the_papers_are() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let ran = main_job(&home, &hub.url, "papers of today");
    ran.done();
    let out = home.path().join("papers of today");
    for said in [
        "health code",
        "Booked a doctor",
        "3104 8800 1234 5678",
        out.to_str().unwrap(),
    ] {
        assert!(ran.stdout.contains(said), "{said:?} is not in {}", ran.stdout);
    }
    assert!(scanned(&pictures(&out.join("health-code.pdf"))[0]).starts_with("AB1:"));
    assert_eq!(scanned(&pictures(&out.join("card.pdf"))[0]), "3104880012345678");
    assert!(words(&out.join("appointment.pdf")).contains("王秀英"));
    assert!(
        !home.path().join(".local").exists(),
        "nothing is left behind but the papers"
    );
}

#[test]
fn without_a_hub_it_fails_and_says_at_what() {
    let home = Home::new();
    let ran = main_job(&home, "http://127.0.0.1:9", "papers");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(
        ran.stderr.starts_with("main-job: no health code came from the hub"),
        "{}",
        ran.stderr
    );
}
