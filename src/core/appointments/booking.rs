//! Booking: what is written when the person asks, and what each answer of the hospital changes.

use jiff::Timestamp;

use super::{
    Command, Heard, Notes, Offer, Refusal, Screen, Visit, VisitState, Wish, agenda, chosen_department, hospital,
    moving, offers,
};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::entry::Field;
use crate::feed;
use crate::ids::VisitId;
use crate::outbox::{Lane, OutboxItem, Request};
use crate::result::{Outcome, Sentence, date_value, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

pub(super) fn book(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some((department, time)) = chosen_department(turn.core)
        .cloned()
        .zip(turn.core.screen.appointments.time.clone())
    else {
        // A second tap finds the booking done and leaves it on the screen.
        if turn.core.page() == Page::ConfirmVisit {
            turn.open(Page::Hospitals);
        }
        return Ok(());
    };
    if let Some(id) = turn.core.screen.appointments.moving {
        return moving::ask(turn, id, time);
    }
    let for_patient = turn.core.screen.appointments.patient.clone();
    let owner = &turn.core.records.profile.name;
    let patient = for_patient.as_ref().map_or(owner, |patient| &patient.name).clone();
    if patient.is_empty() {
        // The name is asked once, and the booking goes on by itself.
        turn.ask(Field::Name, AppCommand::Appointments(Command::BookVisit));
        return Ok(());
    }
    let hospital = hospital(turn.core, &department.hospital).cloned();
    let wish = Wish {
        department: department.id.clone(),
        slot: time.slot,
        from: time.from,
        to: time.to,
        for_patient,
    };
    let same = |visit: &&Visit| {
        visit.wish == wish && matches!(visit.state, VisitState::NotConfirmed | VisitState::Booked { .. })
    };
    let asked = agenda::coming(turn.core).find(same).map(|visit| visit.id);
    if let Some(id) = asked {
        // A second tap on the same answer is not a second booking.
        turn.core.screen.appointments.visit = Some(id);
        turn.back_to(Page::Visits);
        turn.open(Page::Visit);
        return Ok(());
    }
    let id = VisitId(turn.uuid());
    let item = sync::item(
        turn,
        Request::BookVisit {
            visit: id,
            wish: wish.clone(),
            patient: patient.clone(),
        },
    );
    let visit = Visit {
        id,
        request: item.id,
        patient,
        start: wish.from,
        wish,
        place: department.counter.clone(),
        bring: department.bring.clone(),
        phone: if department.phone.is_empty() {
            hospital
                .as_ref()
                .map_or_else(String::new, |hospital| hospital.phone.clone())
        } else {
            department.phone.clone()
        },
        hospital: hospital.map(|hospital| hospital.name).unwrap_or_default(),
        department: department.name,
        state: VisitState::NotConfirmed,
        asked_at: turn.now(),
        heard: Heard::default(),
        practitioner: time.practitioner,
        moving: None,
        notes: Notes::default(),
    };
    turn.commit(vec![Change::PutVisit(visit), Change::PutOutbox(item)])?;
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        visit: Some(id),
        ..Screen::default()
    };
    turn.back_to(Page::Visits);
    turn.open(Page::Visit);
    Ok(())
}

/// What was asked is carried out: the visit is as it is now, and the request leaves the outbox.
pub(super) fn settle(turn: &mut Turn<'_>, visit: Visit, item: &OutboxItem) -> Result<(), StoreError> {
    let mut changes = vec![Change::PutVisit(visit)];
    changes.extend(sync::settled(turn, item));
    turn.commit(changes)
}

/// The visit is as it is now, along with what belongs to that.
pub(super) fn put(turn: &mut Turn<'_>, visit: Visit, change: Change) -> Result<(), StoreError> {
    turn.commit(vec![Change::PutVisit(visit), change])
}

/// What has come of a visit is told at once, but not over a page where the person is in the middle of something.
pub(super) fn tell(turn: &mut Turn<'_>, id: VisitId, outcome: Outcome) {
    let waits = matches!(
        turn.core.page(),
        Page::Visit | Page::VisitMore | Page::Visits | Page::Home | Page::Result
    );
    if waits {
        turn.core.screen.appointments.visit = Some(id);
        turn.show(outcome);
    }
}

/// The hospital has said yes.
pub(crate) fn booked(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    appointment: String,
    start: Timestamp,
    slot: Option<String>,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let account = turn.core.account().filter(|account| account.patient().is_some());
    let heard = Heard {
        appointment: Some(appointment.clone()),
        slot: slot.or(visit.wish.slot.clone()),
        life: account.map(|account| account.life),
        ..visit.heard.clone()
    };
    let mut visit = Visit {
        state: VisitState::Booked { appointment },
        start,
        heard,
        ..visit
    };
    let language = turn.core.words().language();
    let values = vec![
        ("when", date_value(turn.core, start)),
        ("hospital", visit.hospital.of(language).to_owned()),
        ("department", visit.department.of(language).to_owned()),
    ];
    let for_other = visit.wish.for_patient.is_some();
    let appointment = visit.appointment().unwrap_or_default().to_owned();
    let mut changes = vec![];
    if item.again {
        changes.extend(feed::moved_before(turn, &mut visit));
    }
    changes.push(Change::PutVisit(visit));
    changes.extend(sync::settled(turn, item));
    changes.extend(feed::of_this_appointment(turn.core, id, &appointment));
    turn.commit(changes)?;
    if item.again {
        return Ok(());
    }
    let outcome = Outcome::new(Mark::Good, "booked-title")
        .line(Sentence("booked-line", values))
        .main("booked-show", Icon::Event, open(Page::Visit))
        .or(
            "booked-print",
            Icon::Print,
            AppCommand::Certificates(certificates::Command::Choose(certificates::Item::Visit(id))),
        );
    tell(turn, id, outcome);
    if for_other {
        // Their slip is theirs to have signed.
        return Ok(());
    }
    // The slip's signed code is there before it is printed.
    certificates::ask_to_sign(turn, certificates::Item::Visit(id))
}

