//! What is kept, and the trait of whoever keeps it.
//!
//! A rule never writes by itself: it makes a list of [`Change`]s, and a [`Store`] carries out the whole list or
//! nothing of it. The core holds the same [`Records`] in memory and applies the same list to them once the store has
//! said yes, so that every screen is answered without touching the disk. Because a change can be turned round
//! ([`Records::inverse`]), undo works the same way for everything.
//!
//! [`MemoryStore`] is a store for kiosk sessions, the picture tour and tests; the one on disk is `anban-store`.
//! Whatever implements the trait must pass [`suite`].

use std::collections::{BTreeMap, BTreeSet};

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

mod change;
#[cfg(any(test, feature = "test-suite"))]
pub mod suite;

pub use change::Change;

/// Everything that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Records {
    /// What the person has chosen.
    pub settings: Settings,
    /// What the person has told about themselves.
    pub profile: Profile,
    /// Whom to call in need.
    pub contacts: BTreeMap<ContactId, Contact>,
    /// Signed documents.
    pub documents: BTreeMap<DocumentId, KeptDocument>,
    /// Cards.
    pub cards: BTreeMap<CardId, Card>,
    /// Visits to a doctor.
    pub visits: BTreeMap<VisitId, Visit>,
    /// Requests that wait for a service.
    pub outbox: BTreeMap<RequestId, OutboxItem>,
    /// Papers on their way to a printer, and those of the last days.
    pub print_jobs: BTreeMap<PrintJobId, PrintJob>,
    /// Half-typed text.
    pub drafts: BTreeMap<DraftId, String>,
    /// The services of the region as last heard of.
    pub directory: Option<Directory>,
    /// Free times by department, as last heard of.
    pub timetables: BTreeMap<String, Timetable>,
    /// The newest trust list, as it was signed.
    pub trust_list: Option<Vec<u8>>,
    /// The entry register of a checkpoint.
    pub entries: BTreeMap<EntryId, Entry>,
    /// This device's accounts, by the addresses of the hubs.
    pub accounts: BTreeMap<String, Account>,
    /// Who may act for whom.
    pub family: Family,
    /// Requests that were carried out, for a service that forgets them.
    pub acknowledged: BTreeMap<RequestId, Acknowledged>,
    /// How the days of visits go, by the FHIR ids of the appointments.
    pub visit_days: BTreeMap<String, VisitDay>,
    /// Notices of hospitals, by their ids.
    pub notices: BTreeMap<String, Notice>,
    /// What doctors have planned, by their FHIR ids.
    pub care_plans: BTreeMap<String, CarePlan>,
    /// The purse.
    pub purse: KeptPurse,
    /// What was paid for in cash.
    pub spendings: BTreeMap<SpendingId, Spending>,
    /// Bills that come on paper.
    pub bills: BTreeMap<BillId, Bill>,
    /// The complaint that cash was refused.
    pub complaint: Option<Complaint>,
}

/// A photograph of a card. It is no part of the [`Records`], so that nobody carries pictures about who only looks
/// through cards: a store hands it out when it is shown ([`Store::photo`]).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPhoto {
    /// Its id on this device. Another picture has another one.
    pub id: PhotoId,
    /// The picture, as a JPEG file.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for KeptPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptPhoto({}, {} bytes)", self.id, self.jpeg.len())
    }
}

/// Why a store could not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk.
    #[error("the disk is full: free some space and try again; nothing that was saved before is lost")]
    Full,
    /// The file can't be read or written, or is damaged.
    #[error("the store can't be used: close the program and start it again; it will open the last good copy")]
    Broken,
}

/// Keeps records.
pub trait Store: Send {
    /// Everything that is kept.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when it can't be read.
    fn load(&mut self) -> Result<Records, StoreError>;

    /// Carries out all `changes` in order, or none of them. When it returns `Ok` they survive a loss of power.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::Broken`]; nothing has changed then.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError>;

    /// A photograph; `None` where there is none of this id.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when it can't be read.
    fn photo(&mut self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError>;

    /// The ids of all photographs.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when they can't be read.
    fn photos(&mut self) -> Result<BTreeSet<PhotoId>, StoreError>;

    /// Ends it well, for instance with a fresh copy. A store that is only dropped loses nothing either.
    ///
    /// # Errors
    /// When that could not be done; what was committed is there all the same.
    fn close(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What happened when the store was opened, to be told to the person in two plain sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreNotice {
    /// The file was damaged and set aside; the last good copy, of this time, was opened.
    Restored {
        /// When the copy was made.
        copied_at: jiff::Timestamp,
    },
    /// The file was damaged or can't be decrypted and was set aside; there was no copy, so everything starts anew.
    StartedAnew,
}

/// A store that forgets when the program ends.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    records: Records,
    photos: BTreeMap<PhotoId, Vec<u8>>,
}

impl MemoryStore {
    /// A store that holds `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            ..Self::default()
        }
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Records, StoreError> {
        Ok(self.records.clone())
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        for change in changes {
            self.records.apply(change);
            match change {
                Change::PutPhoto(photo) => drop(self.photos.insert(photo.id, photo.jpeg.clone())),
                Change::RemovePhoto(id) => drop(self.photos.remove(id)),
                Change::EraseAll => self.photos.clear(),
                _ => {}
            }
        }
        Ok(())
    }

    fn photo(&mut self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.photos.get(&id).cloned())
    }

    fn photos(&mut self) -> Result<BTreeSet<PhotoId>, StoreError> {
        Ok(self.photos.keys().copied().collect())
    }
}
