//! Charts as places on a page: along it in percent, so that texts keep their size on any screen, down it in pixels.

use serde::Serialize;

use super::words::{Unit, Words, level, quality, said, unit};
use crate::survey::observatory::{Figure, Indicator, Observatory};

/// Where the plot begins and ends, in percent of the width.
const FROM: f64 = 17.0;
const UPTO: f64 = 74.0;
/// How high a line of text is, and a mark.
const LINE: f64 = 20.0;
const MARK: f64 = 22.0;
/// How many letters fit on a line of a narrow screen.
const LETTERS: usize = 44;

/// A chart of marks in rows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Chart {
    id: String,
    title: String,
    /// All it tells, in words.
    description: String,
    height: f64,
    from: f64,
    width: f64,
    upto: f64,
    bars: bool,
    rows: Vec<Row>,
    ticks: Vec<Tick>,
    foot: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Row {
    lines: Vec<Line>,
    marks: Vec<Mark>,
    /// Where its marks begin and end: lines of the scale lie behind them, never behind texts.
    top: f64,
    bottom: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    y: f64,
    text: String,
    is_heading: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Mark {
    y: f64,
    wave: String,
    /// Which wave, counted from the last.
    series: usize,
    suppressed: bool,
    x: f64,
    width: f64,
    low: f64,
    high: f64,
    has_interval: bool,
    text: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Tick {
    x: f64,
    y: f64,
    text: String,
}

/// Hundredths are fine enough.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Ticks from 0 to beyond the largest number, a round step apart.
pub(super) fn scale(largest: f64, unit: &Unit, words: Words, most: f64) -> (f64, Vec<(f64, String)>) {
    let largest = if largest.is_finite() && largest > 0.0 { largest } else { 1.0 };
    let rough = largest / most;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|own| own * power)
        .find(|own| *own >= rough * (1.0 - 1e-9));
    let step = step.unwrap_or(rough);
    let count = libm::ceil(largest / step - 1e-9).max(1.0);
    let count = if matches!(unit, Unit::Share) { count.min(libm::ceil(1.0 / step - 1e-9)) } else { count };
    let shown = if matches!(unit, Unit::Share) { step * 100.0 } else { step };
    let decimals = (0..4).find(|places| {
        let scaled = shown * libm::pow(10.0, f64::from(*places));
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    });
    let decimals = usize::try_from(decimals.unwrap_or(3)).unwrap_or(0);
    let mut ticks = Vec::new();
    let mut at = 0.0;
    while at <= count + 0.5 {
        ticks.push((at * step, words.with_unit(at * step, decimals, unit)));
        at += 1.0;
    }
    (count * step, ticks)
}

/// The largest number of a chart, intervals heeded.
pub(super) fn largest(figures: &[&Figure]) -> f64 {
    let tops = figures.iter().flat_map(|figure| [figure.value, figure.interval.map(|[_, high]| high)]);
    tops.flatten().fold(0.0, f64::max)
}

/// A title with the unit of its numbers, where that is a word.
fn with_word(title: &str, unit: &Unit) -> String {
    unit.word().map_or_else(|| title.to_owned(), |word| format!("{title} ({word})"))
}

/// A text in lines that fit on a narrow screen.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A row to be drawn: what is said above it, and the figures of its waves.
pub(super) struct Drawn<'a> {
    pub(super) heading: Option<String>,
    pub(super) label: Option<String>,
    pub(super) figures: Vec<&'a Figure>,
}

