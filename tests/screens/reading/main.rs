//! A code on a telephone's page is read by whoever has to read it, in bad light and with an unsteady hand.
//!
//! The pages are drawn as they are on a telephone of 360 × 640 with two pixels to the unit, 720 × 1,280 altogether. A
//! camera takes one of its own pixels for each of the screen's. 500 such pictures are made worse and given as they are
//! to two readers that have nothing in common: a hundred with all the faults of an evening at a door together, and eighty
//! with each fault alone. The same number makes the same picture, so a failure is always the same one.
//!
//! The second test goes on with each fault until nothing is read any more. What both print is in `docs/measures.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pages;
mod photo;
mod readers;

use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anban_core::symbol::{Symbology, encode};
use pages::{Page, anban_text, card_text, hcert_text, pages};
use photo::{Chance, Photo, Sight};
use readers::{READERS, Read};

/// What part of all both readers have to read.
const GOAL: f64 = 0.99;
/// Pictures in one call of a reader.
const BATCH: usize = 10;

/// A sharp and light picture from straight ahead, as a good camera takes it: it is a little soft and has a little grain.
const GOOD: Sight = Sight {
    blur: 0.05,
    noise: 2.0,
    light: 1.0,
    tilt: 0.0,
    turn: 0.0,
    size: 1.0,
};

/// A kind of pictures in the set: how many, and what they are between. Below each the range as one meets it.
struct Kind {
    name: &'static str,
    pictures: usize,
    from: Sight,
    to: Sight,
}

const KINDS: [Kind; 6] = [
    // Edges that run over a third to the whole of a module: a camera that is still finding its focus.
    Kind {
        name: "blur",
        pictures: 80,
        from: Sight { blur: 0.15, ..GOOD },
        to: Sight { blur: 0.4, ..GOOD },
    },
    // From what is seen as grain on the page to what covers small print.
    Kind {
        name: "noise",
        pictures: 80,
        from: Sight { noise: 8.0, ..GOOD },
        to: Sight { noise: 20.0, ..GOOD },
    },
    // White is left as a dark grey at the brighter side, with half of that at the other.
    Kind {
        name: "low light",
        pictures: 80,
        from: Sight {
            light: 0.2,
            noise: 3.0,
            ..GOOD
        },
        to: Sight {
            light: 0.5,
            noise: 3.0,
            ..GOOD
        },
    },
    Kind {
        name: "tilt",
        pictures: 80,
        from: Sight {
            tilt: 15.0,
            turn: -15.0,
            ..GOOD
        },
        to: Sight {
            tilt: 15.0,
            turn: 15.0,
            ..GOOD
        },
    },
    Kind {
        name: "half size",
        pictures: 80,
        from: Sight { size: 0.5, ..GOOD },
        to: Sight { size: 0.5, ..GOOD },
    },
    Kind {
        name: "all together",
        pictures: 100,
        from: Sight {
            blur: 0.1,
            noise: 4.0,
            light: 0.5,
            tilt: 5.0,
            turn: -15.0,
            size: 0.5,
        },
        to: Sight {
            blur: 0.2,
            noise: 7.0,
            light: 0.9,
            tilt: 15.0,
            turn: 15.0,
            size: 0.75,
        },
    },
];

/// A fault, made worse in steps from what both readers take to what one or both do not.
struct Fault {
    name: &'static str,
    unit: &'static str,
    steps: &'static [f32],
    of: fn(f32) -> Sight,
}

