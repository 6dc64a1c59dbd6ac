//! Image and pod together become the argv of PID 1.
//!
//! Follows containerd `internal/cri/opts/spec_opts.go` (`WithProcessArgs`) and the kubelet's
//! `pkg/kubelet/container/helpers.go` (`ExpandContainerCommandAndArgs`) with
//! `third_party/forked/golang/expansion/expand.go`.

use super::config::Config;
use crate::base::limits::EXPANSION_BYTES;

/// What a container of a pod says about its command line; an empty list is the same as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `command`: replaces the entrypoint, and drops the image's command.
    pub command: Vec<String>,
    /// `args`: replaces the image's command.
    pub args: Vec<String>,
    /// `env`, values already expanded (see `expand_env`).
    pub env: Vec<(String, String)>,
}

/// The runtime's word for an image and a pod that name no command; the container stays in `CreateContainerError`.
pub const NO_COMMAND: &str = "no command specified";

/// The argv of PID 1, or the runtime's error.
pub fn argv(config: &Config, pod: &Overrides) -> Result<Vec<String>, &'static str> {
    let lookup = |name: &str| pod.env.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let expanded = |words: &[String]| -> Vec<String> { words.iter().map(|w| expand(w, &lookup)).collect() };
    let (mut command, mut args) = (expanded(&pod.command), expanded(&pod.args));
    if command.is_empty() {
        if args.is_empty() {
            args = config.cmd.clone();
        }
        // Images that clear their entrypoint with [""] are taken at their word.
        if config.entrypoint.as_slice() != [""] {
            command = config.entrypoint.clone();
        }
    }
    command.append(&mut args);
    if command.is_empty() { Err(NO_COMMAND) } else { Ok(command) }
}

/// `$(NAME)` becomes the variable's value; a name that `lookup` does not know stays as it is; `$$` is one `$`.
/// Nothing is expanded beyond `EXPANSION_BYTES`.
pub fn expand<'a>(text: &str, lookup: &dyn Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if out.len() > EXPANSION_BYTES {
            return out;
        }
        let closed = after.strip_prefix('(').and_then(|inside| inside.split_once(')'));
        if let Some((name, tail)) = closed {
            match lookup(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = tail;
        } else if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else {
            // An open parenthesis without its end, another character, or the end: the dollar stays.
            out.push('$');
            rest = after;
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                out.push(c);
                rest = chars.as_str();
            }
        }
    }
    out + rest
}

/// A container's `env` with each value expanded by those before it (kubelet `makeEnvironmentVariables`).
pub fn expand_env(env: &[(String, String)]) -> Vec<(String, String)> {
    let mut done: Vec<(String, String)> = Vec::new();
    for (name, value) in env {
        let lookup = |n: &str| done.iter().rev().find(|(known, _)| known == n).map(|(_, v)| v.as_str());
        let value = expand(value, &lookup);
        done.push((name.clone(), value));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| s.to_string()).collect()
    }

    fn image(entrypoint: &[&str], cmd: &[&str]) -> Config {
        Config { entrypoint: words(entrypoint), cmd: words(cmd), ..Config::default() }
    }

    #[test]
    fn command_drops_the_images_command_and_args_replace_it() {
        let image = image(&["/app"], &["--port", "80"]);
        let with = |command: &[&str], args: &[&str]| {
            argv(&image, &Overrides { command: words(command), args: words(args), env: vec![] }).unwrap()
        };
        assert_eq!(with(&[], &[]), ["/app", "--port", "80"]);
        assert_eq!(with(&["/other"], &[]), ["/other"]);
        assert_eq!(with(&[], &["x"]), ["/app", "x"]);
    }

    #[test]
    fn an_entrypoint_of_one_empty_word_is_none() {
        assert_eq!(argv(&image(&[""], &["sleep"]), &Overrides::default()), Ok(words(&["sleep"])));
        assert_eq!(argv(&image(&[], &[]), &Overrides::default()), Err(NO_COMMAND));
    }

    #[test]
    fn only_dollar_parentheses_are_expanded() {
        let lookup = |n: &str| (n == "A").then_some("1");
        for (text, out) in [
            ("$(A)-$(B)-$A", "1-$(B)-$A"),
            ("$$(A)", "$(A)"),
            ("$$$(A)", "$1"),
            ("$(A", "$(A"),
            ("x$", "x$"),
            ("$(x$(A)", "$(x$(A)"),
        ] {
            assert_eq!(expand(text, &lookup), out, "{text}");
        }
    }

    #[test]
    fn env_values_see_the_values_before_them() {
        let env = [("A", "1"), ("B", "$(A)$(C)"), ("C", "2")].map(|(n, v)| (n.to_string(), v.to_string()));
        assert_eq!(expand_env(&env)[1].1, "1$(C)");
    }
}
