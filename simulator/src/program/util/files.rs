//! Utilities that change files: rm, mkdir, mkfifo, rmdir, touch, ln, cp, mv, install, mktemp; chmod and chown are in `owners`.
//!
//! GNU coreutils' words, and BusyBox's where its applets run.

use super::super::call::{Call, FileMark, Sys};
use super::given::{self, Given};
use super::tree::{self, Kind};
use super::work::{NO_PERMISSION, Work, missing_operand};
use super::{Act, Acts, Called, owners};
use crate::base::Text;
use crate::base::errno::Errno;

/// The utility of this name.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    Some(match called.name {
        "rm" | "unlink" => remove(called, sys),
        "rmdir" => remove_directories(called, sys),
        "mkdir" => make_directories(called, sys),
        "mkfifo" => make_pipes(called),
        "touch" => touch(called),
        "chmod" => owners::change_mode(called, sys),
        "chown" | "chgrp" => owners::change_owner(called, sys),
        "ln" => link(called, sys),
        "cp" | "mv" => copy(called, sys),
        "install" => install(called, sys),
        "mktemp" => make_temporary(called, sys),
        _ => return None,
    })
}

fn remove(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [("recursive", 'r'), ("force", 'f'), ("verbose", 'v'), ("no-preserve-root", 'N'), ("dir", 'd')];
    let given = given::read(&called.args, "", "rRfvidI", &long);
    let recursive = given.has('r') || given.has('R');
    if given.words.is_empty() && !given.has('f') {
        return missing_operand(called);
    }
    let mut work = Work::new(called);
    for path in &given.words {
        match tree::kind(path, sys) {
            None if given.has('f') => {}
            None => work.fails("remove", path, tree::why_missing(path, sys)),
            Some(Kind::Directory) if !recursive => {
                let empty = given.has('d') && tree::is_empty(path, sys);
                match empty {
                    true => work.acts.push(Act::from(Call::Unlink((*path).into()))),
                    false if called.busybox => work.says(&format!("'{path}' is a directory")),
                    false => work.fails("remove", path, "Is a directory"),
                }
            }
            Some(_) => {
                let mut kept = String::new();
                for inside in tree::below(path, sys).iter().rev() {
                    if kept.starts_with(&format!("{inside}/")) {
                        continue;
                    }
                    if tree::refuses_naming(inside, sys) {
                        work.fails("remove", inside, NO_PERMISSION);
                        kept.clone_from(inside);
                        continue;
                    }
                    work.acts.push(Act::from(Call::Unlink(inside.as_str().into())));
                    if given.has('v') {
                        let what = if tree::kind(inside, sys) == Some(Kind::Directory) { "directory " } else { "" };
                        work.print(&format!("removed {what}'{inside}'"));
                    }
                }
            }
        }
    }
    work.done()
}

fn remove_directories(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let given = given::read(&called.args, "", "pv", &[("ignore-fail-on-non-empty", 'i')]);
    let mut work = Work::new(called);
    for path in &given.words {
        let why = match tree::kind(path, sys) {
            None => tree::why_missing(path, sys),
            Some(Kind::Directory) if tree::is_empty(path, sys) => {
                work.acts.push(Act::from(Call::Unlink((*path).into())));
                continue;
            }
            Some(Kind::Directory) if given.has('i') => continue,
            Some(Kind::Directory) => "Directory not empty",
            Some(_) => "Not a directory",
        };
        let what =
            if called.busybox { format!("'{path}': {why}") } else { format!("failed to remove '{path}': {why}") };
        work.says(&what);
    }
    work.done()
}

