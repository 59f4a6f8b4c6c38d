//! A file of the person's that may be what they look for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A file that could be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundFile {
    /// Its path.
    pub path: String,
    /// Its name as people see it.
    pub name: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl FoundFile {
    const PICTURES: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "bmp"];
    const OTHERS: [&str; 7] = ["pkpass", "pkpasses", "zip", "csv", "age", "json", "smart-health-card"];

    /// Whether it is a picture, by its name.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        without(&self.name, &Self::PICTURES).is_some()
    }

    /// What it is called, without the endings that say to programs what is in it.
    #[must_use]
    pub fn called(&self) -> &str {
        let mut name = self.name.as_str();
        while let Some(rest) = without(name, &Self::PICTURES).or_else(|| without(name, &Self::OTHERS)) {
            name = rest;
        }
        name
    }
}

/// A name without its ending, if it has one of these.
fn without<'a>(name: &'a str, endings: &[&str]) -> Option<&'a str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let known = endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
    (known && !stem.is_empty()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_stands_before_its_endings() {
        for (name, called, is_picture) in [
            ("安伴卡包 2026-11-23.zip.age", "安伴卡包 2026-11-23", false),
            ("IMG_0412.JPG", "IMG_0412", true),
            ("发票2026.11", "发票2026.11", false),
            (".zip", ".zip", false),
            ("png", "png", false),
        ] {
            let file = FoundFile {
                path: String::new(),
                name: name.to_owned(),
                changed_at: Timestamp::UNIX_EPOCH,
            };
            assert_eq!((file.called(), file.is_picture()), (called, is_picture));
        }
    }
}
