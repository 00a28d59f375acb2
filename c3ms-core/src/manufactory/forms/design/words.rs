//! Operations in words, for those who vote on them.

use super::{
    super::{
        Field, Format, FormsError, Kind, Visibility, Vocabulary, VocabularyCode,
        evolve::{Division, Operation, amended},
    },
    voice::{Tongue, Voice},
    walk::inside,
};
use crate::base::Language;

/// Says what an operation does to a format and to the entries made by it; the format is the one before.
///
/// What the format does not have (a field of this id) is called as the operation calls it.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::say, evolve::Operation};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"fr": "Lieu"}, "fields": [
///   {"id": "seats", "name": "seats", "kind": {"type": "integer"}, "label": {"fr": "Jauge", "en": "Seats"}}]}"#)?;
/// let rename = Operation::Rename { field: "seats".into(), to: "capacity".into() };
/// assert_eq!(
///     say(&rename, &venue, "fr"),
///     "Le champ « Jauge » s’appelle désormais `capacity` dans les données, et non plus `seats` ; les fiches ne perdent rien. (rename)"
/// );
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn say(operation: &Operation, format: &Format, language: &str) -> String {
    let asked = [language];
    let speaker = Speaker { voice: Voice::new(format, &asked) };
    let mut said = speaker.operation(operation);
    said.extend([" (", operation.name(), ")"]);
    said
}

/// Says operations that are done one after the other.
///
/// # Errors
/// [`FormsError::OperationRefused`] where one cannot be carried out, [`FormsError::FormatUnsound`] where what
/// comes out contradicts itself.
pub fn say_all(operations: &[Operation], format: &Format, language: &str) -> Result<Vec<String>, FormsError> {
    let mut now = format.clone();
    let mut all = Vec::with_capacity(operations.len());
    for operation in operations {
        all.push(say(operation, &now, language));
        if !matches!(operation, Operation::Revert { .. }) {
            now = amended(&now, vec![operation.clone()])?;
        }
    }
    Ok(all)
}

/// Codes that are named one by one.
const MOST_CODES: usize = 12;

pub(super) struct Speaker<'a> {
    pub(super) voice: Voice<'a>,
}

/// A field and the group it lies in.
fn find<'a>(
    fields: &'a [Field],
    group: Option<&'a Field>,
    id: &str,
) -> Option<(Option<&'a Field>, &'a Field)> {
    fields.iter().find_map(|field| {
        if field.id == id { Some((group, field)) } else { find(inside(field), Some(field), id) }
    })
}

