//! `kubectl wait`: until objects are gone, or say what is waited for.
//!
//! Follows kubectl pkg/cmd/wait (wait.go, delete.go, condition.go, json.go). What comes after the moment of the line is read
//! from the run.

use crate::base::time::{SimDuration, SimTime};
use crate::base::tree::Tree;
use crate::observed::Observed;
use crate::trace::EventKind;

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects::{self, Object};
use super::resources::{self, Kind, Wanted};
use super::{namespace, output};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("for", ' ', Takes::Text),
    Flag("timeout", ' ', Takes::Duration),
    Flag("all", ' ', Takes::Bool),
    Flag("selector", 'l', Takes::Text),
    Flag("all-namespaces", 'A', Takes::Bool),
];

/// How long it waits if nobody says.
const TIMEOUT: SimDuration = SimDuration::from_secs(30);
/// What a negative timeout stands for.
const WEEK: SimDuration = SimDuration::from_secs(168 * 3_600);

/// What is waited for.
enum Until {
    Deleted,
    Created,
    /// A condition of this type, in lower case, has this status.
    Condition(String, String),
    /// A path has this value, or any.
    Path(String, Option<String>),
}

fn until(text: &str) -> Result<Until, String> {
    match text.to_lowercase().as_str() {
        "delete" => return Ok(Until::Deleted),
        "create" => return Ok(Until::Created),
        _ => {}
    }
    if let Some(condition) = text.strip_prefix("condition=") {
        let (name, status) = condition.split_once('=').unwrap_or((condition, "true"));
        return Ok(Until::Condition(name.to_lowercase(), status.to_lowercase()));
    }
    if let Some(path) = text.strip_prefix("jsonpath=") {
        let end = path.rfind('}').map_or(path.len(), |at| at.saturating_add(1));
        let (template, rest) = path.split_at(end);
        let value = rest.strip_prefix('=').map(str::to_owned);
        if !template.starts_with('{') || (value.is_none() && !rest.is_empty()) {
            return Err("error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or \
                        --for=jsonpath='{.status.readyReplicas}'"
                .to_owned());
        }
        return Ok(Until::Path(template.to_owned(), value));
    }
    Err(format!("error: unrecognized condition: {text:?}"))
}

impl Until {
    fn holds(&self, tree: Option<&Tree>) -> bool {
        let Some(tree) = tree else { return matches!(self, Until::Deleted) };
        match self {
            Until::Deleted => false,
            Until::Created => true,
            Until::Condition(name, status) => {
                let conditions = tree.get("status").and_then(|s| s.get("conditions")).map_or(&[][..], Tree::items);
                let text = |c: &Tree, key: &str| c.get(key).map(output::plain).unwrap_or_default().to_lowercase();
                conditions.iter().any(|c| text(c, "type") == *name && text(c, "status") == *status)
            }
            Until::Path(path, wanted) => match (output::values(path, tree), wanted) {
                (Ok(found), Some(wanted)) => found.iter().any(|value| output::plain(value) == *wanted),
                (Ok(found), None) => !found.is_empty(),
                (Err(_), _) => false,
            },
        }
    }
}

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(wish) = parsed.text("for") else {
        return here.fails("error: required flag(s) \"for\" not set");
    };
    let wish = match until(wish) {
        Ok(wish) => wish,
        Err(why) => return here.fails(&why),
    };
    let wanted = match resources::wanted(&parsed.args) {
        Ok(wanted) if wanted.is_empty() => {
            return here.fails("error: You must provide one or more resources by argument or filename.");
        }
        Ok(wanted) => wanted,
        Err(why) => return here.fails(&why),
    };
    let (objects, missing) = find(here, parsed, &wanted);
    if let Some(why) = missing.first().filter(|_| !matches!(wish, Until::Deleted)) {
        return here.fails(why);
    }
    if objects.is_empty() {
        let gone = matches!(wish, Until::Deleted);
        return if gone { here.prints("") } else { here.fails("error: no matching resources found") };
    }
    let timeout = match parsed.text("timeout") {
        Some(text) if text.starts_with('-') => WEEK,
        Some(_) => parsed.millis("timeout").map_or(TIMEOUT, SimDuration::from_millis),
        None => TIMEOUT,
    };
    let mut answer = here.prints("");
    for (kind, object) in &objects {
        one(here, &wish, *kind, object, timeout, &mut answer);
    }
    answer.lines.sort_by_key(|line| line.at);
    answer
}

/// The objects that are there, and the complaints about those that are not.
fn find(here: &Here<'_>, parsed: &Parsed, wanted: &Wanted) -> (Vec<(Kind, Object)>, Vec<String>) {
    let namespace = namespace(here, parsed);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (kind, name) in wanted {
        let mut all = objects::list(*kind, here.inventory(), &here.seen, here.at);
        all.retain(|o| {
            let place = parsed.is_on("all-namespaces") || *kind == Kind::Nodes || o.namespace == namespace;
            place && parsed.text("selector").is_none_or(|s| resources::selects(s, &o.labels))
        });
        match name {
            Some(name) => match all.into_iter().find(|o| o.name == *name) {
                Some(object) => found.push((*kind, object)),
                None => missing.push(resources::not_found(*kind, name)),
            },
            None => found.extend(all.into_iter().map(|o| (*kind, o))),
        }
    }
    (found, missing)
}

/// When one object is as it is waited for, and the line about it.
fn one(here: &Here<'_>, wish: &Until, kind: Kind, object: &Object, timeout: SimDuration, answer: &mut Answer) {
    let limit = here.at + timeout;
    // An object that goes and comes back with its old name is another one.
    let same = |now: &Here<'_>| {
        let there = objects::list(kind, now.inventory(), &now.seen, now.at);
        there
            .into_iter()
            .find(|o| o.name == object.name && o.namespace == object.namespace && o.created == object.created)
    };
    let holds = |now: &Here<'_>| {
        let tree = same(now).and_then(|o| output::tree(now, kind, &o));
        wish.holds(tree.as_ref())
    };
    let met = if holds(here) { Some(here.at) } else { first(here, limit, holds) };
    match met {
        Some(at) => {
            answer.lines.push(Here::line(at, format!("{}/{} condition met", kind.singular(), object.name)));
            answer.ends = answer.ends.map(|known| known.max(at));
        }
        None => {
            let text = if timeout == SimDuration::ZERO {
                format!("error: condition not met for {}/{}", kind.qualified(), object.name)
            } else {
                let plural = kind.row().names.first().unwrap_or(&"");
                format!("error: timed out waiting for the condition on {plural}/{}", object.name)
            };
            answer.lines.push(Line { at: limit, text, error: true });
            answer.ends = answer.ends.map(|known| known.max(limit));
            answer.code = 1;
        }
    }
}

/// The first later moment, up to the limit, at which it holds.
fn first(here: &Here<'_>, limit: SimTime, holds: impl Fn(&Here<'_>) -> bool) -> Option<SimTime> {
    let mut now = here.later(here.at, Observed::default());
    let mut changed = false;
    let mut steps = here.trace().iter().peekable();
    while let Some((id, event)) = steps.next() {
        if event.at > limit {
            return None;
        }
        now.seen.apply(id, event);
        changed |= !matches!(event.kind, EventKind::Task(..) | EventKind::Request(..));
        if event.at <= here.at || steps.peek().is_some_and(|(_, next)| next.at == event.at) {
            continue;
        }
        if std::mem::take(&mut changed) {
            now.at = event.at;
            if holds(&now) {
                return Some(event.at);
            }
        }
    }
    None
}
