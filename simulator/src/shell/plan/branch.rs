//! `if`, `while`, `for` and `case` as steps with jumps (XCU 2.9.4).
//!
//! Not here: what is a process of its own, and the simple command (`compile`).

use super::compile::{Context, list, patch};
use super::{Op, Place};
use crate::shell::ast::{ArmEnd, List, Word};
use crate::shell::variants::Shape;
use std::sync::Arc;

fn condition(body: &List, context: &Context, out: &mut Vec<Op>) {
    out.push(Op::EnterCondition);
    list(body, &context.inside(), out);
    out.push(Op::LeaveCondition);
}

pub(super) fn if_command(arms: &[(List, List)], otherwise: Option<&List>, context: &Context, out: &mut Vec<Op>) {
    let inner = context.within(&[Shape::Branch]);
    let mut ends = Vec::new();
    for (test, body) in arms {
        condition(test, context, out);
        let skip = out.len();
        out.push(Op::Succeed);
        list(body, &inner, out);
        ends.push(out.len());
        out.push(Op::Succeed);
        let next = out.len();
        patch(out, skip, Op::JumpIfFail(next));
    }
    match otherwise {
        Some(body) => list(body, &inner, out),
        None => out.push(Op::Succeed),
    }
    let end = out.len();
    for at in ends {
        patch(out, at, Op::Jump(end));
    }
}

pub(super) fn while_command(until: bool, test: &List, body: &List, context: &Context, out: &mut Vec<Op>) {
    let enter = out.len();
    out.push(Op::Succeed);
    let turn = out.len();
    condition(test, context, out);
    let leave = out.len();
    out.push(Op::Succeed);
    list(body, &context.inside(), out);
    out.push(Op::KeepStatus);
    out.push(Op::Jump(turn));
    let exit = out.len();
    out.push(Op::LeaveLoop);
    patch(out, enter, Op::EnterLoop { exit, next: turn });
    patch(out, leave, if until { Op::JumpIfOk(exit) } else { Op::JumpIfFail(exit) });
}

pub(super) fn for_loop(body: &List, context: &Context, out: &mut Vec<Op>) {
    let inner = match context.within(&[Shape::ForLoop]).place {
        Place::Last(shapes) => Context { place: Place::LastOfLastTurn(shapes), ..context.clone() },
        Place::LastOfLastTurn(_) => context.clone(),
        Place::Inside(hurdle) => context.kept_inside(hurdle),
    };
    let enter = out.len();
    out.push(Op::Succeed);
    let turn = out.len();
    out.push(Op::Succeed);
    list(body, &inner, out);
    out.push(Op::KeepStatus);
    out.push(Op::Jump(turn));
    let exit = out.len();
    out.push(Op::LeaveLoop);
    patch(out, enter, Op::EnterLoop { exit, next: turn });
    patch(out, turn, Op::ForNext(exit));
}

pub(super) fn arithmetic_for(parts: &[Word; 3], body: &List, context: &Context, out: &mut Vec<Op>) {
    let [start, test, step] = parts;
    let arith = |word: &Word| Op::Arith(Arc::new(word.clone()));
    out.push(arith(start));
    let enter = out.len();
    out.push(Op::Succeed);
    let turn = out.len();
    if !test.parts.is_empty() {
        out.push(arith(test));
    } else {
        out.push(Op::Succeed);
    }
    let leave = out.len();
    out.push(Op::Succeed);
    list(body, &context.inside(), out);
    out.push(Op::KeepStatus);
    let next = out.len();
    out.push(arith(step));
    out.push(Op::Jump(turn));
    let exit = out.len();
    out.push(Op::LeaveLoop);
    patch(out, enter, Op::EnterLoop { exit, next });
    patch(out, leave, Op::JumpIfFail(exit));
}

pub(super) fn case(word: &Word, arms: &[crate::shell::ast::CaseArm], context: &Context, out: &mut Vec<Op>) {
    let inner = context.within(&[Shape::Branch]);
    let at = out.len();
    out.push(Op::Succeed);
    let mut table = Vec::new();
    let mut ends = Vec::new();
    for (n, arm) in arms.iter().enumerate() {
        table.push((arm.patterns.clone(), out.len(), arm.end));
        if arm.body.items.is_empty() {
            out.push(Op::Succeed);
        } else {
            list(&arm.body, if arm.end == ArmEnd::Break { &inner } else { context }, out);
        }
        match arm.end {
            ArmEnd::Break => {
                ends.push(out.len());
                out.push(Op::Succeed);
            }
            ArmEnd::FallThrough => {}
            ArmEnd::TryNext => out.push(Op::CaseFrom(at, n + 1)),
        }
    }
    let end = out.len();
    for slot in ends {
        patch(out, slot, Op::Jump(end));
    }
    patch(out, at, Op::Case { word: Arc::new(word.clone()), arms: table.into(), end });
}
