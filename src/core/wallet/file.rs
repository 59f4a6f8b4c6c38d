//! The whole wallet in one open file, to take along and to take in again: docs/wallet-file.md describes it.
//!
//! The file is a ZIP archive with a `wallet.json` and a folder of photographs. Whoever wants to keep something more in it
//! adds a field to [`Content`], with a default, and to the table in that document; a reader passes over fields that it
//! does not know, so that the version only grows when a field changes its meaning.
//!
//! Taking in adds and never changes: a card, spending or bill that is here stays as it is here, and so does a purse that
//! was ever counted. Photographs come under new ids. A part that can't be read is left out and said; what is no such file
//! changes nothing. All of it is one transaction, and can be taken back.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{Cursor, Write};
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::archive::Archive;
use super::import::{Pictures, Read, Report};
use super::same::{self, was_deleted};
use super::{Card, Photos, WhyOld, order};
use crate::app::{Core, Page};
use crate::cash::{self, KeptPurse, Spending};
use crate::ids::PhotoId;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, KeptPhoto, Store, StoreError};
use crate::symbol;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// The file in the archive that says everything but what is on the photographs.
pub const CONTENT: &str = "wallet.json";
/// What is in the field `format`.
pub const FORMAT: &str = "anban-wallet";
/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// A longer one holds more than a person has.
const LONGEST_CONTENT: u64 = 32 << 20;
/// The most of each kind of thing that a file may hold.
const MOST: usize = 20_000;
/// No card, spending or bill is longer.
const LONGEST_RECORD: usize = 2 << 20;
/// The most characters of any text that is shown.
const LONGEST_TEXT: usize = 2_000;

/// What stands in [`CONTENT`]. It is written as values and read as the text of each record, for two reasons: one that is
/// damaged costs no other, and a text of a few kilobytes that inflates to millions of empty lists, each of which would
/// take ten times its length as a value, stays as long as it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "Record: Deserialize<'de>"))]
struct Content<Record> {
    format: String,
    version: u32,
    made_at: Timestamp,
    #[serde(default = "Vec::new", deserialize_with = "not_too_many")]
    cards: Vec<Record>,
    #[serde(default)]
    purse: Option<Record>,
    #[serde(default = "Vec::new", deserialize_with = "not_too_many")]
    spendings: Vec<Record>,
    #[serde(default = "Vec::new", deserialize_with = "not_too_many")]
    bills: Vec<Record>,
    #[serde(default)]
    complaint: Option<Record>,
}

/// By what it is known that it is this kind of file, and whether it can be read.
#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    version: u64,
}

/// A list of at most [`MOST`].
fn not_too_many<'de, D: Deserializer<'de>, Record: Deserialize<'de>>(from: D) -> Result<Vec<Record>, D::Error> {
    struct AtMost<Record>(PhantomData<Record>);

    impl<'de, Record: Deserialize<'de>> Visitor<'de> for AtMost<Record> {
        type Value = Vec<Record>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "a list of at most {MOST}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut records = Vec::new();
            while let Some(record) = list.next_element()? {
                if records.len() == MOST {
                    return Err(A::Error::invalid_length(MOST + 1, &self));
                }
                records.push(record);
            }
            Ok(records)
        }
    }

    from.deserialize_seq(AtMost(PhantomData))
}

/// The record in a text, if there is one and no more than a record is.
fn record<T: DeserializeOwned>(text: &RawValue) -> Option<T> {
    let text = text.get();
    (text.len() <= LONGEST_RECORD)
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// The name of a photograph in the archive.
fn photo_name(id: PhotoId) -> String {
    format!("photos/{id}.jpg")
}

/// Which photograph a file in the archive is.
pub(super) fn photo_of(name: &str) -> Option<PhotoId> {
    name.strip_prefix("photos/")?.strip_suffix(".jpg")?.parse().ok()
}

/// The cards that go along: all but what was deleted.
fn carried(core: &Core) -> Vec<&Card> {
    let put_away = order::old(core)
        .into_iter()
        .filter(|card| card.old.is_some_and(|old| old.why != WhyOld::Deleted));
    super::cards(core).into_iter().chain(put_away).collect()
}

/// Makes the file.
///
/// # Errors
/// When a photograph can't be read.
pub fn pack(core: &Core, store: &mut dyn Store) -> Result<Vec<u8>, StoreError> {
    let (records, carried) = (core.records(), carried(core));
    let value = |record: Result<Value, serde_json::Error>| record.map_err(|_| StoreError::Broken);
    let content = Content {
        format: FORMAT.to_owned(),
        version: VERSION,
        made_at: core.now().timestamp(),
        cards: all(carried.iter().copied())?,
        purse: (records.purse != KeptPurse::default())
            .then(|| value(serde_json::to_value(&records.purse)))
            .transpose()?,
        spendings: all(records.spendings.values())?,
        bills: all(records.bills.values())?,
        complaint: records
            .complaint
            .as_ref()
            .map(|complaint| value(serde_json::to_value(complaint)))
            .transpose()?,
    };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let broken = |_| StoreError::Broken;
    // The same wallet makes the same file: its time is that of its content alone.
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::DEFAULT)
        .large_file(false);
    archive.start_file(CONTENT, options).map_err(broken)?;
    let json = serde_json::to_vec_pretty(&content).map_err(|_| StoreError::Broken)?;
    archive.write_all(&json).map_err(|_| StoreError::Broken)?;
    let photos = carried.iter().flat_map(|card| [card.photos.front, card.photos.back]);
    for id in photos.flatten() {
        let Some(jpeg) = store.photo(id)? else { continue };
        let stored = options.compression_method(CompressionMethod::Stored);
        archive.start_file(photo_name(id), stored).map_err(broken)?;
        archive.write_all(&jpeg).map_err(|_| StoreError::Broken)?;
    }
    Ok(archive.finish().map_err(broken)?.into_inner())
}

