//! The account of this device at a hub.
//!
//! A hub knows devices, not passwords. The core draws a secret, keeps it, and asks the hub to register the device under
//! it ([`Request::RegisterDevice`]) before anything else is asked; from then on `anban-sync` signs in with it by itself.
//! A hub that has no accounts is used without one. Each hub has its own account, so that a wrong address that is put
//! right again costs nobody their relatives.
//!
//! The account also notes how far the hub's [feeds](crate::feed) were read, and in which life of its database: a hub
//! that was restored from an older copy begins another one, and is told again what it lacks.

use std::collections::BTreeMap;

use anban_wire::accounts::Secret;
use anban_wire::documents::MAX_TEXT;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::Core;
use crate::ids::{IdSource, RequestId};
use crate::outbox::{Credentials, OutboxItem, Request};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{feed, sync};

/// A hub without accounts is asked again whether it has some after this time.
pub(crate) const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The account of this device at a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The hub's address.
    pub hub: String,
    /// What the device signs in with.
    pub secret: Secret,
    /// The command that registers it.
    pub request: RequestId,
    /// How far it has come.
    pub state: AccountState,
    /// The hub's name for the life of its database, as last heard.
    #[serde(default)]
    pub epoch: Option<String>,
    /// How many lives of the hub's database this device has seen end. What was heard of in an earlier one may be
    /// lacking now.
    #[serde(default)]
    pub life: u32,
    /// How far the feed of each patient was read, by their FHIR ids.
    #[serde(default)]
    pub cursors: BTreeMap<String, Cursor>,
    /// The hub did not know the device, and it was registered once more under the same command. Until it has let the
    /// device in again.
    #[serde(default)]
    pub repeated: bool,
}

/// How far an account has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// The hub was or will be asked to register the device.
    Asked,
    /// The hub knows the device.
    Known {
        /// Its id there.
        device: String,
        /// The FHIR id of the patient whose device it is.
        patient: String,
    },
    /// The hub knew the device and does not any more: somebody has to say that it is to be registered anew.
    SignedOut,
    /// The hub had no accounts when it was asked.
    NotOffered {
        /// When that was.
        at: Timestamp,
    },
}

/// How far a feed was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Cursor {
    /// What comes after this number is asked for next.
    pub next: u64,
    /// It is read from its beginning, to find out what the hub lacks.
    #[serde(default)]
    pub mending: bool,
    /// What came after this number was heard while this device waited for an answer of its own about the same thing. It
    /// is heard once more when it waits no longer.
    #[serde(default)]
    pub passed: Option<u64>,
}

impl Account {
    /// An account that is to be registered.
    pub(crate) fn new(hub: String, ids: &mut dyn IdSource) -> Self {
        Self {
            hub,
            secret: secret(ids),
            request: RequestId(ids.uuid()),
            state: AccountState::Asked,
            epoch: None,
            life: 0,
            cursors: BTreeMap::new(),
            repeated: false,
        }
    }

    /// The FHIR id of the device's owner, once the hub knows the device.
    #[must_use]
    pub fn patient(&self) -> Option<&str> {
        match &self.state {
            AccountState::Known { patient, .. } => Some(patient),
            _ => None,
        }
    }

    /// What the device signs in with; none at a hub without accounts.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        let (device, patient) = match &self.state {
            AccountState::NotOffered { .. } => return None,
            AccountState::Known { device, patient } => (Some(device.clone()), Some(patient.clone())),
            AccountState::Asked | AccountState::SignedOut => (None, None),
        };
        Some(Credentials {
            device,
            patient,
            secret: self.secret.clone(),
            epoch: self.epoch.clone(),
        })
    }
}

/// Whether the account lets a request out: the one that registers the device goes first, and a device that the hub does
/// not know any more is silent until somebody has said what is to be done.
pub(crate) fn lets_through(core: &Core, item: &OutboxItem) -> bool {
    match core.account().map(|account| &account.state) {
        Some(AccountState::Asked) => matches!(item.request, Request::RegisterDevice { .. }),
        Some(AccountState::SignedOut) => false,
        // Of appointments nothing is asked until the hub was told what it lacks: it would say that they are not there.
        Some(AccountState::Known { .. }) => item.request.appointment().is_none() || !feed::is_mending(core),
        Some(AccountState::NotOffered { .. }) => true,
        None => false,
    }
}

/// There is an account before anything is asked that needs one.
pub(crate) fn ensure(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(hub) = turn.core.hub() else { return Ok(()) };
    if turn.core.records.outbox.values().all(|item| item.refused.is_some()) {
        return Ok(());
    }
    let name = owner(turn);
    let now = turn.now();
    let account = match turn.core.account().cloned() {
        None => Account::new(hub, turn.core.ids()),
        Some(Account {
            state: AccountState::NotOffered { at },
            ..
        }) if now.duration_since(at) < ASK_AGAIN_AFTER => {
            return Ok(());
        }
        Some(
            account @ Account {
                state: AccountState::NotOffered { .. },
                ..
            },
        ) => Account {
            state: AccountState::Asked,
            ..account
        },
        // The request may have been for another hub, which was set meanwhile.
        Some(account)
            if account.state == AccountState::Asked && !turn.core.records.outbox.contains_key(&account.request) =>
        {
            account
        }
        Some(_) => return Ok(()),
    };
    register(turn, account, name)
}

/// Asks the hub to register the device under this account.
fn register(turn: &mut Turn<'_>, account: Account, name: String) -> Result<(), StoreError> {
    // What another hub was to be told is of no use to this one.
    let others = turn.core.records.outbox.values();
    let others = others.filter(|item| matches!(item.request, Request::RegisterDevice { .. }));
    let mut changes: Vec<_> = others.map(|item| Change::RemoveOutbox(item.id)).collect();
    let item = sync::item(turn, Request::RegisterDevice { name });
    let item = OutboxItem {
        id: account.request,
        ..item
    };
    changes.extend([Change::PutAccount(account), Change::PutOutbox(item)]);
    turn.commit_quietly(changes)
}

