//! Builds trees from the scanner's events without recursion, and charges every node to a budget.
//!
//! Source: go-yaml v2.4 `decode.go`: `<<` merges, explicit keys win; a key written twice keeps its last value when
//! kubectl reads it (kubernetes/kubernetes issue 125885). Kubernetes keys are JSON keys: numbers and booleans as keys
//! become text (sigs.k8s.io/yaml `convertToJSONableObject`).

use std::collections::BTreeMap;

use super::node::{Entry, Kind, Node};
use crate::base::diagnostic::Span;
use crate::base::limits;

/// What is wrong, where; a fatal one ends the reading.
pub struct Fault {
    pub span: Span,
    pub message: String,
    pub fatal: bool,
}

impl Fault {
    pub fn fatal(span: Span, message: impl Into<String>) -> Self {
        Fault { span, message: message.into(), fatal: true }
    }
}

/// A collection that is still open.
struct Frame {
    anchor: usize,
    span: Span,
    map: bool,
    entries: Vec<Entry>,
    items: Vec<Node>,
    merges: Vec<Node>,
    key: Option<(String, Span, bool)>,
    /// Levels below this collection.
    height: usize,
    /// Budget used by what is inside.
    cost: usize,
}

/// A value that an alias may repeat.
struct Anchored {
    node: Node,
    height: usize,
    cost: usize,
}

/// The trees of one text as they grow.
#[derive(Default)]
pub struct Builder {
    stack: Vec<Frame>,
    anchors: BTreeMap<usize, Anchored>,
    spent: usize,
    /// Roots of the finished documents.
    pub documents: Vec<Node>,
    /// What was wrong so far and did not end the reading.
    pub faults: Vec<Fault>,
}

impl Builder {
    /// Forgets what belongs to one document: anchors do not cross `---`.
    pub fn begin_document(&mut self) {
        self.stack.clear();
        self.anchors.clear();
    }

    /// A sequence or mapping begins.
    pub fn open(&mut self, span: Span, anchor: usize, map: bool) -> Result<(), Fault> {
        if self.stack.len() >= limits::MANIFEST_DEPTH {
            return Err(Fault::fatal(span, format!("nested deeper than {} levels", limits::MANIFEST_DEPTH)));
        }
        self.charge(span, 1)?;
        let (entries, items, merges) = (Vec::new(), Vec::new(), Vec::new());
        self.stack.push(Frame { anchor, span, map, entries, items, merges, key: None, height: 0, cost: 1 });
        Ok(())
    }

    /// The innermost collection ends before `end`.
    pub fn close(&mut self, end: Span) -> Result<(), Fault> {
        let Some(mut frame) = self.stack.pop() else { return Ok(()) };
        let last = frame.items.last().map(|n| n.span.end).or(frame.entries.last().map(|e| e.value.span.end));
        let merges = std::mem::take(&mut frame.merges);
        merge(&mut frame.entries, merges);
        let written_end = if end.end > end.start { end.end } else { last.unwrap_or(end.end) };
        let span = Span { start: frame.span.start, end: written_end.max(frame.span.start) };
        let kind = if frame.map { Kind::Map(frame.entries) } else { Kind::List(frame.items) };
        self.finish(Node { span, kind }, frame.anchor, frame.height + 1, frame.cost)
    }

    /// A scalar.
    pub fn scalar(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        let cost = 1 + node.text().map_or(0, |text| text.len() / 64);
        self.charge(node.span, cost)?;
        self.finish(node, anchor, 0, cost)
    }

    /// `*name`: the anchored value again, at another place.
    pub fn alias(&mut self, span: Span, anchor: usize) -> Result<(), Fault> {
        let Some((mut node, height, cost)) = self.anchors.get(&anchor).map(|a| (a.node.clone(), a.height, a.cost))
        else {
            return Err(Fault::fatal(span, "an anchor's value contains itself"));
        };
        if self.stack.len() + height > limits::MANIFEST_DEPTH {
            return Err(Fault::fatal(span, format!("nested deeper than {} levels", limits::MANIFEST_DEPTH)));
        }
        self.charge(span, cost)?;
        node.span = span;
        self.finish(node, 0, height, cost)
    }

