//! Where cash is refused: a card to hold out, the number for complaints, and a letter of two questions.
//!
//! The letter has the form in which such letters are written: who complains, about whom, what happened, what is asked for,
//! day and signature. What is not known is a line to write on. It is kept as a draft and printed like any other paper.

use super::model::{Complaint, Refused};
use super::{Command, rules};
use crate::app::{Command as AppCommand, Core, Page};
use crate::certificates::{self, Form, Format, Item, Paper};
use crate::entry::{Field, Problem, drafted, forgotten};
use crate::help::spaced;
use crate::page::PageBuilder;
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark, QuestionView, ShowView};
use crate::words::{Words, time};

/// Asks which shop it was.
pub(super) fn begin(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    turn.open(Page::Enter(Field::RefusedPlace));
    Ok(())
}

/// The shop was typed; it waits as a draft until it is known what happened there.
pub(super) fn typed_place(turn: &mut Turn<'_>, text: String) -> Result<Result<(), Problem>, StoreError> {
    if text.is_empty() {
        return Ok(Err("enter-refused-place-empty"));
    }
    turn.open(Page::RefusedWhat);
    Ok(Ok(()))
}

/// What the field for the shop holds: that of the letter that is kept.
pub(super) fn held_place(core: &Core) -> String {
    let kept = core.records.complaint.as_ref();
    kept.map(|complaint| complaint.place.clone()).unwrap_or_default()
}

/// Whether a letter could have been written here.
pub(crate) fn is_complaint(complaint: &Complaint) -> bool {
    !complaint.place.trim().is_empty() && complaint.place.chars().count() <= Field::RefusedPlace.longest()
}

/// It is known what happened: the letter is complete, and goes on to a printer or a file.
pub(super) fn was_refused(turn: &mut Turn<'_>, what: Refused) -> Result<(), StoreError> {
    let draft = drafted(turn.core, Field::RefusedPlace).cloned();
    let place = draft.unwrap_or_else(|| held_place(turn.core));
    if place.trim().is_empty() {
        return begin(turn);
    }
    let complaint = Complaint {
        place,
        what,
        day: turn.core.now().date(),
    };
    let mut changes = vec![Change::Complaint(Some(complaint))];
    changes.extend(forgotten(turn.core, &[Field::RefusedPlace]));
    turn.commit_undoable(changes)?;
    turn.carry_out(AppCommand::Certificates(certificates::Command::Choose(
        Item::CashComplaint,
    )))
}

/// The letter is let go.
pub(super) fn forget(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    turn.commit_undoable(vec![Change::Complaint(None)])?;
    turn.back_to(Page::CashRefused);
    turn.show(Outcome::new(Mark::Good, "refused-forgotten-title").undoable());
    Ok(())
}

/// The card to hold out.
pub(super) fn card(page: &mut PageBuilder<'_>) -> ShowView {
    let language = page.words.language();
    let sentence = page.line("refused-show");
    let other = Some(page.text(Words::of(language.other()).get("refused-show")));
    let number = rules::complaints();
    let call = AppCommand::Cash(Command::Call(number.to_owned()));
    let text = page.words.with("refused-call", &[("number", number)]);
    let said = page.words.with("refused-call", &[("number", &spaced(number))]);
    let call = page.choice_named("refused-call", text, Icon::Call, call);
    let mut choices = vec![page.said(call, &said).main()];
    choices.push(page.choice("saying-say", Icon::VolumeUp, AppCommand::Cash(Command::SayRefused)));
    choices.push(page.choice("refused-letter", Icon::Edit, AppCommand::Cash(Command::Complain)));
    if page.core.records.complaint.is_some() {
        let print = certificates::Command::Choose(Item::CashComplaint);
        choices.push(page.choice("refused-print", Icon::Print, AppCommand::Certificates(print)));
        let forget = AppCommand::Cash(Command::ForgetComplaint);
        choices.push(page.choice("refused-forget", Icon::Delete, forget));
    }
    let grounds = rules::grounds()
        .iter()
        .map(|ground| {
            let (title, says) = (ground.title.of(language), ground.says.of(language));
            let line = page.words.with("refused-ground", &[("title", title), ("says", says)]);
            page.text(line)
        })
        .collect();
    ShowView {
        sentence,
        other,
        lines: Vec::new(),
        choices,
        grounds,
    }
}

fn refused_key(what: Refused) -> &'static str {
    match what {
        Refused::TelephoneOnly => "refused-telephone-only",
        Refused::CardOnly => "refused-card-only",
        Refused::NoChange => "refused-no-change",
        Refused::CoinsOrSmallNotes => "refused-coins",
        Refused::WornNotes => "refused-worn",
        Refused::DearerInCash => "refused-dearer",
    }
}

/// Says what is held out, in the language of the screen and then in the other one.
pub(super) fn say(turn: &mut Turn<'_>) {
    let language = turn.core.words().language();
    turn.tell_in_turn([language, language.other()].map(|language| (language, Words::of(language).get("refused-show"))));
}

/// The second question: what happened.
pub(super) fn what_happened(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("refused-what-title");
    let choices = Refused::ALL
        .into_iter()
        .map(|what| {
            let command = AppCommand::Cash(Command::WasRefused(what));
            page.choice(refused_key(what), Icon::ArrowForward, command)
        })
        .collect();
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The letter on paper; `None` before one was written.
pub(crate) fn paper(core: &Core, words: Words, form: Form) -> Option<Paper> {
    let complaint = core.records.complaint.as_ref()?;
    let language = form.language;
    let profile = &core.records.profile;
    let day = time::full_date(words, complaint.day);
    let what = words.get(refused_key(complaint.what));
    let happened = words.with("letter-happened", &[("day", &day), ("what", &what)]);
    let facts = vec![
        (words.get("letter-from"), profile.name.clone()),
        (words.get("help-address"), profile.address.clone()),
        (words.get("form-telephone"), String::new()),
        (words.get("letter-about"), complaint.place.clone()),
        (words.get("letter-facts"), happened),
        (words.get("letter-asks"), words.get("letter-request")),
        (words.get("form-signature"), String::new()),
        (words.get("form-date"), String::new()),
    ];
    let grounds: Vec<&str> = rules::grounds()
        .iter()
        .map(|ground| ground.title.of(language))
        .collect();
    let grounds = grounds.join(&words.get("list-semicolon"));
    let notes = vec![
        words.with("letter-grounds", &[("grounds", &grounds)]),
        words.with("letter-where", &[("number", rules::complaints())]),
    ];
    Some(Paper {
        format: Format::A4,
        language,
        title: words.get("letter-title"),
        state: None,
        facts,
        codes: Vec::new(),
        is_collection: false,
        notes,
        footer: certificates::footer(core, words),
        folding: Vec::new(),
        kept_until: None,
    })
}
