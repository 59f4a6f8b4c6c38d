//! Keeping what a service has issued fresh, without a word.
//!
//! A health status is short-lived. It is asked for again when it is half a day old or near its end, and so is the signed
//! copy of a coming visit or a card that does not say any more what is kept. That happens only when the hub has just been
//! heard of, so a dead network costs nothing. Nobody has asked for it: no page opens, what brings no answer is let go, and
//! a service that says no is not asked again for a day. The one exception is a health status that has become worse. It is
//! told, below a page that must stay, and stands on the home page for as long as it is so.

use anban_credential::{Document, DocumentState, Kind, Status};
use jiff::{SignedDuration, Timestamp};

use super::{About, Command, Held, KeptDocument, documents, people, standing, what_it_is};
use crate::app::{Command as AppCommand, Core};
use crate::ids::{DocumentId, RequestId};
use crate::outbox::{DocumentWish, OutboxItem, Request};
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Choice, Icon, Mark};
use crate::{appointments, certificates};

/// A health status that came longer ago is asked for again.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(12);

/// So is one that ends sooner than this.
const NEAR_ITS_END: SignedDuration = SignedDuration::from_hours(24);

/// Nothing is renewed sooner, however short it lasts: an answer that changes nothing must not be asked for at once again.
const SOONEST: SignedDuration = SignedDuration::from_hours(1);

/// After a refusal nothing is asked by itself for so long.
const REST: SignedDuration = SignedDuration::from_hours(24);

/// Asks the hub for what is no longer fresh.
///
/// # Errors
/// The store's; what was not asked is asked the next time.
pub(crate) fn ask_quietly(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    for wish in wanted(turn.core) {
        super::ask_hub(turn, wish)?;
    }
    Ok(())
}

/// What is kept and no longer fresh, as it is asked for.
fn wanted(core: &Core) -> Vec<DocumentWish> {
    if core.hub().is_none() {
        return Vec::new();
    }
    let now = core.now().timestamp();
    documents(core)
        .iter()
        .filter(|(kept, _)| !kept.refused_at.is_some_and(|at| is_within(REST, at, now)))
        .filter_map(|held| match held.0.about {
            None => health_status(core, held, now),
            Some(_) if is_within(SOONEST, held.0.refreshed_at, now) => None,
            Some(About::Visit(id)) if !appointments::upcoming(core).any(|visit| visit.id == id) => None,
            Some(About::Visit(id)) => certificates::unsigned(core, certificates::Item::Visit(id)),
            Some(About::Card(id)) => certificates::unsigned(core, certificates::Item::Card(id)),
            Some(_) => None,
        })
        .map(|wish| DocumentWish { quiet: true, ..wish })
        .filter(|wish| !is_asked(core, wish, now))
        .collect()
}

/// Whether two moments are no further apart. A clock that was set back makes nothing fresh for ever.
fn is_within(time: SignedDuration, at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < time
}

/// The question for a health status that was issued here, if it is not fresh any more.
fn health_status(core: &Core, held: &Held<'_>, now: Timestamp) -> Option<DocumentWish> {
    let (kept, document) = held;
    let ends = document.expires_at();
    let near_its_end = ends.is_some_and(|end| end.duration_since(now) <= NEAR_ITS_END);
    let fresh_for = if near_its_end { SOONEST } else { FRESH_FOR };
    if is_within(fresh_for, kept.refreshed_at, now) {
        return None;
    }
    again(core, held)
}

/// The question for a health status that a service has issued, once more.
pub(super) fn again(core: &Core, (kept, document): &Held<'_>) -> Option<DocumentWish> {
    let number = kept.issued_for.as_ref()?;
    if document.kind() != Kind::HealthStatus {
        return None;
    }
    Some(DocumentWish {
        relative: *number != core.records.profile.identity_number,
        ..DocumentWish::health_status(document.holder_name()?, number.clone())
    })
}

/// Whether the same is asked already, or was refused not long ago, when the person asked.
fn is_asked(core: &Core, wish: &DocumentWish, now: Timestamp) -> bool {
    core.records.outbox.values().any(|item| {
        matches!(&item.request, Request::IssueDocument(old) if wish.replaces(old))
            && (item.refused.is_none() || is_within(REST, item.asked_at, now))
    })
}

/// What is kept that a quiet question is to renew; `None` where it was removed meanwhile.
fn renewable<'a>(core: &'a Core, wish: &DocumentWish) -> Option<Held<'a>> {
    documents(core).into_iter().find(|(kept, document)| {
        kept.about == wish.about
            && document.kind().as_str() == wish.kind.as_str()
            && (wish.about.is_some() || kept.issued_for.as_ref() == Some(&wish.identity_number))
    })
}

