//! Every page, and the way there.
//!
//! Each page of the app has a scene of its own name. Some have more, for what they look like at other times: the call
//! for help while it counts down, a wallet with nothing in it.

use std::sync::LazyLock;

use anban_core::app::Incoming;
use anban_core::effect::{Effect, FoundFile, PrintTrouble, VoiceReport};
use anban_core::outbox::{Answer, Request};
use anban_core::printing::PrintReport;
use anban_core::{Command, help};
use anyhow::{Context, Result};
use jiff::SignedDuration;

use self::print::{printers, queue, saved, told};
use super::Stand;
use super::documents::{HUSBANDS_DOCUMENT, OWN_DOCUMENT, STRANGERS_DOCUMENT};
use super::records::{
    BOARDING_PASS, BOOKED_VISIT, BUS_CARD, DAUGHTER, DEPARTMENT, FIRST_SLOT, HOSPITAL, MEMBER_CARD, REFUSED_VISIT,
    SOCIAL_SECURITY_CARD, WAITING_VISIT,
};

mod cards;
mod cash;
mod door;
mod family;
mod files;
mod health;
mod print;
mod told;
mod typed;
mod visits;

/// What the profile holds at the beginning of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// All of it.
    Filled,
    /// All of it but the identity-card number, which is asked when it is needed.
    WithoutNumber,
    /// All of it, and the health code is yellow.
    YellowCode,
    /// All of it, and a daughter who has booked a visit.
    Helped,
    /// All of it, and a code of an issuer that nobody vouches for.
    StrangersCode,
    /// Nothing but the answers to the three questions.
    Welcomed,
    /// Nothing: the first start.
    New,
}

/// A page at a certain moment.
#[derive(Clone, Copy)]
pub struct Scene {
    /// The name in `--page` and in the pictures' names. Those of pages are [`anban_core::Page::name`].
    pub name: &'static str,
    /// What there is at the beginning.
    pub profile: Profile,
    pub(super) taps: &'static [&'static str],
    pub(super) then: fn(&mut Stand) -> Result<()>,
}

