//! A family doctor plans at the hub when the elder is to come again, and books for them; the elder sees who it was, and can
//! say no.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::appointments::{self, VisitState};
use anban_core::view::View;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, choice, choices, kept, question, tells, word};

const DOCTOR: &str = "陈兰医生";
const DEPARTMENT: &str = "first-hospital-cardiology";

/// The elder's FHIR id.
fn patient(home: &Home) -> String {
    let (records, _) = kept(home);
    let account = records.accounts.values().next().unwrap();
    account.patient().unwrap().to_owned()
}

/// An elder whom the hub knows.
fn known(hub: &Hub) -> (Home, String) {
    let home = Home::new();
    let mut elder = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    // The first thing that is asked of a hub makes the device known to it.
    let family = elder.opens(Page::Family);
    let whom = elder.taps(&family, "family-invite").view;
    elder.taps(&whom, "PCP");
    elder.leaves();
    let patient = patient(&home);
    (home, patient)
}

/// The soonest free time of the department.
fn free_slot(hub: &Hub) -> Value {
    let slots = hub.json(&format!(
        "/fhir/Slot?schedule.actor=HealthcareService/{DEPARTMENT}&status=free&start=ge{}&_count=1",
        jiff::Timestamp::now()
    ));
    slots["entry"][0]["resource"].clone()
}

fn has(view: &View, id: &str) -> bool {
    choices(view).iter().any(|choice| choice.id == id)
}

#[test]
fn what_the_family_doctor_plans_comes_to_the_elder_who_books_it_in_three_taps() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    let (home, patient) = known(&hub);
    let doctor = hub.staff("doctor", DOCTOR);
    let today = jiff::Zoned::now().date();
    let plan = json!({
        "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "高血压随访",
        "identifier": [{ "system": "https://anban.example/command", "value": Uuid::new_v4() }],
        "subject": { "reference": format!("Patient/{patient}") },
        "activity": [{ "detail": {
            "kind": "Appointment", "status": "scheduled", "description": "量血压，开药",
            "performer": [{ "reference": format!("HealthcareService/{DEPARTMENT}") }],
            "scheduledTiming": { "repeat": { "boundsPeriod": { "start": today.to_string() },
                                             "frequency": 1, "period": 3, "periodUnit": "mo" } },
        } }],
    });
    let made = hub.sends(&doctor, "/fhir/CarePlan", &plan);
    assert_eq!(made["author"]["display"], DOCTOR);

    let mut elder = Person::at(&home, &["--hub", &hub.url]);
    elder.network_is_back();
    let home_page = elder.does(Command::Home).view;
    assert_eq!(choice(&home_page, "planned").text, word(&home_page, "again-due"));
    let planned = elder.taps(&home_page, "planned").view;
    assert!(
        planned.reading.iter().any(|part| part.contains(DOCTOR)),
        "{:?}",
        planned.reading
    );
    assert!(planned.reading.iter().any(|part| part.contains("量血压，开药")));
    elder.taps(&planned, "plan-book");
    let offer = elder.opens(Page::Offer);
    let soonest = choices(&offer)[0].command.clone();
    tells(&elder.does(soonest).view, "booked-title");
    assert!(!has(&elder.does(Command::Home).view, "planned"), "it is carried out");
    elder.leaves();
    let (records, _) = kept(&home);
    let visit = records.visits.values().next().unwrap();
    assert!(matches!(visit.state, VisitState::Booked { .. }), "{visit:?}");
    assert_eq!(visit.wish.department, DEPARTMENT);
    assert_eq!(hub.booked_by(visit.request).len(), 1);

    // The doctor ends the plan, and it is gone from the elder's device.
    let id = made["id"].as_str().unwrap();
    let mut ended = made.clone();
    ended["status"] = "completed".into();
    let put = ureq::put(format!("{}/fhir/CarePlan/{id}", hub.url))
        .header("Authorization", format!("Bearer {doctor}"))
        .header("Content-Type", "application/fhir+json")
        .send(ended.to_string())
        .unwrap();
    assert_eq!(put.status(), 200);
    let mut elder = Person::at(&home, &["--hub", &hub.url]);
    elder.network_is_back();
    elder.leaves();
    assert!(kept(&home).0.care_plans.is_empty());
}

