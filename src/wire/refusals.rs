//! Refusals that a program has to tell apart.
//!
//! A hub refuses with an `OperationOutcome`, whose text is for the person. Where an app has something better to offer
//! than that text (registering, say), the outcome also has a code of our own ([`RefusalCode`]) among the codings of
//! its first issue, in the system [`systems::REFUSAL`].

use crate::fhir::{CodeableConcept, Coding, IssueType, OperationOutcome};
use crate::systems;

/// Why a hub said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// The hub does not know the person: they can be registered.
    NotRegistered,
    /// The hub has no such record of the person.
    NoRecord,
    /// The person is registered under another name.
    OtherName,
    /// What was stated is too long for a code that can be scanned.
    TooLong,
    /// Whoever asks must sign in first, or again: the token has ended or was taken back (401).
    SignIn,
    /// The device is no longer, or never was, allowed to act for this patient: they can invite it (403).
    NoGrant,
    /// The role of whoever is signed in does not allow it (403).
    NotAllowed,
    /// There is no such invitation, or it was used, or its time is over: ask for new digits.
    NoInvitation,
}

impl RefusalCode {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotRegistered,
        Self::NoRecord,
        Self::OtherName,
        Self::TooLong,
        Self::SignIn,
        Self::NoGrant,
        Self::NotAllowed,
        Self::NoInvitation,
    ];

    /// The code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRegistered => "not-registered",
            Self::NoRecord => "no-record",
            Self::OtherName => "other-name",
            Self::TooLong => "too-long",
            Self::SignIn => "sign-in",
            Self::NoGrant => "no-grant",
            Self::NotAllowed => "not-allowed",
            Self::NoInvitation => "no-invitation",
        }
    }

    /// An outcome with this code; `text` is for the person.
    #[must_use]
    pub fn outcome(self, kind: IssueType, text: impl Into<String>) -> OperationOutcome {
        let mut outcome = OperationOutcome::error(kind, text);
        if let Some(issue) = outcome.issue.first_mut() {
            let details = issue.details.get_or_insert_with(CodeableConcept::default);
            details.coding.push(Coding {
                system: Some(systems::REFUSAL.to_owned()),
                code: Some(self.as_str().to_owned()),
                ..Coding::default()
            });
        }
        outcome
    }

    /// The code of an outcome, if it has one.
    #[must_use]
    pub fn of(outcome: &OperationOutcome) -> Option<Self> {
        let details = outcome.issue.first()?.details.as_ref()?;
        let ours = |coding: &&Coding| coding.system.as_deref() == Some(systems::REFUSAL);
        let code = details.coding.iter().find(ours)?.code.as_deref()?;
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::fhir::{Resource, to_json};

    #[test]
    fn a_code_is_read_again_from_the_outcome_that_carries_it() {
        for code in RefusalCode::ALL {
            let sent = to_json(&Resource::from(code.outcome(IssueType::NotFound, "没有"))).unwrap();
            let Ok(Resource::OperationOutcome(read)) = serde_json::from_slice(&sent) else {
                panic!("{code:?}");
            };
            assert_eq!((RefusalCode::of(&read), read.text()), (Some(code), "没有"));
        }
        assert_eq!(
            RefusalCode::of(&OperationOutcome::error(IssueType::NotFound, "x")),
            None
        );
    }
}
