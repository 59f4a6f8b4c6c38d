//! Devices, whom they act for, and how they sign in.
//!
//! A hub knows no passwords of persons. A **device** makes itself a secret of 256 random bits and registers once
//! (`POST /devices`); from then on it is the device of one **patient**, the person who uses it. It signs in with the
//! secret (`POST /token`, the client-credentials grant of OAuth 2.0, RFC 6749 section 4.4) and gets a token that holds
//! for an hour. The hub keeps neither: only their SHA-256. A token that has ended or was taken back is answered with
//! 401; the device signs in again and goes on.
//!
//! A device acts for another patient only with a **grant**. The patient's device asks for an invitation
//! (`POST /invitations`), whose eight digits are told to a relative or family doctor face to face or on the telephone;
//! their device turns them into a grant (`POST /grants`). Either side can end it (`DELETE /grants/ID`). Both sides list
//! theirs with `GET /grants`. In FHIR a grant is a `RelatedPerson` of the patient with the same id.
//!
//! Every request that changes something carries a [`CommandId`], so that a repeat gets the first answer.

use crate::CommandId;
use crate::documents::{MAX_TEXT, fits};
use crate::shows_only;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Digits of an invitation.
pub const INVITATION_DIGITS: usize = 8;
/// How long an invitation holds.
pub const INVITATION_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// What only a device knows: 32 random bytes in base64url without padding (43 characters).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Secret(pub String);

impl Secret {
    /// Whether it has the form of a secret. How random it is, nobody can tell.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.0.len() == 43
            && self
                .0
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    }
}

// Shows nothing of it.
shows_only!(Secret {});

/// The wish of a device to be known: `POST /devices`, answered by 201 and a [`DeviceAnswer`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceRequest {
    /// Makes a repeat harmless. A repeat with another secret is refused.
    pub command: CommandId,
    /// What the device will sign in with.
    pub secret: Secret,
    /// The name of the person who uses the device.
    pub name: String,
    /// Under which they can be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// The device is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceAnswer {
    /// Its id: the user name at `POST /token`.
    pub device: String,
    /// The FHIR id of the patient whose device it is.
    pub patient: String,
}

/// The answer of `POST /token` (RFC 6749 section 5.1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds that it holds.
    pub expires_in: u32,
}

/// How somebody stands to a patient. The words are codes of HL7's v3-RoleCode, or of v3-ParticipationType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Relationship {
    /// Daughter.
    #[serde(rename = "DAU")]
    Daughter,
    /// Son.
    #[serde(rename = "SON")]
    Son,
    /// Husband or wife.
    #[serde(rename = "SPS")]
    Spouse,
    /// Grandchild.
    #[serde(rename = "GRNDCHILD")]
    Grandchild,
    /// Brother or sister.
    #[serde(rename = "SIB")]
    Sibling,
    /// Neighbour.
    #[serde(rename = "NBOR")]
    Neighbour,
    /// Family doctor (v3-ParticipationType: primary care provider).
    #[serde(rename = "PCP")]
    FamilyDoctor,
    /// Another helper.
    #[serde(rename = "FAMMEMB")]
    Other,
}

impl Relationship {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Daughter,
        Self::Son,
        Self::Spouse,
        Self::Grandchild,
        Self::Sibling,
        Self::Neighbour,
        Self::FamilyDoctor,
        Self::Other,
    ];

    /// Its code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daughter => "DAU",
            Self::Son => "SON",
            Self::Spouse => "SPS",
            Self::Grandchild => "GRNDCHILD",
            Self::Sibling => "SIB",
            Self::Neighbour => "NBOR",
            Self::FamilyDoctor => "PCP",
            Self::Other => "FAMMEMB",
        }
    }

    /// The one of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == code)
    }

    /// The system of its code.
    #[must_use]
    pub fn system(self) -> &'static str {
        match self {
            Self::FamilyDoctor => "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
            _ => "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
        }
    }
}

