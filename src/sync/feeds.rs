//! What a hub's feeds and ties mean: pure translation, as in [`crate::listings`].
//!
//! An entry that can't be used (a kind that a newer hub has, an id that would not survive in a path) is left out alone;
//! the numbers of the feed go on.

use anban_core::appointments::{Booker, PlannedVisit, Words};
use anban_core::feed::{FeedEntry, FeedPage, HeardVisit, Notice, Standing};
use anban_core::ids::RequestId;
use anban_core::outbox::Trouble;
use anban_wire::accounts::{Grant, GrantsAnswer};
use anban_wire::directory::Text;
use anban_wire::feed::{PatientContent, PatientEntry, SlotFeed};
use anban_wire::fhir::{Appointment, AppointmentStatus, CarePlan, Reference};
use anban_wire::visit_day::VisitDay;
use anban_wire::{CommandId, care_plan, systems};
use serde::Deserialize;
use serde_json::Value;

use crate::address::is_id;
use crate::texts;

/// Longest name of a person.
const LONGEST_NAME: usize = 64;
/// Longest words of the day of a visit.
const LONGEST_PLACE: usize = 200;
/// More steps than any day of a visit has.
const MOST_STEPS: usize = 10;
/// More ties than anybody has.
const MOST_GRANTS: usize = 100;
/// Longest epoch that is kept.
const LONGEST_EPOCH: usize = 100;

/// A part of a feed, its entries not read yet.
#[derive(Deserialize)]
struct Raw {
    epoch: String,
    head: u64,
    next: u64,
    more: bool,
    entries: Vec<Value>,
}

/// A part of a patient's feed that was asked for after that number.
pub(crate) fn patient(body: &[u8], after: u64) -> Result<FeedPage, Trouble> {
    let raw: Raw = serde_json::from_slice(body).map_err(|_| Trouble::Rubbish)?;
    // A cursor that runs ahead of the feed would miss what comes; one that goes back is a hub that was restored.
    if raw.next > raw.head.max(after) || raw.epoch.len() > LONGEST_EPOCH {
        return Err(Trouble::Rubbish);
    }
    let entries = raw.entries.into_iter();
    let entries = entries.filter_map(|entry| serde_json::from_value::<PatientEntry>(entry).ok());
    Ok(FeedPage {
        epoch: raw.epoch,
        head: raw.head,
        next: raw.next,
        more: raw.more,
        entries: entries.filter_map(|entry| content(entry.content)).collect(),
    })
}

fn content(content: PatientContent) -> Option<FeedEntry> {
    Some(match content {
        PatientContent::Appointment { appointment } => FeedEntry::Visit(visit(&appointment)?),
        PatientContent::VisitDay { day } => FeedEntry::Day(self::day(day)?),
        PatientContent::Grant { grant } => FeedEntry::Grant(self::grant(grant)?),
        PatientContent::GrantEnded { grant } => FeedEntry::GrantEnded {
            grant: Some(grant).filter(|id| is_id(id))?,
        },
        PatientContent::CarePlan { plan } => FeedEntry::Plan(self::plan(&plan)?),
        PatientContent::Notice {
            id,
            at,
            chinese,
            english,
            appointment,
        } => FeedEntry::Notice(Notice {
            id: Some(id).filter(|id| is_id(id))?,
            at,
            words: texts::both(&Text {
                zh: chinese,
                en: Some(english),
            }),
            appointment: appointment.filter(|id| is_id(id)),
            read: false,
        }),
    })
}

fn visit(appointment: &Appointment) -> Option<HeardVisit> {
    let id = |id: &str| Some(id.to_owned()).filter(|id| is_id(id));
    let standing = match appointment.status {
        AppointmentStatus::Booked
        | AppointmentStatus::Arrived
        | AppointmentStatus::CheckedIn
        | AppointmentStatus::Fulfilled => Standing::Booked,
        AppointmentStatus::Cancelled | AppointmentStatus::NoShow | AppointmentStatus::EnteredInError => {
            let reason = appointment.cancelation_reason.iter().flat_map(|reason| &reason.coding);
            let declined = |coding: &anban_wire::fhir::Coding| {
                coding.system.as_deref() == Some(systems::CANCELLATION)
                    && coding.code.as_deref() == Some(systems::DECLINED)
            };
            if reason.into_iter().any(declined) {
                Standing::Declined
            } else {
                Standing::Cancelled
            }
        }
        AppointmentStatus::Proposed | AppointmentStatus::Pending | AppointmentStatus::Waitlist => return None,
    };
    let named = |kind: &str| {
        let actors = appointment.participant.iter().filter_map(|part| part.actor.as_ref());
        let actor = actors.into_iter().find(|actor| actor.id_of(kind).is_some());
        actor.map(name).unwrap_or_default()
    };
    let start = appointment.start?;
    Some(HeardVisit {
        appointment: id(appointment.id.as_deref()?)?,
        command: CommandId::among(&appointment.identifier)
            .ok()
            .flatten()
            .map(|command| RequestId(command.0)),
        standing,
        start,
        end: appointment.end.unwrap_or(start),
        slot: appointment.slot_id().and_then(id),
        department: appointment
            .participant_id("HealthcareService")
            .and_then(id)
            .unwrap_or_default(),
        department_name: named("HealthcareService"),
        hospital_name: named("Location"),
        booked_by: appointment
            .extension
            .iter()
            .find(|extension| extension.url == systems::BOOKED_BY)
            .and_then(|extension| extension.value_reference.as_ref())
            .map(|who| Booker {
                grant: who.id_of("RelatedPerson").and_then(id),
                name: texts::clean(who.display.as_deref().unwrap_or_default(), LONGEST_NAME),
            }),
    })
}

