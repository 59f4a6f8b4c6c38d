//! Checking: whether a document may be believed, at a given time, by given keys.
//!
//! [`verify`] never fails; it reports. A check that could not be made, because an earlier one failed or no keys were
//! given, says "not checked" and never "ok". Texts that may be no document, parts of one, or several, go through
//! [`crate::check_texts`], which ends up here for each document.

use jiff::Timestamp;
use serde::Serialize;

use crate::checks::{Check, Checks, DocumentState, Failure};
use crate::claims::Kind;
use crate::document::{Content, Document, Format};
use crate::eu_dcc::check_schema;
use crate::shc::{HealthCard, Time};
use crate::signers::Signer;
use crate::trust::{Found, Trust};

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
        self.checks.state()
    }
}

/// Checks a document against `trust` at the time `at`.
#[must_use]
pub fn verify(document: &Document, trust: &Trust, at: Timestamp) -> Verification {
    report(document, document.claims(), trust, at)
}

/// The same for a document that nobody else needs: what it says is moved into the report.
pub(crate) fn verify_once(document: Document, trust: &Trust, at: Timestamp) -> Verification {
    let report = report(&document, serde_json::Value::Null, trust, at);
    Verification {
        claims: document.into_claims(),
        ..report
    }
}

fn report(document: &Document, claims: serde_json::Value, trust: &Trust, at: Timestamp) -> Verification {
    let (signature, signer) = check_signature(document, trust);
    let checks = Checks {
        prefix: Check::Ok,
        encoding: Check::Ok,
        inflate: Check::Ok,
        signature,
        validity: check_validity(document, trust, signer, at).into(),
        schema: check_content(document),
        purpose: signer.map_or(Check::NotChecked, |signer| check_purpose(document, signer)),
    };
    Verification {
        format: Some(document.format()),
        valid: checks.all().into_iter().all(Check::is_ok),
        checks,
        issuer: document.issuer(),
        claims,
        trust_expired: signer
            .and_then(|(_, list)| list)
            .is_some_and(|list| list.is_expired(at)),
    }
}

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
    let found = if let Content::HealthCard(card) = document.content() {
        let mut fit = trust
            .card_candidates(key_id.as_ref())
            .inspect(|_| failure = Failure::UnfitKey);
        let fit: Vec<Found<'_>> = fit
            .by_ref()
            .filter(|(signer, _)| signer.health_cards.is_some())
            .collect();
        if !fit.is_empty() {
            failure = Failure::BadSignature;
        }
        // One key may stand there for several issuers: the one that the card names goes before.
        let signed = |(signer, _): &&Found<'_>| message.is_signed_with(&signer.key);
        let of_its_issuer = |found: &&Found<'_>| is_of_issuer(card, **found);
        fit.iter()
            .filter(signed)
            .find(of_its_issuer)
            .or_else(|| fit.iter().find(signed))
            .copied()
    } else {
        trust.candidates(key_id.as_ref()).find(|(signer, _)| {
            // A bare key that does not fit says nothing: another may have been meant.
            if signer.key_id.is_some() {
                failure = Failure::BadSignature;
            }
            message.is_signed_with(&signer.key)
        })
    };
    match found {
        Some(found) => (Check::Ok, Some(found)),
        None => (Check::Failed(failure), None),
    }
}

/// From when and until when a document holds.
fn times(document: &Document) -> Result<(Timestamp, Option<Timestamp>), Failure> {
    if let Content::HealthCard(card) = document.content() {
        return match (card.issued_at(), card.expires_at()) {
            (Time::At(from), Time::At(until)) => Ok((from, Some(until))),
            (Time::At(from), Time::Absent) => Ok((from, None)),
            (Time::OutOfRange, _) | (_, Time::OutOfRange) => Err(Failure::TimeOutOfRange),
            _ => Err(Failure::NoTimes),
        };
    }
    let (Some(issued_at), Some(expires_at)) = (document.issued_at(), document.expires_at()) else {
        return Err(Failure::NoTimes);
    };
    let from = document.not_before().unwrap_or(issued_at).max(issued_at);
    Ok((from, Some(expires_at)))
}

