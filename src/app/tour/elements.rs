//! Everything on a page, as it stands in the window: found in the tree of drawn items, below the fold too.
//!
//! A screen reader's elements are not enough, because the words and pictures within a button are no elements of their
//! own there. The tree of items has both, so it is walked once: what has a role for a screen reader, every text, and
//! every picture. Slint keeps this tree to itself (hence `i-slint-core`, whose version is pinned to that of `slint`).

use std::ops::ControlFlow;
use std::rc::Rc;

use anban_ui::MainWindow;
use i_slint_core::accessibility::AccessibleStringProperty;
use i_slint_core::item_rendering::{HasFont, RenderImage, RenderText};
use i_slint_core::item_tree::{ItemRc, ParentItemTraversalMode};
use i_slint_core::items::{
    AccessibleRole, Clip, ClippedImage, ComplexText, Flickable, ImageItem, Orientation, SimpleText, TextInput, TextWrap,
};
use i_slint_core::lengths::{LogicalLength, LogicalPoint};
use i_slint_core::window::{WindowAdapter, WindowInner};
use serde::Serialize;
use slint::ComponentHandle;

use super::picture::Colour;

/// One element of a page. Lengths are logical pixels in the window, as if nothing were scrolled.
#[derive(Debug, Clone, Serialize)]
pub struct Element {
    /// Its name in the `.slint` files and, where there are several, which of them: `Answer::words[2]`.
    pub id: String,
    /// `button`, `text`, `text-input`, `image` …
    pub role: &'static str,
    /// What a screen reader says, or what stands there.
    pub label: String,
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// The width.
    pub w: f32,
    /// The height.
    pub h: f32,
    /// The size of a text.
    pub font: Option<f32>,
    /// The colour of a text or pictogram, or of a control's words.
    pub foreground: Option<Colour>,
    /// What that stands on.
    pub background: Option<Colour>,
    /// A text does not fit its box.
    pub clipped: bool,
    /// A word of a text is broken in its middle because its box is narrower.
    pub broken: bool,
    /// How wide the longest word of a text is.
    #[serde(skip)]
    pub longest_word: f32,
    /// The line around a control.
    pub edge: Option<Colour>,
    /// What a control lies on.
    pub around: Option<Colour>,
    /// Whether it scrolls with the page; the bars do not.
    pub scrolls: bool,
    /// The control that it stands on, as a place in the list of elements.
    #[serde(skip)]
    pub within: Option<usize>,
    /// A picture is named that there is not.
    #[serde(skip)]
    pub missing: bool,
    /// A control that can be tapped now.
    #[serde(skip)]
    pub enabled: bool,
}

impl Element {
    /// Whether it is something to tap.
    #[must_use]
    pub fn is_target(&self) -> bool {
        matches!(self.role, "button" | "text-input")
    }

    /// Its right edge.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.x + self.w
    }

    /// Its lower edge.
    #[must_use]
    pub fn bottom(&self) -> f32 {
        self.y + self.h
    }
}

/// The area between the bars that scrolls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// From the top of the window.
    pub y: f32,
    /// The height that is seen.
    pub h: f32,
    /// The height of all that is in it.
    pub content: f32,
}

/// All elements of the page, and the area that scrolls.
pub(super) fn elements(window: &MainWindow) -> (Vec<Element>, Option<Area>) {
    let inner = WindowInner::from_pub(window.window());
    let Some(tree) = inner.try_component() else {
        return (Vec::new(), None);
    };
    let adapter = inner.window_adapter();
    let mut found: Vec<(ItemRc, Element)> = Vec::new();
    let mut area = None;
    ItemRc::new_root(tree).visit_descendants(|item| {
        if let Some(flickable) = item.downcast::<Flickable>() {
            let content = flickable.as_pin_ref().content_height().get();
            let (y, h) = (origin(item).y, item.geometry().height());
            area = Some(Area { y, h, content });
        } else if let Some(element) = element(item, &adapter) {
            found.push((item.clone(), element));
        }
        ControlFlow::<()>::Continue(())
    });
    // What stands in the box of a field, such as what is wrong with what was typed, belongs to it like the words of a button.
    let buttons: Vec<(ItemRc, usize)> = found
        .iter()
        .enumerate()
        .filter_map(|(place, (item, element))| match element.role {
            "button" => Some((item.clone(), place)),
            "text-input" => Some((item.parent_item(ParentItemTraversalMode::StopAtPopups)?, place)),
            _ => None,
        })
        .collect();
    let within = |item: &ItemRc| {
        ancestors(item).find_map(|above| {
            buttons
                .iter()
                .find(|(button, _)| *button == above)
                .map(|&(_, place)| place)
        })
    };
    let mut elements: Vec<Element> = found
        .iter()
        .map(|(item, element)| Element {
            within: within(item),
            ..element.clone()
        })
        .collect();
    number(&mut elements);
    (elements, area)
}

