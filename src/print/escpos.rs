//! ESC/POS, the language of receipt printers: the bytes of a job, and what a printer's answers say.
//!
//! Epson's "ESC/POS Command Reference" is the standard that all others copy. Of its commands only
//! those are used that the cheapest copy knows: initialise (`ESC @`), a picture (`GS v 0`), feed
//! (`ESC J`) and cut (`GS V 66`). Text goes as a picture, because few of these printers have
//! Chinese letters and none has all of them. The cash drawer is never touched.
//!
//! How it is, a printer says when it is asked with `DLE EOT` 1 to 4, one byte for each. It looks
//! for such real-time commands in everything it receives, in the middle of a picture too, and
//! carries them out: among them is the pulse that opens the drawer. So a picture that happens to
//! have their first two bytes is printed with one dot more, which nobody sees ([`guarded`]).

use crate::Bitmap;
use crate::PrintError;
use crate::answer::Need;

const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;

/// `ESC @`: forget what an earlier job has set.
const INITIALISE: [u8; 2] = [ESC, b'@'];
/// `ESC J n`: feed n dots, here 12 mm, so that the last line is past a tear bar where there is no
/// cutter.
const FEED: [u8; 3] = [ESC, b'J', 96];
/// `GS V 66 n`: feed to the cutter and cut, leaving one point uncut where the cutter can.
const CUT: [u8; 4] = [GS, b'V', 66, 0];
/// Rows in one `GS v 0`. Small printers take a picture only in pieces that fit their memory.
const BAND: usize = 128;
/// The longest receipt in rows: two metres.
const MAX_ROWS: usize = 16_000;

/// What the four answers to `DLE EOT` are about, by the number asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Printer = 1,
    OfflineCause = 2,
    ErrorCause = 3,
    Paper = 4,
}

impl About {
    /// All, in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Printer, Self::OfflineCause, Self::ErrorCause, Self::Paper];

    /// The question.
    pub fn question(self) -> [u8; 3] {
        [DLE, EOT, self as u8]
    }
}

/// What a printer has said about itself so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Readings {
    answers: [Option<u8>; 4],
}

impl Readings {
    /// Takes the answer to a question, if this byte is one: bits 1 and 4 are set, 0 and 7 are
    /// not. What a printer sends on its own, and the characters of flow control, look different.
    pub fn take(&mut self, about: About, byte: u8) -> bool {
        let is_answer = byte & 0b1001_0011 == 0b0001_0010;
        if is_answer {
            self.answers[about as usize - 1] = Some(byte);
        }
        is_answer
    }

    /// Whether anything was answered at all.
    pub fn known(&self) -> bool {
        self.answers.iter().any(Option::is_some)
    }

    /// What keeps it from printing.
    pub fn needs(&self) -> Option<Need> {
        let paper_out = self.has(About::OfflineCause, 0x20) || self.has(About::Paper, 0x60);
        [
            (self.has(About::OfflineCause, 0x04), Need::Cover),
            // Paper is caught in the cutter.
            (self.has(About::ErrorCause, 0x08), Need::Jam),
            (paper_out, Need::Paper),
            (self.has(About::Printer, 0x08), Need::Attention),
            (self.has(About::OfflineCause, 0x40), Need::Attention),
            (self.has(About::ErrorCause, 0x64), Need::Attention),
        ]
        .into_iter()
        .filter_map(|(is, need)| is.then_some(need))
        .min()
    }

    /// Whether the sensor near the end of the roll sees no more paper.
    pub fn paper_low(&self) -> bool {
        self.has(About::Paper, 0x0c)
    }

    fn has(&self, about: About, bits: u8) -> bool {
        self.answers[about as usize - 1].is_some_and(|byte| byte & bits != 0)
    }
}

