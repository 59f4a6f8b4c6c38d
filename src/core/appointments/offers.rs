//! What can be had instead, where a hospital has refused a time: what it offers itself, and the nearest free times of the
//! same department as last heard of. Each is one button, and one tap asks for it.

use jiff::Timestamp;

use super::{Command, Offer, Visit, VisitState, Wish, visits};
use crate::app::{Command as AppCommand, Core};
use crate::ids::VisitId;
use crate::outbox::{OutboxItem, Request};
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence, date_value};
use crate::view::{Choice, Icon};

/// How many are offered.
const MOST: usize = 3;

/// The nearest times instead of what was wished for: the hospital's own first. The time that the visit has is none.
pub(super) fn instead(core: &Core, visit: &Visit, wish: &Wish, said: &[Offer]) -> Vec<Offer> {
    let now = core.now().timestamp();
    let table = core.records.timetables.get(&wish.department);
    let known = table.map_or(&[][..], |table| &table.slots);
    let away = |start: Timestamp| start.duration_since(wish.from).abs();
    let mut near: Vec<_> = known.iter().collect();
    near.sort_by_key(|slot| (away(slot.start), slot.start));
    let near = near.into_iter().map(|slot| Offer {
        slot: slot.id.clone(),
        start: slot.start,
    });
    let mut offers: Vec<Offer> = Vec::new();
    for offer in said.iter().cloned().chain(near) {
        let known = offers
            .iter()
            .any(|one| one.slot == offer.slot || one.start == offer.start);
        let has_it = matches!(visit.state, VisitState::Booked { .. }) && visit.start == offer.start;
        let refused = wish.slot.as_ref() == Some(&offer.slot) || has_it;
        if offer.start > now && !known && !refused && offers.len() < MOST {
            offers.push(offer);
        }
    }
    offers
}

/// What taking an offer asks for.
fn take(visit: VisitId, offer: &Offer) -> AppCommand {
    let offer = offer.clone();
    AppCommand::Appointments(Command::TakeOffer { visit, offer })
}

/// One button for each offer, the nearest filled.
pub(crate) fn buttons(page: &mut PageBuilder<'_>, visit: VisitId, offers: &[Offer]) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (offer, number) in offers.iter().zip(1..) {
        let when = visits::in_two_lines(&visits::day_then_clock(page, offer.start));
        let text = page.words.with("offer-yes", &[("when", &when)]);
        let choice = page.choice_named(format!("visit-offer-{number}"), text, Icon::Check, take(visit, offer));
        choices.push(if number == 1 { choice.main() } else { choice });
    }
    choices
}

/// The same on the page that says that a time was refused.
pub(super) fn on_result(core: &Core, outcome: Outcome, visit: VisitId, offers: &[Offer]) -> Outcome {
    offers.iter().zip(1..).fold(outcome, |outcome, (offer, number)| {
        let when = date_value(core, offer.start);
        let text = Sentence("offer-yes", vec![("when", when)]);
        outcome.numbered(("visit-offer", number), text, Icon::Check, take(visit, offer))
    })
}

/// The wish to move a visit that was refused last.
pub(super) fn refused_move<'a>(core: &'a Core, visit: &Visit) -> Option<(&'a OutboxItem, &'a Wish)> {
    let moves = core.records.outbox.values().filter_map(|item| match &item.request {
        Request::MoveVisit { visit: moved, wish, .. } if *moved == visit.id && item.refused.is_some() => {
            Some((item, wish))
        }
        _ => None,
    });
    moves.max_by_key(|(item, _)| item.sequence)
}

/// What can be had instead of what a request has asked for.
pub(crate) fn for_request(core: &Core, item: &OutboxItem) -> Option<(VisitId, Vec<Offer>)> {
    item.refused?;
    match &item.request {
        Request::BookVisit { visit, wish, .. } | Request::MoveVisit { visit, wish, .. } => {
            let known = core.records.visits.get(visit)?;
            Some((*visit, instead(core, known, wish, &item.offers)))
        }
        _ => None,
    }
}
