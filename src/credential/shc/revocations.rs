//! Card revocation lists: which cards of a key their issuer has taken back.
//!
//! An issuer publishes one for each of its keys, at `ISSUER/.well-known/crl/KID.json`, with a counter that grows with
//! each change, and writes that counter into its key set (`crlVersion`). A card is named by its `rid`; with a time
//! behind a dot, only cards issued before that time are meant. (Framework 1.2, section "Revocation".)

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value as Json;

use super::schema::is_rid;
use crate::json;
use crate::keys::KeyId;
use crate::signers::MAX_FILE;

/// The only method of the framework itself.
const METHOD: &str = "rid";

/// Why a card revocation list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationsError {
    /// Larger than 8 MiB.
    #[error("the card revocation list is larger than 8 MiB; get it again from the issuer")]
    TooLarge,
    /// Not a list, or one with an entry that is malformed or stands twice.
    #[error("the file is not a card revocation list, or is damaged; get it again from the issuer")]
    Malformed,
    /// Another way to name cards than by `rid`.
    #[error("the card revocation list names cards in a way that this version does not know (\"method\")")]
    UnknownMethod,
}

/// The cards of one key that were taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRevocations {
    key_id: KeyId,
    counter: u64,
    /// With a time, only cards issued before it.
    cards: BTreeMap<String, Option<Timestamp>>,
}

impl CardRevocations {
    /// Reads a list as the issuer publishes it.
    ///
    /// # Errors
    /// [`RevocationsError`]; a list with a single wrong entry is refused, since nobody can tell what was meant.
    pub fn parse(file: &[u8]) -> Result<Self, RevocationsError> {
        if file.len() > MAX_FILE {
            return Err(RevocationsError::TooLarge);
        }
        Self::from_json(&json::parse(file).map_err(|_| RevocationsError::Malformed)?)
    }

    pub(crate) fn from_json(list: &Json) -> Result<Self, RevocationsError> {
        let text = |name: &str| list.get(name).and_then(Json::as_str);
        let method = text("method").ok_or(RevocationsError::Malformed)?;
        if method != METHOD {
            return Err(RevocationsError::UnknownMethod);
        }
        let read = || {
            let key_id = URL_SAFE_NO_PAD.decode(text("kid")?).ok()?;
            let mut cards = BTreeMap::new();
            for entry in list.get("rids")?.as_array()? {
                let (rid, before) = read_entry(entry.as_str()?)?;
                if cards.insert(rid.to_owned(), before).is_some() {
                    return None;
                }
            }
            Some(Self {
                key_id: KeyId::new(&key_id),
                counter: list.get("ctr")?.as_u64()?,
                cards,
            })
        };
        read().ok_or(RevocationsError::Malformed)
    }

    /// The key whose cards it is about.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// How often it was changed.
    #[must_use]
    pub fn counter(&self) -> u64 {
        self.counter
    }

    /// Whether the card with this `rid`, issued at that time, was taken back.
    #[must_use]
    pub fn revokes(&self, rid: &str, issued_at: Timestamp) -> bool {
        self.cards.get(rid).is_some_and(|before| covers(*before, issued_at))
    }
}

/// The name of a card and, where there is one, the time before which it has to have been issued.
pub(crate) fn read_entry(entry: &str) -> Option<(&str, Option<Timestamp>)> {
    let (rid, before) = entry
        .split_once('.')
        .map_or((entry, None), |(rid, time)| (rid, Some(time)));
    let before = match before {
        None => None,
        Some(seconds) => Some(Timestamp::from_second(seconds.parse().ok()?).ok()?),
    };
    is_rid(rid).then_some((rid, before))
}

/// Whether an entry with that time means a card issued then.
pub(crate) fn covers(before: Option<Timestamp>, issued_at: Timestamp) -> bool {
    before.is_none_or(|before| issued_at < before)
}
