//! The closed sets of codes ("required bindings") that decide something here. Codes that are only shown are
//! kept as text in [`super::datatypes`].

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$about:meta])* $name:ident { $($(#[$va:meta])* $variant:ident = $code:literal),* $(,)? })*) => {
        $(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$va])* #[doc = concat!("`", $code, "`")] #[serde(rename = $code)] $variant,)*
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::schemas::one_of_codes(&[$($code),*])
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl $name {
            /// The code as FHIR writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
        )*

        /// The schemas of these sets, by name.
        #[cfg(feature = "openapi")]
        pub(super) fn schemas() -> Vec<crate::schemas::Named> {
            vec![$(crate::schemas::named::<$name>()),*]
        }
    };
}

codes! {
    /// <https://hl7.org/fhir/R4/valueset-appointmentstatus.html>
    AppointmentStatus {
        #[default] Proposed = "proposed", Pending = "pending", Booked = "booked", Arrived = "arrived",
        Fulfilled = "fulfilled", Cancelled = "cancelled", NoShow = "noshow",
        EnteredInError = "entered-in-error", CheckedIn = "checked-in", Waitlist = "waitlist",
    }
    /// <https://hl7.org/fhir/R4/valueset-participationstatus.html>
    ParticipationStatus {
        Accepted = "accepted", Declined = "declined", Tentative = "tentative",
        #[default] NeedsAction = "needs-action",
    }
    /// <https://hl7.org/fhir/R4/valueset-slotstatus.html>
    SlotStatus {
        Busy = "busy", #[default] Free = "free", BusyUnavailable = "busy-unavailable",
        BusyTentative = "busy-tentative", EnteredInError = "entered-in-error",
    }
    /// <https://hl7.org/fhir/R4/valueset-bundle-type.html>
    BundleType {
        Document = "document", Message = "message", Transaction = "transaction",
        TransactionResponse = "transaction-response", Batch = "batch", BatchResponse = "batch-response",
        History = "history", #[default] Searchset = "searchset", Collection = "collection",
    }
    /// <https://hl7.org/fhir/R4/valueset-search-entry-mode.html>
    SearchMode { #[default] Match = "match", Include = "include", Outcome = "outcome" }
    /// <https://hl7.org/fhir/R4/valueset-issue-severity.html>
    IssueSeverity { Fatal = "fatal", #[default] Error = "error", Warning = "warning", Information = "information" }
    /// <https://hl7.org/fhir/R4/valueset-issue-type.html>
    IssueType {
        Invalid = "invalid", Structure = "structure", Required = "required", Value = "value",
        Invariant = "invariant", Security = "security", Login = "login", Unknown = "unknown",
        Expired = "expired", Forbidden = "forbidden", Suppressed = "suppressed",
        #[default] Processing = "processing", NotSupported = "not-supported", Duplicate = "duplicate",
        MultipleMatches = "multiple-matches", NotFound = "not-found", Deleted = "deleted",
        TooLong = "too-long", CodeInvalid = "code-invalid", Extension = "extension",
        TooCostly = "too-costly", BusinessRule = "business-rule", Conflict = "conflict",
        Transient = "transient", LockError = "lock-error", NoStore = "no-store", Exception = "exception",
        Timeout = "timeout", Incomplete = "incomplete", Throttled = "throttled",
        Informational = "informational",
    }
    /// <https://hl7.org/fhir/R4/valueset-request-status.html>
    CarePlanStatus {
        Draft = "draft", #[default] Active = "active", OnHold = "on-hold", Revoked = "revoked",
        Completed = "completed", EnteredInError = "entered-in-error", Unknown = "unknown",
    }
    /// <https://hl7.org/fhir/R4/valueset-care-plan-intent.html>
    CarePlanIntent { Proposal = "proposal", #[default] Plan = "plan", Order = "order", Option = "option" }
    /// <https://hl7.org/fhir/R4/valueset-care-plan-activity-status.html>
    CarePlanActivityStatus {
        NotStarted = "not-started", #[default] Scheduled = "scheduled", InProgress = "in-progress",
        OnHold = "on-hold", Completed = "completed", Cancelled = "cancelled", Stopped = "stopped",
        Unknown = "unknown", EnteredInError = "entered-in-error",
    }
    /// <https://hl7.org/fhir/R4/valueset-days-of-week.html>
    DayOfWeek {
        #[default] Mon = "mon", Tue = "tue", Wed = "wed", Thu = "thu", Fri = "fri", Sat = "sat", Sun = "sun",
    }
}

impl From<jiff::civil::Weekday> for DayOfWeek {
    fn from(day: jiff::civil::Weekday) -> Self {
        use jiff::civil::Weekday as W;
        match day {
            W::Monday => Self::Mon,
            W::Tuesday => Self::Tue,
            W::Wednesday => Self::Wed,
            W::Thursday => Self::Thu,
            W::Friday => Self::Fri,
            W::Saturday => Self::Sat,
            W::Sunday => Self::Sun,
        }
    }
}
