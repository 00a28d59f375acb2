//! From documents to rules: keywords read, references followed, circles refused.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};

use super::{
    super::FormsError,
    decimal::Decimal,
    document::{Dialect, Document, Target},
    pattern::Machine,
    rule::{Bound, Leftover, Node, NodeId, PatternId, Rest, Rule, Test, Types},
};
use crate::base::Pointer;

/// A pattern of either document.
#[derive(Debug)]
pub(super) struct Pattern {
    /// How it reads; [`None`] where it is known by its text alone.
    pub(super) machine: Option<Machine>,
    /// Names letters and yet accepts every text, as `[a-z]*` does for want of anchors. Nobody means that: it is
    /// compared by its text alone.
    pub(super) slipped: bool,
}

/// Both documents as rules.
#[derive(Debug)]
pub(super) struct Schemas {
    pub(super) nodes: Vec<Node>,
    pub(super) patterns: Vec<Pattern>,
    unknown: Node,
    /// What was done since it was last asked: values tried, letters read.
    work: Cell<usize>,
}

impl Schemas {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0).unwrap_or(&self.unknown)
    }

    /// Notes that something was done.
    pub(super) fn worked(&self, amount: usize) {
        self.work.set(self.work.get().saturating_add(amount));
    }

    /// Tells what was done since this was last asked.
    pub(super) fn work_done(&self) -> usize {
        self.work.take()
    }

    /// How a pattern reads, where that is known.
    pub(super) fn machine(&self, id: PatternId) -> Option<&Machine> {
        self.patterns.get(id.0)?.machine.as_ref()
    }

    /// As [`Schemas::machine`], where its language may be reasoned about.
    pub(super) fn language(&self, id: PatternId) -> Option<&Machine> {
        self.patterns.get(id.0).filter(|pattern| !pattern.slipped)?.machine.as_ref()
    }

    /// Reads both documents; the first two nodes are their roots.
    pub(super) fn compile(documents: &mut [Document<'_>]) -> Result<(Self, Vec<NodeId>), FormsError> {
        let mut compiler = Compiler::default();
        let mut roots: Vec<NodeId> =
            (0..documents.len()).map(|document| compiler.node(document, String::new())).collect();
        while let Some((document, pointer)) = compiler.waiting.get(compiler.nodes.len()).cloned() {
            let Some(source) = documents.get_mut(document) else { break };
            let rules = compiler.rules(document, source, &pointer)?;
            let path = Pointer::new(pointer);
            compiler.nodes.push(Node { side: source.side, path, rules, class: 0 });
        }
        let mut nodes = compiler.nodes;
        follow(&mut nodes, &mut roots)?;
        refuse_circles(&nodes)?;
        let patterns = compiler.patterns.into_iter().map(|text| {
            let machine = Machine::read(&text);
            let slipped = machine.as_ref().is_some_and(|one| one.names_letters && one.is_universal());
            Pattern { machine, slipped }
        });
        let unknown = Rule { keyword: "$ref", class: usize::MAX, test: Test::Unknown(String::new()) };
        let unknown = Node {
            side: documents.first().map_or(super::super::Side::Old, |document| document.side),
            path: Pointer::root(),
            rules: vec![unknown],
            class: usize::MAX,
        };
        let mut schemas = Self { nodes, patterns: patterns.collect(), unknown, work: Cell::new(0) };
        super::class::classify(&mut schemas.nodes);
        Ok((schemas, roots))
    }
}

/// A schema that is only a reference is the schema it refers to.
fn follow(nodes: &mut [Node], roots: &mut [NodeId]) -> Result<(), FormsError> {
    let only: Vec<Option<NodeId>> = nodes
        .iter()
        .map(|node| match node.rules.as_slice() {
            [Rule { test: Test::Ref(target), .. }] => Some(*target),
            _ => None,
        })
        .collect();
    let mut ends = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let mut at = NodeId(index);
        let mut steps = 0;
        while let Some(next) = only.get(at.0).copied().flatten() {
            at = next;
            steps += 1;
            if steps > nodes.len() {
                return Err(circular(node));
            }
        }
        ends.push(at);
    }
    let end = |id: &mut NodeId| {
        if let Some(end) = ends.get(id.0) {
            *id = *end;
        }
    };
    for node in nodes.iter_mut() {
        for rule in &mut node.rules {
            rule.test.schemas_mut().into_iter().for_each(end);
        }
    }
    roots.iter_mut().for_each(end);
    Ok(())
}

