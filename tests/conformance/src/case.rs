//! A case: one command, the signals that it gets, and until when it is watched.
//!
//! Its text form is a line for `grace probe`.

use serde::{Deserialize, Serialize};
use serde_json::json;
use simulator::base::signal::Signal;
use simulator::base::time::SimTime;
use simulator::probe::play::Play;
use simulator::probe::shell::Question;

/// A signal to PID 1 from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Milliseconds from the start.
    pub at_ms: u64,
    /// Its name without `SIG`.
    pub signal: String,
}

/// What both arms run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Case {
    /// The shell build of the simulator arm.
    pub shell: String,
    /// Argument list; the first is the shell as called, or an init program.
    pub argv: Vec<String>,
    /// Text of `./entry.sh`.
    #[serde(default)]
    pub script_file: Option<String>,
    /// Standard input; none is /dev/null.
    #[serde(default)]
    pub stdin: Option<String>,
    /// In the order of time.
    #[serde(default)]
    pub signals: Vec<Sent>,
    /// The time of the last look, in milliseconds.
    #[serde(default)]
    pub until_ms: u64,
}

impl Case {
    /// As the simulator takes it. A name that is no signal is left out.
    pub fn play(&self) -> Play {
        let Case { shell, argv, script_file, stdin, .. } = self.clone();
        let signals = self
            .signals
            .iter()
            .filter_map(|s| Signal::from_name(&s.signal).map(|signal| (SimTime::from_millis(s.at_ms), signal)));
        Play {
            question: Question { shell, argv, script_file, stdin },
            signals: signals.collect(),
            until: SimTime::from_millis(self.until_ms),
        }
    }

    /// A ready-made line for `grace probe`.
    pub fn vector(&self, id: &str) -> String {
        let mut line = json!({"id": id, "probe": "shell", "shell": self.shell, "argv": self.argv});
        if let Some(fields) = line.as_object_mut() {
            if let Some(text) = &self.script_file {
                fields.insert("script_file".into(), json!(text));
            }
            if let Some(text) = &self.stdin {
                fields.insert("stdin".into(), json!(text));
            }
            fields.insert("signals".into(), json!(self.signals));
            fields.insert("until_ms".into(), json!(self.until_ms));
        }
        line.to_string()
    }
}
