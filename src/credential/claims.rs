//! What our own documents say: the claims, as plain data.
//!
//! The person's fields follow the basic fields of GB/T 38962-2020 (personal health information
//! code, data format): name, sex, nationality, kind of identity document, its number, registered
//! region, address, telephone, medical history. Only the name has to be there; an issuer puts in
//! what the purpose needs and no more, since whoever reads the code reads all of it.
//!
//! How the claims are written as CBOR, with the number of each, is in `claims_cbor` and, as a
//! table for other implementers, in `docs/documents.md`.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use ring::rand::SecureRandom;
use serde::{Serialize, Serializer};

use crate::cbor;
use crate::keys::KeyError;

/// The longest text that a claim may hold, in characters.
pub(crate) const MAX_CLAIM: usize = 500;
/// The most entries that `details` and `medical_history` may have.
pub(crate) const MAX_ENTRIES: usize = 50;

/// The unique id of a document (`cti`), by which it can be revoked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId([u8; 16]);

impl DocumentId {
    /// The id with these bytes, a UUID's for instance.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A new id.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn random(random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let mut bytes = [0; 16];
        random.fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// 32 lower-case hexadecimal digits, the form in which trust lists and the app know it.
impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&cbor::hex(&self.0))
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What kind of document it is. Open: a kind that this version has no name for is
/// [`Kind::Other`] and is still shown and checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A health code with its colour.
    HealthStatus,
    /// A vaccination certificate.
    Vaccination,
    /// A test result.
    Test,
    /// A certificate of recovery.
    Recovery,
    /// The slip of a booked appointment.
    Appointment,
    /// Somebody's permission to act for somebody else.
    Delegation,
    /// A pass to enter a venue.
    EntryPass,
    /// Where somebody has travelled.
    TravelRecord,
    /// That a person and an identity document belong together.
    IdentityLink,
    /// An electronic health card (电子健康卡): who the person is to a hospital.
    HealthCard,
    /// A medical-insurance code (医保码).
    MedicalInsurance,
    /// The result of a health check-up.
    CheckUp,
    /// A copy of a card on paper.
    CardCopy,
    /// Whom to call and what to know in an emergency.
    EmergencyCard,
    /// A form that is filled in at an entrance.
    EntryForm,
    /// Another kind, by the word that stands in the document.
    Other(String),
}

impl Kind {
    const NAMED: [(Kind, &'static str); 15] = [
        (Kind::HealthStatus, "health-status"),
        (Kind::Vaccination, "vaccination"),
        (Kind::Test, "test"),
        (Kind::Recovery, "recovery"),
        (Kind::Appointment, "appointment"),
        (Kind::Delegation, "delegation"),
        (Kind::EntryPass, "entry-pass"),
        (Kind::TravelRecord, "travel-record"),
        (Kind::IdentityLink, "identity-link"),
        (Kind::HealthCard, "health-card"),
        (Kind::MedicalInsurance, "medical-insurance"),
        (Kind::CheckUp, "check-up"),
        (Kind::CardCopy, "card-copy"),
        (Kind::EmergencyCard, "emergency-card"),
        (Kind::EntryForm, "entry-form"),
    ];

    /// The word that stands for it in documents and trust lists.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Kind::Other(word) => word,
            named => Self::NAMED
                .iter()
                .find(|(kind, _)| kind == named)
                .map_or("", |(_, word)| word),
        }
    }
}

impl From<&str> for Kind {
    fn from(word: &str) -> Self {
        Self::NAMED
            .into_iter()
            .find(|(_, known)| *known == word)
            .map_or_else(|| Kind::Other(word.to_owned()), |(kind, _)| kind)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The colour of a health code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No restriction.
    Green,
    /// Under observation.
    Yellow,
    /// Isolation or treatment.
    Red,
}

/// Sex, with the codes of GB/T 2261.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Code 0, not known.
    Unknown,
    /// Code 1.
    Male,
    /// Code 2.
    Female,
    /// Code 9, not stated.
    NotStated,
}

/// The document by which a person was identified, and its number.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct IdentityDocument {
    /// Its kind: `resident-identity-card`, `household-register`, `passport`,
    /// `travel-permit-hk-mo`, `travel-permit-tw`, or another word.
    pub kind: String,
    /// Its number. Issuers mask the middle with `*` where the whole is not needed.
    pub number: String,
}

