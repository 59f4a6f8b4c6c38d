//! What was asked for, what both sides say about it in the end, and whether that is the truth.
//!
//! The check knows nothing of programs: it compares three lists. `broken.rs` gives it ledgers in which something is lost,
//! doubled or told differently, and it must find each of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

/// Everything that matters, once it is calm.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub wanted: Vec<Wanted>,
    /// Each person's app, by the person's number.
    pub apps: Vec<AppSide>,
    pub hub: HubSide,
}

/// A command that a person gave.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub person: usize,
    /// No other command has it.
    pub number: u32,
    pub what: What,
    /// The app has answered its last line.
    pub acknowledged: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A visit; with a slot, that one, else the first free time of some department.
    Book { slot: Option<String> },
    /// The end of a visit that was booked.
    Cancel { visit: Uuid },
    /// Another slot for a visit that was booked.
    Move { visit: Uuid, slot: String },
    /// A card with the command's number on it.
    Card,
    /// The health code of a relative whose name has the command's number.
    Relative,
    /// That the relative of that number be registered.
    Register { relative: u32 },
    /// The person's own health code.
    HealthCode,
    /// Digits for a relative.
    Invite,
    /// The digits that somebody was told.
    Accept,
    /// A visit that a relative has booked is not wanted.
    Decline { visit: Uuid },
}

/// What an app keeps.
#[derive(Debug, Clone, Default)]
pub struct AppSide {
    pub visits: Vec<AppVisit>,
    pub cards: Vec<u32>,
    /// The numbers of relatives whose health codes are kept.
    pub relatives: Vec<u32>,
    /// How many health codes of the owner are kept.
    pub own: usize,
    pub documents: Vec<Issued>,
    /// What the outbox still shows, refused or waiting.
    pub open: Vec<Open>,
    /// There are digits for a relative.
    pub invited: bool,
    /// The ties by which others act for this person.
    pub given: Vec<String>,
    /// The ties by which this person acts for others.
    pub held: Vec<String>,
    /// How far its feeds are read, in words: for whoever reads a finding.
    pub read: Vec<String>,
}

