//! The translated texts of a form: each by its id, in each language.

use std::collections::BTreeMap;

use super::{
    form::{List, Tongues},
    references::Paths,
    tree::{Bound, Element, Role, Tree, Words},
    xml::{Content, Node},
};
use crate::manufactory::forms::{FormsError, exchange::references::has_reference};

/// A text without an entry of its own.
const NOTHING: &str = "-";

/// One form of a text: its words, and the question whose references it may hold.
#[derive(Debug, Clone)]
struct Form {
    kind: String,
    text: String,
    context: Option<usize>,
}

/// All texts of one language, in order.
#[derive(Debug, Default)]
struct Translation {
    language: String,
    texts: Vec<(String, Vec<Form>)>,
    places: BTreeMap<String, usize>,
}

impl Translation {
    fn set(&mut self, id: &str, form: Option<Form>) {
        let place = *self.places.entry(id.to_owned()).or_insert(self.texts.len());
        if place == self.texts.len() {
            self.texts.push((id.to_owned(), Vec::new()));
        }
        let (Some((_, forms)), Some(form)) = (self.texts.get_mut(place), form) else { return };
        match forms.iter_mut().find(|known| known.kind == form.kind) {
            Some(known) => *known = form,
            None => forms.push(form),
        }
    }
}

/// The translations of a form, in the order their languages are met.
#[derive(Debug, Default)]
pub(super) struct Itext(Vec<Translation>);

impl Itext {
    pub(super) fn new(tree: &Tree, lists: &[List], tongues: &Tongues) -> Self {
        let mut itext = Self::default();
        for list in lists.iter().filter(|list| list.in_itext) {
            for (index, choice) in list.choices.iter().enumerate() {
                let id = format!("{}-{index}", list.name);
                itext.add(&id, "long", &choice.label, None, tongues);
                for (kind, words) in &choice.media {
                    itext.add(&id, kind, words, None, tongues);
                }
            }
        }
        let shown: Vec<(usize, &Element)> = tree
            .below(0)
            .into_iter()
            .filter_map(|index| Some((index, tree.get(index)?)))
            .filter(|(_, element)| {
                matches!(element.role, Role::Survey | Role::Group | Role::Repeat | Role::Question(_))
            })
            .collect();
        for (index, element) in &shown {
            itext.add_element(&tree.path(*index), *index, element, tongues);
        }
        for (index, element) in &shown {
            let id = format!("{}:label", tree.path(*index));
            for (kind, words) in &element.media {
                itext.add(&id, kind, words, None, tongues);
            }
        }
        itext.fill();
        itext
    }

    fn add_element(&mut self, path: &str, index: usize, element: &Element, tongues: &Tongues) {
        for name in ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"] {
            let message = element.bind.iter().flatten().find(|(known, _)| known == name);
            if let Some((_, Bound::Message(words))) = message
                && in_itext(name, words)
            {
                self.add(&format!("{path}:{name}"), "long", words, Some(index), tongues);
            }
        }
        if element.labeled_in_itext() {
            self.add(&format!("{path}:label"), "long", &element.label, Some(index), tongues);
        }
        let id = format!("{path}:hint");
        if matches!(element.hint, Words::Translated(_)) || !element.guidance.is_none() {
            self.add(&id, "long", &element.hint, Some(index), tongues);
        }
        self.add(&id, "guidance", &element.guidance, Some(index), tongues);
    }

    fn add(&mut self, id: &str, kind: &str, words: &Words, context: Option<usize>, tongues: &Tongues) {
        let mut put = |language: &str, text: &str| {
            let form = Form { kind: kind.to_owned(), text: text.to_owned(), context };
            self.language(language).set(id, Some(form));
        };
        match words {
            Words::None => {}
            Words::Plain(text) => put(&tongues.default, text),
            Words::Translated(texts) => {
                for (language, text) in texts {
                    put(language, text);
                }
            }
        }
    }

    fn language(&mut self, name: &str) -> &mut Translation {
        let known = self.0.iter().position(|known| known.language == name);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(Translation { language: name.to_owned(), ..Translation::default() });
        }
        // The place is there: it was found or has just been made.
        let last = self.0.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "at most the last place")]
        &mut self.0[place.min(last)]
    }

    /// Every language has every text, so that none falls back without saying so.
    fn fill(&mut self) {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for translation in &self.0 {
            for (id, forms) in &translation.texts {
                let place = *places.entry(id.clone()).or_insert(all.len());
                if place == all.len() {
                    all.push((id.clone(), Vec::new()));
                }
                let Some((_, kinds)) = all.get_mut(place) else { continue };
                for form in forms.iter().filter(|form| !kinds.contains(&form.kind)).collect::<Vec<_>>() {
                    kinds.push(form.kind.clone());
                }
            }
        }
        for translation in &mut self.0 {
            for (id, kinds) in &all {
                translation.set(id, None);
                let known = translation.places.get(id).and_then(|place| translation.texts.get(*place));
                let known: Vec<String> = known
                    .map(|(_, forms)| forms.iter().map(|form| form.kind.clone()).collect())
                    .unwrap_or_default();
                for kind in kinds.iter().filter(|kind| !known.contains(kind)) {
                    let form = Form { kind: kind.clone(), text: NOTHING.to_owned(), context: None };
                    translation.set(id, Some(form));
                }
            }
        }
    }

    /// As the form writes it; nothing where nothing is translated.
    pub(super) fn node(&self, paths: &Paths<'_>, tongues: &Tongues) -> Result<Option<Node>, FormsError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut itext = Node::new("itext");
        for translation in &self.0 {
            let mut node = Node::new("translation").with("lang", &translation.language);
            if translation.language == tongues.default {
                node.set("default", "true()");
            }
            for (id, forms) in &translation.texts {
                let mut text = Node::new("text").with("id", id);
                for form in forms {
                    text.extend(value(id, form, paths)?);
                }
                node.push(text);
            }
            itext.push(node);
        }
        Ok(Some(itext))
    }
}

/// A message is written among the texts where it is translated or refers to an answer.
pub(super) fn in_itext(name: &str, words: &Words) -> bool {
    match words {
        Words::Translated(_) => true,
        Words::Plain(text) => name != "jr:noAppErrorString" && has_reference(text),
        Words::None => false,
    }
}

/// A form of a text; pictures that lack leave nothing.
fn value(id: &str, form: &Form, paths: &Paths<'_>) -> Result<Option<Node>, FormsError> {
    let node = Node::new("value");
    let hint = id.split_once(':').is_some_and(|(_, rest)| rest == "hint");
    let (node, before) = match form.kind.as_str() {
        "guidance" if hint => (node.with("form", "guidance"), String::new()),
        "long" => (node, String::new()),
        _ if form.text == NOTHING => return Ok(None),
        kind @ ("image" | "big-image") => (node.with("form", kind), "jr://images/".to_owned()),
        kind => (node.with("form", kind), format!("jr://{kind}/")),
    };
    let mut content = paths.text(&form.text, form.context)?;
    if !before.is_empty() {
        match content.first_mut() {
            Some(Content::Text(text)) => text.insert_str(0, &before),
            Some(Content::Node(_)) | None => content.insert(0, Content::Text(before)),
        }
    }
    Ok(Some(node.mixing(content)))
}