const FAULTS: [Fault; 6] = [
    Fault {
        name: "blur",
        unit: "deviation in modules",
        steps: &[0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7],
        of: |blur| Sight { blur, ..GOOD },
    },
    Fault {
        name: "noise",
        unit: "deviation of 255",
        steps: &[10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0, 80.0],
        of: |noise| Sight { noise, ..GOOD },
    },
    Fault {
        name: "low light",
        unit: "of white left",
        steps: &[0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05],
        of: |light| Sight {
            light,
            noise: 3.0,
            ..GOOD
        },
    },
    Fault {
        name: "tilt",
        unit: "degrees",
        steps: &[15.0, 20.0, 25.0, 30.0, 35.0, 45.0, 55.0],
        of: |tilt| Sight { tilt, ..GOOD },
    },
    Fault {
        name: "size",
        unit: "of every side",
        steps: &[0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15],
        of: |size| Sight { size, ..GOOD },
    },
    // From a picture that has a little of each to one that is worse in each than the worst of the set.
    Fault {
        name: "all together",
        unit: "times the worst of the set in each",
        steps: &[0.6, 0.8, 1.0, 1.25, 1.5, 2.0],
        of: |times| Sight {
            blur: 0.2 * times,
            noise: 7.0 * times,
            light: (0.5 / times).min(1.0),
            tilt: 15.0 * times,
            turn: 0.0,
            size: (0.5 / times).min(1.0),
        },
    },
];

/// One picture to be made and read.
struct Shot<'a> {
    page: &'a Page,
    from: Sight,
    to: Sight,
    seed: u64,
}

impl Shot<'_> {
    fn photo(&self) -> Photo {
        let mut chance = Chance::new(self.seed);
        let sight = Sight::between(&self.from, &self.to, &mut chance);
        self.page.photo.seen(&sight, self.page.module, &mut chance)
    }
}

/// What each reader did with a picture, in the order of [`READERS`].
type Found = [bool; READERS.len()];

/// Takes the pictures and has them read.
fn taken(shots: &[Shot]) -> Vec<Found> {
    let folder = tempfile::tempdir().unwrap();
    let batches: Vec<&[Shot]> = shots.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![Vec::new(); batches.len()]);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(number) else { return };
            let read = batch_read(batch, folder.path(), number);
            found.lock().unwrap()[number] = read;
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from).min(4) {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap().concat()
}

fn batch_read(batch: &[Shot], folder: &Path, number: usize) -> Vec<Found> {
    let pictures: Vec<PathBuf> = (0..batch.len())
        .map(|shot| folder.join(format!("{number}-{shot}.pgm")))
        .collect();
    for (shot, picture) in batch.iter().zip(&pictures) {
        std::fs::write(picture, shot.photo().pgm()).unwrap();
    }
    let read: [Read; READERS.len()] = READERS.map(|reader| (reader.read)(&pictures));
    let found = batch.iter().zip(&pictures).map(|(shot, picture)| {
        std::array::from_fn(|reader| match read[reader].get(picture) {
            None => false,
            Some(text) => {
                // Read wrongly would be worse than not at all.
                assert_eq!(*text, shot.page.text, "{}, seed {}", READERS[reader].name, shot.seed);
                true
            }
        })
    });
    let found = found.collect();
    pictures
        .iter()
        .for_each(|picture| std::fs::remove_file(picture).unwrap());
    found
}

/// How many of them each reader read.
fn counted(found: &[Found]) -> [usize; READERS.len()] {
    std::array::from_fn(|reader| found.iter().filter(|read| read[reader]).count())
}

/// How many of them all readers read.
fn by_all(found: &[Found]) -> usize {
    found.iter().filter(|read| read.iter().all(|&read| read)).count()
}

/// Says it even when the test passes: the harness keeps what `println!` says to itself.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn told(name: &str, found: &[Found]) -> String {
    let counts = READERS.iter().zip(counted(found));
    let counts: Vec<String> = counts
        .map(|(reader, count)| format!("{} {count}", reader.name))
        .collect();
    format!(
        "{name}: of {} {}, both {}",
        found.len(),
        counts.join(", "),
        by_all(found)
    )
}

