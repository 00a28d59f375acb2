//! The expressions of a format read, checked and put in order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::answer::Shape;
use crate::manufactory::forms::{
    Dialect, Extensions, Field, Format, FormsError, Kind, Outline,
    exchange::{Beside, Preload},
    expression::{Expression, Reads, Scope, order},
};

/// What a play needs of one field.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "what a format says of a field, each by itself")]
pub(super) struct Rule {
    pub(super) shape: Shape,
    /// The fields of a group are rules of their own.
    pub(super) is_group: bool,
    /// It holds a list, of at most this many.
    pub(super) many: Option<u32>,
    pub(super) required: bool,
    /// Its answer is shown, or follows from others: nobody types it.
    pub(super) read_only: bool,
    /// JSON: the answer it has where nobody gave one.
    default: Option<String>,
    /// Where the answer of a new entry comes from.
    pub(super) preload: Option<Preload>,
    /// The questions of which a change sets the answer.
    pub(super) triggers: Vec<String>,
    /// Its codes are offered in an order of chance.
    pub(super) shuffled: bool,
    pub(super) relevant: Option<Expression>,
    pub(super) required_when: Option<Expression>,
    pub(super) constraint: Option<Expression>,
    pub(super) calculation: Option<Expression>,
    pub(super) initial: Option<Expression>,
    pub(super) count: Option<Expression>,
    pub(super) filter: Option<Expression>,
    /// What a change of the triggers sets the answer to; nothing where it takes the answer back.
    pub(super) triggered: Option<Expression>,
    /// What the order of chance comes from.
    pub(super) seed: Option<Expression>,
}

/// What is worked out for a field; all of it depends on other such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Role {
    /// How many items a list has.
    Count,
    /// Whether it is asked.
    Relevant,
    /// Which codes are offered.
    Choices,
    /// What it holds.
    Value,
    /// Whether it must be answered.
    Required,
    /// Whether its answer holds.
    Constraint,
}

impl Role {
    pub(super) const ALL: [Self; 6] =
        [Self::Count, Self::Relevant, Self::Choices, Self::Value, Self::Required, Self::Constraint];

    const fn place(self) -> usize {
        match self {
            Self::Count => 0,
            Self::Relevant => 1,
            Self::Choices => 2,
            Self::Value => 3,
            Self::Required => 4,
            Self::Constraint => 5,
        }
    }
}

/// The expressions of a format, in an order in which each comes after what it rests on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::manufactory::forms) struct Rules {
    pub(super) dialect: Dialect,
    pub(super) outline: Outline,
    /// What the form says of itself: its `version`, by name.
    pub(super) properties: Vec<(String, String)>,
    /// By the numbers of the outline; the first, the entry's own, says nothing.
    pub(super) fields: Vec<Rule>,
    /// What is worked out, in order: a field and a role.
    pub(super) sequence: Vec<(usize, Role)>,
    /// The place in the sequence of each field and role.
    rank: Vec<usize>,
    /// Places in the sequence that rest on each place of the sequence.
    readers: Vec<Vec<usize>>,
}

impl Rules {
    /// Reads and orders the expressions of a format that was checked, as [`Format::parse`] does.
    ///
    /// # Errors
    /// [`FormsError::ExpressionUnsound`] with the place in the format of an expression that is none,
    /// [`FormsError::ExpressionCycle`] with the fields that rest on each other.
    pub(in crate::manufactory::forms) fn new(format: &Format) -> Result<Self, FormsError> {
        let outline = Outline::new(format);
        let mut fields = vec![Rule::default()];
        read(&format.fields, "/fields", format.dialect, &mut fields)?;
        let mut rules = Self {
            dialect: format.dialect,
            outline,
            properties: properties(&format.extensions),
            fields,
            sequence: Vec::new(),
            rank: Vec::new(),
            readers: Vec::new(),
        };
        rules.arrange()?;
        Ok(rules)
    }

    /// Checks that the expressions of a format can be used: names, kinds, functions, order.
    pub(in crate::manufactory::forms) fn check(format: &Format) -> Result<(), FormsError> {
        if !Self::are_needed(format) {
            return Ok(());
        }
        let rules = Self::new(format)?;
        let mut numbers = 1..rules.fields.len();
        rules.check_fields(&format.fields, "/fields", &mut numbers)
    }

