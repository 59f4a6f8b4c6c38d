//! The rules of registering a person.
//!
//! Whoever is registered can be issued documents. Registering twice changes nothing; a number that is registered under
//! another name is refused, since either the number or the name has a slip in it. That the person is who they say, a
//! hub can't know from here: a counter looks at the card, and the channel that is kept says whether one did.

use crate::{
    booking::{self, fingerprint},
    db::{Database, DbError, NewPerson, Registered},
    refused::Refused,
    state::StepError,
};
use anban_wire::{
    IdentityNumber,
    persons::{PersonAnswer, PersonRequest},
};
use jiff::Timestamp;

/// Registers a person, or gives the first answer to the same command again.
pub(crate) fn register(
    db: &dyn Database,
    request: &PersonRequest,
    number: &IdentityNumber,
    now: Timestamp,
) -> Result<PersonAnswer, StepError> {
    let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
    let person = NewPerson {
        identity_number: number.as_str().to_owned(),
        name: request.name.trim().to_owned(),
        channel: request.channel,
        telephone: trimmed(&request.telephone),
        helper: trimmed(&request.helper),
    };
    let asked = fingerprint(&[
        "register",
        &person.name,
        &person.identity_number,
        person.channel.as_str(),
        person.telephone.as_deref().unwrap_or_default(),
        person.helper.as_deref().unwrap_or_default(),
    ]);
    let registered_at = match db.register(&person, request.command, &asked, now)? {
        Registered::Since(since) => since,
        Registered::OtherName => return Err(Refused::OtherName.into()),
        Registered::Repeat(first) if first.fingerprint == asked => first
            .body
            .parse()
            .ok()
            .and_then(|second| Timestamp::from_second(second).ok())
            .ok_or(DbError::Damaged("answer"))?,
        Registered::Repeat(_) => return Err(booking::Refused::CommandReused.into()),
    };
    Ok(PersonAnswer { registered_at })
}
