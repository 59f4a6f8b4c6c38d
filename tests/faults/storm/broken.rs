//! The check itself: it passes a ledger that is right, and finds whatever is broken in one.

use uuid::Uuid;

use crate::ledger::{AppSide, AppVisit, Finding, HubSide, HubVisit, Ledger, Open, State, Wanted, What, check};

fn id(n: u32) -> Uuid {
    Uuid::from_u128(n.into())
}

fn wanted(number: u32, what: What) -> Wanted {
    Wanted {
        person: 0,
        number,
        what,
        acknowledged: true,
    }
}

/// One booked, one called off, one refused since the first has its slot; a card, a relative, a registration.
fn right() -> Ledger {
    let slot = || Some("s1".to_owned());
    let visit = |number, state| AppVisit {
        id: id(number),
        number,
        request: id(100 + number),
        slot: None,
        state,
        for_other: false,
        declined: false,
    };
    let at_hub = |number: u32, booked, slot: &str| HubVisit {
        id: format!("a{number}"),
        command: id(100 + number),
        booked,
        slot: slot.to_owned(),
    };
    Ledger {
        wanted: vec![
            wanted(1, What::Book { slot: slot() }),
            wanted(2, What::Book { slot: None }),
            wanted(3, What::Book { slot: slot() }),
            wanted(4, What::Cancel { visit: id(2) }),
            wanted(5, What::Card),
            wanted(6, What::Relative),
            wanted(7, What::Register { relative: 6 }),
            wanted(8, What::HealthCode),
        ],
        apps: vec![AppSide {
            visits: vec![
                visit(1, State::Booked("a1".to_owned())),
                visit(2, State::Cancelled),
                visit(3, State::Refused),
            ],
            cards: vec![5],
            relatives: vec![6],
            own: 1,
            open: vec![Open::Visit(id(3))],
            ..AppSide::default()
        }],
        hub: HubSide {
            appointments: vec![at_hub(1, true, "s1"), at_hub(2, false, "s2")],
            taken: ["s1".to_owned()].into(),
            registered: [6].into(),
            ..HubSide::default()
        },
    }
}

#[track_caller]
fn finds(what_breaks: impl FnOnce(&mut Ledger), is_expected: impl Fn(&Finding) -> bool) {
    let mut ledger = right();
    what_breaks(&mut ledger);
    let findings = check(&ledger);
    assert!(findings.iter().any(is_expected), "{findings:?}");
}

fn lost(finding: &Finding) -> bool {
    matches!(finding, Finding::Lost(_))
}

fn doubled(finding: &Finding) -> bool {
    matches!(finding, Finding::Doubled(_))
}

fn disagree(finding: &Finding) -> bool {
    matches!(finding, Finding::Disagree(_))
}

#[test]
fn a_ledger_that_is_right_passes() {
    assert_eq!(check(&right()), []);
}

#[test]
fn what_was_acknowledged_and_is_gone_is_found() {
    finds(|it| it.apps[0].visits.retain(|visit| visit.number != 1), lost);
    finds(|it| it.apps[0].cards.clear(), lost);
    finds(|it| it.apps[0].relatives.clear(), lost);
    finds(|it| it.apps[0].own = 0, lost);
    finds(|it| it.hub.registered.clear(), lost);
    finds(|it| it.apps[0].visits[1].state = State::Booked("a2".to_owned()), lost);
}

#[test]
fn a_booking_that_the_hub_has_forgotten_is_found() {
    finds(|it| it.hub.appointments.retain(|one| one.id != "a1"), lost);
}

#[test]
fn what_is_there_twice_is_found() {
    finds(|it| it.apps[0].cards.push(5), doubled);
    finds(|it| it.apps[0].relatives.push(6), doubled);
    let again = |it: &mut Ledger| {
        let copy = AppVisit {
            id: id(9),
            ..it.apps[0].visits[0].clone()
        };
        it.apps[0].visits.push(copy);
    };
    finds(again, doubled);
    let second_appointment = |it: &mut Ledger| {
        let copy = HubVisit {
            id: "a9".to_owned(),
            slot: "s9".to_owned(),
            ..it.hub.appointments[0].clone()
        };
        it.hub.appointments.push(copy);
    };
    finds(second_appointment, doubled);
}

