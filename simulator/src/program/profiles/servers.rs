//! Servers: what they do about signals when nothing else is said. Requests in flight are cut when their process ends.

use super::row::{Do, On, PLAIN, Port, Profile, Tune, Workers};
use crate::base::signal::Signal;
use crate::program::behaviour::{Buffering, Second};
use crate::program::serving::{Closing, Idle, Serving, UNKNOWN};

/// Ends at once.
const END: On = On::Handle(&[Do::Exit(0)]);
/// Closes its sockets, answers what is in flight, ends.
const GRACEFUL: On = On::Handle(&[Do::Unlisten, Do::Drain(0), Do::Exit(0)]);
/// Does something that does not matter here (reload, reopen logs) and goes on.
const GOES_ON: On = On::Handle(&[]);
/// Passes TERM on to its children, waits for them, ends.
const STOP_CHILDREN: On = On::Handle(&[Do::Unlisten, Do::SignalChildren(Signal::TERM), Do::WaitChildren, Do::Exit(0)]);
/// The same with QUIT.
const QUIT_CHILDREN: On = On::Handle(&[Do::Unlisten, Do::SignalChildren(Signal::QUIT), Do::WaitChildren, Do::Exit(0)]);
/// Answers what is in flight, then dies of the signal it handles; an init process exits with 0 instead.
const GRACEFUL_RERAISE: On = On::Handle(&[Do::Unlisten, Do::Drain(0), Do::Flush, Do::Reraise, Do::Exit(0)]);

/// Keeps idle connections for so many seconds.
const fn keeps(seconds: u64, backlog: u32) -> Serving {
    Serving { idle: Idle::seconds(seconds), backlog, ..UNKNOWN }
}

/// Closes each connection with its answer.
const fn closes(backlog: u32) -> Serving {
    Serving { idle: Idle::EachAnswer, backlog, ..UNKNOWN }
}

const PYTHON_SERVER: Profile = Profile {
    runtime: &[(Signal::PIPE, On::Ignore), (Signal::XFSZ, On::Ignore)],
    stdout: Buffering::Block(8192),
    stderr: Buffering::Line,
    unbuffered_by: &["-u", "$PYTHONUNBUFFERED"],
    ..PLAIN
};

/// gunicorn's threaded workers.
const GTHREAD: Serving = Serving { idle: Idle::seconds(2), closing: Closing::WhenIdle, backlog: 2_048, ..UNKNOWN };

