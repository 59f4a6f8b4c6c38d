//! Devices, tokens, invitations and grants, on every database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    suite::{at, command, forms},
    suite_audit::note,
    *,
};
use crate::accounts::Role;
use anban_wire::accounts::{InvitationAnswer, Relationship};
use std::sync::Arc;

fn noted() -> AuditNote {
    AuditNote {
        id: uuid::Uuid::new_v4().to_string(),
        ..note(1, None)
    }
}

fn device(number: u32) -> NewDevice {
    NewDevice {
        id: format!("d{number}"),
        patient: format!("p{number}"),
        secret: format!("hash of {number}"),
        name: format!("第{number}位"),
        telephone: Some("139 0000 5509".into()),
        body: "{}".into(),
    }
}

fn with_devices(db: &Arc<dyn Database>, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let note = noted();
        db.register_device(&device(number), command(), at(0), &note).unwrap();
    }
}

fn invitation(code: &str, hour: i64) -> InvitationAnswer {
    InvitationAnswer {
        code: code.into(),
        expires_at: at(hour),
    }
}

#[test]
fn a_device_is_registered_once_with_a_patient_of_its_own() {
    for form in forms() {
        let db = form.open();
        let command = command();
        let first = db.register_device(&device(1), command, at(0), &noted()).unwrap();
        let expected = DeviceRegistered::Is {
            device: "d1".into(),
            patient: "p1".into(),
        };
        assert_eq!(first, expected);
        let again = NewDevice {
            id: "other".into(),
            patient: "other".into(),
            ..device(1)
        };
        assert_eq!(db.register_device(&again, command, at(5), &noted()).unwrap(), expected);
        assert!(db.account("other").unwrap().is_none() && db.patient("other").unwrap().is_none());
        let reused = db.register_device(&device(2), command, at(0), &noted()).unwrap();
        assert_eq!(reused, DeviceRegistered::CommandReused);
        let account = db.account("d1").unwrap().unwrap();
        assert_eq!(account.kind, AccountKind::Device("p1".into()));
        let patient = db.patient("p1").unwrap().unwrap();
        assert_eq!((patient.name.as_str(), patient.version), ("第1位", 1));
        let (_, notes) = db
            .audit(&AuditQuery {
                limit: 9,
                ..AuditQuery::default()
            })
            .unwrap();
        assert_eq!(notes.len(), 1, "a repeat changes nothing");
    }
}

#[test]
fn a_token_holds_until_its_time_and_ends_with_its_account() {
    for form in forms() {
        let db = form.open();
        with_devices(&db, 1..3);
        for token in ["t1", "t2", "t3"] {
            assert!(db.keep_token("d1", token, at(1)).unwrap());
        }
        assert!(!db.keep_token("nobody", "t4", at(1)).unwrap());
        let holds = |token: &str, hour| db.signed_in(token, at(hour)).unwrap().is_some();
        assert!(holds("t1", 0) && !holds("t1", 1) && !holds("none", 0));
        db.end_token("d2", "t2").unwrap();
        assert!(holds("t2", 0), "another's token can't be ended");
        db.end_token("d1", "t2").unwrap();
        assert!(!holds("t2", 0));
        assert!(db.end_account("d1", at(0), &noted()).unwrap());
        assert!(!db.end_account("d1", at(0), &noted()).unwrap());
        assert!(!holds("t1", 0) && !holds("t3", 0));
        assert!(db.account("d1").unwrap().is_none() && !db.keep_token("d1", "t5", at(1)).unwrap());
        assert!(db.patient("p1").unwrap().is_some(), "the patient stays");
        db.forget_expired(at(2)).unwrap();
    }
}

