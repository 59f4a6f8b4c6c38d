//! Where a line of Chinese must not break.
//!
//! Chinese has no spaces between words, so a line may break between any two characters, and in very large type on a
//! small screen 星期四 would often become 星 and 期四. Whoever reads slowly stumbles there. What stands between spaces
//! and punctuation is mostly one thing, a weekday, a time, a name, so where it is short it is kept in one piece; of what
//! is longer, the words are (the dictionary of ICU, Unicode Standard Annex #29, and [`TERMS`]). A piece is kept by
//! U+2060 WORD JOINER between its characters (Unicode Standard Annex #14, class WJ). The character is not drawn, and it
//! is only in what is drawn: what is spoken, and what a screen reader gets, has none. A number is kept with what it
//! counts, though a space stands between them.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

/// The widest piece that is kept together, in halves of a Chinese character, which a digit takes: at the largest text it
/// still fits an answer on a telephone.
const WIDEST: usize = 10;

/// The longest line whose pieces are kept whole, in characters: what is longer is a sentence or an address, and its lines
/// would be ragged.
const LONGEST_LINE: usize = 16;

/// The widest piece that is kept whole in a sentence of another script: a name.
const WIDEST_NAME: usize = 8;

/// Forbids a break between two characters.
const JOINER: char = '\u{2060}';

/// Allows one (U+200B ZERO WIDTH SPACE, class ZW). By the standard no line breaks beside a quotation mark, since it may be
/// the one that opens or the one that closes; a Chinese one says by itself which it is.
const BREAK: char = '\u{200b}';

/// Words of this app that the dictionary takes for two.
const TERMS: [&str; 29] = [
    "健康码",
    "手机码",
    "绿码",
    "黄码",
    "红码",
    "身份证",
    "社保卡",
    "医保卡",
    "老年卡",
    "公交",
    "公交卡",
    "银行卡",
    "会员卡",
    "借书证",
    "登机牌",
    "打印机",
    "预约单",
    "委托书",
    "投诉书",
    "登记本",
    "家里人",
    "帮忙的人",
    "急救卡",
    "人民币",
    "哪几张",
    "看得清",
    "谢谢您",
    "挂了号",
    "挂好号",
];

/// They lean on the word before them.
const PARTICLES: [char; 5] = ['了', '吗', '的', '吧', '呢'];

/// The text with its Chinese words, and its short pieces, kept together. Other scripts have spaces and are left as they
/// are.
pub fn kept_together(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // Nothing may be torn from a bracket or quotation mark either, and both together would be too long.
        let sentence = line.chars().count() > LONGEST_LINE || line.contains(['。', '“', '（', '《']);
        let mut piece = String::new();
        // Whether nothing or a space stands before the piece.
        let mut alone = true;
        for c in line.chars() {
            if c.is_alphanumeric() {
                piece.push(c);
            } else {
                put(&mut out, &piece, widest(sentence, alone && c.is_ascii()));
                if c == '“' && out.ends_with(is_han) {
                    out.push(BREAK);
                }
                piece.clear();
                out.push(c);
                alone = c == ' ';
            }
        }
        put(&mut out, &piece, widest(sentence, alone));
    }
    out
}

/// How wide a piece may be to be kept whole. A name in a sentence of another script stands between spaces; what touches
/// a Chinese bracket or quotation mark would become too long with it.
fn widest(sentence: bool, alone: bool) -> usize {
    match (sentence, alone) {
        (false, _) => WIDEST,
        (true, true) => WIDEST_NAME,
        (true, false) => 0,
    }
}

fn put(out: &mut String, piece: &str, widest: usize) {
    if !piece.chars().any(is_han) {
        return out.push_str(piece);
    }
    if out.ends_with('”') && piece.starts_with(is_han) {
        out.push(BREAK);
    }
    // 6 号: a number stays with what it counts, across the space between them.
    let counted = if piece.starts_with(is_han) {
        number_at_end(out)
    } else {
        0
    };
    let parts = if counted + width(piece) <= widest {
        vec![piece]
    } else {
        words(piece)
    };
    for (at, part) in parts.into_iter().enumerate() {
        if at == 0 && counted > 0 && counted + width(part) <= WIDEST {
            out.push(JOINER);
        }
        put_joined(out, part);
    }
}

/// How wide the number and the space are with which the text ends; 0 where it ends otherwise.
fn number_at_end(text: &str) -> usize {
    let Some(text) = text.strip_suffix(' ') else { return 0 };
    let digits = text.chars().rev().take_while(char::is_ascii_digit).count();
    if digits == 0 { 0 } else { digits + 1 }
}

