//! The kernel agrees with a real Linux 6.18: each measured fact of `data/kernel.json` about signals, children, orphans, limits
//! and namespaces as a test named by the behaviour, a file a topic; `measured` compares whole lists of calls.

mod children;
mod end;
mod fork_exec;
mod init_signals;
mod kill;
mod lab;
mod limits;
mod measured;
mod orphans;
mod records;
mod sessions;
mod statuses;
mod stop;
