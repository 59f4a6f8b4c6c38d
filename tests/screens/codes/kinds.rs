//! The kinds of codes, and texts that each can hold.

use anban_core::symbol::{Symbology, encode};

use crate::photo::Chance;

/// A kind of code.
pub struct Kind {
    pub symbology: Symbology,
    /// What ZXing-C++ calls it.
    pub zxing: &'static str,
    /// The numbers by which ZBar knows it (`zbar_symbol_type_t`); none where it does not.
    pub zbar: &'static [u32],
    /// What is the same in both readers: one may say a nought in front, or the letters of start and stop.
    pub plain: fn(&[u8]) -> Vec<u8>,
    /// Makes up a text; the number says which of all it is, so that every length has its turn.
    pub text: fn(&mut Chance, usize) -> String,
    /// What can't be drawn.
    pub refused: &'static [&'static str],
}

const DIGITS: &str = "0123456789";
const CODE_39: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const HAN: &str = "安伴卡号老年优待证北京图书馆会员公交身份一二三四五六七八九十龙龟，。";
const LATIN: &str = "äöüÄÖÜßéèçñåøÅØ";

pub const KINDS: [Kind; 13] = [
    Kind {
        symbology: Symbology::Qr,
        zxing: "QRCode",
        zbar: &[64],
        plain: whole,
        text: |chance, at| area(chance, at, Symbology::Qr, &[1, 10, 40, 120, 400, 900, 1_500, 2_200]),
        refused: &[""],
    },
    Kind {
        symbology: Symbology::Aztec,
        zxing: "Aztec",
        zbar: &[],
        plain: whole,
        text: |chance, at| area(chance, at, Symbology::Aztec, &[1, 10, 40, 120, 300, 700]),
        refused: &[""],
    },
    Kind {
        symbology: Symbology::DataMatrix,
        zxing: "DataMatrix",
        zbar: &[],
        plain: whole,
        text: |chance, at| area(chance, at, Symbology::DataMatrix, &[1, 10, 40, 120, 300, 700]),
        refused: &[""],
    },
    Kind {
        symbology: Symbology::Pdf417,
        zxing: "PDF417",
        zbar: &[],
        plain: whole,
        text: |chance, at| area(chance, at, Symbology::Pdf417, &[1, 10, 40, 120, 300, 500]),
        refused: &[""],
    },
    Kind {
        symbology: Symbology::Code128,
        zxing: "Code128",
        zbar: &[128],
        plain: whole,
        text: |chance, at| {
            let printable: String = (' '..='~').collect();
            let all: String = ('\0'..='\x7f').collect();
            match at % 4 {
                0 => made(chance, DIGITS, 1 + at % 40),
                1 => made(chance, &printable, 1 + at % 20),
                2 => {
                    made(chance, DIGITS, 2 + at % 9)
                        + &made(chance, &printable, 1 + at % 4)
                        + &made(chance, DIGITS, at % 9)
                }
                _ => made(chance, &all, 1 + at % 10),
            }
        },
        refused: &["", "卡", "ü"],
    },
    Kind {
        symbology: Symbology::Code39,
        zxing: "Code39Std",
        zbar: &[39],
        plain: whole,
        text: |chance, at| made(chance, CODE_39, 1 + at % 18),
        refused: &["", "卡"],
    },
    Kind {
        symbology: Symbology::Ean13,
        zxing: "EAN13",
        zbar: &[13],
        plain: thirteen,
        text: |chance, _| checked(made(chance, DIGITS, 12)),
        refused: &[
            "",
            "690123456789",
            "6901234567891",
            "69012345678920",
            "69012345678９2",
            "690123456789X",
        ],
    },
    Kind {
        symbology: Symbology::Ean8,
        zxing: "EAN8",
        zbar: &[8],
        plain: whole,
        text: |chance, _| checked(made(chance, DIGITS, 7)),
        refused: &["", "9638507", "96385075", "9638507A"],
    },
    Kind {
        symbology: Symbology::UpcA,
        zxing: "UPCA",
        zbar: &[13, 12],
        plain: thirteen,
        text: |chance, _| checked(made(chance, DIGITS, 11)),
        refused: &["", "03600029145", "036000291453"],
    },
    Kind {
        symbology: Symbology::UpcE,
        zxing: "UPCE",
        zbar: &[13, 9],
        plain: long,
        text: |chance, _| upc_e(&made(chance, DIGITS, 6)),
        refused: &["", "0123456", "01234561", "21234565"],
    },
    Kind {
        symbology: Symbology::Code93,
        zxing: "Code93",
        zbar: &[93],
        plain: whole,
        text: |chance, at| made(chance, CODE_39, 1 + at % 22),
        refused: &["", "卡"],
    },
    Kind {
        symbology: Symbology::Itf,
        zxing: "ITF",
        zbar: &[25],
        plain: whole,
        text: |chance, at| made(chance, DIGITS, 6 + 2 * (at % 12)),
        refused: &["", "123", "12A4"],
    },
    Kind {
        symbology: Symbology::Codabar,
        zxing: "Codabar",
        zbar: &[38],
        plain: between_stops,
        text: |chance, at| made(chance, "0123456789-$:/.+", 4 + at % 16),
        refused: &["", "12卡", "12B4"],
    },
];

