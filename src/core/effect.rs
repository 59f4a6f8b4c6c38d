//! Everything that the core asks the outside to do.
//!
//! The core does nothing by itself. Whatever an effect brings back comes in again as a [`crate::Command`], and an
//! answer that never comes holds nothing up: no rule waits.

mod found;

use anban_wire::accounts::GrantsAnswer;
use anban_wire::feed::SlotFeed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointments::CalendarEntry;
use crate::certificates::Paper;
use crate::feed::FeedPage;
use crate::ids::{PrintJobId, RequestId, VisitId};
use crate::outbox::{Credentials, Request, Trouble};
use crate::settings::{Language, Rate, Volume};

pub use found::FoundFile;

/// Something for the outside to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Speak, and end whatever is being spoken. Comes back as [`VoiceReport`]s.
    Speak(Utterance),
    /// Stop speaking.
    Hush,
    /// Play a short sound.
    Play(Sound, Volume),
    /// Start or stop the siren, at its loudest.
    Siren(bool),
    /// Hand a number to the telephone (`tel:`). Comes back as `help::Command::Dialled`.
    Dial {
        /// Digits and a leading plus.
        number: String,
    },
    /// Set the screen to its brightest, or back.
    Brightest(bool),
    /// Keep the screen on although nobody touches it, or let it go dark as usual again.
    Awake(bool),
    /// Send a request to the hub. Comes back as `Incoming::Answer`.
    Send {
        /// The hub's address.
        hub: String,
        /// The request's id.
        id: RequestId,
        /// What is asked.
        request: Request,
        /// What this device signs in with; none at a hub without accounts.
        #[serde(skip)]
        account: Option<Credentials>,
    },
    /// Fetch from the hub. Comes back as `Incoming::Fetched`.
    Fetch {
        /// The hub's address.
        hub: String,
        /// What is wanted.
        what: Wanted,
        /// What this device signs in with; none at a hub without accounts.
        #[serde(skip)]
        account: Option<Credentials>,
    },
    /// Listen to whether something changes, in the place of whatever was listened to; `None` ends it. Comes back as
    /// `Incoming::Changed`.
    Listen(Option<Listening>),
    /// Look for pictures and passes in the person's own folders. Comes back as `Incoming::Files`.
    FindFiles,
    /// Read a file, and the codes in it where it is a picture. Comes back as `Incoming::File`.
    ReadFile {
        /// Its path.
        path: String,
    },
    /// Open a file that is locked with a passphrase, and read it. Comes back as `Incoming::File`.
    Unlock {
        /// Its path.
        path: String,
        /// The passphrase; never written out.
        #[serde(skip)]
        passphrase: String,
    },
    /// Write the wallet into the person's documents folder. Comes back as `Incoming::Saved`.
    SaveWallet {
        /// The file's name without its ending.
        name: String,
        /// Its ending.
        ending: String,
        /// What is in it: a ZIP archive; never written out.
        #[serde(skip)]
        archive: Vec<u8>,
        /// What it is to be locked with (age); never written out.
        #[serde(skip)]
        passphrase: Option<String>,
    },
    /// Read a picture and make it small and upright, as a photograph of a card. Comes back as `Incoming::Photo`.
    ReadPhoto {
        /// Its path.
        path: String,
    },
    /// Take a photograph of a card with the camera. Comes back as `Incoming::Photo`.
    TakePhoto,
    /// Look whether there is a camera. Comes back as `Incoming::Camera`.
    FindCamera,
    /// Look for codes with the camera, or stop. A code comes back as `checkpoint::Command::Scanned`, and
    /// `Incoming::Camera` where the camera can't be used.
    Watch(bool),
    /// Send a paper to a printer. Comes back as `Incoming::Print` with the same job and attempt.
    Print {
        /// The job.
        job: PrintJobId,
        /// Which attempt it is.
        attempt: u32,
        /// What is on the paper.
        paper: Box<Paper>,
        /// The printer's address.
        printer: String,
    },
    /// Ask a printer what has become of a job that it has taken. Comes back as `Incoming::Print`.
    AskPrinter {
        /// The job.
        job: PrintJobId,
        /// Which attempt the printer has.
        attempt: u32,
        /// The printer's address.
        printer: String,
        /// Its number for the job.
        number: i32,
    },
    /// Tell a printer not to print a job that it has taken. Nothing comes back.
    CancelPrint {
        /// The printer's address.
        printer: String,
        /// Its number for the job.
        number: i32,
    },
    /// Look for printers nearby. Comes back as `Incoming::Printers`, as often as there is something new.
    FindPrinters,
    /// Write a paper as a PDF into the person's documents folder. Comes back as `Incoming::PaperSaved`.
    SavePaper {
        /// What is on the paper.
        paper: Box<Paper>,
        /// The file's name without its ending.
        name: String,
    },
    /// Write a visit as iCalendar (RFC 5545) into the person's documents folder. Comes back as `Incoming::CalendarSaved`.
    SaveToCalendar {
        /// The visit.
        visit: VisitId,
        /// What is in it.
        entry: Box<CalendarEntry>,
        /// The file's name without its ending.
        name: String,
    },
    /// Show an address on the system's map (`geo:`). Comes back as `appointments::Command::MapShown`.
    ShowOnMap {
        /// The address, as people write it.
        address: String,
    },
    /// Hand words to the mail program as a letter. Comes back as `Incoming::Shared`.
    ShareText {
        /// What it is about.
        subject: String,
        /// The letter.
        text: String,
    },
    /// Hand a file to the mail program, or open its folder. Comes back as `Incoming::Shared`.
    ShareFile {
        /// Its path.
        path: String,
    },
    /// Keep a copy of everything in the person's documents folder. Comes back as `Incoming::Saved`.
    SaveCopy {
        /// The file's name.
        name: String,
        /// Its content, JSON.
        content: String,
    },
}

