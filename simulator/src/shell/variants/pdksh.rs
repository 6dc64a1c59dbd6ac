//! What mksh and posh have from pdksh, their common origin: a base between `common` and their rows.
//!
//! Source: pdksh 5.2.14; each value was measured on both.

use super::{Jobs, Messages, Traps};

/// Messages of both.
pub(super) const MESSAGES: Messages = Messages {
    not_set: "parameter null or not set",
    bad_substitution: "{prefix}{name}: bad substitution",
    division_by_zero: "{name}: zero divisor",
    arithmetic_missing: "{name}: missing {missing}",
    substitution_killed: "{text} ",
    names_innermost: true,
    unexpected_end_alone: "{prefix}syntax error: unexpected EOF",
    test_unknown_operator: "{builtin_prefix}{name}: unexpected operator/operand",
    test_unknown_unary: "{builtin_prefix}{text}: unexpected operator/operand",
    test_too_many: "{builtin_prefix}{text}: unexpected operator/operand",
    test_missing_argument: "{builtin_prefix}{text}: missing second argument",
    bad_count_value: "{builtin_prefix}{name}: bad value",
    wait_bad: "{builtin_prefix}{name}: argument must be %job or process id",
    umask_bad: "{builtin_prefix}bad number",
    ..Messages::COMMON
};

/// Traps of both.
pub(super) const TRAPS: Traps =
    Traps { errexit_first: true, kept_for_ignored: true, unheard_at_end: true, ..Traps::COMMON };

/// Jobs of both.
pub(super) const JOBS: Jobs = Jobs { wait_goes_on: true, members_told: true, trap_in_job: true, ..Jobs::COMMON };
