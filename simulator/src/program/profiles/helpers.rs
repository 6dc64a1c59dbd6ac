//! The helper programs of the conformance suite: small C programs whose behaviour is chosen by their name.
//!
//! They log to the file in `$HLOG`, so that redirections do not hide what they do. Handlers are C handlers that set a flag.

use super::row::{Do, On, PLAIN, Profile};
use crate::base::signal::Signal;

const SOURCE: &str = "the conformance suite's helper program (HELPER_C)";
const LOG: &str = "HLOG";

const START: Do = Do::Record(LOG, "{me} {pid} start ppid={ppid}");
const EXIT0: Do = Do::Record(LOG, "{me} {pid} exit 0");

/// Logs the signal, takes 100 ms, logs its exit, exits with 0.
const fn ends(got: &'static [Do; 4]) -> On {
    On::Handle(got)
}

const TERM: On = ends(&[Do::Record(LOG, "{me} {pid} got TERM"), Do::Sleep(100), EXIT0, Do::Exit(0)]);
const INT: On = ends(&[Do::Record(LOG, "{me} {pid} got INT"), Do::Sleep(100), EXIT0, Do::Exit(0)]);
const HUP: On = ends(&[Do::Record(LOG, "{me} {pid} got HUP"), Do::Sleep(100), EXIT0, Do::Exit(0)]);
const QUIT: On = ends(&[Do::Record(LOG, "{me} {pid} got QUIT"), Do::Sleep(100), EXIT0, Do::Exit(0)]);
const USR1: On = ends(&[Do::Record(LOG, "{me} {pid} got USR1"), Do::Sleep(100), EXIT0, Do::Exit(0)]);
const TERM30: On = ends(&[
    Do::Record(LOG, "{me} {pid} got TERM"),
    Do::Sleep(100),
    Do::Record(LOG, "{me} {pid} exit 30"),
    Do::Exit(30),
]);

/// The rows.
pub const ROWS: &[Profile] = &[
    Profile {
        names: &["helper-app", "app", "app1", "app2"],
        start: &[START],
        on: &[(Signal::TERM, TERM), (Signal::INT, INT), (Signal::HUP, HUP), (Signal::QUIT, QUIT), (Signal::USR1, USR1)],
        source: SOURCE,
        ..PLAIN
    },
    Profile {
        names: &["app30"],
        start: &[START],
        on: &[
            (Signal::TERM, TERM30),
            (Signal::INT, INT),
            (Signal::HUP, HUP),
            (Signal::QUIT, QUIT),
            (Signal::USR1, USR1),
        ],
        source: SOURCE,
        ..PLAIN
    },
    Profile { names: &["plain"], start: &[START], source: SOURCE, ..PLAIN },
    Profile { names: &["short"], start: &[START, Do::Sleep(2_500), EXIT0, Do::Exit(0)], source: SOURCE, ..PLAIN },
    Profile { names: &["brief"], start: &[START, Do::Sleep(600), EXIT0, Do::Exit(0)], source: SOURCE, ..PLAIN },
    Profile {
        names: &["stubborn"],
        start: &[START],
        on: &[(Signal::TERM, On::Ignore), (Signal::INT, On::Ignore)],
        source: SOURCE,
        ..PLAIN
    },
    Profile {
        names: &["missing-applet-nohup"],
        start: &[Do::Complain("nohup: applet not found"), Do::Exit(127)],
        source: "a link to a BusyBox that was built without the applet; measured",
        ..PLAIN
    },
    Profile { names: &["quick"], start: &[START, Do::Exit(0)], source: SOURCE, ..PLAIN },
    Profile { names: &["fail3"], start: &[START, Do::Exit(3)], source: SOURCE, ..PLAIN },
];
