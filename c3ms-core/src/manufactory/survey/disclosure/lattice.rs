//! All cells a reader will have seen, each once, and which of them add up to which.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::SurveyError,
    count::{Alone, Coordinates, Counted, Facts, MOST_CELLS, called, is_same, within},
    ledger::LedgerTable,
    rules::{Protection, Rule},
    spec::Place,
};

/// What a cell is: its measure, and its member in each dimension in which it is no total.
type Key = (usize, Vec<(usize, usize)>);

/// A cell, shared by all tables in which it stands.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) facts: Facts,
    /// The number of who is alone in it, the same in every cell.
    pub(super) alone: Option<usize>,
    /// Whether it was published before.
    pub(super) is_out: bool,
    /// Whether readers do not see it.
    pub(super) is_hidden: bool,
    /// Why it is sensitive, and how far readers must be kept from it.
    pub(super) sensitive: Option<(Vec<Rule>, Protection)>,
    /// Whether it stands in a table that is to be published.
    pub(super) is_new: bool,
    /// What leaving it out costs.
    pub(super) cost: f64,
    /// The table it was first found in, and its place there.
    pub(super) home: (usize, usize),
}

/// A total and the cells that add up to it.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
}

impl Relation {
    /// The cells with their signs: they add up to 0.
    pub(super) fn terms(&self) -> impl Iterator<Item = (usize, f64)> {
        self.parts.iter().map(|part| (*part, 1.0)).chain([(self.total, -1.0)])
    }
}

/// A table as a grid of cells, the last of each dimension its total.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) measure: usize,
    pub(super) dimensions: Vec<usize>,
    /// How many cells along each dimension, with the total.
    pub(super) sizes: Vec<usize>,
    /// How far apart neighbors of each dimension are in `cells`.
    pub(super) steps: Vec<usize>,
    pub(super) cells: Vec<usize>,
}

impl Grid {
    /// The place along each dimension.
    pub(super) fn coordinates(&self, place: usize) -> Vec<usize> {
        self.steps.iter().zip(&self.sizes).map(|(step, size)| place / step % size).collect()
    }
}

/// Everything that adds up.
#[derive(Debug, Clone, Default)]
pub(super) struct Lattice {
    pub(super) measures: Vec<String>,
    pub(super) dimensions: Vec<String>,
    pub(super) members: Vec<Vec<String>>,
    pub(super) cells: Vec<Cell>,
    pub(super) relations: Vec<Relation>,
    /// For each cell the relations it stands in, with its sign.
    pub(super) of_cell: Vec<Vec<(usize, f64)>>,
    /// Those that are to be published first, in the order of the document.
    pub(super) grids: Vec<Grid>,
    /// How many of them are to be published.
    fresh: usize,
    /// By measure and dimensions of cells: the dimensions over which such cells are totals.
    below: BTreeMap<(usize, Vec<usize>), BTreeSet<usize>>,
}

impl Lattice {
    /// From the tables that are to be published and those that are out.
    pub(super) fn new(fresh: &[Counted], out: &[&LedgerTable]) -> Result<Self, SurveyError> {
        let mut lattice = Self { fresh: fresh.len(), ..Self::default() };
        let told = out.iter().map(|table| (&table.measure, &table.dimensions));
        let asked = fresh.iter().map(|table| (&table.measure, &table.dimensions));
        let mut names: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        let mut measures = BTreeSet::new();
        for (measure, dimensions) in asked.chain(told) {
            measures.insert(measure);
            for name in dimensions {
                names.entry(name).or_default();
            }
        }
        for table in fresh {
            for at in table.cells.keys() {
                for (name, member) in table.dimensions.iter().zip(at) {
                    names.entry(name).or_default().extend(member);
                }
            }
        }
        for cell in out.iter().flat_map(|table| &table.cells) {
            for (name, member) in &cell.at {
                if let Some(members) = names.get_mut(name) {
                    members.extend(member);
                }
            }
        }
        lattice.measures = measures.into_iter().cloned().collect();
        lattice.dimensions = names.keys().copied().cloned().collect();
        lattice.members = names.into_values().map(|members| members.into_iter().cloned().collect()).collect();
        let mut index: BTreeMap<Key, usize> = BTreeMap::new();
        for table in fresh {
            lattice.add_fresh(table, &mut index)?;
        }
        for table in out {
            lattice.add_out(table, &mut index)?;
        }
        // What one table told, another cannot leave out.
        lattice.cells.iter_mut().for_each(|cell| cell.is_hidden &= !cell.is_out);
        lattice.relate();
        lattice.recognize();
        lattice.weigh();
        Ok(lattice)
    }

