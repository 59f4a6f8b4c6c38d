//! The page of a code: whose it is, how it stands, the code itself, and everybody and everything else that is carried.
//!
//! The name stands beside the state, above the code, and is the first thing that is said, so that nobody shows the wrong
//! one. The others whose codes are kept here are one tap away, and so is everything else that the person carries. What
//! has run out or was taken back has no code on the page: a large word stands in its place.

use anban_credential::{Document, DocumentState, Kind};
use jiff::SignedDuration;

use super::standing::{state_mark, state_words};
use super::{Command, Held, KeptDocument, Person, Standing, people, shown, standing, what_it_is};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::page::PageBuilder;
use crate::symbol::Symbology;
use crate::view::{Choice, CodeView, Fact, Icon, Line, Symbol};
use crate::words::{Words, time};

/// What holds no longer than this ends at an hour and not at a day.
const SHORT_LIVED: SignedDuration = SignedDuration::from_hours(24 * 14);

/// The code and all that belongs to it, without anything to tap, as it stands on paper.
pub(crate) fn code_view(page: &mut PageBuilder<'_>, kept: &KeptDocument, document: &Document) -> CodeView {
    let words = page.words;
    let state = page.core.trust.state(document, page.core.now().timestamp());
    let status = document.status();
    let mark = Some(state_mark(state, status));
    let state_line = page.text(state_words(words, state, status));
    let what = what_it_is(words, document);
    let lines = document.holder_name().into_iter().chain([what]);
    let lines = lines.map(|line| page.text(line)).collect();
    let mut facts = facts(page, kept, document);
    if state == DocumentState::UnknownIssuer {
        let unknown = words.get("code-unknown-explained");
        facts.push(page.fact("code-note", unknown));
    }
    CodeView {
        mark,
        state: state_line,
        lines,
        symbol: Some(symbol(words, document)),
        facts,
        ..CodeView::default()
    }
}

fn symbol(words: Words, document: &Document) -> Symbol {
    let what = what_it_is(words, document);
    Symbol {
        symbology: Symbology::Qr,
        text: document.text().to_owned(),
        label: words.with("code-label", &[("what", &what)]),
    }
}

/// Until when, refreshed when, who vouches, and the number as far as the document shows it.
fn facts(page: &mut PageBuilder<'_>, kept: &KeptDocument, document: &Document) -> Vec<Fact> {
    let words = page.words;
    let zone = page.core.now().time_zone().clone();
    let mut facts = Vec::new();
    if let Some(until) = document.expires_at() {
        let lasts = document.issued_at().map(|from| until.duration_since(from));
        let until = until.to_zoned(zone);
        let day = time::full_date(words, until.date());
        let said = if lasts.is_some_and(|lasts| lasts <= SHORT_LIVED) {
            let clock = time::clock(words, until.time());
            words.with("day-and-clock", &[("day", &day), ("clock", &clock)])
        } else {
            day
        };
        facts.push(page.fact("code-until", said));
    }
    facts.push(page.fact("code-refreshed", page.past(kept.refreshed_at)));
    if let Some(issuer) = document.issuer() {
        facts.push(page.fact("code-issuer", issuer));
    }
    facts
}

/// The page; `None` while nothing is kept.
pub(super) fn page(page: &mut PageBuilder<'_>) -> Option<CodeView> {
    let (core, words) = (page.core, page.words);
    let people = people(core);
    let (person, held) = shown(&people, core)?;
    let (kept, document) = held;
    let standing = standing(core, kept, document);
    let what = what_it_is(words, document);
    let state = state_line(page, person, &what, standing, document);
    // Read with the state, as one sentence.
    let with_state = |text: String| Line { part: state.part, text };
    let holder = (!person.name.is_empty()).then(|| with_state(person.name.clone()));
    let notices = standing.notices(words, core.now());
    let lines = notices.into_iter().map(|notice| page.text(notice)).collect();
    let others = if people.len() > 1 {
        people
            .iter()
            .filter_map(|one| person_choice(page, one, &people, person))
            .collect()
    } else {
        Vec::new()
    };
    let kinds = if person.documents.len() > 1 {
        person
            .documents
            .iter()
            .map(|held| kind_choice(page, held, held.0.id == kept.id))
            .collect()
    } else {
        Vec::new()
    };
    let claims = document.anban_claims();
    let reason = claims.and_then(|claims| claims.health.as_ref()?.reason.clone());
    let mut said: Vec<Fact> = reason
        .into_iter()
        .map(|reason| page.fact("code-reason", reason))
        .collect();
    said.extend(facts(page, kept, document));
    let identity = claims.and_then(|claims| claims.person.identity_document.as_ref());
    said.extend(identity.map(|identity| page.fact("code-number", identity.number.clone())));
    let choices = choices(page, person, held, standing);
    let shows = standing.can_be_shown();
    Some(CodeView {
        mark: Some(standing.mark()),
        holder,
        what: Some(with_state(what)),
        lines,
        people: others,
        kinds,
        symbol: shows.then(|| symbol(words, document)),
        covered: (!shows).then(|| with_state(state.text.clone())),
        number: None,
        photos: Vec::new(),
        facts: said,
        choices,
        state,
    })
}

