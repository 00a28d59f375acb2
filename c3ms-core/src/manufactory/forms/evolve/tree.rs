//! Finding fields in a format by their ids.

use super::super::{Field, Format, Kind};

/// A field and the groups it lies in, outermost first.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) groups: Vec<&'a Field>,
    pub(super) index: usize,
    pub(super) field: &'a Field,
}

impl<'a> Found<'a> {
    /// The id of the group it lies in.
    pub(super) fn within(&self) -> Option<&'a str> {
        self.groups.last().map(|group| group.id.as_str())
    }
}

/// The fields of a group.
pub(super) fn inner(field: &Field) -> &[Field] {
    match &field.kind {
        Kind::Group { fields } => fields,
        _ => &[],
    }
}

pub(super) fn find<'a>(fields: &'a [Field], id: &str) -> Option<Found<'a>> {
    for (index, field) in fields.iter().enumerate() {
        if field.id == id {
            return Some(Found { groups: Vec::new(), index, field });
        }
        if let Some(mut found) = find(inner(field), id) {
            found.groups.insert(0, field);
            return Some(found);
        }
    }
    None
}

pub(super) fn field_mut<'a>(fields: &'a mut [Field], id: &str) -> Option<&'a mut Field> {
    for field in fields {
        if field.id == id {
            return Some(field);
        }
        if let Kind::Group { fields } = &mut field.kind
            && let Some(found) = field_mut(fields, id)
        {
            return Some(found);
        }
    }
    None
}

/// The fields of the group of this id, or of the format.
pub(super) fn fields_of<'a>(format: &'a mut Format, within: Option<&str>) -> Option<&'a mut Vec<Field>> {
    let Some(id) = within else { return Some(&mut format.fields) };
    match &mut field_mut(&mut format.fields, id)?.kind {
        Kind::Group { fields } => Some(fields),
        _ => None,
    }
}

/// Takes a field out.
pub(super) fn take(fields: &mut Vec<Field>, id: &str) -> Option<Field> {
    if let Some(index) = fields.iter().position(|field| field.id == id) {
        return Some(fields.remove(index));
    }
    fields.iter_mut().find_map(|field| match &mut field.kind {
        Kind::Group { fields } => take(fields, id),
        _ => None,
    })
}

/// Every field with the groups it lies in, in the order of the form.
pub(super) fn all(format: &Format) -> Vec<Found<'_>> {
    fn walk<'a>(fields: &'a [Field], groups: &[&'a Field], every: &mut Vec<Found<'a>>) {
        for (index, field) in fields.iter().enumerate() {
            every.push(Found { groups: groups.to_vec(), index, field });
            let mut deeper = groups.to_vec();
            deeper.push(field);
            walk(inner(field), &deeper, every);
        }
    }
    let mut every = Vec::new();
    walk(&format.fields, &[], &mut every);
    every
}