#[test]
fn a_slot_that_two_have_or_that_nobody_known_has_is_found() {
    let two = |it: &mut Ledger| {
        let copy = HubVisit {
            id: "a9".to_owned(),
            command: id(9),
            ..it.hub.appointments[0].clone()
        };
        it.hub.appointments.push(copy);
    };
    finds(two, doubled);
    finds(|it| _ = it.hub.taken.insert("s7".to_owned()), doubled);
    finds(|it| it.hub.taken.clear(), disagree);
}

#[test]
fn sides_that_say_different_things_are_found() {
    finds(|it| it.hub.appointments[0].booked = false, disagree);
    finds(|it| it.hub.appointments[0].id = "a7".to_owned(), disagree);
    finds(|it| it.apps[0].visits[0].state = State::Cancelled, disagree);
    finds(|it| it.apps[0].visits[0].state = State::Refused, disagree);
    finds(|it| it.hub.unknown_documents.push("d".to_owned()), disagree);
}

#[test]
fn a_visit_that_nobody_called_off_or_that_was_refused_without_a_rival_is_found() {
    finds(|it| it.wanted.retain(|wanted| wanted.number != 4), lost);
    finds(|it| it.wanted.retain(|wanted| wanted.number != 1), lost);
}

#[test]
fn a_visit_that_was_moved_is_refused_only_where_somebody_else_wants_the_time_that_it_was_moved_to() {
    let moved = |it: &mut Ledger| {
        // The third has moved to a time of its own; the hub forgets it, and refuses it when it is asked for again.
        let to = || "s9".to_owned();
        it.wanted.push(wanted(
            9,
            What::Move {
                visit: id(3),
                slot: to(),
            },
        ));
        it.apps[0].visits[2].slot = Some(to());
    };
    finds(moved, lost);
    let mut ledger = right();
    moved(&mut ledger);
    let rival = What::Book {
        slot: Some("s9".to_owned()),
    };
    ledger.wanted.push(Wanted {
        acknowledged: false,
        ..wanted(10, rival)
    });
    assert_eq!(check(&ledger), []);
}

#[test]
fn a_wish_without_a_request_is_lost_and_one_with_it_is_still_open() {
    finds(
        |it| {
            it.apps[0].visits[2].state = State::Waiting;
            it.apps[0].open.clear();
        },
        lost,
    );
    finds(
        |it| it.apps[0].visits[2].state = State::Waiting,
        |finding| matches!(finding, Finding::StillOpen(_)),
    );
}

#[test]
fn what_was_not_acknowledged_may_be_missing_but_not_doubled() {
    let mut ledger = right();
    ledger.wanted[4].acknowledged = false;
    ledger.apps[0].cards.clear();
    assert_eq!(check(&ledger), []);
    ledger.apps[0].cards = vec![5, 5];
    assert_eq!(check(&ledger).len(), 1);
}

/// The first person lets a second one act for them, who has booked two visits; one of them was not wanted.
fn with_a_family(it: &mut Ledger) {
    let tie = || vec!["t".to_owned()];
    let visit = |app: u32, number: u32, state: State| AppVisit {
        id: id(app + number),
        number,
        request: id(100 + number),
        slot: Some(format!("s{number}")),
        for_other: app == 50,
        declined: state == State::Cancelled,
        state,
    };
    let booked = |number: u32| State::Booked(format!("a{number}"));
    it.apps[0].given = tie();
    it.apps[0].invited = true;
    it.apps[0]
        .visits
        .extend([visit(70, 11, booked(11)), visit(70, 12, State::Cancelled)]);
    it.apps.push(AppSide {
        visits: vec![visit(50, 11, booked(11)), visit(50, 12, State::Cancelled)],
        held: tie(),
        ..AppSide::default()
    });
    let at_hub = |number: u32, booked| HubVisit {
        id: format!("a{number}"),
        command: id(100 + number),
        booked,
        slot: format!("s{number}"),
    };
    it.hub.appointments.extend([at_hub(11, true), at_hub(12, false)]);
    it.hub.taken.insert("s11".to_owned());
    it.hub.ties = tie();
    let second = |number, what| Wanted {
        person: 1,
        ..wanted(number, what)
    };
    let book = |number: u32| What::Book {
        slot: Some(format!("s{number}")),
    };
    it.wanted.extend([
        wanted(9, What::Invite),
        second(10, What::Accept),
        second(11, book(11)),
        second(12, book(12)),
        wanted(13, What::Decline { visit: id(82) }),
    ]);
    // The numbers on the elder's device are those of nobody's commands.
    it.apps[0].visits[3].number = 0;
    it.apps[0].visits[4].number = 0;
}

