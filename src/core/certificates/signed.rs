//! The signed code of what is not itself a signed document: a visit's slip, a card's copy, the emergency card, a form, an
//! authorisation.
//!
//! A service signs what the person states at that moment ([`wish`]), and the document that comes back is kept with a
//! pointer to what it is about. What has been changed since then is no longer what was signed: the code then stays off
//! the paper, and the paper says so ([`signed`]).

use std::collections::BTreeMap;

use anban_credential::{Document, DocumentState};
use anban_wire::documents::{DocumentKind, STATEMENT};

use super::Item;
use crate::app::Core;
use crate::appointments::VisitState;
use crate::health_code::{self, About, KeptDocument};
use crate::help;
use crate::outbox::DocumentWish;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::wallet::{self, CardKind};

/// What is known of an item's signature.
pub(super) enum Signed<'a> {
    /// It was signed as it is now.
    Current(&'a KeptDocument, Document),
    /// It was signed, and changed since, or what was signed does not hold any more.
    Outdated,
    /// Nobody has signed it yet.
    NotYet,
}

/// Whether a document's code may be printed as one that holds.
pub(super) fn holds(core: &Core, document: &Document) -> bool {
    let state = core.trust.state(document, core.now().timestamp());
    matches!(
        state,
        DocumentState::Valid | DocumentState::UnknownIssuer | DocumentState::NotYetValid
    )
}

/// The document that an item's code would be asked for with now; `None` where there is nothing to sign.
pub(super) fn wish(core: &Core, item: Item) -> Option<DocumentWish> {
    let profile = &core.records.profile;
    let mut wish = DocumentWish::health_status(profile.name.clone(), profile.identity_number.clone());
    let mut details = Vec::new();
    let (kind, about) = match item {
        Item::Document(_) | Item::BlankEntryForm | Item::Register(_) | Item::Cards | Item::CashComplaint => {
            return None;
        }
        Item::Visit(id) => {
            let visit = core.records.visits.get(&id)?;
            let VisitState::Booked { appointment } = &visit.state else {
                return None;
            };
            if visit.patient != profile.name {
                // The number that is kept here is not the patient's.
                wish.identity_number = String::new();
            }
            wish.name.clone_from(&visit.patient);
            wish.appointment = Some(appointment.clone());
            (DocumentKind::Appointment, About::Visit(id))
        }
        Item::Card(id) => {
            // The number of a bank card is nobody's to sign, and is shown to no hub.
            let card = wallet::in_use(core, id).filter(|card| card.kind != CardKind::Bank)?;
            details.push(("card", card.name.clone()));
            details.push(("number", card.number.clone()));
            (DocumentKind::CardCopy, About::Card(id))
        }
        Item::EmergencyCard => {
            details.push(("address", profile.address.clone()));
            details.push(("medical-notes", profile.medical_notes.clone()));
            let contacts: Vec<_> = help::contacts(core)
                .iter()
                .map(|contact| format!("{} {}", contact.name, contact.number))
                .collect();
            details.push(("contacts", contacts.join("; ")));
            (DocumentKind::EmergencyCard, About::EmergencyCard)
        }
        Item::EntryForm => {
            details.push(("address", profile.address.clone()));
            (DocumentKind::EntryForm, About::EntryForm)
        }
        Item::Authorisation(authorisation) => {
            let contact = core.records.contacts.get(&authorisation.contact)?;
            details.push(("to", contact.name.clone()));
            details.push(("telephone", contact.number.clone()));
            details.push(("may", authorisation.purpose.name().to_owned()));
            details.push(("until", authorisation.until.to_string()));
            (DocumentKind::Delegation, About::Authorisation)
        }
    };
    wish.kind = kind;
    wish.about = Some(about);
    wish.details = details
        .into_iter()
        .map(|(name, text)| (name.to_owned(), one_line(&text)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    Some(wish)
}

/// A document's texts have no line ends.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split(char::is_control).map(str::trim).collect();
    words.join(" ").trim().to_owned()
}

/// The text of an item's signed code, as far as it was signed as it is now.
pub(crate) fn code_of(core: &Core, item: Item) -> Option<String> {
    match signed(core, item) {
        Signed::Current(kept, _) => Some(kept.text.clone()),
        Signed::Outdated | Signed::NotYet => None,
    }
}

/// What is known of an item's signature.
pub(super) fn signed(core: &Core, item: Item) -> Signed<'_> {
    let Some(wish) = wish(core, item) else {
        return Signed::NotYet;
    };
    let mut found = Signed::NotYet;
    for (kept, document) in health_code::documents(core) {
        if kept.about != wish.about || document.kind().as_str() != wish.kind.as_str() {
            continue;
        }
        if says(&document, &wish) && holds(core, &document) {
            return Signed::Current(kept, document);
        }
        found = Signed::Outdated;
    }
    found
}

/// Whether a document says what would be asked for now.
fn says(document: &Document, wish: &DocumentWish) -> bool {
    let Some(claims) = document.anban_claims() else {
        return false;
    };
    let details = &claims.details;
    let same = match &wish.appointment {
        Some(appointment) => details.get("appointment") == Some(appointment),
        None => {
            let stated: BTreeMap<_, _> = details.iter().filter(|(name, _)| *name != STATEMENT).collect();
            stated == wish.details.iter().collect()
        }
    };
    same && claims.person.name.trim() == wish.name.trim()
}

/// The question for an item that nobody has signed as it is now, if it can be asked.
pub(crate) fn unsigned(core: &Core, item: Item) -> Option<DocumentWish> {
    if matches!(signed(core, item), Signed::Current(..)) {
        return None;
    }
    wish(core, item).filter(|wish| !wish.name.is_empty() && !wish.identity_number.is_empty())
}

/// Asks the hub, if there is one, to sign an item that nobody has signed as it is now. Nobody waits for it: the code is on
/// the next paper.
pub(crate) fn ask(turn: &mut Turn<'_>, item: Item) -> Result<(), StoreError> {
    match unsigned(turn.core, item) {
        Some(wish) if turn.core.hub().is_some() => health_code::ask_hub(turn, wish),
        _ => Ok(()),
    }
}
