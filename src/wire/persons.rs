//! Registering a person with a hub.
//!
//! A hub signs documents about people whom it knows. `POST /persons` with a [`PersonRequest`] as JSON makes it know
//! one, and is answered by a [`PersonAnswer`]. It may be the person on their own phone, a relative on theirs, or
//! somebody at a counter or on the telephone who does it for them ([`Channel`]). The command's UUID makes a repeat
//! harmless, and registering somebody who is registered already changes nothing.

use crate::documents::{MAX_TEXT, fits};
use crate::shows_only;
use crate::{CommandId, IdentityNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest telephone number: 15 digits (ITU-T E.164) with what people write between them.
const MAX_TELEPHONE: usize = 24;

/// On which way somebody is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// By themselves, in the app.
    Own,
    /// By a relative, in theirs.
    Relative,
    /// At a counter.
    Counter,
    /// By telephone.
    Telephone,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Own, Self::Relative, Self::Counter, Self::Telephone];

    /// The word that stands for it in requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Relative => "relative",
            Self::Counter => "counter",
            Self::Telephone => "telephone",
        }
    }
}

/// The wish to be registered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
    /// The person's name, as on the identity card.
    pub name: String,
    /// The person's identity number (GB 11643); [`PersonRequest::check`] looks at it.
    pub identity_number: String,
    /// On which way.
    pub channel: Channel,
    /// A telephone number under which the person can be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Who registers the person, where it is not the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<String>,
}

/// The person is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonAnswer {
    /// Since when; earlier than the request where they had been before.
    pub registered_at: Timestamp,
}

/// Why somebody can't be registered like that. Never repeats what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonRequestError {
    /// The name is empty or too long.
    #[error("the name must have 1 to 64 characters and no control characters")]
    Name,
    /// The telephone number is none.
    #[error("the telephone number must have 3 to 15 digits; only + - ( ) and spaces may stand between them")]
    Telephone,
    /// A relative registers somebody and does not say who they are.
    #[error("the name of who registers the person must have 1 to 64 characters, and a relative has to give it")]
    Helper,
    /// The identity number is wrong.
    #[error(transparent)]
    Identity(#[from] crate::identity::IdentityError),
}

impl PersonRequest {
    /// Checks everything, and returns the identity number in its standard form.
    ///
    /// # Errors
    /// What is wrong, in words that a person can act on.
    pub fn check(&self) -> Result<IdentityNumber, PersonRequestError> {
        if !fits(&self.name, MAX_TEXT) {
            return Err(PersonRequestError::Name);
        }
        if !self.telephone.as_deref().is_none_or(is_telephone) {
            return Err(PersonRequestError::Telephone);
        }
        let helper = self.helper.as_deref();
        if helper.map_or(self.channel == Channel::Relative, |name| !fits(name, MAX_TEXT)) {
            return Err(PersonRequestError::Helper);
        }
        Ok(self.identity_number.parse()?)
    }
}

pub(crate) fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.chars().count() <= MAX_TELEPHONE
        && (3..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c))
}

// Shows nothing of the person.
shows_only!(PersonRequest { command, channel });

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    fn request(body: serde_json::Value) -> PersonRequest {
        let mut whole = serde_json::json!({
            "command": "6a1f1a9e-3b5c-4b8e-9d43-0a4a52f1f9a1", "name": "王秀英",
            "identityNumber": "11010519491231002X", "channel": "own",
        });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn a_name_and_a_number_are_enough_but_a_relative_says_who_they_are() {
        assert!(request(serde_json::json!({})).check().is_ok());
        let relative = serde_json::json!({"channel": "relative"});
        assert_eq!(request(relative).check(), Err(PersonRequestError::Helper));
        let relative = serde_json::json!({"channel": "relative", "helper": "李明"});
        assert!(request(relative).check().is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |body| request(body).check().err();
        assert_eq!(wrong(serde_json::json!({"name": " "})), Some(PersonRequestError::Name));
        for telephone in ["", "12", "1234567890123456", "0451-8888 8888 转 1", "５５５"] {
            assert_eq!(
                wrong(serde_json::json!({"telephone": telephone})),
                Some(PersonRequestError::Telephone),
                "{telephone}"
            );
        }
        assert_eq!(wrong(serde_json::json!({"telephone": "+86 (451) 8888-8888"})), None);
        let slip = serde_json::json!({"identityNumber": "110105194912310021"});
        let error = wrong(slip).unwrap();
        assert!(!error.to_string().contains("1101"), "{error}");
    }

    #[test]
    fn every_way_is_called_by_its_own_word_in_json_too() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
        }
    }

    #[test]
    fn a_debug_print_shows_nothing_of_the_person() {
        let shown = format!(
            "{:?}",
            request(serde_json::json!({"helper": "李明", "telephone": "12345"}))
        );
        assert!(
            ["王", "李", "1101", "12345"].iter().all(|part| !shown.contains(part)),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn no_texts_make_it_panic(name in ".{0,80}", telephone in ".{0,30}", helper in ".{0,80}") {
            let body = serde_json::json!({"name": name, "telephone": telephone, "helper": helper});
            let _ = request(body).check();
        }
    }
}