fn check_validity(document: &Document, trust: &Trust, found: Option<Found<'_>>, at: Timestamp) -> Result<(), Failure> {
    let (from, until) = times(document)?;
    if let Some((signer, Some(list))) = found {
        if list.revokes_document(&document.id()) {
            return Err(Failure::Revoked);
        }
        if signer.key_id.as_ref().is_some_and(|id| list.revokes_key(id)) {
            return Err(Failure::KeyRevoked);
        }
    }
    if let (Content::HealthCard(card), Some(found)) = (document.content(), found) {
        check_card_revocation(card, document, trust, found, from)?;
    }
    if at < from {
        return Err(Failure::NotYetValid(from));
    }
    // The hcert specification refuses what comes after "exp" and the EU's own cases accept the
    // very moment, where RFC 8392 would not. One rule for all kinds: that moment still counts.
    if let Some(until) = until.filter(|&until| at > until) {
        return Err(Failure::Expired(until));
    }
    if let Some((signer, _)) = found {
        let issued_at = document.issued_at().unwrap_or(from);
        let too_early = signer.not_before.is_some_and(|begin| issued_at < begin);
        let too_late = signer.not_after.is_some_and(|end| at > end);
        if too_early || too_late {
            return Err(Failure::SignerNotValid);
        }
    }
    Ok(())
}

/// Whether a card's issuer has taken it back by the card's `rid`: in the trust list that has its key, or in the list
/// that the issuer publishes. An issuer that publishes one says so beside its key, and then it has to be here.
fn check_card_revocation(
    card: &HealthCard,
    document: &Document,
    trust: &Trust,
    (signer, list): Found<'_>,
    issued_at: Timestamp,
) -> Result<(), Failure> {
    let (Some(rid), Some(key)) = (card.revocation_id(), document.key_id()) else {
        return Ok(());
    };
    if list.is_some_and(|list| list.revokes_card(&key, rid, issued_at)) {
        return Err(Failure::Revoked);
    }
    let published = trust.card_revocations(&key);
    if published.is_some_and(|published| published.revokes(rid, issued_at)) {
        return Err(Failure::Revoked);
    }
    let held = published.map_or(0, |published| published.counter());
    match signer.health_cards.as_ref().and_then(|cards| cards.crl_version) {
        Some(newest) if held < newest => Err(Failure::RevocationsUnknown),
        _ => Ok(()),
    }
}

/// Our own claims were checked as they were read: without that there is no [`Document`].
fn check_content(document: &Document) -> Check {
    match document.content() {
        Content::Anban(_) => Check::Ok,
        Content::EuDcc(dcc) => check_schema(dcc.json()).map_err(Failure::Schema).into(),
        Content::HealthCard(card) => card.check().map_err(Failure::Card).into(),
    }
}

fn check_purpose(document: &Document, (signer, list): Found<'_>) -> Check {
    let kinds: Vec<Kind> = match document.content() {
        Content::Anban(claims) => vec![claims.kind.clone()],
        Content::EuDcc(dcc) => dcc.groups().collect(),
        Content::HealthCard(card) => card.kinds(),
    };
    if kinds.is_empty() {
        return Check::NotChecked;
    }
    if !kinds.iter().all(|kind| signer.may_sign(kind)) {
        return Check::Failed(Failure::Purpose);
    }
    // A trust list says whose each key is. Without this check one hospital could sign in
    // another's name.
    let of_its_issuer = match (document.content(), list) {
        (Content::Anban(claims), Some(_)) => is_named(signer, &claims.issuer),
        (Content::HealthCard(card), _) => is_of_issuer(card, (signer, list)),
        _ => true,
    };
    if of_its_issuer {
        Check::Ok
    } else {
        Check::Failed(Failure::OtherIssuer)
    }
}

/// Whether the signer goes by `name`, or by none.
fn is_named(signer: &Signer, name: &str) -> bool {
    signer.issuer.as_deref().is_none_or(|own| own == name)
}

/// Whether the key is that of the issuer whom the card names, as far as it is known whose key it is.
fn is_of_issuer(card: &HealthCard, (signer, list): Found<'_>) -> bool {
    let Some(issuer) = card.issuer() else {
        return false;
    };
    let own = signer.health_cards.as_ref().and_then(|cards| cards.issuer.as_deref());
    own.is_none_or(|own| own == issuer) && (list.is_none() || is_named(signer, issuer))
}
