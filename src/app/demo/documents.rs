//! The signed documents of the demonstration profile: the elder's own, and her husband's.

use std::collections::BTreeMap;

use anban_core::health_code::{About, KeptDocument};
use anban_credential::{
    Claims, DocumentId, Health, IdentityDocument, Issuer, Kind, Person, RootKey, Signer, SigningKey, Status,
    TrustListBuilder,
};
use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use ring::rand::SystemRandom;

use super::records::BOOKED_VISIT;
use super::{Profile, morning};

pub(super) const OWN_DOCUMENT: &str = "00000000-0000-4000-8000-000000000101";
pub(super) const STRANGERS_DOCUMENT: &str = "00000000-0000-4000-8000-000000000107";
pub(super) const HUSBANDS_DOCUMENT: &str = "00000000-0000-4000-8000-000000000102";

const SLIP: &str = "00000000-0000-4000-8000-000000000108";

/// Whose they are: the name, the number (GB 11643's examples), and how issuers mask it.
type Whose = (&'static str, &'static str, &'static str);
const ELDER: Whose = ("李秀英", "11010519491231002X", "1101**********002X");
const HUSBAND: Whose = ("王建国", "440524188001010014", "4405**********0014");

/// One of the documents: its id here, whose, of what kind, from which day until which.
struct Entry(&'static str, Whose, Kind, i64, i64);

fn entries() -> [Entry; 6] {
    [
        Entry(OWN_DOCUMENT, ELDER, Kind::HealthStatus, -1, 6),
        Entry(
            "00000000-0000-4000-8000-000000000103",
            ELDER,
            Kind::HealthCard,
            -300,
            900,
        ),
        Entry(
            "00000000-0000-4000-8000-000000000104",
            ELDER,
            Kind::MedicalInsurance,
            -300,
            900,
        ),
        Entry(
            "00000000-0000-4000-8000-000000000105",
            ELDER,
            Kind::Vaccination,
            -200,
            500,
        ),
        Entry(
            "00000000-0000-4000-8000-000000000106",
            HUSBAND,
            Kind::HealthStatus,
            -1,
            6,
        ),
        Entry(HUSBANDS_DOCUMENT, HUSBAND, Kind::Vaccination, -400, -35),
    ]
}

/// What an issuer has signed, and the region's list that vouches for it.
pub(super) struct Documents {
    pub(super) root: RootKey,
    pub(super) trust_list: Vec<u8>,
    texts: Vec<String>,
    /// The slip of the visit that is booked.
    slip: String,
    /// A code of the elder's whose colour is yellow.
    yellow: String,
    /// A code of hers by an issuer that nobody vouches for.
    strange: String,
}

impl Documents {
    /// Makes an issuer called `name` and a root that vouches for it, and signs the documents. All keys are forgotten at
    /// once.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub(super) fn sign(name: &str) -> Result<Self> {
        let random = SystemRandom::new();
        let (root, _) = SigningKey::generate(&random)?;
        let (issuer, _) = Issuer::generate(&random)?;
        let (stranger, _) = Issuer::generate(&random)?;
        let trust_list = TrustListBuilder::new("anning-demo", 1, at(-10)?, at(20)?)
            .signer(Signer::of_issuer(issuer.public_key(), name))
            .sign(&root, &random)?;
        let mut texts = Vec::new();
        for (number, entry) in (1..).zip(entries()) {
            texts.push(issuer.issue(&claims(name, &entry, Status::Green, number)?, &random)?);
        }
        let own = Entry(OWN_DOCUMENT, ELDER, Kind::HealthStatus, 0, 7);
        let strangers = Entry(OWN_DOCUMENT, ELDER, Kind::CheckUp, -3, 300);
        let visit = Entry(SLIP, ELDER, Kind::Appointment, -1, 2);
        let slip = Claims {
            details: BTreeMap::from([("appointment".to_owned(), "appointment-1".to_owned())]),
            ..claims(name, &visit, Status::Green, 92)?
        };
        Ok(Self {
            slip: issuer.issue(&slip, &random)?,
            root: root.public_key().clone().into(),
            trust_list,
            yellow: issuer.issue(&claims(name, &own, Status::Yellow, 90)?, &random)?,
            strange: stranger.issue(&claims("海滨体检中心", &strangers, Status::Green, 91)?, &random)?,
            texts,
        })
    }

    /// The text of the elder's own health code.
    pub(super) fn own(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// As they are kept.
    ///
    /// # Errors
    /// Never, as long as the ids above are ids.
    pub(super) fn kept(&self) -> Result<Vec<KeptDocument>> {
        let slip = KeptDocument {
            about: Some(About::Visit(BOOKED_VISIT.parse()?)),
            ..document(SLIP, &self.slip, at(-1)?)?
        };
        let kept = entries().into_iter().zip(&self.texts);
        let kept = kept.map(|(entry, text)| {
            let kept = document(entry.0, text, at(entry.3.max(-60))?)?;
            // The health codes are the hub's.
            let issued_for = (entry.2 == Kind::HealthStatus).then(|| entry.1.1.to_owned());
            Ok(KeptDocument { issued_for, ..kept })
        });
        kept.chain([Ok(slip)]).collect()
    }

    /// The document that `profile` has beside the others, or in the place of one.
    ///
    /// # Errors
    /// Never, as long as the ids above are ids.
    pub(super) fn instead(&self, profile: Profile) -> Result<Option<KeptDocument>> {
        Ok(match profile {
            Profile::YellowCode => Some(document(OWN_DOCUMENT, &self.yellow, at(0)?)?),
            Profile::StrangersCode => Some(document(STRANGERS_DOCUMENT, &self.strange, at(0)?)?),
            _ => None,
        })
    }
}

fn document(id: &str, text: &str, added: Timestamp) -> Result<KeptDocument> {
    Ok(KeptDocument {
        id: id.parse().context("an id of the profile is none")?,
        text: text.to_owned(),
        added_at: added,
        refreshed_at: added,
        about: None,
        issued_for: None,
        refused_at: None,
    })
}

fn at(days: i64) -> Result<Timestamp> {
    Ok(morning()?.checked_add(days.days())?.timestamp())
}

fn claims(issuer: &str, entry: &Entry, status: Status, number: u8) -> Result<Claims> {
    let Entry(_, (name, _, identity), kind, from, until) = entry;
    let reason = (status == Status::Yellow).then(|| "请做一次检测，再看结果。".to_owned());
    Ok(Claims {
        issuer: issuer.to_owned(),
        subject: None,
        issued_at: at(*from)?,
        expires_at: at(*until)?,
        id: DocumentId::new([number; 16]),
        kind: kind.clone(),
        person: Person {
            name: (*name).to_owned(),
            identity_document: Some(IdentityDocument {
                kind: "resident-identity-card".to_owned(),
                number: (*identity).to_owned(),
            }),
            ..Person::default()
        },
        health: (*kind == Kind::HealthStatus).then_some(Health { status, reason }),
        details: BTreeMap::new(),
    })
}
