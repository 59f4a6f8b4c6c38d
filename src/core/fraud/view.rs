//! The question, and whom to ask.

use super::{Command, rules};
use crate::app::{Command as AppCommand, Page};
use crate::help::{grouped, spaced};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, HelpView, Icon, Mark, QuestionView};

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::FraudHelp => whom_to_ask(page),
        _ => question(page),
    }
}

fn answer(page: &mut PageBuilder<'_>, key: &str, icon: Icon, command: Command) -> Choice {
    page.choice(key, icon, AppCommand::Fraud(command))
}

fn question(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("fraud-title");
    let asked = page.core.screen.fraud.asked.as_ref();
    let rule = asked.and_then(|(trigger, _)| rules::rule(*trigger));
    let lines = rule.map(|rule| page.line(&rule.line)).into_iter().collect();
    let choices = vec![
        answer(page, "fraud-unsure", Icon::Call, Command::Unsure).main(),
        answer(page, "fraud-own-accord", Icon::Check, Command::OfMyOwnAccord),
        answer(page, "fraud-drop", Icon::Close, Command::Drop),
    ];
    let publisher = rule.map(|rule| page.words.get(&rule.source.publisher));
    let details = publisher.map(|publisher| page.fact("fraud-who-warns", publisher));
    Body::Question(QuestionView {
        title,
        mark: Some(Mark::Caution),
        lines,
        choices,
        details: details.into_iter().collect(),
        ..QuestionView::default()
    })
}

fn whom_to_ask(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("fraud-help-title");
    let hotline = rules::hotline();
    let number = Some(page.spoken(hotline, &spaced(hotline)));
    let mut contacts: Vec<_> = page.core.records.contacts.values().collect();
    contacts.sort_by_key(|contact| (contact.position, contact.id));
    let relative = contacts.first().copied().cloned();
    let mut facts = vec![page.fact("fraud-remember", page.words.get("fraud-never"))];
    if relative.is_none() {
        let nobody = page.words.get("fraud-nobody");
        facts.push(page.fact("fraud-relatives", nobody));
    }
    let big = answer(page, "fraud-call", Icon::LocalPolice, Command::CallHotline).main();
    let mut choices = Vec::new();
    match relative {
        Some(contact) => {
            let text = page.words.with("fraud-call-relative", &[("name", &contact.name)]);
            let call = AppCommand::Fraud(Command::CallRelative(contact.id));
            let choice = page.choice_named("fraud-call-relative", text, Icon::Call, call);
            choices.push(page.noted(choice, grouped(&contact.number)));
        }
        None => choices.push(page.choice("help-add-contact", Icon::Add, AppCommand::Open(Page::Emergency))),
    }
    choices.push(answer(page, "fraud-drop", Icon::Close, Command::Drop));
    Body::Help(HelpView {
        title,
        seconds_left: None,
        number,
        big,
        facts,
        choices,
    })
}