/// The quiet questions that are to renew one of these documents.
pub(super) fn questions_about(core: &Core, ids: &[DocumentId]) -> Vec<RequestId> {
    let renews = |wish: &DocumentWish| renewable(core, wish).is_some_and(|(kept, _)| ids.contains(&kept.id));
    let questions = core
        .records
        .outbox
        .values()
        .filter(|item| matches!(&item.request, Request::IssueDocument(wish) if wish.quiet && renews(wish)));
    questions.map(|item| item.id).collect()
}

/// A quiet question is answered: the newer document takes the place of the older one.
pub(super) fn renewed(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    wish: &DocumentWish,
    document: &Document,
) -> Result<(), StoreError> {
    let now = turn.now();
    let vouched = |document: &Document| turn.core.trust.state(document, now) != DocumentState::UnknownIssuer;
    let Some((kept, old)) = renewable(turn.core, wish) else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    // What nobody vouches for is no newer form of what somebody vouches for.
    if document.issued_at() < old.issued_at() || (vouched(&old) && !vouched(document)) {
        return refused(turn, item, wish);
    }
    let renewed = KeptDocument {
        text: document.text().to_owned(),
        refreshed_at: now,
        refused_at: None,
        ..kept.clone()
    };
    let id = renewed.id;
    turn.commit(vec![Change::PutDocument(renewed), Change::RemoveOutbox(item.id)])?;
    if gravity(document.status()) > gravity(old.status()) {
        tell_of_worse(turn, id, document);
    }
    Ok(())
}

/// A quiet question is refused: nobody is told, and nothing of it stays but when it was.
pub(super) fn refused(turn: &mut Turn<'_>, item: &OutboxItem, wish: &DocumentWish) -> Result<(), StoreError> {
    let noted = renewable(turn.core, wish).map(|(kept, _)| KeptDocument {
        refused_at: Some(turn.now()),
        ..kept.clone()
    });
    let noted = noted.map(Change::PutDocument);
    turn.commit(noted.into_iter().chain([Change::RemoveOutbox(item.id)]).collect())
}

/// How far from a pass a colour is.
fn gravity(status: Option<Status>) -> u8 {
    match status {
        None | Some(Status::Green) => 0,
        Some(Status::Yellow) => 1,
        Some(Status::Red) => 2,
    }
}

fn tell_of_worse(turn: &mut Turn<'_>, id: DocumentId, document: &Document) {
    let mark = if document.status() == Some(Status::Red) {
        Mark::Bad
    } else {
        Mark::Caution
    };
    let line = if mark == Mark::Bad {
        "health-worse-red"
    } else {
        "health-worse-yellow"
    };
    let name = document.holder_name().unwrap_or_default();
    let mut outcome = Outcome::new(mark, "health-worse-title").line(Sentence(line, vec![("name", name)]));
    let health = document.anban_claims().and_then(|claims| claims.health.as_ref());
    if let Some(reason) = health.and_then(|health| health.reason.clone()) {
        outcome = outcome.line(Sentence("health-worse-reason", vec![("reason", reason)]));
    }
    let show = AppCommand::HealthCode(Command::Show(id));
    turn.show(outcome.main("document-kept-show", Icon::QrCode2, show));
}

/// The lines on the home page about health codes that are no pass at this moment: yellow, red, or taken back.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let (core, words) = (page.core, page.words);
    let mut lines = Vec::new();
    for person in people(core) {
        for (kept, document) in &person.documents {
            let standing = standing(core, kept, document);
            let no_pass = match standing.state {
                DocumentState::Valid => gravity(standing.status) > 0,
                state => state == DocumentState::Revoked,
            };
            if document.kind() == Kind::HealthStatus && no_pass {
                let what = what_it_is(words, document);
                let whose = words.with("code-whose", &[("name", &person.name), ("what", &what)]);
                let said = words.with("code-said", &[("whose", &whose), ("state", &standing.word(words))]);
                lines.push((kept.id, standing.mark(), said));
            }
        }
    }
    let show = |id| AppCommand::HealthCode(Command::Show(id));
    lines
        .into_iter()
        .map(|(id, mark, said)| {
            page.choice_named(format!("home-health-{id}"), said, Icon::Warning, show(id))
                .marked(mark)
        })
        .collect()
}