/// Scrolls the page so that what is `y` pixels below its beginning is on top.
pub(super) fn scroll(window: &MainWindow, y: f32) {
    let Some(tree) = WindowInner::from_pub(window.window()).try_component() else {
        return;
    };
    ItemRc::new_root(tree).visit_descendants(|item| match item.downcast::<Flickable>() {
        Some(flickable) => {
            flickable.content_y.set(LogicalLength::new(-y));
            ControlFlow::Break(())
        }
        None => ControlFlow::Continue(()),
    });
}

fn ancestors(item: &ItemRc) -> impl Iterator<Item = ItemRc> {
    std::iter::successors(item.parent_item(ParentItemTraversalMode::StopAtPopups), |item| {
        item.parent_item(ParentItemTraversalMode::StopAtPopups)
    })
}

/// Where an item begins in the window.
fn origin(item: &ItemRc) -> LogicalPoint {
    item.map_to_window(item.geometry().origin)
}

/// Ids that occur more than once are numbered in the order in which they are drawn.
fn number(elements: &mut [Element]) {
    let ids: Vec<String> = elements.iter().map(|element| element.id.clone()).collect();
    for (place, element) in elements.iter_mut().enumerate() {
        let same = |ids: &[String]| ids.iter().filter(|id| **id == element.id).count();
        let before = same(ids.get(..place).unwrap_or_default());
        if same(&ids) > 1 {
            element.id = format!("{}[{before}]", element.id);
        }
    }
}

/// What is seen of an item: nothing for what is not shown, is empty or only holds others.
fn element(item: &ItemRc, adapter: &Rc<dyn WindowAdapter>) -> Option<Element> {
    let accessible = if item.is_accessible() {
        item.accessible_role()
    } else {
        AccessibleRole::None
    };
    let drawn = drawn(item);
    if (accessible == AccessibleRole::None && drawn.is_none()) || is_hidden(item) {
        return None;
    }
    let label = item
        .accessible_string_property(AccessibleStringProperty::Label)
        .unwrap_or_default();
    let enabled = item.accessible_string_property(AccessibleStringProperty::Enabled);
    let drawn = drawn.unwrap_or_default();
    if drawn.text.as_ref().is_some_and(|text| text.is_empty()) && accessible != AccessibleRole::TextInput {
        return None;
    }
    // What can be tapped of a field is its whole box, which cuts off what is too much for it.
    let boxed = if accessible == AccessibleRole::TextInput {
        ancestors(item).find(|above| above.borrow().as_ref().clips_children())
    } else {
        None
    };
    let place = boxed.as_ref().unwrap_or(item);
    let (at, size) = (origin(place), place.geometry().size);
    let scrolled = ancestors(item).find_map(|above| above.downcast::<Flickable>());
    let offset = scrolled
        .as_ref()
        .map_or(0.0, |view| view.as_pin_ref().content_y().get());
    let fit = if drawn.text.is_some() {
        fit(item, &drawn, adapter)
    } else {
        Fit::default()
    };
    Some(Element {
        id: id(item),
        role: role(accessible, &drawn),
        label: if label.is_empty() {
            drawn.text.unwrap_or_default()
        } else {
            label.into()
        },
        x: tenths(at.x),
        y: tenths(at.y - offset),
        w: tenths(size.width),
        h: tenths(size.height),
        font: drawn.font.map(tenths),
        foreground: drawn.colour,
        background: None,
        clipped: fit.clipped,
        broken: fit.broken,
        longest_word: fit.longest_word,
        edge: None,
        around: None,
        scrolls: scrolled.is_some(),
        within: None,
        missing: drawn.missing,
        enabled: enabled.is_none_or(|enabled| enabled == "true"),
    })
}

fn tenths(length: f32) -> f32 {
    (length * 10.0).round() / 10.0
}

/// The name in the `.slint` files, or the kind of the element where it has none.
fn id(item: &ItemRc) -> String {
    let names = item.element_type_names_and_ids(0).unwrap_or_default();
    let named = names.iter().find(|(_, id)| !id.is_empty()).map(|(_, id)| id);
    let kind = names.first().map(|(kind, _)| kind);
    named.or(kind).map(ToString::to_string).unwrap_or_default()
}

