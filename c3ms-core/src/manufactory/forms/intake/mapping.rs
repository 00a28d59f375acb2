//! Where each value of a source goes: proposed, edited by hand, kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SourceKind;
use crate::{
    base::{Language, Zone},
    manufactory::forms::{Format, FormsError},
};

/// Where each value of a source goes.
///
/// A document: `c3ms mapping FILE` prints the one that is proposed; edited, it is given back by `--mapping`
/// and kept for the next import of the same source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// The kind of source it is for.
    pub kind: SourceKind,
    /// The zone of times that say none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// What is done with times that say only an offset.
    #[serde(default)]
    pub offsets: Offsets,
    /// The zones meant by names that are not in the IANA list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, Zone>,
    /// The language of texts that say none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The kinds of records each record of the source fills; the first with `at` empty is the record itself.
    pub targets: Vec<Target>,
}

/// What is done with times that say only an offset (`-03:00`, `Z`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offsets {
    /// Kept as they are.
    #[default]
    Keep,
    /// Understood as times in the mapping's zone; where the offset is not the zone's, kept and noted.
    Resolve,
}

/// A kind of record that is filled from (a part of) each record of the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Target {
    /// Which cube is filled.
    pub cube: String,
    /// The part of the source's record: empty for the whole, `/location`, `/performer/*`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// Only parts of one of these `@type`s; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<String>,
    /// The field of the record itself that links to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The selectors whose values together are the key of the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Where its values go.
    pub rules: Vec<Rule>,
}

/// Where one value goes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// The selector of the value.
    pub from: String,
    /// The field: `name`, `address/locality`, `offers/*/price`, `offers/0/price`; `**` for lists in lists, as one;
    /// `start/time` for the time of a day that another value says.
    pub to: String,
    /// The language of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What parts several values in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The codes meant by words of the source (compared folded).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, String>,
    /// The selector of the value that stands before this one: an address in two parts is the two together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// For a link: a name nobody knows makes a new record of that name, instead of being refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub create: bool,
}

impl Mapping {
    /// Reads a mapping from JSON.
    ///
    /// # Errors
    /// [`FormsError::MappingUnreadable`] where it is none.
    pub fn parse(json: &str) -> Result<Self, FormsError> {
        serde_json::from_str(json)
            .map_err(|error| FormsError::MappingUnreadable { reason: error.to_string() })
    }

    /// Checks that the mapping names cubes and fields there are.
    ///
    /// # Errors
    /// [`FormsError::MappingUnsound`] with the path of the rule.
    pub fn check(&self, formats: &BTreeMap<String, Format>) -> Result<(), FormsError> {
        let unsound = |path: String, reason: String| FormsError::MappingUnsound { path, reason };
        let root = self.targets.first().filter(|target| target.at.is_empty());
        let root = root.ok_or_else(|| {
            unsound("/targets".to_owned(), "the first target is the record itself".to_owned())
        })?;
        for (index, target) in self.targets.iter().enumerate() {
            let path = format!("/targets/{index}");
            let format = formats
                .get(&target.cube)
                .ok_or_else(|| unsound(path.clone(), format!("there is no cube {:?}", target.cube)))?;
            if let Some(link) = &target.link
                && formats.get(&root.cube).is_none_or(|format| format.field(link).is_none())
            {
                return Err(unsound(format!("{path}/link"), format!("{} has no field {link:?}", root.cube)));
            }
            for (number, rule) in target.rules.iter().enumerate() {
                if super::draft::field_of(format, &rule.to).is_none() {
                    let reason = format!("{} has no field {:?}", target.cube, rule.to);
                    return Err(unsound(format!("{path}/rules/{number}/to"), reason));
                }
            }
        }
        Ok(())
    }
}
