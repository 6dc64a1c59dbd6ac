//! A supervisor of the services in a directory: s6-svscan(1), runsvdir(8). It starts one supervisor for each.
//!
//! One machine over the rows. Sources: s6-svscan.c (`reap`, `scan`, `killthem`, `waitthem`), runsvdir.c. Not here: limits on
//! the number of services, runsvdir's log in its own title, directories that appear while it runs under other names.

use super::desk::{Desk, exists, fill, is_executable};
use super::rows::{ScanOrder, ScanRow};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::fs::normal;
use crate::program::call::{Call, Fd, Resume, Sys};
use crate::rules::RuleId;
use crate::trace::WaitTarget;

/// Services of one directory, as s6-svscan's own limit.
const MOST_SERVICES: usize = 500;

#[derive(Clone, Debug, Default, PartialEq)]
enum Asked {
    #[default]
    Nothing,
    Enter,
    Control,
    /// The pipe between a service and its log service.
    Pipe(usize),
    /// A supervisor for a service, or for its log service.
    Fork(usize, bool),
    /// A script in its own directory.
    Script(Text),
    Exec,
    /// `finish`, then `crash`.
    Finish,
    Crash,
    Reap,
    Poll,
    Read(Fd),
}

/// A supervisor that was started: for the service, or for its log service.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Slot {
    pid: Option<Pid>,
    /// Not to be started again before.
    after: Option<SimTime>,
}

#[derive(Clone, Debug, PartialEq)]
struct Watched {
    name: Text,
    /// Its directory is there.
    active: bool,
    has_log: bool,
    pipe: Option<(Fd, Fd)>,
    main: Slot,
    log: Slot,
}

/// A running supervisor of a directory.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    row: &'static ScanRow,
    /// The directory as it was given, and where that is.
    typed: Text,
    directory: Text,
    session: bool,
    desk: Desk<Asked>,
    asked: Asked,
    services: Vec<Watched>,
    deadline: Option<SimTime>,
    reaping: bool,
    scanning: bool,
    /// Signals for the services and the log services: all of them, or only those without a directory.
    telling: Option<(Signal, Signal, bool)>,
    end: Option<End>,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// After its supervisors.
    Waiting,
    /// Now, with `finish`.
    Now,
    /// Now, with this code.
    Code(u8),
}

