//! The home page.

use anban_core::view::HomeView;
use anban_ui::{HomeAdapter, MainWindow};
use slint::ComponentHandle;

use super::{Taps, choices, line, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<HomeAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &HomeView) {
    let home = window.global::<HomeAdapter>();
    home.set_greeting(line(&view.greeting));
    refill(&home.get_today(), choices(&view.today))
        .into_iter()
        .for_each(|rows| home.set_today(rows));
    refill(&home.get_tiles(), choices(&view.tiles))
        .into_iter()
        .for_each(|rows| home.set_tiles(rows));
    refill(&home.get_below(), choices(&view.below))
        .into_iter()
        .for_each(|rows| home.set_below(rows));
}