/// A patient lets somebody act for them: `POST /invitations`, answered by 201 and an [`InvitationAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvitationRequest {
    /// Makes a repeat harmless: it gets the same digits as long as they hold.
    pub command: CommandId,
    /// How whoever is invited stands to the patient.
    pub relationship: Relationship,
}

/// Digits to be told to whoever is invited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvitationAnswer {
    /// [`INVITATION_DIGITS`] digits, good once.
    pub code: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Whoever was invited takes it up: `POST /grants`, answered by 201 and a [`Grant`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GrantRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
    /// The digits.
    pub code: String,
}

/// That somebody may act for a patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its id, also that of the FHIR `RelatedPerson`.
    pub id: String,
    /// The FHIR id of the patient.
    pub patient: String,
    /// The patient's name.
    pub patient_name: String,
    /// The name of who may act.
    pub helper_name: String,
    /// How they stand to the patient.
    pub relationship: Relationship,
    /// Since when.
    pub since: Timestamp,
}

/// The answer of `GET /grants`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantsAnswer {
    /// Who may act for the patient whose device asks.
    pub given: Vec<Grant>,
    /// For whom the device that asks may act.
    pub held: Vec<Grant>,
}

/// Why somebody can't be registered or invited like that. Never repeats what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountRequestError {
    /// The name is empty or too long.
    #[error("the name must have 1 to 64 characters and no control characters")]
    Name,
    /// The telephone number is none.
    #[error("the telephone number must have 3 to 15 digits; only + - ( ) and spaces may stand between them")]
    Telephone,
    /// The secret has not its form.
    #[error("the secret must be 32 bytes in base64url without padding")]
    Secret,
    /// The digits are none.
    #[error("the invitation must have {INVITATION_DIGITS} digits")]
    Code,
}

impl DeviceRequest {
    /// Checks everything.
    ///
    /// # Errors
    /// What is wrong, in words that a person can act on.
    pub fn check(&self) -> Result<(), AccountRequestError> {
        if !fits(&self.name, MAX_TEXT) {
            return Err(AccountRequestError::Name);
        }
        if !self.telephone.as_deref().is_none_or(crate::persons::is_telephone) {
            return Err(AccountRequestError::Telephone);
        }
        if !self.secret.is_well_formed() {
            return Err(AccountRequestError::Secret);
        }
        Ok(())
    }
}

impl GrantRequest {
    /// The digits, without the spaces that people write between them.
    ///
    /// # Errors
    /// When there are not [`INVITATION_DIGITS`] of them, or something else.
    pub fn digits(&self) -> Result<String, AccountRequestError> {
        let digits: String = self.code.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() == INVITATION_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(digits)
        } else {
            Err(AccountRequestError::Code)
        }
    }
}

// Shows nothing of the person.
shows_only!(DeviceRequest {});

// Shows nothing of it.
shows_only!(TokenAnswer {});

// Shows nothing of it.
shows_only!(InvitationAnswer {});

// Shows nothing of it.
shows_only!(GrantRequest {});

// Shows nothing of the persons.
shows_only!(Grant { id });

/// Shows nothing of the persons.
impl fmt::Debug for GrantsAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrantsAnswer({} given, {} held)", self.given.len(), self.held.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_relationship_is_found_by_its_code_and_written_as_it() {
        for one in Relationship::ALL {
            assert_eq!(Relationship::from_code(one.as_str()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
        }
    }

    #[test]
    fn digits_are_taken_with_the_spaces_that_people_write() {
        let request = |code: &str| GrantRequest {
            command: CommandId(uuid::Uuid::nil()),
            code: code.to_owned(),
        };
        assert_eq!(request("1234 5678").digits().unwrap(), "12345678");
        for wrong in ["1234567", "123456789", "1234567x", "", "１２３４５６７８"] {
            assert_eq!(request(wrong).digits(), Err(AccountRequestError::Code), "{wrong}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let secret = Secret("A".repeat(43));
        assert!(secret.is_well_formed());
        assert!(!Secret("A".repeat(42)).is_well_formed());
        assert!(!format!("{secret:?}").contains("AA"));
    }
}