fn make_directories(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let given = given::read(&called.args, "m", "pvZ", &[("parents", 'p'), ("mode", 'm'), ("verbose", 'v')]);
    if given.words.is_empty() {
        return missing_operand(called);
    }
    let mut work = Work::new(called);
    'paths: for path in &given.words {
        if path.is_empty() {
            work.fails("create directory", path, tree::why_missing(path, sys));
            continue;
        }
        let is_there = tree::behind(path, sys);
        if given.has('p') {
            match is_there {
                Some(Kind::Directory) => continue,
                Some(_) => {
                    work.fails("create directory", path, "File exists");
                    continue;
                }
                None => {}
            }
            let whole = path.trim_end_matches('/');
            let slashes = whole.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
            for part in slashes.filter_map(|end| path.get(..end)) {
                match tree::behind(part, sys) {
                    None if tree::refuses_naming(part, sys) => {
                        let slash = if called.busybox { "/" } else { "" };
                        work.fails("create directory", &format!("{part}{slash}"), NO_PERMISSION);
                        continue 'paths;
                    }
                    None => work.quietly(part, FileMark::Directory),
                    Some(Kind::Directory) => {}
                    Some(_) => {
                        let at = if called.busybox { path } else { part };
                        work.fails("create directory", at, "Not a directory");
                        continue 'paths;
                    }
                }
            }
        } else if let Some((parent, _)) = path.trim_end_matches('/').rsplit_once('/')
            && !parent.is_empty()
            && tree::behind(parent, sys).is_none()
        {
            work.fails("create directory", path, tree::why_missing(path, sys));
            continue;
        }
        if is_there.is_none() && tree::refuses_naming(path, sys) {
            work.fails("create directory", path, NO_PERMISSION);
            continue;
        }
        let can = if called.busybox { "can't" } else { "cannot" };
        work.mark(path, FileMark::Directory, format!("{can} create directory '{path}'"));
        if let Some(mode) = given.value('m').and_then(|m| tree::mode(m, 0o777, true, 0)) {
            work.quietly(path, FileMark::Mode(mode));
        }
        if given.has('v') {
            work.print(&format!("mkdir: created directory '{path}'"));
        }
    }
    work.done()
}

fn make_pipes(called: &Called<'_>) -> Acts {
    let given = given::read(&called.args, "m", "Z", &[("mode", 'm')]);
    if given.words.is_empty() {
        return missing_operand(called);
    }
    let mut work = Work::new(called);
    for path in &given.words {
        let complaint = if called.busybox { (*path).to_owned() } else { format!("cannot create fifo '{path}'") };
        work.mark(path, FileMark::Fifo, complaint);
        if let Some(mode) = given.value('m').and_then(|m| tree::mode(m, 0o666, false, 0)) {
            work.quietly(path, FileMark::Mode(mode));
        }
    }
    work.done()
}

fn touch(called: &Called<'_>) -> Acts {
    let long = [("no-create", 'c'), ("date", 'd'), ("reference", 'r')];
    let given = given::read(&called.args, "drt", "camfh", &long);
    if given.words.is_empty() {
        return Acts::fails("touch: missing file operand\nTry 'touch --help' for more information.", 1);
    }
    let mut work = Work::new(called);
    for path in given.words.iter().filter(|_| !given.has('c')) {
        let complaint = if called.busybox { (*path).to_owned() } else { format!("cannot touch '{path}'") };
        work.mark(path, FileMark::Touch, complaint);
    }
    work.done()
}

