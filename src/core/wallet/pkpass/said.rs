//! What JSON says, piece by piece: numbers with all their digits, and what is wrong costs nothing beside it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// A piece of JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a>(&'a RawValue);

/// The pieces of an object, by their names.
pub(super) type Object<'a> = BTreeMap<String, Said<'a>>;

impl<'de: 'a, 'a> serde::Deserialize<'de> for Said<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(from).map(Self)
    }
}

impl<'a> Said<'a> {
    /// The pieces of an object; of anything else none.
    pub(super) fn object(self) -> Object<'a> {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// The pieces of a list; of anything else none.
    pub(super) fn list(self) -> Vec<Self> {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// A text, and nothing else.
    pub(super) fn string(self) -> Option<String> {
        serde_json::from_str(self.0.get()).ok()
    }

    /// A number with the digits that it was written with, 20.00, and nothing else.
    pub(super) fn number(self) -> Option<&'a str> {
        let written = self.0.get();
        written
            .starts_with(|c: char| c == '-' || c.is_ascii_digit())
            .then_some(written)
    }

    /// A text or a number.
    pub(super) fn text(self) -> Option<String> {
        self.number().map(str::to_owned).or_else(|| self.string())
    }

    /// Whether it is true, or the word for it.
    pub(super) fn is_true(self) -> bool {
        self.0.get() == "true"
            || self
                .string()
                .is_some_and(|said| said.trim().eq_ignore_ascii_case("true"))
    }

    /// Whether it is nothing.
    pub(super) fn is_null(self) -> bool {
        self.0.get() == "null"
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_what_is_wrong_costs_nothing_beside_it() {
        let json =
            r#"{ "a" : 20.00, "b":[1, "x", null,true], "c":"\ud800", "d":{"e":12345678901234567890123}, "f":"TRUE" }"#;
        let said: Said = serde_json::from_str(json).unwrap();
        let said = said.object();
        assert_eq!(said["a"].text().unwrap(), "20.00");
        let list = said["b"].list();
        let texts: Vec<_> = list.iter().map(|said| said.text()).collect();
        assert_eq!(texts, [Some("1".to_owned()), Some("x".to_owned()), None, None]);
        assert!(list[2].is_null() && list[3].is_true() && said["f"].is_true() && !said["a"].is_true());
        assert_eq!(said["c"].text(), None, "half a letter");
        assert_eq!(said["d"].object()["e"].number(), Some("12345678901234567890123"));
        assert!(said["a"].object().is_empty() && said["a"].list().is_empty());
    }
}
