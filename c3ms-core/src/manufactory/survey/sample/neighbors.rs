//! Nearest neighbors among units that leave one after another.

use super::{at, put};
use crate::survey::Stream;

/// How many units a leaf holds at most.
const LEAF: usize = 8;

/// A tree of boxes over the units; a unit that leaves empties its boxes. A search begins at the leaf of its unit and goes
/// up: most end near it.
///
/// # Source
/// Friedman, Bentley and Finkel (1977), "An algorithm for finding best matches in logarithmic expected time", ACM TOMS
/// 3(3), 209-226, with counts of what is left in each box.
pub(super) struct Neighbors {
    dimensions: usize,
    /// The units by leaf; those that have left stand at the end of their leaf. Half a word each, as all numbers here: a
    /// search in a large frame waits for the memory.
    units: Vec<u32>,
    /// Their coordinates, in the same order.
    places: Vec<f64>,
    /// Of each unit where it stands, and its leaf.
    standing: Vec<(u32, u32)>,
    boxes: Vec<Node>,
    /// The lower then the upper corner of each box; of an empty box they lie beyond all.
    corners: Vec<f64>,
    here: Vec<f64>,
    stack: Vec<(f64, u32)>,
    /// Boxes that can only hold equals of the nearest so far.
    ties: Vec<(f64, u32)>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    begin: u32,
    /// The units that are left in a leaf; else how many of the two boxes inside hold any.
    left: u32,
    parent: u32,
    /// The first of two boxes inside, 0 for a leaf.
    inside: u32,
}

