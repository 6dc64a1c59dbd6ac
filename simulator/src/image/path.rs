//! Paths inside an image, as text.
//!
//! Follows Go's `path` package and BuildKit `util/system/path.go` for Linux.

/// The shortest equal path: without `.`, `..`, doubled and final slashes. An empty path is `.`.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

/// `path` seen from `directory`: an absolute path stays as it is written, a relative one is joined and cleaned.
pub fn resolve(directory: &str, path: &str) -> String {
    let parent = match directory {
        "" => "/".to_string(),
        d if d.starts_with('/') => d.to_string(),
        d => clean(&format!("/{d}")),
    };
    match path {
        "" => parent,
        p if p.starts_with('/') => p.to_string(),
        p => clean(&format!("{parent}/{p}")),
    }
}

/// The last part of a path; empty for the root.
pub fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The directory of a cleaned path; `/` for the root.
pub fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// Does `name` match the file pattern: `*` and `?` within one part, `[...]` sets, `\` quotes?
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), name.split('/').collect());
    pattern.len() == name.len() && pattern.iter().zip(&name).all(|(p, n)| part_matches(p, n))
}

/// Has the pattern a wildcard?
pub fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

fn part_matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on if the rest does not match: after the last star, one character further.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some('?'), Some(_)) => Some(1),
            (Some('['), Some(c)) => set_matches(pattern.get(p + 1..).unwrap_or_default(), *c).map(|used| used + 1),
            (Some('\\'), Some(c)) => pattern.get(p + 1).filter(|q| *q == c).map(|_| 2),
            (Some(q), Some(c)) => (q == c).then_some(1),
            _ => None,
        };
        match (step, retry) {
            (Some(used), _) => {
                p += used;
                t += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                retry = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
}

/// The characters of the set after `[` that were used, if `c` is in it.
fn set_matches(set: &[char], c: char) -> Option<usize> {
    let end = set.iter().skip(1).position(|x| *x == ']')? + 1;
    let (negated, inside) = match set.get(..end)? {
        ['^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut found = false;
    let mut at = 0;
    while let Some(low) = inside.get(at) {
        let high = inside.get(at + 2).filter(|_| inside.get(at + 1) == Some(&'-'));
        found |= (*low..=*high.unwrap_or(low)).contains(&c);
        at += if high.is_some() { 3 } else { 1 };
    }
    (found != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_paths_are_cleaned() {
        assert_eq!(resolve("/srv", "x/../y/"), "/srv/y");
        assert_eq!(resolve("/srv", "/a//b/"), "/a//b/");
        assert_eq!(resolve("", ""), "/");
        assert_eq!(clean("/../a/./b"), "/a/b");
        assert_eq!(clean("a/../.."), "..");
    }

    #[test]
    fn patterns_stay_within_one_part() {
        assert!(matches("*.sh", "a.sh"));
        assert!(!matches("*.sh", "x/a.sh"));
        assert!(matches("x/[a-c]?.*", "x/bz.txt"));
        assert!(!matches("[^a]x", "ax"));
        assert!(matches("package*.json", "package-lock.json"));
    }

    #[test]
    fn many_stars_take_no_long_time() {
        assert!(!matches(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }
}
