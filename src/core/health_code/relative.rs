//! 帮家人领: a relative's health code on this device.
//!
//! The name and the number on their identity card are asked for, a page each; then the hub. Whom it does not know yet is
//! registered with one tap, and the hub learns by whom. The code then stands in the row of people and is renewed like any
//! other. A question that was refused stays until it is corrected, so that nothing has to be typed twice.

use anban_wire::IdentityNumber;
use anban_wire::persons::Channel;

use super::asking;
use super::{Command, register};
use crate::app::{Command as AppCommand, Core, Page};
use crate::appointments::Refusal;
use crate::entry::{Field, Problem, drafted, forgotten};
use crate::ids::RequestId;
use crate::outbox::{DocumentWish, OutboxItem, Registration, Request};
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// Begins with the name.
pub(super) fn begin(turn: &mut Turn<'_>) {
    if turn.core.hub().is_none() {
        turn.show(asking::no_hub());
    } else {
        turn.open(Page::Enter(Field::RelativeName));
    }
}

/// A relative's name or number was typed.
pub(crate) fn typed_relative(turn: &mut Turn<'_>, field: Field, text: &str) -> Result<Result<(), Problem>, StoreError> {
    if field == Field::RelativeName {
        if text.is_empty() {
            return Ok(Err("enter-name-empty"));
        }
        // Kept as a draft until the number is there.
        turn.replace(Page::Enter(Field::RelativeNumber));
        return Ok(Ok(()));
    }
    let Ok(number) = text.to_ascii_uppercase().parse::<IdentityNumber>() else {
        return Ok(Err("enter-identity-number-wrong"));
    };
    let name = drafted(turn.core, Field::RelativeName).cloned();
    let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
        // The number waits as a draft until there is somebody whose it is.
        turn.replace(Page::Enter(Field::RelativeName));
        return Ok(Ok(()));
    };
    let typed = forgotten(turn.core, &[Field::RelativeName, Field::RelativeNumber]);
    turn.commit(typed)?;
    turn.back();
    ask(turn, name.trim(), number.as_str())?;
    Ok(Ok(()))
}

/// Asks the hub for their health status.
pub(super) fn ask(turn: &mut Turn<'_>, name: &str, number: &str) -> Result<(), StoreError> {
    let wish = DocumentWish {
        relative: number != turn.core.records.profile.identity_number,
        ..DocumentWish::health_status(name, number)
    };
    asking::ask(turn, wish)
}

/// The hub will not issue it.
pub(super) fn refused(turn: &mut Turn<'_>, question: RequestId, name: &str, reason: Refusal) {
    let whose = |key| Sentence(key, vec![("name", name.to_owned())]);
    let command = AppCommand::HealthCode;
    turn.show(match reason {
        Refusal::NotRegistered => Outcome::new(Mark::Caution, whose("relative-offer-title"))
            .line(whose("relative-offer-line"))
            .main(
                "relative-register",
                Icon::Edit,
                command(Command::RegisterRelative(question)),
            )
            .or(
                "relative-correct",
                Icon::Keyboard,
                command(Command::CorrectRelative(question)),
            )
            .or("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere)),
        Refusal::NotAccepted => to_be_corrected("issue-refused-title", "issue-refused-number", question),
        // Neither another name nor another number changes that.
        _ => Outcome::new(Mark::Bad, "issue-refused-title")
            .line("issue-refused-line")
            .main("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere)),
    });
}

/// The hub will not register them, most likely since the number is known under another name.
pub(super) fn registering_refused(turn: &mut Turn<'_>, question: RequestId) {
    turn.show(to_be_corrected(
        "register-refused-title",
        "register-refused-line",
        question,
    ));
}

fn to_be_corrected(title: &'static str, line: &'static str, question: RequestId) -> Outcome {
    Outcome::new(Mark::Bad, title)
        .line(line)
        .main(
            "relative-correct",
            Icon::Keyboard,
            AppCommand::HealthCode(Command::CorrectRelative(question)),
        )
        .or("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere))
}

/// The relative whom a question is about: their name and number.
fn person(item: &OutboxItem) -> Option<(&str, &str)> {
    match &item.request {
        Request::IssueDocument(wish) if wish.relative => Some((&wish.name, &wish.identity_number)),
        Request::Register(person) if person.channel == Channel::Relative => {
            Some((&person.name, &person.identity_number))
        }
        _ => None,
    }
}

fn person_of(core: &Core, question: RequestId) -> Option<(String, String)> {
    let (name, number) = core.records.outbox.get(&question).and_then(person)?;
    Some((name.to_owned(), number.to_owned()))
}

/// Asks the hub to register whom a question is about. The helper has to say who they are.
pub(super) fn register(turn: &mut Turn<'_>, question: RequestId) -> Result<(), StoreError> {
    let Some((name, identity_number)) = person_of(turn.core, question) else {
        begin(turn);
        return Ok(());
    };
    let helper = turn.core.records.profile.name.clone();
    if helper.is_empty() {
        let again = AppCommand::HealthCode(Command::RegisterRelative(question));
        turn.ask(Field::Name, again);
        return Ok(());
    }
    register::send(
        turn,
        Registration {
            name,
            identity_number,
            channel: Channel::Relative,
            telephone: None,
            helper: Some(helper),
        },
    )
}

/// Types name and number once more, beginning with what was typed; what was refused is let go.
pub(super) fn correct(turn: &mut Turn<'_>, question: RequestId) -> Result<(), StoreError> {
    if let Some((name, number)) = person_of(turn.core, question) {
        let outbox = turn.core.records.outbox.values();
        let theirs = outbox.filter(|item| item.refused.is_some() && person(item).is_some_and(|who| who.1 == number));
        let mut changes: Vec<_> = theirs.map(|item| Change::RemoveOutbox(item.id)).collect();
        changes.push(Change::PutDraft(Field::RelativeName.into(), name));
        changes.push(Change::PutDraft(Field::RelativeNumber.into(), number));
        turn.commit(changes)?;
    }
    begin(turn);
    Ok(())
}
