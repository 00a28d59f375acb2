//! What the columns of a table mean: by their names, by what stands in them.

use std::collections::BTreeSet;

use crate::base::{Date, Moment, TimeOfDay, fold};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Meaning {
    Name,
    /// A word that often heads names, and often something else.
    PerhapsName,
    Locality,
    PerhapsLocality,
    PostalCode,
    MunicipalityCode,
    Department,
    Region,
    Street,
    Latitude,
    Longitude,
    Position,
    Day,
    Time,
    Url,
    Email,
    Phone,
    Status,
    Code,
    Other,
}

/// Words of headers in the languages of our neighbours; a longer one wins.
const HEADERS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Name,
        &[
            "nom",
            "name",
            "names",
            "titre",
            "title",
            "intitule",
            "denomination",
            "designation",
            "raison sociale",
            "nom officiel",
            "libelle",
            "label",
            "summary",
            "bezeichnung",
            "titel",
            "nombre",
            "titulo",
            "titol",
            "nome",
            "titolo",
            "surname",
            "given name",
            "first name",
            "last name",
            "prenom",
            "naam",
            "appellation",
            "nom du lieu",
            "nom de la salle",
            "nom du festival",
            "nom du musee",
            "nom lieu",
            "nom usuel",
        ],
    ),
    (
        Meaning::PerhapsName,
        &[
            "festival",
            "musee",
            "museum",
            "spectacle",
            "evenement",
            "event",
            "show",
            "venue",
            "salle",
            "etablissement",
            "theatre",
            "equipement",
            "structure",
            "manifestation",
            "organisme",
            "museo",
            "museu",
        ],
    ),
    (
        Meaning::Locality,
        &[
            "ville",
            "commune",
            "city",
            "town",
            "localite",
            "locality",
            "municipality",
            "municipio",
            "ciudad",
            "citta",
            "comune",
            "stadt",
            "ort",
            "gemeinde",
            "suburb",
            "village",
            "address locality",
            "poblacion",
            "localidad",
            "ciutat",
            "plaats",
            "nom commune",
            "nom de la commune",
            "nom ville",
            "nom de la ville",
            "libelle commune",
            "city name",
            "town name",
        ],
    ),
    (Meaning::PerhapsLocality, &["lieu", "place", "location"]),
    (
        Meaning::PostalCode,
        &[
            "code postal",
            "cp",
            "postal code",
            "postcode",
            "zip",
            "zip code",
            "plz",
            "postleitzahl",
            "codigo postal",
            "codi postal",
            "cap",
            "code post",
            "codepostal",
        ],
    ),
    (
        Meaning::MunicipalityCode,
        &[
            "insee",
            "code insee",
            "code commune",
            "code insee commune",
            "insee commune",
            "municipality code",
            "codeinsee",
        ],
    ),
    (
        Meaning::Department,
        &["departement", "department", "dept", "dep", "provincia", "county", "nom departement"],
    ),
    (Meaning::Region, &["region", "state", "bundesland", "address region", "nom region"]),
    (
        Meaning::Street,
        &[
            "adresse",
            "rue",
            "street",
            "address",
            "adresse postale",
            "street address",
            "voie",
            "nom de la voie",
            "nom de voie",
            "direccion",
            "strasse",
            "indirizzo",
            "adreca",
            "address 1",
            "street name",
        ],
    ),
    (Meaning::Latitude, &["latitude", "lat", "latitud", "breitengrad"]),
    (Meaning::Longitude, &["longitude", "lon", "lng", "long", "longitud", "laengengrad"]),
    (
        Meaning::Position,
        &[
            "coordonnees",
            "geocodage xy",
            "geolocalisation",
            "position",
            "geo",
            "xy",
            "coordinates",
            "coordenadas",
            "geo point",
        ],
    ),
    (
        Meaning::Day,
        &[
            "date",
            "date debut",
            "date de debut",
            "debut",
            "start",
            "start date",
            "dtstart",
            "begin",
            "jour",
            "day",
            "date of birth",
            "date de naissance",
            "fecha",
            "datum",
            "data",
            "inicio",
            "beginn",
            "date et heure",
        ],
    ),
    (
        Meaning::Time,
        &["heure", "time", "hour", "hora", "uhrzeit", "ora", "heure debut", "heure de debut", "start time"],
    ),
    (
        Meaning::Url,
        &[
            "url",
            "site",
            "site internet",
            "site web",
            "website",
            "web",
            "lien",
            "link",
            "page",
            "homepage",
            "sitio web",
            "adresse internet",
        ],
    ),
    (
        Meaning::Email,
        &[
            "courriel",
            "email",
            "e mail",
            "mail",
            "adresse e mail",
            "adresse mail",
            "adresse electronique",
            "correo",
            "e mail address",
        ],
    ),
    (
        Meaning::Phone,
        &["telephone", "tel", "phone", "telefono", "telefon", "numero de telephone", "phone number"],
    ),
    (Meaning::Status, &["statut", "status", "etat"]),
    (
        Meaning::Code,
        &["identifiant", "id", "identifier", "code", "ref", "reference", "numero", "uid", "soc sec id"],
    ),
    (
        Meaning::Other,
        &[
            "date de mise a jour",
            "mise a jour",
            "updated",
            "modified",
            "date maj",
            "date de creation",
            "code epci",
            "code insee epci",
            "libelle epci",
            "epci",
            "date fin",
            "date de fin",
            "end",
            "end date",
            "fin",
            "type",
            "region principale id",
            "type de voie",
            "code departement",
            "code region",
            "numero de voie",
            "nom artiste",
        ],
    ),
];

