//! The timers of a stop as lines: bars on one axis, and what does not fit between them with the numbers, where it bites, and
//! the smallest change that repairs it.

use simulator::scenario::Draft;
use simulator::view::timers::{Inequality, Row, Standing, timers};
use simulator::view::{place, timers as view};

use super::kept;
use super::sheet::{AXIS, Line, Look, Sheet};

/// The timers of these texts.
pub(super) fn sheet(draft: &Draft) -> Sheet {
    let kept = kept::of(draft);
    let Some((scenario, run)) = &kept.ran else {
        return only("The texts have errors: nothing runs.");
    };
    let timers = timers(scenario, run);
    if timers.rows.is_empty() {
        return only("No pod is stopped: there is no timer.");
    }
    let axis = timers.shown_axis().as_micros().max(1);
    let since =
        if timers.grace.is_some() { "Every timer since the delete." } else { "Every timer; nothing is deleted." };
    let mut lines = vec![Line::new(Look::Dim, format!("{since} Pale ends: it can take that long."))];
    lines.extend(timers.rows.iter().map(|row| bar(row, axis)));
    let (holds, violated): (Vec<_>, Vec<_>) = timers.inequalities.iter().partition(|i| i.standing == Standing::Holds);
    for inequality in violated.into_iter().chain(holds) {
        compared(draft, inequality, &mut lines);
    }
    Sheet { script: None, lines }
}

fn only(text: &str) -> Sheet {
    Sheet { script: None, lines: vec![Line::new(Look::Dim, text)] }
}

fn bar(row: &Row, axis: u64) -> Line {
    let share = |time: simulator::base::time::SimDuration| {
        u32::try_from(time.as_micros().min(axis) * u64::from(AXIS) / axis).unwrap_or(AXIS)
    };
    let (from, to) = (share(row.from), share(row.to));
    // A timer of no length is seen too.
    let to = to.max(from.min(AXIS - 4) + 4);
    let bar = Some([from, to, share(row.to_most).max(to)]);
    Line { bar, ..Line::new(Look::Plain, format!("{}: {}", row.name, view::length(row))).more(row.source) }
}

fn compared(draft: &Draft, i: &Inequality, lines: &mut Vec<Line>) {
    let look = match i.standing {
        Standing::Holds => Look::Good,
        Standing::MayFail => Look::Maybe,
        Standing::Fails => Look::Bad,
    };
    let at = (look != Look::Good).then(|| place::place(draft, &i.finding())).flatten();
    let at = at.map_or_else(String::new, |at| format!("{}:{} ", at.file, at.line));
    let text = format!("{}: {}: {}", i.standing.word(), i.says, i.numbers);
    lines.push(Line::new(look, text).more(format!("{at}{}", i.rule.id())));
    if let Some((event, what)) = &i.bites {
        lines.push(Line { event: Some(*event), ..Line::new(Look::Plain, format!("Here: {what}")) });
    }
    if let Some(repair) = &i.repair {
        lines.push(Line::new(Look::Plain, format!("Repair: {}", repair.text)).more(repair.tried()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;

    #[test]
    fn a_hook_longer_than_the_grace_stands_first_with_its_place_and_the_repair() {
        let sheet = sheet(&stories::by_name("prestop-overrun").unwrap().draft());
        let bars: Vec<&Line> = sheet.lines.iter().filter(|line| line.bar.is_some()).collect();
        assert!(bars.iter().any(|line| line.text.starts_with("preStop hook")), "{bars:#?}");
        assert!(bars.iter().all(|l| l.bar.is_some_and(|b| b[0] < b[1] && b[1] <= b[2] && b[2] <= AXIS)), "{bars:#?}");
        let first = sheet.lines.iter().position(|line| line.look == Look::Bad).unwrap();
        assert!(sheet.lines[first].text.starts_with("fails: "), "{:?}", sheet.lines[first]);
        assert!(sheet.lines[first].more.contains(".yaml:"), "{:?}", sheet.lines[first]);
        let good = sheet.lines.iter().position(|line| line.look == Look::Good);
        assert!(good.is_none_or(|good| good > first));
        let repair = sheet.lines.iter().find(|line| line.text.starts_with("Repair: ")).unwrap();
        assert!(repair.text.contains("terminationGracePeriodSeconds"), "{repair:?}");
        assert_eq!(repair.more, "tried, it helps");
    }

    #[test]
    fn where_nothing_is_deleted_the_axis_holds_every_timer() {
        let sheet = sheet(&stories::by_name("alb-keep-alive-race").unwrap().draft());
        assert!(sheet.lines[0].text.starts_with("Every timer; nothing is deleted."), "{:?}", sheet.lines[0]);
        let ends: Vec<u32> = sheet.lines.iter().filter_map(|line| Some(line.bar?[2])).collect();
        assert_eq!(ends.iter().filter(|end| **end == AXIS).count(), 1, "{ends:?}");
    }

    #[test]
    fn texts_with_errors_have_no_timers() {
        let sheet = sheet(&Draft::new([("Dockerfile".to_owned(), "FRM x".to_owned())]));
        assert_eq!(sheet.lines, [Line::new(Look::Dim, "The texts have errors: nothing runs.")]);
    }
}
