//! The page of 呼救.

use super::{Callee, Calling, Command, Service, name, number, seconds_left};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Fact, HelpView, Icon};

/// Digits apart, so that they are read one by one: 1 2 0.
pub(crate) fn spaced(number: &str) -> String {
    number.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// A long number in groups, as telephone numbers are written: 138 0013 8000. One that is written in groups stays so.
pub(crate) fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    if digits.len() < 7 || digits.iter().any(|&c| c == '-' || c.is_whitespace()) {
        return number.to_owned();
    }
    // Groups of four from the end: the way numbers are read over the telephone.
    let mut groups: Vec<String> = digits.rchunks(4).map(|group| group.iter().collect()).collect();
    groups.reverse();
    groups.join(" ")
}

/// The page, however far a call is.
pub(crate) fn view(page: &mut PageBuilder<'_>) -> Body {
    Body::Help(match page.core.screen.help.calling {
        Calling::No => before(page),
        Calling::Countdown { callee, until, .. } => {
            let left = seconds_left(until, page.core.now().timestamp()).max(0);
            counting(page, callee, left)
        }
        Calling::Dialling { callee } | Calling::Dialled { callee } => after(page, callee, true),
        Calling::CannotCall { callee } => after(page, callee, false),
    })
}

fn call(callee: Callee) -> AppCommand {
    AppCommand::Help(Command::Call(callee))
}

fn before(page: &mut PageBuilder<'_>) -> HelpView {
    let title = page.line("help-title");
    let big = service(page, "help-call-ambulance", Icon::Ambulance, Service::Ambulance).help();
    let mut choices: Vec<Choice> = vec![
        service(page, "help-call-police", Icon::LocalPolice, Service::Police),
        service(page, "help-call-fire", Icon::LocalFireDepartment, Service::Fire),
    ];
    for contact in super::contacts(page.core) {
        let text = page.words.with("help-call-contact", &[("name", &contact.name)]);
        let choice = page.choice_named(
            contact.id.to_string(),
            text,
            Icon::Call,
            call(Callee::Contact(contact.id)),
        );
        choices.push(page.noted_as(choice, grouped(&contact.number), &spaced(&contact.number)));
    }
    if page.core.records.contacts.is_empty() {
        choices.push(page.choice("help-add-contact", Icon::Add, AppCommand::Open(Page::Emergency)));
    }
    HelpView {
        title,
        seconds_left: None,
        number: None,
        big,
        facts: Vec::new(),
        choices,
    }
}

/// The button that calls a public service. Its number is read digit by digit.
fn service(page: &mut PageBuilder<'_>, key: &str, icon: Icon, service: Service) -> Choice {
    let choice = page.choice(key, icon, call(Callee::Service(service)));
    if let Some(said) = page.reading.get_mut(choice.part) {
        *said = said.replace(service.number(), &spaced(service.number()));
    }
    choice
}

fn counting(page: &mut PageBuilder<'_>, callee: Callee, left: i64) -> HelpView {
    let title = page.text(page.words.with("help-counting", &[("who", &name(page.core, callee))]));
    let big = page
        .choice("help-stop", Icon::Stop, AppCommand::Help(Command::Stop))
        .main();
    HelpView {
        title,
        seconds_left: Some(left),
        number: None,
        big,
        facts: Vec::new(),
        choices: Vec::new(),
    }
}

fn after(page: &mut PageBuilder<'_>, callee: Callee, can_call: bool) -> HelpView {
    let who = name(page.core, callee);
    let key = if can_call { "help-calling" } else { "help-cannot" };
    let title = page.text(page.words.with(key, &[("who", &who)]));
    let digits = number(page.core, callee).unwrap_or_default();
    let number = Some(page.spoken(grouped(&digits), &spaced(&digits)));
    let facts = for_whoever_stands_by(page);
    let done = |page: &mut PageBuilder<'_>| page.choice("help-done", Icon::Check, AppCommand::Help(Command::Stop));
    let again = |page: &mut PageBuilder<'_>| page.choice("help-again", Icon::Call, call(callee));
    // Where calling can't work the large button does not invite to try it over and over.
    let (big, choices) = if can_call {
        (again(page).help(), vec![done(page)])
    } else {
        (done(page).main(), vec![again(page)])
    };
    HelpView {
        title,
        seconds_left: None,
        number,
        big,
        facts,
        choices,
    }
}

fn for_whoever_stands_by(page: &mut PageBuilder<'_>) -> Vec<Fact> {
    let profile = page.core.records.profile.clone();
    [
        ("help-name", profile.name),
        ("help-address", profile.address),
        ("help-notes", profile.medical_notes),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| page.fact(label, value))
    .collect()
}
