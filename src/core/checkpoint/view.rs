//! The pages of the checkpoint.

use jiff::Timestamp;

use super::verdict::{Judged, Noted, Reason, Verdict};
use super::{Command, number_of};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::Field;
use crate::health_code;
use crate::page::PageBuilder;
use crate::register;
use crate::view::{Body, Choice, Fact, Icon, Line, Mark, QuestionView, VerdictView};
use crate::words::time;

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::CheckPicture => health_code::files(page, Page::CheckPicture, |path| {
            AppCommand::Checkpoint(Command::CheckFile { path })
        }),
        Page::Verdict => match page.core.screen.checkpoint.verdict.clone() {
            Some(verdict) => Body::Verdict(answer(page, &verdict)),
            None => waiting(page),
        },
        _ => waiting(page),
    }
}

/// How many parts of a code have been scanned, in words.
pub(super) fn parts_said(core: &Core) -> String {
    let parts = &core.screen.checkpoint.parts;
    let (of, missing) = (parts.count() as usize, parts.missing().len());
    let (held, of) = (of.saturating_sub(missing).to_string(), of.to_string());
    core.words().with("checkpoint-parts", &[("held", &held), ("of", &of)])
}

fn waiting(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("checkpoint-title");
    let now = page.core.now().timestamp();
    let mut lines = Vec::new();
    if page.core.screen.checkpoint.parts.count() > 0 {
        lines.push(page.text(parts_said(page.core)));
    } else if page.core.screen.checkpoint.watch {
        lines.push(page.line("checkpoint-camera-line"));
    } else {
        lines.push(page.line("checkpoint-line"));
    }
    // Before the first person stands there is the time to see to it.
    let list = page.core.trust.list_expires_at();
    let trouble = match list {
        None => Some(page.words.get("verdict-no-list")),
        Some(until) if until < now => Some(list_expired(page, until)),
        Some(_) => None,
    };
    let mark = trouble.is_some().then_some(Mark::Caution);
    lines.extend(trouble.map(|trouble| page.text(trouble)));
    let begin = AppCommand::Register(register::Command::Begin);
    let mut choices = vec![page.choice("checkpoint-no-code", Icon::Badge, begin).main()];
    if page.core.screen.checkpoint.camera {
        let watch = page.core.screen.checkpoint.watch;
        let key = if watch {
            "checkpoint-camera-off"
        } else {
            "checkpoint-camera"
        };
        let command = AppCommand::Checkpoint(Command::Watch(!watch));
        choices.push(page.choice(key, Icon::PhotoCamera, command));
    }
    choices.extend([
        page.choice("checkpoint-picture", Icon::Image, AppCommand::Open(Page::CheckPicture)),
        page.choice(
            "checkpoint-type",
            Icon::Keyboard,
            AppCommand::Open(Page::Enter(Field::CheckText)),
        ),
        page.choice("checkpoint-register", Icon::Folder, AppCommand::Open(Page::Register)),
    ]);
    Body::Question(QuestionView {
        title,
        mark,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn list_expired(page: &PageBuilder<'_>, until: Timestamp) -> String {
    let when = time::ago(page.words, until, page.core.now());
    page.words.with("verdict-list-expired", &[("when", &when)])
}

impl Verdict {
    /// Its shape and colour.
    pub fn mark(&self) -> Mark {
        match self {
            Self::Document(judged) => judged.reason.mark(),
            Self::Unreadable => Mark::Bad,
            Self::Unknown | Self::NoCode(_) => Mark::Caution,
            Self::Noted { .. } => Mark::Good,
        }
    }
}

fn answer(page: &mut PageBuilder<'_>, verdict: &Verdict) -> VerdictView {
    let mark = verdict.mark();
    let word = page.line(match (verdict, mark) {
        (Verdict::Noted { .. }, _) => "entry-noted-title",
        (_, Mark::Good) => "verdict-pass",
        (_, Mark::Bad) => "verdict-stop",
        _ => "verdict-look",
    });
    let (name, lines, facts) = match verdict {
        Verdict::Document(judged) => document(page, judged),
        Verdict::Unreadable => (None, vec![page.line("verdict-unreadable")], Vec::new()),
        Verdict::Unknown => (None, vec![page.line("verdict-unknown")], Vec::new()),
        Verdict::NoCode(why) => (None, vec![page.line(why)], Vec::new()),
        Verdict::Noted { name, .. } => (Some(page.text(name)), vec![page.line("entry-noted-line")], Vec::new()),
    };
    VerdictView {
        mark,
        word,
        name,
        lines,
        facts,
        choices: choices(page, verdict),
    }
}

fn document(page: &mut PageBuilder<'_>, judged: &Judged) -> (Option<Line>, Vec<Line>, Vec<Fact>) {
    let words = page.words;
    let document = &judged.document;
    let what = health_code::what_it_is(words, document);
    let name = document.holder_name().map(|name| page.text(name));
    let mut lines = vec![page.text(reason(page, judged, &what))];
    match judged.noted {
        Noted::Yes => lines.push(page.line("entry-noted-line")),
        Noted::Failed => lines.push(page.line("verdict-not-noted")),
        Noted::No | Noted::Offered => {}
    }
    let mut facts = Vec::new();
    if let Some(number) = number_of(document) {
        facts.push(page.fact("entry-number", register::grouped(&number)));
    }
    facts.push(page.fact("verdict-kind", what));
    if let Some(until) = document.expires_at() {
        let until = until.to_zoned(page.core.now().time_zone().clone()).date();
        facts.push(page.fact("code-until", time::full_date(words, until)));
    }
    if let Some(issuer) = document.issuer() {
        facts.push(page.fact("code-issuer", issuer));
    }
    (name, lines, facts)
}

fn reason(page: &PageBuilder<'_>, judged: &Judged, what: &str) -> String {
    let words = page.words;
    let when = |at: Timestamp| time::ago(words, at, page.core.now());
    match judged.reason {
        Reason::Good => words.with("verdict-good", &[("what", what)]),
        Reason::Forged => words.get("verdict-forged"),
        Reason::Revoked => words.get("verdict-revoked"),
        Reason::Expired(at) => words.with("verdict-expired", &[("when", &when(at))]),
        Reason::NotYet => words.get("verdict-not-yet"),
        Reason::Red => words.get("verdict-red"),
        Reason::Yellow => words.get("verdict-yellow"),
        Reason::NoList => words.get("verdict-no-list"),
        Reason::UnknownIssuer => words.get("verdict-unknown-issuer"),
        Reason::ListExpired(at) => list_expired(page, at),
        Reason::Stale(at) => words.with("verdict-stale", &[("when", &when(at))]),
        Reason::OtherKind => words.with("verdict-other-kind", &[("what", what)]),
    }
}

fn choices(page: &mut PageBuilder<'_>, verdict: &Verdict) -> Vec<Choice> {
    let next = AppCommand::Checkpoint(Command::Next);
    let mut choices = vec![page.choice("verdict-next", Icon::ArrowForward, next).main()];
    let noted = match verdict {
        Verdict::Document(judged) => judged.noted,
        Verdict::Noted { .. } => Noted::Yes,
        _ => Noted::No,
    };
    match noted {
        Noted::Yes if !page.core.screen.undo.is_empty() => {
            choices.push(page.choice("result-undo", Icon::Undo, AppCommand::Undo));
        }
        Noted::Offered | Noted::Failed => {
            choices.push(page.choice("entry-note", Icon::Edit, AppCommand::Checkpoint(Command::Note)));
        }
        _ if verdict.mark() != Mark::Good => {
            let begin = AppCommand::Register(register::Command::Begin);
            choices.push(page.choice("checkpoint-no-code", Icon::Badge, begin));
        }
        _ => {}
    }
    choices
}
