//! The fields that a person types into.

use serde::{Deserialize, Serialize};

use crate::app::{Command, Core};
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Body, EntryView, Icon, Mistake};
use crate::{cash, checkpoint, family, health_code, help, number, register, settings, wallet};

mod draft;

pub use draft::{DraftId, NoDraftId};
pub(crate) use draft::{drafted, forget, forgotten, forgotten_with};

/// A field. Each has a page of its own, with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// The person's full name.
    Name,
    /// The identity-card number.
    IdentityNumber,
    /// The name of a relative whose health code is asked for.
    RelativeName,
    /// Their identity-card number.
    RelativeNumber,
    /// Where the person lives.
    Address,
    /// What whoever helps should know.
    MedicalNotes,
    /// What a contact is called.
    ContactName,
    /// A contact's telephone number.
    ContactNumber,
    /// What a card is called.
    CardName,
    /// A card's number.
    CardNumber,
    /// Until when a card can be used.
    CardExpiry,
    /// What is good to know about a card.
    CardNote,
    /// The text of a signed document.
    DocumentText,
    /// The hub's address.
    HubAddress,
    /// The printer's address.
    PrinterAddress,
    /// A visitor's name.
    VisitorName,
    /// A visitor's identity-card number.
    VisitorNumber,
    /// A visitor's telephone number, or nothing.
    VisitorTelephone,
    /// What else is to be remembered of a visitor, or nothing.
    VisitorRemark,
    /// The text of a code that somebody shows.
    CheckText,
    /// The digits of an invitation.
    InvitationCode,
    /// What something costs.
    Price,
    /// How much is to be in the purse for a day out.
    Reserve,
    /// How much was spent.
    SpentAmount,
    /// What a bill is called.
    BillName,
    /// By which day of the month a bill is to be paid.
    BillDay,
    /// How much a bill is, or nothing.
    BillAmount,
    /// Where a bill is paid.
    BillPlace,
    /// Which shop refused cash, and where it is.
    RefusedPlace,
    /// The passphrase that is to lock a file.
    WalletPassphrase,
    /// The passphrase that a file is locked with.
    OpenPassphrase,
}