fn all<'a, T: Serialize + 'a>(records: impl Iterator<Item = &'a T>) -> Result<Vec<Value>, StoreError> {
    let values: Result<_, _> = records.map(serde_json::to_value).collect();
    values.map_err(|_| StoreError::Broken)
}

/// Takes in a wallet; `pictures` are its photographs, looked at and made small, by their names in the archive.
pub(super) fn take_in(turn: &mut Turn<'_>, archive: &mut Archive<'_>, pictures: Pictures) -> Result<(), StoreError> {
    let json = match archive.file(CONTENT, LONGEST_CONTENT) {
        Ok(json) => json,
        Err(super::archive::ArchiveError::Locked) => return refuse(turn, "import-locked"),
        Err(_) => return refuse(turn, "import-damaged"),
    };
    let Ok(head) = serde_json::from_slice::<Head>(&json) else {
        return refuse(turn, "import-damaged");
    };
    if head.format != FORMAT {
        return refuse(turn, "pass-unreadable-line");
    }
    if head.version > u64::from(VERSION) {
        return refuse(turn, "import-newer-wallet");
    }
    let Ok(content) = serde_json::from_slice::<Content<Box<RawValue>>>(&json) else {
        return refuse(turn, "import-damaged");
    };
    let mut taken = Taken {
        report: Report::default(),
        changes: Vec::new(),
        pictures,
    };
    taken.add_cards(turn, content.cards);
    taken.purse(turn, content.purse);
    taken.spendings_and_bills(turn, content.spendings, content.bills);
    taken.complaint(turn, content.complaint);
    Read::Wallet(taken).finish(turn)
}

fn refuse(turn: &mut Turn<'_>, why: &'static str) -> Result<(), StoreError> {
    turn.show(
        Outcome::new(Mark::Bad, "import-wallet-unreadable-title")
            .line(why)
            .line("import-nothing-changed")
            .or("files-again", Icon::Refresh, open(Page::Files)),
    );
    Ok(())
}

/// What is to be kept of a wallet.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    report: Report,
    changes: Vec<Change>,
    pictures: Pictures,
}

impl Taken {
    /// The cards that come in.
    pub(super) fn cards(&self) -> impl Iterator<Item = &Card> {
        self.changes.iter().filter_map(|change| match change {
            Change::PutCard(card) => Some(card),
            _ => None,
        })
    }

    fn add_cards(&mut self, turn: &mut Turn<'_>, cards: Vec<Box<RawValue>>) {
        let mut ids: BTreeSet<_> = turn.core.records.cards.keys().copied().collect();
        for mut card in self.read(cards, "import-card-unreadable", is_card) {
            let here = turn.core.records.cards.get(&card.id);
            if let Some(known) = here.cloned().or_else(|| same::known(turn, &card)) {
                self.report.known += 1;
                if was_deleted(&known) && card.old.is_none() {
                    self.report.renewed.push(known.id);
                    self.changes.push(Change::PutCard(Card { old: None, ..known }));
                }
                continue;
            }
            if !ids.insert(card.id) {
                self.report.known += 1;
                continue;
            }
            let Photos { front, back } = card.photos;
            let missing = [front, back]
                .into_iter()
                .flatten()
                .any(|id| !self.pictures.contains_key(&photo_name(id)));
            if missing {
                let name = card.name.clone();
                let sentence = Sentence("import-photo-missing", vec![("name", name)]);
                self.report.skipped.push(sentence);
            }
            card.photos = Photos {
                front: self.photo(turn, front),
                back: self.photo(turn, back),
            };
            self.report.added += 1;
            self.changes.push(Change::PutCard(card));
        }
    }

