//! Registering a device, letting somebody act for its owner, and reading what has changed.

use anban_core::appointments::Refusal;
use anban_core::feed::FeedPage;
use anban_core::outbox::{Answer, Trouble};
use anban_wire::CommandId;
use anban_wire::accounts::{
    DeviceAnswer, DeviceRequest, Grant, GrantRequest, GrantsAnswer, INVITATION_DIGITS, InvitationAnswer,
    InvitationRequest, Relationship,
};
use anban_wire::feed::SlotFeed;
use anban_wire::fhir::{CapabilityStatement, MEDIA_TYPE, from_json};
use ureq::http::Method;

use crate::address::is_id;
use crate::answers::{self, RUBBISH};
use crate::client::{Call, JSON, trouble_of};
use crate::exchange::{Message, Reply};
use crate::feeds;

impl Call<'_> {
    pub(crate) fn register_device(&self, command: CommandId, name: &str) -> Result<Answer, Answer> {
        let Some(account) = self.speaker.account else {
            return Ok(Answer::NoAccounts);
        };
        let request = DeviceRequest {
            command,
            secret: account.secret.clone(),
            name: name.to_owned(),
            telephone: None,
        };
        let body = serde_json::to_vec(&request).map_err(|_| RUBBISH)?;
        let reply = self.ask_unsigned(&Message::post(
            "register device",
            "devices",
            JSON,
            body,
            self.limits.document,
        ))?;
        if matches!(reply.status, 404 | 405) && self.is_fhir_server()? {
            return Ok(Answer::NoAccounts);
        }
        device_known(&reply)
    }

    /// Whether a FHIR server is at the address: only then it has no accounts, and is no café's sign-in page.
    fn is_fhir_server(&self) -> Result<bool, Answer> {
        let message = Message::get("capabilities", "fhir/metadata", MEDIA_TYPE, self.limits.listing);
        let reply = self.ask_unsigned(&message)?;
        Ok(reply.is_success() && from_json::<CapabilityStatement>(&reply.body).is_ok())
    }

    pub(crate) fn invite(&self, command: CommandId, relationship: Relationship) -> Result<Answer, Answer> {
        let request = InvitationRequest { command, relationship };
        let body = serde_json::to_vec(&request).map_err(|_| RUBBISH)?;
        let reply = self.ask(&Message::post(
            "invite",
            "invitations",
            JSON,
            body,
            self.limits.document,
        ))?;
        invited(&reply)
    }

    pub(crate) fn accept(&self, command: CommandId, code: &str) -> Result<Answer, Answer> {
        let request = GrantRequest {
            command,
            code: code.to_owned(),
        };
        let body = serde_json::to_vec(&request).map_err(|_| RUBBISH)?;
        let reply = self.ask(&Message::post("accept", "grants", JSON, body, self.limits.document))?;
        granted(&reply)
    }

    pub(crate) fn end_grant(&self, grant: &str) -> Result<Answer, Answer> {
        if !is_id(grant) {
            return Ok(Answer::GrantEnded);
        }
        let path = format!("grants/{grant}");
        let message = Message {
            method: Method::DELETE,
            ..Message::get("end grant", &path, JSON, self.limits.document)
        };
        let reply = self.ask(&message)?;
        if reply.is_success() {
            return Ok(Answer::GrantEnded);
        }
        Ok(match answers::refusal(&reply, Answer::refused(Refusal::NotAccepted)) {
            // There is none: that was to be reached.
            Answer::Refused {
                reason: Refusal::Gone, ..
            } => Answer::GrantEnded,
            no => no,
        })
    }

    pub(crate) fn grants(&self) -> Result<GrantsAnswer, Trouble> {
        let body = self.listing("grants", "grants", JSON, self.limits.listing);
        feeds::grants(&body.map_err(|no| trouble_of(&no))?)
    }

    pub(crate) fn patient_feed(&self, patient: &str, after: u64) -> Result<FeedPage, Trouble> {
        if !is_id(patient) {
            return Err(Trouble::Rubbish);
        }
        let path = format!("feed/patients/{patient}?after={after}");
        let body = self.listing("patient feed", &path, JSON, self.limits.listing);
        feeds::patient(&body.map_err(|no| trouble_of(&no))?, after)
    }

    /// A department's feed after that number; `limit` entries at most.
    pub(crate) fn slot_feed(&self, department: &str, after: u64, limit: u32) -> Result<SlotFeed, Trouble> {
        if !is_id(department) {
            return Err(Trouble::Rubbish);
        }
        let path = format!("feed/services/{department}?after={after}&limit={limit}");
        let body = self.listing("slot feed", &path, JSON, self.limits.listing);
        feeds::times(&body.map_err(|no| trouble_of(&no))?, after)
    }
}

fn no(reply: &Reply) -> Answer {
    answers::refusal(reply, Answer::refused(Refusal::NotAccepted))
}

/// What the answer to the registration of a device means.
pub(crate) fn device_known(reply: &Reply) -> Result<Answer, Answer> {
    if !reply.is_success() {
        return Ok(no(reply));
    }
    let answer: DeviceAnswer = serde_json::from_slice(&reply.body).map_err(|_| RUBBISH)?;
    if !is_id(&answer.device) || !is_id(&answer.patient) {
        return Err(RUBBISH);
    }
    Ok(Answer::DeviceKnown {
        device: answer.device,
        patient: answer.patient,
        epoch: None,
    })
}

/// What the answer to the wish for an invitation means.
pub(crate) fn invited(reply: &Reply) -> Result<Answer, Answer> {
    if !reply.is_success() {
        return Ok(no(reply));
    }
    let InvitationAnswer { code, expires_at } = serde_json::from_slice(&reply.body).map_err(|_| RUBBISH)?;
    if code.len() != INVITATION_DIGITS || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(RUBBISH);
    }
    Ok(Answer::Invited { code, expires_at })
}

/// What the answer to the digits of an invitation means.
pub(crate) fn granted(reply: &Reply) -> Result<Answer, Answer> {
    if !reply.is_success() {
        return Ok(no(reply));
    }
    let grant: Grant = serde_json::from_slice(&reply.body).map_err(|_| RUBBISH)?;
    feeds::grant(grant).map(Answer::Granted).ok_or(RUBBISH)
}
