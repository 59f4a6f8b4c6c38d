//! Random changes of every kind, as proptest strategies.

use anban_wire::documents::DocumentKind;
use anban_wire::persons::Channel;
use anban_wire::visit_day::DayStepKind;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::appointments::{
    Department, Directory, FollowUp, Hospital, Moving, Notes, OpenSlot, Patient, Refusal, SlotCursor, Timetable, Visit,
    VisitState, Wish, Words,
};
use crate::entry::{DraftId, Field};
use crate::fraud::Trigger;
use crate::health_code::{About, KeptDocument};
use crate::help::{Contact, Profile};
use crate::ids::{BillId, CardId, ContactId, DocumentId, EntryId, PrintJobId, RequestId, SpendingId, VisitId};
use crate::outbox::{DocumentWish, OutboxItem, Registration, Request};
use crate::register::{Entry, Lane, Rule, Visitor};
use crate::settings::{Language, Rate, Settings, TextSize, Theme, Volume};
use crate::store::Change;

use super::print_jobs::print_job;
use super::{accounts, cards, cash};

/// Any change. Ids come from a few, so that records are replaced and removed.
pub fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => settings().prop_map(Change::Settings),
        4 => profile().prop_map(Change::Profile),
        4 => contact().prop_map(Change::PutContact),
        4 => id(ContactId).prop_map(Change::RemoveContact),
        4 => document().prop_map(Change::PutDocument),
        4 => id(DocumentId).prop_map(Change::RemoveDocument),
        4 => cards::card().prop_map(Change::PutCard),
        4 => id(CardId).prop_map(Change::RemoveCard),
        4 => visit().boxed().prop_map(Change::PutVisit),
        4 => id(VisitId).prop_map(Change::RemoveVisit),
        4 => outbox_item().boxed().prop_map(Change::PutOutbox),
        4 => id(RequestId).prop_map(Change::RemoveOutbox),
        4 => print_job().prop_map(Change::PutPrintJob),
        4 => id(PrintJobId).prop_map(Change::RemovePrintJob),
        4 => (draft(), text()).prop_map(|(id, text)| Change::PutDraft(id, text)),
        4 => draft().prop_map(Change::RemoveDraft),
        4 => of(directory()).prop_map(Change::Directory),
        4 => timetable().prop_map(Change::PutTimetable),
        4 => department_id().prop_map(Change::RemoveTimetable),
        4 => of(vec(any::<u8>(), 0..64)).prop_map(Change::TrustList),
        4 => entry().prop_map(Change::PutEntry),
        4 => id(EntryId).prop_map(Change::RemoveEntry),
        4 => accounts::account().prop_map(Change::PutAccount),
        4 => accounts::name().prop_map(Change::RemoveAccount),
        4 => accounts::family().prop_map(Change::Family),
        4 => accounts::acknowledged().prop_map(Change::PutAcknowledged),
        4 => id(RequestId).prop_map(Change::RemoveAcknowledged),
        4 => accounts::visit_day().prop_map(Change::PutVisitDay),
        4 => accounts::name().prop_map(Change::RemoveVisitDay),
        4 => accounts::notice().prop_map(Change::PutNotice),
        4 => accounts::name().prop_map(Change::RemoveNotice),
        4 => accounts::care_plan().prop_map(Change::PutCarePlan),
        4 => accounts::name().prop_map(Change::RemoveCarePlan),
        4 => cash::purse().prop_map(Change::Purse),
        4 => cash::spending().prop_map(Change::PutSpending),
        4 => id(SpendingId).prop_map(Change::RemoveSpending),
        4 => cash::bill().prop_map(Change::PutBill),
        4 => id(BillId).prop_map(Change::RemoveBill),
        4 => of(cash::complaint()).prop_map(Change::Complaint),
        2 => (vec(id(EntryId), 0..4), time()).prop_map(|(ids, kept_since)| Change::EraseEntries { ids, kept_since }),
        1 => Just(Change::EraseAll),
    ]
}

/// Text as people and services write it, and text that breaks out of quotes, columns and lines.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,16}",
        "[\u{0}-\u{1f}\u{7f}'\"\\\\;%{}]{0,8}",
        "[一-龥]{1,8}",
        Just("'); DROP TABLE cards; --".to_owned()),
        Just("\u{62f}\u{648}\u{643} \u{202e} \u{f56}\u{f7c} \u{1f475}\u{1f3fd}".to_owned()),
    ]
}

fn draft() -> impl Strategy<Value = DraftId> {
    (select(&Field::ALL[..]), of(id(|about| about))).prop_map(|(field, about)| DraftId { field, about })
}

pub(super) fn id<T: std::fmt::Debug>(wrap: fn(Uuid) -> T) -> impl Strategy<Value = T> {
    (0..4_u128).prop_map(move |n| wrap(Uuid::from_u128(n)))
}

pub(super) fn time() -> impl Strategy<Value = jiff::Timestamp> {
    let ends = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
    (ends.0..ends.1, 0..1_000_000_000_i32).prop_map(|(second, nanosecond)| {
        jiff::Timestamp::new(second, nanosecond).expect("between the earliest and the latest")
    })
}

