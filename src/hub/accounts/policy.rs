//! Who may do what to whose data. Every handler asks here, and only here is it decided.
//!
//! | | nobody signed in | the patient's device | a device with a grant | another device | staff |
//! |---|---|---|---|---|---|
//! | read a patient's visits, and when to come again | no | yes | yes | no | registrar, nurse, doctor |
//! | book, cancel | no | yes | yes | no | registrar, doctor |
//! | plan when to come again | no | no | no | no | doctor |
//! | check in | no | yes | yes | no | registrar, nurse |
//! | read the patient | no | yes | yes | no | registrar, nurse, doctor |
//! | change the patient | no | yes | no | no | registrar |
//! | invite, list grants | no | yes | no | no | no |
//! | call a queue's next number | no | no | no | no | nurse |
//! | give out a number at the counter | no | no | no | no | registrar |
//! | write the directory and its times | no | no | no | no | scheduler |
//! | tell a patient something | no | no | no | no | registrar, nurse, doctor |
//! | read the patient's audit trail | no | yes | no | no | auditor |
//!
//! A patient who is **brought along**, with an identifier of their own and no device, is nobody's here: on an open hub
//! (`--demo`, `--open`) anyone may book for them and see and cancel that visit, as a plain FHIR client does; on any other
//! only a registrar or doctor.
//!
//! The tests go through every combination.

use super::{Role, Who};
use anban_wire::{fhir::Appointment, refusals::RefusalCode};

/// Who is let in without having signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Anyone may book for a patient whom they bring along.
    Open,
    /// Booking needs a sign-in.
    SignIn,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// See visits, how the day of one goes, and what is planned.
    ReadVisits,
    /// Book, hold or move a visit.
    Book,
    /// Cancel a visit.
    Cancel,
    /// Plan when the patient is to come again.
    Plan,
    /// Say that the patient has come.
    CheckIn,
    /// See the patient, and who may act for them.
    ReadPatient,
    /// Change the patient.
    ChangePatient,
    /// Make a patient who has no device.
    CreatePatient,
    /// Invite somebody to act, list the grants.
    ManageGrants,
    /// Call the next number of a queue, note that a step of the day is done.
    CallQueue,
    /// Give somebody at the counter a number without a booking, or take it back.
    GiveNumber,
    /// Tell the patient of a visit something.
    Notify,
    /// See who has seen or changed what.
    ReadAudit,
    /// Take a device back.
    RevokeDevice,
    /// Write departments, doctors, calendars and times.
    KeepDirectory,
}

impl Action {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 15] = [
        Self::ReadVisits,
        Self::Book,
        Self::Cancel,
        Self::Plan,
        Self::CheckIn,
        Self::ReadPatient,
        Self::ChangePatient,
        Self::CreatePatient,
        Self::ManageGrants,
        Self::CallQueue,
        Self::GiveNumber,
        Self::Notify,
        Self::ReadAudit,
        Self::RevokeDevice,
        Self::KeepDirectory,
    ];
}

/// Whose data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose<'a> {
    /// Of the patient of that FHIR id.
    Patient(&'a str),
    /// Of a patient who was brought along with an identifier and has no account.
    Brought,
    /// Of nobody in particular, or of everyone.
    Nobody,
}

impl<'a> Whose<'a> {
    /// Whose appointment it is.
    pub(crate) fn of(appointment: &'a Appointment) -> Self {
        appointment
            .patient()
            .and_then(|patient| patient.id_of("Patient"))
            .map_or(Self::Brought, Self::Patient)
    }
}

/// Why not. The texts are for the person and say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("请先登录。 Sign in first (POST /token), then ask again with the token.")]
    SignIn,
    #[error(
        "您现在不能替这位老人办理，请让老人重新邀请您。 This device may not act for this patient, or may no longer: ask \
         them for an invitation (POST /invitations on their device)."
    )]
    NoGrant,
    #[error(
        "您的岗位不能办理这一项，请找有权限的同事。 Your role does not allow this: ask a colleague whose role does."
    )]
    NotAllowed,
}

impl Denied {
    /// What an app can tell it by.
    pub(crate) fn code(self) -> RefusalCode {
        match self {
            Self::SignIn => RefusalCode::SignIn,
            Self::NoGrant => RefusalCode::NoGrant,
            Self::NotAllowed => RefusalCode::NotAllowed,
        }
    }
}

/// How a caller stands to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Stranger,
    Own,
    Granted,
    OtherDevice,
    Staff(Role),
}