/// What is fetched from the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// Hospitals and departments.
    Directory,
    /// The free times of a department.
    Timetable {
        /// The department's id.
        department: String,
        /// Not before.
        from: Timestamp,
        /// Not after.
        to: Timestamp,
    },
    /// The signed trust list.
    TrustList,
    /// What has changed for a patient.
    PatientFeed {
        /// Their FHIR id.
        patient: String,
        /// After which number.
        after: u64,
    },
    /// What has changed in the times of a department.
    SlotFeed {
        /// The department's id.
        department: String,
        /// After which number.
        after: u64,
    },
    /// Who may act for whom.
    Grants,
}

/// A feed that is listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// The hub's address.
    pub hub: String,
    /// Which feed.
    pub feed: FeedName,
    /// What this device signs in with; none at a hub without accounts.
    #[serde(skip)]
    pub account: Option<Credentials>,
}

/// A feed of a hub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FeedName {
    /// Of a patient, by their FHIR id.
    Patient(String),
    /// Of a department's times, by its id.
    Department(String),
}

/// What came of a fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fetched {
    /// Hospitals and departments.
    Directory(crate::appointments::Directory),
    /// The free times of a department.
    Timetable(crate::appointments::Timetable),
    /// The signed trust list.
    TrustList(Vec<u8>),
    /// What has changed for a patient.
    PatientFeed {
        /// Their FHIR id.
        patient: String,
        /// After which number it was asked for.
        after: u64,
        /// What has changed.
        page: FeedPage,
    },
    /// What has changed in the times of a department.
    SlotFeed {
        /// The department's id.
        department: String,
        /// After which number it was asked for.
        after: u64,
        /// What has changed.
        feed: SlotFeed,
    },
    /// Who may act for whom.
    Grants(GrantsAnswer),
    /// Nothing that could be used.
    Nothing {
        /// What was wanted.
        what: Wanted,
        /// Why it did not come.
        trouble: Trouble,
    },
}

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// Reports name it.
    pub id: u64,
    /// Said one after another, each reported when it begins.
    pub parts: Vec<String>,
    /// In which language.
    pub language: Language,
    /// How fast.
    pub rate: Rate,
    /// How loud.
    pub volume: Volume,
}