/// What is still to be done of a plan, by the names that stand in it; nothing of one that does not hold any more.
fn plan(plan: &CarePlan) -> Option<anban_core::appointments::CarePlan> {
    let id = plan.id.clone().filter(|id| is_id(id))?;
    let author = plan.author.as_ref().and_then(|author| author.display.as_deref());
    let mut visits = Vec::new();
    if care_plan::holds(plan) {
        let details = plan.activity.iter().filter_map(|activity| activity.detail.as_ref());
        for (planned, detail) in care_plan::planned(plan).ok()?.into_iter().zip(details) {
            let named = |kind: &str| {
                let performer = detail.performer.iter().find(|one| one.id_of(kind).is_some());
                performer.map(name).unwrap_or_default()
            };
            let practitioner = Some(named("Practitioner")).filter(|name| !name.chinese.is_empty());
            if planned.is_open {
                visits.push(PlannedVisit {
                    department_name: named("HealthcareService"),
                    department: planned.department,
                    practitioner,
                    purpose: texts::both(&planned.purpose),
                    first: planned.first,
                    every: planned.every,
                    last: planned.last,
                    answers: Default::default(),
                });
            }
        }
    }
    Some(anban_core::appointments::CarePlan {
        id,
        patient: None,
        author: texts::clean(author.unwrap_or_default(), LONGEST_NAME),
        title: texts::both(&Text {
            zh: plan.title.clone().unwrap_or_default(),
            en: plan
                .title_element
                .as_ref()
                .and_then(|element| element.translation("en"))
                .map(str::to_owned),
        }),
        visits,
    })
}

fn name(reference: &Reference) -> Words {
    let translated = reference.display_element.as_ref();
    texts::both(&Text {
        zh: reference.display.clone().unwrap_or_default(),
        en: translated
            .and_then(|element| element.translation("en"))
            .map(str::to_owned),
    })
}

/// The day of a visit, its words made fit for the screen.
pub(crate) fn day(mut day: VisitDay) -> Option<VisitDay> {
    let place = |text: &mut String| *text = texts::clean(text, LONGEST_PLACE);
    for text in [&mut day.ticket, &mut day.room, &mut day.room_english] {
        place(text);
    }
    day.steps.truncate(MOST_STEPS);
    for step in &mut day.steps {
        for text in [
            &mut step.counter,
            &mut step.counter_english,
            &mut step.machine,
            &mut step.machine_english,
        ] {
            place(text);
        }
    }
    is_id(&day.appointment).then_some(day)
}

/// A grant, its names made fit for the screen.
pub(crate) fn grant(grant: Grant) -> Option<Grant> {
    let usable = is_id(&grant.id) && is_id(&grant.patient);
    usable.then(|| Grant {
        patient_name: texts::clean(&grant.patient_name, LONGEST_NAME),
        helper_name: texts::clean(&grant.helper_name, LONGEST_NAME),
        ..grant
    })
}

/// Who may act for whom.
pub(crate) fn grants(body: &[u8]) -> Result<GrantsAnswer, Trouble> {
    let answer: GrantsAnswer = serde_json::from_slice(body).map_err(|_| Trouble::Rubbish)?;
    let usable = |grants: Vec<Grant>| grants.into_iter().filter_map(grant).take(MOST_GRANTS).collect();
    Ok(GrantsAnswer {
        given: usable(answer.given),
        held: usable(answer.held),
    })
}

