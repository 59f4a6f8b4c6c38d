//! What is on the screen, in words.
//!
//! A view is plain data: the screen draws it, the voice reads it, `anban headless` prints it, and the tests look at
//! it. Each text that can be read aloud is a [`Line`] that knows its place in the reading order, so that what is read
//! and what is marked on the screen can't differ. Each answer carries the [`Command`] that it stands for; it is known
//! by a name and not by its place in a row, because the row may have changed by the time the tap arrives.
//!
//! There are few shapes of page ([`Body`]), and every page takes one of them. That keeps pages alike, and a new page
//! needs no new drawing.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::app::{Command, Page};
use crate::cash::Piece;
use crate::entry::{Field, Keys};
use crate::settings::{Language, TextSize, Theme};
use crate::symbol::Symbology;

mod icon;

pub use icon::Icon;

/// The whole screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Which page.
    pub page: Page,
    /// A number that grows with every page that is opened: what belongs to an older one is late.
    pub visit: u64,
    /// The language of all words here.
    pub language: Language,
    /// How large words are.
    pub text: TextSize,
    /// The colours.
    pub theme: Theme,
    /// The bars above and below.
    pub bars: Bars,
    /// What is between the bars.
    pub body: Body,
    /// What reading the page aloud says, part by part.
    pub reading: Vec<String>,
    /// The part that is being read.
    pub being_read: Option<usize>,
    /// Words that would have been spoken, where there is no voice.
    pub caption: Option<String>,
    /// Whether the screen is to be at its brightest.
    pub brightest: bool,
    /// Whether the screen is to stay on although nobody touches it: it is held out to somebody.
    #[serde(default)]
    pub awake: bool,
    /// Whether what is typed without a field to type into is a scanner's, and goes to the core as a whole text.
    pub takes_scans: bool,
}

/// The words of the bars. They never move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bars {
    /// 安伴: the window's name.
    pub name: String,
    /// What is at the top left.
    pub corner: Corner,
    /// 读给我听, or 别读了 while it is read.
    pub read: String,
    /// Whether the page is being read.
    pub reading: bool,
    /// 首页
    pub home: String,
    /// 呼救
    pub help: String,
    /// 上面
    pub up: String,
    /// 下面
    pub down: String,
}

/// What is at the top left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Corner {
    /// 返回
    Back(String),
    /// The day, on the home page: "11月22日 星期日" and "十月十四 小雪".
    Day {
        /// The civil date and weekday.
        date: String,
        /// The lunar date and solar term.
        lunar: String,
    },
}

/// A text and its place in the reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Line {
    /// Its index in [`View::reading`].
    pub part: usize,
    /// The words on the screen.
    pub text: String,
}

/// The shape of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// The home page.
    Home(HomeView),
    /// A question or a report with large answers. Most pages.
    Question(QuestionView),
    /// A code or card to show to somebody.
    Code(CodeView),
    /// A text or number to type.
    Entry(EntryView),
    /// The call for help.
    Help(HelpView),
    /// The answer to a code that was scanned.
    Verdict(VerdictView),
    /// Very large words to hold out to somebody.
    Show(ShowView),
    /// Notes and coins, counted or laid out.
    Money(MoneyView),
}

/// The home page: what matters today, then tiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// "上午好，李秀英"
    pub greeting: Line,
    /// What matters today; the whole banner is a button.
    pub today: Vec<Choice>,
    /// The tiles, the first one the most important.
    pub tiles: Vec<Choice>,
    /// What is good to know besides, below the tiles, so that it pushes none of them away.
    pub below: Vec<Choice>,
}

/// A page with one question, or with a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct QuestionView {
    /// The question.
    pub title: Line,
    /// Whether the page reports something: a mark is drawn beside the title.
    pub mark: Option<Mark>,
    /// Plain sentences below it.
    pub lines: Vec<Line>,
    /// What the question is about, label and value; drawn as a card.
    pub facts: Vec<Fact>,
    /// The answers.
    pub choices: Vec<Choice>,
    /// What is good to know and decides nothing: a card below the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Fact>,
    /// Amounts to compare, drawn as bars above the answers; each says its value, so that no length has to be guessed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Bar>,
}

