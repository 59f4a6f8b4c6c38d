//! The pages of signed documents.

use anban_credential::{Document, DocumentState, Kind, Status};

use super::{Command, KeptDocument, documents, shown};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::symbol::Symbology;
use crate::view::{Body, Choice, CodeView, Fact, Icon, Mark, QuestionView, Symbol};
use crate::words::{Words, time};

/// Files that are offered, the newest first; more are for who can search.
const MOST_FILES: usize = 12;

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::Documents => all(page),
        Page::AddDocument => add(page),
        Page::Files => files(page, of, |path| AppCommand::HealthCode(Command::ImportFile { path })),
        _ => match shown(page.core) {
            Some((kept, document)) => {
                let (kept, document) = (kept.clone(), document);
                Body::Code(code(page, &kept, &document))
            }
            None => none_yet(page),
        },
    }
}

/// The shape and colour of a state. Yellow and red health codes are signed and true, and still no pass.
pub(crate) fn state_mark(state: DocumentState, status: Option<Status>) -> Mark {
    match (state, status) {
        (DocumentState::Valid, Some(Status::Yellow)) => Mark::Caution,
        (DocumentState::Valid, Some(Status::Red)) => Mark::Bad,
        (DocumentState::Valid, _) => Mark::Good,
        (DocumentState::UnknownIssuer | DocumentState::NotYetValid, _) => Mark::Caution,
        _ => Mark::Bad,
    }
}

/// The state in words: 绿码 有效.
pub(crate) fn state_words(words: Words, state: DocumentState, status: Option<Status>) -> String {
    let colour = status.map(|status| {
        words.get(match status {
            Status::Green => "status-green",
            Status::Yellow => "status-yellow",
            Status::Red => "status-red",
        })
    });
    let said = words.get(match state {
        DocumentState::Valid => "state-valid",
        DocumentState::NotYetValid => "state-not-yet",
        DocumentState::Expired => "state-expired",
        DocumentState::Revoked => "state-revoked",
        DocumentState::UnknownIssuer => "state-unknown",
        DocumentState::Forged | DocumentState::Unreadable => "state-forged",
    });
    match (colour, state) {
        // A yellow or red code may be genuine, and still nobody must take "valid" for "go on".
        (Some(colour), DocumentState::Valid) if status != Some(Status::Green) => colour,
        (Some(colour), _) => words.with("status-and-state", &[("status", &colour), ("state", &said)]),
        (None, _) => said,
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
        _ => "kind-other",
    })
}

/// The code and all that belongs to it, without anything to tap.
pub(crate) fn code_view(page: &mut PageBuilder<'_>, kept: &KeptDocument, document: &Document) -> CodeView {
    let (words, now) = (page.words, page.core.now().clone());
    let state = page.core.trust.state(document, now.timestamp());
    let status = document.status();
    let state_line = page.text(state_words(words, state, status));
    let what = what_it_is(words, document);
    let mut lines = Vec::new();
    if let Some(name) = document.holder_name() {
        lines.push(page.text(name));
    }
    lines.push(page.text(what.clone()));
    let zone = now.time_zone().clone();
    let mut facts: Vec<Fact> = Vec::new();
    if let Some(until) = document.expires_at() {
        facts.push(page.fact("code-until", time::full_date(words, until.to_zoned(zone).date())));
    }
    facts.push(page.fact("code-refreshed", page.past(kept.refreshed_at)));
    if let Some(issuer) = document.issuer() {
        facts.push(page.fact("code-issuer", issuer));
    }
    if state == DocumentState::UnknownIssuer {
        let unknown = words.get("code-unknown-explained");
        facts.push(page.fact("code-note", unknown));
    }
    let symbol = Symbol {
        symbology: Symbology::Qr,
        text: document.text().to_owned(),
        label: words.with("code-label", &[("what", &what)]),
    };
    let mark = Some(state_mark(state, status));
    CodeView {
        mark,
        state: state_line,
        lines,
        symbol: Some(symbol),
        number: None,
        facts,
        choices: Vec::new(),
    }
}

fn code(page: &mut PageBuilder<'_>, kept: &KeptDocument, document: &Document) -> CodeView {
    let mut view = code_view(page, kept, document);
    let print = certificates::Command::Choose(certificates::Item::Document(kept.id));
    let mut choices = vec![
        page.choice("code-print", Icon::Print, AppCommand::Certificates(print))
            .main(),
    ];
    if page.core.records.documents.len() > 1 {
        choices.push(page.choice("code-others", Icon::Group, AppCommand::Open(Page::Documents)));
    }
    choices.push(page.choice("code-add", Icon::Add, AppCommand::Open(Page::AddDocument)));
    choices.push(page.choice(
        "code-remove",
        Icon::Delete,
        AppCommand::HealthCode(Command::Remove(kept.id)),
    ));
    view.choices = choices;
    view
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
    vec![
        page.noted(from_hub, from_hub_note),
        page.choice("document-from-picture", Icon::Image, AppCommand::Open(Page::Files)),
        page.choice(
            "document-from-text",
            Icon::Keyboard,
            AppCommand::Open(Page::Enter(Field::DocumentText)),
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

/// The pictures that were found, to choose one; `of` is the page that they are on.
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
        let choice = page.choice_named(file.path, file.name, Icon::Image, chosen);
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
