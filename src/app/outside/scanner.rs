//! Scanners that type: barcode scanners and card readers in keyboard mode.
//!
//! Such a device is a keyboard to the system. It types the text of a code quickly and ends it with Enter or Tab, and
//! there is no telling it from a person but by how fast the keys come. On a page that waits for a code the window hands
//! every key to [`Scanner`] before anything else gets it, so that no field has to be open and the Enter at the end
//! presses no button. With no field open the window also asks for no input method, so that none can make other letters
//! of them. A pause forgets what was typed: half a scan does not get in front of the next one, and a person's keys (Tab
//! to the next button, Enter to press it) go on to the page.

use std::time::{Duration, Instant};

/// The longest pause within a scan. Scanners leave 1 to 50 ms between two keys, and people rarely less than 80; a busy
/// machine may hand keys over late, and the core looks at what comes out.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A longer text is no code.
const LONGEST_TEXT: usize = 16 << 10;
/// A shorter one is a person's key, not a scan.
const SHORTEST_TEXT: usize = 2;

/// The keys that were typed since the last pause.
#[derive(Default)]
pub struct Scanner {
    typed: String,
    last: Option<Instant>,
    /// More was typed than any code has: it is thrown away up to its end.
    too_long: bool,
}

impl Scanner {
    /// A key was pressed: whether it is the scanner's, and the whole text when it was the last one.
    pub fn key(&mut self, key: &str, at: Instant) -> (bool, Option<String>) {
        let paused = self
            .last
            .is_some_and(|last| at.saturating_duration_since(last) > LONGEST_PAUSE);
        if paused {
            self.forget();
        }
        if matches!(key, "\n" | "\r" | "\t") {
            let whole = !self.too_long && self.typed.chars().nth(SHORTEST_TEXT - 1).is_some();
            // The end of something that was typed, whatever it was, presses no button.
            let taken = self.too_long || !self.typed.is_empty();
            let text = std::mem::take(&mut self.typed);
            self.forget();
            return (taken, whole.then_some(text));
        }
        // Keys that are no text are in Unicode's private area, or control characters.
        let is_text = |c: char| !c.is_control() && !matches!(c, '\u{e000}'..='\u{f8ff}');
        if key.is_empty() || !key.chars().all(is_text) {
            return (false, None);
        }
        // Space presses a button where nothing was typed before it; base45 has it too, never at the beginning.
        if key == " " && self.typed.is_empty() {
            return (false, None);
        }
        self.last = Some(at);
        if self.typed.len() + key.len() > LONGEST_TEXT {
            self.typed.clear();
            self.too_long = true;
        }
        if !self.too_long {
            self.typed.push_str(key);
        }
        (true, None)
    }

    /// Forgets what was typed.
    fn forget(&mut self) {
        self.typed.clear();
        self.last = None;
        self.too_long = false;
    }
}

/// Shows nothing of what was typed.
impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types `text` with so many milliseconds between keys, from `start` on; what came out, and when it ended.
    fn types(scanner: &mut Scanner, text: &str, gap: u64, start: Instant) -> (Vec<String>, Instant) {
        let (mut out, mut at) = (Vec::new(), start);
        for c in text.chars() {
            at += Duration::from_millis(gap);
            out.extend(scanner.key(c.encode_utf8(&mut [0; 4]), at).1);
        }
        (out, at)
    }

    #[test]
    fn a_scan_is_a_whole_text_whether_it_ends_with_enter_or_tab() {
        for end in ["\n", "\r", "\t"] {
            let mut scanner = Scanner::default();
            let text = format!("AB1:6B F$%*+-./:{end}");
            let (out, _) = types(&mut scanner, &text, 5, Instant::now());
            assert_eq!(out, ["AB1:6B F$%*+-./:"]);
        }
    }

    #[test]
    fn two_scans_one_after_the_other_are_two_texts() {
        let (out, _) = types(&mut Scanner::default(), "first\nsecond\n", 1, Instant::now());
        assert_eq!(out, ["first", "second"]);
    }

    #[test]
    fn half_a_scan_does_not_get_in_front_of_the_next_one() {
        let mut scanner = Scanner::default();
        let (_, at) = types(&mut scanner, "AB1:half", 5, Instant::now());
        let (out, _) = types(&mut scanner, "HC1:whole\n", 5, at + Duration::from_secs(2));
        assert_eq!(out, ["HC1:whole"]);
    }

    #[test]
    fn somebody_who_types_slowly_is_no_scanner() {
        let (out, _) = types(&mut Scanner::default(), "hello\n", 600, Instant::now());
        assert!(out.is_empty(), "{out:?}");
    }

    #[test]
    fn keys_that_walk_over_the_page_are_not_the_scanners() {
        let mut scanner = Scanner::default();
        let now = Instant::now();
        for key in ["\t", "\n", " ", "\u{f700}", "\u{1b}", "\u{8}", ""] {
            assert_eq!(scanner.key(key, now), (false, None), "{key:?}");
        }
        // But the Enter that ends a single stray letter presses nothing.
        assert_eq!(scanner.key("x", now), (true, None));
        assert_eq!(scanner.key("\n", now), (true, None));
        assert_eq!(scanner.key("\n", now), (false, None));
    }

    #[test]
    fn a_text_that_is_longer_than_any_code_is_thrown_away_up_to_its_end() {
        let mut scanner = Scanner::default();
        let (out, at) = types(
            &mut scanner,
            &format!("{}\n", "A".repeat(LONGEST_TEXT + 5)),
            0,
            Instant::now(),
        );
        assert!(out.is_empty());
        assert_eq!(types(&mut scanner, "AB1:x\n", 1, at).0, ["AB1:x"]);
    }

    #[test]
    fn a_readers_name_comes_through_as_it_was_typed() {
        let (out, _) = types(
            &mut Scanner::default(),
            "王秀兰,11010519491231002X\n",
            10,
            Instant::now(),
        );
        assert_eq!(out, ["王秀兰,11010519491231002X"]);
    }
}
