//! `kubectl logs` at a moment: the text, or what kubectl says in its place.
//!
//! Follows kubernetes pkg/kubelet/kubelet_pods.go `validateContainerLogStatus` and pkg/registry/core/pod/strategy.go
//! `LogLocation`.

use super::Roster;
use crate::base::id::{ContainerId, PodId};
use crate::observed::{ContainerState, Observed};
use crate::view::logs;

/// Which log is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// `-c NAME`; the first regular container if not said.
    pub container: Option<&'a str>,
    /// `--previous`: of the instance before the last restart.
    pub previous: bool,
}

/// `kubectl logs POD`: the log, or the error as kubectl prints it.
pub fn logs(roster: &Roster, seen: &Observed, pod: PodId, wanted: Wanted<'_>) -> Result<String, String> {
    let Some(state) = seen.pod(pod) else { return Err("Error from server (NotFound): pods not found".to_owned()) };
    let name = &state.name;
    if state.removed.is_some() {
        return Err(format!("error: error from server (NotFound): pods \"{name}\" not found in namespace \"default\""));
    }
    let container = wanted.container.or(roster.regular.first().map(|c| &**c)).unwrap_or("");
    let known = roster.regular.iter().chain(roster.init.iter().map(|(n, _)| n)).any(|n| &**n == container);
    if !known {
        return Err(format!("error: container {container} is not valid for pod {name}"));
    }
    let instances: Vec<ContainerId> = state
        .containers
        .iter()
        .copied()
        .filter(|c| seen.container(*c).is_some_and(|c| &*c.name == container))
        .collect();
    let mut started = instances
        .iter()
        .rev()
        .filter(|c| seen.container(**c).is_some_and(|c| !matches!(c.state, ContainerState::Created)))
        .copied();
    let latest = started.next();
    let id = if wanted.previous { started.next() } else { latest };
    match id {
        Some(id) => Ok(logs::of_container(seen, id)),
        None if wanted.previous => Err(format!(
            "Error from server (BadRequest): previous terminated container \"{container}\" in pod \"{name}\" not found"
        )),
        None => {
            let reason = if roster.init.is_empty() { "ContainerCreating" } else { "PodInitializing" };
            Err(format!(
                "Error from server (BadRequest): container \"{container}\" in pod \"{name}\" is waiting to start: {reason}"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SimTime;
    use crate::view::fixture;

    #[test]
    fn a_log_is_there_from_the_start_of_the_container_to_the_end_of_the_pod() {
        let trace = fixture::exec_form();
        let roster = Roster { regular: vec!["server".into()], ..Roster::default() };
        let at = |ms| Observed::at_time(&trace, SimTime::from_millis(ms));
        let read = |ms, wanted| logs(&roster, &at(ms), PodId(0), wanted);
        assert_eq!(
            read(500, Wanted::default()).unwrap_err(),
            "Error from server (BadRequest): container \"server\" in pod \"server\" is waiting to start: ContainerCreating"
        );
        assert_eq!(read(10_000, Wanted::default()).unwrap(), "starting server, pid 1\n");
        assert!(read(10_000, Wanted { container: None, previous: true }).unwrap_err().contains("previous terminated"));
        assert!(read(10_000, Wanted { container: Some("x"), previous: false }).unwrap_err().contains("is not valid"));
        assert!(read(60_000, Wanted::default()).unwrap_err().contains("not found"));
    }
}
