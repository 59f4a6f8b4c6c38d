//! The question, and whom to ask.

use super::{Command, rules};
use crate::app::{Command as AppCommand, Page};
use crate::help::{self, grouped, spaced};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, Mark, QuestionView};

fn answer(page: &mut PageBuilder<'_>, key: &str, icon: Icon, command: Command) -> Choice {
    page.choice(key, icon, AppCommand::Fraud(command))
}

/// The page of this feature: the question, with the police and a relative one tap away.
pub(crate) fn view(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("fraud-title");
    let asked = page.core.screen.fraud.asked.as_ref();
    let rule = asked.and_then(|(trigger, _)| rules::rule(*trigger));
    let mut lines: Vec<_> = rule.map(|rule| page.line(&rule.line)).into_iter().collect();
    lines.push(page.line("fraud-ask-first"));
    let call = answer(page, "fraud-call", Icon::LocalPolice, Command::CallHotline).main();
    let hotline = rules::hotline();
    let choices = vec![
        page.noted_as(call, hotline, &spaced(hotline)),
        relative(page),
        answer(page, "fraud-own-accord", Icon::Check, Command::OfMyOwnAccord),
        answer(page, "fraud-drop", Icon::Close, Command::Drop),
    ];
    let mut details = vec![page.fact("fraud-remember", page.words.get("fraud-never"))];
    if let Some(rule) = rule {
        details.push(page.fact("fraud-who-warns", page.words.get(&rule.source.publisher)));
    }
    Body::Question(QuestionView {
        title,
        mark: Some(Mark::Caution),
        lines,
        choices,
        details,
        ..QuestionView::default()
    })
}

/// The relative who is called first; where there is none, to where one is noted down.
fn relative(page: &mut PageBuilder<'_>) -> Choice {
    let Some(&contact) = help::contacts(page.core).first() else {
        return page.choice("help-add-contact", Icon::Add, AppCommand::Open(Page::Emergency));
    };
    let text = page.words.with("fraud-call-relative", &[("name", &contact.name)]);
    let call = AppCommand::Fraud(Command::CallRelative(contact.id));
    let choice = page.choice_named("fraud-call-relative", text, Icon::Call, call);
    page.noted_as(choice, grouped(&contact.number), &spaced(&contact.number))
}
