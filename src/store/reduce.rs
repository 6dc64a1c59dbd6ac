//! The next state: a pure function of the state and an action. An edit runs the simulator again, nothing else does.

use simulator::base::id::{EventId, PodId, TaskId};
use simulator::base::time::SimTime;
use simulator::scenario::SCENARIO_FILE;
use simulator::trace::EventKind;

use crate::sim::{self, Draft};
use crate::store::action::{Action, Way};
use crate::store::axis::{self, Place};
use crate::store::lane::Lane;
use crate::store::link;
use crate::store::shared::Shared;
use crate::store::state::{Editor, SPEEDS, Selection, State};

/// A tool that answers later than this is waited for by playing.
const ANSWERS_WITHIN_US: u64 = 2_000_000;

/// What `action` makes of `state`.
pub fn reduce(state: &State, action: Action) -> State {
    let mut next = state.clone();
    match action {
        Action::EditFile(name, text) => next.edit_file(name, text),
        Action::AddFile(name) => next.add_file(name),
        Action::RemoveFile(name) => next.remove_file(&name),
        Action::EditDraft(draft) => next.edit(*draft),
        Action::Follow(link) => return state.follow(link),
        Action::Set(path, value) => next.set(path, value),
        Action::Type(line) => next.type_line(line),
        Action::Clear => next.clear_session(),
        Action::Ready => return state.made_ready(),
        Action::Load(drafts) => next.load(drafts),
        Action::Open(drafts, active, at) => next.open(drafts, active, at),
        Action::Tick(micros) => next.tick(micros),
        Action::Play(on) => next.play(on),
        Action::TogglePlay => next.play(!state.playing),
        Action::Seek(place) => next.seek(place),
        Action::SeekEvent(lane, event) => next.seek_event(lane, event),
        Action::StepEvent(way) => next.step_event(way, |_| true),
        Action::StepInstant(way) => next.step_instant(way),
        Action::StepTask(way) => next.step_task(way),
        Action::Ends(Way::Back) => next.seek(0),
        Action::Ends(Way::Forward) => next.seek(state.axis.length()),
        Action::Tenth(n) => next.seek(state.axis.length() * u64::from(n.min(10)) / 10),
        Action::Speed(Way::Forward) => next.speed = (state.speed + 1).min(SPEEDS.len() - 1),
        Action::Speed(Way::Back) => next.speed = state.speed.saturating_sub(1),
        Action::SelectTask(lane, task) => next.select_task(lane, task),
        Action::OpenPod(lane, pod) => next.open_pod(lane, pod),
        Action::Unselect => next.selection = None,
        Action::Activate(lane) => next.activate(lane),
        Action::Compare(on) => next.compare(on),
        Action::Edit(editor) => next.editor = editor,
        Action::Show(output) => next.output = output,
        Action::Turn(part) => next.part = part,
        Action::Dress(theme) => next.theme = theme,
        Action::Help(on) => next.help = on,
        Action::Still(on) => next.still = on,
    }
    next
}

impl State {
    /// The simulator has arrived: texts that wait are run, and what was chosen last is opened.
    fn made_ready(&self) -> State {
        if !sim::is_ready() {
            return self.clone();
        }
        let mut next = State { ready: true, waiting: Vec::new(), ..self.clone() };
        let old = next.lanes.clone();
        next.lanes = old
            .iter()
            .map(|l| if l.is_waiting() { Shared::new(l.edited((*l.draft).clone())) } else { l.clone() })
            .collect();
        if old != next.lanes {
            next.relay();
        }
        self.waiting.iter().fold(next, |next, action| reduce(&next, action.clone()))
    }

    /// Opens what a link asks for. Whatever waited is about texts that are gone then.
    fn follow(&self, to: String) -> State {
        if link::has_to_wait(&to) {
            return State { waiting: vec![Action::Follow(to)], ..self.clone() };
        }
        match link::action(&to) {
            Some(action) => reduce(&State { waiting: Vec::new(), ..self.clone() }, action),
            None => self.clone(),
        }
    }