    /// A cell as it is called in messages.
    pub(super) fn called(&self, cell: usize) -> String {
        let home = self.cells.get(cell).map(|cell| cell.home);
        let Some((grid, place)) = home.and_then(|(grid, place)| Some((self.grids.get(grid)?, place))) else {
            return String::new();
        };
        let (names, at) = self.at(grid, place);
        called(self.measures.get(grid.measure).map_or("", String::as_str), &names, &at)
    }

    /// What a cell is, in the same words in every table: its measure, and its dimensions by name where it is no total.
    pub(super) fn key(&self, cell: usize) -> String {
        let (measure, at) = self.place(cell);
        let parts = at.iter().filter_map(|(name, member)| Some(format!("{name}\n{}", member.as_ref()?)));
        std::iter::once(measure).chain(parts).collect::<Vec<_>>().join("\n")
    }

    /// The measure of a cell, and where it stands in the first table it is found in.
    pub(super) fn place(&self, cell: usize) -> (String, Place) {
        let home = self.cells.get(cell).map(|cell| cell.home);
        let Some((grid, place)) = home.and_then(|(grid, place)| Some((self.grids.get(grid)?, place))) else {
            return (String::new(), Place::new());
        };
        let (names, at) = self.at(grid, place);
        (self.measure(grid), names.into_iter().zip(at).collect())
    }

    /// What the numbers of a grid are.
    pub(super) fn measure(&self, grid: &Grid) -> String {
        self.measures.get(grid.measure).cloned().unwrap_or_default()
    }

    /// The names of the dimensions of a grid.
    pub(super) fn names(&self, grid: &Grid) -> Vec<String> {
        grid.dimensions.iter().filter_map(|dimension| self.dimensions.get(*dimension).cloned()).collect()
    }

    /// The tables that are to be published.
    pub(super) fn fresh(&self) -> impl Iterator<Item = &Grid> {
        self.grids.iter().take(self.fresh)
    }

    /// The mean number of a respondent of the table a cell stands in.
    pub(super) fn typical(&self, cell: usize) -> f64 {
        let grid = self.cells.get(cell).and_then(|cell| self.grids.get(cell.home.0));
        let all = grid.and_then(|grid| grid.cells.last()).and_then(|all| self.cells.get(*all));
        #[expect(clippy::cast_precision_loss, reason = "no table has 2^53 respondents")]
        let mean = all.map(|all| all.facts.value / all.facts.respondents as f64);
        mean.filter(|mean| mean.is_finite() && *mean > 0.0).unwrap_or(1.0)
    }

    /// The names of the dimensions of a grid, and the members of one of its places.
    pub(super) fn at(&self, grid: &Grid, place: usize) -> (Vec<String>, Coordinates) {
        let of = |(dimension, own): (&usize, usize)| {
            let name = self.dimensions.get(*dimension).cloned().unwrap_or_default();
            (name, self.members.get(*dimension).and_then(|members| members.get(own)).cloned())
        };
        grid.dimensions.iter().zip(grid.coordinates(place)).map(of).unzip()
    }

    /// Whether cells of these dimensions are totals over dimensions of the grid alone, in all tables.
    pub(super) fn is_closed(&self, grid: &Grid, dimensions: Vec<usize>) -> bool {
        let below = self.below.get(&(grid.measure, dimensions));
        below.is_none_or(|below| below.iter().all(|dimension| grid.dimensions.contains(dimension)))
    }

