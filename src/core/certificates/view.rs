//! The pages of printing: what, in which form, and where.

use super::{Command, Format, Item, authorise, chosen, form};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::settings::Language;
use crate::view::{Body, Icon, Line, QuestionView};
use crate::{appointments, health_code, printing, wallet};

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::PrintMore => more(page),
        Page::PrintForm => forms(page),
        Page::PrintWhere => place(page),
        Page::AuthoriseWhom => authorise::whom(page),
        Page::AuthoriseFor => authorise::what(page),
        Page::AuthoriseUntil => authorise::until(page),
        Page::ConfirmAuthorisation => authorise::confirm(page),
        _ => what(page),
    })
}

/// Forms and cards that are made from what the person has told.
fn more(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("print-more-title");
    let mut choices = Vec::new();
    for (key, note, icon, command) in [
        (
            "print-emergency-card",
            "print-emergency-card-note",
            Icon::MedicalInformation,
            choose(Item::EmergencyCard),
        ),
        (
            "print-authorisation",
            "print-authorisation-note",
            Icon::Group,
            AppCommand::Open(Page::AuthoriseWhom),
        ),
        (
            "print-entry-form",
            "print-entry-form-note",
            Icon::Edit,
            choose(Item::EntryForm),
        ),
        (
            "print-blank-entry-form",
            "print-blank-entry-form-note",
            Icon::TextFields,
            choose(Item::BlankEntryForm),
        ),
    ] {
        let choice = page.choice(key, icon, command);
        let note = page.words.get(note);
        choices.push(page.noted(choice, note));
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

fn choose(item: Item) -> AppCommand {
    AppCommand::Certificates(Command::Choose(item))
}

/// Which form, each with a word what it is good for.
fn forms(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("print-form-title");
    let lines = vec![what_is_printed(page)];
    let mut choices = Vec::new();
    for format in Format::ALL {
        let (key, note, icon) = match format {
            Format::A4 => ("print-a4", "print-a4-note", Icon::TextFields),
            Format::FoldOut => ("print-fold-out", "print-fold-out-note", Icon::CreditCard),
            Format::Receipt => ("print-receipt", "print-receipt-note", Icon::Ticket),
        };
        let choice = page.choice(key, icon, AppCommand::Certificates(Command::ChooseForm(format)));
        let choice = if format == Format::A4 { choice.main() } else { choice };
        let note = page.words.get(note);
        choices.push(page.noted(choice, note));
    }
    let (key, other) = match form(page.core).language {
        Language::Chinese => ("print-in-english", Language::English),
        Language::English => ("print-in-chinese", Language::Chinese),
    };
    let command = AppCommand::Certificates(Command::ChooseLanguage(other));
    choices.push(page.choice(key, Icon::Translate, command));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// What is about to be printed: its name in the language of the paper.
fn what_is_printed(page: &mut PageBuilder<'_>) -> Line {
    let what = chosen(page.core).map_or_else(|| page.words.get("print-gone"), |paper| paper.title);
    let key = match form(page.core).format {
        Format::A4 => "print-where-line",
        Format::FoldOut => "print-where-fold-out",
        Format::Receipt => "print-where-receipt",
    };
    let key = if page.core.page() == Page::PrintForm {
        "print-form-line"
    } else {
        key
    };
    page.text(page.words.with(key, &[("what", &what)]))
}

fn what(page: &mut PageBuilder<'_>) -> QuestionView {
    // What belongs to something else is printed with it.
    let documents = health_code::documents(page.core).into_iter();
    let documents = documents
        .filter(|(kept, _)| kept.about.is_none())
        .map(|(kept, document)| {
            let what = health_code::what_it_is(page.words, &document);
            (
                Item::Document(kept.id),
                kept.id.to_string(),
                what,
                document.holder_name().unwrap_or_default(),
                Icon::QrCode2,
            )
        });
    let visits = appointments::upcoming(page.core).map(|visit| {
        let department = visit.department.of(page.words.language()).to_owned();
        let when = appointments::when(page, visit);
        (
            Item::Visit(visit.id),
            visit.id.to_string(),
            department,
            when,
            Icon::Event,
        )
    });
    // Of many cards it is asked which on a page of their own.
    let cards = wallet::cards(page.core);
    let many = cards.len() > wallet::ON_A_PAGE;
    let cards = cards.into_iter().filter(|_| !many).map(|card| {
        (
            Item::Card(card.id),
            card.id.to_string(),
            card.name.clone(),
            String::new(),
            wallet::icon(card.kind),
        )
    });
    let items: Vec<_> = documents.chain(visits).chain(cards).collect();
    let nothing = items.is_empty() && !many;
    let title = page.line(if nothing { "print-nothing-title" } else { "print-title" });
    let lines = if nothing {
        vec![page.line("print-nothing-line")]
    } else {
        Vec::new()
    };
    let mut choices = Vec::new();
    for (item, id, text, note, icon) in items {
        let choice = page.choice_named(id, text, icon, choose(item));
        choices.push(page.noted(choice, note));
    }
    if many {
        let which = AppCommand::Wallet(wallet::Command::PrintAll);
        choices.push(page.choice("wallet-print", Icon::CreditCard, which));
    }
    if choices.is_empty() {
        choices.push(
            page.choice("print-add-code", Icon::Add, AppCommand::Open(Page::AddDocument))
                .main(),
        );
        choices.push(page.choice("wallet-add", Icon::CreditCard, AppCommand::Open(Page::AddCard)));
    }
    let more = page.choice("print-more", Icon::More, AppCommand::Open(Page::PrintMore));
    let more_note = page.words.get("print-more-note");
    choices.push(page.noted(more, more_note));
    choices.extend(printing::queue_choice(page));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn place(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("print-where-title");
    let lines = vec![what_is_printed(page)];
    let printer = printing::the_printer(page.core);
    let to_printer = page.choice(
        "print-to-printer",
        Icon::Print,
        AppCommand::Certificates(Command::ToPrinter),
    );
    let note = match &printer {
        Some(printer) => printer.shown().to_owned(),
        None => page.words.get("print-no-printer-note"),
    };
    let to_printer = page.noted(to_printer, note);
    let to_file = page.choice("print-to-file", Icon::Save, AppCommand::Certificates(Command::ToFile));
    let file_note = page.words.get("print-to-file-note");
    let to_file = page.noted(to_file, file_note);
    let choices = vec![to_printer.main(), to_file];
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}
