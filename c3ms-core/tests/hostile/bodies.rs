//! What must hold of any bytes: the bodies of the fuzz targets (`fuzz/`), which the tests run on seeds.

use std::sync::LazyLock;

use c3ms_core::{
    base::{Date, Id, Seed, Timestamp},
    calendar::expand,
    cooperative::{Act, ImportOptions, Imported, Settings, found, import},
    forms::{
        identity::link,
        intake::{Scalar, Source},
        live_performance,
    },
    store::{MemoryStore, Store as _},
};

/// A cooperative with nothing in it.
pub(crate) fn founded() -> MemoryStore {
    static FOUNDED: LazyLock<MemoryStore> = LazyLock::new(|| {
        let mut store = MemoryStore::new();
        found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
        store
    });
    FOUNDED.clone()
}

pub(crate) fn settings() -> Settings {
    let settings = r#"{"name": "Essai", "zone": "Europe/Paris", "language": "fr", "license": "https://example.org/license"}"#;
    serde_json::from_str(settings).unwrap()
}

pub(crate) fn act() -> Act<'static> {
    Act {
        now: Timestamp::from_millis(1_790_000_000_000),
        actor: Id::derived(&["member", "test"]),
        seed: Seed::from_number(7),
        signer: None,
    }
}

/// Every value of a source as its text, in order of the alphabet.
pub(crate) fn texts(source: &Source) -> Vec<String> {
    let values = source.records.iter().flat_map(|record| &record.values).chain(&source.outside);
    let mut texts: Vec<String> = values
        .map(|value| match &value.scalar {
            Scalar::Text(text) => text.to_string(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Boolean(value) => value.to_string(),
            Scalar::Null => "null".to_owned(),
        })
        .collect();
    texts.sort();
    texts
}

/// Bytes are taken apart, or refused with a code; each value has a name and a place.
pub(crate) fn read_holds(bytes: &[u8]) -> Option<Source> {
    let source = match Source::read(bytes) {
        Ok(source) => source,
        Err(error) => {
            let code = error.code();
            let domain = code.as_str().split('.').next();
            assert!(matches!(domain, Some("import" | "exchange")), "{}", code.as_str());
            return None;
        }
    };
    for record in &source.records {
        for value in &record.values {
            assert!(value.selector() < source.selectors.len());
            assert!(!source.place(record, value).is_empty());
        }
    }
    assert!(source.outside.iter().all(|value| value.selector() < source.selectors.len()));
    Some(source)
}

/// Bytes are read and imported, or refused with a code; the account adds up, and a second time nothing changes.
pub(crate) fn import_holds(bytes: &[u8]) -> Option<(Source, Imported, MemoryStore)> {
    import_into_holds(bytes, None)
}

/// As [`import_holds`], the cube said beforehand: to find it out takes longest.
pub(crate) fn import_into_holds(bytes: &[u8], into: Option<&str>) -> Option<(Source, Imported, MemoryStore)> {
    let source = read_holds(bytes)?;
    let mut store = founded();
    let options = ImportOptions {
        name: "seed.bin".to_owned(),
        into: into.map(str::to_owned),
        accept_shrink: true,
        ..ImportOptions::default()
    };
    let take = |store: &mut MemoryStore, options: &ImportOptions| {
        import(store, &source, options, &act(), &mut |_| {})
    };
    // What describes nothing by itself is said to be dates.
    let into = ImportOptions { into: Some("performance".to_owned()), ..options.clone() };
    let (imported, options) = match take(&mut store, &options) {
        Ok(imported) => (imported, options),
        Err(_) => match take(&mut store, &into) {
            Ok(imported) => (imported, into),
            Err(error) => {
                assert_eq!(error.code().as_str().split('.').next(), Some("import"), "{error}");
                return None;
            }
        },
    };
    let counts = imported.account.summary;
    assert_eq!(counts.taken + counts.changed + counts.refused, counts.source_values);
    assert_eq!(counts.source_values, source.value_count());
    assert_eq!(imported.account.lines.len(), counts.changed + counts.refused);
    let head = store.head().unwrap();
    // To name the cube asks for a new mapping; without, the kept one is used.
    let again = take(&mut store, &ImportOptions { into: None, ..options }).unwrap().account;
    let records = again.summary.records;
    assert_eq!((records.created, records.updated, records.withdrawn), (0, 0, 0), "a second time");
    assert_eq!(store.head().unwrap(), head, "a second time nothing is written");
    assert_eq!(again.lines, imported.account.lines, "a second time the same is told");
    Some((source, imported, store))
}

/// A calendar is expanded or refused; every date lies in the window, and ends after it begins.
pub(crate) fn expand_holds(bytes: &[u8]) {
    let day = |year| Date::new(year, 1, 1).unwrap();
    if let Ok(expansion) = expand(bytes, &(day(2026)..day(2028))) {
        let counted: usize = expansion.series.iter().map(|series| series.instances).sum();
        assert_eq!(counted, expansion.instances.len());
    }
}

/// Two tables are linked or refused; each row at most once where both tell each thing once, scores are probabilities.
pub(crate) fn link_holds(bytes: &[u8]) {
    let cut = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len() / 2);
    let (one, other) = bytes.split_at(cut);
    let other = other.strip_prefix(&[0]).unwrap_or(other);
    let (Ok(one), Ok(other)) = (Source::read(one), Source::read(other)) else { return };
    let rows = |source: &Source| source.records.iter().map(|record| record.number + 1).max().unwrap_or(0);
    if let Ok(links) = link(&one, &other) {
        for found in links {
            assert!(found.a < rows(&one) && found.b < rows(&other));
            assert!((0.0..=1.0).contains(&found.score), "{}", found.score);
        }
    }
}
