//! Photographs of a card.
//!
//! A photograph is kept in the store beside the records ([`crate::store::KeptPhoto`]), under an id that no other picture
//! ever gets; a card names its two. So a photograph that is replaced or taken off a card is still there, and that can be
//! taken back. What no card names any more is let go when the program starts, when nothing can be taken back any more.

//!
//! A picture is chosen among the person's own or taken with the camera, made small and upright outside, and shown once
//! before it is kept. Those of a card are in memory while its pages are open. Where a card's number is covered, so are its
//! photographs: the number is on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Card, Photos, is_covered, shown};
use crate::app::{Command as AppCommand, Page};
use crate::effect::{Effect, FileTrouble, FoundFile};
use crate::ids::PhotoId;
use crate::page::PageBuilder;
use crate::result::{Outcome, open};
use crate::store::{Change, KeptPhoto, StoreError};
use crate::turn::Turn;
use crate::view::{Body, Choice, CodeView, Icon, Mark, Photo, QuestionView};
use crate::words::time;

/// A side of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub enum Side {
    /// The one with the name.
    #[default]
    Front,
    /// The other one.
    Back,
}

impl Side {
    const ALL: [Self; 2] = [Self::Front, Self::Back];

    fn key(self) -> &'static str {
        match self {
            Self::Front => "photo-front",
            Self::Back => "photo-back",
        }
    }
}

impl Photos {
    /// The photograph of a side.
    #[must_use]
    pub fn of(&self, side: Side) -> Option<PhotoId> {
        match side {
            Side::Front => self.front,
            Side::Back => self.back,
        }
    }

    fn with(self, side: Side, photo: Option<PhotoId>) -> Self {
        match side {
            Side::Front => Self { front: photo, ..self },
            Side::Back => Self { back: photo, ..self },
        }
    }
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Shows the photograph of a side, or asks for one where there is none.
    Show(Side),
    /// Asks for a picture of the side that is shown.
    Choose,
    /// Takes a picture of this device.
    Read {
        /// Its path.
        path: String,
    },
    /// Takes a picture with the camera.
    Take,
    /// The picture is good: it is kept.
    Keep,
    /// Takes the photograph that is shown off the card. It can be taken back.
    Remove,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// Which side it is about.
    side: Side,
    /// The photographs of the card that is shown.
    loaded: BTreeMap<PhotoId, Arc<[u8]>>,
    /// A picture that was chosen and is to be looked at.
    chosen: Option<Arc<[u8]>>,
    /// A picture is being taken or read.
    waiting: bool,
}

pub(super) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    let screen = &mut turn.core.screen.wallet.photos;
    match command {
        Command::Show(side) => show(turn, side),
        Command::Choose => turn.open(Page::PhotoFiles),
        Command::Read { path } => {
            screen.waiting = true;
            turn.effects.push(Effect::ReadPhoto { path });
        }
        Command::Take => {
            screen.waiting = true;
            turn.effects.push(Effect::TakePhoto);
            let said = turn.core.words().get("photo-taking");
            turn.tell(said);
        }
        Command::Keep => return keep(turn),
        Command::Remove => return remove(turn),
    }
    Ok(())
}

/// Shows the photograph of a side, or asks for one.
pub(super) fn show(turn: &mut Turn<'_>, side: Side) {
    turn.core.screen.wallet.photos.side = side;
    let there = shown(turn.core).and_then(|card| card.photos.of(side)).is_some();
    turn.open(if there { Page::CardPhoto } else { Page::PhotoFiles });
}

/// A picture was made small, or there is none.
pub(crate) fn brought(turn: &mut Turn<'_>, picture: Result<Vec<u8>, FileTrouble>) {
    // Whoever has left the page does not want it any more.
    if !std::mem::take(&mut turn.core.screen.wallet.photos.waiting) {
        return;
    }
    match picture {
        Ok(jpeg) => {
            turn.core.screen.wallet.photos.chosen = Some(jpeg.into());
            turn.replace(Page::ConfirmPhoto);
        }
        Err(trouble) => {
            let line = match trouble {
                FileTrouble::Unreadable => "photo-unreadable",
                FileTrouble::TooLarge => "file-too-large",
                _ => "photo-no-picture",
            };
            let outcome = Outcome::new(Mark::Bad, "photo-failed-title").line(line);
            turn.show(outcome.main("photo-again", Icon::Refresh, open(Page::PhotoFiles)));
        }
    }
}

