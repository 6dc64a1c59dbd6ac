//! Tree to plan, for one variant.

use super::branch::{arithmetic_for, case, for_loop, if_command, while_command};
use super::look::{is_compound, is_lone_job, is_plain_simple, is_redirected, is_simple, without_braces};
use super::{Body, Code, Hurdle, Op, Place, SimpleCommand};
use crate::base::diagnostic::{Span, line_ends, text_before};
use crate::shell::ast::{AndOr, Command, CommandKind, CompleteCommand, Item, Join, List, Pipeline, RedirectKind};
use crate::shell::variants::{Children, Columns, Shape, Shapes, Tail};
use std::sync::Arc;

/// Where the compiled commands stand.
#[derive(Clone, Debug)]
pub struct Context {
    /// The variant's columns.
    pub tail: &'static Tail,
    /// What is a process of its own.
    pub children: &'static Children,
    /// The text that spans point into.
    pub text: Arc<str>,
    /// Lines in front of it.
    pub line: u32,
    /// Nothing is done after these commands, and these shapes are allowed around the last.
    pub place: Place,
    /// Behind `;` on the same line.
    pub in_list: bool,
    /// Behind `time`.
    pub timed: bool,
    /// Directly in `( )`: false; in braces or a function's body there, with nothing else around: true; none: elsewhere.
    pub braces: Option<bool>,
    /// The line that is told of a redirection of a compound command around which nothing has a line of its own: that of the
    /// function, of the head of the `for` or `case` around it, else the last one of the whole command.
    pub around: u32,
}

impl Context {
    /// Around nothing yet.
    pub fn new(columns: &'static Columns, text: Arc<str>, line: u32, place: Place) -> Context {
        let (tail, children) = (&columns.tail, &columns.children);
        Context { tail, children, text, line, place, in_list: false, timed: false, braces: None, around: 0 }
    }

    /// In front of something else.
    pub(super) fn inside(&self) -> Context {
        self.kept_inside(Hurdle::NotLast)
    }

    pub(super) fn kept_inside(&self, hurdle: Hurdle) -> Context {
        Context { place: Place::Inside(hurdle), ..self.clone() }
    }

    fn child(&self, shapes: &'static Shapes) -> Context {
        if self.timed {
            return Context { timed: false, in_list: false, ..self.inside() };
        }
        Context { place: Place::Last(shapes), in_list: false, braces: None, ..self.clone() }
    }

    /// Directly in `( )`.
    fn in_parentheses(self) -> Context {
        Context { braces: Some(false), ..self }
    }

    /// Inside a `( )` that the process becomes.
    fn becoming(&self) -> Context {
        let shapes = &self.tail.subshell;
        let place = match self.place {
            Place::Inside(hurdle) => Place::Inside(hurdle),
            // In a process of its own the last member of a pipeline is the last command in parentheses too.
            Place::Last(now) => Place::Last(if now.pipe_last { now } else { shapes }),
            Place::LastOfLastTurn(_) => Place::LastOfLastTurn(shapes),
        };
        Context { place, in_list: false, ..self.clone() }
    }

    fn behind(self) -> Context {
        Context { in_list: true, ..self }
    }

    /// The same place one construct further in, if these shapes are allowed around the last command.
    pub(super) fn within(&self, shapes: &[Shape]) -> Context {
        let missing = match self.place {
            Place::Inside(_) => None,
            Place::Last(allowed) | Place::LastOfLastTurn(allowed) => shapes.iter().find(|s| !allowed.allows(**s)),
        };
        match missing {
            Some(shape) => self.kept_inside(Hurdle::Shape(*shape)),
            None => self.clone(),
        }
    }

    fn hurdle(&self) -> Option<Hurdle> {
        match self.place {
            Place::Inside(hurdle) => Some(hurdle),
            Place::Last(_) | Place::LastOfLastTurn(_) => None,
        }
    }

    /// `extra`, which a shell may treat apart where it stands behind `;`.
    fn if_in_list(&self, extra: Shape) -> Option<Shape> {
        self.in_list.then_some(extra)
    }

    fn slice(&self, span: Span) -> Arc<str> {
        span.of(&self.text).into()
    }

    fn last_line_of(&self, span: Span) -> u32 {
        self.line_of(Span { start: span.end, end: span.end })
    }

    fn line_of(&self, span: Span) -> u32 {
        self.line + 1 + line_ends(text_before(&self.text, span.start))
    }
}

/// The plan of one complete command.
pub fn compile_complete(command: &CompleteCommand, context: &Context) -> Code {
    let mut out = Vec::new();
    let context = &Context { around: context.last_line_of(command.list.span), ..context.clone() };
    list(&command.list, context, &mut out);
    out.into()
}