/// What became of an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoiceReport {
    /// A part has begun.
    Began {
        /// The utterance.
        id: u64,
        /// Which part of it, from 0.
        part: usize,
    },
    /// All of it was said, or it was stopped.
    Ended {
        /// The utterance.
        id: u64,
    },
    /// This machine can't speak; words are shown instead.
    NoVoice {
        /// The utterance.
        id: u64,
    },
}

/// A short sound. Each goes with words, never instead of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sound {
    /// It is done.
    Done,
    /// It can't be done.
    Refused,
    /// A second of the countdown.
    Tick,
    /// A code page opens, and the code holds.
    StateGood,
    /// A code page opens, and something about the code needs care.
    StateCaution,
    /// A code page opens, and the code is no pass.
    StateBad,
}

/// What was in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileContent {
    /// A picture: the texts of the codes found in it.
    Picture {
        /// One for each code.
        codes: Vec<ReadCode>,
    },
    /// Text.
    Text(String),
    /// A ZIP archive without pictures for the wallet: a pass (`.pkpass`), a bundle of them, a list of cards.
    Pass(Vec<u8>),
    /// A ZIP archive with pictures for the wallet: a list of cards, or a whole wallet.
    Wallet {
        /// The archive.
        archive: Vec<u8>,
        /// Its pictures as small JPEG files, by their names in it; those that could not be read are not here.
        pictures: crate::wallet::import::Pictures,
    },
    /// A file that is locked with a passphrase (age).
    Locked,
}

/// A code read from a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadCode {
    /// Which symbol it was.
    pub symbology: crate::symbol::Symbology,
    /// What it says.
    pub text: String,
}

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileTrouble {
    /// It is not there any more, or may not be read.
    Unreadable,
    /// There is nothing in it.
    Empty,
    /// It is larger than a pass or picture ever is.
    TooLarge,
    /// It is not a picture, a pass or a text, or it is damaged.
    WrongKind,
    /// It is locked, and this is not the passphrase.
    WrongPassphrase,
    /// It is locked in a way that this device can't open: with a key instead of a passphrase, or too costly.
    CannotUnlock,
}

/// A paper that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// Its path.
    pub path: String,
    /// The same as people name it: the folder and the file.
    pub shown: String,
}

/// What became of a file that is to go to the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shared {
    /// A letter with it is open in the mail program.
    Letter,
    /// There is no mail program; the folder with the file is open.
    Folder,
    /// Neither could be opened.
    Nothing,
}

/// Why nothing was printed or saved, or what a printer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PrintTrouble {
    /// There is no answer at the printer's address.
    Unreachable,
    /// The address is not a printer's.
    NotAPrinter,
    /// No paper.
    PaperOut,
    /// A cover or door is open.
    CoverOpen,
    /// Paper is stuck.
    PaperJam,
    /// No ink or toner.
    InkOut,
    /// The printer is paused or says it is out of order.
    Stopped,
    /// It can't print what was sent.
    FormatNotSupported,
    /// It said no, and gave no reason that a person could do something about.
    Refused,
    /// It was cancelled at the printer, or the printer gave it up.
    GivenUp,
    /// The disk is full or the folder can't be written.
    CannotSave,
    /// The fonts for this language are not installed.
    FontMissing,
}

impl PrintTrouble {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::NotAPrinter,
        Self::PaperOut,
        Self::CoverOpen,
        Self::PaperJam,
        Self::InkOut,
        Self::Stopped,
        Self::FormatNotSupported,
        Self::Refused,
        Self::GivenUp,
        Self::CannotSave,
        Self::FontMissing,
    ];

    /// Whether trying again later may help although nobody comes to see to it: the printer is off or resting.
    #[must_use]
    pub fn passes_by_itself(self) -> bool {
        matches!(self, Self::Unreachable | Self::Stopped)
    }

    /// Whether the same paper fails again on the same printer, whatever somebody does there.
    #[must_use]
    pub fn is_for_good(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::GivenUp | Self::CannotSave | Self::FontMissing
        )
    }

    /// Whether only another printer helps.
    #[must_use]
    pub fn needs_another_printer(self) -> bool {
        matches!(self, Self::NotAPrinter | Self::FormatNotSupported)
    }
}
