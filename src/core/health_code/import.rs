//! Taking documents in: from a text, from the codes of a picture, from the parts of a code that comes in several.
//!
//! Whatever is no document is refused with a sentence. One whose signature is wrong is not taken at all; any other is,
//! and the page says what its state is. The parts of a code are kept in memory alone until they are all there: the
//! person has the pictures still.

use anban_credential::{CardError, Document, DocumentState, Format, Kind, Parts, ReadError, read, split};

use super::{About, KeptDocument, documents, people, what_it_is};
use crate::app::{Core, Page};
use crate::effect::ReadCode;
use crate::entry::{Field, Problem};
use crate::ids::DocumentId;
use crate::outbox::DocumentWish;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};
use crate::wallet::{self, CardCode};

/// Keeps the documents in a text: one, or the cards of a SMART Health Card file. A document that is there already is
/// refreshed, not doubled.
pub(super) fn import(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let texts = match split(text) {
        Ok(texts) => texts,
        Err(ReadError::SmartHealthCard(CardError::Part { .. })) => return collect(turn, text),
        Err(_) => return Ok(Err("document-unreadable")),
    };
    let documents: Vec<Document> = texts.iter().filter_map(|text| read(text).ok()).collect();
    keep_genuine(turn, documents)
}

fn keep_genuine(turn: &mut Turn<'_>, documents: Vec<Document>) -> Result<Result<(), Problem>, StoreError> {
    if documents.is_empty() {
        return Ok(Err("document-unreadable"));
    }
    let now = turn.now();
    let genuine: Vec<Document> = documents
        .into_iter()
        .filter(|document| turn.core.trust.state(document, now) != DocumentState::Forged)
        .collect();
    if genuine.is_empty() {
        return Ok(Err("document-forged"));
    }
    let newer: Vec<Document> = genuine
        .into_iter()
        .filter(|document| place(turn.core, document, None) != Place::Older)
        .collect();
    let Some(last) = newer.last() else {
        turn.show(
            Outcome::new(Mark::Good, "document-older-title")
                .line("document-older-line")
                .main("document-kept-show", Icon::QrCode2, open(Page::HealthCode)),
        );
        return Ok(Ok(()));
    };
    let mut outcome = Outcome::new(Mark::Good, "document-kept-title");
    if let Some(name) = last.holder_name() {
        let what = what_it_is(turn.core.words(), last);
        outcome = outcome.line(Sentence("document-kept-whose", vec![("name", name), ("what", what)]));
    }
    let kept: Vec<_> = newer.iter().map(|document| kept(turn, document, None)).collect();
    keep_all(turn, kept)?;
    turn.show(
        outcome
            .line("document-kept-line")
            .main("document-kept-show", Icon::QrCode2, open(Page::HealthCode))
            .undoable(),
    );
    Ok(Ok(()))
}

/// Takes in one part of a code that comes in several, in whatever order they are read. A part of another card begins
/// anew: the person has put the first one aside.
fn collect(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let parts = &mut turn.core.screen.health_code.parts;
    let mut added = parts.add(text);
    if let Err(ReadError::SmartHealthCard(CardError::MixedParts)) = added {
        *parts = Parts::default();
        added = parts.add(text);
    }
    match added {
        Ok(Some(document)) => {
            *parts = Parts::default();
            keep_genuine(turn, vec![document])
        }
        Ok(None) | Err(ReadError::SmartHealthCard(CardError::RepeatedPart(_))) => {
            let missing = parts.missing();
            let next = missing.first().copied().unwrap_or_default();
            let title = Sentence("document-part-title", vec![("count", parts.count().to_string())]);
            let left = [("left", missing.len().to_string()), ("part", next.to_string())];
            let line = Sentence("document-part-line", left.to_vec());
            turn.show(Outcome::new(Mark::Waiting, title).line(line).main(
                "document-part-next",
                Icon::Image,
                open(Page::Files),
            ));
            Ok(Ok(()))
        }
        Err(_) => {
            *parts = Parts::default();
            Ok(Err("document-unreadable"))
        }
    }
}

