//! The pages of searches: each thing once, in order, to the end of the list, and no link but the hub's own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
mod support;

use anban_hub::{Config, Hub};
use anban_wire::fhir::{Bundle, Resource};
use device::Device;
use std::collections::BTreeSet;
use support::{postgres::Server, *};

fn link(bundle: &Bundle, relation: &str) -> Option<String> {
    let found = bundle.link.iter().find(|link| link.relation == relation);
    found.map(|link| link.url.clone())
}

/// The path of a link, which must be one of this hub.
#[track_caller]
fn path_of(base: &str, link: &str) -> String {
    link.strip_prefix(base).unwrap_or_else(|| panic!("{link}")).to_owned()
}

/// All pages from a first one on: the ids of each.
fn pages(base: &str, first: &str, get: impl Fn(&str) -> Answer) -> Vec<Vec<String>> {
    let (mut pages, mut path) = (vec![], first.to_owned());
    loop {
        let answer = get(&path);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let bundle = answer.bundle();
        let found = bundle
            .entry
            .iter()
            .filter(|entry| entry.search.as_ref().unwrap().mode != Some(anban_wire::fhir::SearchMode::Include))
            .map(|entry| entry.resource.as_ref().unwrap().id().unwrap().to_owned());
        pages.push(found.collect());
        let own = path_of(base, &link(&bundle, "self").unwrap());
        if pages.len() > 1 {
            assert_eq!(own, path, "a page says how it was reached");
        }
        match link(&bundle, "next") {
            Some(next) => path = path_of(base, &next),
            None => return pages,
        }
    }
}

#[track_caller]
fn are_whole(pages: &[Vec<String>], all: &[String], each: usize) {
    assert_eq!(pages.concat(), all);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let (last, before) = pages.split_last().unwrap();
    assert!(before.iter().all(|page| page.len() == each), "{pages:?}");
    assert!((1..=each).contains(&last.len()), "no empty page at the end: {pages:?}");
}

