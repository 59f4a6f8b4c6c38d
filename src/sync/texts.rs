//! Texts from a hub, made fit for the screen, the voice and paper.
//!
//! They come from elsewhere: each becomes one clean line of bounded length ([`clean`]). A counter's place and hours,
//! which FHIR keeps in fields of their own, become sentences that can be read aloud.

use anban_core::appointments::Words;
use anban_core::settings::Language;
use anban_core::words::{self, time};
use anban_wire::directory::{Counter, Hours, Text};
use anban_wire::fhir::DayOfWeek;
use anban_wire::systems;
use jiff::civil::Weekday;

/// Longest text that is kept, in characters. What a hospital tells people to bring fits well.
const LONGEST_TEXT: usize = 500;
/// Longest telephone number that is kept, with its spaces and extension.
const LONGEST_PHONE: usize = 40;

/// A name in both languages; none where there is no Chinese one.
pub(crate) fn name(text: &Text) -> Option<Words> {
    Some(both(text)).filter(|words| !words.chinese.is_empty())
}

/// A text in both languages, either of which may be empty.
pub(crate) fn both(text: &Text) -> Words {
    Words {
        chinese: clean(&text.zh, LONGEST_TEXT),
        english: text
            .en
            .as_deref()
            .map(|text| clean(text, LONGEST_TEXT))
            .unwrap_or_default(),
    }
}

/// A telephone number, empty where there is none.
pub(crate) fn phone(text: Option<&str>) -> String {
    text.map(|text| clean(text, LONGEST_PHONE)).unwrap_or_default()
}

/// A code of 医疗机构诊疗科目名录, without its system; empty where there is none of that system.
pub(crate) fn specialty(token: Option<&str>) -> String {
    let code = token.and_then(|token| token.strip_prefix(systems::DEPARTMENT)?.strip_prefix('|'));
    code.map(|code| clean(code, LONGEST_PHONE)).unwrap_or_default()
}

/// When a counter is open, in one sentence.
pub(crate) fn hours(counter: &Counter) -> Words {
    let said = |language, comma: &str| {
        let said = counter.hours.iter().map(|hours| open(hours, language));
        clean(&said.collect::<Vec<_>>().join(comma), LONGEST_TEXT)
    };
    Words {
        chinese: said(Language::Chinese, "，"),
        english: said(Language::English, ", "),
    }
}

/// "星期一至星期五 上午八点至下午五点", "Monday to Friday 8:00 in the morning to 5:00 in the afternoon".
fn open(hours: &Hours, language: Language) -> String {
    let words = words::Words::of(language);
    let (to, and) = if language == Language::English {
        (" to ", ", ")
    } else {
        ("至", "、")
    };
    let named = |day: DayOfWeek| time::weekday(words, weekday(day));
    let mut days = hours.days.clone();
    days.sort_by_key(|day| weekday(*day).to_monday_zero_offset());
    days.dedup();
    let runs = days.chunk_by(|a, b| weekday(*b).to_monday_zero_offset() == weekday(*a).to_monday_zero_offset() + 1);
    let said = runs.map(|run| match run {
        [first, .., last] if run.len() > 2 => format!("{}{to}{}", named(*first), named(*last)),
        few => few.iter().map(|day| named(*day)).collect::<Vec<_>>().join(and),
    });
    let days = said.collect::<Vec<_>>().join(and);
    let span = format!(
        "{}{to}{}",
        time::clock(words, hours.from),
        time::clock(words, hours.until)
    );
    if days.is_empty() {
        span
    } else {
        format!("{days} {span}")
    }
}

fn weekday(day: DayOfWeek) -> Weekday {
    match day {
        DayOfWeek::Mon => Weekday::Monday,
        DayOfWeek::Tue => Weekday::Tuesday,
        DayOfWeek::Wed => Weekday::Wednesday,
        DayOfWeek::Thu => Weekday::Thursday,
        DayOfWeek::Fri => Weekday::Friday,
        DayOfWeek::Sat => Weekday::Saturday,
        DayOfWeek::Sun => Weekday::Sunday,
    }
}

/// A text from elsewhere in one line: white space joined, control characters and marks that turn the direction of
/// writing (which could show one thing and say another) left out, cut at `longest` characters.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words = text
        .split(char::is_whitespace)
        .map(|word| word.chars().filter(|c| !c.is_control() && !turns(*c)));
    let words = words.map(String::from_iter).filter(|word: &String| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(longest).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_one_clean_line() {
        assert_eq!(clean(" 门诊楼\n\t一层 \u{202e}3\u{0} 号 ", 100), "门诊楼 一层 3 号");
        assert_eq!(clean(&"长".repeat(900), LONGEST_TEXT).chars().count(), LONGEST_TEXT);
    }
}