/// Which keys a field offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keys {
    /// The system's keyboard: words.
    Words,
    /// Large keys 0–9.
    Digits,
    /// Large keys 0–9 and X, for the identity-card number.
    IdentityNumber,
    /// Large keys 0–9 and a point: an amount of money.
    Money,
    /// The system's keyboard: an address of the network.
    NetworkAddress,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::Name,
        Self::IdentityNumber,
        Self::Address,
        Self::MedicalNotes,
        Self::ContactName,
        Self::ContactNumber,
        Self::CardName,
        Self::CardNumber,
        Self::CardExpiry,
        Self::CardNote,
        Self::DocumentText,
        Self::HubAddress,
        Self::PrinterAddress,
        Self::VisitorName,
        Self::VisitorNumber,
        Self::VisitorTelephone,
        Self::VisitorRemark,
        Self::CheckText,
        Self::RelativeName,
        Self::RelativeNumber,
        Self::InvitationCode,
        Self::Price,
        Self::Reserve,
        Self::SpentAmount,
        Self::BillName,
        Self::BillDay,
        Self::BillAmount,
        Self::BillPlace,
        Self::RefusedPlace,
        Self::WalletPassphrase,
        Self::OpenPassphrase,
    ];

    /// The name in page names and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdentityNumber => "identity-number",
            Self::RelativeName => "relative-name",
            Self::RelativeNumber => "relative-number",
            Self::Address => "address",
            Self::MedicalNotes => "medical-notes",
            Self::ContactName => "contact-name",
            Self::ContactNumber => "contact-number",
            Self::CardName => "card-name",
            Self::CardNumber => "card-number",
            Self::CardExpiry => "card-expiry",
            Self::CardNote => "card-note",
            Self::DocumentText => "document-text",
            Self::HubAddress => "hub-address",
            Self::PrinterAddress => "printer-address",
            Self::VisitorName => "visitor-name",
            Self::VisitorNumber => "visitor-number",
            Self::VisitorTelephone => "visitor-telephone",
            Self::VisitorRemark => "visitor-remark",
            Self::CheckText => "check-text",
            Self::InvitationCode => "invitation-code",
            Self::Price => "price",
            Self::Reserve => "reserve",
            Self::SpentAmount => "spent-amount",
            Self::BillName => "bill-name",
            Self::BillDay => "bill-day",
            Self::BillAmount => "bill-amount",
            Self::BillPlace => "bill-place",
            Self::RefusedPlace => "refused-place",
            Self::WalletPassphrase => "wallet-passphrase",
            Self::OpenPassphrase => "open-passphrase",
        }
    }

    /// Which keys it offers.
    #[must_use]
    pub fn keys(self) -> Keys {
        match self {
            Self::ContactNumber
            | Self::CardNumber
            | Self::CardExpiry
            | Self::VisitorTelephone
            | Self::InvitationCode
            | Self::BillDay => Keys::Digits,
            Self::Price | Self::Reserve | Self::SpentAmount | Self::BillAmount => Keys::Money,
            Self::IdentityNumber | Self::RelativeNumber | Self::VisitorNumber => Keys::IdentityNumber,
            Self::HubAddress | Self::PrinterAddress => Keys::NetworkAddress,
            _ => Keys::Words,
        }
    }

    /// How many characters it takes.
    #[must_use]
    pub fn longest(self) -> usize {
        match self {
            Self::IdentityNumber | Self::RelativeNumber => 18,
            // A card reader types the name and more with it.
            Self::VisitorNumber => 200,
            Self::ContactNumber | Self::VisitorTelephone => 20,
            Self::CardNumber => 40,
            Self::CardExpiry => 12,
            Self::InvitationCode => family::LONGEST_CODE,
            Self::Price | Self::Reserve | Self::SpentAmount | Self::BillAmount => 10,
            Self::BillDay => 2,
            Self::BillName => 40,
            Self::BillPlace | Self::RefusedPlace => 100,
            Self::Name | Self::RelativeName | Self::ContactName | Self::CardName | Self::VisitorName => 40,
            Self::VisitorRemark => 100,
            Self::WalletPassphrase | Self::OpenPassphrase => 200,
            Self::Address | Self::HubAddress | Self::PrinterAddress => 200,
            Self::MedicalNotes | Self::CardNote => 500,
            Self::DocumentText => 8_000,
            // A SMART Health Card is written in digits, two for each of its characters.
            Self::CheckText => 16_000,
        }
    }

    /// Whether it is never kept half-typed: what is about somebody who came to the door, and a passphrase.
    pub(crate) fn is_never_kept(self) -> bool {
        self.is_a_passphrase()
            || matches!(
                self,
                Self::VisitorName
                    | Self::VisitorNumber
                    | Self::VisitorTelephone
                    | Self::VisitorRemark
                    | Self::CheckText
            )
    }

    /// Whether it is a passphrase, which is not even held in memory when its page is left.
    pub(crate) fn is_a_passphrase(self) -> bool {
        matches!(self, Self::WalletPassphrase | Self::OpenPassphrase)
    }
}

/// What is wrong with a typed text: the key of a sentence.
pub(crate) type Problem = &'static str;

/// Keeps half-typed text, cut to what the field takes; what is never kept only in memory (see [`hold`]).
pub(crate) fn keep(turn: &mut Turn<'_>, field: Field, text: String) -> Result<(), StoreError> {
    if field.is_never_kept() {
        return Ok(());
    }
    let text: String = text.chars().take(field.longest()).collect();
    if drafted(turn.core, field).is_some_and(|draft| *draft == text) {
        return Ok(());
    }
    let id = DraftId::now(turn.core, field);
    turn.commit(vec![Change::PutDraft(id, text)])
}

/// Half-typed text comes in: it is kept, and what can't be right in it is said once, when it is first seen.
pub(crate) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<(), StoreError> {
    let before = held_by(field, turn.core);
    let known = slip_in(turn.core, field, &before).map(|slip| slip.why);
    keep(turn, field, text)?;
    let after = held_by(field, turn.core);
    let slip = slip_in(turn.core, field, &after);
    if let Some(slip) = slip.filter(|slip| known != Some(slip.why)) {
        turn.say_where_pages_speak(slip_words(turn.core, &slip));
    }
    Ok(())
}