    fn check_fields(
        &self,
        fields: &[Field],
        path: &str,
        numbers: &mut std::ops::Range<usize>,
    ) -> Result<(), FormsError> {
        for (index, field) in fields.iter().enumerate() {
            let Some(number) = numbers.next() else { return Ok(()) };
            let Some(rule) = self.rule(number) else { continue };
            let scope = self.outline.scope(number);
            let filter_scope = self.outline.filter_scope(number);
            let parts: [(&str, &Option<Expression>, &dyn Scope); 9] = [
                ("kind/filter", &rule.filter, &filter_scope),
                ("relevant", &rule.relevant, &scope),
                ("required-when", &rule.required_when, &scope),
                ("constraint", &rule.constraint, &scope),
                ("calculation", &rule.calculation, &scope),
                ("initial", &rule.initial, &scope),
                ("count", &rule.count, &scope),
                ("extensions/xlsform:calculation", &rule.triggered, &scope),
                ("extensions/xlsform:parameters", &rule.seed, &scope),
            ];
            for (member, expression, scope) in parts {
                let found = expression.iter().flat_map(|expression| expression.check(scope));
                if let Some(problem) = found.into_iter().find(|problem| !problem.is_harmless()) {
                    let path = format!("{path}/{index}/{member}");
                    return Err(FormsError::ExpressionUnsound { path, problem });
                }
            }
            if let Kind::Group { fields } = &field.kind {
                self.check_fields(fields, &format!("{path}/{index}/kind/fields"), numbers)?;
            }
        }
        Ok(())
    }

    /// Tells whether what came from outside fits together, so that working it out has an end.
    pub(in crate::manufactory::forms) fn is_sound(&self) -> bool {
        let is_after = |(rank, (field, part)): (usize, &(usize, Role))| {
            self.rank(*field, *part) == rank && self.readers(rank).iter().all(|reader| *reader > rank)
        };
        self.outline.is_sound()
            && self.fields.len() == self.outline.len()
            && self.sequence.iter().enumerate().all(is_after)
    }

    /// Tells whether any field has an expression.
    pub(in crate::manufactory::forms) fn are_needed(format: &Format) -> bool {
        fn any(fields: &[Field]) -> bool {
            fields.iter().any(|field| {
                let own = [
                    &field.relevant,
                    &field.required_when,
                    &field.constraint,
                    &field.calculation,
                    &field.initial,
                    &field.count,
                ];
                let within = match &field.kind {
                    Kind::Group { fields } => any(fields),
                    Kind::Code { filter, .. } => filter.is_some(),
                    _ => false,
                };
                within || own.iter().any(|expression| expression.is_some())
            })
        }
        any(&format.fields)
    }

    pub(super) fn rule(&self, field: usize) -> Option<&Rule> {
        self.fields.get(field).filter(|_| field != 0)
    }

    /// The fields that are set by the change of others.
    pub(super) fn triggered(&self) -> impl Iterator<Item = usize> {
        let set = |rule: &Rule| !rule.triggers.is_empty();
        (1..self.fields.len()).filter(move |field| self.rule(*field).is_some_and(set))
    }

    pub(super) fn rank(&self, field: usize, part: Role) -> usize {
        self.rank.get(field * 6 + part.place()).copied().unwrap_or(usize::MAX)
    }

    pub(super) fn readers(&self, rank: usize) -> &[usize] {
        self.readers.get(rank).map(Vec::as_slice).unwrap_or_default()
    }

