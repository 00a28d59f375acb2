//! What an expression rests on, and in which order expressions are worked out.

use std::{cmp::Reverse, collections::BTreeSet, collections::BinaryHeap};

use super::{
    check::{Found, Scope},
    function::Function,
    tree::{Axis, Call, Operator, Path, Start, Step, Term, Test, Tree},
};

/// The fields an expression rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Those whose values it asks for.
    pub values: BTreeSet<usize>,
    /// Those of which it asks only how often or where they stand.
    pub places: BTreeSet<usize>,
}

/// What holds the entry.
const DOCUMENT: usize = usize::MAX;

pub(super) struct Reader<'a> {
    pub(super) scope: &'a dyn Scope,
    pub(super) reads: Reads,
}

impl Reader<'_> {
    /// Notes what a part rests on; `here` are the fields it may be looking at.
    pub(super) fn tree(&mut self, tree: &Tree, here: &[usize], structural: bool) {
        for field in self.fields(tree, here) {
            if field == DOCUMENT {
                continue;
            }
            if structural {
                self.reads.places.insert(field);
            } else {
                self.reads.values.insert(field);
            }
        }
    }

    /// The fields a part gives; what it rests on besides is noted.
    fn fields(&mut self, tree: &Tree, here: &[usize]) -> Vec<usize> {
        match &tree.term {
            Term::Number(..) | Term::Text(_) | Term::Quoted(_) => Vec::new(),
            Term::Path(path) => self.path(path, here),
            Term::Negative(inner) => {
                self.tree(inner, here, false);
                Vec::new()
            }
            Term::Chain(first, links) => {
                let is_union = links.first().is_some_and(|link| link.operator == Operator::Union);
                let parts = std::iter::once(&**first).chain(links.iter().map(|link| &link.right));
                if is_union {
                    return parts.flat_map(|part| self.fields(part, here)).collect();
                }
                parts.for_each(|part| self.tree(part, here, false));
                Vec::new()
            }
            Term::Call(call) => self.call(call, here),
        }
    }

    fn call(&mut self, call: &Call, here: &[usize]) -> Vec<usize> {
        let mut gives = Vec::new();
        for (index, argument) in call.arguments.iter().enumerate() {
            match call.function {
                Some(Function::IndexedRepeat | Function::Randomize) if index == 0 => {
                    gives = self.fields(argument, here);
                }
                function => {
                    let structural = function.is_some_and(|function| function.is_structural(index));
                    self.tree(argument, here, structural);
                }
            }
        }
        match call.function {
            Some(Function::Current) => gives.push(self.scope.here()),
            Some(Function::String | Function::Number | Function::StringLength | Function::NormalizeSpace)
                if call.arguments.is_empty() =>
            {
                gives.extend(here);
            }
            _ => {}
        }
        gives
    }

    fn path(&mut self, path: &Path, here: &[usize]) -> Vec<usize> {
        let mut fields = match &path.start {
            Start::Named { last_saved: true, .. } => Vec::new(),
            Start::Named { name, .. } => match self.scope.find(name) {
                Found::One(field) | Found::Several(field) => vec![field],
                Found::None => Vec::new(),
            },
            Start::Root => vec![DOCUMENT],
            Start::Here => here.to_vec(),
            Start::Given(tree) => self.fields(tree, here),
        };
        self.filters(&path.filters, &fields);
        for step in &path.steps {
            if step.deep {
                fields = self.below(fields);
            }
            let next: BTreeSet<usize> = fields.iter().flat_map(|field| self.step(*field, step)).collect();
            fields = next.into_iter().collect();
            self.filters(&step.filters, &fields);
        }
        fields
    }

    fn filters(&mut self, filters: &[Tree], fields: &[usize]) {
        for filter in filters {
            // A filter asks where its fields stand.
            self.reads.places.extend(fields.iter().filter(|field| **field != DOCUMENT));
            self.tree(filter, fields, false);
        }
    }

    fn step(&self, field: usize, step: &Step) -> Vec<usize> {
        match step.axis {
            Axis::Own => vec![field],
            Axis::Attribute => Vec::new(),
            Axis::Parent if field == DOCUMENT => Vec::new(),
            Axis::Parent => vec![self.scope.parent(field).unwrap_or(DOCUMENT)],
            Axis::Child if field == DOCUMENT => vec![0],
            Axis::Child => {
                let name = match &step.test {
                    Test::Name(name) => Some(name.as_str()),
                    Test::Any | Test::Every => None,
                };
                self.scope.children(field, name)
            }
        }
    }

    fn below(&self, fields: Vec<usize>) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = fields;
        while let Some(field) = waiting.pop() {
            if found.insert(field) {
                match field {
                    DOCUMENT => waiting.push(0),
                    field => waiting.extend(self.scope.children(field, None)),
                }
            }
        }
        found.into_iter().collect()
    }
}

/// Puts in order what rests on each other: whatever `reads[n]` names comes before `n`; else the order given.
///
/// # Errors
/// Those that rest on each other in a circle, each on the next and the last on the first.
///
/// # Examples
/// The total rests on the net price and the tax, the tax on the net price.
/// ```
/// use c3ms_core::forms::expression::order;
/// let (total, tax, net) = (0, 1, 2);
/// assert_eq!(order(&[vec![tax, net], vec![net], vec![]]), Ok(vec![net, tax, total]));
/// assert_eq!(order(&[vec![tax], vec![total], vec![]]), Err(vec![total, tax]));
/// ```
pub fn order(reads: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let known: Vec<BTreeSet<usize>> = reads
        .iter()
        .map(|reads_of| reads_of.iter().copied().filter(|read| *read < reads.len()).collect())
        .collect();
    let mut waits: Vec<usize> = known.iter().map(BTreeSet::len).collect();
    let mut read_by: Vec<Vec<usize>> = vec![Vec::new(); reads.len()];
    for (reader, reads) in known.iter().enumerate() {
        for read in reads {
            if let Some(readers) = read_by.get_mut(*read) {
                readers.push(reader);
            }
        }
    }
    let free = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut free: BinaryHeap<Reverse<usize>> = free.map(|(index, _)| Reverse(index)).collect();
    let mut order = Vec::with_capacity(reads.len());
    while let Some(Reverse(next)) = free.pop() {
        order.push(next);
        for reader in read_by.get(next).map(Vec::as_slice).unwrap_or_default() {
            if let Some(left) = waits.get_mut(*reader) {
                *left -= 1;
                if *left == 0 {
                    free.push(Reverse(*reader));
                }
            }
        }
    }
    if order.len() == reads.len() {
        return Ok(order);
    }
    Err(circle(&known, &waits))
}

/// A circle among those that still wait: whoever follows what they wait for must come back.
fn circle(reads: &[BTreeSet<usize>], waits: &[usize]) -> Vec<usize> {
    let is_waiting = |index: &usize| waits.get(*index).is_some_and(|left| *left > 0);
    let Some(mut at) = (0..waits.len()).find(is_waiting) else { return Vec::new() };
    let mut path: Vec<usize> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; waits.len()];
    loop {
        match place.get_mut(at) {
            Some(Some(begin)) => return path.split_off(*begin),
            Some(unseen) => *unseen = Some(path.len()),
            None => return path,
        }
        path.push(at);
        match reads.get(at).and_then(|reads| reads.iter().copied().find(|read| is_waiting(read))) {
            Some(next) => at = next,
            None => return path,
        }
    }
}
