//! From the scanner's positions, counted in characters, to byte ranges of the text.

use crate::base::diagnostic::Span;

/// Byte offset of every character of one text.
pub struct Positions<'t> {
    text: &'t str,
    /// Empty when the text is ASCII and both counts are the same.
    bytes: Vec<usize>,
}

impl<'t> Positions<'t> {
    /// The table of `text`.
    pub fn new(text: &'t str) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Positions { text, bytes }
    }

    fn byte(&self, index: usize) -> usize {
        if self.bytes.is_empty() {
            return index.min(self.text.len());
        }
        self.bytes.get(index).copied().unwrap_or(self.text.len())
    }

    /// The range from character `start` to `end`, without blanks at its end.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let (start, end) = (self.byte(start), self.byte(end));
        let used = self.text.get(start..end).map_or(0, |piece| piece.trim_end().len());
        Span::new(start, start + used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_more_bytes_are_counted_and_final_blanks_left_out() {
        let span = Positions::new("é: ñandú \nx").span(3, 10);
        assert_eq!(span, Span::new(4, 11));
    }
}
