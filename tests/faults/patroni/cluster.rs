//! Three machines on one: on each a member of etcd, and a PostgreSQL server that Patroni looks after. They listen on
//! loopback, run as nobody where the tests run as root, and end with the test.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::postgres;

/// Nobody has this number who has anything to lose.
const NOBODY: u32 = 65534;
/// How many machines there are.
pub const MACHINES: usize = 3;
/// The longest that the cluster may take to come up, or to become whole again.
const COMING_UP: Duration = Duration::from_secs(180);

struct Machine {
    etcd: Child,
    patroni: Child,
    ports: Ports,
}

#[derive(Clone, Copy)]
struct Ports {
    etcd: u16,
    peer: u16,
    rest: u16,
    postgres: u16,
}

/// The cluster.
pub struct Cluster {
    folder: tempfile::TempDir,
    machines: Vec<Machine>,
}

impl Cluster {
    /// Starts everything and waits until two standbys follow a leader.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("cluster").tempdir().unwrap();
        own(folder.path());
        let ports = ports();
        let machines = (0..MACHINES)
            .map(|number| Machine {
                etcd: etcd(folder.path(), &ports, number),
                patroni: patroni(folder.path(), &ports, number),
                ports: ports[number],
            })
            .collect();
        let cluster = Self { folder, machines };
        cluster.wait_until_whole();
        cluster
    }

    /// The address for a hub: all servers, of which the one that takes writes is wanted.
    pub fn url(&self, database: &str) -> String {
        let hosts: Vec<_> = self
            .machines
            .iter()
            .map(|machine| format!("127.0.0.1:{}", machine.ports.postgres))
            .collect();
        format!(
            "postgres://postgres@{}/{database}?target_session_attrs=read-write",
            hosts.join(",")
        )
    }

    /// What a query answers on the leader.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let leader = self.leader().expect("a leader");
        let port = self.machines[leader].ports.postgres.to_string();
        let answer = postgres::command("psql")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-XqAt", "-v", "ON_ERROR_STOP=1"])
            .args(["-p", &port, "-d", database, "-c", sql])
            .current_dir("/")
            .output()
            .unwrap();
        assert!(
            answer.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&answer.stderr)
        );
        String::from_utf8(answer.stdout).unwrap().trim_end().to_owned()
    }

    /// The machine that takes writes, as it says itself; `None` while there is none.
    pub fn leader(&self) -> Option<usize> {
        (0..MACHINES).find(|number| self.says(*number, "primary").is_some())
    }

    /// Waits until one leads and the others follow, one of them in step with every commit, as all of them know.
    pub fn wait_until_whole(&self) {
        let until = Instant::now() + COMING_UP;
        loop {
            let seen: Vec<_> = (0..MACHINES)
                .filter_map(|number| self.says(number, "cluster"))
                .collect();
            let is_whole = |seen: &Value| {
                let members = seen["members"].as_array().cloned().unwrap_or_default();
                let with = |role: &str| members.iter().filter(|member| member["role"] == role).count();
                let in_step = members.iter().find(|member| member["role"] == "sync_standby");
                (with("leader"), with("sync_standby"), with("replica")) == (1, 1, MACHINES - 2)
                    && members
                        .iter()
                        .all(|member| member["state"] == "running" || member["state"] == "streaming")
                    && in_step.is_some_and(|standby| standby["lag"] == 0 || standby["lag"].as_u64() < Some(1 << 20))
            };
            let leader = (0..MACHINES).find_map(|number| self.says(number, "primary"));
            let followers = leader.as_ref().and_then(|said| said["replication"].as_array());
            let streaming = followers.map_or(0, |all| all.iter().filter(|one| one["state"] == "streaming").count());
            if seen.len() == MACHINES && seen.iter().all(is_whole) && streaming == MACHINES - 1 {
                return;
            }
            assert!(
                Instant::now() < until,
                "the cluster does not become whole: {seen:?} {leader:?}\n{}",
                self.logs()
            );
            thread::sleep(Duration::from_millis(250));
        }
    }

    /// Kills a machine's Patroni and PostgreSQL, as losing its power does.
    pub fn kill(&mut self, number: usize) {
        self.signal(number, "KILL");
        let _ = self.machines[number].patroni.wait();
    }

    /// Nothing on the machine runs on, and nothing is closed: as when it hangs. `CONT` ends it.
    pub fn signal(&self, number: usize, signal: &str) {
        // Patroni first, so that it starts nothing anew.
        let patroni = self.machines[number].patroni.id().to_string();
        let file = self.data(number).join("postmaster.pid");
        let server = fs::read_to_string(file)
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned));
        let server = server.unwrap_or_default();
        let children = fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
        let all = [patroni.as_str(), &server, &children].join(" ");
        let kill = format!("kill -{signal} {all} 2>/dev/null || true");
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Starts a machine's Patroni again, which starts PostgreSQL and joins it to the others.
    pub fn revive(&mut self, number: usize) {
        self.machines[number].patroni = patroni(self.folder.path(), &self.all_ports(), number);
    }

    /// The member of etcd that leads.
    pub fn etcd_leader(&self) -> usize {
        let is_leader = |number: &usize| {
            let ports = self.machines[*number].ports;
            let answer = ureq::post(format!("http://127.0.0.1:{}/v3/maintenance/status", ports.etcd)).send("{}");
            let said: Value = answer
                .ok()
                .and_then(|mut answer| answer.body_mut().read_json().ok())
                .unwrap_or_default();
            said["leader"].is_string() && said["leader"] == said["header"]["member_id"]
        };
        (0..MACHINES).find(is_leader).expect("a leader of etcd")
    }

    pub fn kill_etcd(&mut self, number: usize) {
        self.machines[number].etcd.kill().unwrap();
        self.machines[number].etcd.wait().unwrap();
    }

    pub fn revive_etcd(&mut self, number: usize) {
        self.machines[number].etcd = etcd(self.folder.path(), &self.all_ports(), number);
    }

    /// What a Patroni says of its server, if it is of that role.
    fn says(&self, number: usize, role: &str) -> Option<Value> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(1)))
            .build()
            .into();
        let url = format!("http://127.0.0.1:{}/{role}", self.machines[number].ports.rest);
        agent.get(url).call().ok()?.body_mut().read_json().ok()
    }

    fn all_ports(&self) -> Vec<Ports> {
        self.machines.iter().map(|machine| machine.ports).collect()
    }

    fn data(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("data{number}"))
    }

    /// The last lines of every log.
    fn logs(&self) -> String {
        let log = |name: String| {
            let text = fs::read_to_string(self.folder.path().join(&name)).unwrap_or_default();
            let lines: Vec<_> = text.lines().collect();
            format!("--- {name}\n{}", lines[lines.len().saturating_sub(80)..].join("\n"))
        };
        let logs: Vec<_> = (0..MACHINES)
            .flat_map(|number| [log(format!("etcd{number}.log")), log(format!("patroni{number}.log"))])
            .collect();
        logs.join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.logs());
        }
        for number in 0..self.machines.len() {
            self.signal(number, "CONT");
            self.kill(number);
            let _ = self.machines[number].etcd.kill();
            let _ = self.machines[number].etcd.wait();
        }
    }
}

