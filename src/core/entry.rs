//! The fields that a person types into.

use serde::{Deserialize, Serialize};

use crate::app::{Command, Core};
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Body, EntryView, Icon};
use crate::{checkpoint, family, health_code, help, register, settings, wallet};

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
    /// The system's keyboard: an address of the network.
    NetworkAddress,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Name,
        Self::IdentityNumber,
        Self::Address,
        Self::MedicalNotes,
        Self::ContactName,
        Self::ContactNumber,
        Self::CardName,
        Self::CardNumber,
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
            Self::DocumentText => "document-text",
            Self::HubAddress => "hub-address",
            Self::PrinterAddress => "printer-address",
            Self::VisitorName => "visitor-name",
            Self::VisitorNumber => "visitor-number",
            Self::VisitorTelephone => "visitor-telephone",
            Self::VisitorRemark => "visitor-remark",
            Self::CheckText => "check-text",
            Self::InvitationCode => "invitation-code",
        }
    }

    /// Which keys it offers.
    #[must_use]
    pub fn keys(self) -> Keys {
        match self {
            Self::ContactNumber | Self::CardNumber | Self::VisitorTelephone | Self::InvitationCode => Keys::Digits,
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
            Self::InvitationCode => family::LONGEST_CODE,
            Self::Name | Self::RelativeName | Self::ContactName | Self::CardName | Self::VisitorName => 40,
            Self::VisitorRemark => 100,
            Self::Address | Self::HubAddress | Self::PrinterAddress => 200,
            Self::MedicalNotes => 500,
            Self::DocumentText => 8_000,
            // A SMART Health Card is written in digits, two for each of its characters.
            Self::CheckText => 16_000,
        }
    }

    /// Whether it is about somebody who came to the door. That is never kept half-typed.
    pub(crate) fn is_of_a_visitor(self) -> bool {
        matches!(
            self,
            Self::VisitorName | Self::VisitorNumber | Self::VisitorTelephone | Self::VisitorRemark | Self::CheckText
        )
    }
}

/// What is wrong with a typed text: the key of a sentence.
pub(crate) type Problem = &'static str;

/// Keeps half-typed text, cut to what the field takes; that of a visitor only in memory (see [`hold`]).
pub(crate) fn keep(turn: &mut Turn<'_>, field: Field, text: String) -> Result<(), StoreError> {
    if field.is_of_a_visitor() {
        return Ok(());
    }
    let text: String = text.chars().take(field.longest()).collect();
    if turn.core.records.drafts.get(&field).is_some_and(|draft| *draft == text) {
        return Ok(());
    }
    turn.commit(vec![Change::PutDraft(field, text)])
}

/// A field is finished: whoever the field belongs to takes it, or says what is wrong with it.
pub(crate) fn finish(turn: &mut Turn<'_>, field: Field, text: &str) -> Result<(), StoreError> {
    let text: String = text.trim().chars().take(field.longest()).collect();
    keep(turn, field, text.clone())?;
    turn.core.screen.problem = None;
    let then = turn.core.screen.then.take();
    let taken = match field {
        Field::Name | Field::Address | Field::MedicalNotes => help::typed_about_person(turn, field, text)?,
        Field::IdentityNumber => health_code::typed_identity_number(turn, text)?,
        Field::RelativeName | Field::RelativeNumber => health_code::typed_relative(turn, field, &text)?,
        Field::ContactName | Field::ContactNumber => help::typed_contact(turn, field, text)?,
        Field::CardName | Field::CardNumber => wallet::typed(turn, field, text)?,
        Field::DocumentText => health_code::typed_document(turn, &text)?,
        Field::HubAddress | Field::PrinterAddress => settings::typed_address(turn, field, text)?,
        Field::VisitorName | Field::VisitorNumber | Field::VisitorTelephone | Field::VisitorRemark => {
            register::typed(turn, field, text)?
        }
        Field::CheckText => checkpoint::typed(turn, &text)?,
        Field::InvitationCode => family::typed_code(turn, &text)?,
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
    match unsaved {
        Some(text) => drop(
            core.screen
                .unsaved
                .insert(field, text.chars().take(field.longest()).collect()),
        ),
        None => drop(core.screen.unsaved.remove(&field)),
    }
}

/// What the field holds when its page opens: what was typed before, else what is kept.
fn held(field: Field, page: &PageBuilder<'_>) -> String {
    if let Some(typed) = page.core.screen.unsaved.get(&field) {
        return typed.clone();
    }
    if let Some(draft) = page.core.records.drafts.get(&field) {
        return draft.clone();
    }
    let (profile, settings) = (&page.core.records.profile, &page.core.records.settings);
    match field {
        Field::Name => profile.name.clone(),
        Field::IdentityNumber => profile.identity_number.clone(),
        Field::Address => profile.address.clone(),
        Field::MedicalNotes => profile.medical_notes.clone(),
        Field::HubAddress => settings.hub.clone(),
        Field::PrinterAddress => settings.printer.clone(),
        Field::ContactName => help::edited(page.core).map_or_else(String::new, |contact| contact.name.clone()),
        Field::ContactNumber => help::edited(page.core).map_or_else(String::new, |contact| contact.number.clone()),
        Field::CardName => wallet::suggested_name(page.core),
        Field::VisitorName | Field::VisitorNumber | Field::VisitorTelephone | Field::VisitorRemark => {
            register::held(page.core, field)
        }
        Field::RelativeName
        | Field::RelativeNumber
        | Field::CardNumber
        | Field::DocumentText
        | Field::CheckText
        | Field::InvitationCode => String::new(),
    }
}

/// The page of a field.
pub(crate) fn view(field: Field, page: &mut PageBuilder<'_>) -> Body {
    let name = field.name();
    let title = page.line(&format!("enter-{name}"));
    let problem = page.core.screen.problem.map(|key| page.line(key));
    let lines = vec![page.line(&format!("enter-{name}-hint"))];
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
        text: held(field, page),
        label: words.get(&format!("enter-{name}-label")),
        longest: field.longest(),
        problem,
        erase: words.get("enter-erase"),
        done,
        choices: Vec::new(),
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
