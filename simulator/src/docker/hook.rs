//! Compose's `pre_stop` hooks: commands in the container before it is stopped, one after the other.
//!
//! Follows compose pkg/compose/down.go `stopContainer` and pkg/compose/hook.go `runHook`: a hook has no time limit, and one
//! that fails ends the whole `docker compose down` with an error: its container is not stopped, nor those that it depends on.

use std::sync::Arc;

use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::program::environment::Environment;
use crate::rules::RuleId;
use crate::trace::{EventKind, ExitStatus, Hook, HookKind, HookResult, OnContainer};

use super::{Docker, Due, LATENCY};

impl Docker {
    /// Runs a container's hook of this number.
    pub(super) fn start_hook(&mut self, cx: &mut Cx, kernel: &mut Kernel, place: usize, number: usize) {
        let Some(state) = self.containers.get(place).filter(|s| s.main.is_some()) else { return };
        let (Some(hook), Some(container)) = (state.plan.pre_stop.get(number), state.current) else { return };
        let Some(mut start) = state.inside(&hook.argv, "preStop".into(), None) else { return };
        // Its output goes to the terminal of docker compose.
        start.logged = false;
        start.uid = hook.uid.unwrap_or(start.uid);
        if let Some(cwd) = &hook.cwd {
            start.cwd = cwd.clone();
        }
        if !hook.env.is_empty() {
            let mut env = Environment::clone(&start.env);
            hook.env.iter().cloned().for_each(|(name, value)| env.insert(name, value));
            start.env = Arc::new(env);
        }
        let what = OnContainer::HookStarted(Hook::PreStop, HookKind::Exec);
        let started = cx.emit(RuleId::DockerComposePreStop, EventKind::Container(container, what));
        cx.because(started, |cx| match kernel.start(cx, &start) {
            Ok(task) => {
                self.hooks.insert(task, (place, number));
            }
            Err(errno) => {
                let why = HookResult::failed(&format!("the program could not be started: {errno}"));
                let what = OnContainer::HookEnded(Hook::PreStop, why);
                cx.emit(RuleId::DockerComposePreStop, EventKind::Container(container, what));
            }
        });
    }

    /// A hook ended: the next one, or the stop.
    pub(super) fn hook_ended(&mut self, cx: &mut Cx, place: usize, number: usize, status: ExitStatus) {
        let Some(state) = self.containers.get(place) else { return };
        let Some(container) = state.current else { return };
        let (running, last) = (state.main.is_some(), number.saturating_add(1) >= state.plan.pre_stop.len());
        let result = match status {
            _ if !running => HookResult::Killed,
            ExitStatus::Exited(0) => HookResult::Done,
            ExitStatus::Exited(_) | ExitStatus::Signaled(_) => {
                HookResult::failed(&format!("hook exited with status {}", status.container_code()))
            }
        };
        let goes_on = result == HookResult::Done;
        let what = OnContainer::HookEnded(Hook::PreStop, result);
        let ended = cx.emit(RuleId::DockerComposePreStop, EventKind::Container(container, what));
        if !goes_on {
            return;
        }
        cx.because(ended, |cx| {
            if last {
                let timeout = self.going_down.flatten();
                self.stop_one(cx, place, timeout, None, RuleId::DockerComposePreStop);
            } else {
                self.later(cx, LATENCY, Due::Hook(place, number.saturating_add(1)));
            }
        });
    }
}
