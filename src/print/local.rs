//! HTTP to this machine's CUPS server through its socket in the file system.
//!
//! On many systems CUPS only runs while it is needed: it is started by a call at its socket and
//! ends after a while, and until then nobody listens at its port. So the socket is tried first, and
//! where there is none the port.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, TcpConnector, Transport,
};
use ureq::{Agent, Error};

/// Where CUPS listens, on every Linux distribution.
const SOCKET: &str = "/run/cups/cups.sock";

/// An agent that calls CUPS at its socket, or at the host and port of the address.
pub(crate) fn agent(config: ureq::config::Config) -> Agent {
    let connector = Connector::<()>::chain(ToSocket, TcpConnector::default());
    Agent::with_parts(config, connector, DefaultResolver::default())
}

#[derive(Debug)]
struct ToSocket;

impl Connector for ToSocket {
    type Out = Local;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Local>, Error> {
        let Ok(stream) = open() else {
            return Ok(None);
        };
        let config = details.config;
        Ok(Some(Local {
            stream,
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
        }))
    }
}

/// Connects without waiting: a socket whose queue is full counts as none.
fn open() -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    connect(&socket, &SocketAddrUnix::new(SOCKET)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[derive(Debug)]
struct Local {
    stream: UnixStream,
    buffers: LazyBuffers,
}

/// The time that is left, which is never none: a timeout of zero would mean for ever.
fn left(timeout: NextTimeout) -> Option<Duration> {
    timeout.not_zero().map(|left| *left)
}

fn failure(error: io::Error, timeout: NextTimeout) -> Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Error::Timeout(timeout.reason),
        _ => Error::Io(error),
    }
}

impl Transport for Local {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = timeout.for_write();
        self.stream.set_write_timeout(left(timeout))?;
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output).map_err(|error| failure(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        self.stream.set_read_timeout(left(timeout))?;
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input).map_err(|error| failure(error, timeout))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Each exchange has an agent, and so a connection, of its own.
    fn is_open(&mut self) -> bool {
        false
    }
}
