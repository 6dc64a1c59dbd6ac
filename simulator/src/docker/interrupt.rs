//! Ctrl-C at a terminal in which `docker run` runs in the foreground.
//!
//! With `-it` the terminal is the container's own: the key goes to it, and the kernel sends SIGINT to its foreground process
//! group (tty_ioctl(4), kernel drivers/tty/n_tty.c `isig`). Without, the client gets SIGINT and passes it on to the main
//! process (docker/cli cli/command/container/signals.go `ForwardAllSignals`), unless `--sig-proxy=false`; a detached client
//! is not there at all.

use crate::base::id::TaskId;
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Sender};

use super::{Docker, Due, LATENCY};

impl Docker {
    /// Ctrl-C in the terminal of a container; the first one if none is named.
    pub fn interrupt(&mut self, cx: &mut Cx, kernel: &mut Kernel, name: Option<&str>) {
        let Some(place) = self.find(name) else { return };
        let token = self.token();
        let Some(state) = self.containers.get(place) else { return };
        let Some(main) = state.main else { return };
        let (terminal, proxy) = (state.plan.terminal, state.plan.sig_proxy);
        let what = match (terminal, proxy) {
            (true, _) => "the terminal sends SIGINT to its foreground process group",
            (false, true) => "the client of docker run passes SIGINT on to it",
            (false, false) => "the client ends or is not there, and the container runs on",
        };
        let key = cx.emit(RuleId::DockerInterrupt, EventKind::Task(main, OnTask::Does(what.into())));
        cx.because(key, |cx| {
            if terminal {
                for task in foreground(cx, main) {
                    kernel.send(cx, task, Signal::INT, Sender::Kernel);
                }
            } else if proxy {
                self.later(cx, LATENCY, Due::Signal(place, token, Signal::INT));
            }
        });
    }
}

/// The process group of the main process in its session: nobody in the container does job control by default.
fn foreground(cx: &Cx, main: TaskId) -> Vec<TaskId> {
    let seen = cx.seen();
    let Some(leader) = seen.task(main) else { return Vec::new() };
    let mut group: Vec<_> = seen
        .in_namespace(leader.namespace)
        .filter(|(_, t)| t.pgid == leader.pgid && t.sid == leader.sid && t.alive().is_some() && !t.is_guest())
        .map(|(id, t)| (t.pid, id))
        .collect();
    group.sort_unstable();
    group.into_iter().map(|(_, id)| id).collect()
}
