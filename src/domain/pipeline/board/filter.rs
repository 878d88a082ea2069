//! From a query to the set of tasks that match it.

use super::Board;
use super::query::{AssigneeFilter, Part, StatusTerm, TaskQuery, Visibility};
use super::text::{WordHits, Words};
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::task::TaskStatus;
use crate::domain::pipeline::view::slot_set::{Selection, SlotSet, index};

const OPEN: [TaskStatus; 3] = [
    TaskStatus::Pending,
    TaskStatus::InProgress,
    TaskStatus::Blocked,
];

impl Board {
    /// What matches all filters but those by role and by bucket.
    pub(super) fn matching(&self, state: &State, query: &TaskQuery) -> Selection {
        let mut found = self.subject(state, query);
        self.keep_visible(state, &mut found, &query.visibility);
        self.keep_statuses(&mut found, query.wanted_statuses());
        if !query.stages.is_empty() {
            found.intersect_any(self.facets.stage.of(&query.stages));
        }
        if !query.priorities.is_empty() {
            found.intersect_any(self.facets.priority.of(&query.priorities));
        }
        if let Some(assignee) = query.assignee {
            let assignee = match assignee {
                AssigneeFilter::Nobody => None,
                AssigneeFilter::User(user) => Some(user),
            };
            found.intersect_any(self.facets.assignee.get(&assignee));
        }
        if let Some(words) = query.q.as_deref().and_then(Words::parse) {
            self.keep_words(&mut found, &words);
        }
        found
    }

    /// The tasks of one jamaah or departure, or all.
    fn subject(&self, state: &State, query: &TaskQuery) -> Selection {
        let tasks_of = |id| {
            state
                .pilgrim(id)
                .map_or(&[][..], |pilgrim| pilgrim.tasks.as_slice())
                .iter()
                .copied()
        };
        let jamaah = query
            .jamaah
            .map(|id| Selection::of(tasks_of(id), self.task_count()));
        let departure = query
            .departure
            .map(|id| Selection::of(self.people.on(id).flat_map(tasks_of), self.task_count()));
        match (jamaah, departure) {
            (Some(mut jamaah), Some(departure)) => {
                jamaah.intersect_with(&departure);
                jamaah
            }
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Selection::first(self.task_count()),
        }
    }

    fn keep_visible(&self, state: &State, found: &mut Selection, visibility: &Visibility) {
        match visibility {
            Visibility::All => {}
            Visibility::Roles { roles, user } => {
                let own = user.and_then(|user| self.facets.assignee.get(&Some(user)));
                found.intersect_any(self.facets.role.of(roles).chain(own));
            }
            Visibility::Parts(parts) => {
                let mut seen = Selection::of([], self.task_count());
                for part in parts {
                    seen.unite(&self.shown_by(state, part));
                }
                found.intersect_with(&seen);
            }
        }
    }

    fn shown_by(&self, state: &State, part: &Part) -> Selection {
        let mut shown = match &part.agent {
            Some(agent) => {
                let tasks = self
                    .people
                    .of_agent(agent)
                    .filter_map(|id| state.pilgrim(id))
                    .flat_map(|pilgrim| pilgrim.tasks.iter().copied());
                Selection::of(tasks, self.task_count())
            }
            None => Selection::first(self.task_count()),
        };
        self.keep_visible(state, &mut shown, &part.tasks);
        if let Some(stages) = &part.stages {
            shown.intersect_any(self.facets.stage.of(stages));
        }
        shown
    }

    fn keep_statuses(&self, found: &mut Selection, terms: &[StatusTerm]) {
        if terms.contains(&StatusTerm::All) {
            return;
        }
        if terms.is_empty() || terms.contains(&StatusTerm::Open) && terms.len() == 1 {
            found.intersect_any(self.open());
            return;
        }
        let mut sets = Vec::with_capacity(terms.len());
        let mut open_buckets = Vec::new();
        for term in terms {
            match term {
                StatusTerm::State(state) => sets.extend(self.facets.status.get(state)),
                StatusTerm::Overdue => sets.extend(self.facets.overdue.get(&true)),
                StatusTerm::Bucket(bucket) => open_buckets.extend(self.facets.bucket.get(bucket)),
                StatusTerm::Open | StatusTerm::All => sets.extend(self.open()),
            }
        }
        if open_buckets.is_empty() {
            found.intersect_any(sets);
            return;
        }
        let mut in_buckets = found.clone();
        in_buckets.intersect_any(self.open());
        in_buckets.intersect_any(open_buckets);
        found.intersect_any(sets);
        found.unite(&in_buckets);
    }

    /// Tasks still to be done.
    pub(super) fn open(&self) -> impl Iterator<Item = &SlotSet> {
        self.facets.status.of(&OPEN)
    }

    /// Keeps tasks in whose jamaah and title every word is found, in one pass
    /// over the columns however many words there are.
    fn keep_words(&self, found: &mut Selection, words: &Words) {
        let people: Vec<WordHits> = self.people.texts().map(|text| words.hits(text)).collect();
        let titles: Vec<WordHits> = self.titles.iter().map(|text| words.hits(text)).collect();
        let all = words.all();
        let hits = |list: &[WordHits], place: u32| list.get(index(place)).copied().unwrap_or(0);
        let pieces = self
            .columns
            .people
            .pieces()
            .zip(self.columns.titles.pieces());
        let runs = pieces.flat_map(|(people, titles)| people.chunks(64).zip(titles.chunks(64)));
        for (word, (run_people, run_titles)) in found.words_mut().iter_mut().zip(runs) {
            if *word == 0 {
                continue;
            }
            let mut keep = 0u64;
            for (bit, (person, title)) in run_people.iter().zip(run_titles).enumerate() {
                let hit = hits(&people, *person) | hits(&titles, *title) == all;
                keep |= u64::from(hit) << bit;
            }
            *word &= keep;
        }
    }
}
