//! What the daemon is given: containers as `docker run` or a Compose file describe them, ready to run.

use std::sync::Arc;

use crate::base::Text;
use crate::kernel::fs::FileSystem;
use crate::kubelet::ContainerPlan;
use crate::kubelet::runtime::Runtime;
use crate::program::call::Binary;

/// Where the daemon puts tini for `--init` (moby daemon/oci_linux.go `inContainerInitPath`).
const INIT_PATH: &str = "/sbin/docker-init";
/// Seconds between stop signal and SIGKILL if nobody says (moby daemon/container `defaultStopTimeout`).
pub const DEFAULT_TIMEOUT_S: i64 = 10;

/// A container, ready to run.
#[derive(Clone, Debug)]
pub struct DockerPlan {
    /// `--name`, or PROJECT-SERVICE-1.
    pub name: Text,
    /// The image as it was named.
    pub image: Text,
    /// What runs in it; with `--init` as the child of docker-init.
    pub container: ContainerPlan,
    /// The daemon's runtime.
    pub runtime: &'static Runtime,
    /// `--init`.
    pub init: bool,
    /// `--pids-limit`: most processes of the container, zombies included.
    pub pids_limit: Option<u32>,
    /// `--stop-timeout` or `stop_grace_period`: seconds until SIGKILL; negative waits for ever.
    pub stop_timeout_s: i64,
    /// `--restart`.
    pub restart: Restart,
    /// `-it`: a terminal of its own, whose Ctrl-C goes to its foreground process group.
    pub terminal: bool,
    /// `--sig-proxy`: the client passes on the signals that it gets; never when it is detached.
    pub sig_proxy: bool,
    /// `--rm`.
    pub remove: bool,
    /// Containers that have to run before this one, and go after it: places in the list.
    pub depends_on: Vec<usize>,
    /// What Compose runs in it, one after the other, before it stops it.
    pub pre_stop: Vec<DockerHook>,
    /// The command line that makes it.
    pub command: Text,
}

/// A command of `pre_stop` in a Compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerHook {
    /// Its argument list.
    pub argv: Arc<[Text]>,
    /// Added to the container's environment.
    pub env: Vec<(Text, Text)>,
    /// Instead of the container's user.
    pub uid: Option<u32>,
    /// Instead of the container's working directory.
    pub cwd: Option<Text>,
}

/// `--restart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Restart {
    /// `no`.
    #[default]
    No,
    /// `on-failure[:MAX]`: after an exit code other than 0, at most so often; 0 is no limit.
    OnFailure(u32),
    /// `always`, and `unless-stopped`, which differs only when the daemon itself restarts.
    Always,
}

impl DockerPlan {
    /// Puts docker-init in front: it becomes PID 1 and starts what was to run.
    pub fn with_init(mut self) -> DockerPlan {
        let mut argv: Vec<Text> = vec![INIT_PATH.into(), "--".into()];
        argv.extend(self.container.argv.iter().cloned());
        self.container.argv = Arc::from(argv);
        put_init(&mut self.container.files);
        self.init = true;
        self
    }
}

fn put_init(files: &mut FileSystem) {
    files.put_binary(INIT_PATH, Binary::Program { name: "docker-init".into(), version: "".into() });
}
