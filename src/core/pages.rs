//! Every page there is, and its name on the command line. Which feature describes it is in `pages/body.rs`.

use serde::{Deserialize, Serialize};

use crate::entry::Field;

mod body;

/// A page. Each has a name on the command line ([`Page::name`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Page {
    /// First start: how large words are.
    FirstText,
    /// First start: with a voice or without.
    FirstVoice,
    /// First start: which language.
    FirstLanguage,
    /// The home page.
    Home,
    /// The health code, at once.
    HealthCode,
    /// All documents that are kept.
    Documents,
    /// Ways to add a document.
    AddDocument,
    /// Being registered at a counter or by telephone.
    RegisterElsewhere,
    /// Pictures and passes on this device.
    Files,
    /// What to print.
    Print,
    /// Forms and cards made from what the person has told.
    PrintMore,
    /// In which form to print.
    PrintForm,
    /// Where to print.
    PrintWhere,
    /// Whom to let do something.
    AuthoriseWhom,
    /// What to let them do.
    AuthoriseFor,
    /// Until when.
    AuthoriseUntil,
    /// Whether that is right.
    ConfirmAuthorisation,
    /// Which printer.
    Printers,
    /// What is being printed.
    PrintQueue,
    /// One paper on its way to a printer.
    PrintJob,
    /// Which hospital.
    Hospitals,
    /// Which department.
    Departments,
    /// One department: book, call, or go there.
    Department,
    /// Going to a department's counter without booking.
    Counter,
    /// Which day.
    Days,
    /// What time.
    Times,
    /// Whether it is right.
    ConfirmVisit,
    /// All visits.
    Visits,
    /// One visit.
    Visit,
    /// Whether to cancel it.
    CancelVisit,
    /// Where it hurts.
    BodyAreas,
    /// What it is.
    Complaints,
    /// Which of the doctors of earlier visits.
    LastDoctors,
    /// The soonest time, as one answer.
    Offer,
    /// What else can be done with a visit.
    VisitMore,
    /// The way to a visit.
    VisitWay,
    /// A visit in large words, to read out on the telephone.
    TellRelative,
    /// A visit is near.
    Reminder,
    /// What to do where the person can't go.
    CannotGo,
    /// When to see the doctor again.
    ComeAgain,
    /// When a doctor has planned that.
    PlannedVisit,
    /// Notices of hospitals.
    Notices,
    /// One of them.
    Notice,
    /// The day of a visit: the queue, the room, and what comes after.
    VisitDay,
    /// The code to show on arriving.
    CheckInCode,
    /// One thing to do after the doctor.
    DayStep,
    /// Relatives and family doctors.
    Family,
    /// Who is to help.
    InviteWhom,
    /// The digits for whoever is invited.
    Invitation,
    /// Somebody who helps, or is helped.
    Tie,
    /// Whether that is to end.
    EndTie,
    /// For whom to book.
    ForWhom,
    /// What somebody has done with a visit.
    News,
    /// Whether a visit that somebody has booked is really not wanted.
    Decline,
    /// What is not done yet.
    Requests,
    /// One thing that is not done yet.
    Request,
    /// All cards.
    Wallet,
    /// How to add a card.
    AddCard,
    /// What kind of card to add.
    CardKinds,
    /// One card.
    Card,
    /// Its name, code and number, as large as they can be.
    CardCode,
    /// What can be changed of a card.
    EditCard,
    /// Which kind of card it is to be.
    CardKind,
    /// What code there is on a card.
    CardCodeKind,
    /// Whether a code looks like the one on the card.
    CardCodeLooks,
    /// Cards that are not used any more.
    OldCards,
    /// One of them.
    OldCard,
    /// Whether it is to be erased.
    EraseCard,
    /// Whether a card that has expired is to be put away.
    ExpiredCard,
    /// Which cards to print.
    PrintCards,
    /// Whether to print whole numbers.
    PrintNumbers,
    /// Words to hold out to somebody.
    Sayings,
    /// Some of them, very large.
    Saying,
    /// Whether somebody has talked the person into something.
    FraudAsk,
    /// Cash: the purse, paying, spendings, bills.
    Cash,
    /// What is in the purse, counted by tapping.
    Purse,
    /// What to hand over for a price.
    HandOver,
    /// The change that comes back, counted by tapping.
    ChangeBack,
    /// That change is missing, to hold out to the seller.
    ShortChange,
    /// What money was spent on.
    SpentOn,
    /// What was spent in a month.
    Spending,
    /// The spendings of a month, to change one.
    SpendingList,
    /// One spending.
    SpendingEntry,
    /// Bills that come on paper.
    Bills,
    /// One bill.
    Bill,
    /// What a new bill is for.
    BillKind,
    /// How often a bill comes.
    BillRhythm,
    /// In which month a bill is due next.
    BillMonth,
    /// Where a bill is paid in cash.
    BillCounter,
    /// That cash may not be refused, to hold out.
    CashRefused,
    /// What was done instead of taking cash.
    RefusedWhat,
    /// The photographs of a card.
    CardPhotos,
    /// One of them, large.
    CardPhoto,
    /// Pictures to choose one from.
    PhotoFiles,
    /// Whether a picture is good.
    ConfirmPhoto,
    /// Taking the wallet along in a file.
    TakeAlong,
    /// Whether the passphrase for it is right.
    ConfirmPassphrase,
    /// The call for help.
    Help,
    /// All settings.
    Settings,
    /// How large words are.
    TextSize,
    /// The colours.
    Contrast,
    /// The voice.
    Voice,
    /// How fast it speaks.
    Rate,
    /// How loud it is.
    Volume,
    /// The language.
    Language,
    /// Whom to call, and what they should know.
    Emergency,
    /// One contact.
    Contact,
    /// Addresses of services, for who helps to set up.
    Helpers,
    /// Waits for a code to check, for whoever stands at a door.
    Checkpoint,
    /// What the code that was scanned last came to.
    Verdict,
    /// Pictures to look for a code to check in.
    CheckPicture,
    /// Somebody without a code: waits for a card reader or a paper.
    NoCode,
    /// Whether a visitor's particulars are right.
    ConfirmEntry,
    /// The entry register, by day.
    Register,
    /// The entries of a day.
    RegisterDay,
    /// One entry.
    RegisterEntry,
    /// What the register keeps, and for how long.
    RegisterRule,
    /// What is stored.
    YourData,
    /// Whether to erase everything.
    EraseAll,
    /// What came of something.
    Result,
    /// A field to type into.
    Enter(Field),
}

