//! Draws every shape of page with made-up contents, without a display, for whoever works on the `.slint` files.
//!
//! `cargo run -p anban-ui --example gallery -- DIRECTORY [WORD…]` writes one PNG a page, language, size, text setting
//! and theme; with words, only those whose file names hold all of them (`home`, `zh`, `phone`, `text4`, `dark` …).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod pages;
mod parts;
mod tasks;

use std::fs::File;
use std::path::{Path, PathBuf};

use anban_ui::{Colours, FrameAdapter, MainWindow};
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use pages::{booked, confirm, days, home, home_plain, settings, size};
use parts::bars;
use slint::{ComponentHandle, PhysicalSize};
use tasks::{card, entry_identity, entry_number, entry_words, health, help, help_cannot, help_counting, refused};

const SIZES: [(&str, u32, u32); 4] = [
    ("phone", 360, 640),
    ("tablet", 800, 1280),
    ("landscape", 1280, 800),
    ("kiosk", 1080, 1920),
];
const COLOURS: [(&str, Colours); 3] = [
    ("paper", Colours::Paper),
    ("light", Colours::Light),
    ("dark", Colours::Dark),
];

/// Fills the window with a page; the flag is whether to speak English.
type Fill = fn(&MainWindow, bool);

/// A page: its name and what fills it.
const PAGES: [(&str, Fill); 16] = [
    ("home", home),
    ("home-plain", home_plain),
    ("days", days),
    ("confirm", confirm),
    ("booked", booked),
    ("settings", settings),
    ("size", size),
    ("health", health),
    ("refused", refused),
    ("card", card),
    ("entry-number", entry_number),
    ("entry-identity", entry_identity),
    ("entry-words", entry_words),
    ("help", help),
    ("help-counting", help_counting),
    ("help-cannot", help_cannot),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("the directory to write to"));
    let words: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&directory).expect("the directory can be made");

    slint::platform::set_platform(Box::new(TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    })))
    .expect("the first platform");
    let window = anban_ui::open().expect("a window");
    window.show().expect("a window that can be shown");

    let mut visit = 0;
    for (page, fill) in PAGES {
        for english in [false, true] {
            for (size, width, height) in SIZES {
                for text in 1..=4 {
                    for (theme, colours) in COLOURS {
                        let language = if english { "en" } else { "zh" };
                        let name = format!("{page}_{language}_{size}_text{text}_{theme}.png");
                        if !words.iter().all(|word| name.split(['_', '.']).any(|part| part == word)) {
                            continue;
                        }
                        visit += 1;
                        let frame = window.global::<FrameAdapter>();
                        frame.set_colours(colours);
                        frame.set_text_step(text);
                        bars(&window, english);
                        fill(&window, english);
                        frame.set_visit(visit);
                        window.window().set_size(PhysicalSize::new(width, height));
                        save(&window, &directory.join(name));
                    }
                }
            }
        }
    }
    println!("{visit} pictures");
}

fn save(window: &MainWindow, path: &Path) {
    // Twice: the first one lays out what the second one draws.
    let _ = window.window().take_snapshot();
    let picture = window.window().take_snapshot().expect("a picture");
    let mut encoder = png::Encoder::new(File::create(path).expect("a file"), picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder
        .write_header()
        .expect("a header")
        .write_image_data(picture.as_bytes())
        .expect("the pixels");
}
