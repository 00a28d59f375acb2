//! Makes the example season of `examples/grand-brianconnais/`: invented, the same bytes at every run.
//!
//! The words are in `material/*.tsv`; here they become a programme with dates, places, prices, and the files
//! in which such a programme reaches a cooperative, with what is wrong in them.

use crate::dice::Dice;
use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path};

/// A file of the material.
macro_rules! material {
    ($name:literal) => {
        include_str!(concat!("../../examples/grand-brianconnais/material/", $name))
    };
}

/// One line of a table of the material, its cells by the names of the columns.
type Line = BTreeMap<&'static str, &'static str>;

/// One line of a CSV file to write.
type Cells = Vec<String>;

/// How many performances `programme.csv` holds, the special ones among them.
const PERFORMANCES: usize = 400;

/// The web site of the festival.
const CIMES: &str = "https://www.festival-des-cimes.example";

/// The columns of `programme.csv`, which those of `special.tsv` follow, the first left out.
const PROGRAMME: &str = "identifiant;titre;titre_en;spectacle;lieu;organisateur;debut;fin;statut;debut_precedent;\
    gratuit;tarif;tarif_reduit;genre;accessibilite;langue;jauge;description;description_en;lien;mots_cles;\
    note_regie";

/// Writes the files of the season into a folder.
///
/// # Errors
/// What the file system answers where it cannot write.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let season = Season::read();
    fs::create_dir_all(folder)?;
    fs::write(folder.join("venues.csv"), csv(&season.venue_rows(), ','))?;
    fs::write(
        folder.join("organizers.csv"),
        windows_1252(&csv(&season.organizer_rows(), ';').replace('\n', "\r\n")),
    )?;
    fs::write(folder.join("companies.csv"), format!("\u{feff}{}", csv(&season.company_rows(), ',')))?;
    fs::write(folder.join("shows.csv"), csv(&season.show_rows(), ';'))?;
    fs::write(folder.join("programme.csv"), csv(&season.programme_rows(), ';'))?;
    fs::write(folder.join("theatre-du-rempart.ics"), season.calendar())?;
    fs::write(folder.join("festival-des-cimes.jsonld"), season.festival())
}

/// A local time in minutes since 1970.
#[derive(Clone, Copy)]
struct Local(i64);

impl Local {
    /// A time of a day since 1970.
    const fn of(day: i64, minute: i64) -> Self {
        Self(day * 1440 + minute)
    }

    /// Year, month, day (Hinnant, `civil_from_days`).
    fn civil(self) -> (i64, i64, i64) {
        let shifted = self.0.div_euclid(1440) + 719_468;
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + shifted.div_euclid(146_097) * 400 + i64::from(month <= 2), month, day)
    }

    /// Hour and minute.
    fn clock(self) -> (i64, i64) {
        (self.0.rem_euclid(1440) / 60, self.0.rem_euclid(60))
    }

    /// 1 for Monday to 7 for Sunday.
    fn weekday(self) -> i64 {
        (self.0.div_euclid(1440) + 3).rem_euclid(7) + 1
    }

    /// `2026-12-04` and `20:30` with what stands between them.
    fn iso(self, between: char) -> String {
        let ((year, month, day), (hour, minute)) = (self.civil(), self.clock());
        format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}")
    }

    /// `04/12/2026 20h30`.
    fn french(self) -> String {
        let ((year, month, day), (hour, minute)) = (self.civil(), self.clock());
        format!("{day:02}/{month:02}/{year:04} {hour:02}h{minute:02}")
    }
}

/// 2026-09-15, the first day of the season, in days since 1970.
const FIRST_DAY: i64 = 20_711;

/// The parts of the season: from this day on, so many days long, up to this share of a hundred tours.
const PARTS: [(i64, usize, usize); 4] = [(0, 77, 12), (77, 31, 24), (108, 181, 88), (289, 34, 100)];

/// All the material.
struct Season {
    communes: BTreeMap<&'static str, Line>,
    venues: Vec<Line>,
    organizers: Vec<Line>,
    companies: Vec<Line>,
    shows: Vec<Line>,
    notes: Vec<Line>,
    fits: Vec<Line>,
}

fn table(text: &'static str) -> Vec<Line> {
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines.map(|line| columns.iter().copied().zip(line.split('\t')).collect()).collect()
}

