//! `kubectl get` and `kubectl describe`: tables of objects, followed with `-w`.
//!
//! Follows kubectl pkg/cmd/get/get.go: one table a type, empty lines between them, types before names when there are several.

use crate::base::time::SimTime;
use crate::observed::Observed;
use crate::trace::{EventKind, OnPod};
use crate::view::kubectl as shown;

use super::super::here::Here;
use super::super::tabs::Table;
use super::super::{Answer, Line};
use super::objects::{self, Object};
use super::resources::{self, Kind, Wanted};
use super::{describe, describe_objects, events, namespace, output};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("output", 'o', Takes::Text),
    Flag("watch", 'w', Takes::Bool),
    Flag("watch-only", ' ', Takes::Bool),
    Flag("all-namespaces", 'A', Takes::Bool),
    Flag("show-labels", ' ', Takes::Bool),
    Flag("no-headers", ' ', Takes::Bool),
    Flag("selector", 'l', Takes::Text),
    Flag("sort-by", ' ', Takes::Text),
    Flag("field-selector", ' ', Takes::Text),
    Flag("ignore-not-found", ' ', Takes::Bool),
];

pub(super) const DESCRIBE_FLAGS: &[Flag] =
    &[Flag("all-namespaces", 'A', Takes::Bool), Flag("selector", 'l', Takes::Text)];

/// What of each object is shown.
struct Look<'p> {
    parsed: &'p Parsed,
    namespace: String,
    all_namespaces: bool,
    wide: bool,
    /// Names begin with their type: `pod/web`.
    typed: bool,
}

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    if parsed.args.is_empty() {
        return here.fails(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported \
             resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed \
             description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples",
        );
    }
    let wanted = match resources::wanted(&parsed.args) {
        Ok(wanted) => wanted,
        Err(why) => return here.fails(&why),
    };
    let mut kinds: Vec<Kind> = wanted.iter().map(|(k, _)| *k).collect();
    kinds.dedup();
    let look = Look {
        parsed,
        namespace: namespace(here, parsed),
        all_namespaces: parsed.is_on("all-namespaces"),
        wide: parsed.text("output") == Some("wide"),
        typed: kinds.len() > 1,
    };
    if kinds == [Kind::Events] {
        return events::get(here, parsed, &look.namespace);
    }
    match parsed.text("output").unwrap_or("") {
        "" | "wide" => {}
        "name" => return names(here, &look, &wanted),
        other if output::form(other).is_some() => return structured(here, &look, &wanted, other),
        other => return here.fails(&format!("not simulated: kubectl get -o {other}")),
    }
    if look.parsed.is_on("watch") || look.parsed.is_on("watch-only") {
        if kinds.len() > 1 {
            return here.fails("error: you may only specify a single resource type");
        }
        return watch(here, &look, &wanted);
    }
    tables(here, &look, &kinds, &wanted)
}

impl Look<'_> {
    /// The objects of a type that are wanted, and the complaints about those that are not there.
    fn objects(
        &self,
        here: &Here<'_>,
        kind: Kind,
        wanted: &Wanted,
        seen: &Observed,
        now: SimTime,
    ) -> (Vec<Object>, Vec<String>) {
        let mut all = objects::list(kind, here.inventory(), seen, now);
        let cluster_wide = kind == Kind::Nodes;
        all.retain(|o| {
            let here = self.all_namespaces || cluster_wide || o.namespace == self.namespace;
            here && self.parsed.text("selector").is_none_or(|s| resources::selects(s, &o.labels))
        });
        self.sort(&mut all);
        let names: Vec<&String> = wanted.iter().filter(|(k, _)| *k == kind).filter_map(|(_, n)| n.as_ref()).collect();
        if names.is_empty() {
            return (all, Vec::new());
        }
        let mut missing = Vec::new();
        let mut found = Vec::new();
        for name in names {
            match all.iter().find(|o| o.name == *name) {
                Some(object) => found.push(object.clone()),
                None if self.parsed.is_on("ignore-not-found") => {}
                None => missing.push(resources::not_found(kind, name)),
            }
        }
        (found, missing)
    }

    /// `--sort-by`: by creation, by restarts; the name is the order anyway.
    fn sort(&self, all: &mut [Object]) {
        let Some(path) = self.parsed.text("sort-by") else { return };
        if path.contains("creationTimestamp") {
            all.sort_by_key(|o| o.created);
        } else if path.contains("restartCount") {
            let restarts = |o: &Object| o.cells.get(2).and_then(|c| c.split(' ').next()?.parse::<u32>().ok());
            all.sort_by_key(restarts);
        }
    }

    fn header(&self, kind: Kind) -> Vec<String> {
        let (cells, wide) = objects::headers(kind);
        let first = self.all_namespaces.then_some("NAMESPACE");
        let last = self.parsed.is_on("show-labels").then_some("LABELS");
        let wide = wide.iter().filter(|_| self.wide).copied();
        first
            .into_iter()
            .chain(["NAME"])
            .chain(cells.iter().copied())
            .chain(wide)
            .chain(last)
            .map(str::to_owned)
            .collect()
    }

    fn row(&self, kind: Kind, object: &Object) -> Vec<String> {
        let mut row = Vec::new();
        if self.all_namespaces {
            row.push(object.namespace.clone());
        }
        row.push(if self.typed { format!("{}/{}", kind.singular(), object.name) } else { object.name.clone() });
        row.extend(object.cells.iter().cloned());
        if self.wide {
            row.extend(object.wide.iter().cloned());
        }
        if self.parsed.is_on("show-labels") {
            let labels: Vec<String> = object.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
            row.push(if labels.is_empty() { "<none>".to_owned() } else { labels.join(",") });
        }
        row
    }

    fn nothing(&self) -> String {
        if self.all_namespaces {
            "No resources found".to_owned()
        } else {
            format!("No resources found in {} namespace.", self.namespace)
        }
    }
}

