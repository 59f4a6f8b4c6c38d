//! What a hub, a script and a person say: FHIR, commands, typed text, a copy of everything.

use anban_core::Command;
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_wire::scheduling::{BookRequest, FindRequest, PatientDetails, Token};
use anban_wire::{CommandId, fhir};
use jiff::Timestamp;

use super::{Seed, seed};
use crate::person::Person;

/// Free times, and what comes with them.
const OFFERS: &str = r#"{"resourceType":"Bundle","type":"searchset","total":1,"entry":[
{"resource":{"resourceType":"Appointment","id":"o1","status":"proposed","start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:30:00Z",
"slot":[{"reference":"Slot/s1"}],"specialty":[{"coding":[{"system":"urn:x","code":"03.04"}]}],"participant":[
{"actor":{"reference":"Practitioner/p1","display":"张大夫","_display":{"extension":[
{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
{"url":"lang","valueCode":"en"},{"url":"content","valueString":"Dr Zhang"}]}]}},"status":"accepted"},
{"actor":{"reference":"HealthcareService/d1"},"status":"accepted"}]},"search":{"mode":"match"}},
{"resource":{"resourceType":"Slot","id":"s1","status":"free","start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:30:00Z",
"schedule":{"reference":"Schedule/c1"}}}]}"#;

const DIRECTORY: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[
{"resource":{"resourceType":"HealthcareService","id":"d1","name":"眼科","comment":"眼睛","extraDetails":"身份证",
"specialty":[{"coding":[{"system":"urn:x","code":"03.04"}]}],"telecom":[{"system":"phone","value":"01055550101"}],
"location":[{"reference":"Location/h1"},{"reference":"Location/w1"}],"availableTime":[{"daysOfWeek":["mon","tue"],
"availableStartTime":"08:00:00","availableEndTime":"11:30:00"}],
"extension":[{"url":"https://anban.example/fhir/on-site-quota","extension":[{"url":"date","valueDate":"2026-11-23"},
{"url":"total","valueUnsignedInt":30},{"url":"remaining","valueUnsignedInt":12}]}]}},
{"resource":{"resourceType":"Location","id":"w1","name":"三号窗口","partOf":{"reference":"Location/h1"},
"hoursOfOperation":[{"daysOfWeek":["mon"],"openingTime":"08:00:00","closingTime":"17:00:00"}]}},
{"resource":{"resourceType":"Location","id":"h1","name":"市第一医院","address":{"text":"人民路1号"},
"telecom":[{"system":"phone","value":"01055550000"}]}}]}"#;

const BOOKED: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Appointment",
"id":"a1","status":"booked","participant":[{"status":"accepted"}],"start":"2026-11-24T01:00:00Z",
"identifier":[{"system":"https://anban.example/command","value":"00000000-0000-0000-0000-000000000001"}],
"slot":[{"reference":"Slot/s1"}]}}]}"#;

const REFUSED: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"OperationOutcome",
"issue":[{"severity":"error","code":"conflict","details":{"text":"full"},"diagnostics":"s1"}]}}]}"#;

const QUERY: &str = "start=2026-11-23T08:00:00+08:00&end=2026-11-25&specialty=urn:x|03.04&practitioner=Practitioner/p1\
&location-reference=https://hub/fhir/Location/h1&_count=5";

const DOCUMENT: &str = r#"{"command":"00000000-0000-0000-0000-000000000001","kind":"health-status","name":"王秀英",
"identityNumber":"11010519491231002X","region":"110105"}"#;

const PERSON: &str = r#"{"command":"00000000-0000-0000-0000-000000000001","name":"王秀英",
"identityNumber":"11010519491231002X","channel":"relative","telephone":"138 0013 8000","helper":"王芳"}"#;

/// The addresses of a hub and of printers of every kind.
const ADDRESSES: [&str; 7] = [
    "https://hub.example:8443/anban",
    "http://[fe80::1]:8080",
    "ipp://printer.local:8631/ipp/print",
    "cups://localhost/Office",
    "socket://192.168.1.9:9100?dots=384",
    "usb:///dev/usb/lp0",
    "serial:///dev/ttyUSB0?baud=19200&flow=hardware",
];

