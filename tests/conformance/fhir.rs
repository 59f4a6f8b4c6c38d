//! The FHIR subset against the examples and operation definitions of IHE ITI Scheduling.
//!
//! Every example must be read, and written again without loss, but for the fields that the subset leaves out
//! on purpose: those are listed here, one by one, so that a field can't get lost unnoticed.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use anban_wire::{
    CommandId,
    fhir::{AppointmentStatus, Identifier, Parameter, Parameters, Reference, Resource, from_json},
    scheduling::{
        BookOperation, BookRequest, ChangeRequest, FindRequest, Handling, HoldRequest, PatientDetails, Target, Token,
        offers, read_answer,
    },
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn cases() -> PathBuf {
    let root = std::env::var_os("ANBAN_CONFORMANCE").expect(
        "set ANBAN_CONFORMANCE to a directory whose folder fhir-scheduling holds the examples (*.json), operation \
         definitions (*.xml) and transactions (*.md) of the GitHub repository IHE/ITI.Scheduling",
    );
    PathBuf::from(root).join("fhir-scheduling")
}

fn case(name: &str) -> String {
    let path = cases().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where a value of `whole` is missing or different in `part`, as a path without array indices.
fn lost(whole: &Value, part: Option<&Value>, path: &str, losses: &mut BTreeSet<String>) {
    match (whole, part) {
        (Value::Object(whole), Some(Value::Object(part))) => {
            for (name, value) in whole {
                lost(value, part.get(name), &format!("{path}.{name}"), losses);
            }
        }
        (Value::Array(whole), Some(Value::Array(part))) if whole.len() == part.len() => {
            for (whole, part) in whole.iter().zip(part) {
                lost(whole, Some(part), path, losses);
            }
        }
        (whole, part) if Some(whole) == part => {}
        _ => {
            losses.insert(path.to_owned());
        }
    }
}

fn examples() -> Vec<(String, String)> {
    let mut names: Vec<String> = fs::read_dir(cases())
        .unwrap_or_else(|error| panic!("{}: {error}", cases().display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), case(&name))).collect()
}

#[test]
fn every_example_is_read_and_written_again_with_nothing_lost_but_what_is_left_out_on_purpose() {
    let examples = examples();
    assert!(examples.len() >= 4, "only {} examples", examples.len());
    let (mut losses, mut additions) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in &examples {
        let resource: Resource = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_ne!(resource, Resource::Unknown, "{name}");
        let (before, after): (Value, Value) = (
            serde_json::from_str(text).unwrap(),
            serde_json::to_value(&resource).unwrap(),
        );
        let kind = resource.type_name();
        lost(&before, Some(&after), kind, &mut losses);
        lost(&after, Some(&before), kind, &mut additions);
    }
    // Narrative is for readers without a program.
    let expected = ["Bundle.entry.resource.text"];
    assert_eq!(losses, expected.into_iter().map(str::to_owned).collect());
    assert_eq!(additions, BTreeSet::new());
}

#[test]
fn the_examples_appointment_is_a_booking_answer_and_its_bundle_offers_nothing_without_slots() {
    let appointment = read_answer(case("example-appointment.json").as_bytes()).unwrap();
    assert_eq!(appointment.participant_id("Practitioner"), Some("dr-y"));
    assert_eq!(appointment.patient().unwrap().id_of("Patient"), Some("pat1"));
    let bundle = from_json(case("example-iti-scheduling-bundle.json").as_bytes()).unwrap();
    // Its appointments name no Slot: they can be booked by reference only, which our client does not do.
    assert!(offers(&bundle).is_empty());
}

#[test]
fn the_request_printed_in_the_transaction_is_understood() {
    let text = case("ITI-115.md");
    let begin = text
        .find("{\n    \"resourceType\": \"Parameters\"")
        .expect("the example request");
    let end = begin + text[begin..].find("```").expect("the end of the example");
    let request =
        FindRequest::from_parameters(&from_json(&text.as_bytes()[begin..end]).unwrap(), Handling::Strict).unwrap();
    assert_eq!(request.start.to_string(), "2017-07-15T20:00:00Z");
    let doctor = Target::Identifier("urn:oid:1.3.6.1.4.1.19376.1.2.999".into(), "PR23143".into());
    assert_eq!(request.practitioners, [doctor]);
}