/// A document of the hub's.
#[derive(Debug, Clone)]
pub struct Issued {
    pub id: String,
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct AppVisit {
    pub id: Uuid,
    /// The command that asked for it.
    pub number: u32,
    /// The UUID that the hub knows it by.
    pub request: Uuid,
    /// The slot that it was wished or moved to, where it is a certain one.
    pub slot: Option<String>,
    pub state: State,
    /// It is somebody else's, who has let this person book it.
    pub for_other: bool,
    /// The one whose visit it is did not want it.
    pub declined: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum State {
    Waiting,
    Booked(String),
    Refused,
    Cancelled,
}

/// Something in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub enum Open {
    Visit(Uuid),
    Relative(u32),
    Own,
    Invitation,
    Digits,
}

/// What the hub keeps.
#[derive(Debug, Clone, Default)]
pub struct HubSide {
    pub appointments: Vec<HubVisit>,
    /// Slots that were free before and are not now.
    pub taken: BTreeSet<String>,
    /// The relatives whom it knows.
    pub registered: BTreeSet<u32>,
    /// Documents of the apps that it does not know.
    pub unknown_documents: Vec<String>,
    /// The ties of the elder.
    pub ties: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct HubVisit {
    pub id: String,
    /// The UUID of the command that booked it.
    pub command: Uuid,
    pub booked: bool,
    pub slot: String,
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It was acknowledged, or booked, and is not there.
    Lost(String),
    /// It is there more than once.
    Doubled(String),
    /// App and hub say different things.
    Disagree(String),
    /// Everything is calm, and it still has no answer.
    StillOpen(String),
}

/// What is wrong; nothing is how it must be.
pub fn check(ledger: &Ledger) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in &ledger.wanted {
        findings.extend(one(ledger, wanted));
    }
    for app in &ledger.apps {
        for visit in &app.visits {
            findings.extend(both_sides(ledger, app, visit));
        }
    }
    findings.extend(family(ledger));
    findings.extend(slots(&ledger.hub));
    for document in &ledger.hub.unknown_documents {
        findings.push(Finding::Disagree(format!(
            "the hub does not know the document {document}"
        )));
    }
    findings
}

/// Whether a command is there once if it was acknowledged, and at most once if not.
fn one(ledger: &Ledger, wanted: &Wanted) -> Vec<Finding> {
    let Wanted { person, number, .. } = wanted;
    let app = &ledger.apps[*person];
    let open = |it: &Open| app.open.contains(it);
    let says = |text: &str| format!("{:?} {number} of person {person}: {text}", wanted.what);
    let there = match &wanted.what {
        What::Book { .. } => app.visits.iter().filter(|visit| visit.number == *number).count(),
        What::Card => app.cards.iter().filter(|card| *card == number).count(),
        What::Relative => {
            let kept = app.relatives.iter().filter(|relative| *relative == number).count();
            kept.max(usize::from(open(&Open::Relative(*number))))
        }
        What::HealthCode => app.own.max(usize::from(open(&Open::Own))),
        What::Register { relative } => {
            usize::from(ledger.hub.registered.contains(relative) || open(&Open::Relative(*relative)))
        }
        What::Invite => usize::from(app.invited || open(&Open::Invitation)),
        What::Accept => app.held.len().max(usize::from(open(&Open::Digits))),
        What::Cancel { visit } | What::Decline { visit } | What::Move { visit, .. } => {
            let Some(visit) = app.visits.iter().find(|kept| kept.id == *visit) else {
                return vec![Finding::Lost(says("the visit is gone"))];
            };
            let done = match &wanted.what {
                What::Move { slot, .. } => {
                    let gone = visit.state == State::Cancelled && is_called_off(ledger, visit);
                    visit.slot.as_ref() == Some(slot) || gone || has_rivals(ledger, visit, slot)
                }
                _ => visit.state == State::Cancelled,
            };
            let there = done || open(&Open::Visit(visit.id));
            if !there && wanted.acknowledged {
                let text = format!(
                    "acknowledged, and the visit of command {} is {:?}",
                    visit.number, visit.state
                );
                return vec![Finding::Lost(says(&text))];
            }
            usize::from(there)
        }
    };
    match there {
        0 if wanted.acknowledged => vec![Finding::Lost(says("acknowledged, and not there"))],
        0 | 1 => Vec::new(),
        many => vec![Finding::Doubled(says(&format!("there {many} times")))],
    }
}

/// Whether the hub says of a visit what the app says.
fn both_sides(ledger: &Ledger, app: &AppSide, visit: &AppVisit) -> Vec<Finding> {
    let theirs: Vec<_> = ledger
        .hub
        .appointments
        .iter()
        .filter(|one| one.command == visit.request)
        .collect();
    let booked = theirs.iter().filter(|one| one.booked).count();
    let says = |text: &str| format!("visit {} (command {}): {text}", visit.id, visit.number);
    if theirs.len() > 1 {
        return vec![Finding::Doubled(says("the hub has more than one appointment"))];
    }
    match &visit.state {
        State::Waiting if !app.open.contains(&Open::Visit(visit.id)) => {
            vec![Finding::Lost(says("it waits, and nothing in the outbox asks for it"))]
        }
        State::Waiting => vec![Finding::StillOpen(says("no answer"))],
        State::Booked(id) => match theirs[..] {
            [one] if visit.slot.as_ref().is_some_and(|slot| *slot != one.slot) => {
                vec![Finding::Disagree(says("at another time here than there"))]
            }
            [one] if one.booked && one.id == *id => Vec::new(),
            [] => vec![Finding::Lost(says("booked, and the hub does not know it"))],
            _ => vec![Finding::Disagree(says("booked here, something else there"))],
        },
        State::Refused if booked > 0 => vec![Finding::Disagree(says("refused here, booked there"))],
        State::Refused => refused_for_nothing(ledger, visit)
            .map(Finding::Lost)
            .into_iter()
            .collect(),
        State::Cancelled if booked > 0 => vec![Finding::Disagree(says("called off here, booked there"))],
        State::Cancelled if !is_called_off(ledger, visit) => {
            vec![Finding::Lost(says("called off, and nobody wanted that"))]
        }
        State::Cancelled => Vec::new(),
    }
}

/// The same visit on each device that has it.
fn copies<'a>(ledger: &'a Ledger, visit: &AppVisit) -> impl Iterator<Item = &'a AppVisit> {
    let (id, request) = (visit.id, visit.request);
    let all = ledger.apps.iter().flat_map(|app| &app.visits);
    all.filter(move |other| other.id == id || other.request == request)
}

/// The ids that the same visit has on all devices.
fn ids_of(ledger: &Ledger, visit: &AppVisit) -> BTreeSet<Uuid> {
    copies(ledger, visit).map(|copy| copy.id).collect()
}

/// Whether somebody wanted it called off, on whichever device.
fn is_called_off(ledger: &Ledger, visit: &AppVisit) -> bool {
    let ids = ids_of(ledger, visit);
    ledger.wanted.iter().any(|wanted| match &wanted.what {
        What::Cancel { visit } | What::Decline { visit } => ids.contains(visit),
        _ => false,
    })
}

/// The hub goes back to before a visit, and nobody brings it back there: a refusal is not told to whoever has booked it,
/// and need not be, since they know that there is no visit. The hub did not book it again, or they called it off.
fn is_over_for_itself(ledger: &Ledger, person: usize, visit: &AppVisit) -> bool {
    let hub_knows = ledger.hub.appointments.iter().any(|one| one.command == visit.request);
    let called_off = |wanted: &Wanted| wanted.person == person && wanted.what == What::Cancel { visit: visit.id };
    let has_an_end = match visit.state {
        State::Refused => true,
        State::Cancelled => ledger.wanted.iter().any(called_off),
        State::Booked(_) | State::Waiting => false,
    };
    !hub_knows && has_an_end
}

