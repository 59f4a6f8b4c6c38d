//! Tests across modules: from issuing to the answer on the page.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod card_forms;
mod card_keys;
mod cards;
mod documents;
mod hostile;
mod properties;
mod trust_lists;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ring::rand::SystemRandom;

use crate::*;

const ISSUER: &str = "安城市卫生健康委员会";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-21T12:00:00Z")
}

fn claims() -> Claims {
    Claims {
        issuer: ISSUER.to_owned(),
        subject: None,
        issued_at: at("2026-11-21T08:00:00Z"),
        expires_at: at("2026-11-28T08:00:00Z"),
        id: DocumentId::new([7; 16]),
        kind: Kind::HealthStatus,
        person: Person {
            name: "王秀英".to_owned(),
            sex: Some(Sex::Female),
            nationality: Some("CHN".to_owned()),
            identity_document: Some(IdentityDocument {
                kind: "resident-identity-card".to_owned(),
                number: "110101********0021".to_owned(),
            }),
            registered_region: Some("110101".to_owned()),
            address: Some("东城区朝阳门内大街1号".to_owned()),
            telephone: Some("010-65120000".to_owned()),
            medical_history: vec!["高血压".to_owned()],
        },
        health: Some(Health {
            status: Status::Green,
            reason: Some("无异常".to_owned()),
        }),
        details: BTreeMap::new(),
    }
}

fn issuer() -> Issuer {
    Issuer::generate(&SystemRandom::new()).unwrap().0
}

/// A root, and a list of its own with `issuer` in it that `change` may alter.
struct Region {
    root: SigningKey,
    issuer: Issuer,
}

impl Region {
    fn new() -> Self {
        let (root, _) = SigningKey::generate(&SystemRandom::new()).unwrap();
        Self { root, issuer: issuer() }
    }

    fn root_key(&self) -> RootKey {
        self.root.public_key().clone().into()
    }

    fn builder(&self, sequence: u64) -> TrustListBuilder {
        let (issued, expires) = (at("2026-11-20T00:00:00Z"), at("2026-12-20T00:00:00Z"));
        let signer = Signer::of_issuer(self.issuer.public_key(), ISSUER);
        TrustListBuilder::new("110000", sequence, issued, expires).signer(signer)
    }

    fn open(&self, builder: &TrustListBuilder) -> TrustList {
        let bytes = builder.sign(&self.root, &SystemRandom::new()).unwrap();
        TrustList::open(&bytes, &self.root_key(), noon()).unwrap()
    }

    fn text(&self, claims: &Claims) -> String {
        self.issuer.issue(claims, &SystemRandom::new()).unwrap()
    }

    fn check(&self, claims: &Claims, builder: &TrustListBuilder, at: Timestamp) -> Verification {
        check_text(&self.text(claims), &self.open(builder).into(), at)
    }
}
