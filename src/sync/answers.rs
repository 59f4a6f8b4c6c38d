//! What a hub's answer to a request means.
//!
//! Pure translation: a status and a body in, an [`Answer`] out. Two rules keep a stranger's bytes from being taken
//! for a hospital's word:
//!
//! * A "yes" counts only if it fits the question: the right resource, our command's UUID, the slot, appointment or
//!   person that was asked about. Anything else is [`Trouble::Rubbish`], and the request stays in the outbox.
//! * A "no" counts only if a FHIR server says it, with an `OperationOutcome` in the body. A café's sign-in page may
//!   answer 403 or 404 too, and a booking must not be refused by a café.
//!
//! | Status | With an outcome | Without |
//! |---|---|---|
//! | 400, 413, 422 | `NotAccepted` | `Rubbish` |
//! | 401, 403 | `NotAllowed` | `Rubbish` |
//! | 404, 410 | `Gone` | `Rubbish` |
//! | 409 | `SlotTaken`, or what the request makes of it | `Rubbish` |
//! | any 4xx with a code of ours | `NotRegistered`, `NoRecord` | |
//! | 408, 412, 425, 429, 5xx | `Failing` | `Failing` |
//! | all others | `Rubbish` | `Rubbish` |

use anban_core::appointments::{Offer, Refusal, Wish};
use anban_core::outbox::{Answer, DocumentWish, Trouble};
use anban_wire::CommandId;
use anban_wire::documents::DocumentAnswer;
use anban_wire::fhir::{Appointment, AppointmentStatus, Bundle, IssueType, OperationOutcome, Resource, from_json};
use anban_wire::persons::PersonAnswer;
use anban_wire::refusals::RefusalCode;
use anban_wire::scheduling;

use crate::address::is_id;
use crate::exchange::Reply;

/// More times than this are not offered in the place of one that is taken: each is a large answer on a page.
const MOST_OFFERS: usize = 3;

/// An answer that was of no use.
pub(crate) const RUBBISH: Answer = Answer::NoAnswer(Trouble::Rubbish);

/// What the answer to a `$book` means.
pub(crate) fn booking(reply: &Reply, command: CommandId, wish: &Wish) -> Answer {
    appointment(reply).map_or_else(|no| no, |appointment| booked(&appointment, command, wish))
}

/// What an appointment means that a hub shows as the one that `command` booked.
pub(crate) fn booked(appointment: &Appointment, command: CommandId, wish: &Wish) -> Answer {
    let (Some(id), Some(start)) = (appointment.id.as_deref().filter(|id| is_id(id)), appointment.start) else {
        return RUBBISH;
    };
    // A server of other making need not repeat the UUID or the slot; what it does repeat must be ours.
    let for_us = matches!(CommandId::among(&appointment.identifier), Ok(found) if found.is_none_or(|id| id == command));
    let as_wished = match &wish.slot {
        Some(slot) => appointment.slot_id().is_none_or(|booked| booked == slot),
        None => (wish.from..=wish.to).contains(&start),
    };
    if !for_us || !as_wished {
        return RUBBISH;
    }
    match appointment.status {
        AppointmentStatus::Booked
        | AppointmentStatus::Arrived
        | AppointmentStatus::CheckedIn
        | AppointmentStatus::Fulfilled => Answer::Booked {
            appointment: id.to_owned(),
            start,
            slot: appointment.slot_id().filter(|slot| is_id(slot)).map(str::to_owned),
        },
        // Booked once, and called off at the counter before the first answer arrived here.
        AppointmentStatus::Cancelled | AppointmentStatus::NoShow | AppointmentStatus::EnteredInError => {
            Answer::refused(Refusal::Gone)
        }
        // Nobody expects the person yet: ask again.
        AppointmentStatus::Proposed | AppointmentStatus::Pending | AppointmentStatus::Waitlist => {
            Answer::NoAnswer(Trouble::Failing)
        }
    }
}

/// The appointment that `command` has booked already, from the answer to a search by its UUID. A server that can't
/// search that way has booked nothing that could be found.
pub(crate) fn already_booked(reply: &Reply, command: CommandId) -> Result<Option<Appointment>, Answer> {
    if !reply.is_success() {
        return match refusal(reply, RUBBISH) {
            Answer::Refused {
                reason: Refusal::NotAllowed,
                ..
            } => Err(Answer::refused(Refusal::NotAllowed)),
            Answer::Refused { .. } => Ok(None),
            no => Err(no),
        };
    }
    let bundle: Bundle = from_json(&reply.body).map_err(|_| RUBBISH)?;
    let mut appointments = bundle.entry.into_iter().filter_map(|entry| match entry.resource {
        Some(Resource::Appointment(appointment)) => Some(*appointment),
        _ => None,
    });
    Ok(appointments.find(|appointment| CommandId::among(&appointment.identifier) == Ok(Some(command))))
}

