//! `kubectl exec`: a process that enters a container from outside.
//!
//! Its parent is outside the container's PID namespace. Its output goes to the person's session, not to the container's log.

use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{PodId, TaskId};
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kernel::process::EXEC_ROLE;

use super::Kubelet;
use super::state::{At, Role};

/// Why `kubectl exec` could not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError {
    /// There is no such pod, or its object is gone.
    NoPod,
    /// No container of that name.
    NoContainer,
    /// The container does not run.
    NotRunning,
    /// The program could not be started.
    Start(Errno),
}

impl Kubelet {
    /// `kubectl exec`: starts a process in a container from outside. Without a name it is the first container.
    ///
    /// With `tty` the session is interactive: standard input stays open until the session ends, which is when its first
    /// process does; without, standard input is `stdin` or nothing. Terminals themselves are not simulated.
    pub fn exec(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        pod: PodId,
        container: Option<&str>,
        argv: &Arc<[Text]>,
        stdin: Option<Text>,
    ) -> Result<TaskId, ExecError> {
        if cx.seen().pod(pod).is_none_or(|p| p.removed.is_some()) {
            return Err(ExecError::NoPod);
        }
        let worker = self.worker(pod).ok_or(ExecError::NoPod)?;
        let mut slots = worker.slots.iter().enumerate();
        let found = match container {
            Some(name) => slots.find(|(_, s)| &*s.name == name),
            None => slots.find(|(_, s)| s.role == Role::Regular),
        };
        let (slot, _) = found.ok_or(ExecError::NoContainer)?;
        let mut start = self.inside(At { pod, slot }, argv, EXEC_ROLE).ok_or(ExecError::NotRunning)?;
        start.stdin = stdin;
        kernel.start(cx, &start).map_err(ExecError::Start)
    }
}
