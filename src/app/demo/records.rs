//! What the demonstration profile holds.
//!
//! The city, its hospitals and departments are those of the region pack that also `anban-hub --demo` serves, so that
//! both tell of the same place. Names that a person would have typed are in the language of the picture; what others
//! wrote, such as the name in a signed document, stays as it is.

use std::collections::BTreeMap;

use anban_core::account::{Account, AccountState};
use anban_core::appointments::{Booker, News, Notes, Offer, Refusal, Visit, VisitState, Wish};
use anban_core::help::{Contact, Profile as Person};
use anban_core::outbox::{OutboxItem, Request};
use anban_core::settings::{Language, Settings};
use anban_core::store::Records;
use anban_core::symbol::Symbology;
use anban_core::wallet::{Card, CardCode, CardKind};
use anban_credential::RootKey;
use anban_wire::accounts::{Grant, Relationship, Secret};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::city::City;
use super::documents::Documents;
use super::{Look, Profile, morning};

pub(super) const HOSPITAL: &str = "first-hospital";
pub(super) const DEPARTMENT: &str = "first-hospital-cardiology";
pub(super) const SOCIAL_SECURITY_CARD: &str = "00000000-0000-4000-8000-000000000201";
pub(super) const BUS_CARD: &str = "00000000-0000-4000-8000-000000000202";
pub(super) const MEMBER_CARD: &str = "00000000-0000-4000-8000-000000000203";
pub(super) const BOARDING_PASS: &str = "00000000-0000-4000-8000-000000000204";
pub(super) const BOOKED_VISIT: &str = "00000000-0000-4000-8000-000000000301";
pub(super) const WAITING_VISIT: &str = "00000000-0000-4000-8000-000000000302";
pub(super) const REFUSED_VISIT: &str = "00000000-0000-4000-8000-000000000303";
pub(super) const PAST_VISITS: [&str; 2] = [
    "00000000-0000-4000-8000-000000000304",
    "00000000-0000-4000-8000-000000000305",
];
pub(super) const DAUGHTER: &str = "00000000-0000-4000-8000-000000000401";

/// The slot that is offered first: tomorrow at half past nine.
pub(super) const FIRST_SLOT: &str = "slot-1-0";

/// The demonstration city, and documents that its issuer has signed.
pub struct Demonstration {
    city: City,
    documents: Documents,
}

impl Demonstration {
    /// Makes an issuer and a root that vouches for it, and signs the documents. Both keys are forgotten at once.
    ///
    /// # Errors
    /// When the region pack can't be read, or the system gives no randomness.
    pub fn new() -> Result<Self> {
        let city = City::read()?;
        Ok(Self {
            documents: Documents::sign(&city.issuer)?,
            city,
        })
    }

    /// The key that the profile's trust list is signed with.
    pub(super) fn root(&self) -> Option<RootKey> {
        Some(self.documents.root.clone())
    }

    /// The text of the elder's own health code, as its QR code has to say it.
    #[must_use]
    pub fn health_code(&self) -> &str {
        self.documents.own()
    }

    /// What is kept in `profile`.
    pub(super) fn records(&self, profile: Profile, look: Look) -> Result<Records> {
        let now = morning()?;
        let mut records = match profile {
            Profile::Filled
            | Profile::WithoutNumber
            | Profile::YellowCode
            | Profile::StrangersCode
            | Profile::Helped => self.filled(look.language, &now)?,
            Profile::Welcomed | Profile::New => Records::default(),
        };
        if profile == Profile::Helped {
            helped(&mut records, look.language == Language::English)?;
        }
        if profile == Profile::WithoutNumber {
            records.profile.identity_number.clear();
        }
        if let Some(document) = self.documents.instead(profile)? {
            records.documents.insert(document.id, document);
        }
        records.settings = Settings {
            welcomed: profile != Profile::New,
            language: look.language,
            text: look.text,
            theme: look.theme,
            ..records.settings
        };
        Ok(records)
    }

