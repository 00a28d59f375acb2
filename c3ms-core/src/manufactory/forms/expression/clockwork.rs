//! What the functions of days, times and texts do.

use super::{
    Value,
    call::Given,
    evaluate::{Evaluator, LONGEST_TEXT, Operand},
    function::Function,
    moment::{DAY, clock, instant, millis, padded, parts},
    value::{counted, exact, is_space, remainder, rounded, truncated, words},
};
use crate::base::{Date, Digest, Moment, TimeOfDay};

impl Evaluator<'_> {
    pub(super) fn clockwork(&self, function: Function, given: Given<'_>) -> Option<Operand> {
        match function {
            Function::Today | Function::Now => {
                let Some(now) = self.context.now() else { return self.lack() };
                let today = function == Function::Today;
                if self.is_own() {
                    return Some(if today { Value::Date(now.date()) } else { Value::Moment(now) }.into());
                }
                let now = if today { Moment::day(now.date()) } else { now };
                Some(Operand::Instant { millis: millis(&now, self.offset), days: false })
            }
            Function::Date | Function::DateTime if self.is_own() => {
                let value = self.single(&self.argument(given, 0)?);
                own_date(&value, function == Function::DateTime).map(Operand::Value)
            }
            Function::Date | Function::DateTime => self.xforms_date(given),
            Function::Time => match self.single(&self.argument(given, 0)?) {
                Value::Time(time) => Some(Value::Time(time).into()),
                Value::Moment(moment) => Some(Value::Time(moment.time()?).into()),
                Value::Text(text) => Some(Value::Time(TimeOfDay::parse(&text)?).into()),
                _ => None,
            },
            Function::FormatDate | Function::FormatDateTime => {
                let form = self.text_of(given, 1)?;
                let operand = self.argument(given, 0)?;
                let (instant, offset) = if self.is_own() {
                    match self.single(&operand) {
                        Value::Date(date) => (exact(date.days()) * DAY, 0),
                        Value::Moment(moment) => (exact(moment.local_seconds() * 1000), 0),
                        _ => return None,
                    }
                } else {
                    (instant(&self.text(&operand)?, self.offset)?, self.offset)
                };
                let french = self.is_own() && self.context.language().starts_with("fr");
                Some(Value::Text(parts(instant, offset).written(&form, french)).into())
            }
            Function::DecimalDateTime => {
                let operand = self.argument(given, 0)?;
                let days = match (self.is_own(), &operand) {
                    (true, _) => self.days(&self.single(&operand))?,
                    (false, Operand::Value(Value::Number(days))) => rounded(days * DAY) / DAY,
                    (false, Operand::Instant { millis, .. }) => millis / DAY,
                    (false, _) => {
                        let read = instant(&self.text(&operand)?, self.offset);
                        read.map_or(f64::NAN, |millis| millis / DAY)
                    }
                };
                Some(self.numeric(days).into())
            }
            Function::DecimalTime => {
                let operand = self.argument(given, 0)?;
                if self.is_own() {
                    let time = match self.single(&operand) {
                        Value::Time(time) => time,
                        Value::Moment(moment) => moment.time()?,
                        _ => return None,
                    };
                    return Some(Value::number(exact(time.seconds()) / 86_400.0).into());
                }
                let text = self.text(&operand)?;
                let read = clock(&text, self.offset).filter(|_| text.len() >= 5);
                let local = read.map_or(f64::NAN, |(millis, offset)| {
                    let shift = exact(i64::from(self.offset) - i64::from(offset)) * 60_000.0;
                    // Never below midnight of the day before.
                    remainder(millis + shift + DAY, DAY) / DAY
                });
                Some(Value::Number(local).into())
            }
            Function::Distance | Function::Area | Function::Geofence => self.geography(function, given),
            _ => self.texts(function, given),
        }
    }

    fn xforms_date(&self, given: Given<'_>) -> Option<Operand> {
        let operand = self.argument(given, 0)?;
        let text = match &operand {
            Operand::Value(Value::Boolean(_)) => return Some(Value::Text(String::new()).into()),
            Operand::Value(Value::Number(days)) => {
                return Some(Operand::Instant { millis: rounded(days * DAY), days: false });
            }
            Operand::Instant { millis, .. } => {
                return Some(Operand::Instant { millis: *millis, days: false });
            }
            Operand::Value(_) | Operand::Nodes(_) => self.text(&operand)?,
        };
        if text.is_empty() {
            return Some(Value::Text(text).into());
        }
        let read = instant(&text, self.offset)
            .or_else(|| padded(&text).and_then(|text| instant(&text, self.offset)));
        Some(Operand::Instant { millis: read.unwrap_or(f64::NAN), days: false })
    }

    fn texts(&self, function: Function, given: Given<'_>) -> Option<Operand> {
        let text = |text: String| {
            if text.len() > LONGEST_TEXT {
                return self.lack();
            }
            Some(Operand::Value(Value::Text(text)))
        };
        let boolean = |truth: bool| Some(Operand::Value(Value::Boolean(truth)));
        // What stands alone speaks of the field itself.
        let first = || {
            if given.call.arguments.is_empty() {
                self.text(&Operand::Nodes(vec![given.focus.node]))
            } else {
                self.text_of(given, 0)
            }
        };
        let pair = || self.text_of(given, 0).zip(self.text_of(given, 1));
        match function {
            Function::String => text(first()?),
            Function::Text => text(first().unwrap_or_default()),
            Function::Concat => {
                let mut joined = String::new();
                for index in 0..given.call.arguments.len() {
                    for value in self.each(self.argument(given, index)?) {
                        joined.push_str(&self.text(&value)?);
                    }
                    if joined.len() > LONGEST_TEXT {
                        return self.lack();
                    }
                }
                text(joined)
            }
            Function::Join => {
                let glue = self.text_of(given, 0)?;
                let mut joined = String::new();
                let mut several = false;
                for index in 1..given.call.arguments.len() {
                    for value in self.each(self.argument(given, index)?) {
                        // What nobody answered is left out; XForms join its emptiness.
                        let Some(value) = self.text(&value) else { continue };
                        if std::mem::replace(&mut several, true) {
                            joined.push_str(&glue);
                        }
                        joined.push_str(&value);
                        if joined.len() > LONGEST_TEXT {
                            return self.lack();
                        }
                    }
                }
                text(joined)
            }
            Function::Substr => {
                let whole = first()?;
                let length = i64::try_from(whole.chars().count()).ok()?;
                let place = |index: usize| {
                    let place = truncated(self.number_of(given, index)?);
                    Some(if place < 0 { place.saturating_add(length) } else { place }.clamp(0, length))
                };
                let end = if given.call.arguments.len() > 2 { place(2)? } else { length };
                text(cut(&whole, place(1)?, end))
            }
            Function::Substring => {
                let whole = first()?;
                let start = rounded(self.number_of(given, 1)?);
                let end = match given.call.arguments.len() {
                    3 => start + rounded(self.number_of(given, 2)?),
                    _ => f64::INFINITY,
                };
                let inside = |index: usize| {
                    let position = counted(index + 1);
                    position >= start && position < end
                };
                let taken = whole.chars().enumerate().filter(|(index, _)| inside(*index));
                text(taken.map(|(_, letter)| letter).collect())
            }
            Function::SubstringBefore => {
                let (whole, wanted) = pair()?;
                text(
                    whole
                        .split_once(wanted.as_str())
                        .map(|(before, _)| before.to_owned())
                        .unwrap_or_default(),
                )
            }
            Function::SubstringAfter => {
                let (whole, wanted) = pair()?;
                text(whole.split_once(wanted.as_str()).map(|(_, after)| after.to_owned()).unwrap_or_default())
            }
            Function::Translate => {
                let (whole, from) = pair()?;
                let to = self.text_of(given, 2)?;
                let from: Vec<char> = from.chars().collect();
                let to: Vec<char> = to.chars().collect();
                let changed =
                    whole.chars().filter_map(|letter| match from.iter().position(|other| *other == letter) {
                        Some(place) => to.get(place).copied(),
                        None => Some(letter),
                    });
                text(changed.collect())
            }
            Function::StringLength => Some(Value::Number(counted(first()?.chars().count())).into()),
            Function::NormalizeSpace => text(words(&first()?).collect::<Vec<&str>>().join(" ")),
            Function::Contains => pair().and_then(|(whole, part)| boolean(whole.contains(&part))),
            Function::StartsWith => pair().and_then(|(whole, part)| boolean(whole.starts_with(&part))),
            Function::EndsWith => pair().and_then(|(whole, part)| boolean(whole.ends_with(&part))),
            Function::Regex => {
                let (whole, pattern) = pair()?;
                match self.patterns.iter().find(|known| known.as_str() == pattern) {
                    Some(made) => boolean(made.is_match(&whole)),
                    None => self.lack(),
                }
            }
            Function::Uuid => {
                let mut made = uuid(&self.chance(given)?);
                if !given.call.arguments.is_empty() {
                    let length = usize::try_from(truncated(self.number_of(given, 0)?)).ok()?.min(1024);
                    made = made.repeat(length.div_ceil(made.len()));
                    made.truncate(length);
                }
                text(made)
            }
            Function::Decode => text(decoded(&first()?)?),
            Function::Digest => {
                let (whole, way) = pair()?;
                if way != "SHA-256" {
                    return self.lack();
                }
                let digest = Digest::of(&[whole.as_bytes()]);
                let encoding =
                    if given.call.arguments.len() > 2 { self.text_of(given, 2)? } else { String::new() };
                match encoding.as_str() {
                    "hex" => text(digest.to_string()),
                    "" | "base64" => text(base64(&digest.0)),
                    _ => self.lack(),
                }
            }
            _ => self.lack(),
        }
    }
}

