//! chmod(1), chown(1) and chgrp(1).

use super::super::call::{FileMark, Sys};
use super::given::{self, Given};
use super::tree::{self, Kind};
use super::work::{Work, missing_operand};
use super::{Acts, Called};

pub(super) fn change_mode(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    // A mode may begin with a minus: `chmod -x file`.
    let is_mode =
        |word: &str| word.strip_prefix('-').is_some_and(|m| !m.is_empty() && m.chars().all(|c| "rwxXst".contains(c)));
    let (modes, others): (Vec<&str>, Vec<&str>) = called.args.iter().copied().partition(|w| is_mode(w));
    let long =
        [("recursive", 'R'), ("verbose", 'v'), ("changes", 'c'), ("silent", 'f'), ("quiet", 'f'), ("reference", 'r')];
    let mut given = given::read(&others, "r", "Rfvc", &long);
    let text = match modes.first() {
        Some(mode) => *mode,
        None if given.words.is_empty() => return missing_operand(called),
        None => given.words.remove(0),
    };
    if given.words.is_empty() {
        let said = format!("chmod: missing operand after '{text}'\nTry 'chmod --help' for more information.");
        return Acts::fails(&said, 1);
    }
    if tree::mode(text, 0, false, 0).is_none() {
        let said = if called.busybox {
            format!("chmod: invalid mode '{text}'")
        } else {
            format!("chmod: invalid mode: '{text}'\nTry 'chmod --help' for more information.")
        };
        return Acts::fails(&said, 1);
    }
    let mut work = Work::new(called);
    for path in &given.words {
        let all = named(path, tree::behind(path, sys).is_some(), called, &given, sys, &mut work);
        for path in all.iter().filter(|p| tree::kind(p, sys) != Some(Kind::Link) || !given.has('R')) {
            let old = sys.files.attributes(sys.cwd, path).mode;
            let directory = tree::behind(path, sys) == Some(Kind::Directory);
            if let Some(mode) = tree::mode(text, old, directory, sys.umask) {
                let complaint = match (given.has('f'), called.busybox) {
                    (true, _) => {
                        work.quietly(path, FileMark::Mode(mode));
                        continue;
                    }
                    (false, true) => path.clone(),
                    (false, false) => format!("changing permissions of '{path}'"),
                };
                work.mark(path, FileMark::Mode(mode), complaint);
            }
        }
    }
    work.done()
}

pub(super) fn change_owner(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [
        ("recursive", 'R'),
        ("verbose", 'v'),
        ("changes", 'c'),
        ("silent", 'f'),
        ("quiet", 'f'),
        ("no-dereference", 'h'),
        ("from", 'F'),
        ("reference", 'r'),
    ];
    let mut given = given::read(&called.args, "Fr", "RfvchHLP", &long);
    let mut work = Work::new(called);
    let owner = match given.value('r') {
        Some(like) => {
            let like = sys.files.attributes(sys.cwd, like);
            Ok((Some(like.uid), Some(like.gid)))
        }
        None if given.words.len() < 2 => {
            let said = match given.words.first() {
                Some(word) => format!("missing operand after '{word}'"),
                None => "missing operand".into(),
            };
            return Acts::fails(&format!("{0}: {said}\nTry '{0} --help' for more information.", called.name), 1);
        }
        None => {
            let text = given.words.remove(0);
            let text = if called.name == "chgrp" { format!(":{text}") } else { text.to_owned() };
            tree::owner(&text, sys).map_err(|what| match called.busybox {
                true if text.contains(':') && called.name == "chown" => format!("unknown user/group {text}"),
                true => format!("unknown {what} {}", text.trim_start_matches(':')),
                false => format!("invalid {what}: '{}'", text.trim_start_matches(':')),
            })
        }
    };
    let (uid, gid) = match owner {
        Ok(owner) => owner,
        Err(said) => {
            work.says(&said);
            return work.done();
        }
    };
    let what = if called.name == "chgrp" { "group" } else { "ownership" };
    for path in &given.words {
        let all = named(path, tree::kind(path, sys).is_some(), called, &given, sys, &mut work);
        for path in &all {
            let complaint = match (given.has('f'), called.busybox) {
                (true, _) => {
                    work.quietly(path, FileMark::Owner(uid, gid));
                    continue;
                }
                (false, true) => path.clone(),
                (false, false) => format!("changing {what} of '{path}'"),
            };
            work.mark(path, FileMark::Owner(uid, gid), complaint);
        }
    }
    work.done()
}

/// What an operand stands for: itself, or with `-R` all below it. Nothing if it is not there, which is said.
fn named(
    path: &str,
    is_there: bool,
    called: &Called<'_>,
    given: &Given<'_>,
    sys: &Sys<'_>,
    work: &mut Work,
) -> Vec<String> {
    if is_there {
        return if given.has('R') { tree::below(path, sys) } else { vec![path.to_owned()] };
    }
    match (given.has('f'), called.busybox) {
        (true, _) => work.code = 1,
        (false, true) => work.says(&format!("{path}: {}", tree::why_missing(path, sys))),
        (false, false) => work.fails("access", path, tree::why_missing(path, sys)),
    }
    Vec::new()
}
