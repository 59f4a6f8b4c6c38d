//! Checking: whether a document may be believed, at a given time, by given keys.
//!
//! [`verify`] never fails; it reports. Each layer and each question has its own [`Check`] in
//! [`Checks`], so that `anban verify` can print them one by one and the app's page can draw one
//! plain answer from them ([`Verification::state`]). A check that could not be made, because an
//! earlier one failed or no keys were given, says "not checked" and never "ok".

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::claims::Kind;
use crate::document::{Content, Document, Format, ReadError, read};
use crate::envelope::{self, EnvelopeError, Prefix};
use crate::eu_dcc::{SchemaError, check_schema};
use crate::signers::Signer;
use crate::trust::Trust;
use crate::trust_list::TrustList;

/// Why a check failed. Holds nothing of the document but its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It could not be read.
    #[error(transparent)]
    Unreadable(ReadError),
    /// Signed with a key that nobody vouches for here.
    #[error("it is signed with a key that is not among those to be believed")]
    UnknownSigner,
    /// The signature is not that of the key it names.
    #[error("the signature is wrong: it was changed after signing, or is a forgery")]
    BadSignature,
    /// Signed in a way that is not allowed.
    #[error("it is not signed with ES256 or PS256")]
    Algorithm,
    /// It, or the key, was taken back.
    #[error("its issuer has taken it back")]
    Revoked,
    /// The key it was signed with was taken back.
    #[error("the key it is signed with has been taken back")]
    KeyRevoked,
    /// It holds only from a later time on.
    #[error("it holds only from {0} on")]
    NotYetValid(Timestamp),
    /// It held until an earlier time.
    #[error("it held until {0}")]
    Expired(Timestamp),
    /// It does not say from when until when it holds.
    #[error("it does not say from when until when it holds")]
    NoTimes,
    /// The signer's key did not hold when it was issued, or does not hold any more.
    #[error("the signer's key did not hold when it was issued, or does not hold any more")]
    SignerNotValid,
    /// An EU certificate departs from its schema.
    #[error(transparent)]
    Schema(SchemaError),
    /// The signer may not sign this kind of document.
    #[error("the signer may not sign documents of this kind")]
    Purpose,
    /// It names another issuer than the one whose key it is signed with.
    #[error("it names another issuer than the one whose key it is signed with")]
    OtherIssuer,
}

/// The outcome of one check. Serialised as `"ok"`, `"not checked"` or `"failed: why"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Passed.
    Ok,
    /// Could not be made.
    #[default]
    NotChecked,
    /// Failed, and why.
    Failed(Failure),
}

impl Check {
    /// Whether it passed.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self == Check::Ok
    }
}

impl From<Result<(), Failure>> for Check {
    fn from(result: Result<(), Failure>) -> Self {
        result.map_or_else(Check::Failed, |()| Check::Ok)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Check::Ok => f.write_str("ok"),
            Check::NotChecked => f.write_str("not checked"),
            Check::Failed(failure) => write!(f, "failed: {failure}"),
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// All checks, from the outside in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checks {
    /// The text begins as a known format does.
    pub prefix: Check,
    /// It is base45.
    pub encoding: Check,
    /// It unpacks.
    pub inflate: Check,
    /// It is signed by somebody who is believed.
    pub signature: Check,
    /// It holds at the time, and neither it nor its key was taken back.
    pub validity: Check,
    /// Its content is as its format asks.
    pub schema: Check,
    /// The signer may sign this kind of document.
    pub purpose: Check,
}

impl Checks {
    fn all(&self) -> [Check; 7] {
        [
            self.prefix,
            self.encoding,
            self.inflate,
            self.signature,
            self.validity,
            self.schema,
            self.purpose,
        ]
    }
}

/// The plain answer for the app's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentState {
    /// All checks passed.
    Valid,
    /// Genuine, and holds only from later on.
    NotYetValid,
    /// Genuine, and no longer holds.
    Expired,
    /// Genuine, and taken back.
    Revoked,
    /// Nobody that is believed here signed it, or may sign this kind; it may be genuine.
    UnknownIssuer,
    /// The signature is wrong.
    Forged,
    /// It cannot be read, or its content is not what its format asks for.
    Unreadable,
}

