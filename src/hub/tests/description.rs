//! The hub does what its own description says: a tester that others wrote goes by it, as nobody, as a device and as
//! staff of every role. `ANBAN_API_EXAMPLES` asks for more examples of each operation.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
mod support;

use device::Device;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
};
use support::*;

/// The tester, asking as somebody.
fn tester(base: &str, examples: &str, token: Option<&str>, more: &[&str]) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/api-tester/api-tester");
    let mut command = Command::new("python3");
    command
        .arg(script)
        .args([base, "--examples", examples, "--seed", "1"])
        // In one word: a token may begin with a hyphen, and would be taken for an option.
        .args(token.map(|token| format!("--token={token}")))
        .args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn finds_nothing(asking: &str, tester: Child) {
    let ran = tester.wait_with_output().unwrap();
    let found = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "asking as {asking}:\n{found}\n{}\n(is the tester there? run .ci/tools)",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(found.contains("passed"), "nothing was asked as {asking}:\n{found}");
}

#[test]
fn whoever_asks_gets_the_answers_that_are_described() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), &["--demo", "--requests-per-second", "0"]);
    let asked_for = std::env::var("ANBAN_API_EXAMPLES").ok();
    let (many, few) = match &asked_for {
        Some(examples) => (examples.as_str(), examples.as_str()),
        None => ("4", "1"),
    };
    let device = Device::register(&program.base, "王秀英");
    let mut asking = vec![
        ("nobody", tester(&program.base, many, None, &[])),
        ("a device", tester(&program.base, many, Some(&device.token), &[])),
    ];
    for role in ["registrar", "nurse", "doctor", "scheduler", "auditor", "administrator"] {
        let staff = Device::of_role(data.path(), &program.base, role);
        // Of staff, the registrar may do most: what holds for every field holds for the others too.
        let more: &[&str] = if role == "registrar" { &[] } else { &["--quick"] };
        asking.push((role, tester(&program.base, few, Some(&staff.token), more)));
    }
    for (who, tester) in asking {
        finds_nothing(who, tester);
    }
}
