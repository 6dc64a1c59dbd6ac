//! What a supervisor does on signals and on letters in its control file.

use super::super::desk::{is_executable, number_in, text_of};
use super::super::rows::Order;
use super::children::Child;
use super::{Asked, Phase, Service};
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::call::{Call, FileMark, KillTarget, OpenMode, Sys};
use crate::rules::RuleId;

impl Service {
    pub(super) fn took(&mut self, signal: Signal, sys: &Sys<'_>) {
        if signal == Signal::CHLD {
            self.reaping = true;
            return;
        }
        let order = self.row.signals.iter().find(|(s, _)| *s == signal).map(|(_, order)| *order);
        if let Some(order) = order {
            self.carry_out(None, order, sys);
        }
    }

    pub(super) fn ordered(&mut self, letter: char, sys: &Sys<'_>) {
        let order = self.row.letters.iter().find(|(l, _)| *l == letter).map(|(_, order)| *order);
        if let Some(order) = order {
            self.carry_out(Some(letter), order, sys);
        }
    }

    fn carry_out(&mut self, letter: Option<char>, order: Order, sys: &Sys<'_>) {
        let up = self.phase == Phase::Up;
        if self.row.one_want && matches!(order, Order::Up | Order::Down | Order::Once) {
            self.last = false;
        }
        match order {
            Order::Nothing => {}
            Order::Send(signal) if up => self.signal(letter, Some(signal), sys),
            Order::Pause if up => {
                self.signal(letter, Some(Signal::STOP), sys);
                self.paused = true;
                self.record(sys);
            }
            Order::Continue if up => {
                self.signal(letter, Some(Signal::CONT), sys);
                self.paused = false;
                self.record(sys);
            }
            Order::SendStop if up => self.send_stop(sys),
            Order::Send(_) | Order::Pause | Order::Continue | Order::SendStop => {}
            Order::Up | Order::UpFor => {
                if order == Order::UpFor {
                    self.desk.call(Call::Unlink("down".into()));
                }
                self.want_up = true;
                self.start_now(sys);
            }
            Order::Down | Order::DownFor | Order::OnceAtMost | Order::OnceFor => {
                if matches!(order, Order::DownFor | Order::OnceFor) {
                    self.desk.call(Call::Mark("down".into(), FileMark::Touch));
                }
                self.want_up = false;
                if up && matches!(order, Order::Down | Order::DownFor) {
                    self.stop('d', sys);
                }
                self.record(sys);
            }
            Order::Once => {
                self.start_now(sys);
                self.want_up = false;
                self.record(sys);
            }
            Order::DownAndExit => {
                self.last = true;
                let text = "stops its service, and ends when that has ended";
                self.desk.call(Call::Tell(RuleId::SupervisorStops, text.into()));
                if up {
                    self.stop('x', sys);
                } else if self.phase == Phase::Finish {
                    self.close_standard();
                }
                self.record(sys);
            }
            Order::ExitAfterIt => {
                self.last = true;
                if self.phase != Phase::Down {
                    self.close_standard();
                }
            }
            Order::Abandon => {
                self.desk.call(Call::Tell(RuleId::SupervisorLeaves, "ends and leaves its service running".into()));
                self.leaving = true;
            }
            Order::InterruptAndAbandon => {
                // The service leads its session, and so its group.
                if let Some(pid) = self.main {
                    self.desk.call(Call::Kill(KillTarget::Group(pid), Some(Signal::INT)));
                }
                self.leaving = true;
            }
        }
    }

    /// Starts a service that is down without waiting for its time.
    fn start_now(&mut self, sys: &Sys<'_>) {
        if self.phase == Phase::Down && self.main.is_none() {
            self.start(sys);
        } else {
            self.record(sys);
        }
    }

    /// Stops the service: its signal, CONT for one that is stopped, and KILL after `timeout-kill`.
    fn stop(&mut self, letter: char, sys: &Sys<'_>) {
        self.want_up = false;
        self.send_stop(sys);
        self.kill(Signal::CONT);
        if self.row.control_scripts {
            self.signal(Some(letter), None, sys);
        }
        let limit = number_in("timeout-kill", sys).filter(|millis| *millis > 0 && self.row.settings);
        self.dying = limit.is_some();
        self.deadline = limit.map(|millis| sys.now + SimDuration::from_millis(u64::from(millis)));
    }

    fn send_stop(&mut self, sys: &Sys<'_>) {
        let own = text_of("down-signal", sys).filter(|_| self.row.settings);
        let own = own.and_then(|text| Signal::parse(text.lines().next().unwrap_or("").trim()));
        self.got_term = true;
        self.signal(Some('t'), Some(own.unwrap_or(Signal::TERM)), sys);
        self.record(sys);
    }

    /// Signals the service, or lets the script for this letter do it.
    fn signal(&mut self, letter: Option<char>, signal: Option<Signal>, sys: &Sys<'_>) {
        let script = letter.filter(|l| self.row.control_scripts && is_executable(&format!("control/{l}"), sys));
        match (script, signal) {
            (Some(letter), _) => self.desk.ask(Call::Fork, Asked::Fork(Child::Script(letter, signal))),
            (None, Some(signal)) => self.kill(signal),
            (None, None) => {}
        }
    }

    pub(super) fn kill(&mut self, signal: Signal) {
        if let Some(pid) = self.main.filter(|pid| *pid != Pid::OUTSIDE) {
            self.desk.call(Call::Kill(KillTarget::Pid(pid), Some(signal)));
        }
    }

    /// Its own standard input and output become /dev/null, so that a log service gets its end of input.
    fn close_standard(&mut self) {
        for fd in [0, 1] {
            self.desk.call(Call::Close(fd));
            let mode = if fd == 0 { OpenMode::Read } else { OpenMode::Write };
            self.desk.call(Call::Open("/dev/null".into(), mode));
        }
    }
}