/// An amount, drawn as a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its index in [`View::reading`].
    pub part: usize,
    /// What it is the amount of.
    pub label: String,
    /// The amount in words.
    pub value: String,
    /// How long it is, in thousandths of the longest.
    pub permille: u16,
}

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its index in [`View::reading`].
    pub part: usize,
    /// "医院"; may be empty where the value speaks for itself.
    pub label: String,
    /// "市第一医院"
    pub value: String,
    /// Whether it is what matters most: drawn large.
    pub strong: bool,
}

/// A large button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its name on this page.
    pub id: String,
    /// Its index in [`View::reading`].
    pub part: usize,
    /// The words on it.
    pub text: String,
    /// More words below; may be empty.
    pub note: String,
    /// The picture beside the words.
    pub icon: Icon,
    /// How it looks.
    pub tone: Tone,
    /// The state that it leads to: its shape and colour are drawn in the place of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// What a tap means.
    pub command: Command,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Filled: the main answer.
    Main,
    /// Outlined.
    Plain,
    /// Outlined with a check mark: this is how it is set now.
    Chosen,
    /// Red: calls for help, or destroys.
    Help,
}

/// A state's shape and colour. It always goes with a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// A check mark in a disc.
    Good,
    /// An exclamation mark in a triangle.
    Caution,
    /// A cross in an octagon.
    Bad,
    /// A clock: not confirmed yet.
    Waiting,
}

/// A code or card to show to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct CodeView {
    /// The state's shape and colour; none on a card.
    pub mark: Option<Mark>,
    /// The state as a word, or the card's name.
    pub state: Line,
    /// Whose it is: beside the state, and read with it.
    pub holder: Option<Line>,
    /// What it is: read with the state.
    pub what: Option<Line>,
    /// What has to be said with it; the gravest first.
    pub lines: Vec<Line>,
    /// Everybody whose codes are kept here, the owner of the device first; empty where there is one person alone.
    pub people: Vec<Choice>,
    /// Everything that the person carries; empty where it is one thing alone.
    pub kinds: Vec<Choice>,
    /// The symbol; none on a card without one, and none of what does not hold any more.
    pub symbol: Option<Symbol>,
    /// The very large word in the place of a symbol that must not be shown any more; read with the state.
    pub covered: Option<Line>,
    /// The number in very large type, on a card.
    pub number: Option<Line>,
    /// Photographs of the card's sides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// Below the code: until when, refreshed when, who vouches.
    pub facts: Vec<Fact>,
    /// What can be done with it.
    pub choices: Vec<Choice>,
}

/// A symbol to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Which.
    pub symbology: Symbology,
    /// What it says.
    pub text: String,
    /// What it is, for who can't see it.
    pub label: String,
}

/// A photograph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Photo {
    /// What is on it, for who can't see it.
    pub label: String,
    /// The picture, as a JPEG file; never written out with the view.
    #[serde(skip, default = "no_picture")]
    pub jpeg: Arc<[u8]>,
    /// The page that shows it larger, if there is one.
    pub open: Option<Choice>,
}

fn no_picture() -> Arc<[u8]> {
    Arc::from([])
}

/// A text or number to type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// The question.
    pub title: Line,
    /// Plain sentences below it.
    pub lines: Vec<Line>,
    /// The field.
    pub field: Field,
    /// Which keys.
    pub keys: Keys,
    /// What it holds when the page opens: what was typed before.
    pub text: String,
    /// The field's name, for who can't see it.
    pub label: String,
    /// What stands in it while it is empty; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
    /// How many characters it takes.
    pub longest: usize,
    /// What is wrong with what was typed.
    pub problem: Option<Line>,
    /// Which of the characters that were typed so far can't be right, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mistake: Option<Mistake>,
    /// The words on the key that takes back a digit.
    pub erase: String,
    /// The name of the key with the point, for who can't see it.
    pub point: String,
    /// The button that ends it. Its command is sent with the text (see [`Command::with_text`]).
    pub done: Choice,
    /// Other ways to answer.
    pub choices: Vec<Choice>,
}