fn tables(here: &Here<'_>, look: &Look<'_>, kinds: &[Kind], wanted: &Wanted) -> Answer {
    let mut blocks: Vec<String> = Vec::new();
    let mut errors = Vec::new();
    for kind in kinds {
        let (found, missing) = look.objects(here, *kind, wanted, &here.seen, here.at);
        errors.extend(missing);
        if found.is_empty() {
            continue;
        }
        let mut rows: Vec<Vec<String>> = found.iter().map(|o| look.row(*kind, o)).collect();
        if !look.parsed.is_on("no-headers") {
            rows.insert(0, look.header(*kind));
        }
        blocks.push(Table::default().print(&rows).join("\n"));
    }
    let mut answer = here.prints(&blocks.join("\n\n"));
    if blocks.is_empty() && errors.is_empty() && !look.parsed.is_on("ignore-not-found") {
        answer = Answer::fails(here.at, &look.nothing(), 0);
    }
    if !errors.is_empty() {
        answer.lines.extend(errors.into_iter().map(|text| Line { at: here.at, text, error: true }));
        answer.code = 1;
    }
    answer
}

/// Objects in full, as YAML, JSON or what a path leads to.
fn structured(here: &Here<'_>, look: &Look<'_>, wanted: &Wanted, asked: &str) -> Answer {
    if look.parsed.is_on("watch") || look.parsed.is_on("watch-only") {
        return here.fails(&format!("not simulated: kubectl get -w -o {asked}"));
    }
    let Some(form) = output::form(asked) else { return here.prints("") };
    let mut kinds: Vec<Kind> = wanted.iter().map(|(k, _)| *k).collect();
    kinds.dedup();
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for kind in kinds {
        let (objects, missing) = look.objects(here, kind, wanted, &here.seen, here.at);
        found.extend(objects.into_iter().map(|o| (kind, o)));
        errors.extend(missing);
    }
    let alone = matches!(wanted.as_slice(), [(_, Some(_))]);
    let mut answer = here.prints("");
    if found.len() + errors.len() > 0 || !alone {
        match output::print(here, &form, &found, alone, !look.parsed.is_on("no-headers")) {
            Ok(_) if alone && !errors.is_empty() => {}
            Ok(text) => answer = here.prints(&text),
            Err(why) => return here.fails(&why),
        }
    }
    answer.code = u8::from(!errors.is_empty());
    answer.lines.extend(errors.into_iter().map(|text| Line { at: here.at, text, error: true }));
    answer
}

fn names(here: &Here<'_>, look: &Look<'_>, wanted: &Wanted) -> Answer {
    let mut kinds: Vec<Kind> = wanted.iter().map(|(k, _)| *k).collect();
    kinds.dedup();
    let mut answer = here.prints("");
    for kind in kinds {
        let (found, missing) = look.objects(here, kind, wanted, &here.seen, here.at);
        answer.lines.extend(found.iter().map(|o| Here::line(here.at, format!("{}/{}", kind.singular(), o.name))));
        answer.code |= u8::from(!missing.is_empty());
        answer.lines.extend(missing.into_iter().map(|text| Line { at: here.at, text, error: true }));
    }
    answer
}

