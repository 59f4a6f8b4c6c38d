//! Asking a hub for a signed document.
//!
//! `POST /documents` with a [`DocumentRequest`] as JSON is answered by a [`DocumentAnswer`]: the text that goes
//! into the QR code. The command's UUID makes a repeat harmless: it brings the same text again.
//!
//! Where a document's content comes from depends on its kind ([`DocumentKind::source`]): from the hub's own
//! records, from an appointment that it keeps, or from what the person states. A person has to be registered with
//! the hub first ([`crate::persons`]).

use crate::shows_only;
use crate::{CommandId, IdentityNumber};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest name and region, in characters.
pub const MAX_TEXT: usize = 64;
/// Most entries in `details`, as in the document itself.
pub const MAX_DETAILS: usize = 50;
/// Longest name and text of an entry in `details`, in characters, as in the document itself.
pub const MAX_DETAIL: usize = 500;
/// The entry of `details` that only a hub writes: says that the content is by the person's own account.
pub const STATEMENT: &str = "statement";

/// What document. The words are those of the documents themselves (`docs/documents.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// The health status of a person (GB/T 38962).
    HealthStatus,
    /// Vaccinations.
    Vaccination,
    /// The result of a test.
    Test,
    /// Where the person has travelled.
    TravelRecord,
    /// That the person and an identity document belong together.
    IdentityLink,
    /// The electronic health card (电子健康卡).
    HealthCard,
    /// The medical-insurance code (医保码).
    MedicalInsurance,
    /// The result of a health check-up.
    CheckUp,
    /// The slip of a booked appointment.
    Appointment,
    /// The person's permission for somebody to act for them.
    Delegation,
    /// A pass to enter a venue.
    EntryPass,
    /// A copy of a card on paper.
    CardCopy,
    /// Whom to call and what to know in an emergency.
    EmergencyCard,
    /// A form that is filled in at an entrance.
    EntryForm,
}

/// Where the content of a document comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The hub's records of the person; `details` of a request are passed over.
    Records,
    /// The booking that the request names in `appointment`.
    Booking,
    /// What the request has in `details`: the person's own statement, which the document says of itself.
    Statement,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::HealthStatus,
        Self::Vaccination,
        Self::Test,
        Self::TravelRecord,
        Self::IdentityLink,
        Self::HealthCard,
        Self::MedicalInsurance,
        Self::CheckUp,
        Self::Appointment,
        Self::Delegation,
        Self::EntryPass,
        Self::CardCopy,
        Self::EmergencyCard,
        Self::EntryForm,
    ];

    /// The word that stands for it in requests and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HealthStatus => "health-status",
            Self::Vaccination => "vaccination",
            Self::Test => "test",
            Self::TravelRecord => "travel-record",
            Self::IdentityLink => "identity-link",
            Self::HealthCard => "health-card",
            Self::MedicalInsurance => "medical-insurance",
            Self::CheckUp => "check-up",
            Self::Appointment => "appointment",
            Self::Delegation => "delegation",
            Self::EntryPass => "entry-pass",
            Self::CardCopy => "card-copy",
            Self::EmergencyCard => "emergency-card",
            Self::EntryForm => "entry-form",
        }
    }

    /// Where its content comes from.
    #[must_use]
    pub fn source(self) -> Source {
        match self {
            Self::Appointment => Source::Booking,
            Self::Delegation | Self::CardCopy | Self::EmergencyCard | Self::EntryForm => Source::Statement,
            Self::HealthStatus
            | Self::Vaccination
            | Self::Test
            | Self::TravelRecord
            | Self::IdentityLink
            | Self::HealthCard
            | Self::MedicalInsurance
            | Self::CheckUp
            | Self::EntryPass => Source::Records,
        }
    }
}

/// The wish for a document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DocumentRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
    /// What document.
    pub kind: DocumentKind,
    /// The person's name.
    pub name: String,
    /// The person's identity number. Not checked here, so that a server can tell a slip of the finger from
    /// rubbish: [`DocumentRequest::check`] does.
    pub identity_number: String,
    /// The region that the person is registered in.
    pub region: String,
    /// What the person states, by the names of `docs/documents.md`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// The id of the booked appointment, where the kind is [`DocumentKind::Appointment`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<String>,
}

/// The document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentAnswer {
    /// The signed text, `AB1:…`.
    pub text: String,
}

