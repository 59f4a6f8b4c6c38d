//! A person who goes on giving commands, from one life of their app to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anban_core::appointments::VisitState;
use anban_core::entry::Field;
use anban_core::outbox::Request;
use anban_core::store::Records;
use fastrand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, Said};
use crate::city::Slot;
use crate::common::Home;
use crate::common::person::kept;
use crate::ledger::{Wanted, What};
use crate::side::number_of;

/// What the storm is told of.
pub struct World {
    pub hub: String,
    /// Times that are wanted by name.
    pub slots: Vec<Slot>,
    /// Those of other departments, where whichever is the first is wanted.
    pub first_free: Vec<Slot>,
    /// Digits that somebody has been told by telephone.
    pub digits: Mutex<Option<String>>,
}

pub struct Person {
    pub home: Home,
    pub number: usize,
    pub rng: Rng,
    log: PathBuf,
    pub wanted: Vec<Wanted>,
    next_number: u32,
    /// Visits that can be cancelled or moved, with the number of the command that booked each.
    booked: BTreeMap<Uuid, u32>,
    /// All visits whose commands are known.
    pub numbers: BTreeMap<Uuid, u32>,
    /// Visits that somebody else has booked.
    pub from_others: BTreeSet<Uuid>,
    /// The tie by which they act for somebody else.
    pub tie: Option<String>,
    /// Refused questions about relatives who are not registered, by the relatives' numbers.
    unknown: BTreeMap<u32, Uuid>,
    pub kills: usize,
}

/// Registered from the start in the demonstration city.
const PEOPLE: [(&str, &str); 3] = [
    ("王秀英", "11010519491231002X"),
    ("王秀英", "990101195003150025"),
    ("李建国", "990101194611020035"),
];

/// So many persons there are at most.
pub const MOST: usize = PEOPLE.len();

/// The identity number of a relative, with the check character of GB 11643 (ISO 7064, MOD 11-2).
pub fn identity_number(relative: u32) -> String {
    let digits = format!("4405241940{:02}01{:03}", relative / 900 + 1, relative % 900);
    let sum = |power: u32, digit: u32| (power + digit) * 2 % 11;
    let sum = digits.chars().filter_map(|c| c.to_digit(10)).fold(0, sum);
    let check = (12 - sum % 11) % 11;
    format!(
        "{digits}{}",
        if check == 10 { "X".to_owned() } else { check.to_string() }
    )
}

/// A relative's name, and the number in it.
fn name(relative: u32) -> String {
    let digits: String = format!("{relative:04}")
        .chars()
        .filter_map(|digit| "零一二三四五六七八九".chars().nth(digit.to_digit(10)? as usize))
        .collect();
    format!("陈{digits}")
}

pub fn relative_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('陈')?;
    digits.chars().try_fold(0, |number, digit| {
        let digit = "零一二三四五六七八九".chars().position(|one| one == digit)?;
        Some(number * 10 + digit as u32)
    })
}

pub fn enter(field: Field, text: &str) -> Value {
    json!({"Enter": {"field": field, "text": text}})
}

/// A time is chosen. By its milliseconds the wish is known again.
fn choose(wish: Option<String>, slot: &Slot, to: jiff::Timestamp, number: u32) -> Value {
    let tag = jiff::SignedDuration::from_millis(number.into());
    json!({"Appointments": {"ChooseTime": {"slot": wish, "from": slot.start + tag, "to": to + tag}}})
}

impl Person {
    /// Goes through the first start while everything is calm.
    pub fn new(home: Home, number: usize, rng: Rng, world: &World, log: &Path) -> Self {
        let person = Self {
            home,
            number,
            rng,
            log: log.to_owned(),
            wanted: Vec::new(),
            // So that no two persons ever use the same.
            next_number: 1 + number as u32 * 3_000,
            booked: BTreeMap::new(),
            numbers: BTreeMap::new(),
            from_others: BTreeSet::new(),
            tie: None,
            unknown: BTreeMap::new(),
            kills: 0,
        };
        let mut app = person.opens(world);
        let (name, identity) = PEOPLE[number];
        for line in [
            json!({"FirstStart": "Finish"}),
            enter(Field::Name, name),
            enter(Field::IdentityNumber, identity),
            json!({"Incoming": "NetworkBack"}),
        ] {
            assert_eq!(app.says(&line), Said::Acknowledged, "{line}");
        }
        assert!(!app.ends());
        person
    }

