//! Looking at pages without a display: what stands where, in which colours, and whether it fits.
//!
//! A [`Stage`] is the app's own window on a platform that draws into memory. It is shown one view after another, at any
//! size, and says of each what a person would see: every element with its place and colours, measured in the drawn
//! picture ([`Stage::measure`]). What lies below the fold is scrolled to and measured there. `anban tour` writes it
//! down, and the tests hold it to the numbers that make a screen good for an older person.
//!
//! Slint's state belongs to a thread, so each thread has a stage of its own, and several can work side by side.

use std::cell::RefCell;
use std::time::Duration;

use anban_core::Command;
use anban_core::view::View;
use anyhow::{Context, Result};
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions, mock_elapsed_time};
use serde::Serialize;
use slint::{ComponentHandle, PhysicalSize};

use crate::adapters::Shown;

mod elements;
mod picture;

pub use elements::{Area, Element};
pub use picture::{Colour, Picture, Place};

/// A window's size in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl Size {
    /// A telephone, a tablet standing and lying, and a kiosk's standing screen.
    pub const ALL: [Self; 4] = [
        Self::new(360, 640),
        Self::new(800, 1280),
        Self::new(1280, 800),
        Self::new(1080, 1920),
    ];

    /// A size.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// What is known of a page as it was drawn. Its JSON form is what `anban tour` writes.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// The scene's name.
    pub page: String,
    /// Width and height of the window.
    pub size: [u32; 2],
    /// The language's tag.
    pub lang: &'static str,
    /// The text setting, 1 to 4.
    pub text: u8,
    /// The theme's name.
    pub theme: &'static str,
    /// Everything that stands there.
    pub elements: Vec<Element>,
    /// The height of a window in which nothing would have to be scrolled.
    pub content_height: f32,
    /// What reading the page aloud says, a part a line.
    pub spoken: String,
    /// The area between the bars.
    #[serde(skip)]
    pub area: Option<Area>,
}

impl Measured {
    /// The picture's name without its ending: `home-360x640-en-2-paper`.
    #[must_use]
    pub fn name(&self) -> String {
        let [width, height] = self.size;
        format!(
            "{}-{width}x{height}-{}-{}-{}",
            self.page, self.lang, self.text, self.theme
        )
    }
}

/// A window that is drawn into memory.
pub struct Stage {
    shown: Shown,
    /// What was measured last, and how many have been: each is a visit of its own.
    visited: RefCell<(String, u64)>,
}

impl Stage {
    /// Makes this thread's window. What is tapped in it goes to `send`.
    ///
    /// # Errors
    /// When this thread draws for a display already.
    pub fn new(send: impl Fn(Command) + 'static) -> Result<Self> {
        let platform = TestingBackend::new(TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        });
        slint::platform::set_platform(Box::new(platform)).context("this thread has a window already")?;
        let window = anban_ui::open()?;
        window.show()?;
        Ok(Self {
            shown: Shown::new(window, send),
            visited: RefCell::default(),
        })
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> &anban_ui::MainWindow {
        self.shown.window()
    }

    /// Shows a view in a window of this size, from its top.
    pub fn show(&self, view: View, size: Size) {
        self.window()
            .window()
            .set_size(PhysicalSize::new(size.width, size.height));
        self.shown.show(view);
        self.settle();
        self.scroll_to(0.0);
    }

    /// Lets everything that follows from a change come to rest.
    fn settle(&self) {
        // The size reaches the theme, the theme the layout, and the layout the scrolling area: a turn for each.
        for _ in 0..4 {
            mock_elapsed_time(Duration::from_millis(1));
        }
    }

    /// Scrolls the page so that what is `y` pixels below its beginning is on top.
    pub fn scroll_to(&self, y: f32) {
        elements::scroll(self.window(), y);
        mock_elapsed_time(Duration::from_millis(1));
    }

    /// What is drawn now.
    ///
    /// # Errors
    /// When the window can't be drawn.
    pub fn picture(&self) -> Result<Picture> {
        Ok(Picture::new(self.window().window().take_snapshot()?))
    }

