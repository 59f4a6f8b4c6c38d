//! 呼救: calling for help without a way to misfire.
//!
//! One very large button. A tap starts a countdown of [`COUNTDOWN_SECONDS`] seconds, spoken, with a siren; one tap
//! anywhere on the button that has taken its place stops it, for its whole length, and so does leaving the page. Then
//! the number is handed to the telephone. Where the machine can't call, the page says so and shows the number as large
//! as it can, and below it what whoever stands by needs to know.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::{Core, Page};
use crate::effect::{Effect, Sound};
use crate::entry::{Field, Problem, drafted, forgotten, forgotten_with, telephone};
use crate::ids::ContactId;
use crate::result::{Outcome, Sentence};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod model;
mod settings;
#[cfg(test)]
mod tests;
mod view;

pub use model::{COUNTDOWN_SECONDS, Callee, Contact, MOST_CONTACTS, Profile, Service};
pub(crate) use settings::{edited, settings_view};
pub(crate) use view::{grouped, spaced, view};

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Starts the countdown.
    Call(Callee),
    /// Stops it.
    Stop,
    /// The system has taken the call, or this machine can't call.
    Dialled {
        /// Whether the telephone took the number.
        taken: bool,
    },
    /// Opens a contact to change it; none is a new one.
    EditContact(Option<ContactId>),
    /// Removes the contact that is open.
    RemoveContact,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Calling {
    /// Not at all.
    #[default]
    No,
    /// The countdown runs.
    Countdown {
        callee: Callee,
        until: Timestamp,
        said: i64,
    },
    /// Handed to the telephone.
    Dialling { callee: Callee },
    /// The telephone has it.
    Dialled { callee: Callee },
    /// This machine can't call.
    CannotCall { callee: Callee },
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub calling: Calling,
    /// The contact that is open; none is a new one.
    pub contact: Option<ContactId>,
    /// A number that was handed to the telephone from another page, without a countdown.
    plain_call: Option<String>,
}

/// Hands a number to the telephone at once: nobody calls a hospital's counter by mistake in an emergency.
pub(crate) fn dial(turn: &mut Turn<'_>, number: String) {
    turn.core.screen.help.plain_call = Some(number.clone());
    turn.effects.push(Effect::Dial { number });
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Call(callee) => start(turn, callee),
        Command::Stop => stop(turn),
        Command::Dialled { taken } => dialled(turn, taken),
        Command::EditContact(id) => {
            turn.core.screen.help.contact = id;
            let page = if id.is_some() {
                Page::Contact
            } else {
                Page::Enter(Field::ContactName)
            };
            turn.open(page);
        }
        Command::RemoveContact => {
            if let Some(id) = turn.core.screen.help.contact {
                let typed = forgotten_with(turn.core, id.0);
                let changes = [Change::RemoveContact(id)].into_iter().chain(typed).collect();
                turn.commit_undoable(changes)?;
                turn.back_to(Page::Emergency);
                turn.show(Outcome::new(Mark::Good, "contact-removed-title").undoable());
            }
        }
    }
    Ok(())
}

fn start(turn: &mut Turn<'_>, callee: Callee) {
    if turn.core.page() != Page::Help {
        turn.open(Page::Help);
    }
    if number(turn.core, callee).is_none() {
        return;
    }
    let until = turn
        .now()
        .saturating_add(SignedDuration::from_secs(COUNTDOWN_SECONDS))
        .unwrap_or(Timestamp::MAX);
    turn.core.screen.help.calling = Calling::Countdown {
        callee,
        until,
        said: COUNTDOWN_SECONDS,
    };
    turn.core.screen.visit += 1;
    turn.core.screen.entered = false;
    turn.effects.push(Effect::Siren(true));
    let (name, words) = (name(turn.core, callee), turn.core.words());
    turn.say(words.with(
        "help-counting-said",
        &[("who", &name), ("seconds", &COUNTDOWN_SECONDS.to_string())],
    ));
}

fn stop(turn: &mut Turn<'_>) {
    let was = std::mem::take(&mut turn.core.screen.help.calling);
    turn.core.screen.visit += 1;
    if matches!(was, Calling::Countdown { .. }) {
        turn.effects.push(Effect::Siren(false));
        let said = turn.core.words().get("help-stopped-said");
        turn.tell(said);
    }
}

/// A page was left: a countdown does not go on where nobody can see and stop it.
pub(crate) fn left(turn: &mut Turn<'_>) {
    if turn.core.page() == Page::Help && turn.core.screen.help.calling != Calling::No {
        stop(turn);
    }
}

/// A second has passed.
pub(crate) fn tick(turn: &mut Turn<'_>) {
    let Calling::Countdown { callee, until, said } = turn.core.screen.help.calling else {
        return;
    };
    let left = seconds_left(until, turn.now());
    if left <= 0 {
        turn.effects.push(Effect::Siren(false));
        turn.core.screen.help.calling = Calling::Dialling { callee };
        turn.core.screen.visit += 1;
        if let Some(number) = number(turn.core, callee) {
            turn.effects.push(Effect::Dial { number });
        }
    } else if left < said {
        turn.core.screen.help.calling = Calling::Countdown {
            callee,
            until,
            said: left,
        };
        turn.play(Sound::Tick);
        let said = turn
            .core
            .words()
            .with("help-second-said", &[("seconds", &left.to_string())]);
        turn.say(said);
    }
}

