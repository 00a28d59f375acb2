//! The page on which a wave is asked, without a connection: a folder of files that a browser keeps.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, UndefinedBehavior, context};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{edit::format_of_cube, settings},
    Mode, Purpose, QuotaState, Slot, SlotState, responses, wave,
};
use crate::{
    Code, Error,
    base::{Digest, Id, Text},
    cooperative::fieldwork::FrameRow,
    delivery::{DeliveryError, format_escaped},
    forms::{
        Form,
        design::{Layout, layout},
    },
    store::Store,
    survey::{SurveyError, read_document},
};

/// Which page is wanted, as a document.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::PageSpec;
/// let spec = PageSpec::parse(r#"{"wave": "summer-2027", "mode": "face-to-face"}"#)?;
/// assert_eq!(spec.languages, ["fr", "en"]);
/// assert!(PageSpec::parse(r#"{"wave": "summer-2027", "mode": "paper"}"#).is_err());
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageSpec {
    /// The name of the wave.
    pub wave: String,
    /// The languages of the page, the first first: `fr`, `en`.
    #[serde(default = "both")]
    pub languages: Vec<String>,
    /// Who holds the device: the interviewer (`face-to-face`) or the visitor (`self-administered`).
    pub mode: Mode,
    /// What stands above; the name of the questionnaire where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

fn both() -> Vec<String> {
    ["fr", "en"].map(str::to_owned).to_vec()
}

/// A page as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The version of the questionnaire that is asked: the newest now.
    pub version: Digest,
    /// How many slots can be chosen.
    pub slots: usize,
    /// The digest of all files: what a browser keeps is known by it.
    pub digest: Digest,
    /// Paths and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What the page is told of its wave.
#[derive(Serialize)]
struct Told<'a> {
    wave: &'a str,
    cooperative: &'a str,
    title: BTreeMap<&'a str, String>,
    zone: &'a str,
    mode: Mode,
    languages: &'a [String],
    version: Digest,
    form: &'static str,
    layouts: BTreeMap<&'a str, Layout>,
    violations: BTreeMap<&'a str, BTreeMap<&'static str, &'static str>>,
    slots: Vec<SlotTold<'a>>,
    purposes: &'a BTreeMap<String, Purpose>,
    quotas: Vec<QuotaState>,
}

/// A slot, with what tells where, when and whom to approach.
#[derive(Serialize)]
struct SlotTold<'a> {
    slot: Id<FrameRow>,
    venue: &'a str,
    locality: &'a str,
    title: &'a str,
    genre: &'a str,
    begin: &'a str,
    end: &'a str,
    expected: f64,
    interval: u32,
    first: u32,
}

impl<'a> SlotTold<'a> {
    fn of(slot: &'a Slot) -> Self {
        let row = &slot.row;
        Self {
            slot: row.slot,
            venue: &row.venue,
            locality: &row.locality,
            title: &row.title,
            genre: &row.genre,
            begin: &row.begin,
            end: &row.end,
            expected: row.expected,
            interval: slot.interval,
            first: slot.first,
        }
    }
}

