//! Receipts, printed on the other end of a real line: a TCP connection, a serial line and a device
//! file (both a pair of pseudo terminals). The peer there reads ESC/POS strictly, answers as
//! printers do, and puts the picture together again from what arrived.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anban_print::{Bitmap, Document, JobReport, JobState, Need, Press, PrintError, Printer, Takes};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Everything in order, in answer to `DLE EOT` 1 to 4.
const WELL: [u8; 4] = [0x12; 4];

/// How the peer answers: by the number asked with, and by whether a picture has come.
type Mood = Box<dyn FnMut(u8, bool) -> Option<u8> + Send>;

fn always(answers: [u8; 4]) -> Mood {
    Box::new(move |question, _| Some(answers[usize::from(question) - 1]))
}

fn silent() -> Mood {
    Box::new(|_, _| None)
}

/// Reads to the end of the line and answers at once, as a printer looks for real-time commands:
/// wherever they stand. Returns all bytes.
fn listen(mut line: impl Read + Write, mut mood: Mood) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0; 1024];
    // The end of a pseudo terminal is an error.
    while let Ok(n @ 1..) = line.read(&mut buffer) {
        for byte in &buffer[..n] {
            all.push(*byte);
            if let [.., 0x10, 0x04, question @ 1..=4] = all[..]
                && let Some(answer) = mood(question, all.windows(2).any(|pair| pair == [0x1d, b'v']))
            {
                line.write_all(&[answer]).unwrap();
            }
        }
    }
    all
}

/// What came out: the picture, once it was cut off.
fn printed(bytes: &[u8], dots: usize) -> Option<Bitmap> {
    let mut rest = bytes;
    let mut rows = Vec::new();
    let mut cut = false;
    loop {
        rest = match rest {
            [] => break,
            [0x10, 0x04, 1..=4, rest @ ..] => rest,
            [0x1b, b'@', rest @ ..] if rows.is_empty() => rest,
            [0x1d, b'v', b'0', 0, x0, x1, y0, y1, rest @ ..] if !cut => {
                let (x, y) = (u16::from_le_bytes([*x0, *x1]), u16::from_le_bytes([*y0, *y1]));
                assert_eq!(usize::from(x) * 8, dots);
                assert!((1..=255).contains(&y), "{y} rows do not fit a small printer");
                let (band, rest) = rest.split_at(usize::from(x) * usize::from(y));
                rows.extend_from_slice(band);
                rest
            }
            [0x1b, b'J', _, rest @ ..] if !rows.is_empty() => rest,
            [0x1d, b'V', 66, _, rest @ ..] if !rows.is_empty() => {
                cut = true;
                rest
            }
            other => panic!("a printer would print letters: {:02x?}", &other[..other.len().min(16)]),
        };
    }
    let height = rows.len() / (dots / 8);
    cut.then_some(Bitmap {
        width: dots,
        height,
        rows,
    })
}

/// Noise, with neither text nor luck in it: every value of a byte comes, and every pair.
fn picture(width: usize, height: usize) -> Bitmap {
    let mut picture = Bitmap::white(width, height).unwrap();
    let mut seed = 1_u32;
    for byte in &mut picture.rows {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (seed >> 24) as u8;
    }
    picture
}

/// Whether it is this picture, but for the one dot that keeps it from being read as a command.
fn assert_same(printed: &Bitmap, picture: &Bitmap) {
    assert_eq!((printed.width, printed.height), (picture.width, picture.height));
    for (at, (printed, asked)) in printed.rows.iter().zip(&picture.rows).enumerate() {
        assert!(printed == asked || (*asked, *printed) == (0x10, 0x18), "byte {at}");
    }
}

/// A printer on the network, and what has come to it.
fn on_the_network(mood: Mood, query: &str) -> (Printer, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("socket://{}{query}", listener.local_addr().unwrap());
    let peer = std::thread::spawn(move || listen(listener.accept().unwrap().0, mood));
    (Printer::parse(&address).unwrap(), peer)
}

/// A line of this machine: the printer's end, the other, and its path. As long as the other end is
/// held here, the line is not over when the program closes it.
fn pair() -> (File, File, String) {
    let printer = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&printer).unwrap();
    unlockpt(&printer).unwrap();
    let path = ptsname(&printer, Vec::new()).unwrap().into_string().unwrap();
    let other = File::options().read(true).write(true).open(&path).unwrap();
    (File::from(printer), other, path)
}