    fn charge(&mut self, span: Span, cost: usize) -> Result<(), Fault> {
        self.spent = self.spent.saturating_add(cost);
        match self.spent <= limits::MANIFEST_NODES {
            true => Ok(()),
            false => {
                let limit = limits::MANIFEST_NODES;
                Err(Fault::fatal(span, format!("more than {limit} values, aliases counted as often as they are used")))
            }
        }
    }

    fn finish(&mut self, node: Node, anchor: usize, height: usize, cost: usize) -> Result<(), Fault> {
        if anchor != 0 {
            self.charge(node.span, cost)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), height, cost });
        }
        let Some(frame) = self.stack.last_mut() else {
            if self.documents.len() >= limits::MANIFEST_DOCUMENTS {
                return Err(Fault::fatal(node.span, format!("more than {} documents", limits::MANIFEST_DOCUMENTS)));
            }
            self.documents.push(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        frame.cost = frame.cost.saturating_add(cost);
        if !frame.map {
            frame.items.push(node);
            return Ok(());
        }
        let fault = match frame.key.take() {
            None => frame.begin_pair(node),
            Some((_, _, true)) => frame.add_merge(node),
            Some((key, key_span, false)) => frame.add(key, key_span, node),
        };
        match fault {
            Some(fault) if fault.fatal => return Err(fault),
            Some(fault) if self.faults.len() < limits::DIAGNOSTICS => self.faults.push(fault),
            Some(_) | None => {}
        }
        Ok(())
    }
}

impl Frame {
    fn begin_pair(&mut self, key: Node) -> Option<Fault> {
        let (text, merge, fault) = match key.kind {
            Kind::Text(text) => {
                // A quoted "<<" is an ordinary key; its text is shorter than its span.
                let merge = text == "<<" && key.span.end - key.span.start == 2;
                (text, merge, None)
            }
            Kind::Int(number) => (number.to_string(), false, None),
            Kind::Bool(value) => (value.to_string(), false, None),
            Kind::Number(number) => (number, false, None),
            Kind::Null | Kind::List(_) | Kind::Map(_) => {
                let message = format!("a key must be text, this is {}", key.kind.in_words());
                (String::new(), false, Some(Fault { span: key.span, message, fatal: true }))
            }
        };
        self.key = Some((text, key.span, merge));
        fault
    }

    fn add_merge(&mut self, value: Node) -> Option<Fault> {
        let span = value.span;
        let sources = match value.kind {
            Kind::List(items) => items,
            Kind::Map(_) | Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Number(_) | Kind::Text(_) => vec![value],
        };
        let all_maps = sources.iter().all(|n| matches!(n.kind, Kind::Map(_)));
        self.merges.extend(sources);
        (!all_maps).then(|| Fault::fatal(span, "map merge requires map or sequence of maps as the value"))
    }

    fn add(&mut self, key: String, key_span: Span, value: Node) -> Option<Fault> {
        let Some(earlier) = self.entries.iter_mut().find(|e| e.key == key) else {
            self.entries.push(Entry { key, key_span, value });
            return None;
        };
        let message = format!("key {key:?} already set in map");
        *earlier = Entry { key, key_span, value };
        Some(Fault { span: key_span, message, fatal: false })
    }
}

/// `<<`: keys of the sources that the mapping does not have itself; of two sources the earlier wins.
fn merge(entries: &mut Vec<Entry>, sources: Vec<Node>) {
    for source in sources {
        if let Kind::Map(more) = source.kind {
            for entry in more {
                if entries.iter().all(|e| e.key != entry.key) {
                    entries.push(entry);
                }
            }
        }
    }
}
