//! The map of practices as a drawing: points, ellipses, and labels that do not lie on each other.

use serde::Serialize;

use super::{
    chart::rounded,
    words::{Unit, Words, named},
};
use crate::survey::observatory::{Map, Observatory, Point};

/// The side of the drawing, its margin, the height of a label and the width of a letter.
const SIDE: f64 = 400.0;
const MARGIN: f64 = 26.0;
const HIGH: f64 = 13.0;
const LETTER: f64 = 6.2;

/// The drawing.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Drawing {
    title: String,
    description: String,
    side: f64,
    across: f64,
    down: f64,
    axes: [String; 2],
    points: Vec<Placed>,
    classes: Vec<String>,
    hidden: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Placed {
    label: String,
    active: bool,
    x: f64,
    y: f64,
    ellipse: Option<[f64; 3]>,
    text_x: f64,
    text_y: f64,
    anchor: &'static str,
    n: String,
    at: String,
    /// From the point to its label, where that lies away.
    leader: Option<[f64; 2]>,
}

#[expect(clippy::cast_precision_loss, reason = "a number of respondents")]
fn count(n: Option<usize>) -> f64 {
    n.unwrap_or(0) as f64
}

/// A rectangle: left, top, right, bottom.
type Area = [f64; 4];

fn shared([left, top, right, bottom]: Area, other: Area) -> f64 {
    let [from, above, upto, below] = other;
    (right.min(upto) - left.max(from)).max(0.0) * (bottom.min(below) - top.max(above)).max(0.0)
}

