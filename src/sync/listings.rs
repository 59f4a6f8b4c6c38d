//! What a hub's listings mean: the directory, a department's timetable, the trust list.
//!
//! Pure translation, as in [`crate::answers`]: bytes in, what the app keeps out. A listing that can't be read at all
//! is [`Trouble::Rubbish`], so that it never takes the place of a good one that the app has. An entry that can't be
//! used (no name, an id that would not survive in a path, a time outside of what was asked) is left out alone, and
//! texts are cleaned: they come from elsewhere and end up on the screen, in the voice and on paper.

use std::collections::BTreeSet;

use anban_core::appointments::{Department, Directory, Hospital, OpenSlot, Timetable, Words};
use anban_core::outbox::Trouble;
use anban_core::settings::Language;
use anban_core::words::{self, time};
use anban_credential::{Trust, TrustError};
use anban_wire::CITY_OFFSET;
use anban_wire::directory::{Counter, Hours, Text};
use anban_wire::fhir::{Bundle, BundleType, DayOfWeek, HealthcareService, Resource, from_json};
use anban_wire::scheduling::{FindRequest, MAX_OFFERS, Target, Token, offers};
use jiff::Timestamp;
use jiff::civil::Weekday;

use crate::address::is_id;

/// Longest text that is kept, in characters. What a hospital tells people to bring fits well.
const LONGEST_TEXT: usize = 500;
/// Longest telephone number that is kept, with its spaces and extension.
const LONGEST_PHONE: usize = 40;

