//! The rows of a list with the lines they begin in. Empty lines are none.
//!
//! A quoted field may have line ends in it (RFC 4180, 2.6), however many. But a quotation mark that is never closed must
//! not take in the cards that follow: a row goes over several lines only where its quotation is closed as it should be,
//! before the next column or the row's end, and where what comes of it fits the table. Else its own line is lost, and no
//! other.

use csv::{ReaderBuilder, StringRecord};

/// The rows of a text.
pub(super) struct Rows<'a> {
    text: &'a str,
    delimiter: u8,
    /// Where the next one begins, and in which line.
    at: usize,
    line: u64,
    /// What a row of several lines has to fit.
    pub table: Columns,
    /// How many bytes may still be looked through in vain behind a line's own end, so that a text that opens quotations
    /// in every line is read in the time that its length takes.
    patience: usize,
}

/// The columns of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// How many it has.
    pub all: usize,
    /// So many at least a row must have to be of any use.
    pub needed: usize,
}

/// Before the first table no row goes over several lines.
const NO_TABLE: Columns = Columns {
    all: 0,
    needed: usize::MAX,
};

/// How a row ends.
enum End {
    /// After so many bytes, with its line's end; and whether there are line ends in it.
    Here(usize, bool),
    /// Nowhere that could be found in so many bytes.
    Nowhere(usize),
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            at: 0,
            line: 1,
            table: NO_TABLE,
            patience: text.len().saturating_mul(8),
        }
    }

    /// Reads a row from where the next begins, and its length; `None` where that is no row.
    fn row(&mut self, rest: &str, line: usize) -> Option<(StringRecord, usize)> {
        let window = rest.len().min(self.patience.max(line));
        let (length, is_long) = match self.end(rest.as_bytes(), window) {
            End::Here(length, is_long) => (length, is_long),
            End::Nowhere(looked) => {
                self.patience = self.patience.saturating_sub(looked);
                return None;
            }
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(rest.get(..length)?.as_bytes());
        let mut row = StringRecord::new();
        reader.read_record(&mut row).ok().filter(|&read| read)?;
        if is_long && !self.fits(&row) {
            self.patience = self.patience.saturating_sub(length);
            return None;
        }
        Some((row, length))
    }

    /// Whether a row reaches what makes it one, and has nothing behind the table's last column.
    fn fits(&self, row: &StringRecord) -> bool {
        row.len() >= self.table.needed && row.iter().skip(self.table.all).all(|extra| extra.trim().is_empty())
    }

    /// Looks for the end of a row in the first `window` bytes. On a line of its own, a quotation that goes on behind its
    /// mark is forgiven.
    fn end(&self, rest: &[u8], window: usize) -> End {
        #[derive(Clone, Copy)]
        enum At {
            Start,
            Plain,
            Quoted,
            /// Behind a mark that closes the quotation, or is the first of two that are one.
            Mark,
        }
        let (mut at, mut sound, mut is_long) = (At::Start, true, false);
        for (place, &byte) in rest.iter().enumerate().take(window) {
            let is_end = matches!(byte, b'\r' | b'\n');
            at = match (at, byte) {
                (At::Start | At::Mark, b'"') => At::Quoted,
                (At::Quoted, b'"') => At::Mark,
                (At::Quoted, _) if is_end && !sound => return End::Nowhere(place),
                (At::Quoted, _) => {
                    is_long |= is_end;
                    At::Quoted
                }
                _ if is_end => return End::Here(place + 1, is_long),
                _ if byte == self.delimiter => At::Start,
                (At::Mark, _) if is_long => return End::Nowhere(place),
                (At::Mark, _) => {
                    sound = false;
                    At::Plain
                }
                _ => At::Plain,
            };
        }
        match at {
            At::Quoted => End::Nowhere(window),
            _ if window < rest.len() => End::Nowhere(window),
            _ => End::Here(window, is_long),
        }
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
        let text: &str = self.text;
        let rest = text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let begins = self.line;
        let line = rest.find(['\r', '\n']).map_or(rest.len(), |end| end + 1);
        let (row, length) = match self.row(rest, line) {
            Some((row, length)) => (Some(row), length),
            None => (None, line),
        };
        self.step(length);
        Some((begins, row))
    }
}
