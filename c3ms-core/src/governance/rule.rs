//! Rules of dissemination: to whom what goes, from when on, how precisely, under which license.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::GovernanceError;
use crate::{
    base::{Date, Digest, Text, Timestamp},
    manufactory::forms::{Field, Format, Kind, Visibility},
};

/// A rule of dissemination; a document of the cooperative.
///
/// Where no rule says anything, everybody sees the fields of class `public` of published records, members those of class
/// `members` besides, and nobody those of class `private`: no rule opens them.
///
/// # Examples
/// ```
/// use c3ms_core::governance::{Effect, Rule};
/// let rule: Rule = serde_json::from_str(r#"{
///     "name": "prices-embargo", "to": ["public", "reusers"], "cube": "performance", "fields": ["offers"],
///     "effect": {"embargo": {"until": "2027-06-01T00:00:00Z"}}
/// }"#)?;
/// assert!(matches!(rule.effect, Effect::Embargo { until: Some(_), days_before: None }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: `prices-embargo`.
    pub name: String,
    /// What it is for, in words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub label: Text,
    /// Whom it concerns; at least one.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub to: Vec<Audience>,
    /// Re-users only of whom every purpose is one of these; all where there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<String>,
    /// Of which cube; of all where it says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cube: Option<String>,
    /// Which fields, with points between names in groups: `address.street`; whole records where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Only records that say one of these values in each of these fields; all records where there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, BTreeSet<String>>,
    /// What it does.
    pub effect: Effect,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// Shows what is for members.
    Open {},
    /// Shows it no more.
    Withhold {},
    /// Shows it from a time on, or from so many days before the record takes place on.
    #[serde(rename_all = "kebab-case")]
    Embargo {
        /// From this time on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        until: Option<Timestamp>,
        /// From so many days before its start on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days_before: Option<u16>,
    },
    /// Rounds positions to so many decimals of a degree: 2 are about a kilometer.
    Coarsen {
        /// How many, 0 to 5.
        decimals: u8,
    },
    /// Tells no count of fewer records than this.
    MinimumCell {
        /// How many.
        least: u32,
    },
    /// Gives the records out under this license, an address, instead of that of the cooperative.
    License {
        /// Which.
        license: String,
    },
}

/// Whom a rule concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Audience {
    /// All there are.
    Everybody,
    /// Who has no key.
    Public,
    /// The members of the cooperative.
    Members,
    /// Every named re-user.
    Reusers,
    /// One of them.
    Reuser(String),
}

impl From<Audience> for String {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Everybody => "everybody".to_owned(),
            Audience::Public => "public".to_owned(),
            Audience::Members => "members".to_owned(),
            Audience::Reusers => "reusers".to_owned(),
            Audience::Reuser(name) => format!("reuser/{name}"),
        }
    }
}

impl TryFrom<String> for Audience {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "everybody" => Ok(Self::Everybody),
            "public" => Ok(Self::Public),
            "members" => Ok(Self::Members),
            "reusers" => Ok(Self::Reusers),
            other => match other.strip_prefix("reuser/").filter(|name| is_name(name)) {
                Some(name) => Ok(Self::Reuser(name.to_owned())),
                None => Err(format!("{text:?} is none of everybody, public, members, reusers, reuser/NAME")),
            },
        }
    }
}

/// Who takes data over under a name: an application, a radio, a laboratory.
///
/// She shows a secret; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reuser {
    /// Its name in rules: `radio-alpes`.
    pub name: String,
    /// Who that is, for people.
    pub label: String,
    /// What the data are used for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<String>,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub key: Digest,
    /// The last day on which the key opens anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Reuser {
    /// Whether its name is one.
    #[must_use]
    pub fn has_name(&self) -> bool {
        is_name(&self.name)
    }

    /// Whether a secret is this re-user's, and the key still opens on a day.
    #[must_use]
    pub fn opens(&self, secret: &str, today: Date) -> bool {
        self.key == Digest::of(&[secret.as_bytes()]) && self.until.is_none_or(|until| today <= until)
    }
}

/// Lower-case letters, digits and hyphens; 64 at most.
fn is_name(name: &str) -> bool {
    let is_sound = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_sound)
}

impl Rule {
    /// What the log keeps all rules under.
    pub(crate) const SUBJECT: &'static str = "dissemination";