#[test]
fn what_the_family_doctor_books_the_elder_sees_with_their_name_and_refuses() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    let (home, patient) = known(&hub);
    let doctor = hub.staff("doctor", DOCTOR);
    let slot = free_slot(&hub);
    let slot = slot["id"].as_str().unwrap();
    let visit = json!({
        "resourceType": "Appointment", "status": "booked",
        "identifier": [{ "system": "https://anban.example/command", "value": Uuid::new_v4() }],
        "slot": [{ "reference": format!("Slot/{slot}") }],
        "participant": [{ "actor": { "reference": format!("Patient/{patient}") }, "status": "accepted" }],
    });
    let booked = hub.sends(&doctor, "/fhir/Appointment", &visit);
    let appointment = booked["id"].as_str().unwrap().to_owned();
    assert_eq!(hub.slot_status(slot), "busy");

    let mut elder = Person::at(&home, &["--hub", &hub.url]);
    elder.network_is_back();
    let home_page = elder.does(Command::Home).view;
    let banner = choice(&home_page, "news").clone();
    assert!(banner.text.contains(DOCTOR), "{banner:?}");
    let news = elder.does(banner.command).view;
    assert_eq!(news.page, Page::News);
    let really = elder.taps(&news, "news-not").view;
    let gone = elder.taps(&really, "decline-yes").view;
    assert_eq!(
        question(&gone).title.text,
        word(&gone, "cancelled-title"),
        "{:?}",
        gone.reading
    );
    assert_eq!(hub.slot_status(slot), "free");
    let there = hub.seen_by_staff(&format!("/fhir/Appointment/{appointment}"));
    assert_eq!(there["status"], "cancelled");
    assert_eq!(there["cancelationReason"]["coding"][0]["code"], "declined");
    elder.leaves();
    let (records, _) = kept(&home);
    let visit = records.visits.values().next().unwrap();
    assert_eq!((&visit.state, visit.heard.declined), (&VisitState::Cancelled, true));
    assert!(records.outbox.is_empty(), "{:?}", records.outbox);
}

#[test]
fn a_notice_of_the_hospital_is_heard_and_stays_until_it_is_read() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    let home = Home::new();
    let mut elder = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let (sure, _) = crate::at_the_soonest_time(&mut elder);
    let booked = elder.taps(&sure, "confirm-yes");
    tells(&booked.view, "booked-title");
    let (request, visit) = crate::sent_booking(&booked.effects).unwrap();
    let appointment = hub.booked_by(request)[0]["id"].as_str().unwrap().to_owned();
    let text = "窗口搬到三楼了，请上三楼报到。";
    let sent = ureq::post(format!("{}/visits/{appointment}/notices", hub.url))
        .header("Authorization", format!("Bearer {}", hub.staff("nurse", "李护士")))
        .send_json(json!({ "command": Uuid::new_v4(), "chinese": text }))
        .unwrap();
    assert_eq!(sent.status(), 204);

    let heard = elder.network_is_back();
    let spoken = serde_json::to_string(&heard.effects).unwrap();
    assert!(spoken.contains(text), "{spoken}");
    elder.leaves();
    let mut elder = Person::at(&home, &["--hub", &hub.url]);
    let home_page = elder.does(Command::Home).view;
    let notice = elder.taps(&home_page, "notice").view;
    assert!(
        notice.reading.iter().any(|part| part.contains(text)),
        "{:?}",
        notice.reading
    );
    let home_page = elder.taps(&notice, "notice-good").view;
    assert_eq!(home_page.page, Page::Home);
    assert!(!has(&home_page, "notice"));
    let shown = elder
        .does(Command::Appointments(appointments::Command::Show(visit)))
        .view;
    assert!(
        shown.reading.iter().any(|part| part.contains(text)),
        "{:?}",
        shown.reading
    );
    elder.leaves();
}
