//! One calm question before what fraudsters talk people into: did somebody tell you to do this on the telephone?
//!
//! Whoever has a stranger on the line is hurried, and a page that only waits is what helps. It forbids nothing: "I do
//! this of my own accord" goes on at once, and is not asked again for some hours. 96110, which the police run for this, and
//! a relative stand on the same page, each one tap away, and so does not doing it.
//!
//! When it is asked, and who has warned of it, are data with their sources (`assets/fraud`, read in `rules.rs`). A feature
//! calls [`ask`] with what is about to be done, and the command that does it; that command may call [`ask`] again, which
//! then lets it through.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::help;
use crate::ids::ContactId;
use crate::store::{Change, StoreError};
use crate::turn::{Turn, must_stay};

mod rules;
#[cfg(test)]
mod tests;
mod view;

pub use rules::{is_large, is_strangers_code};
pub(crate) use view::view;

/// What brings the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Trigger {
    /// A bank card is to be written down.
    AddBankCard,
    /// The number of a bank card is to be seen or heard.
    ShowBankCard,
    /// A large sum is to be handed over.
    LargeSum,
    /// A code that is no card's is to be kept.
    StrangersCode,
}

impl Trigger {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AddBankCard,
        Self::ShowBankCard,
        Self::LargeSum,
        Self::StrangersCode,
    ];
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Nobody has told the person to: it goes on.
    OfMyOwnAccord,
    /// Calls the police's number against fraud.
    CallHotline,
    /// Calls a relative.
    CallRelative(ContactId),
    /// It is not done.
    Drop,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// What is asked about, and what goes on after it.
    asked: Option<(Trigger, AppCommand)>,
    /// What was answered in this turn and goes on now.
    passed: Option<Trigger>,
}

/// Asks before `then` is carried out, unless that was answered not long ago.
///
/// # Errors
/// Those of `then`, where it goes on at once.
pub(crate) fn ask(turn: &mut Turn<'_>, trigger: Trigger, then: AppCommand) -> Result<(), StoreError> {
    if !needs_asking(turn.core, trigger) {
        turn.core.screen.fraud.passed = Some(trigger);
        let done = turn.carry_out(then);
        turn.core.screen.fraud.passed = None;
        return done;
    }
    turn.core.screen.fraud.asked = Some((trigger, then));
    if turn.from_outside && must_stay(turn.core.page()) {
        // It waits below the page that is in somebody's hands.
        let stack = &mut turn.core.screen.stack;
        let top = stack.len().saturating_sub(1);
        if !stack[..top].ends_with(&[Page::FraudAsk]) {
            stack.insert(top, Page::FraudAsk);
        }
        return Ok(());
    }
    turn.open(Page::FraudAsk);
    Ok(())
}

/// Whether the question has to be asked now.
pub(crate) fn needs_asking(core: &Core, trigger: Trigger) -> bool {
    if core.screen.fraud.passed == Some(trigger) {
        return false;
    }
    let answered = core.records.settings.of_own_accord.get(&trigger);
    !answered.is_some_and(|&at| is_quiet(trigger, at, core.now().timestamp()))
}

fn is_quiet(trigger: Trigger, answered: Timestamp, now: Timestamp) -> bool {
    let quiet = SignedDuration::from_hours(rules::quiet_hours(trigger));
    let since = now.duration_since(answered);
    // An answer from the future was given under a clock that was set back since.
    !since.is_negative() && since < quiet
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::OfMyOwnAccord => {
            let Some((trigger, then)) = turn.core.screen.fraud.asked.clone() else {
                leave(turn);
                return Ok(());
            };
            if rules::quiet_hours(trigger) > 0 {
                let mut settings = turn.core.records.settings.clone();
                settings.of_own_accord.insert(trigger, turn.now());
                turn.commit_quietly(vec![Change::Settings(settings)])?;
            }
            turn.core.screen.fraud.asked = None;
            leave(turn);
            turn.core.screen.fraud.passed = Some(trigger);
            let done = turn.carry_out(then);
            turn.core.screen.fraud.passed = None;
            return done;
        }
        Command::CallHotline => help::dial(turn, rules::hotline().to_owned()),
        Command::CallRelative(id) => {
            if let Some(contact) = turn.core.records.contacts.get(&id) {
                let number = contact.number.clone();
                help::dial(turn, number);
            }
        }
        Command::Drop => {
            turn.core.screen.fraud.asked = None;
            leave(turn);
        }
    }
    Ok(())
}

/// Leaves the page of this question for the one on which it came up.
fn leave(turn: &mut Turn<'_>) {
    while turn.core.page() == Page::FraudAsk {
        turn.back();
    }
}
