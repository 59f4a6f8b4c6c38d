//! The claims of our own documents as a CWT Claims Set (RFC 8392), and back.
//!
//! The registered claims have their registered numbers. The content stands in one private claim
//! (a number below −65536, as the CWT registry has it), as nested maps with small integer keys.
//! `docs/documents.md` has the same table in prose: keep the two alike, and never give a number
//! another meaning. Keys that a reader does not know are passed over, so that later versions can
//! add some.

use std::collections::BTreeMap;

use ciborium::Value;
use jiff::Timestamp;

use crate::cbor;
use crate::claims::{Claims, ClaimsError, DocumentId, Health, IdentityDocument, Kind, Person, Sex, Status};

/// Registered claims (RFC 8392, section 4).
pub(crate) mod cwt {
    pub const ISS: i64 = 1;
    pub const SUB: i64 = 2;
    pub const EXP: i64 = 4;
    pub const NBF: i64 = 5;
    pub const IAT: i64 = 6;
    pub const CTI: i64 = 7;
}

/// The private claim that holds the content of our documents.
pub(crate) const CONTENT: i64 = -65_537;

mod content {
    pub const KIND: i64 = 1;
    pub const PERSON: i64 = 2;
    pub const HEALTH: i64 = 3;
    pub const DETAILS: i64 = 4;
}

mod person {
    pub const NAME: i64 = 1;
    pub const SEX: i64 = 2;
    pub const NATIONALITY: i64 = 3;
    pub const IDENTITY_KIND: i64 = 4;
    pub const IDENTITY_NUMBER: i64 = 5;
    pub const REGISTERED_REGION: i64 = 6;
    pub const ADDRESS: i64 = 7;
    pub const TELEPHONE: i64 = 8;
    pub const MEDICAL_HISTORY: i64 = 9;
}

mod health {
    pub const STATUS: i64 = 1;
    pub const REASON: i64 = 2;
}

const SEXES: [(i64, Sex); 4] = [(0, Sex::Unknown), (1, Sex::Male), (2, Sex::Female), (9, Sex::NotStated)];

const STATUSES: [(i64, Status); 3] = [(1, Status::Green), (2, Status::Yellow), (3, Status::Red)];

/// A map under construction, in the order of its keys' numbers as they are added.
#[derive(Default)]
pub(crate) struct MapWriter(Vec<(Value, Value)>);

impl MapWriter {
    pub fn put(mut self, key: i64, value: impl Into<Value>) -> Self {
        self.0.push((Value::Integer(key.into()), value.into()));
        self
    }

