//! A link by which somebody without an account enters something, once.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Act, Acting, CooperativeError, Edit, Request,
    document::changed,
    edit::{edited, format_of_cube, known, refused},
    kept,
};
use crate::{
    Error,
    base::{Actor, Digest, Id, Seed, Timestamp},
    governance::{PublicKey, Role, SecretKey},
    manufactory::forms::{Document, Entry, Format, Revision, State, Validator, Visibility},
    store::{Change, RecordKind, Store},
};

/// What somebody is invited to enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// A new entry of this cube.
    pub cube: String,
    /// Or changes of this one.
    pub entry: Option<Id<Entry>>,
    /// What the form says already.
    pub document: Document,
    /// Until when the link holds.
    pub until: Timestamp,
}

/// An invitation; a document of the cooperative. It names nobody.
///
/// The link carries the half of a key that signs, this the half that checks: what comes in by the link is signed, and
/// the log alone shows that it came by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Its id; what is entered by it is entered under this name.
    pub id: Id<Actor>,
    /// The cube.
    pub cube: String,
    /// The entry that may be changed; nothing for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Id<Entry>>,
    /// What the form says already.
    #[serde(default, skip_serializing_if = "Document::is_empty")]
    pub document: Document,
    /// The half of the key that checks.
    pub key: PublicKey,
    /// Who invites.
    pub by: Id<Actor>,
    /// Until when the link holds.
    pub until: Timestamp,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

/// What a link opens: a form, and what it says already.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// The invitation.
    pub invitation: Invitation,
    /// The format, with the fields that everybody may see.
    pub format: Format,
    /// What the form says already.
    pub document: Document,
}

/// What came in by a link; it waits for those who invited.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// A new entry, handed in.
    Entry(Box<Entry>),
    /// Changes of one.
    Request(Box<Request>),
}

impl Invitation {
    fn change(&self) -> Change {
        kept::change(RecordKind::Invitation, &self.id.to_string(), self)
    }
}

/// Invites somebody to enter something, once; gives the secret part of the link, which is written nowhere.
///
/// # Errors
/// [`CooperativeError::NotPermitted`] for a reader, and for an entry that one does not keep;
/// [`CooperativeError::InvitationRefused`] where it would hold no more already;
/// [`CooperativeError::EntryRefused`] where the form would begin with something wrong.
pub fn invite(store: &mut dyn Store, wanted: &Invite, act: &Act<'_>) -> Result<(Invitation, String), Error> {
    let document = Value::Object(wanted.document.clone()).to_string();
    let entry = wanted.entry.map(|entry| entry.to_string()).unwrap_or_default();
    let id: Id<Actor> = act.fresh_id(&[&wanted.cube, &entry, &document, &wanted.until.to_string()]);
    let secret = SecretKey(Digest::of(&[b"c3ms invitation 1\0", &act.seed.0, id.as_bytes()]).0);
    let invitation = act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        acting.at_least(Role::Contributor, "invite")?;
        if wanted.until <= act.now {
            return Err(ended("would hold no more already"));
        }
        let mut cube = wanted.cube.clone();
        if let Some(entry) = wanted.entry {
            let entry = known(store, entry)?;
            cube.clone_from(&entry.revision.cube);
            if !acting.keeps(&entry.revision) {
                return Err(acting.not_permitted("invite to change this entry"));
            }
        }
        let format = format_of_cube(store, &cube)?;
        for name in wanted.document.keys() {
            if !format
                .fields
                .iter()
                .any(|field| field.name == *name && field.visibility == Visibility::Public)
            {
                return Err(CooperativeError::InvitationRefused {
                    reason: format!("would show {name}, which is no public field of the form"),
                }
                .into());
            }
        }
        if store.document(RecordKind::Invitation, &id.to_string())?.is_some() {
            return Err(ended("was made already"));
        }
        let (entry, document, key) = (wanted.entry, wanted.document.clone(), secret.public_key());
        let invitation =
            Invitation { id, cube, entry, document, key, by: act.actor, until: wanted.until, used: None };
        Ok((vec![invitation.change()], invitation))
    })?;
    Ok((invitation, format!("{id}.{}", Digest(secret.0))))
}

/// All invitations, the used ones too.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn invitations(store: &dyn Store) -> Result<Vec<Invitation>, Error> {
    let kept = kept::read_all(store, RecordKind::Invitation)?;
    Ok(kept.into_iter().map(|(_, invitation)| invitation).collect())
}

