//! Drives the scanner over one text and turns what it finds wrong into located remarks.

use saphyr_parser::{Event, Parser, ScalarStyle, Span as ScanSpan, Tag};

use super::build::{Builder, Fault};
use super::node::{Kind, Node};
use super::positions::Positions;
use super::scalar;
use crate::base::diagnostic::{Diagnostic, Severity, Span};

/// The documents of `text` and what is wrong with it. After an error the documents before it are still returned.
pub fn read(file: &str, text: &str) -> (Vec<Node>, Vec<Diagnostic>) {
    let positions = Positions::new(text);
    let mut builder = Builder::default();
    if let Err(fault) = drive(text, &positions, &mut builder) {
        builder.faults.push(fault);
    }
    let remarks = builder.faults.iter().map(|fault| remark(file, text, fault)).collect();
    (builder.documents, remarks)
}

fn remark(file: &str, text: &str, fault: &Fault) -> Diagnostic {
    if fault.fatal {
        let error = Diagnostic::new(file, text, fault.span, Severity::Error, fault.message.clone());
        let template = text.contains("{{");
        return if template { error.with_help("this is a template: render it first (helm template)") } else { error };
    }
    Diagnostic::new(file, text, fault.span, Severity::Warning, fault.message.clone())
        .with_help("kubectl keeps the last value without a word; remove one of the two")
}

