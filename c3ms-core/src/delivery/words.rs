//! The words of the site, in French and English, and how each writes days, times and sizes.

use crate::{
    base::{Date, Language, TimeOfDay},
    calendar::{english, french},
};

/// The texts of the page in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(super) language: &'static str,
    /// `{name}` is the cooperative.
    pub(super) description: &'static str,
    pub(super) introduction: &'static str,
    pub(super) skip: &'static str,
    pub(super) agenda: &'static str,
    pub(super) nothing: &'static str,
    /// `{shown}` and `{all}` are figures.
    pub(super) more: &'static str,
    pub(super) ongoing: &'static str,
    pub(super) until: &'static str,
    pub(super) all_day: &'static str,
    pub(super) free: &'static str,
    pub(super) subscribe: &'static str,
    pub(super) subscribe_how: &'static str,
    pub(super) data: &'static str,
    pub(super) data_why: &'static str,
    pub(super) dataset: &'static str,
    pub(super) records: &'static str,
    pub(super) files: &'static str,
    pub(super) schema: &'static str,
    pub(super) catalog: &'static str,
    pub(super) license: &'static str,
    pub(super) made: &'static str,
    days: [&'static str; 7],
    months: [&'static str; 12],
    sizes: [&'static str; 3],
    decimal: char,
}

const FRENCH: Words = Words {
    language: "fr",
    description: "L’agenda culturel de {name} et ses données ouvertes : spectacles, lieux, dates, à lire ici ou à reprendre.",
    introduction: "Les spectacles à venir, saisis par celles et ceux qui les organisent. Tout ce que vous lisez ici est aussi disponible en données ouvertes, au bas de cette page.",
    skip: "Aller à l’agenda",
    agenda: "Agenda",
    nothing: "Aucune date n’est annoncée pour le moment.",
    more: "{shown} dates sur {all}.",
    ongoing: "En ce moment",
    until: "jusqu’au",
    all_day: "Toute la journée",
    free: "gratuit",
    subscribe: "S’abonner au calendrier",
    subscribe_how: "Ajoutez cette adresse à votre agenda : les dates annulées ou déplacées s’y mettront à jour.",
    data: "Données ouvertes",
    data_why: "Reprenez ces données dans votre site, votre application ou votre étude. Il n’y a ni compte ni clé à demander.",
    dataset: "Jeu de données",
    records: "Fiches",
    files: "Fichiers",
    schema: "Schéma",
    catalog: "Catalogue DCAT",
    license: "Licence",
    made: "Page produite le",
    days: french::DAYS,
    months: french::MONTHS,
    sizes: ["octets", "Ko", "Mo"],
    decimal: ',',
};

const ENGLISH: Words = Words {
    language: "en",
    description: "The cultural agenda of {name} and its open data: shows, venues, dates, to read here or to reuse.",
    introduction: "Upcoming shows, entered by those who put them on. Everything you read here is available as open data too, at the bottom of this page.",
    skip: "Go to the agenda",
    agenda: "Agenda",
    nothing: "No date is announced for now.",
    more: "{shown} dates of {all}.",
    ongoing: "On now",
    until: "until",
    all_day: "All day",
    free: "free",
    subscribe: "Subscribe to the calendar",
    subscribe_how: "Add this address to your calendar: dates that are cancelled or moved will follow.",
    data: "Open data",
    data_why: "Use these data in your site, your application or your study. There is no account or key to ask for.",
    dataset: "Dataset",
    records: "Records",
    files: "Files",
    schema: "Schema",
    catalog: "DCAT catalog",
    license: "License",
    made: "Page made on",
    days: english::DAYS,
    months: english::MONTHS,
    sizes: ["bytes", "kB", "MB"],
    decimal: '.',
};

impl Words {
    /// The words of a language; English where there are none of it.
    pub(crate) fn of(language: &Language) -> &'static Self {
        let tag = language.as_str();
        if tag == "fr" || tag.starts_with("fr-") { &FRENCH } else { &ENGLISH }
    }

    /// `lundi 23 novembre 2026`, `Monday 23 November 2026`.
    pub(crate) fn day(&self, date: Date) -> String {
        let (year, month, day) = date.parts();
        let weekday = self.days.get(usize::from(date.weekday()).saturating_sub(1)).unwrap_or(&"");
        let month = self.months.get(usize::from(month).saturating_sub(1)).unwrap_or(&"");
        let ordinal = if day == 1 && self.language == "fr" { "er" } else { "" };
        format!("{weekday} {day}{ordinal} {month} {year}")
    }

    /// `20 h 30`, with spaces that do not break, or `20:30`.
    pub(super) fn time(&self, time: TimeOfDay) -> String {
        let (hour, minute, _) = time.parts();
        match (self.language, minute) {
            ("fr", 0) => format!("{hour}\u{a0}h"),
            ("fr", _) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
            _ => format!("{hour:02}:{minute:02}"),
        }
    }

    /// `12,3 Ko`.
    pub(super) fn size(&self, bytes: usize) -> String {
        let [plain, thousands, millions] = self.sizes;
        let tenths = |unit: usize, name: &str| {
            let tenths = (bytes * 10 + unit / 2) / unit;
            format!("{}{}{}\u{a0}{name}", tenths / 10, self.decimal, tenths % 10)
        };
        match bytes {
            0..1000 => format!("{bytes}\u{a0}{plain}"),
            1000..1_000_000 => tenths(1000, thousands),
            _ => tenths(1_000_000, millions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_days_times_and_sizes_its_way() {
        let (french, english) = (Words::of(&Language::french()), &ENGLISH);
        let day = Date::new(2026, 12, 1).unwrap();
        assert_eq!(french.day(day), "mardi 1er décembre 2026");
        assert_eq!(english.day(day), "Tuesday 1 December 2026");
        let half_past = TimeOfDay::new(20, 30, 0).unwrap();
        assert_eq!(french.time(half_past), "20\u{a0}h\u{a0}30");
        assert_eq!(english.time(half_past), "20:30");
        assert_eq!(french.size(12_345), "12,3\u{a0}Ko");
        assert_eq!(english.size(2_000_000), "2.0\u{a0}MB");
    }
}
