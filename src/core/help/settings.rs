//! Setting up 呼救: whom to call, and what they should know.

use super::{Command, Contact, MOST_CONTACTS, view::grouped};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::view::{Body, Icon, QuestionView};

/// The contact that is open.
pub(crate) fn edited(core: &Core) -> Option<&Contact> {
    core.records.contacts.get(&core.screen.help.contact?)
}

/// The two pages.
pub(crate) fn settings_view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(if of == Page::Contact {
        contact(page)
    } else {
        emergency(page)
    })
}

fn emergency(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("emergency-title");
    let lines = vec![page.line("emergency-line")];
    let profile = page.core.records.profile.clone();
    let missing = page.words.get("emergency-missing");
    let mut choices = Vec::new();
    for (key, icon, field, value) in [
        ("emergency-name", Icon::Person, Field::Name, profile.name),
        ("emergency-address", Icon::LocationOn, Field::Address, profile.address),
        (
            "emergency-notes",
            Icon::MedicalInformation,
            Field::MedicalNotes,
            profile.medical_notes,
        ),
    ] {
        let choice = page.choice(key, icon, AppCommand::Open(Page::Enter(field)));
        let note = if value.is_empty() { missing.clone() } else { value };
        choices.push(page.noted(choice, note));
    }
    for contact in super::contacts(page.core) {
        let command = AppCommand::Help(Command::EditContact(Some(contact.id)));
        let choice = page.choice_named(contact.id.to_string(), contact.name.clone(), Icon::Call, command);
        choices.push(page.noted(choice, grouped(&contact.number)));
    }
    if page.core.records.contacts.len() < MOST_CONTACTS {
        choices.push(
            page.choice("emergency-add", Icon::Add, AppCommand::Help(Command::EditContact(None)))
                .main(),
        );
    }
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn contact(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(contact) = edited(page.core).cloned() else {
        let title = page.line("contact-gone");
        let choices = vec![
            page.choice("contact-saved-back", Icon::Group, AppCommand::Open(Page::Emergency))
                .main(),
        ];
        return QuestionView {
            title,
            choices,
            ..QuestionView::default()
        };
    };
    let title = page.text(contact.name);
    let facts = vec![page.fact("contact-number", grouped(&contact.number))];
    let choices = vec![
        page.choice(
            "contact-edit-name",
            Icon::Edit,
            AppCommand::Open(Page::Enter(Field::ContactName)),
        ),
        page.choice(
            "contact-edit-number",
            Icon::Edit,
            AppCommand::Open(Page::Enter(Field::ContactNumber)),
        ),
        page.choice("contact-remove", Icon::Delete, AppCommand::Help(Command::RemoveContact)),
    ];
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}