/// Where something lands: below the last word if that is a directory.
fn targets<'a>(given: &Given<'a>, into: bool, sys: &Sys<'_>) -> Vec<(&'a str, String)> {
    let (sources, to): (&[&'a str], &str) = match (given.value('t'), given.words.split_last()) {
        (Some(to), _) => (&given.words, to),
        (None, Some((to, sources))) => (sources, to),
        (None, None) => return Vec::new(),
    };
    let is_directory = into && tree::behind(to, sys) == Some(Kind::Directory);
    let place = |source: &str| {
        let name = super::base_name(source.trim_end_matches('/'));
        let name = if name == "." { "" } else { name };
        if is_directory { format!("{}/{name}", to.trim_end_matches('/')) } else { to.to_owned() }
    };
    sources.iter().map(|source| (*source, place(source))).collect()
}

fn link(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [("symbolic", 's'), ("force", 'f'), ("no-dereference", 'n'), ("verbose", 'v'), ("relative", 'r')];
    let mut given = given::read(&called.args, "t", "sfnvrTib", &long);
    if given.words.len() == 1 && given.value('t').is_none() {
        given.words.push(".");
    }
    let onto_link = given.has('n') && given.words.last().is_some_and(|to| tree::kind(to, sys) == Some(Kind::Link));
    let mut work = Work::new(called);
    for (source, to) in targets(&given, !given.has('T') && !onto_link, sys) {
        if given.has('f') && tree::kind(&to, sys).is_some() {
            work.acts.push(Act::from(Call::Unlink(to.as_str().into())));
        } else if tree::kind(&to, sys).is_some() {
            let kind = if given.has('s') { "symbolic " } else { "hard " };
            match called.busybox {
                true => work.says(&format!("{to}: File exists")),
                false => work.says(&format!("failed to create {kind}link '{to}': File exists")),
            }
            continue;
        }
        let mark = if given.has('s') { FileMark::Link(source.into()) } else { FileMark::Copied(to.as_str().into()) };
        let at = if given.has('s') { to.as_str() } else { source };
        let complaint = if called.busybox { to.clone() } else { format!("failed to create symbolic link '{to}'") };
        work.mark(at, mark, complaint);
    }
    work.done()
}

fn copy(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [
        ("recursive", 'r'),
        ("archive", 'a'),
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("update", 'u'),
        ("verbose", 'v'),
        ("preserve", 'p'),
        ("target-directory", 't'),
        ("no-target-directory", 'T'),
    ];
    let given = given::read(&called.args, "tS", "rRafnuvpPLHdTxilsb", &long);
    let moves = called.name == "mv";
    let mut work = Work::new(called);
    if given.words.len() < 2 && given.value('t').is_none() {
        let said = match given.words.first() {
            Some(word) => format!("missing destination file operand after '{word}'"),
            None => "missing file operand".into(),
        };
        return Acts::fails(&format!("{0}: {said}\nTry '{0} --help' for more information.", called.name), 1);
    }
    for (source, to) in targets(&given, !given.has('T'), sys) {
        let recursive = moves || ['r', 'R', 'a'].iter().any(|c| given.has(*c));
        match tree::behind(source, sys).or_else(|| tree::kind(source, sys)) {
            None if moves && called.busybox => work.fails("rename", source, tree::why_missing(source, sys)),
            None => work.fails("stat", source, tree::why_missing(source, sys)),
            Some(Kind::Directory) if !recursive && called.busybox => {
                work.says(&format!("omitting directory '{source}'"))
            }
            Some(Kind::Directory) if !recursive => {
                work.says(&format!("-r not specified; omitting directory '{source}'"));
            }
            Some(_) if to.ends_with('/') && tree::behind(&to, sys) != Some(Kind::Directory) && !recursive => {
                match called.busybox {
                    true => work.says(&format!("can't create '{to}': Is a directory")),
                    false => work.says(&format!("cannot create regular file '{to}': Not a directory")),
                }
            }
            Some(_) if given.has('n') && tree::behind(&to, sys).is_some() && !recursive => {}
            Some(_) if sys.files.missing(sys.cwd, &to) == Errno::Enotdir => {
                work.fails("stat", &to, Errno::Enotdir.text());
            }
            Some(_) if moves => {
                let gnu = format!("cannot move '{source}' to '{to}'");
                let complaint = if called.busybox { format!("can't rename '{source}'") } else { gnu };
                work.mark(source, FileMark::Moved(to.as_str().into()), complaint);
                if given.has('v') {
                    work.print(&format!("renamed '{source}' -> '{to}'"));
                }
            }
            Some(_) => copy_one(&mut work, &given, source, &to, sys),
        }
    }
    work.done()
}

fn copy_one(work: &mut Work<'_>, given: &Given<'_>, source: &str, to: &str, sys: &Sys<'_>) {
    let recursive = ['r', 'R', 'a'].iter().any(|c| given.has(*c));
    let all = if recursive { tree::below(source, sys) } else { vec![source.to_owned()] };
    for path in all {
        let inside = path.strip_prefix(source).unwrap_or("").trim_start_matches('/');
        let to = if inside.is_empty() { to.to_owned() } else { format!("{}/{inside}", to.trim_end_matches('/')) };
        let there = tree::behind(&to, sys);
        if there.is_some() && given.has('n') {
            continue;
        }
        if let Some(target) = sys.files.link_at(sys.cwd, &path).filter(|_| recursive) {
            work.quietly(&to, FileMark::Link(target.clone()));
            continue;
        }
        let attributes = sys.files.attributes(sys.cwd, &path);
        if tree::kind(&path, sys) == Some(Kind::Directory) {
            if there.is_none() {
                work.quietly(&to, FileMark::Directory);
            }
        } else if let Some(errno) = tree::unreadable(&path, sys) {
            match work.called.busybox {
                true => work.fails("open", &path, errno.text()),
                false => work.says(&format!("cannot open '{path}' for reading: {errno}")),
            }
        } else {
            let can = if work.called.busybox { "can't create" } else { "cannot create regular file" };
            work.mark(&path, FileMark::Copied(to.as_str().into()), format!("{can} '{to}'"));
        }
        if given.has('a') || given.has('p') {
            work.quietly(&to, FileMark::Owner(Some(attributes.uid), Some(attributes.gid)));
            work.quietly(&to, FileMark::Mode(attributes.mode));
        }
        if given.has('v') {
            work.print(&format!("'{path}' -> '{to}'"));
        }
    }
}

fn install(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [
        ("directory", 'd'),
        ("mode", 'm'),
        ("owner", 'o'),
        ("group", 'g'),
        ("verbose", 'v'),
        ("target-directory", 't'),
    ];
    let given = given::read(&called.args, "mogtS", "dDvcspTC", &long);
    let mut work = Work::new(called);
    let owner = format!("{}:{}", given.value('o').unwrap_or(""), given.value('g').unwrap_or(""));
    let (uid, gid) = match tree::owner(owner.trim_end_matches(':'), sys) {
        Ok(owner) => owner,
        Err(what) => {
            let name = given.value(if what == "user" { 'o' } else { 'g' }).unwrap_or("");
            work.says(&format!("invalid {what}: '{name}'"));
            return work.done();
        }
    };
    let mode = given.value('m').and_then(|m| tree::mode(m, 0o755, false, 0)).unwrap_or(0o755);
    let made: Vec<(Option<&str>, String)> = match given.has('d') {
        true => given.words.iter().map(|word| (None, (*word).to_owned())).collect(),
        false => targets(&given, !given.has('T'), sys).into_iter().map(|(source, to)| (Some(source), to)).collect(),
    };
    for (source, to) in made {
        let parents = to.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0).filter_map(|end| to.get(..end));
        for part in parents.filter(|part| (given.has('d') || given.has('D')) && tree::behind(part, sys).is_none()) {
            work.quietly(part, FileMark::Directory);
        }
        match source {
            None if tree::behind(&to, sys).is_none() => work.quietly(&to, FileMark::Directory),
            None => {}
            Some(source) if tree::behind(source, sys).is_none() => {
                work.fails("stat", source, tree::why_missing(source, sys));
                continue;
            }
            Some(source) => {
                let complaint = format!("cannot create regular file '{to}'");
                work.mark(source, FileMark::Copied(to.as_str().into()), complaint);
            }
        }
        work.quietly(&to, FileMark::Mode(mode));
        if uid.is_some() || gid.is_some() {
            work.mark(&to, FileMark::Owner(uid, gid), format!("cannot change ownership of '{to}'"));
        }
    }
    work.done()
}