/// A printer that takes its time, so that the line is full.
struct Slow(File);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::thread::sleep(Duration::from_millis(2));
        self.0.read(buffer)
    }
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn sent(report: JobReport) -> Option<Need> {
    assert_eq!((report.state, report.id, report.uri), (JobState::Sent, None, None));
    report.needs
}

#[test]
fn a_receipt_arrives_dot_by_dot_and_is_cut_off() {
    let (printer, peer) = on_the_network(always(WELL), "");
    let picture = picture(576, 1500);
    assert_eq!(sent(printer.print("号单", Document::Roll(&picture)).unwrap()), None);
    assert_same(&printed(&peer.join().unwrap(), 576).unwrap(), &picture);
}

#[test]
fn a_printer_says_how_it_is_and_how_wide() {
    let (printer, peer) = on_the_network(always([0x12, 0x12, 0x12, 0x1e]), "?dots=384");
    let status = printer.status().unwrap();
    assert_eq!(status.takes, Takes::Roll { dots: 384 });
    assert_eq!((status.known, status.needs, status.paper_low), (true, None, true));
    assert_eq!(printed(&peer.join().unwrap(), 384), None);
}

#[test]
fn a_printer_that_says_nothing_is_printed_to_all_the_same() {
    let (printer, peer) = on_the_network(silent(), "");
    let status = printer.status().unwrap();
    assert_eq!((status.known, status.needs), (false, None));
    peer.join().unwrap();

    let (printer, peer) = on_the_network(silent(), "?dots=384");
    let start = Instant::now();
    let picture = picture(384, 300);
    assert_eq!(sent(printer.print("号单", Document::Roll(&picture)).unwrap()), None);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_same(&printed(&peer.join().unwrap(), 384).unwrap(), &picture);
}

#[test]
fn nothing_is_sent_to_a_printer_that_cannot_print_now() {
    for (answers, want) in [
        ([0x1a, 0x32, 0x12, 0x72], "PaperOut"),
        ([0x1a, 0x16, 0x12, 0x12], "CoverOpen"),
        ([0x1a, 0x52, 0x1a, 0x12], "PaperJam"),
        ([0x1a, 0x12, 0x12, 0x12], "Offline"),
    ] {
        let (printer, peer) = on_the_network(always(answers), "");
        let error = printer.print("号单", Document::Roll(&picture(576, 100))).unwrap_err();
        assert_eq!(format!("{error:?}"), want);
        let bytes = peer.join().unwrap();
        assert_eq!(bytes, [0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4]);
    }
}

#[test]
fn a_roll_that_ends_in_the_middle_is_told() {
    let mood: Mood = Box::new(|question, begun| Some(if begun && question == 4 { 0x7e } else { 0x12 }));
    let (printer, peer) = on_the_network(mood, "");
    let report = printer.print("号单", Document::Roll(&picture(576, 100))).unwrap();
    assert_eq!(sent(report), Some(Need::Paper));
    peer.join().unwrap();
}

#[test]
fn a_printer_that_hangs_up_in_the_middle_may_have_printed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let printer = Printer::parse(&format!("socket://{}", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        let mut line: TcpStream = listener.accept().unwrap().0;
        // Some of the picture is taken; what lies unread makes the end a reset.
        line.read_exact(&mut [0; 2000]).unwrap();
    });
    let start = Instant::now();
    let error = printer
        .within(Duration::from_secs(10))
        .print("号单", Document::Roll(&picture(576, 16_000)))
        .unwrap_err();
    assert!(matches!(error, PrintError::Unconfirmed), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(12));
}

#[test]
fn nobody_at_the_port_or_the_path_is_unreachable_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for address in [
        format!("socket://127.0.0.1:{port}"),
        "socket://no-such-printer.invalid".to_owned(),
        "usb:///dev/usb/lp999".to_owned(),
        "serial:///dev/ttyUSB999".to_owned(),
    ] {
        let printer = Printer::parse(&address).unwrap();
        let start = Instant::now();
        assert!(matches!(printer.status(), Err(PrintError::Unreachable)), "{address}");
        let error = printer.print("号单", Document::Roll(&picture(8, 8))).unwrap_err();
        assert!(matches!(error, PrintError::Unreachable), "{address}: {error:?}");
        assert!(start.elapsed() < Duration::from_secs(12));
    }
}