#[test]
fn an_invitation_is_good_once_and_only_in_its_time() {
    for form in forms() {
        let db = form.open();
        with_devices(&db, 1..4);
        let asked = command();
        let invite = |command, code: &str, hour, now| {
            db.invite(
                "p1",
                Relationship::Daughter,
                command,
                &invitation(code, hour),
                at(now),
                &noted(),
            )
        };
        let first = invite(asked, "11111111", 1, 0).unwrap().unwrap();
        assert_eq!(first.code, "11111111");
        assert_eq!(
            invite(asked, "22222222", 2, 0).unwrap().unwrap(),
            first,
            "the same digits while they hold"
        );
        assert_eq!(invite(command(), "11111111", 2, 0).unwrap(), None, "digits of another");
        let later = invite(asked, "33333333", 3, 1).unwrap().unwrap();
        assert_eq!(later.code, "33333333", "new ones when they have ended");
        let take = |helper: &str, code: &str, command, id: &str, now| {
            db.take_up(helper, code, command, id, at(now), &noted()).unwrap()
        };
        assert!(matches!(
            take("p2", "11111111", command(), "g1", 1),
            TakenUp::NoInvitation
        ));
        assert!(matches!(take("p1", "33333333", command(), "g1", 1), TakenUp::Own));
        let taking = command();
        let TakenUp::Granted(grant) = take("p2", "33333333", taking, "g1", 1) else {
            panic!("not granted");
        };
        assert_eq!(
            (grant.patient_name.as_str(), grant.helper_name.as_str()),
            ("第1位", "第2位")
        );
        assert!(matches!(take("p2", "33333333", taking, "g2", 9), TakenUp::Granted(again) if again.id == "g1"));
        assert!(matches!(
            take("p3", "33333333", command(), "g3", 1),
            TakenUp::NoInvitation
        ));
        assert!(matches!(
            take("p3", "33333333", taking, "g3", 1),
            TakenUp::CommandReused
        ));
    }
}

#[test]
fn of_many_who_have_the_digits_one_becomes_the_helper() {
    for form in forms() {
        let db = form.open();
        with_devices(&db, 1..10);
        let code = invitation("12345678", 1);
        db.invite("p1", Relationship::Son, command(), &code, at(0), &noted())
            .unwrap();
        let threads: Vec<_> = (2..10)
            .map(|number| {
                let db = Arc::clone(&db);
                let (helper, id) = (format!("p{number}"), format!("g{number}"));
                let note = noted();
                std::thread::spawn(move || db.take_up(&helper, "12345678", command(), &id, at(0), &note).unwrap())
            })
            .collect();
        let taken = threads.into_iter().map(|thread| thread.join().unwrap());
        assert_eq!(taken.filter(|taken| matches!(taken, TakenUp::Granted(_))).count(), 1);
        assert_eq!(db.grants_of("p1").unwrap().given.len(), 1);
    }
}

#[test]
fn a_grant_shows_on_both_sides_and_either_ends_it() {
    for form in forms() {
        let db = form.open();
        with_devices(&db, 1..4);
        db.keep_token("d2", "t", at(9)).unwrap();
        for (code, id, side) in [("11111111", "g1", "p1"), ("22222222", "g2", "p2")] {
            let code = invitation(code, 1);
            db.invite("p1", Relationship::Neighbour, command(), &code, at(0), &noted())
                .unwrap();
            db.take_up("p2", &code.code, command(), id, at(0), &noted()).unwrap();
            let (of_patient, of_helper) = (db.grants_of("p1").unwrap(), db.grants_of("p2").unwrap());
            assert_eq!(
                (&of_patient.given, &of_helper.held),
                (&of_helper.held, &of_patient.given)
            );
            assert!(of_patient.held.is_empty() && of_helper.given.is_empty());
            let held = db.signed_in("t", at(0)).unwrap().unwrap().grants;
            assert_eq!(held, [(id.to_owned(), "p1".to_owned())]);
            assert_eq!(db.grant(id).unwrap().unwrap().1, "p2");
            assert!(
                !db.end_grant(id, "p3", at(0), &noted()).unwrap(),
                "a third can't end it"
            );
            let ended = noted();
            assert!(db.end_grant(id, side, at(0), &ended).unwrap());
            assert!(
                db.end_grant(id, side, at(0), &ended).unwrap(),
                "ending it again is no error"
            );
            assert!(db.grant(id).unwrap().is_none() && db.grants_of("p1").unwrap().given.is_empty());
            assert!(db.signed_in("t", at(0)).unwrap().unwrap().grants.is_empty());
        }
    }
}

#[test]
fn staff_are_listed_with_their_roles_until_they_are_removed() {
    for form in forms() {
        let db = form.open();
        for (number, role) in (0..).zip(Role::ALL) {
            let account = AccountRow {
                id: format!("s{number}"),
                secret: "hash".into(),
                name: "李护士".into(),
                kind: AccountKind::Staff(role),
                since: at(number),
            };
            db.add_staff(&account, role, &noted()).unwrap();
        }
        db.end_account("s1", at(9), &noted()).unwrap();
        let roles: Vec<_> = db.staff().unwrap().into_iter().map(|account| account.kind).collect();
        let expected = Role::ALL.into_iter().filter(|role| *role != Role::Nurse);
        assert_eq!(roles, expected.map(AccountKind::Staff).collect::<Vec<_>>());
    }
}
