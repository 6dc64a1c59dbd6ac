//! A supervisor of one service: s6-supervise(1), runsv(8). It runs `run` of its directory, then `finish`, and starts again.
//!
//! One machine over the rows: the service is down, up, or being finished; the supervisor wants it up or not, and stays or ends
//! with it. Sources: s6-supervise.c (`actions`), runsv.c. Not here: locks, events for s6-svlisten, the tally of deaths.

mod children;
mod orders;
mod status;

use super::desk::{Desk, exists, fill};
use super::rows::{Pace, ServiceRow};
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::call::{Call, Fd, Resume, Sys};
use crate::trace::{ExitStatus, WaitTarget};

use children::{Child, Log};
pub(super) use status::Status;

/// How long a supervisor waits between two KILLs, and after a fork(2) that was refused.
const PATIENCE: SimDuration = SimDuration::from_secs(5);
/// The least time between two starts.
const SECOND: SimDuration = SimDuration::from_secs(1);

/// What the service is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Down,
    Up,
    /// `finish` runs.
    Finish,
}

/// What a call was made for.
#[derive(Clone, Debug, Default, PartialEq)]
enum Asked {
    #[default]
    Nothing,
    Enter,
    Control,
    LogPipe,
    NotifyPipe,
    Fork(Child),
    Exec(Child),
    /// The end of a child, whichever.
    Reap,
    /// The end of a script in place of this signal.
    Script(Option<Signal>),
    Poll,
    Read(Fd),
    /// A file to write this to.
    Record(Text),
}

/// A running supervisor of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    row: &'static ServiceRow,
    /// The directory, as it was given.
    name: Text,
    desk: Desk<Asked>,
    asked: Asked,
    phase: Phase,
    want_up: bool,
    /// It ends when the service is down.
    last: bool,
    /// It ends now.
    leaving: bool,
    /// `run` or `finish`.
    main: Option<Pid>,
    /// How `run` ended.
    ended: Option<ExitStatus>,
    /// When `run` started.
    started: SimTime,
    /// When the state last changed.
    since: SimTime,
    /// When it does something by itself.
    deadline: Option<SimTime>,
    /// KILL follows at the deadline.
    dying: bool,
    paused: bool,
    got_term: bool,
    ready: bool,
    /// The read end of the pipe on which the service says that it is ready.
    notify: Option<Fd>,
    notify_pipe: Option<(Fd, Fd)>,
    /// Not to be started again before.
    next_start: Option<SimTime>,
    log: Option<Log>,
    /// It does nothing until then.
    idle_until: Option<SimTime>,
    reaping: bool,
}

impl Service {
    pub(super) fn new(row: &'static ServiceRow, argv: &[Text], sys: &Sys<'_>) -> Service {
        let name = argv.get(1).cloned().unwrap_or_else(|| Text::from(""));
        let mut desk = Desk::new();
        if name.is_empty() {
            desk.call(Call::Write(2, row.usage.into()));
            desk.call(Call::Exit(row.usage_code));
        } else {
            desk.ask(Call::Chdir(name.clone()), Asked::Enter);
        }
        Service {
            row,
            name,
            desk,
            asked: Asked::Nothing,
            phase: Phase::Down,
            want_up: true,
            last: false,
            leaving: false,
            main: None,
            ended: None,
            started: sys.now,
            since: sys.now,
            deadline: Some(sys.now),
            dying: false,
            paused: false,
            got_term: false,
            ready: false,
            notify: None,
            notify_pipe: None,
            next_start: None,
            log: None,
            idle_until: None,
            reaping: false,
        }
    }

