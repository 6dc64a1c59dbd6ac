//! Language runtimes: what they do about signals and output before a program in them says anything.

use super::row::{Do, Language, On, PLAIN, Port, Profile};
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Buffering, Second};
use crate::program::serving::{Closing, Idle, Serving, UNKNOWN};

/// Dies of the signal it handles; an init process survives that and exits with 1: ruby's `rb_default_signal`, then status 1.
const RUBY_ENDS: On = On::Handle(&[Do::Flush, Do::Reraise, Do::Exit(1)]);
/// Go raises the signal again with the default action, and exits with 2 if that did not end it (runtime/signal_unix.go).
const GO_ENDS: On = On::Handle(&[Do::Reraise, Do::ExitAtOnce(2)]);

/// CPython flushes, raises INT again with the default action and exits with 130 if that did not end it (3.8 and later).
const KEYBOARD_INTERRUPT: On = On::Handle(&[Do::Complain("KeyboardInterrupt"), Do::Flush, Do::Reraise, Do::Exit(130)]);

const PYTHON: Profile = Profile {
    names: &["python", "python3", "python2"],
    runtime: &[(Signal::INT, KEYBOARD_INTERRUPT), (Signal::PIPE, On::Ignore), (Signal::XFSZ, On::Ignore)],
    port: Port::Module(&[("http.server", 8000)]),
    // http.server speaks HTTP/1.0 (measured: python 3.11); socketserver.TCPServer.request_queue_size is 5.
    serving: Serving { idle: Idle::EachAnswer, backlog: 5, ..UNKNOWN },
    stdout: Buffering::Block(8192),
    unbuffered_by: &["-u", "$PYTHONUNBUFFERED"],
    second: Second::Nests,
    language: Some(Language::Python),
    ..PLAIN
};

const NODE: Profile = Profile {
    names: &["node", "nodejs"],
    runtime: &[
        (Signal::INT, On::Handle(&[Do::Reraise])),
        (Signal::TERM, On::Handle(&[Do::Reraise])),
        (Signal::USR1, On::Handle(&[])),
        (Signal::PIPE, On::Ignore),
        (Signal::XFSZ, On::Ignore),
    ],
    concurrent: true,
    language: Some(Language::Node),
    // It says 5 s and waits a second longer, for those who send at the last moment (server.keepAliveTimeoutBuffer).
    serving: Serving {
        idle: Idle::seconds(5),
        slack: SimDuration::from_secs(1),
        tells: true,
        closing: Closing::IdleAtOnce,
        backlog: 511,
    },
    source: "measured: node 20 catches INT and TERM to restore the terminal and raises them again: no effect as PID 1; closes idle \
             connections after 6.0 s, and at server.close at once, but keeps one in use for 6.0 s behind its answer; api/net: \
             backlog 511",
    ..PLAIN
};

const PHP: Profile = Profile {
    names: &["php"],
    runtime: &[(Signal::PIPE, On::Ignore)],
    source: "measured: php 8.2 cli, dispositions and TERM as PID 1",
    ..PLAIN
};

/// Ends with 128 + n after its shutdown hooks; without a hook at once.
const fn jvm(steps: &'static [Do]) -> On {
    On::Handle(steps)
}