fn keep(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some((jpeg, card)) = turn
        .core
        .screen
        .wallet
        .photos
        .chosen
        .clone()
        .zip(shown(turn.core).cloned())
    else {
        return Ok(());
    };
    let id = PhotoId(turn.uuid());
    let photos = card.photos.with(turn.core.screen.wallet.photos.side, Some(id));
    let jpeg = jpeg.to_vec();
    turn.commit_undoable(vec![
        Change::PutPhoto(KeptPhoto { id, jpeg }),
        Change::PutCard(Card { photos, ..card }),
    ])?;
    turn.core.screen.wallet.photos.chosen = None;
    done(turn, "photo-kept-title");
    Ok(())
}

fn remove(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(card) = shown(turn.core).cloned() else {
        return Ok(());
    };
    let photos = card.photos.with(turn.core.screen.wallet.photos.side, None);
    turn.commit_undoable(vec![Change::PutCard(Card { photos, ..card })])?;
    done(turn, "photo-removed-title");
    Ok(())
}

fn done(turn: &mut Turn<'_>, title: &'static str) {
    turn.back_to(Page::Wallet);
    turn.open(Page::Card);
    turn.open(Page::CardPhotos);
    let outcome = Outcome::new(Mark::Good, title).main("photo-see", Icon::Image, open(Page::CardPhotos));
    turn.show(outcome.undoable());
}

/// A page was opened: what it shows is fetched, and what it does not show is let go.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    let with_photos = matches!(page, Page::Card | Page::CardPhotos | Page::CardPhoto);
    if page == Page::PhotoFiles {
        turn.core.screen.health_code.files = None;
        turn.effects.extend([Effect::FindFiles, Effect::FindCamera]);
    } else if page != Page::ConfirmPhoto {
        turn.core.screen.wallet.photos.chosen = None;
    }
    turn.core.screen.wallet.photos.waiting = false;
    let photos = shown(turn.core)
        .map(|card| card.photos)
        .filter(|_| with_photos)
        .unwrap_or_default();
    let ids: Vec<PhotoId> = [photos.front, photos.back].into_iter().flatten().collect();
    let loaded = &mut turn.core.screen.wallet.photos.loaded;
    loaded.retain(|id, _| ids.contains(id));
    for id in ids {
        if loaded.contains_key(&id) {
            continue;
        }
        // One that can't be read is not shown; the store has said why.
        if let Ok(Some(jpeg)) = turn.store.photo(id) {
            loaded.insert(id, jpeg.into());
        }
    }
}

/// The photographs of a card for its page; none where its number is covered.
pub(super) fn on_card(page: &mut PageBuilder<'_>, card: &Card) -> Vec<Photo> {
    let mut photos = Vec::new();
    if is_covered(page.core, card) {
        return photos;
    }
    for side in Side::ALL {
        let Some(photo) = photo(page, card, side) else { continue };
        let open = page.choice_named(side.key(), photo.label.clone(), Icon::Image, of(Command::Show(side)));
        photos.push(Photo {
            open: Some(open),
            ..photo
        });
    }
    photos
}

fn photo(page: &PageBuilder<'_>, card: &Card, side: Side) -> Option<Photo> {
    let jpeg = page
        .core
        .screen
        .wallet
        .photos
        .loaded
        .get(&card.photos.of(side)?)?
        .clone();
    Some(labelled(page, card, side, jpeg))
}

fn labelled(page: &PageBuilder<'_>, card: &Card, side: Side, jpeg: Arc<[u8]>) -> Photo {
    let key = match side {
        Side::Front => "photo-of-front",
        Side::Back => "photo-of-back",
    };
    Photo {
        label: page.words.with(key, &[("name", &card.name)]),
        jpeg,
        open: None,
    }
}

/// The button on a card's page that leads to its photographs.
pub(super) fn choice(page: &mut PageBuilder<'_>) -> Choice {
    page.choice("card-photos", Icon::Image, AppCommand::Open(Page::CardPhotos))
}

pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core) else {
        return super::view::view(Page::Wallet, page);
    };
    match of {
        Page::CardPhoto => one(page, card),
        Page::ConfirmPhoto => confirm(page, card),
        Page::PhotoFiles => files(page),
        _ => both(page, card),
    }
}