pub(super) fn words() -> impl Strategy<Value = Words> {
    (text(), text()).prop_map(|(chinese, english)| Words { chinese, english })
}

fn settings() -> impl Strategy<Value = Settings> {
    (
        any::<[bool; 2]>(),
        select(&Language::ALL[..]),
        select(&TextSize::ALL[..]),
        select(&Theme::ALL[..]),
        select(&Rate::ALL[..]),
        select(&Volume::ALL[..]),
        [text(), text(), text()],
        (any::<u16>(), any::<bool>()).prop_map(|(days, codes_too)| Rule { days, codes_too }),
        btree_map(select(&Trigger::ALL[..]), time(), 0..3),
    )
        .prop_map(
            |(
                [welcomed, voice],
                language,
                text,
                theme,
                rate,
                volume,
                [hub, printer, printer_name],
                register,
                of_own_accord,
            )| {
                Settings {
                    welcomed,
                    language,
                    text,
                    theme,
                    voice,
                    rate,
                    volume,
                    hub,
                    printer,
                    printer_name,
                    register,
                    of_own_accord,
                }
            },
        )
}

fn profile() -> impl Strategy<Value = Profile> {
    (text(), text(), text(), text()).prop_map(|(name, address, medical_notes, identity_number)| Profile {
        name,
        address,
        medical_notes,
        identity_number,
    })
}

fn contact() -> impl Strategy<Value = Contact> {
    (id(ContactId), text(), text(), any::<u32>()).prop_map(|(id, name, number, position)| Contact {
        id,
        name,
        number,
        position,
    })
}

fn document() -> impl Strategy<Value = KeptDocument> {
    let kept = (id(DocumentId), text(), time(), time(), of(about()));
    (kept, of(text()), of(time())).prop_map(|((id, text, added_at, refreshed_at, about), issued_for, refused_at)| {
        KeptDocument {
            id,
            text,
            added_at,
            refreshed_at,
            about,
            issued_for,
            refused_at,
        }
    })
}

fn about() -> impl Strategy<Value = About> {
    prop_oneof![
        id(VisitId).prop_map(About::Visit),
        id(CardId).prop_map(About::Card),
        select(&[About::EmergencyCard, About::Authorisation, About::EntryForm][..]),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    (
        id(EntryId),
        any::<u64>(),
        [time(), time()],
        of(time()),
        [text(), text(), text(), text(), text()],
        select(&[Lane::IdentityCard, Lane::Paper, Lane::Code][..]),
    )
        .prop_map(
            |(
                id,
                sequence,
                [noted_at, counts_from],
                after,
                [name, identity_number, telephone, remark, document],
                lane,
            )| Entry {
                id,
                sequence,
                noted_at,
                counts_from,
                after,
                visitor: Visitor {
                    name,
                    identity_number,
                    telephone,
                    remark,
                    lane,
                    document,
                },
            },
        )
}

fn department_id() -> impl Strategy<Value = String> {
    select(&["", "1", "内科", "a/b'"][..]).prop_map(str::to_owned)
}

fn wish() -> impl Strategy<Value = Wish> {
    let patient = (text(), text()).prop_map(|(id, name)| Patient { id, name });
    (department_id(), of(text()), time(), time(), of(patient)).prop_map(|(department, slot, from, to, for_patient)| {
        Wish {
            department,
            slot,
            from,
            to,
            for_patient,
        }
    })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    select(
        &[
            Refusal::SlotTaken,
            Refusal::NothingFree,
            Refusal::Gone,
            Refusal::NotAccepted,
            Refusal::NotAllowed,
            Refusal::NotRegistered,
            Refusal::NoRecord,
            Refusal::NoInvitation,
        ][..],
    )
}

fn visit() -> impl Strategy<Value = Visit> {
    let state = prop_oneof![
        Just(VisitState::NotConfirmed),
        text().prop_map(|appointment| VisitState::Booked { appointment }),
        (refusal(), accounts::offers()).prop_map(|(reason, offers)| VisitState::Refused { reason, offers }),
        text().prop_map(|appointment| VisitState::CancelNotConfirmed { appointment }),
        Just(VisitState::Cancelled),
    ];
    (
        id(VisitId),
        id(RequestId),
        text(),
        wish(),
        [words(), words(), words(), words()],
        text(),
        [time(), time()],
        (state, accounts::heard().boxed(), visit_extras().boxed()),
    )
        .prop_map(
            |(
                id,
                request,
                patient,
                wish,
                [hospital, department, place, bring],
                phone,
                [start, asked_at],
                (state, heard, (practitioner, moving, notes)),
            )| {
                Visit {
                    id,
                    request,
                    patient,
                    wish,
                    hospital,
                    department,
                    place,
                    bring,
                    phone,
                    start,
                    state,
                    asked_at,
                    heard,
                    practitioner,
                    moving,
                    notes,
                }
            },
        )
}

/// What a visit holds beside what was asked for.
fn visit_extras() -> impl Strategy<Value = (Option<Words>, Option<Moving>, Notes)> {
    let moving = (id(RequestId), wish(), of(words())).prop_map(|(request, wish, practitioner)| Moving {
        request,
        wish,
        practitioner,
    });
    let day = (1_i16..9999, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| jiff::civil::date(year, month, day));
    let follow_up = prop_oneof![day.prop_map(FollowUp::From), Just(FollowUp::NotNeeded)];
    let steps = vec(select(&DayStepKind::ALL[..]), 0..3);
    let notes = (any::<(bool, bool, u32, Option<u32>)>(), of(follow_up), steps).prop_map(
        |((evening_answered, soon_answered, revision, in_calendar), follow_up, steps)| Notes {
            steps_done: steps.into_iter().collect(),
            evening_answered,
            soon_answered,
            revision,
            in_calendar,
            follow_up,
        },
    );
    (of(words()), of(moving), notes)
}

fn document_wish() -> impl Strategy<Value = DocumentWish> {
    let details = btree_map(text(), text(), 0..3);
    let kind = select(&DocumentKind::ALL[..]);
    let asked_by = (any::<bool>(), any::<bool>());
    (kind, text(), text(), details, of(text()), of(about()), asked_by).prop_map(
        |(kind, name, identity_number, details, appointment, about, (relative, quiet))| DocumentWish {
            kind,
            name,
            identity_number,
            details,
            appointment,
            about,
            relative,
            quiet,
        },
    )
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        (id(VisitId), wish(), text()).prop_map(|(visit, wish, patient)| Request::BookVisit { visit, wish, patient }),
        (id(VisitId), text(), any::<bool>()).prop_map(|(visit, appointment, declined)| Request::CancelVisit {
            visit,
            appointment,
            declined
        }),
        (id(VisitId), text(), wish(), text()).prop_map(|(visit, appointment, wish, patient)| Request::MoveVisit {
            visit,
            appointment,
            wish,
            patient
        }),
        (id(VisitId), text()).prop_map(|(visit, appointment)| Request::CheckIn { visit, appointment }),
        document_wish().prop_map(Request::IssueDocument),
        (text(), text(), select(&Channel::ALL[..]), of(text()), of(text())).prop_map(
            |(name, identity_number, channel, telephone, helper)| {
                Request::Register(Registration {
                    name,
                    identity_number,
                    channel,
                    telephone,
                    helper,
                })
            }
        ),
        text().prop_map(|name| Request::RegisterDevice { name }),
        accounts::relationship().prop_map(|relationship| Request::Invite { relationship }),
        text().prop_map(|code| Request::AcceptInvitation { code }),
        text().prop_map(|grant| Request::EndGrant { grant }),
    ]
}

