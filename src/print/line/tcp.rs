//! A receipt printer on the network, or a box that leads to one, at port 9100.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::Line;
use crate::internet::CONNECT;

/// The most addresses of a host that are tried.
const MAX_ADDRESSES: usize = 4;
/// How long the other end may take to close after this one has.
const LINGER: Duration = Duration::from_secs(2);

pub(super) fn open(host: &str, port: u16, deadline: Instant) -> io::Result<Box<dyn Line>> {
    let until = deadline.min(Instant::now() + CONNECT);
    let mut failure = io::Error::from(io::ErrorKind::HostUnreachable);
    for address in resolve(host, port, until)? {
        let patience = until.saturating_duration_since(Instant::now());
        if patience.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(Box::new(Tcp { stream }));
            }
            // Nobody there is not the same as a printer that has become silent.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The system's resolver has no end in time, so it works on a thread of its own, which is left to
/// itself when the time is up.
fn resolve(host: &str, port: u16, until: Instant) -> io::Result<Vec<std::net::SocketAddr>> {
    let (answer, found) = mpsc::channel();
    let host = host.to_owned();
    thread::Builder::new().name("resolve".into()).spawn(move || {
        let addresses = (host.as_str(), port).to_socket_addrs();
        // Nobody may be waiting any more.
        let _ = answer.send(addresses.map(|found| found.take(MAX_ADDRESSES).collect()));
    })?;
    found
        .recv_timeout(until.saturating_duration_since(Instant::now()))
        .unwrap_or_else(|_| Err(io::ErrorKind::HostUnreachable.into()))
}

struct Tcp {
    stream: TcpStream,
}

impl Line for Tcp {
    fn send(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        // A time of zero would mean for ever.
        self.stream
            .set_write_timeout(Some(patience.max(Duration::from_millis(1))))?;
        match self.stream.write(bytes) {
            Ok(0) => Err(io::ErrorKind::WriteZero.into()),
            result => result,
        }
    }

    fn receive(&mut self, buffer: &mut [u8], patience: Duration) -> io::Result<usize> {
        self.stream
            .set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
        self.stream.read(buffer)
    }

    fn finish(mut self: Box<Self>, deadline: Instant) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        let until = deadline.min(Instant::now() + LINGER);
        let mut rest = [0; 256];
        loop {
            let patience = until.saturating_duration_since(Instant::now());
            if patience.is_zero() {
                // It keeps the line open. The system delivers what is left.
                return Ok(());
            }
            match self.receive(&mut rest, patience) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }
}