impl Speaker<'_> {
    pub(super) fn tongue(&self) -> Tongue {
        self.voice.tongue
    }

    pub(super) fn field(&self, id: &str) -> Option<&Field> {
        find(&self.voice.format.fields, None, id).map(|(_, field)| field)
    }

    pub(super) fn called(&self, id: &str) -> String {
        self.field(id).map_or_else(|| self.voice.quoted(id), |field| self.voice.called(field))
    }

    fn all_called(&self, ids: &[String]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.called(id)).collect();
        self.tongue().list(&names)
    }

    fn fields_called(&self, fields: &[Field]) -> String {
        let names: Vec<String> = fields.iter().map(|field| self.voice.called(field)).collect();
        self.tongue().list(&names)
    }

    fn operation(&self, operation: &Operation) -> String {
        let tongue = self.tongue();
        match operation {
            Operation::Add { field, within, at } => self.added(field, within.as_deref(), *at),
            Operation::Remove { field } => self.removed(field),
            Operation::Rename { field, to } => {
                let called = self.called(field);
                let old = self.field(field).map_or(field.as_str(), |field| field.name.as_str());
                tongue.pick(
                    format!("Le champ {called} s’appelle désormais `{to}` dans les données, et non plus `{old}` ; les fiches ne perdent rien."),
                    format!("The field {called} is now named `{to}` in the data, no longer `{old}`; records lose nothing."),
                )
            }
            Operation::Move { field, within, at } => self.moved(field, within.as_deref(), *at),
            Operation::Retype { field, kind, language } => self.retyped(field, kind, language.as_ref()),
            Operation::Wrap { field, most } => {
                let (called, most) = (self.called(field), tongue.number(*most));
                tongue.pick(
                    format!("Le champ {called} peut désormais tenir plusieurs valeurs, {most} au plus ; ce qu’il contient devient la première."),
                    format!("The field {called} can now hold several values, {most} at most; what it holds becomes the first."),
                )
            }
            Operation::Unwrap { field } => {
                let called = self.called(field);
                tongue.pick(
                    format!("Le champ {called} ne tient plus qu’une valeur, la première de sa liste ; les autres sont gardées à côté des fiches."),
                    format!("The field {called} holds one value from now on, the first of its list; the others are kept beside the records."),
                )
            }
            Operation::Split { field, into, by } => {
                let (called, into, by) =
                    (self.called(field), self.fields_called(into), self.division(by, false));
                tongue.pick(
                    format!("Le champ {called} est remplacé par {into} : {by}."),
                    format!("The field {called} is replaced by {into}: {by}."),
                )
            }
            Operation::Merge { fields, into, by } => {
                let (from, called, by) =
                    (self.all_called(fields), self.voice.called(into), self.division(by, true));
                tongue.pick(
                    format!("Les champs {from} sont réunis en un seul, {called} : {by}."),
                    format!("The fields {from} become one, {called}: {by}."),
                )
            }
            Operation::MapVocabulary { vocabulary, to, codes } => {
                self.vocabulary(vocabulary, to.as_ref(), &|code| codes.get(code).map(String::as_str))
            }
            Operation::SetDefault { field, value, fill } => {
                let called = self.called(field);
                let kind = self.field(field).map(|field| &field.kind);
                match value {
                    None => tongue.pick(
                        format!("Le champ {called} n’a plus de valeur par défaut."),
                        format!("The field {called} has no default any more."),
                    ),
                    Some(value) => {
                        let value = self.voice.value(value, kind);
                        let fill = match fill {
                            false => "",
                            true => tongue.pick(
                                " ; les fiches où il est vide reçoivent cette valeur",
                                "; records in which it is empty get this value",
                            ),
                        };
                        tongue.pick(
                            format!(
                                "Le champ {called} vaut désormais {value} quand personne ne le remplit{fill}."
                            ),
                            format!("The field {called} is now {value} where nobody fills it in{fill}."),
                        )
                    }
                }
            }
            Operation::Tighten { field, limits } => {
                let (called, changes) = (self.called(field), self.limits(field, limits));
                tongue.pick(
                    format!("Le champ {called} accepte moins, ou autre chose : {changes}."),
                    format!("The field {called} accepts less, or something else: {changes}."),
                )
            }
            Operation::Loosen { field, limits } => {
                let (called, changes) = (self.called(field), self.limits(field, limits));
                tongue.pick(
                    format!("Le champ {called} accepte davantage : {changes}."),
                    format!("The field {called} accepts more: {changes}."),
                )
            }
            Operation::Relabel { field, wording } => {
                let (called, changes) = (self.called(field), self.wording(field, wording));
                tongue.pick(
                    format!("Les textes du champ {called} changent, les fiches restent telles quelles : {changes}."),
                    format!("The words of the field {called} change, records stay as they are: {changes}."),
                )
            }
            Operation::RelabelFormat { wording } => {
                let changes = self.format_wording(wording);
                tongue.pick(
                    format!("Les textes du format changent, les fiches restent telles quelles : {changes}."),
                    format!("The words of the format change, records stay as they are: {changes}."),
                )
            }
            Operation::SetLogic { field, logic } => {
                let (called, changes) = (self.called(field), self.logic(field, logic));
                tongue.pick(
                    format!("Le champ {called} est demandé ou calculé autrement : {changes}."),
                    format!("The field {called} is asked or calculated otherwise: {changes}."),
                )
            }
            Operation::SetVisibility { field, visibility } => {
                let (called, who) = (self.called(field), tongue.visible_to(*visibility));
                let was = self.field(field).map_or_else(String::new, |field| {
                    let who = tongue.visible_to(field.visibility);
                    tongue.pick(format!(" ; il l’était {who}"), format!("; before, to {who}"))
                });
                tongue.pick(
                    format!("Le champ {called} est désormais visible {who}{was}."),
                    format!("The field {called} is now visible to {who}{was}."),
                )
            }
            Operation::Revert { to } => {
                let short: String = to.to_string().chars().take(8).collect();
                tongue.pick(
                    format!("Tout ce qui a changé depuis la version {short} est défait ; les fiches retrouvent ce qui était gardé à côté d’elles."),
                    format!("All that changed since version {short} is undone; records get back what was kept beside them."),
                )
            }
        }
    }

    /// Where a field comes to stand: `dans le groupe « Tarifs », après « Prix »`.
    fn place(&self, id: &str, within: Option<&str>, at: usize) -> String {
        let tongue = self.tongue();
        let fields = match within {
            None => self.voice.format.fields.as_slice(),
            Some(group) => self.field(group).map(inside).unwrap_or_default(),
        };
        let before = at.checked_sub(1).and_then(|at| {
            let others: Vec<&Field> = fields.iter().filter(|field| field.id != id).collect();
            others.get(at).or(others.last()).copied()
        });
        match before {
            None => tongue.pick("en premier".to_owned(), "first".to_owned()),
            Some(field) => {
                let called = self.voice.called(field);
                tongue.pick(format!("après {called}"), format!("after {called}"))
            }
        }
    }

    fn added(&self, field: &Field, within: Option<&str>, at: usize) -> String {
        let tongue = self.tongue();
        let group = within.map_or_else(String::new, |group| {
            let group = self.called(group);
            tongue.pick(format!(" dans le groupe {group}"), format!(" in the group {group}"))
        });
        let (place, called) = (self.place(&field.id, within, at), self.voice.called(field));
        let mut accepts = self.voice.kind(&field.kind);
        if let Some(most) = field.many {
            let most = tongue.number(most);
            accepts += &tongue.pick(format!(", jusqu’à {most} fois"), format!(", up to {most} times"));
        }
        if field.required {
            accepts += tongue.pick(", obligatoire", ", required");
        }
        let existing = match &field.default {
            Some(value) => {
                let value = self.voice.value(value, Some(&field.kind));
                tongue.pick(
                    format!("Les fiches existantes y reçoivent {value}."),
                    format!("Existing records get {value} in it."),
                )
            }
            None if field.required => tongue
                .pick(
                    "Les fiches existantes n’y disent rien encore : il faudra les compléter.",
                    "Existing records say nothing in it yet: they will have to be completed.",
                )
                .to_owned(),
            None => tongue
                .pick(
                    "Les fiches existantes n’y disent rien encore.",
                    "Existing records say nothing in it yet.",
                )
                .to_owned(),
        };
        let seen = match field.visibility {
            Visibility::Public => String::new(),
            other => {
                let who = tongue.visible_to(other);
                tongue.pick(format!(", visible {who}"), format!(", visible to {who}"))
            }
        };
        tongue.pick(
            format!("Un champ apparaît{group}, {place} : {called}, {accepts}{seen}. {existing}"),
            format!("A field appears{group}, {place}: {called}, {accepts}{seen}. {existing}"),
        )
    }

    fn removed(&self, id: &str) -> String {
        let tongue = self.tongue();
        let inner = self.field(id).map(inside).unwrap_or_default().len();
        let inner = if inner == 0 {
            String::new()
        } else {
            let count = tongue.count(inner, ["champ", "champs"], ["field", "fields"]);
            tongue.pick(format!(" avec ses {count}"), format!(" with its {count}"))
        };
        let called = self.called(id);
        tongue.pick(
            format!(
                "Le champ {called} disparaît{inner} ; ce que les fiches y disent est gardé à côté d’elles."
            ),
            format!("The field {called} goes{inner}; what records say in it is kept beside them."),
        )
    }

    fn moved(&self, id: &str, within: Option<&str>, at: usize) -> String {
        let tongue = self.tongue();
        let (called, place) = (self.called(id), self.place(id, within, at));
        let from = find(&self.voice.format.fields, None, id).and_then(|(group, _)| group);
        if from.map(|group| group.id.as_str()) == within {
            return tongue.pick(
                format!("Le champ {called} change de place : il vient {place}."),
                format!("The field {called} changes its place: it comes {place}."),
            );
        }
        let into = match within {
            None => tongue.pick("hors de tout groupe".to_owned(), "out of all groups".to_owned()),
            Some(group) => {
                let group = self.called(group);
                tongue.pick(format!("dans le groupe {group}"), format!("into the group {group}"))
            }
        };
        tongue.pick(
            format!("Le champ {called} passe {into}, {place}."),
            format!("The field {called} goes {into}, {place}."),
        )
    }

    fn retyped(&self, id: &str, kind: &Kind, language: Option<&Language>) -> String {
        let tongue = self.tongue();
        let (called, new) = (self.called(id), self.voice.kind(kind));
        let old = self.field(id).map_or_else(String::new, |field| {
            let old = self.voice.kind(&field.kind);
            tongue.pick(format!(" ; c’était {old}"), format!("; it was {old}"))
        });
        let language = language.map_or_else(String::new, |language| {
            let language = tongue.language(language.as_str());
            tongue.pick(
                format!(" Les textes sans langue sont pris pour du texte en {language}."),
                format!(" Texts without a language are taken for {language}."),
            )
        });
        tongue.pick(
            format!("Le champ {called} est désormais {new}{old}. Ce qui ne peut être lu ainsi reste tel quel et est signalé.{language}"),
            format!("The field {called} is now {new}{old}. What cannot be read so stays as it is and is told.{language}"),
        )
    }

    fn division(&self, by: &Division, merged: bool) -> String {
        let tongue = self.tongue();
        match (by, merged) {
            (Division::First, false) => {
                tongue.pick("le premier reçoit tout", "the first gets all of it").to_owned()
            }
            (Division::First, true) => tongue
                .pick(
                    "il reçoit ce que dit le premier qui est rempli",
                    "it gets what the first says that is filled in",
                )
                .to_owned(),
            (Division::Separator { separator }, merged) => {
                let separator = format!("`{separator}`");
                if merged {
                    tongue.pick(
                        format!("leurs textes y sont mis bout à bout, séparés par {separator}"),
                        format!("their texts are joined in it with {separator} between"),
                    )
                } else {
                    tongue.pick(
                        format!(
                            "ce qui est séparé par {separator} leur revient dans l’ordre, le reste au dernier"
                        ),
                        format!("what {separator} separates goes to them in order, the rest to the last"),
                    )
                }
            }
            (Division::Parts, false) => tongue
                .pick(
                    "chaque partie de la valeur va dans le sien",
                    "each part of the value goes into its own",
                )
                .to_owned(),
            (Division::Parts, true) => {
                tongue.pick("ils en deviennent les parties", "they become its parts").to_owned()
            }
        }
    }

    fn vocabulary<'c>(
        &self,
        name: &str,
        to: Option<&'c Vocabulary>,
        replaced: &dyn Fn(&str) -> Option<&'c str>,
    ) -> String {
        let tongue = self.tongue();
        let known = self.voice.format.vocabularies.get(name);
        let Some(to) = to else {
            let called = self.voice.vocabulary(name);
            return tongue.pick(format!("La liste {called} disparaît."), format!("The list {called} goes."));
        };
        let called = match known {
            Some(_) => self.voice.vocabulary(name),
            None => self.voice.quoted(self.voice.text(&to.label).as_deref().unwrap_or(name)),
        };
        let new_label = |code: &str| {
            let new = to.codes.iter().find(|new| new.code == code);
            self.voice
                .quoted(&new.and_then(|new| self.voice.text(&new.label)).unwrap_or_else(|| code.to_owned()))
        };
        let Some(known) = known else {
            let codes: Vec<String> = to.codes.iter().map(|code| new_label(&code.code)).collect();
            let (count, codes) = (tongue.number(codes.len()), self.first_of(&codes));
            return tongue.pick(
                format!("Une liste de {count} choix apparaît, {called} : {codes}."),
                format!("A list of {count} choices appears, {called}: {codes}."),
            );
        };
        let old_label = |code: &str| self.voice.quoted(&self.voice.code(name, code));
        let stays = |code: &str| to.codes.iter().any(|new| new.code == code);
        let was = |code: &str| known.codes.iter().any(|old| old.code == code);
        let mut changes = Vec::new();
        let added: Vec<String> =
            to.codes.iter().filter(|new| !was(&new.code)).map(|new| new_label(&new.code)).collect();
        if !added.is_empty() {
            let codes = self.first_of(&added);
            changes.push(tongue.pick(format!("{codes} s’ajoute"), format!("{codes} is added")));
            if added.len() > 1 {
                changes.pop();
                changes.push(tongue.pick(format!("{codes} s’ajoutent"), format!("{codes} are added")));
            }
        }
        let gone = || known.codes.iter().filter(|old| !stays(&old.code));
        let moved: Vec<String> = gone()
            .filter_map(|old| Some((old, replaced(&old.code)?)))
            .map(|(old, new)| {
                let (old, new) = (old_label(&old.code), new_label(new));
                tongue.pick(
                    format!("{old} est remplacé par {new}, aussi dans les fiches"),
                    format!("{old} is replaced by {new}, in the records too"),
                )
            })
            .collect();
        if !moved.is_empty() {
            changes.push(self.first_of(&moved));
        }
        let lost: Vec<String> =
            gone().filter(|old| replaced(&old.code).is_none()).map(|old| old_label(&old.code)).collect();
        if !lost.is_empty() {
            let codes = self.first_of(&lost);
            changes.push(tongue.pick(
                format!("sans remplaçant, {codes} n’est plus offert : les fiches qui l’emploient le gardent, signalé"),
                format!("without a successor, {codes} is offered no more: records that use it keep it, and that is told"),
            ));
        }
        let said_otherwise = |old: &VocabularyCode| {
            to.codes
                .iter()
                .any(|new| new.code == old.code && (&new.label, &new.term) != (&old.label, &old.term))
        };
        let relabelled: Vec<String> =
            known.codes.iter().filter(|old| said_otherwise(old)).map(|old| old_label(&old.code)).collect();
        if !relabelled.is_empty() {
            let codes = self.first_of(&relabelled);
            changes
                .push(tongue.pick(format!("{codes} se dit autrement"), format!("{codes} is said otherwise")));
        }
        if changes.is_empty() {
            changes.push(tongue.pick("son ordre ou ses textes", "its order or its words").to_owned());
        }
        let changes = changes.join(tongue.pick(" ; ", "; "));
        tongue.pick(
            format!("La liste {called} change : {changes}."),
            format!("The list {called} changes: {changes}."),
        )
    }

    fn first_of(&self, names: &[String]) -> String {
        let tongue = self.tongue();
        let mut first: Vec<String> = names.iter().take(MOST_CODES).cloned().collect();
        if names.len() > first.len() {
            let more = tongue.number(names.len() - first.len());
            first.push(tongue.pick(format!("{more} autres"), format!("{more} others")));
        }
        tongue.list(&first)
    }
}
