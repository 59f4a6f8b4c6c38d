//! The pages that are photographed.

use anban::demo::{Demonstration, Look, Scene};
use anban::tour::{Place, Size, Stage};
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::symbol::{Symbology, encode};
use anban_core::view::{Body, View};

use crate::photo::{Chance, Photo};

/// Pixels to the unit.
const DENSITY: f32 = 2.0;
/// Pixels on each side of a picture: a whole code with its corners, however it is turned, as one holds a camera.
const FRAME: usize = 900;
const BASE45: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const PHONE: Size = Size::new(360, 640);

/// A page with a code, as it is drawn, and what its code says.
pub struct Page {
    pub text: String,
    pub photo: Photo,
    /// The side of a module of its code, in pixels.
    pub module: f32,
}

/// Texts as codes have them, each as long as such a document usually is. They are made up, and so the same on every
/// day: a real one has another signature each time. What is signed does not matter to a reader of codes.
pub fn texts() -> [String; 5] {
    [
        anban_text(310),
        anban_text(360),
        anban_text(430),
        hcert_text(562),
        card_text(1_300),
    ]
}

/// As a document of our own of so many characters.
pub fn anban_text(characters: usize) -> String {
    made_up("AB1:", BASE45, characters - 4)
}

/// As an EU certificate of so many characters.
pub fn hcert_text(characters: usize) -> String {
    made_up("HC1:", BASE45, characters - 4)
}

/// As a SMART Health Card with so many digits.
pub fn card_text(digits: usize) -> String {
    made_up("shc:/", b"0123456789", digits)
}

fn made_up(prefix: &str, letters: &[u8], count: usize) -> String {
    let mut chance = Chance::new(count as u64);
    let mut letter = || char::from(letters[chance.between(0.0, letters.len() as f32) as usize]);
    prefix.chars().chain((0..count).map(|_| letter())).collect()
}

/// The demonstration's pages that show a signed document, with a code of each of these texts on one of them.
pub fn pages() -> Vec<Page> {
    let demonstration = Demonstration::new().unwrap();
    let stage = Stage::new(|_| {}).unwrap();
    let look = Look {
        language: Language::Chinese,
        text: TextSize::Large,
        theme: Theme::Paper,
    };
    let views = Scene::all().iter().filter_map(|scene| {
        let view = demonstration.stand(scene, look).unwrap().view();
        let text = code_of(&view).filter(|text| anban_credential::read(text).is_ok())?;
        Some((text, view))
    });
    let views: Vec<(String, View)> = views.collect();
    let longest = views.iter().map(|(text, _)| text.len()).max();
    assert!(
        longest.is_some_and(|longest| longest <= 430),
        "the texts are to be as long as real ones"
    );
    let texts = texts().into_iter().zip(views.into_iter().cycle());
    texts
        .map(|(text, (_, mut view))| {
            if let Body::Code(code) = &mut view.body {
                code.symbol.as_mut().unwrap().text.clone_from(&text);
            }
            photographed(&stage, text, &view)
        })
        .collect()
}

fn code_of(view: &View) -> Option<String> {
    let Body::Code(code) = &view.body else { return None };
    let symbol = code.symbol.as_ref()?;
    (symbol.symbology == Symbology::Qr).then(|| symbol.text.clone())
}

fn photographed(stage: &Stage, text: String, view: &View) -> Page {
    stage.show(view.clone(), PHONE);
    let measured = stage.describe("reading", view, PHONE);
    let drawn = measured
        .elements
        .iter()
        .find(|element| element.id.starts_with("SymbolImage::symbol"))
        .unwrap();
    let modules = encode(Symbology::Qr, &text).unwrap();
    let across = modules.width + 2 * modules.quiet_zone;
    let picture = stage.picture().unwrap();
    let (width, height) = picture.size();
    assert_eq!((width, height), (PHONE.width, PHONE.height));
    let whole = Place {
        x: 0..width,
        y: 0..height,
    };
    let middle = [drawn.x + drawn.w / 2.0, drawn.y + drawn.h / 2.0];
    Page {
        text,
        photo: Photo::of_screen(width as usize, &picture.luma(&whole), DENSITY as usize)
            .framed(middle.map(|at| at * DENSITY).into(), FRAME),
        module: drawn.w * DENSITY / across as f32,
    }
}
