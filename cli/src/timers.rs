//! The timers of a stop in print: one axis, and the inequalities between them.

use serde_json::{Value, json};
use simulator::base::time::SimDuration;
use simulator::scenario::Draft;
use simulator::view::place;
use simulator::view::timers::{Inequality, Row, Standing, Timers, length};

use crate::run::seconds;

/// Width of the axis, in characters.
const WIDTH: u64 = 48;

/// For people: nothing if no pod was stopped.
pub fn text(draft: &Draft, timers: &Timers) -> String {
    if timers.rows.is_empty() {
        return String::new();
    }
    let axis = timers.shown_axis().as_micros().max(1);
    let width = timers.rows.iter().map(|r| r.name.len()).max().unwrap_or(0);
    let mut out = if timers.grace.is_some() { "Timers (since the delete)\n" } else { "Timers\n" }.to_owned();
    for row in &timers.rows {
        out.push_str(&format!("  {:width$}  |{}|  {}  [{}]\n", row.name, bar(row, axis), length(row), row.source));
    }
    for inequality in &timers.inequalities {
        out.push_str(&sentence(draft, inequality));
    }
    out
}

/// `=` while it runs for certain, `-` while it may.
fn bar(row: &Row, axis: u64) -> String {
    let place = |time: SimDuration| time.as_micros().saturating_mul(WIDTH).div_ceil(axis).min(WIDTH);
    let (from, to, most) = (place(row.from), place(row.to), place(row.to_most));
    (0..WIDTH)
        .map(|n| match n {
            n if n < from => ' ',
            n if n < to => '=',
            n if n < most => '-',
            _ => ' ',
        })
        .collect()
}

fn sentence(draft: &Draft, i: &Inequality) -> String {
    let at = match i.standing {
        Standing::Holds => None,
        Standing::MayFail | Standing::Fails => place::place(draft, &i.finding()),
    };
    let at = at.map_or(String::new(), |at| format!(" ({}:{})", at.file, at.line));
    let mut out = format!("  {:8}  {}: {}{at}  [{}]\n", i.standing.word(), i.says, i.numbers, i.rule.id());
    if let Some((_, what)) = &i.bites {
        out.push_str(&format!("            here: {what}\n"));
    }
    if let Some(repair) = &i.repair {
        out.push_str(&format!("            repair: {} ({})\n", repair.text, repair.tried()));
    }
    out
}

/// For programs.
pub fn json(draft: &Draft, timers: &Timers) -> Value {
    let time = |d: SimDuration| seconds(d.as_micros());
    let row = |r: &Row| json!({"name": r.name, "from_s": time(r.from), "to_s": time(r.to), "to_most_s": time(r.to_most), "source": r.source});
    let inequality = |i: &Inequality| {
        let at = place::place(draft, &i.finding());
        json!({
            "says": i.says,
            "numbers": i.numbers,
            "standing": i.standing.word(),
            "rule": i.rule.id(),
            "container": &*i.container,
            "file": at.as_ref().map(|at| &at.file),
            "line": at.as_ref().map(|at| at.line),
            "bites": i.bites.as_ref().map(|(event, text)| json!({"event": event.0, "text": text})),
            "repair": i.repair.as_ref().map(|r| json!({
                "text": r.text,
                "changes": r.changes.iter().map(|(knob, value)| json!({"key": knob.name(), "value": value})).collect::<Vec<_>>(),
                "confirmed": r.confirmed,
            })),
        })
    };
    json!({
        "rows": timers.rows.iter().map(row).collect::<Vec<_>>(),
        "inequalities": timers.inequalities.iter().map(inequality).collect::<Vec<_>>(),
    })
}