    /// What stands on the page as it is shown now, without its colours. `view` is what is shown.
    #[must_use]
    pub fn describe(&self, page: &str, view: &View, size: Size) -> Measured {
        let (elements, area) = elements::elements(self.window());
        let hidden = area.map_or(0.0, |area| (area.content - area.h).max(0.0));
        Measured {
            page: page.to_owned(),
            size: [size.width, size.height],
            lang: view.language.tag(),
            text: view.text.step(),
            theme: view.theme.name(),
            elements,
            content_height: size.height as f32 + hidden,
            spoken: view.reading.join("\n"),
            area,
        }
    }

    /// The number of a visit. Pages come from cores that each count from the beginning, and what is half typed in the
    /// window begins anew with a new number.
    fn visit(&self, of: String) -> u64 {
        let mut visited = self.visited.borrow_mut();
        if visited.0 != of {
            *visited = (of, visited.1 + 1);
        }
        visited.1
    }

    /// Shows a view and measures all of it, below the fold too. The picture is of its top.
    ///
    /// # Errors
    /// When the window can't be drawn.
    pub fn measure(&self, page: &str, mut view: View, size: Size) -> Result<(Measured, Picture)> {
        view.visit = self.visit(format!("{page} {:?} {:?}", view.language, view.text));
        self.show(view.clone(), size);
        let mut measured = self.describe(page, &view, size);
        let picture = self.picture()?;
        let (elements, area) = (&mut measured.elements, measured.area);
        let hidden = area.map_or(0.0, |area| (area.content - area.h).max(0.0));
        // A strip stays in sight from step to step, so that no line of text is only ever seen in halves.
        let step = area.map_or(1.0, |area| (area.h - 60.0).max(area.h / 2.0));
        let mut seen: Vec<Seen> = elements.iter().map(Seen::of).collect();
        let mut scrolled = 0.0;
        look(elements, &mut seen, &picture, area, scrolled);
        while scrolled < hidden {
            scrolled = (scrolled + step).min(hidden);
            self.scroll_to(scrolled);
            look(elements, &mut seen, &self.picture()?, area, scrolled);
        }
        if hidden > 0.0 {
            self.scroll_to(0.0);
        }
        words_of_controls(elements);
        Ok((measured, picture))
    }
}

/// How well an element was seen so far.
struct Seen {
    /// Which part of its height.
    share: f32,
    /// The colour that it is meant to have.
    ink: Option<Colour>,
}

impl Seen {
    fn of(element: &Element) -> Self {
        Self {
            share: 0.0,
            ink: element.foreground,
        }
    }
}

/// Measures the colours of what is seen better in this picture than in those before.
fn look(elements: &mut [Element], seen: &mut [Seen], picture: &Picture, area: Option<Area>, scrolled: f32) {
    let (width, height) = picture.size();
    for (element, seen) in elements.iter_mut().zip(seen) {
        let (rows, y) = match area {
            Some(area) if element.scrolls => (area.y..area.y + area.h, element.y - scrolled),
            _ => (0.0..height as f32, element.y),
        };
        let share = ((y + element.h).min(rows.end) - y.max(rows.start)) / element.h.max(1.0);
        if share <= seen.share {
            continue;
        }
        let Some(place) = Place::cut(element.x, y, element.w, element.h, width, rows) else {
            continue;
        };
        seen.share = share;
        if element.is_target()
            && let Some((edge, around)) = picture.left_edge(&place)
        {
            (element.edge, element.around) = (Some(edge), Some(around));
        }
        if let (Some(ink), true) = (seen.ink, element.role != "button") {
            element.foreground = picture.nearest(ink, &place);
            element.background = picture.ground(Some(ink), &place);
        }
    }
}

/// A control's colours are those of its words, or of its picture where it has none.
fn words_of_controls(elements: &mut [Element]) {
    for place in 0..elements.len() {
        let on_it = |role: &str| {
            let element = elements
                .iter()
                .find(|element| element.within == Some(place) && element.role == role)?;
            Some((element.foreground, element.background))
        };
        let colours = on_it("text").or_else(|| on_it("image"));
        if let (Some(element), Some((foreground, background))) = (elements.get_mut(place), colours)
            && element.role == "button"
        {
            (element.foreground, element.background) = (foreground, background);
        }
    }
}
