//! Feeds: see [`super::super::feeds`].

use super::super::{
    AuditNote, DbError, Entry, FeedPage, Feeds, Log, SlotRow,
    backend::{Backend, Row, Session, values},
};
use super::{
    audit::insert_note,
    city::{SLOT_COLUMNS, slot_row},
};

/// The kind of entry in a department's feed.
const SLOT: &str = "slot";
/// Of it there is one in each: what it says now is asked for by itself.
const ON_SITE: &str = "on-site";

/// So many new times are numbered one by one; more of them all at once.
const FEW: usize = 50;

/// What feeds are told at the end of a step.
#[derive(Default)]
pub(super) struct Told {
    tellings: Vec<Telling>,
    /// Times that were just made: in no feed yet.
    new_slots: Vec<String>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Telling {
    feed: String,
    kind: &'static str,
    subject: String,
    body: Option<String>,
}

fn name(log: &Log) -> String {
    match log {
        Log::Patient(id) => format!("patients/{id}"),
        Log::Service(id) => format!("services/{id}"),
    }
}

impl Told {
    /// Something of a patient has changed; nothing where the patient has no id.
    pub(super) fn patient(&mut self, patient: Option<&str>, kind: &'static str, subject: &str, body: Option<String>) {
        if let Some(patient) = patient {
            self.tellings.push(Telling {
                feed: name(&Log::Patient(patient.to_owned())),
                kind,
                subject: subject.to_owned(),
                body,
            });
        }
    }

    /// The counter of a department has more or fewer numbers left.
    pub(super) fn quota(&mut self, service: &str) {
        self.tellings.push(Telling {
            feed: name(&Log::Service(service.to_owned())),
            kind: ON_SITE,
            subject: service.to_owned(),
            body: None,
        });
    }

    /// A slot has changed.
    pub(super) fn slot(&mut self, session: &dyn Session, slot: &str) -> Result<(), DbError> {
        let service = session.first(
            "SELECT calendars.service_id FROM slots JOIN calendars ON calendars.schedule_id = slots.schedule_id
             WHERE slots.id = $1",
            &values![slot],
        )?;
        if let Some(service) = service {
            self.tellings.push(Telling {
                feed: name(&Log::Service(service.get(0)?)),
                kind: SLOT,
                subject: slot.to_owned(),
                body: None,
            });
        }
        Ok(())
    }

    /// A time was made.
    pub(super) fn new_slot(&mut self, slot: &str) {
        self.new_slots.push(slot.to_owned());
    }

    /// Writes it all down, as the last thing of a step. The heads are taken in the order of their names, so that two
    /// steps never wait for each other.
    pub(super) fn tell(mut self, session: &dyn Session) -> Result<(), DbError> {
        let new_slots = std::mem::take(&mut self.new_slots);
        if new_slots.len() > FEW {
            number_new_slots(session)?;
        } else {
            for slot in &new_slots {
                self.slot(session, slot)?;
            }
        }
        self.tellings.sort();
        self.tellings.dedup();
        for telling in self.tellings {
            let head = session.first(
                "INSERT INTO feed_heads (feed, head) VALUES ($1, 1)
                 ON CONFLICT (feed) DO UPDATE SET head = feed_heads.head + 1 RETURNING head",
                &values![&telling.feed],
            )?;
            let number: i64 = head.ok_or(DbError::Damaged("feed"))?.get(0)?;
            session.execute_later(
                "INSERT INTO feed_entries (feed, kind, subject, number, body) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (feed, kind, subject) DO UPDATE SET number = excluded.number, body = excluded.body",
                values![telling.feed, telling.kind, telling.subject, number, telling.body].into(),
            )?;
        }
        Ok(())
    }
}

/// Gives every slot that is in no feed yet its number there: those that have just been filled in, and those of a
/// database that is older than feeds.
pub(super) fn number_new_slots(session: &dyn Session) -> Result<(), DbError> {
    let missing = "FROM slots JOIN calendars ON calendars.schedule_id = slots.schedule_id
         LEFT JOIN feed_entries ON feed_entries.feed = 'services/' || calendars.service_id
             AND feed_entries.kind = 'slot' AND feed_entries.subject = slots.id
         WHERE feed_entries.subject IS NULL";
    let services = session.query(&format!("SELECT DISTINCT calendars.service_id {missing}"), &[])?;
    let mut services: Vec<String> = services.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    services.sort();
    for service in services {
        let feed = name(&Log::Service(service.clone()));
        let head = session.first(
            "INSERT INTO feed_heads (feed, head) VALUES ($1, 0)
             ON CONFLICT (feed) DO UPDATE SET head = feed_heads.head RETURNING head",
            &values![&feed],
        )?;
        let head: i64 = head.ok_or(DbError::Damaged("feed"))?.get(0)?;
        let added = session.execute(
            &format!(
                "INSERT INTO feed_entries (feed, kind, subject, number)
                 SELECT CAST($1 AS TEXT), 'slot', slots.id,
                        CAST($2 AS BIGINT) + ROW_NUMBER() OVER (ORDER BY slots.start_at, slots.id)
                 {missing} AND calendars.service_id = $3"
            ),
            &values![&feed, head, &service],
        )?;
        let head = head.saturating_add(i64::try_from(added).unwrap_or(i64::MAX));
        session.execute("UPDATE feed_heads SET head = $1 WHERE feed = $2", &values![head, &feed])?;
    }
    Ok(())
}

/// A part of a feed from the rows after a number, which were asked for after the head was read: every number up to that
/// head was visible then.
fn page<T>(
    head: u64,
    after: u64,
    limit: u32,
    rows: &[Row],
    entry: impl Fn(&Row) -> Result<(u64, T), DbError>,
) -> Result<FeedPage<T>, DbError> {
    let more = rows.len() > limit as usize;
    let mut entries = vec![];
    let mut last = after;
    for row in rows.iter().take(limit as usize) {
        let (number, content) = entry(row)?;
        last = number;
        entries.push(content);
    }
    // An entry that came after the head was read is a newer head.
    let head = if entries.is_empty() { head } else { head.max(last) };
    // Behind the last entry there may be numbers whose things were dropped. A reader who has seen more than there is, is
    // told to begin at what there is.
    let next = if more { last } else { head };
    Ok(FeedPage {
        head,
        next,
        more,
        entries,
    })
}

fn head_of(session: &dyn Session, feed: &str) -> Result<u64, DbError> {
    let row = session.first("SELECT head FROM feed_heads WHERE feed = $1", &values![feed])?;
    row.map_or(Ok(0), |row| number(&row, 0))
}

fn number(row: &Row, column: usize) -> Result<u64, DbError> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| DbError::Damaged("feed"))
}

