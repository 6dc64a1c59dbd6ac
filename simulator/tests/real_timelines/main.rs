//! Pods that were deleted, restarted and killed on a real cluster (Kubernetes 1.36.2), against the same pods here: one test a
//! scenario. Who got which signal, when and from whom, exit codes, events, what a watch on the object and `kubectl get pods
//! -w` saw, and what the program logged. The records are `data/real-timelines.json.gz`.
//!
//! Times may differ by 0.5 s: the real node was loaded. What depends on chance there has a wider range, said in `RANGES`. A
//! pid other than 1 is compared as "not 1": runc's threads use up a varying number of pids.

mod lines;
mod record;
mod stage;

use record::{Line, Record, Scenario, Zero};

/// Times may differ by so much, in microseconds.
const NEAR: i64 = 500_000;

/// A wider range for lines of this kind with this text, in microseconds, and why.
const RANGES: &[(&str, &str, i64, &str)] = &[
    (
        "api",
        "deletion=set grace=0",
        650_000,
        "the worker's last step waits for the next relist, which comes once a second",
    ),
    ("api", "deletion=set grace=", 650_000, "the status of a loaded API server"),
    ("kubectl", "READY 0/", 650_000, "the status of a loaded API server"),
];

/// After the end of a container by itself the kubelet learns of it with the next relist, once a second: microseconds around
/// the middle.
const RELIST: i64 = 650_000;

/// Two lines that are further apart than this have an order.
const APART: i64 = 300_000;

/// What is left out, because it depends on chance there or was not recorded, with the reason.
const LEFT_OUT: &[(&str, &str)] =
    &[("Readiness probe failed", "comes only if the probe's turn falls between exit and the kubelet knowing it")];

fn normal(line: &Line, zero: Zero) -> Option<Line> {
    let mut what = line.what.clone();
    if LEFT_OUT.iter().any(|(text, _)| what.contains(text)) {
        return None;
    }
    match line.who.as_str() {
        // `TERM -> app/7 dash from runc`: the pid is 1 or not 1.
        "signal" => {
            let (head, rest) = what.split_once('/')?;
            let (pid, tail) = rest.split_once(' ')?;
            let pid = if pid == "1" { "1" } else { "n" };
            let comm = tail.split(' ').next().unwrap_or("");
            // The tracer of the runs without a delete took every container for the sandbox.
            let head =
                if zero == Zero::Start && comm != "pause" { head.replace("sandbox", "app") } else { head.into() };
            what = format!("{head}/{pid} {tail}");
        }
        "exit" if zero == Zero::Start => what = what.replace("sandbox", "app"),
        // Names and UIDs of pods differ from run to run.
        "event" => {
            if let Some((head, rest)) = what.split_once(" in pod ") {
                let tail = rest.split_once(' ').map_or(String::new(), |(_, tail)| format!(" {tail}"));
                what = format!("{head}{tail}");
            }
            if let Some((head, _)) = what.split_once("assigned default/") {
                what = head.to_owned();
            }
        }
        "app" => {
            let (name, rest) = what.split_once(" pid=")?;
            let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
            what = format!("{name} {}", rest.split(" ppid=").next().unwrap_or(rest));
        }
        _ => {}
    }
    Some(Line { what: what.trim_end().to_owned(), ..line.clone() })
}

/// The lines without names and numbers of one run, and without what says the same as the line of its kind before.
fn tidy(lines: &[Line], zero: Zero, from: i64) -> Vec<Line> {
    let mut tidy: Vec<Line> = Vec::new();
    for line in lines.iter().filter_map(|l| normal(l, zero)) {
        // The runtime's shim and runc may both kill what is left over; dumb-init may send its group the signal twice, and
        // the namespace may end before a handler runs a second time.
        let twice = matches!(line.who.as_str(), "signal" | "app")
            && tidy.iter().rfind(|l| l.what == line.what).is_some_and(|l| line.at - l.at < 20_000);
        let same_again = twice
            || matches!(line.who.as_str(), "api" | "kubectl" | "endpointslice")
                && tidy.iter().rfind(|l| l.who == line.who).is_some_and(|l| l.what == line.what);
        if !same_again {
            tidy.push(line);
        }
    }
    tidy.retain(|l| l.at >= from);
    tidy
}

/// How far apart the times of this line may be.
fn range(line: &Line, zero: Zero) -> i64 {
    let row = RANGES.iter().find(|(who, text, ..)| line.who == *who && line.what.contains(text));
    let usual = if zero == Zero::Delete { NEAR } else { RELIST };
    row.map_or(usual, |(_, _, range, _)| usual.max(*range))
}

