//! What a check can say, and the plain answer that all of them make.
//!
//! Each layer of a text and each question has its own [`Check`] in [`Checks`], so that a report can print them one by
//! one. Which check fails for which reason is in `verify` and, for what cannot be read, in `several`.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::document::ReadError;
use crate::eu_dcc::SchemaError;
use crate::shc::CardSchemaError;

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
    /// A time that no calendar goes to.
    #[error("one of its times lies beyond the year 9999; it may have been written in milliseconds")]
    TimeOutOfRange,
    /// Its issuer takes cards back, and the list of those is not here.
    #[error("its issuer publishes which cards it has taken back, and that list, or its newest, is not here")]
    RevocationsUnknown,
    /// A SMART Health Card departs from its framework.
    #[error(transparent)]
    Card(CardSchemaError),
    /// The key is not published as SMART Health Cards ask.
    #[error("the key it is signed with is not one for SMART Health Cards (kty, crv, use, alg, kid, x5c)")]
    UnfitKey,
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
    /// It is base45; for a SMART Health Card, digits and base64url.
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
    pub(crate) fn all(&self) -> [Check; 7] {
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

    /// The plain answer. What is worst wins: a forged document is forged even if expired.
    #[must_use]
    pub fn state(&self) -> DocumentState {
        use DocumentState::{Expired, Forged, NotYetValid, Revoked, UnknownIssuer, Unreadable, Valid};
        let rank = |failure| match failure {
            Failure::Unreadable(_)
            | Failure::Schema(_)
            | Failure::Card(_)
            | Failure::NoTimes
            | Failure::TimeOutOfRange => (1, Unreadable),
            Failure::BadSignature | Failure::Algorithm => (2, Forged),
            Failure::Revoked | Failure::KeyRevoked => (3, Revoked),
            Failure::UnknownSigner
            | Failure::UnfitKey
            | Failure::Purpose
            | Failure::OtherIssuer
            | Failure::SignerNotValid
            | Failure::RevocationsUnknown => (4, UnknownIssuer),
            Failure::Expired(_) => (5, Expired),
            Failure::NotYetValid(_) => (6, NotYetValid),
        };
        let worst = self.all().into_iter().filter_map(|check| match check {
            Check::Ok => None,
            Check::NotChecked => Some((4, UnknownIssuer)),
            Check::Failed(failure) => Some(rank(failure)),
        });
        worst.min_by_key(|(rank, _)| *rank).map_or(Valid, |(_, state)| state)
    }
}

/// The plain answer for the app's page, worked out by [`Checks::state`].
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
