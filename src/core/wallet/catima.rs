//! Cards out of Catima's export: a list in CSV, alone or in a ZIP archive with pictures.
//!
//! There are two versions. The first is one table of cards with a header; lists of the older Loyalty Card Keychain are
//! the same with fewer columns. The second says `2` first and then has three tables: groups, cards, and which card is in
//! which group. A table is known by its header, so that it does not matter which columns a release of Catima had, in
//! which order. Quoting is that of RFC 4180.
//!
//! A row that can't be a card is left out with its reason, and so is no other: a quotation mark that is never closed
//! costs its own line alone. What a card has beside its name and number is taken as far as it makes sense: Catima lets
//! a card without a readable balance, colour or expiry in as well. How often a card was used, and its colours, are not
//! kept.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use jiff::{SignedDuration, Timestamp};

use super::CardCode;
use super::pkpass::clipped;
use crate::symbol::{self, Symbology, check};

/// The most cards that are taken from one list.
pub const MOST_CARDS: usize = 5_000;
/// More rows than this are no list of cards.
const MOST_ROWS: usize = 4 * MOST_CARDS;
/// The longest row in bytes.
const LONGEST_ROW: usize = 32 << 10;
/// After so many rows that can't be read, each is looked for in its own line alone.
const MOST_BROKEN: u32 = 200;
/// The most characters of a number, and of a note.
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
    /// The number on it.
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
    /// The number is longer than any card's.
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

/// Whether a text begins as such a list does.
#[must_use]
pub fn is_list(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ']);
    let first = text.lines().next().unwrap_or_default();
    if version(first).is_some() {
        // A number alone is no list: the next line that is not empty begins a table.
        let table = text.lines().skip(1).map(str::trim).find(|line| !line.is_empty());
        return table.is_some_and(|line| line.to_lowercase().trim_matches('"').starts_with("_id"));
    }
    Table::of(&fields_of(first)) == Some(Table::Cards)
}

fn version(line: &str) -> Option<u32> {
    line.trim().trim_matches('"').parse().ok()
}

/// What stands in a line, roughly: enough to know a header by.
fn fields_of(line: &str) -> Vec<String> {
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
}

/// Reads a list.
///
/// # Errors
/// When there is no card in it.
pub fn read(text: &str) -> Result<CatimaList, CatimaError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    if version(first).is_some_and(|version| version > NEWEST) {
        return Err(CatimaError::Newer);
    }
    let header = text
        .lines()
        .find(|line| line.to_lowercase().contains("cardid"))
        .unwrap_or_default();
    let mut list = Builder::default();
    let mut rows = Rows::new(text, delimiter(header));
    for _ in 0..MOST_ROWS {
        let Some((line, row)) = rows.next() else { break };
        list.take(line, row);
        rows.columns = list.header.len();
    }
    list.finish()
}

/// The rows of a text with the lines they begin in. Empty lines are none.
struct Rows<'a> {
    text: &'a str,
    delimiter: u8,
    /// Where the next one begins, and in which line.
    at: usize,
    line: u64,
    /// How many columns the table has that is being read.
    columns: usize,
    /// How many could not be read.
    broken: u32,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            at: 0,
            line: 1,
            columns: 0,
            broken: 0,
        }
    }

    /// Reads a row from where the next begins; `None` where that is no row.
    fn row(&self, longest: usize) -> Option<(StringRecord, usize)> {
        let rest = self.text.get(self.at..)?;
        let mut end = rest.len().min(longest);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let window = rest.get(..end)?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(window.as_bytes());
        let mut row = StringRecord::new();
        reader.read_record(&mut row).ok().filter(|&read| read)?;
        let length = usize::try_from(reader.position().byte()).ok()?;
        let taken = window.get(..length)?;
        if !taken.trim_end().contains('\n') {
            return Some((row, length));
        }
        // Of several lines it is one row only if that fits the table, and if it does not run into the end inside of a
        // quotation: else a quotation mark was never closed, and has taken what follows in.
        let ended = length < window.len() || (end == rest.len() && taken.matches('"').count().is_multiple_of(2));
        (ended && row.len() == self.columns).then_some((row, length))
    }

    fn step(&mut self, length: usize) {
        let taken = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.line += taken.matches('\n').count() as u64;
        self.at += length;
    }
}

impl Iterator for Rows<'_> {
    type Item = (u64, Option<StringRecord>);

    fn next(&mut self) -> Option<Self::Item> {
        // Empty lines part the tables, and mean nothing else.
        let rest = self.text.get(self.at..)?;
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        self.step(blank);
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let begins = self.line;
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let longest = if self.broken < MOST_BROKEN { LONGEST_ROW } else { line };
        match self.row(longest.max(line)) {
            Some((row, length)) if length > 0 => {
                self.step(length);
                Some((begins, Some(row)))
            }
            // Its own line is lost, and no other.
            _ => {
                self.broken += 1;
                self.step(line);
                Some((begins, None))
            }
        }
    }
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
        let header: Vec<String> = row.iter().map(|field| field.trim().to_lowercase()).collect();
        if let Some(table) = Table::of(&header) {
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
                let group = clipped(self.field(&row, "groupid"));
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

    /// A field of a row by its column; empty where there is none.
    fn field<'r>(&self, row: &'r StringRecord, column: &str) -> &'r str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| row.get(place)).unwrap_or_default().trim()
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
        let name = clipped(field("store"));
        if name.is_empty() {
            return Err(Skipped::NoName);
        }
        let number = field("cardid");
        if number.is_empty() {
            return Err(Skipped::NoNumber);
        }
        if number.chars().count() > LONGEST_NUMBER {
            return Err(Skipped::TooLong);
        }
        let says = Some(field("barcodeid")).filter(|id| !id.is_empty()).unwrap_or(number);
        let day = SignedDuration::from_hours(24);
        Ok(CatimaCard {
            id,
            name,
            note: lines(field("note"), LONGEST_NOTE),
            number: lines(number, LONGEST_NUMBER),
            code: code(field("barcodetype"), says),
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
fn lines(text: &str, longest: usize) -> String {
    let shown = text.replace("\r\n", "\n");
    let shown = shown.chars().filter(|c| !c.is_control() || *c == '\n');
    shown.take(longest).collect::<String>().trim().to_owned()
}

/// A code by the name of its kind in ZXing.
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
    // Where something could not be read, it would be another code.
    let text = Some(check::completed(symbology, text)).filter(|text| !text.contains(char::REPLACEMENT_CHARACTER))?;
    symbol::encode(symbology, &text).ok()?;
    Some(CardCode { symbology, text })
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
