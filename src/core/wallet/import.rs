//! Taking cards in from a file: passes, lists of cards with their pictures, a code in a picture, a whole wallet.
//!
//! What is there already is not added a second time, and nothing that is there is changed, but for a pass, which its
//! issuer may have renewed. All of a file comes in in one transaction, and can be taken back. What was left out is said
//! with its reason; [`Report`] has all of it for who asks with a program.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::{Archive, ArchiveError};
use super::catima::{self, CatimaCard, CatimaError, Skipped};
use super::photos::Side;
use super::pkpass::{self, Pass, PassError};
use super::same::{known, renewed, was_deleted};
use super::{Card, CardCode, CardKind, Command, Old, PassId, Photos, WhyOld, file, text};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::Field;
use crate::fraud::{self, Trigger, is_strangers_code};
use crate::ids::{CardId, PhotoId};
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, KeptPhoto, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// A longer text is no list of cards.
pub const LONGEST_LIST: u64 = 8 << 20;
/// How many reasons are said on the page.
const MOST_SAID: usize = 3;

/// Pictures that came in an archive, made small, by their names in it.
pub type Pictures = BTreeMap<String, Vec<u8>>;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Report {
    /// How many things were added.
    pub added: usize,
    /// How many were there already.
    pub known: usize,
    /// Which of those say something newer now.
    pub renewed: Vec<CardId>,
    /// Why something was left out.
    pub skipped: Vec<Sentence>,
}

impl Core {
    /// Why parts of the file that was taken in last were left out, in words.
    #[must_use]
    pub fn left_out_of_import(&self) -> Vec<String> {
        let Some(report) = &self.screen.wallet.imported else {
            return Vec::new();
        };
        report.skipped.iter().map(|why| why.in_words(self.words())).collect()
    }

    /// How many things in the file that was taken in last were there already.
    #[must_use]
    pub fn known_in_import(&self) -> usize {
        self.screen.wallet.imported.as_ref().map_or(0, |report| report.known)
    }
}

/// Pictures that an archive holds and that are to be made small before it is taken in, by their names.
///
/// Only a list of cards and a whole wallet have any; those of a pass are not shown.
#[must_use]
pub fn picture_names(bytes: &[u8]) -> Vec<String> {
    let Ok(archive) = Archive::open(bytes) else {
        return Vec::new();
    };
    let mut names = archive.names();
    if archive.has(file::CONTENT) {
        names.retain(|name| file::photo_of(name).is_some());
    } else if list_of(&names).is_some() {
        names.retain(|name| side_of(name).is_some());
    } else {
        names.clear();
    }
    names
}

/// The list among the files of an archive: Catima's own, or else the only table of an archive that is no pass, which
/// somebody has packed by hand.
fn list_of(names: &[String]) -> Option<String> {
    let last = |name: &String| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    if let Some(list) = names.iter().find(|name| last(name) == "catima.csv") {
        return Some(list.clone());
    }
    // What begins with a point is what another system notes of a file.
    let is_table = |name: &&String| last(name).ends_with(".csv") && !last(name).starts_with('.');
    let mut tables = names.iter().filter(is_table);
    let only = tables.next().filter(|_| tables.next().is_none())?;
    let is_pass = |name: &String| last(name) == "pass.json" || last(name).ends_with(".pkpass");
    (!names.iter().any(is_pass)).then(|| only.clone())
}

/// The card, by its number in the list, and the side of it that a picture shows.
fn side_of(name: &str) -> Option<(i64, Side)> {
    let name = name.rsplit('/').next()?.strip_prefix("card_")?;
    let (stem, _) = name.rsplit_once('.')?;
    let (id, side) = stem.split_once('_')?;
    let side = match side {
        "front" => Side::Front,
        "back" => Side::Back,
        _ => return None,
    };
    Some((id.parse().ok()?, side))
}

/// A ZIP archive was read from a file.
pub(crate) fn archive(turn: &mut Turn<'_>, bytes: &[u8], pictures: Pictures) -> Result<(), StoreError> {
    turn.core.screen.wallet.imported = None;
    let mut archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(error) => return refuse(turn, reason(error.into())),
    };
    if archive.has(file::CONTENT) {
        return file::take_in(turn, &mut archive, pictures);
    }
    let Some(name) = list_of(&archive.names()) else {
        return passes(turn, bytes);
    };
    match archive.file(&name, LONGEST_LIST) {
        Ok(list) => match text::exact(&list) {
            Some(text) => {
                let sides = archive.names().iter().filter_map(|name| side_of(name)).collect();
                list_with(turn, &text, pictures, sides)
            }
            None => refuse(turn, "import-letters"),
        },
        Err(ArchiveError::Locked) => refuse(turn, "import-locked"),
        Err(_) => refuse(turn, "import-damaged"),
    }
}

