//! The expressions of the own dialect in that of XForms.

use super::form::Tongues;
use crate::{
    base::Language,
    manufactory::forms::{
        Dialect, Field, Format, FormsError, Kind, Outline,
        expression::{Expression, Found, Mention, Purpose, Scope},
    },
};

/// The same format with expressions that ODK reads: blanks mean there what they mean here.
pub(super) fn in_xforms(format: &Format) -> Result<Format, FormsError> {
    let mut format = format.clone();
    if format.dialect == Dialect::Own {
        let outline = Outline::new(&format);
        let tags = Tongues::new(&format).tags;
        let mut kinds = vec![Asked::Whole];
        asked(&format.fields, &mut kinds);
        let mut parts = Parts { outline: &outline, kinds, tags, next: 1 };
        parts.fields(&mut format.fields, "/fields")?;
        format.dialect = Dialect::Xforms;
    }
    Ok(format)
}

/// Whether XForms ask for a field in parts.
#[derive(Clone, Copy)]
enum Asked {
    Whole,
    /// In cents and a currency.
    Money,
    /// Once in each language.
    Languages,
}

/// How each field is asked, by its number in the outline.
fn asked(fields: &[Field], kinds: &mut Vec<Asked>) {
    for field in fields {
        kinds.push(match &field.kind {
            Kind::Money => Asked::Money,
            Kind::Text { languages: true, .. } => Asked::Languages,
            _ => Asked::Whole,
        });
        if let Kind::Group { fields } = &field.kind {
            asked(fields, kinds);
        }
    }
}

struct Parts<'a> {
    outline: &'a Outline,
    kinds: Vec<Asked>,
    tags: Vec<Language>,
    /// The number of the next field in the outline.
    next: usize,
}

impl Parts<'_> {
    fn fields(&mut self, fields: &mut [Field], path: &str) -> Result<(), FormsError> {
        for (index, field) in fields.iter_mut().enumerate() {
            let (number, path) = (self.next, format!("{path}/{index}"));
            self.next += 1;
            let scope = self.outline.scope(number);
            for (expression, member, purpose) in [
                (&mut field.relevant, "relevant", Purpose::Condition),
                (&mut field.required_when, "required-when", Purpose::Condition),
                (&mut field.constraint, "constraint", Purpose::Constraint),
                (&mut field.calculation, "calculation", Purpose::Value),
                (&mut field.initial, "initial", Purpose::Value),
                (&mut field.count, "count", Purpose::Value),
            ] {
                self.translate(expression, purpose, &scope, &format!("{path}/{member}"))?;
            }
            match &mut field.kind {
                Kind::Code { filter, .. } => {
                    let scope = self.outline.filter_scope(number);
                    self.translate(filter, Purpose::Condition, &scope, &format!("{path}/kind/filter"))?;
                }
                Kind::Group { fields } => self.fields(fields, &format!("{path}/kind/fields"))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn translate(
        &self,
        expression: &mut Option<String>,
        purpose: Purpose,
        scope: &dyn Scope,
        path: &str,
    ) -> Result<(), FormsError> {
        let Some(text) = expression else { return Ok(()) };
        let unsound = |problem| FormsError::ExpressionUnsound { path: path.to_owned(), problem };
        *text = Expression::parse(text, Dialect::Own)
            .and_then(|own| own.to_xpath(purpose, scope, &mut |mention| self.reference(&mention, scope)))
            .map_err(unsound)?;
        Ok(())
    }

    /// A reference, to the part of a question that holds what the expression asks for where it is asked in parts.
    fn reference(&self, mention: &Mention<'_>, scope: &dyn Scope) -> String {
        let saved = if mention.last_saved { "last-saved#" } else { "" };
        let name = format!("${{{saved}{}}}", mention.name);
        let (Found::One(field) | Found::Several(field)) = scope.find(mention.name) else { return name };
        match self.kinds.get(field) {
            Some(Asked::Money) => format!("if({name}/cents = '', '', {name}/cents div 100)"),
            Some(Asked::Languages) => {
                let texts = self.tags.iter().map(|tag| format!("{name}/{tag}"));
                texts.reduce(|first, next| format!("coalesce({first}, {next})")).unwrap_or(name)
            }
            Some(Asked::Whole) | None => name,
        }
    }
}