/// The state as a word. What is said is the whole sentence: 王建国的健康码：绿码 有效。
fn state_line(
    page: &mut PageBuilder<'_>,
    person: &Person<'_>,
    what: &str,
    standing: Standing,
    document: &Document,
) -> Line {
    let words = page.words;
    let state = if standing.stale.is_some() {
        standing.word(words)
    } else {
        state_words(words, standing.state, document.status())
    };
    let whose = if person.name.is_empty() {
        what.to_owned()
    } else {
        words.with("code-whose", &[("name", &person.name), ("what", what)])
    };
    let said = words.with("code-said", &[("whose", &whose), ("state", &state)]);
    page.spoken(standing.word(words), &said)
}

fn person_choice(
    page: &mut PageBuilder<'_>,
    one: &Person<'_>,
    all: &[Person<'_>],
    shown: &Person<'_>,
) -> Option<Choice> {
    let (best, _) = one.documents.first()?;
    let oldest = one.documents.iter().map(|(kept, _)| (kept.added_at, kept.id)).min();
    let id = format!("person-{}", oldest.map_or(best.id, |(_, id)| id));
    let name = if one.name.is_empty() {
        page.words.get("code-nobody")
    } else {
        one.name.clone()
    };
    let command = AppCommand::HealthCode(Command::Show(best.id));
    let choice = page
        .choice_named(id, name, Icon::None, command)
        .chosen_if(std::ptr::eq(one, shown));
    // People of one name are told apart by the end of their number.
    let namesakes = all.iter().filter(|other| other.name == one.name).count();
    let end = one.number_end().filter(|_| namesakes > 1);
    let note = end.map(|end| page.words.with("code-number-end", &[("end", &end)]));
    Some(page.noted(choice, note.unwrap_or_default()))
}

fn kind_choice(page: &mut PageBuilder<'_>, (kept, document): &Held<'_>, chosen: bool) -> Choice {
    let words = page.words;
    let key = match document.kind() {
        Kind::HealthStatus => "kind-health-status",
        Kind::HealthCard => "short-health-card",
        Kind::MedicalInsurance => "kind-medical-insurance",
        Kind::Vaccination => "short-vaccination",
        Kind::CheckUp => "short-check-up",
        Kind::TravelRecord => "short-travel-record",
        Kind::Test => "short-test",
        Kind::Recovery => "short-recovery",
        _ => "",
    };
    let name = if key.is_empty() {
        what_it_is(words, document)
    } else {
        words.get(key)
    };
    let command = AppCommand::HealthCode(Command::Show(kept.id));
    let choice = page
        .choice_named(format!("kind-{}", kept.id), name, Icon::None, command)
        .chosen_if(chosen);
    let standing = standing(page.core, kept, document);
    let note = (!standing.can_be_shown()).then(|| standing.word(words));
    page.noted(choice, note.unwrap_or_default())
}

fn relative(page: &mut PageBuilder<'_>) -> Choice {
    let ask = AppCommand::HealthCode(Command::AskForRelative);
    page.choice("document-relative", Icon::Group, ask)
}

fn choices(page: &mut PageBuilder<'_>, person: &Person<'_>, held: &Held<'_>, standing: Standing) -> Vec<Choice> {
    let (kept, document) = held;
    let renewed = document.kind() == Kind::HealthStatus && (kept.issued_for.is_some() || person.owner);
    let renew = AppCommand::HealthCode(Command::Renew(kept.id));
    let print = AppCommand::Certificates(certificates::Command::Choose(certificates::Item::Document(kept.id)));
    let add = AppCommand::Open(Page::AddDocument);
    let mut choices = Vec::new();
    if standing.can_be_shown() {
        choices.push(page.choice("code-print", Icon::Print, print).main());
        choices.extend(renewed.then(|| page.choice("code-renew", Icon::Refresh, renew)));
        choices.push(relative(page));
        choices.push(page.choice("code-add", Icon::Add, add));
    } else {
        choices.extend(renewed.then(|| page.choice("code-renew", Icon::Refresh, renew).main()));
        let add = page.choice("code-add", Icon::Add, add);
        choices.push(if renewed { add } else { add.main() });
        choices.push(page.choice("code-print", Icon::Print, print));
        choices.push(relative(page));
    }
    if page.core.records.documents.len() > 1 {
        choices.push(page.choice("code-others", Icon::Group, AppCommand::Open(Page::Documents)));
    }
    let remove = AppCommand::HealthCode(Command::Remove(kept.id));
    choices.push(page.choice("code-remove", Icon::Delete, remove));
    if !person.owner && person.documents.len() > 1 && !person.name.is_empty() {
        let text = page.words.with("code-remove-person", &[("name", &person.name)]);
        let command = AppCommand::HealthCode(Command::RemovePerson(kept.id));
        choices.push(page.choice_named("code-remove-person", text, Icon::Delete, command));
    }
    choices
}
