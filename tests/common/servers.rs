//! Servers that misbehave, on plain sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A request as it came in, head and body, byte for byte.
pub struct Asked {
    pub head: String,
    pub body: Vec<u8>,
}

/// A server that reads each request and then does as it likes with the connection. Lives as long as the test.
pub fn server(behave: impl Fn(Asked, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let behave = Arc::clone(&behave);
            thread::spawn(move || {
                if let Some(asked) = read(&stream) {
                    behave(asked, &mut stream);
                }
            });
        }
    });
    address
}

/// One message with a length, or without a body.
fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { head, body })
}

/// A whole answer, after which the connection ends.
pub fn http(status: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Carries every request to the hub at `hub` (host and port), and its answer back.
pub fn forward(asked: &Asked, hub: &str) -> Option<Vec<u8>> {
    let mut there = TcpStream::connect(hub).ok()?;
    there.write_all(asked.head.as_bytes()).ok()?;
    there.write_all(&asked.body).ok()?;
    let answer = read(&there)?;
    // One request a connection, so that the next one comes by here as well.
    let head = answer.head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    Some([head.as_bytes(), &answer.body].concat())
}

/// A way to a hub on which the answers to `losing` requests whose head contains `what` are lost, after the hub has
/// given them. Also tells how many were lost.
pub fn losing_answers(hub: &str, what: &'static str, losing: usize) -> (String, Arc<AtomicUsize>) {
    let lost = Arc::new(AtomicUsize::new(0));
    let (hub, counter) = (hub.to_owned(), Arc::clone(&lost));
    let url = server(move |asked, stream| {
        let Some(answer) = forward(&asked, &hub) else { return };
        let first_line = asked.head.lines().next().unwrap_or_default();
        if first_line.contains(what) && counter.load(Ordering::SeqCst) < losing {
            counter.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let _ = stream.write_all(&answer);
    });
    (url, lost)
}
