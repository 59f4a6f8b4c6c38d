//! Every page at every size, in every language, text setting and theme.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anban::demo::{Demonstration, Look, Scene};
use anban::tour::{Element, Measured, Place, Size, Stage};
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::symbol::{self, Symbology};
use anban_core::view::{Body, View};

use crate::rules;

/// The least side of a code without its quiet zone: 45 mm.
const CODE_SIDE: f32 = 284.0;
/// At most so many lines of what is wrong.
const MOST_LINES: usize = 50;

/// What is wrong, by page, element and fault: in which picture it was seen first, with which number, and in how many.
#[derive(Default)]
struct Findings(BTreeMap<(String, String, String), (String, String, usize)>);

impl Findings {
    fn add(&mut self, page: &Measured, element: String, what: String) {
        // The same fault has other numbers in every picture.
        let kind: String = what.chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
        let entry = self.0.entry((page.page.clone(), element, kind));
        let (_, _, count) = entry.or_insert_with(|| (page.name(), what, 0));
        *count += 1;
    }

    fn lines(&self) -> Vec<String> {
        let line =
            |((_, element, _), (picture, what, count)): (&(String, String, String), &(String, String, usize))| {
                format!("{picture}: {element}: {what} ({count} pictures)")
            };
        self.0.iter().map(line).collect()
    }
}

/// The place of what never moves, by size and element, and the picture in which it was seen first.
type Frame = BTreeMap<(String, String), ([f32; 4], String)>;

#[derive(Default)]
struct Found {
    findings: Findings,
    frame: Frame,
    pictures: usize,
    elements: usize,
    codes: usize,
}

