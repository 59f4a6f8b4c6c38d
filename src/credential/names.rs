//! Names as they are spoken: from the given and the family name that a certificate keeps apart.

/// The whole name, given name first unless it is written in Han characters.
pub(crate) fn spoken(given: Option<String>, family: Option<String>) -> Option<String> {
    match (given, family) {
        (Some(given), Some(family)) if is_han(&given) && is_han(&family) => Some(format!("{family}{given}")),
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (given, family) => given.or(family),
    }
}

/// Whether all of `text` is written in Han characters (the unified ideographs and 〇, 々, ·).
fn is_han(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(
            c,
            '\u{3400}'..='\u{4dbf}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}'
                | '\u{20000}'..='\u{323af}'
                | '〇'
                | '々'
                | '·'
        )
    })
}
