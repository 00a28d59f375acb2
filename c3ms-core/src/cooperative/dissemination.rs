//! To whom what goes: the rules of dissemination of a cooperative, and those who take its data over under a name.

use super::{Act, Acting, CooperativeError, formats, kept};
use crate::{
    Error,
    base::Date,
    delivery::{self, Recipient},
    governance::{GovernanceError, Reuser, Role, Rule, check_rules},
    store::{RecordKind, Store},
};

/// The rules of dissemination, as they were written down; none where only the classes of fields count.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn rules(store: &dyn Store) -> Result<Vec<Rule>, Error> {
    Ok(delivery::rules(store)?)
}

/// Writes down the rules of dissemination, all together: every output obeys them from now on.
///
/// # Errors
/// [`GovernanceError::RuleUnsound`] with the rule and why; [`CooperativeError::NotPermitted`] for all but coordinators.
pub fn set_rules(store: &mut dyn Store, wanted: &[Rule], act: &Act<'_>) -> Result<(), Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "change rules of dissemination")?;
        let formats: Vec<_> = formats(store)?.into_values().collect();
        check_rules(wanted, &formats)?;
        Ok((kept::change_where_new(store, RecordKind::Rule, Rule::SUBJECT, &wanted)?, ()))
    })
}

/// Everybody who takes data over under a name, by name.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn reusers(store: &dyn Store) -> Result<Vec<Reuser>, Error> {
    Ok(kept::read_all(store, RecordKind::Reuser)?.into_iter().map(|(_, reuser)| reuser).collect())
}

/// The re-user of a name.
///
/// # Errors
/// [`CooperativeError::ReuserMissing`] for nobody known; [`StoreError`](crate::store::StoreError) else.
pub fn reuser(store: &dyn Store, name: &str) -> Result<Reuser, Error> {
    let found = kept::read(store, RecordKind::Reuser, name)?;
    Ok(found.ok_or_else(|| CooperativeError::ReuserMissing { name: name.to_owned() })?)
}

/// Writes down a re-user, or what is new about one.
///
/// # Errors
/// [`GovernanceError::RuleUnsound`] where its name is none; [`CooperativeError::NotPermitted`] for all but coordinators.
pub fn put_reuser(store: &mut dyn Store, reuser: &Reuser, act: &Act<'_>) -> Result<(), Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "give keys to re-users")?;
        if !reuser.has_name() {
            let (path, reason) = (reuser.name.clone(), "is no name: lower-case letters, digits and hyphens");
            return Err(GovernanceError::RuleUnsound { path, reason: reason.to_owned() }.into());
        }
        Ok((kept::change_where_new(store, RecordKind::Reuser, &reuser.name, reuser)?, ()))
    })
}

/// Who shows a secret; nothing where it opens nothing on that day.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where the re-users cannot be read.
pub fn recipient(store: &dyn Store, secret: &str, today: Date) -> Result<Option<Recipient>, Error> {
    let known = reusers(store)?.into_iter().find(|reuser| reuser.opens(secret, today));
    Ok(known.map(Recipient::from))
}
