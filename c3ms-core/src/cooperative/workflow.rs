//! An entry from one state to the next, and the rules of that.

use super::{
    Act, Acting,
    edit::{format_of_cube, known, refused},
    kept,
};
use crate::{
    Error,
    base::{Actor, Id},
    governance::{Role, Transition, Workflow},
    manufactory::forms::{Entry, Revision, State, Validator},
    store::{Change, RecordKind, Store},
};

/// The workflow of a cube: the one the cooperative wrote down, else the usual one.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where it cannot be read.
pub fn workflow(store: &dyn Store, cube: &str) -> Result<Workflow, Error> {
    Ok(kept::read(store, RecordKind::Workflow, cube)?.unwrap_or_else(|| Workflow::of(cube)))
}

/// Writes down how the entries of a cube go from state to state.
///
/// # Errors
/// [`GovernanceError::WorkflowUnsound`](crate::governance::GovernanceError::WorkflowUnsound);
/// [`FormsError::FormatUnknown`](crate::manufactory::forms::FormsError::FormatUnknown);
/// [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) for all but coordinators.
pub fn set_workflow(store: &mut dyn Store, wanted: &Workflow, act: &Act<'_>) -> Result<(), Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "change a workflow")?;
        wanted.check(&format_of_cube(store, &wanted.cube)?)?;
        let same = workflow(store, &wanted.cube)? == *wanted;
        let change = || kept::change(RecordKind::Workflow, &wanted.cube, wanted);
        Ok((if same { Vec::new() } else { vec![change()] }, ()))
    })
}

/// The steps that the one who acts may take with an entry.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing); as for every act of a member.
pub fn steps(store: &dyn Store, id: Id<Entry>, act: &Act<'_>) -> Result<Vec<Transition>, Error> {
    let entry = known(store, id)?;
    let workflow = workflow(store, &entry.revision.cube)?;
    let standing = Acting::of(store, act)?.standing(&workflow, &entry.revision);
    let state = entry.revision.state;
    let open = State::ALL.into_iter().filter(|_| entry.revision.merged.is_none());
    Ok(open.filter_map(|to| workflow.step(state, to, standing)).collect())
}

/// Brings an entry to another state. What the trusted hand in is published at once.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing); [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) where no step leads there, or not for the one
/// who acts; [`CooperativeError::EntryRefused`](super::CooperativeError::EntryRefused) where the step needs a reason, where something is wrong or lacking
/// in what is handed in or published, and for what was merged.
pub fn bring(
    store: &mut dyn Store,
    id: Id<Entry>,
    to: State,
    reason: Option<&str>,
    act: &Act<'_>,
) -> Result<Entry, Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        let entry = known(store, id)?;
        let kept = &entry.revision;
        if let Some(standing) = kept.merged {
            return Err(refused(id, &format!("it was merged into {standing}: bring that one there")));
        }
        if kept.state == to {
            return Ok((Vec::new(), ()));
        }
        let workflow = workflow(store, &kept.cube)?;
        let standing = acting.standing(&workflow, kept);
        let step = workflow.step(kept.state, to, standing).ok_or_else(|| {
            acting.not_permitted(&format!("bring this entry from {} to {}", kept.state.as_str(), to.as_str()))
        })?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if step.reason && reason.is_none() {
            return Err(refused(id, "say why, with a reason"));
        }
        let to = if to == State::Submitted { workflow.handed_in(standing) } else { to };
        if matches!(to, State::Submitted | State::Published) {
            let format = format_of_cube(store, &kept.cube)?;
            if let Some(violation) = Validator::new(&format)?.validate_document(&kept.document).first() {
                return Err(refused(id, &violation.message("en")));
            }
        }
        let reason = reason.map(str::to_owned);
        let revision = Revision { reason, ..kept.clone().in_state(to) };
        Ok((vec![Change::Revision(id, revision)], ()))
    })?;
    known(store, id)
}

/// Gives an entry to a member, or to nobody in particular: the editors keep it then.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing), [`CooperativeError::MemberMissing`](super::CooperativeError::MemberMissing); [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) for all but
/// its owner and coordinators, and editors where nobody owns it.
pub fn transfer(
    store: &mut dyn Store,
    id: Id<Entry>,
    to: Option<Id<Actor>>,
    act: &Act<'_>,
) -> Result<Entry, Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        let entry = known(store, id)?;
        if let Some(to) = to {
            super::member(store, &to.to_string())?;
        }
        if !gives_away(&acting, &entry) {
            return Err(acting.not_permitted("give this entry away"));
        }
        let revision = Revision { owner: to, ..entry.revision.clone() };
        Ok((super::edit::changes(&entry, revision), ()))
    })?;
    known(store, id)
}

/// Whether somebody may give an entry to another.
pub(super) fn gives_away(acting: &Acting, entry: &Entry) -> bool {
    match entry.revision.owner {
        Some(owner) => {
            acting.0.role == Role::Coordinator || acting.0.id == owner && acting.0.role >= Role::Contributor
        }
        None => acting.0.role >= Role::Editor,
    }
}