/// The plan of a function's body; its braces are part of the definition.
pub fn compile_function(body: &Command, context: &Context) -> Code {
    let mut out = Vec::new();
    let context = &Context { braces: Some(true), around: context.line_of(body.span), ..context.clone() };
    match &body.kind {
        CommandKind::Group(inner) if body.redirects.is_empty() => list(inner, context, &mut out),
        _ => command(body, context, &mut out),
    }
    out.into()
}

pub(super) fn list(list: &List, context: &Context, out: &mut Vec<Op>) {
    if list.items.is_empty() {
        out.push(Op::Succeed);
    }
    let mut before: Option<&Item> = None;
    let lone = |item: &Item| context.braces == Some(true) && is_lone_job(list, item);
    for (n, item) in list.items.iter().enumerate() {
        let here = match before {
            _ if n + 1 < list.items.len() => context.inside(),
            Some(before) if before.background => context.within(&[Shape::AfterBackground]).behind(),
            Some(_) => context.within(&[Shape::AfterList]).behind(),
            None => context.clone(),
        };
        let alone = if context.tail.background_braces_vanish { without_braces(&item.and_or) } else { &item.and_or };
        if context.children.errexit_spared_globally {
            out.push(Op::BeginItem);
        }
        let in_subshell = context.children.background_pipeline_in_subshell;
        match item.background {
            true if context.children.only_last_pipeline_is_job && !alone.rest.is_empty() => {
                and_or(alone, context, true, out)
            }
            true if context.children.only_last_pipeline_is_job => {
                job_of_pipeline(&alone.first, context, lone(item), out);
            }
            true if !in_subshell && alone.rest.is_empty() && !alone.first.negated && alone.first.commands.len() > 1 => {
                job_of_pipeline(&alone.first, context, false, out);
            }
            true => out.push(Op::Background(Arc::new(job(&item.and_or, context)))),
            false => and_or(&item.and_or, &here, false, out),
        }
        before = Some(item);
    }
}

/// A pipeline as a job: each member is a child of the shell. What may stand in front of it is not asked.
fn job_of_pipeline(pipeline: &Pipeline, context: &Context, lone: bool, out: &mut Vec<Op>) {
    if pipeline.commands.len() == 1 {
        let list =
            AndOr { first: Pipeline { negated: false, ..pipeline.clone() }, rest: Vec::new(), span: pipeline.span };
        out.push(Op::Background(Arc::new(Body { alone_in_braces: lone, ..job(&list, context) })));
        return;
    }
    let background = Some(context.slice(pipeline.span));
    let members = members(pipeline, context, false);
    out.push(Op::Pipeline { members, last: Place::Inside(Hurdle::Pipeline), last_in_shell: false, background });
}

fn job(list: &AndOr, context: &Context) -> Body {
    let child = context.child(&context.tail.job);
    let mut code = Vec::new();
    and_or(list, &child, false, &mut code);
    let simple = list.rest.is_empty()
        && list.first.commands.len() == 1
        && !list.first.negated
        && is_simple(&list.first.commands);
    let parentheses = match list.first.commands.as_slice() {
        [one] => list.rest.is_empty() && !list.first.negated && matches!(one.kind, CommandKind::Subshell(_)),
        _ => false,
    };
    let redirected = list.rest.is_empty() && is_redirected(&list.first.commands);
    Body { code: code.into(), text: context.slice(list.span), simple, parentheses, redirected, alone_in_braces: false }
}

fn and_or(list: &AndOr, context: &Context, last_is_job: bool, out: &mut Vec<Op>) {
    if list.rest.is_empty() {
        pipeline(&list.first, context, true, out);
        return;
    }
    let shapes: Vec<Shape> =
        [Some(Shape::AndOr), context.if_in_list(Shape::AndOrAfterList)].into_iter().flatten().collect();
    let last_place = context.within(&shapes).behind();
    out.push(Op::EnterCondition);
    pipeline(&list.first, &context.inside(), false, out);
    out.push(Op::LeaveCondition);
    for (n, (join, next)) in list.rest.iter().enumerate() {
        let last = n + 1 == list.rest.len();
        let jump = out.len();
        out.push(Op::Succeed);
        if last && last_is_job {
            job_of_pipeline(next, context, false, out);
        } else if last {
            out.push(Op::EnterLastOfList);
            pipeline(next, &last_place, true, out);
        } else {
            out.push(Op::EnterCondition);
            pipeline(next, &context.inside(), false, out);
            out.push(Op::LeaveCondition);
        }
        if last && !last_is_job {
            out.push(Op::LeaveLastOfList);
        }
        let target = out.len();
        if let Some(op) = out.get_mut(jump) {
            *op = if *join == Join::And { Op::JumpIfFail(target) } else { Op::JumpIfOk(target) };
        }
    }
}

