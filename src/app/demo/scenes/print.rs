//! What printers say in the scenes of the print queue.

use anban_core::Command;
use anban_core::app::Incoming;
use anban_core::effect::{PrintTrouble, SavedFile};
use anban_core::printing::{FoundPrinter, PrintReport, Printer};
use anban_core::settings::Language;
use anyhow::{Context, Result};

use crate::demo::Stand;
use crate::demo::records::{BOOKED_VISIT, BUS_CARD};

/// Printers are found nearby, or none.
pub(super) fn printers(stand: &mut Stand, some: bool) -> Result<()> {
    let english = stand.view().language == Language::English;
    let names = if english {
        [
            ("Living room printer", "On the cupboard"),
            ("Community office", "Ground floor, window 2"),
        ]
    } else {
        [("客厅的打印机", "柜子上"), ("社区服务站", "一楼二号窗口")]
    };
    let printer = |(name, place): (&str, &str), address: &str| FoundPrinter {
        printer: Printer {
            address: address.to_owned(),
            name: name.to_owned(),
        },
        place: place.to_owned(),
    };
    let found = names
        .into_iter()
        .zip(["ipp://printer.local/ipp/print", "ipp://office.local/ipp/print"]);
    stand.gets(Incoming::Printers {
        found: found
            .map(|(names, address)| printer(names, address))
            .filter(|_| some)
            .collect(),
        finished: true,
    });
    Ok(())
}

/// The printer says this about the paper that was handed out last.
pub(super) fn told(stand: &mut Stand, report: PrintReport) -> Result<()> {
    let jobs = stand.core().records().print_jobs.values();
    let newest = jobs.max_by_key(|job| job.sequence).context("nothing is printed")?;
    let (job, attempt) = (newest.id, newest.attempt);
    stand.gets(Incoming::Print { job, attempt, report });
    Ok(())
}

/// Papers in several states: one is done, one is printing, one needs paper.
pub(super) fn queue(stand: &mut Stand) -> Result<()> {
    told(stand, PrintReport::Taken { number: None })?;
    for (which, report) in [
        (BUS_CARD, PrintReport::NotSent(PrintTrouble::PaperOut)),
        (BOOKED_VISIT, PrintReport::Taken { number: Some(7) }),
    ] {
        for tap in ["home", "home-print", which, "print-a4", "print-to-printer"] {
            stand.taps(tap)?;
        }
        told(stand, report)?;
    }
    stand.does(Command::Open(anban_core::Page::PrintQueue));
    Ok(())
}

/// The paper was written into a file.
pub(super) fn saved(stand: &mut Stand) -> Result<()> {
    let (folder, name) = if stand.view().language == Language::English {
        ("Documents", "Health code 2026-11-22.pdf")
    } else {
        ("文档", "健康码 2026-11-22.pdf")
    };
    stand.gets(Incoming::PaperSaved(Ok(SavedFile {
        path: format!("/home/li/{folder}/{name}"),
        shown: format!("{folder} / {name}"),
    })));
    Ok(())
}
