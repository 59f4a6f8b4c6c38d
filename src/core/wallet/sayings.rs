//! Words to hold out to somebody: for whoever hears badly, speaks another language, or finds it hard to ask.
//!
//! Each stands in very large print in the language of the screen and in the other one, and is said in both on request.

use serde::{Deserialize, Serialize};

use super::{CardKind, Command};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::turn::Turn;
use crate::view::{Body, Choice, Icon, QuestionView, ShowView};
use crate::words::Words;

/// Something to say without saying it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Saying {
    /// 我想用身份证登记
    Register,
    /// 我凭这张卡免费乘车
    FreeTravel,
    /// 请您帮我写下来
    WriteDown,
    /// 请您说慢一点、大声一点
    SpeakSlowly,
    /// 我没有健康码，请让我走无码通道
    NoCode,
    /// 我想用现金付
    Cash,
    /// 请帮我打这个电话
    CallForMe,
}

impl Saying {
    /// All of them, those that are needed most often first.
    pub const ALL: [Self; 7] = [
        Self::WriteDown,
        Self::SpeakSlowly,
        Self::Cash,
        Self::NoCode,
        Self::Register,
        Self::FreeTravel,
        Self::CallForMe,
    ];

    /// The key of its words.
    fn key(self) -> &'static str {
        match self {
            Self::Register => "saying-register",
            Self::FreeTravel => "saying-free-travel",
            Self::WriteDown => "saying-write-down",
            Self::SpeakSlowly => "saying-speak-slowly",
            Self::NoCode => "saying-no-code",
            Self::Cash => "saying-cash",
            Self::CallForMe => "saying-call-for-me",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Register => Icon::Badge,
            Self::FreeTravel => Icon::Bus,
            Self::WriteDown => Icon::Edit,
            Self::SpeakSlowly => Icon::VolumeUp,
            Self::NoCode => Icon::DirectionsWalk,
            Self::Cash => Icon::Payments,
            Self::CallForMe => Icon::Call,
        }
    }

    /// What whoever holds out this card is likely to say with it.
    pub(super) fn of_card(kind: CardKind) -> Option<Self> {
        match kind {
            CardKind::Identity => Some(Self::Register),
            CardKind::Elder => Some(Self::FreeTravel),
            _ => None,
        }
    }
}

/// Says what is held out, in the language of the screen and then in the other one.
pub(super) fn say(turn: &mut Turn<'_>) {
    let Some(saying) = turn.core.screen.wallet.saying else {
        return;
    };
    let language = turn.core.words().language();
    let said = [language, language.other()].map(|language| (language, Words::of(language).get(saying.key())));
    turn.tell_in_turn(said);
}

/// The button that leads to a saying.
pub(super) fn choice(page: &mut PageBuilder<'_>, saying: Saying) -> Choice {
    let show = AppCommand::Wallet(Command::ShowSaying(saying));
    page.choice(saying.key(), saying.icon(), show)
}

/// All of them.
pub(super) fn all(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("sayings-title");
    let choices = Saying::ALL.into_iter().map(|saying| choice(page, saying)).collect();
    Body::Question(QuestionView {
        title,
        choices,
        ..QuestionView::default()
    })
}

/// One, very large.
pub(super) fn one(page: &mut PageBuilder<'_>) -> Body {
    let Some(saying) = page.core.screen.wallet.saying else {
        return all(page);
    };
    let sentence = page.line(saying.key());
    let words = Words::of(page.words.language().other());
    let there = Some(page.text(words.get(saying.key())));
    let mut lines = Vec::new();
    if saying == Saying::CallForMe {
        lines.extend(whom_to_call(page));
    }
    let say = AppCommand::Wallet(Command::SaySaying);
    let choices = vec![
        page.choice("saying-say", Icon::VolumeUp, say),
        page.choice("saying-others", Icon::More, AppCommand::Open(Page::Sayings)),
    ];
    Body::Show(ShowView {
        sentence,
        other: there,
        lines,
        choices,
        grounds: Vec::new(),
    })
}

/// The first contact, for whoever is to dial.
fn whom_to_call(page: &mut PageBuilder<'_>) -> Option<crate::view::Line> {
    let contact = *crate::help::contacts(page.core).first()?;
    let (name, number) = (contact.name.clone(), contact.number.clone());
    let with = |number: &str| page.words.with("saying-number", &[("name", &name), ("number", number)]);
    let (written, said) = (
        with(&crate::help::grouped(&number)),
        with(&crate::help::spaced(&number)),
    );
    Some(page.spoken(written, &said))
}
