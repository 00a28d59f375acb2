//! What each target asks of events, places and other records.

use serde_json::Value;

use super::{
    super::{Bar, Kind, bars},
    finding::{Found, Record, Site},
    target::{Cause, Lack, Need, Resolver, Target},
    walk::values,
};
use crate::base::Date;

/// What is asked in words: `un titre`, `a title`.
type What = [&'static str; 2];

/// A question put to one record for one target.
pub(super) struct Asking<'r, 'a> {
    pub(super) target: Target,
    pub(super) today: Date,
    pub(super) resolve: &'r Resolver<'r, 'a>,
    pub(super) lacks: Vec<Lack>,
}

/// What a field of this meaning leads to.
enum Led<'a> {
    /// Another record, or a group of this one.
    Record(Record<'a>),
    /// Words alone.
    Words,
    /// Nothing.
    Nothing,
}

/// How an event is attended.
struct Attendance {
    on_site: bool,
    online: bool,
}

impl<'a> Asking<'_, 'a> {
    fn ask(&mut self, need: Need, property: &'static str, what: What, found: Found<'_>) {
        let Found::Lacking(cause, site) = found else { return };
        self.lacks.push(Lack {
            target: self.target,
            need,
            property,
            cause,
            cube: site.format.cube.clone(),
            path: site.field.map(|_| site.path),
            through: site.through,
            label: site.field.map(|field| field.label.clone()).unwrap_or_default(),
            what,
        });
    }

    fn require(&mut self, property: &'static str, what: What, found: Found<'_>) {
        self.ask(Need::Required, property, what, found);
    }

    fn recommend(&mut self, property: &'static str, what: What, found: Found<'_>) {
        self.ask(Need::Recommended, property, what, found);
    }

    /// Where a field leads; a link that leads nowhere is lacking.
    fn follow(&self, record: &Record<'a>, found: Found<'a>) -> (Found<'a>, Led<'a>) {
        let (Found::Filled(site, value), true) = (&found, found.is_filled()) else {
            return (found, Led::Nothing);
        };
        match site.field.map(|field| &field.kind) {
            Some(Kind::Link { cube }) => {
                let mut linked = values(Some(value)).filter_map(|id| (self.resolve)(cube, id.as_str()?));
                match linked.next() {
                    Some((format, document)) => {
                        let led = Record::new(format, document, Some(site.path.clone()));
                        (found, Led::Record(led))
                    }
                    None => (Found::Lacking(Cause::NotFound, site.clone()), Led::Nothing),
                }
            }
            Some(Kind::Group { .. }) => {
                let led = record.within(site).map_or(Led::Nothing, Led::Record);
                (found, led)
            }
            _ => (found, Led::Words),
        }
    }

    pub(super) fn event(&mut self, event: &Record<'a>) {
        let work = match self.follow(event, event.find(&["workPerformed", "workFeatured"], &[])) {
            (_, Led::Record(work)) => Some(work),
            _ => None,
        };
        let (location, led) = self.follow(event, event.find(&["location"], &[]));
        let place = match led {
            Led::Record(place) => Some(place),
            Led::Words | Led::Nothing => None,
        };
        let described = |properties: &[&str], names: &[&str]| {
            event.find(properties, names).or(|| match &work {
                Some(work) => work.find(properties, names),
                None => event.find(properties, names),
            })
        };
        let today = self.today;
        let pictured = || {
            let own = publishable(event, event.find(&["image"], &[]), today);
            match &work {
                Some(work) => own.or(|| publishable(work, work.find(&["image"], &[]), today)),
                None => own,
            }
        };
        let attendance = attendance(event);
        let start = event.find(&["startDate"], &[]);
        match self.target {
            Target::SchemaOrg => {
                self.require("name", ["un titre", "a title"], event.name());
                self.require("startDate", ["un début", "a start"], start);
                if attendance.on_site {
                    self.require("location", ["un lieu", "a place"], location);
                    if let Some(place) = &place {
                        self.require("location.address", ADDRESS, address(place));
                        self.recommend("location.name", PLACE_NAME, place.name());
                    }
                } else {
                    self.require("location", CONNECTION, event.find(&["url"], &[]));
                }
                self.recommend("endDate", END, event.find(&["endDate"], &[]));
                self.recommend("eventStatus", ["un statut", "a status"], event.find(&["eventStatus"], &[]));
                self.recommend(
                    "eventAttendanceMode",
                    ["la manière d’y assister", "how it is attended"],
                    event.find(&["eventAttendanceMode"], &[]),
                );
                self.recommend("image", IMAGE, pictured());
                self.recommend("description", DESCRIPTION, described(&["description"], &[]));
                self.recommend("offers", OFFERS, offers(event));
                self.recommend(
                    "performer",
                    ["des interprètes", "performers"],
                    event.find(&["performer"], &[]),
                );
                self.recommend("organizer", ORGANIZER, event.find(&["organizer"], &[]));
                self.recommend("url", ["une page web", "a web page"], event.find(&["url"], &[]));
                self.recommend("inLanguage", ["une langue", "a language"], event.find(&["inLanguage"], &[]));
            }
            Target::OpenAgenda => {
                self.require("title", TITLE_140, at_most(140, event.name()));
                let short = described(&["disambiguatingDescription", "abstract"], &[]);
                let long = at_most(200, described(&["description"], &[]));
                self.require(
                    "description",
                    DESCRIPTION_200,
                    if short.is_filled() { at_most(200, short) } else { long },
                );
                self.require("timings", ["un début", "a start"], start);
                self.require("timings.end", END, event.find(&["endDate"], &[]));
                if attendance.on_site {
                    self.require("location", ["un lieu", "a place"], location);
                    if let Some(place) = &place {
                        self.require("location.name", PLACE_NAME, place.name());
                        self.require("location.address", ADDRESS, address(place));
                        self.require(
                            "location.latitude",
                            COORDINATES,
                            position(place).or(|| position(event)),
                        );
                    }
                }
                if attendance.online {
                    self.require("onlineAccessLink", CONNECTION, event.find(&["url"], &[]));
                }
                let keywords = event.find(&["keywords"], &[]).or(|| described(&["genre"], &[]));
                self.recommend("keywords", ["des mots-clés", "keywords"], keywords);
                self.recommend("image", IMAGE, pictured());
                self.recommend("conditions", OFFERS, offers(event));
                let ages = ["typicalAgeRange", "suggestedMinAge", "requiredMinAge", "audience"];
                self.recommend(
                    "age",
                    ["un âge ou un public", "an age or an audience"],
                    described(&ages, &AGES),
                );
                self.recommend("accessibility", ACCESSIBILITY, accessible(event, place.as_ref()));
            }
            Target::DataTourisme => {
                self.require("rdfs:label", ["un titre", "a title"], event.name());
                self.require("takesPlaceAt", ["un début", "a start"], start);
                self.require("isLocatedAt", ["un lieu", "a place"], location);
                if let Some(place) = &place {
                    self.located(place, Some(event));
                }
                let organizer = self.follow(event, event.find(&["organizer"], &[]));
                let contact = contact(event)
                    .or(|| match &organizer {
                        (_, Led::Record(organizer)) => contact(organizer),
                        _ => contact(event),
                    })
                    .or(|| contact(place.as_ref().unwrap_or(event)));
                self.require("hasContact", CONTACT, contact);
                let creators = ["creator", "publisher", "provider"];
                self.require("hasBeenCreatedBy", ORGANIZER, organizer.0.or(|| event.find(&creators, &[])));
                self.recommend("hasDescription", DESCRIPTION, described(&["description"], &[]));
                self.recommend("hasTheme", ["un genre", "a genre"], described(&["genre"], &[]));
                self.recommend("hasMainRepresentation", IMAGE, pictured());
                self.credit(event, work.as_ref());
                self.recommend("offers", OFFERS, offers(event));
                self.recommend("reducedMobilityAccess", ACCESSIBILITY, accessible(event, place.as_ref()));
            }
        }
    }

    /// The name under the picture that goes out.
    fn credit(&mut self, event: &Record<'a>, work: Option<&Record<'a>>) {
        for record in [Some(event), work].into_iter().flatten() {
            let picture = publishable(record, record.find(&["image"], &[]), self.today);
            if let Found::Filled(site, _) = &picture
                && let Some(group) = record.within(site)
            {
                let found = group.find(&["creditText", "creator", "author"], &["credit"]);
                return self.recommend("hasMainRepresentation.credits", CREDIT, found);
            }
        }
    }

    /// What DATAtourisme asks of a place.
    fn located(&mut self, place: &Record<'a>, event: Option<&Record<'a>>) {
        let group = match place.find(&["address"], &[]) {
            Found::Filled(site, _) | Found::Lacking(_, site) => place.within(&site),
        };
        let address = group.as_ref().unwrap_or(place);
        self.require(
            "isLocatedAt.schema:address.schema:addressLocality",
            TOWN,
            address.find(&["addressLocality"], &[]),
        );
        self.require(
            "isLocatedAt.schema:address.schema:postalCode",
            POSTAL_CODE,
            address.find(&["postalCode"], &[]),
        );
        self.require("isLocatedAt.schema:address.hasAddressCity", INSEE, address.find(&[], &MUNICIPALITY));
        self.require(
            "isLocatedAt.schema:geo",
            COORDINATES,
            position(place).or(|| position(event.unwrap_or(place))),
        );
    }

    pub(super) fn place_alone(&mut self, place: &Record<'a>) {
        match self.target {
            Target::SchemaOrg => {
                self.require("name", PLACE_NAME, place.name());
                self.require("address", ADDRESS, address(place));
                self.recommend("geo", COORDINATES, position(place));
                self.recommend("image", IMAGE, publishable(place, place.find(&["image"], &[]), self.today));
                self.recommend(
                    "telephone",
                    ["un téléphone", "a telephone number"],
                    place.find(&["telephone"], &[]),
                );
                self.recommend("url", ["une page web", "a web page"], place.find(&["url"], &[]));
            }
            Target::OpenAgenda => {
                self.require("name", PLACE_NAME, place.name());
                self.require("address", ADDRESS, address(place));
                self.require("latitude", COORDINATES, position(place));
                self.recommend("image", IMAGE, publishable(place, place.find(&["image"], &[]), self.today));
            }
            Target::DataTourisme => {
                self.require("rdfs:label", PLACE_NAME, place.name());
                self.located(place, None);
                self.require("hasContact", CONTACT, contact(place));
                self.recommend("hasDescription", DESCRIPTION, place.find(&["description"], &[]));
                self.recommend(
                    "hasMainRepresentation",
                    IMAGE,
                    publishable(place, place.find(&["image"], &[]), self.today),
                );
                self.credit(place, None);
                self.recommend("reducedMobilityAccess", ACCESSIBILITY, accessible(place, None));
            }
        }
    }

    pub(super) fn other(&mut self, record: &Record<'a>) {
        match self.target {
            Target::SchemaOrg => {
                self.require("name", ["un nom", "a name"], record.name());
                self.recommend("description", DESCRIPTION, record.find(&["description"], &[]));
                let picture = record.find(&["image", "logo", "photo"], &[]);
                self.recommend("image", IMAGE, publishable(record, picture, self.today));
                self.recommend("url", ["une page web", "a web page"], record.find(&["url"], &[]));
            }
            Target::OpenAgenda | Target::DataTourisme => {}
        }
    }
}

