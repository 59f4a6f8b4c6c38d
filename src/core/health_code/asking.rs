//! Asking the hub for a document, and what comes of it.
//!
//! A question waits in the outbox like any other request. What the person asks for is answered by a page; what belongs
//! to a visit or a card, and what the app asks by itself (see [`super::refresh`]), comes without one.

use anban_credential::{DocumentState, read};

use super::{Command, documents, keep, refresh, register, relative, what_it_is};
use crate::app::{Command as AppCommand, Page};
use crate::appointments::Refusal;
use crate::entry::Field;
use crate::ids::DocumentId;
use crate::outbox::{DocumentWish, OutboxItem, Request};
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// Asks for the owner's health status. What is not known of them yet is asked first.
pub(super) fn ask_for_health_status(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let profile = turn.core.records.profile.clone();
    if turn.core.hub().is_none() {
        turn.show(no_hub());
    } else if profile.name.is_empty() {
        turn.ask(Field::Name, AppCommand::HealthCode(Command::AskForHealthStatus));
    } else if profile.identity_number.is_empty() {
        turn.ask(
            Field::IdentityNumber,
            AppCommand::HealthCode(Command::AskForHealthStatus),
        );
    } else {
        return ask(turn, DocumentWish::health_status(profile.name, profile.identity_number));
    }
    Ok(())
}

/// There is nobody to ask.
pub(super) fn no_hub() -> Outcome {
    Outcome::new(Mark::Bad, "no-hub-title")
        .line("no-hub-line")
        .or("no-hub-helpers", Icon::Build, open(Page::Helpers))
}

/// Asks the hub, and says so.
pub(super) fn ask(turn: &mut Turn<'_>, wish: DocumentWish) -> Result<(), StoreError> {
    ask_hub(turn, wish)?;
    turn.show(Outcome::new(Mark::Waiting, "asking-title").line("asking-line"));
    Ok(())
}

/// Asks for a health status again, now: for whom it was issued, or for the owner.
pub(super) fn renew(turn: &mut Turn<'_>, id: DocumentId) -> Result<(), StoreError> {
    let held = documents(turn.core).into_iter().find(|(kept, _)| kept.id == id);
    match held.and_then(|held| refresh::again(turn.core, &held)) {
        Some(wish) if turn.core.hub().is_some() => ask(turn, wish),
        _ => ask_for_health_status(turn),
    }
}

/// Asks the hub for a document, in the place of an older question for the same.
pub(crate) fn ask_hub(turn: &mut Turn<'_>, wish: DocumentWish) -> Result<(), StoreError> {
    let replaced = wish.clone();
    sync::ask_anew(
        turn,
        Request::IssueDocument(wish),
        |old| matches!(old, Request::IssueDocument(old) if replaced.replaces(old)),
    )
}

/// The hub has not answered. Who asked for it is told once; the request stays.
pub(crate) fn not_issued_yet(turn: &mut Turn<'_>, wish: &DocumentWish) {
    if !wish.comes_quietly() {
        later(turn);
    }
}

/// Says that it is noted and goes on by itself, unless the person does something else meanwhile.
pub(super) fn later(turn: &mut Turn<'_>) {
    if turn.core.page() == Page::Result {
        turn.show(Outcome::new(Mark::Waiting, "asking-later-title").line("asking-later-line"));
    }
}

/// The hub has issued the document.
pub(crate) fn issued(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    wish: &DocumentWish,
    text: &str,
) -> Result<(), StoreError> {
    let now = turn.now();
    let issued = read(text).ok();
    // What is no document, or was changed on its way, is no answer.
    let Some(document) = issued.filter(|document| turn.core.trust.state(document, now) != DocumentState::Forged) else {
        let luck = turn.uuid();
        return turn.commit(vec![item.unanswered(now, luck)]);
    };
    if wish.quiet {
        return refresh::renewed(turn, item, wish, &document);
    }
    let kept = keep(turn, &document, wish)?;
    turn.commit(vec![Change::RemoveOutbox(item.id)])?;
    if wish.comes_quietly() {
        return Ok(());
    }
    let mut outcome = Outcome::new(Mark::Good, "issued-title");
    if wish.relative {
        let what = what_it_is(turn.core.words(), &document);
        let values = vec![("name", wish.name.clone()), ("what", what)];
        outcome = outcome.line(Sentence("document-kept-whose", values));
    }
    let show = kept.map_or(open(Page::HealthCode), |id| AppCommand::HealthCode(Command::Show(id)));
    turn.show(
        outcome
            .line("issued-line")
            .main("document-kept-show", Icon::QrCode2, show),
    );
    Ok(())
}

/// The hub will not issue it.
pub(crate) fn issuing_refused(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    wish: &DocumentWish,
    reason: Refusal,
) -> Result<(), StoreError> {
    if wish.quiet {
        return refresh::refused(turn, item, wish);
    }
    turn.commit(vec![Change::PutOutbox(item.clone())])?;
    if wish.comes_quietly() {
        return Ok(());
    }
    if wish.relative {
        relative::refused(turn, item.id, &wish.name, reason);
        return Ok(());
    }
    if reason == Refusal::NotRegistered {
        register::offer(turn);
        return Ok(());
    }
    let line = if reason == Refusal::NotAccepted {
        "issue-refused-number"
    } else {
        "issue-refused-line"
    };
    turn.show(
        Outcome::new(Mark::Bad, "issue-refused-title")
            .line(line)
            .main(
                "issue-refused-again",
                Icon::Edit,
                AppCommand::HealthCode(Command::CorrectIdentityNumber),
            )
            .or(
                "issue-refused-ask",
                Icon::Refresh,
                AppCommand::HealthCode(Command::AskForHealthStatus),
            )
            .or("register-elsewhere", Icon::LocationOn, open(Page::RegisterElsewhere)),
    );
    Ok(())
}
