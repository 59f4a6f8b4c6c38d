//! Printers are found: by DNS-SD, announced by Avahi and by `ippeveprinter`, and as the queues of a
//! real CUPS server, which then prints. Everything runs in `namespace`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod namespace;

use std::time::{Duration, Instant};

use anban_print::{Document, FoundKind, JobState, Need, PrintError, Printer, Takes, discover};
use namespace::until;

#[test]
fn printers_on_the_network_and_queues_are_found_and_each_is_offered_once() {
    let this = "printers_on_the_network_and_queues_are_found_and_each_is_offered_once";
    if namespace::beside_queues(this).is_none() {
        return;
    }
    until(|| {
        Printer::parse("ipp://localhost:18633/ipp/print")
            .unwrap()
            .status()
            .is_ok()
    });
    let start = Instant::now();
    let found = discover(Duration::from_secs(6));
    let took = start.elapsed();
    assert!((5..8).contains(&took.as_secs()), "{took:?}");
    let shown: Vec<_> = found
        .iter()
        .map(|printer| {
            (
                printer.kind,
                printer.name.as_str(),
                printer.address.as_str(),
                printer.note.as_deref(),
            )
        })
        .collect();
    let queue = |name, address| (FoundKind::Queue, name, address, Some("Local Raw Printer"));
    assert_eq!(
        shown,
        [
            (FoundKind::Queue, "大厅打印机", "cups://localhost/keeps", Some("一楼")),
            queue("away", "cups://localhost/away"),
            queue("empty", "cups://localhost/empty"),
            queue("open", "cups://localhost/open"),
            (
                FoundKind::Network,
                "grumbles",
                "ipp://192.0.2.7:18632/ipp/print",
                Some("Example Printer")
            ),
            (
                FoundKind::Network,
                "keeps",
                "ipp://192.0.2.7:18631/ipp/print",
                Some("Example Printer")
            ),
            (
                FoundKind::Network,
                "raster",
                "ipp://192.0.2.7:18633/ipp/print",
                Some("Example Printer")
            ),
            (
                FoundKind::NetworkReceipt,
                "收据打印机",
                "socket://192.0.2.7:9100",
                Some("Example 80")
            ),
        ]
    );
    assert!(found[0].is_default && found[1..].iter().all(|printer| !printer.is_default));
    // What was found can be asked.
    let status = Printer::parse(&found[5].address).unwrap().status().unwrap();
    assert_eq!((status.takes, status.needs), (Takes::Pdf, None));
}

#[test]
fn a_queue_prints_and_says_what_its_printer_lacks() {
    if namespace::beside_queues("a_queue_prints_and_says_what_its_printer_lacks").is_none() {
        return;
    }
    let queue = |name: &str| Printer::parse(&format!("cups://localhost/{name}")).unwrap();
    let pdf = b"%PDF-1.7\nA paper of no more than this.\n%%EOF\n";
    let keeps = queue("keeps");
    let report = keeps.print("健康码", Document::Pdf(pdf)).unwrap();
    let id = report.id.unwrap();
    assert!(report.uri.unwrap().ends_with(&format!("/jobs/{id}")));
    until(|| keeps.job(id).unwrap().state == JobState::Completed);
    assert_eq!(std::fs::read(format!("/run/queue/{id}")).unwrap(), pdf);
    // A CUPS server is called at its port where it is not this machine's.
    let elsewhere = Printer::parse("cups://127.0.0.1:8631/keeps").unwrap();
    assert_eq!(elsewhere.job(id).unwrap().state, JobState::Completed);
    // It is done: taking it back is no error and changes nothing.
    keeps.cancel(id).unwrap();
    assert_eq!(keeps.job(id).unwrap().state, JobState::Completed);

    for (name, need, error) in [
        ("empty", Need::Paper, "PaperOut"),
        ("open", Need::Cover, "CoverOpen"),
        ("away", Need::Attention, "Offline"),
    ] {
        let queue = queue(name);
        let first = queue.print("健康码", Document::Pdf(pdf)).unwrap().id.unwrap();
        until(|| queue.status().unwrap().needs == Some(need));
        // The job was not lost: it waits with its need, and can be taken back.
        let waiting = queue.job(first).unwrap();
        assert_eq!(waiting.needs, Some(need), "{name}");
        assert!(
            !matches!(waiting.state, JobState::Completed | JobState::Canceled),
            "{waiting:?}"
        );
        // And no second one is sent after it.
        let second = queue.print("健康码", Document::Pdf(pdf)).unwrap_err();
        assert_eq!(format!("{second:?}"), error);
        queue.cancel(first).unwrap();
        assert_eq!(queue.job(first).unwrap().state, JobState::Canceled);
    }

    let unknown = queue("no-such-queue").print("健康码", Document::Pdf(pdf));
    assert!(matches!(unknown, Err(PrintError::NoSuchPrinter)), "{unknown:?}");
    let receipt = anban_print::Bitmap::white(8, 8).unwrap();
    let receipt = keeps.print("号单", Document::Roll(&receipt));
    assert!(matches!(receipt, Err(PrintError::FormatNotSupported)), "{receipt:?}");
}
