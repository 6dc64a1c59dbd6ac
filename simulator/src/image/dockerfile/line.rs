//! Physical lines become logical ones: continuation, comments inside, heredocs, byte order mark, CRLF.
//!
//! Follows BuildKit `frontend/dockerfile/parser/parser.go` (`Parse`). Every node knows which bytes of the file it is.

use super::directive::Directives;
use super::heredoc::{self, Heredoc};
use super::node::{self, Node};
use crate::base::diagnostic::Span;
use crate::image::error::BuildError;

/// Longest physical line with its line end (Go's `bufio.MaxScanTokenSize`).
const LINE_BYTES: usize = 64 * 1024;

/// A file as nodes.
#[derive(Clone, Debug)]
pub struct Lines {
    /// One for each instruction.
    pub nodes: Vec<Node>,
    /// `\` or what the `escape` directive says.
    pub escape: char,
}

/// The text of one instruction and where its pieces come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logical {
    /// Continued lines joined without separator, comments left out.
    pub text: String,
    /// Start of each piece: byte in `text`, byte in the file.
    pieces: Vec<(usize, usize)>,
}

impl Logical {
    /// A text that is in no file (an `ONBUILD` trigger of a base image).
    pub fn without_place(text: &str) -> Self {
        Logical { text: text.to_string(), pieces: Vec::new() }
    }

    fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// The byte of the file that byte `at` of `text` comes from.
    pub fn place(&self, at: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(start, _)| *start <= at);
        piece.map_or(at, |(start, from)| from + (at - start))
    }
}

/// Physical lines, each with its line end, and where they start.
struct Physical<'a> {
    text: &'a str,
    at: usize,
    number: u32,
    too_long: bool,
}

impl<'a> Physical<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..).filter(|r| !r.is_empty())?;
        let end = rest.find('\n').map_or(rest.len(), |n| n + 1);
        let limit = if rest.ends_with('\n') || end < rest.len() { LINE_BYTES } else { LINE_BYTES - 1 };
        if end > limit {
            self.too_long = true;
            return None;
        }
        let start = self.at;
        self.at += end;
        self.number += 1;
        rest.get(..end).map(|line| (start, line))
    }
}

/// Reads a whole file.
pub fn read(text: &str) -> Result<Lines, BuildError> {
    let mut directives = Directives::default();
    let mut lines = Physical { text, at: 0, number: 0, too_long: false };
    let mut nodes = Vec::new();
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        lines.at = text.len() - rest.len();
    }
    while let Some((start, raw)) = lines.next() {
        let line = raw.trim_end_matches(['\r', '\n']).trim_start();
        let at = start + (raw.len() - raw.trim_start().len()).min(raw.len());
        let here = Span::new(at, at + line.len());
        directives.look(line).map_err(|e| BuildError::new(e).at(lines.number, here))?;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let first = lines.number;
        let mut logical = Logical::default();
        let (kept, mut goes_on) = continued(line, directives.escape);
        logical.push(kept, at);
        let mut end = at + line.len();
        while goes_on {
            let Some((start, raw)) = lines.next() else { break };
            let line = raw.trim_end_matches(['\r', '\n']);
            end = start + line.len();
            directives.look(line).map_err(|e| BuildError::new(e).at(lines.number, Span::new(start, end)))?;
            if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let (kept, more) = continued(line, directives.escape);
            logical.push(kept, start);
            goes_on = more;
        }
        let span = Span::new(at, end);
        let located = |e: String| BuildError::new(e).at(first, span);
        let mut node = node::read(logical, directives.escape).map_err(|e| e.at(first, span))?;
        node.line = first;
        node.span = span;
        if node.can_contain_heredoc() && node.logical.text.contains("<<") {
            for doc in heredoc::announced(&node.logical.text).map_err(located)? {
                let doc = body(doc, &mut lines).ok_or_else(|| {
                    located("unterminated heredoc".into()).plainly("the heredoc has no end line").with_help(
                        "put the word after << alone on a line of its own, without blanks before or after it",
                    )
                })?;
                node.heredocs.push(doc);
            }
        }
        nodes.push(node);
    }
    let whole = Span::new(0, text.len());
    if nodes.is_empty() {
        let none = BuildError::new("file with no instructions").plainly("the file has no instruction");
        return Err(none.at(lines.number.max(1), whole));
    }
    if lines.too_long {
        let kind = format!("dockerfile line greater than max allowed size of {}", LINE_BYTES - 1);
        return Err(BuildError::new(kind).at(lines.number + 1, Span::new(lines.at, lines.at)));
    }
    Ok(Lines { nodes, escape: directives.escape })
}

/// The line without the escape character that continues it, and whether it is continued: the last character but for
/// blanks is the escape, and the one before is not.
fn continued(line: &str, escape: char) -> (&str, bool) {
    let trimmed = line.trim_end_matches([' ', '\t']);
    match trimmed.strip_suffix(escape) {
        Some(kept) if !kept.ends_with(escape) => (kept, true),
        _ => (line, false),
    }
}

/// Reads lines up to the one that is the heredoc's word; `None` if there is none.
fn body(mut doc: Heredoc, lines: &mut Physical<'_>) -> Option<Heredoc> {
    while let Some((_, raw)) = lines.next() {
        let line = raw.trim_end_matches(['\r', '\n']);
        let line = if doc.chomp { line.trim_start_matches('\t') } else { line };
        if line == doc.name {
            return Some(doc);
        }
        doc.content.push_str(raw);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str) -> Vec<String> {
        read(file).unwrap().nodes.into_iter().map(|n| n.logical.text).collect()
    }

    #[test]
    fn continued_lines_keep_their_indentation_and_drop_comments_inside() {
        assert_eq!(texts("FROM a\nRUN x \\\n# note\n\n  y\n"), ["FROM a", "RUN x   y"]);
        assert_eq!(texts("FROM \\ \t\na"), ["FROM a"]);
    }

    #[test]
    fn a_doubled_escape_does_not_continue() {
        assert_eq!(texts("RUN a \\\\\nRUN b"), ["RUN a \\\\", "RUN b"]);
    }

    #[test]
    fn a_byte_order_mark_and_crlf_are_no_part_of_the_text() {
        assert_eq!(texts("\u{feff}FROM a\r\nCMD b\r\n"), ["FROM a", "CMD b"]);
    }

    #[test]
    fn a_place_after_a_continuation_is_in_the_second_line() {
        let file = "CMD x \\\n  yes";
        let node = read(file).unwrap().nodes.remove(0);
        let at = node.logical.text.find("yes").unwrap();
        assert_eq!(&file[node.logical.place(at)..], "yes");
        assert_eq!((node.line, node.span), (1, Span::new(0, file.len())));
    }

    #[test]
    fn heredoc_bodies_are_no_instructions() {
        let nodes = read("FROM a\nRUN <<A cat <<-B\n1\nA\n\t2\n\tB\nCMD c\n").unwrap().nodes;
        let docs: Vec<_> = nodes[1].heredocs.iter().map(|d| d.text()).collect();
        assert_eq!(docs, ["1\n", "2\n"]);
        assert_eq!(nodes[2].line, 7);
        assert_eq!(read("FROM a\nRUN <<A\nx\n").unwrap_err().kind, "unterminated heredoc");
    }

    #[test]
    fn a_file_of_comments_is_an_error() {
        assert_eq!(read("# only\n\n").unwrap_err().kind, "file with no instructions");
    }
}