fn circular(node: &Node) -> FormsError {
    FormsError::SchemaCircular { schema: node.side.as_str().to_owned(), path: node.path.as_str().to_owned() }
}

/// A schema that tests a value by testing it against itself says nothing.
fn refuse_circles(nodes: &[Node]) -> Result<(), FormsError> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; nodes.len()];
    for start in 0..nodes.len() {
        let mut waiting = vec![(start, false)];
        while let Some((at, left)) = waiting.pop() {
            let Some((mark, node)) = marks.get_mut(at).zip(nodes.get(at)) else { continue };
            if left {
                *mark = Mark::Done;
                continue;
            }
            match *mark {
                Mark::Done => continue,
                Mark::Open => return Err(circular(node)),
                Mark::New => *mark = Mark::Open,
            }
            waiting.push((at, true));
            for rule in &node.rules {
                for next in rule.test.in_place() {
                    match marks.get(next.0) {
                        Some(Mark::Open) => return Err(circular(node)),
                        Some(Mark::New) => waiting.push((next.0, false)),
                        Some(Mark::Done) | None => {}
                    }
                }
            }
        }
    }
    Ok(())
}

#[derive(Default)]
struct Compiler {
    nodes: Vec<Node>,
    known: BTreeMap<(usize, String), NodeId>,
    waiting: Vec<(usize, String)>,
    patterns: Vec<String>,
    pattern_ids: BTreeMap<String, PatternId>,
}

/// The keywords of one schema while they are read.
struct Reading<'r, 'd> {
    document: usize,
    source: &'r mut Document<'d>,
    pointer: &'r str,
    path: Pointer,
    dialect: Dialect,
    members: &'d Map<String, Value>,
    rules: Vec<Rule>,
}

impl Compiler {
    fn node(&mut self, document: usize, pointer: String) -> NodeId {
        let key = (document, pointer);
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = NodeId(self.waiting.len());
        self.waiting.push(key.clone());
        self.known.insert(key, id);
        id
    }

    fn pattern(&mut self, text: &str) -> PatternId {
        if let Some(id) = self.pattern_ids.get(text) {
            return *id;
        }
        let id = PatternId(self.patterns.len());
        self.patterns.push(text.to_owned());
        self.pattern_ids.insert(text.to_owned(), id);
        id
    }

    fn rules(
        &mut self,
        document: usize,
        source: &mut Document<'_>,
        pointer: &str,
    ) -> Result<Vec<Rule>, FormsError> {
        let members = match source.part(pointer) {
            Some(Value::Bool(true)) => return Ok(Vec::new()),
            Some(Value::Bool(false)) => {
                return Ok(vec![Rule { keyword: "false", class: 0, test: Test::Never }]);
            }
            Some(Value::Object(members)) => members,
            _ => return Err(source.unsound(pointer, "it is neither an object nor true nor false")),
        };
        let dialect = source.place(pointer).dialect;
        let path = Pointer::new(pointer);
        let mut reading = Reading { document, source, pointer, path, dialect, members, rules: Vec::new() };
        if reading.reference(self)? && dialect.refers_alone() {
            return Ok(reading.rules);
        }
        reading.any_type()?;
        reading.combined(self)?;
        reading.numbers()?;
        reading.strings(self)?;
        reading.arrays(self)?;
        reading.objects(self)?;
        reading.unevaluated(self);
        Ok(reading.rules)
    }
}

