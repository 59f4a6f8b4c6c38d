//! Records to rows and back: a table for each kind, the id beside the record's JSON.

use std::collections::BTreeSet;
use std::str::FromStr;

use anban_core::ids::{EntryId, PhotoId};
use anban_core::store::{Change, Records};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A table of `id` and `body`.
#[derive(Debug, Clone, Copy)]
enum Table {
    Singles,
    Contacts,
    Documents,
    Cards,
    Visits,
    Outbox,
    PrintJobs,
    Drafts,
    Timetables,
    Entries,
    Accounts,
    Acknowledged,
    VisitDays,
    Notices,
    CarePlans,
    Spendings,
    Bills,
}

impl Table {
    const ALL: [Self; 17] = [
        Self::Singles,
        Self::Contacts,
        Self::Documents,
        Self::Cards,
        Self::Visits,
        Self::Outbox,
        Self::PrintJobs,
        Self::Drafts,
        Self::Timetables,
        Self::Entries,
        Self::Accounts,
        Self::Acknowledged,
        Self::VisitDays,
        Self::Notices,
        Self::CarePlans,
        Self::Spendings,
        Self::Bills,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Singles => "singles",
            Self::Contacts => "contacts",
            Self::Documents => "documents",
            Self::Cards => "cards",
            Self::Visits => "visits",
            Self::Outbox => "outbox",
            Self::PrintJobs => "print_jobs",
            Self::Drafts => "drafts",
            Self::Timetables => "timetables",
            Self::Entries => "entries",
            Self::Accounts => "accounts",
            Self::Acknowledged => "acknowledged",
            Self::VisitDays => "visit_days",
            Self::Notices => "notices",
            Self::CarePlans => "care_plans",
            Self::Spendings => "spendings",
            Self::Bills => "bills",
        }
    }

    fn put(self, connection: &Connection, id: &str, record: &impl Serialize) -> rusqlite::Result<()> {
        let body =
            serde_json::to_string(record).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let sql = format!(
            "INSERT INTO {} (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            self.name()
        );
        connection.prepare_cached(&sql)?.execute((id, body))?;
        Ok(())
    }

    fn remove(self, connection: &Connection, id: &str) -> rusqlite::Result<()> {
        let sql = format!("DELETE FROM {} WHERE id = ?1", self.name());
        connection.prepare_cached(&sql)?.execute([id])?;
        Ok(())
    }

    fn set(self, connection: &Connection, id: &str, record: Option<&impl Serialize>) -> rusqlite::Result<()> {
        match record {
            Some(record) => self.put(connection, id, record),
            None => self.remove(connection, id),
        }
    }

    /// All rows, each made into a key and a record.
    fn all<K, R, M>(self, connection: &Connection, key: impl Fn(&str) -> Option<K>) -> rusqlite::Result<M>
    where
        R: DeserializeOwned,
        M: FromIterator<(K, R)>,
    {
        connection
            .prepare(&format!("SELECT id, body FROM {}", self.name()))?
            .query_map([], |row| {
                let id: String = row.get(0)?;
                let key = key(&id).ok_or_else(|| unreadable(0, FromSqlError::InvalidType))?;
                Ok((key, record(row)?))
            })?
            .collect()
    }

    fn one<R: DeserializeOwned>(self, connection: &Connection, id: &str) -> rusqlite::Result<Option<R>> {
        connection
            .query_row(
                &format!("SELECT id, body FROM {} WHERE id = ?1", self.name()),
                [id],
                record,
            )
            .optional()
    }
}

fn record<R: DeserializeOwned>(row: &rusqlite::Row<'_>) -> rusqlite::Result<R> {
    let body: String = row.get(1)?;
    serde_json::from_str(&body).map_err(|error| unreadable(1, error))
}