fn refuse(turn: &mut Turn<'_>, why: &'static str) -> Result<(), StoreError> {
    turn.show(Outcome::new(Mark::Bad, "pass-unreadable-title").line(why).or(
        "files-again",
        Icon::Refresh,
        open(Page::Files),
    ));
    Ok(())
}

fn reason(error: PassError) -> &'static str {
    match error {
        PassError::Locked => "import-locked",
        PassError::NotAnArchive => "import-damaged",
        PassError::NoPass => "pass-unreadable-line",
        PassError::OtherFormat => "import-pass-other-format",
    }
}

fn passes(turn: &mut Turn<'_>, bytes: &[u8]) -> Result<(), StoreError> {
    let (language, zone) = (turn.core.words().language(), turn.core.now().time_zone().clone());
    let read = match pkpass::read_all(bytes, language, &zone) {
        Ok(read) => read,
        Err(error) => return refuse(turn, reason(error)),
    };
    let mut taken = Taken::default();
    for pass in read.passes {
        let card = card_of(turn, pass);
        taken.add(turn, card, true);
    }
    if read.unreadable > 0 {
        let count = read.unreadable.to_string();
        taken
            .report
            .skipped
            .push(Sentence("import-passes-unreadable", vec![("count", count)]));
    }
    Read::Cards(taken).finish(turn)
}

fn card_of(turn: &mut Turn<'_>, pass: Pass) -> Card {
    let now = turn.now();
    Card {
        pass: pass.id,
        number: pass.number,
        code: pass.code,
        details: pass.details,
        // What its issuer has declared void is over.
        expires_at: if pass.voided { Some(now) } else { pass.expires_at },
        ..Card::new(CardId(turn.uuid()), pass.kind, pass.name, now)
    }
}

/// A list of cards was read.
pub(crate) fn list(turn: &mut Turn<'_>, text: &str, pictures: Pictures) -> Result<(), StoreError> {
    list_with(turn, text, pictures, BTreeSet::new())
}

/// The same of a list in an archive that has pictures of these sides of its cards, if not all of them can be read.
fn list_with(
    turn: &mut Turn<'_>,
    text: &str,
    pictures: Pictures,
    sides: BTreeSet<(i64, Side)>,
) -> Result<(), StoreError> {
    turn.core.screen.wallet.imported = None;
    let list = match catima::read(text) {
        Ok(list) => list,
        Err(CatimaError::Newer) => return refuse(turn, "import-newer"),
        Err(CatimaError::NoCards) => return refuse(turn, "import-no-cards"),
        Err(CatimaError::NotAList) => return refuse(turn, "pass-unreadable-line"),
    };
    let mut taken = Taken::default();
    let mut seen = BTreeSet::new();
    let mut pictures: BySide = pictures
        .into_iter()
        .filter_map(|(name, jpeg)| Some((side_of(&name)?, jpeg)))
        .collect();
    for from in list.cards {
        let (id, is_note_cut) = (from.id, from.is_note_cut);
        let mut card = card_from_list(turn, from);
        if known(turn, &card).is_none() {
            let is_there =
                |side| id.is_some_and(|id| sides.contains(&(id, side)) && !pictures.contains_key(&(id, side)));
            let is_photo_missing = seen.insert(id) && (is_there(Side::Front) || is_there(Side::Back));
            card.photos = photos(turn, id, &mut pictures, &mut taken.changes);
            for (key, is_so) in [
                ("import-note-cut", is_note_cut),
                ("import-photo-missing", is_photo_missing),
            ] {
                if is_so {
                    let name = card.name.clone();
                    taken.report.skipped.push(Sentence(key, vec![("name", name)]));
                }
            }
        }
        taken.add(turn, card, false);
    }
    for (line, why) in list.skipped {
        let key = match why {
            Skipped::NoName => "import-row-no-name",
            Skipped::NoNumber => "import-row-no-number",
            Skipped::TooLong => "import-row-too-long",
            Skipped::Unreadable => "import-row-unreadable",
            Skipped::TooMany => "import-row-too-many",
        };
        taken
            .report
            .skipped
            .push(Sentence(key, vec![("line", line.to_string())]));
    }
    Read::Cards(taken).finish(turn)
}