    /// Sets a value of the settings; a text that is no YAML is left alone.
    fn set(&mut self, path: String, value: String) {
        if !sim::is_ready() {
            self.waiting.push(Action::Set(path, value));
            return;
        }
        let old = self.lane().draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
        if let Some(text) = sim::set(&old, &path, &value) {
            self.edit_file(SCENARIO_FILE.to_owned(), text);
        }
    }

    /// A command is typed at what the cursor shows. The cursor goes on to where the command has answered, if it does so
    /// within moments: a tool takes its time.
    fn type_line(&mut self, line: String) {
        if !sim::is_ready() {
            self.waiting.push(Action::Type(line));
            return;
        }
        self.playing = false;
        let now = self.axis.moment_at(self.cursor);
        let at = SimTime::from_micros(self.lane().origin.as_micros().saturating_add_signed(now));
        let lane = self.lane().typed(at, line);
        self.put(lane);
        let answer = self.lane().session.last().map(|typed| &typed.answer);
        let soon = |time: &SimTime| time.as_micros() < at.as_micros() + ANSWERS_WITHIN_US;
        let answered = answer.and_then(|a| a.ends.filter(soon).or(a.lines.first().map(|line| line.at).filter(soon)));
        let shown = answered.unwrap_or(at).max(at);
        // Where time is counted from may have moved.
        let moment = axis::moment(shown, self.lane().origin);
        // A place is as fine as some microseconds: the first one at which the answer is there.
        let place = self.axis.place_of(moment);
        let late = (place..=self.axis.length()).take(8).find(|p| self.axis.moment_at(*p) >= moment);
        self.cursor = late.unwrap_or(place);
    }

    fn clear_session(&mut self) {
        let lane = Lane { session: Shared::new(Vec::new()), ..(**self.lane()).clone() };
        self.put(lane);
    }

    fn edit_file(&mut self, name: String, text: String) {
        let mut draft = (*self.lane().draft).clone();
        draft.files.insert(name, text);
        self.edit(draft);
    }

    /// A file that is there already is only opened.
    fn add_file(&mut self, name: String) {
        if !self.lane().draft.files.contains_key(&name) {
            let text = if name.ends_with(".sh") { "#!/bin/sh\n" } else { "" };
            self.edit_file(name.clone(), text.to_owned());
        }
        self.editor = Editor::File(name);
    }

    fn remove_file(&mut self, name: &str) {
        let mut draft = (*self.lane().draft).clone();
        draft.files.remove(name);
        self.edit(draft);
        self.keep_editor();
    }

    /// Takes in new texts. The cursor stays at its moment, or at the end when the new run is shorter.
    fn edit(&mut self, draft: Draft) {
        if draft == *self.lane().draft {
            return;
        }
        let lane = self.lane().edited(draft);
        self.put(lane);
    }

    /// Takes in a new state of the active lane.
    fn put(&mut self, lane: Lane) {
        let changed = lane.run != self.lane().run;
        let active = self.active;
        if let Some(slot) = self.lanes.get_mut(active) {
            *slot = Shared::new(lane);
        }
        if changed {
            self.relay();
        }
    }

    /// Lays the axis anew and keeps the moment. A selected event may not exist any more.
    fn relay(&mut self) {
        let (at, at_end) = (self.axis.moment_at(self.cursor), self.cursor >= self.axis.length());
        self.axis = Shared::new(self.new_axis());
        self.opened = None;
        self.cursor = if at_end { self.axis.length() } else { self.axis.place_of(at) };
        self.selection = None;
    }

    fn load(&mut self, drafts: Vec<Draft>) {
        self.open(drafts, 0, None);
        self.cursor = if self.still { self.decisive() } else { self.opening() };
        self.playing = !self.still;
    }

    fn open(&mut self, drafts: Vec<Draft>, active: usize, at: Option<i64>) {
        let fresh = State::new(drafts);
        self.lanes = fresh.lanes;
        self.axis = fresh.axis;
        self.selection = None;
        self.opened = None;
        self.playing = false;
        self.active = active.min(self.lanes.len() - 1);
        self.editor = Editor::File("Dockerfile".to_owned());
        self.keep_editor();
        self.cursor = at.map_or(0, |at| self.axis.place_of(at));
    }

