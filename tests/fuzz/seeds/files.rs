//! Passes and pictures.

use std::io::Cursor;

use anban_core::symbol::{self, Symbology};
use image::{GrayImage, ImageFormat, Luma};

use super::{Seed, seed};
use crate::cards::{BETWEEN, packed};

const PASS: &str = r#"{"formatVersion":1,"description":"Member card","organizationName":"SHOP","logoText":"SHOP",
"barcodes":[{"format":"PKBarcodeFormatCode128","message":"12345678","altText":"1234 5678"},
{"format":"PKBarcodeFormatQR","message":"M1","messageEncoding":"iso-8859-1"}],
"storeCard":{"headerFields":[{"key":"n","label":"NO","value":7}],
"primaryFields":[{"key":"points","label":"POINTS","value":"120"},],"auxiliaryFields":[]}}"#;
const TICKET: &str = r#"{"description":"G1","organizationName":"","barcode":{"format":"PKBarcodeFormatAztec","message":"M1ANBAN"},
"boardingPass":{"transitType":"PKTransitTypeTrain","secondaryFields":[{"key":"seat","label":"seat","value":"07车12A"}]}}"#;
const STRINGS: &str = "\"POINTS\" = \"积分\";\n\"SHOP\" = \"便民超市\\n\";\n";

const LIST: &str = "2\r\n\r\n_id\r\nFood\r\n\r\n\
    _id,store,note,validfrom,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus,lastused,archive\r\n\
    4,Shop,\"two\r\n\r\nlines\",1601510400000,1618012800000,12.50,CNY,6901234567892,,EAN_13,-1,1,5,0\r\n\r\n\
    cardId,groupId\r\n4,Food\r\n";
const WALLET: &str = r#"{"format":"anban-wallet","version":1,"made_at":"2026-11-22T01:00:00Z","cards":[
{"id":"7d3c8f0e-5f63-4b0c-9b0a-0d6c6f3f8a11","kind":"Transit","name":"公交卡","number":"3104",
"code":{"symbology":"Code128","text":"3104"},"details":[["票价","2元"]],"added_at":"2026-11-01T00:00:00Z"}],
"spendings":[{"id":"7d3c8f0e-5f63-4b0c-9b0a-0d6c6f3f8a12","day":"2026-11-20","purpose":"groceries","amount":1200,
"noted_at":"2026-11-20T02:00:00Z"}],"bills":[{"id":"1"}],"later":true}"#;

pub(super) fn seeds() -> Option<Vec<Seed>> {
    let content = |json: &str, strings: &[u8]| [json.as_bytes(), BETWEEN, strings].concat();
    let wide: Vec<u8> = STRINGS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let pass = packed(&[
        ("pass.json", PASS.as_bytes()),
        ("en.lproj/pass.strings", STRINGS.as_bytes()),
    ])?;
    let bundle = packed(&[("a.pkpass", &packed(&[("pass.json", TICKET.as_bytes())])?)])?;
    let mut seeds = vec![
        seed(
            "catima_list",
            "first",
            "_id,store,note,cardid,barcodetype\n1,Shop,n,12345,AZTEC\n2,,n,1,\n",
        ),
        seed("catima_list", "second", LIST),
        seed("wallet_file", "wallet", WALLET),
        seed("pass_content", "card", content(PASS, STRINGS.as_bytes())),
        seed(
            "pass_content",
            "ticket",
            content(TICKET, &[&[0xff, 0xfe], wide.as_slice()].concat()),
        ),
        seed("pass_archive", "pass", pass),
        seed("pass_archive", "bundle", bundle),
    ];
    for (name, symbology, format) in [
        ("qr.png", Symbology::Qr, ImageFormat::Png),
        ("qr.gif", Symbology::Qr, ImageFormat::Gif),
        ("qr.jpeg", Symbology::Qr, ImageFormat::Jpeg),
        ("qr.webp", Symbology::Qr, ImageFormat::WebP),
        ("aztec.bmp", Symbology::Aztec, ImageFormat::Bmp),
        ("code128.png", Symbology::Code128, ImageFormat::Png),
        ("data-matrix.gif", Symbology::DataMatrix, ImageFormat::Gif),
    ] {
        seeds.push(seed("picture", name, picture(symbology, format)?));
    }
    Some(seeds)
}

/// The smallest picture of a code that is read, so that much of it is the code.
fn picture(symbology: Symbology, format: ImageFormat) -> Option<Vec<u8>> {
    let scale = if format == ImageFormat::Bmp { 1 } else { 2 };
    let modules = symbol::encode(symbology, "AB1:7").ok()?;
    let rows = if symbology.is_linear() { 12 } else { modules.height };
    let quiet = modules.quiet_zone;
    let dark = |x: u32, y: u32| {
        let (x, y) = ((x / scale).checked_sub(quiet)?, (y / scale).checked_sub(quiet)?);
        let y = if symbology.is_linear() { 0 } else { y };
        (x < modules.width && y < modules.height)
            .then(|| modules.dark.get((y * modules.width + x) as usize).copied())?
    };
    let picture = GrayImage::from_fn(
        (modules.width + 2 * quiet) * scale,
        (rows + 2 * quiet) * scale,
        |x, y| Luma([if dark(x, y) == Some(true) { 0 } else { 255 }]),
    );
    let mut bytes = Cursor::new(Vec::new());
    let written = if matches!(format, ImageFormat::Gif | ImageFormat::WebP) {
        image::DynamicImage::from(picture)
            .to_rgba8()
            .write_to(&mut bytes, format)
    } else {
        picture.write_to(&mut bytes, format)
    };
    written.ok()?;
    Some(bytes.into_inner())
}