/// What can't be right in what a field holds, as far as the person is to be told of it.
fn slip_in(core: &Core, field: Field, text: &str) -> Option<number::Slip> {
    let doubted = core.screen.doubted.as_ref();
    let is_whole = doubted.is_some_and(|(of, told)| *of == field && told == text);
    number::slip(core, field, text, is_whole)
}

/// The sentence about a slip.
fn slip_words(core: &Core, slip: &number::Slip) -> String {
    core.words().with(slip.why, &[("n", &(slip.from + 1).to_string())])
}

/// Holds a number back that can't be right, or is not likely to be and the person has not been told so. The page says
/// where it is to be looked at.
fn holds_back(turn: &mut Turn<'_>, field: Field, text: &str) -> bool {
    let Some(slip) = number::slip(turn.core, field, text, true) else {
        return false;
    };
    let told = Some((field, text.to_owned()));
    if !slip.certain && turn.core.screen.doubted == told {
        return false;
    }
    turn.core.screen.doubted = told;
    turn.core.screen.problem = Some(if slip.certain {
        "slip-look-again"
    } else {
        "slip-as-it-is"
    });
    turn.refuse();
    true
}

/// A field is finished: whoever the field belongs to takes it, or says what is wrong with it.
pub(crate) fn finish(turn: &mut Turn<'_>, field: Field, text: &str) -> Result<(), StoreError> {
    let text: String = text.trim().chars().take(field.longest()).collect();
    keep(turn, field, text.clone())?;
    turn.core.screen.problem = None;
    if holds_back(turn, field, &text) {
        return Ok(());
    }
    turn.core.screen.doubted = None;
    let then = turn.core.screen.then.take();
    let taken = match field {
        Field::Name | Field::Address | Field::MedicalNotes => help::typed_about_person(turn, field, text)?,
        Field::IdentityNumber => health_code::typed_identity_number(turn, text)?,
        Field::RelativeName | Field::RelativeNumber => health_code::typed_relative(turn, field, &text)?,
        Field::ContactName | Field::ContactNumber => help::typed_contact(turn, field, text)?,
        Field::CardName | Field::CardNumber | Field::CardExpiry | Field::CardNote => wallet::typed(turn, field, text)?,
        Field::DocumentText => health_code::typed_document(turn, &text)?,
        Field::HubAddress | Field::PrinterAddress => settings::typed_address(turn, field, text)?,
        Field::VisitorName | Field::VisitorNumber | Field::VisitorTelephone | Field::VisitorRemark => {
            register::typed(turn, field, text)?
        }
        Field::CheckText => checkpoint::typed(turn, &text)?,
        Field::InvitationCode => family::typed_code(turn, &text)?,
        Field::Price
        | Field::Reserve
        | Field::SpentAmount
        | Field::BillName
        | Field::BillDay
        | Field::BillAmount
        | Field::BillPlace
        | Field::RefusedPlace => cash::typed(turn, field, text)?,
        Field::WalletPassphrase => wallet::along::typed(turn, text)?,
        Field::OpenPassphrase => wallet::unlock::typed(turn, text)?,
    };
    match (taken, then) {
        (Ok(()), Some(then)) => turn.carry_out(then),
        (Ok(()), None) => Ok(()),
        (Err(problem), then) => {
            turn.core.screen.then = then;
            turn.core.screen.problem = Some(problem);
            turn.refuse();
            Ok(())
        }
    }
}

/// Holds what was typed in memory where the store could not keep it, so that it is not lost on the page that says so.
pub(crate) fn hold(core: &mut Core, field: Field, unsaved: Option<String>) {
    let id = DraftId::now(core, field);
    match unsaved {
        Some(text) => drop(
            core.screen
                .unsaved
                .insert(id, text.chars().take(field.longest()).collect()),
        ),
        None => drop(core.screen.unsaved.remove(&id)),
    }
}

