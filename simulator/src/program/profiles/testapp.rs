//! The test program of the cluster measurements: what it does is its argument list.
//!
//! `on-SIG=exit` (logs, exits with 0), `on-SIG=drain:N` (logs, exits with 0 after N s), `on-SIG=log` (logs only),
//! `on-SIG=code:N` (logs, exits with N), `name=` labels its lines, `port=` listens, `exit-after=` and
//! `exit-code=` end it by itself. Without `on-TERM` there is no handler.

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Reaction, Second, Step};
use crate::trace::Stream;

/// The name of the program in the table of binaries.
pub const NAME: &str = "test-app";

/// What it does with these arguments.
pub fn behaviour(argv: &[Text]) -> Behaviour {
    let value = |key: &str| argv.iter().find_map(|a| a.strip_prefix(key));
    let name = value("name=").unwrap_or("app");
    let mut behaviour = Behaviour { origin: "arguments of the test program".into(), ..Behaviour::default() };
    behaviour.start.push(line(name, "start"));
    behaviour.start.extend(value("port=").and_then(|p| p.parse().ok()).map(Step::Listen));
    if let Some(time) = value("exit-after=").and_then(SimDuration::parse_secs) {
        let code = value("exit-code=").and_then(|c| c.parse().ok()).unwrap_or(0);
        behaviour.start.extend([Step::Sleep(time), line(name, &format!("exit-after, exit {code}")), Step::Exit(code)]);
    }
    for argument in argv.iter().skip(1) {
        let Some((signal, what)) = argument.strip_prefix("on-").and_then(|a| a.split_once('=')) else { continue };
        let Some(signal) = Signal::parse(signal) else { continue };
        behaviour.on.insert(signal, Reaction::Handle(reaction(name, signal, what)));
    }
    let manner = behaviour.manner.get_or_insert_default();
    manner.second = Second::Queues;
    behaviour
}

fn reaction(name: &str, signal: Signal, what: &str) -> Vec<Step> {
    let mut steps = vec![line(name, &format!("got signal {}", signal.number()))];
    let exit = |steps: &mut Vec<Step>, code: u8| {
        steps.push(line(name, &format!("exit {code}")));
        steps.push(Step::Exit(code));
    };
    match what.split_once(':') {
        Some(("drain", seconds)) => {
            let time = SimDuration::parse_secs(seconds).unwrap_or(SimDuration::ZERO);
            let (whole, tenth) = (time.as_secs(), time.as_millis() % 1_000 / 100);
            steps.push(line(name, &format!("draining {whole}.{tenth} s")));
            steps.push(Step::Sleep(time));
            steps.push(line(name, "drained, exit 0"));
            steps.push(Step::Exit(0));
        }
        Some(("code", code)) => exit(&mut steps, code.parse().unwrap_or(0)),
        _ if what == "exit" => exit(&mut steps, 0),
        _ => {}
    }
    steps
}

fn line(name: &str, text: &str) -> Step {
    Step::Print(Stream::Stdout, format!("{name} pid={{pid}} {text}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drain_takes_its_seconds_and_log_goes_on() {
        let argv: Vec<Text> = ["/app", "name=x", "on-TERM=drain:2.5", "on-USR1=log"].map(Text::from).into();
        let behaviour = behaviour(&argv);
        let Some(Reaction::Handle(term)) = behaviour.on.get(&Signal::TERM) else { panic!("no handler") };
        assert!(term.contains(&Step::Sleep(SimDuration::from_millis(2_500))));
        let Some(Reaction::Handle(usr1)) = behaviour.on.get(&Signal::USR1) else { panic!("no handler") };
        assert_eq!(usr1.len(), 1);
    }
}
