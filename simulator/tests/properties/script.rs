//! Generated entrypoint scripts: what people write, in odd combinations.

use super::generate::Dice;

/// A script that goes on for some time, mostly.
pub fn script(dice: &mut Dice) -> String {
    let mut text = String::from(dice.pick(&[
        "#!/bin/bash\n",
        "#!/bin/sh\n",
        "#!/bin/sh\n",
        "#!/bin/sh -e\n",
        "#!/bin/sh\nset -e\n",
    ]));
    for _ in 0..dice.between(0, 5) {
        text.push_str(&command(dice, 3));
        text.push('\n');
    }
    text.push_str(dice.pick(&[
        "exec python3 app.py\n",
        "python3 app.py\n",
        "python3 app.py &\nwait\n",
        "python3 app.py &\napp=$!\ntrap 'kill -TERM $app' TERM INT\nwait $app\nwait $app\n",
        "exec sleep 1000\n",
        "sleep 1000\n",
        "while sleep 1; do :; done\n",
        "sleep 1000 & wait $!\n",
        "exec \"$@\"\n",
        "(sleep 1000)\n",
        "python3 app.py | cat\n",
        "tail -f /dev/null\n",
    ]));
    text
}

/// One command, simple or compound.
pub fn command(dice: &mut Dice, depth: u64) -> String {
    if depth == 0 || dice.chance(60) {
        return simple(dice);
    }
    let one = command(dice, depth - 1);
    let two = command(dice, depth - 1);
    match dice.between(0, 11) {
        0 => format!("( {one}; {two} )"),
        1 => format!("{{ {one}; {two}; }}"),
        2 => format!("if {one}; then {two}; fi"),
        3 => format!("for i in 1 2 3; do {one}; done"),
        4 => format!("f() {{ {one}; }}; f"),
        5 => format!("{one} && {two}"),
        6 => format!("{one} || {two}"),
        7 => format!("case $1 in a) {one};; *) {two};; esac"),
        8 => format!("( {one} ) &"),
        9 => format!("x=$({one}; echo hi)"),
        10 => format!("! {one}"),
        _ => format!("{{ {one}; }} | {{ {two}; }}"),
    }
}

fn simple(dice: &mut Dice) -> String {
    let signal = dice.pick(&["TERM", "INT", "HUP", "USR1", "KILL", "CHLD", "STOP", "CONT", "0"]);
    let trapped = dice.pick(&["TERM", "INT", "USR1", "EXIT", "CHLD"]);
    match dice.between(0, 24) {
        0 => "sleep 1".into(),
        1 => "sleep 0.3".into(),
        2 => "sleep 2 &".into(),
        3 => "sleep 100 &".into(),
        4 => "wait".into(),
        5 => "wait $!".into(),
        6 => "echo \"pid $$ $#\"".into(),
        7 => "echo $(echo a b | cat)".into(),
        8 => "true".into(),
        9 => "false".into(),
        10 => ":".into(),
        11 => format!("kill -{signal} $!"),
        12 => format!("kill -{signal} $$"),
        13 => format!("trap 'echo {trapped}' {trapped}"),
        14 => format!("trap 'exit 3' {trapped}"),
        15 => format!("trap '' {trapped}"),
        16 => format!("trap - {trapped}"),
        17 => "export A=b".into(),
        18 => "cd /tmp".into(),
        19 => "echo $A > /tmp/x".into(),
        20 => "cat < /tmp/x".into(),
        21 => "sh -c 'sleep 5' &".into(),
        22 => "ps".into(),
        23 => "eval 'echo $?'".into(),
        _ => "[ -n \"$A\" ]".into(),
    }
}