const ADDRESS: What = ["l’adresse du lieu", "the address of the place"];
const PLACE_NAME: What = ["le nom du lieu", "the name of the place"];
const COORDINATES: What = ["la position du lieu", "the position of the place"];
const CONNECTION: What = ["une adresse de connexion", "an address to connect to"];
const END: What = ["une fin", "an end"];
const IMAGE: What = ["une image", "a picture"];
const CREDIT: What = ["le crédit de l’image", "the credit of the picture"];
const DESCRIPTION: What = ["une description", "a description"];
const DESCRIPTION_200: What =
    ["une description de 200 caractères au plus", "a description of at most 200 characters"];
const TITLE_140: What = ["un titre de 140 caractères au plus", "a title of at most 140 characters"];
const OFFERS: What = ["un tarif ou la mention de la gratuité", "an offer, or that it is free"];
const ORGANIZER: What = ["un organisateur", "an organizer"];
const ACCESSIBILITY: What = ["l’accessibilité", "the accessibility"];
const CONTACT: What = [
    "un téléphone, une adresse électronique ou une page web",
    "a telephone number, a mail address or a web page",
];
const TOWN: What = ["la commune", "the town"];
const POSTAL_CODE: What = ["le code postal", "the postal code"];
const INSEE: What = ["le code INSEE de la commune", "the INSEE code of the town"];

