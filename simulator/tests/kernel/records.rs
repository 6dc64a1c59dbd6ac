//! Every record of `data/kernel.json` has a test that shows its behaviour.

use crate::{children, end, fork_exec, init_signals, kill, limits, orphans, stop};

/// The test for the records of a fact; with `by`, for those whose field of that name has this value.
struct Row {
    fact: &'static str,
    by: &'static str,
    value: &'static str,
    test: fn(),
}

const TESTS: &[Row] = &[
    Row {
        fact: "pid1_signal",
        by: "",
        value: "",
        test: init_signals::every_measured_signal_to_pid_1_and_to_others_has_its_measured_effect,
    },
    Row {
        fact: "ordinary_signal",
        by: "",
        value: "",
        test: init_signals::every_measured_signal_to_pid_1_and_to_others_has_its_measured_effect,
    },
    Row {
        fact: "pid1_pending",
        by: "blocked_when_sent",
        value: "no",
        test: init_signals::a_signal_that_pid_1_discards_is_gone_even_if_a_handler_comes_later,
    },
    Row {
        fact: "pid1_pending",
        by: "blocked_when_sent",
        value: "yes",
        test: init_signals::a_signal_that_pid_1_blocks_stays_pending_until_it_unblocks,
    },
    Row {
        fact: "pid1_fault",
        by: "case",
        value: "null dereference",
        test: init_signals::a_fault_and_abort_end_even_pid_1_and_both_as_segv,
    },
    Row {
        fact: "pid1_fault",
        by: "case",
        value: "abort()",
        test: init_signals::a_fault_and_abort_end_even_pid_1_and_both_as_segv,
    },
    Row {
        fact: "pid1_fault",
        by: "case",
        value: "exit(7)",
        test: init_signals::a_fault_and_abort_end_even_pid_1_and_both_as_segv,
    },
    Row {
        fact: "pid1_fault",
        by: "case",
        value: "raise(SIGKILL)",
        test: init_signals::a_fault_and_abort_end_even_pid_1_and_both_as_segv,
    },
    Row {
        fact: "pid1_fault",
        by: "case",
        value: "execve keeps the immunity",
        test: init_signals::pid_1_keeps_its_immunity_over_exec,
    },
    Row {
        fact: "sender_pid",
        by: "from",
        value: "outside",
        test: init_signals::the_receiver_sees_the_senders_pid_in_its_namespace_and_0_for_one_outside,
    },
    Row {
        fact: "sender_pid",
        by: "from",
        value: "inside",
        test: init_signals::the_receiver_sees_the_senders_pid_in_its_namespace_and_0_for_one_outside,
    },
    Row {
        fact: "sigchld",
        by: "parent",
        value: "default, never waits",
        test: children::a_dead_child_is_a_zombie_until_its_parent_waits,
    },
    Row {
        fact: "sigchld",
        by: "parent",
        value: "SIG_IGN",
        test: children::a_parent_that_ignores_sigchld_or_sets_no_cldwait_has_no_zombies,
    },
    Row {
        fact: "sigchld",
        by: "parent",
        value: "handler with SA_NOCLDWAIT",
        test: children::a_parent_that_ignores_sigchld_or_sets_no_cldwait_has_no_zombies,
    },
    Row {
        fact: "sigchld",
        by: "parent",
        value: "handler, waits in it",
        test: children::a_parent_that_waits_in_its_handler_has_nothing_left_to_wait_for,
    },
    Row {
        fact: "sigchld",
        by: "parent",
        value: "SIG_IGN, then exec of a program that never waits",
        test: children::an_ignored_sigchld_survives_exec_and_reaps_for_the_new_program,
    },
    Row {
        fact: "orphan",
        by: "case",
        value: "no subreaper",
        test: orphans::an_orphan_goes_to_pid_1_or_to_the_nearest_subreaper,
    },
    Row {
        fact: "orphan",
        by: "case",
        value: "grandparent is a subreaper",
        test: orphans::an_orphan_goes_to_pid_1_or_to_the_nearest_subreaper,
    },
    Row {
        fact: "orphan",
        by: "case",
        value: "subreaper dies too",
        test: orphans::with_its_subreaper_dead_an_orphan_goes_to_the_next_one_up_or_to_pid_1,
    },
    Row {
        fact: "orphan",
        by: "case",
        value: "outer subreaper beyond a dead subreaper",
        test: orphans::with_its_subreaper_dead_an_orphan_goes_to_the_next_one_up_or_to_pid_1,
    },
    Row {
        fact: "pid1_exit",
        by: "how",
        value: "exit(7)",
        test: end::when_pid_1_ends_everything_in_its_namespace_is_killed_without_running_handlers,
    },
    Row {
        fact: "pid1_exit",
        by: "how",
        value: "SIGKILL from outside",
        test: end::when_pid_1_ends_everything_in_its_namespace_is_killed_without_running_handlers,
    },
    Row {
        fact: "zombie_of_dead_parent",
        by: "init_SIGCHLD",
        value: "default, never waits",
        test: orphans::a_zombie_of_a_dead_parent_goes_to_pid_1_and_vanishes_if_that_ignores_sigchld,
    },
    Row {
        fact: "zombie_of_dead_parent",
        by: "init_SIGCHLD",
        value: "ignored",
        test: orphans::a_zombie_of_a_dead_parent_goes_to_pid_1_and_vanishes_if_that_ignores_sigchld,
    },
    Row {
        fact: "kill_minus_1",
        by: "caller",
        value: "PID 1",
        test: kill::kill_minus_1_reaches_all_others_but_never_pid_1_nor_the_caller,
    },
    Row {
        fact: "kill_minus_1",
        by: "caller",
        value: "an ordinary process",
        test: kill::kill_minus_1_reaches_all_others_but_never_pid_1_nor_the_caller,
    },
    Row {
        fact: "stopped_then_TERM",
        by: "disposition",
        value: "default",
        test: stop::term_to_a_stopped_process_waits_until_it_continues,
    },
    Row {
        fact: "stopped_then_TERM",
        by: "disposition",
        value: "handler",
        test: stop::term_to_a_stopped_process_waits_until_it_continues,
    },
    Row { fact: "zombie_kill", by: "", value: "", test: children::signals_to_a_zombie_succeed_and_change_nothing },
    Row {
        fact: "sigchld_coalesce",
        by: "",
        value: "",
        test: children::three_deaths_while_sigchld_is_blocked_are_one_signal_and_three_statuses,
    },
    Row {
        fact: "fork_inherits",
        by: "",
        value: "",
        test: fork_exec::fork_inherits_all_but_pending_signals_and_exec_keeps_all_but_handlers,
    },
    Row {
        fact: "exec_keeps",
        by: "",
        value: "",
        test: fork_exec::fork_inherits_all_but_pending_signals_and_exec_keeps_all_but_handlers,
    },
    Row {
        fact: "before_exec",
        by: "",
        value: "",
        test: fork_exec::fork_inherits_all_but_pending_signals_and_exec_keeps_all_but_handlers,
    },
    Row {
        fact: "pid1_exit_unreaped_entrant",
        by: "",
        value: "",
        test: end::pid_1_cannot_be_waited_for_while_an_entered_process_is_not_collected_outside,
    },
    Row {
        fact: "fork_in_dead_ns",
        by: "",
        value: "",
        test: end::no_process_can_be_forked_into_a_namespace_whose_init_is_dead,
    },
    Row {
        fact: "kill_0",
        by: "",
        value: "",
        test: kill::kill_0_reaches_the_callers_group_itself_included_and_no_other,
    },
    Row {
        fact: "kill_pgid",
        by: "",
        value: "",
        test: kill::kill_of_a_group_reaches_its_members_and_missing_targets_are_esrch,
    },
    Row {
        fact: "kill_missing",
        by: "",
        value: "",
        test: kill::kill_of_a_group_reaches_its_members_and_missing_targets_are_esrch,
    },
    Row {
        fact: "kill_eperm",
        by: "",
        value: "",
        test: kill::another_users_processes_cannot_be_signalled_and_kill_minus_1_still_succeeds,
    },
    Row {
        fact: "kill_outer_pid",
        by: "",
        value: "",
        test: fork_exec::a_process_has_a_number_on_the_node_too_and_nobody_inside_reaches_it_by_that,
    },
    Row { fact: "pid_numbers", by: "", value: "", test: fork_exec::pids_count_up_and_are_not_used_again },
    Row { fact: "stopped_then_KILL", by: "", value: "", test: stop::kill_works_on_a_stopped_process_at_once },
    Row {
        fact: "pid1_stopped_from_outside",
        by: "",
        value: "",
        test: stop::pid_1_stopped_from_outside_runs_its_handler_when_it_continues,
    },
    Row {
        fact: "pid1_stopped_then_KILL_from_outside",
        by: "",
        value: "",
        test: stop::kill_works_on_a_stopped_process_at_once,
    },
    Row {
        fact: "rlimit_nproc",
        by: "",
        value: "",
        test: limits::the_limit_of_a_users_processes_refuses_the_fork_above_it_and_root_is_exempt,
    },
    Row {
        fact: "rlimit_nproc_root",
        by: "",
        value: "",
        test: limits::the_limit_of_a_users_processes_refuses_the_fork_above_it_and_root_is_exempt,
    },
    Row {
        fact: "pids_cgroup_zombies",
        by: "",
        value: "",
        test: limits::zombies_count_against_the_limit_of_processes_until_they_are_reaped,
    },
    Row {
        fact: "pids_cgroup_after_reaping_one",
        by: "",
        value: "",
        test: limits::zombies_count_against_the_limit_of_processes_until_they_are_reaped,
    },
    Row {
        fact: "parent_killed_not_pid1",
        by: "",
        value: "",
        test: orphans::the_child_of_a_killed_parent_lives_on_and_gets_no_signal,
    },
    Row {
        fact: "pdeathsig",
        by: "",
        value: "",
        test: orphans::a_child_that_asked_for_it_gets_a_signal_when_its_parent_dies,
    },
];

#[test]
fn every_measured_fact_has_a_test() {
    let records = crate::lab::all_records();
    for record in &records {
        let row =
            TESTS.iter().find(|row| record["fact"] == row.fact && (row.by.is_empty() || record[row.by] == row.value));
        let row = row.unwrap_or_else(|| panic!("no test for {record}"));
        (row.test)();
    }
    for row in TESTS {
        let used = records.iter().any(|r| r["fact"] == row.fact && (row.by.is_empty() || r[row.by] == row.value));
        assert!(used, "no record of {} {}", row.fact, row.value);
    }
}
