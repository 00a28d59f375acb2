//! Whether a point lies within what is asked for, also where that crosses the antimeridian.

use serde::{Deserialize, Serialize};

use crate::base::Position;

/// A kilometer on a meridian, in degrees; a little more than any.
const KILOMETER: f64 = 1.0 / 111.1;

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How far around.
    pub kilometers: f64,
}

impl Near {
    pub(super) fn holds(&self, position: Position) -> bool {
        let Some(center) = Position::new(self.latitude, self.longitude) else { return false };
        (position.latitude() - self.latitude).abs() <= self.kilometers * KILOMETER
            && center.kilometers_to(position) <= self.kilometers
    }
}

/// Tells whether a box of west, south, east and north holds a point; one whose west is east of its east crosses
/// the antimeridian.
pub(super) fn in_box([west, south, east, north]: [f64; 4], position: Position) -> bool {
    let (latitude, longitude) = (position.latitude(), position.longitude());
    let is_between = if west <= east {
        (west..=east).contains(&longitude)
    } else {
        longitude >= west || longitude <= east
    };
    is_between && (south..=north).contains(&latitude)
}

/// Tells whether a ring of points (longitude, latitude) holds a point. From each point to the next it goes the
/// shorter way around the earth, so it may cross the antimeridian; around a pole it may not go.
///
/// # Source
/// Even and odd crossings of a ray to the east (Shimrat, 1962).
pub(super) fn in_ring(ring: &[[f64; 2]], position: Position) -> bool {
    let mut unrolled: Vec<[f64; 2]> = Vec::with_capacity(ring.len());
    for [longitude, latitude] in ring {
        let from = unrolled.last().map_or(*longitude, |[last, _]| *last);
        unrolled.push([from + turned(longitude - from), *latitude]);
    }
    let Some(first) = unrolled.first().map(|[longitude, _]| *longitude) else { return false };
    let own = first + turned(position.longitude() - first);
    [own - 360.0, own, own + 360.0].into_iter().any(|own| holds(&unrolled, own, position.latitude()))
}

/// The same angle between -180 and 180 degrees.
fn turned(degrees: f64) -> f64 {
    if degrees > 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

fn holds(ring: &[[f64; 2]], longitude: f64, latitude: f64) -> bool {
    let mut inside = false;
    let previous = ring.iter().skip(ring.len().saturating_sub(1)).chain(ring);
    for ([west, south], [east, north]) in previous.zip(ring) {
        let crosses = (*south > latitude) != (*north > latitude);
        if crosses && longitude < (east - west) * (latitude - south) / (north - south) + west {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(longitude: f64, latitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    #[test]
    fn what_crosses_the_antimeridian_holds_both_sides() {
        let fiji = [177.0, -20.0, -178.0, -15.0];
        assert!(in_box(fiji, at(179.0, -17.0)) && in_box(fiji, at(-179.0, -17.0)));
        assert!(!in_box(fiji, at(0.0, -17.0)));
        let ring = [[177.0, -20.0], [-178.0, -20.0], [-178.0, -15.0], [177.0, -15.0]];
        assert!(in_ring(&ring, at(179.0, -17.0)) && in_ring(&ring, at(-179.0, -17.0)));
        assert!(!in_ring(&ring, at(0.0, -17.0)) && !in_ring(&ring, at(-177.0, -17.0)));
    }

    #[test]
    fn a_circle_reaches_as_far_as_it_says() {
        // From Briançon to Gap it is 58 km.
        let near = Near { latitude: 44.8995, longitude: 6.6432, kilometers: 59.0 };
        assert!(near.holds(at(6.0792, 44.5598)));
        assert!(!Near { kilometers: 57.0, ..near }.holds(at(6.0792, 44.5598)));
        let fiji = Near { latitude: -17.0, longitude: 179.9, kilometers: 50.0 };
        assert!(fiji.holds(at(-179.9, -17.0)));
    }
}
