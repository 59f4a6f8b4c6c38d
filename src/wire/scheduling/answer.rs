//! The answer to a `$book`: the booked appointment, or why not.
//!
//! ITI-117 has a refusal as a bundle that holds only an outcome. Servers of other making may send the bare
//! resource instead, and a client that lost an answer reads the appointment itself: [`read_answer`] takes all
//! of these. Free slots in place of a taken one are an extension of the outcome, which others pass over.

use crate::{
    fhir::{
        Appointment, Bundle, BundleEntry, BundleType, Extension, IssueType, OperationOutcome, Reference, Resource,
        SearchMode,
    },
    systems,
};
use jiff::Timestamp;

/// Why a server did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the service did not do it ({}): {text}", issue.as_str())]
pub struct Refusal {
    /// What kind of reason; [`IssueType::Conflict`] means that someone else was faster.
    pub issue: IssueType,
    /// The server's words for the person.
    pub text: String,
    /// Slots that are still free, the nearest first.
    pub proposals: Vec<Proposal>,
}

/// A slot that is free instead.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proposal {
    /// Id of the slot.
    pub slot: String,
    /// When it begins.
    pub start: Timestamp,
}

/// The answer of a `$book` that failed: a bundle that holds only the outcome, as ITI-117 demands.
#[must_use]
pub fn refusal(issue: IssueType, text: &str, proposals: &[Proposal]) -> Bundle {
    let outcome = OperationOutcome {
        extension: proposed_slots(proposals),
        ..OperationOutcome::error(issue, text)
    };
    Bundle {
        kind: BundleType::Searchset,
        total: Some(0),
        entry: vec![BundleEntry::found(None, outcome, SearchMode::Outcome)],
        ..Bundle::default()
    }
}

/// Free slots in place of a taken one, as extensions of an outcome.
#[must_use]
pub fn proposed_slots(proposals: &[Proposal]) -> Vec<Extension> {
    let part = |url: &str| Extension::new(url);
    let proposed = |proposal: &Proposal| Extension {
        extension: vec![
            Extension {
                value_reference: Some(Reference::to("Slot", &proposal.slot)),
                ..part("slot")
            },
            Extension {
                value_instant: Some(proposal.start),
                ..part("start")
            },
        ],
        ..Extension::new(systems::PROPOSED_SLOT)
    };
    proposals.iter().map(proposed).collect()
}

/// Reads the answer to a `$book`, or to a read or update of an appointment, whatever its HTTP status: the
/// appointment itself, a bundle with it, an outcome, or a bundle with that.
///
/// # Errors
/// The server's reason; or, where the body is none of these, [`IssueType::Structure`].
pub fn read_answer(body: &[u8]) -> Result<Appointment, Refusal> {
    let resource: Option<Resource> = serde_json::from_slice(body).ok();
    match resource {
        Some(Resource::Bundle(bundle)) => {
            let (mut appointment, mut outcome) = (None, None);
            for resource in bundle.entry.into_iter().filter_map(|entry| entry.resource) {
                match resource {
                    Resource::Appointment(found) => appointment = appointment.or(Some(*found)),
                    Resource::OperationOutcome(found) => outcome = outcome.or(Some(found)),
                    _ => {}
                }
            }
            match (appointment, outcome) {
                (Some(appointment), _) => Ok(appointment),
                (None, Some(outcome)) => Err(read_refusal(&outcome)),
                (None, None) => Err(unreadable()),
            }
        }
        Some(Resource::Appointment(appointment)) => Ok(*appointment),
        Some(Resource::OperationOutcome(outcome)) => Err(read_refusal(&outcome)),
        _ => Err(unreadable()),
    }
}

fn unreadable() -> Refusal {
    let text = "the answer is neither an appointment nor an outcome".to_owned();
    Refusal {
        issue: IssueType::Structure,
        text,
        proposals: vec![],
    }
}

fn read_refusal(outcome: &OperationOutcome) -> Refusal {
    let proposal = |extension: &Extension| {
        let slot = extension
            .part("slot")?
            .value_reference
            .as_ref()?
            .id_of("Slot")?
            .to_owned();
        Some(Proposal {
            slot,
            start: extension.part("start")?.value_instant?,
        })
    };
    Refusal {
        issue: outcome.issue.first().map_or(IssueType::Processing, |issue| issue.code),
        text: outcome.text().to_owned(),
        proposals: outcome
            .extension
            .iter()
            .filter(|extension| extension.url == systems::PROPOSED_SLOT)
            .filter_map(proposal)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::fhir::to_json;
    use proptest::prelude::*;

    #[test]
    fn a_refusal_carries_what_is_free_instead() {
        let free = vec![Proposal {
            slot: "s-2".into(),
            start: "2026-11-23T01:00:00Z".parse().unwrap(),
        }];
        let body = to_json(&refusal(IssueType::Conflict, "刚被约走", &free).into()).unwrap();
        let expected = Refusal {
            issue: IssueType::Conflict,
            text: "刚被约走".into(),
            proposals: free,
        };
        assert_eq!(read_answer(&body), Err(expected));
        assert_eq!(read_answer(b"<html>").unwrap_err().issue, IssueType::Structure);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_answers_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read_answer(&body).is_err());
        }
    }
}
