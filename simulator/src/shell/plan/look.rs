//! What a command of the tree is made of, as far as the plan asks.

use crate::shell::ast::{AndOr, Command, CommandKind, Item, List};

/// What stands alone inside braces.
pub(super) fn without_braces(list: &AndOr) -> &AndOr {
    let [command] = list.first.commands.as_slice() else { return list };
    match &command.kind {
        CommandKind::Group(inner) if command.redirects.is_empty() && list.rest.is_empty() && !list.first.negated => {
            match inner.items.as_slice() {
                [item] if !item.background => without_braces(&item.and_or),
                _ => list,
            }
        }
        _ => list,
    }
}

/// Is it the only job of the list, with nothing but assignments and tests behind it?
pub(super) fn is_lone_job(list: &List, job: &Item) -> bool {
    let mut behind = list.items.iter().skip_while(|item| !std::ptr::eq(*item, job)).skip(1);
    let passive = |command: &Command| match &command.kind {
        CommandKind::Simple(simple) => simple.words.is_empty() && command.redirects.is_empty(),
        kind => matches!(kind, CommandKind::Test(_) | CommandKind::Arith(_)),
    };
    list.items.iter().filter(|item| item.background).count() == 1
        && behind.all(|item| item.and_or.rest.is_empty() && item.and_or.first.commands.iter().all(passive))
}

pub(super) fn is_redirected(commands: &[Command]) -> bool {
    matches!(commands, [one] if !one.redirects.is_empty())
}

pub(super) fn is_simple(commands: &[Command]) -> bool {
    matches!(commands, [Command { kind: CommandKind::Simple(_), .. }])
}

/// A compound command that is no process: `set -e` looks at the commands in it, not at it (measured in every shell).
pub(super) fn is_compound(commands: &[Command]) -> bool {
    let [one] = commands else { return false };
    use CommandKind::{Arith, Simple, Subshell, Test};
    !matches!(one.kind, Simple(_) | Subshell(_) | Test(_) | Arith(_))
}

pub(super) fn is_plain_simple(list: &List) -> bool {
    match list.items.as_slice() {
        [item] => !item.background && item.and_or.rest.is_empty() && is_simple(&item.and_or.first.commands),
        _ => false,
    }
}