/// What was found out about a document. Serialises as `anban verify` prints it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verification {
    /// Whose format it is in, if that much could be told.
    pub format: Option<Format>,
    /// Whether every check passed.
    pub valid: bool,
    /// The checks one by one.
    pub checks: Checks,
    /// Who issued it, by its own account.
    pub issuer: Option<String>,
    /// What it says; an empty map where it could not be read.
    pub claims: serde_json::Value,
    /// Whether the trust list that has the signer is older than it should be: revocations of
    /// late may be missing. Not part of the printed report.
    #[serde(skip)]
    pub trust_expired: bool,
}

impl Verification {
    /// The plain answer. What is worst wins: a forged document is forged even if expired.
    #[must_use]
    pub fn state(&self) -> DocumentState {
        use DocumentState::{Expired, Forged, NotYetValid, Revoked, UnknownIssuer, Unreadable, Valid};
        let rank = |failure| match failure {
            Failure::Unreadable(_) | Failure::Schema(_) | Failure::NoTimes => (1, Unreadable),
            Failure::BadSignature | Failure::Algorithm => (2, Forged),
            Failure::Revoked | Failure::KeyRevoked => (3, Revoked),
            Failure::UnknownSigner | Failure::Purpose | Failure::OtherIssuer | Failure::SignerNotValid => {
                (4, UnknownIssuer)
            }
            Failure::Expired(_) => (5, Expired),
            Failure::NotYetValid(_) => (6, NotYetValid),
        };
        let worst = self.checks.all().into_iter().filter_map(|check| match check {
            Check::Ok => None,
            Check::NotChecked => Some((4, UnknownIssuer)),
            Check::Failed(failure) => Some(rank(failure)),
        });
        worst.min_by_key(|(rank, _)| *rank).map_or(Valid, |(_, state)| state)
    }
}

/// Checks a document against `trust` at the time `at`.
#[must_use]
pub fn verify(document: &Document, trust: &Trust, at: Timestamp) -> Verification {
    let (signature, signer) = check_signature(document, trust);
    let checks = Checks {
        prefix: Check::Ok,
        encoding: Check::Ok,
        inflate: Check::Ok,
        signature,
        validity: check_validity(document, signer, at).into(),
        schema: check_content(document),
        purpose: signer.map_or(Check::NotChecked, |signer| check_purpose(document, signer)),
    };
    Verification {
        format: Some(document.format()),
        valid: checks.all().into_iter().all(Check::is_ok),
        checks,
        issuer: document.issuer(),
        claims: document.claims(),
        trust_expired: signer
            .and_then(|(_, list)| list)
            .is_some_and(|list| list.is_expired(at)),
    }
}

/// Reads and checks a text, whatever it is.
#[must_use]
pub fn check_text(text: &str, trust: &Trust, at: Timestamp) -> Verification {
    match read(text) {
        Ok(document) => verify(&document, trust, at),
        Err(error) => unreadable(text, error),
    }
}

/// A signer and the list it is in.
type Found<'a> = (&'a Signer, Option<&'a TrustList>);

fn check_signature<'a>(document: &Document, trust: &'a Trust) -> (Check, Option<Found<'a>>) {
    if trust.is_empty() {
        return (Check::NotChecked, None);
    }
    let message = document.message();
    if message.algorithm.is_none() {
        return (Check::Failed(Failure::Algorithm), None);
    }
    let key_id = document.key_id();
    let mut failure = Failure::UnknownSigner;
    let mut candidates = trust.candidates(key_id.as_ref());
    let found = candidates.find(|(signer, _)| {
        // A bare key that does not fit says nothing: another may have been meant.
        if signer.key_id.is_some() {
            failure = Failure::BadSignature;
        }
        message.is_signed_with(&signer.key)
    });
    match found {
        Some(found) => (Check::Ok, Some(found)),
        None => (Check::Failed(failure), None),
    }
}