/// The first line of `lines` that is not taken and says the same at about the same time.
fn partner(line: &Line, lines: &[Line], taken: &[bool], zero: Zero) -> Option<usize> {
    let range = range(line, zero);
    let same = |l: &Line| l.who == line.who && l.what == line.what && (l.at - line.at).abs() <= range;
    lines.iter().enumerate().position(|(i, l)| !taken[i] && same(l))
}

/// What is wrong with a run here, against the record of a run there.
fn differences(real: &[Line], here: &[Line], zero: Zero, partly: impl Fn(&Line) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut taken = vec![false; here.len()];
    let mut pairs: Vec<(i64, i64)> = Vec::new();
    for line in real {
        match partner(line, here, &taken, zero) {
            Some(i) => {
                taken[i] = true;
                pairs.push((line.at, here[i].at));
            }
            None => wrong.push(format!("only there {:9.3} {} {}", seconds(line.at), line.who, line.what)),
        }
    }
    for (line, _) in here.iter().zip(&taken).filter(|(line, taken)| !**taken && !partly(line)) {
        wrong.push(format!("only here  {:9.3} {} {}", seconds(line.at), line.who, line.what));
    }
    for (n, (there, at)) in pairs.iter().enumerate() {
        for (there_later, at_later) in pairs.iter().skip(n) {
            if there_later - there > APART && at_later < at {
                wrong.push(format!("order: {:.3} before {:.3} there", seconds(*there), seconds(*there_later)));
            }
        }
    }
    wrong
}

#[expect(clippy::cast_precision_loss, reason = "for a message")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

fn compare(scenario: &Scenario, record: &Record) -> Vec<String> {
    let (made, run, zero) = stage::play(&scenario.manifest, record, 1);
    let first = record.lines.iter().map(|l| l.at).min().unwrap_or(0);
    let from = match record.zero {
        Zero::Creation => i64::MIN,
        Zero::Delete => first.min(0),
        // The first start of the container was not recorded.
        Zero::Start => 1_000_000,
    };
    let last = record.lines.iter().map(|l| l.at).max().unwrap_or(0);
    let real = tidy(&record.lines, record.zero, from);
    let mut here = lines::of(&made, &run, zero);
    let mut wrong = Vec::new();
    match record.zero {
        Zero::Delete | Zero::Start => {}
        Zero::Creation => wrong.extend(line_up(&record.lines, &mut here)),
    }
    let all = tidy(&here, record.zero, i64::MIN);
    let here = tidy(&here, record.zero, from);
    // The watches also saw writes that change nothing that is looked at here.
    let stands = |line: &Line| {
        let last = all.iter().rfind(|l| l.who == line.who && l.at <= line.at);
        matches!(line.who.as_str(), "api" | "kubectl") && last.is_some_and(|l| l.what == line.what)
    };
    let real: Vec<Line> = real
        .into_iter()
        .filter(|l| partner(l, &here, &vec![false; here.len()], record.zero).is_some() || !stands(l))
        .collect();
    let recorded = |who: &str| real.iter().any(|l| l.who == who);
    // Signals and exits were recorded of the first processes only, endpoints where there was a Service.
    let partly = |line: &Line| {
        let kind = line.who.as_str();
        match record.zero {
            Zero::Delete => !recorded(kind),
            Zero::Creation | Zero::Start => matches!(kind, "signal" | "exit") || !recorded(kind) || line.at > last,
        }
    };
    wrong.extend(differences(&real, &here, record.zero, partly));
    wrong
}

/// After a failed start the kubelet's queue adds up to a half to the back-off, by chance. So every start of the container
/// begins anew: its lines are moved to where it was there, by no more than that chance can do. The same for the time from
/// that decision to the process.
fn line_up(real: &[Line], here: &mut [Line]) -> Vec<String> {
    let starts = |lines: &[Line]| -> Vec<i64> {
        let begins =
            |l: &&Line| l.what.starts_with("Pulled: ") || l.what.contains(" start ppid=") || l.what.ends_with(" start");
        lines.iter().filter(begins).map(|l| l.at).collect()
    };
    let (there, starts) = (starts(real), starts(here));
    let mut wrong = Vec::new();
    let mut moved_before = 0;
    let mut moves = Vec::new();
    for (n, (there, start)) in there.iter().zip(&starts).enumerate() {
        // Back-off waits are before the third decision and later ones.
        let wait = match n {
            n if n >= 4 && n % 2 == 0 => 10_000_000 << (n / 2 - 2),
            _ => 0,
        };
        let moved = there - start;
        if (moved - moved_before).abs() > RELIST + wait / 2 {
            wrong.push(format!("start {} comes {:.3} s earlier here", n + 1, seconds(moved - moved_before)));
        }
        moved_before = moved;
        moves.push((*start, moved));
    }
    for line in here.iter_mut() {
        let moved = moves.iter().rfind(|(start, _)| *start <= line.at).map_or(0, |(_, moved)| *moved);
        line.at += moved;
    }
    wrong
}

