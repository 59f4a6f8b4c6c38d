//! For whom a caller books, and what the appointment says about that.

use super::{Action, Caller, Door, Who, Whose};
use crate::{
    db::{Database, PatientRow},
    refused::Refused,
    state::StepError,
};
use anban_wire::{
    fhir::{Extension, Reference},
    scheduling::PatientDetails,
    systems,
};

/// For whom somebody books.
#[derive(Debug, Clone, Default)]
pub(crate) struct Behalf {
    /// The patient, where the hub knows them by an id.
    pub(crate) patient: Option<PatientRow>,
    /// Who books, where that is not the patient: the extension [`systems::BOOKED_BY`].
    pub(crate) booked_by: Option<Extension>,
}

impl Behalf {
    /// For whom the request is, if the caller may book for them.
    pub(crate) fn of(
        db: &dyn Database,
        caller: &Caller,
        patient: &PatientDetails,
        door: Door,
    ) -> Result<Self, StepError> {
        let Some(id) = &patient.id else {
            caller.may(Action::Book, Whose::Brought, door)?;
            return Ok(Self {
                patient: None,
                booked_by: booked_by(caller, None),
            });
        };
        caller.may(Action::Book, Whose::Patient(id), door)?;
        Ok(Self {
            patient: Some(db.patient(id)?.ok_or(Refused::NoSuchPatient)?),
            booked_by: booked_by(caller, Some(id)),
        })
    }

    /// For a patient who is made by the same request.
    pub(crate) fn of_new(caller: &Caller, patient: PatientRow) -> Self {
        Self {
            booked_by: booked_by(caller, Some(&patient.id)),
            patient: Some(patient),
        }
    }

    /// The FHIR id of the patient, where there is one.
    pub(crate) fn patient_id(&self) -> Option<&str> {
        self.patient.as_ref().map(|patient| patient.id.as_str())
    }
}

/// A helper is the `RelatedPerson` whose id is the grant's; staff are a `Practitioner`.
fn booked_by(caller: &Caller, patient: Option<&str>) -> Option<Extension> {
    let (kind, id, name) = match &caller.who {
        Who::Anonymous => return None,
        Who::Device(device) => {
            let grant = patient.and_then(|patient| caller.grant_for(patient))?;
            ("RelatedPerson", &grant.id, &device.name)
        }
        Who::Staff(staff) => ("Practitioner", &staff.id, &staff.name),
    };
    Some(Extension {
        value_reference: Some(Reference {
            reference: Some(format!("{kind}/{id}")),
            kind: Some(kind.to_owned()),
            display: Some(name.clone()),
            ..Reference::default()
        }),
        ..Extension::new(systems::BOOKED_BY)
    })
}
