//! Cards out of Catima's export: a list in CSV, alone or in a ZIP archive with pictures.
//!
//! There are two versions. The first is one table of cards with a header; lists of the older Loyalty Card Keychain are
//! the same with fewer columns. The second says `2` first and then has three tables: groups, cards, and which card is in
//! which group. A table is known by its header, so that it does not matter which columns a release of Catima had, in
//! which order. Quoting is that of RFC 4180.
//!
//! Programs for tables save such a list with other marks between the columns, which they may name in a line before it
//! (`sep=;`), and fill every row up to the longest.
//!
//! A row that can't be a card is left out with its reason, and so is no other: a quotation mark that is never closed
//! costs its own line alone. What a card has beside its name and number is taken as far as it makes sense: Catima lets
//! a card without a readable balance, colour or expiry in as well. How often a card was used, and its colours, are not
//! kept.

use std::collections::BTreeMap;

use csv::StringRecord;
use jiff::{SignedDuration, Timestamp};

use super::{CardCode, text};
use crate::symbol::{self, Symbology, check};

mod rows;

use rows::{Columns, Rows};

/// The most cards that are taken from one list.
pub const MOST_CARDS: usize = 5_000;
/// More rows than this are no list of cards.
const MOST_ROWS: usize = 4 * MOST_CARDS;
/// The most characters of a number that is shown, and of a note. A code may be longer, as far as it can be drawn.
const LONGEST_NUMBER: usize = 2_000;
const LONGEST_NOTE: usize = 2_000;
/// The newest version that is known.
const NEWEST: u32 = 2;

/// A card as Catima keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatimaCard {
    /// Its number in the list, by which its pictures are named.
    pub id: Option<i64>,
    /// The shop.
    pub name: String,
    /// What its owner has written down.
    pub note: String,
    /// Whether that is only the beginning of it.
    pub is_note_cut: bool,
    /// The number on it; empty where it is so long that only its code is of any use.
    pub number: String,
    /// Its code, where it has one that can be drawn.
    pub code: Option<CardCode>,
    /// From when it may be used.
    pub valid_from: Option<Timestamp>,
    /// The moment from which it may not be used any more: the end of the day that Catima names.
    pub expires_at: Option<Timestamp>,
    /// What is on it, as it is written, and in which currency (ISO 4217); empty where it is points.
    pub balance: Option<(String, String)>,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// Whether it stands in front.
    pub starred: bool,
    /// Whether it was put away.
    pub archived: bool,
}

/// What a list says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatimaList {
    /// The cards in their order.
    pub cards: Vec<CatimaCard>,
    /// Rows that are none: their line, and why.
    pub skipped: Vec<(u64, Skipped)>,
}

/// Why a row is no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Skipped {
    /// There is no name of a shop.
    #[error("it has no name")]
    NoName,
    /// There is no number.
    #[error("it has no number")]
    NoNumber,
    /// The number is longer than any card's, and no code holds it.
    #[error("its number is longer than any card's")]
    TooLong,
    /// It has more columns than the table, or a quotation mark is never closed, or its own number is none.
    #[error("it can't be read")]
    Unreadable,
    /// The list has more cards than a person has.
    #[error("there are more cards than can be kept")]
    TooMany,
}

/// Why a text is no list of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatimaError {
    /// It has no table of cards.
    #[error("this is no list of cards")]
    NotAList,
    /// It is of a version that came later.
    #[error("this list is of a newer version of Catima")]
    Newer,
    /// It has no cards.
    #[error("there is no card in this list")]
    NoCards,
}

/// Whether a text begins as such a list does. One that lacks a column, or is of a version that came later, is one too,
/// so that whoever chose it hears what is wrong with a list.
#[must_use]
pub fn is_list(text: &str) -> bool {
    let mut lines = telling(text);
    let Some(first) = lines.next() else { return false };
    if version(first).is_some_and(|version| version < 1_000) {
        // A number alone is no list.
        return lines.next().is_some();
    }
    let fields = fields_of(first);
    let is_column = |field: &String| ["_id", "store", "cardid"].contains(&field.as_str());
    named_delimiter(text).is_some() || fields == ["_id"] || (fields.len() > 1 && fields.iter().any(is_column))
}