    /// Lays out a table; gives its key at each place.
    fn grid(&self, measure: &str, dimensions: &[String]) -> Result<(Grid, Vec<Key>), SurveyError> {
        let measure = self.measures.binary_search_by(|own| own.as_str().cmp(measure)).unwrap_or(0);
        let dimensions: Vec<usize> =
            dimensions.iter().map(|name| self.dimensions.binary_search(name).unwrap_or(0)).collect();
        let members = |dimension: &usize| self.members.get(*dimension).map_or(0, Vec::len);
        let count = within(dimensions.iter().map(members))?;
        let sizes: Vec<usize> = dimensions.iter().map(|dimension| members(dimension) + 1).collect();
        let mut steps = vec![1; sizes.len()];
        let mut step = 1;
        for (own, size) in steps.iter_mut().zip(&sizes).rev() {
            *own = step;
            step *= size;
        }
        let grid = Grid { measure, dimensions, sizes, steps, cells: Vec::with_capacity(count) };
        let key = |place: usize| {
            let own = grid.dimensions.iter().zip(&grid.sizes).zip(grid.coordinates(place));
            let own = own.filter(|((_, size), own)| own + 1 < **size);
            let mut parts: Vec<(usize, usize)> = own.map(|((dimension, _), own)| (*dimension, own)).collect();
            parts.sort_unstable();
            (measure, parts)
        };
        let keys = (0..count).map(key).collect();
        Ok((grid, keys))
    }

    fn add_fresh(&mut self, table: &Counted, index: &mut BTreeMap<Key, usize>) -> Result<(), SurveyError> {
        let (mut grid, keys) = self.grid(&table.measure, &table.dimensions)?;
        for (place, key) in keys.into_iter().enumerate() {
            let (names, at) = self.at(&grid, place);
            let facts = table.cells.get(&at).cloned().unwrap_or_default();
            if let Some(known) = index.get(&key).and_then(|known| self.cells.get(*known))
                && !is_same(known.facts.value, facts.value)
            {
                let reason =
                    format!("it is {} in one table and {} in another", known.facts.value, facts.value);
                return Err(SurveyError::CellUnfit { cell: called(&table.measure, &names, &at), reason });
            }
            let next = self.insert(key, index, (self.grids.len(), place), facts)?;
            grid.cells.push(next);
            if let Some(cell) = self.cells.get_mut(next) {
                cell.is_new = true;
            }
        }
        self.grids.push(grid);
        Ok(())
    }

    fn add_out(&mut self, table: &LedgerTable, index: &mut BTreeMap<Key, usize>) -> Result<(), SurveyError> {
        let (mut grid, keys) = self.grid(&table.measure, &table.dimensions)?;
        let mut told = BTreeMap::new();
        for cell in &table.cells {
            let at: Coordinates =
                table.dimensions.iter().map(|name| cell.at.get(name).cloned().flatten()).collect();
            let is_number = cell.value >= 0.0 && cell.value.is_finite();
            let is_unknown = cell.at.keys().find(|name| !table.dimensions.contains(name));
            let levels = cell.protection.unwrap_or_default();
            let name = || called(&table.measure, &table.dimensions, &at);
            if !is_number || is_unknown.is_some() || !levels.iter().all(|level| *level >= 0.0) {
                let reason = "the ledger does not hold it as it was written".to_owned();
                return Err(SurveyError::CellUnfit { cell: name(), reason });
            }
            if told.insert(at.clone(), cell).is_some() {
                let reason = "it stands there twice".to_owned();
                return Err(SurveyError::CellUnfit { cell: name(), reason });
            }
        }
        for (place, key) in keys.into_iter().enumerate() {
            let (names, at) = self.at(&grid, place);
            let cell = told.get(&at);
            let value = cell.map_or(0.0, |cell| cell.value);
            if let Some(known) = index.get(&key).and_then(|known| self.cells.get(*known))
                && !is_same(known.facts.value, value)
            {
                let cell = called(&table.measure, &names, &at);
                let now = known.facts.value;
                return Err(SurveyError::LedgerContradicted { cell, earlier: value, now });
            }
            let person =
                |name: &String| if name.is_empty() { Alone::Somebody } else { Alone::Named(name.clone()) };
            let alone = cell.and_then(|cell| cell.alone.as_ref()).map(person);
            let facts = Facts { value, alone, ..Facts::default() };
            let next = self.insert(key, index, (self.grids.len(), place), facts)?;
            grid.cells.push(next);
            let Some(own) = self.cells.get_mut(next) else { continue };
            match cell.filter(|cell| cell.suppressed) {
                Some(cell) => {
                    own.is_hidden = true;
                    if let Some([below, above]) = cell.protection {
                        let (_, known) = own.sensitive.clone().unwrap_or_default();
                        let below = below.min(value);
                        own.sensitive = Some((vec![Rule::Earlier], known.or(Protection { below, above })));
                    }
                }
                None => own.is_out = true,
            }
        }
        self.grids.push(grid);
        Ok(())
    }

