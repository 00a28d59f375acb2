//! The law of a count of independent draws, through its Fourier transform.
//!
//! The number of units drawn, each on its own with its probability, has the generating function `Π (1 - p + p·z)`. Its
//! coefficients are read from few points of the circle: the law is narrow, the points fall off fast. Nothing is
//! subtracted, so nothing is lost where recursions break down.

use std::{
    f64::consts::PI,
    ops::{Add, Mul, Sub},
};

use super::number;

/// A complex number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Complex {
    pub(super) real: f64,
    imaginary: f64,
}

impl Complex {
    pub(super) const ONE: Self = Self { real: 1.0, imaginary: 0.0 };

    pub(super) const fn real(real: f64) -> Self {
        Self { real, imaginary: 0.0 }
    }

    /// The point at `turns / of` of the circle.
    fn on_circle(turns: usize, of: usize) -> Self {
        let angle = 2.0 * PI * number(turns % of) / number(of);
        Self { real: libm::cos(angle), imaginary: libm::sin(angle) }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self { real: self.real * factor, imaginary: self.imaginary * factor }
    }

    pub(super) fn inverse(self) -> Self {
        let square = self.real * self.real + self.imaginary * self.imaginary;
        Self { real: self.real / square, imaginary: -self.imaginary / square }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            real: self.real * other.real - self.imaginary * other.imaginary,
            imaginary: self.real * other.imaginary + self.imaginary * other.real,
        }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { real: self.real + other.real, imaginary: self.imaginary + other.imaginary }
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { real: self.real - other.real, imaginary: self.imaginary - other.imaginary }
    }
}

/// A point of the circle where a law is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    /// The point, `z`.
    pub(super) place: Complex,
    /// `Π (1 - p + p·z)` over all units, times what reads the coefficient of `zⁿ`.
    pub(super) read: Complex,
}

impl Point {
    /// The factor of a unit, `1 - p + p·z`: nowhere 0 on these points.
    pub(super) fn factor(&self, probability: f64) -> Complex {
        Complex::real(1.0 - probability) + self.place.times(probability)
    }
}

/// The points needed to read the weight of `count` units drawn.
///
/// # Source
/// The bound on the tails is Bernstein's inequality; that on the points is `|1 - p + p·z|² = 1 - 2p(1 - p)(1 - cos t)`.
pub(super) fn points(probabilities: &[f64], count: usize) -> Vec<Point> {
    let variance: f64 = probabilities.iter().map(|probability| probability * (1.0 - probability)).sum();
    // What is left out is below e⁻⁴² of the whole.
    let reach = 14.0 + (196.0 + 84.0 * variance).sqrt();
    let of = (super::count(reach) + 4).min(probabilities.len() + 3) | 1;
    let mut points = Vec::new();
    for turn in 0..=of / 2 {
        let place = Complex::on_circle(turn, of);
        if variance * (1.0 - place.real) > 46.0 {
            break;
        }
        // The other half of the circle is the mirror of this one.
        let weight = if turn == 0 { 1.0 } else { 2.0 } / number(of);
        let back = Complex::on_circle(of - turn * (count % of) % of, of).times(weight);
        let mut point = Point { place, read: Complex::ONE };
        let product = probabilities
            .iter()
            .fold(Complex::ONE, |product, &probability| product * point.factor(probability));
        point.read = product * back;
        points.push(point);
    }
    points
}
