//! `anban headless`.

use serde_json::Value;

use crate::common::Home;
use crate::common::person::Person;

/// A person's morning in thirty commands, as a script would write them.
const SCRIPT: [&str; 30] = [
    r#"{"Incoming":"Tick"}"#,
    r#"{"Settings":{"SetText":"Largest"}}"#,
    r#"{"Open":"FirstVoice"}"#,
    r#"{"Open":"FirstLanguage"}"#,
    r#"{"FirstStart":"Finish"}"#,
    r#"{"Type":{"field":"Name","text":"王秀"}}"#,
    r#"{"Enter":{"field":"Name","text":"王秀英"}}"#,
    r#"{"Open":{"Enter":"IdentityNumber"}}"#,
    r#"{"Enter":{"field":"IdentityNumber","text":"110105194912310021"}}"#,
    r#"{"Enter":{"field":"IdentityNumber","text":"11010519491231002X"}}"#,
    r#""Home""#,
    r#"{"Wallet":{"Add":"Transit"}}"#,
    r#"{"Enter":{"field":"CardName","text":"公交卡"}}"#,
    r#"{"Enter":{"field":"CardNumber","text":"3104 8800 1234 5678"}}"#,
    r#""Undo""#,
    r#"{"Wallet":{"Add":"Member"}}"#,
    r#"{"Enter":{"field":"CardName","text":"便民超市"}}"#,
    r#"{"Enter":{"field":"CardNumber","text":"6901234567892"}}"#,
    r#"{"Open":"Card"}"#,
    r#""ReadAloud""#,
    r#""ReadAloud""#,
    r#""Back""#,
    r#"{"Open":"HealthCode"}"#,
    r#"{"HealthCode":"AskForHealthStatus"}"#,
    r#"{"HealthCode":{"Import":{"text":"HC1:NCF"}}}"#,
    r#"{"Appointments":"Begin"}"#,
    r#"{"Settings":{"SetLanguage":"en"}}"#,
    r#""CallHelp""#,
    r#""Back""#,
    r#"{"Open":"YourData"}"#,
];

/// The morning of the script.
const MORNING: &str = "2026-11-22T09:30:00+08:00";

fn run(seed: &str, now: &str) -> Vec<String> {
    let home = Home::new();
    let mut person = Person::at(&home, &["--now", now, "--seed", seed]);
    let lines = SCRIPT.map(|line| person.says(line)).to_vec();
    person.leaves();
    lines
}

#[test]
fn the_same_script_gives_the_same_answers_byte_for_byte() {
    let first = run("7", MORNING);
    assert_eq!(first, run("7", MORNING));
    assert_ne!(first, run("8", MORNING), "the seed is what the ids are made from");
    for (line, command) in first.iter().zip(SCRIPT) {
        let answer: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            answer.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["effects", "view"],
            "{command}"
        );
    }
}

#[test]
fn the_clock_is_the_one_that_was_given() {
    // Two days, since one of them might be today.
    for (now, date) in [
        (MORNING, "11月22日 星期日"),
        ("2031-05-07T09:30:00+08:00", "5月7日 星期三"),
    ] {
        let lines = run("7", now);
        // The last of the first questions was answered, which leads to the home page.
        let home: Value = serde_json::from_str(&lines[4]).unwrap();
        assert_eq!(home["view"]["page"], "Home");
        assert_eq!(home["view"]["bars"]["corner"]["Day"]["date"], date, "{now}");
    }
}

#[test]
fn what_is_no_command_is_an_error_and_the_next_line_is_answered() {
    let home = Home::new();
    let mut person = Person::at(&home, &[]);
    for line in [
        "rubbish",
        "{}",
        "[]",
        "null",
        r#"{"Open":"Nowhere"}"#,
        r#"{"Enter":{"field":"Name"}}"#,
        r#"{"Wallet":{"Show":"7"}}"#,
        "{\"Type\":{\"field\":\"Name\",\"text\":\"李秘密\"}",
    ] {
        let answer: Value = serde_json::from_str(&person.says(line)).unwrap();
        assert_eq!(
            answer.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["error"],
            "{line}"
        );
        let error = answer["error"].as_str().unwrap();
        assert!(error.len() > 20 && !error.contains("李秘密"), "{error}");
    }
    // Lines without anything in them are not answered.
    person.writes("");
    person.writes("   ");
    assert!(person.says(r#""Home""#).starts_with(r#"{"view""#));
    person.leaves();
}

#[test]
fn a_line_longer_than_any_command_gets_one_error() {
    let home = Home::new();
    let mut person = Person::at(&home, &[]);
    let long = format!(r#"{{"HealthCode":{{"Import":{{"text":"{}"}}}}}}"#, "A".repeat(65 << 20));
    assert!(person.says(&long).starts_with(r#"{"error""#));
    assert!(person.says(r#""Home""#).starts_with(r#"{"view""#));
}