fn standing(who: &Who, whose: Whose<'_>) -> Standing {
    match (who, whose) {
        (Who::Anonymous, _) => Standing::Stranger,
        (Who::Staff(staff), _) => Standing::Staff(staff.role),
        (Who::Device(device), Whose::Patient(patient)) if device.patient == patient => Standing::Own,
        (Who::Device(device), Whose::Patient(patient))
            if device.grants.iter().any(|grant| grant.patient == patient) =>
        {
            Standing::Granted
        }
        (Who::Device(_), _) => Standing::OtherDevice,
    }
}

/// Whether somebody may do that to whose data.
pub(super) fn decide(door: Door, who: &Who, action: Action, whose: Whose<'_>) -> Result<(), Denied> {
    use Action as A;
    use Standing as S;
    let standing = standing(who, whose);
    let is_for_visits = matches!(action, A::ReadVisits | A::Book | A::Cancel | A::CheckIn);
    if whose == Whose::Brought && is_for_visits && door == Door::Open {
        return match standing {
            S::Staff(role) if !of_role(role, action) => Err(Denied::NotAllowed),
            _ => Ok(()),
        };
    }
    let is_allowed = match standing {
        S::Stranger => false,
        S::Own => matches!(
            action,
            A::ReadVisits
                | A::Book
                | A::Cancel
                | A::CheckIn
                | A::ReadPatient
                | A::ChangePatient
                | A::ManageGrants
                | A::ReadAudit
                | A::RevokeDevice
        ),
        S::Granted => is_for_visits || action == A::ReadPatient,
        S::OtherDevice => false,
        S::Staff(role) => of_role(role, action),
    };
    match standing {
        _ if is_allowed => Ok(()),
        S::Stranger => Err(Denied::SignIn),
        // Only of a patient's data can a grant be what is lacking.
        S::OtherDevice
            if whose != Whose::Nobody
                && !matches!(
                    action,
                    A::CallQueue | A::GiveNumber | A::CreatePatient | A::Plan | A::KeepDirectory
                ) =>
        {
            Err(Denied::NoGrant)
        }
        _ => Err(Denied::NotAllowed),
    }
}

