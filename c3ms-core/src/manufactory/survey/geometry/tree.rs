//! Ward's tree of weighted points, by chains of nearest neighbors.

use super::grid::{Grid, add_scaled, at, squared_distance};

/// Two clusters that become one. Points are clusters from 0; the cluster of the k-th join of the tree is the number of
/// points + k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Join {
    pub(super) one: usize,
    pub(super) other: usize,
    /// The inertia within clusters that it adds.
    pub(super) height: f64,
}

/// The clusters that are left, side by side.
struct Open {
    centers: Grid,
    weights: Vec<f64>,
    names: Vec<usize>,
}

/// Joins points until one cluster is left, each time two whose join adds least inertia; the smallest heights first.
///
/// # Shapes and units
/// A row of `points` and a weight for each; heights are in squared units of the points times the unit of the weights.
/// As many steps as the square of the number of points, memory as their number.
///
/// # Source
/// Murtagh and Legendre (2014), "Ward's Hierarchical Agglomerative Clustering Method: Which Algorithms Implement
/// Ward's Criterion?", Journal of Classification 31; the chains of Benzécri (1982) and Juan (1982).
pub(super) fn ward(points: &Grid, weights: &[f64]) -> Vec<Join> {
    let count = points.len();
    let mut open = Open { centers: points.clone(), weights: weights.to_vec(), names: (0..count).collect() };
    let mut joins: Vec<Join> = Vec::with_capacity(count.saturating_sub(1));
    // Names of clusters, each the nearest neighbor of the one before.
    let mut chain: Vec<usize> = Vec::new();
    let mut places: Vec<usize> = (0..count).collect();
    while open.names.len() > 1 {
        if chain.is_empty() {
            chain.extend(open.names.first());
        }
        let Some(end) = chain.last().copied() else { break };
        let place = places.get(end).copied().unwrap_or(0);
        let before = chain.len().checked_sub(2).and_then(|before| chain.get(before)).copied();
        let Some((near, height)) = open.nearest(place, before.and_then(|name| places.get(name)).copied())
        else {
            break;
        };
        let name = open.names.get(near).copied().unwrap_or(0);
        if before != Some(name) {
            chain.push(name);
            continue;
        }
        chain.truncate(chain.len().saturating_sub(2));
        let joined = count + joins.len();
        joins.push(Join { one: end.min(name), other: end.max(name), height });
        // The joined cluster takes the place of one; the last takes the place of the other.
        open.join(near, place, joined);
        places.push(near);
        open.remove(place);
        for moved in [place, near] {
            if let Some(slot) = open.names.get(moved).and_then(|name| places.get_mut(*name)) {
                *slot = moved;
            }
        }
    }
    sorted(&joins, count)
}

impl Open {
    /// The cluster whose join with another adds least: the one before in the chain where it is as near as any, else the
    /// oldest.
    fn nearest(&self, place: usize, before: Option<usize>) -> Option<(usize, f64)> {
        let (own, weight) = (self.centers.row(place), at(&self.weights, place));
        let cost =
            |center: &[f64], other: f64| squared_distance(own, center) * (weight * other / (weight + other));
        let name = |place: usize| self.names.get(place).copied().unwrap_or(usize::MAX);
        let mut best =
            before.map(|before| (before, cost(self.centers.row(before), at(&self.weights, before))));
        for (other, (center, other_weight)) in self.centers.rows().zip(&self.weights).enumerate() {
            let found = cost(center, *other_weight);
            let better = best.is_none_or(|(known, least)| {
                found < least || found <= least && before != Some(known) && name(other) < name(known)
            });
            if better && other != place {
                best = Some((other, found));
            }
        }
        best
    }

    fn join(&mut self, into: usize, from: usize, name: usize) {
        let (one, other) = (at(&self.weights, into), at(&self.weights, from));
        let added = self.centers.row(from).to_vec();
        let center = self.centers.row_mut(into);
        for value in center.iter_mut() {
            *value *= one / (one + other);
        }
        add_scaled(center, &added, other / (one + other));
        if let Some(weight) = self.weights.get_mut(into) {
            *weight = one + other;
        }
        if let Some(slot) = self.names.get_mut(into) {
            *slot = name;
        }
    }

    fn remove(&mut self, place: usize) {
        self.centers.swap_remove(place);
        self.weights.swap_remove(place);
        self.names.swap_remove(place);
    }
}

/// Chains find joins in another order than that of their heights.
fn sorted(joins: &[Join], count: usize) -> Vec<Join> {
    let mut order: Vec<usize> = (0..joins.len()).collect();
    let height = |join: &usize| joins.get(*join).map_or(0.0, |join| join.height);
    order.sort_by(|one, other| height(one).total_cmp(&height(other)));
    let mut ranks = vec![0; joins.len()];
    for (rank, join) in order.iter().enumerate() {
        if let Some(slot) = ranks.get_mut(*join) {
            *slot = rank;
        }
    }
    let renamed = |name: usize| match name.checked_sub(count).and_then(|join| ranks.get(join)) {
        Some(rank) => count + rank,
        None => name,
    };
    let in_order = order.iter().filter_map(|join| joins.get(*join));
    in_order.map(|join| Join { one: renamed(join.one), other: renamed(join.other), ..*join }).collect()
}

/// Of each point the class, where the tree is cut into so many; classes are numbered as they first come.
pub(super) fn cut(joins: &[Join], points: usize, classes: usize) -> Vec<u32> {
    let joined = points.saturating_sub(classes).min(joins.len());
    let mut above: Vec<Option<usize>> = vec![None; points + joins.len()];
    for (number, join) in joins.iter().take(joined).enumerate() {
        for below in [join.one, join.other] {
            if let Some(slot) = above.get_mut(below) {
                *slot = Some(points + number);
            }
        }
    }
    // From the top down: the cluster at the head of each.
    let mut heads: Vec<usize> = (0..above.len()).collect();
    for name in (0..above.len()).rev() {
        if let Some(head) = above.get(name).copied().flatten().and_then(|above| heads.get(above)).copied()
            && let Some(slot) = heads.get_mut(name)
        {
            *slot = head;
        }
    }
    let mut numbers: Vec<Option<u32>> = vec![None; above.len()];
    let mut next = 0;
    heads
        .iter()
        .take(points)
        .map(|head| {
            let slot = numbers.get_mut(*head);
            let fresh = next;
            let number = slot.map_or(fresh, |slot| *slot.get_or_insert(fresh));
            next = next.max(number + 1);
            number
        })
        .collect()
}
