//! The records of real shells, and the question that each of them answers. Shared with `racy.rs`.

use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::probe::shell::Question;

/// All records of a packed document.
pub fn records(bytes: &[u8]) -> Vec<Value> {
    let document: Value = serde_json::from_reader(GzDecoder::new(bytes)).unwrap();
    document["records"].as_array().unwrap().clone()
}

/// The texts of a list; none of anything else.
pub fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|a| a.iter().map(|v| v.as_str().unwrap().to_string()).collect()).unwrap_or_default()
}

/// What is asked.
pub fn question(record: &Value) -> Question {
    Question {
        shell: record["shell"].as_str().unwrap().into(),
        argv: strings(&record["argv"]),
        script_file: record["script_file"].as_str().map(str::to_string),
        stdin: record["stdin"].as_str().map(str::to_string),
    }
}
