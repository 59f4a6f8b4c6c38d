//! The rules of devices, tokens, invitations and grants.

use super::{
    Caller, Denied, DeviceCaller, HeldGrant, StaffCaller, Who,
    secrets::{self, kept_as},
};
use crate::{
    db::{AccountKind, AuditAction, AuditNote, Database, DeviceRegistered, NewDevice, SignedIn, TakenUp},
    refused::Refused,
    state::StepError,
};
use anban_wire::{
    CommandId,
    accounts::{
        DeviceAnswer, DeviceRequest, Grant, GrantsAnswer, INVITATION_LIFE, InvitationAnswer, InvitationRequest,
        TokenAnswer,
    },
    fhir::{ContactPoint, HumanName, Meta, Patient, Resource},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long a token holds.
pub(crate) const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// Digits that stand for another invitation already are drawn again, so often at most.
const DRAWS: usize = 8;

/// Registers a device and makes its patient, or gives the first answer to the same command again.
pub(crate) fn register_device(
    db: &dyn Database,
    caller: &Caller,
    request: &DeviceRequest,
    now: Timestamp,
) -> Result<DeviceAnswer, StepError> {
    let (device, patient) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let name = request.name.trim().to_owned();
    let telephone = request.telephone.as_deref().map(|number| number.trim().to_owned());
    let body: Resource = new_patient(&patient, &name, telephone.as_deref(), now).into();
    let new = NewDevice {
        secret: kept_as(&request.secret.0),
        body: serde_json::to_string(&body).map_err(|_| crate::db::DbError::Damaged("patient"))?,
        name,
        telephone,
        id: device,
        patient,
    };
    let note = AuditNote {
        // Whoever registers is that device from now on.
        caller: format!("Device/{}", new.id),
        caller_name: new.name.clone(),
        ..caller.note(
            AuditAction::Create,
            format!("Patient/{}", new.patient),
            Some(&new.patient),
            now,
        )
    };
    match db.register_device(&new, request.command, now, &note)? {
        DeviceRegistered::Is { device, patient } => Ok(DeviceAnswer { device, patient }),
        DeviceRegistered::CommandReused => Err(crate::booking::Refused::CommandReused.into()),
    }
}

/// The FHIR resource of a patient who was just registered.
pub(crate) fn new_patient(id: &str, name: &str, telephone: Option<&str>, now: Timestamp) -> Patient {
    Patient {
        id: Some(id.to_owned()),
        meta: Some(Meta {
            version_id: Some("1".to_owned()),
            last_updated: Some(now),
            ..Meta::default()
        }),
        active: Some(true),
        name: vec![HumanName {
            text: Some(name.to_owned()),
            ..HumanName::default()
        }],
        telecom: telephone
            .into_iter()
            .map(|number| ContactPoint {
                system: Some("phone".to_owned()),
                value: Some(number.to_owned()),
                usage: None,
            })
            .collect(),
        ..Patient::default()
    }
}

/// Signs a device or a member of staff in. `None` for a wrong id or secret, and for one that was taken back; which of
/// these it is, nobody is told.
pub(crate) fn sign_in(
    db: &dyn Database,
    id: &str,
    secret: &str,
    now: Timestamp,
) -> Result<Option<TokenAnswer>, StepError> {
    if !is_account(db, id, secret)? {
        return Ok(None);
    }
    let token = secrets::token()?;
    let expires_at = now.checked_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX);
    if !db.keep_token(id, &kept_as(&token), expires_at)? {
        return Ok(None);
    }
    Ok(Some(TokenAnswer {
        access_token: token,
        token_type: "Bearer".to_owned(),
        expires_in: u32::try_from(TOKEN_LIFE.as_secs()).unwrap_or(u32::MAX),
    }))
}

/// Whether that is the secret of that account.
pub(crate) fn is_account(db: &dyn Database, id: &str, secret: &str) -> Result<bool, StepError> {
    // Compared as hashes: how long that takes says nothing about the secret.
    Ok(db.account(id)?.is_some_and(|account| account.secret == kept_as(secret)))
}

