//! The pages of signed documents.

use anban_credential::{Document, Kind};

use super::standing::state_words;
use super::{Command, code, counter, documents};
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, QuestionView};
use crate::words::{Words, time};

/// Files that are offered, the newest first; more are for who can search.
const MOST_FILES: usize = 12;

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::Documents => all(page),
        Page::AddDocument => add(page),
        Page::RegisterElsewhere => counter::view(page),
        Page::Files => files(page, of, |path| AppCommand::HealthCode(Command::ImportFile { path })),
        _ => code::page(page).map_or_else(|| none_yet(page), Body::Code),
    }
}

/// What a document is: 健康码, 疫苗接种证明.
pub(crate) fn what_it_is(words: Words, document: &Document) -> String {
    words.get(match document.kind() {
        Kind::HealthStatus => "kind-health-status",
        Kind::Vaccination => "kind-vaccination",
        Kind::Test => "kind-test",
        Kind::Recovery => "kind-recovery",
        Kind::Appointment => "kind-appointment",
        Kind::Delegation => "kind-delegation",
        Kind::EntryPass => "kind-entry-pass",
        Kind::TravelRecord => "kind-travel-record",
        Kind::IdentityLink => "kind-identity-link",
        Kind::HealthCard => "kind-health-card",
        Kind::MedicalInsurance => "kind-medical-insurance",
        Kind::CheckUp => "kind-check-up",
        Kind::CardCopy => "kind-card-copy",
        Kind::EmergencyCard => "kind-emergency-card",
        Kind::EntryForm => "kind-entry-form",
        Kind::Other(_) => "kind-other",
    })
}

fn none_yet(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("code-none-title");
    let lines = vec![page.line("code-none-line")];
    let choices = ways_to_add(page);
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn add(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("document-add-title");
    let choices = ways_to_add(page);
    Body::Question(QuestionView {
        title,
        choices,
        ..QuestionView::default()
    })
}

fn ways_to_add(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let ask = AppCommand::HealthCode(Command::AskForHealthStatus);
    let from_hub = page.choice("document-from-hub", Icon::LocalHospital, ask).main();
    let from_hub_note = page.words.get("document-from-hub-note");
    let from_hub = page.noted(from_hub, from_hub_note);
    let relative = page.choice(
        "document-relative",
        Icon::Group,
        AppCommand::HealthCode(Command::AskForRelative),
    );
    let relative_note = page.words.get("document-relative-note");
    vec![
        from_hub,
        page.noted(relative, relative_note),
        page.choice("document-from-picture", Icon::Image, AppCommand::Open(Page::Files)),
        page.choice(
            "document-from-text",
            Icon::Keyboard,
            AppCommand::Open(Page::Enter(Field::DocumentText)),
        ),
        page.choice(
            "register-elsewhere",
            Icon::LocationOn,
            AppCommand::Open(Page::RegisterElsewhere),
        ),
    ]
}

fn all(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("documents-title");
    let now = page.core.now().timestamp();
    let rows: Vec<_> = documents(page.core)
        .into_iter()
        .map(|(kept, document)| {
            let what = what_it_is(page.words, &document);
            let name = document.holder_name().unwrap_or_else(|| what.clone());
            let state = state_words(page.words, page.core.trust.state(&document, now), document.status());
            (kept.id, name, what, state)
        })
        .collect();
    let mut choices = Vec::new();
    for (id, name, what, state) in rows {
        let command = AppCommand::HealthCode(Command::Show(id));
        let choice = page.choice_named(id.to_string(), name, Icon::QrCode2, command);
        let note = page.words.with("documents-note", &[("what", &what), ("state", &state)]);
        choices.push(page.noted(choice, note));
    }
    choices.push(page.choice("code-add", Icon::Add, AppCommand::Open(Page::AddDocument)));
    Body::Question(QuestionView {
        title,
        choices,
        ..QuestionView::default()
    })
}

/// The files that were found, to choose one; `of` is the page that they are on.
pub(crate) fn files(page: &mut PageBuilder<'_>, of: Page, command: impl Fn(String) -> AppCommand) -> Body {
    let title = page.line("files-title");
    let found = page.core.screen.health_code.files.clone();
    let line = match &found {
        None => "files-looking",
        Some(files) if files.is_empty() => "files-none",
        Some(_) => "files-line",
    };
    let lines = vec![page.line(line)];
    let now = page.core.now().clone();
    let mut choices = Vec::new();
    for file in found.unwrap_or_default().into_iter().take(MOST_FILES) {
        let chosen = command(file.path.clone());
        let icon = if file.is_picture() { Icon::Image } else { Icon::Folder };
        let name = file.called().to_owned();
        let choice = page.choice_named(file.path, name, icon, chosen);
        let note = time::ago(page.words, file.changed_at, &now);
        choices.push(page.noted(choice, note));
    }
    choices.push(page.choice("files-again", Icon::Refresh, AppCommand::Open(of)));
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}
