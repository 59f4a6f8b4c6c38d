//! Whose documents they are.
//!
//! A device carries the codes of its owner and of others: the spouse's, a parent's, whoever asked. They are told apart
//! by what the documents themselves say of the person: the name, and beside it the masked identity number, the pseudonym
//! that the issuer uses, or the day of birth. The owner of the device comes first, then the others in the order in which
//! their first document came, so that nobody's place changes when something is refreshed.

use anban_credential::{Document, Kind};

use super::KeptDocument;
use crate::app::Core;

/// A document that is kept, and what it says.
pub(crate) type Held<'a> = (&'a KeptDocument, Document);

/// Somebody whose documents are kept here.
pub(crate) struct Person<'a> {
    /// The name in the documents; empty where they have none.
    pub name: String,
    /// Whether it is the owner of the device.
    pub owner: bool,
    /// What they carry, the health code first; never empty.
    pub documents: Vec<Held<'a>>,
    who: Who,
}

impl Person<'_> {
    /// Whether a document says a number that may be this one, as far as it is not hidden.
    pub fn may_have(&self, number: &str) -> bool {
        self.who.number.as_ref().is_some_and(|known| masks_agree(known, number))
    }

    /// The end of the identity number, by which people of one name are told apart.
    pub fn number_end(&self) -> Option<String> {
        let number = self.who.number.as_ref()?;
        let characters: Vec<char> = number.chars().collect();
        Some(characters.iter().rev().take(4).rev().collect())
    }
}

/// What a document says of the person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Who {
    name: String,
    /// Masked with asterisks where the issuer hides some of it.
    number: Option<String>,
    /// The issuer, and its pseudonym for the person.
    subject: Option<(String, String)>,
    birth: Option<String>,
}

impl Who {
    pub fn of(document: &Document) -> Self {
        let claims = document.anban_claims();
        let number = claims.and_then(|claims| claims.person.identity_document.as_ref());
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Self {
            name: document.holder_name().unwrap_or_default().trim().to_owned(),
            number: number.map(|identity| identity.number.trim().to_ascii_uppercase()),
            subject: claims.and_then(|claims| Some((claims.issuer.clone(), claims.subject.clone()?))),
            birth: document.claims().get("dob").and_then(text),
        }
    }

    /// A person as they are known from a name and a whole number.
    pub fn named(name: &str, number: &str) -> Self {
        Self {
            name: name.trim().to_owned(),
            number: (!number.is_empty()).then(|| number.trim().to_ascii_uppercase()),
            ..Self::default()
        }
    }

    /// Whether nothing speaks against both being one person.
    pub fn may_be(&self, other: &Self) -> bool {
        fn differ<T>(one: Option<&T>, other: Option<&T>, differ: impl Fn(&T, &T) -> bool) -> bool {
            one.zip(other).is_some_and(|(one, other)| differ(one, other))
        }
        self.name.to_lowercase() == other.name.to_lowercase()
            && !differ(self.number.as_ref(), other.number.as_ref(), |one, other| {
                !masks_agree(one, other)
            })
            && !differ(self.subject.as_ref(), other.subject.as_ref(), |one, other| {
                one.0 == other.0 && one.1 != other.1
            })
            && !differ(self.birth.as_ref(), other.birth.as_ref(), |one, other| one != other)
    }

    /// Learns what another document of the same person says, the number with the fewest hidden characters.
    fn learn(&mut self, other: Self) {
        let hidden = |number: &String| number.chars().filter(|&c| c == '*').count();
        let numbers = [self.number.take(), other.number];
        self.number = numbers.into_iter().flatten().min_by_key(hidden);
        self.subject = self.subject.take().or(other.subject);
        self.birth = self.birth.take().or(other.birth);
    }
}

/// Whether two numbers may be the same one where neither hides the character.
fn masks_agree(one: &str, other: &str) -> bool {
    one.chars().count() == other.chars().count()
        && one
            .chars()
            .zip(other.chars())
            .all(|(one, other)| one == other || one == '*' || other == '*')
}

/// The kinds in the order in which a person carries them.
fn rank(kind: &Kind) -> usize {
    [
        Kind::HealthStatus,
        Kind::HealthCard,
        Kind::MedicalInsurance,
        Kind::Vaccination,
        Kind::CheckUp,
        Kind::TravelRecord,
        Kind::Test,
        Kind::Recovery,
    ]
    .iter()
    .position(|known| known == kind)
    .unwrap_or(usize::MAX)
}

/// Everybody whose documents are kept here. What belongs to a visit, a card or a form is not among them.
pub(crate) fn people(core: &Core) -> Vec<Person<'_>> {
    let mut held: Vec<Held<'_>> = super::documents(core)
        .into_iter()
        .filter(|(kept, _)| kept.about.is_none())
        .collect();
    held.sort_by_key(|(kept, _)| (kept.added_at, kept.id));
    // Those with a number first: one without it joins whom it can only belong to.
    let (numbered, others): (Vec<_>, Vec<_>) = held
        .into_iter()
        .map(|held| (Who::of(&held.1), held))
        .partition(|(who, _)| who.number.is_some());
    let mut people: Vec<Person<'_>> = Vec::new();
    for (who, held) in numbered.into_iter().chain(others) {
        let may_be: Vec<usize> = (0..people.len())
            .filter(|&at| people.get(at).is_some_and(|person| person.who.may_be(&who)))
            .collect();
        // Among several it is whoever is as little known as this document says.
        let without = |at: &&usize| people.get(**at).is_some_and(|person| person.who.number.is_none());
        let place = match may_be.as_slice() {
            [only] => Some(*only),
            several => several.iter().find(without).copied(),
        };
        match place.and_then(|at| people.get_mut(at)) {
            Some(person) => {
                person.who.learn(who);
                person.documents.push(held);
            }
            None => people.push(Person {
                name: who.name.clone(),
                owner: false,
                documents: vec![held],
                who,
            }),
        }
    }
    let profile = &core.records.profile;
    let owner = Who::named(&profile.name, &profile.identity_number);
    if let Some(own) = people
        .iter_mut()
        .find(|person| !owner.name.is_empty() && person.who.may_be(&owner))
    {
        own.owner = true;
    }
    people.sort_by_key(|person| {
        let first = person.documents.iter().map(|(kept, _)| (kept.added_at, kept.id)).min();
        (!person.owner, first)
    });
    for person in &mut people {
        person
            .documents
            .sort_by_key(|(kept, document)| (rank(&document.kind()), std::cmp::Reverse(kept.added_at), kept.id));
    }
    people
}