const fn by_taps(name: &'static str, taps: &'static [&'static str]) -> Scene {
    Scene {
        name,
        profile: Profile::Filled,
        taps,
        then: |_| Ok(()),
    }
}

const fn and_then(scene: Scene, then: fn(&mut Stand) -> Result<()>) -> Scene {
    Scene { then, ..scene }
}

const fn of(scene: Scene, profile: Profile) -> Scene {
    Scene { profile, ..scene }
}

const DOCTOR: &str = "home-doctor";
const MORE_PAPERS: &str = "print-more";
const AUTHORISE: &[&str] = &["home-print", MORE_PAPERS, "print-authorisation"];
const PRINTING: &[&str] = &["home-print", OWN_DOCUMENT, "print-a4", "print-to-printer"];
const CHOOSING: &[&str] = &["home-settings", "settings-helpers", "helpers-printer"];

/// The husband's button among the people, and the medical insurance's among the kinds.
const HUSBAND: &str = "person-00000000-0000-4000-8000-000000000102";
const INSURANCE: &str = "kind-00000000-0000-4000-8000-000000000104";
const DAY: i64 = 24 * 60 * 60;

const SCENES: &[Scene] = &[
    of(by_taps("first-text", &[]), Profile::New),
    of(by_taps("first-voice", &["first-next"]), Profile::New),
    of(by_taps("first-language", &["first-next", "first-next"]), Profile::New),
    by_taps("home", &[]),
    of(by_taps("home-first", &[]), Profile::Welcomed),
    by_taps("health-code", &["home-health-code"]),
    by_taps(
        "health-code-expired",
        &["home-health-code", "code-others", HUSBANDS_DOCUMENT],
    ),
    by_taps("health-code-husband", &["home-health-code", HUSBAND]),
    by_taps("health-code-insurance", &["home-health-code", INSURANCE]),
    of(
        by_taps("health-code-yellow", &["home-health-code"]),
        Profile::YellowCode,
    ),
    of(
        by_taps(
            "health-code-unknown",
            &["home-health-code", "code-others", STRANGERS_DOCUMENT],
        ),
        Profile::StrangersCode,
    ),
    and_then(by_taps("health-code-stale", &["home-health-code"]), |stand| {
        stand.waits(4 * DAY)
    }),
    and_then(
        by_taps("health-code-old-list", &["home-health-code", INSURANCE]),
        |stand| stand.waits(100 * DAY),
    ),
    and_then(by_taps("health-code-wrong-clock", &["home-health-code"]), |stand| {
        stand.waits(-365 * DAY)
    }),
    of(by_taps("health-code-empty", &["home-health-code"]), Profile::Welcomed),
    by_taps("documents", &["home-health-code", "code-others"]),
    by_taps("add-document", &["home-health-code", "code-add"]),
    and_then(
        by_taps("files", &["home-health-code", "code-add", "document-from-picture"]),
        files,
    ),
    by_taps("print", &["home-print"]),
    of(by_taps("print-empty", &["home-print"]), Profile::Welcomed),
    by_taps("print-more", &["home-print", MORE_PAPERS]),
    by_taps("print-form", &["home-print", OWN_DOCUMENT]),
    by_taps("print-where", &["home-print", OWN_DOCUMENT, "print-a4"]),
    by_taps("authorise-whom", AUTHORISE),
    of(by_taps("authorise-nobody", AUTHORISE), Profile::Welcomed),
    by_taps(
        "authorise-for",
        &["home-print", MORE_PAPERS, "print-authorisation", DAUGHTER],
    ),
    by_taps(
        "authorise-until",
        &[
            "home-print",
            MORE_PAPERS,
            "print-authorisation",
            DAUGHTER,
            "may-collect-medicine",
        ],
    ),
    by_taps(
        "confirm-authorisation",
        &[
            "home-print",
            MORE_PAPERS,
            "print-authorisation",
            DAUGHTER,
            "may-collect-medicine",
            "authorise-month",
        ],
    ),
    and_then(by_taps("printers", CHOOSING), |stand| printers(stand, true)),
    by_taps("printers-searching", CHOOSING),
    and_then(by_taps("printers-none", CHOOSING), |stand| printers(stand, false)),
    and_then(by_taps("print-queue", PRINTING), queue),
    and_then(of(by_taps("print-queue-empty", &[]), Profile::Welcomed), |stand| {
        stand.does(Command::Open(anban_core::Page::PrintQueue));
        Ok(())
    }),
    by_taps("print-job", PRINTING),
    and_then(by_taps("print-job-paper", PRINTING), |stand| {
        told(stand, PrintReport::NotSent(PrintTrouble::PaperOut))
    }),
    and_then(by_taps("print-job-offline", PRINTING), |stand| {
        told(stand, PrintReport::NotSent(PrintTrouble::Unreachable))
    }),
    and_then(by_taps("print-job-unsure", PRINTING), |stand| {
        told(stand, PrintReport::Cut)
    }),
    and_then(by_taps("print-job-done", PRINTING), |stand| {
        told(stand, PrintReport::Taken { number: None })
    }),
    and_then(by_taps("home-print-needs", PRINTING), |stand| {
        told(stand, PrintReport::NotSent(PrintTrouble::PaperOut))?;
        stand.taps("home")
    }),
    and_then(
        by_taps(
            "result-saved",
            &["home-print", OWN_DOCUMENT, "print-a4", "print-to-file"],
        ),
        saved,
    ),
    by_taps("hospitals", &[DOCTOR]),
    of(by_taps("hospitals-empty", &[DOCTOR]), Profile::Welcomed),
    by_taps("departments", &[DOCTOR, HOSPITAL]),
    by_taps("department", &[DOCTOR, HOSPITAL, DEPARTMENT]),
    by_taps("counter", &[DOCTOR, HOSPITAL, DEPARTMENT, "department-counter"]),
    by_taps("days", &[DOCTOR, HOSPITAL, DEPARTMENT, "department-days"]),
    by_taps(
        "times",
        &[DOCTOR, HOSPITAL, DEPARTMENT, "department-days", "2026-11-23"],
    ),
    by_taps(
        "times-wish",
        &[
            DOCTOR,
            HOSPITAL,
            "first-hospital-dental",
            "department-book",
            "2026-11-24",
        ],
    ),
    by_taps(
        "confirm-visit",
        &[
            DOCTOR,
            HOSPITAL,
            DEPARTMENT,
            "department-days",
            "2026-11-23",
            FIRST_SLOT,
        ],
    ),
    by_taps("visits", &["home-visits"]),
    of(by_taps("visits-empty", &["home-visits"]), Profile::Welcomed),
    by_taps("visit", &["home-visits", BOOKED_VISIT]),
    by_taps("visit-waiting", &["home-visits", WAITING_VISIT]),
    by_taps("visit-refused", &["home-visits", REFUSED_VISIT]),
    by_taps("cancel-visit", &["home-visits", BOOKED_VISIT, "visit-cancel"]),
    by_taps("wallet", &["home-wallet"]),
    of(by_taps("wallet-empty", &["home-wallet"]), Profile::Welcomed),
    by_taps("card", &["home-wallet", BUS_CARD]),
    by_taps("card-member", &["home-wallet", MEMBER_CARD]),
    by_taps("card-ticket", &["home-wallet", BOARDING_PASS]),
    by_taps("card-number", &["home-wallet", SOCIAL_SECURITY_CARD]),
    by_taps("help", &["help"]),
    of(by_taps("help-first", &["help"]), Profile::Welcomed),
    and_then(by_taps("help-counting", &["help", "help-call-ambulance"]), |stand| {
        stand.waits(2)
    }),
    and_then(by_taps("help-calling", &["help", "help-call-ambulance"]), |stand| {
        dial(stand, true)
    }),
    and_then(by_taps("help-cannot", &["help", "help-call-ambulance"]), |stand| {
        dial(stand, false)
    }),
    by_taps("settings", &["home-settings"]),
    by_taps("text-size", &["home-settings", "settings-text"]),
    by_taps("contrast", &["home-settings", "settings-contrast"]),
    by_taps("voice", &["home-settings", "settings-voice"]),
    by_taps("rate", &["home-settings", "settings-voice", "voice-rate"]),
    by_taps("volume", &["home-settings", "settings-voice", "voice-volume"]),
    by_taps("language", &["home-settings", "settings-language"]),
    by_taps("emergency", &["home-settings", "settings-emergency"]),
    of(
        by_taps("emergency-empty", &["home-settings", "settings-emergency"]),
        Profile::Welcomed,
    ),
    by_taps("contact", &["home-settings", "settings-emergency", DAUGHTER]),
    by_taps("helpers", &["home-settings", "settings-helpers"]),
    by_taps("your-data", &["home-settings", "settings-data"]),
    by_taps("erase-all", &["home-settings", "settings-data", "data-erase"]),
    and_then(
        by_taps(
            "result",
            &[
                DOCTOR,
                HOSPITAL,
                DEPARTMENT,
                "department-days",
                "2026-11-24",
                "slot-2-1",
                "confirm-yes",
            ],
        ),
        booked,
    ),
    by_taps("result-removed", &["home-wallet", BUS_CARD, "card-remove"]),
    and_then(
        by_taps("read-aloud", &["home-wallet", BUS_CARD, "card-remove"]),
        read_without_voice,
    ),
];

/// These, and those of the other files.
static ALL: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    [
        SCENES,
        health::SCENES,
        door::SCENES,
        visits::SCENES,
        told::SCENES,
        family::SCENES,
        files::SCENES,
        cards::SCENES,
        cash::SCENES,
        typed::SCENES,
    ]
    .concat()
});

