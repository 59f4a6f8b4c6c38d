//! Cards: the number to read out, the code that a till can read, all of it without a network.
//!
//! A card is added by name and number (`add.rs`), or comes as a pass (`.pkpass`) or out of a picture. Nothing of it leaves
//! the device but what the hub is to sign for its copy on paper. What a till reads is drawn from what the card says, so
//! that a card that can be shown can also be printed. A card that says who somebody is answers for their health code,
//! where one is kept (see `health_code/card.rs`).
//!
//! The wallet's order never changes by itself (`order.rs`): what was put to the front, then everything as it was added.
//! A number that does harm in wrong hands is covered until it is asked for, and again when the page is left; it is spoken
//! only on request (`digits.rs`). What is deleted can be put back for thirty days, and what has expired is put away only
//! when the person says so (`old.rs`). Cards to hold out to somebody are in `sayings.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::Field;
use crate::fraud::{self, Trigger};
use crate::ids::CardId;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod add;
pub(crate) mod along;
pub mod archive;
pub mod catima;
mod change;
mod code;
mod digits;
pub mod file;
pub mod import;
mod model;
mod old;
mod order;
mod paper;
pub(crate) mod photos;
pub mod pkpass;
mod same;
mod sayings;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod unlock;
mod view;

pub(crate) use add::{kind_being_typed, number_keys, other_keys, typed};
pub use along::Command as AlongCommand;
pub(crate) use change::{edited, held};
pub use code::CodeWish;
pub(crate) use digits::{grouped, masked};
pub use model::{Card, CardCode, CardKind, Old, PassId, Photos, WhyOld};
pub(crate) use old::{erase_what_is_over, next_wake};
pub(crate) use order::{cards, in_use, shown};
pub(crate) use paper::{PrintWish, paper, printed};
pub(crate) use photos::let_go as let_go_of_photos;
pub use photos::{Command as PhotoCommand, Side};
pub use sayings::Saying;
pub(crate) use view::{ON_A_PAGE, icon, view};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Begins a new card of a kind; its name is asked next.
    Add(CardKind),
    /// Begins a new card that photographs of it are enough for; its kind is asked next.
    AddByPhoto,
    /// Shows the list that is open from this card on, counted from 0.
    From(usize),
    /// Shows a card.
    Show(CardId),
    /// Shows the number of the card that is shown, until its page is left.
    Reveal,
    /// Shows nothing but the name, the code and the number of the card, as large as they can be.
    ShowLarge,
    /// Says the number of the card, digit by digit.
    SayNumber,
    /// Puts a card to the front.
    Pin(CardId),
    /// Puts it back among the others.
    Unpin(CardId),
    /// Changes something of the card that is shown: opens the field.
    Edit(Field),
    /// Types the number with the system's keyboard, or with large keys again.
    Letters(bool),
    /// Makes the card that is shown one of another kind.
    SetKind(CardKind),
    /// What code there is on the card that is shown.
    WishCode(CodeWish),
    /// Takes the code of the card away, although it can't be drawn again.
    DropCode,
    /// Not like the one on the card: another one.
    NextCode,
    /// Like the one on the card: it is kept.
    TakeCode,
    /// Puts a card away as deleted. It can be taken back.
    Remove(CardId),
    /// Puts a card that was put away among the others again.
    PutBack(CardId),
    /// Erases a card that was put away, for good.
    Erase(CardId),
    /// Puts a card away that has expired.
    PutAway(CardId),
    /// Leaves a card that has expired among the others.
    KeepExpired(CardId),
    /// Keeps what was read and asked about.
    KeepRead,
    /// Photographs of the card that is shown.
    Photo(photos::Command),
    /// Takes the wallet along.
    Along(along::Command),
    /// Words to hold out to somebody.
    ShowSaying(Saying),
    /// Says them, in both languages.
    SaySaying,
    /// Asks which cards to print.
    PrintAll,
    /// Prints one card.
    Print(CardId),
    /// Takes a card to those that are printed, or from them.
    TogglePrinted(CardId),
    /// That is all: asks about the numbers, where some do harm in wrong hands.
    PrintChosen,
    /// Prints them with their whole numbers, or with the last four digits alone.
    PrintNumbers {
        /// The whole numbers.
        whole: bool,
    },
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// From which card on each list is shown.
    from: BTreeMap<Page, usize>,
    /// The card that is shown.
    pub shown: Option<CardId>,
    /// Its number is to be seen although it does harm in wrong hands; over when the page is left.
    revealed: bool,
    /// The kind of the card that is being added.
    pub kind: CardKind,
    /// The kind that was begun last.
    begun: Option<CardKind>,
    /// It needs no number: photographs of it come next.
    by_photo: bool,
    /// The card whose name or number is typed; none is a new one.
    edited: Option<CardId>,
    /// The number that is typed has letters.
    letters: bool,
    /// The codes that may be the one on the card, the one that is shown first.
    codes: code::Looks,
    /// What was read from a file and waits for an answer.
    read: Option<import::Read>,
    /// Its photographs.
    photos: photos::Screen,
    /// What came of the file that was taken in last.
    pub imported: Option<import::Report>,
    /// A file that waits for its passphrase.
    pub locked: Option<String>,
    /// The passphrase for the file that is to be written.
    pub passphrase: Option<String>,
    /// The file is being written; whether it is locked.
    pub saving: Option<bool>,
    /// The words that are held out.
    saying: Option<Saying>,
    /// What is to be printed.
    pub print: PrintWish,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Add(kind) => add::begin(turn, kind)?,
        Command::AddByPhoto => {
            turn.open(Page::CardKinds);
            turn.core.screen.wallet.by_photo = true;
        }
        Command::From(from) => {
            let page = turn.core.page();
            turn.core.screen.wallet.from.insert(page, from);
            turn.open(page);
        }
        Command::Show(id) => show(turn, id),
        Command::Reveal => bank_asks(turn, Command::Reveal, |turn| {
            turn.core.screen.wallet.revealed = true;
            turn.light();
            Ok(())
        })?,
        Command::ShowLarge => bank_asks(turn, Command::ShowLarge, |turn| {
            turn.open(Page::CardCode);
            Ok(())
        })?,
        Command::SayNumber => bank_asks(turn, Command::SayNumber, say_number)?,
        Command::Pin(id) => pin(turn, id, true)?,
        Command::Unpin(id) => pin(turn, id, false)?,
        // The number stands in its field, and a code says it.
        Command::Edit(Field::CardNumber) => bank_asks(turn, Command::Edit(Field::CardNumber), |turn| {
            change::begin(turn, Field::CardNumber);
            Ok(())
        })?,
        Command::Edit(field) => change::begin(turn, field),
        Command::Letters(letters) => turn.core.screen.wallet.letters = letters,
        Command::SetKind(kind) => change::set_kind(turn, kind)?,
        Command::WishCode(CodeWish::None) => code::none(turn)?,
        Command::WishCode(wish) => bank_asks(turn, Command::WishCode(wish), |turn| code::wish(turn, wish))?,
        Command::DropCode => code::dropped(turn)?,
        Command::NextCode => code::next(turn),
        Command::TakeCode => code::take(turn)?,
        Command::Remove(id) => old::remove(turn, id)?,
        Command::PutBack(id) => old::put_back(turn, id)?,
        Command::Erase(id) => old::erase(turn, id)?,
        Command::PutAway(id) => old::put_away(turn, id)?,
        Command::KeepExpired(id) => old::keep_expired(turn, id)?,
        Command::KeepRead => import::keep_read(turn)?,
        Command::Photo(photos::Command::Show(side)) => {
            let show = photos::Command::Show(side);
            bank_asks(turn, Command::Photo(show.clone()), |turn| {
                photos::show(turn, side);
                Ok(())
            })?;
        }
        Command::Photo(command) => photos::update(turn, command)?,
        Command::Along(command) => along::update(turn, command)?,
        Command::ShowSaying(saying) => {
            turn.core.screen.wallet.saying = Some(saying);
            turn.open(Page::Saying);
        }
        Command::SaySaying => sayings::say(turn),
        Command::PrintAll => paper::begin(turn),
        Command::Print(id) => paper::one(turn, id)?,
        Command::TogglePrinted(id) => paper::toggle(turn, id),
        Command::PrintChosen => paper::chosen(turn)?,
        Command::PrintNumbers { whole } => {
            let has_bank = printed(turn.core).iter().any(|card| card.kind == CardKind::Bank);
            let print = Command::PrintNumbers { whole };
            asks_if(whole && has_bank, turn, print, |turn| paper::numbers(turn, whole))?;
        }
    }
    Ok(())
}

