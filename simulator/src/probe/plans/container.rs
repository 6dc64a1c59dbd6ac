//! The script that a container starts with, as a request: what stands behind `sh -c`, a script file, or the command that
//! would stand in shell form.

use super::Request;
use crate::kernel::fs::{Content, DEFAULT_PATH};
use crate::kubelet::ContainerPlan;
use crate::program::Binary;

/// What a container's start asks of its shell, and the build of that shell: the one that is named, else its `sh`.
#[must_use]
pub fn of_container(plan: &ContainerPlan) -> (Request, Option<String>) {
    let argv: Vec<&str> = plan.argv.iter().map(|word| &**word).collect();
    let named = argv.first().and_then(|name| shell(plan, name));
    let request = match (named.is_some(), argv.as_slice()) {
        (true, [_, "-c", script, rest @ ..]) => request(script, false, rest),
        (true, [_, file, rest @ ..]) => match text(plan, file) {
            Some(text) => request(&text, true, rest),
            None => request(&argv.join(" "), false, &[]),
        },
        (_, [file, rest @ ..]) => match text(plan, file).filter(|text| text.starts_with("#!")) {
            Some(text) => request(&text, true, rest),
            None => request(&argv.join(" "), false, &[]),
        },
        (_, []) => Request::default(),
    };
    (request, named.or_else(|| shell(plan, "sh")))
}

fn request(script: &str, is_file: bool, arguments: &[&str]) -> Request {
    let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
    Request { script: script.to_owned(), is_file, arguments, ..Request::default() }
}

fn content<'a>(plan: &'a ContainerPlan, name: &str) -> Option<&'a Content> {
    let path = plan.env.get("PATH").map_or(DEFAULT_PATH, |path| path);
    let found = plan.files.find_executable(&plan.cwd, name, path).ok();
    // A shell reads a file that nobody may execute.
    Some(&plan.files.get(&plan.cwd, found.as_deref().unwrap_or(name))?.content)
}

fn shell(plan: &ContainerPlan, name: &str) -> Option<String> {
    match content(plan, name)? {
        Content::Binary(Binary::Shell(id)) => Some(id.to_string()),
        _ => None,
    }
}

fn text(plan: &ContainerPlan, name: &str) -> Option<String> {
    match content(plan, name)? {
        Content::Text(text) => Some(text.to_string()),
        _ => None,
    }
}
