//! What `trap` sets and lists in subshells and in jobs that were started with INT and QUIT ignored. Every expected line is
//! what the real build printed.

use simulator::base::time::SimTime;
use simulator::probe::play::{Play, play};
use simulator::probe::shell::Question;

/// What a build prints as PID 1.
fn printed(shell: &str, script: &str) -> String {
    let argv = ["sh", "-c", script].map(str::to_string).to_vec();
    let question = Question { shell: shell.into(), argv, script_file: None, stdin: None };
    let until = SimTime::from_millis(3_000);
    play(&Play { question, signals: Vec::new(), until }, 0).expect("a build of the table").output.join("; ")
}

const DASH: &str = "dash-0.5.12-bookworm";
const BUSYBOX: &str = "busybox-1.35.0-deb";
const BASH: &str = "bash-5.2.15";
const ZSH: &str = "zsh-5.9";
const KSH93: &str = "ksh93u+m-1.0.4";

#[test]
fn a_job_may_set_a_trap_for_quit_that_only_some_shells_obey() {
    let script = "{ trap 'echo q' QUIT; kill -QUIT 2; echo x; } & wait";
    for shell in [DASH, BUSYBOX, KSH93] {
        assert_eq!(printed(shell, script), "x", "{shell}");
    }
    for shell in [BASH, ZSH, "mksh-59c", "posh-0.14.1", "yash-2.52"] {
        assert_eq!(printed(shell, script), "q; x", "{shell}");
    }
}

#[test]
fn a_trap_for_a_signal_that_stays_ignored_is_listed_where_it_is_kept() {
    let script = "{ trap 'echo q' QUIT; trap; :; } & wait";
    for shell in [DASH, BUSYBOX, "mksh-59c", "posh-0.14.1", "yash-2.52"] {
        assert_eq!(printed(shell, script), "trap -- 'echo q' QUIT", "{shell}");
    }
    assert_eq!(printed(BASH, script), "trap -- '' SIGINT; trap -- 'echo q' SIGQUIT");
    assert_eq!(printed(ZSH, script), "trap -- '' INT; trap -- 'echo q' QUIT");
    assert_eq!(printed(KSH93, script), "trap -- '' QUIT");
}

#[test]
fn a_trap_that_is_kept_for_an_ignored_signal_keeps_the_shell() {
    for shell in [DASH, BUSYBOX] {
        let trapped = "{ trap : QUIT; sh -c 'echo $$'; } & wait; echo $!";
        assert_eq!(printed(shell, trapped), "3; 2", "{shell}");
        assert_eq!(printed(shell, "{ sh -c 'echo $$'; } & wait; echo $!"), "2; 2", "{shell}");
    }
}

#[test]
fn bash_and_yash_list_the_traps_around_until_the_subshell_sets_one() {
    let around = |script: &str| format!("trap 'echo t' TERM; {script}");
    for script in ["( trap; : )", "x=$(trap); echo \"$x\"", "( (trap); : )"] {
        for shell in ["bash-5.2.15-sh", "yash-2.52"] {
            assert_eq!(printed(shell, &around(script)), "trap -- 'echo t' TERM", "{shell}: {script}");
        }
        assert_eq!(printed(DASH, &around(script)), "", "{script}");
    }
    assert_eq!(printed(BASH, &around("( trap - HUP; trap; : )")), "");
    assert_eq!(printed(BUSYBOX, &around("x=$(trap); echo \"$x\"")), "trap -- 'echo t' TERM");
    assert_eq!(printed(BUSYBOX, &around("x=$(trap; :); echo \"$x\"")), "");
    assert_eq!(printed(KSH93, &around("( trap; : )")), "trap -- 'echo t' TERM");
    assert_eq!(printed(KSH93, &around("( (trap); : )")), "");
}

#[test]
fn set_e_holds_in_a_job_that_a_condition_starts_in_dash_and_busybox() {
    let script = "set -e; { { false; echo a; } & wait $!; } || echo b";
    for shell in [DASH, BUSYBOX] {
        assert_eq!(printed(shell, script), "b", "{shell}");
    }
    for shell in [BASH, ZSH, KSH93, "mksh-59c", "posh-0.14.1", "yash-2.52"] {
        assert_eq!(printed(shell, script), "a", "{shell}");
    }
}

#[test]
fn each_member_of_a_pipeline_in_the_background_is_the_latest_job_for_the_next() {
    let script = "true | wait $! & P=$!; wait $P; echo $?";
    for (shell, status) in [(DASH, "127"), (BUSYBOX, "127"), (KSH93, "0"), ("mksh-59c", "0"), ("posh-0.14.1", "0")] {
        assert_eq!(printed(shell, script), status, "{shell}");
    }
}

#[test]
fn a_subshell_where_the_trap_for_quit_is_reset_ignores_it_again_in_bash_only() {
    let script = "( trap - QUIT; kill -QUIT 2; echo x ); echo $?";
    assert_eq!(printed(BASH, script), "x; 0");
    for shell in [DASH, BUSYBOX] {
        assert_eq!(printed(shell, script).rsplit("; ").next(), Some("131"), "{shell}");
    }
}
