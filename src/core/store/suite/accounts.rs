//! Random accounts, ties, and what hubs have carried out and told.

use anban_wire::accounts::{Grant, Relationship, Secret};
use anban_wire::care_plan::{Every, Unit};
use anban_wire::visit_day::{DayStep, DayStepKind, QueueState, VisitDay};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::changes::{id, request, text, time, words};
use crate::account::{Account, AccountState, Cursor};
use crate::appointments::{Booker, CarePlan, Heard, News, Offer, Patient, PlanAnswers, PlannedVisit};
use crate::family::{Family, Invitation};
use crate::feed::Notice;
use crate::ids::RequestId;
use crate::outbox::Acknowledged;

/// The key of something that a hub has named.
pub(super) fn name() -> impl Strategy<Value = String> {
    select(&["", "1", "http://hub.example", "a/b'"][..]).prop_map(str::to_owned)
}

pub(super) fn account() -> impl Strategy<Value = Account> {
    let state = prop_oneof![
        Just(AccountState::Asked),
        (text(), text()).prop_map(|(device, patient)| AccountState::Known { device, patient }),
        Just(AccountState::SignedOut),
        time().prop_map(|at| AccountState::NotOffered { at }),
    ];
    let cursor = (any::<u64>(), any::<bool>(), any::<Option<u64>>());
    let cursor = cursor.prop_map(|(next, mending, passed)| Cursor { next, mending, passed });
    (
        name(),
        text(),
        id(RequestId),
        state,
        (of(text()), any::<u32>(), any::<bool>()),
        btree_map(text(), cursor, 0..3),
    )
        .prop_map(
            |(hub, secret, request, state, (epoch, life, repeated), cursors)| Account {
                hub,
                secret: Secret(secret),
                request,
                state,
                epoch,
                life,
                cursors,
                repeated,
            },
        )
}

pub(super) fn relationship() -> impl Strategy<Value = Relationship> {
    select(&Relationship::ALL[..])
}

fn grant() -> impl Strategy<Value = Grant> {
    (text(), text(), text(), text(), relationship(), time()).prop_map(
        |(id, patient, patient_name, helper_name, relationship, since)| Grant {
            id,
            patient,
            patient_name,
            helper_name,
            relationship,
            since,
        },
    )
}

pub(super) fn family() -> impl Strategy<Value = Family> {
    let invitation = (text(), time(), relationship()).prop_map(|(code, expires_at, relationship)| Invitation {
        code,
        expires_at,
        relationship,
    });
    (vec(grant(), 0..3), vec(grant(), 0..3), of(invitation)).prop_map(|(given, held, invitation)| Family {
        given,
        held,
        invitation,
    })
}

pub(super) fn acknowledged() -> impl Strategy<Value = Acknowledged> {
    (id(RequestId), any::<u64>(), request(), time(), time()).prop_map(|(id, sequence, request, at, until)| {
        Acknowledged {
            id,
            sequence,
            request,
            at,
            until,
        }
    })
}

pub(super) fn visit_day() -> impl Strategy<Value = VisitDay> {
    let state = select(
        &[
            QueueState::Waiting,
            QueueState::Called,
            QueueState::Seen,
            QueueState::Missed,
        ][..],
    );
    let step = (
        select(&DayStepKind::ALL[..]),
        [text(), text(), text(), text()],
        of(any::<u64>()),
        any::<bool>(),
    )
        .prop_map(
            |(kind, [counter, counter_english, machine, machine_english], fen, done)| DayStep {
                kind,
                counter,
                counter_english,
                machine,
                machine_english,
                fen,
                done,
            },
        );
    (name(), text(), any::<u32>(), state, [text(), text()], vec(step, 0..3)).prop_map(
        |(appointment, ticket, ahead, state, [room, room_english], steps)| VisitDay {
            appointment,
            ticket,
            ahead,
            state,
            room,
            room_english,
            steps,
        },
    )
}

pub(super) fn notice() -> impl Strategy<Value = Notice> {
    (name(), time(), words(), of(text()), any::<bool>()).prop_map(|(id, at, words, appointment, read)| Notice {
        id,
        at,
        words,
        appointment,
        read,
    })
}

pub(super) fn care_plan() -> impl Strategy<Value = CarePlan> {
    let day = || time().prop_map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let patient = (name(), text()).prop_map(|(id, name)| Patient { id, name });
    let unit = select(&[Unit::Days, Unit::Weeks, Unit::Months, Unit::Years][..]);
    let every = (any::<i64>(), unit).prop_map(|(number, unit)| Every { number, unit });
    let answers =
        (any::<bool>(), of(day()), of(day())).prop_map(|(seen, later, declined)| PlanAnswers { seen, later, declined });
    let visit = (
        name(),
        words(),
        of(words()),
        words(),
        (day(), of(every), of(day())),
        answers,
    )
        .prop_map(
            |(department, department_name, practitioner, purpose, (first, every, last), answers)| PlannedVisit {
                department,
                department_name,
                practitioner,
                purpose,
                first,
                every,
                last,
                answers,
            },
        );
    (name(), of(patient), text(), words(), vec(visit, 0..3)).prop_map(|(id, patient, author, title, visits)| CarePlan {
        id,
        patient,
        author,
        title,
        visits,
    })
}

pub(super) fn heard() -> impl Strategy<Value = Heard> {
    let booker = (of(text()), text()).prop_map(|(grant, name)| Booker { grant, name });
    let news = select(&[News::Booked, News::Moved, News::Cancelled, News::Declined][..]);
    (
        of(text()),
        of(text()),
        of(booker),
        any::<bool>(),
        of(news),
        of(any::<u32>()),
    )
        .prop_map(|(appointment, slot, booked_by, declined, news, life)| Heard {
            appointment,
            slot,
            booked_by,
            declined,
            news,
            life,
        })
}

pub(super) fn offers() -> impl Strategy<Value = Vec<Offer>> {
    vec((text(), time()).prop_map(|(slot, start)| Offer { slot, start }), 0..4)
}
