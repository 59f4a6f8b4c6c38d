//! A trust list's content as a CWT Claims Set, and back.
//!
//! `docs/documents.md` has the same table in prose: keep the two alike, and never give a number
//! another meaning.

use ciborium::Value;
use jiff::Timestamp;

use crate::cbor;
use crate::claims::Kind;
use crate::claims_cbor::{MapWriter, cwt};
use crate::document::text_claim;
use crate::keys::{KeyId, PublicKey};
use crate::signers::{CardUse, Signer};
use crate::trust_list::ListContent;

/// The private claim that holds the content of trust lists.
const LIST: i64 = -65_538;

mod list {
    pub const SEQUENCE: i64 = 1;
    pub const SIGNERS: i64 = 2;
    pub const REVOKED_KEYS: i64 = 3;
    pub const REVOKED_DOCUMENTS: i64 = 4;
}

mod signer {
    pub const KEY_ID: i64 = 1;
    pub const KEY: i64 = 2;
    pub const ISSUER: i64 = 3;
    pub const NOT_BEFORE: i64 = 4;
    pub const NOT_AFTER: i64 = 5;
    pub const PURPOSES: i64 = 6;
}

/// The claims set of a list.
pub(crate) fn write(content: &ListContent) -> Value {
    let signers: Vec<Value> = content.signers.iter().map(write_signer).collect();
    let revoked_keys: Vec<Value> = content.revoked_keys.iter().map(key_id).collect();
    let revoked_documents: Vec<Value> = content
        .revoked_documents
        .iter()
        .map(|id| Value::from(id.as_str()))
        .collect();
    let list = MapWriter::default()
        .put(list::SEQUENCE, content.sequence)
        .put(list::SIGNERS, Value::Array(signers))
        .put(list::REVOKED_KEYS, Value::Array(revoked_keys))
        .put(list::REVOKED_DOCUMENTS, Value::Array(revoked_documents));
    MapWriter::default()
        .put(cwt::ISS, content.region.as_str())
        .put(cwt::EXP, content.expires_at.as_second())
        .put(cwt::IAT, content.issued_at.as_second())
        .put(LIST, list.finish())
        .finish()
}

fn key_id(id: &KeyId) -> Value {
    Value::Bytes(id.as_bytes().to_vec())
}

fn write_signer(signer: &Signer) -> Value {
    let purposes: Vec<Value> = signer.purposes.iter().map(|kind| Value::from(kind.as_str())).collect();
    MapWriter::default()
        .put_some(signer::KEY_ID, signer.key_id.as_ref().map(key_id))
        .put(signer::KEY, signer.key.to_cose_key())
        .put_some(signer::ISSUER, signer.issuer.as_deref())
        .put_some(signer::NOT_BEFORE, signer.not_before.map(Timestamp::as_second))
        .put_some(signer::NOT_AFTER, signer.not_after.map(Timestamp::as_second))
        .put_some(
            signer::PURPOSES,
            (!purposes.is_empty()).then_some(Value::Array(purposes)),
        )
        .finish()
}

/// Reads what [`write`] writes. A signer with a key of a kind that is not in use here is left
/// out, so that a region can add one without shutting out older readers; anything else that is
/// not as it should be makes the whole list unusable.
pub(crate) fn read(set: &Value) -> Option<ListContent> {
    let time = |key| cbor::get(set, key).and_then(cbor::numeric_date);
    let content = cbor::get(set, LIST)?;
    let array = |key| cbor::get(content, key)?.as_array();
    let sequence = cbor::get(content, list::SEQUENCE)?.as_integer()?;
    let mut signers = Vec::new();
    for item in array(list::SIGNERS)? {
        signers.extend(read_signer(item)?);
    }
    Some(ListContent {
        region: text_claim(set, cwt::ISS).filter(|region| !region.is_empty())?,
        sequence: u64::try_from(i128::from(sequence)).ok()?,
        issued_at: time(cwt::IAT)?,
        expires_at: time(cwt::EXP)?,
        signers,
        revoked_keys: array(list::REVOKED_KEYS)?
            .iter()
            .map(|id| id.as_bytes().map(|id| KeyId::new(id)))
            .collect::<Option<_>>()?,
        revoked_documents: array(list::REVOKED_DOCUMENTS)?
            .iter()
            .map(|id| id.as_text().map(str::to_owned))
            .collect::<Option<_>>()?,
    })
}

/// `None` is a signer that is not well formed, `Some(None)` one that is not usable here.
fn read_signer(item: &Value) -> Option<Option<Signer>> {
    let time = |key| match cbor::get(item, key) {
        None => Some(None),
        Some(value) => cbor::numeric_date(value).map(Some),
    };
    let purposes = match cbor::get(item, signer::PURPOSES) {
        None => Vec::new(),
        // An empty list would mean "nothing", which reads here as "anything".
        Some(Value::Array(kinds)) if !kinds.is_empty() => kinds
            .iter()
            .map(|kind| kind.as_text().map(Kind::from))
            .collect::<Option<_>>()?,
        Some(_) => return None,
    };
    let key_id = KeyId::new(cbor::get(item, signer::KEY_ID)?.as_bytes()?);
    let (not_before, not_after) = (time(signer::NOT_BEFORE)?, time(signer::NOT_AFTER)?);
    let key = cbor::get(item, signer::KEY).filter(|key| key.is_map())?;
    Some(PublicKey::from_cose_key(key).ok().map(|key| Signer {
        key,
        key_id: Some(key_id),
        issuer: text_claim(item, signer::ISSUER),
        not_before,
        not_after,
        purposes,
        // Whose cards the key may sign, its issuer says.
        health_cards: Some(CardUse::default()),
    }))
}