/// What a header says its column means.
pub(super) fn said(header: &str) -> Option<Meaning> {
    let padded = format!(" {header} ");
    let mut best: Option<(usize, usize, Meaning)> = None;
    for (meaning, phrases) in HEADERS {
        for phrase in *phrases {
            let Some(at) = padded.find(&format!(" {phrase} ")) else { continue };
            let words = phrase.split(' ').count();
            if best.is_none_or(|(most, first, _)| words > most || (words == most && at < first)) {
                best = Some((words, at, *meaning));
            }
        }
    }
    best.map(|(.., meaning)| meaning)
}

/// What stands in a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    /// Cells that are filled in.
    pub(super) filled: usize,
    /// Different values, as words run together, at most [`SAMPLE`].
    pub(super) values: BTreeSet<String>,
    /// Different words of texts.
    pub(super) tokens: BTreeSet<String>,
    words: usize,
    looked: usize,
    urls: usize,
    emails: usize,
    phones: usize,
    days: usize,
    times: usize,
    fives: usize,
    numbers: usize,
    whole: usize,
    positions: usize,
    greatest: f64,
}

/// As many values are looked at.
const SAMPLE: usize = 4000;

impl Profile {
    pub(super) fn look(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if self.values.len() >= SAMPLE || self.looked >= 4 * SAMPLE {
            return;
        }
        let folded = fold(cell.get(..200).unwrap_or(cell));
        self.looked += 1;
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        self.urls += usize::from(
            cell.starts_with("http")
                || cell.starts_with("www.")
                || (cell.contains('.')
                    && cell.contains('/')
                    && !cell.contains(' ')
                    && digits < cell.len() / 2),
        );
        self.emails += usize::from(cell.contains('@') && cell.contains('.'));
        let telephonic = cell.chars().all(|letter| letter.is_ascii_digit() || " +.-()/".contains(letter));
        self.phones += usize::from(telephonic && (9..=14).contains(&digits) && day(cell).is_none());
        self.days += usize::from(day(cell).is_some());
        self.times += usize::from(time(cell).is_some());
        self.fives += usize::from(
            cell.len() == 5 && digits >= 4 && cell.bytes().all(|letter| letter.is_ascii_alphanumeric()),
        );
        let number = cell.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
        self.numbers += usize::from(number.is_some());
        self.whole += usize::from(digits == cell.len());
        self.greatest = self.greatest.max(number.unwrap_or(0.0));
        self.positions += usize::from(position(cell).is_some());
        let words = super::words::words(&folded);
        let joined = words.concat();
        self.words += words.len();
        self.tokens.extend(words);
        self.values.insert(if joined.is_empty() { folded } else { joined });
    }

    fn mostly(&self, count: usize) -> bool {
        self.looked > 0 && count * 10 >= self.looked * 6
    }

    /// Numbers, and no codes.
    pub(super) fn is_number(&self) -> bool {
        self.mostly(self.numbers)
    }

    /// Numbers one after the other: they count the rows and name nothing.
    pub(super) fn is_count(&self) -> bool {
        self.mostly(self.whole) && self.greatest <= super::words::real(self.filled) * 3.0
    }