fn show(turn: &mut Turn<'_>, id: CardId) {
    turn.core.screen.wallet.shown = Some(id);
    // Of another card than the one that was uncovered, if that was open.
    turn.core.screen.wallet.revealed = false;
    let is_old = shown(turn.core).is_some_and(|card| card.old.is_some());
    turn.open(if is_old { Page::OldCard } else { Page::Card });
}

/// A page was opened: from the home page the wallet is opened at its beginning.
pub(crate) fn entered(core: &mut Core) {
    if core.page() == Page::Home {
        core.screen.wallet.from.clear();
    }
    if matches!(core.page(), Page::Home | Page::Wallet | Page::AddCard) {
        core.screen.wallet.by_photo = false;
    }
}

/// Leads back to the page of the card, wherever that was opened from.
fn back_to_the_card(turn: &mut Turn<'_>) {
    if !turn.core.screen.stack.contains(&Page::Card) {
        turn.back_to(Page::Wallet);
        turn.open(Page::Card);
        return;
    }
    turn.back_to(Page::Card);
}

/// A page was left: what was uncovered on it is covered again.
pub(crate) fn left(core: &mut Core) {
    core.screen.wallet.revealed = false;
    core.screen.wallet.letters = false;
}

/// Whether the number of a card is to be covered on its page.
fn is_covered(core: &Core, card: &Card) -> bool {
    card.kind.is_sensitive() && !core.screen.wallet.revealed && core.page() != Page::CardCode
}

