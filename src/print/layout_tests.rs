//! What every layout must hold, asked of the layout itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use krilla::geom::Rect;

use crate::compose::compose;
use crate::page::{COLUMN, Content, HEIGHT, MARGIN, MM, Page, Part, WIDTH};
use crate::typeset::Typesetter;
use crate::{Code, Language, Mark, Sheet};

/// Half a point: letters may reach a little over their advance.
const SLACK: f32 = 0.5;

fn code(width: usize, height: usize) -> Code {
    let modules = (0..width * height).map(|n| n % 3 != 1).collect();
    Code {
        width,
        height,
        modules,
        quiet_zone: 4,
        caption: Some("扫码".into()),
        alt: "码".into(),
    }
}

fn sheets() -> Vec<Sheet> {
    let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let base = Sheet {
        language: Language::ZhHans,
        title: "健康码".into(),
        state: Some("有效".into()),
        mark: Mark::Ok,
        facts: vec![
            fact("姓名", "李秀英"),
            fact("签发单位", "临江市卫生健康委员会基层卫生健康处"),
        ],
        code: None,
        notes: vec!["有疑问请打电话 12345。".into()],
        footer: "安伴打印".into(),
    };
    let long = "很长的一段话,没有人愿意读,但也不能少一个字。Pneumonoultramicroscopicsilicovolcanoconiosis ".repeat(35);
    let codes = [
        (21, 21),
        (97, 97),
        (177, 177),
        (10, 10),
        (16, 48),
        (120, 40),
        (95, 1),
        (700, 1),
        (18, 1),
        (1, 900),
    ];
    let mut sheets: Vec<_> = codes
        .iter()
        .map(|&(width, height)| Sheet {
            code: Some(code(width, height)),
            ..base.clone()
        })
        .collect();
    sheets.extend([
        Sheet {
            title: long.clone(),
            ..base.clone()
        },
        Sheet {
            state: Some(long.clone()),
            code: Some(code(33, 33)),
            ..base.clone()
        },
        Sheet {
            facts: vec![fact(&long, &long); 3],
            code: Some(code(33, 33)),
            ..base.clone()
        },
        Sheet {
            facts: vec![fact("姓名", "李秀英"); 60],
            code: Some(code(33, 33)),
            ..base.clone()
        },
        Sheet {
            notes: vec![long.clone(); 9],
            language: Language::En,
            ..base.clone()
        },
        Sheet {
            footer: long.clone(),
            ..base.clone()
        },
        Sheet {
            code: Some(Code {
                caption: Some(long),
                ..code(33, 33)
            }),
            ..base.clone()
        },
        Sheet {
            code: Some(Code {
                quiet_zone: 40,
                ..code(21, 21)
            }),
            ..base
        },
    ]);
    sheets
}

fn composed() -> Vec<(Sheet, Vec<Page>)> {
    let mut fonts = Typesetter::new();
    sheets()
        .into_iter()
        .map(|sheet| {
            let pages = compose(&mut fonts, &sheet).unwrap();
            (sheet, pages)
        })
        .collect()
}

fn texts(page: &Page) -> impl Iterator<Item = (Part, Rect, f32)> {
    page.items.iter().filter_map(|(part, content)| match content {
        Content::Text { line, x, y, .. } => {
            let left = x + line.runs.first().map_or(0.0, |run| run.x);
            let size = line.runs.iter().map(|run| run.size).fold(f32::MAX, f32::min);
            let right = (x + line.width).max(left + 0.1);
            Rect::from_ltrb(left, *y, right, y + line.height).map(|area| (*part, area, size))
        }
        _ => None,
    })
}

#[test]
fn no_text_is_smaller_than_18_points() {
    let mut lines = 0;
    for (_, pages) in composed() {
        for (_, _, size) in pages.iter().flat_map(texts) {
            assert!(size >= 18.0, "{size}");
            lines += 1;
        }
    }
    assert!(lines > 500);
}

#[test]
fn nothing_reaches_into_the_margin_or_over_another_line() {
    for (sheet, pages) in composed() {
        for page in &pages {
            let lines: Vec<_> = texts(page).collect();
            assert!(!lines.is_empty());
            for (place, (part, area, _)) in lines.iter().enumerate() {
                let inside = area.left() >= MARGIN - SLACK
                    && area.right() <= MARGIN + COLUMN + SLACK
                    && area.top() >= MARGIN - SLACK
                    && area.bottom() <= HEIGHT - MARGIN + SLACK;
                assert!(
                    inside,
                    "{part:?} at {area:?} of {:?}",
                    sheet.code.as_ref().map(|c| c.width)
                );
                for (other, over, _) in &lines[place + 1..] {
                    let apart = area.right() <= over.left() + SLACK
                        || over.right() <= area.left() + SLACK
                        || area.bottom() <= over.top() + SLACK
                        || over.bottom() <= area.top() + SLACK;
                    assert!(apart, "{part:?} {area:?} and {other:?} {over:?}");
                }
            }
        }
    }
}

#[test]
fn a_symbol_is_large_enough_and_its_quiet_zone_is_empty() {
    for (sheet, pages) in composed() {
        let Some(code) = &sheet.code else { continue };
        let symbols = pages.iter().flat_map(|page| {
            page.items.iter().filter_map(move |(_, content)| match content {
                Content::Symbol(_, area) => Some((page, *area)),
                _ => None,
            })
        });
        let [(page, area)] = symbols.collect::<Vec<_>>()[..] else {
            panic!("one symbol")
        };
        let step = area.width() / code.width as f32;
        if code.is_linear() {
            assert!(area.width() >= 80.0 * MM && area.height() >= 20.0 * MM);
        } else if code.width >= code.height {
            assert!(area.width() >= 60.0 * MM, "{}", area.width() / MM);
        }
        let least = if code.is_linear() { 10.0 } else { 4.0 };
        // The sides of the sheet of paper bound what a symbol of few modules can have.
        let across = (least * step).min((WIDTH - area.width()) / 2.0) - SLACK;
        assert!(area.left() >= across && WIDTH - area.right() >= across, "{area:?}");
        for (part, text, _) in texts(page) {
            let apart = text.right() <= area.left() - across
                || text.left() >= area.right() + across
                || text.bottom() <= area.top() - across
                || text.top() >= area.bottom() + across;
            assert!(apart, "{part:?} {text:?} near {area:?}, {} modules", code.width);
        }
    }
}

#[test]
fn a_text_too_long_for_a_page_goes_on_on_the_next() {
    let many = composed().into_iter().filter(|(_, pages)| pages.len() > 1).count();
    assert!(many >= 7, "{many}");
}
