//! Whom this device believes: the newest trust list that the region's root has signed.
//!
//! The list is kept as it was signed and opened again at every start. An older list never takes the place of a newer
//! one, and a clock that was set back does not let go of the list that is there.

use anban_credential::{Document, DocumentState, RootKey, TrustList, TrustStore, Verification};
use jiff::Timestamp;

use crate::store::{Change, Records, StoreError};
use crate::turn::Turn;

/// Whom this device believes.
pub(crate) struct Trust {
    root: Option<RootKey>,
    store: TrustStore,
}

impl Trust {
    /// Trust in the list that is kept, if the region's root vouches for it.
    pub fn new(root: Option<RootKey>, records: &Records) -> Self {
        let mut trust = Self {
            root,
            store: TrustStore::default(),
        };
        trust.reload(records);
        trust
    }

    /// Takes the list that is kept now.
    pub fn reload(&mut self, records: &Records) {
        self.store = TrustStore::default();
        // It was no list from the future when it came; a clock that was set back since then must not let go of it, or an
        // older list could take its place.
        if let Some(list) = records
            .trust_list
            .as_ref()
            .and_then(|bytes| self.opened(bytes, Timestamp::MAX))
        {
            // An older list is never taken over a newer one; a fresh store takes any.
            let _ = self.store.accept(list);
        }
    }

    fn opened(&self, bytes: &[u8], at: Timestamp) -> Option<TrustList> {
        TrustList::open(bytes, self.root.as_ref()?, at).ok()
    }

    /// Whether a list that has come is newer than the one that is kept.
    fn accepts(&mut self, bytes: &[u8], at: Timestamp) -> bool {
        self.opened(bytes, at)
            .is_some_and(|list| self.store.accept(list).is_ok())
    }

    /// When the list that is kept was issued.
    pub fn list_issued_at(&self) -> Option<Timestamp> {
        self.store.lists().map(TrustList::issued_at).max()
    }

    /// When a newer list should have come.
    pub fn list_expires_at(&self) -> Option<Timestamp> {
        self.store.lists().map(TrustList::expires_at).max()
    }

    /// The state of a document.
    pub fn state(&self, document: &Document, at: Timestamp) -> DocumentState {
        self.verified(document, at).state()
    }

    /// All that can be found out about a document.
    pub fn verified(&self, document: &Document, at: Timestamp) -> Verification {
        anban_credential::verify(document, &self.store.trust(), at)
    }
}

/// A trust list has come. It is kept if the region's root signed it and it is newer than the one that is kept.
pub(crate) fn trust_list_fetched(turn: &mut Turn<'_>, bytes: Vec<u8>) -> Result<(), StoreError> {
    let now = turn.now();
    let same = turn.core.records.trust_list.as_ref() == Some(&bytes);
    if !same && turn.core.trust.accepts(&bytes, now) {
        turn.commit(vec![Change::TrustList(Some(bytes))])?;
    }
    Ok(())
}