fn check(name: &str) {
    let scenario = record::all().iter().find(|s| s.name == name).expect("a scenario of the records");
    let wrong: Vec<String> = scenario
        .runs
        .iter()
        .enumerate()
        .flat_map(|(n, run)| compare(scenario, run).into_iter().map(move |w| format!("run {}: {w}", n + 1)))
        .collect();
    assert!(wrong.is_empty(), "{name}\n{}", wrong.join("\n"));
}

macro_rules! scenarios {
    ($($test:ident = $name:literal),* $(,)?) => {
        $(#[test] fn $test() { check($name); })*

        #[test]
        fn every_scenario_of_the_records_has_its_test() {
            let tested = [$($name),*];
            let names: Vec<&str> = record::all().iter().map(|s| s.name.as_str()).collect();
            assert_eq!(names, tested);
        }
    };
}

scenarios! {
    a_ash_fork = "a-ash-fork",
    a_ash_single = "a-ash-single",
    a_dash_exec = "a-dash-exec",
    a_dash_fork = "a-dash-fork",
    a_dash_single = "a-dash-single",
    a_dash_trap_fg = "a-dash-trap-fg",
    a_dash_trap_forward = "a-dash-trap-forward",
    b2_handler_exit143 = "b2-handler-exit143",
    c2_sleep = "c2-sleep",
    c3_python_nohandler = "c3-python-nohandler",
    d_prestop_short = "d-prestop-short",
    d3_prestop_short_drain = "d3-prestop-short-drain",
    e_prestop_long = "e-prestop-long",
    e4_prestop_5of6_nohandler = "e4-prestop-5of6-nohandler",
    f_prestop_fails = "f-prestop-fails",
    f2_prestop_missing_binary = "f2-prestop-missing-binary",
    g_prestop_sleep_action = "g-prestop-sleep-action",
    h_drain_long = "h-drain-long",
    h2_drain_short = "h2-drain-short",
    i_stopsignal_sigquit_image = "i-stopsignal-sigquit-image",
    i2_stopsignal_sigquit_only_term_handled = "i2-stopsignal-sigquit-only-term-handled",
    i3_lifecycle_stopsignal_usr1 = "i3-lifecycle-stopsignal-usr1",
    i4_stopsignal_rtmin3_image = "i4-stopsignal-rtmin3-image",
    j_share_handler = "j-share-handler",
    j2_share_nohandler = "j2-share-nohandler",
    j3_share_shfork = "j3-share-shfork",
    j4_share_shfork_bash = "j4-share-shfork-bash",
    k_two_containers = "k-two-containers",
    l3_sidecar_nohandler = "l3-sidecar-nohandler",
    l4_sidecar_prestop = "l4-sidecar-prestop",
    m_force0 = "m-force0",
    m_force0_handler = "m-force0-handler",
    m2_grace1 = "m2-grace1",
    m2_grace1_handler = "m2-grace1-handler",
    m3_now = "m3-now",
    m4_zero_noforce = "m4-zero-noforce",
    m5_kubectl_plain = "m5-kubectl-plain",
    m6_shorten_grace_midway = "m6-shorten-grace-midway",
    n_zombie_app = "n-zombie-app",
    n_zombie_ash_waiting = "n-zombie-ash-waiting",
    n_zombie_bash_waiting = "n-zombie-bash-waiting",
    n_zombie_dash_waiting = "n-zombie-dash-waiting",
    n_zombie_python = "n-zombie-python",
    n_zombie_shared_pause = "n-zombie-shared-pause",
    n_zombie_tini = "n-zombie-tini",
    o_liveness_probe_grace3 = "o-liveness-probe-grace3",
    o3_liveness_handler = "o3-liveness-handler",
    o4_liveness_prestop = "o4-liveness-prestop",
    p_backoff = "p-backoff",
    q_eps_drain = "q-eps-drain",
    q3_eps_prestop = "q3-eps-prestop",
    s2_daemon_children_drain = "s2-daemon-children-drain",
    s3_daemon_children_shared = "s3-daemon-children-shared",
    s4_pid1_exits_itself = "s4-pid1-exits-itself",
    u_tini_shfork = "u-tini-shfork",
    u2_tini_g_shfork = "u2-tini-g-shfork",
    u3_tini_nohandler = "u3-tini-nohandler",
    u4_dumbinit_shfork = "u4-dumbinit-shfork",
    u5_dumbinit_single_child = "u5-dumbinit-single-child",
}
