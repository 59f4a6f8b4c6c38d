//! Taking everything along to another device, and in again.
//!
//! A copy is a file that anybody may have changed, so whatever in it could not have been typed or imported here is left
//! out. Requests are not in it: one that waits is made again from its visit, under the same id, so that the hub answers
//! it once, whichever device asks first.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::appointments::{Heard, Visit, VisitState};
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::entry::{Field, Problem, telephone};
use crate::help::{Contact, MOST_CONTACTS, Profile};
use crate::ids::RequestId;
use crate::outbox::{OutboxItem, Request};
use crate::result::{Outcome, Sentence};
use crate::store::{Change, Records, StoreError};
use crate::turn::Turn;
use crate::view::Mark;
use crate::wallet::Card;
use crate::{cash, sync, wallet};

/// The name and version at the head of a copy of everything.
pub const COPY_FORMAT: &str = "anban-copy-1";

/// More records of a kind than anybody has.
const MOST_RECORDS: usize = 500;

/// More than is spent in a lifetime of careful notes.
const MOST_SPENDINGS: usize = 50_000;

/// More characters than anything has that is shown on a page.
const LONGEST_TEXT: usize = 2_000;

/// A copy of everything, to take along to another device.
#[derive(Debug, Serialize, Deserialize)]
pub struct Copy {
    /// [`COPY_FORMAT`].
    pub format: String,
    /// When it was made.
    pub made_at: jiff::Timestamp,
    /// What was kept, without what only this device is concerned with.
    pub records: Records,
}

/// Has the copy written.
pub(super) fn save(turn: &mut Turn<'_>) {
    let records = Records {
        outbox: Default::default(),
        print_jobs: Default::default(),
        drafts: Default::default(),
        directory: None,
        timetables: Default::default(),
        trust_list: None,
        // Other people's particulars are kept here and nowhere else, as long as the rule says.
        entries: Default::default(),
        // What this device is to a hub, it can't be on another device.
        accounts: Default::default(),
        family: Default::default(),
        acknowledged: Default::default(),
        visit_days: Default::default(),
        notices: Default::default(),
        ..turn.core.records.clone()
    };
    let copy = Copy {
        format: COPY_FORMAT.to_owned(),
        made_at: turn.now(),
        records,
    };
    match serde_json::to_string_pretty(&copy) {
        Ok(content) => {
            let date = turn.core.now().date();
            let name = turn.core.words().with("copy-file-name", &[("date", &date.to_string())]);
            turn.effects.push(Effect::SaveCopy {
                name: format!("{name}.json"),
                content,
            });
        }
        Err(_) => saved(turn, Err(PrintTrouble::CannotSave)),
    }
}

/// The copy was written, or not.
pub(crate) fn saved(turn: &mut Turn<'_>, saved: Result<SavedFile, PrintTrouble>) {
    turn.show(match saved {
        Ok(file) => Outcome::new(Mark::Good, "copy-saved-title")
            .line(Sentence("copy-saved-line", vec![("path", file.shown)]))
            .line("copy-saved-care"),
        Err(_) => Outcome::new(Mark::Bad, "copy-failed-title").line("copy-failed-line"),
    });
}