fn unreadable(column: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

const SETTINGS: &str = "settings";
const PROFILE: &str = "profile";
const DIRECTORY: &str = "directory";
const TRUST_LIST: &str = "trust-list";
const FAMILY: &str = "family";
const PURSE: &str = "purse";
const COMPLAINT: &str = "complaint";

/// Reads everything.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Records> {
    fn parsed<K: FromStr>(id: &str) -> Option<K> {
        id.parse().ok()
    }
    Ok(Records {
        settings: Table::Singles.one(connection, SETTINGS)?.unwrap_or_default(),
        profile: Table::Singles.one(connection, PROFILE)?.unwrap_or_default(),
        contacts: Table::Contacts.all(connection, parsed)?,
        documents: Table::Documents.all(connection, parsed)?,
        cards: Table::Cards.all(connection, parsed)?,
        visits: Table::Visits.all(connection, parsed)?,
        outbox: Table::Outbox.all(connection, parsed)?,
        print_jobs: Table::PrintJobs.all(connection, parsed)?,
        drafts: Table::Drafts.all(connection, parsed)?,
        directory: Table::Singles.one(connection, DIRECTORY)?,
        timetables: Table::Timetables.all(connection, parsed)?,
        trust_list: Table::Singles.one(connection, TRUST_LIST)?,
        entries: Table::Entries.all(connection, parsed)?,
        accounts: Table::Accounts.all(connection, parsed)?,
        family: Table::Singles.one(connection, FAMILY)?.unwrap_or_default(),
        acknowledged: Table::Acknowledged.all(connection, parsed)?,
        visit_days: Table::VisitDays.all(connection, parsed)?,
        notices: Table::Notices.all(connection, parsed)?,
        care_plans: Table::CarePlans.all(connection, parsed)?,
        purse: Table::Singles.one(connection, PURSE)?.unwrap_or_default(),
        spendings: Table::Spendings.all(connection, parsed)?,
        bills: Table::Bills.all(connection, parsed)?,
        complaint: Table::Singles.one(connection, COMPLAINT)?,
    })
}

/// Carries out all of `changes` in one transaction, or none.
///
/// A list that erases also leaves a mark ([`is_erasing`]), so that a crash right after it can't stop the rest of the
/// erasing.
pub(crate) fn write(connection: &mut Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for change in changes {
        apply(&transaction, change)?;
    }
    transaction.commit()
}

