//! What is on each kind of paper.

use super::{Item, Paper};
use crate::app::Core;
use crate::appointments::{self, VisitState};
use crate::health_code;
use crate::ids::{CardId, DocumentId, VisitId};
use crate::page::PageBuilder;
use crate::register;
use crate::view::{Mark, Symbol};
use crate::wallet;
use crate::words::time;

/// The paper of an item; `None` when it is gone.
#[must_use]
pub fn paper(core: &Core, item: Item) -> Option<Paper> {
    match item {
        Item::Document(id) => document(core, id),
        Item::Visit(id) => visit(core, id),
        Item::Card(id) => card(core, id),
        Item::Register(day) => register::paper(core, day),
    }
}

/// The line at the foot of every paper: when and by what it was printed.
pub(crate) fn footer(core: &Core) -> String {
    let words = core.words();
    words.with("paper-footer", &[("date", &time::full_date(words, core.now().date()))])
}

fn document(core: &Core, id: DocumentId) -> Option<Paper> {
    let kept = core.records.documents.get(&id)?;
    let document = anban_credential::read(&kept.text).ok()?;
    let words = core.words();
    let view = health_code::code_view(&mut PageBuilder::for_paper(core), kept, &document);
    let mut facts: Vec<(String, String)> = Vec::new();
    if let Some(name) = document.holder_name() {
        facts.push((words.get("help-name"), name));
    }
    facts.extend(view.facts.into_iter().map(|fact| (fact.label, fact.value)));
    Some(Paper {
        language: words.language(),
        title: health_code::what_it_is(words, &document),
        state: view.mark.map(|mark| (mark, view.state.text)),
        facts,
        symbol: view.symbol,
        caption: Some(words.get("paper-code-caption")),
        notes: vec![words.get("paper-document-what"), words.get("paper-document-ask")],
        footer: footer(core),
    })
}

fn visit(core: &Core, id: VisitId) -> Option<Paper> {
    let visit = core.records.visits.get(&id)?;
    let words = core.words();
    let mut page = PageBuilder::for_paper(core);
    let (mark, state) = appointments::state_of(&page, visit);
    let facts = appointments::facts(&mut page, visit);
    let booked = matches!(visit.state, VisitState::Booked { .. });
    let patient = (words.get("help-name"), visit.patient.clone());
    let labelled = |fact: crate::view::Fact| {
        let label = if fact.label.is_empty() {
            words.get("visit-when")
        } else {
            fact.label
        };
        (label, fact.value.replace('\n', " "))
    };
    Some(Paper {
        language: words.language(),
        title: words.get("paper-visit-title"),
        state: Some((mark, state)),
        facts: [patient].into_iter().chain(facts.into_iter().map(labelled)).collect(),
        symbol: None,
        caption: None,
        notes: vec![words.get(if booked {
            "paper-visit-booked"
        } else {
            "paper-visit-waiting"
        })],
        footer: footer(core),
    })
}

fn card(core: &Core, id: CardId) -> Option<Paper> {
    let card = core.records.cards.get(&id)?;
    let words = core.words();
    let number = (!card.number.is_empty()).then(|| (words.get("card-number"), wallet::grouped(&card.number)));
    Some(Paper {
        language: words.language(),
        title: card.name.clone(),
        state: None::<(Mark, String)>,
        facts: number.into_iter().chain(card.details.iter().cloned()).collect(),
        symbol: card.code.as_ref().map(|code| Symbol {
            symbology: code.symbology,
            text: code.text.clone(),
            label: words.with("code-label", &[("what", &card.name)]),
        }),
        caption: None,
        notes: vec![words.get("paper-card-what")],
        footer: footer(core),
    })
}
