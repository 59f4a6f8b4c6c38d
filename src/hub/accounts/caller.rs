//! Who a request comes from.

use super::{Role, policy};
use crate::db::{AuditAction, AuditNote, AuditOutcome};
use anban_wire::shows_only;
use jiff::Timestamp;
use uuid::Uuid;

/// Who asks, and under which number the request stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who it is.
    pub(crate) who: Who,
    /// The request's id, as the log and the audit trail have it.
    pub(crate) request: String,
}

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody who has signed in.
    Anonymous,
    /// A device.
    Device(DeviceCaller),
    /// A member of staff.
    Staff(StaffCaller),
}

/// A device that has signed in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DeviceCaller {
    /// Its id.
    pub(crate) id: String,
    /// The FHIR id of the patient whose device it is.
    pub(crate) patient: String,
    /// That patient's name.
    pub(crate) name: String,
    /// For whom else it may act.
    pub(crate) grants: Vec<HeldGrant>,
}

/// That a device may act for another patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldGrant {
    /// The grant's id, also that of the `RelatedPerson`.
    pub(crate) id: String,
    /// The FHIR id of that patient.
    pub(crate) patient: String,
}

/// A member of staff who has signed in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StaffCaller {
    /// The id they sign in with.
    pub(crate) id: String,
    /// Their name.
    pub(crate) name: String,
    /// What they are there to do.
    pub(crate) role: Role,
}

impl Caller {
    /// Whether the caller may do that to whose data; the one question that a handler asks.
    pub(crate) fn may(
        &self,
        action: policy::Action,
        whose: policy::Whose<'_>,
        door: policy::Door,
    ) -> Result<(), policy::Denied> {
        policy::decide(door, &self.who, action, whose)
    }

    /// The device, if it is one.
    pub(crate) fn device(&self) -> Option<&DeviceCaller> {
        match &self.who {
            Who::Device(device) => Some(device),
            _ => None,
        }
    }

    /// The grant under which it acts for a patient; none for its own.
    pub(crate) fn grant_for(&self, patient: &str) -> Option<&HeldGrant> {
        self.device()?.grants.iter().find(|grant| grant.patient == patient)
    }

    /// A note for the audit trail: that the caller has done this to `resource` (`Type/ID`), which is that patient's.
    pub(crate) fn note(
        &self,
        action: AuditAction,
        resource: impl Into<String>,
        patient: Option<&str>,
        now: Timestamp,
    ) -> AuditNote {
        AuditNote {
            id: Uuid::new_v4().to_string(),
            at: now,
            request: self.request.clone(),
            caller: self.key().unwrap_or_else(|| "Anonymous".to_owned()),
            caller_name: match &self.who {
                Who::Anonymous => String::new(),
                Who::Device(device) => device.name.clone(),
                Who::Staff(staff) => staff.name.clone(),
            },
            action,
            resource: resource.into(),
            patient: patient.map(str::to_owned),
            outcome: AuditOutcome::Success,
        }
    }

    /// What tells one caller from the other, for limits and for the audit trail: `Device/ID`, `Practitioner/ID`, or
    /// nothing.
    pub(crate) fn key(&self) -> Option<String> {
        match &self.who {
            Who::Anonymous => None,
            Who::Device(device) => Some(format!("Device/{}", device.id)),
            Who::Staff(staff) => Some(format!("Practitioner/{}", staff.id)),
        }
    }
}

// Shows nothing of the person.
shows_only!(DeviceCaller { id });

// Shows nothing of the person.
shows_only!(StaffCaller { id, role });
