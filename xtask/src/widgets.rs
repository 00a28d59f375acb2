//! `cargo xtask widgets`: the custom elements a page loads, and what they weigh.

use crate::process::{self, Outcome, Stop, failed, run_quietly, step};
use crate::{setup, wasm};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// What a file may weigh in the browser, in bytes under brotli, built with a standard library made to be small.
const BUDGETS: [(&str, u64); 3] =
    [(AGENDA, 64 * 1024), ("form/c3ms_core_bg.wasm", 115 * 1024), ("c3ms-agenda.js", 15 * 1024)];

/// The module of readers, alone and with what checks entries.
const AGENDA: &str = "c3ms_core_bg.wasm";
const CHECKING: &str = "validate/c3ms_core_bg.wasm";

/// What the validator and its expressions may add to the agenda, under brotli.
const MOST_ADDED: u64 = 60 * 1024;

/// The standard library that rustup brings is made to be fast and to unwind: with it a module may weigh a quarter more.
fn most(budget: u64) -> u64 {
    match setup::wasm_chain() {
        Some(setup::WasmChain::Rustup) => budget + budget / 4,
        Some(setup::WasmChain::Debian { .. }) | None => budget,
    }
}

/// The modules that no element brings to pages yet.
const OTHERS: [&str; 2] = ["form", "validate"];

/// The weight of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Bytes on the disk.
    pub(crate) raw: u64,
    /// Bytes under brotli, quality 11.
    pub(crate) brotli: u64,
}

/// The folder of the built widgets.
pub(crate) fn folder() -> PathBuf {
    process::root().join("widgets").join("dist")
}

/// Builds the core and the widgets, then weighs them.
pub(crate) fn widgets() -> Outcome {
    build()?;
    let weights = weigh()?;
    println!("{:<32} {:>9} {:>9}", "", "raw KiB", "brotli");
    for (name, weight) in &weights {
        println!("{name:<32} {:>9} {:>9}", kib(weight.raw), kib(weight.brotli));
    }
    println!("{}", added_row(&weights));
    within_budget(&weights)
}

/// What the validator and its expressions add, as a row of a bench; its peer is the most they may.
pub(crate) fn added_row(weights: &BTreeMap<String, Weight>) -> String {
    let added = added(weights);
    format!(
        "bench validator-and-expressions ours={added} peer={MOST_ADDED} (bytes under brotli, peer: the most)"
    )
}

fn added(weights: &BTreeMap<String, Weight>) -> u64 {
    let brotli = |name: &str| weights.get(name).map_or(0, |weight| weight.brotli);
    brotli(CHECKING).saturating_sub(brotli(AGENDA))
}

/// Builds the core and the widgets.
pub(crate) fn build() -> Outcome {
    wasm::wasm()?;
    setup::one("node")?;
    step("widgets: build", || run_quietly(&mut process::npm(&["run", "build"])?))
}

/// Weighs every script, style and module of the built widgets, and the other modules.
pub(crate) fn weigh() -> Outcome<BTreeMap<String, Weight>> {
    let folder = folder();
    let listed = std::fs::read_dir(&folder)
        .map_err(|cause| Stop::Failed(format!("{} could not be listed: {cause}", folder.display())))?;
    let mut names: Vec<String> = listed
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| [".js", ".mjs", ".css", ".wasm"].iter().any(|ending| name.ends_with(ending)))
        .collect();
    names.sort();
    names.extend(OTHERS.map(|other| wasm::module(other).display().to_string()));
    let printed = process::capture(
        Command::new(process::node()?)
            .current_dir(&folder)
            .args(["--input-type=module", "--eval", include_str!("sizes.mjs"), "--"])
            .args(&names),
    )?;
    read_weights(&printed)
}

fn read_weights(printed: &str) -> Outcome<BTreeMap<String, Weight>> {
    let read: BTreeMap<String, Value> = serde_json::from_str(printed)
        .map_err(|cause| Stop::Failed(format!("the sizes of the widgets could not be read: {cause}")))?;
    let number = |value: &Value, place: usize| value.get(place).and_then(Value::as_u64).unwrap_or_default();
    Ok(read
        .into_iter()
        .map(|(name, sizes)| {
            let other = OTHERS.map(|other| format!("{other}/{AGENDA}"));
            (other.into_iter().find(|other| name.ends_with(other)).unwrap_or(name), sizes)
        })
        .map(|(name, sizes)| (name, Weight { raw: number(&sizes, 0), brotli: number(&sizes, 1) }))
        .collect())
}

/// Fails when a file is missing or heavier than it may be.
pub(crate) fn within_budget(weights: &BTreeMap<String, Weight>) -> Outcome {
    within(weights, most)
}

/// As [`within_budget`]; `most` is what a module of a budget may weigh.
fn within(weights: &BTreeMap<String, Weight>, most: impl Fn(u64) -> u64) -> Outcome {
    if !weights.contains_key(CHECKING) || added(weights) > most(MOST_ADDED) {
        let added = kib(added(weights));
        return failed(format!("what checks entries adds {added} KiB under brotli to the agenda"));
    }
    for (name, budget) in BUDGETS {
        let budget = if name.ends_with("_bg.wasm") { most(budget) } else { budget };
        match weights.get(name) {
            None => return failed(format!("widgets/dist has no {name}")),
            Some(weight) if weight.brotli > budget => {
                return failed(format!(
                    "{name} weighs {} KiB under brotli, more than the {} KiB it may",
                    kib(weight.brotli),
                    kib(budget)
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Bytes as KiB with one decimal: `61.2`.
pub(crate) fn kib(bytes: u64) -> String {
    let tenths = (bytes * 10 + 512) / 1024;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn small(budget: u64) -> u64 {
        budget
    }

    fn weights(agenda: u64) -> BTreeMap<String, Weight> {
        let printed = format!(
            r#"{{"c3ms_core_bg.wasm":[9,5],"/target/wasm/form/c3ms_core_bg.wasm":[9,5],
                "/target/wasm/validate/c3ms_core_bg.wasm":[9,7],"c3ms-agenda.js":[9,{agenda}]}}"#
        );
        read_weights(&printed).unwrap()
    }

    #[test]
    fn a_widget_too_heavy_is_refused() {
        assert_eq!(within(&weights(15 * 1024), small), Ok(()));
        let stop = within(&weights(15 * 1024 + 1), small).unwrap_err();
        assert!(stop.to_string().contains("c3ms-agenda.js weighs 15.0 KiB"), "{stop}");
    }

    #[test]
    fn a_validator_too_heavy_is_refused() {
        let mut weights = weights(1);
        assert_eq!(added(&weights), 2);
        weights.insert(CHECKING.to_owned(), Weight { raw: 9, brotli: 5 + MOST_ADDED + 1 });
        assert!(within(&weights, small).unwrap_err().to_string().contains("adds 60.0 KiB"));
    }

    #[test]
    fn a_widget_not_built_is_refused() {
        let mut weights = weights(1);
        weights.remove("c3ms-agenda.js");
        assert!(within(&weights, small).is_err());
    }

    #[test]
    fn kibibytes_are_rounded_to_a_tenth() {
        assert_eq!(kib(1024), "1.0");
        assert_eq!(kib(62_700), "61.2");
        assert_eq!(kib(0), "0.0");
    }
}
