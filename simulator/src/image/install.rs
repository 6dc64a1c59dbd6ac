//! `RUN` lines that change what can be started: `chmod`, packages, downloaded inits. Everything else is not run.
//!
//! Package names are those of Debian, Alpine and Red Hat; what a package brings is a table row.

use super::bases::Program;

/// What one `RUN` line does to the image, as far as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `chmod MODE FILE...`.
    Chmod {
        /// The mode as written.
        mode: String,
        /// The files, relative to the working directory.
        files: Vec<String>,
        /// `-R`.
        deep: bool,
    },
    /// Commands that can be started from now on.
    Installed(Vec<(String, Program)>),
    /// A downloaded program at a path.
    Downloaded(String, Program),
    /// A directory was made.
    MadeDirectory(String),
    /// A command that is not run and whose effect is not known; its first word.
    NotRun(String),
}

/// Package, command that it brings, program family.
const PACKAGES: &[(&str, &[(&str, &str)])] = &[
    ("tini", &[("tini", "tini")]),
    ("dumb-init", &[("dumb-init", "dumb-init")]),
    ("catatonit", &[("catatonit", "catatonit")]),
    ("s6", S6),
    ("runit", &[("runsvdir", "runsvdir"), ("runsv", "runsv"), ("sv", "sv"), ("chpst", "chpst")]),
    ("supervisor", &[("supervisord", "supervisord")]),
    ("procps", &[("ps", "procps"), ("pkill", "procps"), ("pgrep", "procps"), ("top", "procps")]),
    ("procps-ng", &[("ps", "procps"), ("pkill", "procps"), ("pgrep", "procps"), ("top", "procps")]),
    ("psmisc", &[("killall", "psmisc"), ("pstree", "psmisc")]),
    ("gettext-base", &[("envsubst", "utility")]),
    ("gettext", &[("envsubst", "utility")]),
    ("bash", &[("bash", "bash")]),
    ("busybox", &[("busybox", "busybox")]),
    ("python", &[("python", "python")]),
    ("python3", &[("python3", "python")]),
    ("ruby", &[("ruby", "ruby")]),
    ("ruby-full", &[("ruby", "ruby")]),
    ("nodejs", &[("node", "node")]),
    ("npm", &[("npm", "npm")]),
    ("nginx", &[("nginx", "nginx")]),
    ("nginx-light", &[("nginx", "nginx")]),
    ("apache2", &[("apache2", "httpd"), ("apache2ctl", "httpd")]),
    ("httpd", &[("httpd", "httpd")]),
    ("redis", &[("redis-server", "redis")]),
    ("redis-server", &[("redis-server", "redis")]),
    ("haproxy", &[("haproxy", "haproxy")]),
    ("memcached", &[("memcached", "memcached")]),
    ("openjdk-17-jre-headless", &[("java", "java")]),
    ("default-jre-headless", &[("java", "java")]),
    ("openjdk17-jre-headless", &[("java", "java")]),
    ("gosu", &[("gosu", "gosu")]),
    ("su-exec", &[("su-exec", "su-exec")]),
    ("gunicorn", &[("gunicorn", "gunicorn")]),
    ("uvicorn", &[("uvicorn", "uvicorn")]),
    ("uwsgi", &[("uwsgi", "uwsgi")]),
    ("celery", &[("celery", "celery")]),
    ("puma", &[("puma", "puma")]),
    ("unicorn", &[("unicorn", "unicorn")]),
    ("sidekiq", &[("sidekiq", "sidekiq")]),
    ("pm2", &[("pm2", "pm2"), ("pm2-runtime", "pm2")]),
    ("nodemon", &[("nodemon", "nodemon")]),
];

const S6: &[(&str, &str)] = &[
    ("s6-svscan", "s6-svscan"),
    ("s6-supervise", "s6-supervise"),
    ("s6-svc", "s6-svc"),
    ("s6-svscanctl", "s6-svscanctl"),
    ("s6-svstat", "s6-svstat"),
    ("s6-svwait", "s6-svwait"),
    ("s6-setuidgid", "s6-setuidgid"),
];

/// Commands that install, with the words that must follow; the packages come after.
const INSTALLERS: &[(&str, &[&str])] = &[
    ("apt-get", &["install"]),
    ("apt", &["install"]),
    ("apk", &["add"]),
    ("yum", &["install"]),
    ("dnf", &["install"]),
    ("microdnf", &["install"]),
    ("pip", &["install"]),
    ("pip3", &["install"]),
    ("gem", &["install"]),
    ("npm", &["install", "i"]),
    ("yarn", &["add"]),
];

/// Programs that people download by address.
const DOWNLOADS: &[&str] = &["tini", "dumb-init", "catatonit", "gosu", "su-exec"];

/// The program whose name is in an address or a path: the part between slashes begins with it.
pub fn program_in(address: &str) -> Option<Program> {
    let mut parts = address.split('/').rev();
    parts.find_map(|part| {
        let known = DOWNLOADS.iter().find(|d| {
            part.strip_prefix(**d).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        })?;
        Some(Program { family: known.to_string(), version: String::new() })
    })
}

/// Reads the text of a shell-form `RUN`, or its words in exec form.
pub fn effects(text: &str) -> Vec<Effect> {
    commands(text).iter().filter_map(|words| effect(words)).collect()
}

