//! What an operation changes about a field or a format, in words.

use super::{
    super::{
        Dialect,
        evolve::{FormatWording, Limits, Logic, Wording},
    },
    chain::said,
    voice::{Tongue, one_line},
    words::Speaker,
};
use crate::base::Text;

impl Speaker<'_> {
    pub(super) fn limits(&self, id: &str, new: &Limits) -> String {
        let tongue = self.tongue();
        let old = self.field(id).map(Limits::of);
        let mut changes = Changes::new(tongue);
        if old.as_ref().is_none_or(|old| old.required != new.required) {
            changes.add(if new.required {
                tongue.pick("il est obligatoire", "it is required")
            } else {
                tongue.pick("il n’est plus obligatoire", "it is no longer required")
            });
        }
        let (old_when, old_constraint, old_count) = old.as_ref().map_or((None, None, None), |old| {
            (old.required_when.as_deref(), old.constraint.as_deref(), old.count.as_deref())
        });
        changes.rule(
            old_when,
            new.required_when.as_deref(),
            &|rule| {
                let rule = self.voice.rule(rule, self.field(id));
                tongue.pick(format!("il est obligatoire si {rule}"), format!("it is required where {rule}"))
            },
            tongue.pick(
                "aucune condition ne le rend plus obligatoire",
                "no condition makes it required any more",
            ),
        );
        if old.as_ref().is_none_or(|old| old.many != new.many)
            && let Some(most) = new.many
        {
            let most = tongue.number(most);
            let was = old.as_ref().and_then(|old| old.many).map_or_else(String::new, |was| {
                let was = tongue.number(was);
                tongue.pick(format!(" ({was} auparavant)"), format!(" ({was} before)"))
            });
            changes.add(
                &tongue.pick(format!("{most} valeurs au plus{was}"), format!("at most {most} values{was}")),
            );
        }
        if let Some(kind) = &new.kind
            && old.as_ref().is_none_or(|old| old.kind.as_ref() != Some(kind))
        {
            let was = old.as_ref().and_then(|old| old.kind.as_ref()).map_or_else(String::new, |was| {
                let was = self.voice.kind(was);
                tongue.pick(format!(" (auparavant {was})"), format!(" (before: {was})"))
            });
            changes.add(&(self.voice.kind(kind) + &was));
        }
        changes.rule(
            old_constraint,
            new.constraint.as_deref(),
            &|rule| {
                let rule = self.voice.rule(rule, self.field(id));
                tongue.pick(format!("il faut que {rule}"), format!("it must be that {rule}"))
            },
            tongue.pick(
                "sa valeur n’a plus de condition à remplir",
                "its value need fulfil no condition any more",
            ),
        );
        changes.rule(
            old_count,
            new.count.as_deref(),
            &|rule| {
                tongue.pick(format!("sa liste a `{rule}` éléments"), format!("its list has `{rule}` items"))
            },
            tongue.pick("la longueur de sa liste est libre", "the length of its list is free"),
        );
        changes.end()
    }

    pub(super) fn wording(&self, id: &str, new: &Wording) -> String {
        let tongue = self.tongue();
        let old = self.field(id).map(Wording::of).unwrap_or_default();
        let mut changes = Changes::new(tongue);
        changes.text(&old.label, &new.label, tongue.pick("le nom", "the name"));
        changes.text(&old.help, &new.help, tongue.pick("l’aide", "the help"));
        let required = tongue.pick("ce qui est dit à qui l’omet", "what is told to who leaves it out");
        changes.text(&old.required_help, &new.required_help, required);
        let constraint = tongue
            .pick("ce qui est dit à qui enfreint sa condition", "what is told to who breaks its condition");
        changes.text(&old.constraint_help, &new.constraint_help, constraint);
        changes.term(old.term.as_deref(), new.term.as_deref());
        if old.extensions != new.extensions {
            changes.add(
                tongue.pick("ce qu’en disent d’autres outils change", "what other tools say of it changes"),
            );
        }
        changes.end()
    }

    pub(super) fn format_wording(&self, new: &FormatWording) -> String {
        let tongue = self.tongue();
        let old = self.voice.format;
        let mut changes = Changes::new(tongue);
        changes.text(&old.label, &new.label, tongue.pick("le nom", "the name"));
        changes.text(&old.help, &new.help, tongue.pick("l’aide", "the help"));
        changes.term(old.term.as_deref(), new.term.as_deref());
        let title = old.fields.iter().find(|field| field.name == old.title).map(|field| field.id.as_str());
        if title != new.title.as_deref() {
            changes.add(&match &new.title {
                Some(id) => {
                    let called = self.called(id);
                    tongue.pick(
                        format!("une fiche se nomme désormais par {called}"),
                        format!("a record is now called by {called}"),
                    )
                }
                None => tongue
                    .pick(
                        "une fiche se nomme désormais par son identifiant",
                        "a record is now called by its id",
                    )
                    .to_owned(),
            });
        }
        if old.languages != new.languages {
            let languages: Vec<String> =
                new.languages.iter().map(|language| tongue.language(language.as_str())).collect();
            let languages = tongue.list(&languages);
            changes.add(
                &tongue.pick(
                    format!("ses langues sont : {languages}"),
                    format!("its languages are: {languages}"),
                ),
            );
        }
        if old.dialect != new.dialect {
            changes.add(match new.dialect {
                Dialect::Own => tongue.pick(
                    "ce qui n’est pas rempli est inconnu de ses expressions",
                    "what is not filled in is unknown to its expressions",
                ),
                Dialect::Xforms => tongue.pick(
                    "ce qui n’est pas rempli est un texte vide pour ses expressions",
                    "what is not filled in is an empty text to its expressions",
                ),
            });
        }
        if old.extensions != new.extensions {
            changes.add(
                tongue.pick("ce qu’en disent d’autres outils change", "what other tools say of it changes"),
            );
        }
        changes.end()
    }

    pub(super) fn logic(&self, id: &str, new: &Logic) -> String {
        let tongue = self.tongue();
        let old = self.field(id).map(Logic::of).unwrap_or_default();
        let mut changes = Changes::new(tongue);
        changes.rule(
            old.relevant.as_deref(),
            new.relevant.as_deref(),
            &|rule| {
                let rule = self.voice.rule(rule, self.field(id));
                tongue.pick(format!("il est demandé si {rule}"), format!("it is asked where {rule}"))
            },
            tongue.pick("il est toujours demandé", "it is always asked"),
        );
        changes.rule(
            old.calculation.as_deref(),
            new.calculation.as_deref(),
            &|rule| tongue.pick(format!("il est calculé : `{rule}`"), format!("it is calculated: `{rule}`")),
            tongue.pick("il n’est plus calculé", "it is no longer calculated"),
        );
        changes.rule(
            old.initial.as_deref(),
            new.initial.as_deref(),
            &|rule| {
                tongue
                    .pick(format!("sa première valeur est `{rule}`"), format!("its first value is `{rule}`"))
            },
            tongue.pick("il commence vide", "it begins empty"),
        );
        if old.read_only != new.read_only {
            changes.add(if new.read_only {
                tongue.pick("il se lit sans se remplir", "it is shown, not typed")
            } else {
                tongue.pick("il se remplit", "it is typed")
            });
        }
        changes.end()
    }
}

