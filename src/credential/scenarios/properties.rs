//! What holds for any claims, any damage and any text.

use jiff::Timestamp;
use proptest::prelude::*;
use ring::rand::SystemRandom;

use super::{ISSUER, Region, claims, issuer, noon};
use crate::*;

fn any_text() -> impl Strategy<Value = String> {
    "[\\PC]{0,20}[\\PC&&[^ \u{a0}\u{3000}]]".prop_filter("blank", |text| !text.trim().is_empty())
}

prop_compose! {
    fn any_claims()(
        names in prop::collection::vec(any_text(), 3),
        optional in prop::collection::vec(prop::option::of(any_text()), 7),
        sex in prop::option::of(prop::sample::select(vec![Sex::Unknown, Sex::Male, Sex::Female, Sex::NotStated])),
        status in prop::option::of(prop::sample::select(vec![Status::Green, Status::Yellow, Status::Red])),
        history in prop::collection::vec(any_text(), 0..4),
        details in prop::collection::btree_map(any_text(), any_text(), 0..4),
        id in any::<[u8; 16]>(),
        begin in 0_i64..4_000_000_000,
        length in 1_i64..1_000_000_000,
    ) -> Claims {
        let mut optional = optional.into_iter();
        let mut next = || optional.next().flatten();
        let kind = match status {
            Some(_) => Kind::HealthStatus,
            None => Kind::Other(format!("x-{}", names[0])),
        };
        Claims {
            issuer: names[1].clone(),
            subject: next(),
            issued_at: Timestamp::from_second(begin).unwrap(),
            expires_at: Timestamp::from_second(begin + length).unwrap(),
            id: DocumentId::new(id),
            kind,
            person: Person {
                name: names[2].clone(),
                sex,
                nationality: next(),
                identity_document: next().map(|number| IdentityDocument { kind: "passport".to_owned(), number }),
                registered_region: next(),
                address: next(),
                telephone: next(),
                medical_history: history,
            },
            health: status.map(|status| Health { status, reason: next() }),
            details,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_claims_come_back_as_they_were(claims in any_claims()) {
        let issuer = issuer();
        let text = issuer.issue(&claims, &SystemRandom::new()).unwrap();
        let document = read(&text).unwrap();
        prop_assert_eq!(document.anban_claims(), Some(&claims));
        let signers: Signers = [Signer::of_issuer(issuer.public_key(), &claims.issuer)].into_iter().collect();
        let report = verify(&document, &signers.into(), claims.issued_at);
        prop_assert!(report.valid, "{:?}", report.checks);
    }

    #[test]
    fn a_changed_bit_is_never_believed(position in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let issuer = issuer();
        let text = issuer.issue(&claims(), &SystemRandom::new()).unwrap();
        let (_, rest) = envelope::split_prefix(&text).unwrap();
        let mut bytes = envelope::inflate(&envelope::decode_base45(rest).unwrap()).unwrap();
        let position = position.index(bytes.len());
        bytes[position] ^= 1 << bit;
        let signers: Signers = [Signer::of_issuer(issuer.public_key(), ISSUER)].into_iter().collect();
        let report = check_text(&envelope::wrap("AB1:", &bytes), &signers.into(), noon());
        prop_assert!(!report.valid);
        prop_assert!(!report.checks.signature.is_ok());
    }

    #[test]
    fn a_mistyped_character_never_makes_another_document(
        position in any::<prop::sample::Index>(),
        other in "[0-9A-Z $%*+./:-]",
    ) {
        let issuer = issuer();
        let text = issuer.issue(&claims(), &SystemRandom::new()).unwrap();
        let position = position.index(text.len());
        let changed = format!("{}{other}{}", &text[..position], &text[position + 1..]);
        let signers: Signers = [Signer::of_issuer(issuer.public_key(), ISSUER)].into_iter().collect();
        let report = check_text(&changed, &signers.into(), noon());
        // Padding bits at the end of a deflate stream carry nothing, so the same may come out.
        prop_assert!(!report.valid || report.claims == serde_json::to_value(claims()).unwrap());
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(AB1:|HC1:|shc:/|)[0-9A-Z $%*+./:-]{0,200}|\\PC{0,100}") {
        let report = check_text(&text, &Trust::default(), noon());
        prop_assert!(!report.valid);
        prop_assert_eq!(read(&text).is_err(), report.state() == DocumentState::Unreadable);
    }

    #[test]
    fn no_content_makes_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), eu in any::<bool>()) {
        let prefix = if eu { "HC1:" } else { "AB1:" };
        let mut message = vec![0x84, 0x40, 0xa0, 0x59];
        message.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
        message.extend(&bytes);
        message.push(0x40);
        for content in [&message, &bytes] {
            let report = check_text(&envelope::wrap(prefix, content), &Trust::default(), noon());
            prop_assert!(!report.valid);
        }
        prop_assert!(TrustList::open(&bytes, &Region::new().root_key(), noon()).is_err());
        Signers::parse(&bytes).ok();
    }

    #[test]
    fn a_trust_store_never_goes_back(numbers in prop::collection::vec(0_u64..20, 1..12)) {
        let region = Region::new();
        let mut store = TrustStore::default();
        let mut highest = None;
        for number in numbers {
            let accepted = store.accept(region.open(&region.builder(number)));
            prop_assert_eq!(accepted.is_ok(), highest.is_none_or(|highest| number >= highest));
            highest = highest.max(Some(number));
            prop_assert_eq!(store.get("110000").map(TrustList::sequence), highest);
        }
    }
}