/// A morning with the app: about oneself, a contact, a card, a visit, what the outside brings, and all undone.
const LINES: [&str; 3] = [
    r#"{"FirstStart":"Finish"}
{"Settings":{"SetText":"Largest"}}
{"Enter":{"field":"Name","text":"王秀英"}}
{"Enter":{"field":"IdentityNumber","text":"11010519491231002X"}}
{"Help":{"EditContact":null}}
{"Enter":{"field":"ContactName","text":"女儿"}}
{"Enter":{"field":"ContactNumber","text":"138 0013 8000"}}
{"Wallet":{"Add":"Transit"}}
{"Enter":{"field":"CardName","text":"公交卡"}}
{"Enter":{"field":"CardNumber","text":"6901234567892"}}
"Undo"
{"Open":"Wallet"}
"ReadAloud"
"#,
    r#"{"Enter":{"field":"HubAddress","text":"http://127.0.0.1:8080"}}
{"Incoming":{"Fetched":{"Directory":{"fetched_at":"2026-11-22T01:00:00Z","hospitals":[{"id":"h","name":{"chinese":"市第一医院",
"english":""},"address":{"chinese":"","english":""},"phone":"010"}],"departments":[]}}}}
"Home"
{"Appointments":"Begin"}
{"Appointments":{"ChooseHospital":"h"}}
{"HealthCode":"AskForHealthStatus"}
{"Incoming":{"Answer":{"id":"00000000-0000-0000-0000-000000000001","answer":{"NoAnswer":"Slow"}}}}
{"Incoming":"NetworkBack"}
{"Open":"HealthCode"}
"Back"
"#,
    r#"{"Incoming":{"File":{"path":"/a.png","content":{"Ok":{"Picture":{"codes":[{"symbology":"Qr","text":"AB1:NCF"}]}}}}}}
{"Incoming":{"File":{"path":"/a","content":{"Err":"TooLarge"}}}}
{"Incoming":{"Files":[{"path":"/a.png","name":"a","changed_at":"2026-11-20T04:00:00Z"}]}}
{"Open":{"Enter":"DocumentText"}}
{"Type":{"field":"DocumentText","text":"HC1:"}}
{"Help":{"Call":{"Service":"Ambulance"}}}
{"Incoming":"Tick"}
{"Help":"Stop"}
{"Incoming":{"Voice":{"Began":{"id":1,"part":0}}}}
{"Incoming":{"Saved":{"Ok":"/a.json"}}}
{"Certificates":"Begin"}
{"Settings":"Erase"}
"#,
];

fn at(second: i64) -> Timestamp {
    Timestamp::constant(second, 0)
}

pub(super) fn seeds() -> Option<Vec<Seed>> {
    let find = FindRequest::of_department(
        at(1_795_000_000),
        at(1_796_000_000),
        Token {
            system: Some("urn:x".to_owned()),
            code: "03.04".to_owned(),
        },
        "h1",
    );
    let book = BookRequest {
        command: Some(CommandId(uuid::Uuid::from_u128(1))),
        slot: "s1".to_owned(),
        patient: PatientDetails {
            id: None,
            identifier: Some(fhir::Identifier {
                system: Some("urn:oid:1.2.156.1".to_owned()),
                value: Some("11010519491231002X".to_owned()),
                ..fhir::Identifier::default()
            }),
            name: Some("王秀英".to_owned()),
            telephone: Some("13800138000".to_owned()),
        },
        comment: Some("轮椅".to_owned()),
    };
    let written = |parameters: fhir::Parameters| fhir::to_json(&parameters.into()).ok();
    let mut seeds = vec![
        seed("fhir_answer", "offers", OFFERS),
        seed("fhir_answer", "directory", DIRECTORY),
        seed("fhir_answer", "booked", BOOKED),
        seed("fhir_answer", "refused", REFUSED),
        seed("fhir_request", "find", written(find.to_parameters())?),
        seed("fhir_request", "book", written(book.to_parameters())?),
        seed("fhir_request", "query", QUERY),
        seed("fhir_request", "document", DOCUMENT),
        seed("fhir_request", "person", PERSON),
        seed("identity_number", "right", "11010519491231002x"),
        seed("copy_of_everything", "copy", copy()?),
    ];
    // 100 more than the remainder by 500 is the status.
    for (name, status, body) in [
        ("offers", 100, OFFERS),
        ("directory", 100, DIRECTORY),
        ("booked", 101, BOOKED),
        ("refused", 309, REFUSED),
    ] {
        let status = u16::to_be_bytes(status);
        seeds.push(seed("hub_answer", name, [&status, body.as_bytes()].concat()));
    }
    for (name, address) in ["hub", "hub-6", "ipp", "cups", "socket", "usb", "serial"]
        .into_iter()
        .zip(ADDRESSES)
    {
        seeds.push(seed("addresses", name, address));
    }
    seeds.push(seed("receipt_printer_answer", "open", [0x1a, 0x16, 0x12, 0x1e]));
    seeds.push(seed("printer_answer", "stopped", printer()));
    for (name, lines) in ["morning", "visit", "outside"].into_iter().zip(LINES) {
        seeds.push(seed("headless_lines", name, lines));
    }
    for (number, field) in (0_u8..).zip(Field::ALL) {
        seeds.push(seed(
            "typed_text",
            field.name(),
            [&[number], typed(field).as_bytes()].concat(),
        ));
    }
    Some(seeds)
}

