//! What every layout must hold, asked of the layout itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use krilla::geom::Rect;

use crate::compose::compose;
use crate::measures::{A4, MM, Measures, PANEL, RECEIPT};
use crate::page::{Content, Page, Part};
use crate::typeset::Typesetter;
use crate::{Code, Format, Language, Mark, Sheet};

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
        codes: Vec::new(),
        notes: vec!["有疑问请打电话 12345。".into()],
        footer: "安伴打印".into(),
        folding: vec!["折成小卡".into(), "沿实线剪下。".into(), "沿虚线一正一反折好。".into()],
        ..Sheet::default()
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
            codes: vec![code(width, height)],
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
            codes: vec![code(33, 33)],
            ..base.clone()
        },
        Sheet {
            facts: vec![fact(&long, &long); 3],
            codes: vec![code(33, 33)],
            ..base.clone()
        },
        Sheet {
            facts: vec![fact("姓名", "李秀英"); 60],
            codes: vec![code(33, 33)],
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
            codes: vec![Code {
                caption: Some(long),
                ..code(33, 33)
            }],
            ..base.clone()
        },
        Sheet {
            codes: vec![Code {
                quiet_zone: 40,
                ..code(21, 21)
            }],
            ..base.clone()
        },
        Sheet {
            codes: [(21, 21), (95, 1), (33, 33), (120, 40), (97, 97), (18, 1)]
                .map(|(width, height)| Code {
                    caption: Some("区图书馆\nL2026 0415".into()),
                    ..code(width, height)
                })
                .to_vec(),
            is_collection: true,
            ..base
        },
    ]);
    sheets
}