fn both(page: &mut PageBuilder<'_>, card: &Card) -> Body {
    let title = page.line("photos-title");
    let lines = vec![page.line("photos-line")];
    let choices = Side::ALL.into_iter().map(|side| {
        let choice = page.choice(side.key(), Icon::Image, of(Command::Show(side)));
        let there = card.photos.of(side).is_some();
        let note = page.words.get(if there { "photo-there" } else { "photo-not-there" });
        page.noted(choice, note)
    });
    let choices = choices.collect();
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn one(page: &mut PageBuilder<'_>, card: &Card) -> Body {
    let side = page.core.screen.wallet.photos.side;
    let photos: Vec<Photo> = photo(page, card, side).into_iter().collect();
    // What is on it is said, for who can't see it.
    let state = match photos.first() {
        Some(photo) => page.text(photo.label.clone()),
        None => page.line(side.key()),
    };
    let lines = if photos.is_empty() {
        vec![page.line("photo-gone")]
    } else {
        Vec::new()
    };
    let choices = vec![
        page.choice("photo-other", Icon::Refresh, of(Command::Choose)),
        page.choice("photo-remove", Icon::Delete, of(Command::Remove)),
    ];
    Body::Code(CodeView {
        state,
        lines,
        photos,
        choices,
        ..CodeView::default()
    })
}

fn confirm(page: &mut PageBuilder<'_>, card: &Card) -> Body {
    let screen = &page.core.screen.wallet.photos;
    let (side, chosen) = (screen.side, screen.chosen.clone());
    let photos: Vec<Photo> = chosen
        .into_iter()
        .map(|jpeg| labelled(page, card, side, jpeg))
        .collect();
    let state = page.line("photo-confirm-title");
    let whose = photos.first().map(|photo| page.text(photo.label.clone()));
    let lines = whose.into_iter().chain([page.line("photo-confirm-line")]).collect();
    let choices = vec![
        page.choice("photo-keep", Icon::Check, of(Command::Keep)).main(),
        page.choice("photo-other", Icon::Refresh, of(Command::Choose)),
    ];
    Body::Code(CodeView {
        state,
        lines,
        photos,
        choices,
        ..CodeView::default()
    })
}

fn files(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("photo-files-title");
    let found = page.core.screen.health_code.files.clone();
    let searched = found.is_some();
    let found: Vec<_> = found.into_iter().flatten().filter(FoundFile::is_picture).collect();
    let line = match (searched, found.is_empty()) {
        (false, _) => "files-looking",
        (true, true) => "files-none",
        (true, false) => "files-line",
    };
    let lines = vec![page.line(line)];
    let mut choices = Vec::new();
    if crate::checkpoint::has_camera(page.core) {
        choices.push(page.choice("photo-take", Icon::PhotoCamera, of(Command::Take)).main());
    }
    let now = page.core.now().clone();
    for file in found.into_iter().take(12) {
        let read = of(Command::Read {
            path: file.path.clone(),
        });
        let choice = page.choice_named(file.path.clone(), file.called(), Icon::Image, read);
        let note = time::ago(page.words, file.changed_at, &now);
        choices.push(page.noted(choice, note));
    }
    choices.push(page.choice("files-again", Icon::Refresh, AppCommand::Open(Page::PhotoFiles)));
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn of(command: Command) -> AppCommand {
    AppCommand::Wallet(super::Command::Photo(command))
}

/// What goes with a card that is gone for good.
pub(super) fn removed_with(card: &Card) -> impl Iterator<Item = Change> + use<> {
    let photos = card.photos;
    [photos.front, photos.back]
        .into_iter()
        .flatten()
        .map(Change::RemovePhoto)
}

/// Lets go of the photographs that no card names.
///
/// # Errors
/// The store's; the next start tries again.
pub(crate) fn let_go(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let cards = turn.core.records.cards.values();
    let named: BTreeSet<PhotoId> = cards
        .flat_map(|card| [card.photos.front, card.photos.back])
        .flatten()
        .collect();
    let there = turn.store.photos()?;
    let over: Vec<Change> = there.difference(&named).copied().map(Change::RemovePhoto).collect();
    if over.is_empty() {
        return Ok(());
    }
    turn.commit_quietly(over)
}
