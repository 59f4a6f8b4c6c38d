//! A relative books for an elder, who sees it and does not want it; and the hub dies in between.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::appointments::{self, VisitState};
use anban_core::entry::Field;
use anban_core::store::Records;
use anban_core::view::View;

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, choice, choices, kept, question, tells, word};

/// The digits on the elder's screen.
fn digits(person: &mut Person) -> String {
    let family = person.opens(Page::Family);
    let whom = person.taps(&family, "family-invite").view;
    let invitation = person.taps(&whom, "DAU").view;
    assert_eq!(invitation.page, Page::Invitation, "{:?}", invitation.reading);
    question(&invitation).facts[0].value.replace('\n', "")
}

/// The first hospital on the page that begins a booking; other ways to a doctor stand above it.
fn a_hospital(view: &View) -> Command {
    let is_hospital =
        |command: &&Command| matches!(command, Command::Appointments(appointments::Command::ChooseHospital(_)));
    let mut commands = choices(view).into_iter().map(|choice| &choice.command);
    commands
        .find(is_hospital)
        .unwrap_or_else(|| panic!("no hospital: {:?}", view.reading))
        .clone()
}

fn only_visit(records: &Records) -> &appointments::Visit {
    let visits: Vec<_> = records.visits.values().collect();
    let [visit] = visits[..] else { panic!("{visits:?}") };
    visit
}

#[test]
fn a_relative_books_for_the_elder_who_refuses_it_and_it_is_gone_from_both_though_the_hub_dies_in_between() {
    let (elders, relatives, data) = (Home::new(), Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let (url, address) = (hub.url.clone(), hub.address().to_owned());
    let mut elder = Person::welcomed(&elders, &["--hub", &url], "王秀英");
    let mut relative = Person::welcomed(&relatives, &["--hub", &url], "王小明");

    // Eight digits, told by telephone.
    let digits = digits(&mut elder);
    assert!(digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()));
    let family = relative.opens(Page::Family);
    relative.taps(&family, "family-help");
    tells(&relative.enters(Field::InvitationCode, &digits).view, "held-title");

    // The daughter books for her mother.
    let whom = relative.does(Command::Appointments(appointments::Command::Begin)).view;
    assert_eq!(whom.page, Page::ForWhom);
    let mother = choices(&whom)[1].clone();
    assert!(mother.text.contains("王秀英"));
    let hospitals = relative.does(mother.command).view;
    let departments = relative.does(a_hospital(&hospitals)).view;
    let department = relative.does(choices(&departments)[0].command.clone()).view;
    let soonest = choice(&department, "department-soonest").command.clone();
    let Command::Appointments(appointments::Command::ChooseTime(chosen)) = &soonest else {
        panic!("{soonest:?}")
    };
    let slot = chosen.slot.clone().unwrap();
    let sure = relative.does(soonest).view;
    tells(&relative.taps(&sure, "confirm-yes").view, "booked-title");
    assert_eq!(hub.slot_status(&slot), "busy");

    // The hub is killed and started again; the mother's device sees what was booked.
    drop(hub);
    hub = Hub::listening(data.path(), &address);
    elder.network_is_back();
    let home = elder.does(Command::Home).view;
    let banner = choice(&home, "news").clone();
    let daughter = word(&home, "relationship-DAU");
    assert!(banner.text.contains(&daughter), "{banner:?}");
    let news = elder.does(banner.command).view;
    assert_eq!(news.page, Page::News);

    // She does not want it, and the hub is away at that moment.
    drop(hub);
    let really = elder.taps(&news, "news-not").view;
    let waiting = elder.taps(&really, "decline-yes").view;
    tells(&waiting, "visit-cancel-not-confirmed");
    hub = Hub::listening(data.path(), &address);
    elder.network_is_back();
    assert_eq!(hub.slot_status(&slot), "free", "somebody else can have the time");

    // The daughter's device hears of it, with the reason.
    relative.network_is_back();
    let home = relative.does(Command::Home).view;
    let banner = choice(&home, "news").clone();
    assert!(banner.text.contains("王秀英"), "{banner:?}");
    relative.does(banner.command);
    elder.leaves();
    relative.leaves();
    for home in [&elders, &relatives] {
        let (records, _) = kept(home);
        let visit = only_visit(&records);
        assert_eq!((&visit.state, visit.heard.declined), (&VisitState::Cancelled, true));
        assert!(records.outbox.is_empty(), "{:?}", records.outbox);
    }
}

#[test]
fn who_may_not_act_any_more_is_told_so_and_nothing_is_lost() {
    let (elders, relatives, data) = (Home::new(), Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut elder = Person::welcomed(&elders, &["--hub", &hub.url], "王秀英");
    let mut relative = Person::welcomed(&relatives, &["--hub", &hub.url], "王小明");
    let digits = digits(&mut elder);
    let family = relative.opens(Page::Family);
    relative.taps(&family, "family-help");
    relative.enters(Field::InvitationCode, &digits);
    let whom = relative.does(Command::Appointments(appointments::Command::Begin)).view;
    let mother = choices(&whom)[1].command.clone();
    let hospitals = relative.does(mother).view;
    let departments = relative.does(a_hospital(&hospitals)).view;
    let department = relative.does(choices(&departments)[0].command.clone()).view;
    let sure = relative.taps(&department, "department-soonest").view;

    // The mother ends it while her daughter is about to book.
    elder.network_is_back();
    let family = elder.opens(Page::Family);
    let tie = elder.does(choices(&family)[0].command.clone()).view;
    assert_eq!(tie.page, Page::Tie, "{:?}", tie.reading);
    let end = elder.taps(&tie, "tie-end").view;
    tells(&elder.taps(&end, "end-tie-yes").view, "tie-ended-title");

    tells(&relative.taps(&sure, "confirm-yes").view, "book-refused-title");
    relative.leaves();
    let (records, _) = kept(&relatives);
    assert!(matches!(only_visit(&records).state, VisitState::Refused { .. }));
    assert_eq!(records.outbox.len(), 1, "it can be seen, and tried again");
}