fn apply(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Settings(settings) => Table::Singles.put(connection, SETTINGS, settings),
        Change::Profile(profile) => Table::Singles.put(connection, PROFILE, profile),
        Change::PutContact(contact) => Table::Contacts.put(connection, &contact.id.to_string(), contact),
        Change::RemoveContact(id) => Table::Contacts.remove(connection, &id.to_string()),
        Change::PutDocument(document) => Table::Documents.put(connection, &document.id.to_string(), document),
        Change::RemoveDocument(id) => Table::Documents.remove(connection, &id.to_string()),
        Change::PutCard(card) => Table::Cards.put(connection, &card.id.to_string(), card),
        Change::RemoveCard(id) => Table::Cards.remove(connection, &id.to_string()),
        Change::PutVisit(visit) => Table::Visits.put(connection, &visit.id.to_string(), visit),
        Change::RemoveVisit(id) => Table::Visits.remove(connection, &id.to_string()),
        Change::PutOutbox(item) => Table::Outbox.put(connection, &item.id.to_string(), item),
        Change::RemoveOutbox(id) => Table::Outbox.remove(connection, &id.to_string()),
        Change::PutPrintJob(job) => Table::PrintJobs.put(connection, &job.id.to_string(), job),
        Change::RemovePrintJob(id) => Table::PrintJobs.remove(connection, &id.to_string()),
        Change::PutDraft(id, text) => Table::Drafts.put(connection, &id.to_string(), text),
        Change::RemoveDraft(id) => Table::Drafts.remove(connection, &id.to_string()),
        Change::Directory(directory) => Table::Singles.set(connection, DIRECTORY, directory.as_ref()),
        Change::PutTimetable(timetable) => Table::Timetables.put(connection, &timetable.department, timetable),
        Change::RemoveTimetable(department) => Table::Timetables.remove(connection, department),
        Change::TrustList(list) => Table::Singles.set(connection, TRUST_LIST, list.as_ref()),
        Change::PutEntry(entry) => Table::Entries.put(connection, &entry.id.to_string(), entry),
        Change::RemoveEntry(id) => remove_entries(connection, std::slice::from_ref(id)),
        Change::PutAccount(account) => Table::Accounts.put(connection, &account.hub, account),
        Change::RemoveAccount(hub) => Table::Accounts.remove(connection, hub),
        Change::Family(family) => Table::Singles.put(connection, FAMILY, family),
        Change::PutAcknowledged(done) => Table::Acknowledged.put(connection, &done.id.to_string(), done),
        Change::RemoveAcknowledged(id) => Table::Acknowledged.remove(connection, &id.to_string()),
        Change::PutVisitDay(day) => Table::VisitDays.put(connection, &day.appointment, day),
        Change::RemoveVisitDay(appointment) => Table::VisitDays.remove(connection, appointment),
        Change::PutNotice(notice) => Table::Notices.put(connection, &notice.id, notice),
        Change::RemoveNotice(id) => Table::Notices.remove(connection, id),
        Change::PutCarePlan(plan) => Table::CarePlans.put(connection, &plan.id, plan),
        Change::RemoveCarePlan(id) => Table::CarePlans.remove(connection, id),
        Change::Purse(purse) => Table::Singles.put(connection, PURSE, purse),
        Change::PutSpending(spending) => Table::Spendings.put(connection, &spending.id.to_string(), spending),
        Change::RemoveSpending(id) => Table::Spendings.remove(connection, &id.to_string()),
        Change::PutBill(bill) => Table::Bills.put(connection, &bill.id.to_string(), bill),
        Change::RemoveBill(id) => Table::Bills.remove(connection, &id.to_string()),
        Change::Complaint(complaint) => Table::Singles.set(connection, COMPLAINT, complaint.as_ref()),
        Change::EraseEntries { ids, .. } => remove_entries(connection, ids),
        Change::PutPhoto(photo) => {
            let sql =
                "INSERT INTO photos (id, jpeg) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET jpeg = excluded.jpeg";
            connection
                .prepare_cached(sql)?
                .execute((photo.id.to_string(), &photo.jpeg))?;
            Ok(())
        }
        Change::RemovePhoto(id) => {
            connection.execute("DELETE FROM photos WHERE id = ?1", [id.to_string()])?;
            Ok(())
        }
        Change::EraseAll => {
            connection.execute("DELETE FROM photos", [])?;
            for table in Table::ALL {
                connection.execute(&format!("DELETE FROM {}", table.name()), [])?;
            }
            connection.execute("INSERT OR IGNORE INTO erasures (id) VALUES (1)", [])?;
            Ok(())
        }
    }
}

/// A photograph.
pub(crate) fn photo(connection: &Connection, id: PhotoId) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT jpeg FROM photos WHERE id = ?1")?;
    statement.query_row([id.to_string()], |row| row.get(0)).optional()
}

/// The ids of all photographs.
pub(crate) fn photos(connection: &Connection) -> rusqlite::Result<BTreeSet<PhotoId>> {
    let parsed = |row: &rusqlite::Row<'_>| {
        let id: String = row.get(0)?;
        id.parse().map_err(|_| unreadable(0, FromSqlError::InvalidType))
    };
    connection
        .prepare("SELECT id FROM photos")?
        .query_map([], parsed)?
        .collect()
}