#[test]
fn what_is_no_device_is_not_written_to() {
    let file = tempfile::NamedTempFile::new_in("/dev/shm").unwrap();
    for scheme in ["usb", "serial"] {
        let printer = Printer::parse(&format!("{scheme}://{}", file.path().display())).unwrap();
        let error = printer.print("号单", Document::Roll(&picture(8, 8))).unwrap_err();
        assert!(matches!(error, PrintError::NotAPrinter), "{error:?}");
    }
    assert_eq!(file.as_file().metadata().unwrap().len(), 0);
    let null = Printer::parse("serial:///dev/null").unwrap().status();
    assert!(matches!(null, Err(PrintError::NotAPrinter)), "{null:?}");
}

#[test]
fn a_slow_serial_line_loses_no_byte() {
    let (end, other, path) = pair();
    let settings = end.try_clone().unwrap();
    let peer = std::thread::spawn(move || listen(Slow(end), always(WELL)));
    let picture = picture(384, 2000);
    let printer = Printer::parse(&format!("serial://{path}?baud=115200&dots=384")).unwrap();
    assert_eq!(sent(printer.print("号单", Document::Roll(&picture)).unwrap()), None);
    assert_eq!(tcgetattr(&settings).unwrap().output_speed(), 115_200);
    drop(other);
    assert_same(&printed(&peer.join().unwrap(), 384).unwrap(), &picture);
}

#[test]
fn a_device_file_takes_a_receipt() {
    let (end, other, path) = pair();
    // Raw, as USB is by nature.
    let mut raw = tcgetattr(&other).unwrap();
    raw.make_raw();
    tcsetattr(&other, OptionalActions::Now, &raw).unwrap();
    let peer = std::thread::spawn(move || listen(Slow(end), silent()));
    let picture = picture(576, 400);
    let printer = Printer::parse(&format!("usb://{path}")).unwrap();
    assert_eq!(sent(printer.print("号单", Document::Roll(&picture)).unwrap()), None);
    drop(other);
    assert_same(&printed(&peer.join().unwrap(), 576).unwrap(), &picture);
}

#[test]
fn a_device_that_stops_taking_or_is_unplugged_in_the_middle_ends_in_time() {
    for unplugged in [false, true] {
        let (mut end, other, path) = pair();
        let (done, hold) = mpsc::channel::<()>();
        let peer = std::thread::spawn(move || {
            let mut taken = [0; 5000];
            end.read_exact(&mut taken).unwrap();
            if !unplugged {
                let _ = hold.recv();
            }
        });
        let printer = Printer::parse(&format!("serial://{path}?baud=115200&dots=384")).unwrap();
        let start = Instant::now();
        let error = printer
            .within(Duration::from_secs(3))
            .print("号单", Document::Roll(&picture(384, 1000)))
            .unwrap_err();
        assert!(matches!(error, PrintError::Unconfirmed), "{error:?}");
        // Three seconds, and what 115 200 baud need for 48 kB with a third on top.
        assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
        // Held until here: a line that nobody has open yet reads as one that was unplugged.
        drop((done, other));
        peer.join().unwrap();
    }
}

#[test]
fn a_paper_comes_out_as_a_receipt_whose_code_can_be_read_on_both_widths_of_roll() {
    for dots in [576, 384] {
        let (printer, peer) = on_the_network(always(WELL), &format!("?dots={dots}"));
        let made = Press::new()
            .printable(&[common::chinese()], Takes::Roll { dots }, common::made_at())
            .unwrap();
        assert_eq!(sent(printer.print("健康码", made.document()).unwrap()), None);
        let paper = printed(&peer.join().unwrap(), dots).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let picture = directory.path().join("receipt.pbm");
        let head = format!("P4\n{} {}\n", paper.width, paper.height);
        std::fs::write(&picture, [head.as_bytes(), &paper.rows].concat()).unwrap();
        assert_eq!(common::scanned(&picture), common::code_text(), "{dots} dots");
    }
}