/// Why a wish can't be met as it is. Never repeats what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRequestError {
    /// Name is empty or too long.
    #[error("the name must have 1 to 64 characters and no control characters")]
    Name,
    /// Region is empty or too long.
    #[error("the region must have 1 to 64 characters and no control characters")]
    Region,
    /// The details are too many, too long, or not the person's to state.
    #[error(
        "details must be at most 50, each with a name and a text of 1 to 500 characters without control characters, \
         and none called \"statement\""
    )]
    Details,
    /// An appointment's slip without the appointment.
    #[error("the id of the booked appointment is missing, or has more than 64 characters")]
    Appointment,
    /// The identity number is wrong.
    #[error(transparent)]
    Identity(#[from] crate::identity::IdentityError),
}

/// Whether a text has 1 to `most` characters besides white space around it, and nothing that is no text.
pub(crate) fn fits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

impl DocumentRequest {
    /// Checks lengths and the identity number, and returns the latter in its standard form.
    ///
    /// # Errors
    /// What is wrong, in words that a person can act on.
    pub fn check(&self) -> Result<IdentityNumber, DocumentRequestError> {
        if !fits(&self.name, MAX_TEXT) {
            return Err(DocumentRequestError::Name);
        }
        if !fits(&self.region, MAX_TEXT) {
            return Err(DocumentRequestError::Region);
        }
        let is_theirs = |(name, text): (&String, &String)| {
            fits(name, MAX_DETAIL) && fits(text, MAX_DETAIL) && name.trim() != STATEMENT
        };
        if self.details.len() > MAX_DETAILS || !self.details.iter().all(is_theirs) {
            return Err(DocumentRequestError::Details);
        }
        let named = self.appointment.as_ref();
        if named.map_or(self.kind.source() == Source::Booking, |id| !fits(id, MAX_TEXT)) {
            return Err(DocumentRequestError::Appointment);
        }
        Ok(self.identity_number.parse()?)
    }
}

// Shows nothing of the person.
shows_only!(DocumentRequest { command, kind });

// Shows nothing of the document.
shows_only!(DocumentAnswer {});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn request(name: &str, number: &str) -> DocumentRequest {
        let body = serde_json::json!({
            "command": "6a1f1a9e-3b5c-4b8e-9d43-0a4a52f1f9a1", "kind": "health-status",
            "name": name, "identityNumber": number, "region": "安宁市",
        });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_slip_of_the_finger_is_told_apart_from_an_empty_name() {
        assert!(request("王秀英", "11010519491231002x").check().is_ok());
        let slip = request("王秀英", "110105194912310021").check();
        assert_eq!(
            slip,
            Err(DocumentRequestError::Identity(crate::identity::IdentityError::Check))
        );
        assert_eq!(
            request(" ", "11010519491231002X").check(),
            Err(DocumentRequestError::Name)
        );
        assert_eq!(
            request("a\u{0}b", "11010519491231002X").check(),
            Err(DocumentRequestError::Name)
        );
    }

    #[test]
    fn every_kind_is_called_by_its_own_word_in_json_too() {
        for kind in DocumentKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        let words: std::collections::BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), DocumentKind::ALL.len());
    }

    #[test]
    fn details_are_held_to_what_a_document_may_hold() {
        let with = |details: Vec<(String, String)>| {
            let mut wish = request("王秀英", "11010519491231002X");
            wish.kind = DocumentKind::EmergencyCard;
            wish.details = details.into_iter().collect();
            wish.check().err()
        };
        let entry = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
        let many = |count: usize| (0..count).map(|n| (format!("k{n}"), "x".to_owned())).collect();
        assert_eq!(with(entry("allergies", &"青".repeat(500))), None);
        assert_eq!(with(many(50)), None);
        let wrong = Some(DocumentRequestError::Details);
        assert_eq!(with(many(51)), wrong);
        assert_eq!(with(entry("allergies", &"青".repeat(501))), wrong);
        assert_eq!(with(entry("", "x")), wrong);
        assert_eq!(with(entry("a", " ")), wrong);
        assert_eq!(with(entry("a", "one\u{7}two")), wrong);
        assert_eq!(with(entry("statement", "checked by the police")), wrong);
    }

    #[test]
    fn an_appointments_slip_names_its_appointment() {
        let mut wish = request("王秀英", "11010519491231002X");
        wish.kind = DocumentKind::Appointment;
        assert_eq!(wish.check(), Err(DocumentRequestError::Appointment));
        wish.appointment = Some("a1".to_owned());
        assert!(wish.check().is_ok());
    }

    #[test]
    fn a_debug_print_shows_nothing_of_the_person() {
        let shown = format!("{:?}", request("王秀英", "11010519491231002X"));
        assert!(!shown.contains("王") && !shown.contains("1101"), "{shown}");
    }
}