    fn filled(&self, language: Language, now: &Zoned) -> Result<Records> {
        let at = |days: i64, minutes: i64| -> Result<Timestamp> {
            Ok(now
                .checked_add(days.days())?
                .checked_add(SignedDuration::from_mins(minutes))?
                .timestamp())
        };
        let say = |chinese: &str, english: &str| {
            let words = if language == Language::English {
                english
            } else {
                chinese
            };
            words.to_owned()
        };
        let mut records = Records {
            settings: Settings {
                hub: "https://hub.anning.example".to_owned(),
                printer: "ipp://printer.local/ipp/print".to_owned(),
                ..Settings::default()
            },
            profile: Person {
                name: "李秀英".to_owned(),
                address: say(
                    "安宁市北街 12 号 3 单元 402",
                    "Flat 402, entrance 3, 12 North Street, Anning",
                ),
                medical_notes: say(
                    "高血压，每天早上吃氨氯地平。青霉素过敏。",
                    "High blood pressure, amlodipine every morning. Allergic to penicillin.",
                ),
                // GB 11643's own example.
                identity_number: "11010519491231002X".to_owned(),
            },
            trust_list: Some(self.documents.trust_list.clone()),
            directory: Some(self.city.directory(at(0, -5)?)),
            ..Records::default()
        };
        let account = Account {
            hub: records.settings.hub.clone(),
            secret: Secret("A".repeat(43)),
            request: DAUGHTER.parse()?,
            state: AccountState::Known {
                device: "device-1".to_owned(),
                patient: "patient-1".to_owned(),
            },
            epoch: None,
            life: 0,
            cursors: BTreeMap::new(),
            repeated: false,
        };
        records.accounts.insert(account.hub.clone(), account);
        for (id, name, number, position) in [
            (DAUGHTER, say("女儿", "My daughter"), "13900005521", 0),
            (
                "00000000-0000-4000-8000-000000000402",
                say("儿子", "My son"),
                "13900005522",
                1,
            ),
            (
                "00000000-0000-4000-8000-000000000403",
                say("张大夫", "Dr Zhang"),
                "01055550118",
                2,
            ),
        ] {
            let id = id.parse()?;
            let contact = Contact {
                id,
                name,
                number: number.to_owned(),
                position,
            };
            records.contacts.insert(id, contact);
        }
        for document in self.documents.kept()? {
            records.documents.insert(document.id, document);
        }
        for card in cards(&say, &at)? {
            records.cards.insert(card.id, card);
        }
        super::cash::fill(&mut records, &say, now)?;
        let table = self.city.timetable(now)?;
        records.timetables.insert(table.department.clone(), table);
        self.visits(&mut records, &at)?;
        Ok(records)
    }

