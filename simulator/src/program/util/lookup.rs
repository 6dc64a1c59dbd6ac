//! find(1) and dirname(1): what is there, by name.
//!
//! Of find the tests `-type`, `-name`, `-path`, `-mindepth`, `-maxdepth`, `!` and `-empty` are known, and `-print`, `-print0`,
//! `-quit`; owners and times are not simulated, so tests about them hold for no file, and `-exec` is said, not run.

use super::super::call::{Call, Sys};
use super::{Act, Acts, Util};
use crate::kernel::fs::{Content, normal};
use crate::shell::run::pattern::Pattern;

/// What a file has to be.
struct Tests<'a> {
    directory: Option<bool>,
    names: Vec<(bool, &'a str)>,
    least: usize,
    most: usize,
    /// A test that no file here passes.
    never: bool,
    quits: bool,
    between: char,
    executes: Option<&'a str>,
}

/// What find prints.
pub(super) fn find(args: &[&str], sys: &Sys<'_>) -> Util {
    let starts: Vec<&str> = args.iter().copied().take_while(|a| !a.starts_with(['-', '!', '('])).collect();
    let tests = read(args.get(starts.len()..).unwrap_or(&[]));
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for start in if starts.is_empty() { vec!["."] } else { starts } {
        let root = normal(sys.cwd, start);
        if sys.files.get("/", &root).is_none() && !has_children(&root, sys) {
            missing.push(format!("find: '{start}': No such file or directory\n"));
            continue;
        }
        found.extend(
            below(start, &root, sys).into_iter().filter(|(path, directory)| tests.hold(start, path, *directory)),
        );
    }
    let mut acts: Vec<Act> = missing.iter().map(|m| Act::from(Call::Write(2, m.as_str().into()))).collect();
    let code = u8::from(!missing.is_empty());
    if let Some(command) = tests.executes.filter(|_| !found.is_empty()) {
        acts.push(Act::from(Call::Say(format!("find does not run {command} here").into())));
    } else {
        let shown = found.iter().take(if tests.quits { 1 } else { usize::MAX });
        acts.push(Act::print(shown.map(|(path, _)| format!("{path}{}", tests.between)).collect::<String>()));
    }
    Util::Acts(Acts::new(acts, code))
}

fn has_children(root: &str, sys: &Sys<'_>) -> bool {
    let prefix = format!("{}/", root.trim_end_matches('/'));
    sys.files.iter().any(|(path, _)| path.starts_with(&prefix))
}

/// The start and all below it, as find names them, each with whether it is a directory.
fn below(start: &str, root: &str, sys: &Sys<'_>) -> Vec<(String, bool)> {
    let prefix = format!("{}/", root.trim_end_matches('/'));
    let is_directory = |path: &str| match sys.files.get("/", path) {
        Some(file) => file.content == Content::Directory,
        None => true,
    };
    let mut all = vec![(start.to_owned(), is_directory(root))];
    let head = if start.ends_with('/') { start.to_owned() } else { format!("{start}/") };
    let mut seen = std::collections::BTreeSet::new();
    for (path, _) in sys.files.iter() {
        let Some(inside) = path.strip_prefix(&prefix) else { continue };
        // Directories that hold something exist, though they have no entry of their own.
        for end in inside.match_indices('/').map(|(at, _)| at).chain([inside.len()]) {
            let name = inside.get(..end).unwrap_or("");
            if seen.insert(name.to_owned()) {
                all.push((format!("{head}{name}"), is_directory(&format!("{prefix}{name}"))));
            }
        }
    }
    all
}

fn read<'a>(words: &[&'a str]) -> Tests<'a> {
    let mut tests = Tests {
        directory: None,
        names: Vec::new(),
        least: 0,
        most: usize::MAX,
        never: false,
        quits: false,
        between: '\n',
        executes: None,
    };
    let mut not = false;
    let mut rest = words.iter().copied();
    while let Some(word) = rest.next() {
        match word {
            "!" | "-not" => {
                not = true;
                continue;
            }
            "-type" => tests.directory = Some((rest.next() == Some("d")) != not),
            "-name" | "-iname" | "-path" => tests.names.push((not, rest.next().unwrap_or(""))),
            "-mindepth" => tests.least = rest.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            "-maxdepth" => tests.most = rest.next().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX),
            "-quit" => tests.quits = true,
            "-print0" => tests.between = '\0',
            "-exec" | "-execdir" | "-ok" => tests.executes = Some(rest.next().unwrap_or("")),
            "-user" | "-group" | "-newer" | "-mtime" | "-mmin" | "-perm" | "-size" | "-uid" => {
                tests.never = true;
                rest.next();
            }
            "-nouser" | "-nogroup" => tests.never = true,
            _ => {}
        }
        not = false;
    }
    tests
}

impl Tests<'_> {
    fn hold(&self, start: &str, path: &str, directory: bool) -> bool {
        let inside = path.strip_prefix(start).unwrap_or("").trim_start_matches('/');
        let depth = if inside.is_empty() { 0 } else { inside.split('/').count() };
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
        !self.never
            && (self.least..=self.most).contains(&depth)
            && self.directory.is_none_or(|wanted| wanted == directory)
            && self.names.iter().all(|(not, pattern)| {
                let text = if pattern.contains('/') { path } else { name };
                let letters: Vec<(char, bool)> = pattern.chars().map(|c| (c, false)).collect();
                Pattern::new(&letters).matches(text) != *not
            })
    }
}

/// dirname(1).
pub(super) fn directory(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) => "/",
        Some((before, _)) => before.trim_end_matches('/'),
        None => ".",
    }
}
