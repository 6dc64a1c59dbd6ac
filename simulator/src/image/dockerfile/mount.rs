//! `RUN --mount=...`: what is checked of it. Nothing is mounted here, because nothing of `RUN` is run.
//!
//! Follows BuildKit `frontend/dockerfile/instructions/commands_runmount.go`.

use super::go;
use crate::image::suggest;

/// Types of mount.
const TYPES: &[&str] = &["bind", "cache", "secret", "ssh", "tmpfs"];
/// Ways to share a cache.
const SHARING: &[&str] = &["locked", "private", "shared"];
/// Keys of a mount.
const KEYS: &[&str] = &[
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

/// What of a mount matters for the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    kind: String,
    /// Stage or image; empty for the build context.
    pub from: String,
    /// Where it is mounted.
    pub target: String,
    has_source: bool,
    has_id: bool,
    sharing: String,
    owned: Option<&'static str>,
}

/// Substitution of one value; `None` while the instruction is only read.
pub type Expand<'a> = Option<&'a dyn Fn(&str) -> Result<String, String>>;

/// Reads one mount; the error is the builder's wording.
pub fn read(text: &str, expand: Expand) -> Result<Mount, String> {
    let mut mount = Mount { kind: "bind".into(), ..Mount::default() };
    for field in fields(text)? {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_lowercase(), value),
            None => {
                if expand.is_some() {
                    mount.flag(&field)?;
                }
                continue;
            }
        };
        match expand {
            Some(expand) => mount.set(&key, &expand(value)?, &field)?,
            None if key == "from" => {
                if value.find('$').is_some_and(|at| at + 1 != value.len()) {
                    return Err("'from' doesn't support variable expansion, define alias stage instead".into());
                }
                mount.set(&key, value, &field)?;
            }
            None => {}
        }
    }
    mount.check()?;
    Ok(mount)
}

impl Mount {
    /// The stage or image that has to be there before; a cache without one starts empty.
    pub fn source_stage(&self) -> Option<&str> {
        match (self.from.as_str(), self.kind.as_str()) {
            ("", "cache") => Some("scratch"),
            ("", _) => None,
            (from, _) => Some(from),
        }
    }

    /// What is found only when the mount is made.
    pub fn late_error(&self) -> Option<&'static str> {
        (self.kind == "ssh" && self.has_source).then_some("ssh does not support source")
    }

    /// Is it mounted as a directory that must not be the root?
    pub fn needs_target(&self) -> bool {
        !matches!(self.kind.as_str(), "secret" | "ssh")
    }

    fn flag(&mut self, field: &str) -> Result<(), String> {
        match field.to_lowercase().as_str() {
            "readonly" | "ro" | "readwrite" | "rw" => Ok(()),
            "required" => self.only_for("required", &["secret", "ssh"]),
            _ => Err(format!("invalid field '{field}' must be a key=value pair")),
        }
    }

    fn only_for(&self, key: &str, kinds: &[&str]) -> Result<(), String> {
        if kinds.contains(&self.kind.as_str()) {
            return Ok(());
        }
        Err(format!("unexpected key '{key}' for mount type '{}'", self.kind))
    }

    fn set(&mut self, key: &str, value: &str, field: &str) -> Result<(), String> {
        match key {
            "type" => self.kind = one_of("mount type", value, TYPES)?,
            "from" => self.from = value.to_string(),
            "source" | "src" => self.has_source = !value.is_empty(),
            "target" | "dst" | "destination" => self.target = value.to_string(),
            "readonly" | "ro" | "readwrite" | "rw" => boolean(key, value)?,
            "required" => {
                self.only_for(key, &["secret", "ssh"])?;
                boolean(key, value)?;
            }
            "size" => {
                self.only_for(key, &["tmpfs"])?;
                if !go::is_size(value) {
                    return Err(format!("invalid value for {key}: {value}"));
                }
            }
            "id" => self.has_id = !value.is_empty(),
            "sharing" => self.sharing = one_of("sharing value", value, SHARING)?,
            "mode" => self.owner("mode", value, 8)?,
            "uid" => self.owner("uid", value, 10)?,
            "gid" => self.owner("gid", value, 10)?,
            "env" => {}
            _ => return Err(suggested(format!("unexpected key '{key}' in '{field}'"), key, KEYS)),
        }
        Ok(())
    }

    fn owner(&mut self, key: &'static str, value: &str, radix: u32) -> Result<(), String> {
        let digits = !value.is_empty() && value.chars().all(|c| c.is_digit(radix));
        if !digits || u32::from_str_radix(value, radix).is_err() {
            return Err(format!("invalid value {value} for {key}"));
        }
        let rank = |k: &str| ["mode", "uid", "gid"].iter().position(|x| *x == k);
        if self.owned.is_none_or(|old| rank(key) < rank(old)) {
            self.owned = Some(key);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let kind = self.kind.as_str();
        if let (Some(key), "bind" | "tmpfs") = (self.owned, kind) {
            return Err(format!("{key} not allowed for {} type mounts", go::quote(kind)));
        }
        if kind == "secret" {
            let reason = if !self.from.is_empty() {
                "secret mount should not have a from"
            } else if !self.sharing.is_empty() {
                "secret mount should not define sharing"
            } else if !self.has_source && self.target.is_empty() && !self.has_id {
                "invalid secret mount. one of source, target required"
            } else if self.has_source && self.has_id {
                "both source and id can't be set"
            } else {
                return Ok(());
            };
            return Err(reason.into());
        }
        if !self.sharing.is_empty() && kind != "cache" {
            return Err(format!("invalid cache sharing set for {kind} mount"));
        }
        Ok(())
    }
}

