//! `cargo xtask wasm`: the core as a WebAssembly module, for the browser and for node.

use crate::process::{self, Outcome, Stop, failed, forget_cargo, run_quietly, step};
use crate::setup::{self, WasmChain};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The name of the module's files.
const NAME: &str = "c3ms_core";

/// What the browsers of today take. `--all-features` would write modules that Chromium refuses.
const FEATURES: [&str; 6] = [
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// One build of the module.
struct Module {
    folder: &'static str,
    mode: &'static str,
    features: &'static str,
}

/// What cannot happen needs no words: eight KiB of the agenda.
const WORDLESS: &str = "-Zunstable-options -Zlocation-detail=none -Zfmt-debug=none";

/// Nor does it need unwinding, where the standard library is built for it too.
const ABORTING: &str = "-Cpanic=immediate-abort";

/// SHA-256 in few bytes: a page hashes a word now and then.
const COMPACT: &str = r#"--cfg sha2_backend="soft" --cfg sha2_backend_soft="compact""#;

/// A page is sent what it asks: readers the agenda, those who fill in a form its player. Node has it whole.
/// `validate` is sent to nobody: it tells what the validator and its expressions add to the agenda.
const MODULES: [Module; 4] = [
    Module { folder: "web", mode: "web", features: "agenda" },
    Module { folder: "form", mode: "web", features: "play" },
    Module { folder: "validate", mode: "web", features: "agenda,validate" },
    Module { folder: "node", mode: "nodejs", features: "agenda,design,play,survey" },
];

/// Builds the module unless it is newer than all it is made of.
pub(crate) fn wasm() -> Outcome {
    let outputs = MODULES.map(|built| module(built.folder));
    if is_fresh(&outputs) {
        println!("wasm: unchanged");
        return Ok(());
    }
    setup::one("wasm")?;
    setup::one("node")?;
    let chain = setup::wasm_chain()
        .ok_or_else(|| Stop::Failed("no compiler for WebAssembly; run `cargo xtask setup wasm`".into()))?;
    step("wasm: build the wrapper", || {
        run_quietly(process::cargo().args(["build", "--package", "wasm-package"]))
    })?;
    for Module { folder, mode, features } in MODULES {
        step(&format!("wasm: {folder}"), || {
            wrap(&compile(&chain, features)?, mode, folder)?;
            // Only pages download their module; node reads it from the disk.
            if mode == "web" { shrink(&module(folder)) } else { Ok(()) }
        })?;
    }
    Ok(())
}

fn folder_of(kind: &str) -> PathBuf {
    process::target().join("wasm").join(kind)
}

/// The module of a folder: `web`, `form`, `validate`, `node`.
pub(crate) fn module(folder: &str) -> PathBuf {
    folder_of(folder).join(format!("{NAME}_bg.wasm"))
}

/// What JavaScript loads of a folder.
pub(crate) fn package(folder: &str) -> PathBuf {
    folder_of(folder).join(format!("{NAME}.js"))
}

fn is_fresh(outputs: &[PathBuf]) -> bool {
    let root = process::root();
    let inputs = ["c3ms-core/src", "c3ms-core/Cargo.toml", "c3ms-wasm", "Cargo.lock", "Cargo.toml"]
        .into_iter()
        .chain(["xtask/wasm-package", "schemas/profiles"]);
    let newest = inputs.filter_map(|input| newest(&root.join(input))).max();
    let oldest = outputs.iter().map(|output| modified(output)).min().flatten();
    matches!((newest, oldest), (Some(newest), Some(oldest)) if newest < oldest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// The time of the last change in a file or anywhere in a folder.
pub(crate) fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(inside) = std::fs::read_dir(path) else { return modified(path) };
    inside.flatten().filter_map(|entry| newest(&entry.path())).max()
}

fn compile(chain: &WasmChain, features: &str) -> Outcome<PathBuf> {
    let common = [
        ["build", "--package", "c3ms-wasm", "--profile", "web"],
        ["--target", "wasm32-unknown-unknown", "--no-default-features", "--features", features],
    ]
    .concat();
    let folder = match chain {
        WasmChain::Rustup => {
            let flags = format!("{WORDLESS} {COMPACT}");
            run_quietly(process::cargo().env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags).args(common))?;
            process::target()
        }
        WasmChain::Debian { linker } => {
            // A folder of its own: two compilers in one would build everything anew at each turn.
            let folder = process::target().join("debian");
            let mut cargo = Command::new("/usr/bin/cargo");
            forget_cargo(&mut cargo);
            cargo
                .current_dir(process::root())
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .env("CARGO_TARGET_DIR", &folder)
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("LD_LIBRARY_PATH")
                .env("CARGO_PROFILE_WEB_PANIC", "immediate-abort")
                .env("RUSTFLAGS", format!("{COMPACT} {WORDLESS} {ABORTING}"))
                .args(common)
                .args(["-Zpanic-immediate-abort", "-Zbuild-std=std"])
                .arg("-Zbuild-std-features=optimize_for_size");
            run_quietly(&mut cargo)?;
            folder
        }
    };
    Ok(folder.join("wasm32-unknown-unknown").join("web").join("c3ms_wasm.wasm"))
}

fn wrap(module: &Path, mode: &str, kind: &str) -> Outcome {
    let folder = folder_of(kind);
    process::remove_folder(&folder)?;
    process::make_folder(&folder)?;
    run_quietly(Command::new(process::built("wasm-package")).arg(module).arg(&folder).args([mode, NAME]))
}

fn shrink(module: &Path) -> Outcome {
    // The program behind `node_modules/.bin/wasm-opt`, called in the one way that every system has.
    let program = process::root().join("widgets/node_modules/binaryen/bin/wasm-opt");
    if !program.is_file() {
        return failed(format!("{} is missing; run `cargo xtask setup node`", program.display()));
    }
    let small = module.with_extension("small");
    run_quietly(
        Command::new(process::node()?)
            .arg(&program)
            .args(FEATURES)
            .args(["-Oz", "-o"])
            .arg(&small)
            .arg(module),
    )?;
    std::fs::rename(&small, module)
        .map_err(|cause| Stop::Failed(format!("{} could not be replaced: {cause}", module.display())))
}