/// What a link opens; nothing is used up.
///
/// # Errors
/// [`CooperativeError::InvitationRefused`] for another text, another key, after its time or its use, and where who invited
/// is no member any more.
pub fn offered(store: &dyn Store, link: &str, now: Timestamp) -> Result<Offered, Error> {
    open(store, link, now).map(|(offered, _)| offered)
}

fn open(store: &dyn Store, link: &str, now: Timestamp) -> Result<(Offered, SecretKey), Error> {
    let parts = link
        .trim()
        .split_once('.')
        .and_then(|(id, secret)| Some((Id::<Actor>::parse(id)?, Digest::parse(secret)?)));
    let (id, secret) = parts.ok_or_else(|| ended("is none of ours"))?;
    let secret = SecretKey(secret.0);
    let known_as: Option<Invitation> = kept::read(store, RecordKind::Invitation, &id.to_string())?;
    let invitation = known_as.filter(|known| known.key == secret.public_key());
    let invitation = invitation.ok_or_else(|| ended("is none of ours"))?;
    if invitation.used.is_some() {
        return Err(ended("was used already"));
    }
    if now >= invitation.until {
        return Err(ended("holds no more"));
    }
    let by = super::member(store, &invitation.by.to_string())?;
    if by.revoked_at.is_some_and(|revoked| now >= revoked) || by.role < Role::Contributor {
        return Err(ended("holds no more: who invited is no member any more"));
    }
    let mut format = format_of_cube(store, &invitation.cube)?;
    format.fields.retain(|field| field.visibility == Visibility::Public);
    let mut document = invitation.document.clone();
    if let Some(entry) = invitation.entry {
        let entry = known(store, entry)?;
        let public = |name: &String| format.fields.iter().any(|field| field.name == *name);
        document.extend(entry.revision.document.into_iter().filter(|(name, _)| public(name)));
    }
    Ok((Offered { invitation, format, document }, secret))
}

/// Takes what somebody enters by a link, which is used up by it. A new entry is handed in; changes wait as a [`Request`].
///
/// # Errors
/// As [`offered`]; [`CooperativeError::EntryRefused`] with the first thing that is wrong, and where a field is not one of the
/// form: the link is not used up then.
pub fn answer(
    store: &mut dyn Store,
    link: &str,
    edits: &[Edit],
    (now, seed): (Timestamp, Seed),
) -> Result<Answered, Error> {
    let (Offered { invitation, .. }, secret) = open(store, link, now)?;
    let act = Act { now, actor: invitation.id, seed, signer: Some(&secret) };
    let answered = act.carry_out(store, |store| {
        let (Offered { mut invitation, format, .. }, _) = open(store, link, now)?;
        let about = invitation.entry.unwrap_or_else(|| made_by(&invitation));
        if let Some(edit) = edits.iter().find(|edit| format.field(&edit.field()).is_none()) {
            return Err(refused(about, &format!("{}: the form has no such field", edit.path)));
        }
        invitation.used = Some(now);
        if let Some(entry) = invitation.entry {
            let entry = known(store, entry)?;
            edited(store, &entry, edits)?;
            let request = Request::change(&act, &entry, edits.to_vec());
            return Ok((vec![request.change_of_log(), invitation.change()], Some(request)));
        }
        let document = changed(&invitation.document, edits)
            .map_err(|(path, reason)| refused(about, &format!("{path}: {reason}")))?;
        let format = format_of_cube(store, &invitation.cube)?;
        if let Some(violation) = Validator::new(&format)?.validate_document(&document).first() {
            return Err(refused(about, &violation.message("en")));
        }
        let by = super::member(store, &invitation.by.to_string())?;
        let owner = Acting(by).owner();
        let revision = Revision::new(&invitation.cube, format.digest(), State::Submitted, document);
        let revision = Revision { owner, ..revision };
        Ok((vec![Change::Revision(about, revision), invitation.change()], None))
    })?;
    if let Some(request) = answered {
        return Ok(Answered::Request(Box::new(request)));
    }
    Ok(Answered::Entry(Box::new(known(store, made_by(&invitation))?)))
}

/// The id of the entry that an invitation makes.
fn made_by(invitation: &Invitation) -> Id<Entry> {
    Id::derived(&["invitation", &invitation.id.to_string()])
}

fn ended(reason: &str) -> Error {
    CooperativeError::InvitationRefused { reason: reason.to_owned() }.into()
}
