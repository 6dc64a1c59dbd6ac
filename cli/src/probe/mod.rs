//! `grace probe`: one JSON object a line in, one a line out, in the same order.
//!
//! Every request has `id` (copied to the answer) and `probe`, the kind. To add a kind: write `fn answer(request:
//! Request) -> Result<Map, String>` in a file of its own, and add it to `KINDS`.

mod dockerfile;
mod kubelet;
mod scenario;
mod shell;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};
use std::process::ExitCode;

/// The fields of a request without `id` and `probe`, or of an answer without `id`.
pub type Fields = Map<String, Value>;

/// How a kind of request is answered; the error is a message for people.
type Answer = fn(Fields) -> Result<Fields, String>;

/// All kinds.
const KINDS: &[(&str, Answer)] = &[
    ("dockerfile", dockerfile::answer),
    ("kubelet", kubelet::answer),
    ("scenario", scenario::answer),
    ("shell", shell::answer),
];

/// Longest line of input, in bytes.
const LINE_BYTES: usize = 16 * 1024 * 1024;

/// Reads requests until the input ends.
pub fn run() -> ExitCode {
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    match serve(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader went away: nobody is left to tell.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("grace probe: {e}");
            ExitCode::from(2)
        }
    }
}

fn serve(mut input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = answer_line(&line);
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
}

/// The answer to one line, whatever it is.
fn answer_line(line: &[u8]) -> Value {
    if line.len() > LINE_BYTES {
        return failure(Value::Null, format!("the line is longer than {LINE_BYTES} bytes"));
    }
    let mut request: Fields = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(e) => return failure(Value::Null, format!("not a JSON object: {e}")),
    };
    let id = request.shift_remove("id").unwrap_or(Value::Null);
    let kind = match request.shift_remove("probe") {
        Some(Value::String(kind)) => kind,
        _ => return failure(id, "the field probe, a text, is missing".into()),
    };
    let Some((_, answer)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        return failure(id, format!("no probe {kind}; there is {}", known.join(", ")));
    };
    match answer(request) {
        Ok(fields) => {
            let mut all = Fields::new();
            all.insert("id".into(), id);
            all.extend(fields);
            Value::Object(all)
        }
        Err(message) => failure(id, message),
    }
}

fn failure(id: Value, message: String) -> Value {
    json!({"id": id, "error": {"message": message}})
}

/// The fields as a type; its `deny_unknown_fields` makes a misspelt field an error.
pub fn read<T: DeserializeOwned>(fields: Fields) -> Result<T, String> {
    serde_json::from_value(Value::Object(fields)).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> String {
        answer_line(line.as_bytes()).to_string()
    }

    #[test]
    fn an_answer_carries_the_id_of_its_request() {
        let line = r#"{"id":7,"probe":"dockerfile","dockerfile":"FROM scratch\nCMD [\"a\"]"}"#;
        assert!(ask(line).starts_with(r#"{"id":7,"config":{"#), "{}", ask(line));
    }

    #[test]
    fn unknown_kinds_and_fields_are_errors() {
        assert!(ask(r#"{"id":1,"probe":"tea"}"#).contains("no probe tea"));
        assert!(ask(r#"{"id":1,"probe":"dockerfile","dockerfile":"","x":1}"#).contains("unknown field `x`"));
        assert!(ask("[]").contains("not a JSON object"));
    }

    #[test]
    fn every_line_has_one_answer_in_order() {
        let mut out = Vec::new();
        serve("{}\n\n{\"id\":2,\"probe\":\"tea\"}\nx".as_bytes(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.lines().nth(1).unwrap().starts_with("{\"id\":2,"));
    }
}