/// Whom a document is about: the basic fields of GB/T 38962-2020.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// 姓名, the name as it is written in the identity document.
    pub name: String,
    /// 性别.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// 国籍, three letters of GB/T 2659 (ISO 3166-1 alpha-3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// 证件类型 and 证件号码.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_document: Option<IdentityDocument>,
    /// 户籍区划, six digits of GB/T 2260.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_region: Option<String>,
    /// 区划内详细地址, the address within that region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 联系电话.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// 基础病史.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub medical_history: Vec<String>,
}

/// What a health code says.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Its colour.
    pub status: Status,
    /// One sentence on why, for the person and whoever checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// All that a document of our own kind says. Times are kept to the second.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Who issued it (`iss`): the name under which a trust list has the issuer's key.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// A pseudonym of the person with this issuer (`sub`), if it has one.
    #[serde(rename = "sub", skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// From when it holds (`iat`).
    #[serde(rename = "iat")]
    pub issued_at: Timestamp,
    /// Until when it holds (`exp`).
    #[serde(rename = "exp")]
    pub expires_at: Timestamp,
    /// Its unique id (`cti`).
    #[serde(rename = "cti")]
    pub id: DocumentId,
    /// What kind of document it is.
    pub kind: Kind,
    /// Whom it is about.
    pub person: Person,
    /// The state of health; there exactly when the kind is [`Kind::HealthStatus`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// What else the kind calls for, as names and texts: a slip's department, for instance.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

/// Why claims make no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// A claim is missing or of another type than it has to be.
    #[error("the claim \"{0}\" is missing or is not what it should be")]
    Claim(&'static str),
    /// A text is empty, or longer than 500 characters.
    #[error("the claim \"{0}\" is empty or longer than 500 characters")]
    Length(&'static str),
    /// Too many entries.
    #[error("the claim \"{0}\" has more than 50 entries")]
    TooMany(&'static str),
    /// It would expire before it is issued.
    #[error("it would expire before it is issued")]
    EndsBeforeItBegins,
    /// A health code without its state, or another document with one.
    #[error("a health code says the state of health, and only a health code does")]
    HealthMismatch,
}

impl Claims {
    /// Whether these claims make a document; issuing and reading ask the same.
    ///
    /// # Errors
    /// The first [`ClaimsError`] found.
    pub fn check(&self) -> Result<(), ClaimsError> {
        if self.expires_at <= self.issued_at {
            return Err(ClaimsError::EndsBeforeItBegins);
        }
        if self.health.is_some() != (self.kind == Kind::HealthStatus) {
            return Err(ClaimsError::HealthMismatch);
        }
        let person = &self.person;
        let identity = person.identity_document.as_ref();
        let reason = self.health.as_ref().and_then(|h| h.reason.as_ref());
        let texts = [
            ("iss", Some(&self.issuer)),
            ("sub", self.subject.as_ref()),
            ("name", Some(&person.name)),
            ("nationality", person.nationality.as_ref()),
            ("identity document", identity.map(|i| &i.kind)),
            ("identity number", identity.map(|i| &i.number)),
            ("registered region", person.registered_region.as_ref()),
            ("address", person.address.as_ref()),
            ("telephone", person.telephone.as_ref()),
            ("reason", reason),
        ];
        let given = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?.as_str())));
        let history = person
            .medical_history
            .iter()
            .map(|text| ("medical history", text.as_str()));
        let details = self
            .details
            .iter()
            .flat_map(|(name, text)| [("details", name.as_str()), ("details", text.as_str())]);
        for (name, text) in given
            .chain([("kind", self.kind.as_str())])
            .chain(history)
            .chain(details)
        {
            if text.trim().is_empty() || text.chars().count() > MAX_CLAIM {
                return Err(ClaimsError::Length(name));
            }
        }
        for (name, count) in [
            ("medical history", person.medical_history.len()),
            ("details", self.details.len()),
        ] {
            if count > MAX_ENTRIES {
                return Err(ClaimsError::TooMany(name));
            }
        }
        Ok(())
    }
}

/// Shows the kind and id alone: claims are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
