//! The workflow whose latest event named a person or a job: the one that a call for it is taken to belong to (*assumed*). For the journal
//! and for faults alone; no rule rests on it.

use std::collections::{HashMap, VecDeque};

use parking_lot::{Mutex, MutexGuard};

use super::model::{ProfileKey, WorkflowId};

/// How many people and jobs are remembered of one customer; older ones fall out.
const REMEMBERED: usize = 10_000;

/// What is known of one customer.
#[derive(Debug, Default)]
pub(super) struct LatestEvents(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    workflows: HashMap<ProfileKey, WorkflowId>,
    order: VecDeque<ProfileKey>,
}

impl LatestEvents {
    /// Notes that an event of a workflow names these profiles.
    pub(super) fn note(&self, workflow: WorkflowId, profiles: [ProfileKey; 2]) {
        let mut known = self.lock();
        for profile in profiles {
            if known.workflows.insert(profile, workflow).is_none() {
                known.order.push_back(profile);
            }
        }
        while known.order.len() > REMEMBERED {
            let Some(oldest) = known.order.pop_front() else { break };
            known.workflows.remove(&oldest);
        }
    }

    /// The workflow whose latest event named this profile.
    pub(super) fn workflow_of(&self, profile: ProfileKey) -> Option<WorkflowId> {
        self.lock().workflows.get(&profile).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::schema::ProfileType::{Jobs, People};

    #[test]
    fn the_latest_event_counts() {
        let latest = LatestEvents::default();
        latest.note(WorkflowId::new(88_431), [(People, 7), (Jobs, 1)]);
        latest.note(WorkflowId::new(88_432), [(People, 8), (Jobs, 1)]);
        let of = |profile| latest.workflow_of(profile).map(WorkflowId::get);
        assert_eq!((of((People, 7)), of((Jobs, 1)), of((Jobs, 7))), (Some(88_431), Some(88_432), None));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let latest = LatestEvents::default();
        for person in 0..REMEMBERED as u64 + 10 {
            latest.note(WorkflowId::new(1), [(People, person), (Jobs, 1)]);
        }
        assert_eq!(latest.workflow_of((People, 0)), None);
        assert_eq!(latest.lock().workflows.len(), REMEMBERED);
    }
}
