//! The rules that decide events, each with its page under `rules/`.
//!
//! A `RuleId` is on every event. Its text (`signal/init-no-handler`) is stable: it appears in links and documents. A page is
//! Markdown with front matter (`title`, `sources`) and the sections *What happens*, *Why*, *See it*, *Fix*.

mod extract;
mod number;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal),* $(,)?) => {
        /// A rule of the simulation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "u16", try_from = "u16")]
        pub enum RuleId { $($(#[$doc])* $name),* }

        impl RuleId {
            /// Every rule, in order of the list.
            pub const ALL: &'static [RuleId] = &[$(RuleId::$name),*];

            /// The stable text of the rule: area and name.
            pub fn id(self) -> &'static str {
                match self { $(RuleId::$name => $id),* }
            }

            /// The rule's page, Markdown with front matter.
            #[cfg(feature = "rule-pages")]
            pub fn page(self) -> &'static str {
                match self { $(RuleId::$name => include_str!(concat!("../rules/", $id, ".md"))),* }
            }
        }
    };
}

rules! {
    // ---- inputs -----------------------------------------------------------------------------------------------------
    /// The scenario says so.
    InputGiven = "input/given",
    // ---- signals: signal(7), kernel/signal.c ------------------------------------------------------------------------
    /// A process sent a signal with kill(2).
    SignalSent = "signal/kill",
    /// The runtime sent the stop signal or SIGKILL from outside.
    SignalFromOutside = "signal/from-outside",
    /// The kernel itself sent the signal.
    SignalFromKernel = "signal/from-kernel",
    /// An init process without a handler does not get the signal.
    SignalInitNoHandler = "signal/init-no-handler",
    /// SIGKILL or SIGSTOP from inside does not act on the init process.
    SignalInitFromInside = "signal/init-protected-from-inside",
    /// The process ignores the signal.
    SignalIgnored = "signal/ignored",
    /// The default action of the signal is to do nothing.
    SignalDefaultIgnore = "signal/default-ignore",
    /// The default action of the signal ended the process.
    SignalDefaultTerminate = "signal/default-terminate",
    /// SIGKILL cannot be caught.
    SignalKill = "signal/kill-is-final",
    /// The process's handler runs.
    SignalCaught = "signal/caught",
    /// A blocked signal stays pending.
    SignalBlocked = "signal/blocked-pends",
    /// A stopped process gets its signals when it continues.
    SignalWhileStopped = "signal/pending-while-stopped",
    /// A stop signal stopped the process.
    SignalStop = "signal/stop",
    /// A stop signal of the terminal does nothing in a group that no shell looks after.
    SignalOrphanedGroup = "signal/orphaned-group",
    /// SIGCONT continued the process.
    SignalContinue = "signal/continue",
    /// The process took a blocked signal with sigwait or signalfd.
    SignalTaken = "signal/sigwait",
    /// A zombie takes no signals.
    SignalZombie = "signal/zombie",
    /// The process changed a disposition.
    SignalDisposition = "signal/disposition",
    /// The process changed its mask.
    SignalMask = "signal/mask",

    // ---- processes: fork(2), execve(2), wait(2), pid_namespaces(7) --------------------------------------------------
    /// The runtime put a process into a namespace.
    ProcessEntered = "process/entered",
    /// A namespace was made, with its first pids already used by the runtime.
    NamespaceCreated = "process/namespace",
    /// fork(2) copies the process.
    ProcessFork = "process/fork",
    /// fork(2) was refused because the limit of processes is reached.
    ProcessForkLimit = "process/pids-limit",
    /// fork(2) was refused because the namespace has lost its init.
    ProcessForkDeadNamespace = "process/fork-in-dead-namespace",
    /// execve(2) replaces the program and keeps the pid.
    ProcessExec = "process/exec",
    /// execve(2) failed.
    ProcessExecFailed = "process/exec-failed",
    /// The process ended by itself.
    ProcessExit = "process/exit",
    /// When init ends, its namespace ends.
    ProcessNamespaceEnd = "process/namespace-ends-with-init",
    /// A process whose parent ended gets a new parent.
    ProcessAdopted = "process/adoption",
    /// A parent collected its child's status.
    ProcessReaped = "process/reaped",
    /// A dead child was removed at once because its parent ignores SIGCHLD.
    ProcessAutoReaped = "process/reaped-unasked",
    /// The runtime collected the status of a process it had started.
    ProcessReapedOutside = "process/reaped-outside",
    /// The process waits.
    ProcessWaits = "process/waits",
    /// The process changed its group or session.
    ProcessGroup = "process/group",
    /// The process became a subreaper.
    ProcessSubreaper = "process/subreaper",
    /// The process changed how it is shown.
    ProcessTitle = "process/title",
    /// A process gave up being root.
    ProcessUser = "process/user",

    // ---- files and sockets ------------------------------------------------------------------------------------------
    /// Output reached the container's log.
    OutputWritten = "output/written",
    /// Output stays in the program's own buffer.
    OutputBuffered = "output/buffered",
    /// Buffered output died with the process.
    OutputLost = "output/lost",
    /// A process accepted a connection.
    RequestAccepted = "request/accepted",
    /// Connections wait in the backlog while nobody accepts.
    SocketBacklog = "socket/backlog",
    /// A listening socket changed.
    SocketListen = "socket/listen",
    /// Writing to a pipe that nobody reads.
    PipeBroken = "output/broken-pipe",

    // ---- programs ---------------------------------------------------------------------------------------------------
    /// What the program does by its profile, its source or its card.
    ProgramBehaviour = "program/behaviour",
    /// The program finished what it does on a signal.
    ProgramHandled = "program/handler-finished",
    /// A supervisor ends and leaves its services to the kernel.
    SupervisorLeaves = "program/supervisor-leaves",
    /// A supervisor stops its services and waits for them.
    SupervisorStops = "program/supervisor-stops",
    /// A supervisor starts a service again.
    SupervisorRestarts = "program/supervisor-restarts",
    /// BusyBox init sends TERM to everything, and KILL a second later.
    InitShutdown = "program/init-shutdown",

    // ---- api: deletion at the API server ----------------------------------------
    /// The API server marked the object with a grace and a deadline.
    ApiDelete = "api/delete",
    /// A second delete can only shorten the grace that the object shows.
    ApiDeleteShorter = "api/only-shorter-grace",
    /// With grace 0 the object is removed at once, whether its containers have stopped or not.
    ApiGraceZero = "api/grace-zero",
    /// kubectl refuses these flags together and sends nothing.
    ApiKubectlRefused = "api/kubectl-refuses",
    /// The kubelet removed the object after everything of the pod had ended.
    ApiRemoved = "api/removed",

    /// The Eviction API deletes a pod only if its disruption budget has room for it.
    ApiEviction = "api/eviction",
    /// kubectl drain evicts every pod of a node, and tries again every 5 s what a budget forbids.
    ApiDrain = "api/drain",
    /// An object with finalizers is not removed.
    ApiFinalizers = "api/finalizers",

    // ---- nodes ------------------------------------------------------------------------------------------------------
    /// A graceful shutdown ends pods group by group, least important first.
    NodeShutdown = "node/graceful-shutdown",
    /// A node without power takes everything with it.
    NodeOff = "node/off",
    /// Pods of a node that does not report are deleted after a while, but their objects stay.
    NodeLost = "node/lost",
    /// A kubelet that is started again begins every unfinished termination anew.
    NodeKubeletRestart = "node/kubelet-restart",
    /// A memory limit is kept by SIGKILL, without hook and grace.
    NodeOutOfMemory = "node/out-of-memory",

    // ---- kubelet: the kubelet ----------------------------------------
    /// The kubelet saw a new pod.
    KubeletPodAdded = "kubelet/pod-added",
    /// The kubelet started a container.
    KubeletStart = "kubelet/start",
    /// The kubelet worked out the phase and the conditions of the pod.
    KubeletStatus = "kubelet/phase",
    /// Readiness of a container or pod changed.
    KubeletReady = "kubelet/ready",
    /// A pod with readiness gates is ready only when somebody outside says so too.
    KubeletGate = "kubelet/readiness-gate",
    /// The kubelet began to end the pod with the smallest grace that anybody asked for, at least 1 s.
    KubeletTerminating = "kubelet/effective-grace",
    /// The pod's worker finishes what it does before it looks at the deletion.
    KubeletBusy = "kubelet/busy-worker",
    /// The kubelet kills all containers of the pod at the same time, one Killing event each.
    KubeletKill = "kubelet/kill-all-at-once",
    /// No regular container runs or will run again, so the kubelet ends the sidecars.
    KubeletNatural = "kubelet/natural-completion",
    /// The kubelet itself ends the pod: pressure, shutdown, deadline.
    KubeletEviction = "kubelet/eviction",
    /// The preStop hook runs first; its time comes out of the grace.
    KubeletHook = "kubelet/pre-stop-in-grace",
    /// The hook is over, and the termination goes on.
    KubeletHookEnded = "kubelet/hook-ended",
    /// The hook failed: an event is all that happens.
    KubeletHookFailed = "kubelet/hook-failed",
    /// The hook used up the grace; the kubelet goes on without it.
    KubeletHookOverran = "kubelet/hook-overran",
    /// The postStart hook runs beside the main process, and the kubelet waits for it.
    KubeletPostStart = "kubelet/post-start",
    /// The runtime always gets at least 2 s between stop signal and SIGKILL.
    KubeletMinimumGrace = "kubelet/minimum-grace",
    /// A sidecar is stopped after the regular containers, in reverse order of the spec.
    KubeletSidecarOrder = "kubelet/sidecar-order",
    /// A probe gave its verdict.
    KubeletProbe = "kubelet/probe",
    /// A liveness or startup probe failed too often: the container is killed and restarted by policy.
    KubeletLiveness = "kubelet/liveness-kill",
    /// A container that ended waits before it is started again.
    KubeletBackOff = "kubelet/back-off",
    /// A rule by exit code decides whether a container is started again.
    KubeletRestartRule = "kubelet/restart-rule",
    /// The kubelet reported a Kubernetes event.
    KubeletEvent = "kubelet/event",

    // ---- runtime: the container runtime ----------------------------------------
    /// The runtime made a container.
    RuntimeCreated = "runtime/created",
    /// The container's main process runs.
    RuntimeStarted = "runtime/started",
    /// The main process could not be started.
    RuntimeStartError = "runtime/start-error",
    /// The runtime sends the stop signal to the container's main process only, and SIGKILL after the timeout.
    RuntimeStop = "runtime/stop-signal",
    /// The image's STOPSIGNAL is no signal.
    RuntimeUnknownSignal = "runtime/unknown-stop-signal",
    /// The timeout of the stop request is over: SIGKILL.
    RuntimeGraceExpired = "runtime/grace-expired",
    /// The container ended with its main process.
    RuntimeExit = "runtime/exit-code",
    /// In a shared PID namespace the runtime kills what a container left when its main process ended.
    RuntimeLeftovers = "runtime/kills-leftovers",
    /// The sandbox was stopped after the last container.
    RuntimeSandboxStopped = "runtime/sandbox-stopped",
    /// The network plugin took the pod's network down.
    RuntimeNetworkRemoved = "runtime/network-removed",

    // ---- endpoints: EndpointSlice and those who read it ----------------------------------------------------------------
    /// The EndpointSlice controller wrote the conditions of a pod's endpoint.
    EndpointSlice = "endpoint/slice",
    /// The EndpointSlice no longer lists the pod.
    EndpointUnlisted = "endpoint/unlisted",
    /// A consumer of the endpoint list has the new state.
    EndpointLearned = "endpoint/learned",
    /// Without a ready endpoint, traffic goes to those that still serve while they terminate.
    EndpointFallback = "endpoint/terminating-fallback",

    /// A load balancer takes a target out: first no new requests, then its delay, then an end to what is still in flight.
    EndpointDeregistered = "endpoint/deregistration",
    /// A load balancer's own health checks decide whether a target gets requests.
    EndpointHealth = "endpoint/health-check",
    /// `externalTrafficPolicy: Local`: a node without pods drops packets instead of refusing them.
    EndpointLocalDrop = "endpoint/local-policy-drop",

    // ---- requests -----------------------------------------------------------------------------------------------------
    /// The client sends at its rate.
    RequestSent = "request/sent",
    /// The consumer routed by an entry that the EndpointSlice no longer has.
    RequestStale = "request/stale-endpoint",
    /// The request went over a connection that was open already.
    RequestKept = "request/kept-connection",
    /// The server had closed the idle connection a moment before.
    RequestIdleClosed = "request/idle-closed",
    /// A server that stops ends a connection with its answer.
    RequestLastAnswer = "request/connection-close",
    /// Nobody answered the connection, and the kernel of the sender asked again.
    RequestSynAgain = "request/syn-again",
    /// The process answered.
    RequestServed = "request/served",
    /// Nobody listens on the port.
    RequestRefused = "request/refused",
    /// The listening socket was closed while the connection waited in its backlog.
    RequestReset = "request/reset",
    /// The process that worked on it ended.
    RequestCut = "request/cut",
    /// The client gave up.
    RequestTimedOut = "request/timed-out",
    /// The pod's network is gone, nothing answers.
    RequestNetworkGone = "request/network-gone",
    /// The consumer knows of no endpoint.
    RequestNoEndpoint = "request/no-endpoint",
    /// The proxy tries another pod.
    RequestRetried = "request/retried",

    // ---- controllers ----------------------------------------------------------------------------------------------------
    /// A workload's object was created.
    WorkloadCreated = "controller/created",
    /// `spec.replicas` was changed.
    WorkloadScaled = "controller/scaled",
    /// Which pods go first when there are too many.
    WorkloadScaleDown = "controller/scale-down-order",
    /// A deleted workload takes its pods with it.
    WorkloadDeleted = "controller/owner-deleted",
    /// A new template replaces pods step by step.
    WorkloadRollingUpdate = "controller/rolling-update",
    /// A StatefulSet acts on one pod after the other.
    WorkloadOrdinal = "controller/ordinal-order",
    /// A Job runs pods until enough have succeeded.
    WorkloadJob = "controller/job",

    // ---- shells: the columns of the variant table ---------------------------------------------------------------------
    /// In the string of `-c` the last command replaces the shell.
    ShellCommandString = "shell/command-string",
    /// A script file ends without replacing the shell.
    ShellScriptFile = "shell/script-file",
    /// `( )` is a process of its own, or the shell becomes it.
    ShellSubshell = "shell/subshell",
    /// The command of a substitution runs in one process or in two.
    ShellSubstitution = "shell/substitution",
    /// A job or a member of a pipeline becomes its last command.
    ShellJobTail = "shell/job-tail",
    /// A newline behind the last command makes the shell fork.
    ShellFinalNewline = "shell/final-newline",
    /// Blanks or a comment behind the last command make the shell fork.
    ShellTrailingText = "shell/trailing-text",
    /// Only a string without shell characters replaces the shell.
    ShellPlainText = "shell/plain-text",
    /// The shell replaces itself while a signal is ignored.
    ShellTrapIgnored = "shell/trap-ignored",
    /// A trap keeps the shell from replacing itself.
    ShellTrapAction = "shell/trap-action",
    /// A trap that was reset still keeps the shell from replacing itself.
    ShellTrapStays = "shell/trap-stays",
    /// A trap set in the same list as the last command is lost.
    ShellTrapSameList = "shell/trap-same-list",
    /// An assignment in front of the last command.
    ShellAssignment = "shell/assignment",
    /// A redirection at the last command.
    ShellRedirection = "shell/redirection",
    /// A here-document at the last command.
    ShellHereDocument = "shell/here-document",
    /// The last command stands behind `;`.
    ShellAfterSemicolon = "shell/after-semicolon",
    /// The last command stands behind `&`.
    ShellAfterBackground = "shell/after-background",
    /// The last command ends `&&` or `||`.
    ShellAndOr = "shell/and-or",
    /// The last command stands in braces.
    ShellGroup = "shell/group",
    /// The last command stands in `if` or `case`.
    ShellBranch = "shell/branch",
    /// The last command stands in the last turn of `for`.
    ShellForLoop = "shell/for-loop",
    /// The last command stands in a function.
    ShellFunction = "shell/function",
    /// The shell becomes the last member of a pipeline.
    ShellPipeLast = "shell/pipe-last",
    /// Signals that a shell catches without a trap.
    ShellOwnHandlers = "shell/own-handlers",
    /// Signals that a shell ignores by itself.
    ShellIgnoresQuit = "shell/ignores-quit",
    /// What the shell ignored by itself is given back to what replaces it.
    ShellGivesBack = "shell/gives-back",
    /// SIGINT during the builtin `wait`.
    ShellIntInWait = "shell/int-in-wait",
    /// SIGINT during a foreground command.
    ShellIntAfterChild = "shell/int-after-child",
    /// Signals that end the shell without a trap.
    ShellFatalSignals = "shell/fatal-signals",
    /// A terminating signal and an EXIT trap.
    ShellExitTrap = "shell/exit-trap",
    /// Jobs with `&` ignore SIGINT and SIGQUIT.
    ShellBackgroundSignals = "shell/background-signals",
    /// `$?` of a child that a signal ended.
    ShellSignalStatus = "shell/signal-status",
    /// `set -m` without a terminal.
    ShellMonitor = "shell/monitor",
    /// Programs find signals 32 and 33 ignored.
    ShellRealTimeSignals = "shell/real-time-signals",
    /// Commands that are builtins of this build only.
    ShellExtraBuiltins = "shell/extra-builtins",
    /// `wait -n` waits for the next job.
    ShellWaitNext = "shell/wait-next",
    /// `trap` and names of signals with SIG.
    ShellTrapNames = "shell/trap-names",
    /// `kill -SIGTERM` is taken or refused.
    ShellKillNames = "shell/kill-names",
    /// `return` outside a function.
    ShellReturnOutside = "shell/return-outside",
    /// `echo` and backslashes.
    ShellEcho = "shell/echo",
    /// `[ a == b ]` is taken or refused.
    ShellTestEquals = "shell/test-equals",
    /// `set -o pipefail` is taken or refused.
    ShellPipefail = "shell/pipefail",
    /// Options of `set` that a build has or has not.
    ShellSetOptions = "shell/set-options",
    /// `export x=$y` splits the value or not.
    ShellDeclaration = "shell/declaration",
    /// A wrong option of a builtin.
    ShellUsageError = "shell/usage-error",
    /// `exec` of a program that is not there.
    ShellExecMissing = "shell/exec-missing",
    /// The status of `cd` that fails.
    ShellCdFailed = "shell/cd-failed",
    /// A text that the shell cannot read.
    ShellSyntaxError = "shell/syntax-error",
    /// An expansion that fails.
    ShellExpansionError = "shell/expansion-error",
    /// A redirection that fails.
    ShellRedirectionError = "shell/redirection-error",
    /// `$?` behind a substitution on the same line.
    ShellSubstitutionStatus = "shell/substitution-status",
    /// An error of a special builtin ends the shell.
    ShellSpecialError = "shell/special-error",
    /// `set -e` inside a command substitution.
    ShellErrexitInside = "shell/errexit-inside",
    /// A second `wait` for the same child.
    ShellWaitAgain = "shell/wait-again",
    /// A program that is missing is noticed before the fork.
    ShellLooksUpFirst = "shell/looks-up-first",
    /// The status of a `wait` that a trap interrupted.
    ShellInterruptedWait = "shell/interrupted-wait",
    /// A trap that runs inside the `wait` it interrupts.
    ShellTrapInWait = "shell/trap-in-wait",
    /// Traps of the shell around are listed in a subshell.
    ShellTrapListed = "shell/trap-listed",
    /// Utilities that are part of the shell's own binary.
    ShellApplets = "shell/applets",
    /// Unquoted expansions are split into words or not.
    ShellFieldSplitting = "shell/field-splitting",
    /// A pattern that matches no file.
    ShellNoMatch = "shell/no-match",
    /// `[[ ]]` is a construct or a missing command.
    ShellDoubleBracket = "shell/double-bracket",
    /// `(( ))` and `for (( ))`.
    ShellArithmetic = "shell/arithmetic",
    /// Arrays and `+=`.
    ShellArrays = "shell/arrays",
    /// `$'..'` with escapes.
    ShellDollarQuotes = "shell/dollar-quotes",
    /// `<<<` gives a word as input.
    ShellHereString = "shell/here-string",
    /// `&>` redirects both outputs.
    ShellBothRedirect = "shell/both-redirect",
    /// `<( )` as a file.
    ShellProcessSubstitution = "shell/process-substitution",
    /// Aliases in scripts.
    ShellAlias = "shell/alias",
    /// What a program finds in its environment.
    ShellEnvironment = "shell/environment",
    /// How functions may be written and named.
    ShellFunctionNames = "shell/function-names",
    /// `;&` and `;;&` in `case`.
    ShellCaseFallThrough = "shell/case-fall-through",
    /// `{a,b}` and `{1..3}`.
    ShellBraceExpansion = "shell/brace-expansion",
    /// `${x:0:1}`, `${x/a/b}` and their like.
    ShellParameterForms = "shell/parameter-forms",
    /// `time` as a word of the shell.
    ShellTimeWord = "shell/time-word",
    /// How a shell begins its messages.
    ShellMessageForm = "shell/message-form",
    /// What a shell says of a program or file that is not there.
    ShellNotFound = "shell/not-found",
    /// How a shell words its errors.
    ShellErrorTexts = "shell/error-texts",
    /// What a shell says when a signal ended its child.
    ShellChildKilled = "shell/child-killed",
    /// A trap that was reset leaves the handler in place.
    ShellResetTrap = "shell/reset-trap",
    /// A trapped signal leaves a subshell that is no process.
    ShellTrapLeavesSubshell = "shell/trap-leaves-subshell",
    /// `exit` without a number inside a trap.
    ShellExitInTrap = "shell/exit-in-trap",
    /// `break` goes further than its process, function or trap.
    ShellBreak = "shell/break",

    // ---- docker: moby daemon, docker/cli, compose ---------------------------------------------------------------------
    /// A container is made, or removed when it ends.
    DockerRun = "docker/run",
    /// `docker stop`: the stop signal, and SIGKILL after the timeout.
    DockerStop = "docker/stop",
    /// Compose stops dependents first.
    DockerComposeOrder = "docker/compose-order",
    /// Compose runs hooks before it stops a service.
    DockerComposePreStop = "docker/compose-pre-stop",
    /// The restart policy starts a container again.
    DockerRestart = "docker/restart-policy",
    /// Ctrl-C in the terminal of `docker run`.
    DockerInterrupt = "docker/interrupt",

    // ---- limits -----------------------------------------------------------------------------------------------------
    /// The run reached a limit of the simulator.
    LimitReached = "limit/reached",
}
