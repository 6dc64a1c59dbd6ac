//! Everything that stands in a script, one node after the other, also inside substitutions.

use super::ast::{
    AndOr, Assign, AssignValue, Command, CommandKind, List, Param, ParamOp, Part, RedirectKind, Script, Substitution,
    TestExpr, Word,
};

/// What the walk comes to.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A command, before what it is made of.
    Command(&'a Command),
    /// A word, before its parts.
    Word(&'a Word),
    /// An assignment, before its value.
    Assign(&'a Assign),
    /// A parameter, before the words in it.
    Param(&'a Param),
    /// A substitution, before its commands.
    Enter(&'a Substitution),
    /// The end of that substitution.
    Leave(&'a Substitution),
}

/// Shows `see` every node of a script, in the order of the text as far as the tree has it.
pub fn walk<'a>(script: &'a Script, see: &mut dyn FnMut(Node<'a>)) {
    script.commands.iter().for_each(|command| list(&command.list, see));
}

fn list<'a>(of: &'a List, see: &mut dyn FnMut(Node<'a>)) {
    of.items.iter().for_each(|item| and_or(&item.and_or, see));
}

fn and_or<'a>(of: &'a AndOr, see: &mut dyn FnMut(Node<'a>)) {
    for pipeline in std::iter::once(&of.first).chain(of.rest.iter().map(|(_, pipeline)| pipeline)) {
        pipeline.commands.iter().for_each(|one| command(one, see));
    }
}

fn command<'a>(of: &'a Command, see: &mut dyn FnMut(Node<'a>)) {
    see(Node::Command(of));
    match &of.kind {
        CommandKind::Simple(simple) => {
            simple.assigns.iter().for_each(|one| assign(one, see));
            simple.words.iter().for_each(|one| word(one, see));
            simple.array_arguments.iter().for_each(|one| assign(one, see));
        }
        CommandKind::Group(body) | CommandKind::Subshell(body) => list(body, see),
        CommandKind::If { arms, otherwise } => {
            for (condition, body) in arms {
                list(condition, see);
                list(body, see);
            }
            otherwise.iter().for_each(|body| list(body, see));
        }
        CommandKind::While { condition, body, .. } => {
            list(condition, see);
            list(body, see);
        }
        CommandKind::For { words, body, .. } => {
            words.iter().flatten().for_each(|one| word(one, see));
            list(body, see);
        }
        CommandKind::ArithFor { parts, body } => {
            parts.iter().for_each(|one| word(one, see));
            list(body, see);
        }
        CommandKind::Case { word: what, arms } => {
            word(what, see);
            for arm in arms {
                arm.patterns.iter().for_each(|one| word(one, see));
                list(&arm.body, see);
            }
        }
        CommandKind::Function { body, .. } => command(body, see),
        CommandKind::Test(expression) => test(expression, see),
        CommandKind::Arith(expression) => word(expression, see),
    }
    for redirect in &of.redirects {
        match &redirect.kind {
            RedirectKind::Read(file)
            | RedirectKind::Write(file)
            | RedirectKind::Clobber(file)
            | RedirectKind::Append(file)
            | RedirectKind::ReadWrite(file)
            | RedirectKind::Both { file, .. }
            | RedirectKind::Here(file)
            | RedirectKind::Duplicate { source: file, .. } => word(file, see),
        }
    }
}

fn test<'a>(of: &'a TestExpr, see: &mut dyn FnMut(Node<'a>)) {
    match of {
        TestExpr::Word(one) | TestExpr::Unary(_, one) => word(one, see),
        TestExpr::Binary(left, _, right) => {
            word(left, see);
            word(right, see);
        }
        TestExpr::Not(inner) => test(inner, see),
        TestExpr::And(left, right) | TestExpr::Or(left, right) => {
            test(left, see);
            test(right, see);
        }
    }
}

fn assign<'a>(of: &'a Assign, see: &mut dyn FnMut(Node<'a>)) {
    see(Node::Assign(of));
    of.index.iter().for_each(|index| word(index, see));
    match &of.value {
        AssignValue::Scalar(value) => word(value, see),
        AssignValue::Array(values) => values.iter().for_each(|value| word(value, see)),
    }
}

fn word<'a>(of: &'a Word, see: &mut dyn FnMut(Node<'a>)) {
    see(Node::Word(of));
    of.parts.iter().for_each(|one| part(one, see));
}

fn part<'a>(of: &'a Part, see: &mut dyn FnMut(Node<'a>)) {
    match of {
        Part::Literal(_) | Part::Quoted(_) => {}
        Part::Double(inner) | Part::Arith(inner) => inner.iter().for_each(|one| part(one, see)),
        Part::Param(param) => {
            see(Node::Param(param));
            param.index.iter().for_each(|index| word(index, see));
            operands(&param.op).into_iter().flatten().for_each(|one| word(one, see));
        }
        Part::Command(substitution) => {
            see(Node::Enter(substitution));
            walk(&substitution.script, see);
            see(Node::Leave(substitution));
        }
    }
}

/// The words in a parameter expansion.
fn operands(op: &ParamOp) -> [Option<&Word>; 2] {
    match op {
        ParamOp::Default { word, .. }
        | ParamOp::Assign { word, .. }
        | ParamOp::Error { word, .. }
        | ParamOp::Alternative { word, .. } => [Some(word), None],
        ParamOp::Trim { pattern, .. } => [Some(pattern), None],
        ParamOp::Slice { offset, length } => [Some(offset), length.as_ref()],
        ParamOp::Replace { pattern, replacement, .. } => [Some(pattern), Some(replacement)],
        ParamOp::Plain
        | ParamOp::Length
        | ParamOp::Case { .. }
        | ParamOp::Transform(_)
        | ParamOp::Names { .. }
        | ParamOp::Bad(_) => [None, None],
    }
}