    /// One that is booked, one that nobody has answered, and one that was refused.
    fn visits(&self, records: &mut Records, at: &dyn Fn(i64, i64) -> Result<Timestamp>) -> Result<()> {
        let booked = VisitState::Booked {
            appointment: "appointment-1".to_owned(),
        };
        let refused = VisitState::Refused {
            reason: Refusal::SlotTaken,
            offers: [(1, 60), (1, 5 * 60)]
                .into_iter()
                .map(|(days, minutes)| {
                    Ok(Offer {
                        slot: format!("slot-{days}-{minutes}"),
                        start: at(days, minutes)?,
                    })
                })
                .collect::<Result<_>>()?,
        };
        for (sequence, (id, hospital, department, start, slot, state)) in [
            (
                BOOKED_VISIT,
                HOSPITAL,
                DEPARTMENT,
                at(1, 30)?,
                Some("slot-booked"),
                booked,
            ),
            (
                WAITING_VISIT,
                "tcm-hospital",
                "tcm-hospital-acupuncture",
                at(3, -60)?,
                None,
                VisitState::NotConfirmed,
            ),
            (
                REFUSED_VISIT,
                HOSPITAL,
                "first-hospital-ophthalmology",
                at(4, 60)?,
                Some("slot-taken"),
                refused,
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let id: anban_core::ids::VisitId = id.parse()?;
            let request = anban_core::ids::RequestId(id.0);
            let directory = records.directory.as_ref().context("there is no directory")?;
            let hospital = directory.hospitals.iter().find(|known| known.id == hospital);
            let department = directory.departments.iter().find(|known| known.id == department);
            let (hospital, department) = hospital.zip(department).context("the city has no such department")?;
            let wish = Wish {
                department: department.id.clone(),
                slot: slot.map(str::to_owned),
                from: start,
                to: start.checked_add(SignedDuration::from_mins(30))?,
                for_patient: None,
            };
            let practitioner = (department.id == DEPARTMENT)
                .then(|| self.city.practitioner(&department.id))
                .flatten();
            let visit = Visit {
                id,
                request,
                patient: records.profile.name.clone(),
                wish: wish.clone(),
                hospital: hospital.name.clone(),
                department: department.name.clone(),
                place: department.counter.clone(),
                bring: department.bring.clone(),
                phone: department.phone.clone(),
                start,
                asked_at: at(-1, 0)?,
                state,
                heard: Default::default(),
                practitioner,
                moving: None,
                notes: Notes::default(),
            };
            if !matches!(visit.state, VisitState::Booked { .. }) {
                let item = OutboxItem {
                    id: request,
                    sequence: sequence as u64,
                    request: Request::BookVisit {
                        visit: id,
                        wish,
                        patient: visit.patient.clone(),
                    },
                    asked_at: visit.asked_at,
                    attempts: 3,
                    next_try: at(0, 1)?,
                    refused: matches!(visit.state, VisitState::Refused { .. }).then_some(Refusal::SlotTaken),
                    offers: match &visit.state {
                        VisitState::Refused { offers, .. } => offers.clone(),
                        _ => Vec::new(),
                    },
                    again: false,
                };
                records.outbox.insert(request, item);
            }
            records.visits.insert(id, visit);
        }
        self.past_visits(records, at)
    }

    /// Two of the last weeks, with two doctors.
    fn past_visits(&self, records: &mut Records, at: &dyn Fn(i64, i64) -> Result<Timestamp>) -> Result<()> {
        let model = records
            .visits
            .get(&BOOKED_VISIT.parse()?)
            .context("nothing is booked")?
            .clone();
        let departments = [DEPARTMENT, "first-hospital-neurology"];
        for ((id, department), days) in PAST_VISITS.into_iter().zip(departments).zip([-21, -40]) {
            let id: anban_core::ids::VisitId = id.parse()?;
            let directory = records.directory.as_ref().context("there is no directory")?;
            let known = directory.departments.iter().find(|known| known.id == department);
            let known = known.context("the city has no such department")?;
            let start = at(days, 90)?;
            let visit = Visit {
                id,
                request: anban_core::ids::RequestId(id.0),
                wish: Wish {
                    department: known.id.clone(),
                    slot: None,
                    from: start,
                    to: start.checked_add(SignedDuration::from_mins(30))?,
                    ..model.wish.clone()
                },
                department: known.name.clone(),
                place: known.counter.clone(),
                bring: known.bring.clone(),
                phone: known.phone.clone(),
                start,
                asked_at: at(days - 2, 0)?,
                practitioner: self.city.practitioner(department),
                state: VisitState::Booked {
                    appointment: format!("appointment-{id}"),
                },
                ..model.clone()
            };
            records.visits.insert(id, visit);
        }
        Ok(())
    }
}

fn cards(say: &dyn Fn(&str, &str) -> String, at: &dyn Fn(i64, i64) -> Result<Timestamp>) -> Result<Vec<Card>> {
    let code = |symbology, text: &str| {
        Some(CardCode {
            symbology,
            text: text.to_owned(),
        })
    };
    Ok(vec![
        Card {
            number: "C20417386".to_owned(),
            ..Card::new(
                SOCIAL_SECURITY_CARD.parse()?,
                CardKind::SocialSecurity,
                say("社保卡", "Social security card"),
                at(-40, 0)?,
            )
        },
        Card {
            number: "3104020091234567".to_owned(),
            code: code(Symbology::Code128, "3104020091234567"),
            ..Card::new(
                BUS_CARD.parse()?,
                CardKind::Transit,
                say("公交卡", "Bus card"),
                at(-39, 0)?,
            )
        },
        Card {
            number: "6901234567892".to_owned(),
            code: code(Symbology::Ean13, "6901234567892"),
            ..Card::new(
                MEMBER_CARD.parse()?,
                CardKind::Member,
                say("好邻居超市会员卡", "Good Neighbour supermarket"),
                at(-38, 0)?,
            )
        },
        Card {
            number: "CA1702".to_owned(),
            // IATA resolution 792.
            code: code(
                Symbology::Aztec,
                "M1LI/XIUYING          EABC123 HGHPEKCA 1702 333Y012A0025 100",
            ),
            details: vec![
                (
                    say("登机时间", "Boarding"),
                    say("11月29日 上午八点十分", "29 November, 8:10 in the morning"),
                ),
                (say("登机口", "Gate"), "B12".to_owned()),
                (say("座位", "Seat"), "12A".to_owned()),
            ],
            expires_at: Some(at(8, 0)?),
            ..Card::new(
                BOARDING_PASS.parse()?,
                CardKind::Ticket,
                say("去北京的登机牌", "Boarding pass to Beijing"),
                at(-2, 0)?,
            )
        },
    ])
}

/// The id of the daughter's grant.
pub(super) const DAUGHTERS_GRANT: &str = "grant-1";

/// That the daughter may act for the elder.
pub(super) fn grant(english: bool) -> Result<Grant> {
    let say = |chinese: &str, english_name: &str| {
        let name = if english { english_name } else { chinese };
        name.to_owned()
    };
    Ok(Grant {
        id: DAUGHTERS_GRANT.to_owned(),
        patient: "patient-1".to_owned(),
        patient_name: say("李秀英", "Li Xiuying"),
        helper_name: say("王小明", "Wang Xiaoming"),
        relationship: Relationship::Daughter,
        since: morning()?.checked_sub(3.days())?.timestamp(),
    })
}

/// The daughter may act for the elder, and has booked the visit that comes next.
fn helped(records: &mut Records, english: bool) -> Result<()> {
    records.family.given.push(grant(english)?);
    let visit = records
        .visits
        .get_mut(&BOOKED_VISIT.parse()?)
        .context("there is no visit")?;
    visit.heard.booked_by = Some(Booker {
        grant: Some(DAUGHTERS_GRANT.to_owned()),
        name: "王小明".to_owned(),
    });
    visit.heard.news = Some(News::Booked);
    Ok(())
}
