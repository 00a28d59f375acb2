//! Every store passes these; and what only a file can suffer.

use std::sync::LazyLock;

use c3ms_core::{
    base::{Digest, Id},
    cooperative::found,
    forms::{Entry, Origin, Revision, State, live_performance},
    governance::SecretKey,
    store::{
        Batch, Change, Erasure, ErasureReason, Filter, Lookup, MemoryStore, RecordKind, SqliteStore, Store,
        StoreError,
    },
};
use proptest::{collection::vec, prelude::*};
use serde_json::json;
use tempfile::TempDir;

use crate::hostile::bodies::{act, settings};

fn venue(name: &str, state: State) -> Revision {
    static DIGEST: LazyLock<Digest> = LazyLock::new(|| {
        live_performance().unwrap().formats.iter().find(|format| format.cube == "venue").unwrap().digest()
    });
    let document =
        json!({ "name": { "fr": name }, "description": { "fr": "Une salle au bord de la rivière" } });
    Revision {
        origin: Some(Origin {
            source: "test".to_owned(),
            key: name.to_owned(),
            mentioned: false,
            gone: false,
        }),
        ..Revision::new("venue", *DIGEST, state, document.as_object().unwrap().clone())
    }
}

fn id(number: usize) -> Id<Entry> {
    Id::derived(&["entry", &number.to_string()])
}

fn write(store: &mut dyn Store, changes: &[Change]) {
    let act = act();
    store
        .append(&Batch { at: act.now, actor: act.actor, seed: act.seed, signer: act.signer, changes })
        .unwrap();
}

/// Runs a law on every kind of store.
fn everywhere(law: impl Fn(&mut dyn Store)) {
    let folder = TempDir::new().unwrap();
    let mut memory = MemoryStore::new();
    let mut sqlite = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
    for store in [&mut memory as &mut dyn Store, &mut sqlite] {
        found(store, &settings(), &live_performance().unwrap(), &act()).unwrap();
        law(store);
    }
}

#[test]
fn what_is_written_is_read_again() {
    everywhere(|store| {
        write(store, &[Change::Revision(id(1), venue("Le Rempart", State::Published))]);
        let entry = store.entry(id(1)).unwrap().unwrap();
        assert_eq!((entry.position, entry.revision), (10, venue("Le Rempart", State::Published)));
        assert_eq!(store.entry(id(2)).unwrap(), None);
        assert_eq!(store.formats().unwrap().len(), 7);
        assert_eq!(store.document(RecordKind::Settings, "cooperative").unwrap().unwrap()["name"], "Essai");
    });
}

#[test]
fn an_entry_says_the_words_of_its_last_revision_alone() {
    let owned = |name: &str| Revision { owner: Some(act().actor), ..venue(name, State::Submitted) };
    let words = |name: &str| serde_json::to_string(&owned(name)).unwrap();
    everywhere(|store| {
        assert_eq!(store.says(id(1), &|| words("Le Rempart")).unwrap(), None, "nobody has said anything");
        let changes = [1, 2].map(|number| Change::Revision(id(number), owned("Le Rempart")));
        write(store, &changes);
        assert_eq!(store.says(id(1), &|| words("Le Rempart")).unwrap(), Some(true));
        assert_eq!(store.says(id(1), &|| words("Le rempart")).unwrap(), Some(false));
        assert_eq!(store.says(id(1), &|| words("Le Rempart") + " ").unwrap(), Some(false));
        assert_eq!(store.says(id(1), &String::new).unwrap(), Some(false));
        write(store, &[Change::Revision(id(1), owned("La Grange"))]);
        assert_eq!(store.says(id(1), &|| words("Le Rempart")).unwrap(), Some(false), "it was said before");
        assert_eq!(store.says(id(1), &|| words("La Grange")).unwrap(), Some(true));
        assert_eq!(
            store.says(id(2), &|| words("Le Rempart")).unwrap(),
            Some(true),
            "another has not changed"
        );
        assert_eq!(store.says(id(3), &|| words("La Grange")).unwrap(), None);
    });
}

