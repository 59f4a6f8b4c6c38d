//! What the data says of cash.

use std::collections::BTreeSet;

use crate::cash::BillKind;
use crate::cash::rules::{COMPLAINTS, SOURCE, grounds, number_for, places_for, read};

#[test]
fn the_rules_are_whole_in_both_languages_and_say_where_they_are_from() {
    let rules = read(SOURCE).unwrap();
    assert_eq!(rules.complaints.number, COMPLAINTS);
    assert!(rules.complaints.source.starts_with("https://"));
    let ids: BTreeSet<&str> = rules.grounds.iter().map(|ground| ground.id.as_str()).collect();
    assert_eq!(ids, BTreeSet::from(["plan", "provisions", "regulations"]));
    for ground in &rules.grounds {
        assert!(ground.source.starts_with("https://"), "{}", ground.id);
        assert!(ground.since.year() >= 2000, "{}", ground.id);
        for words in [&ground.title, &ground.says] {
            assert!(!words.chinese.is_empty() && !words.english.is_empty(), "{}", ground.id);
        }
    }
    assert_eq!(grounds().len(), rules.grounds.len());
}

#[test]
fn each_kind_of_bill_has_counters_that_take_cash() {
    for kind in BillKind::ALL {
        let places = places_for(kind);
        assert!(places.len() >= 2, "{kind:?}");
        assert!(places.iter().all(|place| !place.english.is_empty()), "{kind:?}");
    }
    assert_eq!(number_for(BillKind::Power), Some("95598"));
    assert_eq!(number_for(BillKind::Telephone), None);
}
