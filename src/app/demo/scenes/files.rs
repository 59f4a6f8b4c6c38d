//! Photographs of cards, and taking the wallet along and in again.

use std::io::Cursor;

use anban_core::app::Incoming;
use anban_core::effect::{FileContent, FoundFile, SavedFile};
use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};

use super::{BUS_CARD, Scene, and_then, by_taps};
use crate::demo::Stand;

const ALONG: &[&str] = &["home-wallet", "wallet-along"];
const LOCK: &[&str] = &["home-wallet", "wallet-along", "along-lock"];
const PHOTOS: &[&str] = &["home-wallet", BUS_CARD, "card-photos"];
const FILES: &[&str] = &["home-wallet", BUS_CARD, "card-photos", "photo-front"];
const PICTURE: &str = "/home/wang/Pictures/card.jpg";

pub(super) const SCENES: &[Scene] = &[
    by_taps("take-along", ALONG),
    by_taps("enter-wallet-passphrase", LOCK),
    and_then(by_taps("confirm-passphrase", LOCK), |stand| {
        stand.enters("院子里两棵柿子树")
    }),
    and_then(by_taps("along-saved", ALONG), |stand| {
        stand.taps("along-open")?;
        stand.gets(Incoming::Saved(Ok(SavedFile {
            path: "文档 / 安伴卡包 2026-11-22.zip".to_owned(),
            shown: "文档 / 安伴卡包 2026-11-22.zip".to_owned(),
        })));
        Ok(())
    }),
    and_then(by_taps("enter-open-passphrase", &["home-wallet"]), |stand| {
        stand.gets(Incoming::File {
            path: "/home/wang/Documents/anban-wallet-2026-11-22.zip.age".to_owned(),
            content: Ok(FileContent::Locked),
        });
        Ok(())
    }),
    and_then(by_taps("import-left-out", &["home-wallet"]), |stand| {
        let list = "_id,store,cardid\n1,便民超市,6901\n2,书店,6902\n3,,6903\n4,药店,\n";
        stand.gets(Incoming::File {
            path: "/home/wang/Downloads/catima.csv".to_owned(),
            content: Ok(FileContent::Text(list.to_owned())),
        });
        Ok(())
    }),
    by_taps("card-photos", PHOTOS),
    and_then(by_taps("photo-files", FILES), found),
    and_then(by_taps("confirm-photo", FILES), chosen),
    and_then(by_taps("card-photo", FILES), |stand| {
        kept(stand)?;
        stand.taps("photo-front")
    }),
    and_then(by_taps("card-with-photo", FILES), |stand| {
        kept(stand)?;
        stand.taps("back")
    }),
];

fn found(stand: &mut Stand) -> Result<()> {
    let changed_at = crate::demo::morning()?.timestamp();
    let files = [PICTURE, "/home/wang/Pictures/garden.jpg"].map(|path| FoundFile {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        changed_at,
    });
    stand.gets(Incoming::Camera(true));
    stand.gets(Incoming::Files(files.to_vec()));
    Ok(())
}

fn chosen(stand: &mut Stand) -> Result<()> {
    found(stand)?;
    stand.taps(PICTURE)?;
    stand.gets(Incoming::Photo(Ok(photograph()?)));
    Ok(())
}

fn kept(stand: &mut Stand) -> Result<()> {
    chosen(stand)?;
    stand.taps("photo-keep")?;
    stand.taps("photo-see")
}

/// A card on a table, drawn: nothing is to be read on it.
fn photograph() -> Result<Vec<u8>> {
    let (width, height) = (428, 270);
    let picture = RgbImage::from_fn(width, height, |x, y| match (x, y) {
        (0..20, _) | (408.., _) | (_, 0..20) | (_, 250..) => Rgb([196, 170, 132]),
        (45..140, 65..190) => Rgb([214, 196, 180]),
        (165..380, 75..90) | (165..320, 115..128) | (165..350, 150..163) => Rgb([40, 60, 70]),
        (_, 20..55) => Rgb([20, 96, 88]),
        _ => Rgb([232, 240, 236]),
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}