/// The simple commands of a line, roughly: split at operators that are not quoted, quotes taken away.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(q) if q == c => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')') => {
                if let (Some(done), Some(last)) = (word.take(), all.last_mut()) {
                    last.push(done);
                }
                if c == '\n' || !c.is_whitespace() {
                    all.push(Vec::new());
                }
            }
            None => word.get_or_insert_default().push(c),
        }
    }
    if let (Some(done), Some(last)) = (word, all.last_mut()) {
        last.push(done);
    }
    all.retain(|words| !words.is_empty());
    all
}

fn effect(words: &[String]) -> Option<Effect> {
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|w| *w == "sudo" || w.contains('=')).collect();
    let (command, rest) = words.split_first()?;
    let name = super::path::name(command);
    match name {
        "chmod" => return chmod(rest),
        "mkdir" => {
            let directory = rest.iter().rev().find(|w| !w.starts_with('-'))?;
            return Some(Effect::MadeDirectory(directory.to_string()));
        }
        "curl" | "wget" => return Some(download(name, rest)),
        "true" | ":" | "echo" | "rm" | "set" | "chown" | "cd" | "useradd" | "adduser" | "addgroup" | "groupadd" => {
            return None;
        }
        _ => {}
    }
    let installer = INSTALLERS.iter().find(|(installer, _)| *installer == name);
    let Some((_, verbs)) = installer else { return Some(Effect::NotRun(command.to_string())) };
    let position = rest.iter().position(|w| verbs.contains(w));
    let packages = position.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    let mut programs = Vec::new();
    for package in packages {
        // `tini=0.19.0`, `gunicorn==21.2`, `pm2@5`, `uvicorn[standard]`.
        let bare = package.split(['=', '@', '<', '>', '~', '[']).next().unwrap_or_default();
        let version = package.get(bare.len()..).unwrap_or_default();
        let version = version.trim_start_matches(|c: char| !c.is_ascii_digit()).to_string();
        for (_, brings) in PACKAGES.iter().filter(|(p, _)| *p == bare) {
            programs.extend(brings.iter().map(|(command, family)| {
                (command.to_string(), Program { family: family.to_string(), version: version.clone() })
            }));
        }
    }
    if programs.is_empty() { None } else { Some(Effect::Installed(programs)) }
}

fn chmod(words: &[&str]) -> Option<Effect> {
    let is_option = |w: &&str| w.starts_with("--") || matches!(*w, "-R" | "-v" | "-f" | "-c" | "-Rv" | "-vR");
    let deep = words.iter().any(|w| *w == "--recursive" || (is_option(w) && w.contains('R')));
    let mut rest = words.iter().filter(|w| !is_option(w));
    let mode = rest.next()?.to_string();
    Some(Effect::Chmod { mode, files: rest.map(|f| f.to_string()).collect(), deep })
}

fn download(command: &str, words: &[&str]) -> Effect {
    let not_run = Effect::NotRun(command.to_string());
    let address = words.iter().find(|w| w.contains("://"));
    let Some(program) = address.and_then(|a| program_in(a)) else { return not_run };
    let target = words.iter().zip(words.iter().skip(1)).find_map(|(option, value)| {
        let short = option.starts_with('-') && !option.starts_with("--");
        let names = *option == "--output" || *option == "--output-document" || (short && option.ends_with(['o', 'O']));
        (names && !value.contains("://") && !value.starts_with('-')).then(|| value.to_string())
    });
    match target {
        Some(path) => Effect::Downloaded(path, program),
        None => not_run,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_bring_commands() {
        let found = effects("apt-get update && apt-get install -y --no-install-recommends tini=0.19.0-1 procps");
        let [Effect::Installed(programs)] = found.as_slice() else { panic!("{found:?}") };
        let names: Vec<_> = programs.iter().map(|(c, p)| (c.as_str(), p.version.as_str())).collect();
        assert_eq!(names, [("tini", "0.19.0-1"), ("ps", ""), ("pkill", ""), ("pgrep", ""), ("top", "")]);
        assert!(
            matches!(effects("apk add --no-cache dumb-init").as_slice(), [Effect::Installed(p)] if p[0].0 == "dumb-init")
        );
    }

    #[test]
    fn chmod_is_read_with_its_options() {
        let expected = Effect::Chmod { mode: "+x".into(), files: vec!["a.sh".into(), "/b".into()], deep: false };
        assert_eq!(effects("chmod +x a.sh /b"), [expected]);
        assert!(matches!(effects("chmod -R 755 bin").as_slice(), [Effect::Chmod { deep: true, .. }]));
    }

    #[test]
    fn a_downloaded_init_is_a_program_at_its_path() {
        let text = "curl -fsSL -o /usr/local/bin/dumb-init https://github.com/Yelp/dumb-init/releases/download/v1.2.5/dumb-init_1.2.5_x86_64";
        assert!(
            matches!(effects(text).as_slice(), [Effect::Downloaded(p, f)] if p == "/usr/local/bin/dumb-init" && f.family == "dumb-init")
        );
    }

    #[test]
    fn other_commands_are_named_as_not_run() {
        assert_eq!(effects("make -j4 all"), [Effect::NotRun("make".into())]);
    }
}