    pub(super) fn catch(&mut self, signal: Signal) {
        self.desk.catch(signal);
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (std::mem::take(&mut self.asked), resume) {
            (Asked::Enter, Resume::Failed(errno)) => {
                self.desk.say(&fill(self.row.no_directory, &self.name, errno));
                self.desk.call(Call::Exit(111));
            }
            (Asked::Enter, _) => self.entered(sys),
            (Asked::Control, Resume::Opened(fd)) => self.desk.opened_control(fd),
            (Asked::LogPipe, Resume::Pipe(read, write)) => {
                self.desk.private.extend([read, write]);
                self.log = Some(Log::new(read, write, sys));
            }
            (Asked::NotifyPipe, Resume::Pipe(read, write)) => {
                self.desk.private.push(read);
                self.notify_pipe = Some((read, write));
                self.desk.first(Call::Fork, Asked::Fork(Child::Run));
            }
            (Asked::Fork(child), Resume::Child) => self.become_child(child, sys),
            (Asked::Fork(child), Resume::Forked(pid)) => self.forked(child, pid, sys),
            (Asked::Fork(_), Resume::Failed(errno)) => {
                self.desk.say(&format!("{}: warning: unable to fork: {errno}", self.row.names.join(" ")));
                self.idle_until = Some(sys.now + PATIENCE);
            }
            (Asked::Exec(child), Resume::Failed(errno)) => self.exec_failed(child, errno),
            (Asked::Script(signal), Resume::Waited(_, status)) => {
                let refused = matches!(status, ExitStatus::Exited(code) if code != 0);
                if let Some(signal) = signal.filter(|_| refused) {
                    self.kill(signal);
                }
            }
            (Asked::Reap, Resume::Waited(pid, status)) => self.child_ended(pid, status, sys),
            (Asked::Reap, _) => self.reaping = false,
            (Asked::Poll, Resume::Ready(fd)) => {
                self.desk.first(Call::Read { fd, line: false }, Asked::Read(fd));
            }
            (Asked::Read(fd), Resume::Read(text)) if self.desk.control == Some(fd) => self.desk.ordered(&text),
            (Asked::Read(fd), Resume::Read(text)) => self.notified(fd, &text, sys),
            (Asked::Record(text), Resume::Opened(fd)) => {
                self.desk.first(Call::Close(fd), Asked::Nothing);
                self.desk.first(Call::Write(fd, text), Asked::Nothing);
            }
            _ => {}
        }
        self.next_call(sys)
    }

    /// It is in its directory.
    fn entered(&mut self, sys: &Sys<'_>) {
        let row = self.row;
        self.want_up = !exists("down", sys);
        if row.runs_log && sys.files.is_directory(sys.cwd, "log") {
            self.desk.ask(Call::Pipe, Asked::LogPipe);
        }
        self.desk.open_control("supervise/control", || Asked::Control);
        self.desk.handle([Signal::CHLD].into_iter().chain(row.signals.iter().map(|(s, _)| *s)));
        self.record(sys);
    }

    fn next_call(&mut self, sys: &Sys<'_>) -> Call {
        // Each turn either makes a call or uses up something that came in.
        loop {
            if let Some((call, what)) = self.desk.next() {
                self.asked = what;
                return call;
            }
            if self.leaving {
                return Call::Exit(0);
            }
            if self.reaping {
                self.asked = Asked::Reap;
                let only = self.main.filter(|_| !self.row.reaps_any).map(WaitTarget::Pid);
                return Call::Wait { target: only.unwrap_or(WaitTarget::Any), nohang: true };
            }
            if let Some(until) = self.idle_until {
                if until > sys.now {
                    return Call::Sleep(until.since(sys.now));
                }
                self.idle_until = None;
            }
            if let Some(signal) = self.desk.caught.pop_front() {
                self.took(signal, sys);
                continue;
            }
            if let Some(letter) = self.desk.letters.pop_front() {
                self.ordered(letter, sys);
                continue;
            }
            if self.start_log(sys) || self.end_or_start(sys) {
                continue;
            }
            self.asked = Asked::Poll;
            let fds = self.desk.control.into_iter().chain(self.notify).collect();
            return Call::Poll { fds, timeout: self.deadline.map(|at| at.since(sys.now)) };
        }
    }

    /// What is due by the state of things. True if something was.
    fn end_or_start(&mut self, sys: &Sys<'_>) -> bool {
        if self.phase == Phase::Down && self.main.is_none() {
            if self.last {
                return self.leave_after_log();
            }
            if self.want_up && self.deadline.is_some_and(|at| at <= sys.now) {
                self.start(sys);
                return true;
            }
            if !self.want_up {
                self.deadline = None;
            }
            return false;
        }
        if self.deadline.is_none_or(|at| at > sys.now) {
            return false;
        }
        self.deadline = None;
        match self.phase {
            Phase::Down => {}
            Phase::Up if !self.dying => {}
            Phase::Up => {
                self.kill(Signal::KILL);
                self.deadline = Some(sys.now + PATIENCE);
            }
            Phase::Finish => {
                self.desk.say(&self.row.finish_killed.replace("{name}", &self.name));
                self.kill(Signal::CONT);
                self.kill(Signal::KILL);
                self.deadline = Some(sys.now + PATIENCE);
            }
        }
        true
    }

    /// The service is down, for another start or for good.
    fn set_down(&mut self, sys: &Sys<'_>) {
        self.phase = Phase::Down;
        self.dying = false;
        self.since = sys.now;
        match self.row.pace {
            Pace::AfterEnd => self.deadline = Some(self.next_start.take().unwrap_or(sys.now + SECOND)),
            Pace::AfterStart => {
                self.deadline = Some(sys.now);
                if sys.now < self.started + SECOND {
                    self.idle_until = Some(sys.now + SECOND);
                }
            }
        }
        self.record(sys);
    }
}
