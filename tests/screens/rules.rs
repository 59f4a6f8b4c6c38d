//! What must hold of every page, in numbers.
//!
//! They are stricter than the Chinese standard for apps for the elderly (移动互联网应用适老化通用设计规范): main targets
//! of 14 mm where it asks for 9.5, text of 3.5 mm at the smallest setting, contrast of WCAG 2.2's highest level. A
//! logical pixel is 1/160 inch.

use anban::tour::{Element, Measured};
use anban_core::cash::Fen;
use anban_core::settings::Language;
use anban_core::words::Words;

/// Main targets, and those in the bars and on the number pad: their least width and height.
const MAIN_TARGET: f32 = 88.0;
const OTHER_TARGET: f32 = 64.0;
/// Between any two targets.
const GAP: f32 = 12.0;
/// No text is smaller.
const LEAST_TEXT: f32 = 22.0;
/// Text on a page is at least so large at each text setting.
const BODY: [f32; 4] = [22.0, 26.0, 32.0, 40.0];
/// Contrast of text, and of pictograms and the edges of controls.
const TEXT_CONTRAST: f32 = 7.0;
const PICTURE_CONTRAST: f32 = 4.5;
/// A standing screen's controls are below its upper third.
const KIOSK_CONTROLS: f32 = 640.0;
/// What rounding to whole pixels may cost, and what the rounding of lengths to tenths.
const ROUNDING: f32 = 1.0;
const TENTHS: f32 = 0.15;

/// What is wrong with which element.
pub struct Fault {
    pub element: String,
    pub what: String,
}

/// Everything that is wrong with a page.
pub fn faults(page: &Measured) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |element: &Element, what: String| {
        let label: String = element.label.chars().take(24).collect();
        faults.push(Fault {
            element: format!("{} {label:?}", element.id),
            what,
        });
    };
    for element in &page.elements {
        place(page, element, &mut fault);
        target(page, element, &mut fault);
        text(page, element, &mut fault);
        colours(element, &mut fault);
    }
    for (index, one) in page.elements.iter().enumerate() {
        for (other_index, other) in page.elements.iter().enumerate().skip(index + 1) {
            neighbours(page, (index, one), (other_index, other), &mut fault);
        }
    }
    faults
}

fn is_key(element: &Element) -> bool {
    ["PadKey", "EraseKey", "NumberPad"]
        .iter()
        .any(|id| element.id.starts_with(id))
}

fn place(page: &Measured, element: &Element, fault: &mut impl FnMut(&Element, String)) {
    let [width, height] = page.size.map(|side| side as f32);
    if element.x < -ROUNDING || element.right() > width + ROUNDING {
        fault(
            element,
            format!("from {} to {} of {width} across", element.x, element.right()),
        );
    }
    if !element.scrolls && (element.y < -ROUNDING || element.bottom() > height + ROUNDING) {
        fault(
            element,
            format!("from {} to {} of {height} down", element.y, element.bottom()),
        );
    }
    if element.bottom() > page.content_height + ROUNDING {
        fault(
            element,
            format!("ends at {}, and the page at {}", element.bottom(), page.content_height),
        );
    }
    if let Some(button) = element.within.and_then(|place| page.elements.get(place)) {
        let inside = element.x >= button.x - ROUNDING
            && element.right() <= button.right() + ROUNDING
            && element.y >= button.y - ROUNDING
            && element.bottom() <= button.bottom() + ROUNDING;
        if !inside {
            fault(element, format!("lies outside of its button {:?}", button.label));
        }
    }
}

/// A label with each Chinese amount in it as it is said.
fn with_amounts_said(label: &str) -> String {
    let words = Words::of(Language::Chinese);
    let is_of_amount = |c: char| c.is_ascii_digit() || "元角分".contains(c);
    let mut said = String::new();
    let mut rest = label;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_of_amount(c)).unwrap_or(rest.len());
        let (amount, after) = rest.split_at(end);
        match Fen::parse(amount).filter(|_| amount.contains(['元', '角', '分'])) {
            Some(fen) => said.push_str(&fen.said(words)),
            None => said.push_str(amount),
        }
        let next = after.chars().next();
        said.extend(next);
        rest = after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    said
}

