//! Wraps a compiled WebAssembly module: `wasm-package INPUT.wasm OUT_DIR web|nodejs NAME`.
//!
//! A crate of its own, because its dependencies take minutes to build and no other command needs them.

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, folder, mode, name] = arguments.as_slice() else {
        eprintln!("usage: wasm-package INPUT.wasm OUT_DIR web|nodejs NAME");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(name).typescript(true);
    let chosen = match mode.as_str() {
        "web" => bindgen.web(true),
        "nodejs" => bindgen.nodejs(true),
        _ => {
            eprintln!("the mode {mode} is neither web nor nodejs");
            return ExitCode::from(2);
        }
    };
    match chosen.and_then(|bindgen| bindgen.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("{input} could not be wrapped for {mode}: {cause:#}");
            ExitCode::FAILURE
        }
    }
}
