//! What app and hub say to each other, read at both ends.

use anban_core::outbox::DocumentWish;
use anban_print::Address;
use anban_wire::documents::DocumentRequest;
use anban_wire::fhir::{self, Parameters, Resource, from_json, to_json};
use anban_wire::persons::PersonRequest;
use anban_wire::scheduling::{BookOperation, FindRequest, Handling, offers, read_answer};
use anban_wire::{CommandId, IdentityNumber};
use jiff::Timestamp;

pub(crate) fn identity_number(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let Ok(number) = text.parse::<IdentityNumber>() else {
        return false;
    };
    assert_eq!(number.as_str().len(), 18);
    assert!(number.birth_date().is_some(), "a number without a date of birth");
    assert_eq!(number.as_str().parse().as_ref(), Ok(&number), "it is read as itself");
    true
}

pub(crate) fn fhir_answer(bytes: &[u8]) -> bool {
    let booked = read_answer(bytes).is_ok();
    let Ok(bundle) = from_json::<fhir::Bundle>(bytes) else {
        return booked;
    };
    let _ = (offers(&bundle), anban_wire::directory::read(&bundle));
    // What was read is written and read as the same, unless a resource in it has no struct here.
    let resource = Resource::from(bundle);
    if let Ok(written) = to_json(&resource) {
        let again = from_json::<fhir::Bundle>(&written).map(Resource::from);
        assert_eq!(again.as_ref(), Ok(&resource));
    }
    true
}

pub(crate) fn fhir_request(bytes: &[u8]) -> bool {
    let mut taken = false;
    if let Ok(parameters) = from_json::<Parameters>(bytes) {
        if let Ok(find) = FindRequest::from_parameters(&parameters, Handling::Strict) {
            let again = FindRequest::from_parameters(&find.to_parameters(), Handling::Strict);
            assert_eq!(again.as_ref(), Ok(&find), "a search is read as itself");
            taken = true;
        }
        if let Ok(operation) = BookOperation::from_parameters(&parameters) {
            let written = match &operation {
                BookOperation::Book(request) => request.to_parameters(),
                BookOperation::Change(request) => request.to_parameters(),
                BookOperation::Cancel(request) => request.to_parameters(),
            };
            let again = BookOperation::from_parameters(&written);
            assert_eq!(again.as_ref(), Ok(&operation), "a booking is read as itself");
            taken = true;
        }
    }
    if let Ok(appointment) = from_json::<fhir::Appointment>(bytes)
        && let Ok(request) = BookOperation::from_create(&appointment)
    {
        let again = BookOperation::from_parameters(&request.to_parameters());
        assert_eq!(
            again,
            Ok(BookOperation::Book(Box::new(request))),
            "a booking is read as itself"
        );
        taken = true;
    }
    if let Ok(request) = serde_json::from_slice::<DocumentRequest>(bytes) {
        taken |= request.check().is_ok();
    }
    if let Ok(request) = serde_json::from_slice::<PersonRequest>(bytes) {
        taken |= request.check().is_ok();
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return taken;
    };
    let query: Vec<(String, String)> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    taken | FindRequest::from_query(&query, Handling::Strict).is_ok()
}

pub(crate) fn answer(bytes: &[u8]) -> bool {
    let Some((status, body)) = bytes.split_first_chunk() else {
        return false;
    };
    // Statuses of three digits, like all that a server can send.
    let status = 100 + u16::from_be_bytes(*status) % 500;
    let wish = DocumentWish::health_status("王秀英", "11010519491231002X");
    let command = CommandId(uuid::Uuid::from_u128(1));
    anban_sync::fuzz::hub_answer(status, body, command, &wish, Timestamp::constant(1_795_262_400, 0))
}

pub(crate) fn addresses(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let printer = Address::parse(text);
    if let Ok(address) = &printer {
        let again = address.to_string().parse::<Address>().ok();
        assert!(again.as_ref() == Some(address), "it is read as itself");
        assert!(!text.contains(char::is_whitespace) && !text.contains(char::is_control));
    }
    anban_sync::fuzz::hub_address(text) || printer.is_ok()
}
