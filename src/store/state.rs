//! What the page knows. Plain data; what is shown is computed from it.

use simulator::base::id::{EventId, PodId, TaskId};

use crate::sim::{self, Draft};
use crate::store::action::Action;
use crate::store::axis::{Axis, Place};
use crate::store::lane::Lane;
use crate::store::shared::Shared;

/// Speeds of playback, in hundredths.
pub const SPEEDS: &[u64] = &[10, 25, 50, 100, 200, 400];
/// The place of normal speed in `SPEEDS`.
pub const NORMAL_SPEED: usize = 3;

/// Which editor is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editor {
    /// The text of a file.
    File(String),
    /// What the application does on signals.
    Application,
    /// The settings of cluster and client.
    Cluster,
}

/// Which output is shown beside the explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A prompt at the cursor's moment.
    Terminal,
    /// `kubectl logs`.
    Logs,
    /// What exec sessions printed.
    Sessions,
    /// Kubernetes events.
    Events,
    /// `ps` in the container.
    Processes,
    /// `kubectl get pods`.
    Pods,
    /// Every event of the trace.
    Trace,
    /// The timers of the stop, and what does not fit between them.
    Timers,
    /// The command in every shell build.
    Shells,
}

/// Which part is shown where only one fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The stage and the timeline.
    Stage,
    /// The editors.
    Edit,
    /// The explanation.
    Why,
    /// The outputs.
    Output,
}

/// Colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// In which lane.
    pub lane: usize,
    /// Which event.
    pub event: Option<EventId>,
    /// Which process.
    pub task: Option<TaskId>,
}

/// The whole state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// One run, or two that are compared; never empty.
    pub lanes: Vec<Shared<Lane>>,
    /// The lane whose texts are in the editors.
    pub active: usize,
    /// The clock of all lanes.
    pub axis: Shared<Axis>,
    /// What is shown: a place of the axis.
    pub cursor: Place,
    /// Does the cursor move by itself?
    pub playing: bool,
    /// Index into `SPEEDS`.
    pub speed: usize,
    /// What is looked at.
    pub selection: Option<Selection>,
    /// The pod that is drawn in full, if a person chose one: in which lane.
    pub opened: Option<(usize, PodId)>,
    /// The open editor.
    pub editor: Editor,
    /// The shown output.
    pub output: Output,
    /// The part shown where only one fits.
    pub part: Part,
    /// Colours.
    pub theme: Theme,
    /// Is the list of keys open?
    pub help: bool,
    /// Does the reader want no motion?
    pub still: bool,
    /// Is the simulator there?
    pub ready: bool,
    /// What was chosen and set before the simulator was there, in order.
    pub waiting: Vec<Action>,
}

impl State {
    /// The page with these drafts (an empty list is one empty draft), at the start and still.
    pub fn new(drafts: Vec<Draft>) -> State {
        let drafts = if drafts.is_empty() { vec![Draft::default()] } else { drafts };
        let lanes: Vec<_> = drafts.into_iter().take(2).map(|d| Shared::new(Lane::new(d))).collect();
        let mut state = State {
            axis: Shared::new(Axis::default()),
            lanes,
            active: 0,
            cursor: 0,
            playing: false,
            speed: NORMAL_SPEED,
            selection: None,
            opened: None,
            editor: Editor::File("Dockerfile".to_owned()),
            output: Output::Logs,
            part: Part::Stage,
            theme: Theme::System,
            help: false,
            still: false,
            ready: sim::is_ready(),
            waiting: Vec::new(),
        };
        state.axis = Shared::new(state.new_axis());
        state
    }

    /// The clock that fits the lanes.
    pub(super) fn new_axis(&self) -> Axis {
        let runs: Vec<_> = self.lanes.iter().map(|l| (&l.run.trace, l.origin)).collect();
        Axis::new(&runs)
    }

    /// The lane whose texts are in the editors.
    pub fn lane(&self) -> &Shared<Lane> {
        // `lanes` is never empty and `active` always points into it.
        self.lanes.get(self.active).unwrap_or(&self.lanes[0])
    }

    /// The pod of a lane that is drawn in full: the chosen one, else the one that the verdict is about.
    pub fn pod(&self, lane: usize) -> Option<PodId> {
        let opened = self.opened.filter(|(of, _)| *of == lane).map(|(_, pod)| pod);
        opened.or_else(|| self.lanes.get(lane)?.verdict.pod)
    }

    /// How many events of a lane have happened at the cursor.
    pub fn happened(&self, lane: usize) -> EventId {
        self.axis.happened(lane, self.cursor)
    }

    /// The event that the explanation is about: the selected one, else the one that decided how the active lane ended.
    pub fn explained(&self) -> Option<(usize, EventId)> {
        let selected = self.selection.and_then(|s| Some((s.lane, s.event?)));
        let verdict = &self.lane().verdict;
        selected.or_else(|| Some((self.active, verdict.end.event.or(verdict.signal_reached_app.event)?)))
    }

    /// Where a story begins to be interesting: shortly before the first deletion.
    pub fn opening(&self) -> Place {
        self.axis.place_of(-1).saturating_sub(250_000)
    }

    /// The moment that says most when nothing moves: the end of the story, shortly before everything is gone.
    pub fn decisive(&self) -> Place {
        let of = |(i, lane): (usize, &Shared<Lane>)| {
            let event = lane.verdict.signal_reached_app.event.or(lane.verdict.end.event)?;
            Some(self.axis.place_of_event(i, event))
        };
        self.lanes.iter().enumerate().find_map(of).unwrap_or(0)
    }
}