/// mktemp(1): the same letters in every run.
fn make_temporary(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [("directory", 'd'), ("tmpdir", 'p'), ("suffix", 's'), ("dry-run", 'u'), ("quiet", 'q')];
    let given = given::read(&called.args, "ps", "duqt", &long);
    let template = given.words.first().copied().unwrap_or("tmp.XXXXXXXXXX");
    let run = template.chars().rev().skip_while(|c| *c != 'X').take_while(|c| *c == 'X').count();
    let in_tmp = given.words.is_empty() || given.has('t') || given.has('p');
    let directory = given.value('p').filter(|p| !p.is_empty()).unwrap_or("/tmp");
    let path = |turn: usize| {
        let letters: String = "9fJq2hLx0aRt7Zk3".chars().cycle().skip(turn).take(run).collect();
        let name = template.replacen(&"X".repeat(run.max(1)), &letters, 1);
        let path = if in_tmp { format!("{directory}/{name}") } else { name };
        path + given.value('s').unwrap_or("")
    };
    let path = (0..16).map(path).find(|path| tree::kind(path, sys).is_none()).unwrap_or_else(|| path(0));
    let (mark, mode) = if given.has('d') { (FileMark::Directory, 0o700) } else { (FileMark::Touch, 0o600) };
    let at = Text::from(path.as_str());
    let what = if given.has('d') { "directory" } else { "file" };
    let complaint = format!("mktemp: failed to create {what} via template '{template}'");
    let acts = vec![
        Act::from(Call::Mark(at.clone(), mark)).or(complaint),
        Act::from(Call::Mark(at, FileMark::Mode(mode))),
        Act::print(format!("{path}\n")),
    ];
    Acts::new(acts, 0)
}