/// The lines that say something: programs for tables fill empty ones with what parts the columns.
fn telling(text: &str) -> impl Iterator<Item = &str> {
    let says = |line: &&str| {
        !line
            .trim_matches(|c: char| c.is_whitespace() || ",;\"\u{feff}".contains(c))
            .is_empty()
    };
    let named = usize::from(named_delimiter(text).is_some());
    text.lines().filter(says).skip(named)
}

/// What parts the columns where the first line says so and nothing else, for programs for tables: `sep=;`.
fn named_delimiter(text: &str) -> Option<u8> {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ', '"']);
    let (name, rest) = text.split_at_checked(4)?;
    let delimiter = rest.bytes().next().filter(|byte| b",;\t".contains(byte))?;
    name.eq_ignore_ascii_case("sep=").then_some(delimiter)
}

fn version(line: &str) -> Option<u32> {
    let alone = line.trim_matches(|c: char| c.is_whitespace() || ",;\u{feff}".contains(c));
    alone.trim_matches('"').parse().ok()
}

/// What stands in a line, roughly: enough to know a header by.
fn fields_of(line: &str) -> Vec<String> {
    let line = line.trim_matches('\u{feff}');
    let fields = line.split(delimiter(line) as char);
    fields
        .map(|field| field.trim().trim_matches('"').trim().to_lowercase())
        .collect()
}

/// What parts the columns: a comma, but programs for tables save what they have opened otherwise.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: char| header.matches(delimiter).count();
    match (count(','), count(';'), count('\t')) {
        (0, semicolons, 0) if semicolons > 0 => b';',
        (0, 0, tabs) if tabs > 0 => b'\t',
        _ => b',',
    }
}

/// A table, known by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Groups,
    Cards,
    Members,
}

impl Table {
    fn of(header: &[String]) -> Option<Self> {
        let has = |name: &str| header.iter().any(|field| field == name);
        if has("store") && has("cardid") {
            Some(Self::Cards)
        } else if has("cardid") && has("groupid") {
            Some(Self::Members)
        } else {
            (header == ["_id"]).then_some(Self::Groups)
        }
    }

    /// The same of a row below cards without a number of its own, which may be one more card, of a shop that is called as
    /// a column is: a header names the column of those numbers, or is that of the last table, in full.
    fn after_cards(row: &[String]) -> Option<Self> {
        let is_members = row
            .split_at_checked(2)
            .is_some_and(|(names, rest)| names == ["cardid", "groupid"] && rest.iter().all(String::is_empty));
        let is_header = is_members || row.iter().any(|field| field == "_id");
        is_header.then(|| Self::of(row)).flatten()
    }
}

/// Reads a list.
///
/// # Errors
/// When there is no card in it.
pub fn read(text: &str) -> Result<CatimaList, CatimaError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = telling(text).next().unwrap_or_default();
    if version(first).is_some_and(|version| version > NEWEST) {
        return Err(CatimaError::Newer);
    }
    let header = text.lines().map(str::to_lowercase).find(|line| line.contains("cardid"));
    let delimiter = named_delimiter(text).unwrap_or_else(|| delimiter(&header.unwrap_or_default()));
    let mut list = Builder::default();
    let mut rows = Rows::new(text, delimiter);
    for _ in 0..MOST_ROWS {
        let Some((line, row)) = rows.next() else { break };
        list.take(line, row);
        rows.table = list.columns();
    }
    if let Some((line, _)) = rows.next() {
        list.list.skipped.push((line, Skipped::TooMany));
    }
    list.finish()
}

