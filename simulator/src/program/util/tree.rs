//! What utilities see of the files: names below a directory, kinds, owners by name.

use super::super::call::Sys;
use crate::base::Text;
use crate::base::errno::Errno;
use crate::kernel::fs::{Content, normal};
use std::collections::BTreeSet;

/// useradd(8) `-r` and adduser of Alpine count down from here.
pub(super) const FIRST_SERVICE_USER: u32 = 999;

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    Device,
}

/// What is at this path, a link itself; none if nothing is.
pub(super) fn kind(path: &str, sys: &Sys<'_>) -> Option<Kind> {
    if sys.files.link_at(sys.cwd, path).is_some() {
        return Some(Kind::Link);
    }
    behind(path, sys)
}

/// What is at this path, behind links.
pub(super) fn behind(path: &str, sys: &Sys<'_>) -> Option<Kind> {
    match sys.files.get(sys.cwd, path).map(|f| &f.content) {
        Some(Content::Directory) => Some(Kind::Directory),
        Some(Content::Null | Content::Fifo) => Some(Kind::Device),
        Some(Content::Text(_) | Content::Binary(_)) => Some(Kind::File),
        None if super::process_files(path, sys) => Some(Kind::Device),
        None => sys.files.is_directory(sys.cwd, path).then_some(Kind::Directory),
    }
}

