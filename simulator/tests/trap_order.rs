//! Which trap runs first when several signals have come while a program ran in the foreground. Every expected line is what
//! the real build printed.

use simulator::base::signal::Signal;
use simulator::base::time::SimTime;
use simulator::probe::play::{Play, play};
use simulator::probe::shell::Question;

/// What a build prints as PID 1, with these signals at these milliseconds.
fn printed(shell: &str, script: &str, signals: &[(u64, Signal)]) -> Vec<String> {
    let argv = ["sh", "-c", script].map(str::to_string).to_vec();
    let question = Question { shell: shell.into(), argv, script_file: None, stdin: None };
    let signals = signals.iter().map(|(at, signal)| (SimTime::from_millis(*at), *signal)).collect();
    play(&Play { question, signals, until: SimTime::from_millis(9_000) }, 0).expect("a build of the table").output
}

const DASH: &str = "dash-0.5.12-bookworm";
const BUSYBOX: &str = "busybox-1.35.0-deb";

#[test]
fn each_shell_has_its_own_order() {
    let script = "trap 'echo H' HUP; trap 'echo T' TERM; trap 'echo U' USR1; trap 'echo Q' QUIT; short; echo x";
    let signals = [(400, Signal::USR1), (600, Signal::TERM), (800, Signal::HUP), (1_000, Signal::QUIT)];
    for (shell, order) in [
        (DASH, "H Q U T x"),
        (BUSYBOX, "H Q U T x"),
        ("bash-4.4.19", "H Q U T x"),
        ("bash-5.2.15", "H Q U T x"),
        ("mksh-59c", "H Q U T x"),
        ("posh-0.14.1", "H Q U T x"),
        ("ksh93u+m-1.0.4", "T U Q H x"),
        ("zsh-5.9", "U T H Q x"),
        ("yash-2.52", "H Q T U x"),
    ] {
        assert_eq!(printed(shell, script, &signals).join(" "), order, "{shell}");
    }
}

#[test]
fn a_further_signal_has_the_others_run_inside_the_trap_that_runs() {
    let script = "trap 'echo H; sleep 1; echo h' HUP; trap 'echo T; sleep 1; echo t' TERM; brief; sleep 3; echo x";
    let signals = [(300, Signal::HUP), (350, Signal::TERM), (1_100, Signal::HUP), (1_120, Signal::TERM)];
    for shell in [DASH, BUSYBOX, "bash-5.2.15"] {
        assert_eq!(printed(shell, script, &signals).join(" "), "H H h T t h x", "{shell}");
    }
}

#[test]
fn yash_finishes_the_round_before_it_looks_at_what_came_meanwhile() {
    let script = "trap 'echo H; sleep 1; echo h' HUP; trap 'echo T; sleep 1; echo t' TERM; \
                  trap 'echo U; sleep 1; echo u' USR1; short; echo x";
    let signals = [(500, Signal::USR1), (1_000, Signal::TERM), (1_500, Signal::HUP), (3_000, Signal::HUP)];
    assert_eq!(printed("yash-2.52", script, &signals).join(" "), "H h T t U u H h x");
}

#[test]
fn zsh_begins_the_next_trap_behind_the_first_program_of_the_one_before() {
    let signals = [(500, Signal::TERM), (900, Signal::HUP)];
    let script = "trap 'echo H; echo h' HUP; trap 'echo T; echo t' TERM; short; echo x";
    assert_eq!(printed("zsh-5.9", script, &signals).join(" "), "T t H h x");
    let script = "trap 'echo H; sleep 1; echo h' HUP; trap 'echo T; sleep 1; echo t' TERM; short; echo x";
    assert_eq!(printed("zsh-5.9", script, &signals).join(" "), "T H h t x");
}

#[test]
fn in_bash_the_trap_of_int_leaves_others_waiting_from_5_1_on_and_comes_last_before() {
    let script = "trap 'echo t' TERM; trap 'echo i' INT; short; echo x; short & wait $!; echo $?";
    let signals = [(750, Signal::INT), (1_200, Signal::TERM)];
    for shell in ["bash-4.2", "bash-4.3.46", "bash-4.4.19", "bash-5.0.18"] {
        assert_eq!(printed(shell, script, &signals).join(" "), "t i x 0", "{shell}");
    }
    for shell in ["bash-5.1.16", "bash-5.2.15", "bash-5.3.9"] {
        assert_eq!(printed(shell, script, &signals).join(" "), "i x 143", "{shell}");
    }
}

#[test]
fn an_int_without_a_trap_ends_dash_and_busybox_before_the_traps_of_other_signals_run() {
    let script = "trap 'echo H' HUP; trap 'echo U' USR1; short; echo x";
    let signals = [(300, Signal::HUP), (600, Signal::USR1), (800, Signal::INT)];
    for shell in [DASH, BUSYBOX] {
        assert_eq!(printed(shell, script, &signals).join(" "), "", "{shell}");
    }
    assert_eq!(printed("bash-5.2.15", script, &signals).join(" "), "H U x");
}

#[test]
fn in_ksh_the_same_signal_ends_wait_and_sleep_in_its_trap_and_acts_again_only_behind_sleep() {
    let ksh = "ksh93u+m-1.0.4";
    let signals = [(200, Signal::TERM), (600, Signal::TERM)];
    let waits = "trap 'echo t; sleep 9 & wait $!; echo \"w $?\"' TERM; env sleep 0.4; echo x";
    assert_eq!(printed(ksh, waits, &signals).join(" "), "t w 1 x");
    let sleeps = "trap 'echo t; sleep 1; echo s' TERM; env sleep 0.4; echo x";
    assert_eq!(printed(ksh, sleeps, &signals).join(" "), "t t s s x");
}

#[test]
fn in_zsh_exit_in_a_trap_that_comes_into_the_exit_trap_ends_that_action_alone() {
    let script = "trap 'sleep 1; echo b' EXIT; trap 'echo t; exit 5; echo u' TERM; exit 2";
    assert_eq!(printed("zsh-5.9", script, &[(400, Signal::TERM)]).join(" "), "t b");
}

#[test]
fn ksh_waits_for_the_programs_of_its_exit_trap_where_a_signal_ends_a_pipeline_in_a_function() {
    let script = "trap 'env false; echo $?' EXIT; f() { app | cat; }; f; echo x";
    assert_eq!(printed("ksh93u+m-1.0.4", script, &[(400, Signal::TERM)]).join(" "), "1");
}