    fn tick(&mut self, micros: u64) {
        if !self.playing {
            return;
        }
        let speed = SPEEDS.get(self.speed).copied().unwrap_or(100);
        self.cursor = self.cursor.saturating_add(micros.saturating_mul(speed) / 100);
        if self.cursor >= self.axis.length() {
            self.cursor = self.axis.length();
            self.playing = false;
        }
    }

    /// Playing from the end starts the story again.
    fn play(&mut self, on: bool) {
        self.playing = on;
        if on && self.cursor >= self.axis.length() {
            self.cursor = self.opening();
        }
    }

    fn seek(&mut self, place: Place) {
        self.cursor = place.min(self.axis.length());
        self.playing = false;
    }

    fn seek_event(&mut self, lane: usize, event: EventId) {
        let Some(found) = self.lanes.get(lane).and_then(|l| l.run.trace.get(event)) else { return };
        let task = match found.kind {
            EventKind::Task(task, _) => Some(task),
            _ => self.selection.and_then(|s| s.task).filter(|_| self.selection.is_some_and(|s| s.lane == lane)),
        };
        self.seek(self.axis.place_of_event(lane, event));
        self.selection = Some(Selection { lane, event: Some(event), task });
    }

    /// To the next or previous place at which an event of the active lane that is `wanted` happens.
    fn step_event(&mut self, way: Way, wanted: impl Fn(&EventKind) -> bool) {
        let lane = self.active;
        let Some(owner) = self.lanes.get(lane).cloned() else { return };
        let trace = &owner.run.trace;
        let here = self.cursor;
        let mut all = trace.iter().filter(|(_, e)| wanted(&e.kind));
        let place = |id: EventId| self.axis.place_of_event(lane, id);
        let found = match way {
            Way::Forward => all.find(|(id, _)| place(*id) > here),
            Way::Back => all.rfind(|(id, _)| place(*id) < here),
        };
        let Some((first, _)) = found else { return };
        // Of what happens at the same place, the last is what there is to see.
        let there = place(first);
        let last = trace.iter().filter(|(_, e)| wanted(&e.kind)).take_while(|(id, _)| place(*id) <= there).last();
        if let Some((event, _)) = last {
            self.seek_event(lane, event);
        }
    }

    fn step_instant(&mut self, way: Way) {
        let here = self.cursor;
        let found = match way {
            Way::Forward => self.axis.stops().find(|p| *p > here),
            Way::Back => self.axis.stops().rfind(|p| *p < here).or(Some(0)),
        };
        if let Some(place) = found {
            self.seek(place);
        }
    }

    fn step_task(&mut self, way: Way) {
        let Some(task) = self.selection.and_then(|s| s.task).or(self.lane().verdict.app) else { return };
        self.step_event(way, |kind| matches!(kind, EventKind::Task(t, _) if *t == task));
    }

    fn select_task(&mut self, lane: usize, task: TaskId) {
        let Some(trace) = self.lanes.get(lane).map(|l| &l.run.trace) else { return };
        let happened = self.axis.happened(lane, self.cursor);
        let own = |kind: &EventKind| matches!(kind, EventKind::Task(t, _) if *t == task);
        let event = trace.iter().take(happened.index()).filter(|(_, e)| own(&e.kind)).last().map(|(id, _)| id);
        self.activate(lane);
        self.selection = Some(Selection { lane, event, task: Some(task) });
    }

    fn open_pod(&mut self, lane: usize, pod: PodId) {
        if self.lanes.get(lane).is_some_and(|l| l.run.end.pod(pod).is_some()) {
            self.activate(lane);
            self.opened = Some((lane, pod));
        }
    }

    fn activate(&mut self, lane: usize) {
        if lane < self.lanes.len() {
            self.active = lane;
            self.keep_editor();
        }
    }

    /// An editor of a file that the active lane does not have shows its first file.
    fn keep_editor(&mut self) {
        if let Editor::File(name) = &self.editor
            && !self.lane().draft.files.contains_key(name)
            && let Some(first) = self.lane().draft.files.keys().next()
        {
            self.editor = Editor::File(first.clone());
        }
    }