impl<'d> Reading<'_, 'd> {
    fn add(&mut self, keyword: &'static str, test: Test) {
        self.rules.push(Rule { keyword, class: 0, test });
    }

    fn wrong(&self, keyword: &str, wanted: &str) -> FormsError {
        self.source.unsound(self.path.child(keyword).as_str(), format!("it is not {wanted}"))
    }

    fn member(&self, keyword: &str) -> Option<&'d Value> {
        self.members.get(keyword)
    }

    fn since(&self, dialect: Dialect) -> bool {
        self.dialect >= dialect
    }

    fn text(&self, keyword: &str) -> Result<Option<&'d str>, FormsError> {
        match self.member(keyword) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(keyword, "a text")),
        }
    }

    fn size(&self, keyword: &str) -> Result<Option<u64>, FormsError> {
        let Some(value) = self.member(keyword) else { return Ok(None) };
        let size = value.as_u64().or_else(|| {
            let number = Decimal::of(value.as_number()?).filter(|number| number.is_integer())?;
            number.number()?.as_u64()
        });
        size.map(Some).ok_or_else(|| self.wrong(keyword, "a size, 0 or more"))
    }

    fn number(&self, keyword: &str) -> Result<Option<Decimal>, FormsError> {
        let Some(value) = self.member(keyword) else { return Ok(None) };
        let number = value.as_number().and_then(Decimal::of);
        number.map(Some).ok_or_else(|| self.wrong(keyword, "a number"))
    }

    fn names(&self, keyword: &str, value: &'d Value) -> Result<BTreeSet<String>, FormsError> {
        let names = value
            .as_array()
            .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
        names.ok_or_else(|| self.wrong(keyword, "a list of names"))
    }

    fn object(&self, keyword: &str) -> Result<Option<&'d Map<String, Value>>, FormsError> {
        match self.member(keyword) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(_) => Err(self.wrong(keyword, "an object")),
        }
    }

    fn schema(&self, compiler: &mut Compiler, keyword: &str) -> Option<NodeId> {
        self.member(keyword)?;
        Some(compiler.node(self.document, self.path.child(keyword).as_str().to_owned()))
    }

    fn list(&self, compiler: &mut Compiler, keyword: &str) -> Result<Option<Vec<NodeId>>, FormsError> {
        let Some(value) = self.member(keyword) else { return Ok(None) };
        let count = value.as_array().ok_or_else(|| self.wrong(keyword, "a list of schemas"))?.len();
        let path = self.path.child(keyword);
        let node = |index| compiler.node(self.document, path.item(index).as_str().to_owned());
        Ok(Some((0..count).map(node).collect()))
    }

    fn target(&self, compiler: &mut Compiler, target: Target) -> Test {
        match target {
            Target::Here(pointer) => Test::Ref(compiler.node(self.document, pointer)),
            Target::Elsewhere(address) => Test::Unknown(address),
        }
    }

    /// Reads `$ref` and its kin; tells whether there was a `$ref`.
    fn reference(&mut self, compiler: &mut Compiler) -> Result<bool, FormsError> {
        let found = self.text("$ref")?;
        if let Some(reference) = found {
            let target = self.source.resolve(self.pointer, reference)?;
            let test = self.target(compiler, target);
            self.add("$ref", test);
        }
        let dynamic = match self.dialect {
            Dialect::TwentyTwenty => Some(("$dynamicRef", self.text("$dynamicRef")?)),
            Dialect::TwentyNineteen => Some(("$recursiveRef", self.text("$recursiveRef")?)),
            Dialect::Four | Dialect::Six | Dialect::Seven => None,
        };
        if let Some((keyword, Some(reference))) = dynamic {
            let side = self.source.side.as_str();
            let unknown = Test::Unknown(format!("{side}{} {reference}", self.pointer));
            let test = match self.source.resolve_dynamic(self.pointer, reference)? {
                Some(target) if keyword == "$dynamicRef" => self.target(compiler, target),
                Some(Target::Here(pointer)) if pointer.is_empty() && self.source.is_one_resource() => {
                    self.target(compiler, Target::Here(pointer))
                }
                Some(_) | None => unknown,
            };
            self.add(keyword, test);
        }
        Ok(found.is_some())
    }

    fn any_type(&mut self) -> Result<(), FormsError> {
        if let Some(value) = self.member("type") {
            let read = |value: &Value| value.as_str().and_then(Types::named);
            let types = match value {
                Value::Array(names) => {
                    names.iter().map(read).try_fold(Types::NONE, |types, next| next.map(|next| types | next))
                }
                one => read(one),
            };
            let types = types.ok_or_else(|| self.wrong("type", "a type or a list of types"))?;
            self.add("type", Test::Types(types));
        }
        if let Some(value) = self.member("enum") {
            let values = value.as_array().ok_or_else(|| self.wrong("enum", "a list"))?;
            self.add("enum", Test::Values(values.clone()));
        }
        if let Some(value) = self.member("const").filter(|_| self.since(Dialect::Six)) {
            self.add("const", Test::Values(vec![value.clone()]));
        }
        Ok(())
    }

    fn combined(&mut self, compiler: &mut Compiler) -> Result<(), FormsError> {
        if let Some(list) = self.list(compiler, "allOf")? {
            self.add("allOf", Test::All(list));
        }
        if let Some(list) = self.list(compiler, "anyOf")? {
            self.add("anyOf", Test::Any(list));
        }
        if let Some(list) = self.list(compiler, "oneOf")? {
            self.add("oneOf", Test::One(list));
        }
        if let Some(schema) = self.schema(compiler, "not") {
            self.add("not", Test::Not(schema));
        }
        if self.since(Dialect::Seven)
            && let Some(condition) = self.schema(compiler, "if")
        {
            let then = self.schema(compiler, "then");
            let otherwise = self.schema(compiler, "else");
            if then.or(otherwise).is_some() {
                self.add("if", Test::If { condition, then, otherwise });
            }
        }
        Ok(())
    }

    fn numbers(&mut self) -> Result<(), FormsError> {
        for (keyword, strict, least) in
            [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
        {
            let test = |at, exclusive| {
                let bound = Bound { at, exclusive };
                if least { Test::Least(bound) } else { Test::Most(bound) }
            };
            // In draft 4, the strict one is a word about the other.
            let told = self.member(strict).and_then(Value::as_bool);
            if let Some(at) = self.number(keyword)? {
                self.add(keyword, test(at, told == Some(true)));
            }
            if told.is_none()
                && let Some(at) = self.number(strict)?
            {
                self.add(strict, test(at, true));
            }
        }
        if let Some(step) = self.number("multipleOf")? {
            if !step.is_positive() {
                return Err(self.wrong("multipleOf", "above 0"));
            }
            self.add("multipleOf", Test::MultipleOf(step));
        }
        Ok(())
    }

    fn strings(&mut self, compiler: &mut Compiler) -> Result<(), FormsError> {
        if let Some(size) = self.size("minLength")?.filter(|size| *size > 0) {
            self.add("minLength", Test::MinLength(size));
        }
        if let Some(size) = self.size("maxLength")? {
            self.add("maxLength", Test::MaxLength(size));
        }
        if let Some(pattern) = self.text("pattern")? {
            let pattern = compiler.pattern(pattern);
            self.add("pattern", Test::Pattern(pattern));
        }
        for keyword in ["format", "contentEncoding", "contentMediaType"] {
            if let Some(name) = self.text(keyword)? {
                self.add(keyword, Test::Named(format!("{keyword} {name}")));
            }
        }
        Ok(())
    }

    fn arrays(&mut self, compiler: &mut Compiler) -> Result<(), FormsError> {
        let tuple =
            if self.since(Dialect::TwentyTwenty) { self.list(compiler, "prefixItems")? } else { None };
        let mut from = tuple.as_ref().map_or(0, Vec::len);
        let keyword = if tuple.is_some() { "prefixItems" } else { "items" };
        let old_tuple = self.member("items").is_some_and(Value::is_array);
        let tuple = if old_tuple && tuple.is_none() { self.list(compiler, "items")? } else { tuple };
        if let Some(list) = tuple {
            from = list.len();
            self.add(keyword, Test::Prefix(list));
        }
        let rest = if old_tuple { "additionalItems" } else { "items" };
        if let Some(schema) = self.schema(compiler, rest) {
            self.add(rest, Test::Items(from, schema));
        }
        if self.since(Dialect::Six)
            && let Some(schema) = self.schema(compiler, "contains")
        {
            let counted = self.since(Dialect::TwentyNineteen);
            let least = if counted { self.size("minContains")? } else { None }.unwrap_or(1);
            let most = if counted { self.size("maxContains")? } else { None };
            if least > 0 || most.is_some() {
                self.add("contains", Test::Contains { schema, least, most });
            }
        }
        if let Some(size) = self.size("minItems")?.filter(|size| *size > 0) {
            self.add("minItems", Test::MinItems(size));
        }
        if let Some(size) = self.size("maxItems")? {
            self.add("maxItems", Test::MaxItems(size));
        }
        match self.member("uniqueItems") {
            Some(Value::Bool(true)) => self.add("uniqueItems", Test::Unique),
            None | Some(Value::Bool(false)) => {}
            Some(_) => return Err(self.wrong("uniqueItems", "true or false")),
        }
        Ok(())
    }

    fn objects(&mut self, compiler: &mut Compiler) -> Result<(), FormsError> {
        let mut rest = (BTreeSet::new(), BTreeSet::new());
        if let Some(properties) = self.object("properties")? {
            let path = self.path.child("properties");
            let node = |name: &String| {
                (name.clone(), compiler.node(self.document, path.child(name).as_str().to_owned()))
            };
            let map: BTreeMap<String, NodeId> = properties.keys().map(node).collect();
            rest.0 = map.keys().cloned().collect();
            self.add("properties", Test::Properties(map));
        }
        if let Some(patterns) = self.object("patternProperties")? {
            let path = self.path.child("patternProperties");
            let mut list = Vec::new();
            for text in patterns.keys() {
                let pattern = compiler.pattern(text);
                list.push((pattern, compiler.node(self.document, path.child(text).as_str().to_owned())));
                rest.1.insert(pattern);
            }
            self.add("patternProperties", Test::PatternProperties(list));
        }
        if let Some(schema) = self.schema(compiler, "additionalProperties") {
            let (names, patterns) = rest;
            self.add("additionalProperties", Test::Additional(Rest { names, patterns, schema }));
        }
        if self.since(Dialect::Six)
            && let Some(schema) = self.schema(compiler, "propertyNames")
        {
            self.add("propertyNames", Test::Names(schema));
        }
        if let Some(value) = self.member("required") {
            let names = self.names("required", value)?;
            if !names.is_empty() {
                self.add("required", Test::Required(names));
            }
        }
        self.dependencies(compiler)?;
        if let Some(size) = self.size("minProperties")?.filter(|size| *size > 0) {
            self.add("minProperties", Test::MinProperties(size));
        }
        if let Some(size) = self.size("maxProperties")? {
            self.add("maxProperties", Test::MaxProperties(size));
        }
        Ok(())
    }

    fn dependencies(&mut self, compiler: &mut Compiler) -> Result<(), FormsError> {
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            if keyword != "dependencies" && !self.since(Dialect::TwentyNineteen) {
                continue;
            }
            let Some(members) = self.object(keyword)? else { continue };
            let (mut needed, mut schemas) = (BTreeMap::new(), BTreeMap::new());
            let path = self.path.child(keyword);
            for (name, value) in members {
                let lists = value.is_array() && keyword != "dependentSchemas";
                if lists || keyword == "dependentRequired" {
                    needed.insert(name.clone(), self.names(keyword, value)?);
                } else {
                    let node = compiler.node(self.document, path.child(name).as_str().to_owned());
                    schemas.insert(name.clone(), node);
                }
            }
            if !needed.is_empty() {
                self.add(keyword, Test::DependentRequired(needed));
            }
            if !schemas.is_empty() {
                self.add(keyword, Test::Dependent(schemas));
            }
        }
        Ok(())
    }

    /// What is left over is known once all nodes are: see [`classify`](super::class::classify).
    fn unevaluated(&mut self, compiler: &mut Compiler) {
        if !self.since(Dialect::TwentyNineteen) {
            return;
        }
        if let Some(schema) = self.schema(compiler, "unevaluatedItems") {
            let left = Leftover { surely: None, perhaps: None, schema, beside: 0 };
            self.add("unevaluatedItems", Test::UnevaluatedItems(left));
        }
        if let Some(schema) = self.schema(compiler, "unevaluatedProperties") {
            let left = Leftover { surely: None, perhaps: None, schema, beside: 0 };
            self.add("unevaluatedProperties", Test::UnevaluatedProperties(left));
        }
    }
}