impl Page {
    /// Every page but those to type into.
    const PLAIN: &[(Self, &'static str)] = &[
        (Self::FirstText, "first-text"),
        (Self::FirstVoice, "first-voice"),
        (Self::FirstLanguage, "first-language"),
        (Self::Home, "home"),
        (Self::HealthCode, "health-code"),
        (Self::Documents, "documents"),
        (Self::AddDocument, "add-document"),
        (Self::RegisterElsewhere, "register-elsewhere"),
        (Self::Files, "files"),
        (Self::Print, "print"),
        (Self::PrintMore, "print-more"),
        (Self::PrintForm, "print-form"),
        (Self::PrintWhere, "print-where"),
        (Self::AuthoriseWhom, "authorise-whom"),
        (Self::AuthoriseFor, "authorise-for"),
        (Self::AuthoriseUntil, "authorise-until"),
        (Self::ConfirmAuthorisation, "confirm-authorisation"),
        (Self::Printers, "printers"),
        (Self::PrintQueue, "print-queue"),
        (Self::PrintJob, "print-job"),
        (Self::Hospitals, "hospitals"),
        (Self::Departments, "departments"),
        (Self::Department, "department"),
        (Self::Counter, "counter"),
        (Self::Days, "days"),
        (Self::Times, "times"),
        (Self::ConfirmVisit, "confirm-visit"),
        (Self::Visits, "visits"),
        (Self::Visit, "visit"),
        (Self::CancelVisit, "cancel-visit"),
        (Self::BodyAreas, "body-areas"),
        (Self::Complaints, "complaints"),
        (Self::LastDoctors, "last-doctors"),
        (Self::Offer, "offer"),
        (Self::VisitMore, "visit-more"),
        (Self::VisitWay, "visit-way"),
        (Self::TellRelative, "tell-relative"),
        (Self::Reminder, "reminder"),
        (Self::CannotGo, "cannot-go"),
        (Self::ComeAgain, "come-again"),
        (Self::PlannedVisit, "planned-visit"),
        (Self::Notices, "notices"),
        (Self::Notice, "notice"),
        (Self::VisitDay, "visit-day"),
        (Self::CheckInCode, "check-in-code"),
        (Self::DayStep, "day-step"),
        (Self::Family, "family"),
        (Self::InviteWhom, "invite-whom"),
        (Self::Invitation, "invitation"),
        (Self::Tie, "tie"),
        (Self::EndTie, "end-tie"),
        (Self::ForWhom, "for-whom"),
        (Self::News, "news"),
        (Self::Decline, "decline"),
        (Self::Requests, "requests"),
        (Self::Request, "request"),
        (Self::Wallet, "wallet"),
        (Self::AddCard, "add-card"),
        (Self::CardKinds, "card-kinds"),
        (Self::Card, "card"),
        (Self::CardCode, "card-code"),
        (Self::EditCard, "edit-card"),
        (Self::CardKind, "card-kind"),
        (Self::CardCodeKind, "card-code-kind"),
        (Self::CardCodeLooks, "card-code-looks"),
        (Self::OldCards, "old-cards"),
        (Self::OldCard, "old-card"),
        (Self::EraseCard, "erase-card"),
        (Self::ExpiredCard, "expired-card"),
        (Self::PrintCards, "print-cards"),
        (Self::PrintNumbers, "print-numbers"),
        (Self::Sayings, "sayings"),
        (Self::Saying, "saying"),
        (Self::FraudAsk, "fraud-ask"),
        (Self::Cash, "cash"),
        (Self::Purse, "purse"),
        (Self::HandOver, "hand-over"),
        (Self::ChangeBack, "change-back"),
        (Self::ShortChange, "short-change"),
        (Self::SpentOn, "spent-on"),
        (Self::Spending, "spending"),
        (Self::SpendingList, "spending-list"),
        (Self::SpendingEntry, "spending-entry"),
        (Self::Bills, "bills"),
        (Self::Bill, "bill"),
        (Self::BillKind, "bill-kind"),
        (Self::BillRhythm, "bill-rhythm"),
        (Self::BillMonth, "bill-month"),
        (Self::BillCounter, "bill-counter"),
        (Self::CashRefused, "cash-refused"),
        (Self::RefusedWhat, "refused-what"),
        (Self::CardPhotos, "card-photos"),
        (Self::CardPhoto, "card-photo"),
        (Self::PhotoFiles, "photo-files"),
        (Self::ConfirmPhoto, "confirm-photo"),
        (Self::TakeAlong, "take-along"),
        (Self::ConfirmPassphrase, "confirm-passphrase"),
        (Self::Help, "help"),
        (Self::Settings, "settings"),
        (Self::TextSize, "text-size"),
        (Self::Contrast, "contrast"),
        (Self::Voice, "voice"),
        (Self::Rate, "rate"),
        (Self::Volume, "volume"),
        (Self::Language, "language"),
        (Self::Emergency, "emergency"),
        (Self::Contact, "contact"),
        (Self::Helpers, "helpers"),
        (Self::Checkpoint, "checkpoint"),
        (Self::Verdict, "verdict"),
        (Self::CheckPicture, "check-picture"),
        (Self::NoCode, "no-code"),
        (Self::ConfirmEntry, "confirm-entry"),
        (Self::Register, "register"),
        (Self::RegisterDay, "register-day"),
        (Self::RegisterEntry, "register-entry"),
        (Self::RegisterRule, "register-rule"),
        (Self::YourData, "your-data"),
        (Self::EraseAll, "erase-all"),
        (Self::Result, "result"),
    ];

    /// Every page.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = Self::PLAIN.iter().map(|&(page, _)| page);
        plain.chain(Field::ALL.into_iter().map(Self::Enter))
    }

    /// The name on the command line, such as `health-code` or `enter-card-name`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Enter(field) => format!("enter-{}", field.name()),
            _ => Self::PLAIN
                .iter()
                .find(|&&(page, _)| page == self)
                .map_or("", |&(_, name)| name)
                .to_owned(),
        }
    }

    /// The page of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|page| page.name() == name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_page_has_a_name_of_its_own_by_which_it_is_found() {
        for page in Page::all() {
            assert_eq!(Page::from_name(&page.name()), Some(page));
        }
    }

    #[test]
    fn no_page_is_missing_from_the_list_of_all() {
        let source = include_str!("pages.rs");
        let variants = source
            .split("pub enum Page {")
            .nth(1)
            .unwrap()
            .split("\n}")
            .next()
            .unwrap();
        let names = variants
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("///") && line.ends_with(','));
        // The pages to type into are one variant.
        assert_eq!(names.count(), Page::PLAIN.len() + 1);
    }
}
