//! House rules as tests: what a reviewer would otherwise have to repeat.
//!
//! Headers, file length, layers, and words that do not belong into the code. Not here: what clippy and rustfmt know.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the simulator, lowest first; a module uses its own row and the rows above it in this table.
/// A new module is added to the row where it belongs.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["rules"],
    &["trace", "inventory"],
    &["observed"],
    &["cx"],
    // the kernel runs a `Program` value, and a shell is one of its variants
    &["kernel", "program", "shell"],
    &["image", "pod"],
    &["kubelet", "cluster", "docker"],
    // what a run starts from, checked; the world reads it
    &["scenario"],
    &["world"],
    &["view", "lesson", "wire"],
    &["probe"],
];

/// Longest file without its tests.
const MAX_LINES: usize = 500;

/// Words that no Rust file may contain, and why.
const NOWHERE: &[(&str, &str)] = &[
    ("todo!", "finish it, or say in words what is not simulated"),
    ("unimplemented!", "finish it, or say in words what is not simulated"),
    ("/work/", "a path of one machine means nothing to the reader"),
    ("/Users/", "a path of one machine means nothing to the reader"),
];

/// Words that the code of the simulator may not contain, and why.
const NOT_IN_SIMULATOR: &[(&str, &str)] = &[
    ("std::fs", "the simulator reads and writes nothing: its caller passes text"),
    ("std::io", "the simulator reads and writes nothing: its caller passes text"),
    ("std::env", "a run depends on its scenario only"),
    ("std::net", "the network is simulated"),
    ("std::process::", "processes are simulated"),
    ("std::thread", "a run is one sequence of events"),
    ("println!", "what is worth saying is an event of the trace"),
    ("wasm_bindgen", "the simulator knows nothing of the web"),
    ("web_sys", "the simulator knows nothing of the web"),
];

/// Names of shells, which code outside the variant table may not compare with.
const SHELLS: &[&str] = &["dash", "bash", "ash", "busybox-ash", "zsh", "mksh", "yash", "posh", "ksh93", "ksh"];

/// Where a shell's name may stand as a string, and why.
const NAMES_A_SHELL: &[(&str, &str)] = &[
    ("simulator/src/shell/variants/", "the table itself"),
    ("simulator/src/image/", "tables of base images, and names of files in /bin"),
    ("simulator/src/scenario/userland.rs", "names of files in /bin"),
    ("simulator/src/kubelet/case/script.rs", "words of the text that describes a case"),
];

/// One Rust file of the workspace.
struct Source {
    /// Path from the top of the repository, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The lines without the unit tests, which come last in a file or are a file of their own.
    fn lines(&self) -> Vec<&str> {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return Vec::new();
        }
        self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").collect()
    }

    /// The lines without unit tests and without comments, still as many, so that line numbers stay right.
    fn code(&self) -> String {
        let lines = self.lines();
        let bare: Vec<&str> = lines.iter().map(|line| line.split("//").next().unwrap_or(line)).collect();
        bare.join("\n")
    }

    /// The top-level module of a file of the simulator.
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("simulator/src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|name| *name != "lib")
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(top()).expect("inside the repository");
            let name = name.to_string_lossy().replace('\\', "/");
            found.push(Source { path: name, text: fs::read_to_string(&path).expect("a readable file") });
        }
    }
}

/// All Rust files of the workspace except this one, which has to name what it forbids.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["simulator", "cli", "src", "tests"] {
        collect(&top().join(folder), &mut found);
    }
    found.retain(|source| source.path != "simulator/tests/tidy.rs");
    assert!(found.len() > 5, "found hardly any source: is the repository laid out differently?");
    found
}

/// Fails with one line a finding.
fn demand_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "\n{rule}\n  {}\n", findings.join("\n  "));
}

#[test]
fn every_file_starts_with_a_header_comment() {
    let bare: Vec<_> = sources().into_iter().filter(|s| !s.text.starts_with("//! ")).map(|s| s.path).collect();
    demand_none("These files lack a `//!` header that says what they are and what they follow:", &bare);
}

#[test]
fn no_file_is_longer_than_the_limit_without_its_tests() {
    let all = sources();
    let lengths = all.iter().map(|source| (&source.path, source.lines().len()));
    let long: Vec<_> = lengths.filter(|(_, n)| *n > MAX_LINES).map(|(path, n)| format!("{path}: {n} lines")).collect();
    demand_none(&format!("These files are over {MAX_LINES} lines; split them by topic:"), &long);
}

#[test]
fn unwanted_words_do_not_occur() {
    let mut findings = Vec::new();
    for source in sources() {
        findings.extend(unwanted(NOWHERE, &source.path, &source.text));
        if source.module().is_some() {
            findings.extend(unwanted(NOT_IN_SIMULATOR, &source.path, &source.code()));
        }
    }
    demand_none("These words do not belong here:", &findings);
}

fn unwanted(words: &[(&str, &str)], path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let hits = words.iter().filter(|(word, _)| line.contains(word));
        findings.extend(hits.map(|(word, reason)| format!("{path}:{number}: `{word}`: {reason}")));
    }
    findings
}

