//! Places reconciled to communes, offline, by a register of communes and the territories they make.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::words::{jaro_winkler, town};
use crate::{
    base::fold,
    manufactory::forms::{
        FormsError,
        intake::{Source, header_words},
    },
};

/// A commune of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commune {
    /// Its INSEE code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The postal codes of its places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postal_codes: Vec<String>,
    /// The code of the territory it belongs to: in France its EPCI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
}

/// What an address says of its commune.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// The INSEE code.
    pub code: &'a str,
    /// The postal code.
    pub postal_code: &'a str,
    /// The town, as it is written.
    pub locality: &'a str,
    /// The country, two letters; empty where nobody says.
    pub country: &'a str,
}

/// What is found for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reconciled<'a> {
    /// One commune, and by what.
    Found(&'a Commune, Ground),
    /// What it says fits several; nobody guesses.
    Several(Vec<&'a Commune>),
    /// Its code is of this commune, its town and postal code are of another.
    Contradicts(&'a Commune),
    /// None, or it says nothing of it.
    Unknown,
}

/// By what a commune was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ground {
    /// Its INSEE code.
    Code,
    /// Its name and one of its postal codes.
    NameAndPostalCode,
    /// Its name, the only one of its department; the postal code is no commune's: a company's, a post box's.
    NameInDepartment,
    /// A name much like it, and one of its postal codes.
    LikeName,
    /// The postal code alone, which no other commune has; no town is said.
    PostalCode,
    /// Its name alone, which no other commune of the country has.
    Name,
}

/// The communes of a country and the territories they make, ready to be asked.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{identity::{Communes, Ground, Reconciled, Said}, intake::Source};
/// let register = "code,nom,codesPostaux\n05023,Briançon,05100\n05079,Monêtier-les-Bains,05220\n";
/// let communes = Communes::from_table(&Source::read(register.as_bytes())?)?;
/// let said = Said { postal_code: "05105", locality: "BRIANCON CEDEX", ..Said::default() };
/// let Reconciled::Found(commune, by) = communes.find(said) else { panic!() };
/// assert_eq!((commune.code.as_str(), by), ("05023", Ground::NameInDepartment));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Communes {
    all: Vec<Commune>,
    /// The names of territories, by code.
    territories: BTreeMap<String, String>,
    by_code: BTreeMap<String, usize>,
    by_postal_code: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
}

/// A register as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    communes: Vec<Commune>,
    #[serde(default)]
    territories: BTreeMap<String, String>,
}

impl Serialize for Communes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Kept { communes: self.all.clone(), territories: self.territories.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Communes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Kept::deserialize(deserializer).map(|kept| Self::new(kept.communes, kept.territories))
    }
}

/// A name as it is compared: its words, without CEDEX and districts.
fn key(name: &str) -> String {
    town(&name.replace(['/', '’', '\''], " ")).join(" ")
}

/// The department of a postal code, as INSEE codes begin; Corsica has two.
fn departments(postal_code: &str) -> Vec<&str> {
    match postal_code.get(..2) {
        Some("20") => vec!["2A", "2B"],
        Some("97" | "98") => postal_code.get(..3).into_iter().collect(),
        Some(two) => vec![two],
        None => Vec::new(),
    }
}

/// The commune of which a code is a district: those of Paris, Lyon and Marseille have codes of their own.
fn whole(code: &str) -> &str {
    let number: u32 = code.parse().unwrap_or(0);
    match number {
        75_101..=75_120 => "75056",
        69_381..=69_389 => "69123",
        13_201..=13_216 => "13055",
        _ => code,
    }
}

/// How alike the names are that a slip explains.
const LIKE: f64 = 0.93;

impl Communes {
    /// Makes the register ready.
    #[must_use]
    pub fn new(all: Vec<Commune>, territories: BTreeMap<String, String>) -> Self {
        let mut communes = Self { territories, ..Self::default() };
        for (place, commune) in all.iter().enumerate() {
            communes.by_code.insert(commune.code.clone(), place);
            communes.by_name.entry(key(&commune.name)).or_default().push(place);
            for postal_code in &commune.postal_codes {
                communes.by_postal_code.entry(postal_code.clone()).or_default().push(place);
            }
        }
        Self { all, ..communes }
    }