impl Scan {
    pub(super) fn new(row: &'static ScanRow, argv: &[Text], sys: &Sys<'_>) -> Scan {
        let mut session = false;
        let mut directory = row.default_directory;
        let mut words = argv.iter().skip(1);
        while let Some(word) = words.next() {
            match word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                Some(letters) if !row.session_option.is_empty() && letters == row.session_option => session = true,
                Some(letters) if letters.len() == 1 && row.valued.contains(letters) => {
                    words.next();
                }
                Some(_) => {}
                None => {
                    directory = Some(word);
                    break;
                }
            }
        }
        let mut desk = Desk::new();
        match directory {
            Some(directory) if row.own_directory.is_some() => desk.ask(Call::Chdir(directory.into()), Asked::Enter),
            Some(_) => desk.handle(row.signals.iter().map(|(s, _)| *s)),
            None => {
                desk.call(Call::Write(2, row.usage.into()));
                desk.call(Call::Exit(row.usage_code));
            }
        }
        Scan {
            row,
            typed: directory.unwrap_or(".").into(),
            directory: normal(sys.cwd, directory.unwrap_or(".")),
            session,
            desk,
            asked: Asked::Nothing,
            services: Vec::new(),
            deadline: Some(sys.now),
            reaping: true,
            scanning: true,
            telling: None,
            end: None,
        }
    }

    pub(super) fn catch(&mut self, signal: Signal) {
        self.desk.catch(signal);
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        let row = self.row;
        // One that is not told of a death looks whenever it wakes.
        self.reaping |= self.asked == Asked::Poll && row.looks_every.is_some();
        match (std::mem::take(&mut self.asked), resume) {
            (Asked::Enter, Resume::Failed(errno)) => {
                self.desk.say(&fill(row.no_directory, &self.typed, errno));
                self.desk.call(Call::Exit(row.no_directory_code.unwrap_or(1)));
            }
            (Asked::Enter, _) => {
                if let Some(own) = row.own_directory {
                    self.desk.open_control(&format!("{own}/control"), || Asked::Control);
                }
                self.desk.handle(row.signals.iter().map(|(s, _)| *s));
            }
            (Asked::Control, Resume::Opened(fd)) => self.desk.opened_control(fd),
            (Asked::Pipe(at), Resume::Pipe(read, write)) => {
                self.desk.private.extend([read, write]);
                if let Some(service) = self.services.get_mut(at) {
                    service.pipe = Some((read, write));
                }
            }
            (Asked::Fork(at, log), Resume::Forked(pid)) => self.slot(at, log, |slot| slot.pid = Some(pid)),
            (Asked::Fork(at, log), Resume::Child) => self.become_supervisor(at, log, sys),
            (Asked::Fork(at, log), Resume::Failed(_)) => {
                let after = Some(sys.now + SimDuration::from_secs(4));
                self.slot(at, log, |slot| slot.after = after);
            }
            (Asked::Script(path), Resume::Child) => {
                self.desk.become_child(Vec::new());
                self.desk.exec(&path, &[&path], sys, Asked::Exec);
            }
            (Asked::Exec, Resume::Failed(errno)) => {
                self.desk.say(&format!("{}: fatal: unable to exec {}: {errno}", row.names.join(" "), row.supervisor));
                self.desk.call(Call::Exit(111));
            }
            (Asked::Finish, Resume::Failed(Errno::Enoent)) => self.desk.call(Call::Exit(0)),
            (Asked::Finish, Resume::Failed(errno)) => self.crash(errno, sys),
            (Asked::Crash, Resume::Failed(_)) => self.desk.call(Call::Exit(111)),
            (Asked::Reap, Resume::Waited(pid, _)) => self.child_ended(pid, sys),
            (Asked::Reap, _) => self.reaping = false,
            (Asked::Poll, Resume::Ready(fd)) => {
                self.desk.first(Call::Read { fd, line: false }, Asked::Read(fd));
            }
            (Asked::Read(_), Resume::Read(text)) => self.desk.ordered(&text),
            _ => {}
        }
        self.next_call(sys)
    }

    fn next_call(&mut self, sys: &Sys<'_>) -> Call {
        loop {
            if let Some((call, what)) = self.desk.next() {
                self.asked = what;
                return call;
            }
            if let Some(signals) = self.telling.take() {
                self.tell(signals);
                continue;
            }
            if let Some(end) = self.end {
                return self.leave(end, sys);
            }
            if let Some(signal) = self.desk.caught.pop_front() {
                self.took(signal, sys);
                continue;
            }
            if let Some(letter) = self.desk.letters.pop_front() {
                let order = self.row.letters.iter().find(|(l, _)| *l == letter).map(|(_, order)| *order);
                self.carry_out(order.unwrap_or(ScanOrder::Nothing));
                continue;
            }
            if self.reaping {
                self.asked = Asked::Reap;
                return Call::Wait { target: WaitTarget::Any, nohang: true };
            }
            if self.scanning || self.deadline.is_some_and(|at| at <= sys.now) {
                self.look(sys);
                continue;
            }
            self.asked = Asked::Poll;
            let fds = self.desk.control.into_iter().collect();
            return Call::Poll { fds, timeout: self.deadline.map(|at| at.since(sys.now)) };
        }
    }

    fn took(&mut self, signal: Signal, sys: &Sys<'_>) {
        let row = self.row;
        if let Some(own) = row.own_directory.filter(|_| row.diverted.contains(&signal)) {
            let path = format!("{own}/SIG{signal}");
            if is_executable(&path, sys) {
                self.desk.ask(Call::Fork, Asked::Script(path.into()));
                return;
            }
            if exists(&path, sys) {
                self.desk.say(&format!("s6-svscan: warning: unable to spawn {path}: {}", Errno::Eacces));
            }
        }
        let order = row.signals.iter().find(|(s, _)| *s == signal).map(|(_, order)| *order);
        self.carry_out(order.unwrap_or(ScanOrder::Nothing));
    }

    fn carry_out(&mut self, order: ScanOrder) {
        match order {
            ScanOrder::Nothing => {}
            ScanOrder::Reap => self.reaping = true,
            ScanOrder::Rescan => self.scanning = true,
            ScanOrder::RescanAndPrune => {
                self.scanning = true;
                self.telling = Some((Signal::TERM, Signal::HUP, false));
            }
            ScanOrder::Prune => self.telling = Some((Signal::TERM, Signal::HUP, false)),
            ScanOrder::StopAll { loggers } => {
                self.desk.call(Call::Tell(RuleId::SupervisorStops, "stops its services and waits for them".into()));
                self.telling = Some((Signal::TERM, loggers, true));
                self.end = Some(End::Waiting);
            }
            ScanOrder::Abandon => {
                self.desk.call(Call::Tell(RuleId::SupervisorLeaves, "ends without stopping its services".into()));
                self.end = Some(End::Now);
            }
            ScanOrder::Exit { code, tells } => {
                let text = match tells {
                    Some(signal) => format!("tells its services to stop with SIG{signal}, and ends without waiting"),
                    None => "ends without telling its services".to_owned(),
                };
                self.desk.call(Call::Tell(RuleId::SupervisorLeaves, text.into()));
                self.telling = tells.map(|signal| (signal, signal, true));
                self.end = Some(End::Code(code));
            }
        }
    }

    fn tell(&mut self, (main, log, all): (Signal, Signal, bool)) {
        let mut each = Vec::new();
        for service in self.services.iter().filter(|s| all || !s.active) {
            for (slot, signal) in [(service.main, main), (service.log, log)] {
                each.extend(slot.pid.map(|pid| (pid, signal)));
            }
        }
        self.desk.call(Call::KillEach(each));
    }

    /// Looks what has to be started, and when to look again.
    fn look(&mut self, sys: &Sys<'_>) {
        let row = self.row;
        self.scanning = false;
        self.deadline = None;
        let found_new;
        if sys.files.is_directory(sys.cwd, &self.directory) {
            found_new = self.list(sys);
            for at in 0..self.services.len() {
                self.start_what_is_due(at, sys);
            }
        } else {
            self.desk.say(&fill(row.no_directory, &self.typed, Errno::Enoent));
            found_new = true;
        }
        if let Some((later, sooner)) = row.looks_every {
            self.deadline = Some(sys.now + if found_new { sooner } else { later });
        }
    }

    /// The directories below its own: each is a service. True if one is new.
    fn list(&mut self, sys: &Sys<'_>) -> bool {
        let prefix = format!("{}/", self.directory.trim_end_matches('/'));
        let mut names: Vec<Text> = Vec::new();
        let links = sys.files.links().map(|(path, _)| path);
        for path in sys.files.iter().map(|(path, _)| path).chain(links) {
            let name = path.strip_prefix(&prefix).and_then(|rest| rest.split('/').next());
            let Some(name) = name.filter(|n| !n.is_empty() && !n.starts_with('.')) else { continue };
            if !names.iter().any(|known| &**known == name) && sys.files.is_directory("/", &format!("{prefix}{name}")) {
                names.push(name.into());
            }
        }
        for service in &mut self.services {
            service.active = names.contains(&service.name);
        }
        let mut found_new = false;
        for name in names {
            if self.services.len() >= MOST_SERVICES || self.services.iter().any(|s| s.name == name) {
                continue;
            }
            found_new = true;
            let has_log = self.row.connects_logs && sys.files.is_directory("/", &format!("{prefix}{name}/log"));
            if has_log {
                self.desk.ask(Call::Pipe, Asked::Pipe(self.services.len()));
            }
            let (main, log) = (Slot::default(), Slot::default());
            self.services.push(Watched { name, active: true, has_log, pipe: None, main, log });
        }
        found_new
    }

    fn start_what_is_due(&mut self, at: usize, sys: &Sys<'_>) {
        let Some(service) = self.services.get(at).filter(|s| s.active) else { return };
        let slots = [(service.has_log, true, service.log), (true, false, service.main)];
        for (wanted, is_log, slot) in slots {
            if !wanted || slot.pid.is_some() {
                continue;
            }
            match slot.after.filter(|after| *after > sys.now) {
                None => self.desk.ask(Call::Fork, Asked::Fork(at, is_log)),
                Some(after) => self.deadline = Some(self.deadline.map_or(after, |d| d.min(after))),
            }
        }
    }

    fn slot(&mut self, at: usize, log: bool, change: impl FnOnce(&mut Slot)) {
        if let Some(service) = self.services.get_mut(at) {
            change(if log { &mut service.log } else { &mut service.main });
        }
    }

    fn become_supervisor(&mut self, at: usize, log: bool, sys: &Sys<'_>) {
        let Some(service) = self.services.get(at).cloned() else { return };
        let mut before = Vec::new();
        match (service.pipe, log) {
            (Some((read, _)), true) => before.push(Call::Dup2(read, 0)),
            (Some((_, write)), false) => before.push(Call::Dup2(write, 1)),
            (None, _) => {}
        }
        if self.session {
            before.push(Call::Setsid);
        }
        if self.row.own_directory.is_none() {
            before.push(Call::Chdir(self.directory.clone()));
        }
        self.desk.become_child(before);
        let name = if log { format!("{}/log", service.name) } else { service.name.to_string() };
        let supervisor = self.row.supervisor;
        self.desk.exec(supervisor, &[supervisor, &name], sys, Asked::Exec);
    }

    fn child_ended(&mut self, pid: Pid, sys: &Sys<'_>) {
        let row = self.row;
        let after = sys.now + row.again_after;
        for service in &mut self.services {
            for slot in [&mut service.main, &mut service.log] {
                if slot.pid == Some(pid) {
                    *slot = Slot { pid: None, after: Some(after) };
                    self.deadline = Some(self.deadline.map_or(after, |d| d.min(after)));
                }
            }
        }
    }

    /// Waits for its supervisors if it is to, then ends.
    fn leave(&mut self, end: End, sys: &Sys<'_>) -> Call {
        let running = self.services.iter().any(|s| s.main.pid.is_some() || s.log.pid.is_some());
        match end {
            End::Code(code) => return Call::Exit(code),
            End::Waiting if running => {
                // Log services end when nobody holds the other end of their pipes.
                for (read, write) in self.services.iter_mut().filter_map(|s| s.pipe.take()) {
                    self.desk.call(Call::Close(write));
                    self.desk.call(Call::Close(read));
                }
                if let Some((call, what)) = self.desk.next() {
                    self.asked = what;
                    return call;
                }
                self.asked = Asked::Reap;
                return Call::Wait { target: WaitTarget::Any, nohang: false };
            }
            End::Waiting | End::Now => {}
        }
        let path = format!("{}/finish", self.row.own_directory.unwrap_or("."));
        self.desk.exec(&path, &[&path], sys, Asked::Finish);
        self.end = Some(End::Code(0));
        self.next_call(sys)
    }

    /// It cannot go on: `crash` takes its place.
    fn crash(&mut self, errno: Errno, sys: &Sys<'_>) {
        let own = self.row.own_directory.unwrap_or(".");
        self.desk.say(&format!("s6-svscan: warning: unable to exec finish script {own}/finish: {errno}"));
        self.desk.say(&format!("s6-svscan: warning: executing into {own}/crash"));
        let path = format!("{own}/crash");
        self.desk.exec(&path, &[&path], sys, Asked::Crash);
    }
}
