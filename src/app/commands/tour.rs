//! Every page as a picture and a description, without a display.
//!
//! The pages are those of the demonstration profile, reached by taps ([`crate::demo`]), and measured as they are drawn
//! ([`crate::tour`]). Scenes are dealt out to as many threads as there are processors.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anban_core::settings::{Language, TextSize, Theme};
use anyhow::{Context, Result, anyhow};

use crate::demo::{Demonstration, Look, Scene};
use crate::tour::{Size, Stage};

/// What to draw; without an option, all of it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder for the pictures and descriptions; it is made where it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A window's size, such as 360x640 [default: 360x640, 800x1280, 1280x800, 1080x1920]
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Vec<Size>,
    /// zh-Hans or en [default: both]
    #[arg(long, value_name = "L", value_parser = super::language)]
    lang: Vec<Language>,
    /// The text setting, 1 to 4 [default: all]
    #[arg(long, value_name = "N", value_parser = super::text_size)]
    text: Vec<TextSize>,
    /// paper, light or dark [default: all]
    #[arg(long, value_name = "THEME", value_parser = super::theme)]
    theme: Vec<Theme>,
    /// A page, or a page at a certain moment, such as help-counting [default: all]
    #[arg(long, value_name = "NAME")]
    page: Vec<String>,
}

/// The smallest and the largest side of a window, in pixels: what the pages are made for, and what fits into memory.
const SIDES: std::ops::RangeInclusive<u32> = 320..=4096;

fn size(text: &str) -> Result<Size, String> {
    let sides = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let wrong = || {
        format!(
            "write a size as 360x640, each side from {} to {}",
            SIDES.start(),
            SIDES.end()
        )
    };
    let (width, height) = sides.ok_or_else(wrong)?;
    if SIDES.contains(&width) && SIDES.contains(&height) {
        Ok(Size::new(width, height))
    } else {
        Err(wrong())
    }
}

fn or_all<T: Copy>(chosen: &[T], all: &[T]) -> Vec<T> {
    if chosen.is_empty() {
        all.to_vec()
    } else {
        chosen.to_vec()
    }
}

/// A page in a language and text setting: one thread's next piece of work.
type Job = (&'static Scene, Language, TextSize);

/// Writes the pictures and descriptions.
///
/// # Errors
/// When a page is not known, or the folder can't be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let scenes = scenes(&arguments.page)?;
    let (sizes, themes) = (
        or_all(&arguments.size, &Size::ALL),
        or_all(&arguments.theme, &Theme::ALL),
    );
    let mut jobs: Vec<Job> = Vec::new();
    for &scene in &scenes {
        for language in or_all(&arguments.lang, &Language::ALL) {
            let texts = or_all(&arguments.text, &TextSize::ALL);
            jobs.extend(texts.into_iter().map(|text| (scene, language, text)));
        }
    }
    fs::create_dir_all(&arguments.out).with_context(|| {
        format!(
            "{} can't be made: choose another folder with --out",
            arguments.out.display()
        )
    })?;
    let (begun, next) = (Instant::now(), AtomicUsize::new(0));
    let demonstration = Demonstration::new()?;
    let work = || -> Result<()> {
        let stage = Stage::new(|_| {})?;
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            draw(&stage, &demonstration, *job, &sizes, &themes, &arguments.out)?;
            let (scene, language, text) = *job;
            eprintln!("{} {} {}", scene.name, language.tag(), text.step());
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(jobs.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(anyhow!("a page could not be drawn; the lines above say which")))
        })
    })?;
    let count = jobs.len() * sizes.len() * themes.len();
    eprintln!("{count} pictures in {:.1} s", begun.elapsed().as_secs_f32());
    Ok(ExitCode::SUCCESS)
}

fn scenes(names: &[String]) -> Result<Vec<&'static Scene>> {
    if names.is_empty() {
        return Ok(Scene::all().iter().collect());
    }
    let named = |name: &String| {
        Scene::named(name).ok_or_else(|| {
            let all: Vec<_> = Scene::all().iter().map(|scene| scene.name).collect();
            anyhow!("there is no page {name:?}: use one of {}", all.join(", "))
        })
    };
    names.iter().map(named).collect()
}

fn draw(
    stage: &Stage,
    demonstration: &Demonstration,
    (scene, language, text): Job,
    sizes: &[Size],
    themes: &[Theme],
    out: &Path,
) -> Result<()> {
    for &theme in themes {
        let stand = demonstration.stand(scene, Look { language, text, theme })?;
        for &size in sizes {
            let (measured, picture) = stage.measure(scene.name, stand.view(), size)?;
            let path = out.join(measured.name());
            let write = |ending: &str, content: Vec<u8>| {
                let path = path.with_added_extension(ending);
                fs::write(&path, content)
                    .with_context(|| format!("{} can't be written: is there room, and may it be?", path.display()))
            };
            let mut png = Vec::new();
            picture.write_png(&mut png)?;
            write("png", png)?;
            write("json", serde_json::to_vec_pretty(&measured)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_size_is_read_strictly() {
        assert_eq!(size("360x640"), Ok(Size::new(360, 640)));
        for wrong in ["", "360", "360x", "0x640", "360x99999", "360*640", "-360x640"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_that_there_is_not_is_refused() {
        assert!(scenes(&["no-such-page".to_owned()]).is_err());
        assert_eq!(scenes(&["help-counting".to_owned()]).unwrap().len(), 1);
    }
}