    /// Reads a table of communes: a code, a name, postal codes (several in a cell, or a line each).
    ///
    /// # Errors
    /// [`FormsError::RegisterUnreadable`] where it has no column of codes or of names, or no commune.
    pub fn from_table(table: &Source) -> Result<Self, FormsError> {
        let code = column(table, &["code", "code insee", "code commune", "insee", "com"], "a code")?;
        let names = ["nom", "nom commune", "libelle", "commune", "name", "nccenr"];
        let name = column(table, &names, "a name")?;
        let postal = ["codes postaux", "code postal", "postal codes", "postal code"];
        let postal = column(table, &postal, "a postal code").ok();
        let territory = column(table, &["epci", "code epci", "territory"], "a territory").ok();
        let mut all: Vec<Commune> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows(table) {
            let cell = |column: usize| row.get(&column).cloned().unwrap_or_default();
            let (code, name) = (padded(&cell(code)), cell(name));
            if code.is_empty() || name.is_empty() {
                continue;
            }
            let place = *places.entry(code.clone()).or_insert_with(|| {
                let territory = territory.map(cell).filter(|territory| !territory.is_empty());
                all.push(Commune { code, name, postal_codes: Vec::new(), territory });
                all.len() - 1
            });
            let Some(commune) = all.get_mut(place) else { continue };
            let codes = postal.map(cell).unwrap_or_default();
            for postal_code in codes.split(|letter: char| !letter.is_ascii_alphanumeric()) {
                let postal_code = padded(postal_code);
                if !postal_code.is_empty() && !commune.postal_codes.contains(&postal_code) {
                    commune.postal_codes.push(postal_code);
                }
            }
        }
        if all.is_empty() {
            return Err(FormsError::RegisterUnreadable { lacks: "any commune".to_owned() });
        }
        Ok(Self::new(all, BTreeMap::new()))
    }

    /// The same communes with the territories they belong to: a table of territories (code, name), and one of who
    /// belongs to which (territory, commune).
    ///
    /// # Errors
    /// [`FormsError::RegisterUnreadable`] where a table lacks a column.
    pub fn with_territories(self, names: &Source, members: &Source) -> Result<Self, FormsError> {
        let territory = ["epci", "code epci", "siren", "territory", "code"];
        let code = column(names, &territory, "the code of a territory")?;
        let name = column(names, &["nom", "libelle", "raison sociale", "name"], "the name of a territory")?;
        let of = column(members, &territory, "the code of a territory")?;
        let commune = ["commune", "insee", "code insee", "code commune", "membre"];
        let commune = column(members, &commune, "the code of a commune")?;
        let pairs = |table: &Source, one: usize, other: usize| -> Vec<(String, String)> {
            rows(table).filter_map(|row| Some((row.get(&one)?.clone(), row.get(&other)?.clone()))).collect()
        };
        let territories: BTreeMap<String, String> = pairs(names, code, name).into_iter().collect();
        let members: BTreeMap<String, String> =
            pairs(members, commune, of).into_iter().map(|(commune, of)| (padded(&commune), of)).collect();
        let mut all = self.all;
        for commune in &mut all {
            if let Some(territory) = members.get(&commune.code) {
                commune.territory = Some(territory.clone());
            }
        }
        Ok(Self::new(all, territories))
    }

    /// How many communes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The commune of a code; a district's is that of its town.
    #[must_use]
    pub fn commune(&self, code: &str) -> Option<&Commune> {
        self.by_code
            .get(code)
            .or_else(|| self.by_code.get(whole(code)))
            .and_then(|place| self.all.get(*place))
    }

    /// The name of a territory.
    #[must_use]
    pub fn territory(&self, code: &str) -> Option<&str> {
        self.territories.get(code).map(String::as_str)
    }