/// Fields schema.org has no word for, by the names they have.
const MUNICIPALITY: [&str; 6] =
    ["municipality-code", "insee", "insee-code", "code-insee", "city-code", "code-commune"];
const AGES: [&str; 4] = ["minimum-age", "age", "age-range", "age-minimum"];

fn address<'a>(place: &Record<'a>) -> Found<'a> {
    place.find(&["address"], &[]).or(|| place.find(&["streetAddress", "addressLocality", "postalCode"], &[]))
}

fn position<'a>(record: &Record<'a>) -> Found<'a> {
    record.find(&["geo"], &[]).or(|| record.find(&["latitude"], &[]))
}

fn contact<'a>(record: &Record<'a>) -> Found<'a> {
    record.find(&["telephone", "email", "url"], &[])
}

/// An offer, or that there is nothing to pay.
fn offers<'a>(event: &Record<'a>) -> Found<'a> {
    event.find(&["offers"], &[]).or(|| event.find(&["isAccessibleForFree"], &[]))
}

/// What is said of access by the event, else by its place.
fn accessible<'a>(event: &Record<'a>, place: Option<&Record<'a>>) -> Found<'a> {
    let properties = ["accessibilitySummary", "accessibilityFeature", "amenityFeature"];
    event
        .find(&properties, &["accessibility"])
        .or(|| place.unwrap_or(event).find(&properties, &["accessibility"]))
}

