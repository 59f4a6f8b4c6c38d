//! The pages of the settings.

use super::{Command, Language, Rate, TextSize, Theme, Volume};
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::printing;
use crate::view::{Body, Choice, Fact, Icon, QuestionView};

/// A page of the settings.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    let title = page.line(match of {
        Page::TextSize => "text-title",
        Page::Contrast => "contrast-title",
        Page::Voice => "voice-title",
        Page::Rate => "rate-title",
        Page::Volume => "volume-title",
        Page::Language => "language-title",
        Page::Helpers => "helpers-title",
        Page::YourData => "data-title",
        Page::EraseAll => "erase-title",
        _ => "settings-title",
    });
    let lines = match of {
        Page::Helpers => vec![page.line("helpers-line")],
        Page::YourData => vec![page.line("data-line")],
        Page::EraseAll => vec![page.line("erase-line"), page.line("erase-line-2")],
        _ => Vec::new(),
    };
    let facts = match of {
        Page::Helpers => addresses(page),
        Page::YourData => kept(page),
        _ => Vec::new(),
    };
    let choices = match of {
        Page::TextSize => TextSize::ALL.into_iter().map(|size| size_choice(page, size)).collect(),
        Page::Contrast => Theme::ALL.into_iter().map(|theme| theme_choice(page, theme)).collect(),
        Page::Voice => voice(page),
        Page::Rate => Rate::ALL.into_iter().map(|rate| rate_choice(page, rate)).collect(),
        Page::Volume => Volume::ALL
            .into_iter()
            .map(|volume| volume_choice(page, volume))
            .collect(),
        Page::Language => Language::ALL
            .into_iter()
            .map(|language| language_choice(page, language))
            .collect(),
        Page::Helpers => vec![
            page.choice(
                "helpers-hub",
                Icon::Cloud,
                AppCommand::Open(Page::Enter(Field::HubAddress)),
            ),
            page.choice(
                "helpers-printer",
                Icon::Print,
                AppCommand::Printing(printing::Command::SetUp),
            ),
            page.choice("helpers-checkpoint", Icon::QrCode2, AppCommand::Open(Page::Checkpoint)),
        ],
        Page::YourData => vec![
            page.choice("data-save", Icon::Save, AppCommand::Settings(Command::SaveCopy))
                .main(),
            page.choice("data-take-in", Icon::Folder, AppCommand::Open(Page::Files)),
            page.choice("data-erase", Icon::Delete, AppCommand::Open(Page::EraseAll)),
        ],
        Page::EraseAll => vec![
            page.choice("erase-no", Icon::Close, AppCommand::Back).main(),
            page.choice("erase-yes", Icon::Delete, AppCommand::Settings(Command::EraseAll))
                .help(),
        ],
        _ => menu(page),
    };
    Body::Question(QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    })
}

fn menu(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    [
        ("settings-text", Icon::TextFields, Page::TextSize),
        ("settings-voice", Icon::VolumeUp, Page::Voice),
        ("settings-contrast", Icon::Contrast, Page::Contrast),
        ("settings-language", Icon::Translate, Page::Language),
        ("settings-emergency", Icon::Sos, Page::Emergency),
        ("settings-requests", Icon::Schedule, Page::Requests),
        ("settings-data", Icon::Folder, Page::YourData),
        ("settings-helpers", Icon::Build, Page::Helpers),
    ]
    .into_iter()
    .map(|(key, icon, to)| page.choice(key, icon, AppCommand::Open(to)))
    .collect()
}

/// One text size. It is written in words, and the page shows at once what it means.
pub(crate) fn size_choice(page: &mut PageBuilder<'_>, size: TextSize) -> Choice {
    let key = ["text-1", "text-2", "text-3", "text-4"][usize::from(size.step() - 1)];
    let now = page.core.records.settings.text == size;
    page.choice(key, Icon::TextFields, AppCommand::Settings(Command::SetText(size)))
        .chosen_if(now)
}