/// What a kind spans, for the one who reads the output.
fn spans(kind: &Kind) -> String {
    let span = |name: &str, of: fn(&Sight) -> f32| {
        let range: RangeInclusive<f32> = of(&kind.from)..=of(&kind.to);
        let usual = of(&GOOD);
        (*range.start() != usual || *range.end() != usual).then(|| format!("{name} {range:?}"))
    };
    let spans = [
        span("blur", |sight| sight.blur),
        span("noise", |sight| sight.noise),
        span("light", |sight| sight.light),
        span("tilt", |sight| sight.tilt),
        span("turn", |sight| sight.turn),
        span("size", |sight| sight.size),
    ];
    spans.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[test]
fn a_code_at_phone_size_is_read_by_two_readers_in_99_of_100_bad_pictures() {
    let begun = Instant::now();
    let pages = pages();
    let mut shots = Vec::new();
    let mut ends = Vec::new();
    for (kind, number) in KINDS.iter().zip(0_u64..) {
        shots.extend((0..kind.pictures).map(|shot| Shot {
            page: &pages[shot % pages.len()],
            from: kind.from,
            to: kind.to,
            seed: number * 1_000 + shot as u64,
        }));
        ends.push(shots.len());
    }
    let found = taken(&shots);
    for page in &pages {
        tell(&format!(
            "a code of {} characters, {:.1} pixels a module: {}",
            page.text.len(),
            page.module,
            told(
                "read",
                &shots
                    .iter()
                    .zip(&found)
                    .filter(|(shot, _)| std::ptr::eq(shot.page, page))
                    .map(|(_, found)| *found)
                    .collect::<Vec<_>>()
            )
        ));
    }
    for (kind, end) in KINDS.iter().zip(&ends) {
        let name = format!("{} ({})", kind.name, spans(kind));
        tell(&told(&name, &found[end - kind.pictures..*end]));
    }
    tell(&told("all", &found));
    tell(&format!("{} pictures in {:.0?}", found.len(), begun.elapsed()));
    assert_eq!(found.len(), 500);
    let both = by_all(&found);
    let least = (GOAL * found.len() as f64).ceil() as usize;
    assert!(both >= least, "both read {both}, {least} are asked for");
}

#[test]
fn where_reading_stops_is_known() {
    /// Pictures at each step.
    const TRIES: usize = 10;
    let pages = pages();
    let mut shots = Vec::new();
    for (fault, number) in FAULTS.iter().zip(100_u64..) {
        for (step, place) in fault.steps.iter().zip(0_u64..) {
            shots.extend((0..TRIES).map(|shot| Shot {
                page: &pages[shot % pages.len()],
                from: (fault.of)(*step),
                to: (fault.of)(*step),
                seed: number * 1_000 + place * 100 + shot as u64,
            }));
        }
    }
    let found = taken(&shots);
    let mut steps_found = found.chunks(TRIES).map(counted);
    for fault in &FAULTS {
        let steps: Vec<(f32, [usize; READERS.len()])> = fault.steps.iter().copied().zip(steps_found.by_ref()).collect();
        for (at, reader) in READERS.iter().enumerate() {
            let line: Vec<String> = steps
                .iter()
                .map(|(step, counts)| format!("{step}: {}", counts[at]))
                .collect();
            tell(&format!(
                "{} ({}), {} of {TRIES}: {}",
                fault.name,
                fault.unit,
                reader.name,
                line.join(", ")
            ));
        }
        // A fault at which all is read has not found its limit, and one at which nothing is read tests nothing.
        let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
        assert_eq!(first.1, [TRIES; READERS.len()], "{} {}", fault.name, first.0);
        assert!(
            last.1.iter().any(|&count| count < TRIES),
            "{} {} is read",
            fault.name,
            last.0
        );
    }
}

#[test]
fn both_readers_read_every_kind_of_text_back() {
    let texts = [
        card_text(1_300),
        card_text(2_390),
        hcert_text(562),
        anban_text(360),
        "AB1:ABC".to_owned(),
        "6217000012345678".to_owned(),
        "https://example.org/a?b=c&d=1234567890123".to_owned(),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (text, number) in texts.iter().zip(0..) {
        let modules = encode(Symbology::Qr, text).unwrap();
        let picture = folder.path().join(format!("{number}.pgm"));
        std::fs::write(&picture, Photo::of_modules(&modules, 3).pgm()).unwrap();
        for reader in READERS {
            let read = (reader.read)(std::slice::from_ref(&picture));
            assert_eq!(read.get(&picture), Some(text), "{}", reader.name);
        }
    }
}
