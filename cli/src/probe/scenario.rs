//! `{"probe":"scenario"}`: the page's own input, files as text; answers with the verdict and what a person reads off.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use simulator::base::limits::BATCH;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::program::ps;
use simulator::scenario::{Draft, SCENARIO_FILE};
use simulator::view::verdict::{focus, verdict};
use simulator::view::{logs, shape::namespaces};
use simulator::world;

use super::{Fields, read};
use crate::run::{findings_json, racy_fields, verdict_json};

/// Longest run, in events, that is tried with other orders.
const RACY_EVENTS: usize = 3_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    files: BTreeMap<String, String>,
    #[serde(default)]
    inputs: Option<Value>,
    #[serde(default)]
    settings: Option<Value>,
    /// Times in milliseconds at which the process list is wanted.
    #[serde(default)]
    ps_at_ms: Vec<u64>,
}

pub fn answer(fields: Fields) -> Result<Fields, String> {
    let request: Request = read(fields)?;
    let mut files = request.files;
    // JSON is YAML: inputs and settings go where a person would have written them.
    if request.inputs.is_some() || request.settings.is_some() {
        let mut own = serde_json::Map::new();
        own.extend(request.inputs.map(|v| ("inputs".to_owned(), v)));
        own.extend(request.settings.map(|v| ("settings".to_owned(), v)));
        files.insert(SCENARIO_FILE.to_owned(), Value::Object(own).to_string());
    }
    let draft = Draft { files };
    let (scenario, remarks) = draft.check_with(BATCH);
    let remarks: Vec<String> = remarks.iter().map(ToString::to_string).collect();
    let Some(scenario) = scenario else { return Err(remarks.join("\n")) };
    let run = world::run(&scenario);
    let mut times: Vec<u64> = scenario.inputs.iter().map(|i| i.at.as_micros() / 1_000).collect();
    times.extend(request.ps_at_ms);
    let mut listings = serde_json::Map::new();
    if let Some(pod) = focus(&run.end) {
        for at in times {
            let seen = Observed::at_time(&run.trace, SimTime::from_millis(at));
            let lines: Vec<String> = namespaces(&seen, pod)
                .iter()
                .flat_map(|ns| {
                    let (text, _) = ps::print(&seen, *ns, ps::Style::Procps, &["-eo", "pid,ppid,stat,args"]);
                    text.lines().skip(1).map(str::trim_end).map(str::to_owned).collect::<Vec<_>>()
                })
                .collect();
            listings.insert(at.to_string(), json!(lines));
        }
    }
    let mut answer = Fields::new();
    answer.insert("verdict".into(), verdict_json(&verdict(&run.trace, &run.end)));
    answer.insert("logs".into(), json!(logs::all(&run.end).lines().collect::<Vec<_>>()));
    answer.insert("ps".into(), Value::Object(listings));
    answer.insert("findings".into(), json!(findings_json(&draft, &run)));
    // Fifty more runs: for small ones only, so that an answer does not take long.
    if run.trace.len() <= RACY_EVENTS {
        answer.insert("racy".into(), json!(racy_fields(&scenario, &run)));
    }
    answer.insert("remarks".into(), json!(remarks));
    Ok(answer)
}
