//! Drawings as a small tree of SVG elements, printed as text: for files and still figures.
//!
//! Classes carry what colour means; without a style sheet everything is still told apart by shape, dash and text. No inline
//! styles, so that the figure may stand in a page with a strict content security policy.

mod figure;

pub use figure::{Lane, figure};

use std::fmt;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name: `g`, `rect`.
    pub name: &'static str,
    /// Its attributes, in order.
    pub attributes: Vec<(&'static str, String)>,
    /// What is in it.
    pub children: Vec<Child>,
}

/// What is in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Child {
    /// Another element.
    Element(Element),
    /// Text, not escaped.
    Text(String),
}

impl Element {
    /// An element without anything.
    pub fn new(name: &'static str) -> Element {
        Element { name, ..Element::default() }
    }

    /// With one more attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Element {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// With one more child.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(Child::Element(child));
        self
    }

    /// With text in it.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.children.push(Child::Text(text.into()));
        self
    }

    /// Adds a child.
    pub fn push(&mut self, child: Element) {
        self.children.push(Child::Element(child));
    }
}

/// The whole drawing: its size, title and description for those who do not see it.
pub(crate) fn drawing(width: i32, height: i32, title: &str, description: &str) -> Element {
    Element::new("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .with("viewBox", format!("0 0 {width} {height}"))
        .with("width", width)
        .with("height", height)
        .with("role", "img")
        .with("class", "grace")
        .with("font-family", "system-ui, sans-serif")
        .with("font-size", 12)
        .child(Element::new("title").text(title))
        .child(Element::new("desc").text(description))
}

/// A rectangle that reads without colour: outlined, not filled.
pub(crate) fn rect(class: &str, x: i32, y: i32, w: i32, h: i32) -> Element {
    Element::new("rect")
        .with("class", class)
        .with("x", x)
        .with("y", y)
        .with("width", w.max(0))
        .with("height", h.max(0))
        .with("fill", "none")
        .with("stroke", "currentColor")
}

/// A line of text with its left end on the base line at this point.
pub(crate) fn label(class: &str, x: i32, y: i32, text: &str) -> Element {
    Element::new("text").with("class", class).with("x", x).with("y", y).with("fill", "currentColor").text(text)
}

/// `text` cut to about so many units at 12 units a line.
pub(crate) fn cut(text: &str, width: i32) -> String {
    let most = usize::try_from(width / 7).unwrap_or(0).max(1);
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}=\"{}\"", escape(value))?;
        }
        if self.children.is_empty() {
            return f.write_str("/>");
        }
        f.write_str(">")?;
        for child in &self.children {
            match child {
                Child::Element(element) => write!(f, "{element}")?,
                Child::Text(text) => f.write_str(&escape(text))?,
            }
        }
        write!(f, "</{}>", self.name)
    }
}

/// Text for XML: markup is escaped, control characters that XML 1.0 does not allow become spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_scenario_cannot_become_markup() {
        let element = label("x\"", 1, 2, "<script>&\u{0}");
        assert_eq!(
            element.to_string(),
            "<text class=\"x&quot;\" x=\"1\" y=\"2\" fill=\"currentColor\">&lt;script&gt;&amp; </text>"
        );
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(cut("äöüäöüäöü", 35), "äöüä…");
        assert_eq!(cut("abc", 35), "abc");
    }
}