fn put_joined(out: &mut String, piece: &str) {
    for (at, c) in piece.chars().enumerate() {
        if at > 0 {
            out.push(JOINER);
        }
        out.push(c);
    }
}

/// In halves of a Chinese character.
fn width(piece: &str) -> usize {
    piece.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The piece in parts that a line may break between, none of them wider than [`WIDEST`] save a word of the dictionary.
fn words(piece: &str) -> Vec<&str> {
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = 0;
    for end in segmenter.segment_str(piece).filter(|end| *end > 0) {
        // What may not be torn stays one word, as long as there is room for it.
        if last > start && !(is_one(piece, last) && width(&piece[start..end]) <= WIDEST) {
            words.push(&piece[start..last]);
            start = last;
        }
        last = end;
    }
    words.push(&piece[start..]);
    words
}

/// Whether a line should not break here, between two words of the dictionary: in a term, before a particle, in a date or an
/// amount of money.
fn is_one(piece: &str, at: usize) -> bool {
    let (before, after) = piece.split_at(at);
    let in_a_term = TERMS.iter().any(|term| {
        term.char_indices()
            .skip(1)
            .any(|(cut, _)| before.ends_with(&term[..cut]) && after.starts_with(&term[cut..]))
    });
    let counted = before.ends_with(|c: char| c.is_ascii_digit());
    let goes_on = before.ends_with(['月', '元', '角']) && after.starts_with(|c: char| c.is_ascii_digit());
    in_a_term || counted || goes_on || after.starts_with(PARTICLES)
}

/// Whether it is a Chinese character of the unified block, where all but the rarest are.
fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        kept_together(text).replace(JOINER, "-").replace(BREAK, "")
    }

    #[test]
    fn a_line_may_end_before_what_is_quoted_and_after_it() {
        let shown = |text| kept_together(text).replace(JOINER, "").replace(BREAK, "|");
        assert_eq!(
            shown("请放进“图片”或者“下载”里，点“好”。"),
            "请放进|“图片”|或者|“下载”|里，点|“好”。"
        );
        assert_eq!(shown("“好”，“不好”"), "“好”，“不好”");
        assert_eq!(
            shown("the “safe account” of 李“秀”英"),
            "the “safe account” of 李|“秀”|英"
        );
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
    fn a_number_stays_with_what_it_counts() {
        assert_eq!(shown("A012 号，2 层 6 号诊室"), "A012 -号，2 -层 6 -号-诊-室");
        // What would be too long for a line is in one piece no more, and not joined.
        assert_eq!(shown("3104880012 号窗口"), "3104880012 号窗-口");
        assert_eq!(shown("中 国 6 a"), "中 国 6 a");
    }

    #[test]
    fn in_a_sentence_words_are_kept() {
        for (text, expected) in [
            ("要打的是：健康码。", "要|打-的-是：健-康-码。"),
            (
                "请看看打印机，纸出来没有？要再打一份吗？",
                "请-看|看|打-印-机，纸|出-来|没-有？要|再-打|一-份-吗？",
            ),
            ("到2026年12月22日为止。", "到|2-0-2-6-年|1-2-月-2-2-日|为-止。"),
            ("拿错了的话，点“刚才不算”。", "拿|错-了-的-话，点“刚-才|不-算”。"),
            ("钱包里有 236元7角，不够。", "钱-包-里-有 2-3-6-元-7-角，不-够。"),
            (
                "彻底删掉这一张公交卡吗？以后就没有了。",
                "彻-底|删-掉|这|一-张|公-交-卡-吗？以-后|就|没-有-了。",
            ),
            ("打印机没有纸了。", "打-印-机|没-有|纸-了。"),
            ("女儿给您挂了号", "女-儿|给|您|挂-了-号"),
            ("5 路公交“中医院”站", "5 -路|公-交“中-医|院”站"),
            ("李秀英 has no health code yet.", "李-秀-英 has no health code yet."),
            ("Health code of 李秀英: Yellow", "Health code of 李-秀-英: Yellow"),
        ] {
            assert_eq!(shown(text), expected.replace('|', ""), "{text}");
        }
    }

    #[test]
    fn other_scripts_are_left_as_they_are() {
        for text in ["Tomorrow, Monday", "3104 8800", ""] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn nothing_that_is_drawn_is_added() {
        for text in [
            "看哪一科？",
            "ipp://printer.local/打印机",
            "门诊楼 2 层 6 号窗口",
            "点“好”吧",
        ] {
            assert_eq!(kept_together(text).replace([JOINER, BREAK], ""), text);
        }
    }
}