/// A number that a client sent; beyond what can be kept there is nothing.
fn bounded(after: u64) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX)
}

impl<B: Backend> Feeds for B {
    fn heads(&self, logs: &[Log]) -> Result<Vec<u64>, DbError> {
        self.read(|session| logs.iter().map(|log| head_of(session, &name(log))).collect())
    }

    fn patient_feed(&self, patient: &str, after: u64, limit: u32) -> Result<FeedPage<Entry>, DbError> {
        let feed = name(&Log::Patient(patient.to_owned()));
        self.read(|session| {
            let head = head_of(session, &feed)?;
            let rows = session.query(
                "SELECT feed_entries.number, feed_entries.kind, feed_entries.subject,
                        COALESCE(appointments.body, feed_entries.body)
                 FROM feed_entries LEFT JOIN appointments
                     ON feed_entries.kind = 'appointment' AND appointments.id = feed_entries.subject
                 WHERE feed_entries.feed = $1 AND feed_entries.number > $2
                 ORDER BY feed_entries.number LIMIT $3",
                &values![&feed, bounded(after), i64::from(limit) + 1],
            )?;
            page(head, after, limit, &rows, |row| {
                let number = number(row, 0)?;
                let entry = Entry {
                    number,
                    kind: row.get(1)?,
                    subject: row.get(2)?,
                    body: row.get(3)?,
                };
                Ok((number, entry))
            })
        })
    }

    fn slot_feed(&self, service: &str, after: u64, limit: u32) -> Result<FeedPage<(u64, SlotRow)>, DbError> {
        let feed = name(&Log::Service(service.to_owned()));
        // A time that is not offered is not free for anyone, whatever it says of itself.
        let column = |column: &str| match column {
            "status" => "CASE WHEN slots.status = 'free' AND calendars.is_active * calendars.is_service_active = 0
                              THEN 'busy-unavailable' ELSE slots.status END"
                .to_owned(),
            other => format!("slots.{other}"),
        };
        let columns: Vec<String> = SLOT_COLUMNS.split(", ").map(column).collect();
        let sql = format!(
            "SELECT {}, feed_entries.number FROM feed_entries JOIN slots ON slots.id = feed_entries.subject
             JOIN calendars ON calendars.schedule_id = slots.schedule_id
             WHERE feed_entries.feed = $1 AND feed_entries.kind = 'slot' AND feed_entries.number > $2
             ORDER BY feed_entries.number LIMIT $3",
            columns.join(", ")
        );
        self.read(|session| {
            let head = head_of(session, &feed)?;
            let rows = session.query(&sql, &values![&feed, bounded(after), i64::from(limit) + 1])?;
            page(head, after, limit, &rows, |row| {
                let number = number(row, columns.len())?;
                Ok((number, (number, slot_row(row)?)))
            })
        })
    }

    fn notify(&self, patient: &str, id: &str, body: &str, note: &AuditNote) -> Result<(), DbError> {
        self.write(|session| {
            // A repeat of the same notice tells nobody again.
            let known = session.first(
                "SELECT number FROM feed_entries WHERE feed = $1 AND kind = 'notice' AND subject = $2",
                &values![name(&Log::Patient(patient.to_owned())), id],
            )?;
            if known.is_some() {
                return Ok(());
            }
            let mut told = Told::default();
            told.patient(Some(patient), "notice", id, Some(body.to_owned()));
            insert_note(session, note)?;
            told.tell(session)
        })
    }
}
