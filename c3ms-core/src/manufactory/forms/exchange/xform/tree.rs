//! A form as the tree of elements an XForm is written from, and the paths between them.

use std::collections::BTreeMap;

use crate::manufactory::forms::exchange::types::Shape;

/// A text in no language, or in one or several by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Words {
    #[default]
    None,
    Plain(String),
    Translated(Vec<(String, String)>),
}

impl Words {
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// What an attribute of a binding says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    /// An expression or a word.
    Text(String),
    /// A message to people.
    Message(Words),
}

/// What an element is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Survey,
    Group,
    Repeat,
    /// A question; its shape.
    Question(Shape),
    /// A file of data; its suffix.
    Attached(String),
    /// What becomes of an entry in a list of entities.
    Entity,
    /// An attribute of such a list's entry, with its fixed value.
    Attribute(String),
    /// The label of such an entry.
    EntityLabel,
}

/// Sets a value when something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) tag: &'static str,
    pub(super) event: &'static str,
    pub(super) value: String,
    pub(super) attributes: Vec<(&'static str, String)>,
}

/// The order in which choices are offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// That of the list.
    Kept,
    /// Another each time.
    Random,
    /// One drawn from this number.
    Seeded(String),
}

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Nothing,
    One(usize),
    Several,
}

/// Where the choices of a question come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// A list of the form, a file, a reference.
    pub(super) list: String,
    pub(super) filter: Option<String>,
    /// The choices are looked up by a query instead of offered as a set.
    pub(super) query: bool,
    /// The columns of a file that hold value and label.
    pub(super) columns: (Option<String>, Option<String>),
    pub(super) order: Order,
    /// The choices are places, not codes.
    pub(super) places: bool,
    /// The choices are searched in a file: what the list says is written where it is asked for.
    pub(super) searched: bool,
}

/// An element of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    /// It does not stand in the entry: its children do, in its place.
    pub(super) flat: bool,
    /// It is not shown.
    pub(super) bodyless: bool,
    pub(super) label: Words,
    pub(super) hint: Words,
    pub(super) guidance: Words,
    pub(super) media: Vec<(String, Words)>,
    pub(super) bind: Option<Vec<(String, Bound)>>,
    /// The attributes of its control.
    pub(super) control: Vec<(String, String)>,
    /// The attributes of its node in the entry.
    pub(super) instance: Vec<(String, String)>,
    pub(super) default: Option<String>,
    pub(super) actions: Vec<Action>,
    pub(super) source: Option<Source>,
    /// The questions whose change sets it, and to what.
    pub(super) triggers: Vec<String>,
    pub(super) triggered: String,
    /// Tags of OpenStreetMap.
    pub(super) tags: Vec<(String, Words)>,
    /// The property of an entity its answer becomes: `list#property`.
    pub(super) save_to: Option<String>,
}

impl Element {
    pub(super) fn new(name: &str, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            role,
            parent: None,
            children: Vec::new(),
            flat: false,
            bodyless: false,
            label: Words::None,
            hint: Words::None,
            guidance: Words::None,
            media: Vec::new(),
            bind: None,
            control: Vec::new(),
            instance: Vec::new(),
            default: None,
            actions: Vec::new(),
            source: None,
            triggers: Vec::new(),
            triggered: String::new(),
            tags: Vec::new(),
            save_to: None,
        }
    }

    /// Its label needs an entry among the translated texts.
    pub(super) fn labeled_in_itext(&self) -> bool {
        matches!(self.label, Words::Translated(_)) || !self.media.is_empty()
    }

    pub(super) const fn is_section(&self) -> bool {
        matches!(self.role, Role::Survey | Role::Group | Role::Repeat | Role::Entity)
    }

    const fn is_group(&self) -> bool {
        matches!(self.role, Role::Group | Role::Repeat)
    }

    /// What its binding says under a name.
    pub(super) fn bound(&self, name: &str) -> Option<&str> {
        self.bind.iter().flatten().find_map(|(known, bound)| match bound {
            Bound::Text(text) if known == name => Some(text.as_str()),
            Bound::Text(_) | Bound::Message(_) => None,
        })
    }

    /// Sets what its binding says under a name.
    pub(super) fn bind(&mut self, name: &str, bound: Bound) {
        let bind = self.bind.get_or_insert_default();
        match bind.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = bound,
            None => bind.push((name.to_owned(), bound)),
        }
    }

    pub(super) fn set_control(&mut self, name: &str, value: &str) {
        match self.control.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.control.push((name.to_owned(), value.to_owned())),
        }
    }

    pub(super) fn appearance(&self) -> &str {
        self.control.iter().find(|(name, _)| name == "appearance").map_or("", |(_, value)| value)
    }
}

/// All elements; the first is the form itself.
#[derive(Debug, Default)]
pub(super) struct Tree {
    elements: Vec<Element>,
    names: BTreeMap<String, Named>,
}