/// What the field holds when its page opens: what was typed before, else what is kept.
fn held_by(field: Field, core: &Core) -> String {
    if let Some(typed) = core.screen.unsaved.get(&DraftId::now(core, field)) {
        return typed.clone();
    }
    if let Some(draft) = drafted(core, field) {
        return draft.clone();
    }
    let (profile, settings) = (&core.records.profile, &core.records.settings);
    match field {
        Field::Name => profile.name.clone(),
        Field::IdentityNumber => profile.identity_number.clone(),
        Field::Address => profile.address.clone(),
        Field::MedicalNotes => profile.medical_notes.clone(),
        Field::HubAddress => settings.hub.clone(),
        Field::PrinterAddress => settings.printer.clone(),
        Field::ContactName => help::edited(core).map_or_else(String::new, |contact| contact.name.clone()),
        Field::ContactNumber => help::edited(core).map_or_else(String::new, |contact| contact.number.clone()),
        Field::CardName | Field::CardNumber | Field::CardExpiry | Field::CardNote => wallet::held(core, field),
        Field::VisitorName | Field::VisitorNumber | Field::VisitorTelephone | Field::VisitorRemark => {
            register::held(core, field)
        }
        Field::RelativeName
        | Field::RelativeNumber
        | Field::DocumentText
        | Field::CheckText
        | Field::InvitationCode
        | Field::WalletPassphrase
        | Field::OpenPassphrase => String::new(),
        Field::Price
        | Field::Reserve
        | Field::SpentAmount
        | Field::BillName
        | Field::BillDay
        | Field::BillAmount
        | Field::BillPlace
        | Field::RefusedPlace => cash::held(core, field),
    }
}

/// What stands in a field that is typed with large keys while it is empty: on a small telephone there is no room beside
/// them for the sentence that says it.
fn example(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::CardExpiry => "enter-card-expiry-example",
        Field::Price | Field::SpentAmount | Field::Reserve => "enter-money-example",
        Field::BillAmount => "enter-bill-amount-example",
        Field::BillDay => "enter-bill-day-example",
        _ => return None,
    })
}

/// The page of a field.
pub(crate) fn view(field: Field, page: &mut PageBuilder<'_>) -> Body {
    let name = field.name();
    let title = page.line(&format!("enter-{name}"));
    let problem = page.core.screen.problem.map(|key| page.line(key));
    let lines = vec![page.line(&format!("enter-{name}-hint"))];
    let text = held_by(field, page.core);
    let mistake = slip_in(page.core, field, &text).map(|slip| Mistake {
        from: slip.from,
        to: slip.to,
        why: page.text(slip_words(page.core, &slip)),
    });
    let done = page
        .choice(
            "enter-done",
            Icon::Check,
            Command::Enter {
                field,
                text: String::new(),
            },
        )
        .main();
    let choices = match field {
        Field::CardNumber => wallet::other_keys(page).into_iter().collect(),
        _ => Vec::new(),
    };
    let words = page.words;
    Body::Entry(EntryView {
        title,
        lines,
        field,
        keys: if field == Field::CardNumber {
            wallet::number_keys(page.core)
        } else {
            field.keys()
        },
        text,
        label: words.get(&format!("enter-{name}-label")),
        example: example(field).map(|key| words.get(key)).unwrap_or_default(),
        longest: field.longest(),
        problem,
        mistake,
        erase: words.get("enter-erase"),
        point: words.get("enter-point"),
        done,
        choices,
    })
}

/// A telephone number as it is dialled: digits with a leading plus where there was one; `None` when it is not one.
#[must_use]
pub fn telephone(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others_are_spaces = text
        .chars()
        .enumerate()
        .all(|(at, c)| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')') || (c == '+' && at == 0));
    let plus = if text.starts_with('+') { "+" } else { "" };
    (others_are_spaces && (3..=15).contains(&digits.len())).then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_taken_as_people_write_it() {
        assert_eq!(telephone("010-5555 0101").as_deref(), Some("01055550101"));
        assert_eq!(telephone("+86 138 0013 8000").as_deref(), Some("+8613800138000"));
        assert_eq!(telephone("女儿"), None);
        assert_eq!(telephone("12"), None);
        assert_eq!(telephone("1234567890123456"), None);
    }
}
