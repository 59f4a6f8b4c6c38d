//! What can change in what is kept, how it is carried out in memory, and what takes it back.

use serde::{Deserialize, Serialize};

use anban_wire::visit_day::VisitDay;

use crate::account::Account;
use crate::appointments::{CarePlan, Directory, Timetable, Visit};
use crate::cash::{Bill, Complaint, KeptPurse, Spending};
use crate::entry::DraftId;
use crate::family::Family;
use crate::feed::Notice;
use crate::health_code::KeptDocument;
use crate::help::{Contact, Profile};
use crate::ids::{BillId, CardId, ContactId, DocumentId, EntryId, PhotoId, PrintJobId, RequestId, SpendingId, VisitId};
use crate::outbox::{Acknowledged, OutboxItem};
use crate::printing::PrintJob;
use crate::register::Entry;
use crate::settings::Settings;
use crate::wallet::Card;

use super::{KeptPhoto, Records};

/// One thing that changes in what is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(
    clippy::large_enum_variant,
    reason = "lists of changes are short and soon gone; a box would only be in the way of every store"
)]
pub enum Change {
    /// Sets the settings.
    Settings(Settings),
    /// Sets the profile.
    Profile(Profile),
    /// Adds or replaces.
    PutContact(Contact),
    /// Removes, if it is there.
    RemoveContact(ContactId),
    /// Adds or replaces.
    PutDocument(KeptDocument),
    /// Removes, if it is there.
    RemoveDocument(DocumentId),
    /// Adds or replaces.
    PutCard(Card),
    /// Removes, if it is there.
    RemoveCard(CardId),
    /// Adds or replaces.
    PutVisit(Visit),
    /// Removes, if it is there.
    RemoveVisit(VisitId),
    /// Adds or replaces.
    PutOutbox(OutboxItem),
    /// Removes, if it is there.
    RemoveOutbox(RequestId),
    /// Adds or replaces.
    PutPrintJob(PrintJob),
    /// Removes, if it is there.
    RemovePrintJob(PrintJobId),
    /// Keeps half-typed text.
    PutDraft(DraftId, String),
    /// Forgets half-typed text.
    RemoveDraft(DraftId),
    /// Sets or forgets the directory.
    Directory(Option<Directory>),
    /// Adds or replaces.
    PutTimetable(Timetable),
    /// Removes the one of a department, if it is there.
    RemoveTimetable(String),
    /// Sets or forgets the trust list.
    TrustList(Option<Vec<u8>>),
    /// Adds or replaces.
    PutEntry(Entry),
    /// Removes, if it is there.
    RemoveEntry(EntryId),
    /// Adds or replaces.
    PutAccount(Account),
    /// Removes the one at a hub, if it is there.
    RemoveAccount(String),
    /// Sets who may act for whom.
    Family(Family),
    /// Adds or replaces.
    PutAcknowledged(Acknowledged),
    /// Removes, if it is there.
    RemoveAcknowledged(RequestId),
    /// Adds or replaces.
    PutVisitDay(VisitDay),
    /// Removes the one of an appointment, if it is there.
    RemoveVisitDay(String),
    /// Adds or replaces.
    PutNotice(Notice),
    /// Removes, if it is there.
    RemoveNotice(String),
    /// Adds or replaces.
    PutCarePlan(CarePlan),
    /// Removes, if it is there.
    RemoveCarePlan(String),
    /// Sets the purse.
    Purse(KeptPurse),
    /// Adds or replaces.
    PutSpending(Spending),
    /// Removes, if it is there.
    RemoveSpending(SpendingId),
    /// Adds or replaces.
    PutBill(Bill),
    /// Removes, if it is there.
    RemoveBill(BillId),
    /// Sets or forgets the complaint.
    Complaint(Option<Complaint>),
    /// Erases entries whose time is over, for good: a store also takes them out of its copies.
    EraseEntries {
        /// Which.
        ids: Vec<EntryId>,
        /// No entry that was noted earlier than this is kept: what a store has set aside before it goes too.
        kept_since: jiff::Timestamp,
    },
    /// Adds or replaces.
    PutPhoto(KeptPhoto),
    /// Removes, if it is there. What is removed can't be taken back.
    RemovePhoto(PhotoId),
    /// Forgets everything. A store also destroys its copies.
    EraseAll,
}

