//! Registering the person with the hub, where it does not know them yet.
//!
//! A hub issues documents about persons whom it knows. When it says that it does not know this one, the page offers to
//! register them: one tap, and the health code that was asked for comes after it. The counter stands beside it, for
//! whoever wants to have this done by somebody who looks at their card.

use anban_wire::persons::Channel;

use super::{Command, ask_for_health_status, relative};
use crate::app::{Command as AppCommand, Page};
use crate::outbox::{OutboxItem, Registration, Request};
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// The hub does not know the person: they can be registered.
pub(super) fn offer(turn: &mut Turn<'_>) {
    turn.show(
        Outcome::new(Mark::Caution, "register-offer-title")
            .line("register-offer-line")
            .line("register-offer-counter")
            .main("register-now", Icon::Edit, AppCommand::HealthCode(Command::Register))
            .or(
                "issue-refused-again",
                Icon::Keyboard,
                AppCommand::HealthCode(Command::CorrectIdentityNumber),
            )
            .or("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere)),
    );
}

/// Asks the hub to register the person, in the place of what was asked before and refused.
pub(super) fn ask(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let profile = &turn.core.records.profile;
    if turn.core.hub().is_none() || profile.name.is_empty() || profile.identity_number.is_empty() {
        // What is missing is asked for there.
        return ask_for_health_status(turn);
    }
    let registration = Registration {
        name: profile.name.clone(),
        identity_number: profile.identity_number.clone(),
        channel: Channel::Own,
        telephone: None,
        helper: None,
    };
    send(turn, registration)
}

/// Asks the hub, in the place of an older question about the same person, and says so.
pub(super) fn send(turn: &mut Turn<'_>, registration: Registration) -> Result<(), StoreError> {
    let replaced = registration.clone();
    sync::ask_anew(
        turn,
        Request::Register(registration),
        |old| matches!(old, Request::Register(old) if replaced.replaces(old)),
    )?;
    turn.show(Outcome::new(Mark::Waiting, "registering-title").line("registering-line"));
    Ok(())
}

/// The person is registered: what they wanted comes next.
pub(crate) fn registered(turn: &mut Turn<'_>, item: &OutboxItem, person: &Registration) -> Result<(), StoreError> {
    let settled = sync::settled(turn, item);
    turn.commit(settled)?;
    if item.again {
        return Ok(());
    }
    if person.channel == Channel::Relative {
        return relative::ask(turn, &person.name, &person.identity_number);
    }
    ask_for_health_status(turn)
}

/// The hub has not answered. The person is told once; the request stays.
pub(crate) fn not_registered_yet(turn: &mut Turn<'_>) {
    super::later(turn);
}

/// The hub will not register them, most likely since the number is known under another name.
pub(crate) fn registering_refused(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    person: &Registration,
) -> Result<(), StoreError> {
    turn.commit(vec![Change::PutOutbox(item.clone())])?;
    if person.channel == Channel::Relative {
        relative::registering_refused(turn, item.id);
        return Ok(());
    }
    turn.show(
        Outcome::new(Mark::Bad, "register-refused-title")
            .line("register-refused-line")
            .main(
                "issue-refused-again",
                Icon::Edit,
                AppCommand::HealthCode(Command::CorrectIdentityNumber),
            )
            .or(
                "register-again",
                Icon::Refresh,
                AppCommand::HealthCode(Command::Register),
            )
            .or("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere)),
    );
    Ok(())
}