#[test]
fn every_page_meets_the_numbers() {
    let begun = Instant::now();
    let demonstration = Demonstration::new().unwrap();
    // While one works on a page: ANBAN_SCENES=wallet,card measures the scenes whose names begin so, and nothing else.
    let only = std::env::var("ANBAN_SCENES").unwrap_or_default();
    let wanted = |scene: &&Scene| only.split(',').any(|name| scene.name.starts_with(name));
    let jobs: Vec<(&Scene, Language, TextSize)> = Scene::all()
        .iter()
        .filter(wanted)
        .flat_map(|scene| Language::ALL.map(|language| (scene, language)))
        .flat_map(|(scene, language)| TextSize::ALL.map(|text| (scene, language, text)))
        .collect();
    assert!(!jobs.is_empty(), "no scene's name begins with {only:?}");
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Found::default()));
    let work = || {
        let stage = Stage::new(|_| {}).unwrap();
        while let Some(&(scene, language, text)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            for theme in Theme::ALL {
                let stand = demonstration.stand(scene, Look { language, text, theme }).unwrap();
                for size in Size::ALL {
                    look_at(&stage, scene, stand.view(), size, &found);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    let found = found.into_inner().unwrap();
    tell!(
        "{} elements in {} pictures measured, {} codes read, in {:.0} s",
        found.elements,
        found.pictures,
        found.codes,
        begun.elapsed().as_secs_f32()
    );
    assert_eq!(found.pictures, jobs.len() * Theme::ALL.len() * Size::ALL.len());
    let lines = found.findings.lines();
    let shown = lines.iter().take(MOST_LINES).cloned().collect::<Vec<_>>().join("\n");
    assert!(lines.is_empty(), "{} faults:\n{shown}", lines.len());
}

fn look_at(stage: &Stage, scene: &Scene, view: View, size: Size, found: &Mutex<Found>) {
    // Reading a code takes long, and its size does not depend on the text setting: the ends of the scale are enough.
    let ends = [TextSize::Standard, TextSize::Largest];
    let code = qr_text(&view).filter(|_| ends.contains(&view.text));
    let first_tile = match &view.body {
        Body::Home(home) => Some(home.tiles[0].text.clone()),
        _ => None,
    };
    let (page, _) = stage.measure(scene.name, view, size).unwrap();
    let faults = rules::faults(&page);
    let code_fault = code.as_ref().and_then(|text| code_fault(stage, &page, text));
    let mut found = found.lock().unwrap();
    found.pictures += 1;
    found.elements += page.elements.len();
    found.codes += usize::from(code.is_some());
    for fault in faults {
        found.findings.add(&page, fault.element, fault.what);
    }
    if let Some(what) = code_fault {
        found.findings.add(&page, "the code".to_owned(), what);
    }
    if let Some(label) = first_tile.filter(|label| !is_in_sight(&page, label)) {
        found
            .findings
            .add(&page, label, "can't be seen without scrolling".to_owned());
    }
    for element in &page.elements {
        if let Some(what) = has_moved(&mut found.frame, &page, size, element) {
            found.findings.add(&page, element.id.clone(), what);
        }
    }
}

/// Whether all of a button is seen before anything is scrolled, as the health code's must be on the home page.
fn is_in_sight(page: &Measured, label: &str) -> bool {
    let fold = page.area.map_or(0.0, |area| area.y + area.h);
    let button = |element: &&Element| element.scrolls && element.role == "button" && element.label == label;
    page.elements
        .iter()
        .find(button)
        .is_some_and(|button| button.bottom() <= fold)
}

/// 返回, 读给我听, 首页 and 呼救 are where they were on the first page.
fn has_moved(frame: &mut Frame, page: &Measured, size: Size, element: &Element) -> Option<String> {
    let fixed = [
        "PageFrame::back",
        "PageFrame::read",
        "PageFrame::home",
        "PageFrame::help",
    ];
    if !fixed.contains(&element.id.as_str()) {
        return None;
    }
    let here = [element.x, element.y, element.w, element.h];
    let key = (size.to_string(), element.id.clone());
    let (first, picture) = frame.entry(key).or_insert_with(|| (here, page.name()));
    (*first != here).then(|| format!("stands at {here:?} and not at {first:?} as in {picture}"))
}

fn qr_text(view: &View) -> Option<String> {
    let Body::Code(code) = &view.body else { return None };
    let symbol = code
        .symbol
        .as_ref()
        .filter(|symbol| symbol.symbology == Symbology::Qr)?;
    Some(symbol.text.clone())
}

/// Scrolls to the code, and reads it from what is drawn, as a scanner in front of the screen would.
fn code_fault(stage: &Stage, page: &Measured, text: &str) -> Option<String> {
    let drawn = page
        .elements
        .iter()
        .find(|element| element.id.starts_with("SymbolImage::symbol"));
    let Some(drawn) = drawn else {
        return Some("is not there".to_owned());
    };
    let modules = symbol::encode(Symbology::Qr, text).unwrap();
    let side = drawn.w * modules.width as f32 / (modules.width + 2 * modules.quiet_zone) as f32;
    if side < CODE_SIDE {
        return Some(format!("has a side of {side}, not {CODE_SIDE}"));
    }
    let area = page.area.unwrap();
    let scrolled = if drawn.bottom() > area.y + area.h {
        (drawn.y - area.y).min(area.content - area.h)
    } else {
        0.0
    };
    stage.scroll_to(scrolled);
    let picture = stage.picture().unwrap();
    stage.scroll_to(0.0);
    let (left, top) = (drawn.x as u32, (drawn.y - scrolled) as u32);
    let place = Place {
        x: left..left + drawn.w as u32,
        y: top..(top + drawn.h as u32).min((area.y + area.h) as u32),
    };
    let luma = picture.luma(&place);
    let (width, height) = (place.x.len(), place.y.len());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| luma[y * width + x]);
    let read = prepared.detect_grids().into_iter().find_map(|grid| grid.decode().ok());
    match read {
        Some((_, read)) if read == text => None,
        Some(_) => Some("says something else than the document".to_owned()),
        None => Some("can't be read".to_owned()),
    }
}