/// Collects the cards.
#[derive(Default)]
struct Builder {
    table: Option<Table>,
    header: Vec<String>,
    found: bool,
    list: CatimaList,
    groups: BTreeMap<i64, Vec<String>>,
}

impl Builder {
    fn take(&mut self, line: u64, row: Option<StringRecord>) {
        let Some(row) = row else {
            if self.table == Some(Table::Cards) {
                self.list.skipped.push((line, Skipped::Unreadable));
            }
            return;
        };
        let mut header: Vec<String> = row.iter().map(|field| field.trim().to_lowercase()).collect();
        // Programs for tables fill every row up to the longest.
        while header.last().is_some_and(String::is_empty) {
            header.pop();
        }
        if header.is_empty() {
            return;
        }
        let table = match self.table {
            Some(Table::Cards) if self.field(&row, "_id").parse::<i64>().is_ok() => None,
            Some(Table::Cards) => Table::after_cards(&header),
            _ => Table::of(&header),
        };
        if let Some(table) = table {
            self.found |= table == Table::Cards;
            (self.table, self.header) = (Some(table), header);
            return;
        }
        match self.table {
            Some(Table::Cards) if self.list.cards.len() >= MOST_CARDS => {
                self.list.skipped.push((line, Skipped::TooMany));
            }
            Some(Table::Cards) => match self.card(&row) {
                Ok(card) => self.list.cards.push(card),
                Err(why) => self.list.skipped.push((line, why)),
            },
            Some(Table::Members) => {
                let group = text::name(self.field(&row, "groupid"));
                if let (Ok(card), false) = (self.field(&row, "cardid").parse(), group.is_empty()) {
                    let groups: &mut Vec<String> = self.groups.entry(card).or_default();
                    if !groups.contains(&group) && groups.len() < 10 {
                        groups.push(group);
                    }
                }
            }
            // What groups there are is known by the cards in them.
            Some(Table::Groups) | None => {}
        }
    }

    /// The columns of the table that is being read.
    fn columns(&self) -> Columns {
        let names: &[&str] = match self.table {
            Some(Table::Cards) => &["store", "cardid"],
            Some(Table::Members) => &["cardid", "groupid"],
            Some(Table::Groups) | None => &[],
        };
        let place = |name: &&str| self.header.iter().position(|column| column == name);
        Columns {
            all: self.header.len(),
            needed: names.iter().filter_map(place).max().map_or(1, |last| last + 1),
        }
    }

    /// A field of a row by its column as it stands there; empty where there is none.
    fn whole_field<'r>(&self, row: &'r StringRecord, column: &str) -> &'r str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| row.get(place)).unwrap_or_default()
    }

    /// The same without spaces at its ends.
    fn field<'r>(&self, row: &'r StringRecord, column: &str) -> &'r str {
        self.whole_field(row, column).trim()
    }

    fn card(&self, row: &StringRecord) -> Result<CatimaCard, Skipped> {
        let field = |column: &str| self.field(row, column);
        // More columns than the table has: a comma that was not quoted, so that everything behind it is wrong.
        let rest = row.iter().skip(self.header.len());
        if rest.clone().any(|extra| !extra.trim().is_empty()) {
            return Err(Skipped::Unreadable);
        }
        let id = match field("_id") {
            "" => None,
            id => Some(id.parse().map_err(|_| Skipped::Unreadable)?),
        };
        let name = text::name(field("store"));
        if name.is_empty() {
            return Err(Skipped::NoName);
        }
        let number = field("cardid");
        if number.is_empty() {
            return Err(Skipped::NoNumber);
        }
        // What a till reads may end in spaces: they are part of a field (RFC 4180, 2.4), and Catima draws them.
        let column = if field("barcodeid").is_empty() {
            "cardid"
        } else {
            "barcodeid"
        };
        let code = code(field("barcodetype"), self.whole_field(row, column));
        let is_shown = number.chars().count() <= LONGEST_NUMBER;
        if !is_shown && code.is_none() {
            return Err(Skipped::TooLong);
        }
        let note = lines(field("note"));
        let kept: String = note.chars().take(LONGEST_NOTE).collect();
        let kept = kept.trim_end().to_owned();
        let day = SignedDuration::from_hours(24);
        Ok(CatimaCard {
            id,
            name,
            is_note_cut: kept.len() < note.len(),
            note: kept,
            // A part of a number would be a wrong one.
            number: if is_shown { lines(number) } else { String::new() },
            code,
            valid_from: moment(field("validfrom")),
            expires_at: moment(field("expiry")).and_then(|at| at.checked_add(day).ok()),
            balance: balance(field("balance"), field("balancetype")),
            groups: Vec::new(),
            starred: field("starstatus") == "1",
            archived: field("archive") == "1",
        })
    }

    fn finish(mut self) -> Result<CatimaList, CatimaError> {
        for card in &mut self.list.cards {
            card.groups = card.id.and_then(|id| self.groups.get(&id)).cloned().unwrap_or_default();
        }
        if !self.found {
            Err(CatimaError::NotAList)
        } else if self.list.cards.is_empty() && self.list.skipped.is_empty() {
            Err(CatimaError::NoCards)
        } else {
            Ok(self.list)
        }
    }
}

