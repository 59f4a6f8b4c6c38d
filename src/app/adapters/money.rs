//! Notes and coins, counted or laid out.

use anban_core::cash::PieceColour;
use anban_core::view::{MoneyRow, MoneyView};
use anban_ui::{MainWindow, Metal, MoneyAdapter};
use slint::ComponentHandle;

use super::{Taps, choice, choices, facts, line, lines, mark, part, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<MoneyAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &MoneyView) {
    let money = window.global::<MoneyAdapter>();
    money.set_title(line(&view.title));
    money.set_mark(mark(view.mark));
    money.set_lines(lines(&view.lines));
    money.set_total(facts(view.total.as_slice()));
    refill(&money.get_rows(), view.rows.iter().map(row).collect())
        .into_iter()
        .for_each(|rows| money.set_rows(rows));
    refill(&money.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| money.set_choices(rows));
}

fn row(of: &MoneyRow) -> anban_ui::MoneyRow {
    anban_ui::MoneyRow {
        part: part(of.part),
        face: of.face.as_str().into(),
        is_note: of.piece.is_note(),
        metal: match of.piece.colour() {
            PieceColour::Red => Metal::Red,
            PieceColour::Green => Metal::Green,
            PieceColour::Brown => Metal::Brown,
            PieceColour::Blue => Metal::Blue,
            PieceColour::Purple => Metal::Purple,
            PieceColour::Olive => Metal::Olive,
            PieceColour::Silver => Metal::Silver,
            PieceColour::Gold => Metal::Gold,
        },
        label: of.label.as_str().into(),
        count: of.count.as_str().into(),
        adds: of.add.is_some(),
        add: of.add.as_ref().map(choice).unwrap_or_default(),
        takes: of.take.is_some(),
        take: of.take.as_ref().map(choice).unwrap_or_default(),
    }
}
