//! Where the values of platforms go whose shape is known: OpenAgenda, DATAtourisme, feeds.

use std::collections::BTreeMap;

use super::{Rule, Source, SourceKind, Target, draft::field_of};
use crate::{
    base::Language,
    manufactory::forms::{Format, FormsError},
};

/// A part of a known shape: where it stands, the cube it fills, the selectors of its key, where values go.
///
/// In a selector `<l>` is any language, and `*` may be missing where a list of one is written without.
struct Part {
    at: &'static str,
    cube: &'static str,
    /// The field of the record itself that links to it.
    link: Option<&'static str>,
    /// Only records of one of these types.
    when: &'static [&'static str],
    key: &'static [&'static str],
    rules: &'static [(&'static str, &'static str, Words)],
}

/// How the words of a value are understood.
#[derive(Clone, Copy)]
enum Words {
    /// As they stand.
    Plain,
    /// By a list: word of the source, code; an empty code says nothing.
    Coded(&'static [(&'static str, &'static str)]),
    /// A name of another record, made where nobody knows it.
    Named,
    /// The rest of an address that begins with the value of this selector.
    After(&'static str),
}

use Words::{After, Coded, Named, Plain};

/// Countries as OpenAgenda writes them.
const COUNTRIES: Words = Coded(&[
    ("fr", "FR"),
    ("be", "BE"),
    ("ch", "CH"),
    ("lu", "LU"),
    ("it", "IT"),
    ("es", "ES"),
    ("de", "DE"),
    ("mc", "MC"),
    ("ca", "CA"),
    ("gb", "GB"),
    ("pt", "PT"),
    ("nl", "NL"),
]);

const YES_HEARING: Words = Coded(&[("true", "hi"), ("false", "")]);
const YES_SIGHT: Words = Coded(&[("true", "vi"), ("false", "")]);
const YES_PSYCHIC: Words = Coded(&[("true", "pi"), ("false", "")]);
const YES_MOTOR: Words = Coded(&[("true", "mi"), ("false", "")]);
const YES_MENTAL: Words = Coded(&[("true", "ii"), ("false", "")]);

/// The fields of OpenAgenda's events, exports of versions 1 and 2.
///
/// # Source
/// OpenAgenda, developer documentation, "Event format" and "Location format".
const OPEN_AGENDA: &[Part] = &[
    Part {
        at: "",
        cube: "performance",
        link: None,
        when: &[],
        key: &["/uid"],
        rules: &[
            ("/title/<l>", "name", Plain),
            ("/title", "name", Plain),
            ("/longDescription/<l>", "description", Plain),
            ("/longDescription", "description", Plain),
            ("/description/<l>", "summary", Plain),
            ("/description", "summary", Plain),
            ("/timings/*/start", "timings/*/start", Plain),
            ("/timings/*/begin", "timings/*/start", Plain),
            ("/timings/*/end", "timings/*/end", Plain),
            (
                "/status",
                "status",
                Coded(&[
                    ("1", "scheduled"),
                    ("2", "rescheduled"),
                    ("3", "moved-online"),
                    ("4", "postponed"),
                    ("5", "full"),
                    ("6", "cancelled"),
                ]),
            ),
            ("/attendanceMode", "attendance", Coded(&[("1", "offline"), ("2", "online"), ("3", "mixed")])),
            ("/accessibility/*", "accessibility/disabilities", Plain),
            ("/accessibility/hi", "accessibility/disabilities", YES_HEARING),
            ("/accessibility/vi", "accessibility/disabilities", YES_SIGHT),
            ("/accessibility/pi", "accessibility/disabilities", YES_PSYCHIC),
            ("/accessibility/mi", "accessibility/disabilities", YES_MOTOR),
            ("/accessibility/ii", "accessibility/disabilities", YES_MENTAL),
            ("/conditions/<l>", "offers/0/conditions", Plain),
            ("/registrationUrl", "offers/0/url", Plain),
            ("/onlineAccessLink", "same-as", Plain),
            ("/canonicalUrl", "url", Plain),
            ("/keywords/<l>/*", "keywords", Plain),
            ("/image", "media/0/url", Plain),
            ("/image/filename", "media/0/url", After("/image/base")),
            ("/imageCredits", "media/0/credit", Plain),
            ("/image/credits", "media/0/credit", Plain),
            ("/image/size/width", "media/0/width", Plain),
            ("/image/size/height", "media/0/height", Plain),
            ("/uid", "identifier", Plain),
        ],
    },
    Part {
        at: "/location",
        cube: "venue",
        link: Some("venue"),
        when: &[],
        key: &["/location/uid"],
        rules: &[
            ("/location/name", "name", Plain),
            ("/location/address", "address/street", Plain),
            ("/location/postalCode", "address/postal-code", Plain),
            ("/location/city", "address/locality", Plain),
            ("/location/insee", "address/municipality-code", Plain),
            ("/location/region", "address/region", Plain),
            ("/location/countryCode", "address/country", COUNTRIES),
            ("/location/latitude", "position/latitude", Plain),
            ("/location/longitude", "position/longitude", Plain),
            ("/location/description/<l>", "description", Plain),
            ("/location/website", "url", Plain),
            ("/location/links/*", "same-as", Plain),
            ("/location/phone", "phone", Plain),
            ("/location/image", "media/0/url", Plain),
            ("/location/image/filename", "media/0/url", After("/location/image/base")),
            ("/location/image/credits", "media/0/credit", Plain),
            ("/location/imageCredits", "media/0/credit", Plain),
            ("/location/accessibility/*", "accessibility/disabilities", Plain),
            ("/location/accessibility/hi", "accessibility/disabilities", YES_HEARING),
            ("/location/accessibility/vi", "accessibility/disabilities", YES_SIGHT),
            ("/location/accessibility/pi", "accessibility/disabilities", YES_PSYCHIC),
            ("/location/accessibility/mi", "accessibility/disabilities", YES_MOTOR),
            ("/location/accessibility/ii", "accessibility/disabilities", YES_MENTAL),
            ("/location/uid", "identifier", Plain),
        ],
    },
];

/// The types of DATAtourisme that say a discipline.
const TYPES: Words = Coded(&[
    ("TheaterEvent", "theatre"),
    ("DanceEvent", "dance"),
    ("Concert", "music"),
    ("Recital", "music"),
    ("Opera", "opera"),
    ("CircusEvent", "circus"),
    ("Exhibition", "exhibition"),
    ("VisualArtsEvent", "visual-arts"),
    ("ScreeningEvent", "cinema"),
    ("Reading", "literature"),
    ("Conference", "conference"),
    ("Festival", "festival"),
    ("ChildrensEvent", "young-audience"),
    ("Bal", "ball"),
]);

/// What schema.org says of an event that does not take place as announced.
const STATUSES: Words = Coded(&[
    ("schema:EventScheduled", "scheduled"),
    ("schema:EventRescheduled", "rescheduled"),
    ("schema:EventMovedOnline", "moved-online"),
    ("schema:EventPostponed", "postponed"),
    ("schema:EventCancelled", "cancelled"),
    ("full", "full"),
]);

/// The policies of DATAtourisme that say whom a price is for.
const POLICIES: Words = Coded(&[
    ("kb:BaseRateFullRate", "full"),
    ("kb:ChildRate", "child"),
    ("kb:Group", "group"),
    ("kb:Free", "free"),
]);

macro_rules! datatourisme_place {
    ($($more:tt)*) => {
        &[
            ("/isLocatedAt/*/schema:address/*/schema:streetAddress/*", "address/street", Plain),
            ("/isLocatedAt/*/schema:address/*/schema:postalCode", "address/postal-code", Plain),
            ("/isLocatedAt/*/schema:address/*/schema:addressLocality", "address/locality", Plain),
            ("/isLocatedAt/*/schema:address/*/hasAddressCity/*/insee", "address/municipality-code", Plain),
            ("/isLocatedAt/*/schema:geo/*/schema:latitude", "position/latitude", Plain),
            ("/isLocatedAt/*/schema:geo/*/schema:longitude", "position/longitude", Plain),
            $($more)*
        ]
    };
}

const DATATOURISME_EVENT: &[(&str, &str, Words)] = &[
    ("/rdfs:label/<l>/*", "name", Plain),
    ("/hasDescription/*/dc:description/<l>/*", "description", Plain),
    ("/hasContact/*/foaf:homepage/*", "url", Plain),
    ("/hasMainRepresentation/*/ebucore:hasRelatedResource/*/ebucore:locator/*", "media/0/url", Plain),
    ("/hasMainRepresentation/*/ebucore:hasAnnotation/*/credits/*", "media/0/credit", Plain),
    ("/hasMainRepresentation/*/ebucore:hasAnnotation/*/ebucore:title/<l>/*", "media/0/caption", Plain),
    ("/reducedMobilityAccess", "accessibility/disabilities", YES_MOTOR),
    ("/dc:identifier", "identifier", Plain),
    ("/hasDescription/*/shortDescription/<l>/*", "summary", Plain),
    ("/rdfs:comment/<l>/*", "summary", Plain),
    ("/takesPlaceAt/*/startDate", "timings/*/start", Plain),
    ("/takesPlaceAt/*/endDate", "timings/*/end", Plain),
    ("/takesPlaceAt/*/startTime", "timings/*/start/time", Plain),
    ("/takesPlaceAt/*/endTime", "timings/*/end/time", Plain),
    ("/schema:eventStatus/@id", "status", STATUSES),
    ("/schema:eventStatus", "status", STATUSES),
    ("/@type/*", "genres", TYPES),
    ("/hasTheme/*/rdfs:label/fr/*", "keywords", Plain),
    ("/offers/*/schema:priceSpecification/*/schema:price/*", "offers/**/price", Plain),
    ("/offers/*/schema:priceSpecification/*/schema:minPrice/*", "offers/**/price", Plain),
    ("/offers/*/schema:priceSpecification/*/schema:maxPrice/*", "offers/**/maximum-price", Plain),
    ("/offers/*/schema:priceSpecification/*/schema:priceCurrency", "offers/**/price/currency", Plain),
    ("/offers/*/schema:priceSpecification/*/additionalInformation/<l>/*", "offers/**/conditions", Plain),
    ("/offers/*/schema:priceSpecification/*/hasEligiblePolicy/rdfs:label/<l>/*", "offers/**/name", Plain),
    ("/offers/*/schema:priceSpecification/*/hasEligiblePolicy/@id", "offers/**/category", POLICIES),
    ("/offers/*/schema:priceSpecification/*/hasEligiblePolicy/@id", "free", Coded(&[("kb:Free", "true")])),
    ("/hasBookingContact/*/foaf:homepage/*", "offers/0/url", Plain),
];

const DATATOURISME_SITE: &[(&str, &str, Words)] = datatourisme_place![
    ("/rdfs:label/<l>/*", "name", Plain),
    ("/hasDescription/*/dc:description/<l>/*", "description", Plain),
    ("/rdfs:comment/<l>/*", "description", Plain),
    ("/hasContact/*/foaf:homepage/*", "url", Plain),
    ("/hasContact/*/schema:telephone/*", "phone", Plain),
    ("/hasMainRepresentation/*/ebucore:hasRelatedResource/*/ebucore:locator/*", "media/0/url", Plain),
    ("/hasMainRepresentation/*/ebucore:hasAnnotation/*/credits/*", "media/0/credit", Plain),
    ("/reducedMobilityAccess", "accessibility/disabilities", YES_MOTOR),
    ("/dc:identifier", "identifier", Plain),
];

/// The objects of DATAtourisme's flux, as JSON-LD.
///
/// # Source
/// DATAtourisme, ontology 3.1 (`https://www.datatourisme.gouv.fr/ontology/core`).
const DATATOURISME: &[Part] = &[
    Part {
        at: "",
        cube: "performance",
        link: None,
        when: &["EntertainmentAndEvent"],
        key: &["/@id"],
        rules: DATATOURISME_EVENT,
    },
    Part {
        at: "",
        cube: "venue",
        link: None,
        when: &["PlaceOfInterest", "CulturalSite"],
        key: &["/@id"],
        rules: DATATOURISME_SITE,
    },
    Part {
        at: "/isLocatedAt/*",
        cube: "venue",
        link: Some("venue"),
        when: &[],
        key: &["/isLocatedAt/*/@id"],
        // A place of an event has no name of its own in most feeds: then it is called by its locality.
        rules: datatourisme_place![
            ("/isLocatedAt/*/rdfs:label/<l>/*", "name", Plain),
            ("/isLocatedAt/*/schema:address/*/schema:addressLocality", "name", Plain),
        ],
    },
];

/// What feeds say of events: RSS, Atom, the event modules of RSS 1.0 and of the calendars of `WordPress`.
///
/// # Source
/// RSS 2.0; RFC 4287; RDF Site Summary 1.0, module "Event"; Modern Events Calendar's feed.
const FEED: &[Part] = &[Part {
    at: "",
    cube: "performance",
    link: None,
    when: &[],
    key: &["guid", "id", "link", "@rdf:about"],
    rules: &[
        ("title", "name", Plain),
        ("content:encoded", "description", Plain),
        ("content", "description", Plain),
        ("description", "summary", Plain),
        ("summary", "summary", Plain),
        ("link", "url", Plain),
        ("link@href", "url", Plain),
        ("category", "keywords", Plain),
        ("category@term", "keywords", Plain),
        ("enclosure@url", "media/0/url", Plain),
        ("media:content@url", "media/0/url", Plain),
        ("media:thumbnail@url", "media/0/url", Plain),
        ("media:credit", "media/0/credit", Plain),
        ("ev:startdate", "start", Plain),
        ("ev:enddate", "end", Plain),
        ("ev:location", "venue", Named),
        ("ev:organizer", "organizer", Named),
        ("event:startdate", "start", Plain),
        ("event:enddate", "end", Plain),
        ("event:location", "venue", Named),
        ("xcal:dtstart", "start", Plain),
        ("xcal:dtend", "end", Plain),
        ("xcal:location", "venue", Named),
        ("mec:startDate", "start", Plain),
        ("mec:startHour", "start/time", Plain),
        ("mec:endDate", "end", Plain),
        ("mec:endHour", "end/time", Plain),
        ("mec:location", "venue", Named),
        ("startDate", "start", Plain),
        ("endDate", "end", Plain),
        ("location", "venue", Named),
        ("guid", "identifier", Plain),
    ],
}];

/// The targets of a source whose shape is known; `into` says another cube for its records.
pub(super) fn targets(
    source: &Source,
    formats: &BTreeMap<String, Format>,
    into: Option<&str>,
) -> Result<Vec<Target>, FormsError> {
    let parts = match source.kind {
        SourceKind::OpenAgenda => OPEN_AGENDA,
        SourceKind::DataTourisme => DATATOURISME,
        SourceKind::Feed => FEED,
        SourceKind::Csv | SourceKind::Spreadsheet | SourceKind::ICalendar | SourceKind::JsonLd => &[],
    };
    let mut targets: Vec<Target> = Vec::new();
    for part in parts {
        let cube = if part.at.is_empty() { into.unwrap_or(part.cube) } else { part.cube };
        let Some(format) = formats.get(cube) else { continue };
        if part.at.is_empty() && into.is_some() && !targets.is_empty() {
            continue;
        }
        let root = targets.first().and_then(|root| formats.get(&root.cube));
        if let Some(link) = part.link
            && root.is_none_or(|root| root.field(link).is_none())
        {
            continue;
        }
        let rules = rules(source, part, format);
        if rules.is_empty() {
            continue;
        }
        let when = if into.is_some() { &[][..] } else { part.when };
        targets.push(Target {
            cube: cube.to_owned(),
            at: part.at.to_owned(),
            when: when.iter().map(|word| (*word).to_owned()).collect(),
            link: part.link.map(str::to_owned),
            key: key(source, part.key),
            rules,
        });
    }
    // A part is linked from a record: where there is none, its cube was not asked for.
    if targets.first().is_none_or(|target| !target.at.is_empty()) {
        return Err(FormsError::CubeNotInferred);
    }
    Ok(targets)
}

/// The first of the selectors that the source has; all names of one key are alternatives.
fn key(source: &Source, known: &[&str]) -> Vec<String> {
    let has = |name: &&&str| source.selectors.iter().any(|selector| selector == **name);
    known.iter().find(has).map(|name| (*name).to_owned()).into_iter().collect()
}

/// The rules by which the selectors of a source fill a format, in the order of the table: what it names first
/// is taken first.
fn rules(source: &Source, part: &Part, format: &Format) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (pattern, to, words) in part.rules {
        if field_of(format, to).is_none() {
            continue;
        }
        for selector in &source.selectors {
            let Some(Fit { language }) = fits(pattern, selector) else { continue };
            let codes = match words {
                Words::Coded(codes) => {
                    codes.iter().map(|(word, code)| ((*word).to_owned(), (*code).to_owned())).collect()
                }
                Words::Plain | Words::Named | Words::After(_) => BTreeMap::new(),
            };
            let after = match words {
                Words::After(first) => Some((*first).to_owned()),
                Words::Plain | Words::Named | Words::Coded(_) => None,
            };
            let create = matches!(words, Words::Named);
            let (from, to) = (selector.clone(), (*to).to_owned());
            rules.push(Rule { from, to, language, codes, after, create, ..Rule::default() });
        }
    }
    rules
}

/// How a selector is of a pattern.
struct Fit {
    language: Option<Language>,
}

fn fits(pattern: &str, selector: &str) -> Option<Fit> {
    let mut language = None;
    let mut parts = selector.split('/').peekable();
    for wanted in pattern.split('/') {
        match (wanted, parts.peek()) {
            ("*", Some(&"*")) => drop(parts.next()),
            // A list of one, written without.
            ("*", _) => {}
            ("<l>", Some(part)) => {
                language = Some(Language::parse(part.strip_prefix('@').unwrap_or(part))?);
                parts.next();
            }
            (wanted, Some(part)) if wanted == *part => drop(parts.next()),
            _ => return None,
        }
    }
    parts.next().is_none().then_some(Fit { language })
}

/// What JSON of a known platform is; none for any other.
pub(super) fn platform(selectors: &[String]) -> Option<SourceKind> {
    let has = |name: &str| selectors.iter().any(|selector| selector == name);
    let within = |name: &str| selectors.iter().any(|selector| selector.starts_with(name));
    if has("/uid")
        && (within("/title") || within("/slug"))
        && ["/timings/", "/location/uid", "/locationUid", "/dateRange", "/firstTiming", "/originAgenda"]
            .iter()
            .any(|name| within(name))
    {
        return Some(SourceKind::OpenAgenda);
    }
    (within("/rdfs:label/") && (within("/isLocatedAt/") || within("/takesPlaceAt/")))
        .then_some(SourceKind::DataTourisme)
}