/// What can be shown of a text of several lines.
fn lines(text: &str) -> String {
    let shown = text.replace("\r\n", "\n");
    let shown = shown.chars().filter(|c| !c.is_control() || *c == '\n');
    shown.collect::<String>().trim().to_owned()
}

/// A code by the name of its kind in ZXing. Spaces at the ends belong to its text, but for kinds that have none.
fn code(kind: &str, text: &str) -> Option<CardCode> {
    let symbology = match kind.to_uppercase().as_str() {
        "AZTEC" => Symbology::Aztec,
        "CODABAR" => Symbology::Codabar,
        "CODE_39" => Symbology::Code39,
        "CODE_93" => Symbology::Code93,
        "CODE_128" => Symbology::Code128,
        "DATA_MATRIX" => Symbology::DataMatrix,
        "EAN_8" => Symbology::Ean8,
        "EAN_13" => Symbology::Ean13,
        "ITF" => Symbology::Itf,
        "PDF_417" => Symbology::Pdf417,
        "QR_CODE" => Symbology::Qr,
        "UPC_A" => Symbology::UpcA,
        "UPC_E" => Symbology::UpcE,
        _ => return None,
    };
    // A letter that was lost on the way here is lost to the till too.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let drawn = |text: &str| {
        let text = check::completed(symbology, text);
        symbol::encode(symbology, &text).ok()?;
        Some(CardCode { symbology, text })
    };
    let trimmed = Some(text.trim()).filter(|trimmed| *trimmed != text);
    drawn(text).or_else(|| drawn(trimmed?))
}

/// A moment in milliseconds since 1970. Some lists have seconds: as milliseconds those are days of 1970, before there
/// was any such card.
fn moment(text: &str) -> Option<Timestamp> {
    const FIRST: i64 = 100_000_000_000;
    match text.parse::<i64>().ok()? {
        0 => None,
        seconds if seconds.abs() < FIRST => Timestamp::from_second(seconds).ok(),
        milliseconds => Timestamp::from_millisecond(milliseconds).ok(),
    }
}

fn balance(amount: &str, currency: &str) -> Option<(String, String)> {
    let digits = amount.strip_prefix('-').unwrap_or(amount);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|c| c.is_ascii_digit());
    let is_nothing = digits.bytes().all(|c| matches!(c, b'0' | b'.'));
    let currency = Some(currency).filter(|code| code.len() == 3 && code.bytes().all(|c| c.is_ascii_uppercase()));
    let holds = is_number(whole) && is_number(part) && !(is_nothing && currency.is_none());
    holds.then(|| (amount.to_owned(), currency.unwrap_or_default().to_owned()))
}

#[cfg(test)]
#[path = "catima_tests.rs"]
mod tests;
