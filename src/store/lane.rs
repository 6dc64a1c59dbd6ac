//! One run on the screen, with the texts it came from and what is wrong with them. Two lanes share one clock.

use simulator::base::diagnostic::{Diagnostic, Severity};
use simulator::base::time::SimTime;
use simulator::scenario::{DOCKERFILE, SCENARIO_FILE};
use simulator::view::verdict::{Verdict, verdict};

use crate::sim::{self, Answered, Draft, Facts, Run};
use crate::store::axis;
use crate::store::shared::Shared;

/// A draft and its last good run.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The texts as they stand in the editors.
    pub draft: Shared<Draft>,
    /// The texts of the run: the last ones without errors.
    pub source: Shared<Draft>,
    /// What is wrong with them.
    pub diagnostics: Shared<Vec<Diagnostic>>,
    /// The run of the last texts without errors.
    pub run: Shared<Run>,
    /// What its files declare, for what is shown beside it.
    pub facts: Option<Shared<Facts>>,
    /// What became of the stop in that run.
    pub verdict: Shared<Verdict>,
    /// The instant its clock is counted from.
    pub origin: SimTime,
    /// Do the texts have errors, so that the run is an older one's?
    pub stale: bool,
    /// What was typed into the terminal, in the order in which it was typed.
    pub session: Shared<Vec<Typed>>,
}

/// A line that was typed into the terminal, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The moment of the run.
    pub at: SimTime,
    /// The line.
    pub line: String,
    /// What it printed.
    pub answer: Answered,
}

impl Lane {
    /// Runs a draft for the first time; with errors there is an empty run.
    pub fn new(draft: Draft) -> Lane {
        let (run, diagnostics) = sim::run(&draft);
        let stale = run.is_none();
        let (run, facts) = run.map_or_else(|| (sim::nothing(), None), |(run, facts)| (run, Some(facts)));
        Lane { diagnostics: Shared::new(diagnostics), stale, ..Lane::of(draft, run, facts) }
    }

    fn of(draft: Draft, run: Run, facts: Option<Facts>) -> Lane {
        let draft = Shared::new(draft);
        Lane {
            verdict: Shared::new(verdict(&run.trace, &run.end)),
            origin: axis::origin(&run.trace),
            source: draft.clone(),
            draft,
            diagnostics: Shared::new(Vec::new()),
            run: Shared::new(run),
            facts: facts.map(Shared::new),
            stale: false,
            session: Shared::new(Vec::new()),
        }
    }

    /// The lane after an edit: a new run, or with errors the last good one beside the remarks.
    #[must_use]
    pub fn edited(&self, draft: Draft) -> Lane {
        let (run, diagnostics) = sim::run(&draft);
        let diagnostics = Shared::new(diagnostics);
        match run {
            Some((run, facts)) => {
                let typed = self.session.iter().map(|t| (t.at, t.line.clone())).collect();
                let session = Shared::new(session(&draft, typed));
                Lane { diagnostics, session, ..Lane::of(draft, run, Some(facts)) }
            }
            None => Lane { draft: Shared::new(draft), diagnostics, stale: true, ..self.clone() },
        }
    }

    /// The lane after a line was typed at a moment of its run: what the command does to the cluster becomes an input.
    #[must_use]
    pub fn typed(&self, at: SimTime, line: String) -> Lane {
        let mut typed: Vec<(SimTime, String)> = self.session.iter().map(|t| (t.at, t.line.clone())).collect();
        typed.push((at, line));
        let now = session(&self.draft, typed);
        if now.is_empty() {
            return self.clone();
        }
        let text = self.draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
        let inputs = now.last().map(|t| t.answer.inputs.as_slice()).unwrap_or_default();
        let with = inputs.iter().try_fold(text.clone(), |text, entry| sim::add_input(&text, entry));
        let Some(with) = with.filter(|with| *with != text) else {
            return Lane { session: Shared::new(now), ..self.clone() };
        };
        let mut draft = (*self.draft).clone();
        draft.files.insert(SCENARIO_FILE.to_owned(), with);
        // An edit asks for every answer anew.
        Lane { session: Shared::new(now), ..self.clone() }.edited(draft)
    }

    /// Was there nobody to run the texts when they came?
    pub fn is_waiting(&self) -> bool {
        self.stale && self.errors() == 0
    }

    /// How many errors the texts have.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// How the program is started, as the Dockerfile says it: `CMD ruby server.rb`; else the title.
    pub fn caption(&self) -> String {
        let dockerfile = self.draft.files.get(DOCKERFILE).map_or("", String::as_str);
        let stage = dockerfile.rsplit("\nFROM ").next().unwrap_or("");
        let starts = |line: &&str| {
            let word = line.split_whitespace().next().unwrap_or("");
            word.eq_ignore_ascii_case("CMD") || word.eq_ignore_ascii_case("ENTRYPOINT")
        };
        let lines: Vec<&str> = stage.lines().map(str::trim).filter(starts).collect();
        if lines.is_empty() { self.title() } else { lines.join(" · ") }
    }

    /// The title that the scenario file gives.
    pub fn title(&self) -> String {
        let text = self.draft.files.get(SCENARIO_FILE).map_or("", String::as_str);
        let title = text.lines().find_map(|l| l.strip_prefix("title: "));
        title.unwrap_or("Your pod").trim_matches('"').to_owned()
    }
}

/// The answers to what was typed, in the run of these texts.
fn session(draft: &Draft, typed: Vec<(SimTime, String)>) -> Vec<Typed> {
    if typed.is_empty() {
        return Vec::new();
    }
    let answers = sim::terminal(draft, typed.clone());
    typed.into_iter().zip(answers).map(|((at, line), answer)| Typed { at, line, answer }).collect()
}