fn role(accessible: AccessibleRole, drawn: &Drawn) -> &'static str {
    match accessible {
        AccessibleRole::Button => "button",
        AccessibleRole::TextInput => "text-input",
        AccessibleRole::Image => "image",
        AccessibleRole::Text => "text",
        AccessibleRole::None if drawn.text.is_none() => "image",
        AccessibleRole::None => "text",
        _ => "group",
    }
}

/// Whether an element above it, or it itself, is not shown at all.
fn is_hidden(item: &ItemRc) -> bool {
    std::iter::once(item.clone()).chain(ancestors(item)).any(|item| {
        item.downcast::<Clip>()
            .is_some_and(|clip| clip.as_pin_ref().is_visibility_clip() && clip.as_pin_ref().clip())
    })
}

/// What an item draws by itself.
#[derive(Default)]
struct Drawn {
    text: Option<String>,
    font: Option<f32>,
    colour: Option<Colour>,
    missing: bool,
    wraps_words: bool,
    wraps: bool,
}

fn drawn(item: &ItemRc) -> Option<Drawn> {
    if let Some(text) = item.downcast::<ComplexText>() {
        let text = text.as_pin_ref();
        let words = text.text();
        return Some(Drawn::text(
            words.into(),
            text.font_request(item).pixel_size,
            text.color().color(),
            text.wrap(),
        ));
    }
    if let Some(text) = item.downcast::<SimpleText>() {
        let text = text.as_pin_ref();
        let words = text.text();
        let wrap = RenderText::wrap(text);
        return Some(Drawn::text(
            words.into(),
            text.font_request(item).pixel_size,
            text.color().color(),
            wrap,
        ));
    }
    if let Some(input) = item.downcast::<TextInput>() {
        let input = input.as_pin_ref();
        let words = input.text();
        return Some(Drawn::text(
            words.into(),
            input.font_request(item).pixel_size,
            input.color().color(),
            input.wrap(),
        ));
    }
    if let Some(image) = item.downcast::<ImageItem>() {
        let image = image.as_pin_ref();
        return Some(Drawn::image(image.source(), image.colorize()));
    }
    let image = item.downcast::<ClippedImage>()?;
    let image = image.as_pin_ref();
    Some(Drawn::image(RenderImage::source(image), RenderImage::colorize(image)))
}

impl Drawn {
    fn text(text: String, font: Option<LogicalLength>, colour: slint::Color, wrap: TextWrap) -> Self {
        Self {
            text: Some(text),
            font: font.map(LogicalLength::get),
            colour: Some(colour.into()),
            missing: false,
            wraps_words: wrap == TextWrap::WordWrap,
            wraps: wrap != TextWrap::NoWrap,
        }
    }

    fn image(source: slint::Image, colorize: slint::Brush) -> Self {
        let tinted = colorize.color().alpha() > 0;
        Self {
            colour: tinted.then(|| colorize.color().into()),
            missing: source.size().width == 0,
            ..Self::default()
        }
    }
}

/// How a text fits its box.
#[derive(Default)]
struct Fit {
    /// It is cut off, by its own box or by one around it.
    clipped: bool,
    broken: bool,
    longest_word: f32,
}

fn fit(item: &ItemRc, drawn: &Drawn, adapter: &Rc<dyn WindowAdapter>) -> Fit {
    let geometry = item.geometry();
    let info = |orientation, across| item.borrow().as_ref().layout_info(orientation, across, adapter, item);
    let needed = info(Orientation::Vertical, geometry.width()).preferred;
    let widths = info(Orientation::Horizontal, -1.0);
    // A pixel is the rounding of layouts to whole pixels.
    let too_high = needed > geometry.height() + 1.0;
    let too_wide = !drawn.wraps && widths.preferred > geometry.width() + 1.0;
    let broken = drawn.wraps_words && widths.min > geometry.width() + 1.0;
    let at = origin(item);
    let outside = ancestors(item)
        .filter(|above| above.downcast::<Flickable>().is_none() && above.borrow().as_ref().clips_children())
        .any(|above| {
            let (edge, size) = (origin(&above), above.geometry().size);
            at.x + 1.0 < edge.x
                || at.y + 1.0 < edge.y
                || at.x + geometry.width() > edge.x + size.width + 1.0
                || at.y + geometry.height() > edge.y + size.height + 1.0
        });
    Fit {
        clipped: too_high || too_wide || outside,
        broken,
        longest_word: widths.min,
    }
}
