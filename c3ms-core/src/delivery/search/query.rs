//! What is asked for: as a document, and as the parameters of an address.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};

use super::{
    Near,
    geography::{in_box, in_ring},
};
use crate::{
    base::{Date, Position},
    delivery::DeliveryError,
};

/// How many hits a page has where nobody says it, and at most.
const USUAL: usize = 20;
const MOST: usize = 1000;

/// The most words, codes and points that one query may ask for.
const LONGEST: usize = 500;
const MANY: usize = 2000;

/// In which order hits come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Order {
    /// What fits best first; of the same, what is still to come, then by when it begins.
    Relevance,
    /// By when it begins, within the days that are asked for.
    Start,
    /// By what it is called.
    Title,
    /// What was changed last first.
    Change,
}

/// What is asked of the records that a recipient may see; also what a selection keeps.
///
/// All parts must hold; of several values of one part one is enough.
///
/// # Examples
/// ```
/// use c3ms_core::delivery::search::{Order, Query};
/// let query = Query::from_parameters("q=bal%20masqu%C3%A9&in=05023,05046&from=2027-01-01&genres=dance&order=start")?;
/// assert_eq!(query.q.as_deref(), Some("bal masqué"));
/// assert_eq!(query.communes, ["05023", "05046"]);
/// assert_eq!(query.fields["genres"], ["dance"]);
/// assert_eq!(query.order, Some(Order::Start));
/// assert_eq!(Query::from_parameters(&query.parameters())?, query);
/// let refused = Query::from_parameters("from=tomorrow").unwrap_err();
/// assert_eq!(refused.code().as_str(), "delivery.query-malformed");
/// # Ok::<(), c3ms_core::delivery::DeliveryError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Cubes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cube: Vec<String>,
    /// Codes of coded fields, by the name of the field; `group.field` within a group.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Vec<String>>,
    /// Takes place on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Takes place on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// Within a circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<Near>,
    /// Between west, south, east and north, in degrees; west of the antimeridian to east of it where west is more.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub within: Option<[f64; 4]>,
    /// Within a ring of points, longitude before latitude.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub polygon: Vec<[f64; 2]>,
    /// In communes, by their codes.
    #[serde(rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub communes: Vec<String>,
    /// In which order; where words are asked for by relevance, else by start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Where the page before ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many hits; 20 where nobody says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

fn malformed(parameter: &str, value: &str, expected: &'static str) -> DeliveryError {
    let value = value.chars().take(80).collect();
    DeliveryError::QueryMalformed { parameter: parameter.to_owned(), value, expected }
}

impl Query {
    /// Reads a query from JSON.
    ///
    /// # Errors
    /// [`DeliveryError::QueryMalformed`] where it is none, or a value is out of bounds.
    pub fn from_json(text: &str) -> Result<Self, DeliveryError> {
        let query: Self = serde_json::from_str(text)
            .map_err(|error| malformed("query", &error.to_string(), "a query as JSON"))?;
        query.check()?;
        Ok(query)
    }

