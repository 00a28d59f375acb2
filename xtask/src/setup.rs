//! `cargo xtask setup`: finds or installs what the other commands need, each thing once.

use crate::process::{self, Outcome, Stop, failed, run_quietly, step};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The things that can be asked for.
pub(crate) const THINGS: [&str; 4] = ["wasm", "node", "chromium", "python"];

const DEBIAN_WASM: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

const CHROMIUM_NAMES: [&str; 11] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

/// Sets up what is named, or everything.
pub(crate) fn setup(arguments: &[String]) -> Outcome {
    for wanted in arguments {
        if !THINGS.contains(&wanted.as_str()) {
            return Err(Stop::Misuse(format!(
                "setup does not know {wanted:?}; it knows {}",
                THINGS.join(", ")
            )));
        }
    }
    let all = arguments.is_empty();
    let mut missing = Vec::new();
    for thing in THINGS.into_iter().filter(|thing| all || arguments.iter().any(|wanted| wanted == thing)) {
        if let Err(stop) = one(thing) {
            eprintln!("{stop}");
            missing.push(thing);
        }
    }
    if missing.is_empty() { Ok(()) } else { failed(format!("not set up: {}", missing.join(", "))) }
}

/// Sets up one thing, saying what is done; quick and silent about details when it is there already.
pub(crate) fn one(thing: &str) -> Outcome {
    match thing {
        "wasm" => step("setup wasm", wasm).map(|chain| println!("  {chain}")),
        "node" => step("setup node", node),
        "chromium" => step("setup chromium", chromium).map(|path| println!("  {}", path.display())),
        "python" => step("setup python", python).map(|path| println!("  {}", path.display())),
        _ => Err(Stop::Misuse(format!("setup does not know {thing:?}"))),
    }
}

/// The compilers that can make WebAssembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WasmChain {
    /// The toolchain in use has the target.
    Rustup,
    /// Debian's compiler, with its sources of std and this linker.
    Debian {
        /// The program that links WebAssembly.
        linker: PathBuf,
    },
}

impl std::fmt::Display for WasmChain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rustup => formatter.write_str("the toolchain in use has wasm32-unknown-unknown"),
            Self::Debian { linker } => {
                write!(
                    formatter,
                    "Debian's rustc-web builds std from source and links with {}",
                    linker.display()
                )
            }
        }
    }
}

/// The chain that is there now, if any.
pub(crate) fn wasm_chain() -> Option<WasmChain> {
    rustup_chain().or_else(debian_chain)
}

fn rustup_chain() -> Option<WasmChain> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = process::capture(Command::new(rustc).args([
        "--print",
        "target-libdir",
        "--target",
        "wasm32-unknown-unknown",
    ]));
    printed.ok().filter(|folder| Path::new(folder.trim()).is_dir()).map(|_| WasmChain::Rustup)
}

fn debian_chain() -> Option<WasmChain> {
    let linker = process::find(&["/usr/bin/wasm-ld-19"])?;
    process::find(&["/usr/bin/cargo"])?;
    process::find(&["/usr/bin/rustc"])?;
    let mut rustc = Command::new("/usr/bin/rustc");
    rustc.args(["--print", "sysroot"]).env_remove("LD_LIBRARY_PATH");
    let sysroot = process::capture(&mut rustc).ok()?;
    let std_source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std");
    std_source.is_dir().then_some(WasmChain::Debian { linker })
}

fn wasm() -> Outcome<WasmChain> {
    if let Some(chain) = wasm_chain() {
        return Ok(chain);
    }
    if let Some(rustup) = process::find(&["rustup"]) {
        let mut add = Command::new(rustup);
        add.args(["target", "add", "wasm32-unknown-unknown"]);
        if process::within(&mut add, Duration::from_mins(1))?
            && let Some(chain) = rustup_chain()
        {
            return Ok(chain);
        }
    }
    if apt_install(&DEBIAN_WASM)?
        && let Some(chain) = debian_chain()
    {
        return Ok(chain);
    }
    failed(format!(
        "no compiler for WebAssembly: `rustup target add wasm32-unknown-unknown` did not work here; \
         on Debian install the packages {}",
        DEBIAN_WASM.join(" ")
    ))
}

