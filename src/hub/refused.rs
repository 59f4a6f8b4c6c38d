//! Why the hub does not register somebody, sign a document, or let somebody act.

use anban_wire::{fhir::IssueType, refusals::RefusalCode};

/// Why not. The texts are for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error(
        "病人信息有误，请核对。 A patient needs a name; texts have 1 to 200 characters, gender and birthDate are FHIR's."
    )]
    PatientForm,
    #[error("还没有登记，请先登记。 This person is not registered here: register them first (POST /persons).")]
    NotRegistered,
    #[error("姓名和登记的不一样，请核对。 The number is registered under another name: compare both with the card.")]
    OtherName,
    #[error("没有这项记录，请到窗口问问。 There is no such record of this person: ask at the counter.")]
    NoRecord,
    #[error(
        "内容太多，放不进能扫的码，请少写一些。 This is too much for a code that can be scanned: leave something out."
    )]
    TooLong,
    #[error("这里不能开具健康证明。 This hub is connected to no health register, so it issues no such document.")]
    NoHealthRegister,
    #[error("没有这个预约，或者姓名不一样。 There is no such appointment under this name.")]
    NoSuchAppointment,
    #[error("这个预约已取消或已过去。 This appointment is cancelled or past.")]
    NotBooked,
    #[error(
        "健康状态不是绿色，不能开通行证，请到窗口问问。 The health status is not green: no pass; ask at the counter."
    )]
    NoPass,
    #[error("邀请码不对，或者已经过期，请老人再给一个。 No such invitation, or its time is over: ask for new digits.")]
    NoInvitation,
    #[error("这是您自己的邀请码，请在家人的设备上输入。 These digits are your own: enter them on the helper's device.")]
    OwnInvitation,
    #[error("没有这项授权，或者已经结束。 There is no such grant, or it has ended.")]
    NoSuchGrant,
    #[error("没有这台设备，或者已经停用。 There is no such device, or it was taken back.")]
    NoSuchDevice,
    #[error(
        "这一项由医院自己的系统或演示数据维护，不能在这里改。 The demonstration city or a hospital's own server keeps this: change it there."
    )]
    KeptElsewhere,
    #[error("没有这位就诊人，请核对。 There is no such patient: look at the id again.")]
    NoSuchPatient,
    #[error("没有这个复诊计划，请核对。 There is no such plan: look at the id again.")]
    NoSuchPlan,
    #[error(
        "科室或医生不在名录里，请核对。 The directory has no such HealthcareService or Practitioner: read it first."
    )]
    PlanPlace,
    #[error("计划不能换给另一位病人。 A plan stays that patient's: make a new one for another.")]
    OtherPatient,
    #[error("日期不对，请核对。 \"until\" must be a date (2026-12-31), today or later.")]
    Until,
}

impl Refused {
    /// HTTP status and FHIR issue type.
    pub(crate) fn kind(self) -> (u16, IssueType) {
        match self {
            Self::NotRegistered
            | Self::NoRecord
            | Self::NoSuchAppointment
            | Self::NoInvitation
            | Self::NoSuchGrant
            | Self::NoSuchDevice
            | Self::NoSuchPatient
            | Self::NoSuchPlan => (404, IssueType::NotFound),
            Self::OwnInvitation => (422, IssueType::BusinessRule),
            Self::OtherName => (422, IssueType::BusinessRule),
            Self::KeptElsewhere => (409, IssueType::Conflict),
            Self::TooLong => (422, IssueType::TooLong),
            Self::NoHealthRegister => (501, IssueType::NotSupported),
            Self::NotBooked => (410, IssueType::BusinessRule),
            Self::NoPass => (403, IssueType::BusinessRule),
            Self::Until | Self::PatientForm | Self::PlanPlace | Self::OtherPatient => (422, IssueType::Value),
        }
    }

    /// What an app can tell it by.
    pub(crate) fn code(self) -> Option<RefusalCode> {
        match self {
            Self::NotRegistered => Some(RefusalCode::NotRegistered),
            Self::OtherName => Some(RefusalCode::OtherName),
            Self::NoRecord => Some(RefusalCode::NoRecord),
            Self::TooLong => Some(RefusalCode::TooLong),
            Self::NoInvitation => Some(RefusalCode::NoInvitation),
            Self::KeptElsewhere
            | Self::NoHealthRegister
            | Self::NoSuchAppointment
            | Self::NotBooked
            | Self::NoPass
            | Self::Until
            | Self::PatientForm
            | Self::OwnInvitation
            | Self::NoSuchGrant
            | Self::NoSuchDevice
            | Self::NoSuchPatient
            | Self::NoSuchPlan
            | Self::PlanPlace
            | Self::OtherPatient => None,
        }
    }

    /// Whether it tells something about a person whom the asker may only be guessing at.
    pub(crate) fn is_a_miss(self) -> bool {
        matches!(
            self,
            Self::NotRegistered | Self::OtherName | Self::NoRecord | Self::NoSuchAppointment | Self::NoInvitation
        )
    }
}