/// The appointment in an answer: to a `$book`, a read or an update.
pub(crate) fn appointment(reply: &Reply) -> Result<Appointment, Answer> {
    let taken = Answer::Refused {
        reason: Refusal::SlotTaken,
        offers: offers(&reply.body),
    };
    if !reply.is_success() {
        return Err(refusal(reply, taken));
    }
    // ITI-117 lets a server refuse with 200 and a bundle that holds only an outcome.
    scheduling::read_answer(&reply.body).map_err(|refusal| match refusal.issue {
        IssueType::Conflict => taken,
        IssueType::NotFound | IssueType::Deleted => Answer::refused(Refusal::Gone),
        IssueType::Security | IssueType::Login | IssueType::Expired | IssueType::Forbidden | IssueType::Suppressed => {
            Answer::refused(Refusal::NotAllowed)
        }
        IssueType::Invalid
        | IssueType::Required
        | IssueType::Value
        | IssueType::Invariant
        | IssueType::CodeInvalid
        | IssueType::TooLong
        | IssueType::BusinessRule
        | IssueType::NotSupported => Answer::refused(Refusal::NotAccepted),
        IssueType::Transient
        | IssueType::LockError
        | IssueType::NoStore
        | IssueType::Exception
        | IssueType::Timeout
        | IssueType::Incomplete
        | IssueType::Throttled => Answer::NoAnswer(Trouble::Failing),
        // `Structure` is also what the reader calls a body that is no answer at all.
        _ => RUBBISH,
    })
}

/// What a refusal offers instead.
fn offers(body: &[u8]) -> Vec<Offer> {
    let Err(refusal) = scheduling::read_answer(body) else {
        return Vec::new();
    };
    let usable = refusal.proposals.into_iter().filter(|offer| is_id(&offer.slot));
    usable
        .take(MOST_OFFERS)
        .map(|scheduling::Proposal { slot, start }| Offer { slot, start })
        .collect()
}

/// What an appointment means that a hub shows after the one with this id was to be cancelled.
pub(crate) fn cancelled(appointment: &Appointment, id: &str) -> Answer {
    match appointment.status {
        _ if appointment.id.as_deref() != Some(id) => RUBBISH,
        // Entered in error: it never was.
        AppointmentStatus::Cancelled | AppointmentStatus::EnteredInError => Answer::Cancelled,
        _ => RUBBISH,
    }
}

/// What the answer to the wish for a document means: one of our own, of the kind that was asked for and about that very
/// person. Whether it may be believed is checked where it is shown, against the trust list.
pub(crate) fn issued(reply: &Reply, wish: &DocumentWish) -> Answer {
    if !reply.is_success() {
        return refusal(reply, Answer::refused(Refusal::NotAccepted));
    }
    let Ok(DocumentAnswer { text }) = serde_json::from_slice(&reply.body) else {
        return RUBBISH;
    };
    let Ok(document) = anban_credential::read(&text) else {
        return RUBBISH;
    };
    let Some(claims) = document.anban_claims() else {
        return RUBBISH;
    };
    let number = claims
        .person
        .identity_document
        .as_ref()
        .map(|identity| identity.number.as_str());
    let about_them = claims.person.name.trim() == wish.name.trim()
        && number.is_none_or(|number| is_masked(number, wish.identity_number.trim()));
    if claims.kind.as_str() == wish.kind.as_str() && about_them {
        Answer::Issued { text }
    } else {
        RUBBISH
    }
}

/// What the answer to a registration means.
pub(crate) fn registered(reply: &Reply) -> Answer {
    if !reply.is_success() {
        return refusal(reply, Answer::refused(Refusal::NotAccepted));
    }
    match serde_json::from_slice::<PersonAnswer>(&reply.body) {
        Ok(_) => Answer::Registered,
        Err(_) => RUBBISH,
    }
}

/// Whether `shown` is `whole` with some of its characters replaced by asterisks.
fn is_masked(shown: &str, whole: &str) -> bool {
    shown.chars().count() == whole.chars().count()
        && shown
            .chars()
            .zip(whole.chars())
            .all(|(s, w)| s == '*' || s.eq_ignore_ascii_case(&w))
}

/// What an answer means that is no success. `conflict` is what 409 means for this request.
pub(crate) fn refusal(reply: &Reply, conflict: Answer) -> Answer {
    match reply.status {
        408 | 412 | 425 | 429 | 500..=599 => Answer::NoAnswer(Trouble::Failing),
        status => match outcome(&reply.body) {
            None => RUBBISH,
            Some(outcome) => match (RefusalCode::of(&outcome), status) {
                (Some(RefusalCode::NotRegistered), 400..=499) => Answer::refused(Refusal::NotRegistered),
                (Some(RefusalCode::NoInvitation), 400..=499) => Answer::refused(Refusal::NoInvitation),
                (Some(RefusalCode::NoRecord), 400..=499) => Answer::refused(Refusal::NoRecord),
                (_, 400 | 413 | 422) => Answer::refused(Refusal::NotAccepted),
                (_, 401 | 403) => Answer::refused(Refusal::NotAllowed),
                (_, 404 | 410) => Answer::refused(Refusal::Gone),
                (_, 409) => conflict,
                _ => RUBBISH,
            },
        },
    }
}

