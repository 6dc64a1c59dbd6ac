//! What people do at the Docker daemon during a run: stop, start, restart, kill, Ctrl-C, compose down.

use crate::base::Text;
use crate::base::signal::Signal;
use crate::docker::StopRequest;
use crate::pod::yaml::{Kind, Node};
use crate::scenario::reader::Reader;

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DockerAction {
    /// `docker stop`.
    Stop(StopRequest),
    /// `docker kill`.
    Kill {
        /// The container; the first one if not said.
        container: Option<Text>,
        /// `-s`: SIGKILL if not said.
        signal: Signal,
    },
    /// Ctrl-C in the terminal of a `docker run` in the foreground.
    Interrupt {
        /// The container; the first one if not said.
        container: Option<Text>,
    },
    /// `docker start`.
    Start {
        /// The container; the first one if not said.
        container: Option<Text>,
    },
    /// `docker compose down`: everything, dependents first.
    Down {
        /// `-t`: instead of each container's own timeout.
        timeout_s: Option<i64>,
    },
}

impl DockerAction {
    /// The verbs of an input.
    pub const VERBS: &'static [&'static str] = &["stop", "start", "kill", "interrupt", "down"];

    /// The command that a person would type.
    pub fn command(&self) -> String {
        let of = |container: &Option<Text>| container.as_deref().unwrap_or("CONTAINER").to_owned();
        match self {
            DockerAction::Stop(request) => {
                let signal = request.signal.map_or(String::new(), |s| format!("-s {s} "));
                let timeout = request.timeout_s.map_or(String::new(), |t| format!("-t {t} "));
                let verb = if request.start_again { "restart" } else { "stop" };
                format!("docker {verb} {signal}{timeout}{}", of(&request.container))
            }
            DockerAction::Start { container } => format!("docker start {}", of(container)),
            DockerAction::Kill { container, signal } if *signal == Signal::KILL => {
                format!("docker kill {}", of(container))
            }
            DockerAction::Kill { container, signal } => format!("docker kill -s {signal} {}", of(container)),
            DockerAction::Interrupt { container } => format!("Ctrl-C at docker run ({})", of(container)),
            DockerAction::Down { timeout_s: None } => "docker compose down".to_owned(),
            DockerAction::Down { timeout_s: Some(t) } => format!("docker compose down -t {t}"),
        }
    }
}

/// Reads an input of one of these verbs.
pub(in crate::scenario) fn read(reader: &mut Reader<'_>, node: &Node, verb: &str) -> Option<DockerAction> {
    let container = |reader: &mut Reader<'_>| reader.text(node, "container").map(|t| Text::from(t.as_str()));
    match verb {
        "stop" => {
            reader.only(node, "stop", &["at_ms", "do", "container", "timeout", "signal", "start_again"]);
            let container = container(reader);
            let signal = signal(reader, node)?;
            let start_again = node.get("start_again").is_some_and(|n| n.kind == Kind::Bool(true));
            Some(DockerAction::Stop(StopRequest { container, timeout_s: timeout(reader, node), signal, start_again }))
        }
        "start" => {
            reader.only(node, "start", &["at_ms", "do", "container"]);
            Some(DockerAction::Start { container: container(reader) })
        }
        "kill" => {
            reader.only(node, "kill", &["at_ms", "do", "container", "signal"]);
            let signal = signal(reader, node)?.unwrap_or(Signal::KILL);
            Some(DockerAction::Kill { container: container(reader), signal })
        }
        "interrupt" => {
            reader.only(node, "interrupt", &["at_ms", "do", "container"]);
            Some(DockerAction::Interrupt { container: container(reader) })
        }
        _ => {
            reader.only(node, "down", &["at_ms", "do", "timeout"]);
            Some(DockerAction::Down { timeout_s: timeout(reader, node) })
        }
    }
}

fn timeout(reader: &mut Reader<'_>, node: &Node) -> Option<i64> {
    let value = node.get("timeout")?;
    match value.kind {
        Kind::Int(n) => Some(n),
        _ => {
            reader.error(
                value.span,
                "timeout must be a whole number of seconds",
                "write timeout: 3, or -1 to wait for ever",
            );
            None
        }
    }
}

/// None for a mistake; no signal for a field that is not there.
#[expect(clippy::option_option, reason = "a mistake, nothing, a signal: three cases")]
fn signal(reader: &mut Reader<'_>, node: &Node) -> Option<Option<Signal>> {
    let Some(name) = reader.text(node, "signal") else { return Some(None) };
    let signal = Signal::parse(&name);
    if signal.is_none() {
        reader.error(node.span, format!("{name:?} is not a signal"), "write signal: TERM");
    }
    signal.map(Some)
}
