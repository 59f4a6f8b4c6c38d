//! The window of Anban: the compiled `.slint` files and nothing else.
//!
//! It knows no rule of the app and no word of it. The program fills the `…Adapter` globals and listens to their
//! callbacks; `main.slint` tells how the files belong together. [`open`] makes the window and answers the one question
//! that `.slint` itself can't.

/// What the compiler makes of the `.slint` files; its style is not ours.
#[allow(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::todo
)]
mod generated {
    slint::include_modules!();
}

pub use generated::*;

use slint::ComponentHandle;

/// Makes the window, not yet shown.
///
/// # Errors
/// Where the platform gives no window.
pub fn open() -> Result<MainWindow, slint::PlatformError> {
    let window = MainWindow::new()?;
    window.global::<EntryAdapter>().on_shortened(|text| {
        let mut text = text.to_string();
        text.pop();
        text.into()
    });
    Ok(window)
}
