//! What can be printed, in which form, and what is then on the paper.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{CardId, ContactId, DocumentId, VisitId};
use crate::settings::Language;
use crate::view::{Mark, Symbol};

/// Something that can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// A signed document: a health code, a vaccination, a test, a travel record.
    Document(DocumentId),
    /// The slip of a visit.
    Visit(VisitId),
    /// A card.
    Card(CardId),
    /// Several cards, as they were chosen (see `wallet::Command::PrintAll`).
    Cards,
    /// Whom to call and what to know in an emergency.
    EmergencyCard,
    /// The form that is filled in at an entrance, with what is known of the person.
    EntryForm,
    /// The same to fill in by hand.
    BlankEntryForm,
    /// That a relative may do something for the person.
    Authorisation(Authorisation),
    /// The entries of a day in the register of a checkpoint.
    Register(Date),
    /// The letter that cash was refused.
    CashComplaint,
}

/// Whom the person lets do what, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// Who.
    pub contact: ContactId,
    /// What.
    pub purpose: Purpose,
    /// The last day.
    pub until: Date,
}

/// What a relative may be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// 取药
    CollectMedicine,
    /// 挂号
    Book,
    /// 拿检查结果
    FetchResults,
    /// 出示健康码
    ShowCode,
    /// 办卡和证件
    Papers,
}

impl Purpose {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::CollectMedicine,
        Self::Book,
        Self::FetchResults,
        Self::ShowCode,
        Self::Papers,
    ];

    /// The word in signed documents, on the command line and in the names of buttons (`may-…`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CollectMedicine => "collect-medicine",
            Self::Book => "book",
            Self::FetchResults => "fetch-results",
            Self::ShowCode => "show-code",
            Self::Papers => "papers",
        }
    }

    /// The key of its words.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::CollectMedicine => "may-collect-medicine",
            Self::Book => "may-book",
            Self::FetchResults => "may-fetch-results",
            Self::ShowCode => "may-show-code",
            Self::Papers => "may-papers",
        }
    }
}

/// The form of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Format {
    /// A whole page in large print.
    #[default]
    A4,
    /// A strip that is folded to the size of a bank card.
    FoldOut,
    /// The roll of a receipt printer.
    Receipt,
}

impl Format {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::A4, Self::FoldOut, Self::Receipt];
}

/// In which form and language something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The form.
    pub format: Format,
    /// The language, which may be another than the screen's.
    pub language: Language,
}

/// A code on paper, and in words what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCode {
    /// The code.
    pub symbol: Symbol,
    /// The line that goes with it.
    pub caption: String,
}

/// One thing on paper: all its words, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Its form.
    #[serde(default)]
    pub format: Format,
    /// The language of the words.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// Its state: shape, colour and word.
    pub state: Option<(Mark, String)>,
    /// Labels and values; where a value is empty there is a line to write on.
    pub facts: Vec<(String, String)>,
    /// Its codes, the one by which it is checked first.
    #[serde(default)]
    pub codes: Vec<PaperCode>,
    /// The codes are things of their own, such as those of several cards, and follow the facts.
    #[serde(default)]
    pub is_collection: bool,
    /// What it is in full sentences, who vouches for it, and where to ask.
    pub notes: Vec<String>,
    /// When and by what it was printed.
    pub footer: String,
    /// On a fold-out: a heading, and how to cut and fold it.
    #[serde(default)]
    pub folding: Vec<String>,
    /// Its words are other people's, and no copy of it is kept in the print queue beyond this.
    #[serde(default)]
    pub kept_until: Option<jiff::Timestamp>,
}
