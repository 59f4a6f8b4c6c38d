//! The pages on which a person lets a relative do something: who, what, until when, and whether it is right.

use jiff::ToSpan;

use super::{Authorisation, Command, Item, Purpose};
use crate::app::{Command as AppCommand, Page};
use crate::help;
use crate::page::PageBuilder;
use crate::view::{Icon, QuestionView};
use crate::words::time;

/// For how long, in days, and the keys of the words. A service signs no longer one than a year.
const SPANS: [(i64, &str); 4] = [
    (7, "authorise-week"),
    (30, "authorise-month"),
    (90, "authorise-quarter"),
    (365, "authorise-year"),
];

fn command(command: Command) -> AppCommand {
    AppCommand::Certificates(command)
}

/// Who: one of the contacts.
pub(super) fn whom(page: &mut PageBuilder<'_>) -> QuestionView {
    let contacts = help::contacts(page.core);
    let nobody = contacts.is_empty();
    let title = page.line(if nobody {
        "authorise-nobody-title"
    } else {
        "authorise-whom-title"
    });
    let lines = vec![page.line(if nobody {
        "authorise-nobody-line"
    } else {
        "authorise-whom-line"
    })];
    let mut choices = Vec::new();
    for contact in contacts {
        let whom = command(Command::AuthoriseWhom(contact.id));
        let choice = page.choice_named(contact.id.to_string(), contact.name.clone(), Icon::Person, whom);
        choices.push(page.noted(choice, help::grouped(&contact.number)));
    }
    if nobody {
        let add = AppCommand::Help(help::Command::EditContact(None));
        choices.push(page.choice("emergency-add", Icon::Add, add).main());
    }
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// What they may do.
pub(super) fn what(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("authorise-for-title");
    let mut choices = Vec::new();
    for purpose in Purpose::ALL {
        let icon = match purpose {
            Purpose::CollectMedicine => Icon::MedicalInformation,
            Purpose::Book => Icon::Event,
            Purpose::FetchResults => Icon::LocalHospital,
            Purpose::ShowCode => Icon::QrCode2,
            Purpose::Papers => Icon::Badge,
        };
        choices.push(page.choice(purpose.key(), icon, command(Command::AuthoriseFor(purpose))));
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// Until when.
pub(super) fn until(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("authorise-until-title");
    let today = page.core.now().date();
    let mut choices = Vec::new();
    for (days, key) in SPANS {
        let day = today.saturating_add(days.days());
        let choice = page.choice(key, Icon::Schedule, command(Command::AuthoriseUntil(day)));
        let note = time::date_from(page.words, day, today);
        choices.push(page.noted(choice, note));
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// Whether it is right, in one sentence.
pub(super) fn confirm(page: &mut PageBuilder<'_>) -> QuestionView {
    let screen = &page.core.screen.certificates;
    let contact = screen
        .contact
        .and_then(|id| page.core.records.contacts.get(&id))
        .cloned();
    let (Some(contact), Some(purpose), Some(until)) = (contact, screen.purpose, screen.until) else {
        return whom(page);
    };
    let title = page.line("authorise-confirm-title");
    let (words, may) = (page.words, page.words.get(purpose.key()));
    let day = time::date_from(words, until, page.core.now().date());
    let sentence = words.with(
        "authorise-confirm-line",
        &[("who", &contact.name), ("what", &may), ("until", &day)],
    );
    let lines = vec![page.text(sentence)];
    let authorisation = Authorisation {
        contact: contact.id,
        purpose,
        until,
    };
    let yes = command(Command::Choose(Item::Authorisation(authorisation)));
    let choices = vec![
        page.choice("authorise-yes", Icon::Check, yes).main(),
        page.choice("authorise-no", Icon::Close, AppCommand::Open(Page::AuthoriseWhom)),
    ];
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}