#[test]
fn words_that_were_altered_are_no_answer() {
    let words = |name: &str| serde_json::to_string(&venue(name, State::Published)).unwrap();
    // The formats and the settings take the first positions.
    for (sql, name) in [
        ("UPDATE body SET body = replace(body, 'Salle', 'Halle') WHERE position = 40", "Halle 30"),
        ("UPDATE body SET salt = zeroblob(32) WHERE position = 40", "Salle 30"),
        ("UPDATE log SET commitment = zeroblob(32) WHERE position = 40", "Salle 30"),
    ] {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let told = store.says(id(30), &|| words(name));
        assert!(matches!(told, Err(StoreError::BodyBroken { position: 40, .. })), "{sql}: {told:?}");
        assert_eq!(store.says(id(31), &|| words("Salle 31")).unwrap(), Some(true));
    }
}

#[test]
fn entries_are_found_by_key_title_and_words() {
    everywhere(|store| {
        write(
            store,
            &[
                Change::Revision(id(1), venue("Théâtre du Rempart", State::Published)),
                Change::Revision(id(2), venue("Le Rempart", State::Draft)),
            ],
        );
        assert_eq!(store.find("venue", Lookup::Key("Le Rempart")).unwrap(), [id(2)]);
        assert_eq!(store.find("venue", Lookup::Title("theatre du rempart")).unwrap(), [id(1)]);
        assert_eq!(store.search("rempar THEATRE", 9).unwrap(), [id(1)], "drafts are not found by words");
        assert_eq!(store.search("riviere", 9).unwrap(), [id(1)]);
        assert_eq!(store.search("\"' OR 1", 9).unwrap(), []);
        write(store, &[Change::Revision(id(1), venue("La Grange", State::Published))]);
        assert_eq!(store.search("rempart", 9).unwrap(), [], "the index follows");
    });
}

#[test]
fn the_chain_names_each_record_and_signatures_hold() {
    everywhere(|store| {
        let key = SecretKey([9; 32]);
        let act = act();
        let changes = [Change::Revision(id(1), venue("Le Rempart", State::Published))];
        store
            .append(&Batch {
                at: act.now,
                actor: act.actor,
                seed: act.seed,
                signer: Some(&key),
                changes: &changes,
            })
            .unwrap();
        let verified = store.verify().unwrap();
        assert_eq!((verified.records, verified.bodies, verified.entries), (10, 10, 1));
        let mut last = None;
        store
            .log(10, &mut |record| {
                last = Some(record.clone());
                Ok(())
            })
            .unwrap();
        let last = last.unwrap();
        assert_eq!(last.hash, verified.head.hash);
        assert_eq!(last.signature, Some(key.sign(&last.hash.0)));
        assert!(!format!("{last:?}").contains("Rempart"), "the log holds commitments, no content");
    });
}

