//! What an app keeps, as the ledger has it.

use std::collections::BTreeMap;

use anban_core::account::Account;
use anban_core::appointments::{Visit, VisitState};
use anban_core::outbox::{OutboxItem, Request};
use anban_core::store::Records;
use anban_credential::Document;
use anban_wire::documents::DocumentKind;
use uuid::Uuid;

use crate::ledger::{AppSide, AppVisit, Issued, Open, State};
use crate::person::relative_of;

/// What matters of what an app keeps. `numbers` are those of visits whose commands were known before.
pub fn side(records: &Records, numbers: &BTreeMap<Uuid, u32>) -> AppSide {
    let documents: Vec<_> = records
        .documents
        .values()
        .filter_map(|kept| anban_credential::read(&kept.text).ok())
        .collect();
    let is_health_code = |document: &&Document| {
        document
            .anban_claims()
            .is_some_and(|claims| claims.kind.as_str() == DocumentKind::HealthStatus.as_str())
    };
    let named = documents
        .iter()
        .filter(is_health_code)
        .filter_map(Document::holder_name);
    let named: Vec<String> = named.collect();
    let visits = records.visits.values().map(|kept| {
        let number = numbers.get(&kept.id.0).copied();
        AppVisit {
            number: number.unwrap_or_else(|| number_of(kept)),
            ..visit(kept)
        }
    });
    let ids = |grants: &[anban_wire::accounts::Grant]| grants.iter().map(|grant| grant.id.clone()).collect();
    AppSide {
        visits: visits.collect(),
        cards: records
            .cards
            .values()
            .filter_map(|card| card.number.parse().ok())
            .collect(),
        relatives: named.iter().filter_map(|name| relative_of(name)).collect(),
        own: named.iter().filter(|name| relative_of(name).is_none()).count(),
        documents: documents.iter().map(issued).collect(),
        open: records.outbox.values().filter_map(open).collect(),
        invited: records.family.invitation.is_some(),
        given: ids(&records.family.given),
        held: ids(&records.family.held),
        read: records.accounts.values().map(how_far).collect(),
    }
}

/// How far the feeds are read and what waits: while that changes, it is not calm yet.
pub fn what_can_change(records: &Records) -> (Vec<String>, Vec<Uuid>) {
    let read = records.accounts.values().map(how_far).collect();
    let waits = records.outbox.values().filter(|item| item.refused.is_none());
    (read, waits.map(|item| item.id.0).collect())
}

fn how_far(account: &Account) -> String {
    let Account {
        state,
        epoch,
        life,
        cursors,
        ..
    } = account;
    format!("{state:?}, life {life}, epoch {epoch:?}, {cursors:?}")
}

fn issued(document: &Document) -> Issued {
    Issued {
        id: document.id(),
        at: document.issued_at(),
    }
}

/// The number of the command that has asked for a visit, by the milliseconds of what was wished; 0 for one that another
/// device has booked. All slots begin and end at a whole minute.
pub fn number_of(visit: &Visit) -> u32 {
    let milliseconds = |time: jiff::Timestamp| (time.as_millisecond() % 60_000) as u32;
    milliseconds(visit.wish.to).max(milliseconds(visit.wish.from))
}

fn visit(visit: &Visit) -> AppVisit {
    AppVisit {
        id: visit.id.0,
        number: 0,
        request: visit.request.0,
        slot: visit.wish.slot.clone(),
        state: match &visit.state {
            VisitState::NotConfirmed | VisitState::CancelNotConfirmed { .. } => State::Waiting,
            VisitState::Booked { appointment } => State::Booked(appointment.clone()),
            VisitState::Refused { .. } => State::Refused,
            VisitState::Cancelled => State::Cancelled,
        },
        for_other: visit.wish.for_patient.is_some(),
        declined: visit.heard.declined,
    }
}

fn open(item: &OutboxItem) -> Option<Open> {
    let about = |name: &str| relative_of(name).map_or(Open::Own, Open::Relative);
    match &item.request {
        Request::BookVisit { visit, .. } | Request::CancelVisit { visit, .. } | Request::MoveVisit { visit, .. } => {
            Some(Open::Visit(visit.0))
        }
        Request::IssueDocument(wish) => Some(about(&wish.name)),
        Request::Register(person) => Some(about(&person.name)),
        Request::Invite { .. } => Some(Open::Invitation),
        Request::AcceptInvitation { .. } => Some(Open::Digits),
        Request::RegisterDevice { .. } | Request::EndGrant { .. } | Request::CheckIn { .. } => None,
    }
}