/// Something that the field takes.
fn typed(field: Field) -> &'static str {
    match field {
        Field::IdentityNumber | Field::RelativeNumber | Field::VisitorNumber => "11010519491231002X",
        Field::ContactNumber | Field::VisitorTelephone => "138 0013 8000",
        Field::CardNumber => "6901234567892",
        Field::InvitationCode => "4071 9526",
        Field::Price | Field::Reserve | Field::SpentAmount | Field::BillAmount => "12.50",
        Field::BillDay => "25",
        Field::CardExpiry => "20301231",
        Field::HubAddress => "http://127.0.0.1:8080/",
        Field::PrinterAddress => "ipp://printer.local/ipp/print",
        Field::DocumentText | Field::CheckText => "HC1:NCF",
        Field::Name
        | Field::RelativeName
        | Field::Address
        | Field::MedicalNotes
        | Field::ContactName
        | Field::CardName
        | Field::VisitorName
        | Field::VisitorRemark
        | Field::CardNote
        | Field::BillName
        | Field::BillPlace
        | Field::WalletPassphrase
        | Field::OpenPassphrase
        | Field::RefusedPlace => "王秀英",
    }
}

/// What the app writes after the first of the mornings.
fn copy() -> Option<Vec<u8>> {
    let mut person = Person::new();
    let commands = LINES
        .first()?
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    for command in commands {
        person.does(command);
    }
    let effects = person.does(Command::Settings(anban_core::settings::Command::SaveCopy));
    effects.into_iter().find_map(|effect| match effect {
        Effect::SaveCopy { content, .. } => Some(content.into_bytes()),
        _ => None,
    })
}

/// An IPP printer that has run out of paper, and its job (RFC 8010, section 3.1).
fn printer() -> Vec<u8> {
    let short = |text: &str| {
        [
            &u16::try_from(text.len()).unwrap_or_default().to_be_bytes(),
            text.as_bytes(),
        ]
        .concat()
    };
    let attribute = |tag: u8, name: &str, value: &[u8]| {
        let length = u16::try_from(value.len()).unwrap_or_default().to_be_bytes();
        [&[tag], short(name).as_slice(), &length, value].concat()
    };
    let (number, choice, flag, keyword, media, uri) = (0x21, 0x23, 0x22, 0x44, 0x49, 0x45);
    [
        // Version 2.0, successful-ok, request 1, then the attributes of the operation.
        vec![2, 0, 0, 0, 0, 0, 0, 1, 1],
        attribute(0x47, "attributes-charset", b"utf-8"),
        attribute(0x48, "attributes-natural-language", b"en"),
        vec![4],
        attribute(media, "document-format-supported", b"application/pdf"),
        attribute(media, "", b"image/urf"),
        attribute(choice, "printer-state", &5_u32.to_be_bytes()),
        attribute(keyword, "printer-state-reasons", b"media-empty-error"),
        attribute(keyword, "", b"cover-open-warning"),
        attribute(flag, "printer-is-accepting-jobs", &[1]),
        vec![2],
        attribute(number, "job-id", &7_u32.to_be_bytes()),
        attribute(uri, "job-uri", b"ipp://printer.local/jobs/7"),
        attribute(choice, "job-state", &6_u32.to_be_bytes()),
        attribute(keyword, "job-state-reasons", b"printer-stopped"),
        vec![3],
    ]
    .concat()
}