/// Takes over a copy of everything. What is here already stays; a contact, card, document, spending or bill with the same
/// id is replaced, and so is a purse that was never counted. A visit that is here is not: what this device knows of it is newer.
pub(crate) fn restore(turn: &mut Turn<'_>, copy: Copy) -> Result<Result<(), Problem>, StoreError> {
    let Records {
        contacts,
        documents,
        cards,
        visits,
        profile,
        purse,
        spendings,
        bills,
        ..
    } = copy.records;
    let here = turn.core.records.clone();
    let mut changes: Vec<Change> = Vec::new();
    let room = MOST_CONTACTS.saturating_sub(here.contacts.len());
    let (known, new): (Vec<_>, Vec<_>) = contacts
        .into_values()
        .filter(is_contact)
        .take(MOST_RECORDS)
        .partition(|contact| here.contacts.contains_key(&contact.id));
    changes.extend(
        known
            .into_iter()
            .chain(new.into_iter().take(room))
            .map(Change::PutContact),
    );
    let documents = documents.into_values().take(MOST_RECORDS);
    changes.extend(
        documents
            .filter(|kept| anban_credential::read(&kept.text).is_ok())
            .map(Change::PutDocument),
    );
    let cards = cards.into_values().take(MOST_RECORDS);
    // Photographs are not in a copy: a card has those that it has here.
    let photos = |card: &Card| here.cards.get(&card.id).map(|card| card.photos).unwrap_or_default();
    let cards = cards.filter(wallet::file::is_card).map(|card| Card {
        photos: photos(&card),
        ..card
    });
    changes.extend(cards.map(Change::PutCard));
    let spendings = spendings.into_values().take(MOST_SPENDINGS);
    changes.extend(spendings.map(Change::PutSpending));
    let (same, new): (Vec<_>, Vec<_>) = bills
        .into_values()
        .filter(cash::is_bill)
        .partition(|bill| here.bills.contains_key(&bill.id));
    let room = cash::MOST_BILLS.saturating_sub(here.bills.len());
    let bills = same.into_iter().chain(new.into_iter().take(room));
    changes.extend(bills.map(Change::PutBill));
    // Two visits never share a request: one of them would be lost.
    let mut requests: BTreeSet<RequestId> = here.outbox.keys().copied().collect();
    let visits: Vec<Visit> = visits
        .into_values()
        .filter(|visit| is_visit(visit) && !here.visits.contains_key(&visit.id) && requests.insert(visit.request))
        .take(MOST_RECORDS)
        .collect();
    let mut count = changes.len() + visits.len();
    if here.profile == Profile::default() && profile != Profile::default() && is_profile(&profile) {
        changes.push(Change::Profile(profile));
        count += 1;
    }
    // What was counted here is newer than any copy.
    if !here.purse.counted && purse.counted {
        // A payment that was not finished elsewhere has nothing to do with this device, as in a wallet's file.
        changes.push(Change::Purse(cash::KeptPurse { paying: None, ..purse }));
        count += 1;
    }
    if count == 0 {
        return Ok(Err("file-wrong-kind"));
    }
    let mut waiting = 0;
    for visit in visits {
        if let Some(item) = request_of(turn, &visit) {
            let sequence = item.sequence + waiting;
            changes.push(Change::PutOutbox(OutboxItem { sequence, ..item }));
            waiting += 1;
        }
        // What a hub has said to another device is not known here.
        let heard = Heard::default();
        changes.push(Change::PutVisit(Visit { heard, ..visit }));
    }
    turn.commit_undoable(changes)?;
    turn.show(
        Outcome::new(Mark::Good, "restored-title")
            .line(Sentence("restored-line", vec![("count", count.to_string())]))
            .undoable(),
    );
    Ok(Ok(()))
}

/// The request that a visit waits for, if it waits for one.
fn request_of(turn: &mut Turn<'_>, visit: &Visit) -> Option<OutboxItem> {
    match &visit.state {
        VisitState::NotConfirmed => {
            let request = Request::BookVisit {
                visit: visit.id,
                wish: visit.wish.clone(),
                patient: visit.patient.clone(),
            };
            let item = sync::item(turn, request);
            Some(OutboxItem {
                id: visit.request,
                ..item
            })
        }
        VisitState::CancelNotConfirmed { appointment } => {
            let request = Request::CancelVisit {
                visit: visit.id,
                appointment: appointment.clone(),
                declined: visit.heard.declined,
            };
            Some(sync::item(turn, request))
        }
        VisitState::Booked { .. } | VisitState::Refused { .. } | VisitState::Cancelled => None,
    }
}

fn fits(text: &str, longest: usize) -> bool {
    text.len() <= 4 * longest && text.chars().count() <= longest
}

fn is_contact(contact: &Contact) -> bool {
    fits(&contact.name, Field::ContactName.longest()) && telephone(&contact.number).as_ref() == Some(&contact.number)
}

fn is_profile(profile: &Profile) -> bool {
    fits(&profile.name, Field::Name.longest())
        && fits(&profile.address, Field::Address.longest())
        && fits(&profile.medical_notes, Field::MedicalNotes.longest())
        && fits(&profile.identity_number, Field::IdentityNumber.longest())
}

fn is_visit(visit: &Visit) -> bool {
    let named = [&visit.hospital, &visit.department, &visit.place, &visit.bring];
    let named = named.into_iter().flat_map(|words| [&words.chinese, &words.english]);
    let patient = visit.wish.for_patient.iter();
    [&visit.patient, &visit.wish.department, &visit.phone]
        .into_iter()
        .chain(patient.flat_map(|patient| [&patient.id, &patient.name]))
        .chain(named)
        .all(|text| fits(text, LONGEST_TEXT))
        && (visit.phone.is_empty() || telephone(&visit.phone).is_some())
}
