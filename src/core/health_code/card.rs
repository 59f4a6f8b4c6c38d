//! The health code that belongs to a card: whoever shows the card is asked for the code next.
//!
//! A card whose number is an identity number belongs to whom that number names, and to nobody else. Any other card
//! belongs to whom its name names (王建国的老年卡), or else to the owner of the device. Where nothing is kept of them, the
//! card says nothing.

use anban_credential::Kind;
use anban_wire::IdentityNumber;

use super::{Command, Person, people, standing};
use crate::app::{Command as AppCommand, Core};
use crate::page::PageBuilder;
use crate::view::{Choice, Icon};
use crate::wallet::CardKind;

/// The button on a card's page that says how its person's health code stands, and leads to it.
pub(crate) fn of_card(page: &mut PageBuilder<'_>, kind: CardKind, name: &str, number: &str) -> Option<Choice> {
    if !kind.names_a_person() {
        return None;
    }
    let (core, words) = (page.core, page.words);
    let people = people(core);
    let person = whose(core, &people, name, number)?;
    let mut documents = person.documents.iter();
    let (kept, document) = documents.find(|(_, document)| document.kind() == Kind::HealthStatus)?;
    let standing = standing(core, kept, document);
    // The word comes first, as on the page of the code.
    let said = words.with("card-code", &[("state", &standing.word(words)), ("name", &person.name)]);
    let note = words.with("card-code-note", &[("when", &page.past(kept.refreshed_at))]);
    let show = AppCommand::HealthCode(Command::Show(kept.id));
    let choice = page
        .choice_named("card-health-code", said.trim(), Icon::QrCode2, show)
        .marked(standing.mark());
    Some(page.noted(choice, note))
}

fn whose<'a, 'b>(core: &Core, people: &'a [Person<'b>], name: &str, number: &str) -> Option<&'a Person<'b>> {
    let Ok(number) = number.parse::<IdentityNumber>() else {
        let named = |person: &&Person<'_>| !person.name.is_empty() && name.contains(&person.name);
        return people
            .iter()
            .find(named)
            .or_else(|| people.iter().find(|person| person.owner));
    };
    let number = number.as_str();
    let own = &core.records.profile.identity_number;
    // What is known for certain comes before what a masked number leaves open.
    let known = |person: &&Person<'_>| {
        let issued = |(kept, _): &super::Held<'_>| kept.issued_for.as_deref() == Some(number);
        (person.owner && own == number) || person.documents.iter().any(issued)
    };
    if let Some(person) = people.iter().find(known) {
        return Some(person);
    }
    let mut may_be = people.iter().filter(|person| {
        let other = person.owner && !own.is_empty();
        !other && person.may_have(number)
    });
    may_be.next().filter(|_| may_be.next().is_none())
}
