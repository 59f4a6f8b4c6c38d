//! Registering without this device: at a counter, or by telephone.
//!
//! The counters are those that the hub names, with where they are, their hours and their telephone. Where it names none,
//! the page says what is so everywhere, and the government's service line is one tap away in any case.

use crate::app::Command as AppCommand;
use crate::appointments;
use crate::help;
use crate::page::PageBuilder;
use crate::view::{Body, Icon, QuestionView};

/// More counters than this are no help in choosing one.
const MOST_COUNTERS: usize = 3;

/// The government's service line: free to ask, day and night, all over the country.
const SERVICE_LINE: &str = "12345";

/// The page.
pub(super) fn view(page: &mut PageBuilder<'_>) -> Body {
    let language = page.words.language();
    let directory = page.core.records.directory.as_ref();
    let mut counters = directory.map_or(&[][..], |directory| &directory.counters);
    counters = counters.get(..MOST_COUNTERS).unwrap_or(counters);
    let title = page.line("register-elsewhere-title");
    let lines = vec![page.line(if counters.is_empty() {
        "register-elsewhere-any"
    } else {
        "register-elsewhere-line"
    })];
    let mut facts = Vec::new();
    for counter in counters {
        facts.push(page.strong(counter.name.of(language)));
        let place = appointments::hospital(page.core, &counter.hospital);
        let address = place.map(|place| place.address.of(language));
        for (label, value) in [
            ("counter-address", address.unwrap_or_default()),
            ("visit-place", counter.counter.of(language)),
            ("counter-hours", counter.hours.of(language)),
            ("visit-bring", counter.bring.of(language)),
        ] {
            if !value.is_empty() {
                facts.push(page.fact(label, value));
            }
        }
    }
    if counters.is_empty() {
        let bring = page.words.get("register-elsewhere-bring");
        facts.push(page.fact("visit-bring", bring));
    }
    let call = |number: &str| {
        AppCommand::Appointments(appointments::Command::Call {
            number: number.to_owned(),
        })
    };
    let mut choices = Vec::new();
    for counter in counters.iter().filter(|counter| !counter.phone.is_empty()) {
        let text = page.words.with("register-call", &[("name", counter.name.of(language))]);
        let id = format!("call-{}", counter.id);
        let choice = page.choice_named(id, text, Icon::Call, call(&counter.phone));
        choices.push(page.noted(choice, help::grouped(&counter.phone)));
    }
    let line = page.choice("register-call-12345", Icon::Call, call(SERVICE_LINE));
    let note = page.words.get("register-call-12345-note");
    choices.push(page.noted(line, note));
    if let Some(first) = choices.first_mut() {
        *first = first.clone().main();
    }
    choices.push(page.home());
    Body::Question(QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    })
}
