//! From the text in a code to the answer, against the arithmetic that no reader can do without.
//!
//! Criterion times each alone. Then all three run by turns in short rounds, so that whatever else the machine does
//! meets them alike, and the last lines say how many certificates one core checks in a second and which part of the
//! bare ECDSA rate that is. The goal is 0.85.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anban_credential::{
    Claims, DocumentId, Health, IdentityDocument, Issuer, Kind, Person, Sex, Signers, SigningKey, Status, Trust,
    check_text, envelope,
};
use ciborium::cbor;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use criterion::Criterion;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::UnparsedPublicKey;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// The part of the bare rate that the full chain is to reach.
const GOAL: f64 = 0.85;
/// How often all are timed by turns, and how many checks one turn has.
const ROUNDS: usize = 60;
const TURN: u32 = 400;

/// Something to time, with its name; whether it came out right.
type Job<'a> = (&'static str, Box<dyn Fn() -> bool + 'a>);

/// What is measured: documents of both kinds, and a bare signature.
struct Samples {
    trust: Trust,
    anban: String,
    european: String,
    point: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// When the documents are looked at.
fn now() -> Timestamp {
    at(1_795_262_400)
}

/// A health status as a hub issues it.
fn claims() -> Claims {
    Claims {
        issuer: "安城市卫生健康委员会".to_owned(),
        subject: None,
        issued_at: at(1_795_000_000),
        expires_at: at(1_795_600_000),
        id: DocumentId::new([7; 16]),
        kind: Kind::HealthStatus,
        person: Person {
            name: "王秀英".to_owned(),
            sex: Some(Sex::Female),
            nationality: Some("CHN".to_owned()),
            identity_document: Some(IdentityDocument {
                kind: "resident-identity-card".to_owned(),
                number: "110105********002X".to_owned(),
            }),
            registered_region: Some("110105".to_owned()),
            address: None,
            telephone: None,
            medical_history: Vec::new(),
        },
        health: Some(Health {
            status: Status::Green,
            reason: None,
        }),
        details: BTreeMap::new(),
    }
}

/// A vaccination certificate as European issuers write them.
fn european(key: &EcdsaKeyPair, key_id: &[u8]) -> String {
    let set = cbor!({
        1 => "XX",
        4 => 1_800_000_000,
        6 => 1_795_000_000,
        -260 => { 1 => {
            "ver" => "1.3.0",
            "dob" => "1949-12-31",
            "nam" => { "fn" => "Gößinger", "gn" => "Gabriele", "fnt" => "GOESSINGER", "gnt" => "GABRIELE" },
            "v" => [{
                "tg" => "840539006",
                "vp" => "1119349007",
                "mp" => "EU/1/20/1528",
                "ma" => "ORG-100030215",
                "dn" => 2,
                "sd" => 2,
                "dt" => "2026-02-18",
                "co" => "XX",
                "is" => "Ministry of Health",
                "ci" => "URN:UVCI:01:XX:10807843F94AEE0EE5093FBC254BD813#B",
            }],
        } },
    });
    let mut payload = Vec::new();
    ciborium::into_writer(&set.unwrap(), &mut payload).unwrap();
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .key_id(key_id.to_vec());
    let message = CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload)
        .create_signature(&[], |message| sign(key, message))
        .build();
    envelope::wrap("HC1:", &message.to_tagged_vec().unwrap())
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

impl Samples {
    fn new() -> Self {
        let random = SystemRandom::new();
        let (public, pkcs8) = SigningKey::generate(&random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random).unwrap();
        let issuer = Issuer::from_pkcs8(&pkcs8, &random).unwrap();
        let trust = Trust::from(Signers::parse(public.public_key().to_pem().unwrap().as_bytes()).unwrap());
        // As long as what is signed in a certificate.
        let message = vec![7; 400];
        let samples = Self {
            anban: issuer.issue(&claims(), &random).unwrap(),
            european: european(&key, public.public_key().key_id().as_bytes()),
            signature: sign(&key, &message),
            point: key.public_key().as_ref().to_vec(),
            message,
            trust,
        };
        for text in [&samples.anban, &samples.european] {
            let report = check_text(text, &samples.trust, now());
            assert!(report.valid, "{:?}", report.checks);
        }
        assert!(samples.bare());
        samples
    }

    /// The whole chain: whether the text is believed.
    fn checked(&self, text: &str) -> bool {
        check_text(black_box(text), &self.trust, now()).valid
    }

    /// One verification of a signature, and nothing else.
    fn bare(&self) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(black_box(&self.message), &self.signature)
            .is_ok()
    }

    /// What is timed, by name; the last is what the others are held against.
    fn jobs(&self) -> [Job<'_>; 3] {
        [
            ("AB1, text to answer", Box::new(|| self.checked(&self.anban))),
            ("HC1, text to answer", Box::new(|| self.checked(&self.european))),
            ("bare ECDSA P-256", Box::new(|| self.bare())),
        ]
    }
}

/// Times the jobs by turns and prints rates and ratios.
fn summary(samples: &Samples) {
    let jobs = samples.jobs();
    let mut best = [Duration::MAX; 3];
    let mut ratios: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let times = jobs.each_ref().map(|(_, job)| {
            let began = Instant::now();
            for _ in 0..TURN {
                assert!(job());
            }
            began.elapsed()
        });
        for (job, time) in times.into_iter().enumerate() {
            best[job] = best[job].min(time);
            ratios[job].push(times[2].as_secs_f64() / time.as_secs_f64());
        }
    }
    println!(
        "\nAB1 has {} characters, HC1 {}.",
        samples.anban.len(),
        samples.european.len()
    );
    for ((name, _), (best, mut ratios)) in jobs.iter().zip(best.into_iter().zip(ratios)) {
        ratios.sort_by(f64::total_cmp);
        let (middle, rate) = (ratios[ratios.len() / 2], f64::from(TURN) / best.as_secs_f64());
        let verdict = if middle >= GOAL { "" } else { ", below the goal of 0.85" };
        println!("{name:<20} {rate:>7.0} a second on one core, {middle:.3} of the bare rate{verdict}");
    }
}

fn main() {
    let samples = Samples::new();
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("chain");
    for (name, job) in samples.jobs() {
        group.bench_function(name, |bench| bench.iter(&job));
    }
    group.finish();
    criterion.final_summary();
    summary(&samples);
}