fn card_from_list(turn: &mut Turn<'_>, from: CatimaCard) -> Card {
    let (words, now) = (turn.core.words(), turn.now());
    let mut details = Vec::new();
    if let Some((amount, currency)) = from.balance {
        details.push((
            words.get("card-balance"),
            format!("{amount} {currency}").trim().to_owned(),
        ));
    }
    if !from.groups.is_empty() {
        details.push((words.get("card-group"), from.groups.join(" · ")));
    }
    Card {
        number: from.number,
        code: from.code,
        details,
        valid_from: from.valid_from,
        expires_at: from.expires_at,
        pinned_at: from.starred.then_some(now),
        old: from.archived.then_some(Old {
            since: now,
            why: WhyOld::Expired,
        }),
        note: from.note,
        ..Card::new(CardId(turn.uuid()), CardKind::Member, from.name, now)
    }
}

/// Pictures by the card's number in the list, and the side that they show.
type BySide = BTreeMap<(i64, Side), Vec<u8>>;

/// The pictures of a card of the list; each is taken once.
fn photos(turn: &mut Turn<'_>, id: Option<i64>, pictures: &mut BySide, changes: &mut Vec<Change>) -> Photos {
    let mut take = |side| {
        let jpeg = pictures.remove(&(id?, side))?;
        let id = PhotoId(turn.uuid());
        changes.push(Change::PutPhoto(KeptPhoto { id, jpeg }));
        Some(id)
    };
    Photos {
        front: take(Side::Front),
        back: take(Side::Back),
    }
}

/// What was read from a file, and may have to wait for an answer before it is kept.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    /// Passes, a list, or the code in a picture.
    Cards(Taken),
    /// A whole wallet.
    Wallet(file::Taken),
}

impl Read {
    /// Keeps all of it; what a fraud may be behind is asked about first, on one page for the whole file.
    pub(super) fn finish(self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        let mut triggers = self.triggers();
        triggers.sort_by_key(|&trigger| !fraud::needs_asking(turn.core, trigger));
        let Some(&trigger) = triggers.first() else {
            return self.keep(turn);
        };
        turn.core.screen.wallet.read = Some(self);
        fraud::ask(turn, trigger, AppCommand::Wallet(Command::KeepRead))
    }

    /// A bank card, and a code that no card carries.
    fn triggers(&self) -> Vec<Trigger> {
        let cards: Vec<&Card> = match self {
            Self::Cards(taken) => taken.cards.iter().collect(),
            Self::Wallet(taken) => taken.cards().collect(),
        };
        let other_codes = match self {
            Self::Cards(taken) => taken.other_codes.as_slice(),
            Self::Wallet(_) => &[],
        };
        let mut codes = cards.iter().filter_map(|card| card.code.as_ref()).chain(other_codes);
        let bank = cards.iter().any(|card| card.kind == CardKind::Bank);
        let strangers = codes.any(|code| is_strangers_code(&code.text));
        let found = [(bank, Trigger::AddBankCard), (strangers, Trigger::StrangersCode)];
        found
            .into_iter()
            .filter_map(|(is_there, trigger)| is_there.then_some(trigger))
            .collect()
    }

    fn keep(self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        match self {
            Self::Cards(taken) => taken.keep(turn),
            Self::Wallet(taken) => taken.keep(turn),
        }
    }
}

/// What is to be kept of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taken {
    report: Report,
    changes: Vec<Change>,
    cards: Vec<Card>,
    /// Which passes the file has had so far.
    passes: BTreeSet<PassId>,
    /// Which cards that are there some of those are.
    become_passes: BTreeSet<CardId>,
    /// What cards that are there show from now on.
    other_codes: Vec<CardCode>,
    /// Nothing has said what the card is, and what it is called.
    is_guessed: bool,
}

