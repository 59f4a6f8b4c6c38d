//! Where a line of Chinese must not break.
//!
//! Chinese has no spaces between words, so a line may break between any two characters, and in very large type on a
//! small screen 星期四 would often become 星 and 期四. Whoever reads slowly stumbles there. What stands between spaces
//! and punctuation is mostly one thing, a weekday, a time, a name, so where it is short it is kept in one piece, with
//! U+2060 WORD JOINER between its characters (Unicode Standard Annex #14, class WJ). The character is not drawn, and it
//! is only in what is drawn: what is spoken, and what a screen reader gets, has none.

/// The widest piece that is kept together, in halves of a Chinese character, which a digit takes: at the largest text it
/// still fits an answer on a telephone.
const WIDEST: usize = 10;

/// The longest line that is looked at, in characters: what is longer is a sentence or an address and breaks as it likes,
/// or its lines would be ragged.
const LONGEST_LINE: usize = 16;

/// Forbids a break between two characters.
const JOINER: char = '\u{2060}';

/// The text with its short Chinese pieces kept together. Other scripts have spaces and are left as they are.
pub fn kept_together(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // Nothing may be torn from a bracket or quotation mark either, and both together would be too long.
        if line.chars().count() > LONGEST_LINE || line.contains(['。', '“', '（', '《']) {
            out.push_str(line);
        } else {
            put_line(&mut out, line);
        }
    }
    out
}

fn put_line(out: &mut String, line: &str) {
    let mut piece = String::new();
    for c in line.chars() {
        if c.is_alphanumeric() {
            piece.push(c);
        } else {
            put(out, &piece);
            piece.clear();
            out.push(c);
        }
    }
    put(out, &piece);
}

fn put(out: &mut String, piece: &str) {
    let width: usize = piece.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    if width > WIDEST || !piece.chars().any(is_han) {
        out.push_str(piece);
        return;
    }
    for (at, c) in piece.chars().enumerate() {
        if at > 0 {
            out.push(JOINER);
        }
        out.push(c);
    }
}

/// Whether it is a Chinese character of the unified block, where all but the rarest are.
fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        kept_together(text).replace(JOINER, "-")
    }

    #[test]
    fn weekdays_and_times_are_kept_in_one_piece() {
        assert_eq!(
            shown("11月26日 星期四\n上午十点"),
            "1-1-月-2-6-日 星-期-四\n上-午-十-点"
        );
        assert_eq!(shown("健康码，绿码 有效"), "健-康-码，绿-码 有-效");
    }

    #[test]
    fn sentences_long_pieces_and_other_scripts_may_break_where_they_did() {
        for text in [
            "比如：女儿。",
            "1 路、5 路公交（“市一院”站）",
            "安宁市人民路口公交车站",
            "Tomorrow, Monday",
            "3104 8800",
            "",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn nothing_but_joiners_is_added() {
        for text in ["看哪一科？", "ipp://printer.local/打印机", "门诊楼 2 层 6 号窗口"] {
            assert_eq!(kept_together(text).replace(JOINER, ""), text);
        }
    }
}
