//! Nearest neighbors among units that leave one after another.

use super::{at, put};
use crate::survey::Stream;

/// How many units a leaf holds at most.
const LEAF: usize = 8;

/// A tree of boxes over the units; a unit that leaves empties its boxes.
///
/// # Source
/// Friedman, Bentley and Finkel (1977), "An algorithm for finding best matches in logarithmic expected time", ACM TOMS
/// 3(3), 209-226, with counts of what is left in each box.
pub(super) struct Neighbors {
    dimensions: usize,
    /// The units by leaf; those that have left stand at the end of their leaf.
    units: Vec<usize>,
    /// Their coordinates, in the same order.
    places: Vec<f64>,
    /// Where each unit stands.
    slots: Vec<usize>,
    /// The leaf of each unit.
    leaves: Vec<usize>,
    boxes: Vec<Node>,
    /// The lower then the upper corner of each box.
    corners: Vec<f64>,
    stack: Vec<(f64, usize)>,
    /// Boxes that can only hold equals of the nearest so far.
    ties: Vec<(f64, usize)>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    begin: usize,
    left: usize,
    parent: usize,
    /// The first of two boxes inside, 0 for a leaf.
    inside: usize,
}

impl Neighbors {
    /// The tree of some units of a frame, `columns[d][n]`; the order of the units breaks ties.
    pub(super) fn new(columns: &[Vec<f64>], units: &[usize], frame: usize) -> Self {
        let dimensions = columns.len();
        let mut tree = Self {
            dimensions,
            units: units.to_vec(),
            places: Vec::with_capacity(units.len() * dimensions),
            slots: vec![usize::MAX; frame],
            leaves: vec![0; frame],
            boxes: vec![Node { begin: 0, left: units.len(), parent: 0, inside: 0 }],
            corners: Vec::new(),
            stack: Vec::new(),
            ties: Vec::new(),
        };
        let mut keys: Vec<(f64, usize)> = Vec::new();
        // One side before the other: boxes near each other stand together in memory.
        let mut waiting = vec![0];
        while let Some(node) = waiting.pop() {
            tree.split(columns, node, &mut keys);
            let inside = at(&tree.boxes, node).inside;
            if inside > 0 {
                waiting.extend([inside + 1, inside]);
            }
        }
        for (slot, &unit) in tree.units.iter().enumerate() {
            put(&mut tree.slots, unit, slot);
            tree.places.extend(columns.iter().map(|column| at(column, unit)));
        }
        tree
    }

    /// Measures a box and splits it at the middle of its longest side.
    fn split(&mut self, columns: &[Vec<f64>], node: usize, keys: &mut Vec<(f64, usize)>) {
        let Node { begin, left, .. } = at(&self.boxes, node);
        let Some(units) = self.units.get_mut(begin..begin + left) else { return };
        let mut longest = (0.0, 0);
        let corner = 2 * node * self.dimensions;
        self.corners.resize(self.corners.len().max(2 * self.boxes.len() * self.dimensions), 0.0);
        for (dimension, column) in columns.iter().enumerate() {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for &unit in units.iter() {
                let value = at(column, unit);
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
                put(&mut self.leaves, unit, node);
            }
            return;
        }
        let column = columns.get(longest.1).map_or(&[] as &[f64], Vec::as_slice);
        keys.clear();
        keys.extend(units.iter().map(|&unit| (at(column, unit), unit)));
        let middle = left / 2;
        keys.select_nth_unstable_by(middle, |one, other| one.0.total_cmp(&other.0));
        for (slot, (_, unit)) in units.iter_mut().zip(keys.iter()) {
            *slot = *unit;
        }
        let inside = self.boxes.len();
        self.boxes.push(Node { begin, left: middle, parent: node, inside: 0 });
        self.boxes.push(Node { begin: begin + middle, left: left - middle, parent: node, inside: 0 });
        if let Some(found) = self.boxes.get_mut(node) {
            found.inside = inside;
        }
    }

    /// Takes a unit away.
    pub(super) fn remove(&mut self, unit: usize) {
        let mut node = at(&self.leaves, unit);
        let slot = at(&self.slots, unit);
        let Node { begin, left, .. } = at(&self.boxes, node);
        let last = (begin + left).saturating_sub(1);
        if slot < begin || slot > last || at(&self.units, slot) != unit {
            return;
        }
        let other = at(&self.units, last);
        self.units.swap(slot, last);
        put(&mut self.slots, other, slot);
        put(&mut self.slots, unit, last);
        for dimension in 0..self.dimensions {
            self.places.swap(slot * self.dimensions + dimension, last * self.dimensions + dimension);
        }
        loop {
            if let Some(found) = self.boxes.get_mut(node) {
                found.left -= 1;
            }
            if node == 0 {
                break;
            }
            node = at(&self.boxes, node).parent;
        }
    }

    /// The unit nearest to one, among equals by chance; none where it is alone.
    pub(super) fn nearest(&mut self, unit: usize, stream: &mut Stream) -> Option<usize> {
        let here = self.place(at(&self.slots, unit)).to_vec();
        let mut best = f64::INFINITY;
        let mut found = None;
        let mut equals = 0;
        let mut stack = std::mem::take(&mut self.stack);
        let mut ties = std::mem::take(&mut self.ties);
        ties.clear();
        stack.clear();
        stack.push((0.0, 0));
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
            let Node { begin, left, inside, .. } = at(&self.boxes, node);
            if inside > 0 {
                self.push_inside(&here, inside, best, &mut stack);
                continue;
            }
            for slot in begin..begin + left {
                let far = distance(&here, self.place(slot));
                let other = at(&self.units, slot);
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
        self.stack = stack;
        self.ties = ties;
        found
    }

    /// The `count` units nearest to one, the nearest first, without itself.
    pub(super) fn nearest_many(&mut self, unit: usize, count: usize) -> Vec<usize> {
        let here = self.place(at(&self.slots, unit)).to_vec();
        let mut found: Vec<(f64, usize)> = Vec::with_capacity(count + 1);
        let mut best = f64::INFINITY;
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        stack.push((0.0, 0));
        while let Some((near, node)) = stack.pop() {
            if near >= best {
                continue;
            }
            let Node { begin, left, inside, .. } = at(&self.boxes, node);
            if inside > 0 {
                self.push_inside(&here, inside, best, &mut stack);
                continue;
            }
            for slot in begin..begin + left {
                let far = distance(&here, self.place(slot));
                let other = at(&self.units, slot);
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
        self.stack = stack;
        found.into_iter().map(|(_, unit)| unit).collect()
    }

    /// Puts the two boxes inside one on the stack, the nearer on top.
    fn push_inside(&self, here: &[f64], inside: usize, best: f64, stack: &mut Vec<(f64, usize)>) {
        let one = self.distance_to_box(here, inside);
        let other = self.distance_to_box(here, inside + 1);
        let pair = if one <= other {
            [(other, inside + 1), (one, inside)]
        } else {
            [(one, inside), (other, inside + 1)]
        };
        stack
            .extend(pair.into_iter().filter(|(near, node)| *near <= best && at(&self.boxes, *node).left > 0));
    }

    fn place(&self, slot: usize) -> &[f64] {
        self.places.get(slot * self.dimensions..(slot + 1) * self.dimensions).unwrap_or_default()
    }

    fn distance_to_box(&self, here: &[f64], node: usize) -> f64 {
        let from = 2 * node * self.dimensions;
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
