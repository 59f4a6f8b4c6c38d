//! The operations of IHE ITI Scheduling that a visit to the doctor needs, for both ends.
//!
//! A client builds a [`FindRequest`] (ITI-115), shows the [`Offer`]s of the answer, may hold one of them with a
//! [`HoldRequest`] (ITI-116), sends a [`BookRequest`] (ITI-117) for it and reads the answer with [`read_answer`]: the booked appointment, or a
//! [`Refusal`] that says why not and which slots are free instead. A server reads the same requests from
//! `Parameters` or a query string.
//!
//! The profile's parameter names are kept to the letter, so a client or server of other making fits. What we
//! add is carried in places that the standard leaves open: the command's UUID as an identifier of the
//! appointment, the slot as `Appointment.slot`, free slots in a refusal as an extension of the outcome.

mod answer;
mod book;
mod find;
mod find_time;
mod hold;

pub use answer::{Proposal, Refusal, proposed_slots, read_answer, refusal};
pub use book::{BookOperation, BookRequest, CancelRequest, ChangeRequest, PatientDetails};
pub use find::{FindRequest, Handling, MAX_OFFERS, Offer, Target, Token, offers};
pub use find_time::{PartOfDay, VisitTime};
pub use hold::HoldRequest;

/// Canonical URL of `$find`.
pub const FIND_DEFINITION: &str = "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-find";
/// Canonical URL of `$hold`.
pub const HOLD_DEFINITION: &str = "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-hold";
/// Canonical URL of `$book`.
pub const BOOK_DEFINITION: &str = "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-book";
/// Canonical URL of what a scheduling server must be able to do.
pub const SERVER_CAPABILITIES: &str =
    "https://profiles.ihe.net/ITI/Scheduling/CapabilityStatement/IHE.Scheduling.server";

/// Why a request can't be answered as it is. Names the parameter, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A parameter that must be there is missing.
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    /// A parameter has the wrong form.
    #[error("the parameter {name} must be {form}")]
    Form {
        /// Its name.
        name: &'static str,
        /// What it must be.
        form: &'static str,
    },
    /// A parameter that would change the answer and that is not understood.
    #[error("the parameter {0} is not supported: leave it out")]
    NotSupported(String),
}