    /// Checks that a rule says something that can be done, about formats there are.
    ///
    /// A condition on records may only ask fields that everybody sees and that the rule itself leaves alone: else what
    /// comes out would tell what was hidden.
    ///
    /// # Errors
    /// [`GovernanceError::RuleUnsound`] with where and why.
    pub fn check(&self, formats: &[Format]) -> Result<(), GovernanceError> {
        let wrong = |path: &str, reason: String| {
            let path = format!("{}/{path}", self.name);
            Err(GovernanceError::RuleUnsound { path, reason })
        };
        if !is_name(&self.name) {
            return wrong("name", "is no name: lower-case letters, digits and hyphens".to_owned());
        }
        if self.to.is_empty() {
            return wrong("to", "nobody is named".to_owned());
        }
        let about: Vec<&Format> = formats
            .iter()
            .filter(|format| self.cube.as_ref().is_none_or(|cube| *cube == format.cube))
            .collect();
        if about.is_empty() {
            return wrong("cube", format!("there is no cube {:?}", self.cube.as_deref().unwrap_or_default()));
        }
        let is_about_records = matches!(self.effect, Effect::License { .. } | Effect::MinimumCell { .. });
        for path in &self.fields {
            let mut found = about.iter().filter_map(|format| field_at(&format.fields, path)).peekable();
            if is_about_records {
                return wrong("fields", "this effect is about whole records".to_owned());
            }
            if found.peek().is_none() {
                return wrong("fields", format!("there is no field {path:?}"));
            }
            if matches!(self.effect, Effect::Open {})
                && found.any(|field| field.visibility == Visibility::Private)
            {
                return wrong("fields", format!("{path:?} is private: no rule opens it"));
            }
        }
        if matches!(self.effect, Effect::Open {}) && self.fields.is_empty() {
            return wrong("fields", "name the fields that are opened".to_owned());
        }
        if is_about_records && !self.records.is_empty() {
            return wrong("records", "this effect is about all records of a cube".to_owned());
        }
        for name in self.records.keys() {
            if !about.iter().any(|format| field_at(&format.fields, name).is_some()) {
                return wrong("records", format!("there is no field {name:?}"));
            }
            let touches = |path: &String| lies_in(name, path);
            let is_open = about.iter().all(|format| is_public(&format.fields, name));
            if !is_open || self.fields.iter().any(touches) {
                return wrong(
                    "records",
                    format!("{name:?} is not seen by everybody: the rule would tell what it says"),
                );
            }
        }
        match &self.effect {
            Effect::Embargo { until, days_before } if until.is_some() == days_before.is_some() => {
                wrong("effect", "an embargo has either `until` or `days-before`".to_owned())
            }
            Effect::Coarsen { decimals } if *decimals > 5 => {
                wrong("effect", format!("{decimals} decimals coarsen nothing; 5 at most"))
            }
            Effect::Embargo { days_before: Some(_), .. }
                if !about.iter().any(|format| takes_place(format)) =>
            {
                wrong("effect", "no start that everybody sees, before which there could be days".to_owned())
            }
            Effect::License { license } if !license.starts_with("http") => {
                wrong("effect", "a license is an address".to_owned())
            }
            Effect::Open {}
            | Effect::Withhold {}
            | Effect::Embargo { .. }
            | Effect::Coarsen { .. }
            | Effect::MinimumCell { .. }
            | Effect::License { .. } => Ok(()),
        }
    }

    /// Whether both may concern the same records of the same recipient.
    fn meets(&self, other: &Self) -> bool {
        let same_cube = match (&self.cube, &other.cube) {
            (Some(one), Some(two)) => one == two,
            (None, _) | (_, None) => true,
        };
        let shared = |one: &Audience| {
            other.to.iter().any(|two| match (one, two) {
                (Audience::Everybody, _)
                | (_, Audience::Everybody)
                | (Audience::Reusers, Audience::Reuser(_))
                | (Audience::Reuser(_), Audience::Reusers) => true,
                (one, two) => one == two,
            })
        };
        same_cube && self.to.iter().any(shared)
    }

    /// Whether it keeps back a field of some records, or makes it coarser.
    fn hides(&self, asked: &str) -> bool {
        let touches = |path: &String| lies_in(asked, path);
        match self.effect {
            Effect::Withhold {} | Effect::Embargo { .. } | Effect::Coarsen { .. } => {
                self.fields.iter().any(touches)
            }
            Effect::Open {} | Effect::MinimumCell { .. } | Effect::License { .. } => false,
        }
    }
}

/// Whether a path of names is another, or lies in it.
pub(crate) fn lies_in(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether everybody sees when the records of a format begin.
fn takes_place(format: &Format) -> bool {
    start(format).is_some_and(|start| start.visibility == Visibility::Public)
}

/// The field that says when the records of a format begin.
fn start(format: &Format) -> Option<&Field> {
    format.fields.iter().find(|field| field.property() == Some("startDate"))
}

/// Whether everybody sees what lies at a path, and all that it lies in; what a format has not, nobody sees.
fn is_public(fields: &[Field], path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(field) = fields.iter().find(|field| field.name == first) else { return true };
    let inside = match (rest, &field.kind) {
        (Some(rest), Kind::Group { fields }) => is_public(fields, rest),
        (Some(_) | None, _) => true,
    };
    field.visibility == Visibility::Public && inside
}

/// The field at a path of names with points between.
pub(crate) fn field_at<'f>(fields: &'f [Field], path: &str) -> Option<&'f Field> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let field = fields.iter().find(|field| field.name == first)?;
    match (rest, &field.kind) {
        (None, _) => Some(field),
        (Some(rest), Kind::Group { fields }) => field_at(fields, rest),
        (Some(_), _) => None,
    }
}

/// Checks rules together: each by itself, and that no condition asks what another rule keeps back.
///
/// # Errors
/// As [`Rule::check`].
pub fn check_rules(rules: &[Rule], formats: &[Format]) -> Result<(), GovernanceError> {
    for rule in rules {
        rule.check(formats)?;
        for other in rules.iter().filter(|other| other.name != rule.name && other.meets(rule)) {
            let hidden = rule.records.keys().find(|asked| other.hides(asked));
            if let Some(asked) = hidden {
                let path = format!("{}/records", rule.name);
                let reason = format!("{asked:?} is kept back by the rule {}", other.name);
                return Err(GovernanceError::RuleUnsound { path, reason });
            }
            let start = formats.iter().filter_map(start).find(|start| other.hides(&start.name));
            if matches!(rule.effect, Effect::Embargo { days_before: Some(_), .. }) && start.is_some() {
                let path = format!("{}/effect", rule.name);
                let reason = format!("the start is kept back by the rule {}", other.name);
                return Err(GovernanceError::RuleUnsound { path, reason });
            }
            if let (Effect::License { license: one }, Effect::License { license: two }) =
                (&rule.effect, &other.effect)
                && one != two
            {
                let path = format!("{}/effect", rule.name);
                let reason = format!("the rule {} gives the same records another license", other.name);
                return Err(GovernanceError::RuleUnsound { path, reason });
            }
        }
    }
    Ok(())
}