#[test]
fn a_familys_ledger_that_is_right_passes() {
    let mut ledger = right();
    with_a_family(&mut ledger);
    assert_eq!(check(&ledger), []);
}

#[test]
fn what_a_relative_has_booked_and_the_elder_does_not_see_or_refuses_in_vain_is_found() {
    let finds = |what_breaks: fn(&mut Ledger), is_expected: fn(&Finding) -> bool| {
        let broken = |it: &mut Ledger| {
            with_a_family(it);
            what_breaks(it);
        };
        finds(broken, is_expected);
    };
    finds(|it| _ = it.apps[0].visits.remove(3), lost);
    finds(|it| it.apps[1].visits[1].declined = false, disagree);
    finds(
        |it| it.apps[1].visits[1].state = State::Booked("a12".to_owned()),
        disagree,
    );
    finds(|it| it.apps[0].visits[4].state = State::Booked("a12".to_owned()), lost);
    finds(|it| it.apps[1].visits[0].state = State::Cancelled, disagree);
    // A hub that has never heard of it excuses nobody who thinks that it was called off for no reason.
    let forgets = |it: &mut Ledger| {
        it.hub.appointments.retain(|one| one.command != id(112));
        it.apps[1].visits[1].declined = false;
    };
    finds(forgets, disagree);
}

#[test]
fn a_visit_that_the_hub_has_forgotten_may_have_ended_for_each_in_their_own_way() {
    let mut ledger = right();
    with_a_family(&mut ledger);
    ledger.hub.appointments.retain(|one| one.command != id(112));
    let theirs = &mut ledger.apps[1].visits[1];
    (theirs.declined, theirs.state) = (false, State::Refused);
    ledger.apps[1].open = vec![Open::Visit(id(62))];
    // Somebody else has the time now.
    let rival = What::Book {
        slot: Some("s12".to_owned()),
    };
    ledger.wanted.push(Wanted {
        acknowledged: false,
        ..wanted(14, rival)
    });
    assert_eq!(check(&ledger), []);
    ledger.apps[1].visits[1].state = State::Cancelled;
    let cancel = What::Cancel { visit: id(62) };
    ledger.wanted.push(Wanted {
        person: 1,
        ..wanted(15, cancel)
    });
    assert_eq!(check(&ledger), []);
}

#[test]
fn ties_that_not_everybody_knows_are_found() {
    let finds = |what_breaks: fn(&mut Ledger), is_expected: fn(&Finding) -> bool| {
        let broken = |it: &mut Ledger| {
            with_a_family(it);
            what_breaks(it);
        };
        finds(broken, is_expected);
    };
    finds(|it| it.hub.ties.clear(), disagree);
    finds(|it| it.apps[0].given.clear(), disagree);
    finds(|it| it.apps[1].held.clear(), lost);
    finds(|it| it.apps[1].held.push("u".to_owned()), doubled);
    finds(|it| it.apps[0].invited = false, lost);
}

#[test]
fn a_visit_that_was_moved_on_one_side_alone_or_not_at_all_is_found() {
    let moved = |it: &mut Ledger| {
        let slot = "s5".to_owned();
        it.wanted.push(wanted(
            9,
            What::Move {
                visit: id(1),
                slot: slot.clone(),
            },
        ));
        it.apps[0].visits[0].slot = Some(slot.clone());
        it.hub.appointments[0].slot = slot.clone();
        it.hub.taken = [slot].into();
    };
    let mut right = right();
    moved(&mut right);
    assert_eq!(check(&right), []);
    finds(
        |it| {
            moved(it);
            it.apps[0].visits[0].slot = Some("s1".to_owned());
        },
        disagree,
    );
    finds(
        |it| {
            moved(it);
            it.apps[0].visits[0].slot = Some("s1".to_owned());
            it.hub.appointments[0].slot = "s1".to_owned();
            it.hub.taken = ["s1".to_owned()].into();
        },
        lost,
    );
}
