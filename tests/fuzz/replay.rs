//! Runs what the fuzz targets have kept through the same functions, on any compiler and in seconds.
//!
//! A bug that a target found once stays found: the bytes that showed it are in its corpus.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anban_fuzz::{TARGETS, seeds};

/// The longest that reading one input of the corpus may take, in a debug build on a busy machine. Most take far less
/// than a millisecond.
const LONGEST: Duration = Duration::from_secs(5);

/// The most bytes of all corpora together, so that cloning stays quick.
const MOST_BYTES: usize = 200 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The inputs that a target has kept.
fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(files) = fs::read_dir(folder().join(name)) else {
        return Vec::new();
    };
    files
        .map(|file| file.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn what_fuzzing_has_kept_is_read_without_a_panic_and_in_time() {
    for target in TARGETS {
        let inputs = corpus(target.name);
        assert!(!inputs.is_empty(), "{}: its corpus is missing", target.name);
        let (began, mut slowest) = (Instant::now(), Duration::ZERO);
        for (path, bytes) in &inputs {
            // A panic does not say which input it was.
            println!("{}", path.display());
            let began = Instant::now();
            (target.run)(bytes);
            slowest = slowest.max(began.elapsed());
            assert!(slowest < LONGEST, "{} took {slowest:?}", path.display());
        }
        println!(
            "{}: {} inputs in {:?}, the slowest {slowest:?}",
            target.name,
            inputs.len(),
            began.elapsed()
        );
    }
}

#[test]
fn every_target_takes_what_it_is_there_for() {
    let seeds = seeds::all().unwrap();
    let mut refused: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    for seed in &seeds {
        let target = TARGETS.iter().find(|target| target.name == seed.target).unwrap();
        assert!(
            seed.bytes.len() <= target.longest,
            "{}/{} is too long",
            seed.target,
            seed.name
        );
        println!("{}/{}", seed.target, seed.name);
        if (target.run)(&seed.bytes) {
            refused.remove(target.name);
        }
    }
    assert!(refused.is_empty(), "none of their seeds is taken by {refused:?}");
}

#[test]
fn every_target_is_short_small_and_known() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let mut bytes = 0;
    for folder in fs::read_dir(folder()).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name.as_str()), "corpus/{name} belongs to no target");
        bytes += corpus(&name).iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(bytes <= MOST_BYTES, "the corpora have {bytes} bytes: minimise them");
    for name in names {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{name}.rs"));
        let call = format!("anban_fuzz::{name}(bytes)");
        assert!(
            fs::read_to_string(file).unwrap().contains(&call),
            "{name} calls another function"
        );
    }
}
