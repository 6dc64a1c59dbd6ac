//! Output as people see it: `kubectl logs` merges both streams of a container; exec sessions have their own.

use crate::base::id::ContainerId;
use crate::observed::{LogLine, Observed};
use crate::trace::Stream;

/// Everything that all containers wrote to their logs, in order.
pub fn all(seen: &Observed) -> String {
    text(seen, |line| line.stream != Stream::Session)
}

/// What `kubectl logs` shows of one container instance.
pub fn of_container(seen: &Observed, container: ContainerId) -> String {
    text(seen, |line| line.stream != Stream::Session && line.container == Some(container))
}

/// What the users of exec sessions saw.
pub fn sessions(seen: &Observed) -> String {
    text(seen, |line| line.stream == Stream::Session)
}

fn text(seen: &Observed, wanted: impl Fn(&LogLine) -> bool) -> String {
    seen.logs.iter().filter(|line| wanted(line)).map(|line| line.text.as_ref()).collect()
}