/// The rows.
pub const ROWS: &[Profile] = &[
    Profile {
        names: &["ruby"],
        runtime: &[
            (Signal::HUP, RUBY_ENDS),
            (Signal::INT, RUBY_ENDS),
            (Signal::QUIT, RUBY_ENDS),
            (Signal::USR1, RUBY_ENDS),
            (Signal::USR2, RUBY_ENDS),
            (Signal::ALRM, RUBY_ENDS),
            (Signal::TERM, RUBY_ENDS),
            (Signal::PIPE, On::Handle(&[])),
        ],
        stdout: Buffering::Block(8192),
        language: Some(Language::Ruby),
        source: "measured: ruby 3.1.2 as PID 1 exits with 1 on HUP, INT, QUIT, USR1, TERM; as a child it dies of the signal",
        ..PLAIN
    },
    Profile {
        before: "3.8",
        runtime: &[
            (Signal::INT, On::Handle(&[Do::Complain("KeyboardInterrupt"), Do::Exit(1)])),
            (Signal::PIPE, On::Ignore),
            (Signal::XFSZ, On::Ignore),
        ],
        stderr: Buffering::Block(8192),
        source: "docs.python.org sys.stderr: before 3.9 a non-interactive stderr is block-buffered; bpo-1054041: before 3.8 a \
                 KeyboardInterrupt exits with 1",
        ..PYTHON
    },
    Profile {
        since: "3.8",
        before: "3.9",
        stderr: Buffering::Block(8192),
        source: "docs.python.org sys.stderr: before 3.9 a non-interactive stderr is block-buffered",
        ..PYTHON
    },
    Profile {
        since: "3.9",
        stderr: Buffering::Line,
        source: "measured: CPython 3.11 as PID 1 has no TERM handler, exits with 130 on INT; sys.stderr line-buffered since 3.9",
        ..PYTHON
    },
    Profile {
        before: "19",
        serving: Serving { idle: Idle::seconds(5), tells: true, closing: Closing::WhenIdle, backlog: 511, ..UNKNOWN },
        source: "as node 20; nodejs.org api/http: server.keepAliveTimeout 5 s, and server.close leaves idle connections open before \
                 19; api/net: backlog 511",
        ..NODE
    },
    Profile { since: "19", ..NODE },
    Profile {
        names: &["java"],
        runtime: &[
            (Signal::HUP, jvm(&[Do::Exit(129)])),
            (Signal::INT, jvm(&[Do::Exit(130)])),
            (Signal::QUIT, jvm(&[Do::Print("Full thread dump")])),
            (Signal::TERM, jvm(&[Do::Exit(143)])),
            (Signal::PIPE, On::Handle(&[])),
            (Signal::USR2, On::Handle(&[])),
        ],
        concurrent: true,
        source: "measured: OpenJDK 17 exits with 143 on TERM also as PID 1, QUIT prints threads",
        ..PLAIN
    },
    Profile {
        names: &["go", "caddy-go", "go-program"],
        runtime: &[
            (Signal::HUP, GO_ENDS),
            (Signal::INT, GO_ENDS),
            (Signal::TERM, GO_ENDS),
            (Signal::QUIT, On::Handle(&[Do::Complain("SIGQUIT: quit"), Do::ExitAtOnce(2)])),
            (Signal::USR1, On::Handle(&[Do::Reraise])),
            (Signal::USR2, On::Handle(&[Do::Reraise])),
            (Signal::PIPE, On::Handle(&[])),
            (Signal::URG, On::Handle(&[])),
        ],
        concurrent: true,
        language: Some(Language::Go),
        source: "measured: go 1.19 as PID 1 exits with 2 on HUP, INT, TERM, QUIT; USR1 has no effect",
        ..PLAIN
    },
    Profile {
        names: &["perl"],
        stdout: Buffering::Block(8192),
        runtime: &[(Signal::FPE, On::Ignore)],
        source: "measured: perl 5.36 without handler ignores TERM as PID 1",
        ..PLAIN
    },
    PHP,
    Profile {
        names: &["erl", "elixir", "beam.smp", "iex"],
        runtime: &[
            (Signal::INT, On::Handle(&[Do::Exit(0)])),
            (Signal::QUIT, On::Handle(&[Do::Exit(0)])),
            (Signal::USR1, On::Handle(&[Do::Exit(1)])),
            (Signal::TERM, On::Handle(&[Do::Sleep(1_000), Do::Exit(0)])),
            (Signal::PIPE, On::Ignore),
            (Signal::CHLD, On::Ignore),
        ],
        concurrent: true,
        source: "measured: Erlang/OTP 25 stops by init:stop on TERM, exit 0 after 1.0 s",
        ..PLAIN
    },
    Profile {
        names: &["deno"],
        runtime: &[(Signal::PIPE, On::Ignore)],
        concurrent: true,
        source: "measured: deno 2 as PID 1 does not end by QUIT or USR1; TERM ended it with SEGV in this set-up, not modelled",
        ..PLAIN
    },
];
