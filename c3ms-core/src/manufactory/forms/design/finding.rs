//! What a record says by the terms of its fields, and where it would be typed.

use serde_json::Value;

use super::{
    super::{Document, Field, Format, Kind, Visibility},
    target::Cause,
    walk::{inside, is_blank, nothing, values},
};
use crate::base::Pointer;

/// A record or a group of one, and how it was come by.
#[derive(Clone)]
pub(super) struct Record<'a> {
    pub(super) format: &'a Format,
    pub(super) fields: &'a [Field],
    document: &'a Document,
    at: Pointer,
    through: Option<Pointer>,
    /// The groups it lies in are public.
    open: bool,
}

/// What was found for something asked.
#[derive(Clone)]
pub(super) enum Found<'a> {
    Filled(Site<'a>, &'a Value),
    Lacking(Cause, Site<'a>),
}

/// Where something is typed.
#[derive(Clone)]
pub(super) struct Site<'a> {
    pub(super) format: &'a Format,
    pub(super) field: Option<&'a Field>,
    pub(super) path: Pointer,
    pub(super) through: Option<Pointer>,
}

impl<'a> Found<'a> {
    pub(super) const fn is_filled(&self) -> bool {
        matches!(self, Self::Filled(..))
    }

    /// This, or what was found elsewhere where this says nothing.
    pub(super) fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Filled(..) => self,
            Self::Lacking(cause, site) => match (other(), cause) {
                (found @ Self::Filled(..), _) => found,
                (Self::Lacking(other_cause, other), Cause::NoField) => Self::Lacking(other_cause, other),
                _ => Self::Lacking(cause, site),
            },
        }
    }

    pub(super) fn holds(
        self,
        test: impl FnOnce(&Site<'a>, &'a Value) -> Result<(), (Cause, Site<'a>)>,
    ) -> Self {
        match self {
            Self::Filled(site, value) => match test(&site, value) {
                Ok(()) => Self::Filled(site, value),
                Err((cause, site)) => Self::Lacking(cause, site),
            },
            lacking @ Self::Lacking(..) => lacking,
        }
    }
}

impl<'a> Record<'a> {
    /// A record; `through` is the link that led to it.
    pub(super) fn new(format: &'a Format, document: &'a Document, through: Option<Pointer>) -> Self {
        Self { format, fields: &format.fields, document, at: Pointer::root(), through, open: true }
    }

    /// What the fields of these terms say, or of these names where no term is known for it.
    pub(super) fn find(&self, properties: &[&str], names: &[&str]) -> Found<'a> {
        let means = |field: &&Field| match field.property() {
            Some(property) => properties.contains(&property),
            None => names.contains(&field.name.as_str()),
        };
        let mut lacking = None;
        for field in self.fields.iter().filter(means) {
            let site = self.site(Some(field));
            let value = self.document.get(&field.name).filter(|value| !is_blank(value));
            let is_open = self.open && field.visibility == Visibility::Public;
            match value {
                Some(value) if is_open => return Found::Filled(site, value),
                Some(_) => lacking = Some(Found::Lacking(Cause::Hidden, site)),
                None if is_open && lacking.is_none() => lacking = Some(Found::Lacking(Cause::Empty, site)),
                None => {}
            }
        }
        lacking.unwrap_or_else(|| Found::Lacking(Cause::NoField, self.site(None)))
    }

    pub(super) fn site(&self, field: Option<&'a Field>) -> Site<'a> {
        let path = field.map_or_else(|| self.at.clone(), |field| self.at.child(&field.name));
        Site { format: self.format, field, path, through: self.through.clone() }
    }

    /// What the record is called.
    pub(super) fn name(&self) -> Found<'a> {
        let found = self.find(&["name"], &[]);
        if found.is_filled() || !self.at.as_str().is_empty() || self.format.title.is_empty() {
            return found;
        }
        found.or(|| match self.format.field(&self.format.title) {
            Some(title) => match self.document.get(&title.name).filter(|value| !is_blank(value)) {
                Some(value) => Found::Filled(self.site(Some(title)), value),
                None => Found::Lacking(Cause::Empty, self.site(Some(title))),
            },
            None => Found::Lacking(Cause::NoField, self.site(None)),
        })
    }

    /// The group at a site of this record, the first of a list; an empty one where it says nothing.
    pub(super) fn within(&self, site: &Site<'a>) -> Option<Self> {
        let field = site.field.filter(|field| matches!(field.kind, Kind::Group { .. }))?;
        let value = self.document.get(&field.name);
        let at = if field.many.is_some() { site.path.item(0) } else { site.path.clone() };
        let document = values(value).next().and_then(Value::as_object).unwrap_or_else(|| nothing());
        let open = self.open && field.visibility == Visibility::Public;
        Some(Self { fields: inside(field), document, at, open, ..self.clone() })
    }
}