    pub(super) fn distinct(&self) -> f64 {
        super::words::real(self.values.len()) / super::words::real(self.looked.max(1))
    }

    /// Words in a cell.
    pub(super) fn length(&self) -> f64 {
        super::words::real(self.words) / super::words::real(self.looked.max(1))
    }

    /// What the cells look like, where they look like one thing only.
    pub(super) fn seen(&self) -> Option<Meaning> {
        [
            (self.emails, Meaning::Email),
            (self.urls, Meaning::Url),
            (self.positions, Meaning::Position),
            (self.days, Meaning::Day),
            (self.fives, Meaning::PostalCode),
            (self.phones, Meaning::Phone),
        ]
        .into_iter()
        .find(|(count, _)| self.mostly(*count))
        .map(|(_, meaning)| meaning)
    }

    /// What a header says may be true.
    pub(super) fn allows(&self, meaning: Meaning) -> bool {
        let letters = !self.is_number() && self.seen().is_none();
        match meaning {
            Meaning::Name | Meaning::PerhapsName | Meaning::Locality | Meaning::PerhapsLocality => {
                self.looked == 0 || (letters && self.length() <= 30.0)
            }
            Meaning::Latitude | Meaning::Longitude => self.mostly(self.numbers),
            Meaning::Position => self.mostly(self.positions),
            Meaning::Day => self.mostly(self.days),
            Meaning::Time => self.mostly(self.times),
            Meaning::Email => self.mostly(self.emails),
            Meaning::Url => !self.is_number() && !self.mostly(self.emails),
            Meaning::Phone
            | Meaning::PostalCode
            | Meaning::MunicipalityCode
            | Meaning::Department
            | Meaning::Region
            | Meaning::Street
            | Meaning::Status
            | Meaning::Code
            | Meaning::Other => true,
        }
    }
}

/// A day as tables write it: `2026-03-12`, `12/03/2026`, `12.3.26`, `20260312`, with or without a time after it.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(moment) = Moment::parse(text) {
        return Some(moment.date());
    }
    let first = text.split([' ', 'T']).next()?;
    if let Some(date) = Date::parse(first) {
        return Some(date);
    }
    if first.len() == 8 && first.bytes().all(|letter| letter.is_ascii_digit()) {
        let part = |from: usize, to: usize| first.get(from..to)?.parse::<u16>().ok();
        let year = i16::try_from(part(0, 4)?).ok().filter(|year| (1850..2150).contains(year))?;
        return Date::new(year, u8::try_from(part(4, 6)?).ok()?, u8::try_from(part(6, 8)?).ok()?);
    }
    let parts: Vec<u16> =
        first.split(['/', '.', '-']).map(|part| part.parse().ok()).collect::<Option<Vec<u16>>>()?;
    let [one, two, three] = parts.as_slice() else { return None };
    let small = |number: u16| u8::try_from(number).ok();
    let year = i16::try_from(if *three < 100 { three + 2000 } else { *three }).ok()?;
    Date::new(year, small(*two)?, small(*one)?).or_else(|| Date::new(year, small(*one)?, small(*two)?))
}

/// A time of the day: `20:30`, `20h30`, `20 h`, or what follows a day.
pub(super) fn time(text: &str) -> Option<TimeOfDay> {
    let text = text.trim();
    if let Some(moment) = Moment::parse(text) {
        return moment.time();
    }
    let last = if day(text).is_some() { text.split_once([' ', 'T'])?.1 } else { text };
    let plain = fold(last).replace(['h', ' '], ":");
    let plain = plain.trim_end_matches(':');
    let mut parts = plain.split(':').filter(|part| !part.is_empty());
    let hour: u8 = parts.next()?.parse().ok()?;
    let minute: u8 = parts.next().map_or(Some(0), |part| part.get(..2).unwrap_or(part).parse().ok())?;
    (last.len() <= 14 && last.contains([':', 'h', 'H'])).then(|| TimeOfDay::new(hour, minute, 0)).flatten()
}

/// Two numbers of degrees, the latitude first.
pub(super) fn position(text: &str) -> Option<crate::base::Position> {
    let (one, other) = text.trim().split_once([',', ';', ' '])?;
    let degrees = |part: &str| {
        part.trim()
            .contains('.')
            .then(|| part.trim().parse::<f64>().ok().filter(|number| number.is_finite()))
            .flatten()
    };
    crate::base::Position::new(degrees(one)?, degrees(other)?)
}
