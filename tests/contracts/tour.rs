//! `anban tour`.

use std::fs;

use serde_json::Value;

use crate::common::{Home, Ran};

const KEYS: [&str; 8] = [
    "content_height",
    "elements",
    "lang",
    "page",
    "size",
    "spoken",
    "text",
    "theme",
];
const OF_AN_ELEMENT: [&str; 11] = [
    "background",
    "clipped",
    "font",
    "foreground",
    "h",
    "id",
    "label",
    "role",
    "w",
    "x",
    "y",
];

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

fn is_colour(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return value.is_null();
    };
    text.len() == 7
        && text.starts_with('#')
        && text[1..]
            .chars()
            .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
}

#[test]
fn each_page_is_a_picture_and_a_description_of_the_same_name() {
    let home = Home::new();
    let out = home.path().join("out");
    let arguments = [
        "tour",
        "--out",
        out.to_str().unwrap(),
        "--size",
        "360x640",
        "--lang",
        "en",
        "--text",
        "2",
        "--theme",
        "paper",
        "--theme",
        "dark",
        "--page",
        "home",
    ];
    let ran = Ran::from(home.anban(&arguments).output().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut files: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "home-360x640-en-2-dark.json",
            "home-360x640-en-2-dark.png",
            "home-360x640-en-2-paper.json",
            "home-360x640-en-2-paper.png"
        ]
    );
    let picture = image::open(out.join("home-360x640-en-2-paper.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (360, 640));

    let told: Value = serde_json::from_slice(&fs::read(out.join("home-360x640-en-2-paper.json")).unwrap()).unwrap();
    assert_eq!(keys(&told), KEYS);
    assert_eq!(
        (&told["page"], &told["lang"], &told["theme"]),
        (&"home".into(), &"en".into(), &"paper".into())
    );
    assert_eq!(
        (&told["size"], &told["text"]),
        (&serde_json::json!([360, 640]), &2.into())
    );
    assert!(told["content_height"].is_number() && told["spoken"].as_str().unwrap().len() > 10);
    let elements = told["elements"].as_array().unwrap();
    assert!(elements.len() > 8, "{}", elements.len());
    for element in elements {
        // More than was promised may be told.
        let told = keys(element);
        assert!(
            OF_AN_ELEMENT.iter().all(|key| told.iter().any(|told| told == key)),
            "{element}"
        );
        assert!(
            ["x", "y", "w", "h"].iter().all(|length| element[length].is_number()),
            "{element}"
        );
        assert!(
            is_colour(&element["foreground"]) && is_colour(&element["background"]),
            "{element}"
        );
        assert!(element["font"].is_null() || element["font"].is_number(), "{element}");
        assert_eq!(element["clipped"], false, "{element}");
    }
    let roles: Vec<&str> = elements.iter().filter_map(|element| element["role"].as_str()).collect();
    assert!(roles.contains(&"button") && roles.contains(&"text"), "{roles:?}");
}
