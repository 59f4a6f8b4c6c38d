//! A PostgreSQL server for tests: made in a temporary folder, reached through a socket there, gone with the test program
//! however that ends. One serves a whole test program, with a database for each test.
//!
//! The programs are those of the package `postgresql`; a distribution may keep them off the `PATH`.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// PostgreSQL does not run as root; nobody has this number who has anything to lose.
const NOBODY: u32 = 65534;

/// A server that runs until this is dropped, or the program ends.
pub struct Server {
    folder: PathBuf,
    /// Of the socket's name, and of TCP where the settings have it listen there.
    port: u16,
    /// Ends the server when its standard input closes.
    keeper: Child,
    databases: AtomicU32,
}

impl Server {
    /// The one that all tests of this program share. It does not wait for the disk.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&["fsync=off", "synchronous_commit=off", "full_page_writes=off"]))
    }

    /// Makes a server and starts it with these settings.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_on(5432, settings, &[])
    }

    /// The same at a port, with files that it alone can read, where the settings find them as `../NAME`.
    pub fn start_on(port: u16, settings: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.join("data");
        let made = command("initdb")
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--pgdata",
            ])
            .arg(&data)
            .current_dir(&folder)
            .output()
            .expect("initdb");
        succeeded("initdb", &made);
        for (name, content) in files {
            let file = folder.join(name);
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            if is_root() {
                chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let script = r#"trap '' INT TERM
            folder=$1; shift
            "$@" >"$folder/log" 2>&1 </dev/null &
            server=$!
            read -r _
            kill -QUIT $server; wait $server; rm -rf "$folder""#;
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", script, "keeper"])
            .arg(&folder)
            .arg(programs().join("postgres"));
        keeper.arg("-D").arg(&data).arg("-k").arg(&folder);
        keeper.args(["-c", "listen_addresses=", "-c", "max_connections=300"]);
        keeper.args(["-p", &port.to_string()]);
        for setting in settings {
            keeper.args(["-c", setting]);
        }
        let keeper = as_nobody(&mut keeper)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            folder,
            port,
            keeper,
            databases: AtomicU32::new(0),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while !server.psql("postgres", "SELECT 1").status.success() {
            assert!(Instant::now() < until, "PostgreSQL does not start: {}", server.log());
            thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self) -> String {
        let name = format!("hub{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.query("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        self.url(&name)
    }

    /// The address of a database of this server.
    pub fn url(&self, name: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{name}")
    }

    /// The folder of the socket, for other programs.
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    /// What a query answers, a row a line, with `|` between its columns. `database` is an address or a name.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let answer = self.psql(database, sql);
        succeeded(sql, &answer);
        String::from_utf8(answer.stdout).unwrap().trim_end().to_owned()
    }

    /// What the server has written down so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    fn psql(&self, database: &str, sql: &str) -> Output {
        let name = database.rsplit('/').next().unwrap();
        command("psql")
            .arg("-h")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()])
            .args([
                "-U",
                "postgres",
                "-d",
                name,
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                sql,
            ])
            .current_dir("/")
            .output()
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// One of PostgreSQL's programs, as a user that it agrees to run as.
pub fn command(name: &str) -> Command {
    let mut command = Command::new(programs().join(name));
    as_nobody(&mut command);
    command
}

fn as_nobody(command: &mut Command) -> &mut Command {
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    // Whoever runs the tests may have a server of their own.
    for name in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS"] {
        command.env_remove(name);
    }
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Where the programs are: the newest version that the distribution has, or as `pg_config` says.
pub fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<_> = versions
            .map(|version| {
                let number = version.file_name().to_string_lossy().parse().unwrap_or(0);
                (number, version.path().join("bin"))
            })
            .collect();
        if let Ok(said) = Command::new("pg_config").arg("--bindir").output() {
            folders.push((0, String::from_utf8_lossy(&said.stdout).trim().into()));
        }
        folders.sort_by_key(|(number, _): &(u32, _)| std::cmp::Reverse(*number));
        let has_it = |folder: &PathBuf| folder.join("initdb").is_file();
        let mut folders = folders.into_iter().map(|(_, folder)| folder);
        folders.find(has_it).expect("install the package postgresql")
    })
}

fn succeeded(what: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {said}");
}