fn pipeline(pipeline: &Pipeline, context: &Context, checked: bool, out: &mut Vec<Op>) {
    let spares = checked && context.children.errexit_spared_globally;
    if pipeline.negated {
        out.extend(spares.then_some(Op::SpareErrExit));
        out.push(Op::EnterCondition);
    }
    let here = if pipeline.negated || pipeline.timed { context.inside() } else { context.clone() };
    match pipeline.commands.as_slice() {
        [one] if pipeline.timed && !context.tail.timed_subshell && matches!(one.kind, CommandKind::Subshell(_)) => {
            command(one, &Context { timed: true, ..here }, out);
        }
        [one] => command(one, &here, out),
        _ => {
            let inside = here.within(&[Shape::PipeLast]);
            let last_becomes = inside.hurdle().is_none();
            let at_end = matches!(here.place, Place::Last(_)) || !context.children.last_member_at_end_only;
            let last_in_shell = context.children.last_member_in_shell && !last_becomes && at_end;
            let members = members(pipeline, context, last_in_shell);
            out.push(Op::Pipeline { members, last: inside.place, last_in_shell, background: None });
        }
    }
    if pipeline.negated {
        out.push(Op::LeaveCondition);
        out.push(Op::Negate);
        out.extend(spares.then_some(Op::ErrExit));
    } else if checked && !is_compound(&pipeline.commands) {
        out.push(Op::ErrExit);
    } else if spares {
        out.push(Op::SpareErrExit);
    }
}

fn members(pipeline: &Pipeline, context: &Context, last_in_shell: bool) -> Arc<[Body]> {
    let count = pipeline.commands.len();
    let member = |(n, c): (usize, &Command)| {
        let mut code = Vec::new();
        if last_in_shell && n + 1 == count {
            let simple = matches!(c.kind, CommandKind::Simple(_));
            let becomes = context.children.last_compound_becomes && !simple && c.redirects.is_empty();
            let inside = if becomes { context.clone() } else { context.kept_inside(Hurdle::Pipeline) };
            command(c, &inside, &mut code);
        } else {
            command(c, &context.child(&context.tail.job), &mut code);
        }
        let simple = matches!(c.kind, CommandKind::Simple(_));
        let parentheses = matches!(c.kind, CommandKind::Subshell(_));
        let redirected = !c.redirects.is_empty();
        Body { code: code.into(), text: context.slice(c.span), simple, parentheses, redirected, alone_in_braces: false }
    };
    pipeline.commands.iter().enumerate().map(member).collect()
}

fn command(command: &Command, context: &Context, out: &mut Vec<Op>) {
    if let CommandKind::Simple(_) = &command.kind {
        simple(command, context, out);
        return;
    }
    let kinds = matches!(command.kind, CommandKind::For { .. } | CommandKind::Case { .. } | CommandKind::Subshell(_));
    out.push(Op::Line(context.line_of(command.span), kinds || !command.redirects.is_empty()));
    if !command.redirects.is_empty() {
        let line = match command.kind {
            CommandKind::Subshell(_) => context.last_line_of(command.span),
            CommandKind::Test(_) => context.line_of(command.span),
            _ => context.around,
        };
        out.push(Op::HeadLine(line, None));
    }
    if let CommandKind::Subshell(body) = &command.kind {
        subshell(command, body, context, out);
        return;
    }
    redirected(command, context, out, compound);
}

/// A compound command between its redirections.
fn redirected(
    command: &Command,
    context: &Context,
    out: &mut Vec<Op>,
    inner: impl FnOnce(&Command, &Context, &mut Vec<Op>),
) {
    if command.redirects.is_empty() {
        inner(command, context, out);
        return;
    }
    let start = out.len();
    out.push(Op::Succeed);
    if context.tail.redirected_compounds {
        inner(command, context, out)
    } else {
        inner(command, &context.inside(), out)
    }
    out.push(Op::Restore);
    let end = out.len();
    out.push(Op::Jump(end + 2));
    out.push(Op::ErrExit);
    patch(out, start, Op::Redirect(command.redirects.clone().into(), end + 1));
}

fn simple(command: &Command, context: &Context, out: &mut Vec<Op>) {
    let CommandKind::Simple(simple) = &command.kind else { return };
    let here = command.redirects.iter().any(|r| matches!(r.kind, RedirectKind::Here(_)));
    let redirected = !command.redirects.is_empty();
    let shapes = [
        Some(Shape::Simple),
        (!simple.assigns.is_empty()).then_some(Shape::Assignment),
        (redirected && !here).then_some(Shape::Redirect),
        here.then_some(Shape::HereDocument),
        context.if_in_list(Shape::RedirectAfterList).filter(|_| redirected),
    ];
    let place = context.within(&shapes.into_iter().flatten().collect::<Vec<_>>());
    let it = SimpleCommand {
        assigns: simple.assigns.clone(),
        words: simple.words.clone(),
        array_arguments: simple.array_arguments.clone(),
        redirects: command.redirects.clone(),
        line: context.line_of(command.span),
        text: context.slice(command.span),
    };
    out.push(Op::Simple(Arc::new(it), place.place));
}