/// Servers of one process.
pub const ROWS: &[Profile] = &[
    Profile {
        names: &["uvicorn"],
        on: &[(Signal::TERM, GRACEFUL_RERAISE), (Signal::INT, GRACEFUL)],
        port: Port::Argument { flags: &["--port"], default: 8000 },
        concurrent: true,
        serving: keeps(5, 2_048),
        tuned_by: &[Tune::Idle(&["--timeout-keep-alive"]), Tune::Backlog(&["--backlog"])],
        source: "measured: uvicorn 0.54 serves what is in flight on TERM and INT; QUIT and HUP have no effect as PID 1; closes idle \
                 connections after 5.0 s, and all at TERM; www.uvicorn.org/settings: backlog 2048",
        ..PYTHON_SERVER
    },
    Profile {
        names: &["flask"],
        runtime: &[(Signal::INT, On::Handle(&[Do::Exit(0)])), (Signal::PIPE, On::Ignore)],
        port: Port::Argument { flags: &["--port", "-p"], default: 5000 },
        serving: closes(128),
        source: "measured: flask run (Werkzeug 3.1) has no TERM handler, exits with 0 on INT; werkzeug serving.py: Connection: close, \
                 LISTEN_QUEUE 128",
        ..PYTHON_SERVER
    },
    Profile {
        names: &["puma"],
        on: &[
            (Signal::TERM, On::Handle(&[Do::Unlisten, Do::Drain(0), Do::Flush, Do::Reraise, Do::Exit(1)])),
            (Signal::INT, GRACEFUL),
            (Signal::HUP, END),
            (Signal::QUIT, On::Handle(&[Do::Reraise, Do::Exit(1)])),
            (Signal::USR1, GOES_ON),
        ],
        port: Port::Argument { flags: &["-p", "--port", "-b"], default: 9292 },
        concurrent: true,
        serving: keeps(20, 1_024),
        source: "measured: puma 5.6 single serves what is in flight, then exits with 1 as PID 1 or dies of TERM; puma const.rb: \
                 PERSISTENT_TIMEOUT 20, backlog 1024",
        ..PLAIN
    },
    Profile {
        names: &["redis", "redis-server", "valkey", "valkey-server"],
        start: &[Do::Print("* Ready to accept connections")],
        on: &[
            (
                Signal::TERM,
                On::Handle(&[
                    Do::Unlisten,
                    Do::Sleep(100),
                    Do::Print("# Redis is now ready to exit, bye bye..."),
                    Do::Exit(0),
                ]),
            ),
            (
                Signal::INT,
                On::Handle(&[
                    Do::Unlisten,
                    Do::Sleep(100),
                    Do::Print("# Redis is now ready to exit, bye bye..."),
                    Do::Exit(0),
                ]),
            ),
            (Signal::HUP, On::Ignore),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Argument { flags: &["--port"], default: 6379 },
        source: "measured: redis 7.0.15 saves and exits with 0 after 0.1 s on TERM and INT; QUIT has no effect as PID 1",
        ..PLAIN
    },
    Profile {
        names: &["memcached"],
        on: &[
            (Signal::TERM, On::Handle(&[Do::Sleep(500), Do::Exit(0)])),
            (Signal::INT, On::Handle(&[Do::Sleep(500), Do::Exit(0)])),
            (Signal::USR1, On::Handle(&[Do::Sleep(600), Do::Exit(0)])),
            (Signal::HUP, GOES_ON),
        ],
        port: Port::Argument { flags: &["-p"], default: 11211 },
        source: "measured: memcached 1.6.18 exits with 0 after 0.5 s on TERM and INT",
        ..PLAIN
    },
    Profile {
        names: &["mariadb", "mariadbd", "mysqld", "mysql"],
        // INT is blocked, which for a signal that nobody awaits is the same as ignored.
        on: &[
            (Signal::TERM, END),
            (Signal::QUIT, END),
            (Signal::INT, On::Ignore),
            (Signal::HUP, GOES_ON),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Argument { flags: &["--port", "-P"], default: 3306 },
        source: "measured: mariadbd 10.11 exits with 0 on TERM and QUIT and aborts running queries; INT has no effect",
        ..PLAIN
    },
    Profile {
        names: &["postgres"],
        on: &[
            (Signal::TERM, GRACEFUL),
            (Signal::INT, On::Handle(&[Do::Unlisten, Do::Exit(0)])),
            (Signal::QUIT, On::Handle(&[Do::Exit(0)])),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
        ],
        port: Port::Argument { flags: &["-p"], default: 5432 },
        source: "measured: postgres 15: TERM waits for the running query, INT aborts it, QUIT is immediate; its helper \
                 processes are left out",
        ..PLAIN
    },
    Profile {
        names: &["caddy"],
        on: &[
            (Signal::TERM, GRACEFUL),
            (Signal::INT, GRACEFUL),
            (Signal::QUIT, On::Handle(&[Do::ExitAtOnce(2)])),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
        ],
        port: Port::Fixed(80),
        concurrent: true,
        serving: Serving { idle: Idle::seconds(300), ..UNKNOWN },
        source: "measured: caddy 2.6 serves what is in flight on TERM and INT, exits with 2 at once on QUIT; caddyserver.com/docs: \
                 timeouts idle 5m",
        ..PLAIN
    },
    Profile {
        names: &["haproxy"],
        on: &[(Signal::USR1, GRACEFUL), (Signal::HUP, GOES_ON), (Signal::QUIT, GOES_ON), (Signal::PIPE, On::Ignore)],
        port: Port::Fixed(80),
        source: "measured: haproxy 2.6 -db: USR1 is the graceful stop, TERM and INT have no effect as PID 1",
        ..PLAIN
    },
    Profile {
        names: &["lighttpd"],
        on: &[
            (Signal::TERM, END),
            (Signal::INT, GRACEFUL),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Fixed(80),
        serving: keeps(5, 1_024),
        source: "lighttpd docs: server.max-keep-alive-idle 5, server.listen-backlog 1024; measured: lighttpd 1.4.69: INT is the graceful stop; TERM cuts requests in flight (it then exits with 1, \
                 idle with 0; here 0)",
        ..PLAIN
    },
    Profile {
        names: &["cron", "crond"],
        on: &[(Signal::HUP, GOES_ON)],
        source: "measured: cron 3.0pl1 -f has no handler for TERM, INT, QUIT",
        ..PLAIN
    },
    Profile {
        names: &["beanstalkd"],
        on: &[(Signal::USR1, GOES_ON), (Signal::TERM, On::Handle(&[Do::Reraise])), (Signal::PIPE, On::Ignore)],
        port: Port::Fixed(11300),
        source: "measured: beanstalkd 1.12 as PID 1 survives TERM",
        ..PLAIN
    },
];

/// Servers of a master process and workers.
pub const MASTERS: &[Profile] = &[
    Profile {
        names: &["nginx"],
        on: &[
            (Signal::TERM, STOP_CHILDREN),
            (Signal::INT, STOP_CHILDREN),
            (Signal::QUIT, QUIT_CHILDREN),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
            (Signal::USR2, GOES_ON),
            (Signal::WINCH, On::Handle(&[Do::SignalChildren(Signal::QUIT)])),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Fixed(80),
        workers: Some(Workers {
            count: 2,
            master_title: "nginx: master process {args}",
            title: "nginx: worker process",
            on: &[
                (Signal::TERM, END),
                (Signal::INT, END),
                (Signal::QUIT, GRACEFUL),
                (Signal::USR1, GOES_ON),
                (Signal::HUP, On::Ignore),
                (Signal::PIPE, On::Ignore),
            ],
        }),
        // A quit under way does not hold up a TERM: both are flags that the master's and the workers' loops look at.
        second: Second::OthersNest,
        serving: keeps(75, 511),
        source: "nginx.org/en/docs/control.html; src/os/unix/ngx_process_cycle.c; measured: nginx 1.22.1, TERM and INT cut requests at once, \
                 QUIT serves them; ngx_http_core_module: keepalive_timeout 75s, listen backlog 511",
        ..PLAIN
    },
    Profile {
        names: &["php-fpm"],
        on: &[
            (Signal::TERM, STOP_CHILDREN),
            (Signal::INT, STOP_CHILDREN),
            (Signal::QUIT, STOP_CHILDREN),
            (Signal::USR1, GOES_ON),
            (Signal::USR2, GOES_ON),
            (Signal::HUP, GOES_ON),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Fixed(9000),
        workers: Some(Workers {
            count: 3,
            master_title: "php-fpm: master process (/etc/php-fpm.conf)",
            title: "php-fpm: pool www",
            on: &[(Signal::TERM, END), (Signal::QUIT, GRACEFUL), (Signal::PIPE, On::Ignore)],
        }),
        serving: closes(511),
        source: "php.net: listen.backlog 511; measured: php-fpm 8.2 with process_control_timeout unset cuts requests on TERM, INT and QUIT alike",
        ..PLAIN
    },
    Profile {
        names: &["httpd", "apache", "apache2"],
        on: &[
            (Signal::TERM, STOP_CHILDREN),
            (Signal::INT, STOP_CHILDREN),
            (
                Signal::WINCH,
                On::Handle(&[
                    Do::Unlisten,
                    Do::SignalChildren(Signal::WINCH),
                    Do::WaitChildren,
                    Do::Sleep(1_000),
                    Do::Exit(0),
                ]),
            ),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
            (Signal::PIPE, On::Ignore),
        ],
        port: Port::Fixed(80),
        workers: Some(Workers {
            count: 3,
            master_title: "",
            title: "",
            on: &[(Signal::TERM, END), (Signal::WINCH, GRACEFUL), (Signal::HUP, GOES_ON), (Signal::PIPE, On::Ignore)],
        }),
        serving: keeps(5, 511),
        source: "httpd.apache.org/docs/2.4: KeepAliveTimeout 5, ListenBackLog 511; measured: httpd 2.4 event closes idle connections \
                 after 5.0 s, and at WINCH at once, with Connection: close on what is in flight; TERM and INT cut requests (the exit itself waits for them, not here), WINCH is the \
                 graceful stop",
        ..PLAIN
    },
    Profile {
        names: &["gunicorn"],
        on: &[
            (
                Signal::TERM,
                On::Handle(&[
                    Do::SignalChildren(Signal::TERM),
                    Do::WaitChildrenAtMost(30_000),
                    Do::SignalChildren(Signal::KILL),
                    Do::WaitChildren,
                    Do::Exit(0),
                ]),
            ),
            (Signal::INT, On::Handle(&[Do::SignalChildren(Signal::QUIT), Do::WaitChildren, Do::Exit(0)])),
            (Signal::QUIT, On::Handle(&[Do::SignalChildren(Signal::QUIT), Do::WaitChildren, Do::Exit(0)])),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
            (Signal::USR2, GOES_ON),
            (Signal::WINCH, GOES_ON),
        ],
        port: Port::Argument { flags: &["-b", "--bind"], default: 8000 },
        workers: Some(Workers {
            count: 2,
            master_title: "",
            title: "",
            on: &[
                (Signal::TERM, On::Handle(&[Do::StopAccepting, Do::Drain(0), Do::Sleep(200), Do::Exit(0)])),
                (Signal::QUIT, On::Handle(&[Do::Sleep(300), Do::Exit(0)])),
                (Signal::INT, On::Ignore),
                (Signal::USR1, GOES_ON),
            ],
        }),
        serving: closes(2_048),
        tuned_by: &[
            Tune::Kind(&["--threads", "-k", "--worker-class"], GTHREAD),
            Tune::Idle(&["--keep-alive"]),
            Tune::Backlog(&["--backlog"]),
        ],
        source: "measured: gunicorn sync: TERM serves what is in flight and lets new connections wait in the backlog, QUIT and \
                 INT cut; sync workers answer with Connection: close, gthread closes idle connections after 2.0 s, at TERM too; \
                 docs.gunicorn.org: backlog 2048",
        ..PYTHON_SERVER
    },
    Profile {
        names: &["hypercorn"],
        on: &[
            (Signal::TERM, On::Handle(&[Do::SignalChildren(Signal::TERM), Do::WaitChildren, Do::Exit(0)])),
            (Signal::INT, On::Handle(&[Do::SignalChildren(Signal::TERM), Do::WaitChildren, Do::Exit(0)])),
            (Signal::HUP, GOES_ON),
        ],
        port: Port::Argument { flags: &["-b", "--bind"], default: 8000 },
        workers: Some(Workers {
            count: 1,
            master_title: "",
            title: "",
            on: &[
                (Signal::TERM, On::Handle(&[Do::Unlisten, Do::Drain(3_200), Do::Exit(0)])),
                (Signal::INT, On::Ignore),
            ],
        }),
        serving: keeps(5, 100),
        tuned_by: &[Tune::Idle(&["--keep-alive"]), Tune::Backlog(&["--backlog"])],
        source: "measured: hypercorn 0.18 gives requests in flight about 3 s on TERM and INT; closes idle connections after 5.0 s, \
                 and all at TERM; hypercorn docs: backlog 100",
        ..PYTHON_SERVER
    },
    Profile {
        names: &["unicorn"],
        on: &[
            (Signal::TERM, STOP_CHILDREN),
            (Signal::INT, STOP_CHILDREN),
            (Signal::QUIT, QUIT_CHILDREN),
            (Signal::HUP, GOES_ON),
            (Signal::USR1, GOES_ON),
            (Signal::USR2, GOES_ON),
        ],
        port: Port::Argument { flags: &["-l", "--listen", "-p"], default: 8080 },
        workers: Some(Workers {
            count: 1,
            master_title: "unicorn master {args}",
            title: "unicorn worker[0]",
            on: &[(Signal::TERM, END), (Signal::INT, END), (Signal::QUIT, GRACEFUL), (Signal::USR1, GOES_ON)],
        }),
        serving: closes(1_024),
        source: "unicorn: no keep-alive, backlog 1024; measured: unicorn 6.0: TERM and INT cut, QUIT serves what is in flight",
        ..PLAIN
    },
];