/// Free ports, all different. Another program may take one before it is used; then the cluster says so.
fn ports() -> Vec<Ports> {
    let taken: Vec<_> = (0..4 * MACHINES)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let numbers: Vec<_> = taken
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect();
    let of = |four: &[u16]| Ports {
        etcd: four[0],
        peer: four[1],
        rest: four[2],
        postgres: four[3],
    };
    numbers.chunks(4).map(of).collect()
}

fn etcd(folder: &Path, ports: &[Ports], number: usize) -> Child {
    let members: Vec<_> = (0..MACHINES)
        .map(|n| format!("etcd{n}=http://127.0.0.1:{}", ports[n].peer))
        .collect();
    let (peer, client) = (
        format!("http://127.0.0.1:{}", ports[number].peer),
        format!("http://127.0.0.1:{}", ports[number].etcd),
    );
    let mut command = Command::new("etcd");
    command
        .args(["--name", &format!("etcd{number}"), "--data-dir"])
        .arg(folder.join(format!("etcd{number}")))
        .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
        .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
        .args(["--initial-cluster", &members.join(",")])
        // The three share one disk, which the database keeps busy.
        .args(["--heartbeat-interval", "250", "--election-timeout", "2500"]);
    started(command, folder, &format!("etcd{number}"))
}

/// As docs/cluster.md has it, but for the addresses.
fn patroni(folder: &Path, ports: &[Ports], number: usize) -> Child {
    let Ports {
        rest, postgres: port, ..
    } = ports[number];
    let members: Vec<_> = ports.iter().map(|ports| format!("127.0.0.1:{}", ports.etcd)).collect();
    let (at, members) = (folder.display(), members.join(","));
    let programs = postgres::programs().display();
    let settings = format!(
        r"
scope: district
name: machine{number}
restapi:
  listen: 127.0.0.1:{rest}
  connect_address: 127.0.0.1:{rest}
etcd3:
  hosts: {members}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 3
    retry_timeout: 5
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters:
        synchronous_commit: 'on'
        max_connections: 200
        wal_log_hints: 'on'
        wal_sender_timeout: 10s
        wal_receiver_timeout: 10s
  initdb:
    - encoding: UTF8
    - locale: C
    - data-checksums
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {at}/data{number}
  bin_dir: {programs}
  pgpass: {at}/pgpass{number}
  pg_hba:
    - host all all 127.0.0.1/32 trust
    - host replication all 127.0.0.1/32 trust
  parameters:
    unix_socket_directories: {at}
  authentication:
    superuser:
      username: postgres
    replication:
      username: replicator
    rewind:
      username: postgres
"
    );
    let file = folder.join(format!("patroni{number}.yml"));
    fs::write(&file, settings).unwrap();
    own(&file);
    let mut command = Command::new("/usr/bin/python3");
    command
        .args(["-m", "patroni"])
        .arg(&file)
        .env("PYTHONPATH", installed());
    started(command, folder, &format!("patroni{number}"))
}

/// Where `.ci/tools faults` has put Patroni.
fn installed() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let folder = me.ancestors().nth(3).unwrap().join("tools/patroni");
    assert!(
        folder.join("patroni").is_dir(),
        "Patroni is not in {}: run .ci/tools faults",
        folder.display()
    );
    folder
}

fn started(mut command: Command, folder: &Path, name: &str) -> Child {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join(format!("{name}.log")))
        .unwrap();
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
        .current_dir(folder)
        .env("HOME", folder)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{name} can't be run ({error}): run .ci/install faults"))
}

fn own(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}