#[test]
fn the_examples_can_be_held_booked_changed_and_cancelled_as_the_operations_say() {
    let bundle: anban_wire::fhir::Bundle = from_json(case("example-iti-scheduling-bundle.json").as_bytes()).unwrap();
    let patient: anban_wire::fhir::Patient = from_json(case("example-patient.json").as_bytes()).unwrap();
    let proposed = bundle.resources().find_map(|resource| match resource {
        Resource::Appointment(appointment) => Some(appointment.as_ref().clone()),
        _ => None,
    });
    let proposed = proposed.expect("a proposed appointment");
    let id = proposed.id.clone().unwrap();
    let hold = HoldRequest { slot: id.clone() };
    let defined = names_in("operationdefinition-appointment-hold.xml");
    assert!(names_of(&hold.to_parameters()).is_subset(&defined), "{defined:?}");

    let parameters = |first: Parameter| Parameters {
        parameter: vec![first, Parameter::resource("patient-resource", patient.clone())],
        ..Parameters::default()
    };
    let by_reference = parameters(Parameter::reference(
        "appointment-reference",
        Reference::to("Appointment", &id),
    ));
    let pending = anban_wire::fhir::Appointment {
        status: AppointmentStatus::Pending,
        ..proposed
    };
    let by_resource = parameters(Parameter::resource("appointment-resource", pending));
    for asked in [by_reference, by_resource] {
        let Ok(BookOperation::Book(request)) = BookOperation::from_parameters(&asked) else {
            panic!("{asked:?}");
        };
        assert_eq!(request.slot, id);
        assert!(request.patient.identifier.is_some());
    }
    let mut booked: anban_wire::fhir::Appointment = from_json(case("example-appointment.json").as_bytes()).unwrap();
    let change = |appointment: &anban_wire::fhir::Appointment| {
        BookOperation::from_parameters(&parameters(Parameter::resource(
            "appointment-resource",
            appointment.clone(),
        )))
    };
    assert!(
        matches!(change(&booked), Ok(BookOperation::Change(ChangeRequest { appointment, .. })) if appointment == "appt1-1")
    );
    booked.status = AppointmentStatus::Cancelled;
    assert!(matches!(change(&booked), Ok(BookOperation::Cancel(_))));
}

fn names_in(definition: &str) -> BTreeSet<String> {
    let parameters = case(definition);
    let parameters = &parameters[parameters.find("<parameter>").unwrap()..];
    let names = parameters
        .split("<name value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    names.map(str::to_owned).collect()
}

fn names_of(parameters: &Parameters) -> BTreeSet<String> {
    parameters
        .parameter
        .iter()
        .map(|parameter| parameter.name.clone())
        .collect()
}

#[test]
fn our_requests_use_only_parameters_that_the_operations_define() {
    let (start, end) = (
        "2026-11-23T00:00:00Z".parse().unwrap(),
        "2026-11-24T00:00:00Z".parse().unwrap(),
    );
    let mut find = FindRequest::of_department(start, end, Token::parse("urn:x|1").unwrap(), "h1");
    find.practitioners = vec![Target::Id("p1".into())];
    let defined = names_in("operationdefinition-appointment-find.xml");
    assert!(names_of(&find.to_parameters()).is_subset(&defined), "{defined:?}");

    let patient = PatientDetails {
        id: None,
        identifier: Some(Identifier::new("urn:x", "1")),
        name: None,
        telephone: None,
    };
    let book = BookRequest {
        command: Some(CommandId(uuid::Uuid::from_u128(1))),
        slot: "s1".into(),
        patient,
        comment: Some("x".into()),
    };
    let defined = names_in("operationdefinition-appointment-book.xml");
    assert!(names_of(&book.to_parameters()).is_subset(&defined), "{defined:?}");
}