/// The outcome that the body is, or the first one in the bundle that it is.
fn outcome(body: &[u8]) -> Option<OperationOutcome> {
    let found = |resource: &Resource| match resource {
        Resource::OperationOutcome(outcome) => Some(outcome.as_ref().clone()),
        _ => None,
    };
    match serde_json::from_slice(body).ok()? {
        Resource::Bundle(bundle) => bundle.resources().find_map(found),
        resource => found(&resource),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use anban_core::ids::RequestId;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary::{damaged, json};

    const BOOKED: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Appointment",
        "id":"a1","status":"booked","participant":[{"status":"accepted"}],"start":"2026-11-24T01:00:00Z",
        "identifier":[{"system":"https://anban.example/command","value":"00000000-0000-0000-0000-000000000001"}],
        "slot":[{"reference":"Slot/s1"}]}}]}"#;

    fn command() -> CommandId {
        let id: RequestId = "00000000-0000-0000-0000-000000000001".parse().unwrap();
        CommandId(id.0)
    }

    fn health_status() -> DocumentWish {
        DocumentWish::health_status("王秀英", "11010519491231002X")
    }

    fn wish(slot: Option<&str>, from: &str) -> Wish {
        let from: Timestamp = from.parse().unwrap();
        let to = from + jiff::SignedDuration::from_hours(24);
        Wish {
            department: "d1".to_owned(),
            slot: slot.map(str::to_owned),
            from,
            to,
            for_patient: None,
        }
    }

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_visit_outside_the_span_that_was_wished_for_is_not_believed() {
        let yes = reply(200, BOOKED);
        let booked = Answer::Booked {
            appointment: "a1".to_owned(),
            start: "2026-11-24T01:00:00Z".parse().unwrap(),
            slot: Some("s1".to_owned()),
        };
        assert_eq!(booking(&yes, command(), &wish(None, "2026-11-23T16:00:00Z")), booked);
        assert_eq!(booking(&yes, command(), &wish(None, "2026-11-25T16:00:00Z")), RUBBISH);
    }

    #[test]
    fn only_an_appointment_with_our_number_is_what_we_have_booked() {
        let ours = already_booked(&reply(200, BOOKED), command()).unwrap().unwrap();
        assert_eq!(ours.id.as_deref(), Some("a1"));
        assert_eq!(
            already_booked(&reply(200, &BOOKED.replace("0001", "0002")), command()),
            Ok(None)
        );
        assert_eq!(
            already_booked(
                &reply(200, r#"{"resourceType":"Bundle","type":"searchset"}"#),
                command()
            ),
            Ok(None)
        );
        // A server that can't search by it.
        let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}"#;
        assert_eq!(already_booked(&reply(400, outcome), command()), Ok(None));
        assert_eq!(
            already_booked(&reply(403, outcome), command()),
            Err(Answer::refused(Refusal::NotAllowed))
        );
        assert_eq!(
            already_booked(&reply(503, outcome), command()),
            Err(Answer::NoAnswer(Trouble::Failing))
        );
        assert_eq!(already_booked(&reply(200, "<html>"), command()), Err(RUBBISH));
    }

    #[test]
    fn a_masked_number_is_still_the_persons_own() {
        let number = "11010519491231002X";
        assert!(is_masked("110105********002X", number));
        assert!(is_masked("11010519491231002x", number));
        assert!(!is_masked("110105********0028", number));
        assert!(!is_masked("110105*002X", number));
    }

    proptest! {
        #[test]
        fn no_json_is_taken_for_a_yes(status in 100_u16..600, body in json()) {
            let reply = reply(status, &body.to_string());
            let wish = wish(Some("s1"), "2026-11-23T16:00:00Z");
            let no_yes = |answer: &Answer| !matches!(answer, Answer::Issued { .. } | Answer::Cancelled);
            let (booking, issued) =
                (booking(&reply, command(), &wish), issued(&reply, &health_status()));
            prop_assert!(no_yes(&booking) && no_yes(&issued));
            let _ = already_booked(&reply, command());
            if let Ok(appointment) = appointment(&reply) {
                let answer = cancelled(&appointment, "a1");
                prop_assert!(matches!(answer, Answer::Cancelled | RUBBISH));
            }
        }

        #[test]
        fn a_damaged_yes_is_a_yes_to_our_question_or_none(body in damaged(BOOKED), slot in proptest::option::of(Just("s1"))) {
            let wish = wish(slot, "2026-11-23T16:00:00Z");
            if let Answer::Booked { appointment, start, .. } = booking(&reply(200, &body.to_string()), command(), &wish) {
                prop_assert!(is_id(&appointment));
                prop_assert!(slot.is_some() || (wish.from..=wish.to).contains(&start));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let reply = Reply { status, body };
            let _ = booking(&reply, command(), &wish(None, "2026-11-23T16:00:00Z"));
            let _ = issued(&reply, &health_status());
            let _ = registered(&reply);
        }
    }
}
