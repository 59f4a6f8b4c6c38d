//! The pages of the register.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::export::{grouped, lane_key};
use super::{Command, Entry, Rule, Visitor, day_of, entries, over};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Fact, Icon, Mark, QuestionView};
use crate::words::time;

/// Entries on one page; a door may see hundreds in a day.
const ON_A_PAGE: usize = 12;

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::NoCode => no_code(page),
        Page::ConfirmEntry => confirm(page),
        Page::RegisterDay => day(page),
        Page::RegisterEntry => one(page),
        Page::RegisterRule => rule(page),
        _ => days(page),
    })
}

fn begin(page: &mut PageBuilder<'_>) -> Choice {
    page.choice("register-begin", Icon::Edit, AppCommand::Register(Command::Begin))
}

fn no_code(page: &mut PageBuilder<'_>) -> QuestionView {
    let name = page.core.screen.register.visitor.name.clone();
    let title = page.line("no-code-title");
    let line = if name.is_empty() {
        page.line("no-code-line")
    } else {
        page.text(page.words.with("no-code-number-of", &[("name", &name)]))
    };
    let number = AppCommand::Open(Page::Enter(Field::VisitorNumber));
    let number = page.choice("no-code-number", Icon::Badge, number).main();
    QuestionView {
        title,
        lines: vec![line],
        choices: vec![
            number,
            page.choice("checkpoint-register", Icon::Folder, AppCommand::Open(Page::Register)),
        ],
        ..QuestionView::default()
    }
}

/// A visitor's particulars, label and value.
fn particulars(page: &mut PageBuilder<'_>, visitor: &Visitor) -> Vec<Fact> {
    let mut facts = vec![page.strong(&visitor.name)];
    for (key, value) in [
        ("entry-number", grouped(&visitor.identity_number)),
        ("contact-number", visitor.telephone.clone()),
        ("entry-remark", visitor.remark.clone()),
    ] {
        if !value.is_empty() {
            facts.push(page.fact(key, value));
        }
    }
    facts
}

/// The buttons that lead to the fields of a visitor.
fn corrections(page: &mut PageBuilder<'_>, visitor: &Visitor) -> Vec<Choice> {
    let telephone_key = if visitor.telephone.is_empty() {
        "entry-add-telephone"
    } else {
        "entry-edit-telephone"
    };
    let remark_key = if visitor.remark.is_empty() {
        "entry-add-remark"
    } else {
        "entry-edit-remark"
    };
    [
        ("entry-edit-name", Icon::Person, Field::VisitorName),
        ("entry-edit-number", Icon::Badge, Field::VisitorNumber),
        (telephone_key, Icon::Call, Field::VisitorTelephone),
        (remark_key, Icon::Edit, Field::VisitorRemark),
    ]
    .map(|(key, icon, field)| page.choice(key, icon, AppCommand::Open(Page::Enter(field))))
    .into()
}

