//! Moving a booked visit to another time.
//!
//! The old time holds until the hospital has said yes to the new one: the visit stays booked, with the wish beside it. A
//! refusal changes nothing, says so, and stays with what can be had instead.

use jiff::Timestamp;

use super::{Chosen, Command, Moving, Offer, Refusal, Screen, Visit, VisitState, Wish, booking, offers, refusal_key};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::feed;
use crate::health_code::About;
use crate::ids::VisitId;
use crate::outbox::{OutboxItem, Request};
use crate::result::{Outcome, Sentence, date_value, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// Asks to which day.
pub(super) fn begin(turn: &mut Turn<'_>, id: VisitId) {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return;
    };
    if !can_be_moved(&visit) {
        turn.open(Page::Visit);
        return;
    }
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        department: Some(visit.wish.department),
        visit: Some(id),
        moving: Some(id),
        // The same doctor first; where they have no time, everybody's is shown.
        doctor: visit.practitioner,
        ..Screen::default()
    };
    turn.open(Page::Days);
}

/// Whether the hospital can be asked: it is booked, and nothing else is asked of it.
pub(super) fn can_be_moved(visit: &Visit) -> bool {
    matches!(visit.state, VisitState::Booked { .. }) && visit.moving.is_none()
}

/// The time is chosen and confirmed: the hospital is asked.
pub(super) fn ask(turn: &mut Turn<'_>, id: VisitId, time: Chosen) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let appointment = match &visit.state {
        VisitState::Booked { appointment } => Some(appointment.clone()),
        // A restored hub is asked for it again: the move goes after that, and to the appointment that it is then.
        VisitState::NotConfirmed => visit.heard.appointment.clone(),
        _ => None,
    };
    if let (Some(appointment), None) = (appointment, &visit.moving) {
        // What was refused before is asked again by this.
        let old = turn.core.records.outbox.values();
        let old = old.filter(|old| {
            old.refused.is_some() && matches!(old.request, Request::MoveVisit { visit, .. } if visit == id)
        });
        let mut changes: Vec<_> = old.map(|old| Change::RemoveOutbox(old.id)).collect();
        let wish = Wish {
            slot: time.slot,
            from: time.from,
            to: time.to,
            ..visit.wish.clone()
        };
        let request = Request::MoveVisit {
            visit: id,
            appointment,
            wish: wish.clone(),
            patient: visit.patient.clone(),
        };
        let item = sync::item(turn, request);
        let moving = Moving {
            request: item.id,
            wish,
            practitioner: time.practitioner,
        };
        let visit = Visit {
            moving: Some(moving),
            ..visit
        };
        changes.extend([Change::PutVisit(visit), Change::PutOutbox(item)]);
        turn.commit(changes)?;
    }
    show(turn, id);
    Ok(())
}

/// The hospital has refused a time to move to and offers another one: that one is asked for.
pub(super) fn take_offer(turn: &mut Turn<'_>, visit: Visit, offer: &Offer) -> Result<(), StoreError> {
    let length = visit.wish.to.duration_since(visit.wish.from);
    let time = Chosen {
        practitioner: super::who_sees(turn.core, &visit.wish.department, Some(&offer.slot)),
        slot: Some(offer.slot.clone()),
        from: offer.start,
        to: offer.start.saturating_add(length).unwrap_or(offer.start),
    };
    ask(turn, visit.id, time)
}

/// The same time is asked for once more.
pub(crate) fn ask_again(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let refused = turn.core.records.visits.get(&id);
    let refused = refused.and_then(|visit| offers::refused_move(turn.core, visit));
    let Some(wish) = refused.map(|(_, wish)| wish.clone()) else {
        return Ok(());
    };
    let time = Chosen {
        practitioner: super::who_sees(turn.core, &wish.department, wish.slot.as_deref()),
        slot: wish.slot,
        from: wish.from,
        to: wish.to,
    };
    ask(turn, id, time)
}

fn show(turn: &mut Turn<'_>, id: VisitId) {
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        visit: Some(id),
        ..Screen::default()
    };
    turn.back_to(Page::Visits);
    turn.open(Page::Visit);
}

/// The hospital has moved it.
pub(crate) fn moved(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    (appointment, start, slot): (String, Timestamp, Option<String>),
) -> Result<(), StoreError> {
    let Some(mut visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    if let Some(moving) = visit.moving.take() {
        visit.wish = moving.wish;
        visit.practitioner = moving.practitioner;
    }
    visit.heard.appointment = Some(appointment.clone());
    visit.heard.slot = slot.or_else(|| visit.wish.slot.clone());
    visit.state = VisitState::Booked { appointment };
    visit.start = start;
    visit.asked_at = turn.now();
    visit.notes.moved();
    booking::settle(turn, visit, item)?;
    forget_slip(turn, id)?;
    if item.again {
        return Ok(());
    }
    let values = vec![("when", date_value(turn.core, start))];
    let outcome = Outcome::new(Mark::Good, "moved-title")
        .line(Sentence("moved-line", values))
        .main("booked-show", Icon::Event, open(Page::Visit));
    booking::tell(turn, id, outcome);
    certificates::ask_to_sign(turn, certificates::Item::Visit(id))
}

/// The signed slip names the old time: it is asked for anew.
fn forget_slip(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let slips = turn.core.records.documents.values();
    let slips = slips.filter(|kept| kept.about == Some(About::Visit(id)));
    let gone: Vec<_> = slips.map(|kept| Change::RemoveDocument(kept.id)).collect();
    if gone.is_empty() { Ok(()) } else { turn.commit(gone) }
}

/// The hospital does not move it: it stays as it was, and the wish stays where it can be tried again.
pub(crate) fn moving_refused(
    turn: &mut Turn<'_>,
    item: OutboxItem,
    id: VisitId,
    reason: Refusal,
    offers: Vec<Offer>,
) -> Result<(), StoreError> {
    let Some(mut visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let wish = visit
        .moving
        .take()
        .map_or_else(|| visit.wish.clone(), |moving| moving.wish);
    let values = vec![("when", date_value(turn.core, visit.start))];
    let instead = offers::instead(turn.core, &visit, &wish, &offers);
    let item = OutboxItem { offers, ..item };
    turn.commit(vec![Change::PutVisit(visit), Change::PutOutbox(item)])?;
    let outcome = Outcome::new(Mark::Bad, "move-refused-title")
        .line(refusal_key(reason))
        .line(Sentence("move-refused-line", values));
    let other = AppCommand::Appointments(Command::Move(id));
    let outcome = if instead.is_empty() {
        outcome.main("book-refused-other", Icon::Schedule, other)
    } else {
        offers::on_result(turn.core, outcome, id, &instead).or("book-refused-other", Icon::Schedule, other)
    };
    booking::tell(turn, id, outcome.or("booked-show", Icon::Event, open(Page::Visit)));
    feed::refresh_times(turn, &wish.department);
    Ok(())
}