    pub fn opens(&self, world: &World) -> App {
        App::starts(&self.home, &world.hub, &self.log)
    }

    /// One life of the app: commands until it is killed.
    pub fn lives(&mut self, world: &World) {
        if self.rng.bool() {
            self.looks(world);
        }
        let mut app = self.opens(world);
        // Some die while they start.
        let longest = if self.rng.u8(0..5) == 0 { 250 } else { 4_000 };
        app.dies_in(Duration::from_millis(self.rng.u64(0..longest)));
        while self.does_something(&mut app, world) != Said::Nothing {}
        self.kills += usize::from(app.ends());
    }

    /// What is kept, read with nothing running.
    pub fn looks(&mut self, world: &World) {
        let records = kept(&self.home).0;
        for visit in records.visits.values() {
            let number = number_of(visit);
            if number != 0 {
                self.numbers.entry(visit.id.0).or_insert(number);
            }
        }
        let is_booked = |state: &VisitState| matches!(state, VisitState::Booked { .. });
        let booked = records.visits.values().filter(|visit| is_booked(&visit.state));
        let booked: BTreeSet<Uuid> = booked.map(|visit| visit.id.0).collect();
        let ours = booked.iter().filter_map(|id| Some((*id, *self.numbers.get(id)?)));
        self.booked = ours.collect();
        self.from_others = booked.into_iter().filter(|id| !self.numbers.contains_key(id)).collect();
        for wanted in &self.wanted {
            match &wanted.what {
                What::Cancel { visit } | What::Move { visit, .. } => self.booked.remove(visit).is_some(),
                What::Decline { visit } => self.from_others.remove(visit),
                _ => false,
            };
        }
        self.family_looks(&records, world);
        let refused = records.outbox.values().filter(|item| item.refused.is_some());
        let questions = refused.filter_map(|item| match &item.request {
            Request::IssueDocument(wish) => Some((relative_of(&wish.name)?, item.id.0)),
            _ => None,
        });
        self.unknown = questions.collect();
    }

    fn does_something(&mut self, app: &mut App, world: &World) -> Said {
        match self.rng.u8(0..100) {
            0..28 => self.books(app, world),
            28..38 => self.cancels(app),
            38..47 => self.moves(app, world),
            47..55 => self.adds_a_card(app),
            55..62 => self.asks_for_a_relative(app),
            62..68 => self.registers_a_relative(app),
            68..73 => self.gives(app, What::HealthCode, |_| {
                vec![json!({"HealthCode": "AskForHealthStatus"})]
            }),
            73..91 => self.deals_with_the_family(app, world),
            _ => app.says(&json!({"Incoming": "NetworkBack"})),
        }
    }

    /// Notes the command, then gives its lines. It is acknowledged with the last one.
    pub fn gives(&mut self, app: &mut App, what: What, lines: impl FnOnce(u32) -> Vec<Value>) -> Said {
        let number = self.next_number;
        self.next_number += 1;
        let wanted = Wanted {
            person: self.number,
            number,
            what,
            acknowledged: false,
        };
        self.wanted.push(wanted);
        for line in lines(number) {
            match app.says(&line) {
                Said::Acknowledged => {}
                other => return other,
            }
        }
        if let Some(last) = self.wanted.last_mut() {
            last.acknowledged = true;
        }
        Said::Acknowledged
    }

    fn books(&mut self, app: &mut App, world: &World) -> Said {
        let any = self.rng.u8(0..4) == 0;
        let among = if any { &world.first_free } else { &world.slots };
        // Some times are wanted by many.
        let most = if self.rng.bool() { among.len() } else { 40 };
        let slot = among[self.rng.usize(0..most.min(among.len()))].clone();
        self.books_at(app, &slot, any, None)
    }