/// Does something that shows the number of a card; where it is a bank's, one calm question comes before it.
fn bank_asks(
    turn: &mut Turn<'_>,
    command: Command,
    then: impl FnOnce(&mut Turn<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let is_bank = shown(turn.core).is_some_and(|card| card.kind == CardKind::Bank);
    asks_if(is_bank, turn, command, then)
}

/// The same for what is known to show the number of a bank card.
fn asks_if(
    is_bank: bool,
    turn: &mut Turn<'_>,
    command: Command,
    then: impl FnOnce(&mut Turn<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if is_bank && fraud::needs_asking(turn.core, Trigger::ShowBankCard) {
        return fraud::ask(turn, Trigger::ShowBankCard, AppCommand::Wallet(command));
    }
    then(turn)
}

fn say_number(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    if let Some(number) = shown(turn.core).map(|card| digits::said(&card.number)) {
        turn.tell(number);
    }
    Ok(())
}

/// Shows a card that was just changed, behind the page that says so and takes it back.
fn changed(turn: &mut Turn<'_>) {
    back_to_the_card(turn);
    turn.show(
        Outcome::new(Mark::Good, "changed-title")
            .main("card-kept-show", Icon::CreditCard, open(Page::Card))
            .undoable(),
    );
}

fn pin(turn: &mut Turn<'_>, id: CardId, front: bool) -> Result<(), StoreError> {
    let Some(card) = turn.core.records.cards.get(&id) else {
        return Ok(());
    };
    if card.pinned_at.is_some() == front {
        return Ok(());
    }
    let pinned_at = front.then(|| turn.core.now().timestamp());
    let card = Card {
        pinned_at,
        ..card.clone()
    };
    turn.commit(vec![Change::PutCard(card)])?;
    let said = turn.core.words().get(if front {
        "card-pinned-said"
    } else {
        "card-unpinned-said"
    });
    turn.tell(said);
    Ok(())
}