    /// Finds the commune of an address. What fits several, or contradicts itself, is not decided.
    #[must_use]
    pub fn find(&self, said: Said<'_>) -> Reconciled<'_> {
        let abroad = !said.country.is_empty() && !said.country.eq_ignore_ascii_case("fr");
        if abroad && said.code.is_empty() {
            return Reconciled::Unknown;
        }
        let postal_code = padded(said.postal_code.trim());
        let name = key(said.locality);
        let named = self.by_name.get(&name).map(Vec::as_slice).unwrap_or_default();
        let posted = self.by_postal_code.get(&postal_code).map(Vec::as_slice).unwrap_or_default();
        if let Some(commune) = self.commune(said.code.trim()) {
            let at = self.by_code.get(&commune.code);
            let holds = |places: &[usize]| places.iter().any(|place| Some(place) == at);
            let against = !named.is_empty() && !holds(named) && !posted.is_empty() && !holds(posted);
            return if against {
                Reconciled::Contradicts(commune)
            } else {
                Reconciled::Found(commune, Ground::Code)
            };
        }
        if name.is_empty() {
            return self.decided(posted, Ground::PostalCode);
        }
        let both: Vec<usize> = named.iter().copied().filter(|place| posted.contains(place)).collect();
        if !both.is_empty() {
            return self.decided(&self.exact(&both, said.locality), Ground::NameAndPostalCode);
        }
        if postal_code.is_empty() {
            let here = if said.country.is_empty() { Vec::new() } else { self.exact(named, said.locality) };
            return match here.as_slice() {
                [_] => self.decided(&here, Ground::Name),
                _ if named.is_empty() => Reconciled::Unknown,
                _ => Reconciled::Several(self.communes(named)),
            };
        }
        let departments = departments(&postal_code);
        let near = |place: &&usize| {
            let code = self.all.get(**place).map(|commune| commune.code.as_str()).unwrap_or_default();
            departments.iter().any(|department| code.starts_with(department))
        };
        let near: Vec<usize> = named.iter().filter(near).copied().collect();
        if !near.is_empty() && posted.is_empty() {
            return self.decided(&self.exact(&near, said.locality), Ground::NameInDepartment);
        }
        let like: BTreeSet<usize> =
            posted.iter().copied().filter(|place| self.is_like(*place, &name)).collect();
        if !like.is_empty() {
            return self.decided(&like.into_iter().collect::<Vec<_>>(), Ground::LikeName);
        }
        // The town is one commune's, the postal code another's: one of the two is wrong.
        let any: Vec<usize> = near.into_iter().chain(posted.iter().copied()).collect();
        if any.is_empty() { Reconciled::Unknown } else { Reconciled::Several(self.communes(&any)) }
    }

    /// Whether a commune's name is much like what is written: by a slip, or with a quarter before or after it.
    fn is_like(&self, place: usize, written: &str) -> bool {
        let Some(commune) = self.all.get(place) else { return false };
        let name = key(&commune.name);
        let holds = |one: &str, other: &str| format!(" {one} ").contains(&format!(" {other} "));
        jaro_winkler(&name, written) >= LIKE
            || !name.is_empty() && (holds(written, &name) || holds(&name, written))
    }

    /// Of several communes those whose name is written exactly so, if any is.
    fn exact(&self, places: &[usize], written: &str) -> Vec<usize> {
        let plain = |name: &str| fold(name).replace(|letter: char| !letter.is_alphanumeric(), " ");
        let is = |place: &&usize| {
            self.all.get(**place).is_some_and(|commune| plain(&commune.name) == plain(written))
        };
        let exact: Vec<usize> = places.iter().filter(is).copied().collect();
        if exact.is_empty() { places.to_vec() } else { exact }
    }

    fn communes(&self, places: &[usize]) -> Vec<&Commune> {
        places.iter().filter_map(|place| self.all.get(*place)).collect()
    }

    fn decided(&self, places: &[usize], by: Ground) -> Reconciled<'_> {
        match self.communes(places).as_slice() {
            [] => Reconciled::Unknown,
            [one] => Reconciled::Found(one, by),
            several => Reconciled::Several(several.to_vec()),
        }
    }
}

/// A code that lost its leading zero in a spreadsheet gets it back.
fn padded(code: &str) -> String {
    let code = code.trim();
    if code.len() == 4 && code.bytes().all(|digit| digit.is_ascii_digit()) {
        format!("0{code}")
    } else {
        code.to_owned()
    }
}

/// The column of one of these names.
fn column(table: &Source, names: &[&str], what: &str) -> Result<usize, FormsError> {
    let words: Vec<String> = table.selectors.iter().map(|name| header_words(name)).collect();
    let found = names.iter().find_map(|name| words.iter().position(|words| words == name));
    found.ok_or_else(|| FormsError::RegisterUnreadable { lacks: format!("a column for {what}") })
}

/// The rows of a table: the text of each column.
fn rows(table: &Source) -> impl Iterator<Item = BTreeMap<usize, String>> + '_ {
    table.records.iter().map(|record| {
        let cells =
            record.values.iter().map(|value| (value.selector(), value.scalar.text().trim().to_owned()));
        cells.filter(|(_, text)| !text.is_empty()).collect()
    })
}
