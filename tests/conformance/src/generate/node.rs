//! A script as a tree that can be written out and made smaller.
//!
//! The tree knows nothing of the shell's grammar but how its parts are put together; so every part of it is a script too.

/// A part of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A command as it is.
    Text(String),
    /// Commands after each other, with `; ` or a line end between them.
    List(Vec<Node>, Separator),
    /// A construct: text, then each part with the text behind it.
    Parts(String, Vec<(Node, String)>),
    /// In single quotes.
    Quoted(Box<Node>),
}

/// What stands between commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `; `
    Semicolon,
    /// A line end.
    Newline,
}

impl Node {
    /// A construct around one part.
    pub fn around(open: &str, part: Node, close: &str) -> Node {
        Node::Parts(open.into(), vec![(part, close.into())])
    }

    /// The script.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Node::Text(text) => out.push_str(text),
            Node::List(items, separator) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        push(out, if *separator == Separator::Newline { "\n" } else { "; " });
                    }
                    item.write(out);
                }
            }
            Node::Parts(open, parts) => {
                out.push_str(open);
                for (part, after) in parts {
                    part.write(out);
                    push(out, after);
                }
            }
            Node::Quoted(inner) => {
                out.push('\'');
                out.push_str(&inner.text().replace('\'', "'\\''"));
                out.push('\'');
            }
        }
    }

    /// Smaller trees, the smallest first: a part instead of the whole, the whole without a part.
    pub fn smaller(&self) -> Vec<Node> {
        match self {
            Node::Text(text) => plainer(text),
            Node::Quoted(inner) => inner.smaller().into_iter().map(|n| Node::Quoted(Box::new(n))).collect(),
            Node::List(items, separator) => {
                let mut found: Vec<Node> = if items.len() == 1 { items.clone() } else { Vec::new() };
                if items.len() > 3 {
                    let (first, second) = items.split_at(items.len() / 2);
                    found.extend([first, second].map(|half| Node::List(half.to_vec(), *separator)));
                }
                if items.len() > 1 {
                    found.extend((0..items.len()).map(|index| {
                        let kept = items.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, n)| n.clone());
                        Node::List(kept.collect(), *separator)
                    }));
                }
                found.extend(replaced(items).into_iter().map(|items| Node::List(items, *separator)));
                found
            }
            Node::Parts(open, parts) => {
                // What stands in quotes is a script only there.
                let mut found: Vec<Node> =
                    parts.iter().map(|(n, _)| n).filter(|n| !matches!(n, Node::Quoted(_))).cloned().collect();
                let nodes: Vec<Node> = parts.iter().map(|(n, _)| n.clone()).collect();
                found.extend(replaced(&nodes).into_iter().map(|nodes| {
                    let texts = parts.iter().map(|(_, after)| after.clone());
                    Node::Parts(open.clone(), nodes.into_iter().zip(texts).collect())
                }));
                found
            }
        }
    }
}

/// A simpler command in the place of one.
fn plainer(text: &str) -> Vec<Node> {
    let simpler = ["app", "quick"].iter().filter(|s| text.starts_with("app") && text.len() > s.len());
    let mut found: Vec<Node> = simpler.map(|s| Node::Text((*s).to_string())).collect();
    if let Some((command, _)) = text.split_once(" >").or_else(|| text.split_once(" 2>")) {
        found.push(Node::Text(command.to_string()));
    }
    found
}

/// The list with one of its members made smaller, in every way.
fn replaced(items: &[Node]) -> Vec<Vec<Node>> {
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        for smaller in item.smaller() {
            let mut items = items.to_vec();
            if let Some(place) = items.get_mut(index) {
                *place = smaller;
            }
            found.push(items);
        }
    }
    found
}

/// `&` ends a command already: no semicolon behind it.
fn push(out: &mut String, text: &str) {
    match text.strip_prefix(';') {
        Some(rest) if out.ends_with('&') && !text.starts_with(";;") => out.push_str(rest),
        _ => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.into())
    }

    #[test]
    fn a_background_command_needs_no_semicolon() {
        let list = Node::List(vec![Node::around("", text("app"), " &"), text("wait")], Separator::Semicolon);
        let inside = Node::around("{ ", list.clone(), "; }");
        assert_eq!(inside.text(), "{ app & wait; }");
        assert_eq!(
            Node::around("if true; then ", Node::around("", text("app"), " &"), "; fi").text(),
            "if true; then app & fi"
        );
    }

    #[test]
    fn quotes_inside_quotes_are_escaped() {
        let inner = Node::around("trap ", Node::Quoted(Box::new(text("exit"))), " TERM");
        assert_eq!(Node::around("eval ", Node::Quoted(Box::new(inner)), "").text(), "eval 'trap '\\''exit'\\'' TERM'");
    }

    #[test]
    fn smaller_trees_are_without_a_part_or_a_part_alone() {
        let list = Node::List(vec![text("a"), Node::around("( ", text("b"), " )")], Separator::Semicolon);
        let found: Vec<String> = list.smaller().iter().map(Node::text).collect();
        assert_eq!(found, ["( b )", "a", "a; b"]);
    }
}
