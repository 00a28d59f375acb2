//! Versions of formats in a cooperative: the four classic losses of form builders, and what else must not be lost.

use c3ms_core::{
    Code,
    base::Id,
    cooperative::{Act, Migration, Settings, adopt, found, migrate, migration, put_member, version},
    forms::{
        Compatibility, Entry, Field, Format, Kind, Profile, Revision, State,
        evolve::{Complement, Lineage, Operation, amended, difference, judge},
    },
    governance::{Member, Role},
    store::{Batch, Change, MemoryStore, SqliteStore, Store},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::bodies::act;

/// A show with a genre, a public in one language, a duration.
fn show() -> Format {
    Format::parse(
        &json!({
            "cube": "show", "label": { "en": "Show" }, "title": "name", "languages": ["fr"],
            "fields": [
                { "id": "name", "name": "name", "kind": { "type": "text" }, "required": true, "label": { "fr": "Titre" } },
                { "id": "genre", "name": "genre", "kind": { "type": "code", "vocabulary": "genre" }, "label": { "fr": "Genre" } },
                { "id": "public", "name": "public", "kind": { "type": "text" }, "label": { "fr": "Public" } },
                { "id": "cast", "name": "cast", "kind": { "type": "group", "fields": [
                    { "id": "actor", "name": "actor", "kind": { "type": "text" }, "label": { "fr": "Artiste" } },
                    { "id": "part", "name": "part", "kind": { "type": "text" }, "label": { "fr": "Rôle" } }
                ] }, "many": 20, "label": { "fr": "Distribution" } }
            ],
            "vocabularies": { "genre": { "label": { "fr": "Genre" }, "codes": [
                { "code": "theatre", "label": { "fr": "Théâtre" } },
                { "code": "puppets", "label": { "fr": "Marionnettes" } }
            ] } }
        })
        .to_string(),
    )
    .unwrap()
}

fn shown(id: &str) -> Id<Entry> {
    Id::derived(&["show", id])
}

fn write(store: &mut dyn Store, id: &str, revision: Revision) {
    let Act { now: at, actor, seed, .. } = act();
    let changes = [Change::Revision(shown(id), revision)];
    store.append(&Batch { at, actor, seed, signer: None, changes: &changes }).unwrap();
}

/// A cooperative with the format and two shows.
fn begin(store: &mut dyn Store) {
    let settings: Settings = serde_json::from_value(json!({
        "name": "Essai", "zone": "Europe/Paris", "language": "fr", "license": "https://example.org/license"
    }))
    .unwrap();
    let format = show();
    let profile = Profile { name: "test".into(), label: format.label.clone(), formats: vec![format.clone()] };
    found(store, &settings, &profile, &act()).unwrap();
    for (id, document) in [
        (
            "guignol",
            json!({ "name": "Guignol", "genre": "puppets", "public": "dès 3 ans", "cast": [{ "actor": "A", "part": "Gnafron" }] }),
        ),
        ("antigone", json!({ "name": "Antigone", "genre": "theatre" })),
    ] {
        let document = document.as_object().unwrap().clone();
        write(store, id, Revision::new("show", format.digest(), State::Published, document));
    }
}

/// What an entry says as the newest version reads it.
fn said(store: &dyn Store, id: &str) -> Value {
    Value::Object(store.entry(shown(id)).unwrap().unwrap().revision.document)
}

/// Tells a story in each store.
fn everywhere(story: impl Fn(&mut dyn Store)) {
    let mut memory = MemoryStore::new();
    begin(&mut memory);
    story(&mut memory);
    memory.verify().unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cooperative.sqlite");
    let mut file = SqliteStore::create(&path).unwrap();
    begin(&mut file);
    story(&mut file);
    file.verify().unwrap();
    file.rebuild().unwrap();
    let head = file.verify().unwrap().head;
    drop(file);
    assert_eq!(SqliteStore::open(&path).unwrap().verify().unwrap().head, head);
}

fn changed(store: &mut dyn Store, operations: Vec<Operation>) -> Migration {
    let newest = store.formats().unwrap().remove(0);
    migrate(store, &amended(&newest, operations).unwrap(), &act()).unwrap()
}

fn back(store: &mut dyn Store, number: &str) {
    let older = version(store, "show", number).unwrap();
    migrate(store, &older, &act()).unwrap();
}

#[test]
fn a_cube_is_adopted_once() {
    everywhere(|store| {
        let visit = Format { cube: "visit".to_owned(), ..show() };
        adopt(store, &visit, &act()).unwrap();
        assert_eq!(version(store, "visit", "1").unwrap().digest(), visit.digest());
        let again = adopt(store, &visit, &act()).unwrap_err();
        assert!(again.to_string().contains("already"), "{again}");
    });
}

#[test]
fn formats_are_the_coordinators() {
    everywhere(|store| {
        let id = Id::derived(&["member", "editor"]);
        let member =
            Member { id, name: "editor".to_owned(), role: Role::Editor, public_key: None, revoked_at: None };
        put_member(store, &member, &act()).unwrap();
        let editor = Act { actor: id, ..act() };
        let visit = Format { cube: "visit".to_owned(), ..show() };
        assert_eq!(adopt(store, &visit, &editor).unwrap_err().code(), Code::NotPermitted);
        let rename = Operation::Rename { field: "public".into(), to: "audience".into() };
        let newer = amended(&store.formats().unwrap().remove(0), vec![rename]).unwrap();
        assert_eq!(migrate(store, &newer, &editor).unwrap_err().code(), Code::NotPermitted);
        migrate(store, &newer, &act()).unwrap();
    });
}

#[test]
fn removing_an_option_in_use_loses_no_answer() {
    everywhere(|store| {
        let mut list = show().vocabularies["genre"].clone();
        list.codes.remove(1);
        let to = Some(list);
        let alone = Operation::MapVocabulary { vocabulary: "genre".into(), to: to.clone(), codes: [].into() };
        let newest = store.formats().unwrap().remove(0);
        let dry = migration(store, &amended(&newest, vec![alone]).unwrap()).unwrap();
        assert_eq!(dry.compatibility, Compatibility::Forward);
        let failing: Vec<_> =
            dry.failing.iter().map(|failing| (failing.entry, failing.violations[0].code.as_str())).collect();
        assert_eq!(failing, [(shown("guignol"), "forms.unknown-code")], "told before, and kept");

        let codes = [("puppets".to_owned(), "theatre".to_owned())].into();
        let done = changed(store, vec![Operation::MapVocabulary { vocabulary: "genre".into(), to, codes }]);
        assert_eq!((done.changed, done.failing.len()), (1, 0));
        assert_eq!(said(store, "guignol")["genre"], "theatre");
        back(store, "1");
        assert_eq!(said(store, "guignol")["genre"], "puppets");
    });
}

#[test]
fn renaming_a_field_loses_no_answer() {
    everywhere(|store| {
        let before = said(store, "guignol");
        let done = changed(store, vec![Operation::Rename { field: "public".into(), to: "audience".into() }]);
        assert_eq!((done.compatibility, done.changed), (Compatibility::Full, 1));
        let after = said(store, "guignol");
        assert_eq!((&after["audience"], after.get("public")), (&before["public"], None));
        // Found by its words still, and by its new title.
        assert_eq!(store.search("guignol", 9).unwrap(), [shown("guignol")]);
        changed(store, vec![Operation::Rename { field: "name".into(), to: "titre".into() }]);
        assert_eq!(store.search("guignol", 9).unwrap(), [shown("guignol")]);
        assert_eq!(store.formats().unwrap()[0].title, "titre");
        back(store, "1");
        assert_eq!(said(store, "guignol"), before);
    });
}

#[test]
fn editing_labels_touches_no_answer() {
    everywhere(|store| {
        let before = (said(store, "guignol"), said(store, "antigone"));
        let mut newer = show();
        newer.fields[1].label =
            serde_json::from_value(json!({ "fr": "Discipline", "en": "Discipline" })).unwrap();
        newer.vocabularies.get_mut("genre").unwrap().codes[0].label =
            serde_json::from_value(json!({ "fr": "Art dramatique" })).unwrap();
        let done = migrate(store, &newer, &act()).unwrap();
        let names: Vec<_> = done.operations.iter().map(Operation::name).collect();
        assert_eq!(
            (names, done.compatibility, done.changed),
            (vec!["map-vocabulary", "relabel"], Compatibility::Full, 0)
        );
        assert_eq!((said(store, "guignol"), said(store, "antigone")), before);
    });
}

#[test]
fn switching_to_several_languages_loses_no_answer() {
    everywhere(|store| {
        let before = said(store, "guignol");
        let kind = Kind::Text { languages: true, min_length: None, max_length: None, pattern: None };
        let retype =
            |field: &str| Operation::Retype { field: field.into(), kind: kind.clone(), language: None };
        let done = changed(store, vec![retype("name"), retype("public")]);
        assert_eq!((done.compatibility, done.failing.len()), (Compatibility::Full, 0));
        assert_eq!(said(store, "guignol")["public"], json!({ "fr": "dès 3 ans" }));

        // A translation is added; the older version shows the French, and taking the change back keeps both.
        let mut revision = store.entry(shown("guignol")).unwrap().unwrap().revision;
        revision.document.insert("public".into(), json!({ "fr": "dès 3 ans", "en": "from 3 years" }));
        write(store, "guignol", revision);
        back(store, "1");
        assert_eq!(said(store, "guignol"), before);
        back(store, "2");
        assert_eq!(said(store, "guignol")["public"]["en"], "from 3 years");
    });
}

#[test]
fn a_removed_field_comes_back_with_what_was_edited_elsewhere_meanwhile() {
    everywhere(|store| {
        changed(
            store,
            vec![Operation::Remove { field: "cast".into() }, Operation::Remove { field: "public".into() }],
        );
        let mut revision = store.entry(shown("guignol")).unwrap().unwrap().revision;
        assert!(!revision.document.contains_key("cast"));
        assert!(!revision.complement.is_empty(), "kept beside");
        revision.document.insert("name".into(), json!("Guignol le Grand"));
        write(store, "guignol", revision);
        back(store, "1");
        let said = said(store, "guignol");
        assert_eq!(
            (&said["name"], &said["cast"][0]["part"], &said["public"]),
            (&json!("Guignol le Grand"), &json!("Gnafron"), &json!("dès 3 ans"))
        );
    });
}

#[test]
fn items_of_a_list_keep_what_was_removed_from_them_when_others_go() {
    let older = show();
    let newer = amended(&older, vec![Operation::Remove { field: "part".into() }]).unwrap();
    let lens = Lineage::of([older.clone(), newer.clone()]).lens(older.digest(), newer.digest()).unwrap();
    let cast =
        json!([{ "actor": "A", "part": "1" }, { "actor": "B", "part": "2" }, { "actor": "C", "part": "3" }]);
    let mut record = json!({ "name": "x", "cast": cast }).as_object().unwrap().clone();
    let mut complement = Complement::default();
    lens.carry(&mut record, &mut complement);
    assert_eq!(record["cast"], json!([{ "actor": "A" }, { "actor": "B" }, { "actor": "C" }]));
    lens.turned().carry(&mut record, &mut complement);
    assert_eq!(record["cast"], cast);
    assert!(complement.is_empty());
}

#[test]
fn a_record_goes_into_a_group_and_the_group_goes_with_it() {
    let older = show();
    let group = Field::new("details", Kind::Group { fields: vec![Field::new("note", Kind::Boolean)] });
    let newer = amended(
        &older,
        vec![
            Operation::Add { field: Box::new(group), within: None, at: 9 },
            Operation::Move { field: "public".into(), within: Some("details".into()), at: 0 },
        ],
    )
    .unwrap();
    let lens = Lineage::of([older.clone(), newer.clone()]).lens(older.digest(), newer.digest()).unwrap();
    for (record, expected) in [
        (json!({ "name": "x", "public": "tous" }), json!({ "name": "x", "details": { "public": "tous" } })),
        (json!({ "name": "x" }), json!({ "name": "x" })),
    ] {
        let mut carried = record.as_object().unwrap().clone();
        let mut complement = Complement::default();
        lens.carry(&mut carried, &mut complement);
        assert_eq!(Value::Object(carried.clone()), expected);
        assert!(complement.is_empty(), "nothing needs to be kept");
        lens.turned().carry(&mut carried, &mut complement);
        assert_eq!(Value::Object(carried), record);
    }
}

#[test]
fn operations_that_cannot_be_carried_out_say_why() {
    let refused = |operation: Value| {
        let operation: Operation = serde_json::from_value(operation).unwrap();
        let report = c3ms_core::Error::from(amended(&show(), vec![operation]).unwrap_err()).report("en");
        assert!(matches!(report.code.as_str(), "forms.operation-refused" | "forms.format-unsound"));
        report.message
    };
    assert_eq!(
        refused(json!({ "do": "remove", "field": "nope" })),
        "remove nope: no field has the id \"nope\""
    );
    assert_eq!(
        refused(json!({ "do": "rename", "field": "public", "to": "name" })),
        "rename public: the name \"name\" is taken"
    );
    assert_eq!(
        refused(json!({ "do": "wrap", "field": "cast", "most": 3 })),
        "wrap cast: it holds a list already"
    );
    assert_eq!(refused(json!({ "do": "unwrap", "field": "name" })), "unwrap name: it holds no list");
    assert_eq!(
        refused(json!({ "do": "move", "field": "public", "within": "cast", "at": 0 })),
        "move public: \"cast\" is a list: which of its items is meant cannot be known"
    );
    assert_eq!(
        refused(json!({ "do": "move", "field": "cast", "within": "cast", "at": 0 })),
        "move cast: a group does not go into itself"
    );
    assert!(refused(json!({ "do": "remove", "field": "name" })).contains("/title"));
    assert!(
        refused(json!({ "do": "map-vocabulary", "vocabulary": "genre" }))
            .contains("no vocabulary is called \"genre\"")
    );
    assert_eq!(
        refused(
            json!({ "do": "merge", "fields": ["public", "public"], "by": { "way": "first" }, "into": { "id": "m", "name": "m", "kind": { "type": "text" } } })
        ),
        "merge m: the field \"public\" is named twice"
    );
}

#[test]
fn an_expression_that_asks_for_a_field_holds_it() {
    let mut older = show();
    older.fields[2].relevant = Some("${genre} = 'puppets'".into());
    let renamed =
        amended(&older, vec![Operation::Rename { field: "genre".into(), to: "discipline".into() }]).unwrap();
    assert_eq!(renamed.fields[2].relevant.as_deref(), Some("${discipline} = 'puppets'"));
    let removed = amended(&older, vec![Operation::Remove { field: "genre".into() }]).unwrap_err();
    assert_eq!(
        removed.to_string(),
        "remove genre: an expression of \"public\" asks for it: change that first"
    );
    // Found in two formats, the expression goes first.
    let mut newer = show();
    newer.fields.remove(1);
    let names: Vec<_> = difference(&older, &newer).iter().map(Operation::name).collect();
    assert_eq!(names, ["set-logic", "remove"]);
}

#[test]
fn the_verdict_tells_which_records_stand_against_it() {
    let required =
        Field { required: true, ..Field::new("duration", Kind::Integer { minimum: None, maximum: None }) };
    let add = Operation::Add { field: Box::new(required), within: None, at: 0 };
    let found = judge(&show(), &[add]).unwrap();
    assert_eq!(found.compatibility, Compatibility::Forward);
    let reason = &found.reasons[0];
    assert_eq!(
        (reason.code.as_str(), reason.path.as_str(), reason.keyword.as_str()),
        ("forms.required-added", "/duration", "add")
    );
}

/// A person edits a format by hand and forgets what it came from: the operations are found.
#[test]
fn ten_thousand_fields_are_compared_while_one_waits() {
    let of = |names: &dyn Fn(usize) -> String| {
        let fields = (0..10_000)
            .map(|number| Field { id: format!("f{number}"), ..Field::new(names(number), Kind::Boolean) });
        Format { title: String::new(), fields: fields.collect(), vocabularies: [].into(), ..show() }
    };
    let older = of(&|number| format!("n{number}"));
    // Every field takes the name of the next.
    let newer = of(&|number| format!("n{}", number + 1));
    let found = difference(&older, &newer);
    assert_eq!(found.len(), 10_000);
    assert_eq!(amended(&older, found).unwrap().shape(), newer.shape());
}