/// What an operation changes, one thing after the other.
struct Changes {
    tongue: Tongue,
    said: Vec<String>,
}

impl Changes {
    const fn new(tongue: Tongue) -> Self {
        Self { tongue, said: Vec::new() }
    }

    fn add(&mut self, change: &str) {
        self.said.push(change.to_owned());
    }

    fn rule(&mut self, old: Option<&str>, new: Option<&str>, say: &dyn Fn(&str) -> String, none: &str) {
        if old != new {
            self.said.push(new.map_or_else(|| none.to_owned(), say));
        }
    }

    fn term(&mut self, old: Option<&str>, new: Option<&str>) {
        let tongue = self.tongue;
        self.rule(
            old,
            new,
            &|term| tongue.pick(format!("son sens est {term}"), format!("its meaning is {term}")),
            tongue.pick("il n’a plus de sens déclaré", "it has no declared meaning any more"),
        );
    }

    fn text(&mut self, old: &Text, new: &Text, what: &str) {
        let tongue = self.tongue;
        let quoted = |text: &str| tongue.quoted(&one_line(text));
        for (language, text) in said(new) {
            let tag = tongue.language(language.as_str());
            match old.exactly(language.as_str()).filter(|old| !old.trim().is_empty()) {
                Some(old) if old == text => {}
                Some(old) => {
                    let (old, text) = (quoted(old), quoted(text));
                    self.said.push(tongue.pick(
                        format!("{what} en {tag} passe de {old} à {text}"),
                        format!("{what} in {tag} goes from {old} to {text}"),
                    ));
                }
                None => {
                    let text = quoted(text);
                    self.said.push(tongue.pick(
                        format!("{what} se dit {text} en {tag}"),
                        format!("{what} is {text} in {tag}"),
                    ));
                }
            }
        }
        for (language, _) in said(old).filter(|(language, _)| new.exactly(language.as_str()).is_none()) {
            let tag = tongue.language(language.as_str());
            self.said
                .push(tongue.pick(format!("{what} en {tag} disparaît"), format!("{what} in {tag} goes")));
        }
    }

    fn end(self) -> String {
        if self.said.is_empty() {
            return self.tongue.pick("rien de visible", "nothing that shows").to_owned();
        }
        self.said.join(self.tongue.pick(" ; ", "; "))
    }
}