/// The directory in the answer to [`anban_wire::directory::DIRECTORY_QUERY`].
pub(crate) fn directory(body: &[u8], now: Timestamp) -> Result<Directory, Trouble> {
    let bundle = searchset(body)?;
    let today = CITY_OFFSET.to_datetime(now).date();
    let (mut hospitals, mut departments) = (Vec::new(), Vec::new());
    let mut ids = BTreeSet::new();
    for hospital in anban_wire::directory::read(&bundle) {
        let Some(name) = name(&hospital.name).filter(|_| is_id(&hospital.id)) else {
            continue;
        };
        for department in hospital.departments {
            let Some(name) = self::name(&department.name).filter(|_| is_id(&department.id)) else {
                continue;
            };
            if !ids.insert(department.id.clone()) {
                continue;
            }
            let on_site = department.on_site.filter(|quota| quota.date == today);
            departments.push(Department {
                id: department.id,
                hospital: hospital.id.clone(),
                name,
                phone: phone(department.telephone.as_deref()),
                counter: department.counter.as_ref().map(counter).unwrap_or_default(),
                bring: department.bring.as_ref().map(both).unwrap_or_default(),
                quota_today: on_site.map(|quota| quota.remaining),
            });
        }
        hospitals.push(Hospital {
            id: hospital.id,
            name,
            address: hospital.address.as_ref().map(both).unwrap_or_default(),
            phone: phone(hospital.telephone.as_deref()),
        });
    }
    // A hub without departments may be a new one; entries that all make no sense are another server's.
    if departments.is_empty() && !bundle.entry.is_empty() {
        return Err(Trouble::Rubbish);
    }
    Ok(Directory {
        fetched_at: now,
        hospitals,
        departments,
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
            practitioner: offer.practitioner.as_ref().and_then(name),
        })
        .collect();
    slots.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    let mut ids = BTreeSet::new();
    slots.retain(|slot| ids.insert(slot.id.clone()));
    Ok(Timetable {
        department: department.to_owned(),
        fetched_at: now,
        slots,
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

/// A name in both languages; none where there is no Chinese one.
fn name(text: &Text) -> Option<Words> {
    Some(both(text)).filter(|words| !words.chinese.is_empty())
}

fn both(text: &Text) -> Words {
    Words {
        chinese: clean(&text.zh, LONGEST_TEXT),
        english: text
            .en
            .as_deref()
            .map(|text| clean(text, LONGEST_TEXT))
            .unwrap_or_default(),
    }
}

fn phone(text: Option<&str>) -> String {
    text.map(|text| clean(text, LONGEST_PHONE)).unwrap_or_default()
}

/// A counter in one sentence: where it is, and when it is open.
fn counter(counter: &Counter) -> Words {
    let place = both(&counter.place);
    let chinese: Vec<_> = counter
        .hours
        .iter()
        .map(|hours| open(hours, Language::Chinese))
        .collect();
    let english: Vec<_> = counter
        .hours
        .iter()
        .map(|hours| open(hours, Language::English))
        .collect();
    let with = |place: String, stop: &str, hours: Vec<String>, comma: &str| {
        if place.is_empty() || hours.is_empty() {
            place
        } else {
            clean(&format!("{place}{stop}{}", hours.join(comma)), LONGEST_TEXT)
        }
    };
    Words {
        chinese: with(place.chinese, "，", chinese, "，"),
        english: with(place.english, ", ", english, ", "),
    }
}

/// "星期一至星期五 上午八点至下午五点", "Monday to Friday 8:00 in the morning to 5:00 in the afternoon".
fn open(hours: &Hours, language: Language) -> String {
    let words = words::Words::of(language);
    let (to, and) = if language == Language::English {
        (" to ", ", ")
    } else {
        ("至", "、")
    };
    let named = |day: DayOfWeek| time::weekday(words, weekday(day));
    let mut days: Vec<_> = hours.days.iter().copied().collect();
    days.sort_by_key(|day| weekday(*day).to_monday_zero_offset());
    days.dedup();
    let runs = days.chunk_by(|a, b| weekday(*b).to_monday_zero_offset() == weekday(*a).to_monday_zero_offset() + 1);
    let said = runs.map(|run| match run {
        [first, .., last] if run.len() > 2 => format!("{}{to}{}", named(*first), named(*last)),
        few => few.iter().map(|day| named(*day)).collect::<Vec<_>>().join(and),
    });
    let days = said.collect::<Vec<_>>().join(and);
    let span = format!(
        "{}{to}{}",
        time::clock(words, hours.from),
        time::clock(words, hours.until)
    );
    if days.is_empty() {
        span
    } else {
        format!("{days} {span}")
    }
}

fn weekday(day: DayOfWeek) -> Weekday {
    match day {
        DayOfWeek::Mon => Weekday::Monday,
        DayOfWeek::Tue => Weekday::Tuesday,
        DayOfWeek::Wed => Weekday::Wednesday,
        DayOfWeek::Thu => Weekday::Thursday,
        DayOfWeek::Fri => Weekday::Friday,
        DayOfWeek::Sat => Weekday::Saturday,
        DayOfWeek::Sun => Weekday::Sunday,
    }
}

/// A text from elsewhere in one line: white space joined, control characters and marks that turn the direction of
/// writing (which could show one thing and say another) left out, cut at `longest` characters.
fn clean(text: &str, longest: usize) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words = text
        .split(char::is_whitespace)
        .map(|word| word.chars().filter(|c| !c.is_control() && !turns(*c)));
    let words = words.map(String::from_iter).filter(|word: &String| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(longest).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
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
            eye.counter.chinese,
            "门诊楼 3 号窗口，星期一至星期五 上午八点至下午五点，星期六 上午八点至中午十二点"
        );
        assert_eq!(
            eye.counter.english,
            "Counter 3, Monday to Friday 8:00 in the morning to 5:00 in the afternoon, Saturday 8:00 in the morning to 12:00 at noon"
        );
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

    #[test]
    fn texts_are_one_clean_line() {
        assert_eq!(clean(" 门诊楼\n\t一层 \u{202e}3\u{0} 号 ", 100), "门诊楼 一层 3 号");
        assert_eq!(clean(&"长".repeat(900), LONGEST_TEXT).chars().count(), LONGEST_TEXT);
    }

    fn is_clean(words: &Words) -> bool {
        [&words.chinese, &words.english]
            .into_iter()
            .all(|text| *text == clean(text, LONGEST_TEXT))
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
