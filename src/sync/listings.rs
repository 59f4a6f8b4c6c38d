//! What a hub's listings mean: the directory, a department's timetable, the trust list.
//!
//! Pure translation, as in [`crate::answers`]: bytes in, what the app keeps out. A listing that can't be read at all
//! is [`Trouble::Rubbish`], so that it never takes the place of a good one that the app has. An entry that can't be
//! used (no name, an id that would not survive in a path, a time outside of what was asked) is left out alone.

use std::collections::BTreeSet;

use anban_core::appointments::{Department, Directory, Hospital, OpenSlot, Timetable};
use anban_core::outbox::Trouble;
use anban_credential::{Trust, TrustError};
use anban_wire::CITY_OFFSET;
use anban_wire::fhir::{Bundle, BundleType, HealthcareService, Resource, from_json};
use anban_wire::scheduling::{FindRequest, MAX_OFFERS, Target, Token, offers};
use jiff::Timestamp;

use crate::address::is_id;
use crate::texts;

/// The directory in the answer to [`anban_wire::directory::DIRECTORY_QUERY`].
pub(crate) fn directory(body: &[u8], now: Timestamp) -> Result<Directory, Trouble> {
    let bundle = searchset(body)?;
    let today = CITY_OFFSET.to_datetime(now).date();
    let (mut hospitals, mut departments, mut counters) = (Vec::new(), Vec::new(), Vec::new());
    let mut ids = BTreeSet::new();
    for hospital in anban_wire::directory::read(&bundle) {
        let Some(name) = texts::name(&hospital.name).filter(|_| is_id(&hospital.id)) else {
            continue;
        };
        for department in hospital.departments {
            let Some(name) = texts::name(&department.name).filter(|_| is_id(&department.id)) else {
                continue;
            };
            if !ids.insert(department.id.clone()) {
                continue;
            }
            let on_site = department.on_site.filter(|quota| quota.date == today);
            let list = if department.registers {
                &mut counters
            } else {
                &mut departments
            };
            list.push(Department {
                id: department.id,
                hospital: hospital.id.clone(),
                name,
                phone: texts::phone(department.telephone.as_deref()),
                specialty: texts::specialty(department.specialty.as_deref()),
                treats: department.treats.as_ref().map(texts::both).unwrap_or_default(),
                hours: department.counter.as_ref().map(texts::hours).unwrap_or_default(),
                counter: department
                    .counter
                    .as_ref()
                    .map(|counter| texts::both(&counter.place))
                    .unwrap_or_default(),
                bring: department.bring.as_ref().map(texts::both).unwrap_or_default(),
                quota_today: on_site.map(|quota| quota.remaining),
            });
        }
        hospitals.push(Hospital {
            id: hospital.id,
            name,
            address: hospital.address.as_ref().map(texts::both).unwrap_or_default(),
            phone: texts::phone(hospital.telephone.as_deref()),
        });
    }
    // A hub without departments may be a new one; entries that all make no sense are another server's.
    if departments.is_empty() && counters.is_empty() && !bundle.entry.is_empty() {
        return Err(Trouble::Rubbish);
    }
    Ok(Directory {
        fetched_at: now,
        hospitals,
        departments,
        counters,
    })
}

