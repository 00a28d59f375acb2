//! What the functions do: truths, numbers, lists and choices; texts, times and places lie beside.

use super::{
    Value,
    evaluate::{Evaluator, Focus, Node, Operand},
    function::Function,
    tree::{At, Call, Term, Tree},
    value::{counted, exact, power, rounded, text_number, truncated, whole, words},
};

/// What a function was given, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) call: &'a Call,
    pub(super) at: At,
    pub(super) focus: Focus,
}

impl Evaluator<'_> {
    /// The value of a function; unknown where it needs what is unknown.
    pub(super) fn call(&self, call: &Call, at: At, focus: Focus) -> Operand {
        let given = Given { call, at, focus };
        let known = call.function.filter(|function| {
            let fits = function
                .signature()
                .is_some_and(|signature| (signature.least..=signature.most).contains(&call.arguments.len()));
            fits && !function.is_unsupported()
        });
        let found = match known {
            Some(function) => self.logic(function, given),
            None => self.lack(),
        };
        found.unwrap_or(Operand::Value(Value::Unknown))
    }

    /// An argument worked out.
    pub(super) fn argument(&self, given: Given<'_>, index: usize) -> Option<Operand> {
        given.call.arguments.get(index).map(|tree| self.tree(tree, given.focus))
    }

    pub(super) fn text_of(&self, given: Given<'_>, index: usize) -> Option<String> {
        self.text(&self.argument(given, index)?)
    }

    pub(super) fn number_of(&self, given: Given<'_>, index: usize) -> Option<f64> {
        self.number(&self.argument(given, index)?)
    }

    fn truth_of(&self, given: Given<'_>, index: usize) -> Option<bool> {
        self.truth(&self.argument(given, index)?)
    }

    fn tree_of(given: Given<'_>, index: usize) -> Option<&Tree> {
        given.call.arguments.get(index)
    }

    /// Each value of an operand by itself.
    pub(super) fn each(&self, operand: Operand) -> Vec<Operand> {
        match operand {
            Operand::Nodes(nodes) => {
                let mut each = Vec::with_capacity(nodes.len());
                for node in nodes {
                    match self.context.value(node) {
                        Value::List(values) if self.is_own() => {
                            each.extend(values.into_iter().map(Operand::Value));
                        }
                        _ => each.push(Operand::Nodes(vec![node])),
                    }
                }
                each
            }
            Operand::Value(Value::List(values)) => values.into_iter().map(Operand::Value).collect(),
            operand => vec![operand],
        }
    }

    fn nodes_of(&self, given: Given<'_>, index: usize, everywhere: bool) -> Option<Vec<Node>> {
        let tree = Self::tree_of(given, index)?;
        match &tree.term {
            Term::Path(path) => Some(self.path(path, given.focus, everywhere)),
            _ => match self.tree(tree, given.focus) {
                Operand::Nodes(nodes) => Some(nodes),
                Operand::Value(_) | Operand::Instant { .. } => None,
            },
        }
    }

    fn logic(&self, function: Function, given: Given<'_>) -> Option<Operand> {
        let boolean = |truth: bool| Some(Operand::Value(Value::Boolean(truth)));
        match function {
            Function::If => {
                let chosen = if self.truth_of(given, 0)? { 1 } else { 2 };
                self.argument(given, chosen)
            }
            Function::Coalesce => {
                for index in 0..given.call.arguments.len() {
                    let operand = self.argument(given, index)?;
                    match self.text(&operand) {
                        Some(_) if self.is_own() => return Some(operand),
                        Some(text) if !text.is_empty() => return Some(Value::Text(text).into()),
                        _ => {}
                    }
                }
                None
            }
            Function::Once => {
                let before = Operand::Nodes(vec![given.focus.node]);
                match self.text(&before) {
                    Some(text) if !text.is_empty() => {
                        Some(if self.is_own() { before } else { Value::Text(text).into() })
                    }
                    _ => self.argument(given, 0),
                }
            }
            Function::True => boolean(true),
            Function::False => boolean(false),
            Function::Boolean => boolean(self.truth_of(given, 0)?),
            Function::BooleanFromString => boolean(matches!(self.text_of(given, 0)?.as_str(), "1" | "true")),
            Function::Not => boolean(!self.truth_of(given, 0)?),
            Function::Known => {
                let operand = self.argument(given, 0)?;
                boolean(self.each(operand).iter().any(|one| self.single(one) != Value::Unknown))
            }
            Function::Sure => boolean(self.truth_of(given, 0).unwrap_or(false)),
            Function::Checklist => self.checklist(given, false),
            Function::WeightedChecklist => self.checklist(given, true),
            Function::Selected => {
                let list = self.argument(given, 0)?;
                let wanted = self.text_of(given, 1)?;
                let wanted = wanted.trim();
                let list = self.text(&list)?;
                boolean(
                    words(&list).any(|word| word == wanted)
                        || (wanted.is_empty() && words(&list).next().is_none()),
                )
            }
            Function::SelectedAt => {
                let list = self.text_of(given, 0)?;
                let index = usize::try_from(truncated(self.number_of(given, 1)?)).ok()?;
                Some(Value::Text(words(&list).nth(index)?.to_owned()).into())
            }
            Function::CountSelected => {
                let list = self.text_of(given, 0)?;
                Some(Value::Number(counted(words(&list).count())).into())
            }
            Function::ChoiceName => {
                let code = self.text_of(given, 0)?;
                let field = match &Self::tree_of(given, 1)?.term {
                    Term::Quoted(path) => self.path(path, given.focus, false),
                    _ => self.nodes_of(given, 1, false)?,
                };
                Some(Value::Text(self.context.label(*field.first()?, &code)?).into())
            }
            Function::Itext => Some(Value::Text(self.context.translation(&self.text_of(given, 0)?)?).into()),
            Function::Property | Function::Version => {
                let name = if function == Function::Version {
                    "version".to_owned()
                } else {
                    self.text_of(given, 0)?
                };
                match self.context.property(&name) {
                    Some(property) => Some(Value::Text(property).into()),
                    None => self.lack(),
                }
            }
            Function::Current => Some(Operand::Nodes(vec![self.own])),
            Function::Instance => match self.context.instance(&self.text_of(given, 0)?) {
                Some(node) => Some(Operand::Nodes(vec![node])),
                None => self.lack(),
            },
            Function::Pulldata => self.pulldata(given),
            Function::IndexedRepeat => self.indexed_repeat(given).map(Operand::Nodes),
            Function::Randomize => {
                let nodes = self.nodes_of(given, 0, false)?;
                Some(Operand::Nodes(self.shuffled(nodes, given)?))
            }
            _ => self.arithmetic(function, given),
        }
    }

    fn arithmetic(&self, function: Function, given: Given<'_>) -> Option<Operand> {
        let number = |number: f64| Some(Operand::Value(self.numeric(number)));
        let one = |calculated: fn(f64) -> f64| number(calculated(self.number_of(given, 0)?));
        match function {
            Function::Number => self.number_made(given),
            Function::Random => {
                let bytes = self.chance(given)?;
                let drawn = bytes.iter().take(6).fold(0, |drawn, byte| drawn * 256 + i64::from(*byte));
                number(exact(drawn) / 281_474_976_710_656.0)
            }
            Function::Int => one(f64::trunc),
            Function::Floor => one(f64::floor),
            Function::Ceiling => one(f64::ceil),
            Function::Round => {
                let value = self.number_of(given, 0)?;
                let decimals = if given.call.arguments.len() > 1 { self.number_of(given, 1)? } else { 0.0 };
                let scale = power(10.0, decimals);
                let size = rounded(value.abs() * scale) / scale;
                number(if value < 0.0 { -size } else { size })
            }
            Function::Abs => one(f64::abs),
            Function::Pow => number(power(self.number_of(given, 0)?, self.number_of(given, 1)?)),
            Function::Sqrt => one(f64::sqrt),
            Function::Exp => one(libm::exp),
            Function::ExpTen => one(|exponent| power(10.0, exponent)),
            Function::Log => one(libm::log),
            Function::LogTen => one(libm::log10),
            Function::Sin => one(libm::sin),
            Function::Cos => one(libm::cos),
            Function::Tan => one(libm::tan),
            Function::Asin => one(libm::asin),
            Function::Acos => one(libm::acos),
            Function::Atan => one(libm::atan),
            Function::AtanTwo => number(libm::atan2(self.number_of(given, 0)?, self.number_of(given, 1)?)),
            Function::Pi => number(std::f64::consts::PI),
            Function::Sum => {
                let mut sum = 0.0;
                for value in self.each(self.argument(given, 0)?) {
                    sum += self.number(&value)?;
                }
                number(sum)
            }
            Function::Max => self.extreme(given, std::cmp::Ordering::Greater),
            Function::Min => self.extreme(given, std::cmp::Ordering::Less),
            Function::Count => match self.argument(given, 0)? {
                Operand::Nodes(nodes) => match nodes.as_slice() {
                    // A field with several answers counts them.
                    [node] if self.is_own() => match self.context.value(*node) {
                        Value::List(values) => number(counted(values.len())),
                        _ => number(1.0),
                    },
                    nodes => number(counted(nodes.len())),
                },
                Operand::Value(_) | Operand::Instant { .. } => self.lack(),
            },
            Function::CountNonEmpty => {
                let values = self.each(self.argument(given, 0)?);
                let filled = |value: &&Operand| self.text(value).is_some_and(|text| !text.is_empty());
                number(counted(values.iter().filter(filled).count()))
            }
            Function::Position if given.call.arguments.is_empty() => number(counted(given.focus.position)),
            Function::Position => {
                let nodes = self.nodes_of(given, 0, false)?;
                number(counted(self.context.position(*nodes.first()?)))
            }
            Function::Last => number(counted(given.focus.size)),
            _ => self.clockwork(function, given),
        }
    }

    fn number_made(&self, given: Given<'_>) -> Option<Operand> {
        let operand = if given.call.arguments.is_empty() {
            Operand::Nodes(vec![given.focus.node])
        } else {
            self.argument(given, 0)?
        };
        if !self.is_own() {
            let text = match &operand {
                Operand::Value(Value::Number(_) | Value::Boolean(_)) | Operand::Instant { .. } => None,
                Operand::Value(_) | Operand::Nodes(_) => self.text(&operand),
            };
            if let Some(millis) = text.and_then(|text| super::moment::instant(&text, self.offset)) {
                return Some(Operand::Instant { millis, days: true });
            }
            return Some(Value::Number(self.number(&operand)?).into());
        }
        let value = self.single(&operand);
        let number = match &value {
            Value::Number(number) => *number,
            Value::Boolean(truth) => f64::from(u8::from(*truth)),
            Value::Text(text) => text_number(text),
            other => self.days(other)?,
        };
        Some(Value::number(number).into())
    }

    /// The least or greatest; of days and times too in the own dialect.
    fn extreme(&self, given: Given<'_>, wanted: std::cmp::Ordering) -> Option<Operand> {
        let mut values = Vec::new();
        for index in 0..given.call.arguments.len() {
            values.extend(self.each(self.argument(given, index)?));
        }
        let is_dated = self.is_own() && values.iter().any(|value| self.days(&self.single(value)).is_some());
        let mut best: Option<(f64, Value)> = None;
        for value in values {
            let (key, value) = if is_dated {
                let value = self.single(&value);
                (self.days(&value)?, value)
            } else {
                let number = self.number(&value)?;
                (number, Value::Number(number))
            };
            if key.is_nan() {
                return Some(Value::Number(f64::NAN).into());
            }
            if best.as_ref().is_none_or(|(before, _)| key.total_cmp(before) == wanted) {
                best = Some((key, value));
            }
        }
        best.map(|(_, value)| value.into())
    }

    fn checklist(&self, given: Given<'_>, weighted: bool) -> Option<Operand> {
        let least = self.number_of(given, 0)?;
        let most = match self.number_of(given, 1)? {
            most if most < 0.0 => f64::INFINITY,
            most => most,
        };
        let mut met = 0.0;
        let mut index = 2;
        while index < given.call.arguments.len() {
            let truths = self.each(self.argument(given, index)?);
            let weights = if weighted { self.each(self.argument(given, index + 1)?) } else { Vec::new() };
            for (place, one) in truths.iter().enumerate() {
                let holds = match one {
                    Operand::Nodes(_) if !self.is_own() => !self.text(one)?.is_empty(),
                    one => self.truth(one)?,
                };
                if holds {
                    met += if weighted { self.number(weights.get(place)?)? } else { 1.0 };
                }
            }
            index += if weighted { 2 } else { 1 };
        }
        Some(Value::Boolean(met >= least && met <= most).into())
    }

    /// One value of a list by the value of another.
    fn pulldata(&self, given: Given<'_>) -> Option<Operand> {
        let Some(list) = self.context.instance(&self.text_of(given, 0)?) else { return self.lack() };
        let (wanted, key, value) =
            (self.text_of(given, 1)?, self.text_of(given, 2)?, self.text_of(given, 3)?);
        let (mut roots, mut items) = (Vec::new(), Vec::new());
        self.context.children(list, Some("root"), &mut roots);
        self.context.children(*roots.first()?, Some("item"), &mut items);
        for item in items {
            let mut found = Vec::new();
            self.context.children(item, Some(&key), &mut found);
            if found.first().is_some_and(|found| self.content(*found) == value) {
                found.clear();
                self.context.children(item, Some(&wanted), &mut found);
                return Some(Operand::Nodes(found));
            }
        }
        None
    }

    fn indexed_repeat(&self, given: Given<'_>) -> Option<Vec<Node>> {
        let mut chosen: Vec<(usize, Vec<Node>, usize)> = Vec::new();
        let mut index = 1;
        while index < given.call.arguments.len() {
            let position = usize::try_from(whole(self.number_of(given, index + 1)?)?).ok()?;
            let items = self.nodes_of(given, index, true)?;
            chosen.push((self.depth(*items.first()?), items, position));
            index += 2;
        }
        // The outermost list first, whatever the order they were given in.
        chosen.sort_by_key(|(depth, _, _)| *depth);
        let mut within: Option<Node> = None;
        for (_, items, position) in chosen {
            let mut inside =
                items.into_iter().filter(|item| within.is_none_or(|outer| self.lies_in(*item, outer)));
            within = Some(inside.nth(position.checked_sub(1)?)?);
        }
        let mut found = self.nodes_of(given, 0, true)?;
        found.retain(|node| within.is_some_and(|outer| self.lies_in(*node, outer)));
        Some(found)
    }

    fn depth(&self, node: Node) -> usize {
        std::iter::successors(self.context.parent(node), |node| self.context.parent(*node)).take(64).count()
    }

    fn lies_in(&self, node: Node, outer: Node) -> bool {
        std::iter::successors(self.context.parent(node), |node| self.context.parent(*node))
            .take(64)
            .any(|above| above == outer)
    }

    /// Bytes of chance that are the same each time for this field and this place of its expression.
    pub(super) fn chance(&self, given: Given<'_>) -> Option<[u8; 32]> {
        let place = u64::try_from(given.at.0).unwrap_or_default();
        match self.context.seed() {
            Some(seed) => Some(seed.bytes(self.own.0.wrapping_mul(1 << 17).wrapping_add(place))),
            None => self.lack(),
        }
    }

    /// The nodes in an order of chance. A seed that is no number is not supported, but for none, which counts as 0.
    fn shuffled(&self, nodes: Vec<Node>, given: Given<'_>) -> Option<Vec<Node>> {
        let seed = match given.call.arguments.len() {
            1 => self.chance(given)?.iter().take(4).fold(0, |seed, byte| seed * 256 + i64::from(*byte)),
            _ => match (self.number_of(given, 1)?, self.text_of(given, 1)?) {
                (seed, _) if !seed.is_nan() => truncated(seed),
                (_, text) if text.is_empty() => 0,
                _ => return self.lack(),
            },
        };
        Some(shuffled(nodes, seed))
    }
}

/// Things in an order of chance, the same for the same seed.
///
/// # Source
/// ODK XForms, `randomize`: the inside-out Fisher-Yates shuffle with the generator of Park and Miller, as
/// `@getodk/xpath` has it.
pub(crate) fn shuffled<T: Copy>(things: Vec<T>, seed: i64) -> Vec<T> {
    let mut state = seed % 2_147_483_647;
    if state <= 0 {
        state += 2_147_483_646;
    }
    let mut shuffled: Vec<T> = Vec::with_capacity(things.len());
    for thing in things {
        state = state * 16_807 % 2_147_483_647;
        let drawn = exact(state - 1) / 2_147_483_646.0 * counted(shuffled.len() + 1);
        let place = usize::try_from(truncated(drawn)).unwrap_or_default();
        match shuffled.get(place).copied() {
            Some(before) => {
                shuffled.push(before);
                if let Some(slot) = shuffled.get_mut(place) {
                    *slot = thing;
                }
            }
            None => shuffled.push(thing),
        }
    }
    shuffled
}