impl Scene {
    /// Every scene, in the order of the pages.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The scene of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|scene| scene.name == name)
    }
}

/// Pictures and a pass are found on the device.
fn files(stand: &mut Stand) -> Result<()> {
    let english = stand.view().language == anban_core::settings::Language::English;
    let now = super::morning()?;
    let names = if english {
        [
            "Photo from my daughter.jpg",
            "Boarding pass.pkpass",
            "Vaccination.png",
            "Copy of my things.json",
        ]
    } else {
        ["女儿发来的照片.jpg", "登机牌.pkpass", "接种证明.png", "安伴的备份.json"]
    };
    let found = names.iter().zip([0, 2, 9, 40]).map(|(name, days)| {
        Ok(FoundFile {
            path: format!("/home/li/{name}"),
            name: (*name).to_owned(),
            changed_at: now.timestamp().checked_sub(SignedDuration::from_hours(24 * days))?,
        })
    });
    stand.gets(Incoming::Files(found.collect::<Result<_>>()?));
    Ok(())
}

/// The countdown runs out, and the system takes the number or does not.
fn dial(stand: &mut Stand, taken: bool) -> Result<()> {
    stand.waits(help::COUNTDOWN_SECONDS)?;
    stand.does(Command::Help(help::Command::Dialled { taken }));
    Ok(())
}

