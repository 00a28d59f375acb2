//! A format in plain words, as a coordinator reads it.

use super::{
    super::{Dialect, Field, Format, Kind, Visibility},
    voice::Voice,
    walk::{inside, stops},
};

/// Says in French (`fr`) or English (any other tag) what a format asks: what a record is, each field with what it
/// accepts, when it is asked, what it means and who may see it, and the lists of choices. Every field appears.
///
/// The text is Markdown that also reads as it is.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::explain};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"fr": "Lieu", "en": "Venue"}, "title": "name", "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text", "max-length": 200}, "required": true,
///    "label": {"fr": "Nom", "en": "Name"}, "term": "https://schema.org/name"}]}"#)?;
/// assert_eq!(explain(&venue, "fr"), "\
/// ## Lieu (`venue`)
///
/// Ce format a 1 champ, dont 1 obligatoire.
/// Une fiche se nomme par son champ « Nom ».
/// Tout est visible de tous.
///
/// ### Nom (`name`)
///
/// - Obligatoire.
/// - Accepte : un texte de 200 caractères au plus.
/// - Sens : https://schema.org/name.
/// ");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn explain(format: &Format, language: &str) -> String {
    let asked = [language];
    let mut writer = Writer { voice: Voice::new(format, &asked), out: String::new() };
    writer.format();
    writer.out
}

