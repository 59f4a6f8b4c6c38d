//! The audit trail, on every database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    suite::{at, forms},
    *,
};

pub(super) fn note(number: u32, patient: Option<&str>) -> AuditNote {
    AuditNote {
        id: format!("n{number:03}"),
        at: at(number.into()),
        request: "4be7aef4-4e6a-4d3f-9e63-6f4f3f0f7f01".into(),
        caller: "Device/d1".into(),
        caller_name: "王秀英".into(),
        action: AuditAction::Read,
        resource: format!("Appointment/{number}"),
        patient: patient.map(str::to_owned),
        outcome: AuditOutcome::Success,
    }
}

/// Goes through the chain as the operator's command does: how many hold.
fn holds(db: &dyn Database) -> Result<i64, i64> {
    let (mut number, mut hash) = (0, String::new());
    for row in db.audit_chain(0, 1000).unwrap() {
        let expected = row.note.seal(number + 1, &hash);
        if row.number != Some(number + 1) || row.hash.as_ref() != Some(&expected) {
            return Err(number + 1);
        }
        (number, hash) = (number + 1, expected);
    }
    Ok(number)
}

#[test]
fn notes_are_sealed_in_their_order_a_few_at_a_time_and_only_once() {
    for form in forms() {
        let db = form.open();
        assert_eq!(db.seal_audit(10).unwrap().0.number, 0);
        let notes: Vec<_> = (0..5).rev().map(|number| note(number, Some("p1"))).collect();
        db.note_audit(&notes).unwrap();
        assert_eq!(db.audit_unsealed().unwrap(), 5);
        let (head, sealed) = db.seal_audit(3).unwrap();
        assert_eq!((head.number, sealed), (3, 3));
        db.note_audit(&[note(9, None)]).unwrap();
        let (head, sealed) = db.seal_audit(10).unwrap();
        assert_eq!((head.number, sealed), (6, 3));
        assert_eq!(db.seal_audit(10).unwrap(), (head.clone(), 0));
        let chain = db.audit_chain(0, 100).unwrap();
        let resources: Vec<&str> = chain.iter().map(|row| row.note.resource.as_str()).collect();
        assert_eq!(
            resources[..4],
            ["Appointment/0", "Appointment/1", "Appointment/2", "Appointment/3"]
        );
        assert_eq!(chain.last().unwrap().hash.as_ref(), Some(&head.hash));
        assert_eq!((holds(db.as_ref()), db.audit_unsealed().unwrap()), (Ok(6), 0));
        assert_eq!(db.audit_chain(4, 1).unwrap()[0].number, Some(5));
    }
}

#[test]
fn notes_are_found_by_patient_time_and_id_the_latest_first() {
    for form in forms() {
        let db = form.open();
        let notes = [
            note(1, Some("p1")),
            note(2, Some("p2")),
            note(3, Some("p1")),
            note(4, None),
        ];
        db.note_audit(&notes).unwrap();
        let find = |query: AuditQuery| {
            let (total, found) = db.audit(&AuditQuery { limit: 2, ..query }).unwrap();
            (total, found.into_iter().map(|note| note.id).collect::<Vec<_>>())
        };
        assert_eq!(find(AuditQuery::default()), (4, vec!["n004".into(), "n003".into()]));
        let of_one = AuditQuery {
            patient: Some("p1".into()),
            ..AuditQuery::default()
        };
        assert_eq!(find(of_one), (2, vec!["n003".into(), "n001".into()]));
        let between = AuditQuery {
            from: Some(at(2)),
            before: Some(at(3)),
            ..AuditQuery::default()
        };
        assert_eq!(find(between), (1, vec!["n002".into()]));
        let by_id = AuditQuery {
            id: Some("n004".into()),
            ..AuditQuery::default()
        };
        assert_eq!(find(by_id), (1, vec!["n004".into()]));
        let (_, found) = db
            .audit(&AuditQuery {
                limit: 9,
                ..AuditQuery::default()
            })
            .unwrap();
        assert_eq!(found.last(), Some(&notes[0]));
    }
}