/// Whose token that is, if it holds.
pub(crate) fn who(db: &dyn Database, token: &str, now: Timestamp) -> Result<Option<Who>, StepError> {
    let Some(SignedIn { account, grants }) = db.signed_in(&kept_as(token), now)? else {
        return Ok(None);
    };
    Ok(Some(match account.kind {
        AccountKind::Device(patient) => Who::Device(DeviceCaller {
            id: account.id,
            patient,
            name: account.name,
            grants: grants
                .into_iter()
                .map(|(id, patient)| HeldGrant { id, patient })
                .collect(),
        }),
        AccountKind::Staff(role) => Who::Staff(StaffCaller {
            id: account.id,
            name: account.name,
            role,
        }),
    }))
}

/// Makes digits that somebody can become the patient's helper with.
pub(crate) fn invite(
    db: &dyn Database,
    caller: &Caller,
    request: &InvitationRequest,
    now: Timestamp,
) -> Result<InvitationAnswer, StepError> {
    let patient = &device(caller)?.patient;
    let note = caller.note(AuditAction::Create, "RelatedPerson", Some(patient), now);
    for _ in 0..DRAWS {
        let invitation = InvitationAnswer {
            code: secrets::digits()?,
            expires_at: whole_second(now.checked_add(INVITATION_LIFE).unwrap_or(Timestamp::MAX)),
        };
        if let Some(kept) = db.invite(patient, request.relationship, request.command, &invitation, now, &note)? {
            return Ok(kept);
        }
    }
    // A command of somebody else's invitation, or so many invitations that no digits are free.
    Err(crate::booking::Refused::CommandReused.into())
}

/// Makes the device that has the digits the patient's helper.
pub(crate) fn take_up(
    db: &dyn Database,
    caller: &Caller,
    digits: &str,
    command: CommandId,
    now: Timestamp,
) -> Result<Grant, StepError> {
    let helper = &device(caller)?.patient;
    let note = caller.note(AuditAction::Create, "RelatedPerson", None, now);
    match db.take_up(helper, digits, command, &Uuid::new_v4().to_string(), now, &note)? {
        TakenUp::Granted(grant) => Ok(grant),
        TakenUp::NoInvitation => Err(Refused::NoInvitation.into()),
        TakenUp::Own => Err(Refused::OwnInvitation.into()),
        TakenUp::CommandReused => Err(crate::booking::Refused::CommandReused.into()),
    }
}

/// Who may act for the patient of the device, and for whom it may act.
pub(crate) fn grants(db: &dyn Database, caller: &Caller) -> Result<GrantsAnswer, StepError> {
    Ok(db.grants_of(&device(caller)?.patient)?)
}

/// Ends a grant, from either side. One that has ended stays so; another's is not there.
pub(crate) fn end_grant(db: &dyn Database, caller: &Caller, id: &str, now: Timestamp) -> Result<(), StepError> {
    let side = &device(caller)?.patient;
    let note = caller.note(AuditAction::Delete, format!("RelatedPerson/{id}"), None, now);
    if db.end_grant(id, side, now, &note)? {
        Ok(())
    } else {
        Err(Refused::NoSuchGrant.into())
    }
}

/// Takes a device back, with all its tokens.
pub(crate) fn revoke_device(db: &dyn Database, caller: &Caller, id: &str, now: Timestamp) -> Result<(), StepError> {
    let account = db.account(id)?;
    let patient = match account.map(|account| account.kind) {
        Some(AccountKind::Device(patient)) => patient,
        // Nobody may end staff from here.
        Some(AccountKind::Staff(_)) | None => return Err(Refused::NoSuchDevice.into()),
    };
    let note = caller.note(AuditAction::Delete, format!("Device/{id}"), Some(&patient), now);
    if db.end_account(id, now, &note)? {
        Ok(())
    } else {
        Err(Refused::NoSuchDevice.into())
    }
}

fn device(caller: &Caller) -> Result<&DeviceCaller, Denied> {
    match &caller.who {
        Who::Device(device) => Ok(device),
        Who::Anonymous => Err(Denied::SignIn),
        Who::Staff(_) => Err(Denied::NotAllowed),
    }
}

fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}