/// Draws a map.
pub(super) fn draw(observatory: &Observatory, map: &Map, words: Words) -> Drawing {
    let name = |point: &Point| named(observatory, &point.variable, &point.level, words);
    let shown: Vec<&Point> = map.points.iter().filter(|point| point.at.is_some()).collect();
    let bounds = |place: usize| -> [f64; 2] {
        let at = |point: &&Point| point.at.and_then(|at| at.get(place).copied()).unwrap_or(0.0);
        let around = |point: &&Point| point.ellipse.map_or(0.0, |own| own.major);
        let low = shown.iter().map(|point| at(point) - around(point)).fold(-0.1, f64::min);
        let high = shown.iter().map(|point| at(point) + around(point)).fold(0.1, f64::max);
        [low, high]
    };
    let ([left, right], [bottom, top]) = (bounds(0), bounds(1));
    let span = (right - left).max(top - bottom);
    let scale = (SIDE - 2.0 * MARGIN) / span;
    let (middle_x, middle_y) = (f64::midpoint(left, right), f64::midpoint(bottom, top));
    let across = |x: f64| SIDE / 2.0 + (x - middle_x) * scale;
    let down = |y: f64| SIDE / 2.0 - (y - middle_y) * scale;
    let places: Vec<(f64, f64)> =
        shown.iter().map(|point| point.at.map_or((0.0, 0.0), |[x, y]| (across(x), down(y)))).collect();
    let mut taken: Vec<Area> = places.iter().map(|(x, y)| [x - 5.0, y - 5.0, x + 5.0, y + 5.0]).collect();
    let mut points = Vec::new();
    for (point, (x, y)) in shown.iter().zip(&places) {
        let label = name(point);
        #[expect(clippy::cast_precision_loss, reason = "a short text")]
        let wide = label.chars().count() as f64 * LETTER;
        let mut best: Option<(f64, Area, &'static str, f64, f64)> = None;
        for away in [0.0, 12.0, 24.0, 38.0] {
            let apart = 8.0 + away;
            for (dx, dy) in [
                (1.0, 0.0),
                (-1.0, 0.0),
                (0.0, -1.0),
                (0.0, 1.0),
                (0.8, -0.8),
                (-0.8, -0.8),
                (0.8, 0.8),
                (-0.8, 0.8),
            ] {
                let (anchor, from) = if dx > 0.0 {
                    ("start", x + dx * apart)
                } else if dx < 0.0 {
                    ("end", x + dx * apart - wide)
                } else {
                    ("middle", x - wide / 2.0)
                };
                let center = y + dy * (apart + 2.0);
                let area = [from - 3.0, center - HIGH / 2.0, from + wide + 3.0, center + HIGH / 2.0];
                let outside = (-from).max(0.0)
                    + (from + wide - SIDE).max(0.0)
                    + (HIGH - center).max(0.0)
                    + (center + HIGH - SIDE).max(0.0);
                let cost: f64 =
                    taken.iter().map(|own| shared(area, *own)).sum::<f64>() + outside * 60.0 + away * 0.6;
                if best.as_ref().is_none_or(|(least, ..)| cost < *least - 1e-9) {
                    let text = if dx > 0.0 {
                        from
                    } else if dx < 0.0 {
                        from + wide
                    } else {
                        *x
                    };
                    best = Some((cost, area, anchor, text, center + 4.0));
                }
            }
        }
        let Some((_, area, anchor, text_x, text_y)) = best else { continue };
        taken.push(area);
        let [from, above, upto, below] = area;
        let near = (x.clamp(from, upto), y.clamp(above, below));
        let is_far = libm::hypot(near.0 - x, near.1 - y) > 14.0;
        points.push(Placed {
            n: words.number(count(point.n), 0),
            at: point
                .at
                .map(|[x, y]| format!("{}\u{a0}; {}", words.number(x, 2), words.number(y, 2)))
                .unwrap_or_default(),
            label,
            active: point.active,
            x: rounded(*x),
            y: rounded(*y),
            ellipse: point
                .ellipse
                .map(|own| [rounded(own.major * scale), rounded(own.minor * scale), rounded(-own.angle)]),
            text_x: rounded(text_x),
            text_y: rounded(text_y),
            anchor,
            leader: is_far.then(|| [rounded(near.0), rounded(near.1)]),
        });
    }
    let axis = |place: usize, french: &'static str, english: &'static str| {
        let rate = map.axes.get(place).copied().unwrap_or(0.0);
        format!(
            "{}{}{}",
            words.say(french, english),
            words.say("\u{a0}: ", ": "),
            words.with_unit(rate, 0, &Unit::Share)
        )
    };
    let points_told = shown.iter().filter(|point| point.active).map(|point| {
        let [x, y] = point.at.unwrap_or_default();
        let side = if x < 0.0 { words.say("à gauche", "left") } else { words.say("à droite", "right") };
        let high = if y < 0.0 { words.say("en bas", "bottom") } else { words.say("en haut", "top") };
        format!("{} ({side}, {high})", name(point))
    });
    Drawing {
        title: words.text(&map.label, words.say("La carte des pratiques", "The map of practices")),
        description: points_told.collect::<Vec<_>>().join(", ") + ".",
        side: SIDE,
        across: rounded(across(0.0)),
        down: rounded(down(0.0)),
        axes: [axis(0, "Axe 1 (horizontal)", "Axis 1 (across)"), axis(1, "Axe 2 (vertical)", "Axis 2 (up)")],
        points,
        classes: classes(observatory, map, words),
        hidden: map.points.iter().filter(|point| point.suppressed).map(name).collect(),
    }
}

/// Each class in words, by what is more common in it than elsewhere.
fn classes(observatory: &Observatory, map: &Map, words: Words) -> Vec<String> {
    let told = map.classes.iter().map(|class| {
        let number = class.class;
        let Some(share) = class.share else {
            return format!(
                "{} {number}{}{}.",
                words.say("Groupe", "Group"),
                words.say("\u{a0}: ", ": "),
                words.say("non publié", "not published")
            );
        };
        let percent = |share: f64| words.with_unit(share, 0, &Unit::Share);
        let traits: Vec<String> = class
            .categories
            .iter()
            .take(6)
            .map(|own| {
                let name = named(observatory, &own.variable, &own.level, words);
                format!(
                    "{name} ({} {} {})",
                    percent(own.in_class),
                    words.say("contre", "against"),
                    percent(own.share)
                )
            })
            .collect();
        let share = percent(share);
        match (words.french, traits.is_empty()) {
            (true, true) => format!("Groupe {number}, {share} du public : rien ne le distingue nettement."),
            (false, true) => format!("Group {number}, {share} of the public: nothing sets it clearly apart."),
            (true, false) => format!(
                "Groupe {number}, {share} du public. Plus souvent que dans l’ensemble : {}.",
                traits.join(", ")
            ),
            (false, false) => format!(
                "Group {number}, {share} of the public. More often than on the whole: {}.",
                traits.join(", ")
            ),
        }
    });
    told.collect()
}