    /// Books a slot, or the first free time from its beginning on; `tie` is that by which it is for somebody else.
    pub fn books_at(&mut self, app: &mut App, slot: &Slot, any: bool, tie: Option<String>) -> Said {
        let wish = (!any).then(|| slot.id.clone());
        self.gives(app, What::Book { slot: wish.clone() }, |number| {
            let to = if any {
                slot.start + jiff::SignedDuration::from_hours(72)
            } else {
                slot.end
            };
            let for_whom = tie.map(|tie| json!({"Family": {"ChooseFor": tie}}));
            let lines = [
                json!({"Appointments": {"ChooseDepartment": slot.department}}),
                choose(wish, slot, to, number),
                json!({"Appointments": "BookVisit"}),
            ];
            for_whom.into_iter().chain(lines).collect()
        })
    }

    /// One of the visits that nothing was done with yet.
    fn takes_one(&mut self) -> Option<(Uuid, u32)> {
        let one = self.rng.choice(self.booked.keys().copied().collect::<Vec<_>>())?;
        self.booked.remove_entry(&one)
    }

    fn cancels(&mut self, app: &mut App) -> Said {
        let Some((visit, _)) = self.takes_one() else {
            return self.adds_a_card(app);
        };
        let said = app.says(&json!({"Appointments": {"Show": visit}}));
        // Meanwhile it may be called off, or not be sure any more, or on its way to another time.
        if !(app.offers("visit-cancel") && app.offers("visit-move")) {
            return said;
        }
        self.gives(app, What::Cancel { visit }, |_| {
            vec![json!({"Appointments": {"Cancel": visit}})]
        })
    }

    fn moves(&mut self, app: &mut App, world: &World) -> Said {
        let Some((visit, booked_by)) = self.takes_one() else {
            return self.books(app, world);
        };
        let slot = world.slots[self.rng.usize(0..world.slots.len())].clone();
        let said = app.says(&json!({"Appointments": {"Move": visit}}));
        if !app.shows("Days") {
            return said;
        }
        let wanted = What::Move {
            visit,
            slot: slot.id.clone(),
        };
        self.gives(app, wanted, |_| {
            // It goes on being known by the command that booked it.
            vec![
                choose(Some(slot.id.clone()), &slot, slot.end, booked_by),
                json!({"Appointments": "BookVisit"}),
            ]
        })
    }

    fn adds_a_card(&mut self, app: &mut App) -> Said {
        self.gives(app, What::Card, |number| {
            vec![
                json!({"Wallet": {"Add": "Other"}}),
                enter(Field::CardName, &number.to_string()),
                enter(Field::CardNumber, &number.to_string()),
            ]
        })
    }

    fn asks_for_a_relative(&mut self, app: &mut App) -> Said {
        self.gives(app, What::Relative, |number| {
            vec![
                json!({"HealthCode": "AskForRelative"}),
                enter(Field::RelativeName, &name(number)),
                enter(Field::RelativeNumber, &identity_number(number)),
            ]
        })
    }

    fn registers_a_relative(&mut self, app: &mut App) -> Said {
        let Some((relative, question)) = self.unknown.pop_first() else {
            return self.asks_for_a_relative(app);
        };
        self.gives(app, What::Register { relative }, |_| {
            vec![json!({"HealthCode": {"RegisterRelative": question}})]
        })
    }

    /// Once it is calm: the app runs until nothing waits any more.
    pub fn comes_to_rest(&mut self, world: &World) -> Records {
        let waits = |records: &Records| records.outbox.values().any(|item| item.refused.is_none());
        for _ in 0..20 {
            let mut app = self.opens(world);
            for _ in 0..10 {
                assert_eq!(app.says(&json!({"Incoming": "NetworkBack"})), Said::Acknowledged);
            }
            assert!(!app.ends());
            let records = kept(&self.home).0;
            if !waits(&records) {
                return records;
            }
        }
        kept(&self.home).0
    }
}

#[test]
fn a_relative_is_known_again_by_their_name_and_has_a_number_of_their_own() {
    let numbers: BTreeSet<String> = (0..9_000).map(identity_number).collect();
    assert_eq!(numbers.len(), 9_000);
    for number in [0, 17, 4_242, 8_999] {
        assert_eq!(relative_of(&name(number)), Some(number));
        assert!(identity_number(number).parse::<anban_wire::IdentityNumber>().is_ok());
    }
}
