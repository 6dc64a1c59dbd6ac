//! The generated scenarios and their runs, made once for all properties.

use std::sync::OnceLock;

use simulator::scenario::{Draft, Scenario};
use simulator::world::{self, Run};

use super::generate::Dice;
use super::{manifest, script};

/// How many drafts are generated.
const SEEDS: u64 = 160;

/// A generated scenario with its run.
pub struct Case {
    pub seed: u64,
    pub scenario: Scenario,
    pub run: Run,
}

/// All of them.
pub fn all() -> &'static [Case] {
    static ALL: OnceLock<Vec<Case>> = OnceLock::new();
    ALL.get_or_init(|| (0..SEEDS).filter_map(case).collect())
}

fn case(seed: u64) -> Option<Case> {
    let draft = draft(seed);
    let scenario = draft.check().0?;
    let run = world::run(&scenario);
    Some(Case { seed, scenario, run })
}

/// The files of this seed.
pub fn draft(seed: u64) -> Draft {
    let mut dice = Dice::new(seed, "draft");
    let file = |name: &str, text: String| (name.to_owned(), text);
    Draft::new([
        file("Dockerfile", dockerfile(&mut dice)),
        file("run.sh", script::script(&mut dice)),
        file("app.py", python(&mut dice)),
        file("server.rb", ruby(&mut dice)),
        file("pod.yaml", manifest::manifest(&mut dice)),
        file("scenario.yaml", manifest::scenario(&mut dice, seed)),
    ])
}

fn dockerfile(dice: &mut Dice) -> String {
    if dice.chance(15) {
        let signal = dice.pick(&["", "STOPSIGNAL SIGTERM\n", "STOPSIGNAL SIGKILL\n", "STOPSIGNAL 1\n"]);
        return format!("FROM nginx:1.25\n{signal}");
    }
    if dice.chance(12) {
        return other(dice);
    }
    let base = dice.pick(&["python:3.12", "python:3.7-stretch", "python:3.12-alpine", "python:3.11-slim"]);
    let mut text = format!("FROM {base}\nWORKDIR /app\nCOPY . .\nRUN chmod +x run.sh\n");
    if dice.chance(20) {
        text.push_str(&format!("STOPSIGNAL {}\n", dice.pick(&["SIGINT", "SIGQUIT", "SIGKILL", "15", "SIGUSR1"])));
    }
    if dice.chance(20) && base != "python:3.12-alpine" {
        let init = dice.pick(&["tini", "dumb-init"]);
        text.push_str(&format!("RUN apt-get update && apt-get install -y {init}\nENTRYPOINT [\"{init}\", \"--\"]\n"));
    }
    let inline = script::command(dice, 2).replace('\n', "; ");
    text.push_str(&match dice.between(0, 7) {
        0 => "CMD python3 app.py\n".into(),
        1 => "CMD [\"python3\", \"-u\", \"app.py\"]\n".into(),
        2 => "CMD [\"sh\", \"-c\", \"python3 app.py\"]\n".into(),
        3 => "CMD exec python3 app.py\n".into(),
        4 => format!("CMD {inline}; sleep 1000\n"),
        5 => "CMD [\"sleep\", \"1000\"]\n".into(),
        _ => "CMD [\"./run.sh\", \"sleep\", \"1000\"]\n".into(),
    });
    text
}

/// Applications of other kinds, with a shell in front or without.
fn other(dice: &mut Dice) -> String {
    let file = "server.rb";
    match dice.between(0, 3) {
        0 => format!("FROM ruby:3.3\nCOPY . .\nCMD {}\n", dice.pick(&["ruby server.rb", "[\"ruby\", \"server.rb\"]"])),
        1 => "FROM redis:7\n".to_owned(),
        2 => format!(
            "FROM debian:12\nRUN apt-get install -y ruby tini\nCOPY . .\nENTRYPOINT [\"tini\", \"-g\", \"--\"]\nCMD ruby {file}\n"
        ),
        _ => "FROM alpine:3.19\nCOPY . .\nENTRYPOINT [\"sh\", \"run.sh\"]\nCMD [\"tail\", \"-f\", \"/dev/null\"]\n"
            .to_owned(),
    }
}

fn ruby(dice: &mut Dice) -> String {
    let trap = dice.pick(&[
        "",
        "Signal.trap('TERM') do\n  sleep 3\n  exit 0\nend\n",
        "trap('TERM') { exit }\n",
        "trap('TERM', 'IGNORE')\n",
    ]);
    format!("$stdout.sync = true\n{trap}puts 'started'\nloop {{ sleep 1 }}\n")
}

fn python(dice: &mut Dice) -> String {
    let work = dice.between(0, 12);
    let handler = format!(
        "def stop(signum, frame):\n    print(\"stopping\")\n    time.sleep({work})\n    print(\"stopped\")\n    sys.exit(0)\n\n\n\
         signal.signal(signal.SIGTERM, stop)\n"
    );
    let handler = if dice.chance(60) { handler } else { String::new() };
    format!("import signal\nimport sys\nimport time\n\n\n{handler}print(\"started\")\nwhile True:\n    time.sleep(1)\n")
}

#[test]
fn most_of_what_is_generated_can_run() {
    let refused: Vec<u64> = (0..SEEDS).filter(|seed| all().iter().all(|case| case.seed != *seed)).collect();
    let why = refused.first().map(|seed| draft(*seed).check().1);
    assert!(refused.len() < 16, "{} of {SEEDS} are refused: {refused:?}, the first because of {why:?}", refused.len());
    let events: usize = all().iter().map(|case| case.run.trace.len()).sum();
    assert!(events > 20_000, "so little happens that nothing is tried: {events} events");
}
