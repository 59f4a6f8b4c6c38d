//! `.smart-health-card` files, and the answer of a FHIR server: several cards in one JSON text.

use serde_json::Value as Json;

use super::CardError;
use crate::json;

/// The longest file that is read, in bytes.
const MAX_FILE: usize = 1024 * 1024;
/// The most cards in one file.
const MAX_CARDS: usize = 50;

/// Whether a text is meant to be a file of cards.
pub(crate) fn looks_like_a_file(text: &str) -> bool {
    text.starts_with('{') && text.contains("verifiableCredential")
}

/// The cards in a file: at least one.
pub(crate) fn cards(text: &str) -> Result<Vec<String>, CardError> {
    if text.len() > MAX_FILE {
        return Err(CardError::FileTooLarge);
    }
    let file = json::parse(text.as_bytes()).map_err(|_| CardError::NotAFile)?;
    let cards: Vec<&Json> = match (file.get("verifiableCredential"), file.get("parameter")) {
        (Some(Json::Array(cards)), _) => cards.iter().collect(),
        // What `$health-cards-issue` answers: a Parameters resource, in which links to other resources may stand too.
        (None, Some(Json::Array(parameters))) => parameters
            .iter()
            .filter(|parameter| parameter.get("name").and_then(Json::as_str) == Some("verifiableCredential"))
            .map(|parameter| parameter.get("valueString").unwrap_or(&Json::Null))
            .collect(),
        _ => return Err(CardError::NotAFile),
    };
    if cards.len() > MAX_CARDS {
        return Err(CardError::FileTooLarge);
    }
    let texts: Option<Vec<String>> = cards.into_iter().map(|card| card.as_str().map(str::to_owned)).collect();
    texts.filter(|texts| !texts.is_empty()).ok_or(CardError::NotAFile)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn the_cards_of_a_file_and_of_a_servers_answer_are_found() {
        let file = json!({"verifiableCredential": ["a.b.c", "d.e.f"]}).to_string();
        assert_eq!(cards(&file).unwrap(), ["a.b.c", "d.e.f"]);
        let answer = json!({"resourceType": "Parameters", "parameter": [
            {"name": "verifiableCredential", "valueString": "a.b.c"},
            {"name": "resourceLink", "part": []},
        ]});
        assert_eq!(cards(&answer.to_string()).unwrap(), ["a.b.c"]);
    }

    #[test]
    fn a_file_that_holds_no_cards_is_refused() {
        for text in [
            "{}",
            "[]",
            r#"{"verifiableCredential":[]}"#,
            r#"{"verifiableCredential":"a.b.c"}"#,
            r#"{"verifiableCredential":[1]}"#,
            r#"{"verifiableCredential":["a"],"verifiableCredential":["b"]}"#,
            r#"{"verifiableCredential":["a"]} x"#,
            r#"{"parameter":[{"name":"verifiableCredential"}]}"#,
        ] {
            assert_eq!(cards(text), Err(CardError::NotAFile), "{text}");
        }
        let many = json!({ "verifiableCredential": vec!["a"; MAX_CARDS + 1] }).to_string();
        assert_eq!(cards(&many), Err(CardError::FileTooLarge));
        assert_eq!(cards(&" ".repeat(MAX_FILE + 1)), Err(CardError::FileTooLarge));
    }
}