#[test]
fn every_search_goes_on_page_by_page_to_its_end_on_both_databases() {
    for database in [None, Some(Server::shared().database())] {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::start(Config {
            demo: true,
            database: database.clone(),
            requests_per_second: 0,
            clock: std::sync::Arc::new(|| MONDAY.parse().unwrap()),
            ..Config::new("127.0.0.1:0", data.path())
        })
        .unwrap();
        let base = hub.url();
        let slots = "/fhir/Slot?schedule=first-hospital-internal-s1&start=lt2026-11-26";
        for (search, each) in [
            (slots, 7),
            ("/fhir/Location?name=", 4),
            ("/fhir/Schedule?active=true", 10),
            (
                "/fhir/HealthcareService?active=true&_include=HealthcareService:location",
                5,
            ),
        ] {
            let all = pages(&base, search, |path| get(&base, path)).concat();
            assert!(all.len() > each, "{search}");
            let some = pages(&base, &format!("{search}&_count={each}"), |path| get(&base, path));
            are_whole(&some, &all, each);
            // The last page may be just full.
            let whole = pages(&base, &format!("{search}&_count={}", all.len()), |path| {
                get(&base, path)
            });
            assert_eq!(whole.len(), 1);
        }
        let none = get(&base, &format!("{slots}&_count=0")).bundle();
        assert!(none.total.unwrap() > 7 && none.entry.is_empty() && link(&none, "next").is_none());

        // A patient's visits, sifted by the database or by the hub, with one that is made in between.
        let elder = Device::register(&base, "王秀英");
        let offers = free(&base);
        let book = |at: usize| assert_eq!(elder.book(&offers[at].slot, &elder.patient).status, 200);
        (10..17).for_each(&book);
        let mine = format!("/fhir/Appointment?patient=Patient/{}", elder.patient);
        for more in ["", "&status=booked,pending"] {
            let all = pages(&base, &format!("{mine}{more}"), |path| elder.get(path)).concat();
            let some = pages(&base, &format!("{mine}{more}&_count=3"), |path| elder.get(path));
            are_whole(&some, &all, 3);
        }
        let first = elder
            .get(&format!("{mine}&_count=3&_include=Appointment:actor"))
            .bundle();
        let next = path_of(&base, &link(&first, "next").unwrap());
        book(0);
        let second = elder.get(&next).bundle();
        let seen: BTreeSet<_> = first.resources().filter_map(Resource::id).collect();
        let of_visits = |bundle: &Bundle| {
            let visits = bundle.resources().filter(|one| matches!(one, Resource::Appointment(_)));
            visits.map(|one| one.id().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!((of_visits(&second).len(), second.total), (3, Some(8)));
        assert!(of_visits(&second).iter().all(|id| !seen.contains(id.as_str())));
        assert!(
            second.resources().any(|one| matches!(one, Resource::Practitioner(_))),
            "it takes along as before"
        );

        // The trail grows by being read, at its other end.
        let trail = pages(&base, "/fhir/AuditEvent?_count=4", |path| elder.get(path));
        let ids: BTreeSet<_> = trail.iter().flatten().collect();
        assert_eq!(ids.len(), trail.concat().len());
        assert!(trail.len() > 3);
    }
}

#[test]
fn a_link_gives_no_right_names_nobody_and_is_of_no_use_when_damaged() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let slots: Vec<String> = free(&base).into_iter().map(|offer| offer.slot).take(3).collect();
    for slot in &slots {
        assert_eq!(book(&base, &wish(slot)).status, 200);
    }
    let form = format!(
        "patient.identifier={}%7C{NUMBER}&_count=2",
        anban_wire::systems::RESIDENT_IDENTITY
    );
    let asked = post(
        &base,
        "/fhir/Appointment/_search",
        "application/x-www-form-urlencoded",
        form.as_bytes(),
    );
    let next = path_of(&base, &link(&asked.bundle(), "next").unwrap());
    assert!(next.starts_with("/fhir/Appointment?page=") && !next.contains(NUMBER));
    let rest = get(&base, &next).bundle();
    assert_eq!((rest.entry.len(), rest.total, link(&rest, "next")), (1, Some(3), None));
    assert_eq!(get(&base, &next).bundle(), rest, "it may be followed again");
    assert_eq!(get(&base, &format!("{next}&_format=json")).status, 200);

    // Damaged, cut, of another search, with something else, made up.
    let word = next.split_once('=').unwrap().1;
    for place in (0..word.len()).step_by(7) {
        let other = if &word[place..=place] == "A" { "B" } else { "A" };
        let damaged = format!("{}{other}{}", &word[..place], &word[place + 1..]);
        assert_eq!(
            get(&base, &format!("/fhir/Appointment?page={damaged}")).status,
            400,
            "{place}"
        );
    }
    for wrong in [
        format!("/fhir/Slot?page={word}"),
        format!("/fhir/Appointment?page={}", &word[..word.len() / 2]),
        "/fhir/Appointment?page=".to_owned(),
        format!("/fhir/Appointment?page={}", "A".repeat(8000)),
        format!("{next}&_count=100"),
        format!("{next}&patient=Patient/other"),
    ] {
        let answer = get(&base, &wrong);
        assert_eq!((answer.status, refusal(&answer)), (400, None), "{wrong}");
    }

    // Another's link brings nothing that one may not see.
    let (elder, other) = (Device::register(&base, "王秀英"), Device::register(&base, "李大山"));
    for offer in free(&base).iter().take(2) {
        assert_eq!(elder.book(&offer.slot, &elder.patient).status, 200);
    }
    let search = format!("/fhir/Appointment?patient=Patient/{}&_count=1", elder.patient);
    let next = path_of(&base, &link(&elder.get(&search).bundle(), "next").unwrap());
    assert_eq!(elder.get(&next).bundle().entry.len(), 1);
    assert!(other.get(&next).bundle().entry.is_empty());
    let trail = elder.get(&format!("/fhir/AuditEvent?patient=Patient/{}&_count=1", elder.patient));
    let trail = path_of(&base, &link(&trail.bundle(), "next").unwrap());
    assert_eq!((other.get(&trail).status, get(&base, &trail).status), (403, 401));

    // Parameters that no link could hold are told, where there is another page.
    let long = format!("/fhir/Slot?_id={}&_count=", slots.join(",") + &",x".repeat(2500));
    assert_eq!(
        (
            get(&base, &format!("{long}3")).status,
            get(&base, &format!("{long}2")).status
        ),
        (200, 400)
    );
}

#[test]
fn a_hub_is_told_under_which_address_it_is_reached() {
    let data = tempfile::tempdir().unwrap();
    let hub = |url: &str| {
        Hub::start(Config {
            demo: true,
            public_url: Some(url.to_owned()),
            clock: std::sync::Arc::new(|| MONDAY.parse().unwrap()),
            ..Config::new("127.0.0.1:0", data.path())
        })
    };
    for wrong in [
        "",
        "hub.example",
        "ftp://hub.example",
        "https://me:x@hub.example",
        "https://hub.example/?x",
    ] {
        let error = hub(wrong).unwrap_err().to_string();
        assert!(error.contains("--public-url"), "{wrong}: {error}");
    }
    let hub = hub("https://hub.example/anban/").unwrap();
    let bundle = get(&hub.url(), "/fhir/Location?_count=2").bundle();
    assert!(
        link(&bundle, "next")
            .unwrap()
            .starts_with("https://hub.example/anban/fhir/Location?page=")
    );
    let url = bundle.entry[0].full_url.as_ref().unwrap();
    assert!(url.starts_with("https://hub.example/anban/fhir/Location/"), "{url}");
}
