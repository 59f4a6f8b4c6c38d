//! What is not done yet: requests that wait for a service, and those that it has refused.
//!
//! Nothing that was asked for goes away by itself. Each request stands here with what it is, since when, and why it was
//! refused; the person tries it again or gives it up, and giving up can be taken back.

use serde::{Deserialize, Serialize};

use crate::app::{Core, Page};
use crate::appointments;
use crate::ids::RequestId;
use crate::outbox::{OutboxItem, Request};
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::Mark;
use crate::{account, sync};

#[cfg(test)]
mod tests;
mod view;

pub(crate) use view::{home_banner, view, what};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Opens one.
    Show(RequestId),
    /// Tries all that wait at once.
    TryAllNow,
    /// Tries one again.
    TryAgain(RequestId),
    /// Gives up one that was refused.
    Drop(RequestId),
    /// Registers the device anew with a service that does not know it any more.
    RegisterAnew,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub request: Option<RequestId>,
}

/// What is not done yet, in its order; what nobody waits for is not among it.
pub(crate) fn open(core: &Core) -> Vec<&OutboxItem> {
    let items = core.records.outbox.values();
    let mut items: Vec<_> = items.filter(|item| !item.request.is_quiet()).collect();
    items.sort_by_key(|item| item.sequence);
    items
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Show(id) => {
            turn.core.screen.requests.request = Some(id);
            turn.open(Page::Request);
            Ok(())
        }
        Command::TryAllNow => {
            sync::try_again_now(turn)?;
            turn.open(Page::Requests);
            Ok(())
        }
        Command::TryAgain(id) => try_again(turn, id),
        Command::Drop(id) => give_up(turn, id),
        Command::RegisterAnew => {
            account::register_anew(turn)?;
            turn.open(Page::Requests);
            Ok(())
        }
    }
}

fn try_again(turn: &mut Turn<'_>, id: RequestId) -> Result<(), StoreError> {
    let Some(item) = turn.core.records.outbox.get(&id).cloned() else {
        return Ok(());
    };
    if item.refused.is_none() {
        sync::try_again_now(turn)?;
        turn.back_to(Page::Requests);
        return Ok(());
    }
    let again = OutboxItem {
        refused: None,
        offers: Vec::new(),
        attempts: 0,
        next_try: turn.now(),
        ..item.clone()
    };
    match &item.request {
        Request::BookVisit { visit, .. } => {
            let visit = *visit;
            return appointments::update(turn, appointments::Command::AskAgain(visit));
        }
        Request::CancelVisit { visit, .. } => {
            let mut changes = vec![Change::PutOutbox(again)];
            changes.extend(appointments::waits_to_be_cancelled(turn.core, *visit));
            turn.commit(changes)?;
        }
        Request::MoveVisit { visit, .. } => return appointments::move_again(turn, *visit),
        _ => turn.commit(vec![Change::PutOutbox(again)])?,
    }
    turn.back_to(Page::Requests);
    Ok(())
}

fn give_up(turn: &mut Turn<'_>, id: RequestId) -> Result<(), StoreError> {
    let Some(item) = turn.core.records.outbox.get(&id).cloned() else {
        return Ok(());
    };
    if item.refused.is_none() {
        // It may have reached the service already: only its answer ends it.
        return Ok(());
    }
    if let Request::BookVisit { visit, .. } = &item.request
        && turn.core.records.visits.contains_key(visit)
    {
        let visit = *visit;
        return appointments::update(turn, appointments::Command::Drop(visit));
    }
    turn.commit_undoable(vec![Change::RemoveOutbox(id)])?;
    turn.back_to(Page::Requests);
    turn.show(Outcome::new(Mark::Good, "request-dropped-title").undoable());
    Ok(())
}
