//! Statements of a language with braces: text, and the blocks in it. For JavaScript and Go.

use crate::base::limits::SCRIPT_DEPTH;

/// A statement: its text with each block replaced by `{}`, and the blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub line: usize,
    pub text: String,
    pub blocks: Vec<Vec<Node>>,
}

/// The statements of a source text.
pub(super) fn tree(source: &str) -> Vec<Node> {
    let letters: Vec<char> = source.chars().collect();
    let mut at = 0;
    let mut line = 1;
    block(&letters, &mut at, &mut line, 0)
}

fn block(letters: &[char], at: &mut usize, line: &mut usize, depth: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut node = Node { line: *line, ..Node::default() };
    let mut parens = 0_usize;
    while let Some(letter) = letters.get(*at).copied() {
        let next = letters.get(*at + 1).copied();
        match letter {
            '/' if next == Some('/') => {
                while letters.get(*at).is_some_and(|c| *c != '\n') {
                    *at += 1;
                }
                continue;
            }
            '/' if next == Some('*') => {
                *at += 2;
                while *at < letters.len() && !(letters.get(*at) == Some(&'*') && letters.get(*at + 1) == Some(&'/')) {
                    *line += usize::from(letters.get(*at) == Some(&'\n'));
                    *at += 1;
                }
                *at += 2;
                continue;
            }
            '"' | '\'' | '`' => {
                string(letters, at, line, letter, &mut node.text);
                continue;
            }
            '(' | '[' => parens += 1,
            ')' | ']' => parens = parens.saturating_sub(1),
            '{' if depth < SCRIPT_DEPTH => {
                *at += 1;
                let inner = block(letters, at, line, depth + 1);
                node.text.push_str("{}");
                node.blocks.push(inner);
                continue;
            }
            '}' => {
                *at += 1;
                push(&mut nodes, node);
                return nodes;
            }
            ';' | '\n' => {
                *line += usize::from(letter == '\n');
                *at += 1;
                let goes_on = node.text.trim_end().ends_with(['.', ',', '+', '=', '(', '|', '&'])
                    || letters.get(*at..).is_some_and(|rest| rest.iter().find(|c| !c.is_whitespace()) == Some(&'.'));
                if parens == 0 && !(letter == '\n' && goes_on) {
                    push(&mut nodes, std::mem::take(&mut node));
                    node.line = *line;
                } else {
                    node.text.push(' ');
                }
                continue;
            }
            _ => {}
        }
        if node.text.trim().is_empty() {
            node.line = *line;
        }
        node.text.push(letter);
        *at += 1;
    }
    push(&mut nodes, node);
    nodes
}

fn string(letters: &[char], at: &mut usize, line: &mut usize, quote: char, text: &mut String) {
    text.push(quote);
    *at += 1;
    while let Some(letter) = letters.get(*at).copied() {
        text.push(letter);
        *at += 1;
        *line += usize::from(letter == '\n');
        if letter == '\\' {
            if let Some(escaped) = letters.get(*at) {
                text.push(*escaped);
                *at += 1;
            }
        } else if letter == quote || (letter == '\n' && quote != '`') {
            break;
        }
    }
}

fn push(nodes: &mut Vec<Node>, node: Node) {
    let text = node.text.trim().to_owned();
    if !text.is_empty() {
        nodes.push(Node { text, ..node });
    }
}
