//! Something between a hub and its database that breaks connections at the worst moments.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// The socket's name in its folder.
const SOCKET: &str = ".s.PGSQL.5432";

/// When the next connection is to be broken. Once it was, it is `Never` again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Never,
    /// When a transaction begins.
    AtTheBeginning,
    /// When the commit is asked for: the server never hears of it.
    BeforeTheCommit,
    /// When the server has done the commit: its answer is lost.
    AfterTheCommit,
}

/// Passes on what is said on a socket of its own.
pub struct Proxy {
    folder: tempfile::TempDir,
    next: Arc<Mutex<Cut>>,
    hangs: Arc<AtomicBool>,
}

impl Proxy {
    /// Before the server whose socket is in this folder.
    pub fn before(server: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let next = Arc::new(Mutex::new(Cut::Never));
        let (server, cut) = (server.join(SOCKET), Arc::clone(&next));
        let hangs = Arc::new(AtomicBool::new(false));
        let hung = Arc::clone(&hangs);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                wait_out(&hung);
                let server = UnixStream::connect(&server).unwrap();
                let (from_client, to_client) = (client.try_clone().unwrap(), client);
                let (from_server, to_server) = (server.try_clone().unwrap(), server);
                let loses = Arc::new(Mutex::new(false));
                let (cut, lost) = (Arc::clone(&cut), Arc::clone(&loses));
                let [asking, answering] = [&hung; 2].map(Arc::clone);
                thread::spawn(move || asked(from_client, to_server, &cut, &loses, &asking));
                thread::spawn(move || answered(from_server, to_client, &lost, &answering));
            }
        });
        Self { folder, next, hangs }
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// From now on nothing is passed on, though connections are accepted: as on a machine that hangs. `false` ends it.
    pub fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }

    /// The address of a server's database by this way.
    pub fn url(&self, address: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{}", address.rsplit('/').next().unwrap())
    }

    pub fn cut(&self, cut: Cut) {
        *self.next.lock().unwrap() = cut;
    }

    /// Whether it has cut what it was told to.
    pub fn has_cut(&self) -> bool {
        *self.next.lock().unwrap() == Cut::Never
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.folder.path().join(SOCKET));
    }
}

fn wait_out(hangs: &AtomicBool) {
    while hangs.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(5));
    }
}

fn asked(mut client: UnixStream, mut server: UnixStream, cut: &Mutex<Cut>, loses: &Mutex<bool>, hangs: &AtomicBool) {
    let mut buffer = vec![0; 65536];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        wait_out(hangs);
        let said = &buffer[..length];
        let has = |word: &[u8]| said.windows(word.len()).any(|part| part == word);
        let mut next = cut.lock().unwrap();
        let is_now = match *next {
            Cut::Never => false,
            Cut::AtTheBeginning => has(b"BEGIN"),
            Cut::BeforeTheCommit | Cut::AfterTheCommit => has(b"COMMIT\0"),
        };
        if is_now && *next == Cut::AfterTheCommit {
            *loses.lock().unwrap() = true;
        } else if is_now {
            *next = Cut::Never;
            break;
        }
        if is_now {
            *next = Cut::Never;
        }
        drop(next);
        if server.write_all(said).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

fn answered(mut server: UnixStream, mut client: UnixStream, loses: &Mutex<bool>, hangs: &AtomicBool) {
    let mut buffer = vec![0; 65536];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        wait_out(hangs);
        if *loses.lock().unwrap() || client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