/// What the persons have asked for about a visit since it was booked, on whichever device: for whoever reads a finding.
fn asked_of(ledger: &Ledger, visit: &AppVisit) -> String {
    let ids = ids_of(ledger, visit);
    let about_it = ledger.wanted.iter().filter(|wanted| match &wanted.what {
        What::Cancel { visit } | What::Decline { visit } | What::Move { visit, .. } => ids.contains(visit),
        _ => false,
    });
    let said = about_it.map(|wanted| {
        let Wanted {
            person,
            number,
            what,
            acknowledged,
        } = wanted;
        format!("person {person} {what:?} {number}, acknowledged: {acknowledged}")
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Who may act for whom is the same for everybody, and so is what they have done.
fn family(ledger: &Ledger) -> Vec<Finding> {
    let mut findings = Vec::new();
    let set = |ties: &mut dyn Iterator<Item = &String>| ties.cloned().collect::<BTreeSet<String>>();
    let given = set(&mut ledger.apps.iter().flat_map(|app| &app.given));
    let held = set(&mut ledger.apps.iter().flat_map(|app| &app.held));
    let hub = set(&mut ledger.hub.ties.iter());
    if given != hub || held != hub {
        let says = format!("ties: {given:?} given, {held:?} held, {hub:?} at the hub");
        findings.push(Finding::Disagree(says));
    }
    for (number, app) in ledger.apps.iter().enumerate() {
        for visit in app.visits.iter().filter(|visit| visit.for_other) {
            let theirs: Vec<_> = copies(ledger, visit).filter(|copy| !copy.for_other).collect();
            let says = |text: &str| format!("visit {} that person {number} has booked: {text}", visit.id);
            match theirs[..] {
                [] if matches!(visit.state, State::Booked(_)) => {
                    findings.push(Finding::Lost(says("whose it is does not see it")));
                }
                [] => {}
                [theirs] if theirs.declined != visit.declined && !is_over_for_itself(ledger, number, visit) => {
                    let text = format!(
                        "not both know that it was not wanted; here {:?}, not wanted: {}; there {:?}, not wanted: {}; {}",
                        visit.state,
                        visit.declined,
                        theirs.state,
                        theirs.declined,
                        asked_of(ledger, visit)
                    );
                    findings.push(Finding::Disagree(says(&text)));
                }
                [_] => {}
                _ => findings.push(Finding::Doubled(says("whose it is has it more than once"))),
            }
        }
    }
    findings
}

/// A slot that nobody else ever wanted can't have been taken. Of a visit that was moved, it is the slot that it was moved to
/// which a hub that forgot it is asked for.
fn refused_for_nothing(ledger: &Ledger, visit: &AppVisit) -> Option<String> {
    let wish = ledger.wanted.iter().find(|wanted| wanted.number == visit.number)?;
    let What::Book { slot: Some(first) } = &wish.what else {
        return None;
    };
    let slot = visit.slot.as_ref().unwrap_or(first);
    (!has_rivals(ledger, visit, slot)).then(|| {
        format!(
            "visit {}: refused, though nobody else wanted {slot} (at first {first}); {}",
            visit.id,
            asked_of(ledger, visit)
        )
    })
}

/// Whether somebody wanted that slot for another visit too.
fn has_rivals(ledger: &Ledger, visit: &AppVisit, slot: &str) -> bool {
    let ids = ids_of(ledger, visit);
    ledger.wanted.iter().any(|wanted| match &wanted.what {
        What::Book { slot: Some(other) } => wanted.number != visit.number && other == slot,
        What::Move { visit, slot: other } => !ids.contains(visit) && other == slot,
        _ => false,
    })
}

/// Every slot is taken by one appointment, and every appointment has its slot.
fn slots(hub: &HubSide) -> Vec<Finding> {
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for one in hub.appointments.iter().filter(|one| one.booked) {
        *held.entry(&one.slot).or_default() += 1;
    }
    let mut findings = Vec::new();
    for (slot, times) in &held {
        if *times > 1 {
            findings.push(Finding::Doubled(format!("slot {slot} is booked {times} times")));
        }
        if !hub.taken.contains(*slot) {
            findings.push(Finding::Disagree(format!(
                "slot {slot} is booked, and is offered as free"
            )));
        }
    }
    for slot in hub.taken.iter().filter(|slot| !held.contains_key(slot.as_str())) {
        findings.push(Finding::Doubled(format!(
            "slot {slot} is taken by an appointment that no app knows"
        )));
    }
    findings
}
