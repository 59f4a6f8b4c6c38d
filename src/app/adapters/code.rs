//! A code or card to show to somebody.

use anban_core::symbol::{self, Modules};
use anban_core::view::{CodeView, Line, Symbol};
use anban_ui::{CodeAdapter, MainWindow};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::{Taps, choices, facts, line, line_or_none, lines, mark, refill};

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
    let drawn = view.symbol.as_ref().and_then(|symbol| Some((symbol, picture(symbol)?)));
    code.set_has_symbol(drawn.is_some());
    if let Some((symbol, picture)) = drawn {
        code.set_symbol(picture);
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

/// The symbol with its quiet zone, one pixel a module: the page scales it by whole numbers.
fn picture(symbol: &Symbol) -> Option<Image> {
    let modules = symbol::encode(symbol.symbology, &symbol.text)
        .inspect_err(|error| tracing::warn!(%error, "a code can't be drawn"))
        .ok()?;
    Some(Image::from_rgb8(pixels(&modules)))
}

fn pixels(modules: &Modules) -> SharedPixelBuffer<Rgb8Pixel> {
    // A linear symbol is stretched upwards by the page, so it needs its margin at the sides alone.
    let (across, down) = (
        modules.quiet_zone,
        if modules.height == 1 { 0 } else { modules.quiet_zone },
    );
    let (width, height) = (modules.width + 2 * across, modules.height + 2 * down);
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    for (pixel, (x, y)) in pixels.make_mut_slice().iter_mut().zip(places) {
        let module = x
            .checked_sub(across)
            .zip(y.checked_sub(down))
            .filter(|&(x, y)| x < modules.width && y < modules.height);
        let dark = module
            .and_then(|(x, y)| modules.dark.get((y * modules.width + x) as usize))
            .copied()
            .unwrap_or(false);
        *pixel = if dark {
            Rgb8Pixel::new(0, 0, 0)
        } else {
            Rgb8Pixel::new(255, 255, 255)
        };
    }
    pixels
}
