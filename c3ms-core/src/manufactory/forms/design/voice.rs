//! How fields, kinds and values are said, in French and English.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use super::{
    super::{
        Field, Format, Kind, Visibility,
        expression::{Expression, Speaker},
    },
    chain::Chain,
    walk::stops,
};
use crate::base::{Money, Text};

/// The two languages that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    French,
    English,
}

impl Tongue {
    pub(super) fn of(tag: &str) -> Self {
        let first = tag.split('-').next().unwrap_or_default();
        if first.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    pub(super) fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    pub(super) fn quoted(self, text: &str) -> String {
        self.pick(format!("« {text} »"), format!("“{text}”"))
    }

    /// `a, b et c`.
    pub(super) fn list(self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., end] => format!("{}{}{end}", first.join(", "), self.pick(" et ", " and ")),
        }
    }

    /// A count with its noun: `1 champ`, `3 champs`; French counts 0 as one.
    pub(super) fn count(self, count: usize, french: [&str; 2], english: [&str; 2]) -> String {
        let one = count == 1 || (count == 0 && self == Self::French);
        let [single, many] = self.pick(french, english);
        format!("{} {}", self.number(count), if one { single } else { many })
    }

    /// A whole number, its thousands apart from 10,000 on.
    pub(super) fn number(self, number: impl ToString + Copy) -> String {
        let digits = number.to_string();
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
        if digits.len() < 5 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return format!("{sign}{digits}");
        }
        let mut out = sign.to_owned();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(self.pick('\u{a0}', ','));
            }
            out.push(digit);
        }
        out
    }

    /// A language: `français`, or its tag.
    pub(super) fn language(self, tag: &str) -> String {
        let known = LANGUAGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(tag));
        known.map_or_else(|| tag.to_owned(), |(_, french, english)| self.pick(*french, *english).to_owned())
    }

    /// Those who may see a field.
    pub(super) fn visible_to(self, visibility: Visibility) -> &'static str {
        match visibility {
            Visibility::Public => self.pick("de tous", "everybody"),
            Visibility::Members => {
                self.pick("des membres de la coopérative seulement", "members of the cooperative only")
            }
            Visibility::Private => {
                self.pick("de ceux qui tiennent la fiche seulement", "those who keep the record only")
            }
        }
    }
}

const LANGUAGES: [(&str, &str, &str); 14] = [
    ("fr", "français", "French"),
    ("en", "anglais", "English"),
    ("it", "italien", "Italian"),
    ("de", "allemand", "German"),
    ("es", "espagnol", "Spanish"),
    ("pt", "portugais", "Portuguese"),
    ("nl", "néerlandais", "Dutch"),
    ("oc", "occitan", "Occitan"),
    ("ca", "catalan", "Catalan"),
    ("eu", "basque", "Basque"),
    ("br", "breton", "Breton"),
    ("co", "corse", "Corsican"),
    ("ar", "arabe", "Arabic"),
    ("uk", "ukrainien", "Ukrainian"),
];

/// Longer values are cut where they are said.
const LONGEST: usize = 200;

/// Says parts of one format to one reader.
pub(super) struct Voice<'a> {
    pub(super) tongue: Tongue,
    pub(super) format: &'a Format,
    chain: Chain<'a>,
    /// The fields by name; nothing where several have it.
    named: BTreeMap<&'a str, Option<&'a Field>>,
}

/// An expression of a field, said.
struct Clause<'v> {
    voice: &'v Voice<'v>,
    field: Option<&'v Field>,
}

impl Clause<'_> {
    fn find(&self, name: Option<&str>) -> Option<&Field> {
        match name {
            Some(name) => self.voice.named.get(name).copied().flatten(),
            None => self.field,
        }
    }
}

impl Speaker for Clause<'_> {
    fn field(&self, name: Option<&str>) -> Option<String> {
        match name {
            Some(_) => self.find(name).map(|field| self.voice.called(field)),
            None => Some(self.voice.tongue.pick("la valeur", "the value").to_owned()),
        }
    }

    fn value(&self, name: Option<&str>, value: &str) -> String {
        self.voice.value(&Value::String(value.to_owned()), self.find(name).map(|field| &field.kind))
    }

    fn is_french(&self) -> bool {
        self.voice.tongue == Tongue::French
    }
}

