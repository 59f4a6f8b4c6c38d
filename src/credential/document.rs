//! Reading: from a text to a [`Document`], without trusting it.
//!
//! Reading only says what a document claims. Whether it may be believed is asked of
//! [`crate::verify`], which takes the same [`Document`]. Every way to fail names the layer at
//! which it happened, because the report of `anban verify` has a line for each.

use std::fmt;
use std::sync::Arc;

use ciborium::Value;
use jiff::Timestamp;
use serde::Serialize;

use crate::cbor::{self, CborError};
use crate::claims::{Claims, ClaimsError, Kind, Status};
use crate::claims_cbor::{self, cwt};
use crate::cose::{CoseError, SignedMessage};
use crate::envelope::{self, EnvelopeError, Prefix};
use crate::eu_dcc::EuDcc;
use crate::jws;
use crate::keys::KeyId;
use crate::shc::{self, CardError, HealthCard, Symbol};

/// Whose format a document is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Our own (`AB1:`).
    Anban,
    /// An EU Digital COVID Certificate (`HC1:`).
    EuDcc,
    /// A SMART Health Card (`shc:/`, a JWS, or a file of them).
    SmartHealthCard,
}

impl Format {
    /// What a text says it is by its beginning, white space before it let pass.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if shc::looks_like_a_file(text) || jws::looks_like(text) {
            return Some(Format::SmartHealthCard);
        }
        envelope::prefix(text).map(|(prefix, _)| match prefix {
            Prefix::Anban => Format::Anban,
            Prefix::EuDcc => Format::EuDcc,
            Prefix::SmartHealthCard => Format::SmartHealthCard,
        })
    }
}

