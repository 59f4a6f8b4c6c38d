//! `$hold` (ITI-116): keep one of the offered visits for a few minutes, while somebody fills in what a booking needs.

use super::RequestError;
use crate::fhir::{Parameter, Parameters, Reference, Resource};

/// Holds one of the offered visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRequest {
    /// Id of the proposed appointment, which is that of its slot.
    pub slot: String,
}

impl HoldRequest {
    /// The body of the request.
    #[must_use]
    pub fn to_parameters(&self) -> Parameters {
        Parameters {
            parameter: vec![Parameter::reference(
                "appointment-reference",
                Reference::to("Appointment", &self.slot),
            )],
            ..Parameters::default()
        }
    }

    /// Reads the body of a request. Beside the reference that the operation defines, the proposed appointment itself is
    /// understood.
    ///
    /// # Errors
    /// When neither is there, or the reference is to something else.
    pub fn from_parameters(parameters: &Parameters) -> Result<Self, RequestError> {
        let reference = parameters
            .named("appointment-reference")
            .find_map(|parameter| parameter.value_reference.as_ref());
        let resource =
            parameters
                .named("appointment-resource")
                .find_map(|parameter| match parameter.resource.as_deref() {
                    Some(Resource::Appointment(appointment)) => Some(appointment),
                    _ => None,
                });
        let slot = match (reference, resource) {
            (Some(reference), _) => reference.id_of("Appointment").ok_or(RequestError::Form {
                name: "appointment-reference",
                form: "a reference to a proposed Appointment",
            })?,
            (None, Some(appointment)) => appointment
                .slot_id()
                .or(appointment.id.as_deref())
                .ok_or(RequestError::Missing("appointment-reference"))?,
            (None, None) => return Err(RequestError::Missing("appointment-reference")),
        };
        Ok(Self { slot: slot.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::fhir::{from_json, to_json};

    #[test]
    fn what_the_client_asks_is_what_the_server_reads() {
        let request = HoldRequest { slot: "s-1".into() };
        let sent = to_json(&request.to_parameters().into()).unwrap();
        assert_eq!(
            HoldRequest::from_parameters(&from_json(&sent).unwrap()).unwrap(),
            request
        );
    }

    #[test]
    fn an_address_of_the_same_server_is_a_reference_too_and_another_type_is_none() {
        let of = |reference: &str| {
            let reference = Reference {
                reference: Some(reference.to_owned()),
                ..Reference::default()
            };
            HoldRequest::from_parameters(&Parameters {
                parameter: vec![Parameter::reference("appointment-reference", reference)],
                ..Parameters::default()
            })
        };
        assert_eq!(of("https://hub/fhir/Appointment/s-1").unwrap().slot, "s-1");
        assert!(of("Slot/s-1").is_err() && of("s-1").is_err());
        assert!(HoldRequest::from_parameters(&Parameters::default()).is_err());
    }
}
