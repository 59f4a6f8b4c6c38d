//! Takes the best of what fuzzing has found into the corpus that is committed.
//!
//! `fuzz_keep CONTROL FOLDER` reads the control file of libFuzzer's merge, in which each input stands with the places
//! in the code that it reaches, and leaves in the folder the few small inputs that together reach most. The whole of
//! what was found would be megabytes; these are what makes a run of every `make test` worth its seconds.
//! `fuzz_keep --longest TARGET` prints the most bytes that the target is given.
#![allow(clippy::expect_used)]

use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anban_fuzz::TARGETS;

/// The most bytes and inputs of a target in the committed corpus.
const MOST_BYTES: usize = 7 * 1024;
const MOST_INPUTS: usize = 40;
/// What an input costs besides its bytes: a file that has to be looked after.
const COST: usize = 40;

struct Input {
    bytes: Vec<u8>,
    reaches: Vec<u32>,
}

/// The inputs of a control file: two counts, the paths, then `FT NUMBER PLACE…` for each.
fn inputs(control: &str) -> Vec<Input> {
    let mut lines = control.lines();
    let count: usize = lines
        .next()
        .and_then(|line| line.parse().ok())
        .expect("how many inputs there are");
    let paths: Vec<PathBuf> = lines.by_ref().skip(1).take(count).map(PathBuf::from).collect();
    let mut inputs = Vec::new();
    for line in lines {
        let mut words = line.split(' ');
        if words.next() != Some("FT") {
            continue;
        }
        let number: usize = words
            .next()
            .and_then(|word| word.parse().ok())
            .expect("which input it is");
        inputs.push(Input {
            bytes: fs::read(&paths[number]).expect("an input that was there a moment ago"),
            reaches: words.filter_map(|word| word.parse().ok()).collect(),
        });
    }
    inputs
}

/// By turns the one that reaches most that is new for what it costs, until there is room for no more.
fn best(inputs: &[Input]) -> Vec<&[u8]> {
    let (mut kept, mut size, mut reached) = (Vec::new(), 0, HashSet::new());
    // What an input is worth, in millionths of a place a byte. It only ever falls, so what it was once worth says that
    // an input need not be looked at yet.
    let worth = |input: &Input, reached: &HashSet<u32>| {
        let new = input.reaches.iter().filter(|place| !reached.contains(*place)).count();
        new * 1_000_000 / (input.bytes.len() + COST)
    };
    let mut waiting: BinaryHeap<(usize, usize)> = inputs
        .iter()
        .enumerate()
        .map(|(number, input)| (worth(input, &reached), number))
        .collect();
    while let Some((_, number)) = waiting.pop() {
        let input = &inputs[number];
        let now = worth(input, &reached);
        if now == 0 || size + input.bytes.len() > MOST_BYTES {
            continue;
        }
        if waiting.peek().is_some_and(|(next, _)| *next > now) {
            waiting.push((now, number));
            continue;
        }
        size += input.bytes.len();
        reached.extend(input.reaches.iter().copied());
        kept.push(input.bytes.as_slice());
        if kept.len() == MOST_INPUTS {
            break;
        }
    }
    kept
}

/// Makes `kept` all that is in the folder, each under a name that tells it from the others.
fn write(kept: &[&[u8]], folder: &Path) -> std::io::Result<()> {
    let name = |bytes: &[u8]| {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        digest
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let names: BTreeSet<String> = kept.iter().map(|bytes| name(bytes)).collect();
    for old in fs::read_dir(folder)? {
        let old = old?;
        if !names.contains(&*old.file_name().to_string_lossy()) {
            fs::remove_file(old.path())?;
        }
    }
    kept.iter()
        .try_for_each(|bytes| fs::write(folder.join(name(bytes)), bytes))
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--longest", name] => {
            let target = TARGETS
                .iter()
                .find(|target| target.name == name)
                .expect("a target of this name");
            println!("{}", target.longest);
            Ok(())
        }
        [control, folder] => {
            let inputs = inputs(&fs::read_to_string(control)?);
            let kept = best(&inputs);
            let size: usize = kept.iter().map(|bytes| bytes.len()).sum();
            println!("{folder}: {} of {} inputs, {size} bytes", kept.len(), inputs.len());
            write(&kept, Path::new(folder))
        }
        _ => panic!("fuzz_keep CONTROL FOLDER, or fuzz_keep --longest TARGET"),
    }
}