    /// Reads a query from the parameters of an address: `q`, `cube`, `from`, `to`, `near=latitude,longitude,km`,
    /// `box=west,south,east,north`, `polygon=longitude,latitude,…`, `in=05023,05046`, `order`, `after`, `limit`; any
    /// other name is that of a coded field. `cube` and fields may be given several times, or values parted by commas.
    ///
    /// # Errors
    /// [`DeliveryError::QueryMalformed`] for a value that is not what the parameter wants,
    /// [`DeliveryError::ParameterRepeated`] for one that stands twice and may not.
    pub fn from_parameters(text: &str) -> Result<Self, DeliveryError> {
        let mut query = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for pair in text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(|| malformed("query", name, "text in UTF-8"))?;
            let value = decoded(value).ok_or_else(|| malformed(&name, value, "text in UTF-8"))?;
            let parts = || value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
            let single = ["q", "from", "to", "near", "box", "polygon", "in", "order", "after", "limit"];
            if single.contains(&name.as_str()) {
                if seen.contains(&name) {
                    return Err(DeliveryError::ParameterRepeated { parameter: name });
                }
                seen.push(name.clone());
            }
            match name.as_str() {
                "q" => query.q = Some(value).filter(|value| !value.trim().is_empty()),
                "cube" => query.cube.extend(parts()),
                "from" => query.from = Some(day("from", &value)?),
                "to" => query.to = Some(day("to", &value)?),
                "near" => query.near = Some(near(&value)?),
                "box" => {
                    let numbers = numbers("box", &value, "west,south,east,north in degrees")?;
                    let sides = numbers.try_into();
                    query.within = Some(
                        sides.map_err(|_| malformed("box", &value, "west,south,east,north in degrees"))?,
                    );
                }
                "polygon" => query.polygon = ring(&value)?,
                "in" => query.communes.extend(parts()),
                "order" => query.order = Some(order(&value)?),
                "after" => query.after = Some(value).filter(|value| !value.is_empty()),
                "limit" => {
                    let limit =
                        value.parse().map_err(|_| malformed("limit", &value, "a number up to 1000"))?;
                    query.limit = Some(limit);
                }
                field => {
                    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
                    if field.is_empty() || !field.chars().all(plain) {
                        return Err(malformed(field, &value, "the name of a field"));
                    }
                    query.fields.entry(field.to_owned()).or_default().extend(parts());
                }
            }
        }
        query.check()?;
        Ok(query)
    }

    /// The query as the parameters of an address.
    #[must_use]
    pub fn parameters(&self) -> String {
        let mut text = String::new();
        let mut say = |name: &str, value: &str| {
            if !text.is_empty() {
                text.push('&');
            }
            encode(&mut text, name);
            text.push('=');
            encode(&mut text, value);
        };
        let joined = |numbers: &[f64]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        if let Some(q) = &self.q {
            say("q", q);
        }
        if !self.cube.is_empty() {
            say("cube", &self.cube.join(","));
        }
        for (field, values) in &self.fields {
            say(field, &values.join(","));
        }
        for (name, day) in [("from", self.from), ("to", self.to)] {
            if let Some(day) = day {
                say(name, &day.to_string());
            }
        }
        if let Some(near) = &self.near {
            say("near", &joined(&[near.latitude, near.longitude, near.kilometers]));
        }
        if let Some(within) = &self.within {
            say("box", &joined(within));
        }
        if !self.polygon.is_empty() {
            say("polygon", &joined(self.polygon.as_flattened()));
        }
        if !self.communes.is_empty() {
            say("in", &self.communes.join(","));
        }
        if let Some(order) = self.order {
            say("order", order.name());
        }
        if let Some(after) = &self.after {
            say("after", after);
        }
        if let Some(limit) = self.limit {
            say("limit", &limit.to_string());
        }
        text
    }

    /// Checks what a document can say and no query may.
    pub(super) fn check(&self) -> Result<(), DeliveryError> {
        if let Some(q) = self.q.as_ref().filter(|q| q.chars().count() > LONGEST) {
            return Err(malformed("q", q, "at most 500 characters"));
        }
        if let Some(limit) = self.limit.filter(|limit| *limit > MOST) {
            return Err(malformed("limit", &limit.to_string(), "a number up to 1000"));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(malformed("to", &to.to_string(), "a day that is not before `from`"));
        }
        if let Some(near) = &self.near {
            let is_sound = Position::new(near.latitude, near.longitude).is_some()
                && near.kilometers.is_finite()
                && near.kilometers >= 0.0;
            if !is_sound {
                return Err(malformed("near", &format!("{near:?}"), "latitude,longitude,km"));
            }
        }
        if let Some([west, south, east, north]) = self.within {
            let is_sound = Position::new(south, west).is_some()
                && Position::new(north, east).is_some()
                && south <= north;
            if !is_sound {
                return Err(malformed(
                    "box",
                    &format!("{:?}", self.within),
                    "west,south,east,north in degrees",
                ));
            }
        }
        let is_point = |[longitude, latitude]: &[f64; 2]| Position::new(*latitude, *longitude).is_some();
        if !self.polygon.is_empty()
            && (!(3..=MANY).contains(&self.polygon.len()) || !self.polygon.iter().all(is_point))
        {
            return Err(malformed(
                "polygon",
                &self.polygon.len().to_string(),
                "from 3 to 2000 points in degrees",
            ));
        }
        let lists = self.fields.values().chain([&self.cube, &self.communes]);
        if let Some(list) = lists.into_iter().find(|list| list.len() > MANY) {
            return Err(malformed("query", &list.len().to_string(), "at most 2000 values"));
        }
        Ok(())
    }

    /// How many hits a page has.
    pub(super) fn page(&self) -> usize {
        self.limit.unwrap_or(USUAL).min(MOST)
    }

    /// In which order.
    pub(super) fn ordered(&self) -> Order {
        let has_words = self.q.as_ref().is_some_and(|q| !super::words::asked(q).is_empty());
        match self.order {
            Some(Order::Relevance) | None if !has_words => Order::Start,
            Some(order) => order,
            None => Order::Relevance,
        }
    }

    /// Tells whether the query asks where something lies.
    pub(super) fn asks_where(&self) -> bool {
        self.near.is_some() || self.within.is_some() || !self.polygon.is_empty()
    }

    /// Tells whether a place is where the query asks.
    pub(super) fn reaches(&self, position: Position) -> bool {
        self.within.is_none_or(|within| in_box(within, position))
            && self.near.is_none_or(|near| near.holds(position))
            && (self.polygon.is_empty() || in_ring(&self.polygon, position))
    }
}

impl Order {
    const ALL: [Self; 4] = [Self::Relevance, Self::Start, Self::Title, Self::Change];

    /// Its name in a query.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Start => "start",
            Self::Title => "title",
            Self::Change => "change",
        }
    }
}

fn order(value: &str) -> Result<Order, DeliveryError> {
    let known = Order::ALL.into_iter().find(|order| order.name() == value);
    known.ok_or_else(|| malformed("order", value, "relevance, start, title or change"))
}

fn day(parameter: &str, value: &str) -> Result<Date, DeliveryError> {
    Date::parse(value).ok_or_else(|| malformed(parameter, value, "a day like 2027-03-31"))
}

fn numbers(parameter: &str, value: &str, expected: &'static str) -> Result<Vec<f64>, DeliveryError> {
    let numbers = value.split(',').map(|number| number.trim().parse::<f64>().ok().filter(|n| n.is_finite()));
    numbers.collect::<Option<_>>().ok_or_else(|| malformed(parameter, value, expected))
}

fn near(value: &str) -> Result<Near, DeliveryError> {
    let expected = "latitude,longitude,km";
    match numbers("near", value, expected)?.as_slice() {
        [latitude, longitude, kilometers] => {
            Ok(Near { latitude: *latitude, longitude: *longitude, kilometers: *kilometers })
        }
        _ => Err(malformed("near", value, expected)),
    }
}

fn ring(value: &str) -> Result<Vec<[f64; 2]>, DeliveryError> {
    let expected = "longitude,latitude of at least three points";
    let numbers = numbers("polygon", value, expected)?;
    let (points, rest) = numbers.as_chunks::<2>();
    if rest.is_empty() { Ok(points.to_vec()) } else { Err(malformed("polygon", value, expected)) }
}

/// Without `%XX` and with spaces for `+`; `None` where that is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                u8::from_str_radix(digits, 16).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                text.push(char::from(byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
}
