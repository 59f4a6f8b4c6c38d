//! The tests of doctors' plans that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::suite::{at, command, forms};
use super::suite_audit::note;
use super::*;

fn new(id: &str, patient: &str) -> NewCarePlan {
    NewCarePlan {
        id: id.to_owned(),
        patient: patient.to_owned(),
        body: "first".to_owned(),
        command: None,
        note: note(1, Some(patient)),
    }
}

fn numbers(db: &dyn Database) -> Vec<(u64, String)> {
    let page = db.patient_feed("p1", 0, 10).unwrap();
    let entries = page.entries.into_iter();
    entries
        .inspect(|entry| assert_eq!(entry.kind, "care-plan"))
        .map(|entry| (entry.number, entry.subject))
        .collect()
}

#[test]
fn a_plan_is_made_once_for_each_command_and_told_to_its_patient() {
    for form in forms() {
        let db = form.open();
        let command = command();
        let wish = NewCarePlan {
            command: Some((command, "f".into())),
            ..new("c1", "p1")
        };
        assert_eq!(db.make_care_plan(&wish, at(0)).unwrap(), PlanMade::New);
        let repeat = NewCarePlan {
            id: "c2".into(),
            note: note(2, None),
            ..wish.clone()
        };
        let first = db.care_plan("c1").unwrap().unwrap();
        assert_eq!((first.version, first.updated_at), (1, at(0)));
        assert_eq!(db.make_care_plan(&repeat, at(1)).unwrap(), PlanMade::Again(first));
        let other = NewCarePlan {
            command: Some((command, "other".into())),
            ..repeat
        };
        assert_eq!(db.make_care_plan(&other, at(1)).unwrap(), PlanMade::CommandReused);
        assert!(db.care_plan("c2").unwrap().is_none());
        assert_eq!(numbers(db.as_ref()), [(1, "c1".to_owned())]);
    }
}

#[test]
fn a_plan_is_changed_from_the_version_that_was_read_and_stands_last_in_the_feed() {
    for form in forms() {
        let db = form.open();
        for (number, id) in [(1, "c1"), (2, "c2")] {
            let plan = NewCarePlan {
                note: note(number, Some("p1")),
                ..new(id, "p1")
            };
            db.make_care_plan(&plan, at(0)).unwrap();
        }
        let others = NewCarePlan {
            note: note(3, Some("p2")),
            ..new("c3", "p2")
        };
        db.make_care_plan(&others, at(0)).unwrap();
        let change = |version, number| db.change_care_plan("c1", version, "second", &note(number, Some("p1")), at(5));
        assert!(change(1, 4).unwrap());
        assert!(!change(1, 5).unwrap(), "somebody was faster");
        assert_eq!(numbers(db.as_ref()), [(2, "c2".to_owned()), (3, "c1".to_owned())]);
        let all = db.care_plans("p1").unwrap();
        let all: Vec<_> = all.iter().map(|plan| (plan.id.as_str(), plan.version)).collect();
        assert_eq!(all, [("c1", 2), ("c2", 1)]);
    }
}