fn cell(line: &Line, column: &str) -> &'static str {
    line.get(column).copied().unwrap_or_default()
}

/// Several columns of a line as cells of a file.
fn cells(line: &Line, columns: &[&str]) -> Cells {
    columns.iter().map(|column| cell(line, column).to_owned()).collect()
}

fn header(columns: &str, separator: char) -> Cells {
    columns.split(separator).map(str::to_owned).collect()
}

impl Season {
    fn read() -> Self {
        let communes = table(material!("communes.tsv"));
        Self {
            communes: communes.into_iter().map(|line| (cell(&line, "code"), line)).collect(),
            venues: table(material!("venues.tsv")),
            organizers: table(material!("organizers.tsv")),
            companies: table(material!("companies.tsv")),
            shows: table(material!("shows.tsv")),
            notes: table(material!("notes.tsv")),
            fits: table(material!("fits.tsv")),
        }
    }

    /// One thing about the commune a line names.
    fn commune(&self, line: &Line, column: &str) -> &'static str {
        self.communes.get(cell(line, "commune")).map_or("", |commune| cell(commune, column))
    }

    /// Latitude and longitude of the venue at this place in the list: near the middle of its commune.
    fn position(&self, index: usize, venue: &Line) -> (String, String) {
        let mut dice = Dice::new(u64::try_from(index).unwrap_or(0) + 5023);
        let mut near = |column: &str| {
            let middle: f64 = self.commune(venue, column).parse().unwrap_or(0.0);
            format!("{:.4}", middle + f64::from(i32::try_from(dice.below(61)).unwrap_or(0) - 30) / 10_000.0)
        };
        (near("latitude"), near("longitude"))
    }

    fn venue_rows(&self) -> Vec<Cells> {
        let columns = "identifiant,nom,type,adresse,code_postal,commune,code_insee,pays,latitude,longitude,jauge,\
            accessibilite,telephone,site,description,description_en";
        let mut rows = vec![header(columns, ',')];
        for (index, venue) in self.venues.iter().enumerate() {
            let (latitude, longitude) = self.position(index, venue);
            let mut row = vec![venue_id(index)];
            row.extend(cells(venue, &["nom", "type", "adresse"]));
            row.extend(["postal", "name"].map(|column| self.commune(venue, column).to_owned()));
            row.extend([cell(venue, "commune").to_owned(), "FR".to_owned(), latitude, longitude]);
            row.extend([cell(venue, "jauge").to_owned(), list(cell(venue, "accessibilite"))]);
            let telephone =
                if index % 3 == 1 { String::new() } else { format!("04 65 71 20 {:02}", index + 1) };
            let site = if index % 4 == 3 { String::new() } else { address_of(cell(venue, "nom")) };
            row.extend([telephone, site]);
            row.extend(cells(venue, &["description", "description_en"]));
            rows.push(row);
        }
        rows
    }

    fn organizer_rows(&self) -> Vec<Cells> {
        let columns =
            "identifiant;nom;type;adresse;code_postal;commune;code_insee;telephone;courriel;site;description";
        let mut rows = vec![header(columns, ';')];
        for organizer in &self.organizers {
            let mut row = cells(organizer, &["identifiant", "nom", "type", "adresse"]);
            row.extend(["postal", "name"].map(|column| self.commune(organizer, column).to_owned()));
            row.extend(cells(organizer, &["commune", "telephone"]));
            let name = cell(organizer, "nom");
            row.extend([format!("contact@{}.example", slug(name)), address_of(name)]);
            row.push(cell(organizer, "description").to_owned());
            rows.push(row);
        }
        rows
    }

    fn company_rows(&self) -> Vec<Cells> {
        let columns = "identifiant,nom,discipline,commune,annee_creation,description,description_en,courriel,\
            telephone,site";
        let mut rows = vec![header(columns, ',')];
        for (index, company) in self.companies.iter().enumerate() {
            let name = cell(company, "nom");
            let mut row = cells(company, &["identifiant", "nom", "discipline", "ville", "annee"]);
            row.extend(cells(company, &["description", "description_en"]));
            let telephone = format!("06 39 98 30 {:02}", index + 1);
            row.extend([format!("diffusion@{}.example", slug(name)), telephone, address_of(name)]);
            rows.push(row);
        }
        rows
    }

    fn show_rows(&self) -> Vec<Cells> {
        let columns = "identifiant;titre;titre_en;compagnie;genre;duree_minutes;age_minimum;public;langues;\
            description;description_en;site";
        let mut rows = vec![header(columns, ';')];
        for (index, show) in self.shows.iter().enumerate() {
            let mut row = vec![show_id(index)];
            row.extend(cells(show, &["titre", "titre_en"]));
            let named = index % 13 == 5;
            row.push(if named { self.company_name(show).to_owned() } else { list(cell(show, "compagnies")) });
            row.extend(cells(show, &["genre", "duree", "age", "public"]));
            row.push(list(cell(show, "langues")));
            row.extend(cells(show, &["description", "description_en"]));
            row.push(format!("{}/{}", address_of(self.company_name(show)), slug(cell(show, "titre"))));
            rows.push(row);
        }
        rows
    }

    /// The name of the first company of a show.
    fn company_name(&self, show: &Line) -> &'static str {
        let first = cell(show, "compagnies").split(',').next().unwrap_or_default();
        let company = self.companies.iter().find(|company| cell(company, "identifiant") == first);
        company.map_or("", |company| cell(company, "nom"))
    }

    /// The programme: tours of shows through fitting venues, and the special dates, in order of time.
    fn programme_rows(&self) -> Vec<Cells> {
        let mut dated = special_rows();
        let mut dice = Dice::new(2026);
        let mut shows = self.shows.iter().enumerate().cycle();
        while dated.len() < PERFORMANCES {
            let Some((index, show)) = shows.next() else { break };
            let mut day = first_day(&mut dice);
            for _ in 0..3 + dice.below(6) {
                let Some(venue) = self.fitting_venue(show, day, &mut dice) else { continue };
                if dated.len() < PERFORMANCES {
                    let start = Local::of(day, minute_of(show, day, &mut dice));
                    let row = self.performance(index, show, venue, start, dated.len(), &mut dice);
                    dated.push((start.iso(' '), row));
                }
                day += i64::try_from(1 + dice.below(4)).unwrap_or(1);
            }
        }
        dated.sort_by(|one, other| one.0.cmp(&other.0));
        let mut rows = vec![header(PROGRAMME, ';')];
        for (index, (_, row)) in dated.into_iter().enumerate() {
            if index == 250 {
                rows.push(vec![String::new(); row.len() + 1]);
            }
            rows.push(std::iter::once(format!("P{:03}", index + 1)).chain(row).collect());
        }
        rows
    }

    /// The place in the list of a venue where this show could be played on this day.
    fn fitting_venue(&self, show: &Line, day: i64, dice: &mut Dice) -> Option<usize> {
        let (_, month, _) = Local::of(day, 0).civil();
        let genre = self.fits.iter().find(|line| cell(line, "genre") == cell(show, "genre"))?;
        let fitting: Vec<usize> = (0..self.venues.len())
            .filter(|index| {
                let kind = self.venues.get(*index).map_or("", |venue| cell(venue, "type"));
                // Nothing is played outside or in a mountain hut in the cold months.
                let open = (5..=9).contains(&month) || !["Plein air", "Refuge, gîte"].contains(&kind);
                open && cell(genre, "lieux").split('|').any(|fit| fit == kind)
            })
            .collect();
        dice.pick(&fitting).copied()
    }

    /// One row of the programme, without its identifier.
    fn performance(
        &self,
        index: usize,
        show: &Line,
        venue: usize,
        start: Local,
        row: usize,
        dice: &mut Dice,
    ) -> Cells {
        let Some(place) = self.venues.get(venue) else { return Cells::new() };
        let usual =
            self.organizers.iter().find(|line| cell(line, "identifiant") == cell(place, "organisateur"));
        let organizer = if dice.chance(12) { dice.pick(&self.organizers) } else { usual };
        let organizer = |column: &str| organizer.map_or("", |line| cell(line, column));
        let length: i64 = cell(show, "duree").parse().unwrap_or(60);
        let write = |local: Local| if row % 9 == 4 { local.french() } else { local.iso(' ') };
        let (status, previous) = match dice.below(100) {
            0..=3 => ("annulé", String::new()),
            4 => ("reporté", String::new()),
            5..=6 => ("déplacé", write(Local(start.0 - 7 * 1440))),
            _ => ("prévu", String::new()),
        };
        let free = dice.chance(18);
        let (price, reduced) = if free { <_>::default() } else { prices(show, dice) };
        let access = if dice.chance(70) { list(cell(place, "accessibilite")) } else { String::new() };
        let (description, description_en) = self.descriptions(show, place, start, dice);
        let link = format!("{}/programme/{}", address_of(organizer("nom")), slug(cell(show, "titre")));
        let or_empty = |keep: bool, text: &str| if keep { text.to_owned() } else { String::new() };
        let notes: Vec<&str> = material!("regie.tsv").lines().skip(1).collect();
        vec![
            format!("{}{}", cell(show, "titre"), if row % 31 == 7 { "  " } else { "" }),
            or_empty(dice.chance(80), cell(show, "titre_en")),
            if row % 53 == 20 { cell(show, "titre").to_owned() } else { show_id(index) },
            if row % 37 == 11 { cell(place, "nom").to_owned() } else { venue_id(venue) },
            organizer(if row % 41 == 13 { "nom" } else { "identifiant" }).to_owned(),
            write(start),
            if dice.chance(70) { write(Local(start.0 + length)) } else { String::new() },
            status.to_owned(),
            previous,
            or_empty(true, if free { "oui" } else { "non" }),
            price,
            reduced,
            cell(show, "genre").to_owned(),
            access,
            or_empty(dice.chance(75), &list(cell(show, "langues"))),
            or_empty(dice.chance(60), cell(place, "jauge")),
            description,
            description_en,
            or_empty(dice.chance(70), &link),
            or_empty(dice.chance(30), &list(cell(show, "public")).to_lowercase()),
            or_empty(dice.chance(25), dice.pick(&notes).copied().unwrap_or_default()),
        ]
    }

    /// What the programme says of a date, in French and in English.
    fn descriptions(&self, show: &Line, venue: &Line, start: Local, dice: &mut Dice) -> (String, String) {
        let (_, month, _) = start.civil();
        let when = if (6..=8).contains(&month) { "été" } else { "hiver" };
        let young = if is_young(show) { "jeune" } else { "tous" };
        let fits = |note: &&Line| ["tous", when, young].contains(&cell(note, "quand"));
        let notes: Vec<&Line> = self.notes.iter().filter(fits).collect();
        let note = |column: &str, index: usize| {
            let text = notes.get(index).map_or("", |note| cell(note, column));
            text.replace("{lieu}", cell(venue, "nom")).replace("{commune}", self.commune(venue, "name"))
        };
        let chosen = dice.below(notes.len());
        let both = |text: &str, note: String| match (text.is_empty(), note.is_empty()) {
            (true, _) => note,
            (_, true) => text.to_owned(),
            _ => format!("{text} {note}"),
        };
        let (about, about_en) = (cell(show, "description"), cell(show, "description_en"));
        let (french, english) = match dice.below(20) {
            0..=10 => (both(about, note("note", chosen)), both(about_en, note("note_en", chosen))),
            11..=14 => (about.to_owned(), about_en.to_owned()),
            15..=17 => (note("note", chosen), note("note_en", chosen)),
            _ => (String::new(), String::new()),
        };
        (french, if about_en.is_empty() || dice.chance(25) { String::new() } else { english })
    }

    /// The calendar of the theatre, as its calendar program wrote it.
    fn calendar(&self) -> String {
        let mut lines: Vec<String> = material!("calendar-head.txt").lines().map(str::to_owned).collect();
        for event in table(material!("calendar.tsv")) {
            let text = |column: &str| cell(&event, column).replace(';', "\\;").replace(',', "\\,");
            lines.push("BEGIN:VEVENT".to_owned());
            lines.push(format!("UID:{}@theatre-du-rempart.example", cell(&event, "uid")));
            lines.push("DTSTAMP:20260901T080000Z".to_owned());
            if let Some((index, venue)) = self.venue(cell(&event, "place")) {
                let (latitude, longitude) = self.position(index, venue);
                let (name, street) = (cell(venue, "nom"), cell(venue, "adresse"));
                let (postal, town) = (self.commune(venue, "postal"), self.commune(venue, "name"));
                lines.push(format!("LOCATION:{name}\\, {street}\\, {postal} {town}"));
                lines.push(format!("GEO:{latitude};{longitude}"));
            }
            let properties = [
                ("DTSTART", cell(&event, "start").to_owned()),
                ("DTEND", cell(&event, "end").to_owned()),
                ("EXDATE", cell(&event, "exdate").to_owned()),
                ("RECURRENCE-ID", cell(&event, "recurrence").to_owned()),
                ("SUMMARY;LANGUAGE=fr:", text("summary")),
                ("RRULE:", cell(&event, "rrule").to_owned()),
                ("CATEGORIES:", cell(&event, "categories").to_owned()),
                ("STATUS:", text("status")),
                ("DESCRIPTION:", text("description")),
            ];
            let said = properties.iter().filter(|(_, value)| !value.is_empty());
            lines.extend(said.map(|(property, value)| format!("{property}{value}")));
            lines.push(format!("URL:https://www.theatre-du-rempart.example/saison/{}", cell(&event, "uid")));
            lines.push("ORGANIZER;CN=Théâtre du Rempart:mailto:agenda@theatre-du-rempart.example".to_owned());
            let color = if cell(&event, "status") == "CANCELLED" { "rouge" } else { "vert" };
            lines.push(format!("X-REGIE-COULEUR:{color}"));
            lines.push("END:VEVENT".to_owned());
        }
        lines.push("END:VCALENDAR".to_owned());
        lines.iter().map(|line| folded(line)).collect()
    }

    /// The venue of this identifier, with its place in the list.
    fn venue(&self, id: &str) -> Option<(usize, &Line)> {
        self.venues.iter().enumerate().find(|(index, _)| venue_id(*index) == id)
    }

    /// The programme of the festival as its web site publishes it: schema.org in JSON-LD.
    fn festival(&self) -> String {
        let shows = table(material!("cimes.tsv"));
        let mut nodes = vec![material!("cimes-head.txt").trim_end().to_owned()];
        for (number, date) in table(material!("cimes-dates.tsv")).iter().enumerate() {
            let show = shows.iter().find(|show| cell(show, "titre") == cell(date, "spectacle"));
            nodes.extend(show.map(|show| self.festival_date(number, date, show)));
        }
        format!("{}\n  ]\n}}\n", nodes.join(",\n"))
    }

    /// One date of the festival.
    fn festival_date(&self, number: usize, date: &Line, show: &Line) -> String {
        let name = slug(cell(show, "titre"));
        let address = format!("{CIMES}/2027/{name}-{number:02}");
        let mut node = Node::new(cell(show, "type"));
        node.text("@id", &address);
        node.text("identifier", &format!("cimes-2027-{number:02}"));
        node.languages("name", show, "titre", !number.is_multiple_of(3));
        node.languages("description", show, "description", true);
        node.text("startDate", cell(date, "debut"));
        node.text("previousStartDate", cell(date, "precedent"));
        node.text("endDate", cell(date, "fin"));
        node.text("doorTime", cell(date, "portes"));
        node.text("eventStatus", &format!("https://schema.org/{}", cell(date, "statut")));
        let online = format!(r#"{{"@type": "VirtualLocation", "url": "{CIMES}/direct"}}"#);
        let place = self.venue(cell(date, "lieu"));
        node.raw(
            "location",
            &place.map_or(online, |(index, venue)| self.festival_place(number, index, venue)),
        );
        let named = r#"{"@type": "Organization", "name": "Festival des Cimes"}"#;
        let linked = format!(r#"{{"@id": "{CIMES}/#association"}}"#);
        node.raw("organizer", if number % 5 == 2 { named } else { &linked });
        let mut performer = Node::new(cell(show, "genre_interprete"));
        performer.text("name", cell(show, "interprete"));
        node.raw("performer", &performer.inline());
        node.raw("superEvent", &format!(r#"{{"@id": "{CIMES}/#festival"}}"#));
        node.raw("isAccessibleForFree", cell(date, "gratuit"));
        if cell(show, "prix") != "0" {
            node.raw("offers", &offers(cell(show, "prix"), number));
        }
        if number.is_multiple_of(4) {
            let mut image = Node::new("ImageObject");
            image.text("contentUrl", &format!("{CIMES}/images/{name}.jpg"));
            image.text("license", "https://creativecommons.org/licenses/by/4.0/");
            image.text("creditText", "Festival des Cimes");
            image.text("description", &format!("Une scène de « {} ».", cell(show, "titre")));
            node.raw("image", &image.inline());
        } else if number % 4 == 1 {
            node.text("image", &format!("{address}.jpg"));
        }
        node.text("inLanguage", "fr");
        node.text("url", &address);
        node.block()
    }

    /// Where a date of the festival takes place, written out each time.
    fn festival_place(&self, number: usize, index: usize, venue: &Line) -> String {
        let (latitude, longitude) = self.position(index, venue);
        let name = cell(venue, "nom");
        let mut place = Node::new("Place");
        place.text("name", &if number % 10 == 7 { name.to_uppercase() } else { name.to_owned() });
        let mut address = Node::new("PostalAddress");
        address.text("streetAddress", cell(venue, "adresse"));
        address.text("postalCode", self.commune(venue, "postal"));
        address.text("addressLocality", self.commune(venue, "name"));
        address.text("addressCountry", "FR");
        place.raw("address", &address.inline());
        if number % 8 != 6 {
            let point = format!(r#""latitude": {latitude}, "longitude": {longitude}"#);
            place.raw("geo", &format!(r#"{{"@type": "GeoCoordinates", {point}}}"#));
        }
        place.inline()
    }
}

fn venue_id(index: usize) -> String {
    format!("V{:03}", index + 1)
}

fn show_id(index: usize) -> String {
    format!("S{:02}", index + 1)
}

/// A list as the files write it.
fn list(text: &str) -> String {
    text.replace(',', "|")
}

/// The hand-made rows of the programme, each with what it is ordered by.
fn special_rows() -> Vec<(String, Cells)> {
    let columns: Vec<&str> = PROGRAMME.split(';').skip(1).collect();
    let mut long = material!("long.tsv").lines();
    let (long, long_en) = (long.next().unwrap_or_default(), long.next().unwrap_or_default());
    let special = table(material!("special.tsv"));
    let text = |line: &Line, column: &str| {
        let text = match (cell(line, column), column) {
            ("@long", "description_en") => long_en,
            ("@long", _) => long,
            (text, _) => text,
        };
        text.replace(" \\n\\n ", "\n\n").replace("\\n", "\n").replace('~', " ")
    };
    let row = |line: &Line| columns.iter().map(|column| text(line, column)).collect();
    special.iter().map(|line| (order(cell(line, "debut")), row(line))).collect()
}

/// What a written date is ordered by: itself where it is ISO, turned round where it is French.
fn order(written: &str) -> String {
    match written.split_once(' ') {
        Some((day, time)) if day.contains('/') => {
            let turned: Vec<&str> = day.rsplit('/').collect();
            format!("{} {}", turned.join("-"), time.replace('h', ":"))
        }
        _ => written.to_owned(),
    }
}

/// The day on which a tour begins.
fn first_day(dice: &mut Dice) -> i64 {
    let share = dice.below(100);
    let part = PARTS.iter().find(|part| share < part.2);
    part.map_or(FIRST_DAY, |(from, days, _)| FIRST_DAY + from + i64::try_from(dice.below(*days)).unwrap_or(0))
}

fn is_young(show: &Line) -> bool {
    ["Jeune public", "Très jeune public"].contains(&cell(show, "public"))
}

/// The minute of the day at which a show begins.
fn minute_of(show: &Line, day: i64, dice: &mut Dice) -> i64 {
    let hours: &[i64] = match (is_young(show), Local::of(day, 0).weekday()) {
        (true, 3 | 6 | 7) => &[600, 900, 960, 990, 1020],
        (true, _) => &[570, 600, 840, 870],
        (false, 5 | 6) => &[1140, 1200, 1230, 1230, 1260],
        (false, 7) => &[1020, 1050, 1080],
        (false, _) => &[1110, 1140, 1200, 1230],
    };
    dice.pick(hours).copied().unwrap_or(1230)
}

/// Full and reduced price as different people type them.
fn prices(show: &Line, dice: &mut Dice) -> (String, String) {
    let full = if is_young(show) { 5 + dice.below(5) } else { 8 + 2 * dice.below(8) };
    let reduced = if dice.chance(60) { (full * 6 / 10).to_string() } else { String::new() };
    let written = match dice.below(10) {
        0..=4 => full.to_string(),
        5..=6 => format!("{full} €"),
        7 => format!("{full},00 €"),
        8 => format!("{full}.50"),
        _ => format!("EUR {full}"),
    };
    (written, reduced)
}

/// The offers of a date of the festival.
fn offers(price: &str, number: usize) -> String {
    let offer = |name: &str, amount: &str, availability: &str| {
        let mut offer = Node::new("Offer");
        offer.text("name", name);
        if number % 7 == 3 {
            offer.raw("price", amount);
        } else {
            offer.text("price", &format!("{amount}.00"));
        }
        offer.text("priceCurrency", "EUR");
        offer.text("availability", &format!("https://schema.org/{availability}"));
        offer.text("url", &format!("{CIMES}/billetterie"));
        offer.text("validFrom", "2026-12-01T10:00:00+01:00");
        offer.inline()
    };
    let availability = match number % 11 {
        4 => "SoldOut",
        9 => "LimitedAvailability",
        _ => "InStock",
    };
    let full = offer("Plein tarif", price, availability);
    match price.parse::<u32>() {
        Ok(amount) if number.is_multiple_of(2) => {
            format!("[{full}, {}]", offer("Tarif réduit", &(amount * 6 / 10).to_string(), availability))
        }
        _ => full,
    }
}

/// A JSON object being written.
struct Node(Vec<String>);

impl Node {
    fn new(kind: &str) -> Self {
        Self(vec![format!("\"@type\": {}", quoted(kind))])
    }

    /// Adds a text where there is one.
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.raw(name, &quoted(value));
        }
    }

    /// Adds what is JSON already.
    fn raw(&mut self, name: &str, json: &str) {
        self.0.push(format!("\"{name}\": {json}"));
    }

    /// Adds a text in French, in English too where asked.
    fn languages(&mut self, name: &str, line: &Line, column: &str, both: bool) {
        let (french, english) = (quoted(cell(line, column)), quoted(cell(line, &format!("{column}_en"))));
        if both {
            let said = |text, tag| format!(r#"{{"@value": {text}, "@language": "{tag}"}}"#);
            self.raw(name, &format!("[{}, {}]", said(french, "fr"), said(english, "en")));
        } else {
            self.raw(name, &french);
        }
    }

    fn inline(&self) -> String {
        format!("{{{}}}", self.0.join(", "))
    }

    fn block(&self) -> String {
        format!("    {{\n      {}\n    }}", self.0.join(",\n      "))
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A name as a part of a web address.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'à' | 'â' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' => out.push('i'),
            'ô' => out.push('o'),
            'û' | 'ù' => out.push('u'),
            'ç' => out.push('c'),
            'œ' => out.push_str("oe"),
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// The address of a web site that cannot exist.
fn address_of(name: &str) -> String {
    format!("https://www.{}.example", slug(name))
}

/// Rows as CSV (RFC 4180, with line feeds).
fn csv(rows: &[Cells], separator: char) -> String {
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().map(|value| {
            if value.contains([separator, '"', '\n']) {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value.clone()
            }
        });
        let line: Vec<String> = cells.collect();
        let _always_room = writeln!(out, "{}", line.join(&separator.to_string()));
    }
    out
}

/// A line of a calendar, folded so that none has more than 75 bytes (RFC 5545, 3.1).
fn folded(line: &str) -> String {
    let (mut out, mut length) = (String::new(), 0);
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out + "\r\n"
}

/// A text in the encoding of old spreadsheets; what it cannot hold becomes a question mark.
fn windows_1252(text: &str) -> Vec<u8> {
    let others = "€…Œ‘’“”–—œ\u{202f}".chars();
    let others: BTreeMap<char, u8> = others.zip(*b"\x80\x85\x8c\x91\x92\x93\x94\x96\x97\x9c\xa0").collect();
    let byte = |letter| others.get(&letter).copied().or_else(|| u8::try_from(u32::from(letter)).ok());
    text.chars().map(|letter| byte(letter).unwrap_or(b'?')).collect()
}