struct Writer<'a> {
    voice: Voice<'a>,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn say(&mut self, french: &str, english: &str) {
        let said = self.voice.tongue.pick(french, english);
        self.out.push_str(said);
        self.out.push('\n');
    }

    /// A heading with an empty line around it.
    fn heading(&mut self, depth: usize, label: &str, name: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let marks = "#".repeat(depth.min(6));
        let name = if name == label { String::new() } else { format!(" (`{name}`)") };
        self.line(&format!("{marks} {label}{name}\n"));
    }

    fn format(&mut self) {
        let format = self.voice.format;
        let label = self.voice.text(&format.label).unwrap_or_else(|| format.cube.clone());
        self.heading(1, &label, &format.cube);
        if let Some(help) = self.voice.text(&format.help) {
            self.line(&format!("{help}\n"));
        }
        self.figures();
        match format.field(&format.title) {
            Some(title) => {
                let title = self.voice.called(title);
                self.say(
                    &format!("Une fiche se nomme par son champ {title}."),
                    &format!("A record is called by its field {title}."),
                );
            }
            None => self.say("Une fiche se nomme par son identifiant.", "A record is called by its id."),
        }
        if let Some(term) = &format.term {
            self.say(&format!("Sens : {term}."), &format!("Meaning: {term}."));
        }
        if !format.languages.is_empty() {
            let tongue = self.voice.tongue;
            let languages: Vec<String> =
                format.languages.iter().map(|language| tongue.language(language.as_str())).collect();
            let languages = tongue.list(&languages);
            self.say(
                &format!("Langues du format : {languages}."),
                &format!("Languages of the format: {languages}."),
            );
        }
        if format.dialect == Dialect::Xforms {
            self.say(
                "Pour ses conditions et ses calculs, ce qui n’est pas rempli est un texte vide.",
                "To its conditions and calculations, what is not filled in is an empty text.",
            );
        }
        if stops(format).iter().any(|stop| stop.field.visibility != Visibility::Public) {
            self.say("Ce qui n’est pas visible de tous est signalé.", "What not everybody sees is marked.");
        } else {
            self.say("Tout est visible de tous.", "Everybody sees all of it.");
        }
        for field in &format.fields {
            self.field(field, 2, Visibility::Public);
        }
        self.lists();
    }

    fn figures(&mut self) {
        let tongue = self.voice.tongue;
        let stops = stops(self.voice.format);
        let count = |count: usize| tongue.count(count, ["champ", "champs"], ["field", "fields"]);
        let all =
            stops.iter().filter(|stop| !matches!(stop.field.kind, Kind::Group { .. } | Kind::Note)).count();
        let groups = stops.iter().filter(|stop| matches!(stop.field.kind, Kind::Group { .. })).count();
        let required = stops.iter().filter(|stop| stop.field.required).count();
        let mut said =
            tongue.pick(format!("Ce format a {}", count(all)), format!("This format has {}", count(all)));
        if groups > 0 {
            let groups = tongue.count(groups, ["groupe", "groupes"], ["group", "groups"]);
            said += &tongue.pick(format!(" et {groups}"), format!(" and {groups}"));
        }
        let required = tongue.number(required);
        said +=
            &tongue.pick(format!(", dont {required} obligatoire"), format!(", {required} of them required"));
        if tongue == super::voice::Tongue::French && required != "0" && required != "1" {
            said.push('s');
        }
        self.line(&(said + "."));
    }

    fn field(&mut self, field: &Field, depth: usize, seen_by: Visibility) {
        let label = self.voice.label(field);
        self.heading(depth, &label, &field.name);
        if let Some(help) = self.voice.text(&field.help) {
            self.line(&format!("{help}\n"));
        }
        self.asked(field);
        self.accepted(field);
        self.filled(field);
        if let Some(term) = &field.term {
            self.say(&format!("- Sens : {term}."), &format!("- Meaning: {term}."));
        }
        let seen_by = seen_by.max(field.visibility);
        if seen_by != Visibility::Public {
            let who = self.voice.tongue.visible_to(seen_by);
            self.say(&format!("- Visible {who}."), &format!("- Seen by {who}."));
        }
        for inner in inside(field) {
            self.field(inner, depth + 1, seen_by);
        }
    }

    fn asked(&mut self, field: &Field) {
        if field.required {
            self.say("- Obligatoire.", "- Required.");
        } else if let Some(rule) = &field.required_when {
            let rule = self.voice.rule(rule, Some(field));
            self.say(&format!("- Obligatoire si {rule}."), &format!("- Required where {rule}."));
        }
        if let Some(help) = self.voice.text(&field.required_help) {
            self.say(&format!("- À qui l’omet : {help}"), &format!("- To who leaves it out: {help}"));
        }
        if let Some(rule) = &field.relevant {
            let rule = self.voice.rule(rule, Some(field));
            self.say(&format!("- Demandé seulement si {rule}."), &format!("- Asked only where {rule}."));
        }
    }

    fn accepted(&mut self, field: &Field) {
        let tongue = self.voice.tongue;
        let kind = self.voice.kind(&field.kind);
        match (&field.kind, field.many) {
            (Kind::Note, _) => {
                self.say("- Un texte à lire, sans réponse.", "- Words to read, without an answer.");
            }
            (Kind::Group { .. }, None) => {
                self.say(&format!("- C’est {kind}."), &format!("- It is {kind}."));
            }
            (Kind::Group { .. }, Some(most)) => {
                let most = tongue.number(most);
                self.say(
                    &format!("- C’est {kind}, répété jusqu’à {most} fois."),
                    &format!("- It is {kind}, repeated up to {most} times."),
                );
            }
            (_, None) => self.say(&format!("- Accepte : {kind}."), &format!("- Accepts: {kind}.")),
            (_, Some(most)) => {
                let most = tongue.number(most);
                self.say(
                    &format!("- Accepte plusieurs réponses, {most} au plus ; chacune : {kind}."),
                    &format!("- Accepts several answers, at most {most}; each: {kind}."),
                );
            }
        }
        if let Some(count) = &field.count {
            self.say(
                &format!("- Sa liste a `{count}` éléments."),
                &format!("- Its list has `{count}` items."),
            );
        }
        if let Some(rule) = &field.constraint {
            let rule = self.voice.rule(rule, Some(field));
            self.say(&format!("- Il faut que {rule}."), &format!("- It must be that {rule}."));
        }
        if let Some(help) = self.voice.text(&field.constraint_help) {
            self.say(&format!("- À qui s’en écarte : {help}"), &format!("- To who breaks this: {help}"));
        }
    }

    fn filled(&mut self, field: &Field) {
        if let Some(calculation) = &field.calculation {
            self.say(
                &format!("- Calculé, personne ne le remplit : `{calculation}`."),
                &format!("- Calculated, nobody types it: `{calculation}`."),
            );
        } else if field.read_only {
            self.say("- Se lit sans se remplir.", "- Is shown, not typed.");
        }
        if let Some(initial) = &field.initial {
            self.say(
                &format!("- Commence par : `{initial}`, que l’on peut changer."),
                &format!("- Begins with `{initial}`, which may be changed."),
            );
        }
        if let Some(default) = &field.default {
            let value = self.voice.value(default, Some(&field.kind));
            self.say(
                &format!("- Vaut {value} si personne ne le remplit."),
                &format!("- Is {value} where nobody fills it in."),
            );
        }
    }

    fn lists(&mut self) {
        let format = self.voice.format;
        if format.vocabularies.is_empty() {
            return;
        }
        let lists = self.voice.tongue.pick("Les listes", "The lists");
        self.heading(2, lists, lists);
        // The heading leaves a line free below it; so does the one of the first list above it.
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        for (name, vocabulary) in &format.vocabularies {
            let label = self.voice.text(&vocabulary.label).unwrap_or_else(|| name.clone());
            self.heading(3, &label, name);
            for code in &vocabulary.codes {
                let label = self.voice.code(name, &code.code);
                let mut line = format!("- {label}");
                if label != code.code {
                    line.extend([" (`", &code.code, "`)"]);
                }
                if let Some(term) = &code.term {
                    line += &self.voice.tongue.pick(format!(" : {term}"), format!(": {term}"));
                }
                self.line(&line);
            }
        }
    }
}