    fn compare(&mut self, on: bool) {
        let active: Shared<Lane> = self.lane().clone();
        self.lanes = if on { vec![active.clone(), active] } else { vec![active] };
        self.active = self.lanes.len() - 1;
        self.relay();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;

    fn story(id: &str) -> Draft {
        stories::by_name(id).unwrap().draft()
    }

    fn opening() -> State {
        let state = State::new(Vec::new());
        reduce(&state, Action::Load(vec![story("ruby-shell-form"), story("ruby-exec-form")]))
    }

    fn after(state: &State, actions: &[Action]) -> State {
        actions.iter().fold(state.clone(), |state, action| reduce(&state, action.clone()))
    }

    #[test]
    fn a_loaded_story_plays_from_shortly_before_the_deletion_and_stops_at_its_end() {
        let state = opening();
        assert!(state.playing);
        assert!(state.axis.moment_at(state.cursor) < 0);
        let mut played = state.clone();
        for _ in 0..700 {
            played = reduce(&played, Action::Tick(16_667));
        }
        assert_eq!((played.playing, played.cursor), (false, state.axis.length()));
    }

    #[test]
    fn a_reader_without_motion_sees_the_decisive_moment_instead() {
        let state = reduce(&State::new(Vec::new()), Action::Still(true));
        let state = reduce(&state, Action::Load(vec![story("ruby-shell-form")]));
        assert!(!state.playing);
        assert!(state.axis.moment_at(state.cursor) >= 0);
    }

    #[test]
    fn the_last_good_run_stays_while_the_texts_have_errors() {
        let state = opening();
        let broken = reduce(&state, Action::EditFile("Dockerfile".into(), "FRM ruby".into()));
        assert!(broken.lane().stale);
        assert!(broken.lane().errors() > 0);
        assert_eq!(broken.lane().run, state.lane().run);
        let text = state.lane().draft.files["Dockerfile"].clone();
        let mended = reduce(&broken, Action::EditFile("Dockerfile".into(), text));
        assert!(!mended.lane().stale);
    }

    #[test]
    fn an_edit_changes_the_active_lane_only_and_runs_it_again() {
        let state = reduce(&opening(), Action::Activate(1));
        let text = "FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ruby server.rb\n";
        let edited = reduce(&state, Action::EditFile("Dockerfile".into(), text.into()));
        assert_eq!(edited.lanes[0], state.lanes[0]);
        assert_eq!(edited.lanes[1].verdict.end.value.as_ref().map(|e| e.0), Some(137));
        assert_eq!(edited.lane().caption(), "CMD ruby server.rb");
    }

    #[test]
    fn stepping_forward_and_back_returns_to_the_same_place() {
        let state = reduce(&opening(), Action::Seek(0));
        let mut places = vec![state.cursor];
        let mut here = state;
        for _ in 0..6 {
            here = reduce(&here, Action::StepEvent(Way::Forward));
            places.push(here.cursor);
        }
        assert!(places.windows(2).all(|p| p[0] < p[1]), "{places:?}");
        for place in places.iter().rev().skip(1).take(5) {
            here = reduce(&here, Action::StepEvent(Way::Back));
            assert_eq!(here.cursor, *place);
        }
    }

    #[test]
    fn every_event_can_be_reached_by_stepping() {
        let mut here = reduce(&opening(), Action::Seek(0));
        let mut steps = 0;
        while here.happened(0).index() < here.lanes[0].run.trace.len() {
            here = reduce(&here, Action::StepEvent(Way::Forward));
            steps += 1;
            assert!(steps < 500);
        }
        assert!(steps > 10);
    }

    #[test]
    fn an_answer_leads_to_its_event_and_its_explanation() {
        let state = opening();
        let event = state.lanes[0].verdict.signal_reached_app.event.unwrap();
        let there = reduce(&state, Action::SeekEvent(0, event));
        assert_eq!(there.explained(), Some((0, event)));
        assert!(!there.playing);
        assert!(there.happened(0) > event);
    }

    #[test]
    fn comparing_keeps_the_old_run_beside_the_one_that_is_edited() {
        let one = reduce(&State::new(Vec::new()), Action::Load(vec![story("ruby-shell-form")]));
        let two = reduce(&one, Action::Compare(true));
        let text = "FROM ruby:2.4-slim\nCOPY server.rb /\nCMD [\"ruby\", \"server.rb\"]\n";
        let edited = reduce(&two, Action::EditFile("Dockerfile".into(), text.into()));
        let codes: Vec<_> = edited.lanes.iter().map(|l| l.verdict.end.value.as_ref().map(|e| e.0)).collect();
        assert_eq!(codes, [Some(137), Some(0)]);
        assert_eq!(reduce(&edited, Action::Compare(false)).lanes, vec![edited.lanes[1].clone()]);
    }

    #[test]
    fn playing_from_the_end_starts_again_and_speed_has_ends() {
        let end = after(&opening(), &[Action::Ends(Way::Forward), Action::TogglePlay]);
        assert!(end.playing && end.cursor < end.axis.length());
        let fast = after(&end, &vec![Action::Speed(Way::Forward); 20]);
        assert_eq!(SPEEDS[fast.speed], 400);
        let slow = after(&end, &vec![Action::Speed(Way::Back); 20]);
        assert_eq!(SPEEDS[slow.speed], 10);
    }

    #[test]
    fn files_are_added_opened_and_taken_away() {
        let state = after(&opening(), &[Action::AddFile("run.sh".into())]);
        assert_eq!(state.editor, Editor::File("run.sh".into()));
        assert_eq!(state.lane().draft.files["run.sh"], "#!/bin/sh\n");
        let state = after(&state, &[Action::RemoveFile("run.sh".into())]);
        assert!(!state.lane().draft.files.contains_key("run.sh"));
        assert_eq!(state.editor, Editor::File("Dockerfile".into()));
    }

    #[test]
    fn a_line_in_the_terminal_is_answered_at_the_cursors_moment_and_a_deletion_becomes_an_input() {
        let one = reduce(&State::new(Vec::new()), Action::Load(vec![story("ruby-exec-form")]));
        let early =
            after(&one, &[Action::Seek(one.axis.place_of(-2_000_000)), Action::Type("kubectl get pods".into())]);
        assert_eq!(early.lane().draft, one.lane().draft);
        let typed = early.lane().session.last().unwrap();
        // A place of the folded axis is as fine as some microseconds.
        let before = early.lane().origin.as_micros() - typed.at.as_micros();
        assert_eq!(before.div_ceil(1_000), 2_000);
        assert!(typed.answer.lines[0].text.starts_with("NAME "), "{typed:?}");

        let pod = typed.answer.lines[1].text.split(' ').next().unwrap().to_owned();
        let line = format!("kubectl delete pod {pod} --grace-period=1");
        let deleted = reduce(&early, Action::Type(line));
        assert!(deleted.lane().draft.files["scenario.yaml"].contains("grace: 1"));
        assert_eq!(deleted.lane().verdict.grace_s, Some(1));
        assert_eq!(deleted.lane().session.len(), 2);
        assert_eq!(deleted.lane().session[1].answer.lines[0].text, format!("pod \"{pod}\" deleted"));

        let cleared = reduce(&deleted, Action::Clear);
        assert!(cleared.lane().session.is_empty());
        assert_eq!(cleared.lane().draft, deleted.lane().draft);
    }

    #[test]
    fn what_does_not_exist_is_passed_over() {
        let state = opening();
        let odd = after(
            &state,
            &[
                Action::SeekEvent(7, EventId(1)),
                Action::SeekEvent(0, EventId(u32::MAX)),
                Action::Activate(9),
                Action::Seek(u64::MAX),
                Action::Tenth(200),
                Action::SelectTask(5, TaskId(0)),
                Action::OpenPod(0, PodId(77)),
                Action::OpenPod(9, PodId(0)),
            ],
        );
        assert_eq!((odd.active, odd.cursor, odd.lanes.len()), (0, odd.axis.length(), 2));
        assert_eq!(odd.pod(0), Some(PodId(0)));
    }
}