/// Whole seconds that are left, rounded up: the last one is a full one.
pub(crate) fn seconds_left(until: Timestamp, now: Timestamp) -> i64 {
    let left = until.duration_since(now);
    let whole = left.as_secs();
    if left.subsec_nanos() > 0 { whole + 1 } else { whole }
}

/// The next second of the countdown.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let Calling::Countdown { until, said, .. } = core.screen.help.calling else {
        return None;
    };
    until.checked_sub(SignedDuration::from_secs(said - 1)).ok()
}

fn dialled(turn: &mut Turn<'_>, taken: bool) {
    let Calling::Dialling { callee } = turn.core.screen.help.calling else {
        if let (Some(number), false) = (turn.core.screen.help.plain_call.take(), taken) {
            let line = Sentence("help-cannot-said", vec![("number", spaced(&number))]);
            turn.show(Outcome::new(Mark::Bad, "help-cannot").line(line));
        }
        return;
    };
    turn.core.screen.visit += 1;
    turn.core.screen.help.calling = if taken {
        Calling::Dialled { callee }
    } else {
        Calling::CannotCall { callee }
    };
    let (name, words) = (name(turn.core, callee), turn.core.words());
    let said = if taken {
        words.with("help-dialled-said", &[("who", &name)])
    } else {
        turn.play(Sound::Refused);
        let digits = number(turn.core, callee).unwrap_or_default();
        words.with("help-cannot-said", &[("who", &name), ("number", &spaced(&digits))])
    };
    turn.say(said);
}

/// What a callee is called.
pub(crate) fn name(core: &Core, callee: Callee) -> String {
    match callee {
        Callee::Service(service) => core.words().get(match service {
            Service::Ambulance => "help-ambulance",
            Service::Police => "help-police",
            Service::Fire => "help-fire",
        }),
        Callee::Contact(id) => core
            .records
            .contacts
            .get(&id)
            .map_or_else(String::new, |contact| contact.name.clone()),
    }
}

/// Whom to call, in the order in which they are shown.
pub(crate) fn contacts(core: &Core) -> Vec<&Contact> {
    let mut contacts: Vec<&Contact> = core.records.contacts.values().collect();
    contacts.sort_by_key(|contact| (contact.position, contact.id));
    contacts
}

/// The number of a callee; `None` for a contact that is gone.
pub(crate) fn number(core: &Core, callee: Callee) -> Option<String> {
    match callee {
        Callee::Service(service) => Some(service.number().to_owned()),
        Callee::Contact(id) => core.records.contacts.get(&id).map(|contact| contact.number.clone()),
    }
}

/// Something about the person was typed.
pub(crate) fn typed_about_person(
    turn: &mut Turn<'_>,
    field: Field,
    text: String,
) -> Result<Result<(), Problem>, StoreError> {
    if field == Field::Name && text.is_empty() {
        return Ok(Err("enter-name-empty"));
    }
    let mut profile = turn.core.records.profile.clone();
    match field {
        Field::Address => profile.address = text,
        Field::MedicalNotes => profile.medical_notes = text,
        _ => profile.name = text,
    }
    turn.commit_undoable(vec![Change::Profile(profile), Change::RemoveDraft(field.into())])?;
    turn.back();
    Ok(Ok(()))
}

/// A contact's name or number was typed.
pub(crate) fn typed_contact(
    turn: &mut Turn<'_>,
    field: Field,
    text: String,
) -> Result<Result<(), Problem>, StoreError> {
    if text.is_empty() {
        return Ok(Err(if field == Field::ContactName {
            "enter-name-empty"
        } else {
            "enter-contact-number-wrong"
        }));
    }
    let edited = edited(turn.core).cloned();
    match (field, edited) {
        (Field::ContactName, Some(contact)) => {
            let change = Change::PutContact(Contact { name: text, ..contact });
            let typed = forgotten(turn.core, &[field]);
            turn.commit_undoable([vec![change], typed].concat())?;
            turn.back();
        }
        // A new contact: the name is kept as a draft until the number is there.
        (Field::ContactName, None) => turn.replace(Page::Enter(Field::ContactNumber)),
        (_, edited) => {
            let Some(number) = telephone(&text) else {
                return Ok(Err("enter-contact-number-wrong"));
            };
            let contact = match edited {
                Some(contact) => Contact { number, ..contact },
                None if turn.core.records.contacts.len() >= MOST_CONTACTS => return Ok(Err("contacts-full")),
                None => {
                    let position = turn
                        .core
                        .records
                        .contacts
                        .values()
                        .map(|c| c.position + 1)
                        .max()
                        .unwrap_or(0);
                    let name = drafted(turn.core, Field::ContactName).cloned();
                    let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
                        // The number waits as a draft until there is somebody whose it is.
                        turn.replace(Page::Enter(Field::ContactName));
                        return Ok(Ok(()));
                    };
                    Contact {
                        id: ContactId(turn.uuid()),
                        name,
                        number,
                        position,
                    }
                }
            };
            let typed = forgotten(turn.core, &[Field::ContactName, Field::ContactNumber]);
            turn.commit_undoable([vec![Change::PutContact(contact)], typed].concat())?;
            turn.back_to(Page::Emergency);
            turn.show(
                Outcome::new(Mark::Good, "contact-saved-title")
                    .line("contact-saved-line")
                    .main("contact-saved-back", Icon::Group, crate::result::open(Page::Emergency))
                    .undoable(),
            );
        }
    }
    Ok(Ok(()))
}