fn target(page: &Measured, element: &Element, fault: &mut impl FnMut(&Element, String)) {
    if !element.is_target() {
        return;
    }
    let least = if element.scrolls && !is_key(element) {
        MAIN_TARGET
    } else {
        OTHER_TARGET
    };
    if element.w < least || element.h < least {
        fault(element, format!("a target of {}×{}, not {least}", element.w, element.h));
    }
    if page.size == [1080, 1920] && element.y < KIOSK_CONTROLS {
        fault(
            element,
            format!("a control at {}, above the lower two thirds", element.y),
        );
    }
    if element.label.trim().is_empty() {
        fault(element, "a control that a screen reader can't name".to_owned());
    }
    let is_answer = element.role == "button" && element.scrolls && !is_key(element);
    // Digits are spoken one by one: 120 as 1 2 0. Amounts are spoken as at a stall: 86元3角 as 八十六块三.
    let together = |text: &str| text.replace(' ', "");
    let is_said = |label: &str| together(&page.spoken).contains(&together(label));
    if is_answer && !is_said(&element.label) && !is_said(&with_amounts_said(&element.label)) {
        fault(element, "a control that is not read aloud".to_owned());
    }
}

fn text(page: &Measured, element: &Element, fault: &mut impl FnMut(&Element, String)) {
    let Some(font) = element.font else { return };
    let body = BODY.get(usize::from(page.text) - 1).copied().unwrap_or(LEAST_TEXT);
    let on_key = element
        .within
        .and_then(|place| page.elements.get(place))
        .is_some_and(is_key);
    let least = if element.scrolls && !on_key { body } else { LEAST_TEXT };
    // A word that is wider than its line may be smaller rather than broken.
    let word = element.longest_word * least / font;
    if font < LEAST_TEXT - TENTHS || (font < least - TENTHS && word <= element.w) {
        fault(element, format!("a text of {font}, not {least}"));
    }
    if element.clipped {
        fault(element, format!("a text that does not fit {}×{}", element.w, element.h));
    }
    if element.broken {
        fault(element, format!("a word that is broken in a line of {}", element.w));
    }
}

fn colours(element: &Element, fault: &mut impl FnMut(&Element, String)) {
    if element.missing {
        fault(element, "a picture that is not there".to_owned());
    }
    let least = match element.role {
        "text" | "text-input" => TEXT_CONTRAST,
        _ => PICTURE_CONTRAST,
    };
    match (element.foreground, element.background) {
        (Some(ink), Some(ground)) if element.role != "button" => {
            let contrast = ink.contrast(ground);
            if contrast < least {
                fault(element, format!("{ink} on {ground} is {contrast:.2}:1, not {least}"));
            }
        }
        (None, _) if element.role == "text" => fault(element, "a text that is never seen".to_owned()),
        _ => {}
    }
    if element.is_target() {
        match (element.edge, element.around) {
            (Some(edge), Some(around)) if edge.contrast(around) < PICTURE_CONTRAST => {
                let contrast = edge.contrast(around);
                fault(
                    element,
                    format!("an edge of {edge} on {around}: {contrast:.2}:1, not {PICTURE_CONTRAST}"),
                );
            }
            (Some(_), Some(_)) => {}
            _ => fault(element, "a control that is never seen".to_owned()),
        }
    }
}

/// How far two elements are apart: negative where they overlap, else the longer of the ways across and down.
fn distance(one: &Element, other: &Element) -> f32 {
    let across = (other.x - one.right()).max(one.x - other.right());
    let down = (other.y - one.bottom()).max(one.y - other.bottom());
    across.max(down)
}

fn neighbours(
    page: &Measured,
    (one_place, one): (usize, &Element),
    (other_place, other): (usize, &Element),
    fault: &mut impl FnMut(&Element, String),
) {
    if one.scrolls != other.scrolls {
        // A bar and a page meet as they stand before anything is scrolled, as far as the page is seen.
        let fold = page.area.map_or(f32::MAX, |area| area.y + area.h);
        let scrolling = if one.scrolls { one } else { other };
        if scrolling.bottom() > fold {
            return;
        }
    }
    let apart = distance(one, other);
    let on_it = one.within == Some(other_place) || other.within == Some(one_place);
    if one.is_target() && other.is_target() {
        if apart < GAP - TENTHS {
            fault(one, format!("only {apart:.1} from {:?}", other.label));
        }
    } else if !on_it
        && apart < -ROUNDING
        && (one.role == "text" || other.role == "text")
        && one.role != "group"
        && other.role != "group"
    {
        fault(one, format!("overlaps {} {:?} by {:.1}", other.id, other.label, -apart));
    }
}
