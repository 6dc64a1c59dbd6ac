//! The arguments of an init program.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::Row;
use crate::base::Text;
use crate::base::signal::Signal;

/// What the arguments ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Signals go to the command's process group.
    pub to_group: bool,
    pub subreaper: bool,
    pub verbose: bool,
    /// Each reaped orphan is reported.
    pub warns: bool,
    /// Exit codes that become 0.
    pub as_zero: Vec<u8>,
    /// Signals that are passed on as another one, or not at all.
    pub rewrite: BTreeMap<Signal, Option<Signal>>,
    /// The command.
    pub command: Arc<[Text]>,
}

impl Options {
    /// Reads them: options, `--`, then the command.
    pub(super) fn read(row: &Row, argv: &[Text], env: &BTreeMap<Text, Text>) -> Options {
        let set = |name: &str| env.contains_key(name);
        let tini = row.subreaper_option == "-s";
        let mut options = Options {
            to_group: row.to_group || (tini && set("TINI_KILL_PROCESS_GROUP")),
            subreaper: tini && set("TINI_SUBREAPER"),
            verbose: tini && set("TINI_VERBOSITY"),
            warns: false,
            as_zero: Vec::new(),
            rewrite: BTreeMap::new(),
            command: Arc::from([]),
        };
        let mut rest = argv.get(1..).unwrap_or(&[]);
        while let Some((word, after)) = rest.split_first().filter(|(w, _)| w.starts_with('-')) {
            rest = after;
            if &**word == "--" {
                break;
            }
            let (name, joined) = word.split_once('=').map_or((&**word, None), |(n, v)| (n, Some(v)));
            let next = joined.or_else(|| after.first().map(|v| &**v)).unwrap_or("");
            let takes_value = row.valued.contains(&name) || matches!(name, "-r" | "--rewrite");
            if takes_value {
                options.value(name, next);
                rest = if joined.is_some() { after } else { after.get(1..).unwrap_or(&[]) };
            } else {
                options.flag(row, name);
            }
        }
        options.command = rest.into();
        options
    }

    fn value(&mut self, name: &str, value: &str) {
        match name {
            "-e" => self.as_zero.extend(value.parse::<u8>()),
            "-r" | "--rewrite" => {
                let Some((from, to)) = value.split_once(':') else { return };
                let Some(from) = Signal::parse(from) else { return };
                self.rewrite.insert(from, Signal::parse(to));
            }
            _ => {}
        }
    }

    /// One or more letters after a dash, or a long name.
    fn flag(&mut self, row: &Row, name: &str) {
        let letters: Vec<String> = match name.strip_prefix("--") {
            Some(_) => vec![name.to_owned()],
            None => name.chars().skip(1).map(|letter| format!("-{letter}")).collect(),
        };
        for letter in &letters {
            let letter = letter.as_str();
            self.to_group =
                (self.to_group || row.group_options.contains(&letter)) && !row.single_options.contains(&letter);
            self.subreaper |= letter == row.subreaper_option;
            self.verbose |= matches!(letter, "-v" | "--verbose");
            self.warns |= letter == "-w" && !row.tells_reaped.is_empty();
        }
    }
}
