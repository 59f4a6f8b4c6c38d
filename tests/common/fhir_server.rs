//! A FHIR server that others wrote, as a process: `tests/tools/fhir-server`, which `.ci/tools` brings.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The server, with the hospital of its seed; it ends with this.
pub struct FhirServer {
    child: Child,
    /// Its FHIR base, without a slash at the end.
    pub base: String,
}

impl FhirServer {
    /// Starts it on a free port, its calendar beginning on the day of `now` (RFC 3339).
    pub fn start(now: &str, options: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("tests/tools/fhir-server/server.mjs"))
            .find(|script| script.is_file())
            .expect("tests/tools/fhir-server/server.mjs");
        assert!(
            script.with_file_name("node_modules").is_dir(),
            "the FHIR server of the tests is not installed: run .ci/tools"
        );
        let mut child = Command::new("node")
            .arg(script)
            .args(["--now", now])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node can't be run ({error}): run .ci/tools"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        assert!(base.starts_with("http://"), "the FHIR server said {line:?}");
        Self { child, base }
    }

    /// From now on it answers 503 to everything, until it is told to go on.
    pub fn pause(&self, paused: bool) {
        let root = self.base.strip_suffix("/fhir/R4").unwrap();
        let path = if paused { "pause" } else { "resume" };
        ureq::post(format!("{root}/{path}")).send_empty().unwrap();
    }

    /// The body at a path below its base, such as `Slot/1`.
    pub fn json(&self, path: &str) -> serde_json::Value {
        let mut answer = ureq::get(format!("{}/{path}", self.base)).call().unwrap();
        answer.body_mut().read_json().unwrap()
    }
}

impl Drop for FhirServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
