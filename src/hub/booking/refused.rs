//! Why a booking, a change or a cancellation was not done.

use crate::db::DbError;
use anban_wire::{fhir::IssueType, scheduling::Proposal};

/// Why a booking or cancellation was not done. The texts are for the person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("这个时段不存在，请重新查询。 There is no such slot: search again.")]
    NoSuchSlot,
    #[error("没有这个预约。 There is no such appointment.")]
    NoSuchAppointment,
    #[error("这个时段已经过去，请选择其他时间。 This slot is past: choose another time.")]
    SlotPast,
    #[error("这个时段刚刚被别人约走，请选择其他时间。 This slot has just been taken: choose another time.")]
    SlotTaken(Vec<Proposal>),
    #[error("同一个编号已经用于另一个请求。 This command's number was used for another request: take a new one.")]
    CommandReused,
    #[error("预约已被更改，请先刷新。 The appointment has changed meanwhile: read it again first.")]
    Changed,
    #[error("就诊时间已过，不能更改。 The visit's time is past: it can't be changed or cancelled any more.")]
    VisitPast,
    #[error("这个预约已经取消，请重新预约。 This appointment is cancelled: book anew.")]
    NotBooked,
    #[error(
        "只能预约、改期或取消。 An appointment can be booked (status booked), changed or cancelled, and nothing else."
    )]
    StatusNotOffered,
    #[error("这个证件号码已经属于另一位病人，请核对。 Another patient has this identifier: compare it with the card.")]
    NumberTaken,
    #[error(
        "还没到时间，请在就诊前两小时内报到。 It is too early: check in from two hours before the visit, on its day."
    )]
    TooEarly,
    #[error("就诊时间已过，请到窗口问问。 The visit's time is over: ask at the counter.")]
    VisitOver,
    #[error("这个预约没有排队，请到窗口问问。 There is no queue for this appointment: ask at the counter.")]
    NoQueue,
    #[error("还没有报到，或者没有这一项。 Nobody has checked in for this visit, or there is no such step.")]
    NotCheckedIn,
    #[error(
        "今天现场的号已经发完，请预约，或者改天再来。 No number is left at the counter today: book a time, or come another day."
    )]
    NoNumberLeft,
    #[error("这个号已经叫到了，不能收回。 This number has been called already: it can't be taken back.")]
    AlreadyCalled,
    #[error("没有这个号，请核对。 There is no such number in this queue.")]
    NoSuchNumber,
    #[error("这位病人没有用安伴，请打电话。 The patient of this appointment has no device here: call them.")]
    NoFeed,
    #[error(
        "暂时联系不上医院，请稍后再试，或者打电话给科室。 The hospital's own system gives no answer: send the same request again, or telephone."
    )]
    HospitalAway,
    #[error(
        "医院没有接受，请打电话给科室，或者到窗口办。 The hospital's own system did not accept this: telephone, or go to the counter."
    )]
    NotAccepted,
    #[error(
        "不能直接换到另一家医院，请先约好新的，再取消原来的。 A visit can't be moved between hospitals: book the new one, then cancel the old one."
    )]
    OtherHospital,
    #[error(
        "这家医院的预约要单独办。 What is done at this hospital can't be one part of a transaction with others: send it alone."
    )]
    OneAtATime,
    #[error("这一项已被更改，请先重新读取。 This entry has changed meanwhile: read it again first.")]
    EntryChanged,
    #[error("这个编号已经属于另一项，请核对。 Another entry of this type has this identifier: look for it by that.")]
    EntryNumberTaken,
    #[error(
        "这个医生的日程里，这一刻已经有一个时段。 Another slot of this schedule begins at this moment: change that one."
    )]
    TimeTaken,
    #[error(
        "这个时段已有人预约或正在预约，不能改时间，也不能放开。 This slot is booked or held: its time can't be changed and it can't be freed. Move or cancel the visit first; it can be closed (busy-unavailable)."
    )]
    SlotInUse,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Refused {
    /// HTTP status, FHIR issue type.
    pub(crate) fn kind(&self) -> (u16, IssueType) {
        match self {
            Self::NoSuchSlot | Self::NoSuchAppointment | Self::NotCheckedIn | Self::NoSuchNumber => {
                (404, IssueType::NotFound)
            }
            Self::SlotPast | Self::VisitOver => (410, IssueType::BusinessRule),
            Self::SlotTaken(_) | Self::NoNumberLeft => (409, IssueType::Conflict),
            Self::Changed | Self::EntryChanged => (412, IssueType::Conflict),
            Self::TimeTaken | Self::SlotInUse => (409, IssueType::Conflict),
            Self::NumberTaken | Self::EntryNumberTaken => (409, IssueType::Duplicate),
            Self::CommandReused => (422, IssueType::Duplicate),
            Self::VisitPast | Self::NotBooked | Self::TooEarly | Self::NoQueue | Self::NoFeed | Self::AlreadyCalled => {
                (422, IssueType::BusinessRule)
            }
            Self::HospitalAway => (503, IssueType::Transient),
            Self::NotAccepted => (422, IssueType::BusinessRule),
            Self::OtherHospital | Self::OneAtATime => (422, IssueType::NotSupported),
            Self::StatusNotOffered => (422, IssueType::NotSupported),
            Self::Db(_) => (500, IssueType::Exception),
        }
    }

    pub(crate) fn proposals(&self) -> &[Proposal] {
        match self {
            Self::SlotTaken(proposals) => proposals,
            _ => &[],
        }
    }
}
