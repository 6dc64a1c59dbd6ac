//! Commands that tell supervisors what to do: s6-svc(1), s6-svscanctl(1), s6-svstat(1), sv(8), halt(8).
//!
//! They write letters to a control file, and look at what the supervisor wrote down about its service. Not here: events
//! (s6-svlisten waits for them; here it looks every so often), scripts named `check`.

mod s6;
mod sv;

use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::program::call::{Call, KillTarget, Resume, Sys};
use crate::program::util::{Act, Acts};

use super::desk::text_of;
use super::service::Status;

/// A running command for supervisors.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A list of calls that is known when it starts.
    Acts(Acts),
    /// s6-svc and s6-svwait.
    S6(s6::Svc),
    /// sv.
    Sv(sv::Sv),
}

impl Control {
    /// The command of this name; none if it is not one.
    pub(super) fn new(name: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Control> {
        let words: Vec<&str> = argv.iter().skip(1).map(|a| &**a).collect();
        let to_init =
            |signal| Control::Acts(Acts::new(vec![Call::Kill(KillTarget::Pid(Pid::INIT), Some(signal)).into()], 0));
        Some(match name {
            "s6-svc" => s6::svc(&words),
            "s6-svwait" => s6::svwait(&words),
            "s6-svscanctl" => s6::svscanctl(&words),
            "s6-svstat" => Control::Acts(s6::svstat(&words, sys)),
            "sv" => sv::sv(&words, sys),
            // BusyBox halt.c: without -f they signal init.
            "halt" => to_init(Signal::USR1),
            "poweroff" => to_init(Signal::USR2),
            "reboot" => to_init(Signal::TERM),
            _ => return None,
        })
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match self {
            Control::Acts(acts) => acts.resume(&resume),
            Control::S6(svc) => svc.resume(resume, sys),
            Control::Sv(sv) => sv.resume(resume, sys),
        }
    }
}

/// It prints an error and ends.
fn fails(text: &str, code: u8) -> Control {
    Control::Acts(Acts::fails(text, code))
}

fn prints(text: String, code: u8) -> Acts {
    Acts::new(vec![Act::print(text)], code)
}

/// What the supervisor wrote down.
fn status(directory: &str, sys: &Sys<'_>) -> Option<Status> {
    Status::parse(&text_of(&format!("{directory}/supervise/status"), sys)?)
}

/// Whole seconds between a moment that was written down and now.
fn seconds_since(micros: u64, sys: &Sys<'_>) -> u64 {
    sys.now.since(SimTime::from_micros(micros)).as_micros() / 1_000_000
}