/// Under which name the device is registered: the owner's, as far as they have told it.
fn owner(turn: &Turn<'_>) -> String {
    let records = &turn.core.records;
    let asked = records.outbox.values().find_map(|item| match &item.request {
        Request::BookVisit { wish, patient, .. } if wish.for_patient.is_none() => Some(patient.clone()),
        Request::IssueDocument(wish) if !wish.relative => Some(wish.name.clone()),
        Request::Register(person) => person.helper.clone().or_else(|| Some(person.name.clone())),
        _ => None,
    });
    let known = [records.profile.name.clone(), asked.unwrap_or_default()];
    let known = known.into_iter().find(|name| !name.is_empty());
    let name = known.unwrap_or_else(|| turn.core.words().get("account-nobody"));
    name.chars().take(MAX_TEXT).collect()
}

/// The hub knows the device.
pub(crate) fn known(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    (device, patient): (String, String),
    epoch: Option<String>,
) -> Result<(), StoreError> {
    let state = AccountState::Known {
        device,
        patient: patient.clone(),
    };
    settle(turn, item, state, epoch.clone())?;
    let account = turn.core.account().cloned();
    if let Some(account) = account.filter(|account| account.repeated) {
        let before = account.epoch.clone().unwrap_or_default();
        let now = epoch.unwrap_or_else(|| before.clone());
        // A hub that says that it lives anew has forgotten the device and not taken its access back. Should it go back
        // once more before it has let the device in, it is asked once more too.
        let lives_anew = now != before;
        // Where it has made another patient of the owner, it lacks all that was theirs.
        if lives_anew || !account.cursors.contains_key(&patient) {
            let account = feed::another_life(account, &patient, now);
            let repeated = account.repeated && !lives_anew;
            turn.commit(vec![Change::PutAccount(Account { repeated, ..account })])?;
        }
    }
    feed::begin(turn);
    Ok(())
}

/// The hub has no accounts.
pub(crate) fn not_offered(turn: &mut Turn<'_>, item: &OutboxItem) -> Result<(), StoreError> {
    let at = turn.now();
    settle(turn, item, AccountState::NotOffered { at }, None)
}

/// `epoch` is noted where none was known: what is asked from now on is asked of that life.
fn settle(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    state: AccountState,
    epoch: Option<String>,
) -> Result<(), StoreError> {
    let mut changes = vec![Change::RemoveOutbox(item.id)];
    let account = turn.core.account().filter(|account| account.request == item.id);
    changes.extend(account.map(|account| {
        Change::PutAccount(Account {
            state,
            epoch: account.epoch.clone().or(epoch),
            ..account.clone()
        })
    }));
    turn.commit(changes)
}

/// The hub will not register the device: it stays in the row with the reason.
pub(crate) fn refused(turn: &mut Turn<'_>, item: OutboxItem) -> Result<(), StoreError> {
    turn.commit(vec![Change::PutOutbox(item)])
}

/// The hub does not know the device. Perhaps it was restored from a copy that is older than the device, so it is
/// registered once more, under the same command and secret. A hub that knows the command and still not the device has
/// taken its access back, and somebody has to say what is to be done.
pub(crate) fn signed_out(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(account) = turn.core.account().cloned() else {
        return Ok(());
    };
    match account.state {
        AccountState::Known { .. } if !account.repeated => {
            let name = owner(turn);
            let again = Account {
                state: AccountState::Asked,
                repeated: true,
                ..account
            };
            register(turn, again, name)
        }
        AccountState::Known { .. } => {
            let state = AccountState::SignedOut;
            turn.commit(vec![Change::PutAccount(Account { state, ..account })])
        }
        AccountState::Asked | AccountState::SignedOut | AccountState::NotOffered { .. } => Ok(()),
    }
}

/// The person wants the device to be registered anew: under another secret, as another device.
pub(crate) fn register_anew(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(account) = turn.core.account().cloned() else {
        return Ok(());
    };
    if account.state != AccountState::SignedOut {
        return Ok(());
    }
    let name = owner(turn);
    let fresh = Account::new(account.hub, turn.core.ids());
    register(turn, fresh, name)
}

impl Core {
    /// The account at the hub that is set.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.records.accounts.get(&self.hub()?)
    }
}

/// 256 random bits. Of a version-4 UUID's bytes all but two are random altogether.
fn secret(ids: &mut dyn IdSource) -> Secret {
    let mut bytes = Vec::with_capacity(42);
    for _ in 0..3 {
        let id = ids.uuid();
        let random = id.as_bytes().iter().enumerate().filter(|(at, _)| !matches!(at, 6 | 8));
        bytes.extend(random.map(|(_, byte)| *byte));
    }
    Secret(BASE64_URL_SAFE_NO_PAD.encode(&bytes[..32]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ids::SeededIds;

    #[test]
    fn a_secret_has_its_form_and_is_another_one_each_time() {
        let mut ids = SeededIds::new(1);
        let (one, two) = (secret(&mut ids), secret(&mut ids));
        assert!(one.is_well_formed() && two.is_well_formed());
        assert_ne!(one, two);
        assert_eq!(secret(&mut SeededIds::new(1)), one, "the same seed gives the same");
    }

    #[test]
    fn an_account_never_shows_its_secret() {
        let account = Account::new("http://hub.example".to_owned(), &mut SeededIds::new(1));
        assert!(!format!("{account:?}").contains(&account.secret.0));
    }
}