/// A day of a text, of a day and a time, of a count of days; with `clock` a day and a time.
fn own_date(value: &Value, clock: bool) -> Option<Value> {
    match value {
        Value::Text(text) if clock => {
            Moment::parse(text.trim_matches(is_space)).map(|moment| match moment.time() {
                Some(_) => Value::Moment(moment),
                None => Value::Date(moment.date()),
            })
        }
        Value::Text(text) => {
            let text = text.trim_matches(is_space);
            let date = Moment::parse(text).map(|moment| moment.date());
            date.or_else(|| padded(text).and_then(|text| Date::parse(&text))).map(Value::Date)
        }
        Value::Moment(moment) if !clock => Some(Value::Date(moment.date())),
        Value::Date(_) | Value::Moment(_) => Some(value.clone()),
        Value::Number(days) if !clock => Some(Value::Date(Date::from_days(truncated(days.floor())))),
        _ => None,
    }
}

/// The characters from one place to before another.
fn cut(whole: &str, start: i64, end: i64) -> String {
    let skipped = usize::try_from(start).unwrap_or_default();
    let taken = usize::try_from(end - start).unwrap_or_default();
    whole.chars().skip(skipped).take(taken).collect()
}

/// A UUID of version 4 from bytes of chance.
fn uuid(bytes: &[u8; 32]) -> String {
    let mut made = String::with_capacity(36);
    for (index, byte) in bytes.iter().take(16).enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            made.push('-');
        }
        let byte = match index {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        for digit in [byte >> 4, byte & 15] {
            made.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    made
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text that RFC 4648, section 4, has written; nothing where it is no such.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_usize, 0);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace() && *letter != b'=') {
        bits = (bits << 6 | LETTERS.iter().position(|known| *known == letter)?) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    let mut written = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS.get(bits >> (18 - 6 * place) & 63).copied().unwrap_or(b'=');
            written.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    written
}