/// The hospital has said no. What was asked stays where the person sees it, with the reason.
pub(crate) fn booking_refused(
    turn: &mut Turn<'_>,
    item: OutboxItem,
    id: VisitId,
    reason: Refusal,
    offers: Vec<Offer>,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let department = visit.wish.department.clone();
    let instead = offers::instead(turn.core, &visit, &visit.wish, &offers);
    let item = OutboxItem {
        offers: offers.clone(),
        ..item
    };
    put(
        turn,
        Visit {
            state: VisitState::Refused {
                reason,
                offers: offers.clone(),
            },
            ..visit
        },
        Change::PutOutbox(item),
    )?;
    let outcome = Outcome::new(Mark::Bad, "book-refused-title").line(refusal_key(reason));
    let other = AppCommand::Appointments(Command::OtherTime(id));
    let outcome = if instead.is_empty() {
        outcome.main("book-refused-other", Icon::Schedule, other)
    } else {
        offers::on_result(turn.core, outcome, id, &instead).or("book-refused-other", Icon::Event, other)
    };
    tell(turn, id, outcome.or("booked-show", Icon::Event, open(Page::Visit)));
    // What is free may have changed with it.
    feed::refresh_times(turn, &department);
    Ok(())
}

/// Why a booking was refused: the key of a sentence that also says what to do.
pub(crate) fn refusal_key(reason: Refusal) -> &'static str {
    match reason {
        Refusal::SlotTaken => "refused-taken",
        Refusal::NothingFree => "refused-nothing-free",
        Refusal::Gone => "refused-gone",
        Refusal::NotAccepted => "refused-not-accepted",
        Refusal::NotAllowed => "refused-not-allowed",
        // Said of documents; of a visit it would mean that the service can't take it.
        Refusal::NotRegistered | Refusal::NoRecord | Refusal::NoInvitation => "refused-not-accepted",
    }
}

pub(super) fn ask_again(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let VisitState::Refused { .. } = visit.state else {
        return Ok(());
    };
    // A new request with an id of its own: the hub keeps its answer to the old one.
    let request = Request::BookVisit {
        visit: id,
        wish: visit.wish.clone(),
        patient: visit.patient.clone(),
    };
    let item = sync::item(turn, request);
    let old = visit.request;
    let visit = Visit {
        state: VisitState::NotConfirmed,
        request: item.id,
        ..visit
    };
    turn.commit(vec![
        Change::RemoveOutbox(old),
        Change::PutVisit(visit),
        Change::PutOutbox(item),
    ])?;
    turn.core.screen.appointments.visit = Some(id);
    turn.open(Page::Visit);
    Ok(())
}

/// The hospital has refused a time and offers another one: that one is asked for.
pub(super) fn take_offer(turn: &mut Turn<'_>, id: VisitId, offer: &Offer) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    if matches!(visit.state, VisitState::Booked { .. }) {
        return moving::take_offer(turn, visit, offer);
    }
    if !matches!(visit.state, VisitState::Refused { .. }) {
        return Ok(());
    }
    let length = visit.wish.to.duration_since(visit.wish.from);
    let wish = Wish {
        slot: Some(offer.slot.clone()),
        from: offer.start,
        to: offer.start.saturating_add(length).unwrap_or(offer.start),
        ..visit.wish.clone()
    };
    let start = offer.start;
    turn.commit(vec![Change::PutVisit(Visit { wish, start, ..visit })])?;
    ask_again(turn, id)
}

/// Another time in the department of a refused visit, for whom it was wished.
pub(super) fn other_time(turn: &mut Turn<'_>, id: VisitId) {
    let Some(wish) = turn.core.records.visits.get(&id).map(|visit| visit.wish.clone()) else {
        return;
    };
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        department: Some(wish.department),
        patient: wish.for_patient,
        ..Screen::default()
    };
    turn.open(Page::Department);
}

pub(super) fn drop_wish(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    if !matches!(visit.state, VisitState::Refused { .. } | VisitState::Cancelled) {
        return Ok(());
    }
    let about_it = turn.core.records.outbox.values();
    let about_it = about_it.filter(|item| item.request.lane() == Lane::Visit(id));
    let mut changes: Vec<_> = about_it.map(|item| Change::RemoveOutbox(item.id)).collect();
    changes.push(Change::RemoveVisit(id));
    turn.commit_undoable(changes)?;
    turn.back_to(Page::Visits);
    turn.show(Outcome::new(Mark::Good, "visit-dropped-title").undoable());
    Ok(())
}