    /// Keeps a photograph under a new id.
    fn photo(&mut self, turn: &mut Turn<'_>, id: Option<PhotoId>) -> Option<PhotoId> {
        let jpeg = self.pictures.get(&photo_name(id?))?.clone();
        let id = PhotoId(turn.uuid());
        self.changes.push(Change::PutPhoto(KeptPhoto { id, jpeg }));
        Some(id)
    }

    fn purse(&mut self, turn: &Turn<'_>, purse: Option<Box<RawValue>>) {
        let here = &turn.core.records;
        let Some(purse) = purse else { return };
        match record::<KeptPurse>(&purse) {
            None => self.report.skipped.push("import-purse-unreadable".into()),
            Some(purse) if purse == here.purse => self.report.known += 1,
            Some(_) if here.purse.counted => self.report.skipped.push("import-purse-counted".into()),
            Some(purse) => {
                self.report.added += 1;
                // A payment that was not finished elsewhere has nothing to do with this device.
                self.changes.push(Change::Purse(KeptPurse { paying: None, ..purse }));
            }
        }
    }

    fn spendings_and_bills(&mut self, turn: &Turn<'_>, spendings: Vec<Box<RawValue>>, bills: Vec<Box<RawValue>>) {
        let here = &turn.core.records;
        for spending in self.read(spendings, "import-spending-unreadable", |_: &Spending| true) {
            self.new_or_known(here.spendings.contains_key(&spending.id), Change::PutSpending(spending));
        }
        for bill in self.read(bills, "import-bill-unreadable", cash::is_bill) {
            self.new_or_known(here.bills.contains_key(&bill.id), Change::PutBill(bill));
        }
    }

    /// The letter that waits here stays, whatever the file says.
    fn complaint(&mut self, turn: &Turn<'_>, complaint: Option<Box<RawValue>>) {
        let here = turn.core.records.complaint.as_ref();
        let Some(complaint) = complaint else { return };
        match record(&complaint).filter(cash::is_complaint) {
            None => self.report.skipped.push("import-complaint-unreadable".into()),
            Some(complaint) if here.is_some_and(|here| *here != complaint) => {
                self.report.skipped.push("import-complaint-here".into());
            }
            Some(complaint) => self.new_or_known(here.is_some(), Change::Complaint(Some(complaint))),
        }
    }

    fn new_or_known(&mut self, known: bool, change: Change) {
        if known {
            self.report.known += 1;
        } else {
            self.report.added += 1;
            self.changes.push(change);
        }
    }

    /// The records of a kind that can be read; the others are left out and said.
    fn read<T: DeserializeOwned>(
        &mut self,
        texts: Vec<Box<RawValue>>,
        unreadable: &'static str,
        is_sound: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let mut read = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            match record(text).filter(&is_sound) {
                Some(record) => read.push(record),
                None => {
                    let number = (place + 1).to_string();
                    self.report.skipped.push(Sentence(unreadable, vec![("number", number)]));
                }
            }
        }
        read
    }

    pub(super) fn keep(self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        let added = self.report.added;
        if !self.changes.is_empty() {
            turn.commit_undoable(self.changes)?;
        }
        if turn.core.page() != Page::Wallet {
            turn.back_to(Page::Wallet);
        }
        let came_back = !self.report.renewed.is_empty();
        let outcome = match (added, self.report.known) {
            (0, _) if came_back => Outcome::new(Mark::Good, "import-back-title")
                .line("import-back-line")
                .main("import-kept-show", Icon::Wallet, open(Page::Wallet)),
            (0, 0) => Outcome::new(Mark::Bad, "import-nothing-title"),
            (0, _) => Outcome::new(Mark::Good, "import-known-title").line("import-known-line"),
            _ => Outcome::new(Mark::Good, "import-wallet-title")
                .line(Sentence("import-wallet-line", vec![("count", added.to_string())]))
                .main("import-kept-show", Icon::Wallet, open(Page::Wallet)),
        };
        let outcome = self.report.said(outcome);
        turn.core.screen.wallet.imported = Some(self.report);
        let undoable = added > 0 || came_back;
        turn.show(if undoable { outcome.undoable() } else { outcome });
        Ok(())
    }
}

fn fits(text: &str) -> bool {
    text.len() <= 4 * LONGEST_TEXT && text.chars().count() <= LONGEST_TEXT
}

/// Whether a card could have been made here.
pub(crate) fn is_card(card: &Card) -> bool {
    let details = card.details.iter().flat_map(|(label, value)| [label, value]);
    let pass = card.pass.iter().flat_map(|pass| [&pass.kind, &pass.serial]);
    let texts = [&card.name, &card.number, &card.note]
        .into_iter()
        .chain(details)
        .chain(pass);
    let drawn = |code: &super::CardCode| symbol::encode(code.symbology, &code.text).is_ok();
    texts.into_iter().all(|text| fits(text)) && card.details.len() <= 100 && card.code.as_ref().is_none_or(drawn)
}
