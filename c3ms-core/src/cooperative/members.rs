//! Who acts: members with their roles, and what the one who acts is to an entry.

use super::{Act, CooperativeError, Edit, Settings, edit::format_of, kept, settings};
use crate::{
    Error,
    base::{Actor, Id},
    governance::{GovernanceError, Member, Role, SecretKey, Standing, Workflow},
    manufactory::forms::{Entry, Revision},
    store::{Change, RecordKind, Store},
};

/// The one who acts, as the cooperative knows them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Acting(pub(super) Member);

impl Acting {
    /// Who acts; the founder is a coordinator.
    ///
    /// # Errors
    /// [`CooperativeError::MemberMissing`] for nobody known, [`GovernanceError::MemberRevoked`],
    /// [`GovernanceError::SignatureWrong`] where a member who has a key does not sign with it.
    pub(super) fn of(store: &dyn Store, act: &Act<'_>) -> Result<Self, Error> {
        let member = match find(store, act.actor)? {
            Some(member) => member,
            // A log from before there were members: who has it coordinates it.
            None if members(store)?.is_empty() => founder(&settings(store)?, act),
            None => return Err(CooperativeError::MemberMissing { name: act.actor.to_string() }.into()),
        };
        if let Some(revoked) = member.revoked_at.filter(|revoked| act.now >= *revoked) {
            return Err(GovernanceError::MemberRevoked { revoked: revoked.to_string() }.into());
        }
        let signs = act.signer.map(SecretKey::public_key);
        if member.public_key.is_some() && member.public_key != signs {
            return Err(GovernanceError::SignatureWrong.into());
        }
        Ok(Self(member))
    }

    /// What they are to an entry.
    pub(super) fn standing(&self, workflow: &Workflow, revision: &Revision) -> Standing {
        Standing { owner: revision.owner == Some(self.0.id), ..self.as_owner(workflow) }
    }

    /// Whether they keep an entry: it is theirs, or they are editors.
    pub(super) fn keeps(&self, revision: &Revision) -> bool {
        let owner = revision.owner == Some(self.0.id);
        Standing { role: self.0.role, owner, trusted: false }.keeps()
    }

    /// What they are to an entry that they make.
    pub(super) fn as_owner(&self, workflow: &Workflow) -> Standing {
        let trusted = workflow.trusted_members.contains(&self.0.id);
        Standing { role: self.0.role, owner: true, trusted }
    }

    /// Who owns what they make: a contributor does; what editors make is everybody's.
    pub(super) fn owner(&self) -> Option<Id<Actor>> {
        (self.0.role < Role::Editor).then_some(self.0.id)
    }

    /// Whether they may write all these changes without asking.
    pub(super) fn writes(
        &self,
        workflow: &Workflow,
        entry: &Entry,
        edits: &[Edit],
        store: &dyn Store,
    ) -> Result<bool, Error> {
        let format = format_of(store, entry)?;
        let standing = self.standing(workflow, &entry.revision);
        let id = |edit: &Edit| {
            let name = edit.field();
            format.field(&name).map_or(name, |field| field.id.clone())
        };
        Ok(edits.iter().all(|edit| workflow.writes(&id(edit), entry.revision.state, standing)))
    }

    pub(super) fn at_least(&self, role: Role, what: &str) -> Result<(), Error> {
        if self.0.role >= role { Ok(()) } else { Err(self.not_permitted(what)) }
    }

    pub(super) fn not_permitted(&self, what: &str) -> Error {
        let (role, what) = (self.0.role.as_str().to_owned(), what.to_owned());
        CooperativeError::NotPermitted { role, what }.into()
    }
}

fn find(store: &dyn Store, id: Id<Actor>) -> Result<Option<Member>, Error> {
    kept::read(store, RecordKind::Member, &id.to_string())
}

/// The members of the cooperative, those whose key was revoked too, by name.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn members(store: &dyn Store) -> Result<Vec<Member>, Error> {
    let kept = kept::read_all(store, RecordKind::Member)?;
    let mut members: Vec<Member> = kept.into_iter().map(|(_, member)| member).collect();
    members.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
    Ok(members)
}

/// The member of this name or id.
///
/// # Errors
/// [`CooperativeError::MemberMissing`] where there is none, or more than one of this name.
pub fn member(store: &dyn Store, name: &str) -> Result<Member, Error> {
    if let Some(id) = Id::parse(name)
        && let Some(member) = find(store, id)?
    {
        return Ok(member);
    }
    let mut named = members(store)?.into_iter().filter(|member| member.name == name);
    let found = named.next().filter(|_| named.next().is_none());
    Ok(found.ok_or_else(|| CooperativeError::MemberMissing { name: name.to_owned() })?)
}

/// Takes a member in, or writes down what changed of one.
///
/// # Errors
/// [`CooperativeError::NotPermitted`] for all but coordinators; [`CooperativeError::MemberRefused`] where nobody would
/// coordinate any more, or another has the name.
pub fn put_member(store: &mut dyn Store, member: &Member, act: &Act<'_>) -> Result<(), Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        acting.at_least(Role::Coordinator, "take in members")?;
        let refused = |reason: &str| {
            let (name, reason) = (member.name.clone(), reason.to_owned());
            Err(CooperativeError::MemberRefused { name, reason }.into())
        };
        let known = members(store)?;
        let first = (known.is_empty() && member.id != act.actor).then_some(&acting.0);
        let others: Vec<Member> =
            known.into_iter().chain(first.cloned()).filter(|other| other.id != member.id).collect();
        if others.iter().any(|other| other.name == member.name) {
            return refused("another member has this name");
        }
        let coordinates = |member: &Member| member.role == Role::Coordinator && member.revoked_at.is_none();
        if !coordinates(member) && !others.iter().any(coordinates) {
            return refused("nobody would coordinate any more");
        }
        Ok((first.into_iter().chain([member]).map(record).collect(), ()))
    })
}

/// Who founds a cooperative: a coordinator who bears its name.
pub(super) fn founder(settings: &Settings, act: &Act<'_>) -> Member {
    Member {
        id: act.actor,
        name: settings.name.clone(),
        role: Role::Coordinator,
        public_key: act.signer.map(SecretKey::public_key),
        revoked_at: None,
    }
}

/// The change of the log that says what a member is.
pub(super) fn record(member: &Member) -> Change {
    kept::change(RecordKind::Member, &member.id.to_string(), member)
}
