//! What answers at a printer's address may be anything: each of these servers is real, on
//! loopback, and each ends in a plain error within its time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anban_print::{Document, PrintError, Printer};
use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, StatusCode};
use ipp::request::IppRequestResponse;
use ipp::value::{IppKeyword, IppMimeMediaType, IppValue};

/// A server that handles each connection with `serve` on a thread of its own.
fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Printer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream);
        }
    });
    Printer::parse(&format!("ipp://127.0.0.1:{port}/ipp/print")).unwrap()
}

/// Reads a request to the end of its body and gives the body.
fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 65536];
    loop {
        let n = stream.read(&mut buffer).unwrap_or(0);
        bytes.extend_from_slice(&buffer[..n]);
        let head = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(bytes.len());
        let lines = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = lines.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(usize::MAX, |length| length.parse::<usize>().unwrap());
        if n == 0 || bytes.len().saturating_sub(head + 4) >= length {
            return bytes.split_off((head + 4).min(bytes.len()));
        }
    }
}

fn reply(stream: &mut TcpStream, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

/// A printer that is in this state for these reasons.
fn printer(state: i32, reasons: &'static [&'static str], formats: &'static [&'static str]) -> Printer {
    server(move |mut stream| {
        request(&mut stream);
        let mut answer = IppRequestResponse::new_response(IppVersion::v1_1(), StatusCode::SuccessfulOk, 1).unwrap();
        let mut add = |name, value| {
            answer.attributes_mut().add(
                DelimiterTag::PrinterAttributes,
                IppAttribute::with_name(name, value).unwrap(),
            );
        };
        let words = reasons.iter().map(|r| IppValue::Keyword(IppKeyword::new(*r).unwrap()));
        let types = formats
            .iter()
            .map(|f| IppValue::MimeMediaType(IppMimeMediaType::new(*f).unwrap()));
        add("document-format-supported", IppValue::Array(types.collect()));
        add("printer-state", IppValue::Enum(state));
        add("printer-state-reasons", IppValue::Array(words.collect()));
        add("printer-is-accepting-jobs", IppValue::Boolean(true));
        reply(&mut stream, &answer.to_bytes());
    })
}

fn why(printer: &Printer) -> PrintError {
    let error = printer.print("健康码", Document::Pdf(b"%PDF-1.7")).unwrap_err();
    assert!(!error.to_string().is_empty());
    error
}

#[test]
fn nobody_at_the_port_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let printer = Printer::parse(&format!("ipp://127.0.0.1:{port}/ipp/print")).unwrap();
    let start = Instant::now();
    assert!(matches!(why(&printer), PrintError::Unreachable));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_name_that_does_not_exist_is_unreachable() {
    let printer = Printer::parse("ipp://no-such-printer.invalid/ipp/print").unwrap();
    let start = Instant::now();
    assert!(matches!(why(&printer), PrintError::Unreachable));
    assert!(start.elapsed() < Duration::from_secs(7));
}

#[test]
fn a_socket_that_never_answers_is_a_timeout() {
    let printer = server(std::mem::forget).within(Duration::from_secs(1));
    let start = Instant::now();
    assert!(matches!(why(&printer), PrintError::Timeout));
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn an_answer_that_trickles_for_ever_is_a_timeout() {
    let printer = server(|mut stream| {
        std::thread::spawn(move || {
            request(&mut stream);
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n\x01\x01\0\0\0\0\0\x01\x04";
            let _ = stream.write_all(head);
            while stream.write_all(b"\x21\0\x01a\0\x04\0\0\0\0").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
    })
    .within(Duration::from_secs(1));
    let start = Instant::now();
    assert!(matches!(why(&printer), PrintError::Timeout));
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let printer = server(|mut stream| {
        std::thread::spawn(move || {
            request(&mut stream);
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n\x01\x01\0\0\0\0\0\x01\x04";
            let _ = stream.write_all(head);
            let flood = b"\x21\0\x01a\0\x04\0\0\0\0".repeat(1000);
            while stream.write_all(&flood).is_ok() {}
        });
    });
    let start = Instant::now();
    assert!(matches!(why(&printer), PrintError::NotAPrinter));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn rubbish_is_not_a_printer() {
    for rubbish in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"\0\xff\0\xff\0\xff",
        b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"",
    ] {
        let printer = server(move |mut stream| {
            let mut part = [0; 4096];
            let _ = stream.read(&mut part);
            let _ = stream.write_all(rubbish);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            // Leave what is unread unread only once the other side has seen the answer.
            let _ = stream.read(&mut part);
        });
        let error = why(&printer.within(Duration::from_secs(5)));
        assert!(
            matches!(error, PrintError::NotAPrinter),
            "{:?}: {error:?}",
            rubbish.escape_ascii().to_string()
        );
    }
}

#[test]
fn a_printer_that_cannot_print_now_is_not_sent_the_job() {
    const PDF: &[&str] = &["application/pdf"];
    assert!(matches!(
        why(&printer(5, &["media-empty-error"], PDF)),
        PrintError::PaperOut
    ));
    assert!(matches!(why(&printer(5, &["door-open"], PDF)), PrintError::CoverOpen));
    assert!(matches!(why(&printer(5, &["paused"], PDF)), PrintError::Offline));
    assert!(matches!(
        why(&printer(3, &["none"], &["image/urf"])),
        PrintError::FormatNotSupported
    ));
}

#[test]
fn a_refusal_keeps_its_number() {
    let printer = server(|mut stream| {
        request(&mut stream);
        reply(&mut stream, &[1, 1, 4, 3, 0, 0, 0, 1, 3]);
    });
    assert!(matches!(why(&printer), PrintError::RefusedJob { status: 0x0403 }));
}