impl PageSpec {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        let spec: Self = read_document(json)?;
        let wrong = |reason: &str| Err(SurveyError::SpecUnreadable { reason: reason.to_owned() });
        let known = spec.languages.iter().all(|language| ["fr", "en"].contains(&language.as_str()));
        let distinct: BTreeSet<&String> = spec.languages.iter().collect();
        if !known || spec.languages.is_empty() || distinct.len() < spec.languages.len() {
            return wrong("`languages` are of `fr` and `en`, one at least, each once");
        }
        match spec.mode {
            Mode::FaceToFace | Mode::SelfAdministered => Ok(spec),
            Mode::Web | Mode::Paper => wrong("`mode` is `face-to-face` or `self-administered`"),
        }
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// What can be wrong in an answer, for the page to say in its place.
const VIOLATIONS: [Code; 10] = [
    Code::Required,
    Code::WrongKind,
    Code::TooShort,
    Code::TooLong,
    Code::TooSmall,
    Code::TooLarge,
    Code::TooMany,
    Code::PatternMismatch,
    Code::UnknownCode,
    Code::ConstraintUnmet,
];

/// The script of the service worker among the files of the player: what is to be kept is told before it.
const WORKER: &str = "sw.js";

/// Makes the page of a wave: `player` is the built player, paths and contents. It asks the newest version of the
/// questionnaire, in the slots that interviewers go to.
///
/// # Errors
/// [`SurveyError::SpecUnreadable`] where no wave has that name; as [`Form::new`] for its questionnaire;
/// [`DeliveryError`] where the page cannot be made; [`StoreError`](crate::store::StoreError).
pub fn page(store: &dyn Store, spec: &PageSpec, player: &[(String, Vec<u8>)]) -> Result<Page, Error> {
    let wave = wave(store, &spec.wave)?.ok_or_else(|| SurveyError::SpecUnreadable {
        reason: format!("no wave is called {:?}", spec.wave),
    })?;
    let settings = settings(store)?;
    let format = format_of_cube(store, &wave.questionnaire)?;
    let languages: Vec<&str> = spec.languages.iter().map(String::as_str).collect();
    let titled = |language: &&str| {
        let own = spec.title.clone().or_else(|| named(&format.label, language));
        own.unwrap_or_else(|| wave.name.clone())
    };
    let title: BTreeMap<&str, String> =
        languages.iter().map(|language| (*language, titled(language))).collect();
    let first = languages.first().copied().unwrap_or("fr");
    let heading = title.get(first).cloned().unwrap_or_default();
    let laid_out = |language: &&'_ str| {
        // The language itself, then the others of the page.
        let rest = languages.iter().filter(|other| *other != language);
        let chain: Vec<&str> = std::iter::once(language).chain(rest).copied().collect();
        layout(&format, &chain)
    };
    let advice =
        |language: &str| VIOLATIONS.iter().map(|code| (code.as_str(), code.advice(language))).collect();
    let goes = |slot: &&Slot| slot.drawn && slot.state == SlotState::Planned;
    let slots: Vec<SlotTold<'_>> = wave.slots.iter().filter(goes).map(SlotTold::of).collect();
    let count = slots.len();
    let version = format.digest();
    let told = Told {
        wave: &wave.name,
        cooperative: &settings.name,
        zone: settings.zone.as_str(),
        mode: spec.mode,
        languages: &spec.languages,
        version,
        form: "wave.form",
        layouts: languages.iter().map(|language| (*language, laid_out(language))).collect(),
        violations: languages.iter().map(|language| (*language, advice(language))).collect(),
        slots,
        purposes: &wave.purposes,
        quotas: responses(store, &wave.name)?.quotas,
        title,
    };
    let manifest = json!({
        "name": heading, "short_name": heading, "lang": first, "start_url": "./index.html", "scope": "./",
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#0b5d52",
        "icons": [{ "src": "questionnaire.svg", "sizes": "any", "type": "image/svg+xml" }],
    });
    let mut files = vec![
        ("index.html".to_owned(), html(first, &heading)?),
        ("manifest.json".to_owned(), format!("{manifest}\n").into_bytes()),
        ("wave.form".to_owned(), Form::new(&format)?.to_bytes()),
        ("wave.json".to_owned(), format!("{}\n", json!(told)).into_bytes()),
    ];
    files.extend(player.iter().filter(|(path, _)| path != WORKER).cloned());
    files.sort();
    let worker = player.iter().find(|(path, _)| path == WORKER).map(|(_, content)| content.as_slice());
    let worker = worker.unwrap_or_default();
    let parts = files.iter().flat_map(|(path, content)| [path.as_bytes(), content.as_slice()]);
    let lengths: Vec<[u8; 8]> =
        parts.clone().map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()).collect();
    let hashed: Vec<&[u8]> = lengths
        .iter()
        .zip(parts)
        .flat_map(|(length, part)| [length.as_slice(), part])
        .chain([worker])
        .collect();
    let digest = Digest::of(&hashed);
    let kept: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let mut script = format!("self.KEPT={};\n", json!({ "digest": digest, "files": kept })).into_bytes();
    script.extend_from_slice(worker);
    files.push((WORKER.to_owned(), script));
    Ok(Page { version, slots: count, digest, files })
}

/// The text in a language; nothing where it is not there.
fn named(text: &Text, language: &str) -> Option<String> {
    text.in_language(language).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn html(language: &str, title: &str) -> Result<Vec<u8>, DeliveryError> {
    let broken = |error: minijinja::Error| DeliveryError::TemplateBroken { reason: error.to_string() };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format_escaped);
    environment.add_template("page.html", include_str!("page.html")).map_err(broken)?;
    let page = environment.get_template("page.html").and_then(|own| own.render(context! { language, title }));
    Ok((page.map_err(broken)? + "\n").into_bytes())
}
