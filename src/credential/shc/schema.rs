//! What the framework asks of a card's payload.

use serde_json::Value as Json;

use super::{HealthCard, Time};

/// The type that every card has.
const CARD_TYPE: &str = "https://smarthealth.cards#health-card";
/// The longest name under which a card is taken back, in characters.
pub(crate) const MAX_RID: usize = 24;

/// Where a card departs from the framework. Names claims, never their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardSchemaError {
    /// The issuer is missing or is not named as it has to be.
    #[error("\"iss\" is not an https URL without a slash at its end")]
    Issuer,
    /// From when it holds is missing or is no number.
    #[error("\"nbf\" is missing or is not a number of seconds")]
    NotBefore,
    /// Until when it holds is no number.
    #[error("\"exp\" is not a number of seconds")]
    Expires,
    /// It does not say that it is a health card.
    #[error("\"vc.type\" does not say that it is a health card")]
    Type,
    /// The version of FHIR is missing.
    #[error("\"fhirVersion\" is missing or is not a version number")]
    FhirVersion,
    /// There is no FHIR bundle with a resource in it.
    #[error("\"fhirBundle\" is missing or is not a bundle of FHIR resources")]
    Bundle,
    /// The name under which it can be taken back is malformed.
    #[error("\"vc.rid\" is not a name of 1 to 24 letters, digits, - and _")]
    RevocationId,
}

impl HealthCard {
    /// Holds the payload against the framework.
    ///
    /// # Errors
    /// The first departure found.
    pub fn check(&self) -> Result<(), CardSchemaError> {
        let holds = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
        holds(self.issuer().is_some_and(is_issuer_url), CardSchemaError::Issuer)?;
        holds(
            !matches!(self.issued_at(), Time::Absent | Time::Malformed),
            CardSchemaError::NotBefore,
        )?;
        holds(self.expires_at() != Time::Malformed, CardSchemaError::Expires)?;
        let types = self.json().pointer("/vc/type").and_then(Json::as_array);
        let all_are_texts = types.is_some_and(|types| types.iter().all(Json::is_string));
        holds(
            all_are_texts && self.types().any(|found| found == CARD_TYPE),
            CardSchemaError::Type,
        )?;
        let subject = |name: &str| self.json().pointer("/vc/credentialSubject").and_then(|s| s.get(name));
        let version = subject("fhirVersion").and_then(Json::as_str);
        holds(version.is_some_and(is_version), CardSchemaError::FhirVersion)?;
        holds(subject("fhirBundle").is_some_and(is_bundle), CardSchemaError::Bundle)?;
        let rid = self.json().pointer("/vc/rid");
        holds(
            rid.is_none_or(|rid| rid.as_str().is_some_and(is_rid)),
            CardSchemaError::RevocationId,
        )
    }
}

/// `https`, a host, perhaps a port and a path; no slash at the end, and nothing that would lead a reader elsewhere.
pub(crate) fn is_issuer_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    // The unreserved characters of RFC 3986, sub-delimiters, percent-encoding, and what a segment may hold beside.
    let of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    is_name && is_port && !rest.ends_with('/') && rest.bytes().all(of_path)
}

/// Whether `text` can be the name under which a card is taken back.
pub(crate) fn is_rid(text: &str) -> bool {
    (1..=MAX_RID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Such as 4.0.1.
fn is_version(text: &str) -> bool {
    text.split('.').count() >= 2
        && text
            .split('.')
            .all(|number| !number.is_empty() && number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_bundle(bundle: &Json) -> bool {
    let kind = |resource: &Json| {
        let kind = resource.get("resourceType").and_then(Json::as_str);
        kind.map(str::to_owned).filter(|kind| !kind.is_empty())
    };
    let entries = bundle.get("entry").and_then(Json::as_array);
    let resources_only = |entries: &Vec<Json>| {
        let mut resources = entries.iter().map(|entry| entry.get("resource"));
        !entries.is_empty() && resources.all(|resource| resource.and_then(kind).is_some())
    };
    kind(bundle).as_deref() == Some("Bundle") && entries.is_some_and(resources_only)
}
