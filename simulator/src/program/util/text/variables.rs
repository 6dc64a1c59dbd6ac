//! envsubst(1) of gettext: `$NAME` and `${NAME}` become values, nothing else.

use super::{Env, Job, Outcome};

pub(super) fn run(job: &Job<'_>) -> Outcome {
    let only = job.args.iter().find(|a| !a.starts_with('-')).copied();
    if job.args.iter().any(|a| matches!(*a, "-v" | "--variables")) {
        return Outcome::print(names(only.unwrap_or("")).iter().map(|n| format!("{n}\n")).collect());
    }
    Outcome::print(job.inputs.iter().map(|(_, text)| variables(text, job.env, only)).collect())
}

/// The names of the variables in a text.
fn names(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        let braced = after.strip_prefix('{');
        let name = braced.unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end).unwrap_or((name, ""));
        let closed = braced.is_none() || behind.starts_with('}');
        if closed && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
            all.push(name);
        }
        rest = after;
    }
    all
}

fn variables(text: &str, env: &Env, only: Option<&str>) -> String {
    let wanted = only.map(names);
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        all.push_str(before);
        let braced = after.strip_prefix('{');
        let name = braced.unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end).unwrap_or((name, ""));
        let behind = if braced.is_some() { behind.strip_prefix('}') } else { Some(behind) };
        let named = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        match behind.filter(|_| named && wanted.as_ref().is_none_or(|w| w.contains(&name))) {
            Some(behind) => {
                all.push_str(env.get(name).map_or("", |v| v));
                rest = behind;
            }
            None => {
                all.push('$');
                rest = after;
            }
        }
    }
    all + rest
}