impl Taken {
    /// Takes a card in; where it is there, `renew` says whether what it has besides is taken over.
    fn add(&mut self, turn: &Turn<'_>, card: Card, renew: bool) {
        // One pass that lies in a bundle twice is one.
        if card.pass.as_ref().is_some_and(|pass| !self.passes.insert(pass.clone())) {
            self.report.known += 1;
            return;
        }
        // Of two that look like a card from before passes had names, one is that card.
        let free = |known: &Card| card.pass.is_none() || self.become_passes.insert(known.id);
        let Some(known) = known(turn, &card).filter(free) else {
            self.report.added += 1;
            self.cards.push(card);
            return;
        };
        self.report.known += 1;
        let newer = if renew {
            renewed(&known, card, turn.now())
        } else {
            let is_back = was_deleted(&known) && card.old.is_none();
            let old = if is_back { None } else { known.old };
            Card { old, ..known.clone() }
        };
        if newer != known {
            self.report.renewed.push(known.id);
            if newer.code != known.code {
                self.other_codes.extend(newer.code.clone());
            }
            self.changes.push(Change::PutCard(newer));
        }
    }

    fn keep(mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        let names: Vec<&str> = self
            .cards
            .iter()
            .take(MOST_SAID)
            .map(|card| card.name.as_str())
            .collect();
        let names = names.join(" · ");
        let first = self.cards.first().map(|card| card.id);
        self.changes.extend(self.cards.into_iter().map(Change::PutCard));
        if !self.changes.is_empty() {
            turn.commit_undoable(self.changes)?;
        }
        if turn.core.page() != Page::Wallet {
            turn.back_to(Page::Wallet);
        }
        let renewed = self.report.renewed.first().copied();
        let outcome = match (self.report.added, self.report.known) {
            (0, _) if renewed.is_some() => {
                turn.core.screen.wallet.shown = renewed;
                Outcome::new(Mark::Good, "import-renewed-title")
                    .line("import-renewed-line")
                    .main("card-kept-show", Icon::CreditCard, open(Page::Card))
            }
            (0, 0) => Outcome::new(Mark::Bad, "import-nothing-title"),
            (0, _) => Outcome::new(Mark::Good, "import-known-title").line("import-known-line"),
            (1, _) => {
                turn.core.screen.wallet.shown = first;
                let outcome = Outcome::new(Mark::Good, "card-kept-title")
                    .line(Sentence("card-kept-line", vec![("name", names)]))
                    .main("card-kept-show", Icon::CreditCard, open(Page::Card));
                if self.is_guessed {
                    let name = AppCommand::Wallet(Command::Edit(Field::CardName));
                    outcome.or("card-kept-name", Icon::Edit, name).or(
                        "card-kept-kind",
                        Icon::Badge,
                        open(Page::CardKind),
                    )
                } else {
                    outcome
                }
            }
            (count, _) => {
                let title = Sentence("import-kept-title", vec![("count", count.to_string())]);
                Outcome::new(Mark::Good, title)
                    .line(Sentence("import-kept-line", vec![("names", names)]))
                    .main("import-kept-show", Icon::Wallet, open(Page::Wallet))
            }
        };
        let outcome = self.report.said(outcome);
        let undoable = self.report.added > 0 || renewed.is_some();
        turn.core.screen.wallet.imported = Some(self.report);
        turn.show(if undoable { outcome.undoable() } else { outcome });
        Ok(())
    }
}

impl Report {
    /// Says what was left out.
    pub(crate) fn said(&self, mut outcome: Outcome) -> Outcome {
        for why in self.skipped.iter().take(MOST_SAID) {
            outcome = outcome.line(why.clone());
        }
        match self.skipped.len().saturating_sub(MOST_SAID) {
            0 => outcome,
            more => outcome.line(Sentence("import-more-left-out", vec![("count", more.to_string())])),
        }
    }
}

/// A code was read on a picture, and it is no document: it may be a card's.
pub(crate) fn code(turn: &mut Turn<'_>, code: CardCode) -> Result<(), StoreError> {
    // Longer texts are for a scanner, and nothing to read out.
    let is_number = code.text.chars().count() <= 40 && code.text.chars().all(|c| c.is_ascii_graphic());
    let name = turn.core.words().get("card-member");
    let now = turn.now();
    let card = Card {
        number: if is_number { code.text.clone() } else { String::new() },
        code: Some(code),
        ..Card::new(CardId(turn.uuid()), CardKind::Member, name, now)
    };
    turn.core.screen.wallet.imported = None;
    let mut taken = Taken {
        is_guessed: true,
        ..Taken::default()
    };
    taken.add(turn, card, false);
    Read::Cards(taken).finish(turn)
}

/// The person wants what was asked about all the same.
pub(super) fn keep_read(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(read) = turn.core.screen.wallet.read.take() else {
        return Ok(());
    };
    let kept = read.clone().keep(turn);
    if kept.is_err() {
        turn.core.screen.wallet.read = Some(read);
    }
    kept
}
