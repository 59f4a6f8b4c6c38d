//! The address of a hub, as somebody typed it into the settings.
//!
//! Read strictly, since a half-understood address would send a booking to the wrong place: `http` or `https`, a
//! host name or an IP address, maybe a port and a path, and nothing else. `http` is allowed because a hub at home or
//! on the same machine has no certificate.

use std::net::Ipv6Addr;

use ureq::http::Uri;

/// The longest address that is looked at. No real one comes near it.
const LONGEST: usize = 300;

/// A text that is no address of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hub's address must look like https://hub.example or http://192.168.1.20:8080: correct it in the settings")]
pub struct AddressError;

/// The address of a hub, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base(String);

impl Base {
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '\\' | '%' | '@');
        if text.len() > LONGEST || !text.chars().all(plain) {
            return Err(AddressError);
        }
        let uri: Uri = text.parse().map_err(|_| AddressError)?;
        let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(AddressError);
        };
        let path = uri.path().trim_end_matches('/');
        let port_fits = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => true,
            Some(_) => authority.port_u16().is_some_and(|port| port != 0),
            None => false,
        };
        if !is_host(authority.host()) || !port_fits || path.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(AddressError);
        }
        Ok(Self(format!(
            "{}://{authority}{path}",
            uri.scheme_str().unwrap_or_default()
        )))
    }

    /// The address of something at this hub; `path` has no slash in front, and is empty for the hub itself.
    pub fn at(&self, path: &str) -> String {
        if path.is_empty() {
            return self.0.clone();
        }
        format!("{}/{path}", self.0)
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    // A full stop at the end is how a name says that it is complete.
    host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

/// Whether a text can be the id of a FHIR resource (<https://hl7.org/fhir/R4/datatypes.html#id>) and safely be a
/// part of a path: `.` and `..` are ids by the letter of the standard, and a way out of the folder on the wire.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && !matches!(text, "." | "..")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_that_people_use_are_understood() {
        for (typed, there) in [
            ("https://hub.example", "https://hub.example/health"),
            (" http://192.168.1.20:8080/ ", "http://192.168.1.20:8080/health"),
            ("http://[::1]:8080", "http://[::1]:8080/health"),
            ("HTTP://Localhost:80", "http://Localhost:80/health"),
            ("https://city.example/anban/", "https://city.example/anban/health"),
        ] {
            assert_eq!(Base::parse(typed).unwrap().at("health"), there);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "hub.example",
            "//hub.example",
            "ftp://hub.example",
            "file:///etc/passwd",
            "http://",
            "http://:80",
            "http:hub.example",
            "http://hub.example:0",
            "http://hub.example:99999",
            "http://hub.example:",
            "http://name:word@hub.example",
            "http://name@hub.example",
            "http://hub.example/?a=b",
            "http://hub.example/#a",
            "http://hub.example/../x",
            "http://hub example",
            "http://hub.example\\x",
            "http://健康.example",
            "http://a..b",
            "http://%68ub.example",
            "http://[::1",
            "http://[fe80::1%eth0]",
            "javascript:alert(1)",
            "http://hub.example\r\nX: y",
        ] {
            assert_eq!(Base::parse(typed), Err(AddressError), "{typed:?}");
        }
        assert_eq!(Base::parse(&format!("http://{}", "a".repeat(400))), Err(AddressError));
    }

    #[test]
    fn an_id_stays_in_its_folder() {
        for good in ["1", "3f0c9a4e-6a1b-4c5d-8e9f-0a1b2c3d4e5f", "slot.2026-11-23"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a?b", "a%2fb", "a b", "科", &"x".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_leads_to_a_web_address(text in "(http|https|ftp)?(://)?[a-z0-9.:/@?#\\[\\]-]{0,30}|.{0,40}") {
            if let Ok(base) = Base::parse(&text) {
                let uri: Uri = base.at("fhir/metadata").parse().unwrap();
                prop_assert!(matches!(uri.scheme_str(), Some("http" | "https")));
                prop_assert!(uri.path().ends_with("/fhir/metadata") && uri.query().is_none());
            }
        }
    }
}
