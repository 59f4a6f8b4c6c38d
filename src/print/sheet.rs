//! What a page says: the crate's plain input, made by whoever knows what the words mean.
//!
//! All words come from outside, already in the reader's language; this crate adds none but page
//! numbers. [`crate::Press`] turns sheets into a PDF.

use crate::PrintError;

/// Longest single text of a sheet, in characters.
const MAX_TEXT: usize = 4_000;
/// Longest sum of all texts of one document, in characters: some 150 pages.
const MAX_DOCUMENT: usize = 100_000;
/// The most symbols of one sheet: as many cards as the app prints at once.
const MAX_CODES: usize = 50;
/// Largest symbol side, in modules. A QR code has at most 177; a linear code of 80 characters
/// about 900.
const MAX_MODULES: usize = 1_000;

/// The language a sheet is written in: for hyphenation, Han glyph shapes and screen readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag that is written into the PDF.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::En => "en",
        }
    }
}

/// The form of the paper. Each is made for a hand, a wallet or a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// A4 with text of at least 18 points.
    #[default]
    A4,
    /// A strip on A4, to be cut out and folded to the size of a bank card (ISO/IEC 7810 ID-1,
    /// 85.60 mm by 53.98 mm), with text of at least 9 points.
    FoldOut,
    /// A receipt 80 mm wide and as long as it needs to be, printed on 72 mm of it, with text of at
    /// least 14 points.
    Receipt,
}

/// The shape beside the state's word, so that colour is never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// A tick in a circle.
    Ok,
    /// An exclamation mark in a triangle.
    Caution,
    /// A cross in an octagon.
    Stop,
    /// No shape.
    #[default]
    Plain,
}

/// A machine-readable symbol, already encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Modules in a row, without quiet zone.
    pub width: usize,
    /// Rows of modules, without quiet zone; 1 for a linear barcode.
    pub height: usize,
    /// Row by row from the top, `true` is dark; exactly `width * height` of them.
    pub modules: Vec<bool>,
    /// White space to keep on every side, in modules. Never less than 4 for a two-dimensional
    /// symbol (ISO/IEC 18004) or 10 for a linear one (ISO/IEC 15417) is used.
    pub quiet_zone: u32,
    /// A line under the symbol, such as the card's number.
    pub caption: Option<String>,
    /// What a screen reader says in place of the symbol.
    pub alt: String,
}

impl Code {
    /// Whether this is a barcode of bars rather than of modules in rows.
    #[must_use]
    pub fn is_linear(&self) -> bool {
        self.height == 1
    }

    fn check(&self) -> Result<(), PrintError> {
        let sides = 1..=MAX_MODULES;
        let fits = sides.contains(&self.width)
            && sides.contains(&self.height)
            && self.width * self.height == self.modules.len()
            && self.quiet_zone <= 40;
        if fits { Ok(()) } else { Err(PrintError::BadCode) }
    }
}

/// One paper: a health code, a slip, a card, a form. It becomes more pages if the text runs over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its form.
    pub format: Format,
    /// The language of all the words here.
    pub language: Language,
    /// What the paper is, in a few words.
    pub title: String,
    /// The state as one word, drawn large with the shape of `mark`.
    pub state: Option<String>,
    /// The shape and colour of the state.
    pub mark: Mark,
    /// Label and value, in reading order. Where the value is empty there is a line to write on.
    pub facts: Vec<(String, String)>,
    /// The symbols to be scanned, the one that matters most first.
    pub codes: Vec<Code>,
    /// The symbols are things of their own, as the codes of several cards are: they follow the facts, and each stands
    /// beside its own line in large print. Otherwise the first is what the paper is for, and stands above the facts.
    pub is_collection: bool,
    /// Paragraphs: what this is, who vouches for it, where to ask.
    pub notes: Vec<String>,
    /// A line at the foot of every page.
    pub footer: String,
    /// Beside a fold-out: a heading, and how to cut and fold it, step by step.
    pub folding: Vec<String>,
}

/// Refuses documents that would take unbounded time or paper, and codes that contradict
/// themselves.
pub(crate) fn check(sheets: &[Sheet]) -> Result<(), PrintError> {
    if sheets.is_empty() {
        return Err(PrintError::NothingToPrint);
    }
    let mut total = 0;
    for sheet in sheets {
        if sheet.codes.len() > MAX_CODES {
            return Err(PrintError::TooLong);
        }
        let code_texts = sheet
            .codes
            .iter()
            .flat_map(|code| code.caption.iter().map(String::as_str).chain([code.alt.as_str()]));
        let texts = [sheet.title.as_str(), sheet.footer.as_str()]
            .into_iter()
            .chain(sheet.state.as_deref())
            .chain(
                sheet
                    .facts
                    .iter()
                    .flat_map(|(label, value)| [label.as_str(), value.as_str()]),
            )
            .chain(sheet.notes.iter().chain(&sheet.folding).map(String::as_str))
            .chain(code_texts);
        for text in texts {
            // Bytes bound characters, so a huge text is refused without being counted.
            let length = if text.len() > 4 * MAX_TEXT {
                MAX_TEXT + 1
            } else {
                text.chars().count()
            };
            // One more for the text itself: ten million empty notes are a long document too.
            total += length + 1;
            if length > MAX_TEXT || total > MAX_DOCUMENT {
                return Err(PrintError::TooLong);
            }
        }
        for code in &sheet.codes {
            code.check()?;
        }
    }
    Ok(())
}