/// Installs Debian packages when this is Debian and we may; `false` when we may not.
fn apt_install(packages: &[&str]) -> Outcome<bool> {
    let Some(apt) = process::find(&["apt-get"]) else { return Ok(false) };
    let root = process::capture(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0");
    let sudo = process::find(&["sudo"]);
    let start = || {
        let mut command = match (&sudo, root) {
            (_, true) => Command::new(&apt),
            (Some(sudo), false) => {
                let mut command = Command::new(sudo);
                command.arg("-n").arg(&apt);
                command
            }
            (None, false) => return None,
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        Some(command)
    };
    let Some(mut install) = start() else { return Ok(false) };
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    if run_quietly(&mut install).is_ok() {
        return Ok(true);
    }
    if let Some(mut update) = start() {
        run_quietly(update.arg("update"))?;
    }
    run_quietly(&mut install)?;
    Ok(true)
}

/// Whether the lock file is the one that was set up last.
fn stamped(name: &str, lock: &str) -> bool {
    std::fs::read_to_string(stamp(name)).is_ok_and(|kept| kept == lock)
}

fn stamp(name: &str) -> PathBuf {
    process::target().join("xtask").join(format!("{name}.stamp"))
}

fn node() -> Outcome {
    let widgets = process::root().join("widgets");
    let lock = process::read(&widgets.join("package-lock.json"))?;
    if widgets.join("node_modules").is_dir() && stamped("node", &lock) {
        return Ok(());
    }
    process::node()?;
    run_quietly(&mut process::npm(&["ci", "--no-audit", "--no-fund"])?)?;
    process::write(&stamp("node"), &lock)
}

/// A browser of the Chromium family: `C3MS_CHROMIUM`, or one of the usual names and places.
pub(crate) fn find_chromium() -> Option<PathBuf> {
    match std::env::var_os("C3MS_CHROMIUM") {
        Some(named) => Some(PathBuf::from(named)).filter(|path| path.is_file()),
        None => process::find(&CHROMIUM_NAMES),
    }
}

fn chromium() -> Outcome<PathBuf> {
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    if let Some(named) = std::env::var_os("C3MS_CHROMIUM") {
        return failed(format!(
            "C3MS_CHROMIUM names {}, which is not a file",
            PathBuf::from(named).display()
        ));
    }
    if apt_install(&["chromium"])?
        && let Some(path) = find_chromium()
    {
        return Ok(path);
    }
    failed("no Chromium, Chrome or Edge was found; install one, or name it in C3MS_CHROMIUM")
}

/// The Python of our own environment, whether it is there or not.
pub(crate) fn python_path() -> PathBuf {
    python_in("venv")
}

fn python_in(environment: &str) -> PathBuf {
    let environment = process::target().join(environment);
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

fn python() -> Outcome<PathBuf> {
    python_with("venv", "python", "requirements.txt")
}

/// The peers of the benches that are Python: heavier than what the tests need, hence an environment of their own.
pub(crate) fn python_for_benches() -> Outcome<PathBuf> {
    step("setup python for benches", || python_with("venv-bench", "python-bench", "requirements-bench.txt"))
}

fn python_with(environment: &str, stamp_name: &str, requirements: &str) -> Outcome<PathBuf> {
    let requirements = process::root().join("conformance").join("python").join(requirements);
    let lock = process::read(&requirements)?;
    let path = python_in(environment);
    if path.is_file() && stamped(stamp_name, &lock) {
        return Ok(path);
    }
    let system = system_python()?;
    let environment = process::target().join(environment);
    process::remove_folder(&environment)?;
    run_quietly(Command::new(system).args(["-m", "venv"]).arg(&environment)).map_err(|stop| {
        Stop::Failed(format!("{stop}\nOn Debian, the package python3-venv is needed to make an environment"))
    })?;
    run_quietly(
        Command::new(&path)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements),
    )?;
    process::write(&stamp(stamp_name), &lock)?;
    Ok(path)
}

fn system_python() -> Outcome<PathBuf> {
    for name in ["python3", "python", "py"] {
        let Some(path) = process::find(&[name]) else { continue };
        let check = "import sys; sys.exit(sys.version_info < (3, 10))";
        if run_quietly(Command::new(&path).args(["-c", check])).is_ok() {
            return Ok(path);
        }
    }
    failed("Python 3.10 or later was not found; install it (your system's package manager has it)")
}
