//! An elder and a relative: digits are given out and typed in, the one books for the other, and the other does not want it.

use std::sync::PoisonError;

use anban_core::entry::Field;
use anban_core::store::Records;
use serde_json::json;

use crate::app::{App, Said};
use crate::common::person::kept;
use crate::ledger::What;
use crate::person::{Person, World, enter};

/// Who is helped, and who helps.
pub const ELDER: usize = 1;
pub const RELATIVE: usize = 2;

/// While it is still calm, the one lets the other act for them.
pub fn are_tied(people: &mut [Person], world: &World) {
    let mut app = people[ELDER].opens(world);
    for line in [json!({"Family": {"Invite": "DAU"}}), json!({"Incoming": "NetworkBack"})] {
        assert_eq!(app.says(&line), Said::Acknowledged);
    }
    assert!(!app.ends());
    people[ELDER].looks(world);
    let digits = world
        .digits
        .lock()
        .unwrap()
        .clone()
        .expect("the hub has given no digits");
    let mut app = people[RELATIVE].opens(world);
    for line in [
        enter(Field::InvitationCode, &digits),
        json!({"Incoming": "NetworkBack"}),
    ] {
        assert_eq!(app.says(&line), Said::Acknowledged);
    }
    assert!(!app.ends());
    people[RELATIVE].looks(world);
    assert!(people[RELATIVE].tie.is_some(), "the digits are of no use");
}

/// The FHIR id of the elder.
pub fn patient(person: &Person) -> String {
    let records = kept(&person.home).0;
    let mut accounts = records.accounts.values();
    accounts
        .find_map(|account| account.patient().map(str::to_owned))
        .expect("the elder's device is not known to the hub")
}

impl Person {
    /// What of all that is kept is the family's.
    pub fn family_looks(&mut self, records: &Records, world: &World) {
        self.tie = records.family.held.first().map(|grant| grant.id.clone());
        if let Some(invitation) = &records.family.invitation {
            let mut told = world.digits.lock().unwrap_or_else(PoisonError::into_inner);
            *told = Some(invitation.code.clone());
        }
    }

    pub fn deals_with_the_family(&mut self, app: &mut App, world: &World) -> Said {
        match self.number {
            ELDER if self.rng.u8(0..4) == 0 => {
                self.gives(app, What::Invite, |_| vec![json!({"Family": {"Invite": "DAU"}})])
            }
            ELDER => self.declines(app),
            RELATIVE if self.rng.u8(0..4) == 0 => self.types_digits(app, world),
            RELATIVE => {
                let slot = world.slots[self.rng.usize(0..world.slots.len())].clone();
                let tie = self.tie.clone();
                self.books_at(app, &slot, false, tie)
            }
            _ => app.says(&json!({"Incoming": "NetworkBack"})),
        }
    }

    fn declines(&mut self, app: &mut App) -> Said {
        let Some(visit) = self.from_others.pop_first() else {
            return app.says(&json!({"Incoming": "NetworkBack"}));
        };
        let said = app.says(&json!({"Family": {"ShowNews": visit}}));
        if !app.offers("news-not") {
            return said;
        }
        self.gives(app, What::Decline { visit }, |_| {
            vec![json!({"Family": {"Decline": visit}})]
        })
    }

    fn types_digits(&mut self, app: &mut App, world: &World) -> Said {
        let told = world.digits.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(digits) = told else {
            return app.says(&json!({"Incoming": "NetworkBack"}));
        };
        self.gives(app, What::Accept, |_| vec![enter(Field::InvitationCode, &digits)])
    }
}
