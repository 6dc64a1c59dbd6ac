//! The flags of an instruction, checked against those that it knows.
//!
//! Follows BuildKit `frontend/dockerfile/instructions/bflag.go`.

use crate::image::error::BuildError;
use crate::image::suggest;

/// What kind of value a flag has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `--name` or `--name=true`.
    Bool,
    /// `--name=value`, once.
    Text,
    /// `--name=value`, any number of times.
    Texts,
}

/// The flags of one instruction by name, in order; a flag that was not given is not in it.
#[derive(Clone, Debug, Default)]
pub struct Flags(Vec<(&'static str, String)>);

impl Flags {
    /// Reads the flags of an instruction that knows `known`.
    pub fn read(given: &[String], known: &[(&'static str, Kind)]) -> Result<Flags, BuildError> {
        let mut flags = Flags::default();
        for flag in given {
            flags.add(flag, known)?;
        }
        Ok(flags)
    }

    fn add(&mut self, flag: &str, known: &[(&'static str, Kind)]) -> Result<(), BuildError> {
        let Some(bare) = flag.strip_prefix("--") else {
            return Err(BuildError::new(format!("arg should start with -- : {flag}")));
        };
        let (name, value) = match bare.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (bare, None),
        };
        let Some((known_name, kind)) = known.iter().find(|(k, _)| *k == name) else {
            let names: Vec<&str> = known.iter().map(|(k, _)| *k).collect();
            let mut error = BuildError::new(format!("unknown flag: --{name}"));
            if let Some(meant) = suggest::nearest(name, &names) {
                error.kind = format!("{} (did you mean {meant}?)", error.kind);
                error = error.with_help(format!("did you mean --{meant}?"));
            }
            return Err(error);
        };
        if *kind != Kind::Texts && self.0.iter().any(|(n, _)| n == known_name) {
            return Err(BuildError::new(format!("duplicate flag specified: --{name}")));
        }
        let missing = || BuildError::new(format!("missing a value on flag: --{name}"));
        let value = match (kind, value) {
            (Kind::Bool, Some("")) | (Kind::Text | Kind::Texts, None) => return Err(missing()),
            (Kind::Bool, None) => "true".to_string(),
            (Kind::Bool, Some(value)) => match value.to_lowercase().as_str() {
                lower @ ("true" | "false") => lower.to_string(),
                _ => {
                    let kind = format!("expecting boolean value for flag --{name}, not: {value}");
                    return Err(BuildError::new(kind));
                }
            },
            (Kind::Text | Kind::Texts, Some(value)) => value.to_string(),
        };
        self.0.push((known_name, value));
        Ok(())
    }

    /// The value of a flag, or nothing.
    pub fn text(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }

    /// All values of a flag.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.clone()).collect()
    }

    /// Is the flag given, and given as true?
    pub fn is_set(&self, name: &str) -> bool {
        self.text(name) == "true"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &[&str]) -> Result<Flags, String> {
        let known = [("from", Kind::Text), ("link", Kind::Bool), ("exclude", Kind::Texts)];
        let given: Vec<String> = flags.iter().map(|s| s.to_string()).collect();
        Flags::read(&given, &known).map_err(|e| e.kind)
    }

    #[test]
    fn flags_are_read_by_kind() {
        let f = read(&["--from=a", "--link", "--exclude=x", "--exclude=y"]).unwrap();
        assert_eq!((f.text("from"), f.is_set("link"), f.texts("exclude").len()), ("a".into(), true, 2));
    }

    #[test]
    fn wrong_flags_are_named_as_the_builder_names_them() {
        for (given, error) in [
            (vec!["--form=a"], "unknown flag: --form (did you mean from?)"),
            (vec!["--from"], "missing a value on flag: --from"),
            (vec!["--from=a", "--from=b"], "duplicate flag specified: --from"),
            (vec!["--link=maybe"], "expecting boolean value for flag --link, not: maybe"),
        ] {
            assert_eq!(read(&given).unwrap_err(), error);
        }
    }
}