impl<'a> Voice<'a> {
    pub(super) fn new(format: &'a Format, language: &'a [&'a str]) -> Self {
        let tongue = Tongue::of(language.first().copied().unwrap_or_default());
        let mut named = BTreeMap::new();
        for stop in stops(format) {
            named
                .entry(stop.field.name.as_str())
                .and_modify(|known| *known = None)
                .or_insert(Some(stop.field));
        }
        Self { tongue, format, chain: Chain::new(language, format), named }
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        self.tongue.quoted(text)
    }

    /// A text on one line; nothing where it says nothing.
    pub(super) fn text(&self, text: &Text) -> Option<String> {
        self.chain.find(text).map(|(_, words)| one_line(words))
    }

    /// What a field is called.
    pub(super) fn label(&self, field: &Field) -> String {
        self.text(&field.label).unwrap_or_else(|| field.name.clone())
    }

    /// What a field is called, between quotes.
    pub(super) fn called(&self, field: &Field) -> String {
        self.quoted(&self.label(field))
    }

    /// What the vocabulary is called, between quotes.
    pub(super) fn vocabulary(&self, name: &str) -> String {
        let label = self.format.vocabularies.get(name).and_then(|list| self.text(&list.label));
        self.quoted(label.as_deref().unwrap_or(name))
    }

    /// A code by its label, else as it is stored.
    pub(super) fn code(&self, vocabulary: &str, code: &str) -> String {
        let list = self.format.vocabularies.get(vocabulary);
        let known = list.and_then(|list| list.codes.iter().find(|known| known.code == code));
        known.and_then(|known| self.text(&known.label)).unwrap_or_else(|| code.to_owned())
    }

    /// A condition on a field in words where it is a simple one, else as it is written.
    pub(super) fn rule(&self, expression: &str, field: Option<&Field>) -> String {
        let read = Expression::parse(expression, self.format.dialect).ok();
        let words = read.and_then(|read| read.in_words(&Clause { voice: self, field }));
        words.unwrap_or_else(|| format!("`{}`", one_line(expression)))
    }

    /// What a field accepts.
    pub(super) fn kind(&self, kind: &Kind) -> String {
        let tongue = self.tongue;
        let say = |french: &str, english: &str| tongue.pick(french, english).to_owned();
        match kind {
            Kind::Text { languages, min_length, max_length, pattern } => {
                let mut said = if *languages {
                    say("un texte par langue", "one text per language")
                } else {
                    say("un texte", "a text")
                };
                said += &self.length(*min_length, *max_length);
                if let Some(pattern) = pattern {
                    said += &tongue.pick(
                        format!(", qui suit le motif `{pattern}`"),
                        format!(", of the pattern `{pattern}`"),
                    );
                }
                said
            }
            Kind::Integer { minimum, maximum } => {
                let number = |bound: &Option<i64>| bound.map(|bound| tongue.number(bound));
                say("un nombre entier", "a whole number") + &self.bounds(number(minimum), number(maximum))
            }
            Kind::Decimal { minimum, maximum } => {
                let number = |bound: &Option<f64>| bound.map(|bound| self.decimal(&bound.to_string()));
                say("un nombre", "a number") + &self.bounds(number(minimum), number(maximum))
            }
            Kind::Boolean => say("oui ou non", "yes or no"),
            Kind::Moment => say("un jour, avec ou sans heure", "a day, with or without a time"),
            Kind::Date => say("un jour", "a day"),
            Kind::Time => say("une heure", "a time of the day"),
            Kind::Money => say("un montant et sa devise", "an amount and its currency"),
            Kind::Url => say("une adresse web", "a web address"),
            Kind::Email => say("une adresse électronique", "a mail address"),
            Kind::Phone => say("un numéro de téléphone", "a telephone number"),
            Kind::Language => say("une langue", "a language"),
            Kind::Code { vocabulary, filter, ranked } => {
                let name = self.vocabulary(vocabulary);
                let mut said = tongue
                    .pick(format!("un choix dans la liste {name}"), format!("a choice from the list {name}"));
                if let Some(filter) = filter {
                    said += &tongue.pick(
                        format!(", où ne sont offerts que les choix tels que `{filter}`"),
                        format!(", of which only those are offered where `{filter}`"),
                    );
                }
                if *ranked {
                    said += tongue.pick(", le préféré d’abord", ", the preferred one first");
                }
                said
            }
            Kind::Position => say("un point sur la carte", "a point on the map"),
            Kind::Path => say("un tracé sur la carte", "a line on the map"),
            Kind::Area => say("une surface sur la carte", "a surface on the map"),
            Kind::File { accept: None } => say("un fichier", "a file"),
            Kind::File { accept: Some(accept) } => {
                tongue.pick(format!("un fichier ({accept})"), format!("a file ({accept})"))
            }
            Kind::Note => say("un texte à lire, sans réponse", "words to read, without an answer"),
            Kind::Link { cube } => {
                tongue.pick(format!("une fiche de {cube}, choisie"), format!("a record of {cube}, chosen"))
            }
            Kind::Group { fields } => {
                let count = tongue.count(fields.len(), ["champ", "champs"], ["field", "fields"]);
                tongue.pick(format!("un groupe de {count}"), format!("a group of {count}"))
            }
        }
    }

    fn length(&self, least: Option<u32>, most: Option<u32>) -> String {
        let tongue = self.tongue;
        let characters = |count: u32| {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            tongue.count(count, ["caractère", "caractères"], ["character", "characters"])
        };
        match (least.filter(|least| *least > 0), most) {
            (None, None) => String::new(),
            (None, Some(most)) => {
                let most = characters(most);
                tongue.pick(format!(" de {most} au plus"), format!(" of at most {most}"))
            }
            (Some(least), None) => {
                let least = characters(least);
                tongue.pick(format!(" de {least} au moins"), format!(" of at least {least}"))
            }
            (Some(least), Some(most)) if least == most => {
                let most = characters(most);
                tongue.pick(format!(" de {most}"), format!(" of {most}"))
            }
            (Some(least), Some(most)) => {
                let (least, most) = (tongue.number(least), characters(most));
                tongue.pick(format!(" de {least} à {most}"), format!(" of {least} to {most}"))
            }
        }
    }

    fn bounds(&self, least: Option<String>, most: Option<String>) -> String {
        let tongue = self.tongue;
        match (least, most) {
            (None, None) => String::new(),
            (None, Some(most)) => tongue.pick(format!(", {most} au plus"), format!(", at most {most}")),
            (Some(least), None) => tongue.pick(format!(", {least} au moins"), format!(", at least {least}")),
            (Some(least), Some(most)) => {
                tongue.pick(format!(" de {least} à {most}"), format!(" from {least} to {most}"))
            }
        }
    }

    fn decimal(&self, number: &str) -> String {
        self.tongue.pick(number.replace('.', ","), number.to_owned())
    }

    /// A value as its field shows it.
    pub(super) fn value(&self, value: &Value, kind: Option<&Kind>) -> String {
        let tongue = self.tongue;
        match (value, kind) {
            (Value::Null, _) => tongue.pick("rien", "nothing").to_owned(),
            (Value::Bool(true), _) => tongue.pick("oui", "yes").to_owned(),
            (Value::Bool(false), _) => tongue.pick("non", "no").to_owned(),
            (Value::Number(number), _) => self.decimal(&number.to_string()),
            (Value::String(code), Some(Kind::Code { vocabulary, .. })) => {
                self.quoted(&cut(&self.code(vocabulary, code)))
            }
            (Value::String(text), _) => self.quoted(&cut(&one_line(text))),
            (Value::Array(items), _) => {
                let said: Vec<String> = items.iter().take(10).map(|item| self.value(item, kind)).collect();
                if items.is_empty() {
                    tongue.pick("une liste vide", "an empty list").to_owned()
                } else {
                    cut(&tongue.list(&said))
                }
            }
            (Value::Object(_), Some(Kind::Money)) => match Money::deserialize(value) {
                Ok(money) => format!("{} {}", self.decimal(&money.decimal()), money.currency.code()),
                Err(_) => cut(&value.to_string()),
            },
            (Value::Object(texts), Some(Kind::Text { languages: true, .. })) => {
                let said = |(tag, text): (&String, &Value)| {
                    format!("{} ({})", self.value(text, None), tongue.language(tag))
                };
                cut(&texts.iter().take(10).map(said).collect::<Vec<_>>().join(", "))
            }
            (Value::Object(_), _) => format!("`{}`", cut(&value.to_string())),
        }
    }
}

/// A text without its line ends, which would end what it is said in.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