/// The hospital answers the booking that was just sent.
fn booked(stand: &mut Stand) -> Result<()> {
    let newest = stand.core().records().outbox.values().max_by_key(|item| item.sequence);
    let item = newest.context("nothing was asked for")?;
    let Request::BookVisit { wish, .. } = &item.request else {
        anyhow::bail!("the newest request is no booking");
    };
    let (id, start) = (item.id, wish.from);
    let answer = Answer::Booked {
        appointment: "appointment-2".to_owned(),
        start,
        slot: None,
    };
    stand.gets(Incoming::Answer { id, answer });
    Ok(())
}

/// The page is read on a machine that can't speak: the part that is read is marked, and stands as a caption.
fn read_without_voice(stand: &mut Stand) -> Result<()> {
    stand.does(Command::ReadAloud);
    let said = stand.effects().iter().find_map(|effect| match effect {
        Effect::Speak(utterance) => Some(utterance.id),
        _ => None,
    });
    let id = said.context("nothing is read")?;
    stand.gets(Incoming::Voice(VoiceReport::NoVoice { id }));
    stand.waits(3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use anban_core::Page;
    use anban_core::settings::{Language, TextSize, Theme};
    use anban_core::view::{Body, Mark};

    use super::*;
    use crate::demo::{Demonstration, Look};

    fn stand(name: &str, language: Language) -> Stand {
        let look = Look {
            language,
            text: TextSize::Large,
            theme: Theme::Paper,
        };
        let scene = Scene::named(name).unwrap_or_else(|| unreachable!("{name} has no scene"));
        Demonstration::new().unwrap().stand(scene, look).unwrap()
    }

    #[test]
    fn every_page_has_a_scene_of_its_name_that_shows_it() {
        for page in Page::all() {
            for language in Language::ALL {
                assert_eq!(stand(&page.name(), language).core().page(), page);
            }
        }
    }

    #[test]
    fn no_name_is_there_twice_and_every_scene_can_be_reached() {
        let mut names: Vec<_> = Scene::all().iter().map(|scene| scene.name).collect();
        names.iter().for_each(|name| drop(stand(name, Language::Chinese)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Scene::all().len());
    }

    #[test]
    fn every_code_of_the_profile_stands_as_its_scene_says() {
        for (name, expected) in [
            ("health-code", Mark::Good),
            ("health-code-husband", Mark::Good),
            ("health-code-insurance", Mark::Good),
            ("health-code-old-list", Mark::Good),
            ("health-code-yellow", Mark::Caution),
            ("health-code-unknown", Mark::Caution),
            ("health-code-stale", Mark::Caution),
            ("health-code-wrong-clock", Mark::Caution),
            ("health-code-expired", Mark::Bad),
        ] {
            let Body::Code(code) = stand(name, Language::Chinese).view().body else {
                unreachable!("{name} shows a code")
            };
            assert_eq!(code.mark, Some(expected), "{name}: {}", code.state.text);
        }
    }
}
