//! How long whoever stands at a door waits: from the text of a code to the picture of the answer.
//!
//! The text goes through the core as a scanner's does, with the trust list and documents of the demonstration, and the
//! page is drawn by the window's own renderer, at the sizes of a telephone, a tablet and a standing screen. Criterion
//! times it; then the longest of some rounds is held to the goal.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use anban::demo::{Demonstration, Look, Scene, Stand};
use anban::tour::{Size, Stage};
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::view::Body;
use anban_core::{Command, checkpoint};
use criterion::Criterion;

/// The longest that an answer may take.
const GOAL: Duration = Duration::from_millis(300);
/// How often each size is held to it.
const ROUNDS: usize = 20;

const SIZES: [Size; 3] = [Size::new(360, 640), Size::new(800, 1280), Size::new(1080, 1920)];

/// A scan is answered and drawn.
fn answered(stage: &Stage, stand: &mut Stand, text: &str, size: Size) {
    stand.does(Command::Checkpoint(checkpoint::Command::Scanned {
        text: text.to_owned(),
    }));
    let view = stand.view();
    assert!(matches!(view.body, Body::Verdict(_)));
    stage.show(view, size);
    stage.picture().unwrap();
}

fn main() {
    let look = Look {
        language: Language::Chinese,
        text: TextSize::Largest,
        theme: Theme::Paper,
    };
    let stage = Stage::new(|_| ()).unwrap();
    let demonstration = Demonstration::new().unwrap();
    let mut stand = demonstration.stand(Scene::named("checkpoint").unwrap(), look).unwrap();
    // One after the other, so that each answer is another one than that before.
    let texts: Vec<String> = stand
        .core()
        .records()
        .documents
        .values()
        .map(|kept| kept.text.clone())
        .collect();
    let mut texts = texts.iter().cycle();

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("answer");
    for size in SIZES {
        group.bench_function(format!("{}x{}", size.width, size.height), |bencher| {
            bencher.iter(|| answered(&stage, &mut stand, texts.next().unwrap(), size));
        });
    }
    group.finish();
    criterion.final_summary();

    for size in SIZES {
        let longest = (0..ROUNDS)
            .map(|_| {
                let begun = Instant::now();
                answered(&stage, &mut stand, texts.next().unwrap(), size);
                begun.elapsed()
            })
            .max()
            .unwrap();
        println!(
            "answer at {}x{}: longest of {ROUNDS} {:.1} ms, goal {} ms",
            size.width,
            size.height,
            longest.as_secs_f64() * 1e3,
            GOAL.as_millis()
        );
        assert!(longest < GOAL, "the goal was missed");
    }
}