fn of_role(role: Role, action: Action) -> bool {
    use Action as A;
    match role {
        Role::Registrar => matches!(
            action,
            A::ReadVisits
                | A::Book
                | A::Cancel
                | A::CheckIn
                | A::ReadPatient
                | A::ChangePatient
                | A::CreatePatient
                | A::GiveNumber
                | A::Notify
        ),
        Role::Nurse => matches!(
            action,
            A::ReadVisits | A::CheckIn | A::ReadPatient | A::CallQueue | A::Notify
        ),
        Role::Doctor => matches!(
            action,
            A::ReadVisits | A::Book | A::Cancel | A::Plan | A::ReadPatient | A::Notify
        ),
        Role::Auditor => action == A::ReadAudit,
        Role::Administrator => action == A::RevokeDevice,
        Role::Scheduler => action == A::KeepDirectory,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::accounts::{DeviceCaller, HeldGrant, StaffCaller};

    fn device() -> Who {
        Who::Device(DeviceCaller {
            id: "d1".into(),
            patient: "own".into(),
            name: "王秀英".into(),
            grants: vec![HeldGrant {
                id: "g1".into(),
                patient: "granted".into(),
            }],
        })
    }

    fn staff(role: Role) -> Who {
        Who::Staff(StaffCaller {
            id: "s1".into(),
            name: "李护士".into(),
            role,
        })
    }

    /// Rows: actions. Columns: nobody signed in; own, granted, other patient's device; registrar, nurse, auditor,
    /// administrator, doctor, scheduler. `y` yes, `s` sign in, `g` no grant, `n` not allowed.
    const OF_A_PATIENT: [(Action, &str); 15] = [
        (Action::ReadVisits, "syyg yynnyn"),
        (Action::Book, "syyg ynnnyn"),
        (Action::Cancel, "syyg ynnnyn"),
        (Action::Plan, "snnn nnnnyn"),
        (Action::CheckIn, "syyg yynnnn"),
        (Action::ReadPatient, "syyg yynnyn"),
        (Action::ChangePatient, "syng ynnnnn"),
        (Action::CreatePatient, "snnn ynnnnn"),
        (Action::ManageGrants, "syng nnnnnn"),
        (Action::CallQueue, "snnn nynnnn"),
        (Action::GiveNumber, "snnn ynnnnn"),
        (Action::Notify, "snng yynnyn"),
        (Action::ReadAudit, "syng nnynnn"),
        (Action::RevokeDevice, "syng nnnynn"),
        (Action::KeepDirectory, "snnn nnnnny"),
    ];

    /// Rows: actions. Columns: nobody signed in, a device; registrar, nurse, auditor, administrator, doctor, scheduler; first with an open
    /// door, then with a sign-in.
    const OF_ONE_BROUGHT_ALONG: [(Action, &str, &str); 15] = [
        (Action::ReadVisits, "yy yynnyn", "sg yynnyn"),
        (Action::Book, "yy ynnnyn", "sg ynnnyn"),
        (Action::Cancel, "yy ynnnyn", "sg ynnnyn"),
        (Action::Plan, "sn nnnnyn", "sn nnnnyn"),
        (Action::CheckIn, "yy yynnnn", "sg yynnnn"),
        (Action::ReadPatient, "sg yynnyn", "sg yynnyn"),
        (Action::ChangePatient, "sg ynnnnn", "sg ynnnnn"),
        (Action::CreatePatient, "sn ynnnnn", "sn ynnnnn"),
        (Action::ManageGrants, "sg nnnnnn", "sg nnnnnn"),
        (Action::CallQueue, "sn nynnnn", "sn nynnnn"),
        (Action::GiveNumber, "sn ynnnnn", "sn ynnnnn"),
        (Action::Notify, "sg yynnyn", "sg yynnyn"),
        (Action::ReadAudit, "sg nnynnn", "sg nnynnn"),
        (Action::RevokeDevice, "sg nnnynn", "sg nnnynn"),
        (Action::KeepDirectory, "sn nnnnny", "sn nnnnny"),
    ];

    /// Rows: actions. Columns as for one who is brought along, whatever the door.
    const OF_NOBODY: [(Action, &str); 15] = [
        (Action::ReadVisits, "sn yynnyn"),
        (Action::Book, "sn ynnnyn"),
        (Action::Cancel, "sn ynnnyn"),
        (Action::Plan, "sn nnnnyn"),
        (Action::CheckIn, "sn yynnnn"),
        (Action::ReadPatient, "sn yynnyn"),
        (Action::ChangePatient, "sn ynnnnn"),
        (Action::CreatePatient, "sn ynnnnn"),
        (Action::ManageGrants, "sn nnnnnn"),
        (Action::CallQueue, "sn nynnnn"),
        (Action::GiveNumber, "sn ynnnnn"),
        (Action::Notify, "sn yynnyn"),
        (Action::ReadAudit, "sn nnynnn"),
        (Action::RevokeDevice, "sn nnnynn"),
        (Action::KeepDirectory, "sn nnnnny"),
    ];

    fn letter(door: Door, who: &Who, action: Action, whose: Whose<'_>) -> char {
        match decide(door, who, action, whose) {
            Ok(()) => 'y',
            Err(Denied::SignIn) => 's',
            Err(Denied::NoGrant) => 'g',
            Err(Denied::NotAllowed) => 'n',
        }
    }

    fn check(door: Door, action: Action, callers: &[(Who, Whose<'_>)], expected: &str) {
        let found: String = callers
            .iter()
            .map(|(who, whose)| letter(door, who, action, *whose))
            .collect();
        assert_eq!(found, expected.replace(' ', ""), "{action:?} {door:?}");
    }

    fn with_staff<'a>(mut callers: Vec<(Who, Whose<'a>)>, whose: Whose<'a>) -> Vec<(Who, Whose<'a>)> {
        callers.extend(Role::ALL.map(|role| (staff(role), whose)));
        callers
    }

    #[test]
    fn every_caller_may_do_to_a_patient_what_the_table_says_whatever_the_door() {
        assert_eq!(OF_A_PATIENT.map(|(action, _)| action), Action::ALL);
        let patient = Whose::Patient("own");
        let callers = vec![
            (Who::Anonymous, patient),
            (device(), patient),
            (device(), Whose::Patient("granted")),
            (device(), Whose::Patient("other")),
        ];
        let callers = with_staff(callers, patient);
        for (action, expected) in OF_A_PATIENT {
            for door in [Door::Open, Door::SignIn] {
                check(door, action, &callers, expected);
            }
        }
    }

    #[test]
    fn for_one_who_is_brought_along_the_door_decides() {
        assert_eq!(OF_ONE_BROUGHT_ALONG.map(|(action, ..)| action), Action::ALL);
        let brought = Whose::Brought;
        let callers = with_staff(vec![(Who::Anonymous, brought), (device(), brought)], brought);
        for (action, open, closed) in OF_ONE_BROUGHT_ALONG {
            check(Door::Open, action, &callers, open);
            check(Door::SignIn, action, &callers, closed);
        }
    }

    #[test]
    fn what_is_nobodys_in_particular_is_for_staff() {
        assert_eq!(OF_NOBODY.map(|(action, _)| action), Action::ALL);
        let nobody = Whose::Nobody;
        let callers = with_staff(vec![(Who::Anonymous, nobody), (device(), nobody)], nobody);
        for (action, expected) in OF_NOBODY {
            for door in [Door::Open, Door::SignIn] {
                check(door, action, &callers, expected);
            }
        }
    }
}
