//! Texts that know their language.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A language by its tag: `fr`, `oc`, `pt-BR` (BCP 47, letters, digits and hyphens).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Cow<'_, str>", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a tag; `None` where it is not made as BCP 47 says (the parts are not looked up).
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::is_tag(tag).then(|| Self(tag.to_owned()))
    }

    /// Tells whether a text is made as a language tag.
    #[must_use]
    pub fn is_tag(tag: &str) -> bool {
        let mut parts = tag.split('-');
        parts.next().is_some_and(|first| {
            (2..=8).contains(&first.len()) && first.bytes().all(|letter| letter.is_ascii_alphabetic())
        }) && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric())
        })
    }

    /// French.
    #[must_use]
    pub fn french() -> Self {
        Self("fr".to_owned())
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Cow<'_, str>> for Language {
    type Error = &'static str;
    fn try_from(tag: Cow<'_, str>) -> Result<Self, Self::Error> {
        Self::parse(&tag).ok_or("a language is a tag as fr or pt-BR")
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text in one or several languages.
///
/// # Examples
/// ```
/// use c3ms_core::base::Text;
/// let title: Text = serde_json::from_str(r#"{"fr": "Le Bal", "en": "The Ball"}"#)?;
/// assert_eq!(title.in_language("en"), Some("The Ball"));
/// assert_eq!(title.in_language("oc"), Some("Le Bal"), "French where the language lacks");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    /// A text in one language.
    #[must_use]
    pub fn new(language: Language, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language, text.into())]))
    }

    /// The text in this language; else in the wider one (`pt` for `pt-BR`), French, English, any.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> Option<&str> {
        in_language(self.iter().map(|(language, text)| (language.as_str(), text)), tag)
    }

    /// The text in exactly this language.
    #[must_use]
    pub fn exactly(&self, tag: &str) -> Option<&str> {
        self.0.iter().find(|(language, _)| language.as_str() == tag).map(|(_, text)| text.as_str())
    }

    /// Each language with its text, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&Language, &str)> + Clone {
        self.0.iter().map(|(language, text)| (language, text.as_str()))
    }

    /// Tells whether no language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of texts by language the one that is read where this language is asked for; see [`Text::in_language`].
pub(crate) fn in_language<'a>(
    mut texts: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    tag: &str,
) -> Option<&'a str> {
    let wider = tag.split('-').next().unwrap_or(tag);
    [tag, wider, "fr", "en"]
        .iter()
        .find_map(|wanted| texts.clone().find(|(language, _)| language == wanted))
        .or_else(|| texts.next())
        .map(|(_, text)| text)
}

impl FromIterator<(Language, String)> for Text {
    fn from_iter<I: IntoIterator<Item = (Language, String)>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}

/// Folds a text for finding: lower case, Latin accents and ligatures taken off, spaces made single.
///
/// A small table instead of Unicode's full decomposition, which weighs 51 KiB in a web page. Other scripts
/// are only lower-cased.
///
/// # Examples
/// ```
/// use c3ms_core::base::fold;
/// assert_eq!(fold("  Théâtre  de l’Œuvre "), "theatre de l'oeuvre");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'a'..='z' | '0'..='9' => {
                out.push(letter);
                continue;
            }
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
            'ç' | 'ć' | 'č' => "c",
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' => "i",
            'ñ' | 'ń' | 'ň' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
            'ý' | 'ÿ' => "y",
            'š' | 'ś' => "s",
            'ž' | 'ź' | 'ż' => "z",
            'ł' => "l",
            'ď' => "d",
            'ř' => "r",
            'ť' => "t",
            'œ' => "oe",
            'æ' => "ae",
            'ß' => "ss",
            '’' | 'ʼ' | '‘' => "'",
            '\u{300}'..='\u{36f}' => "",
            other if other.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                continue;
            }
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(plain);
    }
    out.truncate(out.trim_end().len());
    out
}