/// Every sheet in every form, laid out.
fn composed() -> Vec<(Sheet, Vec<Page>)> {
    let mut fonts = Typesetter::new();
    let forms = [Format::A4, Format::FoldOut, Format::Receipt];
    forms
        .into_iter()
        .flat_map(|format| sheets().into_iter().map(move |sheet| Sheet { format, ..sheet }))
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

fn symbols(page: &Page) -> impl Iterator<Item = (usize, Rect)> {
    page.items.iter().filter_map(|(part, content)| match (part, content) {
        (Part::Code(number), Content::Symbol(_, area)) => Some((*number, *area)),
        _ => None,
    })
}

/// The boxes on a page that text has to stay in: the page within its margins, or each panel.
fn boxes(format: Format, page: &Page) -> Vec<Rect> {
    let inside = |x: f32, y: f32, width: f32, height: f32, margin: f32| {
        Rect::from_ltrb(x + margin, y + margin, x + width - margin, y + height - margin).unwrap()
    };
    if format != Format::FoldOut {
        return vec![inside(0.0, 0.0, page.width, page.height, Measures::of(format).margin)];
    }
    // The strip's frame is the one rectangle as wide as a bank card.
    let strip = page.items.iter().find_map(|(part, content)| match (part, content) {
        (Part::Decoration, Content::Drawing((outline, _))) => {
            let points: Vec<_> = outline
                .segments()
                .filter_map(|segment| match segment {
                    crate::outline::Segment::Move(to) | crate::outline::Segment::Line(to) => Some(to),
                    _ => None,
                })
                .collect();
            let [a, _, c, _] = points[..] else { return None };
            ((c.0 - a.0 - PANEL.width).abs() < 0.01).then_some((a, c))
        }
        _ => None,
    });
    let Some(((left, top), (right, bottom))) = strip else {
        return vec![inside(0.0, 0.0, A4.width, A4.height, A4.margin)];
    };
    let panels = ((bottom - top) / PANEL.height).round() as usize;
    assert!((bottom - top - panels as f32 * PANEL.height).abs() < 0.01);
    let mut boxes: Vec<_> = (0..panels)
        .map(|n| {
            inside(
                left,
                top + n as f32 * PANEL.height,
                PANEL.width,
                PANEL.height,
                PANEL.margin,
            )
        })
        .collect();
    boxes.push(Rect::from_ltrb(right + 5.0 * MM, 12.0 * MM, A4.width - 12.0 * MM, A4.height - 12.0 * MM).unwrap());
    boxes
}

fn holds(outer: Rect, inner: Rect) -> bool {
    inner.left() >= outer.left() - SLACK
        && inner.right() <= outer.right() + SLACK
        && inner.top() >= outer.top() - SLACK
        && inner.bottom() <= outer.bottom() + SLACK
}

#[test]
fn no_text_is_smaller_than_its_form_allows() {
    let mut lines = 0;
    for (sheet, pages) in composed() {
        let least = match sheet.format {
            Format::A4 => 18.0,
            Format::FoldOut => 9.0,
            Format::Receipt => 14.0,
        };
        for (part, _, size) in pages.iter().flat_map(texts) {
            assert!(size >= least, "{part:?} of {size} points on {:?}", sheet.format);
            // What matters most is larger than that everywhere.
            if matches!(part, Part::Title | Part::State | Part::Value(_)) {
                assert!(size >= 1.25 * least, "{part:?} of {size} points on {:?}", sheet.format);
            }
            lines += 1;
        }
    }
    assert!(lines > 1500, "{lines}");
}

#[test]
fn nothing_reaches_into_the_margin_or_over_a_fold_or_another_line() {
    for (sheet, pages) in composed() {
        for page in &pages {
            let boxes = boxes(sheet.format, page);
            let lines: Vec<_> = texts(page).collect();
            assert!(!lines.is_empty());
            for (place, (part, area, _)) in lines.iter().enumerate() {
                let width = sheet.codes.first().map(|code| code.width);
                assert!(
                    boxes.iter().any(|inside| holds(*inside, *area)),
                    "{part:?} at {area:?} on {:?} with {width:?}",
                    sheet.format
                );
                for (other, over, _) in &lines[place + 1..] {
                    let apart = area.right() <= over.left() + SLACK
                        || over.right() <= area.left() + SLACK
                        || area.bottom() <= over.top() + SLACK
                        || over.bottom() <= area.top() + SLACK;
                    assert!(apart, "{part:?} {area:?} and {other:?} {over:?} on {:?}", sheet.format);
                }
            }
            for (number, area) in symbols(page) {
                assert!(
                    boxes.iter().any(|inside| holds(*inside, area)),
                    "symbol {number} at {area:?} on {:?}",
                    sheet.format
                );
            }
        }
    }
}

#[test]
fn a_symbol_is_large_enough_and_its_quiet_zone_is_empty() {
    for (sheet, pages) in composed() {
        let mut drawn: Vec<_> = pages
            .iter()
            .flat_map(|page| symbols(page).map(move |(number, area)| (number, page, area)))
            .collect();
        drawn.sort_by_key(|(number, ..)| *number);
        let numbers: Vec<usize> = drawn.iter().map(|(number, ..)| *number).collect();
        assert_eq!(
            numbers,
            Vec::from_iter(0..sheet.codes.len()),
            "each once on {:?}",
            sheet.format
        );
        for (number, page, area) in drawn {
            is_large_and_free(&sheet, &sheet.codes[number], page, area);
        }
    }
}

fn is_large_and_free(sheet: &Sheet, code: &Code, page: &Page, area: Rect) {
    // Along a receipt, its columns are its rows.
    let along = sheet.format == Format::Receipt && code.width > code.height && area.height() > area.width();
    let (across, down) = if along {
        (code.height as f32, code.width as f32)
    } else {
        (code.width as f32, code.height as f32)
    };
    let linear = code.is_linear();
    let step = match (linear, along) {
        (true, true) => area.height() / down,
        _ => area.width() / across,
    };
    // What is neither wide nor bars has modules that a cheap scanner reads.
    if !linear && across <= 1.5 * down && code.height <= 177 {
        let least = if sheet.format == Format::A4 { 0.5 } else { 0.33 };
        assert!(
            step >= least * MM - 0.001,
            "{} mm, {across} modules, {:?}",
            step / MM,
            sheet.format
        );
    }
    // On a whole page there is room for more.
    if sheet.format == Format::A4 && linear {
        assert!(area.width() >= 80.0 * MM && area.height() >= 20.0 * MM);
    } else if sheet.format == Format::A4 && code.width >= code.height {
        assert!(area.width() >= 60.0 * MM, "{}", area.width() / MM);
    }
    if linear {
        assert!(step >= 0.2 * MM, "{} mm, {across} bars, {:?}", step / MM, sheet.format);
        let bars = if along { area.width() } else { area.height() };
        assert!(bars >= 12.0 * MM);
    }
    let least = if linear { 10.0 } else { 4.0 };
    // The sides of the paper bound what a symbol of few modules can have.
    let across = (least * step).min((page.width - area.width()) / 2.0) - SLACK;
    if sheet.format != Format::FoldOut || page.items.iter().all(|(part, _)| *part != Part::Step(0)) {
        assert!(area.left() >= across && page.width - area.right() >= across, "{area:?}");
    }
    for (part, text, _) in texts(page) {
        let apart = text.right() <= area.left() - across
            || text.left() >= area.right() + across
            || text.bottom() <= area.top() - across
            || text.top() >= area.bottom() + across;
        assert!(
            apart,
            "{part:?} {text:?} near {area:?}, {} modules on {:?}",
            code.width, sheet.format
        );
    }
}

#[test]
fn the_modules_of_a_receipt_are_whole_dots() {
    let dots = |length: f32| length / crate::measures::DOT;
    let whole = |length: f32| (dots(length) - dots(length).round()).abs() < 0.01;
    for (sheet, pages) in composed() {
        if sheet.format != Format::Receipt {
            continue;
        }
        for (page, (number, area)) in pages
            .iter()
            .flat_map(|page| symbols(page).map(move |found| (page, found)))
        {
            assert_eq!(page.width, RECEIPT.width);
            assert!(whole(area.left() - RECEIPT.margin) && whole(area.top()), "{area:?}");
            if sheet.codes[number].width == 21 {
                assert!(whole(area.width() / 21.0));
            }
        }
    }
}

/// For whoever hears the page, since what is drawn later is read later: the next thing is never
/// above the one before, unless it begins a column at its right.
#[test]
fn what_is_read_next_is_below_or_at_the_right() {
    for (sheet, pages) in composed() {
        for page in &pages {
            let things: Vec<(Part, Rect)> = page
                .items
                .iter()
                .filter(|(part, _)| part.is_read() && *part != Part::Foot)
                .filter_map(|(part, content)| match content {
                    Content::Symbol(_, area) => Some((*part, *area)),
                    Content::Text { line, x, y, .. } => {
                        let left = x + line.runs.first().map_or(0.0, |run| run.x);
                        Rect::from_ltrb(left, *y, (x + line.width).max(left + 0.1), y + line.height).map(|r| (*part, r))
                    }
                    Content::Drawing(_) => None,
                })
                .collect();
            for pair in things.windows(2) {
                let [(before, above), (after, below)] = pair else {
                    continue;
                };
                let in_order = below.top() >= above.top() - 12.0 || below.left() >= above.left() + 10.0;
                assert!(
                    in_order,
                    "{after:?} {below:?} after {before:?} {above:?} on {:?}",
                    sheet.format
                );
            }
        }
    }
}

#[test]
fn the_codes_of_a_collection_follow_the_facts_with_their_lines_beside_them() {
    let sheets = composed();
    let (_, pages) = sheets
        .iter()
        .find(|(sheet, _)| sheet.is_collection && sheet.format == Format::A4)
        .expect("a collection");
    let parts: Vec<Part> = pages
        .iter()
        .flat_map(|page| &page.items)
        .map(|(part, _)| *part)
        .collect();
    let last_fact = parts.iter().rposition(|part| matches!(part, Part::Value(_))).unwrap();
    let first_code = parts.iter().position(|part| matches!(part, Part::Code(_))).unwrap();
    assert!(last_fact < first_code);
    for page in pages {
        for (number, area) in symbols(page) {
            let mut said = texts(page).filter(|(part, ..)| *part == Part::Caption(number));
            let (_, line, size) = said.next().expect("its line is on the same page");
            // A wide one has nothing beside it.
            if area.width() <= 1.5 * area.height() {
                assert!(line.left() > area.right() && line.top() < area.bottom(), "{line:?}");
                assert!(size >= 22.5, "{size}");
            } else {
                assert!(line.top() > area.bottom(), "{line:?}");
            }
        }
    }
}

#[test]
fn what_is_empty_has_a_line_to_write_on() {
    let mut fonts = Typesetter::new();
    let blanks = ["姓名", "身份证号", "从哪里来，到哪里去"].map(|label| (label.to_owned(), String::new()));
    for format in [Format::A4, Format::FoldOut, Format::Receipt] {
        let sheet = Sheet {
            format,
            facts: blanks.to_vec(),
            codes: Vec::new(),
            ..sheets().remove(0)
        };
        let pages = compose(&mut fonts, &sheet).unwrap();
        let lines = pages
            .iter()
            .flat_map(|page| &page.items)
            .filter(|(_, content)| match content {
                Content::Drawing((outline, crate::paint::Ink::Stroke(colour, width))) => {
                    *colour == crate::paint::INK_SOFT && *width == 1.0 && outline.segments().count() == 2
                }
                _ => false,
            });
        assert_eq!(lines.count(), 3, "{format:?}");
        let least = Measures::of(format).writing;
        assert!(least >= 6.0 * MM, "a hand needs 6 mm, {format:?} has {}", least / MM);
    }
}

#[test]
fn a_text_too_long_for_a_page_goes_on_on_the_next() {
    let of = |format| {
        let many = composed()
            .into_iter()
            .filter(move |(sheet, pages)| sheet.format == format && pages.len() > 1);
        many.count()
    };
    assert!(
        of(Format::A4) >= 7 && of(Format::FoldOut) >= 7,
        "{} {}",
        of(Format::A4),
        of(Format::FoldOut)
    );
}