fn theme_choice(page: &mut PageBuilder<'_>, theme: Theme) -> Choice {
    let key = match theme {
        Theme::Paper => "theme-paper",
        Theme::Light => "theme-light",
        Theme::Dark => "theme-dark",
    };
    let now = page.core.records.settings.theme == theme;
    page.choice(key, Icon::Contrast, AppCommand::Settings(Command::SetTheme(theme)))
        .chosen_if(now)
}

/// With a voice or without.
pub(crate) fn voice_choice(page: &mut PageBuilder<'_>, on: bool) -> Choice {
    let (key, icon) = if on {
        ("voice-on", Icon::VolumeUp)
    } else {
        ("voice-off", Icon::VolumeOff)
    };
    let now = page.core.records.settings.voice == on;
    page.choice(key, icon, AppCommand::Settings(Command::SetVoice(on)))
        .chosen_if(now)
}

/// A language, always written in itself, so that who can't read this one finds the way out.
pub(crate) fn language_choice(page: &mut PageBuilder<'_>, language: Language) -> Choice {
    let name = match language {
        Language::Chinese => "中文",
        Language::English => "English",
    };
    let now = page.core.records.settings.language == language;
    let command = AppCommand::Settings(Command::SetLanguage(language));
    page.choice_named(format!("language-{}", language.tag()), name, Icon::Translate, command)
        .chosen_if(now)
}

fn voice(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let mut choices: Vec<_> = [true, false].into_iter().map(|on| voice_choice(page, on)).collect();
    let settings = page.core.records.settings.clone();
    for (key, icon, to, now) in [
        ("voice-rate", Icon::Speed, Page::Rate, rate_key(settings.rate)),
        (
            "voice-volume",
            Icon::VolumeUp,
            Page::Volume,
            volume_key(settings.volume),
        ),
    ] {
        let choice = page.choice(key, icon, AppCommand::Open(to));
        let now = page.words.get(now);
        choices.push(page.noted(choice, now));
    }
    choices
}

fn rate_key(rate: Rate) -> &'static str {
    match rate {
        Rate::Slow => "rate-slow",
        Rate::Calm => "rate-calm",
        Rate::Normal => "rate-normal",
        Rate::Fast => "rate-fast",
    }
}

fn rate_choice(page: &mut PageBuilder<'_>, rate: Rate) -> Choice {
    let now = page.core.records.settings.rate == rate;
    let command = AppCommand::Settings(Command::SetRate(rate));
    page.choice(rate_key(rate), Icon::Speed, command).chosen_if(now)
}

fn volume_key(volume: Volume) -> &'static str {
    match volume {
        Volume::Soft => "volume-soft",
        Volume::Medium => "volume-medium",
        Volume::Loud => "volume-loud",
    }
}

fn volume_choice(page: &mut PageBuilder<'_>, volume: Volume) -> Choice {
    let now = page.core.records.settings.volume == volume;
    let command = AppCommand::Settings(Command::SetVolume(volume));
    page.choice(volume_key(volume), Icon::VolumeUp, command).chosen_if(now)
}

fn addresses(page: &mut PageBuilder<'_>) -> Vec<Fact> {
    let none = page.words.get("helpers-none");
    let or_none = |text: String| if text.is_empty() { none.clone() } else { text };
    let hub = or_none(page.core.hub().unwrap_or_default());
    let printer = printing::the_printer(page.core).map(|printer| printer.shown().to_owned());
    let printer = or_none(printer.unwrap_or_default());
    vec![
        page.fact("helpers-hub-now", hub),
        page.fact("helpers-printer-now", printer),
    ]
}

fn kept(page: &mut PageBuilder<'_>) -> Vec<Fact> {
    let records = &page.core.records;
    let counts = [
        ("data-documents", records.documents.len()),
        ("data-cards", records.cards.len()),
        ("data-spendings", records.spendings.len()),
        ("data-bills", records.bills.len()),
        ("data-visits", records.visits.len()),
        ("data-contacts", records.contacts.len()),
        ("data-waiting", records.outbox.len()),
        ("data-print-jobs", records.print_jobs.len()),
    ];
    counts
        .into_iter()
        .map(|(key, count)| page.fact(key, count.to_string()))
        .collect()
}
