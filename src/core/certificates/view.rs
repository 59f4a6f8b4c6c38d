//! The pages of printing: what, and where.

use super::{Command, Item, paper};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Icon, QuestionView};
use crate::{appointments, health_code, printing, wallet};

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(if of == Page::PrintWhere {
        place(page)
    } else {
        what(page)
    })
}

fn what(page: &mut PageBuilder<'_>) -> QuestionView {
    let documents = health_code::documents(page.core).into_iter().map(|(kept, document)| {
        let what = health_code::what_it_is(page.words, &document);
        (
            Item::Document(kept.id),
            kept.id.to_string(),
            what,
            document.holder_name().unwrap_or_default(),
            Icon::QrCode2,
        )
    });
    let visits = appointments::upcoming(page.core).into_iter().map(|visit| {
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
    let cards = wallet::cards(page.core).into_iter().map(|card| {
        (
            Item::Card(card.id),
            card.id.to_string(),
            card.name.clone(),
            String::new(),
            wallet::icon(card.kind),
        )
    });
    let items: Vec<_> = documents.chain(visits).chain(cards).collect();
    let title = page.line(if items.is_empty() {
        "print-nothing-title"
    } else {
        "print-title"
    });
    let lines = if items.is_empty() {
        vec![page.line("print-nothing-line")]
    } else {
        Vec::new()
    };
    let mut choices = Vec::new();
    for (item, id, text, note, icon) in items {
        let choice = page.choice_named(id, text, icon, AppCommand::Certificates(Command::Choose(item)));
        choices.push(page.noted(choice, note));
    }
    if choices.is_empty() {
        choices.push(
            page.choice("print-add-code", Icon::Add, AppCommand::Open(Page::AddDocument))
                .main(),
        );
        choices.push(page.choice("wallet-add", Icon::CreditCard, AppCommand::Open(Page::AddCard)));
    }
    choices.extend(printing::queue_choice(page));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn place(page: &mut PageBuilder<'_>) -> QuestionView {
    let paper = page
        .core
        .screen
        .certificates
        .item
        .and_then(|item| paper(page.core, item));
    let title = page.line("print-where-title");
    let what = paper.map_or_else(|| page.words.get("print-gone"), |paper| paper.title);
    let lines = vec![page.text(page.words.with("print-where-line", &[("what", &what)]))];
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