/// Keeps documents, all of them or none; the last is the one that is shown.
fn keep_all(turn: &mut Turn<'_>, documents: Vec<KeptDocument>) -> Result<(), StoreError> {
    if let Some(last) = documents.last() {
        turn.core.screen.health_code.shown = Some(last.id);
    }
    let changes = documents.into_iter().map(Change::PutDocument);
    turn.commit_undoable(
        changes
            .chain([Change::RemoveDraft(Field::DocumentText.into())])
            .collect(),
    )
}

/// Keeps a document that was wished for. What comes for something on this device takes the place of the older one, and
/// does not become the one that is shown: somebody may just be showing another. Its id; none where a newer one is kept.
pub(super) fn keep(
    turn: &mut Turn<'_>,
    document: &Document,
    wish: &DocumentWish,
) -> Result<Option<DocumentId>, StoreError> {
    if place(turn.core, document, wish.about) == Place::Older {
        return Ok(None);
    }
    let mut kept = kept(turn, document, wish.about);
    if wish.about.is_none() {
        kept.issued_for = Some(wish.identity_number.clone());
    }
    let id = kept.id;
    turn.commit(vec![Change::PutDocument(kept)])?;
    Ok(Some(id))
}

/// Where a document goes among those that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// It is new.
    New,
    /// It takes the place of this one.
    Of(KeptDocument),
    /// A newer one is kept already.
    Older,
}

/// Where a document goes. The same one again, one for the same thing on this device, and a newer health status of the
/// same person by the same issuer take the place of what is there: they are refreshed, and nothing piles up.
pub(super) fn place(core: &Core, document: &Document, about: Option<About>) -> Place {
    let kept = documents(core);
    let same = kept.iter().find(|(kept, read)| {
        read.id() == document.id() || (about.is_some() && kept.about == about && read.kind() == document.kind())
    });
    if let Some((same, _)) = same {
        return Place::Of((*same).clone());
    }
    if document.kind() != Kind::HealthStatus {
        return Place::New;
    }
    let now = core.now().timestamp();
    // What nobody vouches for is no newer form of what somebody vouches for, whatever it says of itself.
    let vouched = |document: &Document| core.trust.state(document, now) != DocumentState::UnknownIssuer;
    let who = people::Who::of(document);
    let earlier = kept.iter().find(|(kept, read)| {
        kept.about.is_none()
            && read.kind() == Kind::HealthStatus
            && read.issuer() == document.issuer()
            && people::Who::of(read).may_be(&who)
            && vouched(read) == vouched(document)
    });
    match earlier {
        Some((_, read)) if read.issued_at() > document.issued_at() => Place::Older,
        Some((kept, _)) => Place::Of((*kept).clone()),
        None => Place::New,
    }
}

/// A document as it is to be kept.
fn kept(turn: &mut Turn<'_>, document: &Document, about: Option<About>) -> KeptDocument {
    let now = turn.now();
    let text = document.text().to_owned();
    match place(turn.core, document, about) {
        Place::Of(kept) => KeptDocument {
            text,
            refreshed_at: now,
            about: about.or(kept.about),
            refused_at: None,
            ..kept
        },
        Place::New | Place::Older => KeptDocument {
            id: DocumentId(turn.uuid()),
            text,
            added_at: now,
            refreshed_at: now,
            about,
            issued_for: None,
            refused_at: None,
        },
    }
}

/// Keeps the first document among the codes of a picture, which may hold other codes too, or takes in the parts of one.
pub(super) fn import_picture(turn: &mut Turn<'_>, codes: &[ReadCode]) -> Result<Result<(), Problem>, StoreError> {
    let is_part = |code: &&ReadCode| {
        matches!(
            split(&code.text),
            Err(ReadError::SmartHealthCard(CardError::Part { .. }))
        )
    };
    if let Some(document) = codes.iter().find(|code| read(&code.text).is_ok()) {
        return import(turn, &document.text);
    }
    let mut parts = codes.iter().filter(is_part).peekable();
    if parts.peek().is_none() {
        return match codes.first() {
            // A code that is no document's, and does not look like one: a card's.
            Some(code) if Format::of(&code.text).is_none() => {
                let ReadCode { symbology, text } = code.clone();
                wallet::import::code(turn, CardCode { symbology, text })?;
                Ok(Ok(()))
            }
            Some(code) => import(turn, &code.text),
            None => Ok(Err("file-no-code")),
        };
    }
    let mut last = Ok(());
    for part in parts {
        last = collect(turn, &part.text)?;
    }
    Ok(last)
}
