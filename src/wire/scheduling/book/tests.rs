//! Booking, changing and cancelling, as a client writes them and a server reads them.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::fhir::{from_json, to_json};

fn request() -> BookRequest {
    BookRequest {
        command: Some(CommandId(uuid::Uuid::from_u128(7))),
        slot: "s-1".into(),
        patient: PatientDetails {
            id: None,
            identifier: Some(Identifier::new(systems::RESIDENT_IDENTITY, "11010519491231002X")),
            name: Some("王秀英".into()),
            telephone: Some("010-5555 0199".into()),
        },
        comment: Some("听力不好，请大声".into()),
    }
}

fn through_json(parameters: Parameters) -> Parameters {
    from_json(&to_json(&parameters.into()).unwrap()).unwrap()
}

#[test]
fn what_the_client_asks_is_what_the_server_reads() {
    let read = BookOperation::from_parameters(&through_json(request().to_parameters())).unwrap();
    assert_eq!(read, BookOperation::book(request()));
    for cancel in [CancelRequest::new("a-1"), CancelRequest::declined("a-1")] {
        let read = BookOperation::from_parameters(&through_json(cancel.to_parameters())).unwrap();
        assert_eq!(read, BookOperation::Cancel(cancel));
    }
}

#[test]
fn a_change_is_a_booked_appointment_with_its_id() {
    for change in [
        ChangeRequest::to_slot("a-1", "s-2"),
        ChangeRequest {
            slot: None,
            comment: Some("晚一点到".into()),
            ..ChangeRequest::to_slot("a-1", "")
        },
    ] {
        let read = BookOperation::from_parameters(&through_json(change.to_parameters())).unwrap();
        assert_eq!(read, BookOperation::Change(change));
    }
    let mut nameless = ChangeRequest::to_slot("a-1", "s-2").to_parameters();
    let Some(Resource::Appointment(appointment)) = nameless.parameter[0].resource.as_deref_mut() else {
        panic!("no appointment");
    };
    appointment.id = None;
    assert!(BookOperation::from_parameters(&nameless).is_err());
}

#[test]
fn a_plain_create_says_the_same_as_the_operation() {
    let parameters = request().to_parameters();
    let (Some(Resource::Appointment(appointment)), Some(Resource::Patient(patient))) = (
        parameters.parameter[0].resource.as_deref(),
        parameters.parameter[1].resource.as_deref(),
    ) else {
        panic!("no appointment");
    };
    let created = Appointment {
        status: AppointmentStatus::Booked,
        contained: vec![
            Patient {
                id: Some("p".into()),
                ..patient.as_ref().clone()
            }
            .into(),
        ],
        comment: request().comment,
        ..appointment.as_ref().clone()
    };
    assert_eq!(BookOperation::from_create(&created).unwrap(), request());
    let proposed = Appointment {
        status: AppointmentStatus::Proposed,
        ..created
    };
    assert!(BookOperation::from_create(&proposed).is_err());
}

#[test]
fn a_patient_whom_the_server_knows_needs_the_id_alone() {
    let mut known = request();
    known.patient = PatientDetails {
        id: Some("p-1".into()),
        identifier: None,
        name: None,
        telephone: None,
    };
    let read = BookOperation::from_parameters(&through_json(known.to_parameters())).unwrap();
    assert_eq!(read, BookOperation::book(known.clone()));
    known.patient.id = None;
    let nobody = RequestError::Missing("patient-resource with an identifier");
    assert_eq!(BookOperation::from_parameters(&known.to_parameters()), Err(nobody));
}

#[test]
fn an_incomplete_request_is_refused_by_name() {
    let mut parameters = request().to_parameters();
    parameters.parameter.remove(0);
    let missing = RequestError::Missing("appointment-resource or appointment-reference");
    assert_eq!(BookOperation::from_parameters(&parameters), Err(missing));
    let mut long = request();
    long.patient.name = Some("王".repeat(201));
    assert!(BookOperation::from_parameters(&long.to_parameters()).is_err());
}

#[test]
fn a_debug_print_shows_nothing_of_the_patient() {
    let shown = format!("{:?}", request().patient);
    assert_eq!(shown, "PatientDetails { .. }");
}
