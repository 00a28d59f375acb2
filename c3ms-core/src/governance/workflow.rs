//! Who brings an entry from one state to the next, and who writes which of its fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{GovernanceError, Role};
use crate::{
    base::{Actor, Id, Text},
    manufactory::forms::{Format, State},
};

/// How the entries of a cube go from state to state; a document of the cooperative, one for each cube.
///
/// A step that no [`Transition`] names is taken by nobody.
///
/// # Examples
/// A contributor hands in, an editor sends back and says why.
/// ```
/// use c3ms_core::{forms::State, governance::{Role, Standing, Workflow}};
/// let workflow = Workflow::of("event");
/// let author = Standing { role: Role::Contributor, owner: true, trusted: false };
/// assert!(workflow.step(State::Draft, State::Submitted, author).is_some());
/// assert!(workflow.step(State::Submitted, State::Published, author).is_none());
/// let editor = Standing { role: Role::Editor, owner: false, trusted: false };
/// assert!(workflow.step(State::Submitted, State::Rejected, editor).unwrap().reason);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workflow {
    /// The cube.
    pub cube: String,
    /// What of an entry is looked at again once it was published.
    #[serde(default)]
    pub review: Review,
    /// The sources whose records are published as they come, whoever imports them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub trusted_sources: BTreeSet<String>,
    /// The members whose entries nobody needs to look at.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub trusted_members: BTreeSet<Id<Actor>>,
    /// The least role that writes a field, by the field's id; who owns an entry writes all others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Role>,
    /// What an editor may say when sending back, ready to be picked; other words are taken too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Text>,
    /// The steps there are.
    #[serde(default = "usual")]
    pub transitions: Vec<Transition>,
}

/// What of a published entry is looked at again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Review {
    /// Nothing: who owns it keeps it up to date.
    #[default]
    Once,
    /// Every change of it waits for an editor; until then it goes out as it was.
    EveryChange,
}

/// A step from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// From which state.
    pub from: State,
    /// To which.
    pub to: State,
    /// The least role that takes it.
    pub by: Role,
    /// Below an editor, only who owns the entry takes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner: bool,
    /// Who takes it says why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reason: bool,
}

/// What somebody is to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The role in the cooperative.
    pub role: Role,
    /// The entry is theirs.
    pub owner: bool,
    /// What they enter needs no review.
    pub trusted: bool,
}

impl Standing {
    /// Whether they keep the entry: it is theirs, or they are editors.
    #[must_use]
    pub fn keeps(self) -> bool {
        self.role >= Role::Editor || self.owner && self.role >= Role::Contributor
    }
}

/// The steps that hold where a cooperative says nothing else.
fn usual() -> Vec<Transition> {
    use State::{Draft, Published, Rejected, Submitted, Withdrawn};
    let step = |from, to| Transition { from, to, by: Role::Editor, owner: false, reason: false };
    let own = |from, to| Transition { by: Role::Contributor, owner: true, ..step(from, to) };
    let why = |transition| Transition { reason: true, ..transition };
    vec![
        own(Draft, Submitted),
        own(Submitted, Draft),
        own(Rejected, Submitted),
        own(Rejected, Draft),
        own(Withdrawn, Submitted),
        own(Published, Withdrawn),
        own(Draft, Withdrawn),
        step(Draft, Published),
        step(Submitted, Published),
        step(Rejected, Published),
        step(Withdrawn, Published),
        why(step(Submitted, Rejected)),
        why(step(Published, Rejected)),
        step(Submitted, Withdrawn),
        step(Withdrawn, Draft),
    ]
}

impl Workflow {
    /// The workflow of a cube for which a cooperative says nothing else.
    #[must_use]
    pub fn of(cube: &str) -> Self {
        Self {
            cube: cube.to_owned(),
            review: Review::Once,
            trusted_sources: BTreeSet::new(),
            trusted_members: BTreeSet::new(),
            fields: BTreeMap::new(),
            reasons: Vec::new(),
            transitions: usual(),
        }
    }

    /// Checks it against the format of its cube.
    ///
    /// # Errors
    /// [`GovernanceError::WorkflowUnsound`] for a field there is not, a step told twice or to where it begins, and
    /// where nothing leads to publication or nothing back from it.
    pub fn check(&self, format: &Format) -> Result<(), GovernanceError> {
        let unsound = |path: String, reason: &str| {
            Err(GovernanceError::WorkflowUnsound { path, reason: reason.to_owned() })
        };
        if self.cube != format.cube {
            return unsound("/cube".to_owned(), "the format is of another cube");
        }
        for id in self.fields.keys() {
            if !format.fields.iter().any(|field| field.id == *id) {
                return unsound(format!("/fields/{id}"), "the format has no field of this id");
            }
        }
        for (place, step) in self.transitions.iter().enumerate() {
            let path = format!("/transitions/{place}");
            if step.from == step.to {
                return unsound(path, "it leads to where it begins");
            }
            let told = |other: &&Transition| other.from == step.from && other.to == step.to;
            if self.transitions.iter().take(place).any(|other| told(&other)) {
                return unsound(path, "it is told twice");
            }
        }
        let published = |state: State| state == State::Published;
        if !self.transitions.iter().any(|step| published(step.to)) {
            return unsound("/transitions".to_owned(), "nothing leads to `published`");
        }
        if !self.transitions.iter().any(|step| published(step.from)) {
            return unsound("/transitions".to_owned(), "nothing leads back from `published`");
        }
        Ok(())
    }

    /// The step from one state to another, where somebody may take it.
    #[must_use]
    pub fn step(&self, from: State, to: State, standing: Standing) -> Option<Transition> {
        let step = self.transitions.iter().find(|step| step.from == from && step.to == to)?;
        let may = standing.role >= step.by && (!step.owner || standing.keeps());
        may.then_some(*step)
    }

    /// The state an entry gets when somebody hands it in: nobody needs to look at what the trusted enter.
    #[must_use]
    pub fn handed_in(&self, standing: Standing) -> State {
        let by_role = self.step(State::Submitted, State::Published, standing).is_some();
        if by_role || standing.trusted { State::Published } else { State::Submitted }
    }

    /// Whether somebody writes a field of an entry in some state without asking.
    #[must_use]
    pub fn writes(&self, field: &str, state: State, standing: Standing) -> bool {
        let editor = standing.role >= Role::Editor;
        let reviewed = state == State::Published && self.review == Review::EveryChange;
        standing.keeps()
            && (editor || standing.trusted || !reviewed)
            && self.fields.get(field).is_none_or(|least| standing.role >= *least)
    }
}