fn outbox_item() -> impl Strategy<Value = OutboxItem> {
    (
        id(RequestId),
        any::<u64>(),
        request(),
        [time(), time()],
        any::<u32>(),
        (of(refusal()), accounts::offers()),
        any::<bool>(),
    )
        .prop_map(
            |(id, sequence, request, [asked_at, next_try], attempts, (refused, offers), again)| OutboxItem {
                id,
                sequence,
                request,
                asked_at,
                attempts,
                next_try,
                refused,
                offers,
                again,
            },
        )
}

fn directory() -> impl Strategy<Value = Directory> {
    let hospital = (text(), words(), words(), text()).prop_map(|(id, name, address, phone)| Hospital {
        id,
        name,
        address,
        phone,
    });
    let department = || {
        (
            department_id(),
            text(),
            [words(), words(), words(), words(), words()],
            [text(), text()],
            any::<Option<u32>>(),
        )
            .prop_map(
                |(id, hospital, [name, counter, bring, hours, treats], [phone, specialty], quota_today)| Department {
                    id,
                    hospital,
                    name,
                    phone,
                    counter,
                    bring,
                    quota_today,
                    hours,
                    treats,
                    specialty,
                },
            )
    };
    let counters = vec(department(), 0..3);
    (time(), vec(hospital, 0..3), vec(department(), 0..3), counters).prop_map(
        |(fetched_at, hospitals, departments, counters)| Directory {
            fetched_at,
            hospitals,
            departments,
            counters,
        },
    )
}

fn timetable() -> impl Strategy<Value = Timetable> {
    let slot =
        (text(), time(), time(), of(words()), text()).prop_map(|(id, start, end, practitioner, schedule)| OpenSlot {
            id,
            start,
            end,
            practitioner,
            schedule,
        });
    let cursor = (text(), any::<u64>(), time(), time()).prop_map(|(epoch, next, whole_at, until)| SlotCursor {
        epoch,
        next,
        whole_at,
        until,
    });
    (department_id(), time(), vec(slot, 0..4), of(cursor)).prop_map(|(department, fetched_at, slots, cursor)| {
        Timetable {
            department,
            fetched_at,
            slots,
            cursor,
        }
    })
}