/// How to ask for the free times of a department, from its own resource: IHE's `$find` knows specialties and places,
/// not departments.
pub(crate) fn find_request(
    body: &[u8],
    department: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<FindRequest, Trouble> {
    let service: HealthcareService = from_json(body).map_err(|_| Trouble::Rubbish)?;
    if service.id.as_deref() != Some(department) {
        return Err(Trouble::Rubbish);
    }
    let codings = service.specialty.iter().flat_map(|specialty| &specialty.coding);
    let specialties: Vec<_> = codings
        .filter_map(|coding| {
            Some(Token {
                system: coding.system.clone(),
                code: coding.code.clone()?,
            })
        })
        .take(1)
        .collect();
    let places = service.location.iter().filter_map(|place| place.id_of("Location"));
    let locations: Vec<_> = places.map(|id| Target::Id(id.to_owned())).take(MOST_PLACES).collect();
    // Without either of the two the answer would be about other departments as well.
    if specialties.is_empty() || locations.is_empty() {
        return Err(Trouble::Rubbish);
    }
    Ok(FindRequest {
        specialties,
        locations,
        count: Some(MAX_OFFERS),
        ..FindRequest::between(from, to)
    })
}

/// A department is in one hospital, at one counter or two.
const MOST_PLACES: usize = 8;

/// The free times in the answer to a `$find`, by their beginning.
pub(crate) fn timetable(
    body: &[u8],
    department: &str,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Timetable, Trouble> {
    let mut bundle = searchset(body)?;
    bundle.entry.retain(|entry| match &entry.resource {
        // Another department of the same specialty in the same hospital.
        Some(Resource::Appointment(offer)) => offer
            .participant_id("HealthcareService")
            .is_none_or(|service| service == department),
        _ => false,
    });
    let mut slots: Vec<_> = offers(&bundle)
        .into_iter()
        .filter(|offer| is_id(&offer.slot) && from <= offer.start && offer.start < offer.end && offer.end <= to)
        .map(|offer| OpenSlot {
            id: offer.slot,
            start: offer.start,
            end: offer.end,
            practitioner: offer.practitioner.as_ref().and_then(texts::name),
            schedule: String::new(),
        })
        .collect();
    slots.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    let mut ids = BTreeSet::new();
    slots.retain(|slot| ids.insert(slot.id.clone()));
    Ok(Timetable {
        department: department.to_owned(),
        fetched_at: now,
        slots,
        cursor: None,
    })
}

/// A trust list as it came, if it has the form of one. Who signed it is checked by the core, which knows the root.
pub(crate) fn trust_list(body: Vec<u8>, now: Timestamp) -> Result<Vec<u8>, Trouble> {
    match Trust::read(&body, &[], now) {
        Err(TrustError::UnknownRoot) => Ok(body),
        _ => Err(Trouble::Rubbish),
    }
}

fn searchset(body: &[u8]) -> Result<Bundle, Trouble> {
    let bundle: Bundle = from_json(body).map_err(|_| Trouble::Rubbish)?;
    if bundle.kind == BundleType::Searchset {
        Ok(bundle)
    } else {
        Err(Trouble::Rubbish)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use anban_core::appointments::Words;
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary::{damaged, json};

    const DIRECTORY: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[
        {"resource":{"resourceType":"HealthcareService","id":"d1","name":"眼科","telecom":[{"system":"phone","value":"010-5555 0101"}],
          "_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
            {"url":"lang","valueCode":"en"},{"url":"content","valueString":"Eye clinic"}]}]},
          "location":[{"reference":"Location/h1"},{"reference":"Location/c1"}],"extraDetails":"身份证、医保卡",
          "specialty":[{"coding":[{"system":"urn:x","code":"10"}]}],
          "extension":[{"url":"https://anban.example/fhir/StructureDefinition/on-site-quota","extension":[
            {"url":"date","valueDate":"2026-11-23"},{"url":"total","valueUnsignedInt":30},{"url":"remaining","valueUnsignedInt":12}]}]}},
        {"resource":{"resourceType":"Location","id":"h1","name":"市第一医院","address":{"text":"和平路1号"}}},
        {"resource":{"resourceType":"Location","id":"c1","name":"门诊楼 3 号窗口","partOf":{"reference":"Location/h1"},
          "_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
            {"url":"lang","valueCode":"en"},{"url":"content","valueString":"Counter 3"}]}]},
          "hoursOfOperation":[{"daysOfWeek":["mon","tue","wed","thu","fri"],"openingTime":"08:00:00","closingTime":"17:00:00"},
            {"daysOfWeek":["sat"],"openingTime":"08:00:00","closingTime":"12:00:00"}]}}]}"#;

    const OFFERS: &str = r#"{"resourceType":"Bundle","type":"searchset","entry":[
        {"resource":{"resourceType":"Appointment","id":"s2","status":"proposed","start":"2026-11-24T02:00:00Z","end":"2026-11-24T02:15:00Z",
          "participant":[{"status":"needs-action","actor":{"reference":"HealthcareService/d1"}},
            {"status":"needs-action","actor":{"reference":"Practitioner/p1","display":"李医生"}}],"slot":[{"reference":"Slot/s2"}]}},
        {"resource":{"resourceType":"Appointment","id":"s1","status":"proposed","start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:15:00Z",
          "participant":[{"status":"needs-action"}],"slot":[{"reference":"Slot/s1"}]}},
        {"resource":{"resourceType":"Appointment","id":"s3","status":"proposed","start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:15:00Z",
          "participant":[{"status":"needs-action","actor":{"reference":"HealthcareService/d2"}}],"slot":[{"reference":"Slot/s3"}]}},
        {"resource":{"resourceType":"Appointment","id":"s4","status":"proposed","start":"2027-11-24T01:00:00Z","end":"2027-11-24T01:15:00Z",
          "participant":[{"status":"needs-action"}],"slot":[{"reference":"Slot/s4"}]}}]}"#;

    fn now() -> Timestamp {
        "2026-11-23T02:00:00Z".parse().unwrap()
    }

    fn span() -> (Timestamp, Timestamp) {
        (now(), "2026-11-30T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_directory_has_all_that_is_needed_to_go_there_without_a_phone() {
        let read = directory(DIRECTORY.as_bytes(), now()).unwrap();
        assert_eq!(read.hospitals[0].address.chinese, "和平路1号");
        let eye = &read.departments[0];
        assert_eq!((eye.hospital.as_str(), eye.name.english.as_str()), ("h1", "Eye clinic"));
        assert_eq!(
            (eye.phone.as_str(), eye.bring.chinese.as_str()),
            ("010-5555 0101", "身份证、医保卡")
        );
        assert_eq!(
            (eye.counter.chinese.as_str(), eye.counter.english.as_str()),
            ("门诊楼 3 号窗口", "Counter 3")
        );
        assert_eq!(
            eye.hours.chinese,
            "星期一至星期五 上午八点至下午五点，星期六 上午八点至中午十二点"
        );
        assert_eq!(
            eye.hours.english,
            "Monday to Friday 8:00 in the morning to 5:00 in the afternoon, Saturday 8:00 in the morning to 12:00 at noon"
        );
        assert_eq!(eye.specialty, "", "of another list than ours nothing is known");
        assert_eq!(eye.quota_today, Some(12));
    }

    #[test]
    fn yesterdays_quota_is_not_todays() {
        let tomorrow = "2026-11-23T16:00:00Z".parse().unwrap();
        assert_eq!(
            directory(DIRECTORY.as_bytes(), tomorrow).unwrap().departments[0].quota_today,
            None
        );
    }

    #[test]
    fn what_is_no_directory_does_not_empty_the_one_that_is_kept() {
        for body in [
            r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Device"}}]}"#,
            &DIRECTORY.replace("searchset", "collection"),
            &DIRECTORY.replace("\"d1\"", "\"../d1\""),
            "<html>",
        ] {
            assert_eq!(directory(body.as_bytes(), now()), Err(Trouble::Rubbish), "{body}");
        }
        let new = directory(br#"{"resourceType":"Bundle","type":"searchset","total":0}"#, now()).unwrap();
        assert!(new.departments.is_empty());
    }

    #[test]
    fn a_timetable_has_this_departments_visits_in_this_span_by_their_beginning() {
        let read = timetable(OFFERS.as_bytes(), "d1", span(), now()).unwrap();
        let ids: Vec<_> = read.slots.iter().map(|slot| slot.id.as_str()).collect();
        assert_eq!(ids, ["s1", "s2"]);
        assert_eq!(read.slots[1].practitioner.as_ref().unwrap().chinese, "李医生");
    }

    #[test]
    fn a_department_without_specialty_or_place_is_not_asked_about() {
        let service = |fields: &str| format!(r#"{{"resourceType":"HealthcareService","id":"d1"{fields}}}"#);
        let (specialty, place) = (
            r#","specialty":[{"coding":[{"code":"10"}]}]"#,
            r#","location":[{"reference":"Location/h1"}]"#,
        );
        let read = |fields: &str, id| find_request(service(fields).as_bytes(), id, span());
        assert_eq!(
            read(&(specialty.to_owned() + place), "d1").unwrap().locations,
            [Target::Id("h1".to_owned())]
        );
        assert_eq!(read(&(specialty.to_owned() + place), "d2"), Err(Trouble::Rubbish));
        assert_eq!(read(specialty, "d1"), Err(Trouble::Rubbish));
        assert_eq!(read(place, "d1"), Err(Trouble::Rubbish));
    }

    #[test]
    fn a_page_is_no_trust_list() {
        for body in ["", "<html>", "{}", "-----BEGIN CERTIFICATE-----"] {
            assert_eq!(
                trust_list(body.as_bytes().to_vec(), now()),
                Err(Trouble::Rubbish),
                "{body}"
            );
        }
    }

    fn is_clean(words: &Words) -> bool {
        [&words.chinese, &words.english]
            .into_iter()
            .all(|text| *text == texts::clean(text, usize::MAX))
    }

    proptest! {
        #[test]
        fn whatever_is_read_can_be_used(
            body in prop_oneof![json(), damaged(DIRECTORY), damaged(OFFERS)],
            service in prop_oneof![json(), damaged(r#"{"resourceType":"HealthcareService","id":"d1","specialty":[{"coding":[{"code":"10"}]}],"location":[{"reference":"Location/h1"}]}"#)],
        ) {
            let body = body.to_string();
            if let Ok(read) = directory(body.as_bytes(), now()) {
                for department in &read.departments {
                    prop_assert!(is_id(&department.id) && !department.name.chinese.is_empty());
                    prop_assert!(read.hospitals.iter().any(|hospital| hospital.id == department.hospital));
                    for words in [&department.name, &department.counter, &department.bring] {
                        prop_assert!(is_clean(words));
                    }
                }
            }
            if let Ok(read) = timetable(body.as_bytes(), "d1", span(), now()) {
                prop_assert!(read.slots.is_sorted_by_key(|slot| slot.start));
                prop_assert!(read.slots.iter().all(|slot| is_id(&slot.id) && slot.start < slot.end && slot.end <= span().1));
            }
            let _ = find_request(service.to_string().as_bytes(), "d1", span());
        }

        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = directory(&body, now());
            let _ = timetable(&body, "d1", span(), now());
            let _ = find_request(&body, "d1", span());
            let _ = trust_list(body, now());
        }
    }
}