#[test]
fn a_comment_names_only_modules_that_are_there() {
    let all: Vec<_> = sources().into_iter().filter(|source| source.module().is_some()).collect();
    let is_there = |path: &str| {
        let ends = [format!("/{path}.rs"), format!("/{path}/mod.rs")];
        all.iter().any(|source| ends.iter().any(|end| source.path.ends_with(end)))
    };
    let mut findings = Vec::new();
    for source in &all {
        for (number, line) in (1..).zip(source.text.lines()) {
            let Some((_, comment)) = line.split_once("//") else { continue };
            let quoted = comment.split('`').skip(1).step_by(2).filter(|name| name.contains("::"));
            for name in quoted.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || "_:".contains(c))) {
                let path = name.replace("::", "/");
                let (module, item) = path.rsplit_once('/').unwrap_or_default();
                let first = path.split('/').next().unwrap_or_default();
                // a name of another crate is none of ours; the last part may be a function
                let ours = is_there(first) || all.iter().any(|source| source.path.contains(&format!("/{first}/")));
                let places = [format!("/{module}.rs"), format!("/{module}/mod.rs")];
                let mut files = all.iter().filter(|other| places.iter().any(|place| other.path.ends_with(place)));
                let function = files.any(|file| file.text.contains(&format!("fn {item}")));
                if ours && !is_there(&path) && !function {
                    findings.push(format!("{}:{number}: `{name}`", source.path));
                }
            }
        }
    }
    demand_none("These comments name modules that are not there:", &findings);
}

#[test]
fn a_layer_uses_only_the_layers_below_it() {
    let mut findings = Vec::new();
    for source in sources() {
        let (path, Some(module)) = (&source.path, source.module()) else { continue };
        let Some(own) = layer_of(module) else {
            findings.push(format!("{path}: module `{module}` is in no layer; add it to LAYERS in tidy.rs"));
            continue;
        };
        for (line, used) in used_modules(&source.code()) {
            match layer_of(&used) {
                Some(layer) if layer <= own => {}
                Some(_) => findings.push(format!(
                    "{path}:{line}: `{module}` uses `{used}`, which is a layer above it; move what is needed down"
                )),
                None => findings
                    .push(format!("{path}:{line}: `crate::{used}` is in no layer; write the path of its module")),
            }
        }
    }
    demand_none("The layers of the simulator point downwards only (see LAYERS in tidy.rs):", &findings);
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// The modules after each `crate::`, also in `crate::{a::X, b}`, with the line; macros of the crate are left out.
fn used_modules(code: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let line = 1 + code[..at].matches('\n').count();
        let rest = &code[at + found.len()..];
        let paths = rest.strip_prefix('{').map_or_else(|| vec![rest], outermost_items);
        used.extend(paths.into_iter().filter_map(leading_name).map(|name| (line, name)));
    }
    used
}

/// Splits `a::{x, y}, b}` at the commas of its outermost level.
fn outermost_items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0_u32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            '}' => {
                items.push(&group[start..at]);
                break;
            }
            _ => {}
        }
    }
    items
}

/// The identifier at the start, unless it is called as a macro.
fn leading_name(path: &str) -> Option<String> {
    let path = path.trim_start();
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_macro = path[name.len()..].starts_with('!');
    (!name.is_empty() && !is_macro).then_some(name)
}

#[test]
fn shells_are_named_in_their_table_only() {
    let mut findings = Vec::new();
    for source in sources().iter().filter(|s| s.path.starts_with("simulator/src/") || s.path.starts_with("src/")) {
        if NAMES_A_SHELL.iter().any(|(path, _)| source.path.starts_with(path)) {
            continue;
        }
        for (number, line) in source.code().lines().enumerate() {
            let name = SHELLS.iter().find(|name| line.contains(&format!("\"{name}\"")));
            findings.extend(name.map(|name| format!("{}:{}: {name}", source.path, number + 1)));
        }
    }
    demand_none("What differs between shells is a column of shell/variants, never a name in code:", &findings);
    for (path, _) in NAMES_A_SHELL {
        assert!(top().join(path).exists(), "{path} is gone: take it out of NAMES_A_SHELL");
    }
}

#[test]
fn used_modules_are_found_in_every_form_of_a_path() {
    let cases: &[(&str, &[&str])] = &[
        ("use crate::base::time::SimTime;", &["base"]),
        ("use crate::{base::{id, time}, world};", &["base", "world"]),
        ("use crate::{\n    base::id,\n    world::{a, b},\n};", &["base", "world"]),
        ("    crate::kernel::send(crate::base::signal::TERM);", &["kernel", "base"]),
        ("crate::rule!(x)", &[]),
        ("use super::time;", &[]),
    ];
    for (code, modules) in cases {
        let found: Vec<_> = used_modules(code).into_iter().map(|(_, module)| module).collect();
        assert_eq!(found, *modules, "{code}");
    }
    assert_eq!(used_modules("\n\nuse crate::base;")[0].0, 3);
}

#[test]
fn the_unit_tests_of_a_file_are_not_its_code() {
    let text = "use crate::base; // crate::world\n#[cfg(test)]\nmod tests { use crate::view; }\n";
    let source = Source { path: "simulator/src/kernel/exit.rs".into(), text: text.into() };
    assert_eq!(source.module(), Some("kernel"));
    assert_eq!(source.code(), "use crate::base; ");
}
