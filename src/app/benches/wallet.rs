//! A wallet with five hundred cards: from the tap to the drawn picture, and from the tap on 下面 to the next one.
//!
//! The tap goes through the core and its store in memory, and the page is drawn by the window's own renderer at the size
//! of a telephone, where it shows the fewest cards and scrolls most. Criterion times it; then the longest of some rounds is
//! held to the goals: 100 ms to open, and one frame for each step down the page.
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use anban::demo::{Demonstration, Look, Scene, Stand};
use anban::tour::{Size, Stage};
use anban_core::app::Page;
use anban_core::ids::CardId;
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::store::Records;
use anban_core::symbol::Symbology;
use anban_core::view::Body;
use anban_core::wallet::{Card, CardCode, CardKind};
use anban_core::{Command, view::View};
use criterion::Criterion;
use jiff::{SignedDuration, Zoned};

const CARDS: u32 = 500;
const SIZE: Size = Size::new(360, 640);
/// The longest that opening the wallet may take.
const OPENED: Duration = Duration::from_millis(100);
/// Sixty frames a second.
const FRAME: Duration = Duration::from_micros(16_667);
const ROUNDS: usize = 20;
/// About what 下面 scrolls by, and how far down there are cards.
const STEP: f32 = 240.0;
const LOWEST: f32 = 1_900.0;

fn now() -> Zoned {
    "2026-11-22T09:00:00+08:00[Asia/Shanghai]".parse().unwrap()
}

/// The same with so many cards.
fn filled(mut records: Records) -> Records {
    for number in 0..CARDS {
        let kind = CardKind::ALL[number as usize % CardKind::ALL.len()];
        let id = CardId(uuid::Uuid::from_u128((1 << 120) + u128::from(number)));
        let digits = format!("3104{number:012}");
        let added_at = now().timestamp() - SignedDuration::from_mins(i64::from(CARDS - number));
        let card = Card {
            code: Some(CardCode {
                symbology: Symbology::Code128,
                text: digits.clone(),
            }),
            number: digits,
            ..Card::new(id, kind, format!("第{number}号会员卡"), added_at)
        };
        records.cards.insert(id, card);
    }
    records
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// The wallet is opened and drawn.
fn opened(stage: &Stage, stand: &mut Stand) -> View {
    stand.does(Command::Open(Page::Wallet));
    let view = stand.view();
    stage.show(view.clone(), SIZE);
    stage.picture().unwrap();
    view
}

/// A step down the page is drawn.
fn scrolled(stage: &Stage, to: f32) {
    stage.scroll_to(to);
    stage.picture().unwrap();
}

fn home(stage: &Stage, stand: &mut Stand) {
    stand.does(Command::Home);
    stage.show(stand.view(), SIZE);
    stage.picture().unwrap();
}

fn main() {
    let look = Look {
        language: Language::Chinese,
        text: TextSize::Large,
        theme: Theme::Paper,
    };
    let stage = Stage::new(|_| ()).unwrap();
    let demonstration = Demonstration::new().unwrap();
    let before = demonstration.stand(Scene::named("home").unwrap(), look).unwrap();
    let mut stand = Stand::begin(filled(before.core().records().clone()), None, now());
    let view = opened(&stage, &mut stand);
    assert!(matches!(view.body, Body::Question(_)));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("wallet");
    group.bench_function("opened", |bencher| {
        bencher.iter_custom(|rounds| {
            let rounds = (0..rounds).map(|_| {
                home(&stage, &mut stand);
                timed(|| drop(opened(&stage, &mut stand)))
            });
            rounds.sum()
        });
    });
    let mut place = 0.0_f32;
    group.bench_function("scrolled", |bencher| {
        bencher.iter(|| {
            place = if place > LOWEST { 0.0 } else { place + STEP };
            scrolled(&stage, place);
        });
    });
    group.finish();
    criterion.final_summary();

    let mut longest = [Duration::ZERO; 2];
    for _ in 0..ROUNDS {
        home(&stage, &mut stand);
        longest[0] = longest[0].max(timed(|| drop(opened(&stage, &mut stand))));
        let mut place = 0.0;
        while place < LOWEST {
            place += STEP;
            longest[1] = longest[1].max(timed(|| scrolled(&stage, place)));
        }
    }
    for (what, longest, goal) in [
        ("opened", longest[0], OPENED),
        ("scrolled by a step", longest[1], FRAME),
    ] {
        println!(
            "a wallet of {CARDS} cards is {what}: longest of {ROUNDS} rounds {:.1} ms, goal {:.1} ms",
            longest.as_secs_f64() * 1e3,
            goal.as_secs_f64() * 1e3
        );
        assert!(longest < goal, "the goal was missed");
    }
}
