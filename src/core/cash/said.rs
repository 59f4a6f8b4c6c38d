//! How an amount is written and said.
//!
//! Written it is easily compared with a price tag: 12元5角, 12.50 yuan. Said it sounds as people say it at a stall: 十二块五,
//! 两毛, 一百零五块. Chinese numerals are read right by every voice, where "12元5角" may be read digit by digit.

use super::money::Fen;
use crate::settings::Language;
use crate::words::Words;

impl Fen {
    /// On the screen and on paper: 12元5角, 12.50 yuan.
    #[must_use]
    pub fn written(self, words: Words) -> String {
        if words.language() == Language::English {
            return words.with("money-yuan", &[("amount", &self.typed())]);
        }
        let (yuan, jiao, fen) = self.parts();
        let mut text = String::new();
        for (count, unit) in [(yuan, "元"), (jiao, "角"), (fen, "分")] {
            if count > 0 {
                text += &format!("{count}{unit}");
            }
        }
        if text.is_empty() { "0元".to_owned() } else { text }
    }

    /// Aloud: 十二块五, 12.50 yuan.
    #[must_use]
    pub fn said(self, words: Words) -> String {
        if words.language() == Language::English {
            return self.written(words);
        }
        let (yuan, jiao, fen) = self.parts();
        let few = |count: u64| chinese_count(count);
        match (yuan, jiao, fen) {
            (0, 0, 0) => "零块".to_owned(),
            (0, 0, fen) => format!("{}分", few(fen)),
            (0, jiao, 0) => format!("{}毛", few(jiao)),
            (0, jiao, fen) => format!("{}毛{}", few(jiao), chinese_digits(fen)),
            (yuan, 0, 0) => format!("{}块", few(yuan)),
            (yuan, 0, fen) => format!("{}块零{}分", few(yuan), few(fen)),
            (yuan, jiao, 0) => format!("{}块{}", few(yuan), chinese_digits(jiao)),
            (yuan, jiao, fen) => format!("{}块{}毛{}", few(yuan), few(jiao), chinese_digits(fen)),
        }
    }

    /// Yuan, jiao and fen.
    fn parts(self) -> (u64, u64, u64) {
        (self.fen() / 100, self.fen() / 10 % 10, self.fen() % 10)
    }
}

/// A number as it is counted: two alone is 两.
fn chinese_count(number: u64) -> String {
    if number == 2 {
        "两".to_owned()
    } else {
        chinese_digits(number)
    }
}

/// A number in Chinese numerals: 一百零五, 两千, 一万零五十, 十二.
fn chinese_digits(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const UNITS: [(u64, &str); 4] = [(1_000, "千"), (100, "百"), (10, "十"), (1, "")];
    if number >= 10_000 {
        let (high, low) = (number / 10_000, number % 10_000);
        let zero = if low > 0 && low < 1_000 { "零" } else { "" };
        let low = if low > 0 { inner(low) } else { String::new() };
        return format!("{}万{zero}{low}", chinese_count(high));
    }
    fn inner(number: u64) -> String {
        let (mut text, mut gap) = (String::new(), false);
        for (unit, name) in UNITS {
            let digit = number / unit % 10;
            if digit == 0 {
                gap |= !text.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                text += "零";
            }
            // 两千 and 两百 are what is said; 二十 is never 两十.
            text += match digit {
                2 if unit >= 100 => "两",
                digit => usize::try_from(digit)
                    .ok()
                    .and_then(|digit| DIGITS.get(digit))
                    .copied()
                    .unwrap_or_default(),
            };
            text += name;
        }
        text
    }
    match number {
        0 => "零".to_owned(),
        10..=19 => inner(number).replacen('一', "", 1),
        _ => inner(number),
    }
}
