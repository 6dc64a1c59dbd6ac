//! The simple commands that scripts are made of.

use fastrand::Rng;

/// Programs that end by themselves, soon.
const SHORT: [&str; 9] = ["quick", "quick", "fail3", "brief", "sleep 0.3", "sleep 0.5", "true", "false", "sleep 0.8"];
/// Programs that wait for a signal, or for longer than anybody watches.
const LONG: [&str; 8] = ["app", "app", "app1", "app2", "app30", "plain", "sleep 60", "short"];

/// Builtins and assignments with something to see.
const BUILTIN: [&str; 22] = [
    "echo $?",
    "echo a",
    "echo \"$x\"",
    ":",
    "true",
    "x=1",
    "P=$!",
    "cd /",
    "export X=1",
    "set -e",
    "set +e",
    "echo $$",
    "wait",
    "wait $!",
    "wait $P",
    "echo \"st $?\"",
    "kill -0 $$",
    "unset x",
    "x=$((x + 1))",
    ". ./env.sh",
    "[ -n \"$x\" ]",
    "echo $-",
];
/// The same, only where the shell has them.
const BASH: [&str; 8] = [
    "wait -n",
    "wait -n",
    "[[ $x == 1 ]]",
    "set -o pipefail",
    "a=(1 2 3)",
    "echo ${#a[@]}",
    "echo ${PIPESTATUS[@]}",
    "((x++))",
];

/// One of a list.
pub fn one<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of.get(rng.usize(..of.len().max(1))).copied().unwrap_or(":")
}

/// A program that ends by itself.
pub fn short(rng: &mut Rng) -> String {
    one(rng, &SHORT).to_string()
}

/// A program that stays.
pub fn long(rng: &mut Rng) -> String {
    one(rng, &LONG).to_string()
}

/// A program, in one of the ways that a script calls one.
pub fn program(rng: &mut Rng) -> String {
    let name = if rng.bool() { short(rng) } else { long(rng) };
    match rng.u8(..24) {
        0 => format!("X=1 {name}"),
        1 => format!("env X=1 {name}"),
        2 => format!("command {name}"),
        3 => format!("nohup {name}"),
        4 => format!("{name} >/dev/null"),
        5 => format!("{name} 2>&1"),
        6 => format!("{name} </dev/null"),
        7 => format!("eval {name}"),
        8 => "no-such-program".to_string(),
        9 => format!("eval \"{name}\""),
        _ => name,
    }
}

/// Signals that a script may have a trap for.
pub const TRAPPED: [&str; 5] = ["TERM", "INT", "HUP", "QUIT", "USR1"];

/// A signal as `trap` and `kill` take it.
pub fn signal(rng: &mut Rng) -> &'static str {
    one(rng, &["TERM", "TERM", "TERM", "TERM", "INT", "INT", "HUP", "QUIT", "USR1"])
}

/// A builtin.
pub fn builtin(rng: &mut Rng, bash: bool) -> String {
    if bash && rng.u8(..6) == 0 { one(rng, &BASH).to_string() } else { one(rng, &BUILTIN).to_string() }
}

/// A `kill` of something that may be there; it waits first, so that the target has started.
pub fn kill(rng: &mut Rng) -> String {
    let signal = signal(rng);
    let target = one(rng, &["$!", "$!", "$!", "$P", "0", "$$", "1", "-1"]);
    let pause = one(rng, &["sleep 0.4; ", "sleep 0.4; ", "sleep 0.4; ", ""]);
    match rng.u8(..8) {
        0 if target != "-1" => format!("{pause}kill -s {signal} {target}"),
        1 => format!("{pause}kill {target}"),
        2 => format!("{pause}kill -KILL $!"),
        _ => format!("{pause}kill -{signal} {target}"),
    }
}