/// Characters that can't be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The first of them, counted from 0.
    pub from: usize,
    /// The one behind the last.
    pub to: usize,
    /// Why.
    pub why: Line,
}

/// The call for help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HelpView {
    /// The question, or what is happening.
    pub title: Line,
    /// The seconds left of the countdown.
    pub seconds_left: Option<i64>,
    /// The number in very large type, where the person has to dial it on another telephone.
    pub number: Option<Line>,
    /// The one very large button: call, or stop.
    pub big: Choice,
    /// For whoever stands by: name, address, medical notes.
    pub facts: Vec<Fact>,
    /// Whom else to call.
    pub choices: Vec<Choice>,
}

/// The answer to a code that was scanned: it fills the screen, to be seen from where the person stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictView {
    /// Its shape and colour: may pass, look closer, stop.
    pub mark: Mark,
    /// The same as a word.
    pub word: Line,
    /// Whose code it is.
    pub name: Option<Line>,
    /// Why.
    pub lines: Vec<Line>,
    /// For comparing with the identity card, and what the document is.
    pub facts: Vec<Fact>,
    /// The next one, and what else can be done.
    pub choices: Vec<Choice>,
}

/// Very large words to hold out to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct ShowView {
    /// What to say.
    pub sentence: Line,
    /// The same in the other language.
    pub other: Option<Line>,
    /// What belongs to it.
    pub lines: Vec<Line>,
    /// What else can be done.
    pub choices: Vec<Choice>,
    /// What it rests on, for whoever wants to know.
    pub grounds: Vec<Line>,
}

/// Notes and coins, counted or laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct MoneyView {
    /// The question, or what to do with them.
    pub title: Line,
    /// Whether the page reports something: a mark is drawn beside the title.
    pub mark: Option<Mark>,
    /// Plain sentences below it.
    pub lines: Vec<Line>,
    /// What they come to: it stays in sight while the page scrolls.
    pub total: Option<Fact>,
    /// The notes and coins.
    pub rows: Vec<MoneyRow>,
    /// The answers.
    pub choices: Vec<Choice>,
}

/// One kind of note or coin, drawn plainly with its value and its colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoneyRow {
    /// Which.
    pub piece: Piece,
    /// What is written on it: "100", "5角".
    pub face: String,
    /// Its index in [`View::reading`].
    pub part: usize,
    /// "100元"
    pub label: String,
    /// "3 张"; may be empty.
    pub count: String,
    /// A tap on it: one more, where it is counted.
    pub add: Option<Choice>,
    /// One less, below the answers of the page. Its note is the short word that is drawn.
    pub take: Option<Choice>,
}

impl Body {
    /// Every button between the bars, in the order in which they stand.
    pub fn choices(&self) -> impl Iterator<Item = &Choice> {
        let (first, rest): (Vec<&Choice>, &[Choice]) = match self {
            Self::Home(view) => (view.today.iter().chain(&view.tiles).collect(), &view.below),
            Self::Question(view) => (Vec::new(), &view.choices),
            Self::Code(view) => {
                let photos = view.photos.iter().filter_map(|photo| photo.open.as_ref());
                (
                    view.people.iter().chain(&view.kinds).chain(photos).collect(),
                    &view.choices,
                )
            }
            Self::Entry(view) => (vec![&view.done], &view.choices),
            Self::Help(view) => (vec![&view.big], &view.choices),
            Self::Verdict(view) => (Vec::new(), &view.choices),
            Self::Show(view) => (Vec::new(), &view.choices),
            Self::Money(view) => {
                let adds = view.rows.iter().filter_map(|row| row.add.as_ref());
                // What takes away stands below all answers.
                let takes = view.rows.iter().filter_map(|row| row.take.as_ref());
                (adds.chain(&view.choices).chain(takes).collect(), &[])
            }
        };
        first.into_iter().chain(rest)
    }
}
