//! The jobs of the app from end to end, without a screen: the real programs `anban headless`, `anban import`,
//! `anban print` and `anban-hub`, the real store, the real network.
//!
//! Each test is told as a person's story. What a page says is looked up by its key, so that better words break nothing;
//! what an answer means is the command on its button, so that a flow is tapped through as a person would.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;

mod calendar;
mod card;
mod cash;
mod certificate;
mod checkpoint;
mod day;
mod doctor;
mod every_paper;
mod family;
mod family_doctor;
mod full_round;
mod health_code;
mod network;
mod paper;
mod plain_server;
mod print_queue;
mod refresh;
mod registration;
mod relative;
mod restored;
mod revocation;
mod tls;

use anban_core::Command;
use anban_core::appointments;
use anban_core::effect::Effect;
use anban_core::ids::{RequestId, VisitId};
use anban_core::outbox::Request;
use anban_core::view::View;
use common::person::Person;
pub use common::person::at_a_department;

/// A number of region 990101, which does not exist, with its check character by ISO 7064 MOD 11-2 (GB 11643).
pub fn identity_number(first_17: &str) -> String {
    // From the right: each digit counts its value times the power of 2 of its place.
    let digits: Vec<u32> = first_17.chars().map(|c| c.to_digit(10).unwrap()).collect();
    assert_eq!(digits.len(), 17);
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(1..)
        .map(|(digit, place)| digit * (2_u32.pow(place) % 11))
        .sum();
    let check = (12 - sum % 11) % 11;
    format!(
        "{first_17}{}",
        if check == 10 { "X".to_owned() } else { check.to_string() }
    )
}

#[test]
fn the_check_character_is_that_of_the_standard() {
    // The examples of GB 11643-1999, annex A.
    assert_eq!(identity_number("11010519491231002"), "11010519491231002X");
    assert_eq!(identity_number("44052418800101001"), "440524188001010014");
}

/// Chooses the soonest free time there; the page that asks whether it is right, and the slot.
pub fn at_the_soonest_time(person: &mut Person) -> (View, String) {
    let department = at_a_department(person);
    let soonest = common::person::choice(&department, "department-soonest");
    let Command::Appointments(appointments::Command::ChooseTime(chosen)) = &soonest.command else {
        panic!("{soonest:?}");
    };
    let slot = chosen.slot.clone().unwrap();
    let sure = person.taps(&department, "department-soonest").view;
    (sure, slot)
}

/// The booking that is sent in these effects.
pub fn sent_booking(effects: &[Effect]) -> Option<(RequestId, VisitId)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send {
            id,
            request: Request::BookVisit { visit, .. },
            ..
        } => Some((*id, *visit)),
        _ => None,
    })
}