/// The pipeline that is all of a list.
fn lone_pipeline(list: &List) -> Option<&Pipeline> {
    let [Item { and_or, background: false, .. }] = list.items.as_slice() else { return None };
    let alone = and_or.rest.is_empty() && !and_or.first.negated && !and_or.first.timed;
    Some(&and_or.first).filter(|pipeline| alone && pipeline.commands.len() > 1)
}

/// The members of the pipeline that is all of a substitution, where the shell starts them itself.
pub fn compile_members(list: &List, context: &Context) -> Option<Arc<[Body]>> {
    let pipeline = lone_pipeline(list).filter(|_| context.children.lone_pipeline_needs_no_subshell)?;
    Some(members(pipeline, context, false))
}

fn subshell(command: &Command, body: &List, context: &Context, out: &mut Vec<Op>) {
    let shapes = [
        Some(Shape::Subshell),
        context.if_in_list(Shape::AndOrAfterList),
        (!command.redirects.is_empty()).then_some(Shape::Redirect),
    ];
    let hurdle = context.within(&shapes.into_iter().flatten().collect::<Vec<_>>()).hurdle();
    if let Some(hurdle) = hurdle
        && let Some(members) = compile_members(body, context)
    {
        let inside = context.kept_inside(hurdle);
        redirected(command, &inside, out, |_, _, out| {
            out.push(Op::Pipeline { members, last: Place::Inside(hurdle), last_in_shell: false, background: None });
        });
        return;
    }
    let mut code = Vec::new();
    if !command.redirects.is_empty() {
        code.push(Op::Redirect(command.redirects.clone().into(), usize::MAX));
    }
    list(body, &context.child(&context.tail.subshell).in_parentheses(), &mut code);
    let simple = command.redirects.is_empty() && is_plain_simple(body);
    let redirected = !command.redirects.is_empty();
    let text = context.slice(command.span);
    let child =
        Arc::new(Body { code: code.into(), text, simple, parentheses: true, redirected, alone_in_braces: false });
    let Some(hurdle) = hurdle else {
        let start = out.len();
        out.push(Op::Succeed);
        if !command.redirects.is_empty() {
            out.push(Op::Redirect(command.redirects.clone().into(), usize::MAX));
        }
        list(body, &context.becoming().in_parentheses(), out);
        let end = out.len();
        patch(out, start, Op::BecomeSubshell(child, end, context.place));
        return;
    };
    out.push(Op::HeadLine(context.line_of(command.span), None));
    out.push(Op::Subshell(child, hurdle));
}

fn compound(command: &Command, context: &Context, out: &mut Vec<Op>) {
    use CommandKind::{Arith, Case, For, Test};
    let braces = context.braces.filter(|_| matches!(command.kind, CommandKind::Group(_))).map(|_| true);
    let own_line = matches!(command.kind, For { .. } | Case { .. });
    let around = if own_line { context.line_of(command.span) } else { context.around };
    let context = &Context { braces, around, ..context.clone() };
    if matches!(command.kind, For { .. } | Case { .. } | Test(_) | Arith(_)) {
        let text = matches!(command.kind, Test(_) | Arith(_)).then(|| context.slice(command.span));
        out.push(Op::HeadLine(context.line_of(command.span), text));
    }
    match &command.kind {
        CommandKind::Simple(_) | CommandKind::Subshell(_) => {}
        CommandKind::Group(body) => list(body, &context.within(&[Shape::Group]), out),
        CommandKind::If { arms, otherwise } => if_command(arms, otherwise.as_ref(), context, out),
        CommandKind::While { until, condition, body } => while_command(*until, condition, body, context, out),
        CommandKind::For { name, words, body } => {
            let words = words.as_ref().map(|w| w.clone().into());
            out.push(Op::ForWords { name: name.as_str().into(), words });
            for_loop(body, context, out);
        }
        CommandKind::ArithFor { parts, body } => arithmetic_for(parts, body, context, out),
        CommandKind::Case { word, arms } => case(word, arms, context, out),
        CommandKind::Function { name, body } => {
            let (body, text) = (body.clone(), context.text.clone());
            out.push(Op::Define { name: name.as_str().into(), body, text, line: context.line });
        }
        CommandKind::Test(test) => out.push(Op::Test(test.clone())),
        CommandKind::Arith(word) => out.push(Op::Arith(Arc::new(word.clone()))),
    }
}

pub(super) fn patch(out: &mut [Op], at: usize, op: Op) {
    if let Some(slot) = out.get_mut(at) {
        *slot = op;
    }
}