/// The chart of some rows: bars from 0, or points.
pub(super) fn chart(
    (id, title, bars): (String, String, bool),
    drawn: &[Drawn<'_>],
    observatory: &Observatory,
    indicator: &Indicator,
    words: Words,
) -> Chart {
    let unit = unit(indicator, words);
    let title = with_word(&title, &unit);
    let unit = unit.beside();
    let all: Vec<&Figure> = drawn.iter().flat_map(|row| row.figures.iter().copied()).collect();
    let (top, ticks) =
        scale(largest(&all), &unit, words, if matches!(unit, Unit::Share) { 4.0 } else { 3.0 });
    let place = |value: f64| rounded(FROM + (value / top).clamp(0.0, 1.0) * (UPTO - FROM));
    let (mut y, mut rows, mut told) = (4.0, Vec::new(), Vec::new());
    for row in drawn {
        let (mut lines, mut marks) = (Vec::new(), Vec::new());
        if let Some(heading) = &row.heading {
            y += 8.0;
            for text in wrapped(heading, LETTERS - 4) {
                lines.push(Line { y: y + 15.0, text, is_heading: true });
                y += LINE + 2.0;
            }
        }
        if let Some(label) = &row.label {
            for text in wrapped(label, LETTERS) {
                lines.push(Line { y: y + 15.0, text, is_heading: false });
                y += LINE;
            }
        }
        let above = y;
        for figure in &row.figures {
            let said = said(figure, &unit, words);
            let suppressed = said.is_none();
            let text = said.map_or_else(
                || quality(figure, words).to_owned(),
                |said| said.value + if super::needs_care(figure) { "\u{a0}*" } else { "" },
            );
            let series =
                observatory.waves.iter().rev().position(|wave| wave.name == figure.wave).unwrap_or(0);
            let value = place(figure.value.unwrap_or(0.0));
            let [low, high] = figure.interval.unwrap_or_default().map(place);
            let of = row.label.as_deref().or(row.heading.as_deref()).unwrap_or(&title);
            let wave = words.wave(observatory, &figure.wave);
            told.push(format!("{of}, {wave}{}{text}", words.say("\u{a0}: ", ": ")));
            marks.push(Mark {
                y: y + MARK / 2.0,
                wave,
                series: series.min(2),
                suppressed,
                x: value,
                width: rounded((value - FROM).max(0.0)),
                low,
                high,
                has_interval: figure.interval.is_some(),
                text,
            });
            y += MARK;
        }
        rows.push(Row { lines, marks, top: above, bottom: y });
        y += 8.0;
    }
    let ticks = ticks.into_iter().map(|(value, text)| Tick { x: place(value), y: y + 16.0, text });
    Chart {
        id,
        description: told.join(words.say("\u{202f}; ", "; ")) + ".",
        title,
        height: y + 24.0,
        from: FROM,
        width: UPTO - FROM,
        upto: UPTO,
        bars,
        rows,
        ticks: ticks.collect(),
        foot: y,
    }
}

/// How figures of the whole went from wave to wave.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Evolution {
    id: String,
    title: String,
    description: String,
    height: f64,
    top: f64,
    foot: f64,
    ticks: Vec<Tick>,
    waves: Vec<Tick>,
    series: Vec<Series>,
    has_gap: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Series {
    label: String,
    number: usize,
    dots: Vec<Dot>,
    lines: Vec<[f64; 4]>,
}

#[derive(Debug, Clone, Serialize)]
struct Dot {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
    has_interval: bool,
}

/// The chart of the evolution; nothing of a single wave.
pub(super) fn evolution(
    id: String,
    title: &str,
    observatory: &Observatory,
    indicator: &Indicator,
    words: Words,
) -> Option<Evolution> {
    let count = observatory.waves.len();
    if count < 2 {
        return None;
    }
    let unit = unit(indicator, words);
    let title = with_word(title, &unit);
    let unit = unit.beside();
    let whole: Vec<&Figure> = indicator.figures.iter().filter(|figure| figure.by.is_none()).collect();
    let (most, ticks) = scale(largest(&whole), &unit, words, 4.0);
    let (top, foot) = (14.0, 174.0);
    let down = |value: f64| rounded(foot - (value / most).clamp(0.0, 1.0) * (foot - top));
    #[expect(clippy::cast_precision_loss, reason = "few waves")]
    let along = |place: usize| rounded(30.0 + 60.0 * place as f64 / (count - 1) as f64);
    let mut levels: Vec<Option<&str>> = Vec::new();
    for figure in &whole {
        if !levels.contains(&figure.level.as_deref()) {
            levels.push(figure.level.as_deref());
        }
    }
    let (mut series, mut told, mut has_gap) = (Vec::new(), Vec::new(), false);
    for (number, own) in levels.iter().enumerate() {
        let label = own.map_or_else(String::new, |own| level(observatory, indicator, own, words));
        let (mut dots, mut lines) = (Vec::new(), Vec::new());
        let mut before: Option<(f64, f64)> = None;
        for (place, wave) in observatory.waves.iter().enumerate() {
            let found =
                whole.iter().find(|figure| figure.wave == wave.name && figure.level.as_deref() == *own);
            let text = found.and_then(|figure| said(figure, &unit, words)).map(|said| said.value);
            let text = text.unwrap_or_else(|| words.say("non publié", "not published").to_owned());
            told.push(
                format!(
                    "{label} {}{}{text}",
                    words.wave(observatory, &wave.name),
                    words.say("\u{a0}: ", ": ")
                )
                .trim()
                .to_owned(),
            );
            let Some((figure, value)) = found.and_then(|figure| Some((figure, figure.value?))) else {
                (before, has_gap) = (None, true);
                continue;
            };
            // Series of one wave stand beside each other, so that intervals do not hide each other.
            #[expect(clippy::cast_precision_loss, reason = "few levels")]
            let aside = (number as f64 - (levels.len() - 1) as f64 / 2.0) * 1.6;
            let at = (rounded(along(place) + aside), down(value));
            lines.extend(before.map(|from| [from.0, from.1, at.0, at.1]));
            before = Some(at);
            let [low, high] = figure.interval.unwrap_or_default().map(down);
            dots.push(Dot { x: at.0, y: at.1, low, high, has_interval: figure.interval.is_some() });
        }
        series.push(Series { label, number: number % 4, dots, lines });
    }
    let waves = observatory.waves.iter().enumerate();
    Some(Evolution {
        id,
        title,
        description: told.join(words.say("\u{202f}; ", "; ")) + ".",
        height: foot + 28.0,
        top,
        foot,
        ticks: ticks.into_iter().map(|(value, text)| Tick { x: 0.0, y: down(value), text }).collect(),
        waves: waves
            .map(|(place, wave)| Tick {
                x: along(place),
                y: foot + 20.0,
                text: words.wave(observatory, &wave.name),
            })
            .collect(),
        series,
        has_gap,
    })
}