fn drive(text: &str, positions: &Positions<'_>, builder: &mut Builder) -> Result<(), Fault> {
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, at) = event.map_err(|error| {
            let index = error.marker().index();
            Fault::fatal(positions.span(index, index.saturating_add(1)), advice(error.info()))
        })?;
        let span = positions.span(at.start.index(), at.end.index());
        match event {
            Event::DocumentStart(_) => builder.begin_document(),
            Event::SequenceStart(anchor, _) => builder.open(span, anchor, false)?,
            Event::MappingStart(anchor, _) => builder.open(span, anchor, true)?,
            Event::SequenceEnd | Event::MappingEnd => builder.close(span)?,
            Event::Alias(anchor) => builder.alias(span, anchor)?,
            Event::Scalar(value, style, anchor, tag) => {
                let kind = kind_of(&value, style, tag.as_deref());
                let span = if value.is_empty() { empty(positions, &at, style) } else { span };
                builder.scalar(Node { span, kind }, anchor)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(())
}

/// A value that was left out stands where the scanner noticed it; quotes with nothing in them have a width.
fn empty(positions: &Positions<'_>, at: &ScanSpan, style: ScalarStyle) -> Span {
    match style {
        ScalarStyle::Plain => positions.span(at.start.index(), at.start.index()),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => {
            positions.span(at.start.index(), at.end.index())
        }
    }
}

fn kind_of(value: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let resolved = match tag {
        None => style == ScalarStyle::Plain,
        Some(tag) => tag.is_yaml_core_schema() && ["bool", "int", "float", "null"].contains(&tag.suffix.as_str()),
    };
    if resolved { scalar::resolve(value) } else { Kind::Text(value.to_owned()) }
}

/// The scanner's words, with what people usually did where that is known.
fn advice(info: &str) -> String {
    let hints = [
        ("while scanning a plain scalar, found a tab", "indent with spaces, YAML allows no tabs there"),
        ("tabs disallowed", "indent with spaces, YAML allows no tabs there"),
        (
            "did not find expected key",
            "begin the keys of one mapping in one column; one that belongs below another goes further in",
        ),
        ("did not find expected '-' indicator", "begin the elements of one list with - in one column"),
        ("did not find expected ',' or '}'", "close the { with }, and put commas between its fields"),
        ("did not find expected ',' or ']'", "close the [ with ], and put commas between its elements"),
        ("unknown anchor", "define it above with &NAME; a text that begins with * needs quotes"),
        ("unexpected end of stream", "close the quotes"),
        ("recursion limit", "that many levels are no manifest: close brackets that were left open"),
        ("simple key expected ':'", "a key needs a colon and a space after it"),
        (
            "mapping values are not allowed",
            "a key needs a colon and a space after it, and text with a colon and a space needs quotes",
        ),
    ];
    match hints.iter().find(|(part, _)| info.contains(part)) {
        Some((_, hint)) => format!("{info}: {hint}"),
        None => info.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits;

    fn one(text: &str) -> Node {
        let (mut documents, remarks) = read("pod.yaml", text);
        assert_eq!(remarks, []);
        documents.remove(0)
    }

    #[test]
    fn every_value_knows_its_bytes() {
        let text = "a: 1\nb:\n- 'x y'\n- {c: yes}\nñ: é\n";
        let root = one(text);
        let slice = |span: Span| &text[span.start as usize..span.end as usize];
        let b = root.get("b").unwrap();
        assert_eq!(slice(root.get("a").unwrap().span), "1");
        assert_eq!(slice(b.items()[0].span), "'x y'");
        assert_eq!(slice(b.items()[1].span), "{c: yes}");
        assert_eq!(slice(b.items()[1].entries()[0].key_span), "c");
        assert_eq!(slice(root.get("ñ").unwrap().span), "é");
        assert_eq!(b.items()[1].get("c").unwrap().kind, Kind::Bool(true));
    }

    #[test]
    fn quotes_make_text_of_words_and_numbers() {
        let root = one("a: \"yes\"\nb: '5'\nc: !!str 5\nd: !!int \"5\"\n");
        assert_eq!(root.get("a").unwrap().kind, Kind::Text("yes".into()));
        assert_eq!(root.get("b").unwrap().kind, Kind::Text("5".into()));
        assert_eq!(root.get("c").unwrap().kind, Kind::Text("5".into()));
        assert_eq!(root.get("d").unwrap().kind, Kind::Int(5));
    }

    #[test]
    fn block_scalars_keep_or_strip_their_last_newline() {
        let root = one("a: |\n  x\n  y\nb: |-\n  x\nc: >\n  x\n  y\nd: |+\n  x\n\n");
        let text = |key: &str| root.get(key).unwrap().text().unwrap().to_owned();
        assert_eq!(text("a"), "x\ny\n");
        assert_eq!(text("b"), "x");
        assert_eq!(text("c"), "x y\n");
        assert_eq!(text("d"), "x\n\n");
    }

    #[test]
    fn merge_keys_fill_in_what_is_not_set() {
        let root = one("base: &b {a: 1, b: 2}\nx:\n  b: 3\n  <<: *b\nz:\n  <<: [*b, {c: 4}]\n  \"<<\": 9\n");
        let x = root.get("x").unwrap();
        assert_eq!(x.get("a").unwrap().kind, Kind::Int(1));
        assert_eq!(x.get("b").unwrap().kind, Kind::Int(3));
        let z = root.get("z").unwrap();
        assert_eq!(z.get("c").unwrap().kind, Kind::Int(4));
        assert_eq!(z.get("<<").unwrap().kind, Kind::Int(9));
    }

    #[test]
    fn the_second_of_two_equal_keys_is_pointed_at_and_wins() {
        let (documents, remarks) = read("pod.yaml", "a: 1\nb:\n  c: 1\n  c: 2\n");
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].to_string().starts_with("pod.yaml:4:3: warning: key \"c\" already set in map"));
        assert_eq!(documents[0].get("b").unwrap().get("c").unwrap().kind, Kind::Int(2));
    }

    #[test]
    fn documents_are_separate_and_those_before_an_error_are_kept() {
        let (documents, remarks) = read("pod.yaml", "a: 1\n---\nb: 2\n---\nc: [\n");
        assert_eq!(documents.len(), 2);
        assert_eq!(remarks.len(), 1);
        assert_eq!(remarks[0].severity, Severity::Error);
    }

    #[test]
    fn an_alias_bomb_is_stopped_by_the_node_budget() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let list = vec![format!("*a{}", i - 1); 9].join(", ");
            text.push_str(&format!("a{i}: &a{i} [{list}]\n"));
        }
        let (_, remarks) = read("pod.yaml", &text);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].message.contains("more than 20000 values"), "{}", remarks[0]);
        assert_eq!(remarks[0].line, 5);
    }

    #[test]
    fn long_text_repeated_by_aliases_is_charged_by_its_length() {
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(8_000), vec!["*a"; 1_000].join(", "));
        let (_, remarks) = read("pod.yaml", &text);
        assert!(remarks[0].message.contains("more than 20000 values"), "{}", remarks[0]);
    }

    #[test]
    fn depth_is_bounded_also_through_aliases() {
        let (_, remarks) = read("pod.yaml", &"[".repeat(limits::MANIFEST_DEPTH + 2));
        assert!(remarks[0].message.contains("nested deeper"), "{}", remarks[0]);
        let mut text = String::from("a0: &a0 [x]\n");
        for i in 1..100 {
            text.push_str(&format!("a{i}: &a{i} [*a{}]\n", i - 1));
        }
        let (_, remarks) = read("pod.yaml", &text);
        assert!(remarks[0].message.contains("nested deeper"), "{}", remarks[0]);
    }

    #[test]
    fn a_template_is_recognised() {
        for text in ["a: {{ .Values.a }}\n", "{{- if .Values.a }}\na: 1\n{{- end }}\n"] {
            let (_, remarks) = read("pod.yaml", text);
            assert_eq!(remarks.len(), 1);
            assert!(remarks[0].to_string().ends_with("; this is a template: render it first (helm template)"));
        }
    }

    #[test]
    fn an_anchor_inside_its_own_value_is_an_error() {
        let (_, remarks) = read("pod.yaml", "a: &a [*a]\n");
        assert_eq!(remarks.len(), 1);
        assert_eq!(remarks[0].severity, Severity::Error);
    }
}
