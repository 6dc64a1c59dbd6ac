//! tar(1) between directories: what one tar writes another one reads. Archives that came from outside are not simulated.

use super::super::call::{Call, FileMark, Sys};
use super::given::{self, Given};
use super::tree::{self, Kind};
use super::{Act, Acts};
use crate::base::Text;
use crate::kernel::fs::Content;
use crate::shell::run::pattern::Pattern;

/// In front of each member: mode, owner, group, kind, length, name.
const HEAD: &str = "ustar";

const LONG: &[(&str, char)] = &[
    ("create", 'c'),
    ("extract", 'x'),
    ("get", 'x'),
    ("list", 't'),
    ("file", 'f'),
    ("directory", 'C'),
    ("exclude", 'X'),
    ("owner", 'O'),
    ("group", 'G'),
    ("strip-components", 'S'),
    ("verbose", 'v'),
    ("gzip", 'z'),
    ("no-same-owner", 'o'),
    ("no-overwrite-dir", 'N'),
    ("preserve-permissions", 'p'),
    ("keep-old-files", 'k'),
    ("skip-old-files", 'k'),
];

fn options<'a>(args: &[&'a str]) -> Given<'a> {
    given::read(args, "fCXOGST", "cxtvzjJpokhmPN", LONG)
}

/// The first word may be letters without a minus: `tar xzf file`.
pub(super) fn words(args: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    if let Some(first) = words.first_mut().filter(|w| !w.starts_with('-')) {
        *first = format!("-{first}");
    }
    words
}

/// Does it read an archive?
pub(super) fn extracts(args: &[&str]) -> bool {
    let words = words(args);
    let given = options(&words.iter().map(String::as_str).collect::<Vec<_>>());
    given.has('x') || given.has('t')
}

/// The archive that it reads; none is standard input.
pub(super) fn archive(args: &[&str]) -> Option<String> {
    let words = words(args);
    let given = options(&words.iter().map(String::as_str).collect::<Vec<_>>());
    given.value('f').filter(|f| *f != "-").map(str::to_owned)
}

/// Writes an archive.
pub(super) fn create(args: &[&str], sys: &Sys<'_>) -> Acts {
    let words = words(args);
    let given = options(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let base = given.value('C').unwrap_or(".");
    let excluded: Vec<Pattern> =
        given.values('X').map(|p| Pattern::new(&p.chars().map(|c| (c, false)).collect::<Vec<_>>())).collect();
    let owner = given.value('O').and_then(|name| tree::user(name, sys).or_else(|| name.parse().ok()));
    let group = given.value('G').and_then(|name| tree::group(name, sys).or_else(|| name.parse().ok()));
    if tree::behind(base, sys) != Some(Kind::Directory) {
        let text =
            format!("tar: {base}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now");
        return Acts::fails(&text, 2);
    }
    let mut text = String::new();
    let mut missing = Vec::new();
    let inside = |name: &str| if name.starts_with('/') { name.to_owned() } else { format!("{base}/{name}") };
    for word in &given.words {
        if tree::kind(&inside(word), sys).is_none() {
            missing.push(format!("tar: {word}: Cannot stat: No such file or directory\n"));
            continue;
        }
        let root = inside(word);
        let members = tree::below(&root, sys);
        let mut left_out: Vec<String> = Vec::new();
        for path in members {
            let name = format!("{word}{}", path.strip_prefix(&root).unwrap_or(""));
            let below = left_out.iter().any(|dir| name.starts_with(&format!("{dir}/")));
            if below || excluded.iter().any(|p| p.matches(&name)) {
                left_out.push(name);
                continue;
            }
            text.push_str(&member(&path, &name, owner, group, sys));
        }
    }
    let mut acts = vec![match given.value('f').filter(|f| *f != "-") {
        Some(file) => Act::from(Call::Mark(file.into(), FileMark::Holds(text.into()))).or(format!("tar: {file}")),
        None => Act::print(text),
    }];
    let code = if missing.is_empty() { 0 } else { 2 };
    acts.extend(missing.iter().map(|m| Act::from(Call::Write(2, m.as_str().into()))));
    Acts::new(acts, code)
}

fn member(path: &str, name: &str, owner: Option<u32>, group: Option<u32>, sys: &Sys<'_>) -> String {
    let attributes = sys.files.attributes(sys.cwd, path);
    let (kind, content) = match tree::kind(path, sys) {
        Some(Kind::Directory) => ('d', Text::from("")),
        Some(Kind::Link) => ('l', sys.files.link_at(sys.cwd, path).cloned().unwrap_or_default()),
        _ => match sys.files.get(sys.cwd, path).map(|f| &f.content) {
            Some(Content::Text(text)) => ('f', text.clone()),
            _ => ('f', Text::from("")),
        },
    };
    let (uid, gid) = (owner.unwrap_or(attributes.uid), group.unwrap_or(attributes.gid));
    format!("{HEAD} {:o} {uid} {gid} {kind} {} {name}\n{content}", attributes.mode, content.len())
}

/// What an archive makes, or its names with `-t`; none if it is no archive that was made here.
pub(super) fn extract(args: &[&str], archive: &str) -> Option<(Vec<(String, FileMark)>, String)> {
    let words = words(args);
    let given = options(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let base = given.value('C').unwrap_or(".");
    let stripped = given.value('S').and_then(|n| n.parse().ok()).unwrap_or(0_usize);
    let (mut marks, mut listed) = (Vec::new(), String::new());
    let mut rest = archive;
    while !rest.is_empty() {
        let (head, after) = rest.split_once('\n')?;
        let mut fields = head.strip_prefix(HEAD)?.trim_start().splitn(6, ' ');
        let mode = u32::from_str_radix(fields.next()?, 8).ok()?;
        let (uid, gid) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let (kind, length, name) = (fields.next()?, fields.next()?.parse::<usize>().ok()?, fields.next()?);
        let content = after.get(..length)?;
        rest = after.get(length..)?;
        let directory = if kind == "d" { "/" } else { "" };
        let name = name.split('/').skip(stripped).collect::<Vec<_>>().join("/");
        if name.is_empty() {
            continue;
        }
        if given.has('t') || given.has('v') {
            listed.push_str(&format!("{name}{directory}\n"));
        }
        let path = format!("{base}/{}", name.trim_start_matches('/'));
        marks.push((
            path.clone(),
            match kind {
                "d" => FileMark::Directory,
                "l" => FileMark::Link(content.into()),
                _ => FileMark::Holds(content.into()),
            },
        ));
        if kind != "l" && !name.trim_matches(['.', '/']).is_empty() {
            marks.push((path.clone(), FileMark::Mode(mode)));
            if !given.has('o') {
                marks.push((path, FileMark::Owner(Some(uid), Some(gid))));
            }
        }
    }
    Some((if given.has('t') { Vec::new() } else { marks }, listed))
}
