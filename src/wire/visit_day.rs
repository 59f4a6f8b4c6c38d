//! The day of a visit: the number, how many are before it, which room, and what comes after the doctor.
//!
//! `POST /visits/ID/check-in` with a [`CheckInRequest`] gives a booked appointment its number, on its day, from two hours
//! before it until its end; it is answered by 201 and a [`VisitDay`], as is a repeat. From then on the patient's
//! [feed](crate::feed) brings a new one whenever something has changed. Who calls and who notes that a step is done are
//! the hospital's staff (`POST /queues/SERVICE/next`, `POST /visits/ID/steps/KIND/done`); in the demonstration city time
//! does it.

use crate::{CommandId, directory::OnSiteQuota, documents::MAX_TEXT};
use serde::{Deserialize, Serialize};

/// No visit costs more.
const MOST_FEN: u64 = 100_000_000;

/// Somebody has come: `POST /visits/ID/check-in`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckInRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
}

/// Calls the next number of a department's queue: `POST /queues/SERVICE/next`, by a nurse. Answered by 200 and the
/// [`VisitDay`] that is called, or by 204 where nobody waits any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NextRequest {
    /// Makes a repeat harmless: it does not call another.
    pub command: CommandId,
    /// What became of whoever was called: seen, or nobody came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<QueueState>,
    /// What they have to do now.
    #[serde(default)]
    pub steps: Vec<NextStep>,
}

/// Gives somebody at the counter a number for today, without a booking: `POST /queues/SERVICE/numbers`, by a registrar.
/// Answered by 201 and an [`OnSiteNumber`], or by 409 where none is left. `DELETE /queues/SERVICE/numbers/ID` takes it back
/// (204), as long as it was not called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NumberRequest {
    /// Makes a repeat harmless: it brings the same number.
    pub command: CommandId,
}

/// A number that was given out at the counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnSiteNumber {
    /// Its id, to take it back.
    pub id: String,
    /// The number as it is called, such as `A012`: of one queue with those who have booked.
    pub ticket: String,
    /// How many come before it.
    pub ahead: u32,
    /// How many are left today.
    pub left: OnSiteQuota,
}

/// Something that whoever was seen has to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextStep {
    /// What.
    pub kind: DayStepKind,
    /// What is to be paid, in fen; only of [`DayStepKind::Pay`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen: Option<u64>,
}

/// Tells the patient of a visit something, such as that the doctor is away: `POST /visits/ID/notices`, by staff. It is
/// answered by 204 and comes with the patient's [feed](crate::feed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NoticeRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
    /// Chinese.
    pub chinese: String,
    /// English, where the hospital has it.
    #[serde(default)]
    pub english: String,
}

/// Why staff's request can't be done like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayRequestError {
    /// Whoever was called was seen or missed.
    #[error("outcome must be seen or missed")]
    Outcome,
    /// A step twice, or a price of what is not paid.
    #[error("each step may be there once, and only pay has fen, at most 100000000")]
    Steps,
    /// A text is empty or too long.
    #[error("the Chinese text must have 1 to {MAX_TEXT} characters, the English one at most so many")]
    Text,
}

impl NextRequest {
    /// What became of whoever was called.
    #[must_use]
    pub fn outcome(&self) -> QueueState {
        self.outcome.unwrap_or(QueueState::Seen)
    }

    /// Checks everything, and gives the steps with their prices in their order.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<Vec<(DayStepKind, Option<u64>)>, DayRequestError> {
        if !matches!(self.outcome(), QueueState::Seen | QueueState::Missed) {
            return Err(DayRequestError::Outcome);
        }
        let mut steps: Vec<_> = self.steps.iter().map(|step| (step.kind, step.fen)).collect();
        steps.sort();
        let fits = |(kind, fen): &(DayStepKind, Option<u64>)| {
            fen.is_none_or(|fen| *kind == DayStepKind::Pay && fen <= MOST_FEN)
        };
        let is_twice = steps
            .windows(2)
            .any(|two| matches!(two, [one, other] if one.0 == other.0));
        if is_twice || !steps.iter().all(fits) {
            return Err(DayRequestError::Steps);
        }
        Ok(steps)
    }
}

impl NoticeRequest {
    /// Checks everything.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), DayRequestError> {
        let length = |text: &str| text.chars().count();
        if self.chinese.trim().is_empty() || length(&self.chinese) > MAX_TEXT || length(&self.english) > MAX_TEXT {
            return Err(DayRequestError::Text);
        }
        Ok(())
    }
}

/// How the day of a visit goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VisitDay {
    /// The FHIR id of the appointment.
    pub appointment: String,
    /// The number in the queue, as it is called: a letter of the department and digits, such as `A012`.
    pub ticket: String,
    /// How many come before it; none when it is their turn or over.
    pub ahead: u32,
    /// How far it has come.
    pub state: QueueState,
    /// In which room the doctor is, in Chinese.
    pub room: String,
    /// The same in English; empty where the hospital has none.
    #[serde(default)]
    pub room_english: String,
    /// What comes after the doctor, in this order; empty until the doctor has said so.
    #[serde(default)]
    pub steps: Vec<DayStep>,
}

/// How far a number in the queue has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum QueueState {
    /// Others are before it.
    Waiting,
    /// It is called: go in.
    Called,
    /// The doctor has seen the patient.
    Seen,
    /// It was called and nobody came: ask at the counter.
    Missed,
}

/// Something to do after the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DayStep {
    /// What.
    pub kind: DayStepKind,
    /// At which counter, in Chinese.
    pub counter: String,
    /// The same in English; empty where the hospital has none.
    #[serde(default)]
    pub counter_english: String,
    /// At which machine, for whoever prefers it, in Chinese; empty where there is none.
    #[serde(default)]
    pub machine: String,
    /// The same in English.
    #[serde(default)]
    pub machine_english: String,
    /// What is to be paid, in fen; only of [`DayStepKind::Pay`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen: Option<u64>,
    /// Whether it is done.
    pub done: bool,
}

/// What there is to do after the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DayStepKind {
    /// Pay: cash, card or insurance.
    Pay,
    /// Fetch medicine.
    Medicine,
    /// Fetch reports.
    Reports,
}

impl DayStepKind {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Pay, Self::Medicine, Self::Reports];

    /// The word that stands for it in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Medicine => "medicine",
            Self::Reports => "reports",
        }
    }
}
