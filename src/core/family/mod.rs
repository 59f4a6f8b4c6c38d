//! Relatives and family doctors: who may act for whom.
//!
//! The elder asks the hub for eight digits and tells them to somebody; that person's device turns them into a grant.
//! Either side can end it. All of it is kept as the hub says it ([`Family`]); nothing here gives a right by itself.

use anban_wire::accounts::{Grant, GrantsAnswer, INVITATION_DIGITS, Relationship};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::appointments::{self, Patient, Refusal};
use crate::entry::{Field, Problem};
use crate::ids::VisitId;
use crate::outbox::{OutboxItem, Request};
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};
use crate::{feed, requests, sync};

mod model;
mod news;
#[cfg(test)]
mod tests;
mod view;

pub use model::{Family, Invitation};
pub(crate) use news::{came as news_came, home_banner, is_of_the_next_visit as news_is_of_the_next_visit};
pub(crate) use view::{LONGEST_CODE, view};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Asks for digits for somebody who is to help.
    Invite(Relationship),
    /// Asks for the digits that somebody has told, to help them.
    Accept,
    /// Opens a tie.
    Show(String),
    /// Ends a tie.
    End(String),
    /// Books for this one, by the id of the grant, or for the owner.
    ChooseFor(Option<String>),
    /// Opens what somebody has done with a visit.
    ShowNews(VisitId),
    /// It was seen, and is good so.
    Agree(VisitId),
    /// It is not wanted.
    Decline(VisitId),
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub tie: Option<String>,
    pub visit: Option<VisitId>,
}

fn command(command: Command) -> AppCommand {
    AppCommand::Family(command)
}

/// The tie that is shown.
fn shown(core: &Core) -> Option<&Grant> {
    let id = core.screen.family.tie.as_ref()?;
    let family = &core.records.family;
    family.given.iter().chain(&family.held).find(|grant| grant.id == *id)
}

/// Whether it has to be asked for whom to book.
pub(crate) fn asks_for_whom(core: &Core) -> bool {
    !core.records.family.held.is_empty()
}

/// The digits on the screen hold until then.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let invitation = core.records.family.invitation.as_ref()?;
    let now = core.now().timestamp();
    (core.page() == Page::Invitation && invitation.expires_at > now).then_some(invitation.expires_at)
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Invite(relationship) => return invite(turn, relationship),
        Command::Accept if turn.core.records.profile.name.is_empty() => {
            turn.ask(Field::Name, self::command(Command::Accept));
        }
        Command::Accept => turn.open(Page::Enter(Field::InvitationCode)),
        Command::Show(id) => {
            turn.core.screen.family.tie = Some(id);
            turn.open(Page::Tie);
        }
        Command::End(grant) => {
            let same = |request: &Request| matches!(request, Request::EndGrant { grant: other } if *other == grant);
            sync::ask_anew(turn, Request::EndGrant { grant: grant.clone() }, same)?;
            turn.back_to(Page::Family);
        }
        Command::ChooseFor(tie) => {
            let held = &turn.core.records.family.held;
            let grant = held.iter().find(|grant| Some(&grant.id) == tie.as_ref());
            let patient = grant.map(|grant| Patient {
                id: grant.patient.clone(),
                name: grant.patient_name.clone(),
            });
            if tie.is_none() || patient.is_some() {
                appointments::begin_for(turn, patient);
            }
        }
        Command::ShowNews(id) => {
            turn.core.screen.family.visit = Some(id);
            turn.open(Page::News);
        }
        Command::Agree(id) => return news::agree(turn, id),
        Command::Decline(id) => return news::decline(turn, id),
    }
    Ok(())
}

fn invite(turn: &mut Turn<'_>, relationship: Relationship) -> Result<(), StoreError> {
    if turn.core.records.profile.name.is_empty() {
        // Whoever is invited has to see whom they help.
        turn.ask(Field::Name, command(Command::Invite(relationship)));
        return Ok(());
    }
    let same = |request: &Request| matches!(request, Request::Invite { .. });
    sync::ask_anew(turn, Request::Invite { relationship }, same)?;
    turn.open(Page::Invitation);
    Ok(())
}