    /// The field itself and all in it.
    pub(super) fn within(&self, field: usize) -> Vec<usize> {
        let mut found = vec![field];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found.extend(self.outline.members(at));
            next += 1;
        }
        found
    }

    fn arrange(&mut self) -> Result<(), FormsError> {
        let roles = self.fields.len() * 6;
        let mut reads: Vec<Vec<usize>> = Vec::with_capacity(roles);
        for field in 0..self.fields.len() {
            for part in Role::ALL {
                reads.push(self.rests_on(field, part));
            }
        }
        let order = order(&reads).map_err(|circle| {
            let mut fields: Vec<String> = Vec::new();
            for vertex in circle {
                let path = self.outline.path(vertex / 6);
                if !fields.contains(&path) {
                    fields.push(path);
                }
            }
            FormsError::ExpressionCycle { fields }
        })?;
        self.rank = vec![0; roles];
        for (rank, vertex) in order.iter().enumerate() {
            if let Some(place) = self.rank.get_mut(*vertex) {
                *place = rank;
            }
        }
        self.sequence =
            order.iter().filter_map(|vertex| Some((vertex / 6, *Role::ALL.get(vertex % 6)?))).collect();
        self.readers = vec![Vec::new(); roles];
        for (reader, reads) in reads.iter().enumerate() {
            let Some(reader) = self.rank.get(reader).copied() else { continue };
            for read in reads {
                if let Some(rank) = self.rank.get(*read)
                    && let Some(readers) = self.readers.get_mut(*rank)
                {
                    readers.push(reader);
                }
            }
        }
        Ok(())
    }

    /// What must be worked out before: fields times six, plus the place of the role.
    fn rests_on(&self, field: usize, part: Role) -> Vec<usize> {
        let Some(rule) = self.rule(field) else { return Vec::new() };
        let mut found = BTreeSet::new();
        // Whether it is there, and asked.
        let mut outer = field;
        while outer != 0 {
            let is_itself = outer == field;
            if self.outline.repeats(outer) && !(is_itself && part == Role::Count) {
                found.insert(outer * 6 + Role::Count.place());
            }
            let asked = self.rule(outer).is_some_and(|rule| rule.relevant.is_some());
            if asked && !(is_itself && matches!(part, Role::Relevant | Role::Count)) {
                found.insert(outer * 6 + Role::Relevant.place());
            }
            outer = self.outline.parent_of(outer);
        }
        let scope = self.outline.scope(field);
        let filter_scope = self.outline.filter_scope(field);
        let (expression, scope): (_, &dyn Scope) = match part {
            Role::Count => (&rule.count, &scope),
            Role::Relevant => (&rule.relevant, &scope),
            Role::Choices => (&rule.filter, &filter_scope),
            Role::Value => (&rule.calculation, &scope),
            Role::Required => (&rule.required_when, &scope),
            Role::Constraint => (&rule.constraint, &scope),
        };
        if part == Role::Value && rule.filter.is_some() {
            found.insert(field * 6 + Role::Choices.place());
        }
        if part == Role::Constraint {
            found.insert(field * 6 + Role::Value.place());
        }
        if let Some(expression) = expression {
            self.read_roles(&expression.reads(scope), &mut found);
        }
        if part == Role::Choices
            && let Some(seed) = &rule.seed
        {
            self.read_roles(&seed.reads(&self.outline.scope(field)), &mut found);
        }
        found.into_iter().collect()
    }

    fn read_roles(&self, reads: &Reads, found: &mut BTreeSet<usize>) {
        for read in &reads.values {
            for field in self.within(*read) {
                if self.outline.repeats(field) {
                    found.insert(field * 6 + Role::Count.place());
                } else {
                    found.insert(field * 6 + Role::Value.place());
                }
            }
        }
        for read in &reads.places {
            let mut outer = *read;
            while outer != 0 {
                if self.outline.repeats(outer) {
                    found.insert(outer * 6 + Role::Count.place());
                }
                outer = self.outline.parent_of(outer);
            }
        }
    }
}

fn read(fields: &[Field], path: &str, dialect: Dialect, rules: &mut Vec<Rule>) -> Result<(), FormsError> {
    for (index, field) in fields.iter().enumerate() {
        let path = format!("{path}/{index}");
        let parsed = |text: &Option<String>, member: &str| -> Result<_, FormsError> {
            let Some(text) = text else { return Ok(None) };
            let unsound =
                |problem| FormsError::ExpressionUnsound { path: format!("{path}/{member}"), problem };
            Expression::parse(text, dialect).map(Some).map_err(unsound)
        };
        let beside = Beside::new(field);
        let filter = match &field.kind {
            Kind::Code { filter, .. } => parsed(filter, "kind/filter")?,
            _ => None,
        };
        let calculation = parsed(&field.calculation, "calculation")?;
        let inner = match &field.kind {
            Kind::Group { fields } => Some(fields),
            _ => None,
        };
        rules.push(Rule {
            shape: Shape::of(&field.kind),
            is_group: inner.is_some(),
            many: field.many,
            required: field.required,
            read_only: field.read_only
                || calculation.is_some()
                || beside.unasked
                || matches!(field.kind, Kind::Note),
            default: field.default.as_ref().map(Json::to_string),
            preload: beside.preload,
            triggers: beside.triggers,
            shuffled: beside.shuffled,
            relevant: parsed(&field.relevant, "relevant")?,
            required_when: parsed(&field.required_when, "required-when")?,
            constraint: parsed(&field.constraint, "constraint")?,
            calculation,
            initial: parsed(&field.initial, "initial")?,
            count: parsed(&field.count, "count")?,
            filter,
            triggered: parsed(&beside.triggered, "extensions/xlsform:calculation")?,
            seed: parsed(&beside.seed, "extensions/xlsform:parameters")?,
        });
        if let Some(inner) = inner {
            read(inner, &format!("{path}/kind/fields"), dialect, rules)?;
        }
    }
    Ok(())
}

/// What other tools say of the form in words, whoever says it: `xlsform:version` is its `version`.
fn properties(extensions: &Extensions) -> Vec<(String, String)> {
    let said = |(key, value): (&String, &Json)| {
        Some((key.rsplit(':').next()?.to_owned(), value.as_str()?.to_owned()))
    };
    extensions.iter().filter_map(said).collect()
}

impl Rule {
    /// The answer it has where nobody gave one.
    pub(super) fn answer(&self) -> Option<Json> {
        serde_json::from_str(self.default.as_ref()?).ok()
    }
}
