//! EU Digital COVID Certificates: what is in them.
//!
//! The container is the hcert specification, version 1: a CWT whose claim −260 holds a map, and
//! under 1 in it the certificate (`eu_dcc_v1`). The certificate is the JSON of the DCC schema,
//! in CBOR: the person (`nam`, `dob`) and exactly one group of vaccination (`v`), test (`t`) or
//! recovery (`r`) entries. Reading takes any map, so that a certificate with an error in it can
//! be shown and reported; `eu_dcc_schema` holds it against the schema of its version.

use ciborium::Value;
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::cbor;
use crate::claims::Kind;
use crate::claims_cbor::cwt;
use crate::document::{ReadError, text_claim};
pub use crate::eu_dcc_schema::{SchemaError, check_schema};
use crate::names;

/// hcert, in IANA's registry of CWT claims.
const HCERT: i64 = -260;
const EU_DCC_V1: i64 = 1;

/// The groups of a certificate and what kind of document each makes it.
pub(crate) const GROUPS: [(&str, Kind); 3] = [("v", Kind::Vaccination), ("t", Kind::Test), ("r", Kind::Recovery)];

/// A certificate's content and the claims around it.
#[derive(Clone)]
pub(crate) struct EuDcc {
    country: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    json: Json,
}

impl EuDcc {
    pub fn read(set: &Value) -> Result<Self, ReadError> {
        let certificate = cbor::get(set, HCERT)
            .and_then(|hcert| cbor::get(hcert, EU_DCC_V1))
            .filter(|certificate| certificate.is_map())
            .ok_or(ReadError::Content("there is no EU certificate in it"))?;
        let time = |key| cbor::get(set, key).and_then(cbor::numeric_date);
        Ok(Self {
            country: text_claim(set, cwt::ISS),
            issued_at: time(cwt::IAT),
            expires_at: time(cwt::EXP),
            json: cbor::to_json(certificate),
        })
    }

    pub fn json(&self) -> &Json {
        &self.json
    }

    pub fn into_json(self) -> Json {
        self.json
    }

    pub fn kind(&self) -> Kind {
        GROUPS
            .into_iter()
            .find(|(group, _)| self.first_entry(group).is_some())
            .map_or_else(|| Kind::Other("eu-dcc".to_owned()), |(_, kind)| kind)
    }

    /// The groups that are there, empty ones included: each needs the signer's permission.
    pub fn groups(&self) -> impl Iterator<Item = Kind> {
        GROUPS
            .into_iter()
            .filter(|(group, _)| self.json.get(group).is_some_and(|group| !group.is_null()))
            .map(|(_, kind)| kind)
    }

    pub fn issuer(&self) -> Option<String> {
        self.entry_text("is").or_else(|| self.country.clone())
    }

    pub fn certificate_id(&self) -> Option<String> {
        self.entry_text("ci")
    }

    pub fn holder_name(&self) -> Option<String> {
        let name = self.json.get("nam")?;
        let field = |key: &str| {
            let text = name.get(key)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let either = |native: &str, transliterated: &str| {
            // In the transliteration `<` stands for what the machine zone of a passport lacks.
            field(native).or_else(|| field(transliterated).map(|text| text.replace('<', " ")))
        };
        names::spoken(either("gn", "gnt"), either("fn", "fnt"))
    }

    /// The birth date as it stands there: a day, a month or a year; nothing where it is not known.
    pub fn birth_date(&self) -> Option<&str> {
        self.json.get("dob")?.as_str().filter(|date| !date.is_empty())
    }

    fn first_entry(&self, group: &str) -> Option<&Json> {
        self.json.get(group)?.get(0)
    }

    fn entry_text(&self, key: &str) -> Option<String> {
        let (_, text) = GROUPS.iter().find_map(|(group, _)| {
            let text = self.first_entry(group)?.get(key)?.as_str()?;
            (!text.is_empty()).then_some((group, text))
        })?;
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: Json) -> Option<String> {
        let dcc = EuDcc {
            country: None,
            issued_at: None,
            expires_at: None,
            json: json!({ "nam": name }),
        };
        dcc.holder_name()
    }

    #[test]
    fn names_are_given_as_they_are_spoken() {
        let european = json!({"fn": "Musterfrau-Gößinger", "gn": "Gabriele", "fnt": "X", "gnt": "Y"});
        assert_eq!(named(european).as_deref(), Some("Gabriele Musterfrau-Gößinger"));
        let chinese = json!({"fn": "欧阳", "gn": "建国", "fnt": "OUYANG", "gnt": "JIANGUO"});
        assert_eq!(named(chinese).as_deref(), Some("欧阳建国"));
    }

    #[test]
    fn the_transliteration_serves_where_there_is_no_name() {
        let bare = json!({"fn": " ", "fnt": "DCERVENKOVA<PANKLOVA", "gnt": "JIRINA"});
        assert_eq!(named(bare).as_deref(), Some("JIRINA DCERVENKOVA PANKLOVA"));
        assert_eq!(named(json!({"fnt": "SMITH"})).as_deref(), Some("SMITH"));
        assert_eq!(named(json!({})), None);
    }
}
