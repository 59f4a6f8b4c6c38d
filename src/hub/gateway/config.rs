//! What an operator says of hospitals that have a FHIR server of their own (`--gateway FILE`, TOML).

use anban_wire::fhir::is_id;
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use ureq::http::Uri;

/// Longest name of a hospital; with a dot and an id of theirs it is an id here (64 characters at most).
const LONGEST_NAME: usize = 16;

/// Why the file can't be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// It can't be read.
    #[error("can't read {} ({source}): name the gateway's file with --gateway, and allow this user to read it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no TOML, or not of this form.
    #[error("{} is no configuration of a gateway: {message} (docs/hub.md has an example)", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, in one line.
        message: String,
    },
    /// A department is kept in this hub already.
    #[error("the department {0} has a calendar in this hub: give the one of the gateway another id")]
    HasCalendar(String),
}

/// All hospitals.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewayConfig {
    /// Each with its server.
    #[serde(default)]
    pub(super) hospital: Vec<HospitalConfig>,
}

/// One hospital with a server of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HospitalConfig {
    /// Short: what comes from there has ids that begin with it and a dot.
    pub(super) name: String,
    /// Its FHIR base.
    pub(super) base: String,
    /// A file with the bearer token, read for every request.
    pub(super) token_file: Option<PathBuf>,
    /// Which departments.
    pub(super) service: Vec<ServiceConfig>,
    /// How often all of it is looked at.
    #[serde(default = "poll")]
    poll_seconds: u64,
    /// How old the free times may be that are shown.
    #[serde(default = "fresh")]
    fresh_seconds: u64,
    /// How long a connection may take.
    #[serde(default = "connect")]
    connect_seconds: u64,
    /// How long one request of a client may take there.
    #[serde(default = "whole")]
    whole_seconds: u64,
    /// How many days ahead free times are read.
    #[serde(default = "days")]
    pub(super) days: u32,
}

/// A department.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceConfig {
    /// The id of its `HealthcareService` here.
    pub(super) id: String,
    /// Its id there.
    pub(super) there: String,
}

fn poll() -> u64 {
    30
}

fn fresh() -> u64 {
    5
}

fn connect() -> u64 {
    3
}

fn whole() -> u64 {
    8
}

fn days() -> u32 {
    28
}

impl HospitalConfig {
    pub(super) fn poll(&self) -> Duration {
        Duration::from_secs(self.poll_seconds)
    }

    pub(super) fn fresh(&self) -> Duration {
        Duration::from_secs(self.fresh_seconds)
    }

    pub(super) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds)
    }

    pub(super) fn whole(&self) -> Duration {
        Duration::from_secs(self.whole_seconds)
    }

    /// What is wrong with it, if anything is.
    fn fault(&self) -> Option<String> {
        let name = &self.name;
        let is_name = (1..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_name {
            return Some(format!(
                "the name {name:?} is not 1 to {LONGEST_NAME} letters, digits and -"
            ));
        }
        if let Some(fault) = self.fault_of_base() {
            return Some(fault);
        }
        if self.service.is_empty() {
            return Some(format!("{name} has no [[hospital.service]]"));
        }
        let ids = self.service.iter().flat_map(|service| [&service.id, &service.there]);
        if let Some(id) = ids.into_iter().find(|id| !is_id(id)) {
            return Some(format!("{id:?} can't be the id of a HealthcareService"));
        }
        for (value, what, most) in [
            (self.poll_seconds, "poll_seconds", 3600),
            (self.fresh_seconds, "fresh_seconds", 600),
            (self.connect_seconds, "connect_seconds", 30),
            (self.whole_seconds, "whole_seconds", 60),
            (self.days.into(), "days", 366),
        ] {
            if !(1..=most).contains(&value) {
                return Some(format!("{what} of {name} is not 1 to {most}"));
            }
        }
        None
    }

    fn fault_of_base(&self) -> Option<String> {
        let uri: Option<Uri> = self.base.parse().ok();
        let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.host()?)));
        let has_more = self.base.contains(['?', '#', '@']);
        match parts {
            Some(("https", _)) if !has_more => None,
            // Names and telephone numbers go there: in plain form on this machine alone.
            Some(("http", "127.0.0.1" | "[::1]" | "localhost")) if !has_more => None,
            _ => Some(format!(
                "base of {} is not https://HOST/PATH (http:// serves on this machine alone)",
                self.name
            )),
        }
    }
}

impl GatewayConfig {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, GatewayError> {
        let text = fs::read_to_string(path).map_err(|source| GatewayError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|message| GatewayError::Form {
            path: path.to_owned(),
            message,
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut read: Self = toml::from_str(text).map_err(|error| {
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            let line = error.span().and_then(|span| text.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {message}")
        })?;
        if let Some(fault) = read.hospital.iter().find_map(HospitalConfig::fault) {
            return Err(fault);
        }
        let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for hospital in &read.hospital {
            if !names.insert(hospital.name.clone()) {
                return Err(format!("there are two hospitals {}", hospital.name));
            }
            for service in &hospital.service {
                if !ids.insert(service.id.clone()) {
                    return Err(format!("there are two departments {}", service.id));
                }
            }
        }
        for hospital in &mut read.hospital {
            hospital.base.truncate(hospital.base.trim_end_matches('/').len());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const ONE: &str = "[[hospital]]\nname = \"county\"\nbase = \"https://fhir.example/r4/\"\n\
                       [[hospital.service]]\nid = \"county-dental\"\nthere = \"17\"\n";

    #[test]
    fn a_hospital_needs_a_name_an_address_and_departments() {
        let read = GatewayConfig::parse(ONE).unwrap();
        assert_eq!(read.hospital[0].base, "https://fhir.example/r4");
        assert_eq!(read.hospital[0].poll(), Duration::from_secs(30));
        for (old, new, says) in [
            ("county\"\nb", "a county\"\nb", "name"),
            ("https://", "http://", "https://HOST"),
            ("https://", "https://me:secret@", "https://HOST"),
            ("https://fhir.example/r4/", "nowhere", "https://HOST"),
            ("\"17\"", "\"../17\"", "can't be the id"),
            ("there", "their", "line 6"),
            ("base =", "days = 0\nbase =", "days"),
            (
                "[[hospital.service]]\nid = \"county-dental\"\nthere = \"17\"\n",
                "service = []",
                "no [[hospital.service]]",
            ),
        ] {
            let error = GatewayConfig::parse(&ONE.replacen(old, new, 1)).unwrap_err();
            assert!(error.contains(says) && !error.contains('\n'), "{new}: {error}");
        }
        assert!(
            GatewayConfig::parse(&format!("{ONE}{ONE}"))
                .unwrap_err()
                .contains("two hospitals")
        );
        let other = format!("{ONE}{}", ONE.replace("county\"", "town\""));
        assert!(GatewayConfig::parse(&other).unwrap_err().contains("two departments"));
        assert!(GatewayConfig::parse(&ONE.replace("https://fhir.example", "http://127.0.0.1:8080")).is_ok());
    }
}