fn one_of(what: &str, value: &str, known: &[&str]) -> Result<String, String> {
    let lower = value.to_lowercase();
    if known.contains(&lower.as_str()) {
        return Ok(lower);
    }
    Err(suggested(format!("unsupported {what} {}", go::quote(value)), value, known))
}

fn suggested(message: String, word: &str, known: &[&str]) -> String {
    match suggest::nearest(word, known) {
        Some(meant) => format!("{message} (did you mean {meant}?)"),
        None => message,
    }
}

fn boolean(key: &str, value: &str) -> Result<(), String> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(()),
        _ => Err(format!("invalid value for {key}: {value}")),
    }
}

/// Comma-separated fields of one line; a field may be in double quotes, in which two of them mean one.
fn fields(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Err("failed to parse csv mounts: EOF".into());
    }
    let wrong = |rest: &str, what: &str| {
        let column = text.len() - rest.len() + 1;
        format!("failed to parse csv mounts: parse error on line 1, column {column}: {what}")
    };
    let unclosed = "extraneous or missing \" in quoted-field";
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let (field, after) = rest.split_once(',').map_or((rest, None), |(f, a)| (f, Some(a)));
            if let Some(at) = field.find('"') {
                return Err(wrong(rest.get(at..).unwrap_or_default(), "bare \" in non-quoted-field"));
            }
            fields.push(field.to_string());
            match after {
                Some(after) => rest = after,
                None => return Ok(fields),
            }
            continue;
        };
        let mut field = String::new();
        let mut tail = quoted;
        let close = loop {
            let Some(at) = tail.find('"') else { return Err(wrong(tail, unclosed)) };
            let (before, from_quote) = tail.split_at(at);
            field.push_str(before);
            tail = from_quote.strip_prefix('"').unwrap_or_default();
            match tail.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    tail = after;
                }
                None => break from_quote,
            }
        };
        fields.push(field);
        match tail.strip_prefix(',') {
            Some(after) => rest = after,
            None if tail.is_empty() => return Ok(fields),
            None => return Err(wrong(close, unclosed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<Mount, String> {
        read(text, Some(&|v: &str| Ok(v.to_string())))
    }

    #[test]
    fn values_are_checked_only_once_they_are_substituted() {
        assert!(read("type=bund", None).is_ok());
        assert_eq!(expanded("type=bund").unwrap_err(), "unsupported mount type \"bund\" (did you mean bind?)");
    }

    #[test]
    fn a_stage_cannot_be_named_by_a_variable() {
        assert!(read("from=$X", None).is_err());
        assert_eq!(expanded("type=cache,target=/x,from=a").unwrap().from, "a");
    }

    #[test]
    fn keys_belong_to_types() {
        assert_eq!(expanded("type=bind,uid=1").unwrap_err(), "uid not allowed for \"bind\" type mounts");
        assert_eq!(expanded("type=cache,required").unwrap_err(), "unexpected key 'required' for mount type 'cache'");
        assert!(expanded("type=secret").is_err());
    }
}
