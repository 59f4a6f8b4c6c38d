//! What is planned for a patient: `CarePlan`, as far as plans say when to see which department again. What its parts mean
//! to us is in [`crate::care_plan`].

use super::{
    Absent, CarePlanActivityStatus, CarePlanIntent, CarePlanStatus, CodeableConcept, DateTime, Element, Identifier,
    Meta, Period, Reference, Timing, fhir_types,
};
use serde::{Deserialize, Serialize};

fhir_types! {
    /// What somebody who treats a patient has planned for them.
    CarePlan {
        @required {
            /// Whether it holds.
            status: CarePlanStatus,
            /// How firm it is.
            intent: CarePlanIntent,
            /// The patient.
            subject: Reference,
        }
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Numbers of the plan; the command that has made it among them.
        identifier: Vec<Identifier>,
        /// What it is called.
        title: Option<String>,
        /// Translations of `title`.
        #[serde(rename = "_title")]
        title_element: Option<Element>,
        /// The time that it covers.
        period: Option<Period>,
        /// When it was made.
        created: Option<DateTime>,
        /// Who has made it.
        author: Option<Reference>,
        /// What is planned.
        activity: Vec<CarePlanActivity>,
    }
    /// One thing that is planned.
    CarePlanActivity {
        /// What.
        detail: Option<CarePlanDetail>,
    }
    /// What is planned, in place.
    CarePlanDetail {
        @required {
            /// How far it has come.
            status: CarePlanActivityStatus,
        }
        /// Which resource it would be: `Appointment`.
        kind: Option<String>,
        /// What it is, by codes.
        code: Option<CodeableConcept>,
        /// By a rule.
        scheduled_timing: Option<Timing>,
        /// Within a span.
        scheduled_period: Option<Period>,
        /// Who does it: a department, and the doctor.
        performer: Vec<Reference>,
        /// What for, in words.
        description: Option<String>,
        /// Translations of `description`.
        #[serde(rename = "_description")]
        description_element: Option<Element>,
    }
}
