//! Distances and surfaces of places.
//!
//! A place is a text as XForms hold it: latitude, longitude, perhaps altitude and accuracy; a line or a
//! surface is several with semicolons between.

use super::{
    Value,
    call::Given,
    evaluate::{Evaluator, Operand},
    function::Function,
    value::{rounded, text_number, words},
};

/// The radius of the Earth at the equator in meters, as ODK counts.
const RADIUS: f64 = 6_378_100.0;

/// Latitude and longitude in degrees.
type Point = (f64, f64);

impl Evaluator<'_> {
    pub(super) fn geography(&self, function: Function, given: Given<'_>) -> Option<Operand> {
        if function == Function::Geofence {
            let (point, surface) = (self.text_of(given, 0)?, self.text_of(given, 1)?);
            let inside = match (points(&point).as_deref(), points(&surface)) {
                (Some([point]), Some(surface)) => is_inside(*point, &surface),
                _ => false,
            };
            return Some(Value::Boolean(inside).into());
        }
        let mut line = Vec::new();
        for index in 0..given.call.arguments.len() {
            for place in self.each(self.argument(given, index)?) {
                line.extend(points(&self.text(&place)?)?);
            }
        }
        let figure = if function == Function::Area { area(&line) } else { length(&line) };
        Some(Value::Number(rounded(figure.abs() * 100.0) / 100.0).into())
    }
}

fn points(text: &str) -> Option<Vec<Point>> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let mut numbers = words(part).map(text_number);
            let (latitude, longitude) = (numbers.next()?, numbers.next()?);
            let there = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            there.then_some((latitude, longitude))
        })
        .collect()
}

/// # Source
/// `@getodk/xpath`, `distance`: the spherical law of cosines.
fn length(line: &[Point]) -> f64 {
    let pairs = line.iter().zip(line.iter().skip(1));
    let angles = pairs.map(|(from, to)| {
        let turn = (from.1 - to.1).to_radians();
        let (one, other) = (from.0.to_radians(), to.0.to_radians());
        libm::acos(libm::sin(one) * libm::sin(other) + libm::cos(one) * libm::cos(other) * libm::cos(turn))
    });
    angles.filter(|angle| !angle.is_nan()).sum::<f64>() * RADIUS
}

/// # Source
/// `@getodk/xpath`, `area`: Chamberlain and Duquette (2007), "Some Algorithms for Polygons on a Sphere".
fn area(line: &[Point]) -> f64 {
    if line.len() < 3 {
        return 0.0;
    }
    let pairs = line.iter().zip(line.iter().cycle().skip(1));
    let sum: f64 = pairs
        .map(|(from, to)| {
            let turn = (to.1 - from.1).to_radians();
            turn * (2.0 + libm::sin(to.0.to_radians()) + libm::sin(from.0.to_radians()))
        })
        .sum();
    sum * RADIUS * RADIUS / 2.0
}

/// # Source
/// W. Randolph Franklin, PNPOLY; the line must end where it begins.
fn is_inside(point: Point, line: &[Point]) -> bool {
    if line.len() < 2 || line.first() != line.last() {
        return false;
    }
    let crossings = line.iter().zip(line.iter().skip(1)).filter(|(from, to)| {
        (to.0 > point.0) != (from.0 > point.0)
            && point.1 < (from.1 - to.1) * (point.0 - to.0) / (from.0 - to.0) + to.1
    });
    crossings.count() % 2 == 1
}
