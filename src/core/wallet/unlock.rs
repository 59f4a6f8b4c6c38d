//! Opening a file that is locked with a passphrase.
//!
//! The passphrase is typed on a page of its own, in plain letters, and is kept nowhere: it is in memory while the page is
//! open, and goes to whoever opens the file. A wrong one is said, and asked for again.

use crate::app::Page;
use crate::effect::Effect;
use crate::entry::{Field, Problem};
use crate::result::Outcome;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::Mark;

/// A file was read, and it is locked.
pub(crate) fn ask(turn: &mut Turn<'_>, path: &str) -> Result<(), StoreError> {
    turn.core.screen.wallet.locked = Some(path.to_owned());
    turn.open(Page::Enter(Field::OpenPassphrase));
    Ok(())
}

/// The passphrase was typed.
pub(crate) fn typed(turn: &mut Turn<'_>, text: String) -> Result<Result<(), Problem>, StoreError> {
    if text.is_empty() {
        return Ok(Err("passphrase-empty"));
    }
    let Some(path) = turn.core.screen.wallet.locked.clone() else {
        turn.back();
        return Ok(Ok(()));
    };
    turn.back();
    turn.show(Outcome::new(Mark::Waiting, "unlock-waiting-title").line("unlock-waiting-line"));
    turn.effects.push(Effect::Unlock { path, passphrase: text });
    Ok(Ok(()))
}

/// It is another passphrase.
pub(crate) fn wrong(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    turn.open(Page::Enter(Field::OpenPassphrase));
    turn.core.screen.problem = Some("passphrase-wrong");
    turn.refuse();
    Ok(())
}