/// What is said of a path where nothing is.
pub(super) fn why_missing(path: &str, sys: &Sys<'_>) -> &'static str {
    sys.files.missing(sys.cwd, path).text()
}

/// Why this process cannot open what is at this path to read it; none if it can.
pub(super) fn unreadable(path: &str, sys: &Sys<'_>) -> Option<Errno> {
    let uid = sys.seen.task(sys.task).map_or(0, |t| t.uid);
    sys.files.unreadable(uid, sys.cwd, path)
}

/// May this process not make or remove a name at this path?
pub(super) fn refuses_naming(path: &str, sys: &Sys<'_>) -> bool {
    let uid = sys.seen.task(sys.task).map_or(0, |t| t.uid);
    !sys.files.permits_naming(uid, sys.cwd, path)
}

/// The names in a directory, sorted.
pub(super) fn names(directory: &str, sys: &Sys<'_>) -> BTreeSet<String> {
    let root = sys.files.follow(normal(sys.cwd, directory));
    let prefix = format!("{}/", root.trim_end_matches('/'));
    let all = sys.files.iter().map(|(path, _)| path).chain(sys.files.links().map(|(path, _)| path));
    let inside = all.filter_map(|path| path.strip_prefix(&prefix)?.split('/').next());
    inside.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A path and all below it, as they are named from it, directories first.
pub(super) fn below(path: &str, sys: &Sys<'_>) -> Vec<String> {
    let mut all = vec![path.to_owned()];
    let mut at = 0;
    // Depth first, in order: what is found is put in behind its directory.
    while let Some(path) = all.get(at).cloned() {
        at += 1;
        if kind(&path, sys) == Some(Kind::Directory) {
            let head = if path.ends_with('/') { path } else { format!("{path}/") };
            let inside: Vec<String> = names(&head, sys).into_iter().map(|name| format!("{head}{name}")).collect();
            all.splice(at..at, inside);
        }
        if all.len() > crate::base::limits::IMAGE_FILES * 4 {
            break;
        }
    }
    all
}

/// Is nothing in this directory, or in this file?
pub(super) fn is_empty(path: &str, sys: &Sys<'_>) -> bool {
    match kind(path, sys) {
        Some(Kind::Directory) => names(path, sys).is_empty(),
        Some(Kind::File) => size(path, sys) == 0,
        _ => false,
    }
}

pub(super) fn size(path: &str, sys: &Sys<'_>) -> usize {
    match sys.files.get(sys.cwd, path).map(|f| &f.content) {
        Some(Content::Text(text)) => text.len(),
        Some(Content::Directory) => 4_096,
        _ => 0,
    }
}

/// A row of /etc/passwd or /etc/group by one of its columns.
fn row(file: &str, column: usize, value: &str, sys: &Sys<'_>) -> Option<Vec<String>> {
    let Some(Content::Text(text)) = sys.files.get("/", file).map(|f| &f.content) else { return None };
    let rows = text.lines().map(|line| line.split(':').map(str::to_owned).collect::<Vec<String>>());
    rows.into_iter().find(|row| row.get(column).is_some_and(|v| v == value))
}

fn has(file: &str, sys: &Sys<'_>) -> bool {
    sys.files.get("/", file).is_some()
}

/// The number of a user: as /etc/passwd says; without that file those that distributions give. None: there is no such user.
pub(super) fn user(name: &str, sys: &Sys<'_>) -> Option<u32> {
    let known = row("/etc/passwd", 0, name, sys).and_then(|row| row.get(2)?.parse().ok());
    known.or_else(|| usual(name, has("/etc/passwd", sys)))
}

/// The number of a group, likewise.
pub(super) fn group(name: &str, sys: &Sys<'_>) -> Option<u32> {
    let known = row("/etc/group", 0, name, sys).and_then(|row| row.get(2)?.parse().ok());
    known.or_else(|| usual(name, has("/etc/group", sys)))
}

fn usual(name: &str, complete: bool) -> Option<u32> {
    match name {
        "root" => Some(0),
        "nobody" | "nogroup" => Some(65_534),
        _ => (!complete).then_some(FIRST_SERVICE_USER),
    }
}

/// The first group of a user.
pub(super) fn group_of(uid: u32, sys: &Sys<'_>) -> u32 {
    row("/etc/passwd", 2, &uid.to_string(), sys).and_then(|row| row.get(3)?.parse().ok()).unwrap_or(uid)
}

/// The name of a user; none if the number has none.
pub(super) fn user_name(uid: u32, sys: &Sys<'_>) -> Option<String> {
    let known = row("/etc/passwd", 2, &uid.to_string(), sys).and_then(|row| row.into_iter().next());
    known.or_else(|| (uid == 0).then(|| "root".to_owned()))
}

pub(super) fn group_name(gid: u32, sys: &Sys<'_>) -> Option<String> {
    let known = row("/etc/group", 2, &gid.to_string(), sys).and_then(|row| row.into_iter().next());
    known.or_else(|| (gid == 0).then(|| "root".to_owned()))
}

/// The line of /etc/passwd or /etc/group with this name or number.
pub(super) fn line(file: &str, key: &str, sys: &Sys<'_>) -> Option<String> {
    let found = row(file, 0, key, sys).or_else(|| row(file, 2, key, sys));
    found.map(|row| row.join(":"))
}

/// The owner of what `user:group`, `user`, `:group`, `user:` say.
pub(super) fn owner(text: &str, sys: &Sys<'_>) -> Result<(Option<u32>, Option<u32>), String> {
    let (user_text, group_text) = match text.split_once([':', '.']) {
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    let read = |text: &str, find: fn(&str, &Sys<'_>) -> Option<u32>| text.parse().ok().or_else(|| find(text, sys));
    let uid = match user_text {
        "" => None,
        name => Some(read(name, user).ok_or_else(|| "user".to_owned())?),
    };
    let gid = match group_text {
        None => None,
        Some("") => uid.map(|uid| group_of(uid, sys)),
        Some(name) => Some(read(name, group).ok_or_else(|| "group".to_owned())?),
    };
    Ok((uid, gid))
}

/// chmod(1): octal, or `u+x,go-w`; `None` if it is neither.
pub(super) fn mode(text: &str, old: u32, directory: bool, umask: u32) -> Option<u32> {
    if text.bytes().all(|b| (b'0'..=b'7').contains(&b)) && !text.is_empty() {
        return u32::from_str_radix(text, 8).ok();
    }
    let mut mode = old;
    for clause in text.split(',') {
        let end = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at_checked(end)?;
        let spread = |bits: u32| {
            let one = |letter: char, shift: u32| {
                if who.contains(letter) || who.contains('a') || who.is_empty() { bits << shift } else { 0 }
            };
            let all = one('u', 6) | one('g', 3) | one('o', 0);
            if who.is_empty() { all & !umask } else { all }
        };
        let mut rest = rest.chars().peekable();
        while let Some(operator) = rest.next() {
            let mut bits = 0;
            let mut special = 0;
            while let Some(letter) = rest.next_if(|c| !matches!(c, '+' | '-' | '=')) {
                match letter {
                    'r' => bits |= 4,
                    'w' => bits |= 2,
                    'x' => bits |= 1,
                    'X' => bits |= u32::from(directory || mode & 0o111 != 0),
                    's' => {
                        special |= if who.contains('u') || who.is_empty() { 0o4000 } else { 0 };
                        special |= if who.contains('g') || who.is_empty() { 0o2000 } else { 0 };
                    }
                    't' => special |= 0o1000,
                    'u' => bits |= mode >> 6 & 7,
                    'g' => bits |= mode >> 3 & 7,
                    'o' => bits |= mode & 7,
                    _ => return None,
                }
            }
            let change = spread(bits) | special;
            mode = match operator {
                '+' => mode | change,
                '-' => mode & !change,
                _ => mode & !spread(7) | change,
            };
        }
    }
    Some(mode)
}

/// `-rw-r--r--`
pub(super) fn letters(mode: u32, kind: Kind) -> String {
    let first = match kind {
        Kind::File => '-',
        Kind::Directory => 'd',
        Kind::Link => 'l',
        Kind::Device => 'c',
    };
    let mut text = String::from(first);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift & 7;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// The absolute path behind all links.
pub(super) fn real(path: &str, sys: &Sys<'_>) -> Text {
    sys.files.follow(normal(sys.cwd, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_chmod_reads_them() {
        assert_eq!(mode("750", 0o644, false, 0o022), Some(0o750));
        assert_eq!(mode("+x", 0o644, false, 0o022), Some(0o755));
        assert_eq!(mode("u=rwx,go=", 0o644, false, 0o022), Some(0o700));
        assert_eq!(mode("g+w,o-r", 0o644, false, 0o022), Some(0o660));
        assert_eq!(mode("a+rX", 0o600, true, 0), Some(0o755));
        assert_eq!(mode("nonsense", 0o600, true, 0), None);
        assert_eq!(letters(0o1777, Kind::Directory), "drwxrwxrwt");
    }
}