/// Removes entries of the register, and leaves a mark ([`is_trimming`]): they are to go from the copies as well.
fn remove_entries(connection: &Connection, ids: &[EntryId]) -> rusqlite::Result<()> {
    ids.iter()
        .try_for_each(|id| Table::Entries.remove(connection, &id.to_string()))?;
    connection.execute("INSERT OR IGNORE INTO trimmings (id) VALUES (1)", [])?;
    Ok(())
}

/// Whether entries were removed that the copies may still hold.
pub(crate) fn is_trimming(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM trimmings)", [], |row| row.get(0))
}

/// Says that the copies hold no entry that was removed.
pub(crate) fn end_trimming(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM trimmings", [])?;
    Ok(())
}

/// What copies are trimmed of: entries of the register, and lists of them in the print queue.
const TRIMMED: [Table; 2] = [Table::Entries, Table::PrintJobs];

/// The ids of what is there now of that.
pub(crate) struct Kept([BTreeSet<String>; 2]);

/// What is there now.
pub(crate) fn kept(connection: &Connection) -> rusqlite::Result<Kept> {
    let [entries, jobs] = TRIMMED;
    Ok(Kept([ids(connection, entries)?, ids(connection, jobs)?]))
}

fn ids(connection: &Connection, table: Table) -> rusqlite::Result<BTreeSet<String>> {
    connection
        .prepare(&format!("SELECT id FROM {}", table.name()))?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Removes what is not kept any more; whether there was anything.
pub(crate) fn keep_only(connection: &mut Connection, kept: &Kept) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut removed = false;
    for (table, kept) in TRIMMED.into_iter().zip(&kept.0) {
        for id in ids(&transaction, table)?.difference(kept) {
            table.remove(&transaction, id)?;
            removed = true;
        }
    }
    transaction.commit()?;
    Ok(removed)
}

/// Whether everything was erased and the traces of it are still to be destroyed.
pub(crate) fn is_erasing(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM erasures)", [], |row| row.get(0))
}

/// Says that no traces are left to destroy.
pub(crate) fn end_erasing(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM erasures", [])?;
    Ok(())
}

/// The changes that make `records` out of nothing.
pub(crate) fn changes_to(records: Records) -> Vec<Change> {
    // Taken apart by name, so that a new kind of record can't be forgotten here.
    let Records {
        settings,
        profile,
        contacts,
        documents,
        cards,
        visits,
        outbox,
        print_jobs,
        drafts,
        directory,
        timetables,
        trust_list,
        entries,
        accounts,
        family,
        acknowledged,
        visit_days,
        notices,
        care_plans,
        purse,
        spendings,
        bills,
        complaint,
    } = records;
    let mut changes = vec![
        Change::Settings(settings),
        Change::Profile(profile),
        Change::Directory(directory),
        Change::TrustList(trust_list),
        Change::Family(family),
        Change::Purse(purse),
        Change::Complaint(complaint),
    ];
    changes.extend(contacts.into_values().map(Change::PutContact));
    changes.extend(documents.into_values().map(Change::PutDocument));
    changes.extend(cards.into_values().map(Change::PutCard));
    changes.extend(visits.into_values().map(Change::PutVisit));
    changes.extend(outbox.into_values().map(Change::PutOutbox));
    changes.extend(print_jobs.into_values().map(Change::PutPrintJob));
    changes.extend(drafts.into_iter().map(|(id, text)| Change::PutDraft(id, text)));
    changes.extend(timetables.into_values().map(Change::PutTimetable));
    changes.extend(entries.into_values().map(Change::PutEntry));
    changes.extend(accounts.into_values().map(Change::PutAccount));
    changes.extend(acknowledged.into_values().map(Change::PutAcknowledged));
    changes.extend(visit_days.into_values().map(Change::PutVisitDay));
    changes.extend(notices.into_values().map(Change::PutNotice));
    changes.extend(care_plans.into_values().map(Change::PutCarePlan));
    changes.extend(spendings.into_values().map(Change::PutSpending));
    changes.extend(bills.into_values().map(Change::PutBill));
    changes
}
