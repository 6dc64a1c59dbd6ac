//! Identities. Numbers given out in order by the world, never reused in a run; not process ids, which are `Pid`.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// Position in the table that holds all of its kind.
            pub fn index(self) -> usize {
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }

            /// The identity of position `index`; saturates far above every limit.
            pub fn from_index(index: usize) -> Self {
                $name(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )* };
}

ids! {
    /// An event of the trace, in order of happening.
    EventId,
    /// A process of the run, whatever its namespace. Threads inside a program are not simulated.
    TaskId,
    /// A PID namespace.
    NamespaceId,
    /// One instance of a container: a restart makes a new one.
    ContainerId,
    /// A pod of the run.
    PodId,
    /// A workload: what keeps pods.
    WorkloadId,
    /// A request of the client.
    RequestId,
}

/// A process id inside one PID namespace, from 1. 0 stands for a parent outside it (pid_namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Pid(pub u32);

impl Pid {
    /// The init process of its namespace.
    pub const INIT: Pid = Pid(1);
    /// How a parent outside the namespace is shown (getppid(2), pid_namespaces(7)).
    pub const OUTSIDE: Pid = Pid(0);
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}