/// A line whenever an object changes, and one when it goes: the watch brings its last state once more.
fn watch(here: &Here<'_>, look: &Look<'_>, wanted: &Wanted) -> Answer {
    let Some((kind, _)) = wanted.first() else { return here.prints("") };
    let (known, missing) = look.objects(here, *kind, wanted, &here.seen, here.at);
    if !missing.is_empty() {
        return here.fails(&missing.join("\n"));
    }
    let mut table = Table::default();
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    let headed = !look.parsed.is_on("no-headers");
    if headed && !known.is_empty() {
        rows.push(look.header(*kind));
    }
    if !look.parsed.is_on("watch-only") {
        rows.extend(known.iter().map(|o| look.row(*kind, o)));
    }
    lines.extend(table.print(&rows).into_iter().map(|text| Here::line(here.at, text)));
    let mut last = known;
    let mut begun = !last.is_empty();
    let mut seen = Observed::default();
    let mut written = false;
    let mut steps = here.trace().iter().peekable();
    while let Some((id, event)) = steps.next() {
        seen.apply(id, event);
        written |=
            shown::is_written(&event.kind) || matches!(event.kind, EventKind::Endpoint(..) | EventKind::Workload(..));
        let removed = matches!(&event.kind, EventKind::Pod(_, OnPod::Removed));
        let more = steps.peek().is_some_and(|(_, next)| next.at == event.at);
        if (more && !removed) || event.at < here.at || !std::mem::take(&mut written) {
            continue;
        }
        let (now, _) = look.objects(here, *kind, wanted, &seen, event.at);
        let changed = now.iter().filter(|o| !last.iter().any(|l| same(*kind, l, o)));
        let gone = last.iter().filter(|l| !now.iter().any(|o| o.name == l.name && o.namespace == l.namespace));
        let rows: Vec<Vec<String>> = changed.chain(gone).map(|o| look.row(*kind, o)).collect();
        if !rows.is_empty() && !begun && headed {
            begun = true;
            lines.extend(table.print(&[look.header(*kind)]).into_iter().map(|text| Here::line(event.at, text)));
        }
        lines.extend(table.print(&rows).into_iter().map(|text| Here::line(event.at, text)));
        last = now;
    }
    Answer { lines, ends: None, code: 0, inputs: Vec::new() }
}

/// Is nothing but the age different?
fn same(kind: Kind, a: &Object, b: &Object) -> bool {
    let (headers, _) = objects::headers(kind);
    let timeless = |o: &Object| -> Vec<String> {
        let cells = o.cells.iter().zip(headers).filter(|(_, h)| !matches!(**h, "AGE" | "DURATION"));
        // `2 (5s ago)`: only the number counts.
        cells.map(|(c, _)| c.split(" (").next().unwrap_or(c).to_owned()).chain(o.wide.iter().cloned()).collect()
    };
    a.name == b.name && a.namespace == b.namespace && timeless(a) == timeless(b)
}

pub(super) fn describe(here: &Here<'_>, parsed: &Parsed) -> Answer {
    if parsed.args.is_empty() {
        return here.fails(
            "error: You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        );
    }
    let wanted = match resources::wanted(&parsed.args) {
        Ok(wanted) => wanted,
        Err(why) => return here.fails(&why),
    };
    let look = Look {
        parsed,
        namespace: namespace(here, parsed),
        all_namespaces: parsed.is_on("all-namespaces"),
        wide: false,
        typed: false,
    };
    // A name that no object has may be the beginning of some (describe.go `DescribeMatchingResources`).
    let mut texts = Vec::new();
    let mut errors = Vec::new();
    for (kind, name) in &wanted {
        let all = look.objects(here, *kind, &vec![(*kind, None)], &here.seen, here.at).0;
        let found: Vec<&Object> = match name {
            None => all.iter().collect(),
            Some(name) if all.iter().any(|o| o.name == *name) => all.iter().filter(|o| o.name == *name).collect(),
            Some(name) => all.iter().filter(|o| o.name.starts_with(name.as_str())).collect(),
        };
        if let (Some(name), true) = (name, found.is_empty()) {
            errors.push(resources::not_found(*kind, name));
        }
        for object in found {
            let text = match kind {
                Kind::Pods => {
                    here.pod(&object.name).map(|(id, _)| describe::pod(here.inventory(), &here.seen, id, here.at))
                }
                _ => describe_objects::object(here, *kind, object),
            };
            let Some(text) = text else {
                return here.fails(&format!("not simulated: kubectl describe {}", kind.qualified()));
            };
            texts.push(text);
        }
    }
    if texts.is_empty() && errors.is_empty() {
        return Answer::fails(here.at, &look.nothing(), 0);
    }
    let mut answer = here.prints(&texts.join("\n\n"));
    answer.code = u8::from(!errors.is_empty());
    answer.lines.extend(errors.into_iter().map(|text| Line { at: here.at, text, error: true }));
    answer
}
