//! Every kind of code that a card can have is read back from the page by two readers that have nothing in common.
//!
//! Of each kind 200 texts are made up, of its whole alphabet and of every length that fits a telephone of 360 × 640. Each
//! is shown on a card's page by the app's own drawing code, with two pixels to the unit, and the picture of the code with
//! the page around it is given to ZXing-C++ and, where it knows the kind, to ZBar. Both have to read every one of them,
//! letter by letter. The same number makes the same texts, so a failure is always the same one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kinds;
#[allow(dead_code, reason = "only its chance is needed here")]
#[path = "../reading/photo.rs"]
mod photo;
mod readers;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anban::demo::{Demonstration, Look, Scene};
use anban::tour::{Place, Size, Stage};
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::symbol::{SymbolError, Symbology, encode, on_a_telephone};
use anban_core::view::{Body, Symbol, View};
use kinds::{KINDS, Kind};
use photo::Chance;
use slint::platform::WindowEvent;
use slint::{ComponentHandle as _, LogicalSize};

/// Texts of each kind.
const TEXTS: usize = 200;
/// Pixels to the unit.
const DENSITY: u32 = 2;
const PHONE: Size = Size::new(360, 640);
/// Units of the page around the code that the readers see too.
const AROUND: f32 = 8.0;

/// The page of a card, whose code is to be put in the place of its own.
fn page() -> View {
    let look = Look {
        language: Language::Chinese,
        text: TextSize::Large,
        theme: Theme::Paper,
    };
    let scene = Scene::all().iter().find(|scene| scene.name == "card").unwrap();
    Demonstration::new().unwrap().stand(scene, look).unwrap().view()
}

/// Where a code is drawn, in units, by how many modules it has: finding it takes as long as drawing it.
type Places = BTreeMap<(u32, u32), [f32; 4]>;

/// Draws the page with this code, and writes the part of it with the code.
fn drawn(stage: &Stage, mut view: View, (symbology, text): (Symbology, &str), places: &mut Places, to: &Path) {
    let Body::Code(code) = &mut view.body else {
        panic!("a card is no code")
    };
    code.symbol = Some(Symbol {
        symbology,
        text: text.to_owned(),
        label: String::new(),
    });
    let size = Size::new(PHONE.width * DENSITY, PHONE.height * DENSITY);
    stage.show(view.clone(), size);
    // The platform without a display takes the pixels of its size for units.
    let unit = LogicalSize::new(PHONE.width as f32, PHONE.height as f32);
    stage
        .window()
        .window()
        .dispatch_event(WindowEvent::Resized { size: unit });
    stage.scroll_to(0.0);
    let modules = on_a_telephone(symbology, text).unwrap();
    let find = || {
        let measured = stage.describe("codes", &view, PHONE);
        let mut elements = measured.elements.iter();
        let element = elements.find(|element| element.id.starts_with("SymbolImage::symbol"));
        let element = element.unwrap_or_else(|| panic!("{symbology:?} {text:?} is not drawn"));
        [element.x, element.y, element.w, element.h]
    };
    let [x, y, w, h] = *places.entry((modules.width, modules.height)).or_insert_with(find);
    // In pixels of the picture.
    let at = |units: f32, most: u32| ((units * DENSITY as f32).max(0.0) as u32).min(most);
    let place = Place {
        x: at(x - AROUND, size.width)..at(x + w + AROUND, size.width),
        y: at(y - AROUND, size.height)..at(y + h + AROUND, size.height),
    };
    let picture = stage.picture().unwrap();
    readers::write(&picture, &place, to);
}

fn stage() -> Stage {
    let stage = Stage::new(|_| {}).unwrap();
    let scale_factor = DENSITY as f32;
    stage
        .window()
        .window()
        .dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor });
    stage
}

/// Draws the texts of a kind and has them read; what failed.
fn read_back(stage: &Stage, view: &View, kind: &Kind, folder: &Path) -> Vec<String> {
    let started = Instant::now();
    let mut chance = Chance::new(kind.symbology as u64 + 1);
    let texts: Vec<String> = (0..TEXTS).map(|at| (kind.text)(&mut chance, at)).collect();
    let pictures: Vec<PathBuf> = (0..TEXTS)
        .map(|at| folder.join(format!("{:?}-{at}.pgm", kind.symbology)))
        .collect();
    let (mut failed, mut places) = (Vec::new(), Places::new());
    for (text, picture) in texts.iter().zip(&pictures) {
        drawn(stage, view.clone(), (kind.symbology, text), &mut places, picture);
    }
    let draw = started.elapsed();
    let mut told = format!("{:?}: of {TEXTS}", kind.symbology);
    let read = readers::read(kind, &pictures);
    let of = if kind.zbar.is_empty() {
        &["zxing-cpp"][..]
    } else {
        &["zxing-cpp", "zbar"]
    };
    for reader in of {
        let read = texts.iter().zip(&read).map(|(text, read)| (text, &read[*reader]));
        let wrong = read.filter(|(text, read)| !readers::agrees(kind, text, read));
        let wrong: Vec<String> = wrong
            .map(|(text, read)| format!("{:?} by {reader}: {text:?} as {read:?}", kind.symbology))
            .collect();
        told += &format!(" {reader} {}", TEXTS - wrong.len());
        failed.extend(wrong);
    }
    told += &format!(", {draw:.1?} to draw, {:.1?} in all", started.elapsed());
    let _ = writeln!(std::io::stdout(), "{told}");
    failed
}

#[test]
fn every_kind_of_code_is_read_back_from_a_telephone_by_two_readers() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let view = page();
    let work = || {
        let stage = stage();
        let mut failed = Vec::new();
        while let Some(kind) = KINDS.get(next.fetch_add(1, Ordering::Relaxed)) {
            failed.extend(read_back(&stage, &view, kind, folder.path()));
        }
        failed
    };
    let failed: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(
        failed.is_empty(),
        "{} were not read:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn what_a_kind_can_not_hold_is_refused() {
    for kind in &KINDS {
        for text in kind.refused {
            assert_eq!(
                encode(kind.symbology, text),
                Err(SymbolError::NotHeld),
                "{:?} {text:?}",
                kind.symbology
            );
        }
    }
}

#[test]
fn what_no_scanner_can_tell_apart_on_a_telephone_is_not_shown_there() {
    let long = "A1".repeat(20);
    assert_eq!(on_a_telephone(Symbology::Code128, &long), Err(SymbolError::TooWide));
    assert!(encode(Symbology::Code128, &long).is_ok(), "paper is wider");
    // An area grows in both directions.
    assert!(on_a_telephone(Symbology::Pdf417, &long.repeat(10)).is_ok());
    assert!(on_a_telephone(Symbology::Qr, &long.repeat(50)).is_ok());
}