#[test]
fn equal_contents_do_not_show_in_the_log() {
    everywhere(|store| {
        let same = venue("Le Rempart", State::Published);
        write(store, &[Change::Revision(id(1), same.clone()), Change::Revision(id(2), same)]);
        let mut commitments = Vec::new();
        store
            .log(10, &mut |record| {
                commitments.push(record.commitment);
                Ok(())
            })
            .unwrap();
        assert_ne!(commitments[0], commitments[1], "each has its own salt");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever is written in whatever batches: both stores say the same, and a rebuild changes nothing.
    #[test]
    fn stores_agree_and_rebuild_to_the_same(batches in vec(vec((0_usize..12, 0_usize..5, any::<bool>()), 1..6), 1..8)) {
        let folder = TempDir::new().unwrap();
        let mut memory = MemoryStore::new();
        let mut sqlite = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
        let mut ends = Vec::new();
        for store in [&mut memory as &mut dyn Store, &mut sqlite] {
            found(store, &settings(), &live_performance().unwrap(), &act()).unwrap();
            for batch in &batches {
                let changes: Vec<Change> = batch.iter().map(|(entry, name, published)| {
                    let state = if *published { State::Published } else { State::Draft };
                    Change::Revision(id(*entry), venue(&format!("Salle {name}"), state))
                }).collect();
                write(store, &changes);
            }
            let before = store.verify().unwrap();
            store.rebuild().unwrap();
            prop_assert_eq!(store.verify().unwrap(), before);
            let mut all = Vec::new();
            store.entries(&Filter::default(), &mut |entry| { all.push(entry); Ok(()) }).unwrap();
            ends.push((before, all, store.search("salle 1", 50).unwrap().len()));
        }
        prop_assert_eq!(&ends[0], &ends[1]);
    }
}

#[test]
fn a_file_of_every_older_version_is_brought_to_this_one() {
    for version in 1..SqliteStore::VERSION {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("c.sqlite");
        let mut store = SqliteStore::create(&path).unwrap();
        found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
        write(&mut store, &[Change::Revision(id(1), venue("Le Rempart", State::Published))]);
        let head = store.head().unwrap();
        drop(store);
        // What the older program wrote: the log and the bodies, none of what came later.
        let older = rusqlite::Connection::open(&path).unwrap();
        let later =
            "DROP INDEX log_by_subject; DROP INDEX entry_by_source; ALTER TABLE entry DROP COLUMN source";
        older.execute_batch("DROP VIEW live; DROP TABLE erased").unwrap();
        if version < 3 {
            older.execute_batch(later).unwrap();
        }
        if version < 2 {
            older
                .execute_batch("DROP TABLE entry; DROP TABLE document; DROP TABLE format; DROP TABLE search")
                .unwrap();
        }
        older.pragma_update(None, "user_version", version).unwrap();
        drop(older);
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.head().unwrap(), head);
        assert_eq!(store.verify().unwrap().entries, 1);
        assert_eq!(store.search("rempart", 5).unwrap(), [id(1)]);
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("c.sqlite");
    drop(SqliteStore::create(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Newer { found: 999, .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn another_file_is_no_cooperative() {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("text.sqlite");
    std::fs::write(&text, "nom;ville\n".repeat(400)).unwrap();
    assert!(matches!(SqliteStore::open(&text), Err(StoreError::Unreadable { .. })));
    let foreign = folder.path().join("foreign.sqlite");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE log (a)").unwrap();
    assert!(matches!(SqliteStore::open(&foreign), Err(StoreError::Unreadable { .. })));
    assert!(matches!(SqliteStore::open(&folder.path().join("none")), Err(StoreError::Missing { .. })));
}

/// A file with a hundred entries, closed.
fn filled(folder: &TempDir) -> std::path::PathBuf {
    let path = folder.path().join("c.sqlite");
    let mut store = SqliteStore::create(&path).unwrap();
    found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
    let changes: Vec<Change> = (0..100)
        .map(|number| Change::Revision(id(number), venue(&format!("Salle {number}"), State::Published)))
        .collect();
    write(&mut store, &changes);
    path
}

#[test]
fn any_altered_member_of_any_record_is_found_and_named() {
    let alterations = [
        "UPDATE log SET at = at + 1 WHERE position = 40",
        "UPDATE log SET actor = zeroblob(16) WHERE position = 40",
        "UPDATE log SET kind = 'mapping' WHERE position = 40",
        "UPDATE log SET subject = subject || 'x' WHERE position = 40",
        "UPDATE log SET commitment = zeroblob(32) WHERE position = 40",
        "UPDATE log SET previous = zeroblob(32) WHERE position = 40",
        "UPDATE log SET hash = zeroblob(32) WHERE position = 40",
        "UPDATE log SET kind = 'nothing' WHERE position = 40",
        "PRAGMA foreign_keys = OFF; DELETE FROM log WHERE position = 40",
    ];
    for sql in alterations {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert!(matches!(store.verify_chain(), Err(StoreError::LogBroken { position: 40, .. })), "{sql}");
    }
    for sql in [
        "UPDATE body SET body = replace(body, 'Salle', 'Halle') WHERE position = 40",
        "UPDATE body SET salt = zeroblob(32) WHERE position = 40",
        "DELETE FROM body WHERE position = 40",
    ] {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert!(matches!(store.verify(), Err(StoreError::BodyBroken { position: 40, .. })), "{sql}");
        assert!(store.entries(&Filter::default(), &mut |_| Ok(())).is_err(), "readers check too: {sql}");
    }
    for sql in [
        "UPDATE entry SET title = 'autre' WHERE number = 5",
        "DELETE FROM entry WHERE number = 5",
        "UPDATE document SET position = 2 WHERE kind = 'settings'",
        "UPDATE format SET digest = replace(digest, 'a', 'b')",
    ] {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let mut store = SqliteStore::open(&path).unwrap();
        assert!(matches!(store.verify(), Err(StoreError::ProjectionBroken { .. })), "{sql}");
        store.rebuild().unwrap();
        store.verify().unwrap();
    }
}

#[test]
fn one_flipped_byte_in_the_file_never_passes_for_the_truth() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let whole = std::fs::read(&path).unwrap();
    let (truth, contents) = read_all(&SqliteStore::open(&path).unwrap()).unwrap();
    let mut found = 0;
    let steps = 300;
    for step in 0..steps {
        let at = step * whole.len() / steps + step % 7;
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (step % 8);
        std::fs::write(&path, &damaged).unwrap();
        for other in ["c.sqlite-wal", "c.sqlite-shm"] {
            let _gone = std::fs::remove_file(folder.path().join(other));
        }
        match SqliteStore::open(&path).and_then(|store| {
            store.verify().and_then(|verified| read_all(&store).map(|read| (verified, read)))
        }) {
            Err(_) => found += 1,
            // A byte that holds nothing: then everything reads as it was.
            Ok((verified, read)) => {
                assert_eq!((verified.head, read), (truth, (truth, contents.clone())), "byte {at}");
            }
        }
    }
    assert!(found > steps / 2, "{found} of {steps} flips were found, the others lay in unused bytes");
}

type Contents = Vec<(Id<Entry>, Revision)>;

fn read_all(store: &SqliteStore) -> Result<(c3ms_core::store::Head, Contents), StoreError> {
    let mut all = Vec::new();
    store.entries(&Filter::default(), &mut |entry| {
        all.push((entry.id, entry.revision));
        Ok(())
    })?;
    Ok((store.verify_chain()?, all))
}

#[test]
fn a_backup_is_taken_while_another_writes_and_restores_to_the_same_log() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let mut writer = SqliteStore::open(&path).unwrap();
    let reader = SqliteStore::open(&path).unwrap();
    let backup = folder.path().join("backup.c3ms");
    let head = writer.head().unwrap();
    assert_eq!(reader.backup(&backup).unwrap().head, head);
    assert!(matches!(reader.backup(&backup), Err(StoreError::Exists { .. })), "a backup overwrites nothing");
    write(&mut writer, &[Change::Revision(id(500), venue("Après", State::Published))]);
    drop((writer, reader));
    std::fs::write(&path, "damaged").unwrap();
    assert_eq!(SqliteStore::restore(&backup, &path).unwrap().head, head);
    assert_eq!(SqliteStore::open(&path).unwrap().verify().unwrap().entries, 100);
    assert_eq!(std::fs::read(folder.path().join("c.sqlite.before-restore")).unwrap(), b"damaged");
    std::fs::write(&backup, "damaged").unwrap();
    assert!(SqliteStore::restore(&backup, &path).is_err());
    assert_eq!(SqliteStore::open(&path).unwrap().head().unwrap(), head, "the store is as before");
    assert_ne!(head.hash, Digest::ZERO);
}

#[test]
fn two_writers_take_turns() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let writers: Vec<_> = (0..2)
        .map(|writer: usize| {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut store = SqliteStore::open(&path).unwrap();
                for step in 0..20 {
                    write(
                        &mut store,
                        &[Change::Revision(id(1000 + writer * 100 + step), venue("Salle", State::Published))],
                    );
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(SqliteStore::open(&path).unwrap().verify().unwrap().entries, 140);
}

fn answer(subject: &str, words: &str) -> Change {
    let body = json!({ "spent": words });
    Change::Document { kind: RecordKind::Response, subject: subject.to_owned(), body }
}

fn erasing(kind: RecordKind, subjects: &[&str]) -> Change {
    let subjects = subjects.iter().map(|subject| (*subject).to_owned());
    Change::Erasure(Erasure::of(kind, subjects, ErasureReason::Request))
}

/// Whether any file of a folder holds these bytes.
fn in_any_file(folder: &TempDir, words: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
    let holds = |file: &std::fs::DirEntry| {
        let bytes = std::fs::read(file.path()).unwrap();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    };
    files.filter(holds).map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_erased_is_gone_and_the_log_still_verifies() {
    everywhere(|store| {
        write(store, &[answer("r1", "twelve"), answer("r2", "thirteen"), answer("r1", "fourteen")]);
        write(store, &[Change::Revision(id(1), venue("Le Rempart", State::Published))]);
        write(store, &[Change::Revision(id(1), venue("La Grange", State::Published))]);
        assert_eq!(store.erased(RecordKind::Response, "r1").unwrap(), None);
        write(store, &[erasing(RecordKind::Response, &["r1"]), answer("r3", "one")]);
        write(store, &[erasing(RecordKind::Revision, &[&id(1).to_string(), &id(2).to_string()])]);
        for again in 0..2 {
            assert_eq!(store.erased(RecordKind::Response, "r1").unwrap(), Some(15));
            assert_eq!(store.document(RecordKind::Response, "r1").unwrap(), None);
            let left = store.documents(RecordKind::Response).unwrap();
            assert_eq!(left.iter().map(|(subject, _)| subject.as_str()).collect::<Vec<_>>(), ["r2", "r3"]);
            assert_eq!((store.entry(id(1)).unwrap(), store.history(id(1)).unwrap()), (None, Vec::new()));
            assert_eq!(store.search("grange", 9).unwrap(), []);
            assert_eq!(store.says(id(1), &String::new).unwrap(), None);
            let verified = store.verify().unwrap();
            assert_eq!((verified.records, verified.bodies, verified.entries), (17, 13, 0));
            if again == 0 {
                store.rebuild().unwrap();
            }
        }
        // Who is written about again is there again.
        write(store, &[Change::Revision(id(1), venue("La Halle", State::Published)), answer("r1", "two")]);
        assert_eq!(store.history(id(1)).unwrap().len(), 1);
        assert_eq!(store.document(RecordKind::Response, "r1").unwrap().unwrap()["spent"], "two");
        assert_eq!(store.verify().unwrap().bodies, 15);
        store.rebuild().unwrap();
        assert_eq!(store.verify().unwrap().bodies, 15);
        let mut kinds = Vec::new();
        store
            .log(15, &mut |record| {
                kinds.push((record.kind, record.subject.clone()));
                Ok(())
            })
            .unwrap();
        assert_eq!(kinds[0], (RecordKind::Erasure, "response".to_owned()));
    });
}

#[test]
fn what_others_rest_on_is_not_erased() {
    everywhere(|store| {
        let head = store.head().unwrap();
        for kind in [RecordKind::Format, RecordKind::Settings, RecordKind::Erasure, RecordKind::Wave] {
            let act = act();
            let changes = [answer("r1", "twelve"), erasing(kind, &["venue"])];
            let batch = Batch {
                at: act.now,
                actor: act.actor,
                seed: act.seed,
                signer: act.signer,
                changes: &changes,
            };
            assert!(matches!(store.append(&batch), Err(StoreError::EraseRefused { .. })), "{kind:?}");
        }
        assert_eq!(store.head().unwrap(), head, "nothing of the batch is written");
        assert_eq!(store.verify().unwrap().head, head);
    });
}

/// The numbers of the confidences that the files of a folder hold.
fn confidences(folder: &TempDir) -> std::collections::BTreeSet<usize> {
    let mut found = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned();
        let numbers =
            text.split("confidence-").skip(1).filter_map(|rest| rest.get(..5)?.parse::<usize>().ok());
        found.extend(numbers);
    }
    found
}

#[test]
fn no_byte_of_what_was_erased_is_left_in_any_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("c.sqlite");
    let mut store = SqliteStore::create(&path).unwrap();
    found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
    // Short and long bodies, written over several times, among entries.
    let words = |number: usize| format!("confidence-{number:05}-").repeat(1 + number % 7 * number % 300);
    for round in 0..4 {
        for block in 0..10 {
            let mut changes: Vec<Change> = (0..30)
                .map(|place| block * 30 + place)
                .map(|number| answer(&format!("r{number}"), &words(number * 4 + round)))
                .collect();
            let name = format!("Salle confidence-{:05}-", 90_000 + block);
            changes.push(Change::Revision(id(block), venue(&name, State::Published)));
            write(&mut store, &changes);
        }
    }
    assert!(!in_any_file(&folder, "confidence-00004-").is_empty());
    for third in 0..3 {
        let subjects: Vec<String> = (0..300).filter(|n| n % 3 == third).map(|n| format!("r{n}")).collect();
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        write(&mut store, &[erasing(RecordKind::Response, &subjects)]);
        let left = confidences(&folder);
        for number in (0..300).filter(|number| number % 3 <= third) {
            for round in 0..4 {
                assert!(!left.contains(&(number * 4 + round)), "{number}, {round}");
            }
        }
        assert_eq!(left.len() - 10, (2 - third) * 400, "all others are there");
    }
    let entries: Vec<String> = (0..10).map(|number| id(number).to_string()).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    assert!(!in_any_file(&folder, "confidence").is_empty());
    write(&mut store, &[erasing(RecordKind::Revision, &entries)]);
    assert_eq!(in_any_file(&folder, "confidence"), Vec::<String>::new(), "the index of words neither");
    assert_eq!(store.verify().unwrap().entries, 0);
    store.backup(&folder.path().join("backup.c3ms")).unwrap();
    drop(store);
    assert_eq!(in_any_file(&folder, "confidence"), Vec::<String>::new());
}

#[test]
fn bytes_that_somebody_was_reading_go_when_they_have_read() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let mut store = SqliteStore::open(&path).unwrap();
    write(&mut store, &[answer("r1", "a secret word")]);
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM body").unwrap();
    write(&mut store, &[erasing(RecordKind::Response, &["r1"])]);
    assert_eq!(store.document(RecordKind::Response, "r1").unwrap(), None, "it is erased at once");
    assert!(matches!(store.sweep(), Err(StoreError::Busy { .. })), "its bytes are still there");
    reader.execute_batch("COMMIT").unwrap();
    drop((reader, store));
    drop(SqliteStore::open(&path).unwrap());
    assert_eq!(in_any_file(&folder, "a secret word"), Vec::<String>::new());
}

#[test]
fn a_body_lacks_where_a_tombstone_says_so_and_nowhere_else() {
    let cases = [
        // A body that lacks; a tombstone that was made up, moved, taken out; a body that came back.
        ("DELETE FROM body WHERE position = 110", true),
        ("DELETE FROM body WHERE position = 111; INSERT INTO erased VALUES ('response', 'r2', 999, 1)", true),
        ("UPDATE erased SET position = 900", false),
        ("DELETE FROM erased", false),
        ("INSERT INTO body VALUES (110, zeroblob(32), '{}')", true),
    ];
    for (sql, for_good) in cases {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        let mut store = SqliteStore::open(&path).unwrap();
        write(&mut store, &[answer("r1", "twelve"), answer("r2", "thirteen")]);
        if !sql.starts_with("DELETE FROM body WHERE position = 110") {
            write(&mut store, &[erasing(RecordKind::Response, &["r1"])]);
        }
        store.verify().unwrap();
        drop(store);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let mut store = SqliteStore::open(&path).unwrap();
        store.verify().expect_err(sql);
        assert_eq!(store.rebuild().and_then(|()| store.verify()).is_err(), for_good, "{sql}");
    }
}

#[test]
fn a_backup_from_before_learns_what_was_erased_since() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let mut store = SqliteStore::open(&path).unwrap();
    write(&mut store, &[answer("r1", "a secret word"), answer("r2", "thirteen")]);
    let backup = folder.path().join("backup.c3ms");
    store.backup(&backup).unwrap();
    // r3 came after the backup: its tombstone still tells that it is not to be taken again.
    write(&mut store, &[answer("r3", "fourteen")]);
    write(&mut store, &[erasing(RecordKind::Response, &["r1"]), erasing(RecordKind::Response, &["r3"])]);
    drop(store);
    let verified = SqliteStore::restore(&backup, &path).unwrap();
    assert_eq!((verified.records, verified.bodies), (113, 112));
    std::fs::remove_file(&backup).unwrap();
    assert_eq!(in_any_file(&folder, "a secret word"), Vec::<String>::new());
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.document(RecordKind::Response, "r1").unwrap(), None);
    assert_eq!(store.document(RecordKind::Response, "r2").unwrap().unwrap()["spent"], "thirteen");
    assert!(store.erased(RecordKind::Response, "r3").unwrap().is_some());
    // Restored once more, nothing is said twice.
    store.backup(&backup).unwrap();
    let head = store.head().unwrap();
    store.rebuild().unwrap();
    drop(store);
    assert_eq!(SqliteStore::restore(&backup, &path).unwrap().head, head);
}