    /// The cell of a key; a new one where there is none.
    fn insert(
        &mut self,
        key: Key,
        index: &mut BTreeMap<Key, usize>,
        home: (usize, usize),
        facts: Facts,
    ) -> Result<usize, SurveyError> {
        let next = self.cells.len();
        let own = *index.entry(key).or_insert(next);
        if own == next {
            if next >= MOST_CELLS {
                return Err(SurveyError::TableTooLarge { cells: next + 1, most: MOST_CELLS });
            }
            let (is_out, is_hidden, is_new) = (false, false, false);
            let (alone, sensitive, cost) = (None, None, 0.0);
            self.cells.push(Cell { facts, alone, is_out, is_hidden, sensitive, is_new, cost, home });
        }
        Ok(own)
    }

    /// Finds what adds up to what, each relation once.
    fn relate(&mut self) {
        let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
        for grid in &self.grids {
            let axes = grid.dimensions.iter().zip(&grid.sizes).zip(&grid.steps);
            for ((dimension, size), step) in axes {
                for (place, total) in grid.cells.iter().enumerate() {
                    if place / step % size + 1 != *size || !seen.insert((*total, *dimension)) {
                        continue;
                    }
                    let first = place - (size - 1) * step;
                    let parts = (0..size - 1).filter_map(|own| grid.cells.get(first + own * step).copied());
                    self.relations.push(Relation { total: *total, parts: parts.collect() });
                    let own = grid.coordinates(place);
                    let kept = grid.dimensions.iter().zip(&grid.sizes).zip(own);
                    let kept = kept.filter(|((_, size), own)| own + 1 < **size);
                    let mut kept: Vec<usize> = kept.map(|((dimension, _), _)| *dimension).collect();
                    kept.sort_unstable();
                    self.below.entry((grid.measure, kept)).or_default().insert(*dimension);
                }
            }
        }
        self.of_cell = vec![Vec::new(); self.cells.len()];
        for (number, relation) in self.relations.iter().enumerate() {
            for (cell, sign) in relation.terms() {
                if let Some(own) = self.of_cell.get_mut(cell) {
                    own.push((number, sign));
                }
            }
        }
    }

    /// Numbers those who are alone in cells: who is alone in a total is who is alone in a part of it.
    fn recognize(&mut self) {
        let mut numbers: BTreeMap<Alone, usize> = BTreeMap::new();
        // Each points to one that is the same person, at last to itself.
        let mut same: Vec<usize> = Vec::new();
        for cell in &mut self.cells {
            cell.alone = cell.facts.alone.as_ref().map(|who| match who {
                Alone::Somebody => same.len(),
                Alone::Named(_) | Alone::Row(_) => *numbers.entry(who.clone()).or_insert(same.len()),
            });
            if cell.alone == Some(same.len()) {
                same.push(same.len());
            }
        }
        let first = |same: &[usize], mut who: usize| {
            while let Some(next) = same.get(who).copied().filter(|next| *next != who) {
                who = next;
            }
            who
        };
        let alone = |number: &usize| self.cells.get(*number).and_then(|cell| cell.alone);
        for relation in &self.relations {
            let Some(whole) = alone(&relation.total) else { continue };
            for part in relation.parts.iter().filter_map(alone) {
                let (one, other) = (first(&same, whole), first(&same, part));
                if let Some(slot) = same.get_mut(one.max(other)) {
                    *slot = one.min(other);
                }
            }
        }
        for cell in &mut self.cells {
            cell.alone = cell.alone.map(|who| first(&same, who));
        }
    }

    /// What leaving a cell out costs: by its number, ten times as much for each dimension over which it is a total.
    fn weigh(&mut self) {
        for cell in &mut self.cells {
            let (grid, place) = cell.home;
            let totals = self.grids.get(grid).map_or(0, |grid| {
                let own = grid.coordinates(place);
                own.iter().zip(&grid.sizes).filter(|(own, size)| *own + 1 == **size).count()
            });
            let tenfold = (0..totals).fold(1.0, |cost, _| cost * 10.0);
            cell.cost = (1.0 + libm::log(1.0 + cell.facts.value)) * tenfold;
        }
    }
}
