//! The command line's contracts: what scripts may rely on in `anban` and `anban-hub`.
//!
//! Every command takes `--help`, writes data to stdout and talk to stderr, and exits with 0 (done), 1 (the answer is
//! no) or 2 (could not be used or read; one clear line on stderr).
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;

mod backup;
mod headless;
mod hub;
mod import;
mod main_job;
mod tour;
mod verify;
mod wallet;

use common::{Home, Ran, program};

/// Every command, as it is called.
const COMMANDS: [&[&str]; 7] = [
    &[],
    &["tour"],
    &["headless"],
    &["verify"],
    &["import"],
    &["export"],
    &["print"],
];

fn anban(arguments: &[&str]) -> Ran {
    Ran::from(Home::new().anban(arguments).output().unwrap())
}

fn hub(arguments: &[&str]) -> Ran {
    let home = Home::new();
    let mut command = std::process::Command::new(program("anban-hub"));
    command
        .args(arguments)
        .env("HOME", home.path())
        .env_remove("XDG_DATA_HOME");
    Ran::from(command.output().unwrap())
}

#[test]
fn every_command_explains_itself() {
    let runs = COMMANDS.map(|command| anban(&[command, &["--help"]].concat()));
    for ran in runs
        .into_iter()
        .chain([hub(&["--help"]), anban(&["--version"]), hub(&["--version"])])
    {
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        assert!(!ran.stdout.is_empty());
    }
    let kinds = anban(&["print", "--help"]).stdout;
    for kind in ["health-code", "appointment", "card"] {
        assert!(kinds.contains(kind), "--help lists what can be printed: {kinds}");
    }
}

#[test]
fn every_command_refuses_what_it_does_not_know_in_one_line() {
    for command in COMMANDS {
        let ran = anban(&[command, &["--no-such-option"]].concat());
        assert!(ran.could_not().contains("--no-such-option"), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    for arguments in [
        &["no-such-command"][..],
        &["--page", "no-such-page"],
        &["--lang", "tlh"],
        &["verify"],
        &["verify", "--at", "yesterday", "HC1:"],
        &["verify", "--signer", "rubbish", "HC1:"],
        &["verify", "--signer", "/no/such/file.pem", "HC1:"],
        &["verify", "--trust", "/no/such/list", "HC1:"],
        &["verify", "/no/such/picture.png"],
        &["verify", "-"],
        &["import"],
        &["print", "card"],
        &["print", "banknote", "--out", "x.pdf"],
        &["print", "card", "--of", "7", "--out", "x.pdf"],
        &["headless", "--now", "noon"],
        &["headless", "--seed", "many"],
    ] {
        let ran = anban(arguments);
        ran.could_not();
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}

#[test]
fn without_a_display_the_window_says_so_in_one_line() {
    let ran = anban(&[]);
    assert!(ran.could_not().contains("display"), "{ran:?}");
}
