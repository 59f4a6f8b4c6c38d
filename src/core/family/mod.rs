//! Relatives and family doctors: who may act for whom.
//!
//! The elder asks the hub for eight digits and tells them to somebody; that person's device turns them into a grant.
//! Either side can end it. All of it is kept as the hub says it ([`Family`]); nothing here gives a right by itself.

use anban_wire::accounts::{Grant, GrantsAnswer, Relationship};
use jiff::Timestamp;

use crate::appointments::Refusal;
use crate::outbox::{OutboxItem, Request};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;

mod model;

pub use model::{Family, Invitation};

/// The hub has given digits.
pub(crate) fn invited(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    relationship: Relationship,
    code: String,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let invitation = Some(Invitation {
        code,
        expires_at,
        relationship,
    });
    let family = Family {
        invitation,
        ..turn.core.records.family.clone()
    };
    settle(turn, item, family)
}

fn settle(turn: &mut Turn<'_>, item: &OutboxItem, family: Family) -> Result<(), StoreError> {
    let mut changes = vec![Change::Family(family)];
    changes.extend(sync::settled(turn, item));
    turn.commit(changes)
}

/// This device may act for somebody.
pub(crate) fn granted(turn: &mut Turn<'_>, item: &OutboxItem, grant: Grant) -> Result<(), StoreError> {
    let mut family = turn.core.records.family.clone();
    family.held.retain(|known| known.id != grant.id);
    family.held.push(grant);
    settle(turn, item, family)
}

/// A grant has ended.
pub(crate) fn grant_ended(turn: &mut Turn<'_>, item: &OutboxItem, grant: &str) -> Result<(), StoreError> {
    let mut family = turn.core.records.family.clone();
    family.given.retain(|known| known.id != grant);
    family.held.retain(|known| known.id != grant);
    settle(turn, item, family)
}

/// The hub has said no.
pub(crate) fn refused(turn: &mut Turn<'_>, item: OutboxItem, _reason: Refusal) -> Result<(), StoreError> {
    turn.commit(vec![Change::PutOutbox(item)])
}

/// Who may act for whom has come.
pub(crate) fn grants_fetched(turn: &mut Turn<'_>, grants: GrantsAnswer) -> Result<(), StoreError> {
    let old = &turn.core.records.family;
    let family = Family {
        given: grants.given,
        held: grants.held,
        invitation: old.invitation.clone(),
    };
    let mut changes = end_again(turn, &family);
    if family != turn.core.records.family {
        changes.push(Change::Family(family));
    }
    if changes.is_empty() {
        return Ok(());
    }
    turn.commit(changes)
}

/// Grants that this device has ended with success, and that are there again: the hub has forgotten it.
fn end_again(turn: &mut Turn<'_>, family: &Family) -> Vec<Change> {
    let there = |id: &str| family.given.iter().chain(&family.held).any(|grant| grant.id == id);
    let records = &turn.core.records;
    let ended = records.acknowledged.values().filter(|done| match &done.request {
        Request::EndGrant { grant } => there(grant) && !records.outbox.contains_key(&done.id),
        _ => false,
    });
    let ended: Vec<_> = ended.cloned().collect();
    let again = ended.into_iter().map(|done| {
        let item = sync::item(turn, done.request);
        Change::PutOutbox(OutboxItem {
            id: done.id,
            again: true,
            ..item
        })
    });
    again.collect()
}