/// Pictures of which one may leave on a day: the gate keeps those back that lack their author, license or
/// alternative text, or whose time is over.
fn publishable<'a>(record: &Record<'a>, found: Found<'a>, today: Date) -> Found<'a> {
    found.holds(|site, value| {
        let Some(group) = record.within(site) else { return Ok(()) };
        let mut barred = values(Some(value)).filter_map(Value::as_object).map(|item| {
            let first = bars(group.fields, item, today).into_iter().next();
            first.map_or(Ok(()), |(bar, field)| Err((cause(bar), group.site(Some(field)))))
        });
        let first = barred.next().unwrap_or(Ok(()));
        if barred.any(|of_item| of_item.is_ok()) { Ok(()) } else { first }
    })
}

const fn cause(bar: Bar) -> Cause {
    match bar {
        Bar::Uncredited => Cause::Uncredited,
        Bar::Unlicensed => Cause::Unlicensed,
        Bar::Undescribed => Cause::Undescribed,
        Bar::Expired => Cause::Expired,
    }
}

/// A text that is short enough in each of its languages.
fn at_most(most: usize, found: Found<'_>) -> Found<'_> {
    found.holds(|site: &Site<'_>, value| {
        let is_long = |text: &Value| text.as_str().is_some_and(|text| text.chars().count() > most);
        let any_long = match value {
            Value::Object(texts) => texts.values().any(is_long),
            Value::Array(texts) => texts.iter().any(is_long),
            other => is_long(other),
        };
        if any_long { Err((Cause::TooLong, site.clone())) } else { Ok(()) }
    })
}

/// On site where nothing else is said.
fn attendance(event: &Record<'_>) -> Attendance {
    let Found::Filled(Site { format, field: Some(field), .. }, value) =
        event.find(&["eventAttendanceMode"], &[])
    else {
        return Attendance { on_site: true, online: false };
    };
    let code = values(Some(value)).find_map(Value::as_str).unwrap_or_default();
    let known = match &field.kind {
        Kind::Code { vocabulary, .. } => format.vocabularies.get(vocabulary),
        _ => None,
    };
    let known = known.and_then(|list| list.codes.iter().find(|known| known.code == code));
    let mode = known.and_then(|known| known.term.as_deref()).unwrap_or(code);
    let is_online = mode.ends_with("OnlineEventAttendanceMode");
    Attendance { on_site: !is_online, online: is_online || mode.ends_with("MixedEventAttendanceMode") }
}
