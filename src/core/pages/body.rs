//! Which feature describes which page.

use crate::app::{Core, Page};
use crate::entry;
use crate::page::PageBuilder;
use crate::view::Body;
use crate::{
    appointments, cash, certificates, checkpoint, family, first_start, fraud, health_code, help, home, printing,
    register, requests, result, settings, wallet,
};

impl Core {
    /// What the feature whose page it is says of it.
    pub(crate) fn body(&self, page: &mut PageBuilder<'_>) -> Body {
        match self.page() {
            Page::FirstText | Page::FirstVoice | Page::FirstLanguage => first_start::view(self.page(), page),
            Page::Home => home::view(page),
            Page::HealthCode | Page::Documents | Page::AddDocument | Page::RegisterElsewhere | Page::Files => {
                health_code::view(self.page(), page)
            }
            Page::Print
            | Page::PrintMore
            | Page::PrintForm
            | Page::PrintWhere
            | Page::AuthoriseWhom
            | Page::AuthoriseFor
            | Page::AuthoriseUntil
            | Page::ConfirmAuthorisation => certificates::view(self.page(), page),
            Page::Printers | Page::PrintQueue | Page::PrintJob => printing::view(self.page(), page),
            Page::Hospitals
            | Page::Departments
            | Page::Department
            | Page::Counter
            | Page::Days
            | Page::Times
            | Page::ConfirmVisit
            | Page::Visits
            | Page::Visit
            | Page::CancelVisit
            | Page::BodyAreas
            | Page::Complaints
            | Page::LastDoctors
            | Page::Offer
            | Page::VisitMore
            | Page::VisitWay
            | Page::TellRelative
            | Page::Reminder
            | Page::CannotGo
            | Page::ComeAgain
            | Page::PlannedVisit
            | Page::Notices
            | Page::Notice
            | Page::VisitDay
            | Page::CheckInCode
            | Page::DayStep => appointments::view(self.page(), page),
            Page::Family
            | Page::InviteWhom
            | Page::Invitation
            | Page::Tie
            | Page::EndTie
            | Page::ForWhom
            | Page::News
            | Page::Decline => family::view(self.page(), page),
            Page::Requests | Page::Request => requests::view(self.page(), page),
            Page::Wallet
            | Page::AddCard
            | Page::CardKinds
            | Page::Card
            | Page::CardCode
            | Page::EditCard
            | Page::CardKind
            | Page::CardCodeKind
            | Page::CardCodeLooks
            | Page::OldCards
            | Page::OldCard
            | Page::EraseCard
            | Page::ExpiredCard
            | Page::PrintCards
            | Page::PrintNumbers
            | Page::Sayings
            | Page::Saying => wallet::view(self.page(), page),
            Page::CardPhotos | Page::CardPhoto | Page::PhotoFiles | Page::ConfirmPhoto => {
                wallet::photos::view(self.page(), page)
            }
            Page::TakeAlong | Page::ConfirmPassphrase => wallet::along::view(self.page(), page),
            Page::FraudAsk => fraud::view(page),
            Page::Cash
            | Page::Purse
            | Page::HandOver
            | Page::ChangeBack
            | Page::ShortChange
            | Page::SpentOn
            | Page::Spending
            | Page::SpendingList
            | Page::SpendingEntry
            | Page::Bills
            | Page::Bill
            | Page::BillKind
            | Page::BillRhythm
            | Page::BillMonth
            | Page::BillCounter
            | Page::CashRefused
            | Page::RefusedWhat => cash::view(self.page(), page),
            Page::Help => help::view(page),
            Page::Emergency | Page::Contact => help::settings_view(self.page(), page),
            Page::Checkpoint | Page::Verdict | Page::CheckPicture => checkpoint::view(self.page(), page),
            Page::NoCode
            | Page::ConfirmEntry
            | Page::Register
            | Page::RegisterDay
            | Page::RegisterEntry
            | Page::RegisterRule => register::view(self.page(), page),
            Page::Settings
            | Page::TextSize
            | Page::Contrast
            | Page::Voice
            | Page::Rate
            | Page::Volume
            | Page::Language
            | Page::Helpers
            | Page::YourData
            | Page::EraseAll => settings::view(self.page(), page),
            Page::Result => result::view(page),
            Page::Enter(field) => entry::view(field, page),
        }
    }
}
