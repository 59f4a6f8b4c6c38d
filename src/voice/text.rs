//! Cuts text into breaths and guesses how long saying it takes.
//!
//! A speech service that is given a whole page cannot be stopped soon, and no one can tell
//! whether it still speaks. So a part is spoken as pieces of a few seconds, cut where a reader
//! would breathe, and each piece carries a guess of its length, from which the director sets
//! the time after which it no longer believes that anything is being said.

use std::time::Duration;

/// Clauses are joined up to about this length at normal speed: long enough for a natural melody,
/// short enough to wait for.
const BREATH: f32 = 5.0;

/// Marks after which Chinese text may be cut, whatever follows.
const FULL_WIDTH_STOPS: &str = "。！？；：，、…";

/// Marks that end a clause only before a space or the end: not in 3.5, 12:30 or 1,000.
const ASCII_STOPS: &str = ".!?;:,";

/// The pieces of `part` in order, none empty; none at all if there is nothing to say in it.
pub(crate) fn pieces(part: &str) -> Vec<String> {
    let text = speakable(part);
    let mut pieces: Vec<String> = Vec::new();
    let mut open = String::new();
    for clause in clauses(&text) {
        if !open.is_empty() && seconds(&open) + seconds(clause) > BREATH {
            pieces.push(std::mem::take(&mut open));
        }
        open.push_str(clause);
    }
    pieces.push(open);
    pieces
        .into_iter()
        .map(|piece| piece.trim().to_owned())
        .filter(|piece| piece.chars().any(char::is_alphanumeric))
        .collect()
}

/// About how long saying `text` takes at `rate` times the normal speed.
pub(crate) fn estimate(text: &str, rate: f32) -> Duration {
    Duration::from_secs_f32(seconds(text) / rate.max(0.1))
}

/// `text` without what no voice can say. Control characters go (a NUL would end a C string
/// early), and square brackets too: espeak-ng reads `[[…]]` as phonemes, not as words.
fn speakable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' => '\n',
            '[' | ']' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// Cuts after every clause mark and line end; a clause longer than a breath is cut further, at
/// a space if there is one.
fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut last_space = None;
    let mut length = 0.0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let next = chars.peek().map(|&(_, next)| next);
        length += weight(c);
        if c.is_whitespace() {
            last_space = Some(after);
        }
        let ends = c == '\n'
            || FULL_WIDTH_STOPS.contains(c)
            || (ASCII_STOPS.contains(c) && next.is_none_or(char::is_whitespace));
        if ends {
            clauses.push(&text[start..after]);
            start = after;
        } else if length > BREATH {
            // In a text without spaces any place is as good as another.
            let cut = last_space.filter(|&space| space > start).unwrap_or(after);
            clauses.push(&text[start..cut]);
            start = cut;
        } else {
            continue;
        }
        length = seconds(&text[start..after]);
        last_space = None;
    }
    if start < text.len() {
        clauses.push(&text[start..]);
    }
    clauses
}

/// Seconds of speech at normal speed.
fn seconds(text: &str) -> f32 {
    text.chars().map(weight).sum()
}

/// Seconds that one character adds. A Han character is one syllable, about 0.25 s; a Latin word
/// takes about 0.4 s, that is 0.07 s a letter with its space; a digit is spoken as a word.
fn weight(c: char) -> f32 {
    match c {
        c if c.is_ascii_digit() => 0.3,
        c if c.is_ascii_uppercase() => 0.15,
        c if c.is_ascii() && !c.is_control() => 0.07,
        c if FULL_WIDTH_STOPS.contains(c) || c == '\n' => 0.3,
        c if c.is_alphabetic() && c < '\u{2e80}' => 0.08,
        c if c.is_alphanumeric() => 0.25,
        _ => 0.1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_sentence_stays_whole() {
        assert_eq!(pieces("您的健康码在这里。"), ["您的健康码在这里。"]);
        assert_eq!(pieces("Your code is here."), ["Your code is here."]);
    }

    #[test]
    fn a_long_part_is_cut_where_one_breathes() {
        let part = "今天是星期三，十一月二十一日。您下午两点要去市第一人民医院看心内科，请带好医保卡和病历本。";
        let pieces = pieces(part);
        assert!(pieces.len() >= 2, "{pieces:?}");
        assert_eq!(pieces.concat(), part);
        for piece in &pieces {
            assert!(piece.ends_with(['，', '。']), "cut inside a clause: {piece}");
        }
    }

    #[test]
    fn numbers_and_times_are_not_torn() {
        let part = "The 1,000.50 yuan are due at 12:30 on the 3.5th floor of the very long corridor, they said to us";
        let joined = pieces(part).join("|");
        for whole in ["1,000.50", "12:30", "3.5th"] {
            assert!(joined.contains(whole), "{whole} torn in {joined}");
        }
    }

    #[test]
    fn a_text_without_any_mark_is_still_cut() {
        let pieces = pieces(&"长".repeat(200));
        assert!(pieces.len() > 5);
        assert_eq!(pieces.concat().chars().count(), 200);
    }

    #[test]
    fn nothing_to_say_gives_no_pieces() {
        for empty in ["", "   ", "。。。", "\n\n", "--- * ---"] {
            assert!(pieces(empty).is_empty(), "{empty:?}");
        }
    }

    #[test]
    fn phoneme_brackets_and_control_characters_are_taken_out() {
        let said = pieces("您好[[h@l'oU]]\u{0}朋友").concat();
        assert!(!said.contains(['[', ']', '\0']), "{said:?}");
        assert!(said.contains("您好") && said.contains("朋友"));
    }

    #[test]
    fn slower_speech_is_expected_to_take_longer() {
        let text = "请按对或者不对";
        let normal = estimate(text, 1.0);
        assert!((1.5..2.2).contains(&normal.as_secs_f32()), "{normal:?}");
        assert!(estimate(text, 0.7) > normal);
        assert!(estimate(text, 1.2) < normal);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_piece_is_long(part in "\\PC{0,300}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let pieces = pieces(&part);
            prop_assert_eq!(letters(&pieces.concat()), letters(&part));
            for piece in pieces {
                prop_assert!(seconds(&piece) < 2.0 * BREATH + 1.0);
            }
        }
    }
}