    pub fn put_some<T: Into<Value>>(self, key: i64, value: Option<T>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    pub fn finish(self) -> Value {
        Value::Map(self.0)
    }
}

/// The claims set as a CBOR item.
pub(crate) fn write(claims: &Claims) -> Value {
    let person = &claims.person;
    let identity = person.identity_document.as_ref();
    let history: Vec<Value> = person
        .medical_history
        .iter()
        .map(|text| Value::from(text.as_str()))
        .collect();
    let details: Vec<(Value, Value)> = claims
        .details
        .iter()
        .map(|(name, text)| (Value::from(name.as_str()), Value::from(text.as_str())))
        .collect();
    let person_map = MapWriter::default()
        .put(person::NAME, person.name.as_str())
        .put_some(person::SEX, person.sex.and_then(|sex| code(&SEXES, sex)))
        .put_some(person::NATIONALITY, person.nationality.as_deref())
        .put_some(person::IDENTITY_KIND, identity.map(|i| i.kind.as_str()))
        .put_some(person::IDENTITY_NUMBER, identity.map(|i| i.number.as_str()))
        .put_some(person::REGISTERED_REGION, person.registered_region.as_deref())
        .put_some(person::ADDRESS, person.address.as_deref())
        .put_some(person::TELEPHONE, person.telephone.as_deref())
        .put_some(
            person::MEDICAL_HISTORY,
            (!history.is_empty()).then_some(Value::Array(history)),
        );
    let health_map = claims.health.as_ref().map(|health| {
        MapWriter::default()
            .put_some(health::STATUS, code(&STATUSES, health.status))
            .put_some(health::REASON, health.reason.as_deref())
            .finish()
    });
    let content = MapWriter::default()
        .put(content::KIND, claims.kind.as_str())
        .put(content::PERSON, person_map.finish())
        .put_some(content::HEALTH, health_map)
        .put_some(content::DETAILS, (!details.is_empty()).then_some(Value::Map(details)));
    MapWriter::default()
        .put(cwt::ISS, claims.issuer.as_str())
        .put_some(cwt::SUB, claims.subject.as_deref())
        .put(cwt::EXP, claims.expires_at.as_second())
        .put(cwt::IAT, claims.issued_at.as_second())
        .put(cwt::CTI, Value::Bytes(claims.id.as_bytes().to_vec()))
        .put(CONTENT, content.finish())
        .finish()
}

/// Reads what [`write`] writes, and checks it.
pub(crate) fn read(set: &Value) -> Result<Claims, ClaimsError> {
    let content = map(set, CONTENT, "content")?;
    let holder = map(content, content::PERSON, "person")?;
    let health = cbor::get(content, content::HEALTH)
        .map(|health| {
            Ok(Health {
                status: decode(&STATUSES, cbor::get(health, health::STATUS)).ok_or(ClaimsError::Claim("status"))?,
                reason: text(health, health::REASON, "reason")?,
            })
        })
        .transpose()?;
    let id = cbor::get(set, cwt::CTI)
        .and_then(Value::as_bytes)
        .and_then(|bytes| <[u8; 16]>::try_from(bytes.as_slice()).ok())
        .ok_or(ClaimsError::Claim("cti"))?;
    let claims = Claims {
        issuer: required(text(set, cwt::ISS, "iss")?, "iss")?,
        subject: text(set, cwt::SUB, "sub")?,
        issued_at: time(set, cwt::IAT, "iat")?,
        expires_at: time(set, cwt::EXP, "exp")?,
        id: DocumentId::new(id),
        kind: Kind::from(required(text(content, content::KIND, "kind")?, "kind")?.as_str()),
        person: read_person(holder)?,
        health,
        details: read_details(content)?,
    };
    claims.check()?;
    Ok(claims)
}

fn read_person(holder: &Value) -> Result<Person, ClaimsError> {
    let kind = text(holder, person::IDENTITY_KIND, "identity document")?;
    let number = text(holder, person::IDENTITY_NUMBER, "identity number")?;
    let identity_document = match (kind, number) {
        (Some(kind), Some(number)) => Some(IdentityDocument { kind, number }),
        (None, None) => None,
        _ => return Err(ClaimsError::Claim("identity document")),
    };
    let sex = cbor::get(holder, person::SEX)
        .map(|sex| decode(&SEXES, Some(sex)).ok_or(ClaimsError::Claim("sex")))
        .transpose()?;
    let medical_history = match cbor::get(holder, person::MEDICAL_HISTORY) {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_text().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or(ClaimsError::Claim("medical history"))?,
        Some(_) => return Err(ClaimsError::Claim("medical history")),
    };
    Ok(Person {
        name: required(text(holder, person::NAME, "name")?, "name")?,
        sex,
        nationality: text(holder, person::NATIONALITY, "nationality")?,
        identity_document,
        registered_region: text(holder, person::REGISTERED_REGION, "registered region")?,
        address: text(holder, person::ADDRESS, "address")?,
        telephone: text(holder, person::TELEPHONE, "telephone")?,
        medical_history,
    })
}

fn read_details(content: &Value) -> Result<BTreeMap<String, String>, ClaimsError> {
    match cbor::get(content, content::DETAILS) {
        None => Ok(BTreeMap::new()),
        Some(Value::Map(entries)) => entries
            .iter()
            .map(|(name, text)| Some((name.as_text()?.to_owned(), text.as_text()?.to_owned())))
            .collect::<Option<_>>()
            .ok_or(ClaimsError::Claim("details")),
        Some(_) => Err(ClaimsError::Claim("details")),
    }
}

fn map<'a>(parent: &'a Value, key: i64, name: &'static str) -> Result<&'a Value, ClaimsError> {
    cbor::get(parent, key)
        .filter(|value| value.is_map())
        .ok_or(ClaimsError::Claim(name))
}

/// A text claim that may be absent but may not be anything else.
fn text(parent: &Value, key: i64, name: &'static str) -> Result<Option<String>, ClaimsError> {
    match cbor::get(parent, key) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ClaimsError::Claim(name)),
    }
}

fn required(text: Option<String>, name: &'static str) -> Result<String, ClaimsError> {
    text.ok_or(ClaimsError::Claim(name))
}

fn time(parent: &Value, key: i64, name: &'static str) -> Result<Timestamp, ClaimsError> {
    cbor::get(parent, key)
        .and_then(cbor::numeric_date)
        .ok_or(ClaimsError::Claim(name))
}

fn code<T: PartialEq>(table: &[(i64, T)], value: T) -> Option<i64> {
    table
        .iter()
        .find(|(_, candidate)| *candidate == value)
        .map(|(code, _)| *code)
}

fn decode<T: Copy>(table: &[(i64, T)], value: Option<&Value>) -> Option<T> {
    let number = value?.as_integer()?;
    table
        .iter()
        .find(|(code, _)| number == (*code).into())
        .map(|(_, value)| *value)
}