fn confirm(page: &mut PageBuilder<'_>) -> QuestionView {
    let visitor = page.core.screen.register.visitor.clone();
    if visitor.name.is_empty() || visitor.identity_number.is_empty() {
        return no_code(page);
    }
    let title = page.line("confirm-title");
    let facts = particulars(page, &visitor);
    let note = page
        .choice("entry-note", Icon::Check, AppCommand::Register(Command::Note))
        .main();
    let mut choices = vec![note];
    choices.extend(corrections(page, &visitor));
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

fn days(page: &mut PageBuilder<'_>) -> QuestionView {
    let today = page.core.now().date();
    let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
    for entry in page.core.records.entries.values() {
        *by_day.entry(day_of(page.core, entry)).or_default() += 1;
    }
    let title = page.line("register-title");
    let rule = page.core.records.settings.register;
    let counted = by_day.get(&today).copied().unwrap_or_default().to_string();
    let kept = rule.days.to_string();
    let mut lines = vec![
        page.text(page.words.with("register-today", &[("count", &counted)])),
        page.text(page.words.with("register-kept", &[("days", &kept)])),
    ];
    // Of what lies in the future, either the clock of then was wrong or this one is.
    let now = page.core.now().timestamp();
    let behind = page.core.records.entries.values().any(|entry| entry.noted_at > now);
    if behind {
        lines.push(page.line("register-clock"));
    }
    let mut choices = vec![begin(page).main()];
    for (&date, count) in by_day.iter().rev() {
        let command = AppCommand::Register(Command::ShowDay(date));
        let choice = page.choice_named(date.to_string(), past_day(page, date), Icon::Event, command);
        let note = page.words.with("register-count", &[("count", &count.to_string())]);
        choices.push(page.noted(choice, note));
    }
    if !by_day.is_empty() {
        choices.push(page.choice("register-export", Icon::Save, AppCommand::Register(Command::Export)));
    }
    let to_rule = page.choice("register-rule", Icon::Schedule, AppCommand::Open(Page::RegisterRule));
    choices.push(to_rule);
    QuestionView {
        title,
        mark: behind.then_some(Mark::Caution),
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// Today, or the day with its weekday.
fn past_day(page: &PageBuilder<'_>, date: Date) -> String {
    if date == page.core.now().date() {
        page.words.get("day-today")
    } else {
        time::day_in_full(page.words, date)
    }
}

fn clock(page: &PageBuilder<'_>, at: Timestamp) -> String {
    at.to_zoned(page.core.now().time_zone().clone())
        .strftime("%H:%M")
        .to_string()
}

fn day(page: &mut PageBuilder<'_>) -> QuestionView {
    let newest = entries(page.core).first().map(|entry| day_of(page.core, entry));
    let shown = page.core.screen.register.day.or(newest);
    let date = shown.unwrap_or_else(|| page.core.now().date());
    let of_day: Vec<Entry> = entries(page.core)
        .into_iter()
        .filter(|entry| day_of(page.core, entry) == date)
        .cloned()
        .collect();
    let title = page.text(past_day(page, date));
    let count = of_day.len().to_string();
    let lines = vec![page.text(page.words.with("register-count", &[("count", &count)]))];
    let from = page.core.screen.register.from.min(of_day.len().saturating_sub(1));
    let mut choices = Vec::new();
    for entry in of_day.iter().skip(from).take(ON_A_PAGE) {
        let command = AppCommand::Register(Command::Show(entry.id));
        let choice = page.choice_named(entry.id.to_string(), entry.visitor.name.clone(), Icon::Person, command);
        let at = clock(page, entry.noted_at);
        choices.push(page.noted(choice, at));
    }
    if from + ON_A_PAGE < of_day.len() {
        let command = AppCommand::Register(Command::From(from + ON_A_PAGE));
        choices.push(page.choice("register-earlier", Icon::ArrowForward, command));
    }
    if from > 0 {
        choices.push(page.choice("register-latest", Icon::Undo, AppCommand::Register(Command::From(0))));
    }
    if of_day.is_empty() {
        choices.push(begin(page).main());
    } else {
        let print = certificates::Command::Choose(certificates::Item::Register(date));
        choices.push(page.choice("register-print", Icon::Print, AppCommand::Certificates(print)));
    }
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let shown = page.core.screen.register.shown;
    let Some(entry) = shown.and_then(|id| page.core.records.entries.get(&id)).cloned() else {
        let title = page.line("entry-gone");
        return QuestionView {
            title,
            choices: vec![
                page.choice("checkpoint-register", Icon::Folder, AppCommand::Open(Page::Register))
                    .main(),
            ],
            ..QuestionView::default()
        };
    };
    let title = page.line("entry-title");
    let mut facts = particulars(page, &entry.visitor);
    let when = format!(
        "{} {}",
        past_day(page, day_of(page.core, &entry)),
        clock(page, entry.noted_at)
    );
    facts.push(page.fact("register-column-time", when));
    let lane = page.words.get(lane_key(entry.visitor.lane));
    facts.push(page.fact("entry-lane", lane));
    let mut choices = corrections(page, &entry.visitor);
    let remove = AppCommand::Register(Command::Remove(entry.id));
    choices.push(page.choice("entry-remove", Icon::Delete, remove));
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

fn rule(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("register-rule-title");
    let lines = vec![page.line("register-rule-line")];
    let set = page.core.records.settings.register;
    let mut choices = Vec::new();
    for days in Rule::DAYS {
        let key = match days {
            3 => "register-days-3",
            7 => "register-days-7",
            14 => "register-days-14",
            _ => "register-days-30",
        };
        let choice = page
            .choice(
                key,
                Icon::Schedule,
                AppCommand::Register(Command::SetDays { days, sure: false }),
            )
            .chosen_if(set.days == days);
        // What a shorter time erases at once is said before it is tapped.
        let shorter = Rule { days, ..set };
        let erased = over(page.core, shorter).len();
        choices.push(if erased > 0 {
            let note = page.words.with("register-erases", &[("count", &erased.to_string())]);
            page.noted(choice, note)
        } else {
            choice
        });
    }
    for (key, codes_too) in [("register-codes-no", false), ("register-codes-too", true)] {
        let command = AppCommand::Register(Command::SetCodesToo(codes_too));
        choices.push(
            page.choice(key, Icon::QrCode2, command)
                .chosen_if(set.codes_too == codes_too),
        );
    }
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}
