//! What is left of an utterance: its pieces, each with the part it came from.

use std::collections::VecDeque;

use crate::text;

/// One breath of speech.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) part: usize,
    /// Empty if there is nothing to say in the whole part.
    pub(crate) text: String,
}

/// The pieces still to be said.
pub(crate) struct Queue(VecDeque<Piece>);

impl Queue {
    pub(crate) fn new(parts: &[String]) -> Self {
        let mut pieces = VecDeque::new();
        for (part, words) in parts.iter().enumerate() {
            let mut texts = text::pieces(words);
            if texts.is_empty() {
                texts.push(String::new());
            }
            pieces.extend(texts.into_iter().map(|text| Piece { part, text }));
        }
        Self(pieces)
    }

    /// The piece being said.
    pub(crate) fn front(&self) -> Option<&Piece> {
        self.0.front()
    }

    /// The piece being said has been said.
    pub(crate) fn pop(&mut self) {
        self.0.pop_front();
    }

    /// Removes the parts at the front in which there is nothing to say, and names them.
    pub(crate) fn pass_silent_parts(&mut self) -> Vec<usize> {
        let mut passed = Vec::new();
        while let Some(silent) = self.front().filter(|piece| piece.text.is_empty()) {
            passed.push(silent.part);
            self.pop();
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_the_order_and_know_their_part() {
        let long = "今天是星期三，十一月二十一日。您下午两点要去市第一人民医院看心内科。".to_owned();
        let mut queue = Queue::new(&["健康码".into(), long.clone(), "返回".into()]);
        let mut said = Vec::new();
        let mut parts = Vec::new();
        while let Some(piece) = queue.front() {
            said.push(piece.text.clone());
            parts.push(piece.part);
            queue.pop();
        }
        assert_eq!(parts, [0, 1, 1, 2]);
        assert_eq!(said.concat(), format!("健康码{long}返回"));
    }

    #[test]
    fn parts_without_words_are_passed_and_named() {
        let mut queue = Queue::new(&["".into(), "…".into(), "返回".into(), " ".into()]);
        assert_eq!(queue.pass_silent_parts(), [0, 1]);
        assert_eq!(queue.front().map(|piece| piece.part), Some(2));
        queue.pop();
        assert_eq!(queue.pass_silent_parts(), [3]);
        assert_eq!(queue.front(), None);
    }
}
