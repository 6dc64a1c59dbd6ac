//! The records of the real cluster: `data/real-timelines.json.gz`.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::base::time::SimDuration;

/// What the times of a run count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// The pod's object was created.
    Creation,
    /// The container was seen to run.
    Start,
    /// The delete call.
    Delete,
}

/// One line of a timeline: time in microseconds, which may be before zero, who, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Microseconds after zero.
    pub at: i64,
    /// `signal`, `exit`, `event`, `api`, `kubectl`, `app`, `endpointslice`.
    pub who: String,
    /// What happened.
    pub what: String,
}

/// One run of a scenario.
#[derive(Clone, Debug)]
pub struct Record {
    /// What times count from.
    pub zero: Zero,
    /// Flags of `kubectl delete`; none: a call of the API.
    pub kubectl: Option<Vec<String>>,
    /// A later delete through the API: when, and its `gracePeriodSeconds`.
    pub second: Option<(SimDuration, i64)>,
    /// How long after a whole second of the clock the delete came, where that matters.
    pub fraction: SimDuration,
    /// In order of time.
    pub lines: Vec<Line>,
}

/// A scenario: a manifest and its runs.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// The pod.
    pub manifest: String,
    /// Two or three.
    pub runs: Vec<Record>,
}

fn micros(value: &Value) -> i64 {
    let text = value.as_number().map(ToString::to_string).unwrap_or_default();
    let size = SimDuration::parse_secs(text.trim_start_matches('-')).unwrap_or_default();
    let size = i64::try_from(size.as_micros()).expect("a time");
    if text.starts_with('-') { -size } else { size }
}

fn record(run: &Value) -> Record {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let lines = run["events"].as_array().into_iter().flatten();
    let second = run["second"].as_array().and_then(|list| list.first());
    Record {
        zero: match run["from"].as_str() {
            Some("creation") => Zero::Creation,
            Some("start") => Zero::Start,
            _ => Zero::Delete,
        },
        kubectl: run["kubectl"].as_array().map(|flags| flags.iter().map(text).collect()),
        second: second.map(|pair| {
            let at = u64::try_from(micros(&pair[0])).expect("after zero");
            (SimDuration::from_micros(at), pair[1].as_i64().expect("a grace"))
        }),
        fraction: u64::try_from(micros(&run["fraction"])).map(SimDuration::from_micros).unwrap_or_default(),
        lines: lines.map(|l| Line { at: micros(&l[0]), who: text(&l[1]), what: text(&l[2]) }).collect(),
    }
}

/// All scenarios.
pub fn all() -> &'static [Scenario] {
    static ALL: OnceLock<Vec<Scenario>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut text = String::new();
        let packed: &[u8] = include_bytes!("../data/real-timelines.json.gz");
        GzDecoder::new(packed).read_to_string(&mut text).expect("the data is packed");
        let data: Value = serde_json::from_str(&text).expect("the data is JSON");
        let scenarios = data["scenarios"].as_array().expect("scenarios");
        let scenario = |s: &Value| Scenario {
            name: s["name"].as_str().expect("a name").to_owned(),
            manifest: s["manifest"].as_str().expect("a manifest").to_owned(),
            runs: s["runs"].as_array().expect("runs").iter().map(record).collect(),
        };
        scenarios.iter().map(scenario).collect()
    })
}
