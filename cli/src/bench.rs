//! `grace bench`: the speed of the simulator beside a bare queue, in one run on one machine.
//!
//! Prints ratios, counts and bytes; a single time of a noisy machine says nothing. Times are those that the thread was on a
//! CPU: on a busy machine a long measurement waits for its turn where a short one gets through. Never fails by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use cpu_time::ThreadTime;
use simulator::base::limits::BATCH;
use simulator::base::rng::Rng;
use simulator::observed::Observed;
use simulator::scenario::fleet::Fleet;
use simulator::scenario::{Draft, SCENARIO_FILE, Scenario, edit, stories};
use simulator::view::verdict::verdict;
use simulator::world;
use stats_alloc::{Region, StatsAlloc};

#[global_allocator]
static ALLOCATED: &StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// Pending entries of the hold model, as in the literature on event queues.
const PENDING: u64 = 1_000;
/// Pop-and-push pairs of one measurement.
const HOLDS: u64 = 2_000_000;
/// A measurement is the best of so many.
const TRIES: u32 = 5;
/// The story with a fleet under load.
const FLEET: &str = "nginx-sigterm";
/// The same story for a general library of discrete events in Python.
const PEER: &str = include_str!("../peers/fleet.py");
/// The story of one pod.
const SINGLE: &str = "ruby-shell-form";

/// `grace bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also runs 1,000 pods under 1,000,000 requests
    #[arg(long)]
    batch: bool,
}

/// One measured run.
struct Measured {
    events: usize,
    time: Duration,
    bytes: usize,
}

/// Runs every benchmark and prints it.
pub fn run(arguments: &Arguments) -> ExitCode {
    let hold = hold_model();
    println!("bare BinaryHeap, pop and push with {PENDING} pending: {}/s", per_second(HOLDS, hold));
    let fleet = measure(&fleet(1, 1));
    let events = u64::try_from(fleet.events).unwrap_or(u64::MAX);
    println!(
        "fleet scenario: {} events, {}/s, {} of the bare queue, {} bytes an event",
        fleet.events,
        per_second(events, fleet.time),
        ratio(per_second(events, fleet.time), per_second(HOLDS, hold)),
        fleet.bytes / fleet.events.max(1),
    );
    peer(&fleet);
    println!("\ngrowth            events   time   bytes an event");
    for (name, requests, pods) in
        [("requests x10", 10, 1), ("requests x100", 100, 1), ("replicas x10", 1, 10), ("both x10", 10, 10)]
    {
        let grown = measure(&self::fleet(requests, pods));
        println!(
            "{name:<14} {:>9} {:>6} {:>10}",
            ratio(u64::try_from(grown.events).unwrap_or(0), events),
            ratio(nanos(grown.time), nanos(fleet.time)),
            grown.bytes / grown.events.max(1),
        );
    }
    single(hold);
    if arguments.batch {
        batch();
    }
    ExitCode::SUCCESS
}

/// Pop the earliest, push it again later: the least that any simulation with a queue does.
fn hold_model() -> Duration {
    best(|| {
        let mut rng = Rng::stream(1, "hold");
        let mut heap: BinaryHeap<Reverse<(u64, u64)>> = (0..PENDING).map(|n| Reverse((rng.below(1_000), n))).collect();
        for n in 0..HOLDS {
            if let Some(Reverse((at, _))) = heap.pop() {
                heap.push(Reverse((at + rng.below(1_000), n)));
            }
        }
        black_box(heap.len())
    })
}

/// The fleet with so many times the requests and the pods, the load a pod being what it comes to.
fn fleet(requests: u64, pods: u64) -> Scenario {
    let draft = stories::by_name(FLEET).map(stories::Story::draft).unwrap_or_default();
    let mut files = draft.files;
    if let Some(text) = files.get_mut("pod.yaml") {
        *text = text.replace("replicas: 10", &format!("replicas: {}", 10 * pods));
    }
    if let Some(text) = files.get_mut(SCENARIO_FILE) {
        for (key, value) in [("per_s", 100 * requests), ("service_ms", 1_000)] {
            *text = edit::set(text, &format!("settings.traffic.{key}"), &value.to_string()).unwrap_or_default();
        }
    }
    checked(&Draft { files })
}

fn checked(draft: &Draft) -> Scenario {
    let (scenario, remarks) = draft.check_with(BATCH);
    scenario.unwrap_or_else(|| panic!("a story that comes with the program has to check: {remarks:?}"))
}

fn measure(scenario: &Scenario) -> Measured {
    let region = Region::new(ALLOCATED);
    let run = world::run(scenario);
    let change = region.change();
    let bytes = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
    let events = run.trace.len();
    drop(run);
    Measured { events, bytes, time: best(|| world::run(scenario).trace.len()) }
}

/// The same story in SimPy, if this machine has it: what its events cost, and how long the story takes.
fn peer(ours: &Measured) {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Some(theirs) = simpy(&python) else {
        println!(
            "SimPy: left out, `{python} -c 'import simpy'` fails (pip install simpy; PYTHON names another Python)"
        );
        return;
    };
    let per_event = |measured: &Measured| nanos(measured.time) / u64::try_from(measured.events).unwrap_or(1).max(1);
    println!(
        "SimPy with the same story: {} events; ours are {} times as fast an event, the story {} times",
        theirs.events,
        ratio(per_event(&theirs), per_event(ours)),
        ratio(nanos(theirs.time), nanos(ours.time)),
    );
}

/// What the peer's script prints: its first number are the events, its last the seconds.
fn simpy(python: &str) -> Option<Measured> {
    let mut child = Command::new(python)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(PEER.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let events = text.split_whitespace().next()?.parse().ok()?;
    let seconds = text.split_whitespace().next_back()?.parse().ok()?;
    Some(Measured { events, time: Duration::try_from_secs_f64(seconds).ok()?, bytes: 0 })
}

/// From the texts of a single pod to what a person reads; and looking at a moment of the fleet's run.
fn single(hold: Duration) {
    let draft = stories::by_name(SINGLE).map(stories::Story::draft).unwrap_or_default();
    let edit = best(|| {
        let run = world::run(&checked(&draft));
        verdict(&run.trace, &run.end).zombies.value
    });
    let run = world::run(&fleet(1, 1));
    let middle = simulator::base::id::EventId::from_index(run.trace.len());
    let seek = best(|| Observed::at(&run.trace, middle).requests.len());
    let in_holds = |time: Duration| nanos(time) * HOLDS / nanos(hold).max(1);
    println!("\nsingle pod, from the texts to the verdict: as long as {} holds", in_holds(edit));
    println!("seek to the end of the fleet's run:        as long as {} holds", in_holds(seek));
}

/// The size that has to work: a thousand pods, a million requests.
fn batch() {
    let scenario = checked(&Fleet::LARGE.draft());
    let region = Region::new(ALLOCATED);
    let run = world::run(&scenario);
    let change = region.change();
    let kept = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
    println!(
        "\nbatch: {} pods, {} requests, {} events, {} MiB kept at the end, limits reached: {:?}",
        run.end.pods.len(),
        run.end.requests.len(),
        run.trace.len(),
        kept / (1024 * 1024),
        run.end.exhausted,
    );
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..TRIES {
        let start = ThreadTime::now();
        black_box(work());
        least = least.min(start.elapsed());
    }
    least
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn per_second(count: u64, time: Duration) -> u64 {
    count.saturating_mul(1_000_000_000) / nanos(time).max(1)
}

/// `0.25`, with two places.
fn ratio(a: u64, b: u64) -> String {
    let hundredths = a.saturating_mul(100) / b.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