impl Tree {
    /// Adds an element behind the other children of its parent.
    pub(super) fn add(&mut self, parent: Option<usize>, mut element: Element) -> usize {
        let index = self.elements.len();
        element.parent = parent;
        self.elements.push(element);
        if let Some(parent) = parent.and_then(|parent| self.elements.get_mut(parent)) {
            parent.children.push(index);
        }
        index
    }

    pub(super) fn get(&self, index: usize) -> Option<&Element> {
        self.elements.get(index)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Element> {
        self.elements.get_mut(index)
    }

    pub(super) fn parent(&self, index: usize) -> Option<usize> {
        self.get(index).and_then(|element| element.parent)
    }

    pub(super) fn children(&self, index: usize) -> &[usize] {
        self.get(index).map_or(&[], |element| &element.children)
    }

    /// An element with all below it, in the order of the form.
    pub(super) fn below(&self, index: usize) -> Vec<usize> {
        let mut all = Vec::new();
        let mut waiting = vec![index];
        while let Some(index) = waiting.pop() {
            all.push(index);
            waiting.extend(self.children(index).iter().rev());
        }
        all
    }

    /// Those above an element, the nearest first.
    fn above(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(index), |above| self.parent(*above))
    }

    /// The nearest repeat above an element.
    pub(super) fn repeat_above(&self, index: usize) -> Option<usize> {
        self.above(index).find(|above| self.get(*above).is_some_and(|above| above.role == Role::Repeat))
    }

    /// Makes the names known once all elements are there; a repeat's name stands once, and is not the form's.
    pub(super) fn name_all(&mut self) -> Result<(), (String, String)> {
        let mut repeats: std::collections::BTreeSet<&str> =
            self.elements.first().map(|root| root.name.as_str()).into_iter().collect();
        for index in self.below(0) {
            let Some(element) = self.elements.get(index) else { continue };
            if element.role == Role::Repeat && !repeats.insert(&element.name) {
                let reason = format!("the name {:?} of a repeat stands twice", element.name);
                return Err((self.path(index), reason));
            }
            if element.is_section() || matches!(element.role, Role::Question(_)) {
                self.names
                    .entry(element.name.clone())
                    .and_modify(|known| *known = Named::Several)
                    .or_insert(Named::One(index));
            }
        }
        Ok(())
    }

    /// The element of a name.
    pub(super) fn named(&self, name: &str) -> Named {
        self.names.get(name).copied().unwrap_or(Named::Nothing)
    }

    /// The path of an element from the root: `/data/group/name`.
    pub(super) fn path(&self, index: usize) -> String {
        self.path_below(index, None)
    }

    /// The path of an element from below another.
    pub(super) fn path_below(&self, index: usize, root: Option<usize>) -> String {
        let mut names = Vec::new();
        for index in std::iter::once(index).chain(self.above(index)) {
            if Some(index) == root {
                break;
            }
            let Some(element) = self.get(index).filter(|element| !element.flat) else { continue };
            let sign = if matches!(element.role, Role::Attribute(_)) { "@" } else { "" };
            names.push(format!("/{sign}{}", element.name));
        }
        names.iter().rev().map(String::as_str).collect()
    }

    /// The nearest group or repeat that holds both, and how many steps lead there from the first.
    fn common(&self, one: usize, other: usize, repeats: bool) -> Option<(usize, usize)> {
        let fits = |index: usize| {
            self.get(index).is_some_and(|element| {
                if repeats { element.role == Role::Repeat } else { element.is_group() }
            })
        };
        let others: std::collections::BTreeSet<usize> =
            self.above(other).filter(|above| fits(*above)).collect();
        let mut steps = self.above(one).enumerate();
        steps.find(|(_, above)| others.contains(above)).map(|(steps, above)| (steps + 1, above))
    }

    /// The path from one element to another, where one repeat holds both: `../../name`. `outside` leads to
    /// the repeat itself from outside of it.
    pub(super) fn relative(&self, from: usize, to: usize, outside: bool) -> Option<String> {
        let (steps_to_repeat, repeat) = self.common(from, to, true)?;
        let nearest = |index: usize| self.repeat_above(index);
        let whole = outside
            && nearest(to) == Some(repeat)
            && (nearest(repeat).is_none() || nearest(from) != Some(repeat));
        let (steps, path) = if whole {
            (steps_to_repeat + 1, self.path_below(to, self.parent(repeat)))
        } else {
            let (steps, group) = self.common(from, to, false)?;
            (steps, self.path_below(to, Some(group)))
        };
        let name = &self.get(to)?.name;
        let path = if path.ends_with(name.as_str()) { path } else { format!("/{name}") };
        Some(vec![".."; steps].join("/") + &path)
    }
}