/// A text for a code that is an area: digits, capitals, printable letters, letters with accents, Han. The longest that
/// can't be drawn gives way to a shorter one.
fn area(chance: &mut Chance, at: usize, symbology: Symbology, lengths: &[usize]) -> String {
    let printable: String = (' '..='~').collect();
    let mixed = format!("{HAN}{printable}");
    let latin = format!("{printable}{LATIN}");
    let alphabets = [DIGITS, ALPHANUMERIC, &printable, &mixed, &latin];
    let alphabet = alphabets[at % alphabets.len()];
    let longest = lengths[at / alphabets.len() % lengths.len()];
    let mut length = 1 + below(chance, longest);
    loop {
        let text = made(chance, alphabet, length);
        if encode(symbology, &text).is_ok() {
            return text;
        }
        assert!(length > 100, "{symbology:?} does not hold {text:?}");
        length = length * 3 / 4;
    }
}

fn made(chance: &mut Chance, alphabet: &str, length: usize) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    (0..length).map(|_| letters[below(chance, letters.len())]).collect()
}

fn below(chance: &mut Chance, count: usize) -> usize {
    (chance.between(0.0, count as f32) as usize).min(count - 1)
}

/// The digits with their check digit (ISO/IEC 15420).
fn checked(digits: String) -> String {
    let weights = [3, 1].into_iter().cycle();
    let sum: u32 = digits
        .chars()
        .rev()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A UPC-E number of six digits, in number system 0 (ISO/IEC 15420): its check digit is that of the long form.
fn upc_e(six: &str) -> String {
    format!("0{six}{}", &upc_a(six)[11..])
}

/// The long form of it.
fn upc_a(six: &str) -> String {
    let (first, last) = six.split_at(5);
    checked(match last {
        "0" | "1" | "2" => format!("0{}{last}0000{}", &first[..2], &first[2..]),
        "3" => format!("0{}00000{}", &first[..3], &first[3..]),
        "4" => format!("0{}00000{}", &first[..4], &first[4..]),
        _ => format!("0{first}0000{last}"),
    })
}

fn whole(read: &[u8]) -> Vec<u8> {
    read.to_vec()
}

/// The short form stands for a long one, and readers say either.
fn long(read: &[u8]) -> Vec<u8> {
    let short = (read.len() == 8).then(|| upc_a(std::str::from_utf8(&read[1..7]).unwrap()));
    thirteen(short.as_deref().map_or(read, str::as_bytes))
}

/// One kind of these is the other with a nought in front.
fn thirteen(read: &[u8]) -> Vec<u8> {
    let noughts = std::iter::repeat_n(b'0', 13_usize.saturating_sub(read.len()));
    noughts.chain(read.iter().copied()).collect()
}

fn between_stops(read: &[u8]) -> Vec<u8> {
    read.iter()
        .copied()
        .filter(|letter| !letter.is_ascii_alphabetic())
        .collect()
}
