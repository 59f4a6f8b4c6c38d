//! What a booking asks the database, as the server wrote it down, made into a script for pgbench.
//!
//! With `log_statement = 'all'` the log has a line `execute s1: SELECT …` for each statement (more lines of it begin
//! with a tab) and one `parameters: $1 = '…', …` after it. The values that differ from booking to booking become
//! variables of pgbench, all others constants that it sends along as the hub does.

use crate::postgres::{Server, command};
use std::{collections::BTreeMap, fmt::Write as _, fs};

pub struct Script {
    text: String,
    constants: Vec<String>,
}

/// One statement with its values.
struct Statement {
    sql: String,
    values: Vec<Option<String>>,
}

impl Script {
    /// `slot`, its `schedule` and the `answer` say which values are this booking's own.
    pub fn of(log: &str, slot: &str, schedule: &str, answer: &str) -> Self {
        let statements = statements(log);
        assert!(
            !statements.is_empty() && statements.iter().any(|statement| statement.sql.starts_with("COMMIT")),
            "the log has no booking:\n{log}"
        );
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let appointment = &answer["entry"][0]["resource"];
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let (id, command) = (text(&appointment["id"]), text(&appointment["identifier"][0]["value"]));
        let command = command.trim_start_matches("urn:uuid:").to_owned();
        let mut names = BTreeMap::from([
            (slot.to_owned(), ":slot".to_owned()),
            (id, ":id".to_owned()),
            (command, ":command".to_owned()),
        ]);
        // Each booking has its own note in the audit trail.
        let of_notes = |statement: &&Statement| statement.sql.starts_with("INSERT INTO audit_events");
        let note = statements.iter().find(of_notes).and_then(|note| note.values.first());
        names.extend(note.cloned().flatten().map(|note| (note, ":note".to_owned())));
        let mut constants = vec![];
        let mut script = String::from("\\set n :n + 1\n\\set slot :first + :client_id * :bookings + :n - 1\n");
        // Texts in PostgreSQL, numbers here: shorter than the hub's, which is in pgbench's favour.
        for name in ["id", "command", "note"] {
            writeln!(script, "\\set {name} random(1, 9000000000000000000)").unwrap();
        }
        for statement in &statements {
            let mut sql = statement.sql.replace('\n', " ");
            // From the last to the first, so that $1 is not found in $10.
            for (number, value) in statement.values.iter().enumerate().rev() {
                let in_place = match value {
                    None => "NULL".to_owned(),
                    // No variable of pgbench can be empty.
                    Some(value) if value.is_empty() => "''".to_owned(),
                    Some(value) => {
                        let next = format!("constant{}", names.len());
                        let name = names.entry(value.clone()).or_insert_with(|| {
                            constants.push(format!("{next}={value}"));
                            format!(":{next}")
                        });
                        name.clone()
                    }
                };
                sql = sql.replace(&format!("${}", number + 1), &in_place);
            }
            // Which calendar and department a slot is of, pgbench learns where the hub does; each has a feed of its own.
            let learns = if sql.starts_with("SELECT id, schedule_id") {
                names.insert(schedule.to_owned(), ":slot_schedule_id".to_owned());
                " \\gset slot_"
            } else if sql.starts_with("SELECT calendars.service_id FROM slots") {
                let values = statements.iter().flat_map(|statement| &statement.values).flatten();
                for feed in values.filter(|value| value.starts_with("services/")) {
                    names.insert(feed.clone(), "('services/' || :of_service_id)".to_owned());
                }
                " \\gset of_"
            } else if sql.starts_with("INSERT INTO feed_heads") {
                // The number in the feed, which the next statement writes down.
                let entry = statements
                    .iter()
                    .find(|entry| entry.sql.starts_with("INSERT INTO feed_entries"));
                let number = entry.and_then(|entry| entry.values.get(3)).cloned().flatten();
                names.extend(number.map(|number| (number, ":feed_head".to_owned())));
                " \\gset feed_"
            } else {
                ";"
            };
            writeln!(script, "{}{learns}", sql.trim_end_matches(';')).unwrap();
        }
        Self {
            text: script,
            constants,
        }
    }

    /// Transactions a second on the slots from `first` on.
    pub fn rate(&self, server: &Server, database: &str, first: usize, clients: usize, bookings: usize) -> f64 {
        let file = server.socket().join("booking.sql");
        fs::write(&file, &self.text).unwrap();
        let mut pgbench = command("pgbench");
        pgbench
            .args(["--no-vacuum", "--protocol=prepared", "--username=postgres", "--host"])
            .arg(server.socket())
            .args([
                format!("--client={clients}"),
                "--jobs=2".to_owned(),
                format!("--transactions={bookings}"),
                "--define=n=0".to_owned(),
                format!("--define=first={first}"),
                format!("--define=bookings={bookings}"),
            ])
            .args(self.constants.iter().map(|constant| format!("--define={constant}")))
            .arg("--file")
            .arg(&file)
            .arg(database.rsplit('/').next().unwrap());
        let said = pgbench.output().unwrap();
        let text = String::from_utf8_lossy(&said.stdout);
        let errors = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{text}{errors}\n{}", self.text);
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")).expect(&text);
        // What it has run were bookings: each slot has its appointment.
        let slots = clients * bookings;
        let booked = format!(
            "SELECT COUNT(*) FROM appointments WHERE CAST(slot_id AS BIGINT) BETWEEN {first} AND {}",
            first + slots - 1
        );
        assert_eq!(server.query(database, &booked), slots.to_string());
        tps.split(' ').next().unwrap().parse().unwrap()
    }
}

fn statements(log: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = vec![];
    let mut is_sql = false;
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if is_sql && let Some(statement) = found.last_mut() {
                write!(statement.sql, "\n{more}").unwrap();
            }
        } else if let Some((_, values)) = line.split_once("DETAIL:  parameters: ") {
            is_sql = false;
            if let Some(statement) = found.last_mut() {
                statement.values = parameters(values);
            }
        } else {
            let sql = line.split_once("LOG:  ").and_then(|(_, said)| {
                let prepared = said.strip_prefix("execute ").and_then(|said| said.split_once(": "));
                prepared
                    .map(|(_, sql)| sql)
                    .or_else(|| said.strip_prefix("statement: "))
            });
            is_sql = sql.is_some();
            found.extend(sql.map(|sql| Statement {
                sql: sql.to_owned(),
                values: vec![],
            }));
        }
    }
    found
}

/// `$1 = 'it''s', $2 = NULL`
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut values = vec![];
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(mut quoted) = value.strip_prefix('\'') else {
            values.push(None);
            rest = value;
            continue;
        };
        let mut value = String::new();
        while let Some((part, after)) = quoted.split_once('\'') {
            value.push_str(part);
            quoted = after;
            match quoted.strip_prefix('\'') {
                Some(after) => {
                    value.push('\'');
                    quoted = after;
                }
                None => break,
            }
        }
        values.push(Some(value));
        rest = quoted;
    }
    values
}