/// Which record a change is about.
#[derive(PartialEq, Eq)]
enum Place<'a> {
    Settings,
    Profile,
    Contact(ContactId),
    Document(DocumentId),
    Card(CardId),
    Visit(VisitId),
    Outbox(RequestId),
    PrintJob(PrintJobId),
    Draft(DraftId),
    Directory,
    Timetable(&'a str),
    TrustList,
    Entry(EntryId),
    Register,
    Account(&'a str),
    Family,
    Acknowledged(RequestId),
    VisitDay(&'a str),
    Notice(&'a str),
    CarePlan(&'a str),
    Purse,
    Spending(SpendingId),
    Bill(BillId),
    Complaint,
    Photo(PhotoId),
    Everything,
}

impl Change {
    /// Which record it is about.
    fn place(&self) -> Place<'_> {
        match self {
            Self::Settings(_) => Place::Settings,
            Self::Profile(_) => Place::Profile,
            Self::PutContact(Contact { id, .. }) | Self::RemoveContact(id) => Place::Contact(*id),
            Self::PutDocument(KeptDocument { id, .. }) | Self::RemoveDocument(id) => Place::Document(*id),
            Self::PutCard(Card { id, .. }) | Self::RemoveCard(id) => Place::Card(*id),
            Self::PutVisit(Visit { id, .. }) | Self::RemoveVisit(id) => Place::Visit(*id),
            Self::PutOutbox(OutboxItem { id, .. }) | Self::RemoveOutbox(id) => Place::Outbox(*id),
            Self::PutPrintJob(PrintJob { id, .. }) | Self::RemovePrintJob(id) => Place::PrintJob(*id),
            Self::PutDraft(id, _) | Self::RemoveDraft(id) => Place::Draft(*id),
            Self::Directory(_) => Place::Directory,
            Self::PutTimetable(Timetable { department, .. }) | Self::RemoveTimetable(department) => {
                Place::Timetable(department)
            }
            Self::TrustList(_) => Place::TrustList,
            Self::PutEntry(Entry { id, .. }) | Self::RemoveEntry(id) => Place::Entry(*id),
            Self::EraseEntries { .. } => Place::Register,
            Self::PutAccount(Account { hub, .. }) | Self::RemoveAccount(hub) => Place::Account(hub),
            Self::Family(_) => Place::Family,
            Self::PutAcknowledged(Acknowledged { id, .. }) | Self::RemoveAcknowledged(id) => Place::Acknowledged(*id),
            Self::PutVisitDay(VisitDay { appointment, .. }) | Self::RemoveVisitDay(appointment) => {
                Place::VisitDay(appointment)
            }
            Self::PutNotice(Notice { id, .. }) | Self::RemoveNotice(id) => Place::Notice(id),
            Self::PutCarePlan(CarePlan { id, .. }) | Self::RemoveCarePlan(id) => Place::CarePlan(id),
            Self::Purse(_) => Place::Purse,
            Self::PutSpending(Spending { id, .. }) | Self::RemoveSpending(id) => Place::Spending(*id),
            Self::PutBill(Bill { id, .. }) | Self::RemoveBill(id) => Place::Bill(*id),
            Self::Complaint(_) => Place::Complaint,
            Self::PutPhoto(KeptPhoto { id, .. }) | Self::RemovePhoto(id) => Place::Photo(*id),
            Self::EraseAll => Place::Everything,
        }
    }

    /// Whether the two can't be carried out in either order: they are about the same record, or one is about all.
    pub(crate) fn is_about_the_same(&self, other: &Self) -> bool {
        let (one, two) = (self.place(), other.place());
        let holds = |all: &Place<'_>, part: &Place<'_>| {
            *all == Place::Everything || (*all == Place::Register && matches!(part, Place::Entry(_)))
        };
        one == two || holds(&one, &two) || holds(&two, &one)
    }
}

impl Records {
    /// Carries out one change in memory.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Settings(settings) => self.settings = settings.clone(),
            Change::Profile(profile) => self.profile = profile.clone(),
            Change::PutContact(contact) => drop(self.contacts.insert(contact.id, contact.clone())),
            Change::RemoveContact(id) => drop(self.contacts.remove(id)),
            Change::PutDocument(document) => drop(self.documents.insert(document.id, document.clone())),
            Change::RemoveDocument(id) => drop(self.documents.remove(id)),
            Change::PutCard(card) => drop(self.cards.insert(card.id, card.clone())),
            Change::RemoveCard(id) => drop(self.cards.remove(id)),
            Change::PutVisit(visit) => drop(self.visits.insert(visit.id, visit.clone())),
            Change::RemoveVisit(id) => drop(self.visits.remove(id)),
            Change::PutOutbox(item) => drop(self.outbox.insert(item.id, item.clone())),
            Change::RemoveOutbox(id) => drop(self.outbox.remove(id)),
            Change::PutPrintJob(job) => drop(self.print_jobs.insert(job.id, job.clone())),
            Change::RemovePrintJob(id) => drop(self.print_jobs.remove(id)),
            Change::PutDraft(id, text) => drop(self.drafts.insert(*id, text.clone())),
            Change::RemoveDraft(id) => drop(self.drafts.remove(id)),
            Change::Directory(directory) => self.directory.clone_from(directory),
            Change::PutTimetable(table) => {
                self.timetables.insert(table.department.clone(), table.clone());
            }
            Change::RemoveTimetable(department) => drop(self.timetables.remove(department)),
            Change::TrustList(list) => self.trust_list.clone_from(list),
            Change::PutEntry(entry) => drop(self.entries.insert(entry.id, entry.clone())),
            Change::RemoveEntry(id) => drop(self.entries.remove(id)),
            Change::PutAccount(account) => drop(self.accounts.insert(account.hub.clone(), account.clone())),
            Change::RemoveAccount(hub) => drop(self.accounts.remove(hub)),
            Change::Family(family) => self.family = family.clone(),
            Change::PutAcknowledged(done) => drop(self.acknowledged.insert(done.id, done.clone())),
            Change::RemoveAcknowledged(id) => drop(self.acknowledged.remove(id)),
            Change::PutVisitDay(day) => drop(self.visit_days.insert(day.appointment.clone(), day.clone())),
            Change::RemoveVisitDay(appointment) => drop(self.visit_days.remove(appointment)),
            Change::PutNotice(notice) => drop(self.notices.insert(notice.id.clone(), notice.clone())),
            Change::RemoveNotice(id) => drop(self.notices.remove(id)),
            Change::PutCarePlan(plan) => drop(self.care_plans.insert(plan.id.clone(), plan.clone())),
            Change::RemoveCarePlan(id) => drop(self.care_plans.remove(id)),
            Change::Purse(purse) => self.purse = purse.clone(),
            Change::PutSpending(spending) => drop(self.spendings.insert(spending.id, spending.clone())),
            Change::RemoveSpending(id) => drop(self.spendings.remove(id)),
            Change::PutBill(bill) => drop(self.bills.insert(bill.id, bill.clone())),
            Change::RemoveBill(id) => drop(self.bills.remove(id)),
            Change::Complaint(complaint) => self.complaint.clone_from(complaint),
            Change::EraseEntries { ids, .. } => ids.iter().for_each(|id| drop(self.entries.remove(id))),
            // A store's own.
            Change::PutPhoto(_) | Change::RemovePhoto(_) => {}
            Change::EraseAll => *self = Self::default(),
        }
    }

    /// The change that takes `change` back when it is applied after it. There is none for what is erased
    /// for good.
    #[must_use]
    pub fn inverse(&self, change: &Change) -> Option<Change> {
        fn back<T: Clone>(old: Option<&T>, put: impl Fn(T) -> Change, remove: Change) -> Change {
            old.cloned().map_or(remove, put)
        }
        Some(match change {
            Change::Settings(_) => Change::Settings(self.settings.clone()),
            Change::Profile(_) => Change::Profile(self.profile.clone()),
            Change::PutContact(Contact { id, .. }) | Change::RemoveContact(id) => {
                back(self.contacts.get(id), Change::PutContact, Change::RemoveContact(*id))
            }
            Change::PutDocument(KeptDocument { id, .. }) | Change::RemoveDocument(id) => {
                back(self.documents.get(id), Change::PutDocument, Change::RemoveDocument(*id))
            }
            Change::PutCard(Card { id, .. }) | Change::RemoveCard(id) => {
                back(self.cards.get(id), Change::PutCard, Change::RemoveCard(*id))
            }
            Change::PutVisit(Visit { id, .. }) | Change::RemoveVisit(id) => {
                back(self.visits.get(id), Change::PutVisit, Change::RemoveVisit(*id))
            }
            Change::PutOutbox(OutboxItem { id, .. }) | Change::RemoveOutbox(id) => {
                back(self.outbox.get(id), Change::PutOutbox, Change::RemoveOutbox(*id))
            }
            Change::PutPrintJob(PrintJob { id, .. }) | Change::RemovePrintJob(id) => back(
                self.print_jobs.get(id),
                Change::PutPrintJob,
                Change::RemovePrintJob(*id),
            ),
            Change::PutDraft(id, _) | Change::RemoveDraft(id) => back(
                self.drafts.get(id),
                |text| Change::PutDraft(*id, text),
                Change::RemoveDraft(*id),
            ),
            Change::Directory(_) => Change::Directory(self.directory.clone()),
            Change::PutTimetable(Timetable { department, .. }) | Change::RemoveTimetable(department) => back(
                self.timetables.get(department),
                Change::PutTimetable,
                Change::RemoveTimetable(department.clone()),
            ),
            Change::TrustList(_) => Change::TrustList(self.trust_list.clone()),
            Change::PutEntry(Entry { id, .. }) | Change::RemoveEntry(id) => {
                back(self.entries.get(id), Change::PutEntry, Change::RemoveEntry(*id))
            }
            Change::PutAccount(Account { hub, .. }) | Change::RemoveAccount(hub) => back(
                self.accounts.get(hub),
                Change::PutAccount,
                Change::RemoveAccount(hub.clone()),
            ),
            Change::Family(_) => Change::Family(self.family.clone()),
            Change::PutAcknowledged(Acknowledged { id, .. }) | Change::RemoveAcknowledged(id) => back(
                self.acknowledged.get(id),
                Change::PutAcknowledged,
                Change::RemoveAcknowledged(*id),
            ),
            Change::PutVisitDay(VisitDay { appointment, .. }) | Change::RemoveVisitDay(appointment) => back(
                self.visit_days.get(appointment),
                Change::PutVisitDay,
                Change::RemoveVisitDay(appointment.clone()),
            ),
            Change::PutNotice(Notice { id, .. }) | Change::RemoveNotice(id) => back(
                self.notices.get(id),
                Change::PutNotice,
                Change::RemoveNotice(id.clone()),
            ),
            Change::PutCarePlan(CarePlan { id, .. }) | Change::RemoveCarePlan(id) => back(
                self.care_plans.get(id),
                Change::PutCarePlan,
                Change::RemoveCarePlan(id.clone()),
            ),
            Change::Purse(_) => Change::Purse(self.purse.clone()),
            Change::PutSpending(Spending { id, .. }) | Change::RemoveSpending(id) => {
                back(self.spendings.get(id), Change::PutSpending, Change::RemoveSpending(*id))
            }
            Change::PutBill(Bill { id, .. }) | Change::RemoveBill(id) => {
                back(self.bills.get(id), Change::PutBill, Change::RemoveBill(*id))
            }
            Change::Complaint(_) => Change::Complaint(self.complaint.clone()),
            // A photograph is never put in the place of another, so this one was not there before.
            Change::PutPhoto(KeptPhoto { id, .. }) => Change::RemovePhoto(*id),
            Change::RemovePhoto(_) | Change::EraseEntries { .. } | Change::EraseAll => return None,
        })
    }
}
