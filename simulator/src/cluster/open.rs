//! The requests that have not ended, by number: a window over the numbers, and how many each process works on.
//!
//! Requests are numbered in order of sending and end after a bounded time, so that the window from the oldest open one to the
//! newest stays short. Finding one is one step; a map would search.

use std::collections::VecDeque;

use crate::base::id::{EventId, RequestId, TaskId};
use crate::base::time::SimTime;

/// A request that has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// The client gives up then.
    pub answer_by: SimTime,
    /// Nobody answers the connection: whoever waits for it gives up then.
    pub connect_by: Option<SimTime>,
    /// The kernel of the sender asks for the connection again then, and how often it has asked (tcp(7), `tcp_syn_retries`).
    pub syn: Option<(SimTime, u8)>,
    /// Why nobody answers, if the pod's network is gone.
    pub network_gone: Option<EventId>,
    /// The work on it is done then.
    pub done: Option<SimTime>,
    /// Its connection is one of the kept ones, opened by this event.
    pub kept: Option<EventId>,
    /// The process that works on it.
    pub task: Option<TaskId>,
}

/// All open requests.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenRequests {
    /// Number of the first place.
    first: usize,
    places: VecDeque<Option<Open>>,
    /// How many requests each process works on, by its number.
    works: Vec<u32>,
}

impl OpenRequests {
    pub(super) fn get(&self, request: RequestId) -> Option<&Open> {
        self.places.get(request.index().checked_sub(self.first)?)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, request: RequestId) -> Option<&mut Open> {
        self.places.get_mut(request.index().checked_sub(self.first)?)?.as_mut()
    }

    /// Adds the next request; numbers only grow.
    pub(super) fn add(&mut self, request: RequestId, open: Open) {
        if self.places.is_empty() {
            self.first = request.index();
        }
        while self.first + self.places.len() < request.index() {
            self.places.push_back(None);
        }
        self.places.push_back(Some(open));
    }

    /// The request has ended.
    pub(super) fn remove(&mut self, request: RequestId) {
        self.leave(request);
        let place = request.index().checked_sub(self.first).and_then(|at| self.places.get_mut(at));
        if let Some(place) = place {
            *place = None;
        }
        while let Some(None) = self.places.front() {
            self.places.pop_front();
            self.first += 1;
        }
    }

    /// A process begins to work on it.
    pub(super) fn work(&mut self, request: RequestId, task: TaskId) {
        let Some(open) = self.get_mut(request) else { return };
        open.task = Some(task);
        if self.works.len() <= task.index() {
            self.works.resize(task.index() + 1, 0);
        }
        if let Some(count) = self.works.get_mut(task.index()) {
            *count += 1;
        }
    }

    /// Nobody works on it any more.
    pub(super) fn leave(&mut self, request: RequestId) {
        let task = self.get_mut(request).and_then(|open| open.task.take());
        if let Some(count) = task.and_then(|task| self.works.get_mut(task.index())) {
            *count = count.saturating_sub(1);
        }
    }

    /// All open requests, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = RequestId> {
        let numbered = self.places.iter().enumerate();
        numbered.filter(|(_, open)| open.is_some()).map(|(at, _)| RequestId::from_index(self.first + at))
    }

    /// What a process works on, oldest first.
    pub(super) fn of(&self, task: TaskId) -> Vec<RequestId> {
        if self.works.get(task.index()).is_none_or(|count| *count == 0) {
            return Vec::new();
        }
        let numbered = self.places.iter().enumerate();
        let of_task = numbered.filter(|(_, open)| open.is_some_and(|o| o.task == Some(task)));
        of_task.map(|(at, _)| RequestId::from_index(self.first + at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Open = Open {
        answer_by: SimTime::ZERO,
        connect_by: None,
        syn: None,
        network_gone: None,
        done: None,
        kept: None,
        task: None,
    };

    #[test]
    fn the_window_begins_at_the_oldest_open_request() {
        let mut open = OpenRequests::default();
        for n in 0..4 {
            open.add(RequestId(n), OPEN);
        }
        open.remove(RequestId(1));
        assert_eq!(open.places.len(), 4);
        open.remove(RequestId(0));
        assert_eq!((open.first, open.places.len()), (2, 2));
        assert!(open.get(RequestId(1)).is_none() && open.get(RequestId(3)).is_some());
    }

    #[test]
    fn a_process_is_asked_for_what_it_works_on_and_no_longer_for_what_it_left() {
        let mut open = OpenRequests::default();
        for n in 5..9 {
            open.add(RequestId(n), OPEN);
            open.work(RequestId(n), TaskId(n % 2));
        }
        open.leave(RequestId(7));
        assert_eq!(open.of(TaskId(1)), [RequestId(5)]);
        assert_eq!(open.of(TaskId(0)), [RequestId(6), RequestId(8)]);
        assert_eq!(open.of(TaskId(3)), []);
    }
}
