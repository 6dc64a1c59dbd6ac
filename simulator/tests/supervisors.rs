//! Supervisors agree with the real ones: s6-svscan, runsvdir and BusyBox init with one service, one signal to PID 1.
//!
//! Judged: whether it ended, its exit code, and whether the service logged the signal. `data/supervisors.json`: measured.

use serde_json::Value;
use simulator::base::id::Pid;
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::{Content, FileSystem};
use simulator::program::call::{Binary, Settings};

fn files() -> FileSystem {
    let mut files = FileSystem::new();
    let names = ["s6-svscan", "s6-supervise", "runsvdir", "runsv", "app30"];
    for name in names {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: name.into(), version: "".into() });
    }
    files.put_binary("/bin/init", Binary::Program { name: "busybox".into(), version: "".into() });
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    files.put_text("/scan/app/run", "#!/bin/dash\nexec app30\n", true);
    files.put_text("/etc/inittab", "::respawn:/scan/app/run\n", false);
    files
}

#[test]
fn supervisors_end_as_measured() {
    let data: Value = serde_json::from_str(include_str!("data/supervisors.json")).expect("data");
    let mut failed = Vec::new();
    for record in data.as_array().expect("records") {
        let name = record["init"].as_str().expect("name");
        let signal = Signal::from_name(record["signal"].as_str().expect("signal")).expect("signal");
        let argv: &[&str] = match name {
            "s6-svscan" => &["/bin/s6-svscan", "scan"],
            "runsvdir" => &["/bin/runsvdir", "-P", "scan"],
            _ => &["/bin/init"],
        };
        let mut bare = Bare::new(files(), Settings::default(), Pid(2), INTERACTIVE);
        let init = bare.start(argv, &[("PATH", "/bin"), ("HLOG", "/hlog")]).expect("starts");
        bare.run_for(SimDuration::from_millis(1_200));
        bare.send(init, signal);
        bare.run_for(SimDuration::from_millis(3_500));
        let code = bare.seen().task(init).and_then(|t| t.ended()).map(|(s, _)| u64::from(s.container_code()));
        let log = bare.kernel().files(simulator::kernel::FilesId(0)).and_then(|f| f.get("/", "/hlog").cloned());
        let got = matches!(log.map(|f| f.content), Some(Content::Text(text)) if text.contains(" got TERM"));
        let told = record["events"].to_string().contains("got TERM");
        if code != record["exit_code"].as_u64() || got != told {
            failed.push(format!(
                "{name} {signal}: code {code:?}, service told {got}; measured {}, {told}",
                record["exit_code"]
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
