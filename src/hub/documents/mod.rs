//! The rules of issuing documents: for whom, what they say, and for how long they hold.
//!
//! A repeat is recognised first and gets its first document, whatever has changed since. Then the person has to be
//! registered under the name that is given; an appointment's slip alone rests on the booking instead. What the document
//! says comes from where its kind says ([`Source`]): the hub's records, the booking, or the person's own statement.
//! Last, the text has to fit a code that can be scanned from paper and screen ([`MAX_CODE`]).
//!
//! `content` has what each kind says; `docs/documents.md` has it as a table.

mod content;

use crate::{
    accounts::{Caller, Door},
    booking::{self, fingerprint},
    db::{Answer, Database, PersonRow},
    demo::HealthRegister,
    keys::Keys,
    refused::Refused,
    state::StepError,
};
use anban_credential::{Claims, DocumentId, IdentityDocument, Kind, Person};
use anban_wire::{
    IdentityNumber,
    documents::{DocumentRequest, Source},
};
use content::Content;
use jiff::{SignedDuration, Timestamp};

/// The longest text that a code may have, in characters. A QR symbol holds them in version 23 at error correction level M
/// (109 modules a side) and version 28 at level Q (129): 6 cm wide on paper, a module is about half a millimetre.
pub(crate) const MAX_CODE: usize = 1200;
/// Documents are dated back so far, for checkers whose clock is behind the hub's.
const DATED_BACK: SignedDuration = SignedDuration::from_mins(5);

/// What documents are issued from.
pub(crate) struct Issuing<'a> {
    pub(crate) db: &'a dyn Database,
    pub(crate) keys: &'a Keys,
    /// Who is in which state of health; a hub without it issues no health status.
    pub(crate) health: Option<&'a HealthRegister>,
    pub(crate) now: Timestamp,
    /// Who asks.
    pub(crate) caller: &'a Caller,
    /// Who is let in without having signed in.
    pub(crate) door: Door,
}

impl Issuing<'_> {
    /// Issues the document that is asked for, or gives the first answer to the same command again.
    pub(crate) fn issue(&self, request: &DocumentRequest, number: &IdentityNumber) -> Result<String, StepError> {
        let asked = asked(request, number);
        if let Some(first) = self.db.answer(request.command)? {
            return repeat(first, &asked);
        }
        let person = self.person(request, number)?;
        let content = self.content(request, number)?;
        let signed = self.keys.sign_document(
            self.db,
            &self.claims(request, number, person.as_ref(), content)?,
            self.now,
        )?;
        if signed.text.chars().count() > MAX_CODE {
            return Err(Refused::TooLong.into());
        }
        let answer = Answer {
            fingerprint: asked.clone(),
            body: signed.text,
        };
        repeat(
            self.db.keep_document(request.command, &answer, &signed.row, self.now)?,
            &asked,
        )
    }

    /// The person as registered; none where the document rests on a booking and nobody knows the number.
    fn person(&self, request: &DocumentRequest, number: &IdentityNumber) -> Result<Option<PersonRow>, StepError> {
        let same_name = |person: &PersonRow| person.name == request.name.trim();
        match self.db.person(number.as_str())? {
            person if request.kind.source() == Source::Booking => Ok(person.filter(same_name)),
            None => Err(Refused::NotRegistered.into()),
            Some(person) if same_name(&person) => Ok(Some(person)),
            Some(_) => Err(Refused::OtherName.into()),
        }
    }

    fn claims(
        &self,
        request: &DocumentRequest,
        number: &IdentityNumber,
        person: Option<&PersonRow>,
        content: Content,
    ) -> Result<Claims, StepError> {
        // Nobody but the person says that the number is theirs where they are not registered: then it is left out.
        let identity_document = person.map(|_| IdentityDocument {
            kind: "resident-identity-card".to_owned(),
            number: number.masked(),
        });
        Ok(Claims {
            issuer: self.keys.issuer_name.clone(),
            subject: None,
            issued_at: self.now.checked_sub(DATED_BACK).unwrap_or(self.now),
            expires_at: content.until,
            id: DocumentId::random(self.keys.random()).map_err(anban_credential::IssueError::from)?,
            kind: Kind::from(request.kind.as_str()),
            person: Person {
                name: request.name.trim().to_owned(),
                identity_document,
                registered_region: Some(request.region.trim().to_owned()),
                ..Person::default()
            },
            health: content.health,
            details: content.details,
        })
    }
}

/// Tells apart what was asked under one command.
fn asked(request: &DocumentRequest, number: &IdentityNumber) -> String {
    let mut parts = vec![
        request.kind.as_str(),
        request.name.trim(),
        number.as_str(),
        request.region.trim(),
    ];
    parts.extend(request.appointment.as_deref());
    parts.extend(
        request
            .details
            .iter()
            .flat_map(|(name, text)| [name.as_str(), text.as_str()]),
    );
    fingerprint(&parts)
}

fn repeat(kept: Answer, asked: &str) -> Result<String, StepError> {
    if kept.fingerprint == asked {
        Ok(kept.body)
    } else {
        Err(booking::Refused::CommandReused.into())
    }
}
