//! Trust lists: opened, kept, never taken for anything else.

use ring::rand::SystemRandom;

use super::{ISSUER, Region, at, claims, issuer, noon};
use crate::*;

#[test]
fn a_trust_list_survives_its_bytes() {
    let region = Region::new();
    let builder = region.builder(9).revoke_document("gone").signer(Signer {
        not_before: Some(noon()),
        purposes: vec![Kind::Vaccination, Kind::Other("pass".to_owned())],
        ..Signer::of_issuer(issuer().public_key(), "诊所")
    });
    let list = region.open(&builder);
    let again = TrustList::open(list.as_bytes(), &region.root_key(), noon()).unwrap();
    assert_eq!(again, list);
    assert_eq!((list.region(), list.sequence(), list.signers().len()), ("110000", 9, 2));
    assert!(list.revokes_document("gone") && !list.revokes_document("here"));
    assert_eq!(list.signers()[1].purposes.len(), 2);
}

#[test]
fn a_trust_list_needs_its_root_and_its_bytes_untouched() {
    let region = Region::new();
    let bytes = region.open(&region.builder(1)).as_bytes().to_vec();
    let open = |bytes: &[u8], root: &RootKey| TrustList::open(bytes, root, noon());
    assert_eq!(
        open(&bytes, &Region::new().root_key()).unwrap_err(),
        TrustError::UnknownRoot
    );
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert!(open(&changed, &region.root_key()).is_err(), "{position}");
    }
    let early = TrustList::open(&bytes, &region.root_key(), at("1970-01-01T00:00:00Z"));
    assert_eq!(early.unwrap_err(), TrustError::FromTheFuture);
}

#[test]
fn a_document_is_no_trust_list_even_if_the_root_signed_it() {
    let region = Region::new();
    let text = Issuer::new(region.root.clone())
        .issue(&claims(), &SystemRandom::new())
        .unwrap();
    let (_, rest) = envelope::split_prefix(&text).unwrap();
    let bytes = envelope::inflate(&envelope::decode_base45(rest).unwrap()).unwrap();
    assert_eq!(
        TrustList::open(&bytes, &region.root_key(), noon()),
        Err(TrustError::Malformed)
    );
    let list = envelope::wrap("AB1:", region.open(&region.builder(1)).as_bytes());
    assert!(matches!(read(&list), Err(ReadError::Claims(_))));
}

#[test]
fn a_trust_file_may_be_a_list_or_loose_signers() {
    let region = Region::new();
    let list = region.open(&region.builder(1));
    let pem = region.issuer.public_key().to_pem().unwrap();
    let roots = [Region::new().root_key(), region.root_key()];
    for file in [list.as_bytes(), pem.as_bytes()] {
        let trust = Trust::read(file, &roots, noon()).unwrap();
        assert!(check_text(&region.text(&claims()), &trust, noon()).valid);
    }
    let unknown = Trust::read(list.as_bytes(), &roots[..1], noon()).unwrap_err();
    assert_eq!(unknown, TrustError::UnknownRoot);
    let rubbish = Trust::read(b"rubbish", &roots, noon()).unwrap_err();
    assert_eq!(rubbish, TrustError::Key(KeyError::NoKey));
}

#[test]
fn two_lists_with_one_number_are_a_conflict() {
    let region = Region::new();
    let mut store = TrustStore::default();
    store.accept(region.open(&region.builder(5))).unwrap();
    // Signed anew the bytes differ, since ECDSA is randomised, but it says the same.
    assert_eq!(store.accept(region.open(&region.builder(5))), Ok(Accepted::Same));
    let other = region.open(&region.builder(5).revoke_document("x"));
    assert_eq!(store.accept(other), Err(TrustError::Conflict(5)));
    let impostor = Region::new();
    let newer = impostor.open(&impostor.builder(6));
    assert_eq!(store.accept(newer), Err(TrustError::UnknownRoot));
}

#[test]
fn a_clock_that_is_a_year_off_believes_nothing_that_was_taken_back() {
    let region = Region::new();
    let document = read(&region.text(&claims())).unwrap();
    let revoked = region.open(&region.builder(2).revoke_document(&document.id()));
    let mut store = TrustStore::default();
    store.accept(revoked.clone()).unwrap();
    let (a_year_ago, in_a_year) = (at("2025-11-22T04:00:00Z"), at("2027-11-22T04:00:00Z"));
    for now in [a_year_ago, noon(), in_a_year] {
        let found = verify(&document, &store.trust(), now);
        assert_eq!(found.state(), DocumentState::Revoked, "{now}");
        assert_eq!(found.trust_expired, now == in_a_year, "{now}");
    }
    // An older list that comes meanwhile is refused, and the one in use stays.
    let older = region.open(&region.builder(1));
    let refused = TrustError::RolledBack { held: 2, offered: 1 };
    assert_eq!(store.accept(older), Err(refused));
    assert_eq!(store.get("110000"), Some(&revoked));
    // A list of today is from the future for a clock that was set back, and just a list for one that was set forward.
    let today = region.builder(3).sign(&region.root, &SystemRandom::new()).unwrap();
    let open = |now| TrustList::open(&today, &region.root_key(), now);
    assert_eq!(open(a_year_ago), Err(TrustError::FromTheFuture));
    assert_eq!(store.accept(open(in_a_year).unwrap()), Ok(Accepted::Newer));
}

#[test]
fn a_document_of_a_new_key_is_believed_with_the_list_that_had_it_ahead_of_time() {
    let region = Region::new();
    let next = issuer();
    let both = region.builder(1).signer(Signer::of_issuer(next.public_key(), ISSUER));
    let trust = Trust::from(region.open(&both));
    let documents = [
        region.text(&claims()),
        next.issue(&claims(), &SystemRandom::new()).unwrap(),
    ];
    for document in &documents {
        assert!(check_text(document, &trust, noon()).valid);
    }
    // Taken back, the new key takes its own documents along and no others.
    let revoked = both.revoke_key(next.public_key().key_id());
    let trust = Trust::from(region.open(&revoked));
    let states = documents.map(|text| verify(&read(&text).unwrap(), &trust, noon()).state());
    assert_eq!(states, [DocumentState::Valid, DocumentState::Revoked]);
}
