//! The home page: the day, what matters today, and the tiles.
//!
//! Only what leads to something real has a tile. They never move: a tile's place does not depend on what is kept.

use crate::app::{Command, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, HomeView, Icon};
use crate::{appointments, calendar, cash, certificates, family, health_code, printing, requests};

/// The page.
pub(crate) fn view(page: &mut PageBuilder<'_>) -> Body {
    let greeting = greeting(page);
    let mut today: Vec<Choice> = printing::home_banner(page).into_iter().collect();
    let reminder = appointments::reminder_on_home(page);
    let is_reminded = reminder.is_some();
    today.splice(0..0, reminder);
    today.extend(health_code::on_home(page));
    today.extend(requests::home_banner(page));
    today.extend(appointments::notice_on_home(page));
    today.extend(family::home_banner(page));
    let day = appointments::day_on_home(page);
    let is_told = is_reminded || day.is_some();
    today.extend(day);
    // The reminder is about the next visit, and tells all of it; so does what a relative has just booked.
    let is_told = is_told || family::news_is_of_the_next_visit(page.core);
    let next = (!is_told).then(|| appointments::next_visit(page)).flatten();
    let plans = [appointments::plan_on_home(page), appointments::follow_up_on_home(page)];
    // Beside other banners it would push the tiles away; then where to go stands below them.
    let says_where = today.is_empty() && plans.iter().all(Option::is_none);
    let next = next.map(|banner| {
        if says_where {
            appointments::with_its_place(page, banner)
        } else {
            banner
        }
    });
    let says_where = says_where && next.is_some();
    today.extend(next);
    today.extend(plans.into_iter().flatten());
    // What is due stands in sight where it pushes nothing away; else it is below, and said with the greeting.
    let money_first = today.is_empty();
    if money_first {
        today.extend(cash::on_home(page));
    }
    let mut tiles = vec![
        page.choice("home-health-code", Icon::QrCode2, Command::Open(Page::HealthCode))
            .main(),
    ];
    for (key, icon, command) in [
        (
            "home-doctor",
            Icon::Stethoscope,
            Command::Appointments(appointments::Command::Begin),
        ),
        ("home-wallet", Icon::Wallet, Command::Open(Page::Wallet)),
        (
            "home-print",
            Icon::Print,
            Command::Certificates(certificates::Command::Begin),
        ),
        ("home-visits", Icon::Event, Command::Open(Page::Visits)),
        ("home-family", Icon::Group, Command::Open(Page::Family)),
        ("home-settings", Icon::Settings, Command::Open(Page::Settings)),
    ] {
        tiles.push(page.choice(key, icon, command));
    }
    // Behind a reminder that is too.
    let below = (!is_reminded)
        .then(|| appointments::where_and_what(page, says_where))
        .flatten();
    let money = if money_first { Vec::new() } else { cash::on_home(page) };
    let below = below.into_iter().chain(money).collect();
    Body::Home(HomeView {
        greeting,
        today,
        tiles,
        below,
    })
}

fn greeting(page: &mut PageBuilder<'_>) -> crate::view::Line {
    let key = match page.core.now().hour() {
        5..=10 => "home-morning",
        11..=12 => "home-noon",
        13..=17 => "home-afternoon",
        _ => "home-evening",
    };
    let name = page.core.records.profile.name.clone();
    let greeting = page.words.get(key);
    let text = if name.is_empty() {
        greeting
    } else {
        page.words
            .with("home-greeting", &[("greeting", &greeting), ("name", &name)])
    };
    // The date stands in the bar, and is said with the greeting.
    let (date, lunar) = calendar::today(page.words.language(), page.core.now().date());
    let values = [("greeting", text.as_str()), ("date", &date), ("lunar", &lunar)];
    let said = page.words.with("home-today-said", &values);
    let said = cash::said_on_home(page).into_iter().fold(said, |said, notice| {
        page.words
            .with("home-said-too", &[("said", &said), ("notice", &notice)])
    });
    page.spoken(text, &said)
}
