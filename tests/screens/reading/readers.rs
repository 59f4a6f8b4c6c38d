//! Two readers of codes that have nothing in common: ZBar and ZXing-C++.
//!
//! Both are given many pictures in one call, since starting them costs as much as reading one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// What is read on each picture; a picture on which nothing was read is not in it.
pub type Read = BTreeMap<PathBuf, String>;

/// A reader: its name, and how to have it read pictures.
pub struct Reader {
    pub name: &'static str,
    pub read: fn(&[PathBuf]) -> Read,
}

pub const READERS: [Reader; 2] = [
    Reader {
        name: "zbar",
        read: zbar,
    },
    Reader {
        name: "zxing-cpp",
        read: zxing,
    },
];

/// What a program prints, whatever it says about how it ended: "nothing found" is a failure to some.
fn printed(package: &str, program: &str, options: &[&str], pictures: &[PathBuf]) -> String {
    let run = Command::new(program).args(options).args(pictures).output();
    let run = run.unwrap_or_else(|error| panic!("{program} can't be run ({error}): install the package {package}"));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// The text between two marks.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0)
}

fn zbar(pictures: &[PathBuf]) -> Read {
    let options = ["--quiet", "--xml", "-Sdisable", "-Sqrcode.enable"];
    let xml = printed("zbar-tools", "zbarimg", &options, pictures);
    let sources = xml.split("<source ").skip(1);
    sources
        .filter_map(|source| {
            let picture = between(source, "href='", "'")?;
            let text = between(source, "<![CDATA[", "]]>")?;
            Some((PathBuf::from(picture), text.to_owned()))
        })
        .collect()
}

fn zxing(pictures: &[PathBuf]) -> Read {
    let lines = printed("zxing-cpp-tools", "ZXingReader", &["-1", "-format", "QRCode"], pictures);
    lines
        .lines()
        .filter_map(|line| {
            let picture = pictures
                .iter()
                .find(|picture| line.starts_with(&*picture.to_string_lossy()))?;
            let text = line.get(picture.as_os_str().len()..)?;
            Some((picture.clone(), between(text, "\"", "\"")?.to_owned()))
        })
        .collect()
}
