//! The daemon's containers at a moment, and durations as docker says them.

use crate::base::id::{ContainerId, PodId};
use crate::base::time::{SimDuration, SimTime};
use crate::inventory::{ContainerFacts, DockerFacts, WorkloadFacts};
use crate::observed::{Container, ContainerState, Observed, Pod};

use super::super::Answer;
use super::super::here::Here;

/// A container as the daemon lists it.
pub(super) struct Listed<'a> {
    pub pod: PodId,
    pub object: &'a Pod,
    pub instance: Option<(ContainerId, &'a Container)>,
    pub facts: Option<&'a WorkloadFacts>,
}

impl<'a> Listed<'a> {
    pub fn container(&self) -> Option<&'a ContainerFacts> {
        self.facts.and_then(|w| w.containers.first())
    }

    pub fn docker(&self) -> Option<&'a DockerFacts> {
        self.facts.and_then(|w| w.docker.as_ref())
    }

    /// Does its main process run?
    pub fn runs(&self) -> bool {
        let state = self.instance.map(|(_, c)| &c.state);
        matches!(state, Some(ContainerState::Running | ContainerState::Stopping(_)))
    }

    /// Does it wait for its next start?
    pub fn restarts(&self, now: SimTime) -> bool {
        let waits = self.instance.and_then(|(_, c)| c.back_off_until);
        self.object.deleted.is_none() && !self.runs() && waits.is_some_and(|until| until > now)
    }

    /// How and when it ended last.
    pub fn ended(&self) -> Option<(u32, SimTime)> {
        match self.instance.map(|(_, c)| &c.state) {
            Some(ContainerState::Exited { end, at, .. }) => Some((end.code, *at)),
            Some(ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_)) | None => None,
        }
    }

    /// `Up 5 seconds`, `Exited (137) 3 seconds ago` (moby daemon/container/state.go `String`).
    pub fn status(&self, now: SimTime) -> String {
        let since = |at: SimTime| human(now.since(at));
        match (self.instance, self.ended()) {
            (_, Some((code, at))) if self.restarts(now) => format!("Restarting ({code}) {} ago", since(at)),
            (_, Some((code, at))) => format!("Exited ({code}) {} ago", since(at)),
            (Some((_, container)), None) => match container.started {
                Some(at) => format!("Up {}", since(at)),
                None => "Created".to_owned(),
            },
            (None, None) => "Created".to_owned(),
        }
    }

    /// `running`, `exited`, `restarting`, `created`.
    pub fn state(&self, now: SimTime) -> &'static str {
        match (self.runs(), self.restarts(now), self.instance.is_some()) {
            (true, _, _) => "running",
            (false, true, _) => "restarting",
            (false, false, true) => "exited",
            (false, false, false) => "created",
        }
    }
}

/// All containers, the newest first.
pub(super) fn all<'a>(here: &'a Here<'_>, seen: &'a Observed) -> Vec<Listed<'a>> {
    let there = seen.pods.iter().enumerate().rev().filter(|(_, p)| p.docker && p.removed.is_none());
    there
        .map(|(n, object)| {
            let last = object.containers.last().copied();
            Listed {
                pod: PodId::from_index(n),
                object,
                instance: last.and_then(|id| Some((id, seen.container(id)?))),
                facts: here.inventory().workloads.iter().find(|w| w.name == object.name),
            }
        })
        .collect()
}

/// The container of this name or with this beginning of its id, or the daemon's words.
pub(super) fn find<'a>(here: &'a Here<'_>, name: &str) -> Result<Listed<'a>, Answer> {
    let named = |l: &Listed<'_>| &*l.object.name == name || (name.len() >= 2 && id(&l.object.name).starts_with(name));
    let found = all(here, &here.seen).into_iter().find(named);
    found.ok_or_else(|| here.fails(&format!("Error response from daemon: No such container: {name}")))
}

/// The id of a container, 64 hexadecimal digits made of its name.
pub(super) fn id(name: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut text = String::new();
    while text.len() < 64 {
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        text.push_str(&format!("{hash:016x}"));
    }
    text
}

/// The first twelve digits, as tables show them.
pub(super) fn short_id(name: &str) -> String {
    id(name).chars().take(12).collect()
}

/// docker/go-units `HumanDuration`.
pub(super) fn human(time: SimDuration) -> String {
    let seconds = time.as_secs();
    let minutes = seconds / 60;
    let hours = (seconds + 1_800) / 3_600;
    match (seconds, minutes, hours) {
        (0, _, _) => "Less than a second".to_owned(),
        (1, _, _) => "1 second".to_owned(),
        (..60, _, _) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".to_owned(),
        (_, ..60, _) => format!("{minutes} minutes"),
        (_, _, 1) => "About an hour".to_owned(),
        (_, _, ..48) => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_as_docker_does() {
        let all = [0, 1, 59, 60, 119, 120, 3_599, 3_600, 5_400, 180_000].map(|s| human(SimDuration::from_secs(s)));
        assert_eq!(
            all,
            [
                "Less than a second",
                "1 second",
                "59 seconds",
                "About a minute",
                "About a minute",
                "2 minutes",
                "59 minutes",
                "About an hour",
                "2 hours",
                "2 days"
            ]
        );
    }

    #[test]
    fn an_id_has_sixty_four_digits() {
        assert_eq!((id("web").len(), short_id("web").len()), (64, 12));
        assert_ne!(id("web"), id("bew"));
    }
}