/// The bytes that print a picture on a roll with this many dots across, and cut it off. A narrower
/// picture stands in the middle.
///
/// # Errors
/// [`PrintError::NothingToPrint`] for an empty picture, [`PrintError::TooLong`] for one that is
/// wider than the roll or longer than two metres.
pub(crate) fn job(picture: &Bitmap, dots: usize) -> Result<Vec<u8>, PrintError> {
    let stride = picture.row_bytes();
    if picture.width == 0 || picture.height == 0 || picture.rows.len() != stride * picture.height {
        return Err(PrintError::NothingToPrint);
    }
    if picture.width > dots || picture.height > MAX_ROWS {
        return Err(PrintError::TooLong);
    }
    let across = dots / 8;
    let margin = (across - stride) / 2;
    let mut bytes = INITIALISE.to_vec();
    for band in picture.rows.chunks(stride * BAND) {
        let rows = band.len() / stride;
        let [x, y] = [across, rows].map(|n| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(&[GS, b'v', b'0', 0, x[0], x[1], y[0], y[1]]);
        let mut dots = Vec::with_capacity(rows * across);
        for row in band.chunks(stride) {
            dots.extend(std::iter::repeat_n(0, margin));
            dots.extend_from_slice(row);
            dots.resize(dots.len().next_multiple_of(across), 0);
        }
        bytes.extend(guarded(dots));
    }
    bytes.extend_from_slice(&FEED);
    bytes.extend_from_slice(&CUT);
    Ok(bytes)
}

/// A picture's bytes without the beginning of a real-time command: a `DLE` (one black dot) before
/// `EOT`, `ENQ` or `DC4` becomes two black dots.
fn guarded(mut dots: Vec<u8>) -> Vec<u8> {
    for at in 1..dots.len() {
        if dots[at - 1] == DLE && matches!(dots[at], EOT | 0x05 | 0x14) {
            dots[at - 1] = DLE | 0x08;
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    fn readings(answers: &[(About, u8)]) -> Readings {
        let mut readings = Readings::default();
        for (about, byte) in answers {
            assert!(readings.take(*about, *byte), "{byte:#04x}");
        }
        readings
    }

    #[test]
    fn each_answer_becomes_what_a_person_can_do() {
        let needs = |answers: &[(About, u8)]| readings(answers).needs();
        assert_eq!(needs(&About::ALL.map(|about| (about, 0x12))), None);
        assert_eq!(needs(&[(About::Printer, 0x1a)]), Some(Need::Attention));
        assert_eq!(
            needs(&[(About::Printer, 0x1a), (About::OfflineCause, 0x16)]),
            Some(Need::Cover)
        );
        assert_eq!(
            needs(&[(About::Printer, 0x1a), (About::OfflineCause, 0x32)]),
            Some(Need::Paper)
        );
        assert_eq!(needs(&[(About::Paper, 0x72)]), Some(Need::Paper));
        assert_eq!(needs(&[(About::ErrorCause, 0x1a)]), Some(Need::Jam));
        assert_eq!(needs(&[(About::ErrorCause, 0x32)]), Some(Need::Attention));
        // Both, as after a roll was used up and the cover opened to change it.
        assert_eq!(
            needs(&[(About::OfflineCause, 0x36), (About::Paper, 0x7e)]),
            Some(Need::Cover)
        );
    }

    #[test]
    fn paper_that_is_nearly_used_up_is_told_and_does_not_stop_a_job() {
        let low = readings(&[(About::Paper, 0x1e)]);
        assert!(low.paper_low());
        assert_eq!(low.needs(), None);
    }

    #[test]
    fn what_a_printer_sends_on_its_own_is_no_answer() {
        let mut readings = Readings::default();
        // XON, XOFF, the first byte of an automatic status, text, line noise.
        for byte in [0x11, 0x13, 0x10, 0x18, b'O', b'K', 0x00, 0xff, 0x92] {
            assert!(!readings.take(About::Printer, byte), "{byte:#04x}");
        }
        assert!(!readings.known());
    }

    #[test]
    fn a_picture_goes_in_bands_and_stands_in_the_middle() {
        let mut picture = Bitmap::white(16, 130).unwrap();
        picture.blacken(0, 0);
        picture.blacken(15, 129);
        let bytes = job(&picture, 384).unwrap();
        assert_eq!(bytes[..10], [0x1b, b'@', 0x1d, b'v', b'0', 0, 48, 0, 128, 0]);
        let second = 10 + 48 * 128;
        assert_eq!(bytes[second..second + 8], [0x1d, b'v', b'0', 0, 48, 0, 2, 0]);
        assert_eq!(bytes[10 + 23], 0x80);
        assert_eq!(bytes[second + 8 + 48 + 24], 0x01);
        assert_eq!(bytes[second + 8 + 96..], [0x1b, b'J', 96, 0x1d, b'V', 66, 0]);
    }

    #[test]
    fn what_does_not_fit_the_roll_is_refused() {
        let white = |width, height| Bitmap::white(width, height).unwrap();
        assert!(matches!(job(&white(577, 8), 576), Err(PrintError::TooLong)));
        assert!(matches!(job(&white(576, 16_001), 576), Err(PrintError::TooLong)));
        assert!(matches!(job(&white(0, 8), 576), Err(PrintError::NothingToPrint)));
        assert!(matches!(job(&white(8, 0), 576), Err(PrintError::NothingToPrint)));
    }

    proptest! {
        #[test]
        fn no_picture_holds_a_real_time_command(
            rows in prop::collection::vec(prop_oneof![Just(0x10_u8), Just(0x04), Just(0x14), Just(0x05), any::<u8>()], 72 * 4)
        ) {
            let picture = Bitmap { width: 576, height: 4, rows };
            let bytes = job(&picture, 576).unwrap();
            prop_assert!(!bytes.windows(2).any(|pair| pair[0] == 0x10 && [0x04, 0x05, 0x14].contains(&pair[1])));
            // One dot more at most in each byte, and none less.
            for (printed, asked) in bytes[10..].iter().zip(&picture.rows) {
                prop_assert!(printed == asked || (*asked == 0x10 && *printed == 0x18));
            }
        }

        #[test]
        fn no_answer_can_make_it_panic(answers in prop::collection::vec((0..4_usize, any::<u8>()), 0..20)) {
            let mut readings = Readings::default();
            for (about, byte) in answers {
                readings.take(About::ALL[about], byte);
            }
            let _ = (readings.known(), readings.needs(), readings.paper_low());
        }
    }
}