/// A part of a department's feed that was asked for after that number.
pub(crate) fn times(body: &[u8], after: u64) -> Result<SlotFeed, Trouble> {
    let mut feed: SlotFeed = serde_json::from_slice(body).map_err(|_| Trouble::Rubbish)?;
    if feed.next > feed.head.max(after) || feed.epoch.len() > LONGEST_EPOCH {
        return Err(Trouble::Rubbish);
    }
    feed.slots.retain(|slot| is_id(&slot.id) && slot.start < slot.end);
    for slot in &mut feed.slots {
        slot.schedule = Some(std::mem::take(&mut slot.schedule))
            .filter(|id| is_id(id))
            .unwrap_or_default();
    }
    Ok(feed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary::{damaged, json};

    #[test]
    fn a_plan_is_what_is_still_to_be_done_of_it() {
        let plan = |status: &str, second: &str| {
            let detail = |status: &str, day: &str| {
                format!(
                    r#"{{"detail":{{"status":"{status}","scheduledPeriod":{{"start":"{day}"}},"description":" 量\n血压 ",
                    "performer":[{{"reference":"HealthcareService/d1","display":"心内科"}},
                                 {{"reference":"Practitioner/p1","display":"张大夫"}}]}}}}"#
                )
            };
            let body = format!(
                r#"{{"epoch":"e1","head":1,"next":1,"more":false,"entries":[{{"sequence":1,"kind":"care-plan","plan":{{
                "resourceType":"CarePlan","id":"c1","status":"{status}","intent":"plan","subject":{{"reference":"Patient/p"}},
                "author":{{"display":"李大夫"}},"activity":[{},{}]}}}}]}}"#,
                detail("scheduled", "2026-12-01"),
                detail(second, "2027-03-01")
            );
            patient(body.as_bytes(), 0).unwrap().entries
        };
        let both = plan("active", "scheduled");
        let FeedEntry::Plan(read) = &both[0] else {
            unreachable!("a plan")
        };
        assert_eq!((read.author.as_str(), read.visits.len()), ("李大夫", 2));
        assert_eq!(read.visits[0].purpose.chinese, "量 血压");
        assert_eq!(read.visits[0].practitioner.as_ref().unwrap().chinese, "张大夫");
        let of = |entries: Vec<FeedEntry>| match &entries[..] {
            [FeedEntry::Plan(plan)] => plan.visits.len(),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(of(plan("active", "cancelled")), 1);
        assert_eq!(of(plan("revoked", "scheduled")), 0, "it has ended");
        assert!(plan("unheard-of", "scheduled").is_empty(), "left out alone");
    }

    const FEED: &str = r#"{"epoch":"e1","head":9,"next":7,"more":true,"entries":[
        {"sequence":5,"kind":"appointment","appointment":{"resourceType":"Appointment","id":"a1","status":"booked",
          "start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:30:00Z","slot":[{"reference":"Slot/s1"}],
          "identifier":[{"system":"https://anban.example/command","value":"00000000-0000-0000-0000-000000000001"}],
          "extension":[{"url":"https://anban.example/fhir/StructureDefinition/booked-by",
            "valueReference":{"reference":"RelatedPerson/g1","display":" 王 小\n明 "}}],
          "participant":[{"status":"accepted","actor":{"reference":"HealthcareService/d1","display":"心内科"}}]}},
        {"sequence":6,"kind":"something-new","of":[1,2,3]},
        {"sequence":7,"kind":"grant-ended","grant":"g2"}]}"#;

    #[test]
    fn what_is_not_known_is_left_out_and_the_numbers_go_on() {
        let page = patient(FEED.as_bytes(), 4).unwrap();
        assert_eq!((page.next, page.head, page.more, page.entries.len()), (7, 9, true, 2));
        let FeedEntry::Visit(visit) = &page.entries[0] else {
            unreachable!("the first is a visit")
        };
        let booker = Booker {
            grant: Some("g1".to_owned()),
            name: "王 小 明".to_owned(),
        };
        assert_eq!(
            (visit.department.as_str(), visit.booked_by.as_ref()),
            ("d1", Some(&booker))
        );
        assert_eq!(visit.department_name.chinese, "心内科");
    }

    #[test]
    fn a_cursor_never_runs_ahead_of_the_feed() {
        let ahead = FEED.replace("\"next\":7", "\"next\":70");
        assert_eq!(patient(ahead.as_bytes(), 4), Err(Trouble::Rubbish));
        let restored = FEED
            .replace("\"head\":9", "\"head\":3")
            .replace("\"next\":7", "\"next\":4");
        assert_eq!(
            patient(restored.as_bytes(), 4).unwrap().head,
            3,
            "what a restored hub says is passed on"
        );
    }

    proptest! {
        #[test]
        fn a_damaged_feed_names_nothing_that_leads_out_of_its_folder(body in damaged(FEED), after in 0..20_u64) {
            if let Ok(page) = patient(body.to_string().as_bytes(), after) {
                prop_assert!(page.next <= page.head.max(after));
                for entry in page.entries {
                    if let FeedEntry::Visit(visit) = entry {
                        prop_assert!(is_id(&visit.appointment) && visit.slot.is_none_or(|slot| is_id(&slot)));
                    }
                }
            }
        }

        #[test]
        fn no_json_makes_the_readers_panic(body in json()) {
            let body = body.to_string();
            let _ = (patient(body.as_bytes(), 1), grants(body.as_bytes()), times(body.as_bytes(), 1));
        }
    }
}
