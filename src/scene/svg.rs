//! A small tree of SVG elements: drawn once, shown by the page as live elements or printed as text for a still figure.

use std::fmt::{self, Display, Write};

use simulator::base::id::{EventId, PodId, TaskId};

/// What a click on an element leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A process.
    Task(TaskId),
    /// An event.
    Event(EventId),
    /// A pod.
    Pod(PodId),
}

/// An element with its attributes, and its text or its children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Svg {
    /// `g`, `rect`, `text`.
    pub tag: &'static str,
    /// Attributes in order; values are not yet escaped.
    pub attributes: Vec<(&'static str, String)>,
    /// What is inside.
    pub children: Vec<Svg>,
    /// Its text, for `text`, `tspan` and `title`.
    pub text: Option<String>,
    /// What a click on it leads to.
    pub target: Option<Target>,
}

impl Svg {
    /// An empty element.
    pub fn new(tag: &'static str) -> Self {
        Svg { tag, ..Svg::default() }
    }

    /// A group of this class.
    pub fn group(class: impl Display) -> Self {
        Svg::new("g").with("class", class)
    }

    /// A rectangle with rounded corners.
    pub fn rect(class: impl Display, x: i32, y: i32, width: i32, height: i32, radius: i32) -> Self {
        let shape = Svg::new("rect").with("class", class).with("x", x).with("y", y);
        shape.with("width", width.max(0)).with("height", height.max(0)).with("rx", radius)
    }

    /// A piece of text that starts at `x` on the base line `y`.
    pub fn words(class: impl Display, x: i32, y: i32, text: impl Into<String>) -> Self {
        let mut element = Svg::new("text").with("class", class).with("x", x).with("y", y);
        element.text = Some(text.into());
        element
    }

    /// A path.
    pub fn path(class: impl Display, d: impl Display) -> Self {
        Svg::new("path").with("class", class).with("d", d)
    }

    /// The same element with one attribute more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// The same element with a name that browsers show and screen readers read.
    #[must_use]
    pub fn titled(mut self, text: impl Into<String>) -> Self {
        self.children.insert(0, Svg { text: Some(text.into()), ..Svg::new("title") });
        self
    }

    /// The same element, leading somewhere when clicked.
    #[must_use]
    pub fn leading_to(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// The same element with children.
    #[must_use]
    pub fn holding(mut self, children: impl IntoIterator<Item = Svg>) -> Self {
        self.children.extend(children);
        self
    }

    /// Adds a child.
    pub fn push(&mut self, child: Svg) {
        self.children.push(child);
    }
}

/// Prints markup; attribute values and text are escaped.
impl Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.tag)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}=\"")?;
            escape(f, value)?;
            f.write_char('"')?;
        }
        f.write_char('>')?;
        if let Some(text) = &self.text {
            escape(f, text)?;
        }
        for child in &self.children {
            child.fmt(f)?;
        }
        write!(f, "</{}>", self.tag)
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => f.write_str("&amp;")?,
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            '"' => f.write_str("&quot;")?,
            c if c.is_control() => f.write_char(' ')?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

/// `text`, cut to at most `most` characters with an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_typed_cannot_become_markup() {
        let text = Svg::words("mono", 1, 2, "<script>\"&\u{1}");
        assert_eq!(text.to_string(), "<text class=\"mono\" x=\"1\" y=\"2\">&lt;script&gt;&quot;&amp; </text>");
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(cut("añbc", 3), "añ…");
        assert_eq!(cut("añb", 3), "añb");
    }
}
