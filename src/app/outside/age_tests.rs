#![allow(clippy::unwrap_used)]
use super::*;

/// With little work, for tests.
fn quick(content: &[u8], passphrase: &str) -> Vec<u8> {
    locked(content, passphrase, ([1; 16], [2; 16], [3; 16]), 2).unwrap()
}

#[test]
fn what_was_locked_is_opened_with_its_passphrase_alone() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let content: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let file = quick(&content, "春天 door 7");
        assert!(is_locked(&file));
        assert_eq!(unlock(&file, "春天 door 7"), Ok(content));
        assert_eq!(unlock(&file, "春天 door 8"), Err(AgeError::WrongPassphrase));
    }
}

#[test]
fn what_was_changed_or_cut_off_anywhere_is_refused() {
    let content = vec![9; CHUNK + 100];
    let file = quick(&content, "x");
    for at in (0..400).chain([file.len() - CHUNK, file.len() - 1]) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(unlock(&changed, "x").is_err(), "byte {at}");
    }
    // At the end of a chunk too: the last one says that it is the last.
    for length in [0, 30, 200, file.len() - 1, file.len() - 116, file.len() - 117] {
        assert!(unlock(&file[..length], "x").is_err(), "{length} bytes");
    }
    assert!(unlock(&[&file[..], b"x"].concat(), "x").is_err());
}

#[test]
fn a_file_that_asks_for_too_much_work_costs_nothing() {
    let file = String::from_utf8_lossy(&quick(b"", "x")).into_owned();
    for work in ["21", "64", "255"] {
        let costly = file.replacen(" 2\n", &format!(" {work}\n"), 1);
        assert_eq!(unlock(costly.as_bytes(), "x"), Err(AgeError::NotForUs), "{work}");
    }
    for wrong in ["02", "+2", "256", "2 2", "-1", ""] {
        let wrong = file.replacen(" 2\n", &format!(" {wrong}\n"), 1);
        assert_eq!(unlock(wrong.as_bytes(), "x"), Err(AgeError::Damaged));
    }
    let key = file.replacen("scrypt", "X25519", 1);
    assert_eq!(unlock(key.as_bytes(), "x"), Err(AgeError::NotForUs));
}

#[test]
fn work_that_the_memory_is_not_there_for_is_not_begun() {
    let telephone = "MemTotal:        2000000 kB\nMemFree:          100000 kB\nMemAvailable:     700000 kB\n";
    assert!(has_memory(telephone, 16));
    assert!(has_memory(telephone, 19));
    assert!(!has_memory(telephone, 20));
    for nothing_said in ["", "MemAvailable: much", "MemFree: 1 kB"] {
        assert!(has_memory(nothing_said, 20));
    }
}

#[test]
fn a_file_that_was_written_as_text_is_opened_as_well() {
    let file = quick(b"cards", "x");
    let lines: Vec<String> = STANDARD
        .encode(&file)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let text = format!("{ARMOR_BEGIN}\r\n{}\r\n{ARMOR_END}\r\n", lines.join("\r\n"));
    assert!(is_locked(text.as_bytes()));
    assert_eq!(unlock(text.as_bytes(), "x"), Ok(b"cards".to_vec()));
}
