//! `anban print`: a code, slip, card, form or letter on paper.

use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::Core;
use anban_core::certificates::{self, Authorisation, Form, Format, Item, Purpose};
use anban_core::health_code::KeptDocument;
use anban_core::settings::Language;
use anban_credential::Kind as DocumentKind;
use anban_print::Need;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

use super::ProfileArguments;
use super::headless::Direct;
use crate::outside::printing::{self, Followed};

/// What can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A signed document as a certificate with its code: the newest health code, or else the newest of any kind
    HealthCode,
    /// The newest vaccination certificate
    Vaccination,
    /// The newest certificate of a test
    Test,
    /// The newest travel record
    TravelRecord,
    /// The form for signing in at an entrance, with what is known of the person
    EntryForm,
    /// The same form to fill in by hand
    BlankEntryForm,
    /// That a relative (--of names the contact) may do something for the person (--may, --until)
    Authorisation,
    /// The slip of a visit
    Appointment,
    /// A card with its number and code
    Card,
    /// Whom to call and what to know in an emergency
    EmergencyCard,
    /// The letter of complaint that cash was refused
    CashComplaint,
}

/// The form of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// Large print, at least 18 points
    A4,
    /// A strip on A4 that is cut out and folded to the size of a bank card
    FoldOut,
    /// A receipt 80 mm wide
    Receipt,
}

/// The options of `anban print`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("target").required(true)))]
pub(super) struct Arguments {
    /// What to print
    #[arg(value_name = "KIND")]
    kind: Kind,
    #[command(flatten)]
    profile: ProfileArguments,
    /// Which one, by its id [default: the newest]
    #[arg(long, value_name = "ID")]
    of: Option<Uuid>,
    /// In which form
    #[arg(long, value_enum, default_value = "a4")]
    format: Shape,
    /// In which language: zh-Hans or en [default: that of the profile]
    #[arg(long, value_name = "LANG", value_parser = super::language)]
    lang: Option<Language>,
    /// What an authorisation is for: collect-medicine, book, fetch-results, show-code or papers
    #[arg(long, value_name = "WHAT", value_parser = purpose, default_value = "collect-medicine")]
    may: Purpose,
    /// The last day of an authorisation, such as 2026-12-31 [default: a month from today]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The PDF to write
    #[arg(long, value_name = "FILE.pdf", group = "target")]
    out: Option<PathBuf>,
    /// The printer's address, such as ipp://localhost/ipp/print
    #[arg(long, value_name = "URI", group = "target")]
    printer: Option<String>,
}

fn purpose(name: &str) -> Result<Purpose, &'static str> {
    let found = Purpose::ALL.into_iter().find(|purpose| purpose.name() == name);
    found.ok_or("it can be collect-medicine, book, fetch-results, show-code or papers")
}

/// Prints; 1 where there is nothing of that kind.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let direct = Direct::offline(arguments.profile.profile.as_deref())?;
    let core = direct.core();
    let Some(item) = item(core, arguments) else {
        eprintln!("anban: there is nothing of that kind to print: add it in the app or with anban import");
        return Ok(ExitCode::from(1));
    };
    let form = Form {
        format: match arguments.format {
            Shape::A4 => Format::A4,
            Shape::FoldOut => Format::FoldOut,
            Shape::Receipt => Format::Receipt,
        },
        language: arguments.lang.unwrap_or(core.records().settings.language),
    };
    let paper = certificates::paper(core, item, form).context("it can't be read any more: add it again")?;
    match (&arguments.out, &arguments.printer) {
        (Some(path), _) => printing::save(path, &printing::pdf(&paper)?)?,
        (None, Some(address)) => match printing::send_and_wait(address, &paper)? {
            Followed::Well => {}
            Followed::Wants(need) => bail!(
                "the printer has the page and prints it by itself once it can, so do not send it again: {}",
                what_to_do(need)
            ),
            Followed::Cancelled => bail!("it was cancelled at the printer: print it again if you still want it"),
        },
        (None, None) => bail!("say where to: --out FILE.pdf or --printer URI"),
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person does for a printer that waits.
fn what_to_do(need: Need) -> &'static str {
    match need {
        Need::Cover => "close its covers",
        Need::Jam => "take out the paper that is stuck",
        Need::Paper => "put paper in",
        Need::Ink => "put in a new cartridge",
        _ => "look at its panel and make it ready",
    }
}

/// The item of an id, or the newest of its kind.
fn item(core: &Core, arguments: &Arguments) -> Option<Item> {
    let records = core.records();
    let wanted = |id: Uuid| arguments.of.is_none_or(|of| of == id);
    match arguments.kind {
        Kind::HealthCode => {
            // By its id, any document; what belongs to a card or a slip is printed with it.
            let own = |kept: &KeptDocument| arguments.of.is_some() || kept.about.is_none();
            let newest = |kind| newest_document(core, kind, |kept| wanted(kept.id.0) && own(kept));
            newest(Some(DocumentKind::HealthStatus)).or_else(|| newest(None))
        }
        Kind::Vaccination => newest_document(core, Some(DocumentKind::Vaccination), |kept| wanted(kept.id.0)),
        Kind::Test => newest_document(core, Some(DocumentKind::Test), |kept| wanted(kept.id.0)),
        Kind::TravelRecord => newest_document(core, Some(DocumentKind::TravelRecord), |kept| wanted(kept.id.0)),
        Kind::Appointment => {
            let visits = records.visits.values().filter(|visit| wanted(visit.id.0));
            visits
                .max_by_key(|visit| visit.asked_at)
                .map(|visit| Item::Visit(visit.id))
        }
        Kind::Card => {
            // One that was put away is not printed; it may be the newest all the same.
            let cards = records.cards.values();
            let cards = cards.filter(|card| card.old.is_none() && wanted(card.id.0));
            cards.max_by_key(|card| card.added_at).map(|card| Item::Card(card.id))
        }
        Kind::EmergencyCard => Some(Item::EmergencyCard),
        Kind::EntryForm => Some(Item::EntryForm),
        Kind::CashComplaint => core.records().complaint.as_ref().map(|_| Item::CashComplaint),
        Kind::BlankEntryForm => Some(Item::BlankEntryForm),
        Kind::Authorisation => {
            let contacts = records.contacts.values().filter(|contact| wanted(contact.id.0));
            let contact = contacts.min_by_key(|contact| contact.position)?;
            let month = || jiff::Zoned::now().date().saturating_add(30.days());
            Some(Item::Authorisation(Authorisation {
                contact: contact.id,
                purpose: arguments.may,
                until: arguments.until.unwrap_or_else(month),
            }))
        }
    }
}

/// The newest document of a kind, or of any.
fn newest_document(core: &Core, kind: Option<DocumentKind>, wanted: impl Fn(&KeptDocument) -> bool) -> Option<Item> {
    let is_kind = |kept: &&KeptDocument| {
        kind.is_none() || anban_credential::read(&kept.text).ok().map(|document| document.kind()) == kind
    };
    let documents = core
        .records()
        .documents
        .values()
        .filter(|kept| wanted(kept))
        .filter(is_kind);
    documents
        .max_by_key(|kept| kept.added_at)
        .map(|kept| Item::Document(kept.id))
}