/// The digits of an invitation were typed.
pub(crate) fn typed_code(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if digits.len() != INVITATION_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(Err("invitation-code-wrong"));
    }
    let same = |request: &Request| matches!(request, Request::AcceptInvitation { .. });
    sync::ask_anew(turn, Request::AcceptInvitation { code: digits }, same)?;
    turn.commit(vec![Change::RemoveDraft(Field::InvitationCode.into())])?;
    turn.back_to(Page::Family);
    Ok(Ok(()))
}

/// Somebody has taken up an invitation: whoever has told the digits sees that it has worked.
pub(crate) fn tell_given(turn: &mut Turn<'_>, before: &[Grant]) -> Result<(), StoreError> {
    let Some(invitation) = &turn.core.records.family.invitation else {
        return Ok(());
    };
    let given = &turn.core.records.family.given;
    // One that was taken up before these digits were given is only heard of late, and leaves them as they are.
    let new = given
        .iter()
        .filter(|grant| grant.since >= invitation.given_at())
        .find(|grant| !before.iter().any(|known| known.id == grant.id));
    let Some(grant) = new.cloned() else { return Ok(()) };
    let family = Family {
        invitation: None,
        ..turn.core.records.family.clone()
    };
    turn.commit(vec![Change::Family(family)])?;
    let who = view::relation(turn.core.words(), grant.relationship);
    tell(
        turn,
        Outcome::new(Mark::Good, "given-title")
            .line(Sentence("given-line", vec![("who", who), ("name", grant.helper_name)]))
            .main("family-show", Icon::Group, open(Page::Family)),
    );
    Ok(())
}

/// Told at once, but not over a page where the person is in the middle of something.
fn tell(turn: &mut Turn<'_>, outcome: Outcome) {
    let pages = [
        Page::Family,
        Page::InviteWhom,
        Page::Invitation,
        Page::Home,
        Page::Result,
    ];
    if pages.contains(&turn.core.page()) {
        turn.show(outcome);
    }
}

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
    family.held.push(grant.clone());
    settle(turn, item, family)?;
    feed::begin(turn);
    let outcome = Outcome::new(Mark::Good, "held-title")
        .line(Sentence("held-line", vec![("name", grant.patient_name)]))
        .main(
            "tie-book",
            Icon::Stethoscope,
            command(Command::ChooseFor(Some(grant.id))),
        );
    tell(turn, outcome);
    Ok(())
}

/// A grant has ended.
pub(crate) fn grant_ended(turn: &mut Turn<'_>, item: &OutboxItem, grant: &str) -> Result<(), StoreError> {
    let mut family = turn.core.records.family.clone();
    family.given.retain(|known| known.id != grant);
    family.held.retain(|known| known.id != grant);
    settle(turn, item, family)?;
    if !item.again {
        tell(turn, Outcome::new(Mark::Good, "tie-ended-title").line("tie-ended-line"));
    }
    Ok(())
}

/// The hub has said no.
pub(crate) fn refused(turn: &mut Turn<'_>, item: OutboxItem, reason: Refusal) -> Result<(), StoreError> {
    let wrong_digits = matches!(item.request, Request::AcceptInvitation { .. }) && reason == Refusal::NoInvitation;
    let show = AppCommand::Requests(requests::Command::Show(item.id));
    turn.commit(vec![Change::PutOutbox(item)])?;
    let outcome = if wrong_digits {
        Outcome::new(Mark::Bad, "digits-refused-title")
            .line("why-no-invitation")
            .main("digits-again", Icon::Keyboard, command(Command::Accept))
    } else {
        Outcome::new(Mark::Bad, "family-refused-title")
            .line("family-refused-line")
            .main("request-why", Icon::Info, show)
    };
    tell(turn, outcome);
    Ok(())
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
    let before = turn.core.records.family.given.clone();
    if !changes.is_empty() {
        turn.commit(changes)?;
        feed::something_was_answered(turn);
    }
    let again = feed::without_a_grant(turn);
    if !again.is_empty() {
        turn.commit(again)?;
    }
    tell_given(turn, &before)
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
    let again = ended.into_iter();
    again
        .map(|done| Change::PutOutbox(sync::once_more(turn, done.id, done.request)))
        .collect()
}