/// Why a text is no document that can be read. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// One of the outer layers: prefix, base45, zlib.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A SMART Health Card around which, or in whose signed text, something is wrong.
    #[error(transparent)]
    SmartHealthCard(#[from] CardError),
    /// The signed message around the content is broken.
    #[error("it is not a signed document: {0}")]
    Signature(&'static str),
    /// What was signed is not the content of a document.
    #[error("the content of the document is broken: {0}")]
    Content(&'static str),
    /// The claims of one of our own documents are not as they have to be.
    #[error("the content of the document is broken: {0}")]
    Claims(#[from] ClaimsError),
}

impl From<CoseError> for ReadError {
    fn from(error: CoseError) -> Self {
        Self::Signature(match error {
            CoseError::Cbor(error) => describe(error),
            CoseError::NotSign1 => "it is not a COSE_Sign1 message",
            CoseError::Critical => "it relies on something that this version does not know",
        })
    }
}

impl From<CborError> for ReadError {
    fn from(error: CborError) -> Self {
        Self::Content(describe(error))
    }
}

fn describe(error: CborError) -> &'static str {
    match error {
        CborError::Malformed => "it is not well-formed CBOR",
        CborError::DuplicateKey => "a claim stands in it twice",
        CborError::UnusualKey => "a claim is named by neither a number nor a text",
    }
}

/// A document as it was read. Cheap to clone. Nothing in it has been checked.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    text: String,
    message: SignedMessage,
    not_before: Option<Timestamp>,
    content: Content,
}

#[derive(Clone)]
pub(crate) enum Content {
    Anban(Box<Claims>),
    EuDcc(Box<EuDcc>),
    HealthCard(Box<HealthCard>),
}

/// Reads a document from its text: what stands in a symbol, or a SMART Health Card as a JWS or as a file with a single
/// card in it. White space around the text is let pass, but not around a SMART Health Card, whose framework has none.
///
/// # Errors
/// [`ReadError`], which says at which layer it failed and what to do.
pub fn read(text: &str) -> Result<Document, ReadError> {
    if Format::of(text) == Some(Format::SmartHealthCard) {
        return match split(text)?.as_slice() {
            [card] => read_card(card),
            _ => Err(CardError::SeveralCards.into()),
        };
    }
    let text = text.trim();
    let (prefix, rest) = envelope::split_prefix(text)?;
    let bytes = envelope::inflate(&envelope::decode_base45(rest)?)?;
    let message = SignedMessage::parse(&bytes)?;
    let set = cbor::parse(&message.payload)?;
    if !set.is_map() {
        return Err(ReadError::Content("it is not a set of claims"));
    }
    let not_before = match cbor::get(&set, cwt::NBF) {
        None => None,
        Some(value) => Some(cbor::numeric_date(value).ok_or(ReadError::Content("its \"nbf\" is not a time"))?),
    };
    let content = if prefix == Prefix::Anban {
        Content::Anban(Box::new(claims_cbor::read(&set)?))
    } else {
        Content::EuDcc(Box::new(EuDcc::read(&set)?))
    };
    Ok(Document(Arc::new(Inner {
        text: text.to_owned(),
        message,
        not_before,
        content,
    })))
}

/// The documents in a text, each as a text of its own that [`read`] takes: the cards of a SMART Health Card file, and
/// else the text as it is.
///
/// # Errors
/// [`ReadError::SmartHealthCard`] for a file without cards, for white space around one, and for a part of a card.
pub fn split(text: &str) -> Result<Vec<String>, ReadError> {
    if Format::of(text) != Some(Format::SmartHealthCard) {
        return Ok(vec![text.to_owned()]);
    }
    if text.trim() != text {
        return Err(CardError::Surrounded.into());
    }
    if shc::looks_like_a_file(text) {
        return Ok(shc::cards(text)?);
    }
    if jws::looks_like(text) {
        return Ok(vec![text.to_owned()]);
    }
    let (_, rest) = envelope::split_prefix(text)?;
    match shc::decode(rest)? {
        Symbol::Whole(jws) => Ok(vec![jws]),
        Symbol::Part { part, parts, .. } => Err(CardError::Part { part, parts }.into()),
    }
}

/// Reads a card from its JWS.
pub(crate) fn read_card(jws: &str) -> Result<Document, ReadError> {
    if jws.trim() != jws {
        return Err(CardError::Surrounded.into());
    }
    let message = jws::parse(jws)?;
    let card = HealthCard::read(&message.payload)?;
    Ok(Document(Arc::new(Inner {
        // A card that fits into one symbol is kept as that symbol's text, whatever it came in.
        text: shc::encode(jws).unwrap_or_else(|| jws.to_owned()),
        message,
        not_before: card.issued_at().timestamp(),
        content: Content::HealthCard(Box::new(card)),
    })))
}

impl Document {
    /// Whose format it is in.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.0.content {
            Content::Anban(_) => Format::Anban,
            Content::EuDcc(_) => Format::EuDcc,
            Content::HealthCard(_) => Format::SmartHealthCard,
        }
    }

    /// What kind of document it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.0.content {
            Content::Anban(claims) => claims.kind.clone(),
            Content::EuDcc(dcc) => dcc.kind(),
            Content::HealthCard(card) => card.kind(),
        }
    }

    /// The name of the person, as it is read aloud. From an EU certificate the name in the
    /// person's own script, given name first unless it is written in Han characters.
    #[must_use]
    pub fn holder_name(&self) -> Option<String> {
        match &self.0.content {
            Content::Anban(claims) => Some(claims.person.name.clone()),
            Content::EuDcc(dcc) => dcc.holder_name(),
            Content::HealthCard(card) => card.holder_name(),
        }
    }

    /// The birth date of the person, as the document has it: a day, a month or a year (ISO 8601). Our own documents
    /// carry none.
    #[must_use]
    pub fn birth_date(&self) -> Option<&str> {
        match &self.0.content {
            Content::Anban(_) => None,
            Content::EuDcc(dcc) => dcc.birth_date(),
            Content::HealthCard(card) => card.birth_date(),
        }
    }

    /// The colour, if it is a health code.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.anban_claims()?.health.as_ref().map(|h| h.status)
    }

    /// Who issued it, by its own account.
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        match &self.0.content {
            Content::Anban(claims) => Some(claims.issuer.clone()),
            Content::EuDcc(dcc) => dcc.issuer(),
            Content::HealthCard(card) => card.issuer().map(str::to_owned),
        }
    }

    /// When it was issued (`iat`; a SMART Health Card's `nbf`).
    #[must_use]
    pub fn issued_at(&self) -> Option<Timestamp> {
        match &self.0.content {
            Content::Anban(claims) => Some(claims.issued_at),
            Content::EuDcc(dcc) => dcc.issued_at,
            Content::HealthCard(card) => card.issued_at().timestamp(),
        }
    }

    /// Until when it holds (`exp`). Most SMART Health Cards do not end.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        match &self.0.content {
            Content::Anban(claims) => Some(claims.expires_at),
            Content::EuDcc(dcc) => dcc.expires_at,
            Content::HealthCard(card) => card.expires_at().timestamp(),
        }
    }

    /// Before which time it does not hold (`nbf`), if it says so.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.0.not_before
    }

    /// A stable unique id: `cti`, an EU certificate's `ci`, or else a hash of what was signed.
    #[must_use]
    pub fn id(&self) -> String {
        let own = match &self.0.content {
            Content::Anban(claims) => Some(claims.id.to_string()),
            Content::EuDcc(dcc) => dcc.certificate_id(),
            Content::HealthCard(_) => None,
        };
        own.unwrap_or_else(|| {
            let digest = ring::digest::digest(&ring::digest::SHA256, &self.0.message.payload);
            cbor::hex(digest.as_ref())
        })
    }

    /// The id of the key that it says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<KeyId> {
        self.0.message.key_id.clone()
    }

    /// What it says, as JSON for people and scripts. For an EU certificate this is the
    /// certificate's own JSON, for a SMART Health Card the whole payload.
    #[must_use]
    pub fn claims(&self) -> serde_json::Value {
        match &self.0.content {
            Content::Anban(claims) => json_of(claims),
            Content::EuDcc(dcc) => dcc.json().clone(),
            Content::HealthCard(card) => card.json().clone(),
        }
    }

    /// [`Self::claims`] of a document that is not needed any more, without a copy where nobody else has it.
    pub(crate) fn into_claims(self) -> serde_json::Value {
        match Arc::try_unwrap(self.0).map(|inner| inner.content) {
            Ok(Content::EuDcc(dcc)) => dcc.into_json(),
            Ok(Content::HealthCard(card)) => card.into_json(),
            Ok(Content::Anban(claims)) => json_of(&claims),
            Err(shared) => Self(shared).claims(),
        }
    }

    /// The claims, if it is one of our own documents.
    #[must_use]
    pub fn anban_claims(&self) -> Option<&Claims> {
        match &self.0.content {
            Content::Anban(claims) => Some(claims),
            Content::EuDcc(_) | Content::HealthCard(_) => None,
        }
    }

    /// Its text, without white space around it: what goes into a symbol, and what is kept. A SMART Health Card that is
    /// too long for one symbol is kept as its JWS.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn message(&self) -> &SignedMessage {
        &self.0.message
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0.content
    }
}

/// Shows the format, kind and key alone: the rest is personal data.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("format", &self.format())
            .field("kind", &self.kind())
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

fn json_of(claims: &Claims) -> serde_json::Value {
    serde_json::to_value(claims).unwrap_or(serde_json::Value::Null)
}

/// The text under `key` of a claims set, if it is one.
pub(crate) fn text_claim(set: &Value, key: i64) -> Option<String> {
    cbor::get(set, key)?.as_text().map(str::to_owned)
}
