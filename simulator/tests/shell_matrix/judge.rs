//! Where a record of a real shell and the simulator's answer differ.

use crate::records::strings;
use serde_json::Value;
use simulator::base::signal::Signal;
use simulator::probe::shell::{Answer, Outcome, TreeEntry, tree_shape};
use simulator::trace::ExitStatus;

fn pid1(status: Option<ExitStatus>) -> String {
    match status {
        None => "null".into(),
        Some(ExitStatus::Exited(code)) => format!("{{\"code\":{code}}}"),
        Some(ExitStatus::Signaled(signal)) => format!("{{\"signal\":\"{signal}\"}}"),
    }
}

/// Compares one field unless the record calls it racy.
struct Judge<'a> {
    racy: Vec<String>,
    out: &'a mut Vec<String>,
}

impl Judge<'_> {
    fn same(&mut self, path: &str, real: impl std::fmt::Debug, simulated: impl std::fmt::Debug) {
        let racy = self.racy.iter().any(|r| path == r || path.starts_with(&format!("{r}.")));
        let (real, simulated) = (format!("{real:?}"), format!("{simulated:?}"));
        if !racy && real != simulated {
            self.out.push(format!("{path}: real {real} simulated {simulated}"));
        }
    }

    fn outcome(&mut self, at: &str, real: &Value, ours: &Outcome, is_self_exit: bool) {
        self.same(&format!("{at}.pid1"), real["pid1"].to_string(), pid1(ours.pid1));
        self.same(&format!("{at}.events"), strings(&real["events"]), &ours.events);
        self.same(&format!("{at}.output"), strings(&real["output"]), &ours.output);
        let time = if is_self_exit { &real["end_s"] } else { &real["died_after_s"] };
        if let (Some(real), Some(_)) = (time.as_f64(), ours.pid1) {
            let simulated = ours.after.as_millis() as f64 / 1000.0;
            if (real - simulated).abs() > 0.3 {
                self.same(&format!("{at}.seconds"), real, simulated);
            }
        }
        if !is_self_exit {
            let got = real["app_got_signal"].as_bool().unwrap_or(false);
            if !at.starts_with("KILL") {
                self.same(&format!("{at}.app_got_signal"), got, ours.app_got_signal());
            }
            let left = real["left"].as_str().unwrap_or("").to_string();
            self.same(&format!("{at}.left"), left, tree_shape(&ours.left));
            let mut killed = strings(&real["killed_with_pid1"]);
            killed.sort();
            self.same(&format!("{at}.killed_with_pid1"), killed, &ours.killed_with_pid1);
        }
    }

    fn tree(&mut self, real: &Value, ours: &[TreeEntry]) {
        let empty = Vec::new();
        let real = real.as_array().unwrap_or(&empty);
        let number = |v: &Value| v.as_u64().unwrap();
        let names = |v: &Value| strings(v);
        let real: Vec<_> = real
            .iter()
            .map(|p| {
                let comm = p["comm"].as_str().unwrap().to_string();
                let state = p["state"].as_str().unwrap().to_string();
                let argv = if p["argv"].is_null() { vec![comm] } else { names(&p["argv"]) };
                let argv = if state == "Z" { Vec::new() } else { argv };
                (number(&p["pid"]), number(&p["ppid"]), state, argv, names(&p["ign"]))
            })
            .collect();
        let name = |s: &Signal| if s.number() > 31 { format!("RT{}", s.number()) } else { s.to_string() };
        let ours: Vec<_> = ours
            .iter()
            .map(|e| {
                let ignored: Vec<String> = e.ignored.iter().map(name).collect();
                let argv: Vec<String> =
                    e.argv.iter().map(|a| a.replace("/box/bin/", "").replace("/box", ".")).collect();
                (u64::from(e.pid), u64::from(e.ppid), e.state.to_string(), argv, ignored)
            })
            .collect();
        self.same("tree", real, ours);
    }
}

/// What differs, one line a field.
pub fn differences(record: &Value, answer: &Answer) -> Vec<String> {
    let mut out = Vec::new();
    let mut judge = Judge { racy: strings(&record["racy"]), out: &mut out };
    let settles = record["settles"].as_bool().unwrap();
    judge.same("settles", settles, answer.self_exit.is_none());
    match (&answer.self_exit, settles) {
        (Some(ours), false) => judge.outcome("self_exit", &record["self_exit"], ours, true),
        (None, true) => {
            judge.same("shape", record["shape"].as_str().unwrap(), tree_shape(&answer.tree));
            judge.tree(&record["tree"], &answer.tree);
            for (signal, ours) in &answer.signals {
                let name = signal.to_string();
                if !record[&name].is_null() {
                    judge.outcome(&name, &record[&name], ours, false);
                }
            }
        }
        _ => {}
    }
    out
}
