//! A code or card to show to somebody.

use anban_core::symbol::{self, Modules};
use anban_core::view::{CodeView, Line, Photo, Symbol};
use anban_ui::{CodeAdapter, MainWindow};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::{Taps, choice, choices, facts, line, line_or_none, lines, mark, model, refill};
use crate::outside::pictures;

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<CodeAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &CodeView) {
    let code = window.global::<CodeAdapter>();
    code.set_mark(mark(view.mark));
    code.set_state(line(&view.state));
    code.set_holder(line_or_none(view.holder.as_ref()));
    let said: Vec<Line> = view.what.iter().chain(&view.lines).cloned().collect();
    let below_name: Vec<Line> = view.holder.iter().chain(&said).cloned().collect();
    code.set_lines(lines(&said));
    code.set_head_lines(lines(&below_name));
    code.set_covered(line_or_none(view.covered.as_ref()));
    code.set_number(line_or_none(view.number.as_ref()));
    code.set_facts(facts(&view.facts));
    code.set_photos(model(view.photos.iter().filter_map(photo)));
    let drawn = view.symbol.as_ref().and_then(|symbol| Some((symbol, picture(symbol)?)));
    code.set_has_symbol(drawn.is_some());
    if let Some((symbol, (picture, across))) = drawn {
        code.set_symbol(picture);
        code.set_symbol_across(across);
        code.set_symbol_linear(symbol.symbology.is_linear());
        code.set_symbol_label(symbol.label.as_str().into());
    }
    refill(&code.get_people(), choices(&view.people))
        .into_iter()
        .for_each(|rows| code.set_people(rows));
    refill(&code.get_kinds(), choices(&view.kinds))
        .into_iter()
        .for_each(|rows| code.set_kinds(rows));
    refill(&code.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| code.set_choices(rows));
}

/// A photograph; none where it can't be drawn any more.
fn photo(photo: &Photo) -> Option<anban_ui::Photo> {
    let picture = pictures::colours(&photo.jpeg)
        .inspect_err(|trouble| tracing::warn!(?trouble, "a photograph can't be drawn"))
        .ok()?;
    let (width, height) = picture.dimensions();
    let pixels = SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(picture.as_raw(), width, height);
    Some(anban_ui::Photo {
        label: photo.label.as_str().into(),
        picture: Image::from_rgb8(pixels),
        opens: photo.open.is_some(),
        open: photo.open.as_ref().map(choice).unwrap_or_default(),
    })
}

/// The symbol with its quiet zone, and how many modules that is across.
fn picture(symbol: &Symbol) -> Option<(Image, i32)> {
    let modules = symbol::encode(symbol.symbology, &symbol.text)
        .inspect_err(|error| tracing::warn!(%error, "a code can't be drawn"))
        .ok()?;
    let across = i32::try_from(modules.width + 2 * modules.quiet_zone).ok()?;
    Some((Image::from_rgb8(pixels(&modules)), across))
}

/// About so many pixels across are drawn, so that the picture is made smaller for the page and not larger: the software
/// renderer goes through a picture in steps of a 256th of its pixels, rounded down, and what it makes much larger it
/// makes larger than it was asked to.
const PIXELS_ACROSS: u32 = 900;

fn pixels(modules: &Modules) -> SharedPixelBuffer<Rgb8Pixel> {
    // A linear symbol is stretched upwards by the page, so it is one pixel high and needs its margin at the sides alone.
    let linear = modules.height == 1;
    let (across, down) = (modules.quiet_zone, if linear { 0 } else { modules.quiet_zone });
    let (width, height) = (modules.width + 2 * across, modules.height + 2 * down);
    let times = PIXELS_ACROSS.div_ceil(width);
    let rows = if linear { 1 } else { times };
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width * times, height * rows);
    let is_dark = |x: u32, y: u32| {
        let at = x.checked_sub(across).zip(y.checked_sub(down));
        let at = at.filter(|&(x, y)| x < modules.width && y < modules.height);
        at.and_then(|(x, y)| modules.dark.get((y * modules.width + x) as usize)) == Some(&true)
    };
    let lines = pixels.make_mut_slice().chunks_mut((width * times) as usize);
    let mut line: Vec<Rgb8Pixel> = Vec::new();
    for (at, row) in lines.enumerate() {
        let at = at as u32;
        if at.is_multiple_of(rows) {
            line.clear();
            for x in 0..width {
                let luma = if is_dark(x, at / rows) { 0 } else { 255 };
                line.extend(std::iter::repeat_n(Rgb8Pixel::new(luma, luma, luma), times as usize));
            }
        }
        row.copy_from_slice(&line);
    }
    pixels
}
