//! Handing a letter to the mail program.

use anban_core::effect::Shared;

use super::desktop;
use super::map::escaped;

/// Opens a letter with this text, as a `mailto:` address (RFC 6068).
pub fn write(subject: &str, text: &str) -> Shared {
    if !desktop::somebody_opens("x-scheme-handler/mailto") {
        return Shared::Nothing;
    }
    match open::that_detached(uri(subject, text)) {
        Ok(()) => Shared::Letter,
        Err(error) => {
            tracing::warn!(%error, "the mail program did not take the letter");
            Shared::Nothing
        }
    }
}

fn uri(subject: &str, text: &str) -> String {
    // Lines of a body end in CRLF (RFC 6068, 5).
    let text = text.replace('\n', "\r\n");
    format!("mailto:?subject={}&body={}", escaped(subject), escaped(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_letter_adds_no_recipient_and_no_header() {
        let uri = uri("看病", "a&cc=x@example.com\nb");
        assert_eq!(
            uri,
            "mailto:?subject=%E7%9C%8B%E7%97%85&body=a%26cc%3Dx%40example.com%0D%0Ab"
        );
    }
}