/// A frame has fewer than 2³² units.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Neighbors {
    /// The tree of some units of a frame, `columns[d][n]`; the order of the units breaks ties.
    pub(super) fn new(columns: &[Vec<f64>], units: &[usize], frame: usize) -> Self {
        let dimensions = columns.len();
        let mut tree = Self {
            dimensions,
            units: units.iter().copied().map(small).collect(),
            places: Vec::with_capacity(units.len() * dimensions),
            standing: vec![(u32::MAX, 0); frame],
            boxes: vec![Node { begin: 0, left: small(units.len()), parent: 0, inside: 0 }],
            corners: Vec::new(),
            here: Vec::with_capacity(dimensions),
            stack: Vec::new(),
            ties: Vec::new(),
        };
        let mut keys: Vec<(f64, u32)> = Vec::new();
        // One side before the other: boxes near each other stand together in memory.
        let mut waiting = vec![0];
        while let Some(node) = waiting.pop() {
            tree.split(columns, node, &mut keys);
            let inside = at(&tree.boxes, node).inside as usize;
            if inside > 0 {
                waiting.extend([inside + 1, inside]);
            }
        }
        for (slot, &unit) in tree.units.iter().enumerate() {
            if let Some(standing) = tree.standing.get_mut(unit as usize) {
                standing.0 = small(slot);
            }
            tree.places.extend(columns.iter().map(|column| at(column, unit as usize)));
        }
        tree
    }

    /// Measures a box and splits it at the middle of its longest side.
    fn split(&mut self, columns: &[Vec<f64>], node: usize, keys: &mut Vec<(f64, u32)>) {
        let Node { begin, left, .. } = at(&self.boxes, node);
        let (begin, left) = (begin as usize, left as usize);
        let Some(units) = self.units.get_mut(begin..begin + left) else { return };
        let mut longest = (0.0, 0);
        let corner = 2 * node * self.dimensions;
        self.corners.resize(self.corners.len().max(2 * self.boxes.len() * self.dimensions), 0.0);
        for (dimension, column) in columns.iter().enumerate() {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for &unit in units.iter() {
                let value = at(column, unit as usize);
                least = least.min(value);
                most = most.max(value);
            }
            if most - least > longest.0 {
                longest = (most - least, dimension);
            }
            put(&mut self.corners, corner + dimension, least);
            put(&mut self.corners, corner + self.dimensions + dimension, most);
        }
        if left <= LEAF {
            for &unit in units.iter() {
                put(&mut self.standing, unit as usize, (u32::MAX, small(node)));
            }
            return;
        }
        let column = columns.get(longest.1).map_or(&[] as &[f64], Vec::as_slice);
        keys.clear();
        keys.extend(units.iter().map(|&unit| (at(column, unit as usize), unit)));
        let middle = left / 2;
        keys.select_nth_unstable_by(middle, |one, other| one.0.total_cmp(&other.0));
        for (slot, (_, unit)) in units.iter_mut().zip(keys.iter()) {
            *slot = *unit;
        }
        let inside = self.boxes.len();
        for (begin, left) in [(begin, middle), (begin + middle, left - middle)] {
            let (begin, left, parent) = (small(begin), small(left), small(node));
            self.boxes.push(Node { begin, left, parent, inside: 0 });
        }
        if let Some(found) = self.boxes.get_mut(node) {
            (found.inside, found.left) = (small(inside), 2);
        }
    }

    /// Takes a unit away.
    pub(super) fn remove(&mut self, unit: usize) {
        let (slot, leaf) = at(&self.standing, unit);
        let (slot, mut node) = (slot as usize, leaf as usize);
        let Node { begin, left, .. } = at(&self.boxes, node);
        let last = (begin as usize + left as usize).saturating_sub(1);
        if slot < begin as usize || slot > last || at(&self.units, slot) != small(unit) {
            return;
        }
        let other = at(&self.units, last) as usize;
        self.units.swap(slot, last);
        put(&mut self.standing, other, (small(slot), leaf));
        put(&mut self.standing, unit, (small(last), leaf));
        for dimension in 0..self.dimensions {
            self.places.swap(slot * self.dimensions + dimension, last * self.dimensions + dimension);
        }
        while let Some(found) = self.boxes.get_mut(node) {
            found.left -= 1;
            if found.left > 0 {
                break;
            }
            let (width, parent) = (2 * self.dimensions, found.parent as usize);
            self.corners.iter_mut().skip(node * width).take(width).for_each(|corner| *corner = f64::INFINITY);
            if node == 0 {
                break;
            }
            node = parent;
        }
    }

    /// The unit nearest to one, among equals by chance; none where it is alone.
    pub(super) fn nearest(&mut self, unit: usize, stream: &mut Stream) -> Option<usize> {
        let (mut stack, here) = self.begin(unit);
        let mut best = f64::INFINITY;
        let mut found = None;
        let mut equals = 0;
        let mut ties = std::mem::take(&mut self.ties);
        ties.clear();
        let mut tying = false;
        'search: loop {
            let Some((near, node)) = stack.pop() else {
                if tying || ties.is_empty() {
                    break;
                }
                // The nearest is known: its equals come last.
                std::mem::swap(&mut stack, &mut ties);
                tying = true;
                continue;
            };
            if near > best {
                continue;
            }
            if near >= best && !tying {
                ties.push((near, node));
                continue;
            }
            let Node { begin, left, inside, .. } = at(&self.boxes, node as usize);
            if inside > 0 && left > 0 {
                self.push_inside(&here, inside, best, &mut stack);
                continue;
            }
            for slot in begin as usize..(begin + left) as usize {
                let far = distance(&here, self.place(slot));
                let other = at(&self.units, slot) as usize;
                if far > best || other == unit {
                    continue;
                }
                if far < best {
                    (best, found, equals) = (far, Some(other), 1);
                } else {
                    equals += 1;
                    if stream.below(equals) == 0 {
                        found = Some(other);
                    }
                }
                // Nothing is nearer than the same place.
                if best <= 0.0 {
                    break 'search;
                }
            }
        }
        (self.stack, self.ties, self.here) = (stack, ties, here);
        found
    }

    /// The `count` units nearest to one, the nearest first, without itself.
    pub(super) fn nearest_many(&mut self, unit: usize, count: usize) -> Vec<usize> {
        let (mut stack, here) = self.begin(unit);
        let mut found: Vec<(f64, usize)> = Vec::with_capacity(count + 1);
        let mut best = f64::INFINITY;
        while let Some((near, node)) = stack.pop() {
            if near >= best {
                continue;
            }
            let Node { begin, left, inside, .. } = at(&self.boxes, node as usize);
            if inside > 0 && left > 0 {
                self.push_inside(&here, inside, best, &mut stack);
                continue;
            }
            for slot in begin as usize..(begin + left) as usize {
                let far = distance(&here, self.place(slot));
                let other = at(&self.units, slot) as usize;
                if far < best && other != unit {
                    let place = found.partition_point(|(distance, _)| *distance <= far);
                    found.insert(place, (far, other));
                    found.truncate(count);
                    if found.len() == count {
                        best = found.last().map_or(f64::INFINITY, |(distance, _)| *distance);
                    }
                }
            }
        }
        (self.stack, self.here) = (stack, here);
        found.into_iter().map(|(_, unit)| unit).collect()
    }

    /// Where a search for what is near a unit begins: its leaf on top of the stack, below it the boxes beside its way up,
    /// the smallest first; and its place.
    fn begin(&mut self, unit: usize) -> (Vec<(f64, u32)>, Vec<f64>) {
        let (mut stack, mut here) = (std::mem::take(&mut self.stack), std::mem::take(&mut self.here));
        let (slot, mut node) = at(&self.standing, unit);
        here.clear();
        here.extend_from_slice(self.place(slot as usize));
        stack.clear();
        stack.push((0.0, node));
        while node > 0 {
            // Boxes come in pairs after the first.
            let beside = ((node - 1) ^ 1) + 1;
            stack.push((self.distance_to_box(&here, beside), beside));
            node = at(&self.boxes, node as usize).parent;
        }
        stack.reverse();
        (stack, here)
    }

    /// Puts the two boxes inside one on the stack, the nearer on top.
    fn push_inside(&self, here: &[f64], inside: u32, best: f64, stack: &mut Vec<(f64, u32)>) {
        let one = self.distance_to_box(here, inside);
        let other = self.distance_to_box(here, inside + 1);
        let pair = if one <= other {
            [(other, inside + 1), (one, inside)]
        } else {
            [(one, inside), (other, inside + 1)]
        };
        // An empty box is at no distance that is a number.
        stack.extend(pair.into_iter().filter(|(near, _)| *near <= best.min(f64::MAX)));
    }

    fn place(&self, slot: usize) -> &[f64] {
        self.places.get(slot * self.dimensions..(slot + 1) * self.dimensions).unwrap_or_default()
    }

    fn distance_to_box(&self, here: &[f64], node: u32) -> f64 {
        let from = 2 * node as usize * self.dimensions;
        let corners = self.corners.get(from..from + 2 * self.dimensions).unwrap_or_default();
        let (lower, upper) = corners.split_at(corners.len() / 2);
        here.iter()
            .zip(lower.iter().zip(upper))
            .map(|(here, (lower, upper))| {
                let outside = (lower - here).max(here - upper).max(0.0);
                outside * outside
            })
            .sum()
    }
}

/// The square of a distance.
fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
}