fn check_validity(document: &Document, found: Option<Found<'_>>, at: Timestamp) -> Result<(), Failure> {
    let (Some(issued_at), Some(expires_at)) = (document.issued_at(), document.expires_at()) else {
        return Err(Failure::NoTimes);
    };
    if let Some((signer, Some(list))) = found {
        if list.revokes_document(&document.id()) {
            return Err(Failure::Revoked);
        }
        if signer.key_id.as_ref().is_some_and(|id| list.revokes_key(id)) {
            return Err(Failure::KeyRevoked);
        }
    }
    let from = document.not_before().unwrap_or(issued_at).max(issued_at);
    if at < from {
        return Err(Failure::NotYetValid(from));
    }
    // The hcert specification refuses what comes after "exp" and the EU's own cases accept the
    // very moment, where RFC 8392 would not. One rule for both kinds: that moment still counts.
    if at > expires_at {
        return Err(Failure::Expired(expires_at));
    }
    if let Some((signer, _)) = found {
        let too_early = signer.not_before.is_some_and(|begin| issued_at < begin);
        let too_late = signer.not_after.is_some_and(|end| at > end);
        if too_early || too_late {
            return Err(Failure::SignerNotValid);
        }
    }
    Ok(())
}

/// Our own claims were checked as they were read: without that there is no [`Document`].
fn check_content(document: &Document) -> Check {
    match document.content() {
        Content::Anban(_) => Check::Ok,
        Content::EuDcc(dcc) => check_schema(dcc.json()).map_err(Failure::Schema).into(),
    }
}

fn check_purpose(document: &Document, (signer, list): Found<'_>) -> Check {
    let kinds: Vec<Kind> = match document.content() {
        Content::Anban(claims) => vec![claims.kind.clone()],
        Content::EuDcc(dcc) => dcc.groups().collect(),
    };
    if kinds.is_empty() {
        return Check::NotChecked;
    }
    if !kinds.iter().all(|kind| signer.may_sign(kind)) {
        return Check::Failed(Failure::Purpose);
    }
    // A trust list says whose each key is. Without this check one hospital could sign in
    // another's name.
    if let (Content::Anban(claims), Some(_)) = (document.content(), list)
        && signer.issuer.as_ref().is_some_and(|name| *name != claims.issuer)
    {
        return Check::Failed(Failure::OtherIssuer);
    }
    Check::Ok
}

/// The report on a text that is no readable document: which layer stopped it.
fn unreadable(text: &str, error: ReadError) -> Verification {
    let failed = Check::Failed(Failure::Unreadable(error));
    let mut checks = Checks::default();
    let layers = [
        &mut checks.prefix,
        &mut checks.encoding,
        &mut checks.inflate,
        &mut checks.signature,
    ];
    let passed = match error {
        ReadError::Envelope(EnvelopeError::TooLong | EnvelopeError::UnknownPrefix) => 0,
        ReadError::Envelope(EnvelopeError::Base45) | ReadError::SmartHealthCard => 1,
        ReadError::Envelope(EnvelopeError::Zlib | EnvelopeError::TooLarge) => 2,
        ReadError::Signature(_) | ReadError::Content(_) | ReadError::Claims(_) => 3,
    };
    for (number, layer) in layers.into_iter().enumerate() {
        if number < passed {
            *layer = Check::Ok;
        } else if number == passed {
            *layer = failed;
        }
    }
    if matches!(error, ReadError::Content(_) | ReadError::Claims(_)) {
        checks.signature = Check::NotChecked;
        checks.schema = failed;
    }
    let format = match envelope::split_prefix(text) {
        Ok((Prefix::Anban, _)) => Some(Format::Anban),
        Ok((Prefix::EuDcc, _)) => Some(Format::EuDcc),
        Ok((Prefix::SmartHealthCard, _)) => Some(Format::SmartHealthCard),
        Err(_) => None,
    };
    Verification {
        format,
        valid: false,
        checks,
        issuer: None,
        claims: serde_json::json!({}),
        trust_expired: false,
    }
}
